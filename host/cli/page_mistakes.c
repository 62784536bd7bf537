/* The page's worst mistakes: the samples of largest loss, as pictures or as rows. */
#include "html.h"
#include "page_parts.h"
#include "picture.h"
#include "report.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS_MOST = 8, OUTPUTS_MOST = 4 }; /* of a table that still reads as one */

/* One sample as grey or coloured bytes, its range stretched to 0 to 255. */
static void write_picture(FILE *to, const page *p, const page_analysis *found, size_t row, const char *alt)
{
    const kiln_image image = found->image;
    const size_t values = image.height * image.width * image.channels;
    const double span = found->high - found->low;
    unsigned char *pixels = calloc(values, 1);
    if (!pixels)
        return;
    for (size_t i = 0; i < values; i++)
        pixels[i] = (unsigned char)(span > 0.0 ? lround(255.0 * (page_feature(p, row, i) - found->low) / span) : 0);
    fputs("<img alt=\"", to);
    html_text(to, alt);
    fputs("\" src=\"", to);
    picture_write(to, &(picture){ image.width, image.height, image.channels, pixels });
    fputs("\"/>", to);
    free(pixels);
}

static void write_pictures(FILE *to, const page *p, const page_analysis *found)
{
    const kiln_schema *schema = kiln_data_schema(p->data);
    char one[24], other[24], alt[64];
    fputs("<div class=\"pictures\">\n", to);
    for (size_t i = 0; i < found->mistakes; i++) {
        const size_t place = found->mistake[i], row = found->rows[place];
        snprintf(alt, sizeof alt, "sample %zu", row + 1);
        fputs("<figure>", to);
        write_picture(to, p, found, row, alt);
        fprintf(to, "<figcaption>sample %zu<br/>", row + 1);
        if (kiln_data_samples(p->data)->labels) {
            const size_t truth = page_true_class(p, found, place), said = page_predicted_class(found, place);
            fputs("is <b>", to);
            html_text(to, class_name(schema, truth, one));
            fprintf(to, "</b>, %.3g<br/>%s <b%s>", page_class_output(found, place, truth), said == truth ? "seen as" : "taken for",
                    said == truth ? "" : " class=\"wrong\"");
            html_text(to, class_name(schema, said, other));
            fprintf(to, "</b>, %.3g<br/>", page_class_output(found, place, said));
        }
        fprintf(to, "loss %.3g</figcaption></figure>\n", found->losses[place]);
    }
    fputs("</div>\n", to);
}

/* A column of a sample as the file had it: a number, or the text whose feature is 1. */
static void write_value(FILE *to, const page *p, const kiln_column *column, size_t row, size_t feature)
{
    fputs(column->categories ? "<td class=\"name\">" : "<td class=\"number\">", to);
    if (column->categories == 0)
        fprintf(to, "%.6g", page_feature(p, row, feature));
    for (size_t t = 0; t < column->categories; t++)
        if (page_feature(p, row, feature + t) > 0.5)
            html_text(to, column->category[t]);
    fputs("</td>", to);
}

static void write_features(FILE *to, const page *p, size_t row)
{
    const kiln_schema *schema = kiln_network_schema(p->network);
    if (schema->columns > COLUMNS_MOST)
        return;
    for (size_t c = 0, feature = 0; c < schema->columns; c++) {
        write_value(to, p, &schema->column[c], row, feature);
        feature += schema->column[c].categories ? schema->column[c].categories : 1 + (size_t)schema->column[c].indicator;
    }
}

static void write_class_cells(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    const kiln_schema *schema = kiln_data_schema(p->data);
    const size_t truth = page_true_class(p, found, place), said = page_predicted_class(found, place);
    char number[24];
    fputs("<td class=\"name\">", to);
    html_text(to, class_name(schema, truth, number));
    fprintf(to, "</td><td class=\"name%s\">", said == truth ? "" : " wrong");
    html_text(to, class_name(schema, said, number));
    fputs("</td>", to);
    html_number(to, "%.4f", page_class_output(found, place, truth));
    html_number(to, "%.4f", page_class_output(found, place, said));
}

static void write_target_cells(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    for (size_t o = 0; o < samples->outputs && o < OUTPUTS_MOST; o++) {
        const double truth = (double)samples->y[(size_t)found->rows[place] * samples->outputs + o];
        html_number(to, "%.6g", truth);
        html_number(to, page_has_labels(p) ? "%.4f" : "%.6g", found->outputs[place * found->width + o]);
        if (!page_has_labels(p))
            html_number(to, "%.6g", truth - found->outputs[place * found->width + o]);
    }
}

static void write_heads(FILE *to, const page *p)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const kiln_schema *schema = kiln_network_schema(p->network);
    char number[32];
    fputs("<thead><tr><th class=\"number\">sample</th>", to);
    if (samples->labels)
        fputs("<th>true</th><th>predicted</th><th class=\"number\">output of true</th><th class=\"number\">of predicted</th>", to);
    for (size_t o = 0; samples->y && o < samples->outputs && o < OUTPUTS_MOST; o++) {
        fputs("<th class=\"number\">", to);
        html_text(to, page_target_name(p, o, number));
        fputs(page_has_labels(p) ? "</th><th class=\"number\">predicted</th>"
                                 : "</th><th class=\"number\">predicted</th><th class=\"number\">residual</th>",
              to);
    }
    fputs("<th class=\"number\">loss</th>", to);
    for (size_t c = 0; schema->columns <= COLUMNS_MOST && c < schema->columns; c++) {
        fputs(schema->column[c].categories ? "<th class=\"name\">" : "<th class=\"number\">", to);
        html_text(to, page_column_name(schema, c, number));
        fputs("</th>", to);
    }
    fputs("</tr></thead>\n", to);
}

static void write_table(FILE *to, const page *p, const page_analysis *found)
{
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n", to);
    write_heads(to, p);
    fputs("<tbody>\n", to);
    for (size_t i = 0; i < found->mistakes; i++) {
        const size_t place = found->mistake[i];
        fprintf(to, "<tr><td class=\"number\">%zu</td>", (size_t)found->rows[place] + 1);
        if (kiln_data_samples(p->data)->labels)
            write_class_cells(to, p, found, place);
        else
            write_target_cells(to, p, found, place);
        html_number(to, "%.4g", found->losses[place]);
        write_features(to, p, found->rows[place]);
        fputs("</tr>\n", to);
    }
    fputs("</tbody>\n</table>\n</div>\n", to);
}

void page_mistakes(FILE *to, const page *p, const page_analysis *found)
{
    char note[256];
    if (found->mistakes == 0)
        return;
    size_t wrong = 0;
    const bool classes = kiln_data_samples(p->data)->labels;
    for (size_t i = 0; classes && i < found->mistakes; i++)
        wrong += page_true_class(p, found, found->mistake[i]) != page_predicted_class(found, found->mistake[i]);
    const int used =
        snprintf(note, sizeof note, "The %zu %s samples with the largest loss, counted from 1 in the order of the file.",
                 found->mistakes, p->figure[p->figures - 1].label);
    if (classes)
        snprintf(note + used, sizeof note - (size_t)used, " %zu of them are taken for another class.", wrong);
    html_section(to, "Worst mistakes", note);
    if (found->image.height)
        write_pictures(to, p, found);
    else
        write_table(to, p, found);
    html_section_end(to);
}

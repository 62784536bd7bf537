/* The page's worst mistakes: the samples of largest loss, as pictures; or as the rows of a table. */
#include "page_mistakes.h"
#include "html.h"
#include "picture.h"
#include "report.h"

#include <math.h>
#include <stdlib.h>

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

static void write_class_words(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    const kiln_schema *schema = kiln_data_schema(p->data);
    const size_t truth = page_true_class(p, found, place), said = page_predicted_class(found, place);
    char number[24];
    fputs("is <b>", to);
    html_text(to, class_name(schema, truth, number));
    fprintf(to, "</b>, %.3g<br/>%s <b%s>", page_class_output(found, place, truth), said == truth ? "seen as" : "taken for",
            said == truth ? "" : " class=\"wrong\"");
    html_text(to, class_name(schema, said, number));
    fprintf(to, "</b>, %.3g<br/>", page_class_output(found, place, said));
}

static void write_label_words(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    static const struct {
        const char *word;
        mistaken which;
    } lines[] = { { "has", LABELS_TRUE }, { "missed", LABELS_MISSED }, { "given wrongly", LABELS_WRONG } };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (i > 0 && mistake_labels_count(p, found, place, lines[i].which) == 0)
            continue;
        fprintf(to, "%s <b%s>", lines[i].word, i > 0 ? " class=\"wrong\"" : "");
        mistake_labels(to, p, found, place, lines[i].which);
        fputs("</b><br/>", to);
    }
}

static void write_target_words(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    char text[PAGE_NAME];
    for (size_t o = 0; o < found->width && o < MISTAKE_TARGETS; o++) {
        if (found->width > 1) {
            html_text(to, page_target_name(p, o, text));
            fputs(" ", to);
        }
        fprintf(to, "is <b>%.4g</b>, said %.4g<br/>", page_true_output(p, found, place, o),
                found->outputs[place * found->width + o]);
    }
}

static void write_pictures(FILE *to, const page *p, const page_analysis *found)
{
    char alt[64];
    fputs("<div class=\"pictures\">\n", to);
    for (size_t i = 0; i < found->mistakes; i++) {
        const size_t place = found->mistake[i], row = found->rows[place];
        snprintf(alt, sizeof alt, "sample %zu", row + 1);
        fputs("<figure>", to);
        write_picture(to, p, found, row, alt);
        fprintf(to, "<figcaption>sample %zu<br/>", row + 1);
        if (kiln_data_samples(p->data)->labels)
            write_class_words(to, p, found, place);
        else if (page_has_labels(p))
            write_label_words(to, p, found, place);
        else
            write_target_words(to, p, found, place);
        fprintf(to, "loss %.3g</figcaption></figure>\n", found->losses[place]);
    }
    fputs("</div>\n", to);
}

/* How many of those shown are taken for another class, or have a wrong label. */
static size_t count_wrong(const page *p, const page_analysis *found)
{
    size_t wrong = 0;
    for (size_t i = 0; i < found->mistakes; i++) {
        const size_t place = found->mistake[i];
        if (page_has_labels(p))
            wrong += mistake_labels_count(p, found, place, LABELS_MISSED) + mistake_labels_count(p, found, place, LABELS_WRONG) > 0;
        else
            wrong += page_true_class(p, found, place) != page_predicted_class(found, place);
    }
    return wrong;
}

void page_mistakes(FILE *to, const page *p, const page_analysis *found)
{
    char note[400];
    if (found->mistakes == 0)
        return;
    const bool classes = kiln_data_samples(p->data)->labels, labels = page_has_labels(p);
    const int used =
        snprintf(note, sizeof note, "The %zu %s sample%s with the largest loss, counted from 1 in the order of the file.%s",
                 found->mistakes, p->figure[p->figures - 1].label, found->mistakes == 1 ? "" : "s", page_loss_units(found));
    if (classes || labels)
        snprintf(note + used, sizeof note - (size_t)used, " %zu of them %s.", count_wrong(p, found),
                 classes ? "are taken for another class" : "have a wrong label");
    html_section(to, "Worst mistakes", note);
    if (found->image.height)
        write_pictures(to, p, found);
    else
        mistake_table(to, p, found);
    html_section_end(to);
}

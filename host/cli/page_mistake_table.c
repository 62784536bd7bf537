/* The page's worst mistakes as a table: what was true, what was predicted, and the columns of the sample. */
#include "html.h"
#include "page_mistakes.h"
#include "report.h"

#include <math.h>

enum { COLUMNS_MOST = 8 /* of a table that still reads as one */, LABELS_MOST = 6 };

static bool is_listed(const page *p, const page_analysis *found, size_t place, size_t label, mistaken which)
{
    const bool has = page_true_output(p, found, place, label) >= 0.5;
    const bool said = kiln_predicted_class(1, found->outputs + place * found->width + label);
    return which == LABELS_TRUE ? has : which == LABELS_MISSED ? has && !said : said && !has;
}

size_t mistake_labels_count(const page *p, const page_analysis *found, size_t place, mistaken which)
{
    size_t count = 0;
    for (size_t l = 0; l < found->width; l++)
        count += is_listed(p, found, place, l, which);
    return count;
}

void mistake_labels(FILE *to, const page *p, const page_analysis *found, size_t place, mistaken which)
{
    char text[PAGE_NAME];
    size_t listed = 0;
    for (size_t l = 0; l < found->width; l++) {
        if (!is_listed(p, found, place, l, which) || listed++ >= LABELS_MOST)
            continue;
        fputs(listed > 1 ? ", " : "", to);
        html_text(to, page_target_name(p, l, text));
        if (which != LABELS_TRUE)
            fprintf(to, " %.2f", found->outputs[place * found->width + l]);
    }
    if (listed > LABELS_MOST)
        fprintf(to, " and %zu more", listed - LABELS_MOST);
    if (listed == 0)
        fputs("\xE2\x80\x93", to);
}
/* A column of a sample as the file had it: a number, or the text whose feature is 1. */
static void write_value(FILE *to, const page *p, const kiln_column *column, size_t row, size_t feature)
{
    fputs(column->categories ? "<td class=\"name\">" : "<td class=\"number\">", to);
    if (column->indicator && page_feature(p, row, feature + 1) > 0.5)
        fputs("missing", to);
    else if (column->categories == 0)
        fprintf(to, "%.7g", page_feature(p, row, feature));
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

static void write_label_cells(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    static const mistaken cells[] = { LABELS_TRUE, LABELS_MISSED, LABELS_WRONG };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        fprintf(to, "<td class=\"labels%s\">", i > 0 && mistake_labels_count(p, found, place, cells[i]) ? " wrong" : "");
        mistake_labels(to, p, found, place, cells[i]);
        fputs("</td>", to);
    }
}

/* A predicted number, to a hundredth of what it is off by on average: more digits say nothing. */
static void write_predicted(FILE *to, double value, double rmse)
{
    const double digits = rmse > 0.0 ? 2.0 - floor(log10(rmse)) : 15.0;
    char format[16];
    snprintf(format, sizeof format, "%%.%df", (int)fmax(digits, 0.0));
    html_number(to, digits > 9.0 || fabs(value) >= 1e15 ? "%.6g" : format, value);
}

/* Of many targets the one that is furthest off, beside how far it is on average. */
static size_t furthest(const page *p, const page_analysis *found, size_t place)
{
    const kiln_metrics *m = p->figure[p->figures - 1].metrics;
    size_t chosen = 0;
    double most = -1.0;
    for (size_t o = 0; o < found->width; o++) {
        const double off = fabs(page_true_output(p, found, place, o) - found->outputs[place * found->width + o]);
        const double share = m->output[o].rmse > 0.0 ? off / m->output[o].rmse : 0.0;
        chosen = share > most ? o : chosen;
        most = fmax(most, share);
    }
    return chosen;
}

static void write_target(FILE *to, const page *p, const page_analysis *found, size_t place, size_t output, bool residual)
{
    const double rmse = p->figure[p->figures - 1].metrics->output[output].rmse;
    const double truth = page_true_output(p, found, place, output), said = found->outputs[place * found->width + output];
    html_number(to, "%.7g", truth);
    write_predicted(to, said, rmse);
    if (residual)
        write_predicted(to, truth - said, rmse);
}

static void write_target_cells(FILE *to, const page *p, const page_analysis *found, size_t place)
{
    char text[PAGE_NAME];
    if (found->width > MISTAKE_TARGETS) {
        const size_t output = furthest(p, found, place);
        fputs("<td class=\"name\">", to);
        html_text(to, page_target_name(p, output, text));
        fputs("</td>", to);
        write_target(to, p, found, place, output, true);
        return;
    }
    for (size_t o = 0; o < found->width; o++)
        write_target(to, p, found, place, o, found->width == 1);
}

/* Above the columns of few targets, their names. */
static void write_names(FILE *to, const page *p, size_t targets)
{
    char text[PAGE_NAME];
    fputs("<tr class=\"names\"><td></td><td></td>", to);
    for (size_t o = 0; o < targets; o++) {
        fprintf(to, "<th colspan=\"%d\" scope=\"colgroup\" class=\"number\">", targets == 1 ? 3 : 2);
        html_text(to, page_target_name(p, o, text));
        fputs("</th>", to);
    }
    fputs("</tr>\n", to);
}

static void write_heads(FILE *to, const page *p, const page_analysis *found)
{
    const kiln_schema *schema = kiln_network_schema(p->network);
    const bool classes = kiln_data_samples(p->data)->labels, labels = page_has_labels(p);
    const bool few = !classes && !labels && found->width <= MISTAKE_TARGETS;
    char number[32];
    fputs("<thead>\n", to);
    if (few)
        write_names(to, p, found->width);
    fputs("<tr><th class=\"number\">sample</th><th class=\"number\">loss</th>", to);
    if (classes)
        fputs("<th>true</th><th>predicted</th><th class=\"number\">output of true</th><th class=\"number\">of predicted</th>", to);
    else if (labels)
        fputs("<th>has</th><th>missed</th><th>given wrongly</th>", to);
    else if (!few)
        fputs("<th>furthest off</th><th class=\"number\">true</th><th class=\"number\">predicted</th>", to);
    for (size_t o = 0; few && o < found->width; o++)
        fputs("<th class=\"number\">true</th><th class=\"number\">predicted</th>", to);
    if (!classes && !labels && (!few || found->width == 1))
        fputs("<th class=\"number\">residual</th>", to);
    for (size_t c = 0; schema->columns <= COLUMNS_MOST && c < schema->columns; c++) {
        fputs(schema->column[c].categories ? "<th class=\"name\">" : "<th class=\"number\">", to);
        html_text(to, page_column_name(schema, c, number));
        fputs("</th>", to);
    }
    fputs("</tr>\n</thead>\n", to);
}

void mistake_table(FILE *to, const page *p, const page_analysis *found)
{
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n", to);
    write_heads(to, p, found);
    fputs("<tbody>\n", to);
    for (size_t i = 0; i < found->mistakes; i++) {
        const size_t place = found->mistake[i];
        fprintf(to, "<tr><td class=\"number\">%zu</td>", (size_t)found->rows[place] + 1);
        html_number(to, "%.4g", found->losses[place]);
        if (kiln_data_samples(p->data)->labels)
            write_class_cells(to, p, found, place);
        else if (page_has_labels(p))
            write_label_cells(to, p, found, place);
        else
            write_target_cells(to, p, found, place);
        write_features(to, p, found->rows[place]);
        fputs("</tr>\n", to);
    }
    fputs("</tbody>\n</table>\n</div>\n", to);
}

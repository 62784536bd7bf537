/* The page of a classification: each class's figures, and the confusion matrix. */
#include "html.h"
#include "page_parts.h"
#include "report.h"

#include <math.h>

enum { CLASSES_MOST = 200, MATRIX_MOST = 20, CONFUSIONS_MOST = 10 };

static const kiln_metrics *metrics_of(const page *p)
{
    return p->figures ? p->figure[p->figures - 1].metrics : NULL;
}

/* The curve of one class against the others; NULL where there is none. */
static const kiln_curves *curve_of(const page_analysis *found, size_t classes, size_t class)
{
    if (classes == 2)
        return class == 1 && found->curves ? &found->curve[0] : NULL;
    return class < found->curves ? &found->curve[class] : NULL;
}

static void write_class(FILE *to, const kiln_schema *schema, const kiln_metrics *m, const page_analysis *found, size_t class)
{
    char number[24];
    size_t samples = 0;
    const kiln_curves *curve = curve_of(found, m->classes, class);
    for (size_t other = 0; other < m->classes; other++)
        samples += m->confusion[class * m->classes + other];
    fputs("<tr><th scope=\"row\" class=\"name\">", to);
    html_text(to, class_name(schema, class, number));
    fprintf(to, "</th><td class=\"number\">%zu</td>", samples);
    html_number(to, "%.4f", m->precision[class]);
    html_number(to, "%.4f", m->recall[class]);
    html_number(to, "%.4f", m->f1[class]);
    html_number(to, "%.4f", curve ? curve->roc_auc : NAN);
    html_number(to, "%.4f", curve ? curve->average_precision : NAN);
    fputs("</tr>\n", to);
}

static void write_classes(FILE *to, const kiln_schema *schema, const kiln_metrics *m, const page_analysis *found)
{
    const size_t shown = m->classes < CLASSES_MOST ? m->classes : CLASSES_MOST;
    html_section(to, "Classes", m->classes == 2 ? NULL : "The areas are those of one class against all others.");
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>class</th><th class=\"number\">samples</th>"
          "<th class=\"number\">precision</th><th class=\"number\">recall</th><th class=\"number\">F1</th>"
          "<th class=\"number\">ROC area</th><th class=\"number\">average precision</th></tr></thead>\n<tbody>\n",
          to);
    for (size_t c = 0; c < shown; c++)
        write_class(to, schema, m, found, c);
    fputs("</tbody>\n</table>\n</div>\n", to);
    if (shown < m->classes)
        fprintf(to, "<p class=\"under\">The first %zu of %zu classes.</p>\n", shown, m->classes);
    html_section_end(to);
}

/* A cell as strongly coloured as its share of its row: blue on the diagonal, red off it. */
static void write_cell(FILE *to, size_t count, size_t row, bool right)
{
    const double share = row ? (double)count / (double)row : 0.0, strength = count ? 0.12 + 0.88 * share : 0.0;
    if (count == 0) {
        fputs("<td class=\"none\">0</td>", to);
        return;
    }
    fprintf(to, "<td%s style=\"background:rgb(%s / %.3f)\" title=\"%.1f %% of its row\">%zu</td>",
            strength > 0.6 ? " class=\"full\"" : "", right ? "37 99 235" : "201 42 42", strength, 100.0 * share, count);
}

static void write_matrix(FILE *to, const kiln_schema *schema, const kiln_metrics *m)
{
    char number[24];
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table class=\"matrix\">\n<thead><tr><td></td>", to);
    for (size_t c = 0; c < m->classes; c++) {
        fputs("<th scope=\"col\">", to);
        html_text(to, class_name(schema, c, number));
        fputs("</th>", to);
    }
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t c = 0; c < m->classes; c++) {
        size_t row = 0;
        for (size_t o = 0; o < m->classes; o++)
            row += m->confusion[c * m->classes + o];
        fputs("<tr><th scope=\"row\">", to);
        html_text(to, class_name(schema, c, number));
        fputs("</th>", to);
        for (size_t o = 0; o < m->classes; o++)
            write_cell(to, m->confusion[c * m->classes + o], row, c == o);
        fputs("</tr>\n", to);
    }
    fputs("</tbody>\n</table>\n</div>\n", to);
}

/* The largest counts off the diagonal, by insertion. */
static size_t find_confusions(const kiln_metrics *m, size_t cells[CONFUSIONS_MOST])
{
    size_t have = 0;
    for (size_t i = 0; i < m->classes * m->classes; i++) {
        size_t at = have;
        if (m->confusion[i] == 0 || i / m->classes == i % m->classes)
            continue;
        while (at > 0 && m->confusion[i] > m->confusion[cells[at - 1]])
            at--;
        if (at == CONFUSIONS_MOST)
            continue;
        have += have < CONFUSIONS_MOST;
        for (size_t k = have - 1; k > at; k--)
            cells[k] = cells[k - 1];
        cells[at] = i;
    }
    return have;
}

static void write_confusions(FILE *to, const kiln_schema *schema, const kiln_metrics *m)
{
    size_t cells[CONFUSIONS_MOST];
    char number[24];
    const size_t have = find_confusions(m, cells);
    if (have == 0)
        return;
    fputs("<div>\n<h3>Most frequent confusions</h3>\n<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>true class</th>"
          "<th>taken for</th><th class=\"number\">times</th></tr></thead>\n<tbody>\n",
          to);
    for (size_t i = 0; i < have; i++) {
        fputs("<tr><td class=\"name\">", to);
        html_text(to, class_name(schema, cells[i] / m->classes, number));
        fputs("</td><td class=\"name\">", to);
        html_text(to, class_name(schema, cells[i] % m->classes, number));
        fprintf(to, "</td><td class=\"number\">%zu</td></tr>\n", m->confusion[cells[i]]);
    }
    fputs("</tbody>\n</table>\n</div>\n</div>\n", to);
}

void page_classes(FILE *to, const page *p, const page_analysis *found)
{
    const kiln_metrics *m = metrics_of(p);
    const kiln_schema *schema = p->data ? kiln_data_schema(p->data) : NULL;
    if (!m || !m->classes)
        return;
    const bool small = m->classes <= MATRIX_MOST;
    html_section(to, "Confusion", small ? "A row is a true class, a column what was predicted." : NULL);
    fputs("<div class=\"beside\">\n", to);
    if (small)
        write_matrix(to, schema, m);
    if (m->classes > 2)
        write_confusions(to, schema, m);
    fputs("</div>\n", to);
    html_section_end(to);
    write_classes(to, schema, m, found);
}

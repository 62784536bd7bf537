/* The page of labels: each one's figures and counts. */
#include "html.h"
#include "page_parts.h"

#include <math.h>

enum { LABELS_MOST = 200 };

static void write_label(FILE *to, const page *p, const page_analysis *found, const kiln_metrics *m, size_t label)
{
    const size_t *of = m->confusion + 4 * label; /* [has it][predicted to have it] */
    char text[PAGE_NAME];
    fputs("<tr><th scope=\"row\" class=\"name\">", to);
    html_text(to, page_target_name(p, label, text));
    fprintf(to, "</th><td class=\"number\">%zu</td><td class=\"number\">%zu</td><td class=\"number\">%zu</td>", of[2] + of[3],
            of[2], of[1]);
    html_number(to, "%.4f", m->precision[label]);
    html_number(to, "%.4f", m->recall[label]);
    html_number(to, "%.4f", m->f1[label]);
    html_number(to, "%.4f", label < found->curves ? found->curve[label].roc_auc : NAN);
    html_number(to, "%.4f", label < found->curves ? found->curve[label].average_precision : NAN);
    fputs("</tr>\n", to);
}

void page_labels(FILE *to, const page *p, const page_analysis *found)
{
    if (!page_has_labels(p))
        return;
    const kiln_metrics *m = p->figure[p->figures - 1].metrics;
    html_section(to, "Labels",
                 "How many samples have a label, how many of those were missed, and how many were given it without having it.");
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>label</th><th class=\"number\">have it</th>"
          "<th class=\"number\">missed</th><th class=\"number\">given wrongly</th><th class=\"number\">precision</th>"
          "<th class=\"number\">recall</th><th class=\"number\">F1</th><th class=\"number\">ROC area</th>"
          "<th class=\"number\">average precision</th></tr></thead>\n<tbody>\n",
          to);
    for (size_t l = 0; l < m->labels && l < LABELS_MOST; l++)
        write_label(to, p, found, m, l);
    fputs("</tbody>\n</table>\n</div>\n", to);
    if (m->labels > LABELS_MOST)
        fprintf(to, "<p class=\"under\">The first %d of %zu labels.</p>\n", LABELS_MOST, m->labels);
    html_section_end(to);
}

/* The page's figures of all samples that were measured: large at the top, and as a table. */
#include "html.h"
#include "page_parts.h"

#include <math.h>
#include <string.h>

/* One figure of some samples. */
typedef struct quantity {
    const char *word, *format;
    double value;
    bool large; /* among the few at the top */
} quantity;

enum { QUANTITIES_MOST = 5 };

typedef struct quantity_list {
    size_t count;
    quantity at[QUANTITIES_MOST];
} quantity_list;

/* Over the classes that the samples or predictions have, as macro F1 is. */
static double mean_of_classes(const kiln_metrics *m, const double *values)
{
    double sum = 0.0;
    size_t present = 0;
    for (size_t c = 0; c < m->classes; c++) {
        size_t samples = 0;
        for (size_t i = 0; i < m->classes; i++)
            samples += m->confusion[c * m->classes + i] + m->confusion[i * m->classes + c];
        sum += samples ? values[c] : 0.0;
        present += samples > 0;
    }
    return sum / (double)present;
}

const char *page_r2_format(double r2)
{
    return r2 > -1000.0 ? "%.4f" : "%.4g";
}

/* What is said of samples: by their classes, their labels, or their numbers, which have units that differ where there are several.
 */
static quantity_list quantities(const kiln_metrics *m)
{
    const bool one = m->outputs == 1;
    if (m->classes)
        return (quantity_list){ 5,
                                { { "accuracy", "%.2f %%", 100.0 * m->accuracy, true },
                                  { "precision", "%.4f", mean_of_classes(m, m->precision), false },
                                  { "recall", "%.4f", mean_of_classes(m, m->recall), false },
                                  { "macro F1", "%.4f", m->macro_f1, false },
                                  { "loss", "%.4g", m->loss, true } } };
    if (m->labels)
        return (quantity_list){ 5,
                                { { "subset accuracy", "%.2f %%", 100.0 * m->accuracy, true },
                                  { "Hamming loss", "%.4f", m->hamming_loss, true },
                                  { "micro F1", "%.4f", m->micro_f1, true },
                                  { "macro F1", "%.4f", m->macro_f1, true },
                                  { "loss", "%.4g", m->loss, false } } };
    return (quantity_list){ 4,
                            { { "R\xC2\xB2", page_r2_format(m->r2), m->r2, true },
                              { "RMSE", "%.6g", m->rmse, one },
                              { "MAE", "%.6g", m->mae, one },
                              { "loss", "%.4g", m->loss, false } } };
}

static void tile(FILE *to, const char *word, const char *format, double value)
{
    fputs("<div><dt>", to);
    html_text(to, word);
    fputs("</dt><dd>", to);
    if (isfinite(value))
        fprintf(to, format, value);
    else
        fputs("\xE2\x80\x93", to);
    fputs("</dd></div>\n", to);
}

/* The figures of the samples that count most, large. */
void page_tiles(FILE *to, const page *p)
{
    if (p->figures == 0)
        return;
    const page_figures *last = &p->figure[p->figures - 1];
    const kiln_metrics *m = last->metrics;
    fputs("<dl class=\"tiles\">\n", to);
    const quantity_list all = quantities(m);
    for (size_t i = 0; i < all.count; i++)
        if (all.at[i].large)
            tile(to, all.at[i].word, all.at[i].format, all.at[i].value);
    char word[64];
    if (m->outputs > 1)
        tile(to, "targets", "%.0f", (double)m->outputs);
    snprintf(word, sizeof word, "%s samples", last->label);
    tile(to, word, "%.0f", (double)m->count);
    tile(to, "parameters", "%.0f", (double)kiln_network_parameters(p->network));
    fputs("</dl>\n", to);
}

/* What the figures are means of; and what is looked at more closely may be some samples of many. */
static void figures_note(const page *p, size_t sampled, char *note, size_t bytes)
{
    const kiln_metrics *m = p->figure[0].metrics;
    snprintf(note, bytes, "%s",
             m->classes        ? "Precision, recall and macro F1 are means over the classes, each counting the same."
             : m->labels       ? "Subset accuracy is the share of samples whose labels are all right, Hamming loss that of labels "
                                 "that are wrong. Micro F1 is over all labels together, macro F1 the mean of each label's."
             : m->outputs != 1 ? "R\xC2\xB2 is the targets' mean; RMSE and MAE are over all of them, whatever their units."
                               : "");
    if (m->weighted)
        snprintf(note + strlen(note), bytes - strlen(note), "%s%s", note[0] ? " " : "",
                 m->outputs ? "They are means by the samples' weights."
                            : "Loss and accuracy are means by the samples' weights; all else counts samples.");
    if (sampled && sampled < p->subset.count)
        snprintf(note + strlen(note), bytes - strlen(note),
                 " Curves, residuals, mistakes and importance are of %zu of the samples, evenly chosen.", sampled);
}

void page_all_figures(FILE *to, const page *p, const page_analysis *found)
{
    if (p->figures == 0)
        return;
    const quantity_list heads = quantities(p->figure[0].metrics);
    char note[600];
    figures_note(p, found->subset.count, note, sizeof note);
    html_section(to, "Figures", note[0] ? note : NULL);
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>samples</th><th class=\"number\">count</th>", to);
    for (size_t q = 0; q < heads.count; q++)
        fprintf(to, "<th class=\"number\">%s</th>", heads.at[q].word);
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t i = 0; i < p->figures; i++) {
        const quantity_list row = quantities(p->figure[i].metrics);
        fprintf(to, "<tr><th scope=\"row\">%s</th><td class=\"number\">%zu</td>", p->figure[i].label, p->figure[i].metrics->count);
        for (size_t q = 0; q < row.count; q++)
            html_number(to, row.at[q].format, row.at[q].value);
        fputs("</tr>\n", to);
    }
    fputs("</tbody>\n</table>\n</div>\n", to);
    html_section_end(to);
}

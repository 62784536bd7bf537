/* The page of a classification or of labels: ROC, precision-recall and calibration curves. */
#include "html.h"
#include "page_parts.h"
#include "report.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>

enum { DRAWN_MOST = 20 };

/* Which curves are drawn, those of smallest area first where there are many; those without an area are not. */
static size_t choose_curves(const page_analysis *found, size_t chosen[DRAWN_MOST])
{
    size_t have = 0;
    for (size_t i = 0; i < found->curves; i++) {
        size_t at = have;
        if (isnan(found->curve[i].roc_auc))
            continue;
        while (found->curves > DRAWN_MOST && at > 0 && found->curve[i].roc_auc < found->curve[chosen[at - 1]].roc_auc)
            at--;
        if (at == DRAWN_MOST)
            continue;
        have += have < DRAWN_MOST;
        for (size_t k = have - 1; k > at; k--)
            chosen[k] = chosen[k - 1];
        chosen[at] = i;
    }
    return have;
}

static const char *curve_name(const page *p, const page_analysis *found, size_t curve, char text[PAGE_NAME])
{
    if (page_has_labels(p))
        return page_target_name(p, curve, text);
    return class_name(kiln_data_schema(p->data), found->curves == 1 ? 1 : curve, text);
}

/* One curve's points. The ROC curve goes straight from one threshold to the next, from (0, 0) on. Precision over recall goes in
 * steps, each threshold's precision from the recall before to its own, so that the area below is the average precision. */
static void draw_curve(const svg_chart *chart, size_t series, const char *name, const kiln_curves *curve, bool roc)
{
    const size_t room = 2 * curve->thresholds + 1; /* so many thresholds, larger ones, exist: no overflow */
    double *x = calloc(room, sizeof *x), *y = calloc(room, sizeof *y), recall = 0.0;
    size_t count = roc; /* ROC begins at (0, 0) */
    for (size_t i = 0; x && y && i < curve->thresholds; i++) {
        const double tp = (double)curve->threshold[i].true_positives, fp = (double)curve->threshold[i].false_positives;
        if (!roc) {
            x[count] = recall;
            y[count++] = tp / (tp + fp);
        }
        recall = tp / (double)curve->positives;
        x[count] = roc ? fp / (double)curve->negatives : recall;
        y[count++] = roc ? recall : tp / (tp + fp);
    }
    if (x && y)
        svg_line(chart, series, name, count, x, y);
    free(x);
    free(y);
}

static void write_chart(FILE *to, const page *p, const page_analysis *found, const size_t *chosen, size_t count, bool roc)
{
    char text[PAGE_NAME];
    const svg_chart chart = { .to = to,
                              .x = { .label = roc ? "false positive rate" : "recall", .low = 0.0, .high = 1.0 },
                              .y = { .label = roc ? "true positive rate" : "precision", .low = 0.0, .high = 1.0 } };
    svg_begin(&chart, roc ? "ROC" : "Precision and recall");
    if (roc)
        svg_guide(&chart, 0.0, 0.0, 1.0, 1.0);
    for (size_t i = 0; i < count; i++)
        draw_curve(&chart, i, curve_name(p, found, chosen[i], text), &found->curve[chosen[i]], roc);
    svg_end(&chart);
    svg_legend(to);
    for (size_t i = 0; i < count; i++) {
        const kiln_curves *curve = &found->curve[chosen[i]];
        svg_key(to, i, "%s: %.4f", curve_name(p, found, chosen[i], text), roc ? curve->roc_auc : curve->average_precision);
    }
    svg_legend_end(to);
    svg_figure_end(to);
}

static void write_calibration(FILE *to, const page *p, const page_analysis *found)
{
    double mean[CALIBRATION_BINS], share[CALIBRATION_BINS];
    size_t count = 0;
    const bool labels = page_has_labels(p), two = kiln_data_samples(p->data)->classes == 2;
    for (size_t b = 0; b < CALIBRATION_BINS; b++)
        if (found->calibration[b].count) {
            mean[count] = found->calibration[b].mean;
            share[count++] = (double)found->calibration[b].positives / (double)found->calibration[b].count;
        }
    const svg_chart chart = { .to = to,
                              .x = { .label = two || labels ? "predicted probability" : "probability of the predicted class",
                                     .high = 1.0 },
                              .y = { .label = labels ? "share that have the label"
                                              : two  ? "share of the class"
                                                     : "share that is right",
                                     .high = 1.0 } };
    svg_begin(&chart, "Calibration");
    svg_guide(&chart, 0.0, 0.0, 1.0, 1.0);
    svg_line(&chart, 0, "in tenths of the probability", count, mean, share);
    svg_dots(&chart, 0, true, count, mean, share);
    svg_end(&chart);
    fprintf(to, "<p class=\"under\">On the dashed line a probability means what it says. Expected calibration error %.4f.</p>\n",
            found->calibration_error);
    svg_figure_end(to);
}

static void write_calibration_counts(FILE *to, const page *p, const page_analysis *found)
{
    double edge[CALIBRATION_BINS + 1], count[CALIBRATION_BINS], most = 0.0;
    for (size_t b = 0; b <= CALIBRATION_BINS; b++)
        edge[b] = (double)b / CALIBRATION_BINS;
    for (size_t b = 0; b < CALIBRATION_BINS; b++) {
        count[b] = (double)found->calibration[b].count;
        most = fmax(most, count[b]);
    }
    const svg_chart chart = { .to = to,
                              .x = { .label = "probability", .high = 1.0 },
                              .y = { .label = page_has_labels(p) ? "count" : "samples", .high = 1.05 * most, .kind = AXIS_WHOLE } };
    svg_begin(&chart, "How sure it is");
    svg_bars(&chart, CALIBRATION_BINS, edge, count);
    svg_end(&chart);
    svg_figure_end(to);
}

void page_class_curves(FILE *to, const page *p, const page_analysis *found)
{
    size_t chosen[DRAWN_MOST];
    char note[512], text[PAGE_NAME];
    const size_t count = choose_curves(found, chosen);
    if (!found->has_calibration && count == 0)
        return;
    if (kiln_data_samples(p->data)->classes == 2)
        snprintf(note, sizeof note, "Of the class %s.", curve_name(p, found, 0, text));
    else
        snprintf(note, sizeof note, "%s%s",
                 page_has_labels(p) ? "Of each label; calibration is of all labels together." : "Of each class against all others.",
                 found->curves > DRAWN_MOST ? " Only the curves of the smallest area are drawn." : "");
    html_section(to, "Curves", note);
    fputs("<div class=\"charts\">\n", to);
    if (count) {
        write_chart(to, p, found, chosen, count, true);
        write_chart(to, p, found, chosen, count, false);
    }
    if (found->has_calibration) {
        write_calibration(to, p, found);
        write_calibration_counts(to, p, found);
    }
    fputs("</div>\n", to);
    html_section_end(to);
}

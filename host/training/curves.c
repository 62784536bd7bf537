/* ROC and precision-recall curves, and calibration: what scores and probabilities are worth, whatever they come from. */
#include "base/memory.h"
#include "base/status.h"

#include <kiln/evaluation.h>

#include <math.h>
#include <stdlib.h>

typedef struct scored {
    double score;
    bool positive;
} scored;

static int by_falling_score(const void *one, const void *other)
{
    const double a = ((const scored *)one)->score, b = ((const scored *)other)->score;
    return (a < b) - (a > b);
}

/* A copy in falling order; NULL with *status where there is none. */
static scored *sort_scores(size_t count, const double *score, const bool *positive, kiln_status *status, kiln_error *err)
{
    if (count == 0) {
        *status = kiln_fail(err, KILN_EINVAL, "there are no scores to draw a curve of, should be at least one");
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (isnan(score[i])) {
            *status = kiln_fail(err, KILN_EINVAL, "score %zu is not a number: it has no place in a curve", i);
            return NULL;
        }
    scored *sorted = mem_alloc(count, sizeof *sorted);
    if (!sorted) {
        *status = kiln_fail_memory(err, 0, "the curves");
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = (scored){ score[i], positive[i] };
    qsort(sorted, count, sizeof *sorted, by_falling_score);
    *status = KILN_OK;
    return sorted;
}

/* One entry for each score, however many samples have it: they are taken together or not at all. */
static void count_thresholds(const scored *sorted, size_t count, kiln_curves *c)
{
    size_t positives = 0, negatives = 0;
    for (size_t i = 0; i < count; i++) {
        positives += sorted[i].positive;
        negatives += !sorted[i].positive;
        if (i + 1 == count || sorted[i + 1].score < sorted[i].score)
            c->threshold[c->thresholds++] = (kiln_threshold){ sorted[i].score, positives, negatives };
    }
    c->positives = positives;
    c->negatives = negatives;
}

static void measure_areas(kiln_curves *c)
{
    kiln_threshold before = { 0 };
    double area = 0.0, precision = 0.0;
    for (size_t i = 0; i < c->thresholds; i++) {
        const kiln_threshold now = c->threshold[i];
        const double gained = (double)(now.true_positives - before.true_positives);
        area += (double)(now.false_positives - before.false_positives) * ((double)before.true_positives + 0.5 * gained);
        precision += gained * ((double)now.true_positives / ((double)now.true_positives + (double)now.false_positives));
        before = now;
    }
    c->roc_auc = area / ((double)c->positives * (double)c->negatives); /* 0 / 0 is NaN, as it should be */
    c->average_precision = c->negatives ? precision / (double)c->positives : NAN;
}

kiln_status kiln_curves_measure(size_t count, const double *score, const bool *positive, kiln_curves *curves, kiln_error *err)
{
    kiln_curves c = { 0 };
    kiln_status status;
    scored *sorted = sort_scores(count, score, positive, &status, err);
    if (!sorted)
        return status;
    c.threshold = mem_alloc(count, sizeof *c.threshold);
    if (!c.threshold) {
        free(sorted);
        return kiln_fail_memory(err, 0, "the curves");
    }
    count_thresholds(sorted, count, &c);
    measure_areas(&c);
    free(sorted);
    *curves = c;
    return KILN_OK;
}

void kiln_curves_free(kiln_curves *curves)
{
    if (!curves)
        return;
    free(curves->threshold);
    *curves = (kiln_curves){ 0 };
}

kiln_status kiln_calibration(size_t count, const double *probability, const bool *positive, size_t bins, kiln_calibration_bin *bin,
                             double *error, kiln_error *err)
{
    if (count == 0 || bins == 0)
        return kiln_fail(err, KILN_EINVAL, "there are %zu probabilities and %zu bins, should be at least one of each", count, bins);
    for (size_t i = 0; i < count; i++)
        if (!(probability[i] >= 0.0 && probability[i] <= 1.0))
            return kiln_fail(err, KILN_EINVAL, "probability %zu is %g, should be 0 to 1", i, probability[i]);
    for (size_t b = 0; b < bins; b++)
        bin[b] = (kiln_calibration_bin){ 0 };
    for (size_t i = 0; i < count; i++) {
        const size_t above = (size_t)ceil(probability[i] * (double)bins);
        kiln_calibration_bin *b = &bin[above > 0 ? above - 1 : 0];
        b->count++;
        b->positives += positive[i];
        b->mean += probability[i];
    }
    *error = 0.0;
    for (size_t b = 0; b < bins; b++) {
        *error += fabs((double)bin[b].positives - bin[b].mean) / (double)count;
        if (bin[b].count)
            bin[b].mean /= (double)bin[b].count;
    }
    return KILN_OK;
}

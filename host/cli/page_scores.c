/* What outputs are worth as scores of classes and labels, for the page: ROC and precision-recall curves, and calibration. */
#include "message.h"
#include "page_parts.h"

#include <math.h>
#include <stdlib.h>

enum { CURVES_MOST = 50 };

/* Scores of one curve, and which samples it should find: those of a class, or those that have a label. */
static void fill_curve(const page *p, const page_analysis *found, size_t curve, double *score, bool *positive)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const size_t class = samples->classes == 2 ? 1 : curve;
    for (size_t i = 0; i < found->subset.count; i++) {
        score[i] = samples->labels ? page_class_output(found, i, class) : found->outputs[i * found->width + curve];
        positive[i] = samples->labels ? page_true_class(p, found, i) == class : page_true_output(p, found, i, curve) >= 0.5;
    }
}

/* One class against the others, or one label. */
static kiln_status measure_curves(const page *p, page_analysis *found, double *score, bool *positive, kiln_error *err)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const size_t all = samples->labels ? samples->classes : samples->outputs, most = all < CURVES_MOST ? all : CURVES_MOST;
    const size_t wanted = samples->classes == 2 ? 1 : most;
    found->curve = calloc(wanted, sizeof *found->curve);
    if (!found->curve)
        return fail(err, KILN_ENOMEM, "no memory left for the curves");
    for (size_t n = 0; n < wanted; n++) {
        fill_curve(p, found, n, score, positive);
        const kiln_status status = kiln_curves_measure(found->subset.count, score, positive, &found->curve[n], err);
        if (status != KILN_OK)
            return status;
        found->curves++;
    }
    return KILN_OK;
}

/* For two classes the probability of class 1, as is usual; for more that of the predicted class. */
static void fill_class_probability(const page *p, const page_analysis *found, double *probability, bool *positive)
{
    const bool two = kiln_data_samples(p->data)->classes == 2;
    for (size_t i = 0; i < found->subset.count; i++) {
        const size_t class = two ? 1 : page_predicted_class(found, i);
        probability[i] = page_class_output(found, i, class);
        positive[i] = page_true_class(p, found, i) == class;
    }
}

/* Adds one question's bins to those of all. */
static void add_bins(page_analysis *found, const kiln_calibration_bin *bin)
{
    for (size_t b = 0; b < CALIBRATION_BINS; b++) {
        found->calibration[b].count += bin[b].count;
        found->calibration[b].positives += bin[b].positives;
        found->calibration[b].mean += bin[b].mean * (double)bin[b].count; /* a sum as yet */
    }
}

static void finish_calibration(page_analysis *found, double answers)
{
    for (size_t b = 0; b < CALIBRATION_BINS; b++) {
        kiln_calibration_bin *bin = &found->calibration[b];
        found->calibration_error += fabs((double)bin->positives - bin->mean) / answers;
        bin->mean = bin->count ? bin->mean / (double)bin->count : 0.0;
    }
    found->has_calibration = true;
}

/* Of labels, all of them together. */
static kiln_status measure_calibration(const page *p, page_analysis *found, double *probability, bool *positive, kiln_error *err)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const size_t count = found->subset.count, questions = samples->labels ? 1 : samples->outputs;
    kiln_calibration_bin bin[CALIBRATION_BINS];
    double error;
    if (kiln_network_get_shape(p->network).output == KILN_LINEAR)
        return KILN_OK; /* no probabilities */
    for (size_t q = 0; q < questions; q++) {
        if (samples->labels)
            fill_class_probability(p, found, probability, positive);
        else
            fill_curve(p, found, q, probability, positive);
        for (size_t i = 0; i < count; i++)
            probability[i] = fmin(fmax(probability[i], 0.0), 1.0); /* rounding may lead past 1 */
        const kiln_status status = kiln_calibration(count, probability, positive, CALIBRATION_BINS, bin, &error, err);
        if (status != KILN_OK)
            return status;
        add_bins(found, bin);
    }
    finish_calibration(found, (double)count * (double)questions);
    return KILN_OK;
}

kiln_status page_measure_scores(const page *p, page_analysis *found, kiln_error *err)
{
    kiln_status status = KILN_OK;
    double *score = calloc(found->subset.count, sizeof *score);
    bool *positive = calloc(found->subset.count, sizeof *positive);
    if (!score || !positive)
        status = fail(err, KILN_ENOMEM, "no memory left for the curves");
    if (status == KILN_OK)
        status = measure_curves(p, found, score, positive, err);
    if (status == KILN_OK)
        status = measure_calibration(p, found, score, positive, err);
    free(score);
    free(positive);
    return status;
}

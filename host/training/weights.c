/* Sample weights and class weights: checked, summed, and brought to a mean of 1 for training. */
#include "training/weights.h"

#include "base/memory.h"
#include "base/status.h"
#include "training/samples.h"

#include <math.h>
#include <stdlib.h>

double weight_of(const kiln_samples *samples, size_t row)
{
    return samples->weight ? (double)samples->weight[row] : 1.0;
}

double weight_sum(const kiln_samples *samples, kiln_subset subset)
{
    double sum = 0.0;
    for (size_t i = 0; i < subset.count; i++)
        sum += weight_of(samples, subset_row(subset, i));
    return sum;
}

kiln_status weights_check(const kiln_samples *samples, kiln_subset subset, const char *which, kiln_error *err)
{
    for (size_t i = 0; samples->weight && i < subset.count; i++) {
        const size_t row = subset_row(subset, i);
        const double weight = weight_of(samples, row);
        if (!(weight >= 0.0 && isfinite(weight)))
            return kiln_fail(err, KILN_EINVAL, "sample %zu has weight %g, should be a finite number, 0 or more", row, weight);
    }
    if (subset.count == 0 || weight_sum(samples, subset) > 0.0)
        return KILN_OK;
    return kiln_fail(err, KILN_EINVAL, "the weights of all %zu %s samples are 0: at least one should be above", subset.count,
                     which);
}

static kiln_status check_classes(const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    if (!samples->labels)
        return kiln_fail(err, KILN_EINVAL, "class weights are for classification: the samples have no classes");
    for (size_t i = 0; i < subset.count; i++) {
        const size_t row = subset_row(subset, i);
        const long label = row < samples->count ? samples->labels[row] : -1;
        if (label < 0 || (size_t)label >= samples->classes)
            return kiln_fail(err, KILN_EINVAL, "the subset's sample %zu is none of the %zu, or has none of the %zu classes", row,
                             samples->count, samples->classes);
    }
    return KILN_OK;
}

kiln_status kiln_balanced_weights(const kiln_samples *samples, kiln_subset subset, double *weight, kiln_error *err)
{
    const kiln_status status = check_classes(samples, subset, err);
    size_t present = 0;
    if (status != KILN_OK)
        return status;
    for (size_t c = 0; c < samples->classes; c++)
        weight[c] = 0.0;
    for (size_t i = 0; i < subset.count; i++)
        weight[samples->labels[subset_row(subset, i)]] += 1.0;
    for (size_t c = 0; c < samples->classes; c++)
        present += weight[c] > 0.0;
    for (size_t c = 0; c < samples->classes; c++)
        if (weight[c] > 0.0)
            weight[c] = (double)subset.count / ((double)present * weight[c]);
    return KILN_OK;
}

/* A sample's weight times its class's; balance NULL: classes weigh the same. */
static double combined(const kiln_samples *samples, size_t row, const double *balance)
{
    return weight_of(samples, row) * (balance ? balance[samples->labels[row]] : 1.0);
}

kiln_status weights_for_training(const kiln_samples *samples, kiln_subset train, kiln_class_weight classes, float **weight,
                                 kiln_error *err)
{
    const bool balanced = classes == KILN_CLASS_WEIGHT_BALANCED;
    double *balance = NULL, sum = 0.0;
    kiln_status status = KILN_OK;
    *weight = NULL;
    if (!samples->weight && !balanced)
        return KILN_OK;
    if (balanced && !(balance = mem_alloc(samples->classes, sizeof *balance)))
        return kiln_fail_memory(err, 0, "the classes' weights");
    if (balanced)
        status = kiln_balanced_weights(samples, train, balance, err);
    if (status == KILN_OK && !(*weight = mem_zeroed(samples->count, sizeof **weight)))
        status = kiln_fail_memory(err, samples->count * sizeof **weight, "the samples' weights");
    for (size_t i = 0; status == KILN_OK && i < train.count; i++)
        sum += combined(samples, subset_row(train, i), balance);
    for (size_t i = 0; status == KILN_OK && i < train.count; i++) {
        const size_t row = subset_row(train, i);
        (*weight)[row] = (float)(combined(samples, row, balance) * ((double)train.count / sum));
    }
    free(balance);
    return status;
}

/* How a network's inputs are standardised: set from numbers, or from the statistics of samples. */
#include "base/memory.h"
#include "base/status.h"
#include "network/network.h"
#include "network/reading.h"

#include <math.h>
#include <stdlib.h>

kiln_status kiln_network_set_standardisation(kiln_network *network, const float *mean, const float *scale, kiln_error *err)
{
    kiln_status status = KILN_OK;
    const size_t features = network->widths[0];
    float *means = NULL, *scales = NULL;
    if (!mean != !scale)
        return kiln_fail(err, KILN_EINVAL, "a standardisation needs both mean and scale, or neither");
    for (size_t i = 0; mean && i < features; i++)
        if (!isfinite(mean[i]) || !isfinite(scale[i]))
            return kiln_fail(err, KILN_EINVAL, "feature %zu cannot be standardised with mean %g and scale %g", i, (double)mean[i],
                             (double)scale[i]);
    if (mean) {
        means = mem_copy(mean, features, sizeof *means);
        scales = mem_copy(scale, features, sizeof *scales);
        if (!means || !scales) {
            status = kiln_fail_memory(err, 2 * features * sizeof *means, "the standardisation");
            goto done;
        }
    }
    free(network->mean);
    free(network->scale);
    network->mean = means;
    network->scale = scales;
    means = scales = NULL;
done:
    free(means);
    free(scales);
    return status;
}

void kiln_network_get_standardisation(const kiln_network *network, const float **mean, const float **scale)
{
    *mean = network->mean;
    *scale = network->scale;
}

static size_t row_of(kiln_subset subset, size_t i)
{
    return subset.rows ? subset.rows[i] : i;
}

static double value_of(const kiln_samples *samples, size_t row, size_t feature)
{
    const size_t at = row * samples->features + feature;
    return samples->element == KILN_ELEMENT_U8 ? (double)((const uint8_t *)samples->x)[at]
                                               : (double)((const float *)samples->x)[at];
}

static kiln_status check_samples(const kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    if (samples->features != network->widths[0])
        return kiln_fail(err, KILN_EINVAL, "the samples have %zu features but the network's input has %zu", samples->features,
                         network->widths[0]);
    if (subset.count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no samples to take mean and variance from");
    for (size_t i = 0; i < subset.count; i++)
        if (row_of(subset, i) >= samples->count)
            return kiln_fail(err, KILN_EINVAL, "there is no sample %zu: there are %zu", row_of(subset, i), samples->count);
    return KILN_OK;
}

/* Population mean and variance in two passes. The first sample is taken off, so that a feature that never varies has variance 0
 * exactly, and one far from 0 loses nothing. */
static void statistics(const kiln_samples *samples, kiln_subset subset, double *mean, double *variance)
{
    const size_t features = samples->features, first = row_of(subset, 0);
    const size_t spacing = reading_spacing(samples, subset.count);
    size_t read = 0;
    for (size_t i = 0; i < subset.count; i++, reading_count(samples, spacing, &read))
        for (size_t f = 0; f < features; f++)
            mean[f] += value_of(samples, row_of(subset, i), f) - value_of(samples, first, f);
    for (size_t f = 0; f < features; f++)
        mean[f] /= (double)subset.count;
    for (size_t i = 0; i < subset.count; i++, reading_count(samples, spacing, &read))
        for (size_t f = 0; f < features; f++) {
            const double e = value_of(samples, row_of(subset, i), f) - value_of(samples, first, f) - mean[f];
            variance[f] += e * e;
        }
    for (size_t f = 0; f < features; f++) {
        mean[f] += value_of(samples, first, f);
        variance[f] /= (double)subset.count;
    }
}

/* One mean and variance for all features. */
static void pool(size_t features, double *mean, double *variance)
{
    double all = 0.0, spread = 0.0;
    for (size_t f = 0; f < features; f++)
        all += mean[f] / (double)features;
    for (size_t f = 0; f < features; f++)
        spread += (variance[f] + (mean[f] - all) * (mean[f] - all)) / (double)features;
    for (size_t f = 0; f < features; f++) {
        mean[f] = all;
        variance[f] = spread;
    }
}

kiln_status kiln_network_standardise(kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    kiln_status status = check_samples(network, samples, subset, err);
    if (status != KILN_OK)
        return status;
    const size_t features = samples->features;
    double *mean = mem_zeroed(features, sizeof *mean), *variance = mem_zeroed(features, sizeof *variance);
    float *means = mem_alloc(features, sizeof *means), *scales = mem_alloc(features, sizeof *scales);
    if (!mean || !variance || !means || !scales) {
        status = kiln_fail_memory(err, features * 2 * (sizeof *mean + sizeof *means), "the standardisation");
        goto done;
    }
    statistics(samples, subset, mean, variance);
    if (samples->element ==
        KILN_ELEMENT_U8) /* pixels: by itself, one that is dark in nearly all images would shout in the others */
        pool(features, mean, variance);
    for (size_t f = 0; f < features; f++) {
        if (!isfinite(variance[f])) {
            status = kiln_fail(err, KILN_EINVAL, "feature %zu has a value that is not a finite number", f);
            goto done;
        }
        const float scale = (float)(1.0 / sqrt(variance[f]));
        const bool varies = variance[f] > 0.0 && isfinite(scale);
        means[f] = varies ? (float)mean[f] : 0.0f;
        scales[f] = varies ? scale : 1.0f;
    }
    status = kiln_network_set_standardisation(network, means, scales, err);
done:
    free(mean);
    free(variance);
    free(means);
    free(scales);
    return status;
}

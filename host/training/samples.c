/* Whether samples fit a network and a loss: widths, rows and targets in range. */
#include "training/samples.h"

#include "base/status.h"

size_t subset_row(kiln_subset subset, size_t place)
{
    return subset.rows ? subset.rows[place] : place;
}

kiln_status samples_check(const kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    if (samples->features != network->widths[0])
        return kiln_fail(err, KILN_EINVAL, "the samples have %zu features, the network takes %zu", samples->features,
                         network->widths[0]);
    if (samples->count > 0 && samples->count - 1 > UINT32_MAX)
        return kiln_fail(err, KILN_EINVAL, "there are %zu samples, more than the 2^32 that rows can count", samples->count);
    if (!subset.rows && subset.count > samples->count)
        return kiln_fail(err, KILN_EINVAL, "the subset has %zu samples, there are %zu", subset.count, samples->count);
    for (size_t i = 0; subset.rows && i < subset.count; i++)
        if (subset.rows[i] >= samples->count)
            return kiln_fail(err, KILN_EINVAL, "the subset has row %lu, the last of %zu samples is %zu",
                             (unsigned long)subset.rows[i], samples->count, samples->count - 1);
    return KILN_OK;
}

static kiln_status check_label(const kiln_samples *samples, size_t row, kiln_error *err)
{
    const long label = samples->labels[row];
    if (label >= 0 && (size_t)label < samples->classes)
        return KILN_OK;
    return kiln_fail(err, KILN_EINVAL, "sample %zu has class %ld, should be 0 to %zu", row, label, samples->classes - 1);
}

/* bce is unbounded below where a target is not a share. */
static kiln_status check_shares(const kiln_samples *samples, size_t row, kiln_error *err)
{
    const float *y = samples->y + row * samples->outputs;
    for (size_t o = 0; o < samples->outputs; o++)
        if (!(y[o] >= 0.0f && y[o] <= 1.0f))
            return kiln_fail(err, KILN_EINVAL, "sample %zu has target value %g: bce learns values from 0 to 1, mse learns any", row,
                             (double)y[o]);
    return KILN_OK;
}

kiln_status targets_check(kiln_loss loss, const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    kiln_status status = KILN_OK;
    for (size_t i = 0; status == KILN_OK && i < subset.count; i++) {
        if (samples->labels)
            status = check_label(samples, subset_row(subset, i), err);
        else if (loss == KILN_BCE)
            status = check_shares(samples, subset_row(subset, i), err);
    }
    return status;
}

kiln_status labels_check(const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    for (size_t i = 0; i < subset.count; i++) {
        const size_t row = subset_row(subset, i);
        const float *y = samples->y + row * samples->outputs;
        for (size_t o = 0; o < samples->outputs; o++)
            if (y[o] != 0.0f && y[o] != 1.0f)
                return kiln_fail(err, KILN_EINVAL, "sample %zu has %g for label %zu, should be 0 or 1", row, (double)y[o], o);
    }
    return KILN_OK;
}

size_t evaluation_block(const kiln_network *network)
{
    const size_t work = (size_t)1 << 30, least = 256, most = 4096;
    const size_t block = network->count ? work / network->count : most;
    return block < least ? least : block > most ? most : block;
}

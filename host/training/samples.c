/* Whether samples fit a network: widths, rows and labels in range. */
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

kiln_status labels_check(const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    for (size_t i = 0; samples->labels && i < subset.count; i++) {
        const size_t row = subset_row(subset, i);
        const long label = samples->labels[row];
        if (label < 0 || (size_t)label >= samples->classes)
            return kiln_fail(err, KILN_EINVAL, "sample %zu has class %ld, should be 0 to %zu", row, label, samples->classes - 1);
    }
    return KILN_OK;
}

size_t evaluation_block(const kiln_network *network)
{
    const size_t work = (size_t)1 << 30, least = 256, most = 4096;
    const size_t block = network->count ? work / network->count : most;
    return block < least ? least : block > most ? most : block;
}

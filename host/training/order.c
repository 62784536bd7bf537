/* In which order an epoch takes its samples: any, or by blocks where they are on a disk. */
#include "training/order.h"

#include "base/random.h"
#include "base/spill.h"
#include "network/reading.h"
#include "training/samples.h"

#include <string.h>

enum { EPOCH_BITS = 40 /* of a stream of random numbers; the window's number is above */ };

static bool is_whole(const kiln_samples *samples, size_t count)
{
    return samples->window == 0 || samples->window >= count;
}

size_t order_runs(const kiln_samples *samples, size_t count)
{
    return is_whole(samples, count) ? 0 : (count - 1) / samples->block + 1;
}

/* The runs one behind the other, in random order. */
static void shuffle_runs(const kiln_samples *samples, kiln_subset subset, uint64_t seed, uint64_t epoch, uint32_t *runs,
                         uint32_t *order)
{
    const size_t count = order_runs(samples, subset.count), block = samples->block;
    size_t place = 0;
    for (size_t i = 0; i < count; i++)
        runs[i] = (uint32_t)i;
    random_shuffle(seed, PHILOX_RUNS, epoch, runs, count);
    for (size_t i = 0; i < count; i++) {
        const size_t first = runs[i] * block, end = subset.count - first < block ? subset.count : first + block;
        for (size_t at = first; at < end; at++)
            order[place++] = (uint32_t)subset_row(subset, at);
    }
}

void order_make(const kiln_samples *samples, kiln_subset subset, uint64_t seed, uint64_t epoch, uint32_t *runs, uint32_t *order)
{
    if (is_whole(samples, subset.count)) {
        for (size_t i = 0; i < subset.count; i++)
            order[i] = (uint32_t)subset_row(subset, i);
        random_shuffle(seed, PHILOX_SHUFFLE, epoch, order, subset.count);
        return;
    }
    shuffle_runs(samples, subset, seed, epoch, runs, order);
    uint64_t stream = epoch;
    for (size_t first = 0; first < subset.count; first += samples->window, stream += (uint64_t)1 << EPOCH_BITS) {
        const size_t left = subset.count - first;
        random_shuffle(seed, PHILOX_SHUFFLE, stream, order + first, left < samples->window ? left : samples->window);
    }
}

size_t order_blocks(const kiln_samples *samples)
{
    return samples->window == 0 || samples->count == 0 ? 0 : (samples->count - 1) / samples->block + 1;
}

void order_prefetch(const kiln_samples *samples, const uint32_t *order, size_t count, bool *needed)
{
    const size_t blocks = order_blocks(samples), bytes = samples->block * reading_row(samples);
    const size_t all = samples->count * reading_row(samples);
    memset(needed, 0, blocks * sizeof *needed);
    for (size_t i = 0; i < count; i++)
        needed[order[i] / samples->block] = true;
    for (size_t b = 0; b < blocks; b++)
        if (needed[b])
            pages_prefetch((const char *)samples->x + b * bytes, b + 1 < blocks ? bytes : all - b * bytes);
}

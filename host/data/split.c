/* Splitting samples in two: by seed alone, each class in the same proportion. */
#include "base/memory.h"
#include "base/random.h"
#include "base/status.h"

#include <kiln/data.h>

#include <math.h>
#include <stdlib.h>

static kiln_status check(const kiln_samples *samples, double fraction, kiln_error *err)
{
    if (!(fraction >= 0.0 && fraction < 1.0))
        return kiln_fail(err, KILN_EINVAL, "the fraction %g that is held out should be from 0 to below 1", fraction);
    if (samples->count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no samples to split");
    if (samples->count - 1 > UINT32_MAX)
        return kiln_fail(err, KILN_EINVAL, "there are %zu samples, more than the 2^32 that rows can count", samples->count);
    for (size_t i = 0; samples->labels && i < samples->count; i++)
        if (samples->labels[i] < 0 || (size_t)samples->labels[i] >= samples->classes)
            return kiln_fail(err, KILN_EINVAL, "sample %zu has class %ld, should be 0 to %zu", i, (long)samples->labels[i],
                             samples->classes - 1);
    return KILN_OK;
}

static size_t group_of(const kiln_samples *samples, size_t row)
{
    return samples->labels ? (size_t)samples->labels[row] : 0;
}

static size_t count_groups(const kiln_samples *samples)
{
    size_t groups = 1;
    for (size_t i = 0; i < samples->count; i++)
        if (group_of(samples, i) >= groups)
            groups = group_of(samples, i) + 1;
    return groups;
}

/* Puts the rows of each group together, in their order; begin gets where each group begins, and the end. */
static void sort_by_group(const kiln_samples *samples, size_t groups, size_t *begin, uint32_t *rows)
{
    for (size_t g = 0; g <= groups; g++)
        begin[g] = 0;
    for (size_t i = 0; i < samples->count; i++)
        begin[group_of(samples, i) + 1]++;
    for (size_t g = 0; g < groups; g++)
        begin[g + 1] += begin[g];
    for (size_t i = 0; i < samples->count; i++)
        rows[begin[group_of(samples, i)]++] = (uint32_t)i;
    for (size_t g = groups; g > 0; g--)
        begin[g] = begin[g - 1];
    begin[0] = 0;
}

/* Marks the rows that are held out. A group gets its share of the total so far, so that shares below one row add up over
 * small groups; its last row always stays. Returns how many rows were marked. */
static size_t mark(const size_t *begin, size_t groups, double fraction, uint64_t seed, uint32_t *rows, bool *held)
{
    size_t total = 0, marked = 0;
    for (size_t g = 0; g < groups; g++) {
        const size_t size = begin[g + 1] - begin[g];
        const size_t before = (size_t)floor((double)total * fraction + 0.5);
        total += size;
        size_t take = (size_t)floor((double)total * fraction + 0.5) - before;
        if (size == 0)
            continue;
        if (take > size - 1)
            take = size - 1;
        random_shuffle(seed, PHILOX_SPLIT, g, rows + begin[g], size);
        for (size_t i = 0; i < take; i++)
            held[rows[begin[g] + i]] = true;
        marked += take;
    }
    return marked;
}

/* The rows that are marked as `which`, in ascending order. */
static uint32_t *collect(const bool *held, size_t count, bool which, size_t marked)
{
    uint32_t *rows = mem_alloc(marked, sizeof *rows);
    size_t have = 0;
    for (size_t i = 0; rows && i < count; i++)
        if (held[i] == which)
            rows[have++] = (uint32_t)i;
    return rows;
}

kiln_status kiln_split(const kiln_samples *samples, double fraction, uint64_t seed, kiln_subset *train, kiln_subset *held_out,
                       kiln_error *err)
{
    *train = *held_out = (kiln_subset){ 0 };
    kiln_status status = check(samples, fraction, err);
    if (status != KILN_OK)
        return status;
    const size_t count = samples->count, groups = count_groups(samples);
    size_t *begin = mem_alloc(groups + 1, sizeof *begin);
    uint32_t *rows = mem_alloc(count, sizeof *rows), *kept = NULL, *out = NULL;
    bool *held = mem_zeroed(count, sizeof *held);
    if (!begin || !rows || !held) {
        status = kiln_fail_memory(err, 0, "the split of the samples");
        goto done;
    }
    sort_by_group(samples, groups, begin, rows);
    const size_t marked = mark(begin, groups, fraction, seed, rows, held);
    kept = collect(held, count, false, count - marked);
    out = marked > 0 ? collect(held, count, true, marked) : NULL;
    if (!kept || (marked > 0 && !out)) {
        status = kiln_fail_memory(err, 0, "the split of the samples");
        goto done;
    }
    *train = (kiln_subset){ kept, count - marked };
    *held_out = (kiln_subset){ out, marked };
    kept = out = NULL;
done:
    free(begin);
    free(rows);
    free(held);
    free(kept);
    free(out);
    return status;
}

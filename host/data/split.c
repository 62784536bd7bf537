/* Splitting samples, in two or in folds: by seed alone, each class in the same proportion. */
#include "base/memory.h"
#include "base/random.h"
#include "base/status.h"

#include <kiln/data.h>

#include <math.h>
#include <stdlib.h>

static size_t row_of(kiln_subset subset, size_t place)
{
    return subset.rows ? subset.rows[place] : place;
}

static kiln_status check(const kiln_samples *samples, kiln_subset subset, kiln_error *err)
{
    if (subset.count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no samples to split");
    if (subset.count - 1 > UINT32_MAX)
        return kiln_fail(err, KILN_EINVAL, "there are %zu samples, more than the 2^32 that rows can count", subset.count);
    for (size_t i = 0; i < subset.count; i++) {
        const size_t row = row_of(subset, i);
        if (row >= samples->count)
            return kiln_fail(err, KILN_EINVAL, "there is no sample %zu: there are %zu", row, samples->count);
        if (samples->labels && (samples->labels[row] < 0 || (size_t)samples->labels[row] >= samples->classes))
            return kiln_fail(err, KILN_EINVAL, "sample %zu has class %ld, should be 0 to %zu", row, (long)samples->labels[row],
                             samples->classes - 1);
    }
    return KILN_OK;
}

/* The places of a subset, those of each class together: one group where there are no classes. */
typedef struct grouping {
    size_t groups;
    size_t *begin;   /* (groups + 1) where each group begins in `place`, and the end */
    uint32_t *place; /* each group's places, in random order */
} grouping;

static size_t group_of(const kiln_samples *samples, size_t row)
{
    return samples->labels ? (size_t)samples->labels[row] : 0;
}

static size_t count_groups(const kiln_samples *samples, kiln_subset subset)
{
    size_t groups = 1;
    for (size_t i = 0; i < subset.count; i++)
        if (group_of(samples, row_of(subset, i)) >= groups)
            groups = group_of(samples, row_of(subset, i)) + 1;
    return groups;
}

/* Puts the places of each group together, in their order. */
static void sort_by_group(const kiln_samples *samples, kiln_subset subset, grouping *g)
{
    for (size_t i = 0; i <= g->groups; i++)
        g->begin[i] = 0;
    for (size_t i = 0; i < subset.count; i++)
        g->begin[group_of(samples, row_of(subset, i)) + 1]++;
    for (size_t i = 0; i < g->groups; i++)
        g->begin[i + 1] += g->begin[i];
    for (size_t i = 0; i < subset.count; i++)
        g->place[g->begin[group_of(samples, row_of(subset, i))]++] = (uint32_t)i;
    for (size_t i = g->groups; i > 0; i--)
        g->begin[i] = g->begin[i - 1];
    g->begin[0] = 0;
}

static void free_groups(grouping *g)
{
    free(g->begin);
    free(g->place);
}

/* purpose  PHILOX_SPLIT ...: what the random orders are drawn for. */
static kiln_status make_groups(const kiln_samples *samples, kiln_subset subset, uint64_t seed, uint32_t purpose, grouping *g,
                               kiln_error *err)
{
    g->groups = count_groups(samples, subset);
    g->begin = mem_alloc(g->groups + 1, sizeof *g->begin);
    g->place = mem_alloc(subset.count, sizeof *g->place);
    if (!g->begin || !g->place) {
        free_groups(g);
        return kiln_fail_memory(err, 0, "the split of the samples");
    }
    sort_by_group(samples, subset, g);
    for (size_t i = 0; i < g->groups; i++)
        random_shuffle(seed, purpose, i, g->place + g->begin[i], g->begin[i + 1] - g->begin[i]);
    return KILN_OK;
}

/* Marks the places that are held out. A group gets its share of the total so far, so that shares below one sample add up over
 * small groups; its last place always stays. Returns how many were marked. */
static size_t mark(const grouping *g, double fraction, bool *held)
{
    size_t marked = 0;
    for (size_t i = 0; i < g->groups; i++) {
        const size_t size = g->begin[i + 1] - g->begin[i];
        const size_t before = (size_t)floor((double)g->begin[i] * fraction + 0.5);
        size_t take = (size_t)floor((double)g->begin[i + 1] * fraction + 0.5) - before;
        if (size == 0)
            continue;
        if (take > size - 1)
            take = size - 1;
        for (size_t k = 0; k < take; k++)
            held[g->place[g->begin[i] + k]] = true;
        marked += take;
    }
    return marked;
}

/* Both parts of a subset, in its order; `marked` of its places are held out. */
static kiln_status collect(kiln_subset subset, const bool *held, size_t marked, kiln_subset *train, kiln_subset *held_out,
                           kiln_error *err)
{
    const size_t kept = subset.count - marked;
    uint32_t *in = kept > 0 ? mem_alloc(kept, sizeof *in) : NULL, *out = marked > 0 ? mem_alloc(marked, sizeof *out) : NULL;
    if ((kept > 0 && !in) || (marked > 0 && !out)) {
        free(in);
        free(out);
        return kiln_fail_memory(err, 0, "the split of the samples");
    }
    size_t have_in = 0, have_out = 0;
    for (size_t i = 0; i < subset.count; i++)
        if (held[i])
            out[have_out++] = (uint32_t)row_of(subset, i);
        else
            in[have_in++] = (uint32_t)row_of(subset, i);
    *train = (kiln_subset){ in, kept };
    *held_out = (kiln_subset){ out, marked };
    return KILN_OK;
}

kiln_status kiln_split_subset(const kiln_samples *samples, kiln_subset subset, double fraction, uint64_t seed, kiln_subset *train,
                              kiln_subset *held_out, kiln_error *err)
{
    *train = *held_out = (kiln_subset){ 0 };
    if (!(fraction >= 0.0 && fraction < 1.0))
        return kiln_fail(err, KILN_EINVAL, "the fraction %g that is held out should be from 0 to below 1", fraction);
    grouping g;
    kiln_status status = check(samples, subset, err);
    if (status == KILN_OK)
        status = make_groups(samples, subset, seed, PHILOX_SPLIT, &g, err);
    if (status != KILN_OK)
        return status;
    bool *held = mem_zeroed(subset.count, sizeof *held);
    if (held)
        status = collect(subset, held, mark(&g, fraction, held), train, held_out, err);
    else
        status = kiln_fail_memory(err, 0, "the split of the samples");
    free(held);
    free_groups(&g);
    return status;
}

kiln_status kiln_split(const kiln_samples *samples, double fraction, uint64_t seed, kiln_subset *train, kiln_subset *held_out,
                       kiln_error *err)
{
    return kiln_split_subset(samples, (kiln_subset){ NULL, samples->count }, fraction, seed, train, held_out, err);
}

kiln_status kiln_folds(const kiln_samples *samples, size_t folds, uint64_t seed, uint32_t *fold, kiln_error *err)
{
    grouping g;
    const kiln_subset all = { NULL, samples->count };
    if (folds < 2)
        return kiln_fail(err, KILN_EINVAL, "%zu fold%s asked for, should be 2 or more: one is held out, the others are learnt from",
                         folds, folds == 1 ? " is" : "s are");
    kiln_status status = check(samples, all, err);
    if (status == KILN_OK && folds > samples->count)
        return kiln_fail(err, KILN_EINVAL, "%zu folds are asked for, but there are %zu samples: each fold holds out one at least",
                         folds, samples->count);
    if (status == KILN_OK)
        status = make_groups(samples, all, seed, PHILOX_FOLDS, &g, err);
    if (status != KILN_OK)
        return status;
    /* Dealt like cards, one group after the other: sizes differ by one at most, of a group's parts as of whole folds. */
    for (size_t i = 0; i < samples->count; i++)
        fold[g.place[i]] = (uint32_t)(i % folds);
    free_groups(&g);
    return KILN_OK;
}

kiln_status kiln_fold(size_t count, const uint32_t *fold, uint32_t which, kiln_subset *train, kiln_subset *held_out,
                      kiln_error *err)
{
    *train = *held_out = (kiln_subset){ 0 };
    if (count > 0 && count - 1 > UINT32_MAX)
        return kiln_fail(err, KILN_EINVAL, "there are %zu samples, more than the 2^32 that rows can count", count);
    bool *held = mem_zeroed(count, sizeof *held);
    size_t marked = 0;
    if (!held)
        return kiln_fail_memory(err, 0, "the split of the samples");
    for (size_t i = 0; i < count; i++) {
        held[i] = fold[i] == which;
        marked += held[i];
    }
    kiln_status status = KILN_OK;
    if (marked == 0 || marked == count)
        status = kiln_fail(err, KILN_EINVAL, "fold %lu holds out %s of the %zu samples: none is left to %s", (unsigned long)which,
                           marked ? "all" : "none", count, marked ? "learn from" : "measure on");
    else
        status = collect((kiln_subset){ NULL, count }, held, marked, train, held_out, err);
    free(held);
    return status;
}

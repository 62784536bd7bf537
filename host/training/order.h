/* In which order an epoch takes its samples. */
#ifndef KILN_TRAINING_ORDER_H
#define KILN_TRAINING_ORDER_H

#include <kiln/data.h>

/* Numbers of scratch that order_make needs for a subset of `count` samples. */
size_t order_runs(const kiln_samples *samples, size_t count);

/* A random order of a subset, by seed and epoch alone. Samples in memory, or within one window, are in any order. Others are read
 * from a file: the subset is cut into runs of samples->block samples; the runs' order is random, and so is that of the samples in
 * each samples->window of what comes out. That is weaker: two samples of one run are never farther apart than a window and a run.
 *
 * runs   (order_runs) scratch.
 * order  (subset.count) each sample of the subset once. */
void order_make(const kiln_samples *samples, kiln_subset subset, uint64_t seed, uint64_t epoch, uint32_t *runs, uint32_t *order);

/* Blocks of all samples; 0 where they are in memory. */
size_t order_blocks(const kiln_samples *samples);

/* Has the file's blocks read ahead that `count` places of an order need. needed: (order_blocks) scratch. */
void order_prefetch(const kiln_samples *samples, const uint32_t *order, size_t count, bool *needed);

#endif

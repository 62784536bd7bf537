/* Whether samples fit a network and a loss, before a backend sees them. */
#ifndef KILN_TRAINING_SAMPLES_H
#define KILN_TRAINING_SAMPLES_H

#include "network/network.h"

#include <kiln/training.h>

/* Checks features, and that every row of the subset is there. Returns KILN_EINVAL. */
kiln_status samples_check(const kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_error *err);

/* Checks that every label of the subset, whose rows were checked, is a class; and for bce that target values are 0 to 1.
 * Returns KILN_EINVAL. */
kiln_status targets_check(kiln_loss loss, const kiln_samples *samples, kiln_subset subset, kiln_error *err);

/* Checks that every target value of the subset, whose rows were checked, is 0 or 1. Returns KILN_EINVAL. */
kiln_status labels_check(const kiln_samples *samples, kiln_subset subset, kiln_error *err);

/* The sample at a place of a subset. */
size_t subset_row(kiln_subset subset, size_t place);

/* How many samples to evaluate between two looks at the stop flag: some tenths of a second of work. */
size_t evaluation_block(const kiln_network *network);

#endif

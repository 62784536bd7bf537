/* How much each sample counts in training. */
#ifndef KILN_TRAINING_WEIGHTS_H
#define KILN_TRAINING_WEIGHTS_H

#include <kiln/training.h>

/* A sample's weight; 1 where they have none. */
double weight_of(const kiln_samples *samples, size_t row);

/* The sum over a subset: what a weighted mean divides by. */
double weight_sum(const kiln_samples *samples, kiln_subset subset);

/* Checks that the weights of a subset, whose rows were checked, are finite, 0 or more, and not all 0. `which` names the samples:
 * "training". Returns KILN_EINVAL. */
kiln_status weights_check(const kiln_samples *samples, kiln_subset subset, const char *which, kiln_error *err);

/* The weights that samples are trained with: their own times their class's, by one factor for all so that the mean over the
 * training samples, whose weights were checked, is 1. *weight (samples->count) is freed by the caller; NULL: all are 1.
 * Returns KILN_EINVAL (class weights without classes), KILN_ENOMEM. */
kiln_status weights_for_training(const kiln_samples *samples, kiln_subset train, kiln_class_weight classes, float **weight,
                                 kiln_error *err);

#endif

/* Regression targets at mean 0 and deviation 1 while a network trains, so that house prices train as well as grams do. */
#ifndef KILN_CLI_TARGET_H
#define KILN_CLI_TARGET_H

#include <kiln/kiln.h>
#include <stdbool.h>

/* t' = (t - mean) / deviation for each output. */
typedef struct target_scale {
    size_t outputs;           /* 0: targets are used as they are */
    double *mean, *deviation; /* (outputs) of the training samples' targets */
    float *y;                 /* (samples, outputs) t' */
} target_scale;

/* Measures the targets and makes a scaled copy of them.
 *
 * centred  whether the mean is taken off; false for networks without biases, which could not put it back.
 * *scaled  a view of the same samples with the scaled targets; valid until target_free. */
kiln_status target_measure(const kiln_samples *samples, kiln_subset train, bool centred, target_scale *scale, kiln_samples *scaled,
                           kiln_error *err);

/* Turns a network of scaled targets into one of the targets themselves, through its last, linear layer:
 * w *= deviation, b = b * deviation + mean. Exact but for rounding. target_unfold is the way back. */
kiln_status target_fold(const target_scale *scale, kiln_network *network, kiln_error *err);
kiln_status target_unfold(const target_scale *scale, kiln_network *network, kiln_error *err);

/* Frees what a scale holds, and zeroes it. */
void target_free(target_scale *scale);

#endif

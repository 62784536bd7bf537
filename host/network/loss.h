/* Losses of one sample, as double-precision formulas. */
#ifndef KILN_NETWORK_LOSS_H
#define KILN_NETWORK_LOSS_H

#include <kiln/training.h>

/* The target vector of a sample: one-hot for width > 1, the class itself (0 or 1) for width 1. */
void loss_target(size_t width, int32_t label, double *t);

/* y = f(z), the output layer's activation over one row. y may be z. */
void output_activate(kiln_activation output, size_t width, const double *z, double *y);

/* The loss of one sample, from the output layer's z (before its activation) and target t; cross-entropies are computed
 * from z, stable for any finite z. dz (width) gets dloss/dz of this sample alone (not divided by the batch); may be NULL. */
double loss_sample(kiln_loss loss, kiln_activation output, size_t width, const double *z, const double *t, double *dz);

/* Whether the batch's total is the mean over its samples; sse is their sum. */
bool loss_is_mean(kiln_loss loss);

/* Says what is wrong with a loss on a network and samples (bce without sigmoid, labels missing ...), KILN_EINVAL; else KILN_OK. */
kiln_status loss_check(kiln_loss loss, const kiln_network *network, const kiln_samples *samples, kiln_error *err);

#endif

/* The operations of the reference, each one loop nest. Matrices are row-major. */
#ifndef KILN_REFERENCE_OPERATIONS_H
#define KILN_REFERENCE_OPERATIONS_H

#include "backend/backend.h"

/* x = (sample - mean) * scale for the samples of an order; mean and scale NULL: x = sample.  x is (count, features). */
void ref_gather(const kiln_samples *samples, const uint32_t *rows, size_t count, const float *mean, const float *scale, double *x);

/* z = x . w + bias.  x (batch, in), w (in, out), bias (out) or NULL, z (batch, out). */
void ref_forward(size_t batch, size_t in, size_t out, const double *x, const double *w, const double *bias, double *z);

/* y = f(z) and fprime = f'(z), (batch, out), of a hidden layer. */
void ref_activate(kiln_activation which, size_t count, const double *z, double *y, double *fprime);

/* y and fprime are set to 0 where the mask of (seed, layer, step number) says so, else multiplied by 1 / (1 - dropout). */
void ref_dropout(double dropout, uint64_t seed, size_t layer, uint64_t number, size_t batch, size_t out, double *y, double *fprime);

/* delta = dL/dz of the layer below: (delta_above . w^T) * fprime.  w (in, out), fprime and delta (batch, in). */
void ref_backward(size_t batch, size_t in, size_t out, const double *delta_above, const double *w, const double *fprime,
                  double *delta);

/* gradient of a layer: x^T . delta, (in, out), then the bias's, (out), the sum of delta over the batch, where there is one. */
void ref_gradient(size_t batch, size_t in, size_t out, bool bias, const double *x, const double *delta, double *gradient);

/* How parameters follow from the gradient; the fields as in plan_spec. */
typedef struct update {
    kiln_optimizer optimizer;
    double learning_rate, momentum, beta2, epsilon, weight_decay;
    uint64_t t; /* steps done, this one included */
} update;

/* The factor that brings a gradient's norm down to clip_norm; 1 where it is below, or clip_norm is 0. */
double ref_clip(size_t count, double clip_norm, const double *gradient);

/* One step of every parameter w with gradient factor * g and moments m, v; those an optimizer has not may be NULL. */
void ref_update(const update *how, size_t count, double factor, const double *gradient, double *m, double *v, double *w);

/* Whether an optimizer keeps a first and a second moment. */
bool ref_has_moment1(kiln_optimizer optimizer);
bool ref_has_moment2(kiln_optimizer optimizer);

#endif

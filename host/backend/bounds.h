/* How far a device may be from the reference: the error of each operation, given the inputs that the device itself had.
 *
 * Standard model (Higham 2002, section 2.2): each operation is exact times (1 + d), |d| <= u; functions as the OpenCL
 * specification's "Relative Error as ULPs" allows, 1 ulp being at most 2 u of the value. Terms of u^2 are covered by
 * `margin`. What is smaller than `tiny` may be flushed to 0. */
#ifndef KILN_BACKEND_BOUNDS_H
#define KILN_BACKEND_BOUNDS_H

#include "backend/reference/operations.h"

typedef struct rounding {
    double u, tiny; /* unit roundoff and smallest normal number of the device's precision */
    double margin;  /* every bound is multiplied by it: u^2 terms, and in float64 the reference's own rounding, as large again */
} rounding;

rounding rounding_of(kiln_precision precision);

/* gamma(n) = n u / (1 - n u), the error of n operations; infinite from n u = 1 on. */
double bound_gamma(const rounding *r, double n);

/* c[i][j] = sum over k < length of a[i][k] b[k][j] + bias[j], whatever way the matrices lie. */
typedef struct product {
    size_t rows, columns, length;
    const double *a, *b, *bias;       /* bias (columns) or NULL */
    size_t a_row, a_k, b_k, b_column; /* numbers from one element to the next, along each index */
    double *magnitude, *squares;      /* (rows, columns) filled by product_sizes: sum |a||b| and sum a^2 b^2, bias included */
} product;

/* The three products of a dense layer, as the reference has them in dense.c. */
product product_forward(size_t batch, size_t in, size_t out, const double *x, const double *w, const double *bias);
product product_backward(size_t batch, size_t in, size_t out, const double *delta_above, const double *w);
product product_gradient(size_t batch, size_t in, size_t out, const double *x, const double *delta);

/* Fills p->magnitude and p->squares. */
void product_sizes(const product *p);

/* The error of every element: gamma(k + 8) sum |a||b|, in any order, fused or not, and what is flushed. bound may be
 * p->magnitude. */
void bound_product(const rounding *r, const product *p, double *bound);

/* The part of it that is from numbers flushed to 0. */
double bound_flush(const rounding *r, const product *p);

/* x = (value - mean) * scale, where there is a standardisation; x is (batch, features). */
void bound_input(const rounding *r, size_t batch, size_t features, const float *scale, const double *x, double *bound);

/* y = f(z) * factor where z is known up to z_bound; factor is dropout's (0 or 1 / (1 - dropout)), 1 without. */
double bound_activation(const rounding *r, kiln_activation which, double factor, double z, double z_bound);

/* f'(z) * factor, likewise. */
double bound_derivative(const rounding *r, kiln_activation which, double factor, double z, double z_bound);

/* delta = sum * slope, where both are known up to a bound. */
double bound_delta(const rounding *r, double sum, double sum_bound, double slope, double slope_bound);

/* The output layer, one sample: y = f(z), (width), from z known up to z_bound (width), NULL: exactly. */
void bound_outputs(const rounding *r, kiln_activation output, size_t width, const double *z, const double *z_bound,
                   double *y_bound);

/* The sample's loss, for the same z and the outputs y with their y_bound. */
double bound_loss(const rounding *r, kiln_loss loss, size_t width, const double *z, const double *z_bound, const double *t,
                  const double *y, const double *y_bound);

/* dloss/dz / divisor, (width), for z known exactly. */
void bound_output_delta(const rounding *r, kiln_loss loss, kiln_activation output, size_t width, const double *t, const double *y,
                        const double *y_bound, double divisor, double *dz_bound);

/* weight * value, where value is known up to a bound and the weight, a float32, exactly. */
double bound_weighted(const rounding *r, double weight, double value, double bound);

/* One step of one parameter, from the device's gradient before clipping, moments and parameter before the step. */
typedef struct update_bounds {
    double m, v, w;
} update_bounds;

typedef struct update_inputs {
    double g, factor, factor_error; /* clipping's factor, and the share of itself it may be off; 1 and 0 without */
    double m, v, w;                 /* before; moments that an optimizer has not are 0 */
    double m_new, v_new, w_new;     /* after, by the reference */
} update_inputs;

update_bounds bound_update(const rounding *r, const update *how, const update_inputs *in);

/* The share of itself by which the clipping factor of `count` gradients may be off. */
double bound_clip(const rounding *r, size_t count);

#endif

/* The error of the output layer: its activation, the losses, and their derivatives. Constants are multiples of u; exp has 6,
 * division 5, log 6, log1p 4 (the OpenCL specification's 3, 2.5, 3 and 2 ulp). */
#include "backend/bounds.h"

#include "network/activation.h"

#include <math.h>

/* What softmax's bounds need of a row: s = sum exp(z - largest), at least 1, and the share of itself it may be off.
 * exp(d) is off by 6 u of itself and by what its rounded argument d is, |d| u; the sum adds one u a term. */
typedef struct softmax_error {
    double largest, s, error;
} softmax_error;

static softmax_error softmax_error_of(const rounding *r, size_t width, const double *z)
{
    softmax_error row = { z[0], 0.0, 0.0 };
    for (size_t i = 1; i < width; i++)
        row.largest = fmax(row.largest, z[i]);
    for (size_t i = 0; i < width; i++) {
        const double d = z[i] - row.largest;
        row.s += exp(d);
        row.error += exp(d) * (fabs(d) + 6.0) * r->u + r->tiny;
    }
    row.error = row.error / row.s + (double)width * r->u;
    return row;
}

static double largest_of(size_t width, const double *values)
{
    double most = 0.0;
    for (size_t i = 0; values && i < width; i++)
        most = fmax(most, values[i]);
    return most;
}

void bound_outputs(const rounding *r, kiln_activation output, size_t width, const double *z, const double *z_bound, double *y_bound)
{
    if (output != KILN_SOFTMAX) {
        for (size_t i = 0; i < width; i++) {
            const double y = activation_of(output)->f(z[i]), from_z = z_bound ? z_bound[i] : 0.0;
            y_bound[i] = output == KILN_LINEAR ? from_z : 0.25 * from_z + 16.0 * r->u * y + r->tiny;
        }
        return;
    }
    /* y = exp(d) / s; a change of z by at most E moves y by at most E/2: |dy_i/dz| sums to 2 y_i (1 - y_i) */
    const softmax_error row = softmax_error_of(r, width, z);
    const double from_z = 0.5 * largest_of(width, z_bound);
    for (size_t i = 0; i < width; i++) {
        const double d = z[i] - row.largest;
        y_bound[i] = from_z + exp(d) / row.s * ((fabs(d) + 6.0 + 5.0) * r->u + row.error) + 2.0 * r->tiny;
    }
}

/* -log y[class] = log s - d: log of s, d, and their difference. Twice the error of z at most. */
static double bound_cross_entropy(const rounding *r, size_t width, const double *z, const double *z_bound, const double *t)
{
    const softmax_error row = softmax_error_of(r, width, z);
    double bound = 0.0;
    for (size_t i = 0; i < width; i++) {
        const double d = fabs(z[i] - row.largest);
        if (t[i] != 0.0)
            bound += fabs(t[i]) * (row.error + r->u * (6.0 * log(row.s) + d + 2.0 * (log(row.s) + d)));
    }
    return bound + 2.0 * largest_of(width, z_bound) + (double)width * r->tiny;
}

/* max(z, 0) - t z: at most 3 roundings of |z| (1 + 2 |t|) in whatever form; p = log(1 + e), e = exp(-|z|): 6 of e, 4 of p, which
 * is at most e. The derivative by z is within 1 + |t|. */
static double bound_binary(const rounding *r, size_t width, const double *z, const double *z_bound, const double *t)
{
    double bound = 0.0, magnitude = 0.0;
    for (size_t i = 0; i < width; i++) {
        const double e = exp(-fabs(z[i])), line = fabs(z[i]) * (1.0 + 2.0 * fabs(t[i]));
        bound += r->u * (3.0 * line + 10.0 * e) + (z_bound ? z_bound[i] * (1.0 + fabs(t[i])) : 0.0) + r->tiny;
        magnitude += line + e;
    }
    return (bound + bound_gamma(r, (double)width + 6.0) * magnitude) / (double)width;
}

/* A loss of e = y - t: its value for one output, its slope, and how far they may be off where e is, by e_bound. */
typedef struct pointwise_error {
    double value, value_bound, slope, slope_bound;
} pointwise_error;

static pointwise_error pointwise_of(const rounding *r, kiln_loss loss, double e, double e_bound)
{
    const double a = fabs(e), sign = e > 0.0 ? 1.0 : e < 0.0 ? -1.0 : 0.0;
    switch (loss) {
    case KILN_MAE: /* a sign that may be either way is off by 2 */
        return (pointwise_error){ a, e_bound, sign, a <= e_bound && e_bound > 0.0 ? 2.0 : 0.0 };
    case KILN_HUBER:
        if (a < 1.0)
            return (pointwise_error){ 0.5 * e * e, (a + e_bound) * e_bound + 2.0 * r->u * e * e + r->tiny, e, e_bound };
        return (pointwise_error){ a - 0.5, e_bound + r->u * a, sign, a - e_bound >= 1.0 ? 0.0 : e_bound };
    default: /* squares */
        return (pointwise_error){ e * e, (2.0 * a + e_bound) * e_bound + 2.0 * r->u * e * e + r->tiny, 2.0 * e, 2.0 * e_bound };
    }
}

static pointwise_error pointwise_at(const rounding *r, kiln_loss loss, double y, double y_bound, double t)
{
    return pointwise_of(r, loss, y - t, y_bound + r->u * fabs(y - t));
}

double bound_loss(const rounding *r, kiln_loss loss, size_t width, const double *z, const double *z_bound, const double *t,
                  const double *y, const double *y_bound)
{
    double bound = 0.0, sum = 0.0;
    if (loss == KILN_CROSS_ENTROPY)
        return bound_cross_entropy(r, width, z, z_bound, t);
    if (loss == KILN_BCE)
        return bound_binary(r, width, z, z_bound, t);
    for (size_t i = 0; i < width; i++) {
        const pointwise_error at = pointwise_at(r, loss, y[i], y_bound[i], t[i]);
        bound += at.value_bound;
        sum += at.value;
    }
    /* the sum, and the division by the outputs */
    bound += bound_gamma(r, (double)width + 6.0) * sum;
    return loss == KILN_SSE ? bound : bound / (double)width;
}

/* dz_i = y_i (g_i - a), a = sum over j of g_j y_j, for the losses of y - t. */
static void bound_through_softmax(const rounding *r, kiln_loss loss, size_t width, const double *t, const double *y,
                                  const double *y_bound, double *dz_bound)
{
    double a = 0.0, a_bound = 0.0, magnitude = 0.0;
    for (size_t i = 0; i < width; i++) {
        const pointwise_error g = pointwise_at(r, loss, y[i], y_bound[i], t[i]);
        a += g.slope * y[i];
        magnitude += fabs(g.slope) * y[i];
        a_bound += fabs(g.slope) * y_bound[i] + (y[i] + y_bound[i]) * g.slope_bound + r->tiny;
    }
    a_bound += bound_gamma(r, (double)width + 2.0) * magnitude;
    for (size_t i = 0; i < width; i++) {
        const pointwise_error g = pointwise_at(r, loss, y[i], y_bound[i], t[i]);
        const double difference = fabs(g.slope - a), difference_bound = g.slope_bound + a_bound + r->u * difference;
        /* the products, the divisor and the division */
        dz_bound[i] = y_bound[i] * difference + (y[i] + y_bound[i]) * difference_bound + 8.0 * r->u * y[i] * difference;
    }
}

/* dz = g y (1 - y): y is off by y_bound, 1 - y by that and a rounding, and there are two products. */
static double bound_through_sigmoid(const rounding *r, const pointwise_error *g, double y, double y_bound)
{
    const double d = y * (1.0 - y), d_bound = y_bound * (1.0 - y) + y * (y_bound + r->u * (1.0 - y)) + 2.0 * r->u * d;
    return fabs(g->slope) * d_bound + (d + d_bound) * g->slope_bound + 2.0 * r->u * fabs(g->slope) * d;
}

void bound_output_delta(const rounding *r, kiln_loss loss, kiln_activation output, size_t width, const double *t, const double *y,
                        const double *y_bound, double divisor, double *dz_bound)
{
    const bool from_z = loss == KILN_CROSS_ENTROPY || loss == KILN_BCE;
    const double shares = loss == KILN_SSE || loss == KILN_CROSS_ENTROPY ? divisor : divisor * (double)width;
    if (!from_z && output == KILN_SOFTMAX)
        bound_through_softmax(r, loss, width, t, y, y_bound, dz_bound);
    for (size_t i = 0; i < width; i++) {
        const pointwise_error g = pointwise_at(r, loss, y[i], y_bound[i], t[i]);
        double size = fabs(g.slope);
        if (from_z) {
            size = fabs(y[i] - t[i]);
            dz_bound[i] = y_bound[i] + r->u * size;
        } else if (output == KILN_SIGMOID) {
            size *= y[i] * (1.0 - y[i]);
            dz_bound[i] = bound_through_sigmoid(r, &g, y[i], y_bound[i]);
        } else if (output == KILN_LINEAR) {
            dz_bound[i] = g.slope_bound;
        } else {
            size = 0.0; /* done above */
        }
        /* the divisor's own rounding and the division */
        dz_bound[i] = (dz_bound[i] + 7.0 * r->u * size) / shares + 2.0 * r->tiny;
    }
}

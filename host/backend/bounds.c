/* The error of each operation of a layer: inputs, products, activations and their derivatives. */
#include "backend/bounds.h"

#include "network/activation.h"

#include <math.h>

rounding rounding_of(kiln_precision precision)
{
    return precision == KILN_F64 ? (rounding){ 0x1p-53, 0x1p-1022, 2.0 } : (rounding){ 0x1p-24, 0x1p-126, 1.01 };
}

double bound_gamma(const rounding *r, double n)
{
    return n * r->u < 1.0 ? n * r->u / (1.0 - n * r->u) : INFINITY;
}

product product_forward(size_t batch, size_t in, size_t out, const double *x, const double *w, const double *bias)
{
    return (product){
        .rows = batch, .columns = out, .length = in, .a = x, .a_row = in, .a_k = 1, .b = w, .b_k = out, .b_column = 1, .bias = bias
    };
}

product product_backward(size_t batch, size_t in, size_t out, const double *delta_above, const double *w)
{
    return (product){
        .rows = batch, .columns = in, .length = out, .a = delta_above, .a_row = out, .a_k = 1, .b = w, .b_k = 1, .b_column = out
    };
}

product product_gradient(size_t batch, size_t in, size_t out, const double *x, const double *delta)
{
    return (product){
        .rows = in, .columns = out, .length = batch, .a = x, .a_row = 1, .a_k = in, .b = delta, .b_k = out, .b_column = 1
    };
}

void product_sizes(const product *p)
{
    for (size_t i = 0; i < p->rows; i++)
        for (size_t j = 0; j < p->columns; j++) {
            double magnitude = p->bias ? fabs(p->bias[j]) : 0.0, squares = magnitude * magnitude;
            for (size_t k = 0; k < p->length; k++) {
                const double term = fabs(p->a[i * p->a_row + k * p->a_k] * p->b[k * p->b_k + j * p->b_column]);
                magnitude += term;
                squares += term * term;
            }
            p->magnitude[i * p->columns + j] = magnitude;
            p->squares[i * p->columns + j] = squares;
        }
}

static double largest(size_t count, const double *values)
{
    double most = 0.0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(values[i]));
    return most;
}

double bound_flush(const rounding *r, const product *p)
{
    /* a factor or a product that is flushed loses less than `tiny` of one factor, times the other */
    const double terms = (double)p->length + (p->bias ? 1.0 : 0.0);
    return terms * r->tiny * (1.0 + largest(p->rows * p->length, p->a) + largest(p->length * p->columns, p->b));
}

void bound_product(const rounding *r, const product *p, double *bound)
{
    const double gamma = bound_gamma(r, (double)p->length + (p->bias ? 9.0 : 8.0)), flush = bound_flush(r, p);
    for (size_t i = 0; i < p->rows * p->columns; i++)
        bound[i] = gamma * p->magnitude[i] + flush;
}

void bound_input(const rounding *r, size_t batch, size_t features, const float *scale, const double *x, double *bound)
{
    /* one subtraction and one product; exact without */
    for (size_t b = 0; b < batch; b++)
        for (size_t f = 0; f < features; f++)
            bound[b * features + f] =
                scale ? 2.0 * r->u * fabs(x[b * features + f]) + r->tiny * (1.0 + fabs((double)scale[f])) : r->tiny;
}

double bound_activation(const rounding *r, kiln_activation which, double factor, double z, double z_bound)
{
    const activation *act = activation_of(which);
    const double y = fabs(act->f(z)), from_z = act->lipschitz * z_bound;
    const double own = act->ulp * r->u * (y + fabs(z) + z_bound) + (act->ulp > 0.0 ? r->tiny : 0.0);
    /* the factor is rounded, and its product */
    return factor * (from_z + own + (factor != 1.0 ? 2.0 * r->u * y + r->tiny : 0.0));
}

double bound_derivative(const rounding *r, kiln_activation which, double factor, double z, double z_bound)
{
    const activation *act = activation_of(which);
    const double from_z = act->curvature * z_bound + (fabs(z) <= z_bound ? act->jump : 0.0);
    const double own = act->derivative_ulp * r->u * (1.0 + fabs(z)) + (act->derivative_ulp > 0.0 ? r->tiny : 0.0);
    return factor * (from_z + own + (factor != 1.0 ? 2.0 * r->u * fabs(act->d(z)) + r->tiny : 0.0));
}

double bound_weighted(const rounding *r, double weight, double value, double bound)
{
    if (weight == 1.0 || weight == 0.0) /* exact; without weights there is no product */
        return weight * bound;
    return weight * bound + r->u * weight * (fabs(value) + bound) + r->tiny;
}

double bound_delta(const rounding *r, double sum, double sum_bound, double slope, double slope_bound)
{
    const double product_bound = fabs(sum) * slope_bound + fabs(slope) * sum_bound + sum_bound * slope_bound;
    const bool is_zero = slope == 0.0 && slope_bound == 0.0; /* dropped: exactly 0 */
    return product_bound + r->u * (fabs(sum * slope) + product_bound) + (is_zero ? 0.0 : r->tiny);
}

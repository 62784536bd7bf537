/* The table of activations: every formula in double precision, as the reference computes it and the checks need it.
 * The kernels' are written apart (kernels/activation.clh), so that a mistake in one shows. */
#include "network/activation.h"

#include <math.h>
#include <string.h>

/* 1/sqrt(2) and 1/sqrt(2 pi): M_SQRT1_2 is not C11's. */
#define ROOT_HALF 0.70710678118654752440
#define NORMAL_DENSITY 0.39894228040143267794

static double sigmoid(double z)
{
    const double e = exp(-fabs(z)); /* never above 1, so nothing overflows */
    return (z >= 0.0 ? 1.0 : e) / (1.0 + e);
}

static double sigmoid_d(double z)
{
    return sigmoid(z) * sigmoid(-z); /* 1 - sigmoid(z) would lose what is left of it where z is large */
}

static double tanh_d(double z)
{
    const double y = tanh(z);
    return 1.0 - y * y;
}

static double relu(double z)
{
    return z <= 0.0 ? 0.0 : z; /* NaN stays NaN */
}

static double relu_d(double z)
{
    return z > 0.0 ? 1.0 : 0.0;
}

static double leaky_relu(double z)
{
    return z > 0.0 ? z : 0.01 * z;
}

static double leaky_relu_d(double z)
{
    return z > 0.0 ? 1.0 : 0.01;
}

static double gelu(double z)
{
    return 0.5 * z * (1.0 + erf(z * ROOT_HALF));
}

static double gelu_d(double z)
{
    return 0.5 * (1.0 + erf(z * ROOT_HALF)) + z * NORMAL_DENSITY * exp(-0.5 * z * z);
}

static double silu(double z)
{
    return z * sigmoid(z);
}

static double silu_d(double z)
{
    return sigmoid(z) * (1.0 + z * sigmoid(-z));
}

static double linear(double z)
{
    return z;
}

static double linear_d(double z)
{
    (void)z;
    return 1.0;
}

/* Where the last two columns come from, in multiples of u, with the OpenCL specification's limits (1 ulp is at most 2 u of the
 * value: exp 3 ulp, division 2.5, tanh 5, erf 16):
 *   sigmoid     exp 6, sum 4, quotient 5: 15 of f where z < 0, 9 elsewhere. f' = y (1 - y): 9 of 1 - y, and 2 roundings.
 *   tanh        10 of f. f' = 1 - y^2: 20 of y^2, and 2 roundings.
 *   leaky-relu  the constant and its product, 1 each. f' is the constant.
 *   gelu        erf 32 and its argument 1, halved: 17 of |z|; 3 roundings of f. f' the same 17, the density (8 + z^2/2) z phi(z),
 *               which is at most 2.2, and 2 roundings.
 *   silu        sigmoid and a product. f' = s (1 + z (1 - s)): 16 of s, and 10 of z where 1 - s cancels.
 * Terms of u^2 are in the last unit of each. */
static const activation activations[] = {
    [KILN_SIGMOID] = { "sigmoid", "a_sigmoid", sigmoid, sigmoid_d, 0.25, 0.09623, 0.0, 16.0, 12.0 },
    [KILN_TANH] = { "tanh", "a_tanh", tanh, tanh_d, 1.0, 0.7699, 0.0, 11.0, 23.0 },
    [KILN_RELU] = { "relu", "a_relu", relu, relu_d, 1.0, 0.0, 1.0, 0.0, 0.0 },
    [KILN_LEAKY_RELU] = { "leaky-relu", "a_leaky_relu", leaky_relu, leaky_relu_d, 1.0, 0.0, 0.99, 3.0, 1.0 },
    [KILN_GELU] = { "gelu", "a_gelu", gelu, gelu_d, 1.1290, 0.7979, 0.0, 18.0, 23.0 },
    [KILN_SILU] = { "silu", "a_silu", silu, silu_d, 1.0999, 0.5, 0.0, 18.0, 20.0 },
    [KILN_LINEAR] = { "linear", "a_linear", linear, linear_d, 1.0, 0.0, 0.0, 0.0, 0.0 },
    [KILN_SOFTMAX] = { "softmax", "a_softmax", NULL, NULL, 0.5, 1.0, 0.0, 0.0, 0.0 },
};

enum { ACTIVATIONS = sizeof activations / sizeof *activations };

const activation *activation_of(kiln_activation which)
{
    return &activations[which];
}

const char *kiln_activation_name(kiln_activation which)
{
    return (size_t)which < ACTIVATIONS ? activations[which].name : NULL;
}

bool kiln_activation_find(const char *name, kiln_activation *which)
{
    for (size_t i = 0; name && i < ACTIVATIONS; i++)
        if (strcmp(name, activations[i].name) == 0) {
            *which = (kiln_activation)i;
            return true;
        }
    return false;
}

void softmax(size_t width, const double *z, double *p)
{
    double largest = z[0], sum = 0.0;
    for (size_t i = 1; i < width; i++)
        largest = fmax(largest, z[i]);
    for (size_t i = 0; i < width; i++) {
        p[i] = exp(z[i] - largest);
        sum += p[i];
    }
    for (size_t i = 0; i < width; i++)
        p[i] /= sum;
}

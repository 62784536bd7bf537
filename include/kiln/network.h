/* A network: dense layers, their parameters, and what its inputs and outputs mean. */
#ifndef KILN_NETWORK_H
#define KILN_NETWORK_H

#include <kiln/data.h>
#include <kiln/device.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A network. One thread at a time per handle. */
typedef struct kiln_network kiln_network;

/* f(z), elementwise, but softmax: over one sample's outputs. */
typedef enum kiln_activation {
    KILN_SIGMOID,    /* 1 / (1 + exp(-z)) */
    KILN_TANH,       /* tanh(z) */
    KILN_RELU,       /* max(0, z) */
    KILN_LEAKY_RELU, /* z > 0 ? z : 0.01 z */
    KILN_GELU,       /* z/2 (1 + erf(z / sqrt 2)) */
    KILN_SILU,       /* z / (1 + exp(-z)) */
    KILN_LINEAR,     /* z */
    KILN_SOFTMAX,    /* exp(z_i) / sum exp(z_j); the output layer only */
} kiln_activation;

/* The shape of a network. Zeroed fields are the defaults: sigmoid everywhere, with biases. */
typedef struct kiln_network_shape {
    size_t layers;          /* layers with weights, 1 to 64 */
    const size_t *widths;   /* (layers + 1) the input's, each hidden layer's, the output's width; copied */
    kiln_activation hidden; /* of every layer but the last; not softmax */
    kiln_activation output; /* sigmoid, softmax or linear */
    bool no_bias;
} kiln_network_shape;

/* How first weights are drawn. */
typedef enum kiln_initialisation {
    KILN_INIT_AUTO,    /* He for relu, leaky-relu, gelu and silu; Xavier else */
    KILN_INIT_XAVIER,  /* uniform in +-sqrt(6 / (in + out)), biases 0 (Glorot and Bengio 2010) */
    KILN_INIT_HE,      /* uniform in +-sqrt(6 / in), biases 0 (He et al. 2015) */
    KILN_INIT_UNIFORM, /* uniform in +-1/sqrt(in), biases too (PyTorch's nn.Linear) */
} kiln_initialisation;

/* Makes a network with all parameters 0, no standardisation and an empty schema.
 * *network is to be freed with kiln_network_destroy. Returns KILN_EINVAL, KILN_ENOMEM. */
kiln_status kiln_network_create(const kiln_network_shape *shape, kiln_network **network, kiln_error *err);

/* Frees a network. NULL is fine. */
void kiln_network_destroy(kiln_network *network);

/* Its shape; `widths` is valid until the network is destroyed. */
kiln_network_shape kiln_network_get_shape(const kiln_network *network);

/* How many weights and biases it has. */
size_t kiln_network_parameters(const kiln_network *network);

/* Draws parameters from (seed, layer, element): the same on every machine. They are rounded to float32. */
kiln_status kiln_network_initialise(kiln_network *network, kiln_initialisation how, uint64_t seed, kiln_error *err);

/* Copies one layer's parameters in or out.
 *
 * layer    0 to layers - 1.
 * weights  (in, out) float64, row-major; float32 devices round them.
 * bias     (out), or NULL to leave it out (set: unchanged).
 *
 * Returns KILN_EINVAL for a layer the network has not, or a bias where it has none. */
kiln_status kiln_network_set_layer(kiln_network *network, size_t layer, const double *weights, const double *bias, kiln_error *err);
kiln_status kiln_network_get_layer(const kiln_network *network, size_t layer, double *weights, double *bias, kiln_error *err);

/* Sets the mean and scale that inputs are standardised with, (x - mean) * scale, from the samples' statistics:
 * each feature gets mean 0 and variance 1; one that never varies is left where it is, with scale 1.
 * Bytes, the pixels of images, get one mean and one scale for all. Both are rounded to float32. Returns KILN_EINVAL when widths
 * differ or there are no samples. */
kiln_status kiln_network_standardise(kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_error *err);

/* Sets or gets the standardisation as numbers. mean, scale (features) float32; NULL for both: none.
 * The getter's pointers are NULL where there is none, else valid until the network is changed. */
kiln_status kiln_network_set_standardisation(kiln_network *network, const float *mean, const float *scale, kiln_error *err);
void kiln_network_get_standardisation(const kiln_network *network, const float **mean, const float **scale);

/* Copies the schema in; refers to it. Returns KILN_EINVAL when its features, targets or classes do not fit the widths, KILN_ENOMEM.
 */
kiln_status kiln_network_set_schema(kiln_network *network, const kiln_schema *schema, kiln_error *err);
const kiln_schema *kiln_network_schema(const kiln_network *network);

/* The word for an activation ("leaky-relu"), NULL past the last; and back: false where the word is none. */
const char *kiln_activation_name(kiln_activation activation);
bool kiln_activation_find(const char *name, kiln_activation *activation);

/* The same for initialisations. */
const char *kiln_initialisation_name(kiln_initialisation how);
bool kiln_initialisation_find(const char *name, kiln_initialisation *how);

#ifdef __cplusplus
}
#endif
#endif

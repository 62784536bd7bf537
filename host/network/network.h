/* The inside of a network, for backends, training and model files. */
#ifndef KILN_NETWORK_INSIDE_H
#define KILN_NETWORK_INSIDE_H

#include <kiln/network.h>

enum { NETWORK_MAX_LAYERS = 64 };

struct kiln_network {
    size_t layers;
    size_t widths[NETWORK_MAX_LAYERS + 1]; /* input, each hidden layer, output */
    kiln_activation hidden, output;
    bool bias;
    size_t count;        /* parameters in all */
    double *parameters;  /* (count) a layer after the other: weights (in, out), row-major, then bias (out) */
    float *mean, *scale; /* (widths[0]) inputs enter as (x - mean) * scale; both NULL: as they are */
    kiln_schema schema;
};

/* Parameters of one layer, and where they begin in `parameters`. */
size_t network_layer_size(const kiln_network *network, size_t layer);
size_t network_layer_offset(const kiln_network *network, size_t layer);

/* The activation of a layer's outputs. */
kiln_activation network_activation(const kiln_network *network, size_t layer);

#endif

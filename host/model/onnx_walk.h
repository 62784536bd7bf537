/* The multilayer perceptron in an ONNX graph: found by going from its output back to its input. */
#ifndef KILN_MODEL_ONNX_WALK_H
#define KILN_MODEL_ONNX_WALK_H

#include "model/onnx_tensor.h"
#include "network/network.h"

#include <stdbool.h>

typedef struct onnx_layer {
    onnx_numbers weights, bias; /* bias.tensor NULL: none */
    bool transposed;            /* weights are (out, in), else (in, out) */
    size_t in, out;
    kiln_activation activation;
} onnx_layer;

typedef struct onnx_perceptron {
    size_t layers;
    onnx_layer layer[NETWORK_MAX_LAYERS]; /* the output's first */
    onnx_numbers mean, scale;             /* the input's standardisation, one number or one a feature; no elements: none */
    bool divided;                         /* by scale, else multiplied */
} onnx_perceptron;

/* Fills *found, which points into the graph. `stop` is a tensor that counts as the input; NULL: none.
 * Returns KILN_EDATA, KILN_EUNSUPPORTED (a node that is no part of a perceptron). */
kiln_status onnx_walk(const char *path, const Onnx__GraphProto *graph, const char *stop, onnx_perceptron *found, kiln_error *err);

#endif

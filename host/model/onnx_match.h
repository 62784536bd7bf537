/* Looking at an ONNX graph: whose node a tensor is, what is constant, and which nodes together are an activation. */
#ifndef KILN_MODEL_ONNX_MATCH_H
#define KILN_MODEL_ONNX_MATCH_H

#include "model/onnx_tensor.h"

#include <kiln/network.h>
#include <stdbool.h>

/* The node that makes a tensor; NULL where none does. It has an output, and operator and domain are not NULL. */
const Onnx__NodeProto *onnx_maker(const Onnx__GraphProto *graph, const char *name);

/* A tensor that is an initializer, or a Constant node's; NULL where it is neither. */
const Onnx__TensorProto *onnx_constant(const Onnx__GraphProto *graph, const char *name);

/* Whether a node (NULL is none) is an operator of the standard's domain with at least that many inputs. */
bool onnx_is(const Onnx__NodeProto *node, const char *operator, size_t inputs);

/* An attribute, or what holds without it. */
int64_t onnx_int_of(const Onnx__NodeProto *node, const char *name, int64_t otherwise);
float onnx_float_of(const Onnx__NodeProto *node, const char *name, float otherwise);

/* Whether a node leaves a batch of rows as it is: Identity, Dropout, Flatten, Cast to float or double, Reshape to as many rows, of
 * `width` numbers (0: not known yet). */
bool onnx_passes(const Onnx__GraphProto *graph, const Onnx__NodeProto *node, size_t width);

/* Whether a node is scikit-learn's StandardScaler: (x - mean) * scale, in ONNX's domain for machine learning. */
bool onnx_match_scaler(const Onnx__NodeProto *node, onnx_numbers *mean, onnx_numbers *scale);

/* Whether a node is one of kiln's activations. */
bool onnx_match_activation(const Onnx__NodeProto *node, kiln_activation *activation);

/* The z of a product that is silu or gelu of it, and the y of Concat(1 - y, y); NULL where it is not. */
const char *onnx_match_silu(const Onnx__GraphProto *graph, const Onnx__NodeProto *node);
const char *onnx_match_gelu(const Onnx__GraphProto *graph, const Onnx__NodeProto *node);
const char *onnx_match_two_classes(const Onnx__GraphProto *graph, const Onnx__NodeProto *node);

#endif

/* From a graph's inputs, as rows are in the data, to a network's features. */
#ifndef KILN_MODEL_ONNX_COLUMNS_H
#define KILN_MODEL_ONNX_COLUMNS_H

#include "model/onnx_graph.h"

#include <kiln/network.h>

/* Adds the inputs, and nodes that make features of them. Returns the features' tensor. */
const char *onnx_write_columns(onnx_graph *g, const kiln_network *network);

#endif

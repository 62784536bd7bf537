/* An ONNX graph being made: tensors, nodes, inputs and outputs are added one after the other. No idea of networks. */
#ifndef KILN_MODEL_ONNX_GRAPH_H
#define KILN_MODEL_ONNX_GRAPH_H

#include "base/status.h"
#include "model/onnx.pb-c.h"

#include <kiln/device.h>
#include <stdbool.h>
#include <stddef.h>

/* TensorProto's data types that kiln uses. */
typedef enum onnx_type { ONNX_FLOAT = 1, ONNX_INT64 = 7, ONNX_STRING = 8, ONNX_DOUBLE = 11 } onnx_type;

/* The tensor that a row's features are in, behind whatever makes them of its columns. */
#define ONNX_FEATURES "/features"

/* Where memory ran out, `failed` is set, functions return NULL or do nothing from then on, and graph_save says so. */
typedef struct onnx_graph {
    onnx_type number; /* what weights and values are: ONNX_FLOAT or ONNX_DOUBLE */
    Onnx__ModelProto model;
    Onnx__GraphProto graph;
    size_t memories, room; /* everything that the messages point to */
    void **memory;
    bool failed;
} onnx_graph;

/* Begins an empty graph; it is emptied with graph_free, whatever happens between. */
void graph_begin(onnx_graph *g, const char *name, kiln_precision precision);
void graph_free(onnx_graph *g);

/* A text that lives as long as the graph. Texts given to the functions below are borrowed until then. */
char *graph_text(onnx_graph *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a node with one output; returns it for its attributes. Inputs are a list, or up to three arguments and NULL behind them. */
Onnx__NodeProto *graph_node_of(onnx_graph *g, const char *operator, const char * output, const char *const *inputs, size_t count);
Onnx__NodeProto *graph_node(onnx_graph *g, const char *operator, const char * output, ...) __attribute__((sentinel));
void graph_set_int(onnx_graph *g, Onnx__NodeProto *node, const char *name, int64_t value);
void graph_set_float(onnx_graph *g, Onnx__NodeProto *node, const char *name, float value);
void graph_set_texts(onnx_graph *g, Onnx__NodeProto *node, const char *name, char *const *texts, size_t count);

/* Adds a tensor of the graph's numbers, shape (rows, columns), or (columns) where rows is 0; transposed: values are (columns,
 * rows). Returns its name. */
const char *graph_numbers(onnx_graph *g, const char *name, size_t rows, size_t columns, bool transposed, const double *values);
const char *graph_number(onnx_graph *g, const char *name, double value);
const char *graph_integers(onnx_graph *g, const char *name, const int64_t *values, size_t count);
const char *graph_texts(onnx_graph *g, const char *name, char *const *texts, size_t count);

/* Adds an input or output of shape (N, columns), or (N) where columns is 0. */
void graph_input(onnx_graph *g, const char *name, onnx_type type, size_t columns);
void graph_output(onnx_graph *g, const char *name, onnx_type type, size_t columns);

/* What the model needs: the version of a domain's operators; and a text that goes with it. */
void graph_operators(onnx_graph *g, const char *domain, int64_t version);
void graph_metadata(onnx_graph *g, const char *key, const char *value);

/* Writes the model, whole or not at all. Returns KILN_EIO, KILN_ENOMEM, KILN_EINVAL (larger than ONNX's 2 GB). */
kiln_status graph_save(onnx_graph *g, const char *path, kiln_error *err);

#endif

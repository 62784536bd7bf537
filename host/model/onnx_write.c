/* A network as ONNX: its columns (onnx_columns.c), standardisation, layers, and classes by their names, as nodes. Tensors inside
 * have names with a '/', so that they never meet an input's. */
#include "base/memory.h"
#include "model/metadata.h"
#include "model/model.h"
#include "model/onnx_columns.h"
#include "model/onnx_graph.h"
#include "network/network.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPSET = 17, OPSET_LEAST = 13, OPSET_MOST = 22 };

static const char *write_floats(onnx_graph *g, const char *name, const float *values, size_t count)
{
    double *wide = mem_alloc(count, sizeof *wide);
    if (!wide) {
        g->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        wide[i] = (double)values[i];
    name = graph_numbers(g, name, 0, count, false, wide);
    free(wide);
    return name;
}

static const char *write_standardisation(onnx_graph *g, const kiln_network *network, const char *x)
{
    if (!network->mean)
        return x;
    graph_node(g, "Sub", "/centred", x, write_floats(g, "/mean", network->mean, network->widths[0]), NULL);
    graph_node(g, "Mul", "/standardised", "/centred", write_floats(g, "/scale", network->scale, network->widths[0]), NULL);
    return "/standardised";
}

/* z/2 (1 + erf(z / sqrt 2)), in the order of PyTorch's exporter, which runtimes know by sight. */
static void write_gelu(onnx_graph *g, const char *z, const char *to)
{
    const char *scaled = graph_text(g, "%s/scaled", to), *erf = graph_text(g, "%s/erf", to), *sum = graph_text(g, "%s/sum", to),
               *product = graph_text(g, "%s/product", to);
    const char *root = graph_number(g, graph_text(g, "%s/root_of_2", to), 1.41421356237309504880);
    const char *one = graph_number(g, graph_text(g, "%s/one", to), 1.0);
    const char *half = graph_number(g, graph_text(g, "%s/half", to), 0.5);
    graph_node(g, "Div", scaled, z, root, NULL);
    graph_node(g, "Erf", erf, scaled, NULL);
    graph_node(g, "Add", sum, erf, one, NULL);
    graph_node(g, "Mul", product, z, sum, NULL);
    graph_node(g, "Mul", to, product, half, NULL);
}

/* to = f(z). */
static void write_activation(onnx_graph *g, kiln_activation which, const char *z, const char *to)
{
    const char *gate;
    switch (which) {
    case KILN_SIGMOID:
        graph_node(g, "Sigmoid", to, z, NULL);
        break;
    case KILN_TANH:
        graph_node(g, "Tanh", to, z, NULL);
        break;
    case KILN_RELU:
        graph_node(g, "Relu", to, z, NULL);
        break;
    case KILN_LEAKY_RELU:
        graph_set_float(g, graph_node(g, "LeakyRelu", to, z, NULL), "alpha", 0.01f);
        break;
    case KILN_GELU:
        write_gelu(g, z, to);
        break;
    case KILN_SILU:
        gate = graph_text(g, "%s/sigmoid", to);
        graph_node(g, "Sigmoid", gate, z, NULL);
        graph_node(g, "Mul", to, z, gate, NULL);
        break;
    case KILN_LINEAR:
        graph_node(g, "Identity", to, z, NULL);
        break;
    case KILN_SOFTMAX:
        graph_set_int(g, graph_node(g, "Softmax", to, z, NULL), "axis", 1);
        break;
    }
}

/* All layers; the last one's outputs are called `to`. Tensors have the names of PyTorch's nn.Sequential, as in kiln's own files. */
static void write_layers(onnx_graph *g, const kiln_network *network, const char *x, const char *to)
{
    for (size_t l = 0; l < network->layers; l++) {
        const size_t in = network->widths[l], out = network->widths[l + 1];
        const double *weights = network->parameters + network_layer_offset(network, l);
        const char *z = graph_text(g, "/%zu/z", 2 * l), *y = l + 1 < network->layers ? graph_text(g, "/%zu/y", 2 * l + 1) : to;
        const char *w = graph_numbers(g, graph_text(g, "/%zu.weight", 2 * l), out, in, true, weights);
        const char *b =
            network->bias ? graph_numbers(g, graph_text(g, "/%zu.bias", 2 * l), 0, out, false, weights + in * out) : NULL;
        graph_set_int(g, graph_node(g, "Gemm", z, x, w, b, NULL), "transB", 1);
        write_activation(g, network_activation(network, l), z, y);
        x = y;
    }
}

/* Whether the classes' names are whole numbers, all of them, as "0" and "-3" are, and "03" is not. */
static bool are_numbers(char *const *names, size_t count)
{
    char again[32];
    for (size_t i = 0; i < count; i++) {
        snprintf(again, sizeof again, "%lld", strtoll(names[i], NULL, 10));
        if (strcmp(again, names[i]) != 0)
            return false;
    }
    return true;
}

static const char *write_numbers(onnx_graph *g, char *const *names, size_t count)
{
    int64_t *numbers = mem_alloc(count, sizeof *numbers);
    if (!numbers) {
        g->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = strtoll(names[i], NULL, 10);
    const char *name = graph_integers(g, "/classes", numbers, count);
    free(numbers);
    return name;
}

/* label = the class's name, or its number where classes have none. */
static void write_label(onnx_graph *g, const kiln_schema *schema, const char *class)
{
    char *const *names = schema->class_name;
    const bool texts = names && !are_numbers(names, schema->classes);
    if (texts)
        graph_node(g, "Gather", "label", graph_texts(g, "/classes", names, schema->classes), class, NULL);
    else if (names)
        graph_node(g, "Gather", "label", write_numbers(g, names, schema->classes), class, NULL);
    else
        graph_node(g, "Identity", "label", class, NULL);
    graph_output(g, "label", texts ? ONNX_STRING : ONNX_INT64, 0);
}

/* A single output is the second class's probability; that class is predicted from 1/2 on. */
static void write_two_classes(onnx_graph *g, const char *y, const char *probabilities)
{
    graph_node(g, "Sub", "/first", graph_number(g, "/one", 1.0), y, NULL);
    graph_set_int(g, graph_node(g, "Concat", probabilities, "/first", y, NULL), "axis", 1);
    graph_node(g, "GreaterOrEqual", "/is_second", y, graph_number(g, "/half", 0.5), NULL);
    graph_set_int(g, graph_node(g, "Cast", "/second", "/is_second", NULL), "to", ONNX_INT64);
    graph_node(g, "Reshape", "/class", "/second", graph_integers(g, "/flat", (int64_t[]){ -1 }, 1), NULL);
}

/* The targets' texts for 0, or for 1, as a tensor; NULL where one has none. */
static const char *write_label_texts(onnx_graph *g, const char *name, const kiln_schema *schema, int which)
{
    char **texts = mem_zeroed(schema->targets, sizeof *texts);
    bool complete = true;
    if (!texts)
        g->failed = true;
    for (size_t i = 0; texts && i < schema->targets; i++) {
        texts[i] = schema->target[i].label[which];
        complete = complete && texts[i];
    }
    const char *made = texts && complete ? graph_texts(g, name, texts, schema->targets) : NULL;
    free(texts);
    return made;
}

/* Each output is one label's probability; the label holds from 1/2 on: its second text, or 1. */
static void write_labels(onnx_graph *g, const kiln_schema *schema, const char *probabilities)
{
    const char *zero = write_label_texts(g, "/labels/0", schema, 0),
               *one = zero ? write_label_texts(g, "/labels/1", schema, 1) : NULL;
    graph_node(g, "GreaterOrEqual", "/holds", probabilities, graph_number(g, "/half", 0.5), NULL);
    if (one)
        graph_node(g, "Where", "label", "/holds", one, zero, NULL);
    else
        graph_set_int(g, graph_node(g, "Cast", "label", "/holds", NULL), "to", ONNX_INT64);
    graph_output(g, "label", one ? ONNX_STRING : ONNX_INT64, schema->targets);
}

static void write_network(onnx_graph *g, const kiln_network *network)
{
    const kiln_schema *schema = &network->schema;
    const size_t width = network->widths[network->layers];
    const char *x = write_standardisation(g, network, onnx_write_columns(g, network));
    if (schema->task == KILN_MULTILABEL && schema->targets == width) {
        write_layers(g, network, x, "probabilities");
        write_labels(g, schema, "probabilities");
        graph_output(g, "probabilities", g->number, width);
        return;
    }
    if (schema->classes == 0) {
        const char *to = schema->task == KILN_REGRESSION ? "variable" : "output";
        write_layers(g, network, x, to);
        graph_output(g, to, g->number, width);
        return;
    }
    const char *probabilities = network->output == KILN_LINEAR ? "scores" : "probabilities";
    if (width == 1) {
        write_layers(g, network, x, "/output");
        write_two_classes(g, "/output", probabilities);
    } else {
        write_layers(g, network, x, probabilities);
        Onnx__NodeProto *node = graph_node(g, "ArgMax", "/class", probabilities, NULL);
        graph_set_int(g, node, "axis", 1);
        graph_set_int(g, node, "keepdims", 0);
    }
    write_label(g, schema, "/class");
    graph_output(g, probabilities, g->number, schema->classes);
}

kiln_status kiln_model_export_onnx(const kiln_network *network, const char *path, const kiln_onnx_options *options, kiln_error *err)
{
    onnx_graph g;
    char *metadata = NULL;
    const kiln_precision precision = options ? options->precision : KILN_F32;
    const int opset = options && options->opset ? options->opset : OPSET;
    if (opset < OPSET_LEAST || opset > OPSET_MOST)
        return kiln_fail(err, KILN_EINVAL, "opset %d is not written: %d to %d are", opset, OPSET_LEAST, OPSET_MOST);
    kiln_status status = model_check_finite(network, path, precision, err);
    if (status == KILN_OK)
        status = metadata_write(path, network, &metadata, err);
    if (status != KILN_OK)
        return status;
    graph_begin(&g, "kiln", precision);
    graph_operators(&g, "", opset);
    write_network(&g, network);
    graph_metadata(&g, METADATA_KEY, metadata);
    status = graph_save(&g, path, err);
    graph_free(&g);
    free(metadata);
    return status;
}

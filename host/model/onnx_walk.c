/* The multilayer perceptron in an ONNX graph. Each node on the way from the output to the input is one of a few, or an error that
 * names it; what hangs beside that way (labels, for one) is not looked at. */
#include "model/onnx_walk.h"

#include "model/onnx_match.h"

#include <stdint.h>
#include <string.h>

enum { STEPS_MOST = 16 * NETWORK_MAX_LAYERS };

typedef struct walk {
    const char *path;
    const Onnx__GraphProto *graph;
    onnx_perceptron *found;
    const char *at;                     /* the tensor whose node is next */
    bool activated;                     /* an activation was met, and not yet its layer */
    kiln_activation activation;         /* that one */
    const Onnx__NodeProto *standardise; /* the last node of the standardisation; NULL: none was met */
} walk;

static kiln_status unsupported(const walk *w, const Onnx__NodeProto *node, const char *why, kiln_error *err)
{
    return kiln_fail(err, KILN_EUNSUPPORTED, "%s: node '%s' (%s)%s", w->path,
                     onnx_shown(node->name && node->name[0] ? node->name : node->output[0]), onnx_shown(node->op_type), why);
}

/* Layers and activations come before a standardisation on the way from the output. */
static kiln_status check_place(const walk *w, kiln_error *err)
{
    if (!w->standardise)
        return KILN_OK;
    return unsupported(w, w->standardise,
                       " is arithmetic behind a layer: kiln reads it only as a standardisation of the input, before the first",
                       err);
}

static kiln_status take_activation(walk *w, const Onnx__NodeProto *node, kiln_activation which, const char *z, kiln_error *err)
{
    const kiln_status status = check_place(w, err);
    if (status != KILN_OK)
        return status;
    if (w->activated)
        return unsupported(w, node, " is an activation right before another: kiln has one a layer", err);
    w->activated = true;
    w->activation = which;
    w->at = z;
    return KILN_OK;
}

static kiln_status take_layer(walk *w, const Onnx__NodeProto *node, const Onnx__TensorProto *bias, bool transposed, kiln_error *err)
{
    onnx_layer *layer = &w->found->layer[w->found->layers];
    const Onnx__TensorProto *weights = onnx_constant(w->graph, node->input[1]);
    kiln_status status = check_place(w, err);
    if (status != KILN_OK)
        return status;
    if (!weights)
        return unsupported(w, node, " multiplies by what is no constant: kiln reads weights only", err);
    if (w->found->layers == NETWORK_MAX_LAYERS)
        return unsupported(w, node, " is one layer more than kiln has", err);
    *layer = (onnx_layer){ .transposed = transposed, .activation = w->activated ? w->activation : KILN_LINEAR };
    status = onnx_numbers_check(w->path, weights, &layer->weights, err);
    if (status == KILN_OK && bias)
        status = onnx_numbers_check(w->path, bias, &layer->bias, err);
    if (status != KILN_OK)
        return status;
    layer->in = layer->weights.shape[transposed ? 1 : 0];
    layer->out = layer->weights.shape[transposed ? 0 : 1];
    if (layer->weights.rank != 2 || layer->weights.elements == 0)
        return unsupported(w, node, " has weights that are no matrix", err);
    if (bias && layer->bias.elements != layer->out)
        return unsupported(w, node, " has a bias that is not one number an output", err);
    w->found->layers++;
    w->activated = false;
    w->at = node->input[0];
    return KILN_OK;
}

static kiln_status take_gemm(walk *w, const Onnx__NodeProto *node, kiln_error *err)
{
    const Onnx__TensorProto *bias = node->n_input > 2 && node->input[2][0] ? onnx_constant(w->graph, node->input[2]) : NULL;
    if (node->n_input > 2 && node->input[2][0] && !bias)
        return unsupported(w, node, " adds what is no constant: kiln reads biases only", err);
    if (onnx_float_of(node, "alpha", 1.0f) != 1.0f || (bias && onnx_float_of(node, "beta", 1.0f) != 1.0f) ||
        onnx_int_of(node, "transA", 0) != 0)
        return unsupported(w, node, " has alpha or beta other than 1, or transA: kiln reads x . w + b", err);
    return take_layer(w, node, bias, onnx_int_of(node, "transB", 0) != 0, err);
}

/* MatMul(x, w) + bias, in either order. */
static kiln_status take_sum(walk *w, const Onnx__NodeProto *node, kiln_error *err)
{
    for (size_t i = 0; i < 2; i++) {
        const Onnx__TensorProto *bias = onnx_constant(w->graph, node->input[i]);
        const Onnx__NodeProto *product = onnx_maker(w->graph, node->input[1 - i]);
        if (bias && onnx_is(product, "MatMul", 2))
            return take_layer(w, product, bias, false, err);
    }
    return unsupported(w, node, " is no sum of a MatMul and a bias", err);
}

/* There is one standardisation, nothing between it and the input or the first layer. */
static kiln_status check_standardisation(const walk *w, const Onnx__NodeProto *node, bool subtracts, kiln_error *err)
{
    if (!w->activated && w->found->mean.elements == 0 && (subtracts || w->found->scale.elements == 0))
        return KILN_OK;
    return unsupported(w, node, " is arithmetic that kiln does not read: (x - mean) * scale before the first layer is", err);
}

/* The standardisation, from its end: Mul or Div by the scale, then Sub of the mean; either may be missing. */
static kiln_status take_standardisation(walk *w, const Onnx__NodeProto *node, kiln_error *err)
{
    const bool subtracts = onnx_is(node, "Sub", 2), commutes = onnx_is(node, "Mul", 2);
    const bool swapped = commutes && onnx_constant(w->graph, node->input[0]);
    const Onnx__TensorProto *constant = onnx_constant(w->graph, node->input[swapped ? 0 : 1]);
    if (!constant)
        return unsupported(w, node, " has no constant that standardises", err);
    onnx_numbers *to = subtracts ? &w->found->mean : &w->found->scale;
    kiln_status status = check_standardisation(w, node, subtracts, err);
    if (status == KILN_OK)
        status = onnx_numbers_check(w->path, constant, to, err);
    if (status == KILN_OK && to->elements == 0)
        status = unsupported(w, node, " has a constant without numbers", err);
    w->standardise = node;
    w->found->divided = w->found->divided || onnx_is(node, "Div", 2);
    w->at = node->input[swapped ? 1 : 0];
    return status;
}

static kiln_status take_scaler(walk *w, const Onnx__NodeProto *node, onnx_numbers mean, onnx_numbers scale, kiln_error *err)
{
    const kiln_status status = check_standardisation(w, node, false, err);
    w->found->mean = mean;
    w->found->scale = scale;
    w->standardise = node;
    w->at = node->input[0];
    return status;
}

static kiln_status take_product(walk *w, const Onnx__NodeProto *node, kiln_error *err)
{
    const char *z = onnx_match_silu(w->graph, node);
    if (z)
        return take_activation(w, node, KILN_SILU, z, err);
    z = onnx_match_gelu(w->graph, node);
    if (z)
        return take_activation(w, node, KILN_GELU, z, err);
    return take_standardisation(w, node, err);
}

/* One node, from its output to its input. */
static kiln_status step(walk *w, const Onnx__NodeProto *node, kiln_error *err)
{
    kiln_activation activation;
    onnx_numbers mean, scale;
    if (onnx_passes(w->graph, node, w->found->layers ? w->found->layer[w->found->layers - 1].in : 0)) {
        w->at = node->input[0];
        return KILN_OK;
    }
    if (onnx_match_activation(node, &activation))
        return take_activation(w, node, activation, node->input[0], err);
    if (onnx_is(node, "Gemm", 2))
        return take_gemm(w, node, err);
    if (onnx_is(node, "MatMul", 2))
        return take_layer(w, node, NULL, false, err);
    if (onnx_is(node, "Add", 2))
        return take_sum(w, node, err);
    if (onnx_is(node, "Mul", 2))
        return take_product(w, node, err);
    if (onnx_is(node, "Sub", 2) || onnx_is(node, "Div", 2))
        return take_standardisation(w, node, err);
    if (onnx_match_scaler(node, &mean, &scale))
        return take_scaler(w, node, mean, scale, err);
    const char *second = onnx_match_two_classes(w->graph, node);
    if (second && w->found->layers == 0 && !w->activated) {
        w->at = second;
        return KILN_OK;
    }
    return unsupported(w, node,
                       " is nothing that kiln reads: Gemm, MatMul and Add, Relu, Sigmoid, Tanh, LeakyRelu (0.01), Gelu, Softmax, "
                       "and Sub, Mul or Div before the first layer",
                       err);
}

static bool is_input(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t i = 0; i < graph->n_input; i++)
        if (graph->input[i]->name && strcmp(graph->input[i]->name, name) == 0)
            return true;
    return false;
}

kiln_status onnx_walk(const char *path, const Onnx__GraphProto *graph, const char *stop, onnx_perceptron *found, kiln_error *err)
{
    walk w = { .path = path, .graph = graph, .found = found };
    *found = (onnx_perceptron){ 0 };
    if (graph->n_output == 0 || !graph->output[graph->n_output - 1]->name)
        return kiln_fail(err, KILN_EDATA, "%s: its graph has no output", path);
    w.at = graph->output[graph->n_output - 1]->name; /* behind the label comes what it was made of */
    for (int steps = 0; !(stop && strcmp(w.at, stop) == 0) && !is_input(graph, w.at); steps++) {
        const Onnx__NodeProto *node = onnx_maker(graph, w.at);
        if (!node)
            return kiln_fail(err, KILN_EDATA, "%s: no node makes tensor '%s'", path, onnx_shown(w.at));
        if (steps == STEPS_MOST)
            return kiln_fail(err, KILN_EUNSUPPORTED, "%s: has more than %d nodes one after the other", path, STEPS_MOST);
        const kiln_status status = step(&w, node, err);
        if (status != KILN_OK)
            return status;
    }
    if (found->layers == 0 || w.activated)
        return kiln_fail(err, KILN_EUNSUPPORTED, "%s: %s", path,
                         found->layers == 0 ? "has no layer with weights" : "its input goes through an activation first");
    return KILN_OK;
}

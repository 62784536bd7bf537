/* Looking at an ONNX graph. Names are compared as texts, node by node: a perceptron has few. */
#include "model/onnx_match.h"

#include "model/onnx_graph.h"

#include <math.h>
#include <string.h>

const Onnx__NodeProto *onnx_maker(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t i = 0; i < graph->n_node; i++) {
        const Onnx__NodeProto *node = graph->node[i];
        if (node->op_type && node->n_output > 0 && strcmp(node->output[0], name) == 0)
            return node;
    }
    return NULL;
}

static const Onnx__AttributeProto *attribute_of(const Onnx__NodeProto *node, const char *name)
{
    for (size_t i = 0; i < node->n_attribute; i++)
        if (node->attribute[i]->name && strcmp(node->attribute[i]->name, name) == 0)
            return node->attribute[i];
    return NULL;
}

const Onnx__TensorProto *onnx_constant(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t i = 0; i < graph->n_initializer; i++)
        if (graph->initializer[i]->name && strcmp(graph->initializer[i]->name, name) == 0)
            return graph->initializer[i];
    const Onnx__NodeProto *node = onnx_maker(graph, name);
    const Onnx__AttributeProto *value = onnx_is(node, "Constant", 0) ? attribute_of(node, "value") : NULL;
    return value ? value->t : NULL;
}

bool onnx_is(const Onnx__NodeProto *node, const char *operator, size_t inputs)
{
    const bool standard = node && (!node->domain || !node->domain[0] || strcmp(node->domain, "ai.onnx") == 0);
    return standard && node->n_input >= inputs && strcmp(node->op_type, operator) == 0;
}

int64_t onnx_int_of(const Onnx__NodeProto *node, const char *name, int64_t otherwise)
{
    const Onnx__AttributeProto *attribute = attribute_of(node, name);
    return attribute ? attribute->i : otherwise;
}

float onnx_float_of(const Onnx__NodeProto *node, const char *name, float otherwise)
{
    const Onnx__AttributeProto *attribute = attribute_of(node, name);
    return attribute ? attribute->f : otherwise;
}

static bool text_of_is(const Onnx__NodeProto *node, const char *name, const char *text)
{
    const Onnx__AttributeProto *attribute = attribute_of(node, name);
    return !attribute || (attribute->s.len == strlen(text) && memcmp(attribute->s.data, text, attribute->s.len) == 0);
}

/* Equal to float32's rounding. */
static bool near(double value, double expected)
{
    return fabs(value - expected) <= 0x1p-23 * expected;
}

/* Whether a tensor is a constant of that one value. */
static bool is_number(const Onnx__GraphProto *graph, const char *name, double expected)
{
    const Onnx__TensorProto *constant = onnx_constant(graph, name);
    onnx_numbers numbers;
    return constant && onnx_numbers_check("", constant, &numbers, NULL) == KILN_OK && numbers.elements == 1 &&
           near(onnx_number_at(&numbers, 0), expected);
}

/* Whether a Reshape's constant says two dimensions that keep the rows: (0, -1), as many and all of each; or (-1, width). */
static bool keeps_rows(const Onnx__TensorProto *shape, size_t width)
{
    int64_t to[2];
    if (!shape || shape->n_dims != 1 || shape->dims[0] != 2 || !onnx_integers(shape, 2, to))
        return false;
    return to[0] == 0 ? to[1] == -1 : to[0] == -1 && width > 0 && width <= INT64_MAX && to[1] == (int64_t)width;
}

bool onnx_passes(const Onnx__GraphProto *graph, const Onnx__NodeProto *node, size_t width)
{
    if (onnx_is(node, "Identity", 1) || onnx_is(node, "Dropout", 1))
        return true;
    if (onnx_is(node, "Flatten", 1))
        return onnx_int_of(node, "axis", 1) == 1;
    if (onnx_is(node, "Cast", 1)) {
        const int64_t type = onnx_int_of(node, "to", 0);
        return type == ONNX_FLOAT || type == ONNX_DOUBLE;
    }
    return onnx_is(node, "Reshape", 2) && keeps_rows(onnx_constant(graph, node->input[1]), width);
}

static onnx_numbers list_of(const Onnx__NodeProto *node, const char *name)
{
    const Onnx__AttributeProto *attribute = attribute_of(node, name);
    const size_t count = attribute ? attribute->n_floats : 0;
    return (onnx_numbers){ .list = count > 0 ? attribute->floats : NULL, .rank = 1, .shape = { count }, .elements = count };
}

bool onnx_match_scaler(const Onnx__NodeProto *node, onnx_numbers *mean, onnx_numbers *scale)
{
    if (!node->domain || strcmp(node->domain, "ai.onnx.ml") != 0 || strcmp(node->op_type, "Scaler") != 0 || node->n_input < 1)
        return false;
    *mean = list_of(node, "offset");
    *scale = list_of(node, "scale");
    return mean->elements > 0 && scale->elements > 0;
}

bool onnx_match_activation(const Onnx__NodeProto *node, kiln_activation *activation)
{
    static const struct {
        const char *operator;
        kiln_activation activation;
    } known[] = { { "Relu", KILN_RELU }, { "Sigmoid", KILN_SIGMOID },      { "Tanh", KILN_TANH },
                  { "Gelu", KILN_GELU }, { "LeakyRelu", KILN_LEAKY_RELU }, { "Softmax", KILN_SOFTMAX },
                  { "Swish", KILN_SILU } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (onnx_is(node, known[i].operator, 1)) {
            const int64_t axis = onnx_int_of(node, "axis", -1);
            *activation = known[i].activation;
            switch (known[i].activation) {
            case KILN_LEAKY_RELU:
                return near((double)onnx_float_of(node, "alpha", 0.01f), 0.01);
            case KILN_GELU:
                return text_of_is(node, "approximate", "none");
            case KILN_SOFTMAX:
                return axis == -1 || axis == 1;
            case KILN_SILU:
                return near((double)onnx_float_of(node, "alpha", 1.0f), 1.0);
            default:
                return true;
            }
        }
    return false;
}

const char *onnx_match_silu(const Onnx__GraphProto *graph, const Onnx__NodeProto *node)
{
    for (size_t i = 0; i < 2; i++) {
        const Onnx__NodeProto *gate = onnx_maker(graph, node->input[i]);
        if (onnx_is(gate, "Sigmoid", 1) && strcmp(gate->input[0], node->input[1 - i]) == 0)
            return gate->input[0];
    }
    return NULL;
}

/* The z of 1 + erf(z / sqrt 2); NULL where a tensor is not that. */
static const char *erf_of(const Onnx__GraphProto *graph, const char *name)
{
    const Onnx__NodeProto *sum = onnx_maker(graph, name);
    if (!onnx_is(sum, "Add", 2))
        return NULL;
    const size_t constant = is_number(graph, sum->input[0], 1.0) ? 0 : 1;
    const Onnx__NodeProto *erf = onnx_maker(graph, sum->input[1 - constant]);
    if (!is_number(graph, sum->input[constant], 1.0) || !onnx_is(erf, "Erf", 1))
        return NULL;
    const Onnx__NodeProto *scaled = onnx_maker(graph, erf->input[0]);
    if (onnx_is(scaled, "Div", 2) && is_number(graph, scaled->input[1], sqrt(2.0)))
        return scaled->input[0];
    return onnx_is(scaled, "Mul", 2) && is_number(graph, scaled->input[1], sqrt(0.5)) ? scaled->input[0] : NULL;
}

/* z/2 (1 + erf(z / sqrt 2)) is a product of three, whose order exporters differ in. */
const char *onnx_match_gelu(const Onnx__GraphProto *graph, const Onnx__NodeProto *node)
{
    for (size_t i = 0; i < 2; i++) {
        const Onnx__NodeProto *inner = onnx_maker(graph, node->input[i]);
        if (!onnx_is(inner, "Mul", 2))
            continue;
        const char *const factor[] = { node->input[1 - i], inner->input[0], inner->input[1] };
        for (size_t f = 0; f < 3; f++) {
            const char *z = erf_of(graph, factor[f]), *one = factor[(f + 1) % 3], *other = factor[(f + 2) % 3];
            if (z &&
                ((strcmp(one, z) == 0 && is_number(graph, other, 0.5)) || (strcmp(other, z) == 0 && is_number(graph, one, 0.5))))
                return z;
        }
    }
    return NULL;
}

const char *onnx_match_two_classes(const Onnx__GraphProto *graph, const Onnx__NodeProto *node)
{
    if (!onnx_is(node, "Concat", 2))
        return NULL;
    const Onnx__NodeProto *first = onnx_maker(graph, node->input[0]);
    const bool complements =
        onnx_is(first, "Sub", 2) && is_number(graph, first->input[0], 1.0) && strcmp(first->input[1], node->input[1]) == 0;
    return complements ? node->input[1] : NULL;
}

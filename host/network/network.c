/* A network: its shape, parameters, and what its inputs and outputs mean. */
#include "network/network.h"

#include "base/memory.h"
#include "base/status.h"
#include "network/schema.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static kiln_status check_shape(const kiln_network_shape *shape, kiln_error *err)
{
    if (shape->layers < 1 || shape->layers > NETWORK_MAX_LAYERS)
        return kiln_fail(err, KILN_EINVAL, "a network has 1 to %d layers, not %zu", NETWORK_MAX_LAYERS, shape->layers);
    if (!shape->widths)
        return kiln_fail(err, KILN_EINVAL, "the network's widths are missing: it needs %zu of them", shape->layers + 1);
    for (size_t i = 0; i <= shape->layers; i++)
        if (shape->widths[i] < 1 || shape->widths[i] > INT32_MAX)
            return kiln_fail(err, KILN_EINVAL, "width %zu of the network is %zu; widths are 1 to %d", i, shape->widths[i],
                             INT32_MAX);
    if (!kiln_activation_name(shape->hidden) || !kiln_activation_name(shape->output))
        return kiln_fail(err, KILN_EINVAL, "there is no activation %d: they are 0 to %d",
                         (int)(kiln_activation_name(shape->hidden) ? shape->output : shape->hidden), KILN_SOFTMAX);
    if (shape->hidden == KILN_SOFTMAX)
        return kiln_fail(err, KILN_EINVAL, "softmax is for the output layer only, hidden layers need another activation");
    if (shape->output != KILN_SIGMOID && shape->output != KILN_SOFTMAX && shape->output != KILN_LINEAR)
        return kiln_fail(err, KILN_EINVAL, "the output layer's activation is sigmoid, softmax or linear, not %s",
                         kiln_activation_name(shape->output));
    return KILN_OK;
}

/* Parameters of all layers; false when they are more than memory has addresses for. */
static bool count_parameters(const kiln_network *network, size_t *count)
{
    *count = 0;
    for (size_t layer = 0; layer < network->layers; layer++) {
        size_t weights;
        if (!size_product(network->widths[layer], network->widths[layer + 1], &weights) || !size_sum(*count, weights, count) ||
            !size_sum(*count, network->bias ? network->widths[layer + 1] : 0, count))
            return false;
    }
    size_t bytes;
    return size_product(*count, sizeof(double), &bytes);
}

kiln_status kiln_network_create(const kiln_network_shape *shape, kiln_network **network, kiln_error *err)
{
    kiln_status status = check_shape(shape, err);
    if (status != KILN_OK)
        return status;
    kiln_network *made = mem_zeroed(1, sizeof *made);
    if (!made)
        return kiln_fail_memory(err, sizeof *made, "the network");
    made->layers = shape->layers;
    memcpy(made->widths, shape->widths, (shape->layers + 1) * sizeof *made->widths);
    made->hidden = shape->hidden;
    made->output = shape->output;
    made->bias = !shape->no_bias;
    if (!count_parameters(made, &made->count)) {
        status = kiln_fail(err, KILN_EINVAL, "the network has more parameters than memory has addresses for");
        goto done;
    }
    made->parameters = mem_zeroed(made->count, sizeof *made->parameters);
    if (!made->parameters) {
        status = kiln_fail_memory(err, made->count * sizeof *made->parameters, "the network's parameters");
        goto done;
    }
    *network = made;
    made = NULL;
done:
    kiln_network_destroy(made);
    return status;
}

void kiln_network_destroy(kiln_network *network)
{
    if (!network)
        return;
    schema_free(&network->schema);
    free(network->parameters);
    free(network->mean);
    free(network->scale);
    free(network);
}

kiln_network_shape kiln_network_get_shape(const kiln_network *network)
{
    return (kiln_network_shape){ .layers = network->layers,
                                 .widths = network->widths,
                                 .hidden = network->hidden,
                                 .output = network->output,
                                 .no_bias = !network->bias };
}

size_t kiln_network_parameters(const kiln_network *network)
{
    return network->count;
}

size_t network_layer_size(const kiln_network *network, size_t layer)
{
    return (network->widths[layer] + (network->bias ? 1 : 0)) * network->widths[layer + 1];
}

size_t network_layer_offset(const kiln_network *network, size_t layer)
{
    size_t offset = 0;
    for (size_t below = 0; below < layer; below++)
        offset += network_layer_size(network, below);
    return offset;
}

kiln_activation network_activation(const kiln_network *network, size_t layer)
{
    return layer + 1 == network->layers ? network->output : network->hidden;
}

static kiln_status check_layer(const kiln_network *network, size_t layer, bool with_bias, kiln_error *err)
{
    if (layer >= network->layers)
        return kiln_fail(err, KILN_EINVAL, "there is no layer %zu: the network has %zu (0 to %zu)", layer, network->layers,
                         network->layers - 1);
    if (with_bias && !network->bias)
        return kiln_fail(err, KILN_EINVAL, "layer %zu has no bias: the network was made without; give NULL", layer);
    return KILN_OK;
}

kiln_status kiln_network_set_layer(kiln_network *network, size_t layer, const double *weights, const double *bias, kiln_error *err)
{
    const kiln_status status = check_layer(network, layer, bias != NULL, err);
    if (status != KILN_OK)
        return status;
    const size_t count = network->widths[layer] * network->widths[layer + 1];
    double *to = network->parameters + network_layer_offset(network, layer);
    memcpy(to, weights, count * sizeof *to);
    if (bias)
        memcpy(to + count, bias, network->widths[layer + 1] * sizeof *to);
    return KILN_OK;
}

kiln_status kiln_network_get_layer(const kiln_network *network, size_t layer, double *weights, double *bias, kiln_error *err)
{
    const kiln_status status = check_layer(network, layer, bias != NULL, err);
    if (status != KILN_OK)
        return status;
    const size_t count = network->widths[layer] * network->widths[layer + 1];
    const double *from = network->parameters + network_layer_offset(network, layer);
    memcpy(weights, from, count * sizeof *from);
    if (bias)
        memcpy(bias, from + count, network->widths[layer + 1] * sizeof *from);
    return KILN_OK;
}

/* Whether a schema's targets are what the network's outputs can be. */
static kiln_status check_targets(const kiln_schema *schema, size_t width, kiln_error *err)
{
    const bool labels = schema->task == KILN_MULTILABEL;
    if (labels && schema->classes > 0)
        return kiln_fail(err, KILN_EINVAL, "the schema is multi-label but has %zu classes; it has labels, one an output",
                         schema->classes);
    if (schema->classes > 0 && schema->targets > 1)
        return kiln_fail(err, KILN_EINVAL, "the schema has classes and %zu targets; classes are those of one target",
                         schema->targets);
    if ((labels && schema->targets > 0) || schema->targets > 1)
        if (schema->targets != width)
            return kiln_fail(err, KILN_EINVAL, "the schema has %zu targets but the network has %zu outputs; it needs one a target",
                             schema->targets, width);
    for (size_t i = 0; i < schema->targets; i++)
        if (!schema->target[i].label[0] != !schema->target[i].label[1])
            return kiln_fail(err, KILN_EINVAL, "the schema's target %zu has one text for its label; it needs two, or none", i);
    return KILN_OK;
}

kiln_status kiln_network_set_schema(kiln_network *network, const kiln_schema *schema, kiln_error *err)
{
    const size_t width = network->widths[network->layers];
    size_t features;
    if (schema->columns > 0 && (!schema_features(schema, &features) || features != network->widths[0]))
        return kiln_fail(err, KILN_EINVAL, "the schema's %zu columns do not make the %zu features that the network's input has",
                         schema->columns, network->widths[0]);
    if (schema->classes > 0 && schema->classes != width && !(schema->classes == 2 && width == 1))
        return kiln_fail(err, KILN_EINVAL, "the schema has %zu classes but the network has %zu outputs; it needs one a class",
                         schema->classes, width);
    if ((unsigned)schema->missing > KILN_MISSING_DROP)
        return kiln_fail(err, KILN_EINVAL, "the schema's way with missing values is none: %d", (int)schema->missing);
    for (size_t i = 0; schema_fills(schema) && i < schema->columns; i++)
        if (!isfinite(schema->column[i].fill))
            return kiln_fail(err, KILN_EINVAL, "the schema's column %zu has no number for its missing values", i);
    for (size_t i = 0; i < schema->columns; i++)
        if (schema->column[i].indicator && (!schema_fills(schema) || schema->column[i].categories > 0))
            return kiln_fail(err, KILN_EINVAL, "the schema's column %zu has an indicator, but no missing number is filled in", i);
    kiln_schema copy;
    kiln_status status = check_targets(schema, width, err);
    if (status == KILN_OK)
        status = schema_copy(schema, &copy, err);
    if (status != KILN_OK)
        return status;
    schema_free(&network->schema);
    network->schema = copy;
    return KILN_OK;
}

const kiln_schema *kiln_network_schema(const kiln_network *network)
{
    return &network->schema;
}

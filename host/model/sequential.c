/* The weights that PyTorch saved of an nn.Sequential of Linear layers: their shape is the network's. */
#include "base/json.h"
#include "base/memory.h"
#include "model/model.h"
#include "network/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A layer: the tensors "PREFIX N.weight" and "PREFIX N.bias". */
typedef struct linear {
    size_t number;
    const tensor *weights, *bias; /* bias NULL: none */
} linear;

/* Splits "net.12.weight" into its prefix's length, 4, its number, 12, and what is behind, ".weight"; false where there is no
 * number. */
static bool split_name(const char *name, size_t *prefix, size_t *number, const char **behind)
{
    const char *dot = strrchr(name, '.');
    const char *digit = dot;
    while (digit && digit > name && digit[-1] >= '0' && digit[-1] <= '9')
        digit--;
    if (!dot || digit == dot || dot - digit > 6 || (digit > name && digit[-1] != '.'))
        return false;
    *prefix = (size_t)(digit - name);
    *number = 0;
    for (; digit < dot; digit++)
        *number = 10 * *number + (size_t)(*digit - '0');
    *behind = dot;
    return true;
}

static kiln_status collect(const char *path, const tensor_file *file, linear *layers, size_t *count, kiln_error *err)
{
    size_t first_prefix = 0, prefix = 0, number;
    const char *behind;
    *count = 0;
    for (size_t i = 0; i < file->tensors; i++) {
        const tensor *t = &file->tensor[i];
        const bool named = split_name(t->name, &prefix, &number, &behind);
        const bool weight = named && strcmp(behind, ".weight") == 0, bias = named && strcmp(behind, ".bias") == 0;
        if (i == 0)
            first_prefix = prefix;
        if ((!weight && !bias) || prefix != first_prefix || strncmp(t->name, file->tensor[0].name, prefix) != 0)
            return kiln_fail(err, KILN_EDATA,
                             "%s: tensor '%s' is not named as those of an nn.Sequential of Linear layers are: 0.weight, 0.bias, "
                             "2.weight ...",
                             path, t->name);
        if (t->type == TENSOR_OTHER)
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' is neither F32 nor F64, as parameters are", path, t->name);
        size_t at = 0;
        while (at < *count && layers[at].number != number)
            at++;
        if (at == NETWORK_MAX_LAYERS)
            return kiln_fail(err, KILN_EDATA, "%s: has more than the %d layers that a network has", path, NETWORK_MAX_LAYERS);
        if (at == *count)
            layers[(*count)++] = (linear){ .number = number };
        const tensor **place = weight ? &layers[at].weights : &layers[at].bias;
        if (*place)
            return kiln_fail(err, KILN_EDATA, "%s: tensors '%s' and '%s' are the same layer's", path, (*place)->name, t->name);
        *place = t;
    }
    return KILN_OK;
}

static int compare_layers(const void *left, const void *right)
{
    const linear *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

/* Fills the shape from layers in order, whose tensors must fit each other. */
static kiln_status chain(const char *path, const linear *layers, size_t count, size_t *widths, kiln_network_shape *shape,
                         kiln_error *err)
{
    if (count == 0)
        return kiln_fail(err, KILN_EDATA, "%s: has no tensors", path);
    shape->layers = count;
    shape->widths = widths;
    shape->no_bias = true;
    for (size_t l = 0; l < count; l++) {
        const tensor *weights = layers[l].weights, *bias = layers[l].bias;
        if (!weights)
            return kiln_fail(err, KILN_EDATA, "%s: has a tensor '%s', but no weights for it", path, bias->name);
        if (weights->rank != 2 || (l > 0 && weights->shape[1] != widths[l]))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' is no matrix (out, in) that takes what the layer before it makes",
                             path, weights->name);
        if (bias && (bias->rank != 1 || bias->shape[0] != weights->shape[0]))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' is not one number for each of %zu outputs", path, bias->name,
                             weights->shape[0]);
        widths[l] = weights->shape[1];
        widths[l + 1] = weights->shape[0];
        shape->no_bias = shape->no_bias && !bias;
    }
    return KILN_OK;
}

static kiln_status read_layers(const char *path, const linear *layers, kiln_network *network, kiln_error *err)
{
    for (size_t l = 0; l < network->layers; l++) {
        double *to = network->parameters + network_layer_offset(network, l);
        tensor_values(layers[l].weights, true, to);
        if (layers[l].bias)
            tensor_values(layers[l].bias, false, to + layers[l].weights->elements);
    }
    for (size_t i = 0; i < network->count; i++)
        if (!isfinite(network->parameters[i]))
            return kiln_fail(err, KILN_EDATA, "%s: holds %g: parameters are finite numbers", path, network->parameters[i]);
    return KILN_OK;
}

kiln_status model_of_sequential(const char *path, const tensor_file *file, kiln_activation hidden, kiln_activation output,
                                kiln_network **network, kiln_error *err)
{
    linear layers[NETWORK_MAX_LAYERS] = { 0 };
    size_t widths[NETWORK_MAX_LAYERS + 1], count;
    kiln_network_shape shape = { .hidden = hidden, .output = output };
    kiln_network *made = NULL;
    kiln_error inner;
    kiln_status status = collect(path, file, layers, &count, err);
    if (status != KILN_OK)
        return status;
    qsort(layers, count, sizeof *layers, compare_layers);
    status = chain(path, layers, count, widths, &shape, err);
    if (status != KILN_OK)
        return status;
    status = kiln_network_create(&shape, &made, &inner);
    if (status != KILN_OK)
        return kiln_fail(err, status, "%s: %s", path, inner.message);
    status = read_layers(path, layers, made, err);
    if (status == KILN_OK) {
        *network = made;
        made = NULL;
    }
    kiln_network_destroy(made);
    return status;
}

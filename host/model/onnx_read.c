/* A network from ONNX: protobuf-c takes the file apart, within limits; onnx_walk finds the layers; here they become a network. */
#include "model/onnx_read.h"

#include "base/memory.h"
#include "model/metadata.h"
#include "model/onnx_graph.h"
#include "model/onnx_walk.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OPSET_LEAST = 7 /* before it, Gemm and Add had other rules */ };

/* What protobuf-c may still take. A file of nothing but empty messages would else become many times its size in memory. */
typedef struct allowance {
    size_t bytes;
    bool exceeded, failed;
} allowance;

static void *allow(void *data, size_t size)
{
    allowance *left = data;
    left->exceeded = left->exceeded || size > left->bytes;
    if (left->exceeded)
        return NULL;
    left->bytes -= size;
    void *memory = mem_alloc(size, 1);
    left->failed = left->failed || !memory;
    return memory;
}

static void give_back(void *data, void *memory)
{
    (void)data;
    free(memory);
}

/* Twice the file for its tensors, and what its small messages may become. */
static allowance allowance_for(size_t count)
{
    enum { SMALL = 64 << 20, EXPANSION = 16, ALWAYS = 1 << 20 };
    const size_t small = count < SMALL ? count : SMALL;
    return (allowance){ .bytes = 2 * count + EXPANSION * small + ALWAYS };
}

/* *model is freed with onnx__model_proto__free_unpacked by the same allocator. */
static kiln_status unpack(const char *path, const unsigned char *bytes, size_t count, ProtobufCAllocator *allocator,
                          Onnx__ModelProto **model, kiln_error *err)
{
    const allowance *left = allocator->allocator_data;
    if (count > INT32_MAX)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu bytes, more than the 2 GB that ONNX has for a model", path, count);
    *model = onnx__model_proto__unpack(allocator, count, bytes);
    if (*model)
        return KILN_OK;
    if (left->failed)
        return kiln_fail_memory(err, 0, path);
    return kiln_fail(err, KILN_EDATA, "%s: is no model that kiln reads: neither safetensors nor whole ONNX%s", path,
                     left->exceeded ? "; its messages take more memory than any sound model's" : "");
}

static const char *metadata_of(const Onnx__ModelProto *model, const char *key)
{
    for (size_t i = 0; i < model->n_metadata_props; i++) {
        const Onnx__StringStringEntryProto *entry = model->metadata_props[i];
        if (entry->key && entry->value && strcmp(entry->key, key) == 0)
            return entry->value;
    }
    return NULL;
}

static kiln_status check_model(const char *path, const Onnx__ModelProto *model, kiln_error *err)
{
    if (!model->graph)
        return kiln_fail(err, KILN_EDATA, "%s: is no model that kiln reads: neither safetensors nor ONNX with a graph", path);
    for (size_t i = 0; i < model->n_opset_import; i++) {
        const Onnx__OperatorSetIdProto *set = model->opset_import[i];
        const bool standard = !set->domain || !set->domain[0] || strcmp(set->domain, "ai.onnx") == 0;
        if (standard && set->version < OPSET_LEAST)
            return kiln_fail(err, KILN_EUNSUPPORTED, "%s: uses ONNX's operators of version %lld; kiln reads %d and later", path,
                             (long long)set->version, OPSET_LEAST);
    }
    return KILN_OK;
}

/* The shape of what was found. widths has room for NETWORK_MAX_LAYERS + 1. */
static kiln_status shape_of(const char *path, const onnx_perceptron *found, size_t *widths, kiln_network_shape *shape,
                            kiln_error *err)
{
    const size_t layers = found->layers;
    *shape = (kiln_network_shape){ .layers = layers, .widths = widths, .output = found->layer[0].activation, .no_bias = true };
    for (size_t l = 0; l < layers; l++) {
        const onnx_layer *layer = &found->layer[layers - 1 - l];
        if (l > 0 && layer->in != widths[l])
            return kiln_fail(err, KILN_EDATA, "%s: layer %zu takes %zu values, but the one before it makes %zu", path, l + 1,
                             layer->in, widths[l]);
        widths[l] = layer->in;
        widths[l + 1] = layer->out;
        if (layer->bias.tensor)
            shape->no_bias = false;
        if (l == 0 && layers > 1)
            shape->hidden = layer->activation;
        if (l + 1 < layers && layer->activation != shape->hidden)
            return kiln_fail(err, KILN_EUNSUPPORTED,
                             "%s: layer 1 has activation %s, layer %zu %s: kiln has one for all hidden layers", path,
                             kiln_activation_name(shape->hidden), l + 1, kiln_activation_name(layer->activation));
    }
    return KILN_OK;
}

/* Weights to (in, out), bias behind them; zeros where this layer has none. */
static kiln_status read_layer(const char *path, const onnx_layer *layer, double *to, bool bias, kiln_error *err)
{
    const size_t in = layer->in, out = layer->out;
    for (size_t i = 0; i < in; i++)
        for (size_t o = 0; o < out; o++)
            to[i * out + o] = onnx_number_at(&layer->weights, layer->transposed ? o * in + i : i * out + o);
    for (size_t o = 0; bias && o < out; o++)
        to[in * out + o] = layer->bias.tensor ? onnx_number_at(&layer->bias, o) : 0.0;
    for (size_t i = 0; i < in * out + (bias ? out : 0); i++)
        if (!isfinite(to[i]))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' holds %g: parameters are finite numbers", path,
                             onnx_shown((i < in * out ? layer->weights : layer->bias).tensor->name), to[i]);
    return KILN_OK;
}

static kiln_status read_standardisation(const char *path, const onnx_perceptron *found, kiln_network *network, kiln_error *err)
{
    const onnx_numbers *mean = found->mean.elements ? &found->mean : NULL, *scale = found->scale.elements ? &found->scale : NULL;
    const size_t features = network->widths[0];
    if (!mean && !scale)
        return KILN_OK;
    if ((mean && mean->elements != 1 && mean->elements != features) ||
        (scale && scale->elements != 1 && scale->elements != features))
        return kiln_fail(err, KILN_EDATA, "%s: its standardisation does not have one number, or one for each of %zu inputs", path,
                         features);
    float *means = mem_alloc(features, sizeof *means), *scales = mem_alloc(features, sizeof *scales);
    kiln_error inner;
    kiln_status status = means && scales ? KILN_OK : kiln_fail_memory(err, 0, path);
    for (size_t i = 0; status == KILN_OK && i < features; i++) {
        const double factor = scale ? onnx_number_at(scale, scale->elements == 1 ? 0 : i) : 1.0;
        const double inverse = found->divided ? 1.0 / factor : factor;
        means[i] = mean ? (float)onnx_number_at(mean, mean->elements == 1 ? 0 : i) : 0.0f;
        scales[i] = (float)inverse;
    }
    if (status == KILN_OK) {
        status = kiln_network_set_standardisation(network, means, scales, &inner);
        if (status != KILN_OK)
            status = kiln_fail(err, status == KILN_EINVAL ? KILN_EDATA : status, "%s: %s", path, inner.message);
    }
    free(means);
    free(scales);
    return status;
}

static kiln_status make_network(const char *path, const onnx_perceptron *found, const kiln_network_shape *shape,
                                kiln_network **network, kiln_error *err)
{
    kiln_error inner;
    kiln_status status = kiln_network_create(shape, network, &inner);
    if (status != KILN_OK) /* what is an argument's fault there is the file's here */
        return kiln_fail(err, status == KILN_EINVAL ? KILN_EUNSUPPORTED : status, "%s: %s", path, inner.message);
    for (size_t l = 0; status == KILN_OK && l < found->layers; l++)
        status = read_layer(path, &found->layer[found->layers - 1 - l], (*network)->parameters + network_layer_offset(*network, l),
                            (*network)->bias, err);
    return status == KILN_OK ? read_standardisation(path, found, *network, err) : status;
}

/* What kiln wrote beside the graph must be of this graph. */
static kiln_status check_metadata(const char *path, const json_t *metadata, kiln_network_shape *shape, kiln_error *err)
{
    size_t widths[NETWORK_MAX_LAYERS + 1];
    kiln_network_shape told;
    const kiln_status status = metadata_read_shape(path, metadata, widths, &told, err);
    if (status != KILN_OK)
        return status;
    if (told.layers != shape->layers || memcmp(widths, shape->widths, (told.layers + 1) * sizeof *widths) != 0 ||
        (told.layers > 1 && told.hidden != shape->hidden) || told.output != shape->output || told.no_bias != shape->no_bias)
        return kiln_fail(err, KILN_EDATA, "%s: its metadata '%s' describe another network than its graph", path, METADATA_KEY);
    shape->hidden = told.hidden;
    return KILN_OK;
}

static kiln_status read_model(const char *path, const Onnx__ModelProto *model, kiln_network **network, kiln_error *err)
{
    size_t widths[NETWORK_MAX_LAYERS + 1];
    kiln_network_shape shape;
    onnx_perceptron found;
    kiln_network *made = NULL;
    json_t *metadata = NULL;
    kiln_status status = check_model(path, model, err);
    const char *text = metadata_of(model, METADATA_KEY);
    if (status == KILN_OK && text)
        status = metadata_parse(path, text, &metadata, err);
    if (status == KILN_OK)
        status = onnx_walk(path, model->graph, text ? ONNX_FEATURES : NULL, &found, err);
    if (status == KILN_OK)
        status = shape_of(path, &found, widths, &shape, err);
    if (status == KILN_OK && metadata)
        status = check_metadata(path, metadata, &shape, err);
    if (status == KILN_OK)
        status = make_network(path, &found, &shape, &made, err);
    if (status == KILN_OK && metadata)
        status = metadata_read_meaning(path, metadata, made, err);
    if (status == KILN_OK) {
        *network = made;
        made = NULL;
    }
    kiln_network_destroy(made);
    json_decref(metadata);
    return status;
}

kiln_status onnx_parse(const char *path, const unsigned char *bytes, size_t count, kiln_network **network, kiln_error *err)
{
    allowance left = allowance_for(count);
    ProtobufCAllocator allocator = { .alloc = allow, .free = give_back, .allocator_data = &left };
    Onnx__ModelProto *model = NULL;
    kiln_status status = unpack(path, bytes, count, &allocator, &model, err);
    if (status == KILN_OK)
        status = read_model(path, model, network, err);
    onnx__model_proto__free_unpacked(model, &allocator);
    return status;
}

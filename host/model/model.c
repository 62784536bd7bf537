/* A network <-> safetensors, with PyTorch's names and shapes. */
#include "model/model.h"

#include "base/memory.h"
#include "base/safetensors.h"
#include "base/status.h"
#include "model/metadata.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 16, MOST_TENSORS = 2 * NETWORK_MAX_LAYERS };

/* A tensor that a network has: the weights of a layer, or its bias. */
typedef struct part {
    char name[NAME_ROOM];  /* as in nn.Sequential(Linear, activation, Linear, ...): "2.weight" is layer 1's */
    size_t rank, shape[2]; /* on file: weights (out, in), bias (out) */
    size_t offset;         /* of its values in the network's parameters; weights lie there as (in, out) */
} part;

/* Lists a network's tensors in the order of its parameters; how many there are. Widths are at most 2^31 - 1, so products of
 * two fit; offsets count only once check_parts has seen the tensors. */
static size_t list_parts(const kiln_network_shape *shape, part *parts)
{
    size_t count = 0, offset = 0;
    for (size_t layer = 0; layer < shape->layers; layer++) {
        const size_t in = shape->widths[layer], out = shape->widths[layer + 1];
        part *weights = &parts[count++];
        *weights = (part){ .rank = 2, .shape = { out, in }, .offset = offset };
        snprintf(weights->name, NAME_ROOM, "%zu.weight", 2 * layer);
        offset += in * out;
        if (shape->no_bias)
            continue;
        part *bias = &parts[count++];
        *bias = (part){ .rank = 1, .shape = { out }, .offset = offset };
        snprintf(bias->name, NAME_ROOM, "%zu.bias", 2 * layer);
        offset += out;
    }
    return count;
}

static void say_shape(char *text, size_t room, const size_t *shape, size_t rank)
{
    int used = snprintf(text, room, "(");
    for (size_t i = 0; i < rank && used >= 0 && (size_t)used < room; i++)
        used += snprintf(text + used, room - (size_t)used, "%s%zu", i ? ", " : "", shape[i]);
    if (used >= 0 && (size_t)used < room)
        snprintf(text + used, room - (size_t)used, ")");
}

static bool is_part(const part *parts, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].name, name) == 0)
            return true;
    return false;
}

/* The file must hold the network's tensors, in their shapes, and no others. */
static kiln_status check_parts(const char *path, const tensor_file *file, const part *parts, size_t count, kiln_error *err)
{
    char found[128], expected[128];
    for (size_t i = 0; i < count; i++) {
        const part *p = &parts[i];
        const tensor *t = tensors_find(file, p->name);
        say_shape(expected, sizeof expected, p->shape, p->rank);
        if (!t)
            return kiln_fail(err, KILN_EDATA, "%s: has no tensor '%s', which the network needs with shape %s", path, p->name,
                             expected);
        say_shape(found, sizeof found, t->shape, t->rank);
        if (t->rank != p->rank || memcmp(t->shape, p->shape, p->rank * sizeof *p->shape) != 0)
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has shape %s, the network needs %s", path, p->name, found, expected);
        if (t->type == TENSOR_OTHER)
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' is neither F32 nor F64, as parameters are", path, p->name);
    }
    for (size_t i = 0; i < file->tensors; i++)
        if (!is_part(parts, count, file->tensor[i].name))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' is none of the network's (%s to %s): another architecture", path,
                             file->tensor[i].name, parts[0].name, parts[count - 1].name);
    return KILN_OK;
}

/* Reads tensors that were checked. A network that holds NaN predicts nothing, so what is not finite is refused. */
static kiln_status read_parts(const char *path, const tensor_file *file, const part *parts, size_t count, double *parameters,
                              kiln_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const tensor *t = tensors_find(file, parts[i].name);
        double *values = parameters + parts[i].offset;
        tensor_values(t, parts[i].rank == 2, values);
        for (size_t e = 0; e < t->elements; e++)
            if (!isfinite(values[e]))
                return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' holds %g: parameters are finite numbers", path, t->name,
                                 values[e]);
    }
    return KILN_OK;
}

/* Makes a network of the file's tensors and its metadata. Nothing is allocated by a width before a tensor of it was seen. */
static kiln_status make_network(const char *path, const tensor_file *file, const json_t *metadata, kiln_network **network,
                                kiln_error *err)
{
    size_t widths[NETWORK_MAX_LAYERS + 1];
    kiln_network_shape shape;
    part parts[MOST_TENSORS];
    kiln_network *made = NULL;
    kiln_error inner;
    kiln_status status = metadata_read_shape(path, metadata, widths, &shape, err);
    if (status != KILN_OK)
        return status;
    const size_t count = list_parts(&shape, parts);
    status = check_parts(path, file, parts, count, err);
    if (status != KILN_OK)
        return status;
    status = kiln_network_create(&shape, &made, &inner);
    if (status != KILN_OK) /* what is an argument's fault there is the file's here */
        return kiln_fail(err, status == KILN_EINVAL ? KILN_EDATA : status, "%s: %s", path, inner.message);
    status = read_parts(path, file, parts, count, made->parameters, err);
    if (status == KILN_OK)
        status = metadata_read_meaning(path, metadata, made, err);
    if (status == KILN_OK) {
        *network = made;
        made = NULL;
    }
    kiln_network_destroy(made);
    return status;
}

kiln_status model_of_tensors(const char *path, const tensor_file *file, kiln_network **network, kiln_error *err)
{
    json_t *metadata = NULL;
    const char *text = tensors_metadata(file, METADATA_KEY);
    if (!text)
        return kiln_fail(
            err, KILN_EDATA,
            "%s: is no model of kiln's: its metadata have no '%s'. If it has the weights of an nn.Sequential, kiln train DATA "
            "--from %s trains on from it",
            path, METADATA_KEY, path);
    kiln_status status = metadata_parse(path, text, &metadata, err);
    if (status == KILN_OK)
        status = make_network(path, file, metadata, network, err);
    json_decref(metadata);
    return status;
}

kiln_status kiln_model_load_parameters(const char *path, kiln_network *network, kiln_error *err)
{
    part parts[MOST_TENSORS];
    tensor_file file;
    double *parameters = NULL;
    const kiln_network_shape shape = kiln_network_get_shape(network);
    const size_t count = list_parts(&shape, parts);
    kiln_status status = tensors_load(path, &file, err);
    if (status == KILN_OK)
        status = check_parts(path, &file, parts, count, err);
    if (status != KILN_OK)
        goto done;
    parameters = mem_alloc(network->count, sizeof *parameters);
    status = parameters ? read_parts(path, &file, parts, count, parameters, err)
                        : kiln_fail_memory(err, network->count * sizeof *parameters, path);
    if (status == KILN_OK)
        memcpy(network->parameters, parameters, network->count * sizeof *parameters);
done:
    free(parameters);
    tensors_free(&file);
    return status;
}

kiln_status model_check_finite(const kiln_network *network, const char *path, kiln_precision precision, kiln_error *err)
{
    const double most = precision == KILN_F64 ? DBL_MAX : (double)FLT_MAX;
    for (size_t i = 0; i < network->count; i++)
        if (!(fabs(network->parameters[i]) <= most))
            return kiln_fail(err, KILN_EINVAL, "%s: not written: the network holds %g, which is not a finite %s number", path,
                             network->parameters[i], precision == KILN_F64 ? "float64" : "float32");
    return KILN_OK;
}

kiln_status kiln_model_save(const kiln_network *network, const char *path, kiln_precision precision, kiln_error *err)
{
    part parts[MOST_TENSORS];
    tensor_source sources[MOST_TENSORS];
    char *text = NULL;
    const kiln_network_shape shape = kiln_network_get_shape(network);
    const size_t count = list_parts(&shape, parts);
    for (size_t i = 0; i < count; i++)
        sources[i] = (tensor_source){ .name = parts[i].name,
                                      .type = precision == KILN_F64 ? TENSOR_F64 : TENSOR_F32,
                                      .rank = parts[i].rank,
                                      .shape = { parts[i].shape[0], parts[i].shape[1] },
                                      .transposed = parts[i].rank == 2,
                                      .values = network->parameters + parts[i].offset };
    kiln_status status = model_check_finite(network, path, precision, err);
    if (status == KILN_OK)
        status = metadata_write(path, network, &text, err);
    if (status == KILN_OK)
        status = tensors_save(path, sources, count, (tensor_text[]){ { "format", "pt" }, { METADATA_KEY, text } }, 2, err);
    free(text);
    return status;
}

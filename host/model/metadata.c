/* A network's shape and standardisation <-> JSON. Words select from the library's own tables; nothing is taken on trust. */
#include "model/metadata.h"

#include "base/json.h"
#include "base/memory.h"
#include "network/schema.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { METADATA_VERSION = 1 };

/* NULL without memory, as the next one. */
static json_t *list_of_numbers(const float *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_real((double)values[i]));
    if (json_array_size(list) == count)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *list_of_sizes(const size_t *values, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer((json_int_t)values[i]));
    if (json_array_size(list) == count)
        return list;
    json_decref(list);
    return NULL;
}

kiln_status metadata_write(const char *path, const kiln_network *network, char **text, kiln_error *err)
{
    kiln_status status = KILN_OK;
    json_t *root = json_object();
    bool failed = json_object_set_new(root, "version", json_integer(METADATA_VERSION)) ||
                  json_object_set_new(root, "widths", list_of_sizes(network->widths, network->layers + 1)) ||
                  json_object_set_new(root, "hidden", json_string(kiln_activation_name(network->hidden))) ||
                  json_object_set_new(root, "output", json_string(kiln_activation_name(network->output))) ||
                  json_object_set_new(root, "bias", json_boolean(network->bias));
    if (network->mean)
        failed = failed || json_object_set_new(root, "mean", list_of_numbers(network->mean, network->widths[0])) ||
                 json_object_set_new(root, "scale", list_of_numbers(network->scale, network->widths[0]));
    if (failed) {
        status = kiln_fail_memory(err, 0, path);
        goto done;
    }
    status = schema_to_json(path, &network->schema, root, err);
    if (status != KILN_OK)
        goto done;
    *text = json_write(root, JSON_COMPACT | JSON_REAL_PRECISION(FLT_DECIMAL_DIG));
    if (!*text)
        status = kiln_fail_memory(err, 0, path);
done:
    json_decref(root);
    return status;
}

kiln_status metadata_parse(const char *path, const char *text, json_t **metadata, kiln_error *err)
{
    const kiln_status status = json_read_object(path, "the metadata 'kiln'", text, strlen(text), metadata, err);
    if (status != KILN_OK)
        return status;
    const json_t *version = json_object_get(*metadata, "version");
    const json_int_t number = json_integer_value(version);
    if (json_is_integer(version) && number == METADATA_VERSION)
        return KILN_OK;
    json_decref(*metadata);
    *metadata = NULL;
    if (number > METADATA_VERSION)
        return kiln_fail(err, KILN_EUNSUPPORTED,
                         "%s: is a model of version %" JSON_INTEGER_FORMAT ", kiln %s reads up to %d: a later kiln is needed", path,
                         number, KILN_VERSION, METADATA_VERSION);
    return kiln_fail(err, KILN_EDATA, "%s: the metadata 'kiln' has no version", path);
}

static kiln_status read_widths(const char *path, const json_t *list, size_t *widths, kiln_network_shape *shape, kiln_error *err)
{
    const size_t count = json_array_size(list);
    if (count < 2 || count > NETWORK_MAX_LAYERS + 1)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's 'widths' are not a list of 2 to %d numbers", path,
                         NETWORK_MAX_LAYERS + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *width = json_array_get(list, i);
        const json_int_t value = json_integer_value(width);
        if (!json_is_integer(width) || value < 1 || value > INT32_MAX)
            return kiln_fail(err, KILN_EDATA, "%s: the metadata's width %zu is not a whole number from 1 to %d", path, i,
                             INT32_MAX);
        widths[i] = (size_t)value;
    }
    shape->layers = count - 1;
    shape->widths = widths;
    return KILN_OK;
}

static kiln_status read_activation(const char *path, const json_t *metadata, const char *key, kiln_activation *activation,
                                   kiln_error *err)
{
    const char *word = json_string_value(json_object_get(metadata, key));
    if (!word || !kiln_activation_find(word, activation))
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's '%s' is no activation that kiln has (sigmoid, tanh, relu ...)", path,
                         key);
    return KILN_OK;
}

kiln_status metadata_read_shape(const char *path, const json_t *metadata, size_t *widths, kiln_network_shape *shape,
                                kiln_error *err)
{
    const json_t *bias = json_object_get(metadata, "bias");
    *shape = (kiln_network_shape){ 0 };
    kiln_status status = read_widths(path, json_object_get(metadata, "widths"), widths, shape, err);
    if (status == KILN_OK)
        status = read_activation(path, metadata, "hidden", &shape->hidden, err);
    if (status == KILN_OK)
        status = read_activation(path, metadata, "output", &shape->output, err);
    if (status == KILN_OK && !json_is_boolean(bias))
        status = kiln_fail(err, KILN_EDATA, "%s: the metadata's 'bias' is not true or false", path);
    shape->no_bias = !json_is_true(bias);
    return status;
}

/* A list of as many float32 numbers as the network has inputs. */
static kiln_status read_numbers(const char *path, const json_t *metadata, const char *key, size_t count, float *values,
                                kiln_error *err)
{
    const json_t *list = json_object_get(metadata, key);
    if (!json_is_array(list) || json_array_size(list) != count)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's '%s' is not a list of %zu numbers, one an input", path, key, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *number = json_array_get(list, i);
        const double value = json_number_value(number);
        if (!json_is_number(number) || !(fabs(value) < 0x1.ffffffp127)) /* rounds to FLT_MAX below that */
            return kiln_fail(err, KILN_EDATA, "%s: the metadata's '%s' %zu is not a number that float32 holds", path, key, i);
        values[i] = (float)value;
    }
    return KILN_OK;
}

static kiln_status read_standardisation(const char *path, const json_t *metadata, kiln_network *network, kiln_error *err)
{
    const size_t count = network->widths[0];
    if (!json_object_get(metadata, "mean") && !json_object_get(metadata, "scale"))
        return KILN_OK;
    float *mean = mem_alloc(count, sizeof *mean), *scale = mem_alloc(count, sizeof *scale);
    kiln_status status = mean && scale ? KILN_OK : kiln_fail_memory(err, 0, path);
    if (status == KILN_OK)
        status = read_numbers(path, metadata, "mean", count, mean, err);
    if (status == KILN_OK)
        status = read_numbers(path, metadata, "scale", count, scale, err);
    if (status == KILN_OK)
        status = kiln_network_set_standardisation(network, mean, scale, err);
    free(mean);
    free(scale);
    return status;
}

kiln_status metadata_read_meaning(const char *path, const json_t *metadata, kiln_network *network, kiln_error *err)
{
    kiln_schema schema;
    kiln_error inner;
    kiln_status status = read_standardisation(path, metadata, network, err);
    if (status != KILN_OK)
        return status;
    status = schema_from_json(path, metadata, &schema, err);
    if (status == KILN_OK) {
        status = kiln_network_set_schema(network, &schema, &inner);
        if (status == KILN_EINVAL) /* an argument's fault there, the file's here */
            status = kiln_fail(err, KILN_EDATA, "%s: %s", path, inner.message);
        else if (status != KILN_OK)
            kiln_fail(err, status, "%s", inner.message);
    }
    schema_free(&schema);
    return status;
}

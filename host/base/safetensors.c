/* Reading the safetensors container. Nothing is allocated or read by a size that was not compared with the file's first. */
#include "base/safetensors.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, MOST_TENSORS = 4096, MOST_NAME = 256 };

#define MOST_WHOLE_NUMBER ((json_int_t)1 << 53) /* what every JSON reader agrees on */
#define METADATA "__metadata__"

typedef struct dtype {
    const char *name;
    size_t bits; /* of one element */
    tensor_type type;
} dtype;

static const dtype dtypes[] = {
    { "F32", 32, TENSOR_F32 },          { "F64", 64, TENSOR_F64 },      { "BOOL", 8, TENSOR_OTHER },
    { "U8", 8, TENSOR_OTHER },          { "I8", 8, TENSOR_OTHER },      { "F4", 4, TENSOR_OTHER },
    { "F6_E2M3", 6, TENSOR_OTHER },     { "F6_E3M2", 6, TENSOR_OTHER }, { "F8_E4M3", 8, TENSOR_OTHER },
    { "F8_E4M3FNUZ", 8, TENSOR_OTHER }, { "F8_E5M2", 8, TENSOR_OTHER }, { "F8_E5M2FNUZ", 8, TENSOR_OTHER },
    { "F8_E8M0", 8, TENSOR_OTHER },     { "I16", 16, TENSOR_OTHER },    { "U16", 16, TENSOR_OTHER },
    { "F16", 16, TENSOR_OTHER },        { "BF16", 16, TENSOR_OTHER },   { "I32", 32, TENSOR_OTHER },
    { "U32", 32, TENSOR_OTHER },        { "I64", 64, TENSOR_OTHER },    { "U64", 64, TENSOR_OTHER },
    { "C64", 64, TENSOR_OTHER },
};

/* The tensors' part of a file. */
typedef struct data_part {
    const char *path; /* for messages */
    const unsigned char *bytes;
    size_t count;
} data_part;

/* Where a tensor lies in it. */
typedef struct span {
    size_t begin, end;
    const char *name;
} span;

static const dtype *dtype_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof dtypes / sizeof *dtypes; i++)
        if (strcmp(dtypes[i].name, name) == 0)
            return &dtypes[i];
    return NULL;
}

/* A whole number from 0 to 2^53. */
static bool whole_number(const json_t *json, size_t *number)
{
    const json_int_t value = json_integer_value(json);
    if (!json_is_integer(json) || value < 0 || value > MOST_WHOLE_NUMBER || (uintmax_t)value > SIZE_MAX)
        return false;
    *number = (size_t)value;
    return true;
}

static kiln_status read_shape(const data_part *data, const char *name, const json_t *json, tensor *t, kiln_error *err)
{
    if (!json_is_array(json))
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has no shape: a list of whole numbers", data->path, name);
    t->rank = json_array_size(json);
    if (t->rank > TENSOR_MAX_RANK)
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has %zu dimensions, more than the %d that are read", data->path, name,
                         t->rank, TENSOR_MAX_RANK);
    t->elements = 1;
    for (size_t i = 0; i < t->rank; i++) {
        if (!whole_number(json_array_get(json, i), &t->shape[i]))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s': dimension %zu is not a whole number from 0 to 2^53", data->path,
                             name, i);
        if (!size_product(t->elements, t->shape[i], &t->elements))
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has more elements than there are addresses", data->path, name);
    }
    return KILN_OK;
}

/* Fills t and where, but t->name. */
static kiln_status read_tensor(const data_part *data, const char *name, const json_t *json, tensor *t, span *where, kiln_error *err)
{
    const char *const path = data->path;
    const json_t *offsets = json_object_get(json, "data_offsets");
    const dtype *type = dtype_find(json_string_value(json_object_get(json, "dtype")));
    if (strlen(name) > MOST_NAME)
        return kiln_fail(err, KILN_EDATA, "%s: a tensor's name has %zu bytes, more than the %d that are read", path, strlen(name),
                         MOST_NAME);
    if (!text_is_printable(name))
        return kiln_fail(err, KILN_EDATA, "%s: a tensor's name has control characters", path);
    if (json_object_size(json) != 3)
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' is not described by dtype, shape and data_offsets alone", path, name);
    if (!type)
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has no dtype that safetensors has (F32, F64, F16 ...)", path, name);
    const kiln_status status = read_shape(data, name, json_object_get(json, "shape"), t, err);
    if (status != KILN_OK)
        return status;
    if (json_array_size(offsets) != 2 || !whole_number(json_array_get(offsets, 0), &where->begin) ||
        !whole_number(json_array_get(offsets, 1), &where->end))
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' has no data_offsets: two whole numbers", path, name);
    if (where->begin > where->end || where->end > data->count)
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' lies at bytes %zu to %zu of the data; the file has %zu", path, name,
                         where->begin, where->end, data->count);
    size_t bits;
    if (!size_product(t->elements, type->bits, &bits) || bits % 8 != 0 || bits / 8 != where->end - where->begin)
        return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' lies in %zu bytes, which its %zu elements of %s do not fill exactly",
                         path, name, where->end - where->begin, t->elements, type->name);
    t->type = type->type;
    t->bytes = data->bytes + where->begin;
    where->name = name;
    return KILN_OK;
}

static int compare_spans(const void *left, const void *right)
{
    const span *a = left, *b = right;
    if (a->begin != b->begin)
        return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end); /* an empty tensor goes before the one that begins where it lies */
}

/* The tensors must lie one after the other, from the data's first byte to the file's last. */
static kiln_status check_spans(const data_part *data, span *spans, size_t count, kiln_error *err)
{
    size_t end = 0;
    qsort(spans, count, sizeof *spans, compare_spans);
    for (size_t i = 0; i < count; i++) {
        if (spans[i].begin != end)
            return kiln_fail(err, KILN_EDATA, "%s: tensor '%s' begins at byte %zu of the data, the one before it ends at %zu: %s",
                             data->path, spans[i].name, spans[i].begin, end,
                             spans[i].begin < end ? "they overlap" : "there is a hole");
        end = spans[i].end;
    }
    if (end != data->count)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu bytes behind its last tensor", data->path, data->count - end);
    return KILN_OK;
}

static kiln_status read_tensors(const data_part *data, json_t *header, tensor_file *file, kiln_error *err)
{
    kiln_status status = KILN_OK;
    const size_t count = json_object_size(header) - (json_object_get(header, METADATA) ? 1 : 0);
    const char *name;
    json_t *json;
    if (count > MOST_TENSORS)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu tensors, more than the %d that are read", data->path, count, MOST_TENSORS);
    span *spans = mem_alloc(count, sizeof *spans);
    file->tensor = mem_zeroed(count, sizeof *file->tensor);
    if (!spans || !file->tensor) {
        status = kiln_fail_memory(err, 0, data->path);
        goto done;
    }
    json_object_foreach(header, name, json)
    {
        if (strcmp(name, METADATA) == 0)
            continue;
        tensor *t = &file->tensor[file->tensors];
        status = read_tensor(data, name, json, t, &spans[file->tensors], err);
        if (status != KILN_OK)
            goto done;
        t->name = mem_text(name);
        if (!t->name) {
            status = kiln_fail_memory(err, 0, data->path);
            goto done;
        }
        file->tensors++;
    }
    status = check_spans(data, spans, count, err);
done:
    free(spans);
    return status;
}

static kiln_status read_metadata(const char *path, json_t *metadata, tensor_file *file, kiln_error *err)
{
    const char *key;
    json_t *value;
    if (!metadata)
        return KILN_OK;
    if (!json_is_object(metadata))
        return kiln_fail(err, KILN_EDATA, "%s: %s is not a JSON object", path, METADATA);
    file->key = mem_zeroed(json_object_size(metadata), sizeof *file->key);
    file->value = mem_zeroed(json_object_size(metadata), sizeof *file->value);
    if (!file->key || !file->value)
        return kiln_fail_memory(err, 0, path);
    json_object_foreach(metadata, key, value)
    {
        if (!json_is_string(value))
            return kiln_fail(err, KILN_EDATA, "%s: %s holds something that is not a text", path, METADATA);
        char **to_key = &file->key[file->entries], **to_value = &file->value[file->entries];
        file->entries++;
        *to_key = mem_text(key);
        *to_value = mem_text(json_string_value(value));
        if (!*to_key || !*to_value)
            return kiln_fail_memory(err, 0, path);
    }
    return KILN_OK;
}

/* Where the header is, from the length at the file's beginning. */
static kiln_status find_header(const char *path, const unsigned char *content, size_t count, size_t *length, kiln_error *err)
{
    if (count < LENGTH_BYTES)
        return kiln_fail(err, KILN_EDATA, "%s: is not a safetensors file: it has %zu bytes, too few for the header's length", path,
                         count);
    const uint64_t declared = bytes_whole(content, LENGTH_BYTES);
    if (declared > TENSOR_MAX_HEADER)
        return kiln_fail(
            err, KILN_EDATA,
            "%s: is not a safetensors file, as models are: its header would have %llu bytes, more than the %d MiB that are read",
            path, (unsigned long long)declared, TENSOR_MAX_HEADER >> 20);
    if (declared > count - LENGTH_BYTES)
        return kiln_fail(err, KILN_EDATA, "%s: is cut off: its header has %llu bytes, the file %zu", path,
                         (unsigned long long)declared, count);
    *length = (size_t)declared;
    return KILN_OK;
}

/* Reads content, which is the file's own from here on. */
kiln_status tensors_take(const char *path, unsigned char *content, size_t count, tensor_file *file, kiln_error *err)
{
    tensor_file read = { .content = content };
    json_t *header = NULL;
    size_t length = 0;
    kiln_status status = find_header(path, content, count, &length, err);
    if (status == KILN_OK)
        status = json_read_object(path, "the header", (const char *)content + LENGTH_BYTES, length, &header, err);
    if (status == KILN_OK) {
        const data_part data = { path, content + LENGTH_BYTES + length, count - LENGTH_BYTES - length };
        status = read_tensors(&data, header, &read, err);
    }
    if (status == KILN_OK)
        status = read_metadata(path, json_object_get(header, METADATA), &read, err);
    json_decref(header);
    if (status != KILN_OK)
        tensors_free(&read);
    *file = read;
    return status;
}

kiln_status tensors_load(const char *path, tensor_file *file, kiln_error *err)
{
    unsigned char *content;
    size_t count;
    *file = (tensor_file){ 0 };
    const kiln_status status = file_read(path, SIZE_MAX / 2, &content, &count, err);
    return status == KILN_OK ? tensors_take(path, content, count, file, err) : status;
}

kiln_status tensors_parse(const char *path, const unsigned char *bytes, size_t count, tensor_file *file, kiln_error *err)
{
    *file = (tensor_file){ 0 };
    unsigned char *content = mem_alloc(count, 1);
    if (!content)
        return kiln_fail_memory(err, count, path);
    if (count > 0)
        memcpy(content, bytes, count);
    return tensors_take(path, content, count, file, err);
}

void tensors_free(tensor_file *file)
{
    for (size_t i = 0; i < file->tensors; i++)
        free(file->tensor[i].name);
    for (size_t i = 0; i < file->entries; i++) {
        free(file->key[i]);
        free(file->value[i]);
    }
    free(file->tensor);
    free(file->key);
    free(file->value);
    free(file->content);
    *file = (tensor_file){ 0 };
}

const tensor *tensors_find(const tensor_file *file, const char *name)
{
    for (size_t i = 0; i < file->tensors; i++)
        if (strcmp(file->tensor[i].name, name) == 0)
            return &file->tensor[i];
    return NULL;
}

const char *tensors_metadata(const tensor_file *file, const char *key)
{
    for (size_t i = 0; i < file->entries; i++)
        if (strcmp(file->key[i], key) == 0)
            return file->value[i];
    return NULL;
}

bool tensor_values(const tensor *t, bool transposed, double *values)
{
    if (t->type == TENSOR_OTHER || (transposed && t->rank != 2))
        return false;
    const size_t rows = transposed ? t->shape[0] : 1, columns = transposed ? t->shape[1] : t->elements;
    const size_t size = t->type == TENSOR_F32 ? 4 : 8;
    for (size_t c = 0; c < columns; c++)
        for (size_t r = 0; r < rows; r++)
            values[c * rows + r] = bytes_real(t->bytes + (r * columns + c) * size, size);
    return true;
}

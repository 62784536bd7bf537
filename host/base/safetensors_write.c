/* Writing the safetensors container: the header, then each tensor converted block by block. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, ALIGNMENT = 8, BLOCK = 1 << 16 /* bytes converted at a time */ };

static size_t element_size(const tensor_source *source)
{
    return source->type == TENSOR_F32 ? 4 : 8;
}

static size_t element_count(const tensor_source *source)
{
    size_t elements = 1;
    for (size_t i = 0; i < source->rank; i++)
        elements *= source->shape[i]; /* no overflow: the values are in memory */
    return elements;
}

/* What the header says of one tensor; NULL without memory. */
static json_t *describe(const tensor_source *source, size_t begin, size_t end)
{
    json_t *shape = json_array();
    for (size_t i = 0; i < source->rank; i++)
        json_array_append_new(shape, json_integer((json_int_t)source->shape[i]));
    if (json_array_size(shape) != source->rank) {
        json_decref(shape);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", source->type == TENSOR_F32 ? "F32" : "F64", "shape", shape, "data_offsets",
                     (json_int_t)begin, (json_int_t)end);
}

/* The header as text, padded with spaces so that the data begin at a multiple of 8; NULL without memory. */
static char *header_text(const tensor_source *sources, size_t tensors, const tensor_text *texts, size_t entries, size_t *length)
{
    char *text = NULL, *padded = NULL;
    size_t begin = 0;
    json_t *header = json_object(), *metadata = json_object();
    int failed = !header || !metadata;
    for (size_t i = 0; i < entries && !failed; i++)
        failed = json_object_set_new(metadata, texts[i].key, json_string(texts[i].value));
    if (entries > 0 && !failed)
        failed = json_object_set(header, "__metadata__", metadata);
    for (size_t i = 0; i < tensors && !failed; i++) {
        const size_t end = begin + element_count(&sources[i]) * element_size(&sources[i]);
        failed = json_object_set_new(header, sources[i].name, describe(&sources[i], begin, end));
        begin = end;
    }
    text = failed ? NULL : json_write(header, JSON_COMPACT);
    const size_t used = text ? strlen(text) : 0;
    *length = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    padded = text ? mem_alloc(*length, 1) : NULL;
    if (padded) {
        memcpy(padded, text, used);
        memset(padded + used, ' ', *length - used);
    }
    free(text);
    json_decref(metadata);
    json_decref(header);
    return padded;
}

/* One value as it is on file: little endian. */
static void store(tensor_type type, double value, unsigned char *bytes)
{
    uint64_t bits;
    size_t size = 8;
    if (type == TENSOR_F32) {
        const float narrow = (float)value;
        uint32_t low;
        memcpy(&low, &narrow, sizeof low);
        bits = low;
        size = 4;
    } else {
        memcpy(&bits, &value, sizeof bits);
    }
    for (size_t b = 0; b < size; b++)
        bytes[b] = (unsigned char)(bits >> (8 * b));
}

static kiln_status write_tensor(file_writer *writer, const tensor_source *source, unsigned char *block, kiln_error *err)
{
    const size_t size = element_size(source), elements = element_count(source), most = BLOCK / size;
    const size_t rows = source->transposed ? source->shape[0] : 1, columns = source->transposed ? source->shape[1] : elements;
    for (size_t from = 0; from < elements; from += most) {
        const size_t count = elements - from < most ? elements - from : most;
        for (size_t i = 0; i < count; i++) {
            const size_t row = (from + i) / columns, column = (from + i) % columns;
            store(source->type, source->values[column * rows + row], block + i * size);
        }
        const kiln_status status = file_append(writer, block, count * size, err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

static kiln_status check_texts(const char *path, const tensor_source *sources, size_t tensors, const tensor_text *texts,
                               size_t entries, kiln_error *err)
{
    for (size_t i = 0; i < tensors; i++)
        if (!text_is_utf8(sources[i].name))
            return kiln_fail(err, KILN_EINVAL, "%s: not written: the name of tensor %zu is not UTF-8", path, i);
    for (size_t i = 0; i < entries; i++)
        if (!text_is_utf8(texts[i].key) || !text_is_utf8(texts[i].value))
            return kiln_fail(err, KILN_EINVAL, "%s: not written: the text of metadata %zu is not UTF-8", path, i);
    return KILN_OK;
}

kiln_status tensors_save(const char *path, const tensor_source *sources, size_t tensors, const tensor_text *texts, size_t entries,
                         kiln_error *err)
{
    size_t length = 0;
    unsigned char size[LENGTH_BYTES], *block = NULL;
    char *header = NULL;
    file_writer *writer = NULL;
    kiln_status status = check_texts(path, sources, tensors, texts, entries, err);
    if (status != KILN_OK)
        return status;
    header = header_text(sources, tensors, texts, entries, &length);
    block = mem_alloc(BLOCK, 1);
    if (!header || !block) {
        status = kiln_fail_memory(err, 0, path);
        goto done;
    }
    if (length > TENSOR_MAX_HEADER) {
        status =
            kiln_fail(err, KILN_EINVAL, "%s: not written: names and metadata need %zu bytes, more than the %d MiB that are read",
                      path, length, TENSOR_MAX_HEADER >> 20);
        goto done;
    }
    for (size_t b = 0; b < LENGTH_BYTES; b++)
        size[b] = (unsigned char)((uint64_t)length >> (8 * b));
    status = file_begin(path, &writer, err);
    if (status == KILN_OK)
        status = file_append(writer, size, sizeof size, err);
    if (status == KILN_OK)
        status = file_append(writer, header, length, err);
    for (size_t i = 0; i < tensors && status == KILN_OK; i++)
        status = write_tensor(writer, &sources[i], block, err);
    if (status == KILN_OK) {
        status = file_commit(writer, err);
        writer = NULL; /* freed by the commit, whatever it returned */
    }
done:
    file_abandon(writer);
    free(block);
    free(header);
    return status;
}

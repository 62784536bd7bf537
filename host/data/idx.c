/* IDX, the format of MNIST: 0, 0, type, rank; the dimensions as 32 bits, big endian; the values.
 * No size of the header is believed before it was compared with the file's, or, where that is unknown, before the bytes came. */
#include "base/memory.h"
#include "data/data.h"
#include "data/dictionary.h"
#include "data/number.h"
#include "network/schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RANK = 8, CHUNK = 1 << 16 /* bytes, a multiple of every type's */, FIRST_ROOM = 1 << 20, MAX_COLUMNS = 65536 };

typedef struct idx_type {
    unsigned char code;
    size_t bytes;
    double (*value)(uint64_t bits); /* from its big-endian bits */
} idx_type;

static double from_u8(uint64_t bits)
{
    return (double)bits;
}

static double from_signed(uint64_t bits, unsigned width)
{
    const uint64_t sign = (uint64_t)1 << (width - 1);
    return bits & sign ? -(double)((sign << 1) - bits) : (double)bits;
}

static double from_i8(uint64_t bits)
{
    return from_signed(bits, 8);
}

static double from_i16(uint64_t bits)
{
    return from_signed(bits, 16);
}

static double from_i32(uint64_t bits)
{
    return from_signed(bits, 32);
}

static double from_f32(uint64_t bits)
{
    const uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    return (double)value;
}

static double from_f64(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const idx_type types[] = {
    { 0x08, 1, from_u8 },  { 0x09, 1, from_i8 },  { 0x0b, 2, from_i16 },
    { 0x0c, 4, from_i32 }, { 0x0d, 4, from_f32 }, { 0x0e, 8, from_f64 },
};

typedef struct idx_header {
    const idx_type *type;
    size_t rank, size[MAX_RANK];
    size_t values; /* in all */
} idx_header;

/* "60000 x 28 x 28", for messages. */
static const char *show_sizes(const idx_header *header, char text[128])
{
    size_t used = 0;
    for (size_t i = 0; i < header->rank; i++)
        used += (size_t)snprintf(text + used, 128 - used, "%s%zu", i > 0 ? " x " : "", header->size[i]);
    return text;
}

static kiln_status fail_short(const input *in, kiln_error *err)
{
    return kiln_fail(err, KILN_EDATA, "%s: ends inside its IDX header", input_name(in));
}

static kiln_status read_magic(input *in, idx_header *header, kiln_error *err)
{
    unsigned char magic[4];
    size_t count;
    const kiln_status status = input_read(in, magic, sizeof magic, &count, err);
    if (status != KILN_OK)
        return status;
    if (count < sizeof magic)
        return fail_short(in, err);
    if (magic[0] != 0 || magic[1] != 0)
        return kiln_fail(err, KILN_EDATA, "%s: is not an IDX file: those begin with two zero bytes", input_name(in));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == magic[2])
            header->type = &types[i];
    if (!header->type)
        return kiln_fail(err, KILN_EDATA, "%s: has IDX type 0x%02x; known are 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e", input_name(in),
                         magic[2]);
    header->rank = magic[3];
    if (header->rank < 1 || header->rank > MAX_RANK)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu dimensions, should be 1 to %d", input_name(in), header->rank, MAX_RANK);
    return KILN_OK;
}

/* Compares what the header announces with the file, where its length is known. */
static kiln_status check_length(const input *in, const idx_header *header, kiln_error *err)
{
    char sizes[128];
    size_t length, needed;
    if (!size_product(header->values, header->type->bytes, &needed) || !size_sum(needed, 4 + 4 * header->rank, &needed))
        return kiln_fail(err, KILN_EDATA, "%s: announces %s values, more than there are addresses", input_name(in),
                         show_sizes(header, sizes));
    if (input_length(in, &length) && length != needed)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu bytes, its header announces %s values, which need %zu", input_name(in),
                         length, show_sizes(header, sizes), needed);
    return KILN_OK;
}

static kiln_status read_header(input *in, idx_header *header, kiln_error *err)
{
    unsigned char bytes[4 * MAX_RANK];
    char sizes[128];
    size_t count;
    *header = (idx_header){ .values = 1 };
    kiln_status status = read_magic(in, header, err);
    if (status == KILN_OK)
        status = input_read(in, bytes, 4 * header->rank, &count, err);
    if (status != KILN_OK)
        return status;
    if (count < 4 * header->rank)
        return fail_short(in, err);
    bool fits = true;
    for (size_t i = 0; i < header->rank; i++) {
        const unsigned char *b = bytes + 4 * i;
        header->size[i] = (size_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
        fits = size_product(header->values, header->size[i], &header->values) && fits;
        if (header->size[i] == 0)
            return kiln_fail(err, KILN_EDATA, "%s: dimension %zu is 0: there are no values", input_name(in), i);
    }
    if (!fits)
        return kiln_fail(err, KILN_EDATA, "%s: announces %s values, more than there are addresses", input_name(in),
                         show_sizes(header, sizes));
    return check_length(in, header, err);
}

/* Big-endian values to float32. */
static kiln_status decode(const input *in, const idx_header *header, const unsigned char *bytes, size_t count, size_t first,
                          float *to, kiln_error *err)
{
    const idx_type *type = header->type;
    const size_t features = header->values / header->size[0];
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = 0;
        for (size_t b = 0; b < type->bytes; b++)
            bits = bits << 8 | bytes[i * type->bytes + b];
        const double value = type->value(bits);
        if (!number_fits_float(value)) /* false for NaN, too */
            return kiln_fail(err, KILN_EDATA, "%s: sample %zu, value %zu: %g is not a finite float32", input_name(in),
                             (first + i) / features, (first + i) % features, value);
        to[i] = (float)value;
    }
    return KILN_OK;
}

/* Makes room for values that come next: all of them where the file was seen to have them, else in step with what came. */
static kiln_status make_room(const input *in, const idx_header *header, size_t have, size_t element, void **values, size_t *room,
                             kiln_error *err)
{
    size_t length, wanted = header->values;
    if (have < *room)
        return KILN_OK;
    if (!input_length(in, &length) && wanted / 2 > have && wanted > FIRST_ROOM)
        wanted = have > FIRST_ROOM / 2 ? have * 2 : FIRST_ROOM;
    void *grown = mem_resize(*values, wanted, element);
    if (!grown)
        return kiln_fail_memory(err, wanted <= SIZE_MAX / element ? wanted * element : 0, input_name(in));
    *values = grown;
    *room = wanted;
    return KILN_OK;
}

/* Reads the values, as they are (keep: unsigned bytes) or as float32. *values is the caller's, after a failure too. */
static kiln_status read_values(input *in, const idx_header *header, bool keep, void **values, kiln_error *err)
{
    const size_t element = keep ? 1 : sizeof(float), bytes = header->type->bytes;
    unsigned char chunk[CHUNK];
    char sizes[128];
    size_t room = 0, got = 0;
    for (size_t have = 0; have < header->values; have += got) {
        kiln_status status = make_room(in, header, have, element, values, &room, err);
        size_t most = room - have < CHUNK / bytes ? room - have : CHUNK / bytes;
        if (status == KILN_OK)
            status = input_read(in, keep ? (unsigned char *)*values + have : chunk, most * bytes, &got, err);
        if (status != KILN_OK)
            return status;
        if (got < most * bytes)
            return kiln_fail(err, KILN_EDATA, "%s: ends after %zu of the %s values that its header announces", input_name(in),
                             have + got / bytes, show_sizes(header, sizes));
        got = most;
        if (!keep)
            status = decode(in, header, chunk, got, have, (float *)*values + have, err);
        if (status != KILN_OK)
            return status;
    }
    const kiln_status status = input_read(in, chunk, 1, &got, err);
    if (status == KILN_OK && got > 0)
        return kiln_fail(err, KILN_EDATA, "%s: has bytes behind the %s values that its header announces", input_name(in),
                         show_sizes(header, sizes));
    return status;
}

/* The classes of labels: the numbers themselves, or those of the network that have these names. */
static kiln_status number_classes(const char *path, const kiln_schema *known, const float *values, kiln_data *data, kiln_error *err)
{
    kiln_status status = KILN_OK;
    dictionary names = { 0 };
    char text[32];
    size_t number;
    for (size_t i = 0; known && known->class_name && i < known->classes; i++)
        if (!dictionary_add(&names, known->class_name[i], &number))
            status = kiln_fail_memory(err, 0, path);
    const size_t most = known && known->classes > 0 && !known->class_name ? known->classes : DATA_MAX_CLASSES;
    for (size_t i = 0; status == KILN_OK && i < data->samples.count; i++) {
        const double value = (double)values[i];
        if (!number_is_whole(value) || value < 0.0 || value >= (double)most) {
            status =
                kiln_fail(err, KILN_EDATA, "%s: label %zu is %g, should be a whole number from 0 to %zu", path, i, value, most - 1);
            break;
        }
        number = (size_t)value;
        snprintf(text, sizeof text, "%zu", number);
        if (names.count > 0 && (!dictionary_find(&names, text, &number) || number >= known->classes))
            status = kiln_fail(err, KILN_EDATA, "%s: label %zu is %s, which is not one of the network's classes", path, i, text);
        data->labels[i] = (int32_t)number;
        if (number >= data->samples.classes)
            data->samples.classes = number + 1;
    }
    if (known && known->classes > 0)
        data->samples.classes = known->classes;
    dictionary_free(&names);
    return status;
}

static kiln_status store_labels(const char *path, const kiln_data_options *options, float **values, kiln_data *data,
                                kiln_error *err)
{
    kiln_task task;
    kiln_status status = data_task(options, &task, err);
    if (status != KILN_OK)
        return status;
    if (task == KILN_MULTILABEL)
        return kiln_fail(err, KILN_EINVAL, "%s: has one label a sample, for classification or regression; multi-label has several",
                         path);
    if (task == KILN_REGRESSION) {
        data->y = *values;
        *values = NULL;
        data->samples.y = data->y;
        data->samples.outputs = 1;
        return KILN_OK;
    }
    data->labels = mem_alloc(data->samples.count, sizeof *data->labels);
    if (!data->labels)
        return kiln_fail_memory(err, 0, path);
    data->samples.labels = data->labels;
    return number_classes(path, options->schema, *values, data, err);
}

static kiln_status read_labels(const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    idx_header header;
    input *in = NULL;
    void *values = NULL;
    kiln_status status = input_open(options->labels, options->stop, &in, err);
    if (status == KILN_OK)
        status = read_header(in, &header, err);
    if (status != KILN_OK)
        goto done;
    if (header.rank != 1 || header.values != data->samples.count) {
        char sizes[128];
        status = kiln_fail(err, KILN_EDATA, "%s: has %s labels for %zu samples: one a sample is needed", input_name(in),
                           show_sizes(&header, sizes), data->samples.count);
        goto done;
    }
    status = read_values(in, &header, false, &values, err);
    if (status == KILN_OK)
        status = store_labels(input_name(in), options, (float **)&values, data, err);
done:
    input_close(in);
    free(values);
    return status;
}

/* What the network says, and the file where that is silent. Columns without names, one a feature: a network that learnt images
 * reads tables, too. */
static kiln_status describe(const char *path, const kiln_schema *known, kiln_data *data, kiln_error *err)
{
    kiln_schema *schema = &data->schema;
    const kiln_samples *samples = &data->samples;
    const kiln_status status = known ? schema_copy(known, schema, err) : KILN_OK;
    if (status != KILN_OK)
        return status;
    if (schema->task == KILN_TASK_AUTO)
        schema->task = samples->y ? KILN_REGRESSION : samples->labels ? KILN_CLASSIFICATION : KILN_TASK_AUTO;
    if (schema->classes == 0)
        schema->classes = samples->classes;
    if (schema->columns > 0 || samples->features > MAX_COLUMNS)
        return KILN_OK;
    schema->column = mem_zeroed(samples->features, sizeof *schema->column);
    if (!schema->column)
        return kiln_fail_memory(err, 0, path);
    schema->columns = samples->features;
    return KILN_OK;
}

static kiln_status check_shape(const input *in, const idx_header *header, const kiln_schema *known, kiln_error *err)
{
    size_t features;
    if (header->rank < 2)
        return kiln_fail(err, KILN_EDATA, "%s: has one dimension, as labels have; samples have two or more", input_name(in));
    const size_t own = header->values / header->size[0];
    if (known && known->columns > 0 && (!schema_features(known, &features) || features != own))
        return kiln_fail(err, KILN_EDATA, "%s: has %zu values a sample, the network reads %zu", input_name(in), own, features);
    return KILN_OK;
}

/* Three dimensions are grey pictures, four may be coloured ones. */
static kiln_image image_of(const idx_header *header)
{
    const size_t channels = header->rank == 4 ? header->size[3] : 1;
    if (header->rank < 3 || header->rank > 4 || (channels != 1 && channels != 3))
        return (kiln_image){ 0 };
    return (kiln_image){ header->size[1], header->size[2], channels };
}

kiln_status idx_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    idx_header header;
    if (options->target)
        return kiln_fail(err, KILN_EINVAL, "%s: is an IDX file, which has no column '%s': targets are in a file of labels",
                         input_name(in), options->target);
    kiln_status status = read_header(in, &header, err);
    if (status == KILN_OK)
        status = check_shape(in, &header, options->schema, err);
    if (status != KILN_OK)
        return status;
    const bool keep = header.type->code == 0x08;
    status = read_values(in, &header, keep, &data->x, err);
    if (status != KILN_OK)
        return status;
    data->samples.count = header.size[0];
    data->samples.features = header.values / header.size[0];
    data->samples.element = keep ? KILN_ELEMENT_U8 : KILN_ELEMENT_F32;
    data->samples.x = data->x;
    data->image = image_of(&header);
    if (options->labels && !options->no_target)
        status = read_labels(options, data, err);
    return status == KILN_OK ? describe(input_name(in), options->schema, data, err) : status;
}

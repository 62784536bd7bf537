/* The values of an array: each type's bits as a number, either order of bytes, either order of indices. */
#include "data/array.h"

#include "base/memory.h"
#include "data/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 /* bytes, a multiple of every type's */, FIRST_ROOM = 1 << 20 };

static double from_unsigned(uint64_t bits)
{
    return (double)bits;
}

static double from_signed(uint64_t bits, unsigned width)
{
    const uint64_t sign = (uint64_t)1 << (width - 1);
    return bits & sign ? -(double)(sign - (bits - sign)) : (double)bits;
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

static double from_i64(uint64_t bits)
{
    return from_signed(bits, 64);
}

static double from_bool(uint64_t bits)
{
    return bits != 0 ? 1.0 : 0.0;
}

/* IEEE 754's binary16: 1 bit of sign, 5 of exponent, 10 of mantissa. */
static double from_f16(uint64_t bits)
{
    const int exponent = (int)(bits >> 10 & 0x1f);
    const double mantissa = (double)(bits & 0x3ff);
    double size;
    if (exponent == 0x1f)
        size = mantissa > 0.0 ? (double)NAN : (double)INFINITY;
    else
        size = exponent == 0 ? ldexp(mantissa, -24) : ldexp(mantissa + 1024.0, exponent - 25);
    return bits & 0x8000 ? -size : size;
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

const array_type array_u8 = { 1, true, from_unsigned };
const array_type array_u16 = { 2, true, from_unsigned };
const array_type array_u32 = { 4, true, from_unsigned };
const array_type array_u64 = { 8, true, from_unsigned };
const array_type array_i8 = { 1, true, from_i8 };
const array_type array_i16 = { 2, true, from_i16 };
const array_type array_i32 = { 4, true, from_i32 };
const array_type array_i64 = { 8, true, from_i64 };
const array_type array_bool = { 1, true, from_bool };
const array_type array_f16 = { 2, false, from_f16 };
const array_type array_f32 = { 4, false, from_f32 };
const array_type array_f64 = { 8, false, from_f64 };

const char *array_sizes(const array_header *header, char text[ARRAY_SIZES])
{
    size_t used = 0; /* 8 numbers of at most 20 digits fit */
    text[0] = '\0';
    for (size_t i = 0; i < header->rank; i++)
        used += (size_t)snprintf(text + used, ARRAY_SIZES - used, "%s%zu", i > 0 ? " x " : "", header->size[i]);
    return text;
}

kiln_status array_check(const input *in, array_header *header, size_t before, kiln_error *err)
{
    char sizes[ARRAY_SIZES];
    size_t length, needed;
    bool fits = true;
    header->values = 1;
    for (size_t i = 0; i < header->rank; i++) {
        if (header->size[i] == 0)
            return kiln_fail(err, KILN_EDATA, "%s: dimension %zu is 0: there are no values", input_name(in), i);
        fits = fits && size_product(header->values, header->size[i], &header->values);
    }
    if (!fits || !size_product(header->values, header->type->bytes, &needed) || !size_sum(needed, before, &needed))
        return kiln_fail(err, KILN_EDATA, "%s: announces %s values, more than there are addresses", input_name(in),
                         array_sizes(header, sizes));
    if (header->size[0] > UINT32_MAX)
        return kiln_fail(err, KILN_EDATA, "%s: announces %s values, more samples than the %lu that can be counted", input_name(in),
                         array_sizes(header, sizes), (unsigned long)UINT32_MAX);
    if (input_length(in, &length) && length != needed)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu bytes, its header announces %s values, which need %zu", input_name(in),
                         length, array_sizes(header, sizes), needed);
    return KILN_OK;
}

/* Where the i-th value of the file belongs in the order of C. */
static size_t place_of(const array_header *header, size_t i)
{
    size_t place = 0, stride = header->values;
    if (!header->by_columns)
        return i;
    for (size_t d = 0; d < header->rank; d++) {
        stride /= header->size[d];
        place += i % header->size[d] * stride;
        i /= header->size[d];
    }
    return place;
}

static kiln_status decode(const input *in, const array_header *header, const unsigned char *bytes, size_t count, size_t first,
                          array_form form, void *values, kiln_error *err)
{
    const size_t width = header->type->bytes, features = header->values / header->size[0];
    for (size_t i = 0; i < count; i++) {
        const unsigned char *at = bytes + i * width;
        uint64_t bits = 0;
        for (size_t b = 0; b < width; b++)
            bits = bits << 8 | at[header->little ? width - 1 - b : b];
        const double value = header->type->value(bits);
        if (!number_fits_float(value) && !(form == ARRAY_CELLS && isnan(value))) { /* NaN fits none */
            const size_t place = place_of(header, first + i);
            return kiln_fail(err, KILN_EDATA, "%s: sample %zu, value %zu: %g is not a finite float32", input_name(in),
                             place / features, place % features, value);
        }
        if (form == ARRAY_FLOAT)
            ((float *)values)[first + i] = (float)value;
        else
            ((double *)values)[first + i] = value;
    }
    return KILN_OK;
}

/* Makes room for values that come next: all of them where the file was seen to have them, else in step with what came. */
static kiln_status make_room(const input *in, const array_header *header, size_t have, size_t element, void **values, size_t *room,
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

/* Puts values that stand as in the file into the order of C. */
static kiln_status turn(const input *in, const array_header *header, size_t element, void **values, kiln_error *err)
{
    char *turned = mem_alloc(header->values, element);
    const char *from = *values;
    if (!turned)
        return kiln_fail_memory(err, header->values * element, input_name(in)); /* they are there once, so that fits */
    for (size_t i = 0; i < header->values; i++)
        memcpy(turned + place_of(header, i) * element, from + i * element, element);
    free(*values);
    *values = turned;
    return KILN_OK;
}

static kiln_status check_end(input *in, const array_header *header, kiln_error *err)
{
    char sizes[ARRAY_SIZES];
    unsigned char more;
    size_t got;
    const kiln_status status = input_read(in, &more, 1, &got, err);
    if (status == KILN_OK && got > 0)
        return kiln_fail(err, KILN_EDATA, "%s: has bytes behind the %s values that its header announces", input_name(in),
                         array_sizes(header, sizes));
    return status;
}

kiln_status array_read(input *in, const array_header *header, array_form form, void **values, kiln_error *err)
{
    const size_t element = form == ARRAY_BYTES ? 1 : form == ARRAY_FLOAT ? sizeof(float) : sizeof(double);
    const size_t bytes = header->type->bytes;
    const bool keep = form == ARRAY_BYTES;
    unsigned char chunk[CHUNK];
    char sizes[ARRAY_SIZES];
    size_t room = 0, got = 0;
    *values = NULL;
    for (size_t have = 0; have < header->values; have += got) {
        kiln_status status = make_room(in, header, have, element, values, &room, err);
        const size_t most = room - have < CHUNK / bytes ? room - have : CHUNK / bytes;
        if (status == KILN_OK)
            status = input_read(in, keep ? (unsigned char *)*values + have : chunk, most * bytes, &got, err);
        if (status != KILN_OK)
            return status;
        if (got < most * bytes)
            return kiln_fail(err, KILN_EDATA, "%s: ends after %zu of the %s values that its header announces", input_name(in),
                             have + got / bytes, array_sizes(header, sizes));
        got = most;
        if (!keep)
            status = decode(in, header, chunk, got, have, form, *values, err);
        if (status != KILN_OK)
            return status;
    }
    const kiln_status status = check_end(in, header, err);
    return status == KILN_OK && header->by_columns && header->rank > 1 ? turn(in, header, element, values, err) : status;
}

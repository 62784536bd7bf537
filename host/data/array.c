/* The values of an array: each type's bits as a number, either order of bytes, either order of indices. */
#include "data/array.h"

#include "base/memory.h"
#include "data/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16 /* bytes, a multiple of every type's */, FIRST_ROOM = 1 << 20, TURN_BYTES = 16 << 20, LOOK = 1 << 20 };

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

static kiln_status fail_value(const input *in, const array_header *header, size_t at, double value, kiln_error *err)
{
    const size_t place = place_of(header, at), features = header->values / header->size[0];
    return kiln_fail(err, KILN_EDATA, "%s: sample %zu, value %zu: %g is not a finite float32", input_name(in), place / features,
                     place % features, value);
}

static kiln_status decode(const input *in, const array_header *header, const unsigned char *bytes, size_t count, size_t first,
                          array_form form, void *values, kiln_error *err)
{
    const size_t width = header->type->bytes;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *at = bytes + i * width;
        uint64_t bits = 0;
        for (size_t b = 0; b < width; b++)
            bits = bits << 8 | at[header->little ? width - 1 - b : b];
        const double value = header->type->value(bits);
        if (!number_fits_float(value) && !(form == ARRAY_CELLS && isnan(value))) /* NaN fits none */
            return fail_value(in, header, first + i, value, err);
        if (form == ARRAY_FLOAT)
            ((float *)values)[i] = (float)value;
        else
            ((double *)values)[i] = value;
    }
    return KILN_OK;
}

static size_t form_bytes(array_form form)
{
    return form == ARRAY_BYTES ? 1 : form == ARRAY_FLOAT ? sizeof(float) : sizeof(double);
}

kiln_status array_values(input *in, const array_header *header, array_form form, size_t first, size_t count, void *values,
                         kiln_error *err)
{
    const size_t bytes = header->type->bytes;
    const bool keep = form == ARRAY_BYTES;
    unsigned char chunk[CHUNK], *to = values;
    char sizes[ARRAY_SIZES];
    size_t got;
    for (size_t have = 0; have < count;) {
        const size_t most = count - have < CHUNK / bytes ? count - have : CHUNK / bytes;
        kiln_status status = input_read(in, keep ? to + have : chunk, most * bytes, &got, err);
        if (status != KILN_OK)
            return status;
        if (got < most * bytes)
            return kiln_fail(err, KILN_EDATA, "%s: ends after %zu of the %s values that its header announces", input_name(in),
                             first + have + got / bytes, array_sizes(header, sizes));
        if (!keep)
            status = decode(in, header, chunk, most, first + have, form, to + have * form_bytes(form), err);
        if (status != KILN_OK)
            return status;
        have += most;
    }
    return KILN_OK;
}

kiln_status array_end(input *in, const array_header *header, kiln_error *err)
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

/* Makes room for values that come next: all of them where the file was seen to have them, else in step with what came. */
static kiln_status make_room(const input *in, const array_header *header, size_t have, size_t element, spill *values, size_t *room,
                             kiln_error *err)
{
    size_t length, wanted = header->values;
    if (!input_length(in, &length) && wanted / 2 > have && wanted > FIRST_ROOM)
        wanted = have > FIRST_ROOM / 2 ? have * 2 : FIRST_ROOM;
    *room = wanted;
    return spill_resize(values, wanted, element, input_name(in), err);
}

/* Puts values that stand as in the file into the order of C: some samples at a time, so that those of a large file stay in memory
 * until their last value has come. */
static kiln_status turn(const input *in, const array_header *header, size_t element, spill *values, kiln_error *err)
{
    const size_t samples = header->size[0], features = header->values / samples, some = TURN_BYTES / element / features + 1;
    spill turned = { .budget = values->budget };
    size_t read = 0, written = 0;
    const kiln_status status = spill_resize(&turned, header->values, element, input_name(in), err);
    if (status != KILN_OK)
        return status;
    for (size_t first = 0; first < samples; first += some) {
        const size_t end = samples - first < some ? samples : first + some;
        for (size_t f = 0; f < features; f++) {
            const char *from = (const char *)values->at + f * samples * element; /* one value of all samples */
            char *to = (char *)turned.at + place_of(header, f * samples) * element;
            for (size_t s = first; s < end; s++)
                memcpy(to + s * features * element, from + s * element, element);
        }
        spill_passed(values, (end - first) * features * element, &read);
        spill_passed(&turned, (end - first) * features * element, &written);
    }
    spill_free(values);
    *values = turned;
    return KILN_OK;
}

static bool machine_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* Whether the file's own bytes can serve as the values, and should, since there is no memory for a copy. */
static bool can_map(const input *in, const array_header *header, array_form form, const spill *values, size_t place)
{
    size_t length;
    const bool same = form == ARRAY_BYTES || (form == ARRAY_FLOAT && header->type == &array_f32 &&
                                              header->little == machine_is_little() && place % sizeof(float) == 0);
    return same && !(header->by_columns && header->rank > 1) && input_length(in, &length) &&
           spill_exceeds(values->budget, header->values * form_bytes(form));
}

static kiln_status map_values(input *in, const array_header *header, array_form form, size_t place, spill *values, kiln_error *err)
{
    kiln_status status = input_map(in, place, header->values * form_bytes(form), values, err);
    const float *number = values->at;
    size_t passed = 0;
    for (size_t i = 0; form == ARRAY_FLOAT && status == KILN_OK && i < header->values; i++) {
        if (!isfinite(number[i]))
            return fail_value(in, header, i, (double)number[i], err);
        if (i % LOOK == 0)
            status = input_check_stop(in, err);
        if (i % LOOK == LOOK - 1)
            spill_passed(values, LOOK * sizeof *number, &passed);
    }
    return status;
}

kiln_status array_read(input *in, const array_header *header, array_form form, spill *values, kiln_error *err)
{
    const size_t element = form_bytes(form);
    size_t length, room = 0, passed = 0, some;
    input_length(in, &length);
    const size_t place = length - header->values * header->type->bytes; /* of the values, where the length is known */
    if (can_map(in, header, form, values, place))
        return map_values(in, header, form, place, values, err);
    for (size_t have = 0; have < header->values; have += some) {
        kiln_status status = have == room ? make_room(in, header, have, element, values, &room, err) : KILN_OK;
        some = room - have < LOOK ? room - have : LOOK;
        if (status == KILN_OK)
            status = array_values(in, header, form, have, some, (char *)values->at + have * element, err);
        if (status != KILN_OK)
            return status;
        spill_passed(values, some * element, &passed);
    }
    const kiln_status status = array_end(in, header, err);
    return status == KILN_OK && header->by_columns && header->rank > 1 ? turn(in, header, element, values, err) : status;
}

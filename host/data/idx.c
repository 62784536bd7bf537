/* IDX, the format of MNIST: 0, 0, type, rank; the dimensions as 32 bits, big endian; the values. */
#include "data/array.h"

static const struct {
    unsigned char code;
    const array_type *type;
} types[] = {
    { 0x08, &array_u8 },  { 0x09, &array_i8 },  { 0x0b, &array_i16 },
    { 0x0c, &array_i32 }, { 0x0d, &array_f32 }, { 0x0e, &array_f64 },
};

bool idx_begins(const unsigned char *bytes, size_t count)
{
    return count >= 2 && bytes[0] == 0 && bytes[1] == 0;
}

static kiln_status fail_short(const input *in, kiln_error *err)
{
    return kiln_fail(err, KILN_EDATA, "%s: ends inside its IDX header", input_name(in));
}

static kiln_status read_magic(input *in, array_header *header, kiln_error *err)
{
    unsigned char magic[4];
    size_t count;
    const kiln_status status = input_read(in, magic, sizeof magic, &count, err);
    if (status != KILN_OK)
        return status;
    if (count < sizeof magic)
        return fail_short(in, err);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == magic[2])
            header->type = types[i].type;
    if (!header->type)
        return kiln_fail(err, KILN_EDATA, "%s: has IDX type 0x%02x; known are 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e", input_name(in),
                         magic[2]);
    header->rank = magic[3];
    if (header->rank < 1 || header->rank > ARRAY_MAX_RANK)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu dimensions, should be 1 to %d", input_name(in), header->rank,
                         ARRAY_MAX_RANK);
    return KILN_OK;
}

kiln_status idx_header(input *in, array_header *header, kiln_error *err)
{
    unsigned char bytes[4 * ARRAY_MAX_RANK];
    size_t count;
    *header = (array_header){ 0 };
    kiln_status status = read_magic(in, header, err);
    if (status == KILN_OK)
        status = input_read(in, bytes, 4 * header->rank, &count, err);
    if (status != KILN_OK)
        return status;
    if (count < 4 * header->rank)
        return fail_short(in, err);
    for (size_t i = 0; i < header->rank; i++) {
        const unsigned char *b = bytes + 4 * i;
        header->size[i] = (size_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
    }
    return array_check(in, header, 4 + 4 * header->rank, err);
}

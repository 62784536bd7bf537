/* Arrays as IDX and NumPy store them: a header that says type and dimensions, and the values behind it. */
#ifndef KILN_DATA_ARRAY_H
#define KILN_DATA_ARRAY_H

#include "base/spill.h"
#include "data/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ARRAY_MAX_RANK = 8, ARRAY_SIZES = 256 };

/* What the values are, whatever their order of bytes. */
typedef struct array_type {
    size_t bytes;                   /* of a value: 1, 2, 4 or 8 */
    bool whole;                     /* integers and truth values */
    double (*value)(uint64_t bits); /* from a value's bits */
} array_type;

extern const array_type array_u8, array_u16, array_u32, array_u64, array_i8, array_i16, array_i32, array_i64, array_bool, array_f16,
    array_f32, array_f64;

typedef struct array_header {
    const array_type *type;
    bool little;                       /* the lowest byte comes first */
    bool by_columns;                   /* the first index moves fastest (Fortran's order), not the last */
    size_t rank, size[ARRAY_MAX_RANK]; /* 1 to ARRAY_MAX_RANK dimensions, none of them 0 */
    size_t values;                     /* in all */
} array_header;

/* How values are wanted. */
typedef enum array_form {
    ARRAY_BYTES, /* of array_u8 alone */
    ARRAY_FLOAT,
    ARRAY_DOUBLE,
    ARRAY_CELLS, /* of a table: double, and NaN for a missing value */
} array_form;

/* "60000 x 28 x 28", for messages. Returns `text`. */
const char *array_sizes(const array_header *header, char text[ARRAY_SIZES]);

/* Multiplies the dimensions into header->values, and compares what that needs with the file where its length is known;
 * `before` bytes were the header's. Returns KILN_EDATA. */
kiln_status array_check(const input *in, array_header *header, size_t before, kiln_error *err);

/* Reads the values to the input's very end, into the order of C. Memory is taken for what came, not for what is announced, unless
 * the file was seen to have it; where it is beyond the budget, values that are in a plain file as they are wanted stay there. A
 * value that is not a finite float32 is an error, but NaN in ARRAY_CELLS.
 *
 * *values  empty; freed with spill_free, after a failure too.
 *
 * Returns KILN_EDATA, KILN_EIO, KILN_ENOMEM, KILN_EINTERRUPTED. */
kiln_status array_read(input *in, const array_header *header, array_form form, spill *values, kiln_error *err);

/* Reads the next `count` values, the first of which is number `first`, in the file's order. Returns as array_read. */
kiln_status array_values(input *in, const array_header *header, array_form form, size_t first, size_t count, void *values,
                         kiln_error *err);

/* Fails where there are bytes behind the last value. Returns as array_read. */
kiln_status array_end(input *in, const array_header *header, kiln_error *err);

/* Reads what comes next and must be the header of an array, IDX's (idx.c) or NumPy's (npy.c). Return as array_read. */
kiln_status idx_header(input *in, array_header *header, kiln_error *err);
kiln_status npy_header(input *in, array_header *header, kiln_error *err);

/* Whether a file that begins with these bytes is one. */
bool idx_begins(const unsigned char *bytes, size_t count);
bool npy_begins(const unsigned char *bytes, size_t count);

#endif

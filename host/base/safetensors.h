/* The safetensors container: named tensors and texts <-> a file. No idea of networks.
 *
 * Layout: 8 bytes length N (little endian), N bytes JSON header, tensors one after the other to the very end.
 * Stricter than the format asks: header <= 16 MiB, <= 4096 tensors, names <= 256 bytes without control characters, rank <= 4, no
 * duplicate names, JSON no deeper than 8, tensors contiguous without holes; every size is checked against the file's real length
 * before it is used. */
#ifndef KILN_BASE_SAFETENSORS_H
#define KILN_BASE_SAFETENSORS_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { TENSOR_MAX_RANK = 4, TENSOR_MAX_HEADER = 16 << 20 };

typedef enum tensor_type { TENSOR_F32, TENSOR_F64, TENSOR_OTHER /* another type of the format; kept, not readable */ } tensor_type;

typedef struct tensor {
    char *name;
    tensor_type type;
    size_t rank, shape[TENSOR_MAX_RANK], elements;
    const unsigned char *bytes; /* little endian, any alignment */
} tensor;

typedef struct tensor_file {
    size_t tensors;
    tensor *tensor;
    size_t entries;         /* of __metadata__ */
    char **key, **value;    /* (entries) */
    unsigned char *content; /* the file; tensors point into it */
} tensor_file;

/* Reads a file, or one that is already in memory: bytes are copied, content is taken over, also on failure; `path` is for messages.
 * *file is emptied with tensors_free. Returns KILN_EIO, KILN_EDATA, KILN_ENOMEM. */
kiln_status tensors_load(const char *path, tensor_file *file, kiln_error *err);
kiln_status tensors_parse(const char *path, const unsigned char *bytes, size_t count, tensor_file *file, kiln_error *err);
kiln_status tensors_take(const char *path, unsigned char *content, size_t count, tensor_file *file, kiln_error *err);
void tensors_free(tensor_file *file);

/* The tensor or metadata text of a name; NULL where there is none. */
const tensor *tensors_find(const tensor_file *file, const char *name);
const char *tensors_metadata(const tensor_file *file, const char *key);

/* The tensor's values as double. transposed: of a matrix (rows, columns), values gets (columns, rows).
 * False for TENSOR_OTHER, or for transposed where rank is not 2. */
bool tensor_values(const tensor *t, bool transposed, double *values);

/* One tensor to write. */
typedef struct tensor_source {
    const char *name;
    tensor_type type;
    size_t rank, shape[TENSOR_MAX_RANK]; /* as on file */
    bool transposed;                     /* values are (shape[1], shape[0]) */
    const double *values;
} tensor_source;

typedef struct tensor_text {
    const char *key, *value;
} tensor_text;

/* Writes a file, whole or not at all, without a second copy of the tensors in memory. Returns KILN_EIO, KILN_ENOMEM,
 * KILN_EINVAL (a text is not UTF-8, the header would be larger than what is read). */
kiln_status tensors_save(const char *path, const tensor_source *sources, size_t tensors, const tensor_text *texts, size_t entries,
                         kiln_error *err);

#endif

/* Constants of an ONNX graph as numbers, every size checked against the bytes that are there. */
#ifndef KILN_MODEL_ONNX_TENSOR_H
#define KILN_MODEL_ONNX_TENSOR_H

#include "base/status.h"
#include "model/onnx.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ONNX_MAX_RANK = 4 };

/* Floats or doubles, all of them there: a tensor's, or an attribute's. */
typedef struct onnx_numbers {
    const Onnx__TensorProto *tensor; /* NULL: none */
    const float *list;               /* instead of a tensor; NULL: none */
    size_t rank, shape[ONNX_MAX_RANK], elements;
} onnx_numbers;

/* Checks a tensor. Returns KILN_EDATA, KILN_EUNSUPPORTED (another type than float and double, values in another file). */
kiln_status onnx_numbers_check(const char *path, const Onnx__TensorProto *tensor, onnx_numbers *numbers, kiln_error *err);

/* One of its numbers, in row-major order. */
double onnx_number_at(const onnx_numbers *numbers, size_t i);

/* Reads a tensor of so many 64-bit integers; false where it is none. */
bool onnx_integers(const Onnx__TensorProto *tensor, size_t count, int64_t *values);

/* A name from a file for a message: itself where it can be shown, else a word that says so. NULL too. */
const char *onnx_shown(const char *name);

#endif

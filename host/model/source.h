/* C source text as it grows: formatted pieces, numbers and strings that read back as they were. */
#ifndef KILN_MODEL_SOURCE_H
#define KILN_MODEL_SOURCE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Where memory ran out, `failed` is set and nothing is added from then on. */
typedef struct source {
    char *text;
    size_t length, room;
    bool failed;
} source;

void source_add(source *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A float literal: the shortest decimal that is this very number. */
void source_add_float(source *s, float value);

/* `static const float NAME[COUNT] = { ... };`, with an indentation before it. */
void source_add_floats(source *s, const char *indent, const char *name, size_t count, const float *values);

/* A string literal: C escapes, and octal ones for what is not ASCII. */
void source_add_string(source *s, const char *text);

/* The function NAME_WHAT_name(number): its names, each with a comma, are added between the two. */
void source_begin_names(source *s, const char *name, const char *what);
void source_end_names(source *s);

/* Writes it to a file, whole or not at all, and frees it, whatever is returned. Returns KILN_EIO, KILN_ENOMEM. */
kiln_status source_save(source *s, const char *path, kiln_error *err);

#endif

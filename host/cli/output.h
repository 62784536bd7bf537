/* Results: text to standard output or to a file that is written whole or not at all; CSV fields, numbers, JSON. */
#ifndef KILN_CLI_OUTPUT_H
#define KILN_CLI_OUTPUT_H

#include <jansson.h>
#include <kiln/kiln.h>
#include <stdio.h>

/* Where a command's result goes. */
typedef struct output {
    FILE *stream;
    const char *path; /* NULL: standard output */
    char *temporary;  /* the file beside `path`; NULL where path is no regular file, and is written as it is */
} output;

/* Begins a result; path NULL or "-" is standard output. */
kiln_status output_begin(const char *path, output *out, kiln_error *err);

/* Ends it: all is written, and the file has its name. On failure the file is as it was before. */
kiln_status output_commit(output *out, kiln_error *err);

/* Gives it up. Fine after output_commit, and for a zeroed output. */
void output_abandon(output *out);

/* Fails early where a file could not be written at the end: no such folder, a folder itself, no permission. */
kiln_status output_possible(const char *path, kiln_error *err);

/* Fails where `path` is the very file that is read as `input`; NULL and "-" are no files. */
kiln_status output_spares(const char *path, const char *input, kiln_error *err);

/* A text as one field of a CSV line, quoted where it must be. */
void write_field(FILE *stream, const char *text);

/* The shortest digits that read back as the same number of that precision. */
void write_number(FILE *stream, double number, kiln_precision precision);

/* A JSON number; null for NaN and infinities. */
json_t *number_or_null(double number);

/* A JSON string; bytes that are no UTF-8 become '?'. null for NULL. */
json_t *text_or_null(const char *text);

/* Prints one JSON object on standard output, and drops it. object may be NULL, when there was no memory for it. */
kiln_status print_json(json_t *object, kiln_error *err);

/* Flushes standard output; the exit code: `code`, or 1 when not all of it could be written. */
int output_finish(int code);

#endif

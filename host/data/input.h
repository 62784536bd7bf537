/* Bytes from a file, standard input or elsewhere, a block at a time; gzip is seen by its content and unpacked on the way. */
#ifndef KILN_DATA_INPUT_H
#define KILN_DATA_INPUT_H

#include "base/spill.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct input input;

/* Opens a file; "-" is standard input, which stays open when the input is closed.
 * stop is looked at before each block; NULL: never. Returns KILN_EIO, KILN_ENOMEM. */
kiln_status input_open(const char *path, kiln_stop *stop, input **in, kiln_error *err);

/* Bytes from elsewhere than a file of their own. */
typedef struct input_source {
    void *context;
    kiln_status (*read)(void *context, void *to, size_t room, size_t *count, kiln_error *err); /* *count 0: the end */
    void (*close)(void *context);
} input_source;

/* The same for other bytes, whose number is not known before they are read. `name` is borrowed. source->close is called when the
 * input is closed, and on failure. Returns KILN_ENOMEM. */
kiln_status input_open_source(const char *name, const input_source *source, kiln_stop *stop, input **in, kiln_error *err);

/* The block that comes next, which stays next. *count is 0 at the end only; every block but the last is full.
 * Returns KILN_EIO, KILN_EDATA (damaged gzip), KILN_ENOMEM, KILN_EINTERRUPTED. */
kiln_status input_peek(input *in, const unsigned char **bytes, size_t *count, kiln_error *err);

/* The block that comes next; valid until the next call. Returns as input_peek. */
kiln_status input_block(input *in, const unsigned char **bytes, size_t *count, kiln_error *err);

/* Passes over UTF-8's byte order mark where it comes next. Returns as input_peek. */
kiln_status input_skip_mark(input *in, kiln_error *err);

/* Copies the next `room` bytes, fewer at the end: *count says how many. Returns as input_peek. */
kiln_status input_read(input *in, void *to, size_t room, size_t *count, kiln_error *err);

/* Bytes in all where that is known before they are read: a plain file. Else false. */
bool input_length(const input *in, size_t *length);

/* Copies bytes from any place of a plain file, fewer at its end; what comes next stays so. Of use where input_length is true.
 * Returns KILN_EIO, KILN_EINTERRUPTED. */
kiln_status input_read_at(input *in, size_t place, void *to, size_t room, size_t *count, kiln_error *err);

/* Makes an array of bytes at any place of a plain file, without a copy. Of use as input_read_at is. Returns KILN_EIO. */
kiln_status input_map(const input *in, size_t place, size_t bytes, spill *array, kiln_error *err);

/* KILN_EINTERRUPTED once the input's stop flag is raised. */
kiln_status input_check_stop(const input *in, kiln_error *err);

/* How messages call the file. */
const char *input_name(const input *in);

/* NULL is fine. */
void input_close(input *in);

#endif

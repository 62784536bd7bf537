/* The log of a training: a file of lines, each a JSON object, one an epoch (JSON Lines). Written by kiln train, read by kiln plot.
 *
 *     {"epoch":1,"step":41,"loss":1.04,"validation_loss":0.52,"validation_accuracy":0.93,"learning_rate":0.003,
 *      "seconds":0.21,"samples_per_second":151000}
 *
 * in one line. The keys are an interface: none is ever renamed. What is not known is null. */
#ifndef KILN_CLI_EPOCH_LOG_H
#define KILN_CLI_EPOCH_LOG_H

#include <kiln/kiln.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One epoch; all but the epoch may be NaN. */
typedef struct epoch_row {
    double epoch; /* from 1; increasing from row to row */
    double step;  /* of the whole training, when the epoch was done */
    double loss, validation_loss, validation_accuracy, learning_rate, seconds, samples_per_second;
    long long end; /* bytes from the file's beginning to the end of its line */
} epoch_row;

typedef struct epoch_log {
    epoch_row *row; /* (count), freed with free() */
    size_t count;
} epoch_log;

/* Reads a log. A last line that does not end, and is no object, is left out: a crash leaves such a one.
 *
 * path  for messages.
 * log   filled on success.
 *
 * Returns KILN_EDATA (file and line are named), KILN_EIO, KILN_ENOMEM. */
kiln_status epoch_log_read(FILE *stream, const char *path, epoch_log *log, kiln_error *err);

/* A log that is being written. */
typedef struct epoch_writer {
    FILE *stream; /* NULL: none */
    const char *path;
    bool resumed, begun; /* it had lines before; it has its first one of this run */
    epoch_log before;    /* of a resumed one */
} epoch_writer;

/* Opens a log. One that is there is emptied, or with `resume` kept up to the epoch that comes first.
 * Returns KILN_EDATA where what is there is no log, KILN_EIO, KILN_ENOMEM. */
kiln_status epoch_writer_open(const char *path, bool resume, epoch_writer *writer, kiln_error *err);

/* Appends the line of an epoch that is done, and writes it out. Returns KILN_EIO. */
kiln_status epoch_writer_append(epoch_writer *writer, const kiln_progress *now, kiln_error *err);

/* Fine for a writer that was never opened. */
void epoch_writer_close(epoch_writer *writer);

#endif

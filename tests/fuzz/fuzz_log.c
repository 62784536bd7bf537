/* Any bytes as the log of a training: what is read is in order, finite or not known, and within the file; no message has
 * control characters. */
#define _GNU_SOURCE
#include "epoch_log.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void check_row(const epoch_row *row, const epoch_row *before, size_t count)
{
    const double figures[] = { row->step,          row->loss,    row->validation_loss,   row->validation_accuracy,
                               row->learning_rate, row->seconds, row->samples_per_second };
    if (!isfinite(row->epoch) || row->epoch != floor(row->epoch) || row->epoch <= (before ? before->epoch : 0.0))
        abort();
    if (row->end <= (before ? before->end : 0) || (size_t)row->end > count)
        abort();
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (isinf(figures[i]))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    epoch_log log = { 0 };
    kiln_error err = { 0 };
    FILE *stream = count > 0 ? fmemopen((void *)(uintptr_t)bytes, count, "r") : fopen("/dev/null", "r");
    if (!stream)
        abort();
    const kiln_status status = epoch_log_read(stream, "log", &log, &err);
    if (status == KILN_OK ? log.count > count : log.count > 0 || !err.message[0])
        abort();
    for (const char *c = err.message; *c; c++)
        if ((unsigned char)*c < 0x20)
            abort();
    for (size_t i = 0; i < log.count; i++)
        check_row(&log.row[i], i > 0 ? &log.row[i - 1] : NULL, count);
    free(log.row);
    fclose(stream);
    return 0;
}

/* Writing the log of a training: a line an epoch, at once, and going on where a resumed training goes on. */
#include "epoch_log.h"

#include "message.h"
#include "output.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

kiln_status epoch_writer_open(const char *path, bool resume, epoch_writer *writer, kiln_error *err)
{
    struct stat about;
    const bool is_file = stat(path, &about) == 0 && S_ISREG(about.st_mode);
    kiln_status status = KILN_OK;
    *writer = (epoch_writer){ .path = path, .resumed = resume && is_file };
    writer->stream = fopen(path, writer->resumed ? "r+" : "w");
    if (!writer->stream)
        return fail(err, KILN_EIO, "%s: cannot be written: %s", path, strerror(errno));
    if (writer->resumed)
        status = epoch_log_read(writer->stream, path, &writer->before, err);
    if (status != KILN_OK)
        epoch_writer_close(writer);
    return status;
}

/* Cuts a resumed log behind the last epoch that comes before this one: later ones are trained once more. */
static bool go_on_from(epoch_writer *w, size_t epoch)
{
    size_t kept = w->before.count;
    while (kept > 0 && w->before.row[kept - 1].epoch >= (double)epoch)
        kept--;
    const off_t end = kept > 0 ? (off_t)w->before.row[kept - 1].end : 0;
    if (ftruncate(fileno(w->stream), end) != 0 || fseeko(w->stream, end > 0 ? end - 1 : 0, SEEK_SET) != 0)
        return false;
    const bool ended = end == 0 || getc(w->stream) == '\n'; /* one that was edited by hand may not */
    return fseeko(w->stream, end, SEEK_SET) == 0 && (ended || fputc('\n', w->stream) != EOF);
}

static void write_field_of(FILE *stream, const char *key, double value)
{
    fprintf(stream, ",\"%s\":", key);
    if (isfinite(value))
        write_number(stream, value, KILN_F64);
    else
        fputs("null", stream);
}

kiln_status epoch_writer_append(epoch_writer *w, const kiln_progress *now, kiln_error *err)
{
    errno = 0;
    bool written = w->begun || !w->resumed || go_on_from(w, now->epoch);
    w->begun = true;
    if (written) {
        fprintf(w->stream, "{\"epoch\":%zu,\"step\":%zu", now->epoch, (now->epoch - 1) * now->steps + now->step);
        write_field_of(w->stream, "loss", now->loss);
        write_field_of(w->stream, "validation_loss", now->validation_loss);
        write_field_of(w->stream, "validation_accuracy", now->validation_accuracy);
        write_field_of(w->stream, "learning_rate", now->learning_rate);
        write_field_of(w->stream, "seconds", now->seconds);
        write_field_of(w->stream, "samples_per_second", now->samples_per_second);
        fputs("}\n", w->stream);
        written = fflush(w->stream) == 0;
    }
    if (written)
        return KILN_OK;
    return fail(err, KILN_EIO, "%s: cannot be written: %s", w->path, strerror(errno ? errno : EIO));
}

void epoch_writer_close(epoch_writer *w)
{
    if (w->stream)
        fclose(w->stream);
    free(w->before.row);
    *w = (epoch_writer){ 0 };
}

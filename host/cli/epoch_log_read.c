/* Reading the log of a training, line by line. */
#include "epoch_log.h"

#include "message.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 4096, FIRST_ROWS = 64, SHOWN_MOST = 40 };

static const double epoch_most = 0x1p53; /* beyond it, not every whole number is a double */

typedef struct reader {
    FILE *stream;
    const char *path;
    size_t line; /* from 1 */
    char text[LINE_MOST];
    size_t length;   /* of text */
    bool ended;      /* the line has its end */
    long long bytes; /* read so far */
} reader;

static kiln_status fail_here(const reader *r, kiln_error *err, const char *said)
{
    fail(err, KILN_EDATA, "%s: line %zu %s", r->path, r->line, said);
    err->line = r->line;
    return KILN_EDATA;
}

/* The next line that is not empty; *any is false at the end of the file. */
static kiln_status next_line(reader *r, bool *any, kiln_error *err)
{
    int c = EOF;
    do {
        r->length = 0;
        r->line++;
        while (r->length < LINE_MOST && (c = getc(r->stream)) != EOF && c != '\n')
            r->text[r->length++] = (char)c;
        r->bytes += (long long)r->length + (c == '\n');
        if (r->length == LINE_MOST)
            return fail_here(r, err, "is longer than 4096 bytes: a log of kiln train has a short JSON object in each line");
        while (r->length > 0 && strchr(" \t\r", r->text[r->length - 1])) /* a 0 is found too: it is no JSON either way */
            r->length--;
    } while (r->length == 0 && c != EOF);
    if (ferror(r->stream))
        return fail(err, KILN_EIO, "%s: cannot be read: %s", r->path, strerror(errno ? errno : EIO));
    *any = r->length > 0;
    r->ended = c == '\n';
    return KILN_OK;
}

/* Puts a key's number into *to, NaN for null and where the key is not. */
static kiln_status take_number(const reader *r, const json_t *object, const char *key, double *to, kiln_error *err)
{
    const json_t *value = json_object_get(object, key);
    *to = NAN;
    if (!value || json_is_null(value))
        return KILN_OK;
    *to = json_number_value(value);
    if (json_is_number(value) && isfinite(*to))
        return KILN_OK;
    char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    char said[128 + SHOWN_MOST];
    snprintf(said, sizeof said, "has the \"%s\" %.*s, should be a number or null", key, SHOWN_MOST, shown ? shown : "?");
    free(shown);
    return fail_here(r, err, said);
}

static kiln_status take_row(const reader *r, const json_t *object, double before, epoch_row *row, kiln_error *err)
{
    const struct {
        const char *key;
        double *to;
    } fields[] = {
        { "epoch", &row->epoch },
        { "step", &row->step },
        { "loss", &row->loss },
        { "validation_loss", &row->validation_loss },
        { "validation_accuracy", &row->validation_accuracy },
        { "learning_rate", &row->learning_rate },
        { "seconds", &row->seconds },
        { "samples_per_second", &row->samples_per_second },
    };
    char said[128];
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const kiln_status status = take_number(r, object, fields[i].key, fields[i].to, err);
        if (status != KILN_OK)
            return status;
    }
    if (isnan(row->epoch))
        return fail_here(r, err, "has no \"epoch\": a log of kiln train has one in each line");
    if (row->epoch != floor(row->epoch) || row->epoch < 1.0 || row->epoch > epoch_most)
        snprintf(said, sizeof said, "has epoch %g, should be a whole number from 1 to %.0f", row->epoch, epoch_most);
    else if (row->epoch <= before)
        snprintf(said, sizeof said, "has epoch %g after epoch %g, should be a later one: a file is the log of one training",
                 row->epoch, before);
    else
        return KILN_OK;
    return fail_here(r, err, said);
}

/* The line as a row; *whole is false where it is a last one that was cut off. */
static kiln_status parse_line(const reader *r, double before, epoch_row *row, bool *whole, kiln_error *err)
{
    char said[JSON_ERROR_TEXT_LENGTH + 64];
    json_error_t error;
    errno = 0;
    json_t *object = json_loadb(r->text, r->length, JSON_REJECT_DUPLICATES, &error);
    *whole = object || r->ended;
    if (!object && errno == ENOMEM)
        return fail(err, KILN_ENOMEM, "%s: no memory left", r->path);
    if (!*whole)
        return KILN_OK;
    if (!json_is_object(object)) {
        snprintf(said, sizeof said, "is no JSON object%s%s", object ? "" : ": ", object ? "" : error.text);
        for (char *c = said; *c; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7f)
                *c = '?'; /* of the file's own text, which a terminal would obey */
        json_decref(object);
        return fail_here(r, err, said);
    }
    const kiln_status status = take_row(r, object, before, row, err);
    json_decref(object);
    return status;
}

static bool make_room(epoch_log *log, size_t *room)
{
    if (log->count < *room)
        return true;
    const size_t more = *room ? 2 * *room : FIRST_ROWS;
    epoch_row *rows = more <= SIZE_MAX / sizeof *rows ? realloc(log->row, more * sizeof *rows) : NULL;
    if (!rows)
        return false;
    log->row = rows;
    *room = more;
    return true;
}

kiln_status epoch_log_read(FILE *stream, const char *path, epoch_log *log, kiln_error *err)
{
    reader r = { .stream = stream, .path = path };
    epoch_log read = { 0 };
    epoch_row row = { 0 };
    size_t room = 0;
    bool any = true, whole = true;
    kiln_status status = next_line(&r, &any, err);
    while (status == KILN_OK && any) {
        status = parse_line(&r, row.epoch, &row, &whole, err);
        if (status == KILN_OK && whole && !make_room(&read, &room))
            status = fail(err, KILN_ENOMEM, "%s: no memory left", path);
        if (status != KILN_OK || !whole)
            break;
        row.end = r.bytes;
        read.row[read.count++] = row;
        status = next_line(&r, &any, err);
    }
    if (status == KILN_OK)
        *log = read;
    else
        free(read.row);
    return status;
}

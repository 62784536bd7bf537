/* TensorBoard's event files: records of TensorFlow's TFRecord, each with one Event as protocol buffers encode it. Of Event
 * (tensorboard/compat/proto/event.proto) six fields are written, so few that they are encoded here by hand. */
#include "event_file.h"

#include "message.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_MOST = 512 };

/* A field's number and how its value is encoded, in one byte. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };
enum {
    EVENT_WALL_TIME = 1 << 3 | FIXED64,
    EVENT_STEP = 2 << 3 | VARINT,
    EVENT_FILE_VERSION = 3 << 3 | BYTES,
    EVENT_SUMMARY = 5 << 3 | BYTES,
    EVENT_SESSION_LOG = 7 << 3 | BYTES,
    SUMMARY_VALUE = 1 << 3 | BYTES,
    VALUE_TAG = 1 << 3 | BYTES,
    VALUE_SIMPLE = 2 << 3 | FIXED32,
    SESSION_STATUS = 1 << 3 | VARINT,
};
enum { SESSION_START = 1 };

typedef struct message {
    unsigned char bytes[MESSAGE_MOST];
    size_t length;
} message;

static void put_byte(message *m, unsigned byte)
{
    if (m->length < MESSAGE_MOST)
        m->bytes[m->length++] = (unsigned char)byte;
}

/* Little-endian, as everything in these files. */
static void put_fixed(message *m, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        put_byte(m, (unsigned)(number >> (8 * i) & 0xff));
}

static void put_varint(message *m, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        put_byte(m, (unsigned)(number & 0x7f) | 0x80);
    put_byte(m, (unsigned)number);
}

static void put_bytes(message *m, unsigned field, const void *bytes, size_t length)
{
    put_byte(m, field);
    put_varint(m, length);
    for (size_t i = 0; i < length; i++)
        put_byte(m, ((const unsigned char *)bytes)[i]);
}

/* One scalar of a summary; none where it is not known. */
static void put_scalar(message *summary, const char *tag, double value)
{
    message m = { .length = 0 };
    const float single = (float)value;
    uint32_t bits;
    if (!isfinite(value))
        return;
    memcpy(&bits, &single, sizeof bits);
    put_bytes(&m, VALUE_TAG, tag, strlen(tag));
    put_byte(&m, VALUE_SIMPLE);
    put_fixed(&m, bits, sizeof bits);
    put_bytes(summary, SUMMARY_VALUE, m.bytes, m.length);
}

/* CRC-32C (Castagnoli), bit by bit, masked as TFRecord wants it. */
static uint32_t masked_checksum(const unsigned char *bytes, size_t length)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    crc = ~crc;
    return (crc >> 15 | crc << 17) + 0xa282ead8;
}

/* Writes an event with one field beside its time and step: a record is length, checksum of that, event, checksum of that. */
static void write_event(FILE *stream, uint64_t step, unsigned field, const void *content, size_t length)
{
    struct timespec now;
    message event = { .length = 0 }, head = { .length = 0 }, tail = { .length = 0 };
    uint64_t bits;
    clock_gettime(CLOCK_REALTIME, &now);
    const double seconds = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    memcpy(&bits, &seconds, sizeof bits);
    put_byte(&event, EVENT_WALL_TIME);
    put_fixed(&event, bits, sizeof bits);
    if (step > 0) {
        put_byte(&event, EVENT_STEP);
        put_varint(&event, step);
    }
    put_bytes(&event, field, content, length);
    put_fixed(&head, event.length, 8);
    put_fixed(&head, masked_checksum(head.bytes, head.length), 4);
    put_fixed(&tail, masked_checksum(event.bytes, event.length), 4);
    fwrite(head.bytes, 1, head.length, stream);
    fwrite(event.bytes, 1, event.length, stream);
    fwrite(tail.bytes, 1, tail.length, stream);
}

static kiln_status flush(event_file *file, kiln_error *err)
{
    errno = 0;
    if (fflush(file->stream) == 0 && !ferror(file->stream))
        return KILN_OK;
    return fail(err, KILN_EIO, "%s: cannot be written: %s", file->path, strerror(errno ? errno : EIO));
}

/* "FOLDER/events.out.tfevents.TIME.HOST.PROCESS.kiln": TensorBoard wants the word, and reads files in the order of names. */
static char *event_path(const char *folder)
{
    static const char word[] = "/events.out.tfevents.";
    char host[256] = "host";
    const size_t room = strlen(folder) + sizeof word + sizeof host + 64;
    char *path = malloc(room);
    if (!path)
        return NULL;
    if (gethostname(host, sizeof host) != 0)
        strcpy(host, "host");
    host[sizeof host - 1] = '\0';
    snprintf(path, room, "%s%s%010lld.%s.%ld.kiln", folder, word, (long long)time(NULL), host, (long)getpid());
    return path;
}

/* Makes a folder and those above it; 0, or the error's code. */
static int make_folders(char *path)
{
    struct stat about;
    for (char *slash = path + 1; *slash; slash++)
        if (*slash == '/') {
            *slash = '\0';
            const bool failed = mkdir(path, 0777) != 0 && errno != EEXIST;
            *slash = '/';
            if (failed)
                return errno;
        }
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode)))
        return 0;
    return errno == EEXIST ? ENOTDIR : errno;
}

kiln_status event_file_open(const char *folder, event_file *file, kiln_error *err)
{
    static const char version[] = "brain.Event:2";
    char *copy = strdup(folder);
    const int code = copy ? make_folders(copy) : ENOMEM;
    free(copy);
    if (code)
        return fail(err, KILN_EIO, "%s: the folder cannot be made: %s", folder, strerror(code));
    *file = (event_file){ .path = event_path(folder) };
    if (!file->path)
        return fail(err, KILN_ENOMEM, "%s: no memory left", folder);
    file->stream = fopen(file->path, "wb");
    if (!file->stream) {
        fail(err, KILN_EIO, "%s: cannot be written: %s", file->path, strerror(errno));
        event_file_close(file);
        return KILN_EIO;
    }
    write_event(file->stream, 0, EVENT_FILE_VERSION, version, sizeof version - 1);
    return flush(file, err);
}

kiln_status event_file_append(event_file *file, const kiln_progress *now, kiln_error *err)
{
    static const unsigned char start[] = { SESSION_STATUS, SESSION_START };
    message summary = { .length = 0 };
    if (!file->begun)
        write_event(file->stream, now->epoch, EVENT_SESSION_LOG, start, sizeof start);
    file->begun = true;
    put_scalar(&summary, "loss/train", now->loss);
    put_scalar(&summary, "loss/validation", now->validation_loss);
    put_scalar(&summary, "accuracy/validation", now->validation_accuracy);
    put_scalar(&summary, "learning_rate", now->learning_rate);
    put_scalar(&summary, "samples_per_second", now->samples_per_second);
    write_event(file->stream, now->epoch, EVENT_SUMMARY, summary.bytes, summary.length);
    return flush(file, err);
}

void event_file_close(event_file *file)
{
    if (file->stream)
        fclose(file->stream);
    free(file->path);
    *file = (event_file){ 0 };
}

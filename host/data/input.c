/* Bytes from a file, standard input or elsewhere, a block at a time; gzip is seen by its content and unpacked on the way. */
#include "data/input.h"

#include "base/fault.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 << 10, GZIP_WINDOW = 15 + 16 /* the largest, and gzip's frame around it */ };

struct input {
    const char *name;
    kiln_stop *stop;
    int descriptor; /* -1 where there is a source */
    input_source source;
    bool begun, gzip, unpacking; /* unpacking: inside a gzip member */
    bool ended;                  /* the file has no more bytes */
    bool length_known;
    size_t length;
    z_stream stream;
    unsigned char *raw;   /* (BLOCK) as in the file, before unpacking */
    unsigned char *block; /* (BLOCK) of which begin to end are still to be taken */
    size_t begin, end;
};

static kiln_status fail_errno(kiln_error *err, const char *name, const char *what)
{
    return kiln_fail(err, KILN_EIO, "%s: %s: %s", name, what, strerror(errno));
}

kiln_status input_check_stop(const input *in, kiln_error *err)
{
    return in->stop && *in->stop ? kiln_fail(err, KILN_EINTERRUPTED, "%s: reading it was interrupted", in->name) : KILN_OK;
}

/* Learns whether it is a folder, and a file's length. */
static kiln_status look(input *in, kiln_error *err)
{
    struct stat about;
    if (fault(FAULT_FILE) ? (errno = EIO, true) : fstat(in->descriptor, &about) < 0)
        return fail_errno(err, in->name, "cannot be read");
    if (S_ISDIR(about.st_mode))
        return kiln_fail(err, KILN_EIO, "%s: is a folder, not a file: a data set is one file, pictures too are one array (.npy)",
                         in->name);
    in->length_known = S_ISREG(about.st_mode) && in->descriptor != STDIN_FILENO && (uintmax_t)about.st_size <= SIZE_MAX;
    in->length = in->length_known ? (size_t)about.st_size : 0;
    return KILN_OK;
}

kiln_status input_open(const char *path, kiln_stop *stop, input **opened, kiln_error *err)
{
    kiln_status status = KILN_OK;
    const bool standard = strcmp(path, "-") == 0;
    input *in = mem_zeroed(1, sizeof *in);
    if (!in)
        return kiln_fail_memory(err, 0, path);
    in->name = standard ? "standard input" : path;
    in->stop = stop;
    in->descriptor = -1;
    in->block = mem_alloc(BLOCK, 1);
    if (!in->block) {
        status = kiln_fail_memory(err, BLOCK, path);
        goto done;
    }
    do
        in->descriptor = fault(FAULT_FILE) ? (errno = EIO, -1) : standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    while (in->descriptor < 0 && errno == EINTR && !(stop && *stop));
    if (in->descriptor < 0) {
        status = input_check_stop(in, err);
        if (status == KILN_OK)
            status = fail_errno(err, in->name, "cannot be opened");
        goto done;
    }
    status = look(in, err);
    if (status != KILN_OK)
        goto done;
    *opened = in;
    in = NULL;
done:
    input_close(in);
    return status;
}

kiln_status input_open_source(const char *name, const input_source *source, kiln_stop *stop, input **opened, kiln_error *err)
{
    input *in = mem_zeroed(1, sizeof *in);
    unsigned char *block = mem_alloc(BLOCK, 1);
    if (!in || !block) {
        const kiln_status status = kiln_fail_memory(err, BLOCK, name);
        free(in);
        free(block);
        source->close(source->context); /* the name may go with it */
        return status;
    }
    *in = (input){ .name = name, .stop = stop, .descriptor = -1, .source = *source, .block = block };
    *opened = in;
    return KILN_OK;
}

/* Fills memory from the file as far as it goes. */
static kiln_status read_file(input *in, unsigned char *to, size_t room, size_t *count, kiln_error *err)
{
    *count = 0;
    while (*count < room && !in->ended) {
        const kiln_status status = input_check_stop(in, err);
        if (status != KILN_OK)
            return status;
        if (in->source.read) {
            size_t more;
            const kiln_status sourced = in->source.read(in->source.context, to + *count, room - *count, &more, err);
            if (sourced != KILN_OK)
                return sourced;
            in->ended = more == 0;
            *count += more;
            continue;
        }
        const ssize_t got = fault(FAULT_FILE) ? (errno = EIO, -1) : read(in->descriptor, to + *count, room - *count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, in->name, "cannot be read");
        in->ended = got == 0;
        *count += (size_t)got;
    }
    return KILN_OK;
}

static void *zlib_take(void *unused, unsigned count, unsigned size)
{
    (void)unused;
    return mem_alloc(count, size);
}

static void zlib_give(void *unused, void *memory)
{
    (void)unused;
    free(memory);
}

/* Turns a first block that begins as gzip does into the raw bytes to unpack. */
static kiln_status begin_gzip(input *in, kiln_error *err)
{
    unsigned char *unpacked = mem_alloc(BLOCK, 1);
    in->stream = (z_stream){ .zalloc = zlib_take, .zfree = zlib_give };
    if (!unpacked || inflateInit2(&in->stream, GZIP_WINDOW) != Z_OK) {
        free(unpacked);
        return kiln_fail_memory(err, BLOCK, in->name);
    }
    in->raw = in->block;
    in->block = unpacked;
    in->stream.next_in = in->raw;
    in->stream.avail_in = (uInt)in->end;
    in->end = 0;
    in->gzip = in->unpacking = true;
    in->length_known = false;
    return KILN_OK;
}

/* One step of unpacking, with bytes to take; members that follow each other are one file, as gzip's manual has it. */
static kiln_status unpack_step(input *in, kiln_error *err)
{
    if (!in->unpacking) {
        inflateReset(&in->stream);
        in->unpacking = true;
    }
    const int code = inflate(&in->stream, Z_NO_FLUSH);
    if (code == Z_STREAM_END)
        in->unpacking = false;
    else if (code == Z_MEM_ERROR)
        return kiln_fail_memory(err, 0, in->name);
    else if (code != Z_OK && code != Z_BUF_ERROR)
        return kiln_fail(err, KILN_EDATA, "%s: its gzip data are damaged: %s", in->name,
                         in->stream.msg ? in->stream.msg : "not as zlib expects them");
    return KILN_OK;
}

static kiln_status unpack(input *in, kiln_error *err)
{
    in->stream.next_out = in->block;
    in->stream.avail_out = BLOCK;
    while (in->stream.avail_out > 0) {
        size_t got = in->stream.avail_in;
        if (got == 0) {
            const kiln_status status = read_file(in, in->raw, BLOCK, &got, err);
            if (status != KILN_OK)
                return status;
            in->stream.next_in = in->raw;
            in->stream.avail_in = (uInt)got;
        }
        if (got == 0 && in->unpacking)
            return kiln_fail(err, KILN_EDATA, "%s: its gzip data end too early: the file is cut off", in->name);
        if (got == 0)
            break;
        const kiln_status status = unpack_step(in, err);
        if (status != KILN_OK)
            return status;
    }
    in->end = BLOCK - in->stream.avail_out;
    return KILN_OK;
}

/* Gets the next block where the last is used up. */
static kiln_status fill(input *in, kiln_error *err)
{
    if (in->begin < in->end)
        return KILN_OK;
    in->begin = in->end = 0;
    kiln_status status = input_check_stop(in, err);
    if (status == KILN_OK && !in->gzip)
        status = read_file(in, in->block, BLOCK, &in->end, err);
    const bool first = !in->begun;
    in->begun = true;
    if (status == KILN_OK && first && in->end >= 2 && in->block[0] == 0x1f && in->block[1] == 0x8b)
        status = begin_gzip(in, err);
    return status == KILN_OK && in->gzip ? unpack(in, err) : status;
}

kiln_status input_peek(input *in, const unsigned char **bytes, size_t *count, kiln_error *err)
{
    const kiln_status status = fill(in, err);
    *bytes = in->block + in->begin;
    *count = status == KILN_OK ? in->end - in->begin : 0;
    return status;
}

kiln_status input_block(input *in, const unsigned char **bytes, size_t *count, kiln_error *err)
{
    const kiln_status status = input_peek(in, bytes, count, err);
    in->begin += *count;
    return status;
}

kiln_status input_skip_mark(input *in, kiln_error *err)
{
    static const char mark[] = "\xef\xbb\xbf";
    const unsigned char *bytes;
    size_t count;
    const kiln_status status = input_peek(in, &bytes, &count, err);
    if (count >= strlen(mark) && memcmp(bytes, mark, strlen(mark)) == 0)
        in->begin += strlen(mark);
    return status;
}

kiln_status input_read(input *in, void *to, size_t room, size_t *count, kiln_error *err)
{
    unsigned char *at = to;
    *count = 0;
    while (*count < room) {
        const unsigned char *bytes;
        size_t have;
        const kiln_status status = input_peek(in, &bytes, &have, err);
        if (status != KILN_OK)
            return status;
        if (have == 0)
            break;
        if (have > room - *count)
            have = room - *count;
        memcpy(at + *count, bytes, have);
        in->begin += have;
        *count += have;
    }
    return KILN_OK;
}

kiln_status input_read_at(input *in, size_t place, void *to, size_t room, size_t *count, kiln_error *err)
{
    *count = 0;
    while (*count < room) {
        const kiln_status status = input_check_stop(in, err);
        if (status != KILN_OK)
            return status;
        const ssize_t got = fault(FAULT_FILE) ? (errno = EIO, -1)
                                              : pread(in->descriptor, (char *)to + *count, room - *count, (off_t)(place + *count));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, in->name, "cannot be read");
        if (got == 0)
            break;
        *count += (size_t)got;
    }
    return KILN_OK;
}

kiln_status input_map(const input *in, size_t place, size_t bytes, spill *array, kiln_error *err)
{
    return spill_map(array, in->descriptor, place, bytes, in->name, err);
}

bool input_length(const input *in, size_t *length)
{
    *length = in->length;
    return in->length_known;
}

const char *input_name(const input *in)
{
    return in->name;
}

void input_close(input *in)
{
    if (!in)
        return;
    if (in->gzip)
        inflateEnd(&in->stream);
    if (in->source.close)
        in->source.close(in->source.context);
    if (in->descriptor >= 0 && in->descriptor != STDIN_FILENO)
        close(in->descriptor);
    free(in->raw);
    free(in->block);
    free(in);
}

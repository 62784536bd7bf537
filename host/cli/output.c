/* Writing results, and noticing when that fails: a full disk is an error, a reader that went away is no news. */
#include "output.h"

#include "command.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder a path is in, to be freed; NULL without memory. */
static char *folder_of(const char *path)
{
    char *folder = strdup(path);
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash) {
        slash[slash == folder ? 1 : 0] = '\0';
        return folder;
    }
    free(folder);
    return strdup(".");
}

kiln_status output_possible(const char *path, kiln_error *err)
{
    struct stat about;
    const bool exists = stat(path, &about) == 0;
    if (exists && S_ISDIR(about.st_mode))
        return fail(err, KILN_EIO, "%s: is a folder: name a file in it", path);
    char *folder = folder_of(path);
    kiln_status status = KILN_OK;
    if (!folder)
        return fail(err, KILN_ENOMEM, "%s: no memory left", path);
    if (stat(folder, &about) != 0)
        status = fail(err, KILN_EIO, "%s: cannot be written: its folder %s: %s", path, folder, strerror(errno));
    else if (access(folder, W_OK | X_OK) != 0)
        status = fail(err, KILN_EIO, "%s: cannot be written in its folder: %s", path, strerror(errno));
    free(folder);
    return status;
}

static bool is_file(const char *path, struct stat *about)
{
    return path && strcmp(path, "-") != 0 && stat(path, about) == 0 && S_ISREG(about->st_mode);
}

kiln_status output_spares(const char *path, const char *input, kiln_error *err)
{
    struct stat one, other;
    if (!is_file(path, &one) || !is_file(input, &other) || one.st_dev != other.st_dev || one.st_ino != other.st_ino)
        return KILN_OK;
    return fail(err, KILN_EINVAL, "%s: is what is read: it would be lost; name another file to write", path);
}

/* A temporary file beside `path`, with the permissions that a new file, or the one it replaces, has. */
static FILE *open_beside(const char *path, char **temporary)
{
    static const char suffix[] = ".XXXXXX";
    struct stat before;
    const mode_t mask = umask(0);
    umask(mask);
    const mode_t mode = stat(path, &before) == 0 ? before.st_mode & 07777 : 0666 & ~mask;
    char *name = malloc(strlen(path) + sizeof suffix);
    if (!name)
        return NULL;
    memcpy(name, path, strlen(path));
    memcpy(name + strlen(path), suffix, sizeof suffix);
    const int descriptor = mkstemp(name);
    FILE *stream = descriptor >= 0 && fchmod(descriptor, mode) == 0 ? fdopen(descriptor, "w") : NULL;
    if (stream) {
        *temporary = name;
        return stream;
    }
    const int code = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(name);
    }
    free(name);
    errno = code;
    return NULL;
}

kiln_status output_begin(const char *path, output *out, kiln_error *err)
{
    struct stat about;
    *out = (output){ 0 };
    if (!path || strcmp(path, "-") == 0) {
        out->stream = stdout;
        return KILN_OK;
    }
    const kiln_status status = output_possible(path, err);
    if (status != KILN_OK)
        return status;
    out->path = path;
    const bool in_place = lstat(path, &about) == 0 && !S_ISREG(about.st_mode); /* a device, a pipe, a link */
    out->stream = in_place ? fopen(path, "w") : open_beside(path, &out->temporary);
    if (!out->stream)
        return fail(err, KILN_EIO, "%s: cannot be written: %s", path, strerror(errno));
    return KILN_OK;
}

/* The name must outlive a crash too: the folder is written out as well, where the file system can. */
static void sync_folder(const char *path)
{
    char *folder = folder_of(path);
    const int descriptor = folder ? open(folder, O_RDONLY) : -1;
    free(folder);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

kiln_status output_commit(output *out, kiln_error *err)
{
    if (!out->path)
        return KILN_OK; /* standard output: output_finish tells */
    errno = 0;
    bool written = fflush(out->stream) == 0 && !ferror(out->stream);
    written = written && (!out->temporary || fsync(fileno(out->stream)) == 0);
    int code = errno;
    if (fclose(out->stream) != 0 && written) {
        code = errno;
        written = false;
    }
    out->stream = NULL;
    if (written && out->temporary && rename(out->temporary, out->path) != 0) {
        code = errno;
        written = false;
    }
    if (!written) {
        fail(err, KILN_EIO, "%s: cannot be written: %s", out->path, strerror(code ? code : EIO));
        output_abandon(out);
        return KILN_EIO;
    }
    if (out->temporary)
        sync_folder(out->path);
    free(out->temporary);
    *out = (output){ 0 };
    return KILN_OK;
}

void output_abandon(output *out)
{
    if (out->path && out->stream)
        fclose(out->stream);
    if (out->temporary)
        unlink(out->temporary);
    free(out->temporary);
    *out = (output){ 0 };
}

void write_field(FILE *stream, const char *text)
{
    if (!strpbrk(text, "\",;\t\r\n")) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

void write_number(FILE *stream, double number, kiln_precision precision)
{
    char text[40];
    const int first = precision == KILN_F32 ? 6 : 15, last = precision == KILN_F32 ? 9 : 17;
    for (int digits = first; digits <= last; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        const double back = strtod(text, NULL);
        if (precision == KILN_F32 ? (float)back == (float)number : back == number)
            break;
    }
    fputs(text, stream);
}

json_t *number_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *text_or_null(const char *text)
{
    if (!text)
        return json_null();
    json_t *string = json_string(text);
    if (string)
        return string;
    char *plain = strdup(text);
    for (char *c = plain; c && *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    string = plain ? json_string(plain) : NULL;
    free(plain);
    return string;
}

kiln_status print_json(json_t *object, kiln_error *err)
{
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(object);
    if (!text)
        return fail(err, KILN_ENOMEM, "no memory left for the JSON object");
    puts(text);
    free(text);
    return KILN_OK;
}

int output_finish(int code)
{
    errno = 0;
    const bool flushed = fflush(stdout) == 0;
    const int reason = errno ? errno : EIO;
    if (flushed && !ferror(stdout))
        return code;
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
    const bool reader_gone = reason == EPIPE || (poll(&out, 1, 0) == 1 && (out.revents & POLLERR));
    if (!reader_gone)
        say("standard output cannot be written: %s", strerror(reason));
    return code == EXIT_WORKED ? EXIT_FAILED : code;
}

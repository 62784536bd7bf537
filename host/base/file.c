/* Files written whole or not at all: temporary file beside, fsync, rename, fsync of the folder. */
#define _GNU_SOURCE
#include "base/file.h"

#include "base/fault.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_writer {
    int descriptor;
    char *path, *temporary;
};

/* Every call that can fail goes through one of these, so that a test can make it fail. */
static int checked(int result)
{
    if (fault(FAULT_FILE)) {
        errno = EIO;
        return -1;
    }
    return result;
}

static kiln_status fail_errno(kiln_error *err, const char *path, const char *what)
{
    return kiln_fail(err, KILN_EIO, "%s: %s: %s", path, what, strerror(errno));
}

/* The file a path leads to, links followed; the path itself where nothing is there yet. */
static char *resolved(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : mem_text(path);
}

/* Makes a new file beside w->path, with the permissions that the user's umask leaves. mkstemp would give its own, and the umask
 * cannot be read without changing it for every thread. */
static int make_temporary(file_writer *w)
{
    const size_t length = strlen(w->path) + sizeof ".0123456789abcdef";
    char *name = mem_alloc(length, 1);
    int descriptor = -1;
    errno = name ? EEXIST : ENOMEM;
    for (int tries = 0; name && descriptor < 0 && errno == EEXIST && tries < 100; tries++) {
        uint64_t suffix;
        if (getentropy(&suffix, sizeof suffix) != 0)
            break;
        snprintf(name, length, "%s.%016llx", w->path, (unsigned long long)suffix);
        descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    }
    if (descriptor >= 0) {
        w->temporary = name; /* from now on there is something to remove */
        return descriptor;
    }
    const int code = errno;
    free(name);
    errno = code;
    return -1;
}

kiln_status file_begin(const char *path, file_writer **writer, kiln_error *err)
{
    kiln_status status = KILN_OK;
    struct stat before;
    file_writer *w = mem_zeroed(1, sizeof *w);
    if (!w)
        return kiln_fail_memory(err, 0, path);
    w->descriptor = -1;
    w->path = resolved(path);
    if (!w->path) {
        status = kiln_fail_memory(err, 0, path);
        goto done;
    }
    const bool exists = stat(w->path, &before) == 0;
    if (exists && !S_ISREG(before.st_mode)) {
        status = kiln_fail(err, KILN_EIO, "%s: is %s, not a file that can be replaced", path,
                           S_ISDIR(before.st_mode) ? "a folder" : "a device or pipe");
        goto done;
    }
    w->descriptor = make_temporary(w);
    if (checked(w->descriptor) < 0) {
        status = errno == ENOMEM ? kiln_fail_memory(err, 0, path) : fail_errno(err, path, "cannot be written");
        goto done;
    }
    if (exists && checked(fchmod(w->descriptor, before.st_mode & 07777)) < 0) {
        status = fail_errno(err, path, "cannot set its permissions");
        goto done;
    }
    *writer = w;
    w = NULL;
done:
    file_abandon(w);
    return status;
}

kiln_status file_append(file_writer *writer, const void *bytes, size_t count, kiln_error *err)
{
    const char *from = bytes;
    while (count > 0) {
        const size_t part = count < (size_t)1 << 30 ? count : (size_t)1 << 30;
        const ssize_t written = fault(FAULT_FILE) ? (errno = ENOSPC, -1) : write(writer->descriptor, from, part);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail_errno(err, writer->path, "cannot be written");
        from += written;
        count -= (size_t)written;
    }
    return KILN_OK;
}

/* Opens the folder that a file is in, to make a rename in it last; -1 with errno where that fails. */
static int open_folder(const char *path)
{
    char *folder = mem_text(path);
    if (!folder) {
        errno = ENOMEM;
        return -1;
    }
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    const int descriptor = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int code = errno;
    free(folder);
    errno = code;
    return descriptor;
}

/* A file system that cannot sync folders (EINVAL) has nothing to make last. */
static int sync_folder(int descriptor)
{
    return descriptor >= 0 && fsync(descriptor) < 0 && errno != EINVAL ? -1 : 0;
}

kiln_status file_commit(file_writer *writer, kiln_error *err)
{
    kiln_status status = KILN_OK;
    const int folder = open_folder(writer->path);
    if (checked(folder) < 0 && errno != EACCES) { /* a folder one may write to but not read is left unsynced */
        status = errno == ENOMEM ? kiln_fail_memory(err, 0, writer->path) : fail_errno(err, writer->path, "cannot open its folder");
        goto done;
    }
    if (checked(fsync(writer->descriptor)) < 0) {
        status = fail_errno(err, writer->path, "cannot be written to disk");
        goto done;
    }
    const int closed = close(writer->descriptor);
    writer->descriptor = -1;
    if (checked(closed) < 0 || checked(0) < 0 || rename(writer->temporary, writer->path) < 0) {
        status = fail_errno(err, writer->path, "cannot be put in place");
        goto done;
    }
    free(writer->temporary);
    writer->temporary = NULL;
    if (checked(sync_folder(folder)) < 0)
        status = fail_errno(err, writer->path, "its folder cannot be written to disk");
done:
    if (folder >= 0)
        close(folder);
    file_abandon(writer);
    return status;
}

void file_abandon(file_writer *writer)
{
    if (!writer)
        return;
    if (writer->descriptor >= 0)
        close(writer->descriptor);
    if (writer->temporary)
        unlink(writer->temporary);
    free(writer->temporary);
    free(writer->path);
    free(writer);
}

/* Opens a regular file and learns its size. The descriptor is the caller's to close, after a failure too; -1 where there is none.
 */
static kiln_status open_file(const char *path, size_t most, int *descriptor, size_t *size, kiln_error *err)
{
    struct stat about;
    *descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (checked(*descriptor) < 0)
        return fail_errno(err, path, "cannot be opened");
    if (checked(fstat(*descriptor, &about)) < 0)
        return fail_errno(err, path, "cannot be read");
    if (!S_ISREG(about.st_mode))
        return kiln_fail(err, KILN_EIO, "%s: is %s, not a file", path, S_ISDIR(about.st_mode) ? "a folder" : "a device or pipe");
    if ((unsigned long long)about.st_size > most)
        return kiln_fail(err, KILN_EDATA, "%s: has %lld bytes, more than the %zu that such a file may have", path,
                         (long long)about.st_size, most);
    *size = (size_t)about.st_size;
    return KILN_OK;
}

static kiln_status read_bytes(int descriptor, const char *path, unsigned char *content, size_t size, kiln_error *err)
{
    size_t have = 0;
    while (have < size) {
        const ssize_t got = fault(FAULT_FILE) ? (errno = EIO, -1) : read(descriptor, content + have, size - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, path, "cannot be read");
        if (got == 0)
            return kiln_fail(err, KILN_EIO, "%s: became shorter while it was read", path);
        have += (size_t)got;
    }
    return KILN_OK;
}

kiln_status file_read(const char *path, size_t most, unsigned char **bytes, size_t *count, kiln_error *err)
{
    unsigned char *content = NULL;
    int descriptor;
    size_t size = 0;
    kiln_status status = open_file(path, most, &descriptor, &size, err);
    if (status != KILN_OK)
        goto done;
    content = mem_alloc(size + 1, 1);
    status = content ? read_bytes(descriptor, path, content, size, err) : kiln_fail_memory(err, size, path);
    if (status != KILN_OK)
        goto done;
    content[size] = 0;
    *bytes = content;
    *count = size;
    content = NULL;
done:
    if (descriptor >= 0)
        close(descriptor);
    free(content);
    return status;
}

/* Arrays that grow in memory, and where they pass what there is for them, in a temporary file that is mapped to memory. */
#define _GNU_SOURCE
#include "base/spill.h"

#include "base/fault.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Asked before every call on files that can fail, so that a test can make it fail. */
static bool fails(void)
{
    if (!fault(FAULT_FILE))
        return false;
    errno = EIO;
    return true;
}

/* Where large temporary files go: /tmp may be memory itself. */
static const char *temporary_folder(void)
{
    const char *chosen = getenv("TMPDIR");
    if (chosen && chosen[0])
        return chosen;
    return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

static kiln_status fail_disk(const char *what, size_t bytes, int code, kiln_error *err)
{
    return kiln_fail(err, KILN_EIO,
                     "%s: its %.1f MB are more than it may have of memory, and cannot be kept in %s: %s: make room there, name "
                     "another folder (TMPDIR), or give it more memory (--memory)",
                     what, (double)bytes * 1e-6, temporary_folder(), strerror(code));
}

/* A file without a name, which is gone when it is closed; -1 with errno where there can be none. */
static int open_nameless(void)
{
    static const char name[] = "/kiln-XXXXXX";
    const char *folder = temporary_folder();
    const size_t length = strlen(folder);
    char *path = mem_alloc(length + sizeof name, 1);
    if (!path) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(path, folder, length);
    memcpy(path + length, name, sizeof name);
    const int file = fails() ? -1 : mkostemp(path, O_CLOEXEC);
    const int code = errno;
    if (file >= 0)
        unlink(path);
    free(path);
    errno = code;
    return file;
}

/* Gives the file its size, with all of its blocks on the disk: a page that has none cannot be written, which ends the program. */
static int allocate(int file, size_t before, size_t bytes)
{
    int code = 0;
    if (bytes > INT64_MAX)
        return EFBIG;
    if (fails())
        return EIO;
    if (bytes <= before)
        return ftruncate(file, (off_t)bytes) < 0 ? errno : 0;
    do
        code = posix_fallocate(file, (off_t)before, (off_t)(bytes - before));
    while (code == EINTR);
    if (code != 0 && ftruncate(file, (off_t)before) < 0) /* what it took before the disk was full */
        code = errno;
    return code;
}

/* A writable mapping of the file; NULL with errno. */
static void *map(int file, size_t bytes)
{
    void *at = fails() ? MAP_FAILED : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return at == MAP_FAILED ? NULL : at;
}

/* From memory to a new file. */
static kiln_status move_out(spill *s, size_t bytes, const char *what, kiln_error *err)
{
    const int file = open_nameless();
    if (file < 0)
        return errno == ENOMEM ? kiln_fail_memory(err, 0, what) : fail_disk(what, bytes, errno, err);
    const int code = allocate(file, 0, bytes);
    void *at = code == 0 ? map(file, bytes) : NULL;
    if (!at) {
        const kiln_status status = fail_disk(what, bytes, code ? code : errno, err);
        close(file);
        return status;
    }
    if (s->at)
        memcpy(at, s->at, s->bytes < bytes ? s->bytes : bytes);
    s->budget->used -= s->bytes;
    free(s->at);
    s->at = s->mapping = at;
    s->bytes = s->mapped = bytes;
    s->file = file;
    return KILN_OK;
}

static kiln_status resize_file(spill *s, size_t bytes, const char *what, kiln_error *err)
{
    int code = bytes > s->bytes ? allocate(s->file, s->bytes, bytes) : 0;
    void *at = code == 0 ? map(s->file, bytes) : NULL;
    if (!at)
        return fail_disk(what, bytes, code ? code : errno, err);
    munmap(s->mapping, s->mapped);
    if (bytes < s->bytes)
        (void)!ftruncate(s->file, (off_t)bytes); /* its end is not needed, and may stay */
    s->at = s->mapping = at;
    s->bytes = s->mapped = bytes;
    return KILN_OK;
}

bool spill_exceeds(const spill_budget *budget, size_t bytes)
{
    return budget && (budget->used > budget->most || bytes > budget->most - budget->used);
}

kiln_status spill_resize(spill *s, size_t count, size_t element, const char *what, kiln_error *err)
{
    size_t bytes;
    if (!size_product(count, element, &bytes))
        return kiln_fail_memory(err, 0, what);
    bytes = bytes ? bytes : 1;
    if (s->mapped > 0)
        return resize_file(s, bytes, what, err);
    if (bytes > s->bytes && spill_exceeds(s->budget, bytes - s->bytes))
        return move_out(s, bytes, what, err);
    void *at = mem_resize(s->at, bytes, 1);
    if (!at)
        return kiln_fail_memory(err, bytes, what);
    if (s->budget)
        s->budget->used += bytes - s->bytes; /* wraps to less where it shrinks */
    s->at = at;
    s->bytes = bytes;
    return KILN_OK;
}

kiln_status spill_copy(spill *s, const spill *from, const char *what, kiln_error *err)
{
    const kiln_status status = from->at ? spill_resize(s, from->bytes, 1, what, err) : KILN_OK;
    if (status == KILN_OK && from->at)
        memcpy(s->at, from->at, from->bytes);
    return status;
}

kiln_status spill_map(spill *s, int file, size_t place, size_t bytes, const char *what, kiln_error *err)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), before = place % page;
    void *at = fails() ? MAP_FAILED : mmap(NULL, before + bytes, PROT_READ, MAP_SHARED, file, (off_t)(place - before));
    if (at == MAP_FAILED)
        return kiln_fail(err, KILN_EIO, "%s: cannot be mapped to memory: %s", what, strerror(errno));
    *s = (spill){ .budget = s->budget,
                  .at = (char *)at + before,
                  .bytes = bytes,
                  .mapping = at,
                  .mapped = before + bytes,
                  .file = -1,
                  .borrowed = true };
    return KILN_OK;
}

bool spill_is_mapped(const spill *s)
{
    return s->mapped > 0;
}

void spill_passed(const spill *s, size_t bytes, size_t *passed)
{
    if (s->mapped == 0 || !s->budget)
        return;
    *passed += bytes;
    if (*passed < s->budget->most / 4)
        return;
    pages_release(s->mapping, s->mapped);
    *passed = 0;
}

void spill_free(spill *s)
{
    if (s->mapped > 0) {
        munmap(s->mapping, s->mapped);
        if (!s->borrowed)
            close(s->file);
    } else {
        if (s->budget)
            s->budget->used -= s->bytes;
        free(s->at);
    }
    *s = (spill){ .budget = s->budget };
}

void pages_release(const void *at, size_t bytes)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)at / page * page;
    const uintptr_t end = ((uintptr_t)at + bytes) / page * page; /* the rest of the last page may be another's */
    if (end > begin)
        (void)madvise((void *)begin, end - begin, MADV_DONTNEED);
}

void pages_prefetch(const void *at, size_t bytes)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)at / page * page;
    (void)madvise((void *)begin, (uintptr_t)at + bytes - begin, MADV_WILLNEED);
}

/* Bytes as a file that is nowhere on disk, for the readers that take a path. */
#ifndef KILN_FUZZ_CONTENT_H
#define KILN_FUZZ_CONTENT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CONTENT_PATH = 64 };

/* Returns the descriptor to close; path is the file's. */
static int content_file(const uint8_t *bytes, size_t size, char path[CONTENT_PATH])
{
    const int descriptor = memfd_create("content", MFD_CLOEXEC);
    if (descriptor < 0 || (size > 0 && write(descriptor, bytes, size) != (ssize_t)size)) {
        perror("memfd_create");
        abort();
    }
    snprintf(path, CONTENT_PATH, "/proc/self/fd/%d", descriptor);
    return descriptor;
}

#endif

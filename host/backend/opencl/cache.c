/* Compiled programs on disk; the header is the contract. */
#include "backend/opencl/cache.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

typedef struct cache_header {
    char magic[8];
    uint64_t key_bytes, binary_bytes, checksum; /* of key and binary */
} cache_header;

static const char magic[8] = "kilnbin1";
enum { CACHE_LARGEST = 1 << 30 };

/* FNV-1a, 64 bits: names a file. Whether the content is what was asked for, the key in it says. */
static uint64_t hash(const void *bytes, size_t count)
{
    const unsigned char *b = bytes;
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < count; i++)
        h = (h ^ b[i]) * 0x100000001b3u;
    return h;
}

static uint64_t checksum(const void *key, size_t key_bytes, const void *binary, size_t bytes)
{
    const uLong crc = crc32_z(crc32_z(0, key, key_bytes), binary, bytes);
    return (uint64_t)crc << 32 | (uint64_t)adler32_z(adler32_z(0, key, key_bytes), binary, bytes);
}

/* mkdir -p; what fails here fails again, harmlessly, when a file is written. */
static void make_folders(char *path)
{
    for (char *slash = path + 1; *slash; slash++)
        if (*slash == '/') {
            *slash = '\0';
            mkdir(path, 0700);
            *slash = '/';
        }
    mkdir(path, 0700);
}

char *cache_folder(const char *wanted)
{
    const char *base = wanted, *below = "";
    if (!wanted) {
        base = getenv("XDG_CACHE_HOME");
        below = "/kiln";
        if (!base || base[0] != '/') { /* the standard: a relative path is to be ignored */
            base = getenv("HOME");
            below = "/.cache/kiln";
        }
    }
    if (!base || !base[0])
        return NULL;
    const size_t length = strlen(base) + strlen(below) + 1;
    char *folder = mem_alloc(length, 1);
    if (!folder)
        return NULL;
    snprintf(folder, length, "%s%s", base, below);
    make_folders(folder);
    return folder;
}

char *cache_path(const char *folder, const void *key, size_t key_bytes, const char *suffix)
{
    const size_t length = strlen(folder) + sizeof "/0123456789abcdef." + strlen(suffix);
    char *path = mem_alloc(length, 1);
    if (path)
        snprintf(path, length, "%s/%016llx.%s", folder, (unsigned long long)hash(key, key_bytes), suffix);
    return path;
}

unsigned char *cache_load(const char *folder, const void *key, size_t key_bytes, size_t *bytes)
{
    unsigned char *file = NULL, *binary = NULL;
    size_t size = 0;
    cache_header head;
    char *path = cache_path(folder, key, key_bytes, "bin");
    if (!path || file_read(path, CACHE_LARGEST, &file, &size, NULL) != KILN_OK || size < sizeof head)
        goto done;
    memcpy(&head, file, sizeof head);
    const size_t content = size - sizeof head;
    if (memcmp(head.magic, magic, sizeof magic) != 0 || head.key_bytes != key_bytes || key_bytes > content ||
        head.binary_bytes != content - key_bytes || head.binary_bytes == 0)
        goto done;
    const unsigned char *stored_key = file + sizeof head, *stored = stored_key + key_bytes;
    if (memcmp(stored_key, key, key_bytes) != 0 || checksum(key, key_bytes, stored, content - key_bytes) != head.checksum)
        goto done;
    *bytes = content - key_bytes;
    binary = mem_copy(stored, *bytes, 1);
done:
    free(file);
    free(path);
    return binary;
}

void cache_store(const char *folder, const void *key, size_t key_bytes, const unsigned char *binary, size_t bytes)
{
    cache_header head = { .key_bytes = key_bytes, .binary_bytes = bytes, .checksum = checksum(key, key_bytes, binary, bytes) };
    file_writer *writer = NULL;
    memcpy(head.magic, magic, sizeof magic);
    char *path = cache_path(folder, key, key_bytes, "bin");
    if (path && file_begin(path, &writer, NULL) == KILN_OK) {
        if (file_append(writer, &head, sizeof head, NULL) == KILN_OK && file_append(writer, key, key_bytes, NULL) == KILN_OK &&
            file_append(writer, binary, bytes, NULL) == KILN_OK)
            file_commit(writer, NULL);
        else
            file_abandon(writer);
    }
    free(path);
}

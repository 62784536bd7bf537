/* Compiled programs on disk, so that the second start need not compile.
 *
 * One file a program: FOLDER/HASH.bin, HASH being over source, options, device, driver and platform version and the format's
 * number. Content: magic, the full key's length, the binary's length, a checksum, the key, the binary. A file whose key or
 * checksum does not match is not used, and is replaced after the next build. Written whole or not at all, so that several
 * processes may share the folder. Failing to read or write it is never an error. */
#ifndef KILN_OPENCL_CACHE_H
#define KILN_OPENCL_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* The folder: `wanted`, or for NULL $XDG_CACHE_HOME/kiln, or ~/.cache/kiln; NULL for "" and where there is none. Made if it is
 * not there. Freed by the caller. */
char *cache_folder(const char *wanted);

/* The file for a key: FOLDER/HASH.SUFFIX. Freed by the caller; NULL without memory. */
char *cache_path(const char *folder, const void *key, size_t key_bytes, const char *suffix);

/* The binary stored under a key of `key_bytes`; NULL where there is none that can be trusted. Freed by the caller. */
unsigned char *cache_load(const char *folder, const void *key, size_t key_bytes, size_t *bytes);

void cache_store(const char *folder, const void *key, size_t key_bytes, const unsigned char *binary, size_t bytes);

#endif

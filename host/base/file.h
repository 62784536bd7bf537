/* Files written whole or not at all. */
#ifndef KILN_BASE_FILE_H
#define KILN_BASE_FILE_H

#include "base/status.h"

#include <stddef.h>

typedef struct file_writer file_writer;

/* Begins a file: a temporary one beside `path`, which keeps what it has until file_commit.
 * Where `path` is a symbolic link, the file it leads to is replaced. Returns KILN_EIO, KILN_ENOMEM. */
kiln_status file_begin(const char *path, file_writer **writer, kiln_error *err);

/* Appends bytes; retries what signals interrupt. After a failure only file_abandon is of use. */
kiln_status file_append(file_writer *writer, const void *bytes, size_t count, kiln_error *err);

/* fsync, rename to `path`, fsync of the folder. Frees the writer, whatever is returned. On failure `path` is as before, but where
 * the very last call fails, the folder's fsync: then it is whole, and may be lost with the machine's power. Returns KILN_EIO,
 * KILN_ENOMEM. */
kiln_status file_commit(file_writer *writer, kiln_error *err);

/* Removes the temporary file and frees the writer. NULL is fine. */
void file_abandon(file_writer *writer);

/* Reads a whole regular file of at most `most` bytes; *bytes is freed with free() and has a 0 behind its end.
 * Returns KILN_EIO (not there, a folder, no permission), KILN_EDATA (larger than `most`), KILN_ENOMEM. */
kiln_status file_read(const char *path, size_t most, unsigned char **bytes, size_t *count, kiln_error *err);

#endif

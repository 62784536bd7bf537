/* The arrays in a zip archive, as NumPy's .npz is one: found by name, read as if each were a file. libzip knows the format. */
#ifndef KILN_DATA_ARCHIVE_H
#define KILN_DATA_ARCHIVE_H

#include "data/input.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct archive archive;

/* Opens the archive that a plain file is; `in` must stay open as long. Names are refused where they are not UTF-8 or come twice.
 * Returns KILN_EDATA (damaged, no arrays, not a plain file), KILN_EIO, KILN_ENOMEM, KILN_EINTERRUPTED. */
kiln_status archive_open(input *in, archive **opened, kiln_error *err);

/* Names of its arrays, without ".npy". */
size_t archive_count(const archive *opened);
char *const *archive_names(const archive *opened);
bool archive_find(const archive *opened, const char *name, size_t *place);

/* An array as an input, closed before its archive. Stored and deflated ones are read; checksums are compared at the end.
 * Returns KILN_EDATA, KILN_ENOMEM. */
kiln_status archive_array(archive *opened, size_t place, kiln_stop *stop, input **array, kiln_error *err);

/* NULL is fine. */
void archive_close(archive *opened);

#endif

/* Files that are no data sets kiln reads: what they are, and the line that turns them into one. */
#ifndef KILN_DATA_FOREIGN_H
#define KILN_DATA_FOREIGN_H

#include "base/status.h"

#include <stddef.h>

/* A command that runs a script; scripts have no double quotes. */
#define PYTHON(script) "python3 -c \"" script "\""

/* Fails with KILN_EDATA: "FILE: what: command". In the command, FILE becomes the file's name, STEM that without its ending, and
 * ENDING that, but for names with characters that a shell or Python would obey. */
kiln_status foreign_fail(const char *path, const char *what, const char *command, kiln_error *err);

/* Fails where a file that begins with these bytes is empty, or of a kind that is known and not read. */
kiln_status foreign_check(const char *path, const unsigned char *bytes, size_t count, kiln_error *err);

/* Fails where a zip archive that has a file of this name in it is known for something else than arrays: a workbook, say. */
kiln_status foreign_check_member(const char *path, const char *member, kiln_error *err);

#endif

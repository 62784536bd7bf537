/* Figures of a training as TensorBoard reads them: an event file in a folder, one scalar of each name an epoch. */
#ifndef KILN_CLI_EVENT_FILE_H
#define KILN_CLI_EVENT_FILE_H

#include <kiln/kiln.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct event_file {
    FILE *stream; /* NULL: none */
    char *path;
    bool begun; /* it has its first epoch */
} event_file;

/* Makes the folder where it is not there, and a new file in it: a folder may hold those of earlier runs. Returns KILN_EIO,
 * KILN_ENOMEM. */
kiln_status event_file_open(const char *folder, event_file *file, kiln_error *err);

/* Appends the figures of an epoch that is done, and writes them out; what is not known is left out. TensorBoard shows them in
 * place of those that earlier files of the folder have from the first epoch on. Returns KILN_EIO. */
kiln_status event_file_append(event_file *file, const kiln_progress *now, kiln_error *err);

/* Fine for a file that was never opened. */
void event_file_close(event_file *file);

#endif

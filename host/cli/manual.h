/* The help of the program and its commands as text and as manual pages: one source, the commands' tables. */
#ifndef KILN_CLI_MANUAL_H
#define KILN_CLI_MANUAL_H

#include "options.h"

#include <stdio.h>

/* A thing and what it is. */
typedef struct named {
    const char *name, *text;
} named;

extern const named exit_codes[]; /* ended by an empty row */

/* Prints the help of the program. */
void help_print(FILE *stream);

/* What is said about an option: its help, its words, its default. */
void option_text(const option *row, char *text, size_t bytes);

/* Prints a command's manual page on standard output, in roff; NULL: that of the program. */
void manual_print(const struct command *self);

#endif

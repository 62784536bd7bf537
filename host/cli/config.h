/* Options in a TOML file: read for --config, and written so that a run can be repeated. */
#ifndef KILN_CLI_CONFIG_H
#define KILN_CLI_CONFIG_H

#include "options.h"

#include <kiln/status.h>

/* Sets the options and operands that a file says. Its keys are the options' long names, and the operands' in small letters
 * ("data"). Texts stay until the program ends, as those of the command line do.
 *
 * Returns OPTIONS_GO_ON; else the exit code, after a message with file and line: 1 where the file cannot be read, 2 where it
 * says something wrong. */
int config_read(const struct command *self, const char *path, void *arguments, operands *given);

/* Writes all options and operands of a command as such a file; texts that are NULL are left out. */
kiln_status config_write(const struct command *self, const char *path, const void *arguments, const operands *given,
                         kiln_error *err);

/* The which-th operand's name in such a file, "data" for "MODEL DATA|-" and 1; "" where it has none. */
void operand_name(const struct command *self, size_t which, char name[24]);

#endif

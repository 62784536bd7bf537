/* Scripts by which a shell completes kiln's commands, options and their words; out of the commands' tables. */
#ifndef KILN_CLI_COMPLETION_H
#define KILN_CLI_COMPLETION_H

#include "command.h"

/* What may stand where a value or an operand is. */
typedef enum expected { EXPECT_NOTHING, EXPECT_FILES, EXPECT_FOLDERS, EXPECT_WORDS } expected;

/* What an option's value is; the words, with blanks between them, where there are any. */
expected option_expects(const option *row, char *words, size_t bytes);

/* What a command's operands are; a word in small letters in its usage line stands for itself. */
expected operands_expect(const command *self, char *words, size_t bytes);

/* The i-th option of a command, its own first, then those that every command has. */
const option *completed_option(const command *self, size_t i);

/* Print a shell's script on standard output. */
void completion_bash(void);
void completion_zsh(void);
void completion_fish(void);

#endif

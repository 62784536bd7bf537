/* Layer widths as they are typed: "128,64", "784-128-10", "none". */
#ifndef KILN_CLI_WIDTHS_H
#define KILN_CLI_WIDTHS_H

#include <stdbool.h>
#include <stddef.h>

enum { WIDTHS_MOST = 65 };

/* Reads widths with one separator between them; "none" is a list of 0. False where it is no such list. */
bool widths_parse(const char *text, char separator, size_t widths[WIDTHS_MOST], size_t *count);

/* The same to find out only, with a sentence about `option` where it is no such list. */
bool widths_check(const char *text, char separator, const char *option, char *sentence, size_t bytes);

#endif

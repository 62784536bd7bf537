/* The numbers that options take. */
#ifndef KILN_CLI_OPTION_NUMBER_H
#define KILN_CLI_OPTION_NUMBER_H

#include "options.h"

/* Sets a field from a number as it would be typed. Returns NULL; what a number of this kind must be, for a message, where the text
 * is none. */
const char *option_number(option_kind kind, const char *text, void *field);

#endif

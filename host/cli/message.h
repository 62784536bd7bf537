/* Messages on standard error, and failures that commands find themselves. */
#ifndef KILN_CLI_MESSAGE_H
#define KILN_CLI_MESSAGE_H

#include <kiln/status.h>

/* One line on standard error, "kiln: " before it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fills *err and returns status. */
kiln_status fail(kiln_error *err, kiln_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Says what failed; the exit code for it: 128 + signal when one was caught, 2 for KILN_EINVAL, else 1. */
int say_failure(kiln_status status, const kiln_error *err);

#endif

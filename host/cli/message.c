/* Messages on standard error. */
#include "message.h"

#include "command.h"
#include "interrupt.h"

#include <stdarg.h>
#include <stdio.h>

void say(const char *format, ...)
{
    va_list values;
    fflush(stdout); /* where both are one terminal, lines come in the order they were said */
    fputs("kiln: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
}

kiln_status fail(kiln_error *err, kiln_status status, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(err->message, sizeof err->message, format, values);
    va_end(values);
    err->status = status;
    err->line = err->column = 0;
    return status;
}

int say_failure(kiln_status status, const kiln_error *err)
{
    if (interrupt_exit_code()) {
        say("%s", status == KILN_EINTERRUPTED && err->message[0] ? err->message : "interrupted");
        return interrupt_exit_code();
    }
    say("%s", err->message[0] ? err->message : kiln_status_name(status));
    return status == KILN_EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

/* Status codes by name, and the sentence that explains a failure. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *kiln_version(void)
{
    return KILN_VERSION;
}

const char *kiln_status_name(kiln_status status)
{
    static const char *const names[] = {
        [KILN_OK] = "KILN_OK",
        [KILN_EINVAL] = "KILN_EINVAL",
        [KILN_ENOMEM] = "KILN_ENOMEM",
        [KILN_EIO] = "KILN_EIO",
        [KILN_EDATA] = "KILN_EDATA",
        [KILN_ENODEVICE] = "KILN_ENODEVICE",
        [KILN_EDEVICE] = "KILN_EDEVICE",
        [KILN_EUNSUPPORTED] = "KILN_EUNSUPPORTED",
        [KILN_EDIVERGED] = "KILN_EDIVERGED",
        [KILN_EINTERRUPTED] = "KILN_EINTERRUPTED",
    };
    const size_t count = sizeof names / sizeof *names;
    return (size_t)status < count ? names[status] : "a status this version does not know";
}

static kiln_status fail(kiln_error *err, kiln_status status, size_t line, size_t column, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

static kiln_status fail(kiln_error *err, kiln_status status, size_t line, size_t column, const char *format, va_list args)
{
    if (err) {
        err->status = status;
        err->line = line;
        err->column = column;
        vsnprintf(err->message, sizeof err->message, format, args);
    }
    return status;
}

kiln_status kiln_fail(kiln_error *err, kiln_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(err, status, 0, 0, format, args);
    va_end(args);
    return status;
}

kiln_status kiln_fail_at(kiln_error *err, kiln_status status, size_t line, size_t column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(err, status, line, column, format, args);
    va_end(args);
    return status;
}

kiln_status kiln_fail_memory(kiln_error *err, size_t bytes, const char *what)
{
    if (bytes == 0)
        return kiln_fail(err, KILN_ENOMEM, "out of memory for %s", what);
    return kiln_fail(err, KILN_ENOMEM, "out of memory: %s needs %.1f MB", what, (double)bytes / 1e6);
}

kiln_status stop_check(kiln_stop *stop, kiln_error *err)
{
    return stop && *stop ? kiln_fail(err, KILN_EINTERRUPTED, "stopped when asked to") : KILN_OK;
}

/* Filling a kiln_error. */
#ifndef KILN_BASE_STATUS_H
#define KILN_BASE_STATUS_H

#include <kiln/status.h>

/* Fills *err, if there is one, and returns status, so that a failing function ends in one line. */
kiln_status kiln_fail(kiln_error *err, kiln_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a place in a text file, from 1; 0 where it is not known. The message should name them too. */
kiln_status kiln_fail_at(kiln_error *err, kiln_status status, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Out of memory, said the same way everywhere; `what` as in "the training set". */
kiln_status kiln_fail_memory(kiln_error *err, size_t bytes, const char *what);

/* KILN_EINTERRUPTED once the flag is raised; NULL never is. */
kiln_status stop_check(kiln_stop *stop, kiln_error *err);

#endif

/* Numbers written as text, read the same whatever the locale, and texts on their way into messages. */
#ifndef KILN_DATA_NUMBER_H
#define KILN_DATA_NUMBER_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum number_kind {
    NUMBER_NONE,       /* no number */
    NUMBER_FINITE,     /* a decimal number */
    NUMBER_NOT_FINITE, /* nan, inf, infinity */
} number_kind;

/* Reads a decimal number: [+-] digits [. digits] [e [+-] digits], and nothing around it.
 *
 * c_locale  the locale "C" (newlocale), for what strtod must do.
 * text      length characters and a 0.
 * *value    the nearest double; infinite where it is too large for one. Set for NUMBER_FINITE only. */
number_kind number_read(locale_t c_locale, const char *text, size_t length, double *value);

/* Whether a number stays finite as float32. */
bool number_fits_float(double value);

/* Whether it is a whole number that double holds exactly, up to 2^53. */
bool number_is_whole(double value);

/* Whether a text stands for a value that is not there: empty, NA, N/A, null, NULL, ? */
bool text_is_missing(const char *text);

/* A text as it can be put in a message: no control characters, cut where it is long. Returns `shown`. */
enum { TEXT_SHOWN = 64 };
const char *text_show(const char *text, char shown[TEXT_SHOWN]);

#endif

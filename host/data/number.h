/* Numbers written as text, read the same whatever the locale, and texts on their way into messages. */
#ifndef KILN_DATA_NUMBER_H
#define KILN_DATA_NUMBER_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum number_kind {
    NUMBER_NONE,     /* no number */
    NUMBER_FINITE,   /* a decimal number */
    NUMBER_INFINITE, /* inf, infinity */
} number_kind;

/* Reads a decimal number: [+-] digits [. digits] [e [+-] digits], and nothing around it.
 *
 * c_locale  the locale "C" (newlocale), for what strtod must do.
 * text      length characters and a 0.
 * *value    the nearest double; infinite where it is too large for one. Set for NUMBER_FINITE only. */
number_kind number_read(locale_t c_locale, const char *text, size_t length, double *value);

/* A number's text with its one comma as a point: "1,5" -> "1.5". False where it has another number of commas, or is long. */
enum { NUMBER_TEXT = 64 };
bool number_with_point(const char *text, size_t length, char pointed[NUMBER_TEXT]);

/* Whether a text is digits in groups of three, as people write large numbers: 1,234 or 1,234,567.89 or 1.234,5; not 0,123. */
bool number_is_grouped(const char *text);

/* Whether a number stays finite as float32. */
bool number_fits_float(double value);

/* Whether it is a whole number that double holds exactly, up to 2^53. */
bool number_is_whole(double value);

/* Whether a text stands for a value that is not there: empty, NA, N/A, n/a, <NA>, null, NULL, ?, nan in any case, with a sign or
 * without. */
bool text_is_missing(const char *text);

/* A text as it can be put in a message: no control characters, cut where it is long. Returns `shown`. */
enum { TEXT_SHOWN = 64 };
const char *text_show(const char *text, char shown[TEXT_SHOWN]);

#endif

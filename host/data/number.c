/* Numbers written as text, read the same whatever the locale, and texts on their way into messages. */
#include "data/number.h"

#include "network/schema.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { EXACT_DIGITS = 19 /* always fit 64 bits */, EXACT_POWER = 22 /* largest power of ten that is a double */ };

static const double powers[EXACT_POWER + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits onto *value; how many there were. */
static size_t read_digits(const char **at, uint64_t *value)
{
    const char *begin = *at, *c = begin;
    uint64_t v = *value;
    while (is_digit(*c))
        v = v * 10 + (uint64_t)(*c++ - '0');
    *value = v;
    *at = c;
    return (size_t)(c - begin);
}

static bool is_infinite(const char *text)
{
    if (*text == '+' || *text == '-')
        text++;
    return strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0;
}

/* An exponent behind its e; what is beyond every double stays so. False where no digit follows. */
static bool read_exponent(const char **at, long *exponent)
{
    const long beyond = 1000000;
    const char *c = *at;
    const bool negative = *c == '-';
    if (*c == '+' || *c == '-')
        c++;
    if (!is_digit(*c))
        return false;
    for (*exponent = 0; is_digit(*c); c++)
        if (*exponent < beyond)
            *exponent = *exponent * 10 + (*c - '0');
    if (negative)
        *exponent = -*exponent;
    *at = c;
    return true;
}

static double read_slowly(locale_t c_locale, const char *text)
{
    const locale_t before = uselocale(c_locale); /* strtod takes the decimal point from this thread's locale */
    const double value = strtod(text, NULL);
    uselocale(before);
    return value;
}

number_kind number_read(locale_t c_locale, const char *text, size_t length, double *value)
{
    const char *at = text, *const end = text + length;
    const bool negative = *at == '-';
    uint64_t mantissa = 0;
    long exponent = 0;
    if (*at == '-' || *at == '+')
        at++;
    size_t digits = read_digits(&at, &mantissa), behind = 0;
    if (*at == '.') {
        at++;
        behind = read_digits(&at, &mantissa);
        digits += behind;
    }
    if (digits > 0 && (*at == 'e' || *at == 'E')) {
        at++;
        if (!read_exponent(&at, &exponent))
            return NUMBER_NONE;
    }
    if (digits == 0 || at != end)
        return is_infinite(text) ? NUMBER_INFINITE : NUMBER_NONE;
    if (digits <= EXACT_DIGITS && mantissa <= (uint64_t)1 << 53) {
        exponent -= (long)behind;
        /* Two exact doubles: one product or quotient is rounded once, hence right (Clinger 1990). */
        if (exponent >= -EXACT_POWER && exponent <= EXACT_POWER) {
            const double size = exponent < 0 ? (double)mantissa / powers[-exponent] : (double)mantissa * powers[exponent];
            *value = negative ? -size : size;
            return NUMBER_FINITE;
        }
    }
    *value = read_slowly(c_locale, text);
    return NUMBER_FINITE;
}

bool number_with_point(const char *text, size_t length, char pointed[NUMBER_TEXT])
{
    const char *comma = length < NUMBER_TEXT ? memchr(text, ',', length) : NULL;
    if (!comma || strchr(comma + 1, ','))
        return false;
    memcpy(pointed, text, length + 1);
    pointed[comma - text] = '.';
    return true;
}

bool number_is_grouped(const char *text)
{
    enum { GROUP = 3 };
    static const char digits[] = "0123456789";
    if (*text == '+' || *text == '-')
        text++;
    const size_t first = strspn(text, digits);
    const char mark = text[first];
    if (*text == '0' || first < 1 || first > GROUP || (mark != ',' && mark != '.'))
        return false;
    for (text += first; *text == mark; text += GROUP + 1)
        if (strspn(text + 1, digits) != GROUP)
            return false;
    const bool fraction = *text == (mark == ',' ? '.' : ',');
    if (fraction)
        text += 1 + strspn(text + 1, digits);
    return !*text && (fraction || mark == ',');
}

bool number_fits_float(double value)
{
    return fabs(value) < 0x1.ffffffp127; /* half a step above the largest float32; what is below rounds to a finite one */
}

bool number_is_whole(double value)
{
    return fabs(value) <= 0x1p53 && value == floor(value);
}

bool text_is_missing(const char *text)
{
    if (is_digit(*text))
        return false; /* most texts of most files */
    for (size_t i = 0; i < SCHEMA_MISSING; i++)
        if (strcmp(text, schema_missing[i]) == 0)
            return true;
    return strcasecmp(*text == '-' || *text == '+' ? text + 1 : text, "nan") == 0;
}

const char *text_show(const char *text, char shown[TEXT_SHOWN])
{
    const size_t most = TEXT_SHOWN - sizeof "...";
    size_t length = strlen(text);
    const bool cut = length > most;
    if (cut)
        for (length = most; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--; /* not inside a character of several bytes */
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        shown[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    strcpy(shown + length, cut ? "..." : "");
    return shown;
}

/* The numbers that options take: whole, real, and sizes in bytes. */
#include "option_number.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool parse_whole(const char *text, unsigned long long most, unsigned long long *number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *number <= most;
}

static bool parse_real(const char *text, double *number)
{
    char *end;
    if (!text[0] || !strchr("0123456789.+-", text[0]))
        return false;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number);
}

/* 1000, 512K, 1.5G; K is 1024, and so is KB or KiB. */
static bool parse_size(const char *text, size_t *bytes)
{
    static const char units[] = "KMGT";
    char *end;
    if (text[0] < '0' || text[0] > '9' || strspn(text, "0123456789.") == 0)
        return false;
    double size = strtod(text, &end);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    if (*end && (!unit || (end[1] && strcasecmp(end + 1, "B") != 0 && strcasecmp(end + 1, "iB") != 0)))
        return false;
    for (const char *u = units; unit && u <= unit; u++)
        size *= 1024.0;
    if (!(size >= 1.0 && size < 0x1p63))
        return false;
    *bytes = (size_t)size;
    return true;
}

const char *option_number(option_kind kind, const char *text, void *field)
{
    unsigned long long whole = 0;
    double real = 0.0;
    switch (kind) {
    case OPTION_COUNT:
        if (!parse_whole(text, SIZE_MAX, &whole) || whole == 0)
            return "a whole number of 1 or more";
        *(size_t *)field = (size_t)whole;
        return NULL;
    case OPTION_WHOLE:
        if (!parse_whole(text, SIZE_MAX, &whole))
            return "a whole number of 0 or more";
        *(size_t *)field = (size_t)whole;
        return NULL;
    case OPTION_SIZE:
        return parse_size(text, field) ? NULL : "a size as 512M or 1.5G";
    case OPTION_SEED:
        if (!parse_whole(text, INT64_MAX, &whole))
            return "a whole number from 0 to 9223372036854775807";
        *(uint64_t *)field = whole;
        return NULL;
    case OPTION_POSITIVE:
        if (!parse_real(text, &real) || !(real > 0.0))
            return "a number above 0";
        break;
    case OPTION_AMOUNT:
        if (!parse_real(text, &real) || !(real >= 0.0))
            return "a number of 0 or more";
        break;
    default:
        if (!parse_real(text, &real) || !(real >= 0.0 && real < 1.0))
            return "a number from 0 up to below 1";
        break;
    }
    *(double *)field = real;
    return NULL;
}

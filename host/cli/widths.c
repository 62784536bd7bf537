/* Layer widths as they are typed. */
#include "widths.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool widths_parse(const char *text, char separator, size_t widths[WIDTHS_MOST], size_t *count)
{
    *count = 0;
    if (strcmp(text, "none") == 0)
        return true;
    for (;;) {
        char *end;
        if (text[0] < '0' || text[0] > '9' || *count == WIDTHS_MOST)
            return false;
        errno = 0;
        const unsigned long width = strtoul(text, &end, 10);
        if (errno || width == 0 || width > INT_MAX)
            return false;
        widths[(*count)++] = width;
        if (*end == '\0')
            return true;
        if (*end != separator)
            return false;
        text = end + 1;
    }
}

bool widths_check(const char *text, char separator, const char *option, char *sentence, size_t bytes)
{
    size_t widths[WIDTHS_MOST], count;
    if (widths_parse(text, separator, widths, &count))
        return true;
    snprintf(sentence, bytes, "%s '%s' is no list of layer widths such as 128%c64 (each 1 or more)", option, text, separator);
    return false;
}

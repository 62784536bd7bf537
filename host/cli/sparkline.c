/* A curve in a line of text. */
#include "sparkline.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <string.h>

enum { HEIGHTS = 8, BLOCK_BYTES = 3 };

/* The largest value over the smallest from which on the heights are those of logarithms. */
static const double decades = 10.0;

static void halve(sparkline *s)
{
    for (size_t i = 0; i < SPARKLINE_MOST / 2; i++)
        s->mean[i] = 0.5 * (s->mean[2 * i] + s->mean[2 * i + 1]);
    s->count = SPARKLINE_MOST / 2;
    s->each *= 2;
    s->in_last = s->each;
}

void sparkline_add(sparkline *s, double value)
{
    if (!isfinite(value))
        return;
    if (s->each == 0)
        s->each = s->in_last = 1;
    if (s->in_last == s->each && s->count == SPARKLINE_MOST)
        halve(s);
    if (s->in_last == s->each || s->count == 0) {
        s->mean[s->count++] = value;
        s->in_last = 1;
        return;
    }
    s->in_last++;
    s->mean[s->count - 1] += (value - s->mean[s->count - 1]) / (double)s->in_last;
}

/* The means in `columns` columns or fewer; how many. */
static size_t fold(const sparkline *s, size_t columns, double value[SPARKLINE_MOST])
{
    const size_t count = s->count < columns ? s->count : columns;
    for (size_t c = 0; c < count; c++) {
        const size_t first = c * s->count / count, end = (c + 1) * s->count / count;
        value[c] = 0.0;
        for (size_t i = first; i < end; i++)
            value[c] += s->mean[i] / (double)(end - first);
    }
    return count;
}

void sparkline_draw(const sparkline *s, size_t columns, char text[SPARKLINE_BYTES])
{
    double value[SPARKLINE_MOST], least = INFINITY, most = -INFINITY;
    const size_t width = columns < SPARKLINE_MOST ? columns : SPARKLINE_MOST, count = fold(s, width, value);
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, value[i]);
        most = fmax(most, value[i]);
    }
    if (least > 0.0 && most / least >= decades) {
        for (size_t i = 0; i < count; i++)
            value[i] = log(value[i]);
        least = log(least);
        most = log(most);
    }
    for (size_t i = 0; i < count; i++, text += BLOCK_BYTES) {
        const double share = most > least ? (value[i] - least) / (most - least) : 0.0;
        const int height = (int)lround(share * (HEIGHTS - 1));
        memcpy(text, "\xe2\x96\x81", BLOCK_BYTES); /* U+2581, the lowest of eight blocks */
        text[BLOCK_BYTES - 1] = (char)(text[BLOCK_BYTES - 1] + height);
    }
    memset(text, ' ', width - count);
    text[width - count] = '\0';
}

bool sparkline_possible(void)
{
    const locale_t user = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!user)
        return false;
    const bool utf8 = strcmp(nl_langinfo_l(CODESET, user), "UTF-8") == 0;
    freelocale(user);
    return utf8;
}

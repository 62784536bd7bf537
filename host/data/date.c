/* Dates and times written as text. Recognised, not read: a month is 1 to 12, a day 1 to 31, which of them comes first is not asked.
 */
#include "data/date.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Reads `least` to `most` digits whose number is at most `largest`; *at goes behind them. */
static bool take_number(const char **at, size_t least, size_t most, unsigned largest)
{
    const size_t digits = strspn(*at, "0123456789");
    unsigned value = 0;
    if (digits < least || digits > most)
        return false;
    for (size_t i = 0; i < digits; i++)
        value = value * 10 + (unsigned)((*at)[i] - '0');
    *at += digits;
    return value <= largest;
}

static bool take(const char **at, const char *any)
{
    if (!**at || !strchr(any, **at))
        return false;
    ++*at;
    return true;
}

/* Jan, Feb. or March, of at least three letters. */
static bool take_month(const char **at)
{
    static const char *const names[] = { "january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december" };
    size_t letters = 0;
    while (((*at)[letters] | 0x20) >= 'a' && ((*at)[letters] | 0x20) <= 'z')
        letters++;
    for (size_t i = 0; letters >= 3 && i < sizeof names / sizeof *names; i++)
        if (letters <= strlen(names[i]) && strncasecmp(*at, names[i], letters) == 0) {
            *at += letters;
            take(at, ".");
            return true;
        }
    return false;
}

/* 2024-01-31, 2024/1/31, 2024.1.31 and 2024-01, where 1234-10 might be the number of a part. */
static bool take_year_first(const char **at)
{
    const char *c = *at;
    if (!take_number(&c, 4, 4, 9999))
        return false;
    const bool likely = strncmp(*at, "1500", 4) >= 0 && strncmp(*at, "2199", 4) <= 0; /* the year */
    const char mark = *c;
    if (!take(&c, "-/.") || !take_number(&c, 1, 2, 12))
        return false;
    const bool day = *c == mark;
    if (day && (!take(&c, "-/.") || !take_number(&c, 1, 2, 31)))
        return false;
    *at = c;
    return day || (mark == '-' && likely);
}

/* 31/01/2024, 1-31-24, 31.1.2024; 1.2.11 is a version. */
static bool take_year_last(const char **at)
{
    const char *c = *at;
    if (!take_number(&c, 1, 2, 31))
        return false;
    const char mark[2] = { *c, '\0' };
    if (!take(&c, "-/.") || !take_number(&c, 1, 2, 31) || !take(&c, mark))
        return false;
    const size_t year = strspn(c, "0123456789");
    if ((year != 4 && (year != 2 || *mark == '.')) || !take_number(&c, 2, 4, 9999))
        return false;
    *at = c;
    return true;
}

/* 31 Jan 2024, 31-Jan-24, Jan 31, 2024. */
static bool take_month_name(const char **at)
{
    const char *c = *at;
    if (take_month(&c)) {
        if (!take(&c, " -") || !take_number(&c, 1, 2, 31))
            return false;
        take(&c, ",");
    } else if (!take_number(&c, 1, 2, 31) || !take(&c, " -") || !take_month(&c)) {
        return false;
    }
    if (!take(&c, " -") || !take_number(&c, 2, 4, 9999))
        return false;
    *at = c;
    return true;
}

/* 10:30, 10:30:59.5, with a zone or AM and PM. */
static bool take_time(const char **at)
{
    const char *c = *at;
    if (!take_number(&c, 1, 2, 24) || !take(&c, ":") || !take_number(&c, 2, 2, 59))
        return false;
    if (take(&c, ":") && !take_number(&c, 2, 2, 60))
        return false;
    if (take(&c, ".,"))
        c += strspn(c, "0123456789");
    take(&c, " ");
    if (take(&c, "+-")) {
        if (!take_number(&c, 2, 4, 1400))
            return false;
        if (take(&c, ":") && !take_number(&c, 2, 2, 59))
            return false;
    } else if (strncasecmp(c, "AM", 2) == 0 || strncasecmp(c, "PM", 2) == 0) {
        c += 2;
    } else if (!take(&c, "Zz") && strncmp(c, "UTC", 3) == 0) {
        c += 3;
    }
    *at = c;
    return true;
}

bool text_is_date(const char *text)
{
    const char *at = text;
    if (take_year_first(&at) || take_year_last(&at) || take_month_name(&at)) {
        if (!*at)
            return true;
        return take(&at, "Tt ") && take_time(&at) && !*at;
    }
    return take_time(&at) && !*at;
}

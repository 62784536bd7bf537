/* What messages about tables share: the place of a field, and lists of texts. */
#include "data/table.h"

#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>

kiln_status table_fail(const table *t, kiln_status status, size_t line, size_t column, kiln_error *err, const char *format, ...)
{
    char what[768], name[TEXT_SHOWN];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    const char *known = column < t->columns ? t->column[column].name : NULL;
    char place[32] = "";
    if (line > 0)
        snprintf(place, sizeof place, "%zu:", line);
    return kiln_fail_at(err, status, line, column + 1, "%s:%s column %zu%s%s%s: %s", t->path, place, column + 1, known ? " ('" : "",
                        known ? text_show(known, name) : "", known ? "')" : "", what);
}

const char *table_list(char *const *texts, size_t count, char list[TABLE_LIST])
{
    char shown[TEXT_SHOWN];
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (used + TEXT_SHOWN + sizeof ", ''" + sizeof " and 18446744073709551615 more" > TABLE_LIST) {
            snprintf(list + used, TABLE_LIST - used, " and %zu more", count - i);
            break;
        }
        used += (size_t)snprintf(list + used, TABLE_LIST - used, "%s'%s'", i > 0 ? ", " : "", text_show(texts[i], shown));
    }
    return list;
}

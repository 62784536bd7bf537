/* Dates and times written as text, which look like categories and are none. */
#ifndef KILN_DATA_DATE_H
#define KILN_DATA_DATE_H

#include <stdbool.h>

/* Whether a text is a date, a time or both: 2024-01-31, 2024/1/31, 31.01.2024, 1/31/24, 31 Jan 2024, Jan 31, 2024, 2024-01, 10:30,
 * 10:30:59.5, 2024-01-31T10:30Z, 2024-01-31 10:30:59+01:00, 1/31/2024 10:30 PM. */
bool text_is_date(const char *text);

#endif

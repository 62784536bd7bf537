/* A list of columns' names as a person types it: a,"b,c",d. */
#ifndef KILN_DATA_NAMES_H
#define KILN_DATA_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed is empty. */
typedef struct names {
    size_t count;
    char **name; /* (count) */
} names;

/* Splits a list at its commas. Blanks around a name are dropped; a name in quotes may have commas and blanks, and "" for a quote.
 * *list is emptied with names_free, also after a failure: false where there is no memory. */
bool names_split(const char *text, names *list);

/* Frees what it holds, and empties it. */
void names_free(names *list);

#endif

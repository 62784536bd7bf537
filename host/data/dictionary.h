/* Different texts, numbered in the order in which they were met. */
#ifndef KILN_DATA_DICTIONARY_H
#define KILN_DATA_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
typedef struct dictionary {
    size_t count;
    char **text;    /* (count) */
    size_t room;    /* of text */
    uint32_t *slot; /* (slots) a text's number + 1, 0 where free; found by hash */
    size_t slots;   /* a power of two, at least twice count */
} dictionary;

/* The number of a text; false where it has none. */
bool dictionary_find(const dictionary *known, const char *text, size_t *number);

/* The same, after adding the text where it has none; false where there is no memory. */
bool dictionary_add(dictionary *known, const char *text, size_t *number);

/* Forgets the texts added last, so that `count` stay. */
void dictionary_shrink(dictionary *known, size_t count);

/* Sorts the texts by their bytes. *rank, of count numbers and freed by the caller, has each text's new number at its old one.
 * Nothing can be found or added from then on. False where there is no memory. */
bool dictionary_sort(dictionary *known, uint32_t **rank);

/* Frees what it holds, and empties it. */
void dictionary_free(dictionary *known);

#endif

/* Different texts, numbered in the order in which they were met: open addressing, FNV-1a. */
#include "data/dictionary.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 8 };

typedef struct entry {
    char *text;
    uint32_t number;
} entry;

static size_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *c = text; *c; c++)
        h = (h ^ (unsigned char)*c) * 0x100000001b3u;
    return (size_t)(h ^ h >> 32);
}

/* Where a text is, or would be. */
static size_t place_of(const dictionary *known, const char *text)
{
    size_t place = hash(text) & (known->slots - 1);
    while (known->slot[place] && strcmp(known->text[known->slot[place] - 1], text) != 0)
        place = (place + 1) & (known->slots - 1);
    return place;
}

static bool grow(dictionary *known)
{
    const size_t room = known->room ? known->room * 2 : FIRST_ROOM, slots = room * 2; /* bounded by dictionary_add */
    char **text = mem_resize(known->text, room, sizeof *text);
    if (!text)
        return false;
    known->text = text;
    uint32_t *slot = mem_zeroed(slots, sizeof *slot);
    if (!slot)
        return false;
    free(known->slot);
    known->slot = slot;
    known->slots = slots;
    known->room = room;
    for (size_t i = 0; i < known->count; i++)
        slot[place_of(known, text[i])] = (uint32_t)i + 1;
    return true;
}

bool dictionary_find(const dictionary *known, const char *text, size_t *number)
{
    const size_t at = known->slots ? known->slot[place_of(known, text)] : 0;
    if (at)
        *number = at - 1;
    return at > 0;
}

bool dictionary_add(dictionary *known, const char *text, size_t *number)
{
    if (dictionary_find(known, text, number))
        return true;
    if (known->count == known->room && (known->count >= UINT32_MAX / 4 || !grow(known)))
        return false;
    char *copy = mem_text(text);
    if (!copy)
        return false;
    known->text[known->count++] = copy;
    known->slot[place_of(known, text)] = (uint32_t)known->count;
    *number = known->count - 1;
    return true;
}

void dictionary_shrink(dictionary *known, size_t count)
{
    if (known->count <= count)
        return;
    while (known->count > count)
        free(known->text[--known->count]);
    memset(known->slot, 0, known->slots * sizeof *known->slot);
    for (size_t i = 0; i < known->count; i++)
        known->slot[place_of(known, known->text[i])] = (uint32_t)i + 1;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->text, ((const entry *)b)->text);
}

bool dictionary_sort(dictionary *known, uint32_t **rank)
{
    entry *entries = mem_alloc(known->count, sizeof *entries);
    *rank = mem_alloc(known->count, sizeof **rank);
    if (!entries || !*rank) {
        free(entries);
        free(*rank);
        *rank = NULL;
        return false;
    }
    for (size_t i = 0; i < known->count; i++)
        entries[i] = (entry){ known->text[i], (uint32_t)i };
    qsort(entries, known->count, sizeof *entries, by_text);
    for (size_t i = 0; i < known->count; i++) {
        known->text[i] = entries[i].text;
        (*rank)[entries[i].number] = (uint32_t)i;
    }
    free(entries);
    free(known->slot);
    known->slot = NULL;
    known->slots = 0;
    return true;
}

void dictionary_free(dictionary *known)
{
    for (size_t i = 0; i < known->count; i++)
        free(known->text[i]);
    free(known->text);
    free(known->slot);
    *known = (dictionary){ 0 };
}

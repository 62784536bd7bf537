/* A list of columns' names as a person types it: a,"b,c",d. */
#include "data/names.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Writes the name that begins at text into `name`, which has room for all of text; returns where its comma or the end is. */
static const char *take(const char *text, char *name)
{
    size_t length = 0, least = 0; /* least: what quotes hold keeps its blanks */
    bool quoted = false;
    while (*text == ' ')
        text++;
    for (; *text && (quoted || *text != ','); text++) {
        if (*text != '"') {
            name[length++] = *text;
        } else if (quoted && text[1] == '"') {
            name[length++] = *text++;
        } else {
            quoted = !quoted;
            least = length;
        }
    }
    while (length > least && name[length - 1] == ' ')
        length--;
    name[length] = '\0';
    return text;
}

bool names_split(const char *text, names *list)
{
    size_t most = 1;
    for (const char *c = text; *c; c++)
        most += *c == ',';
    *list = (names){ .name = mem_zeroed(most, sizeof *list->name) };
    char *name = mem_alloc(strlen(text) + 1, 1);
    bool whole = list->name && name;
    for (bool more = true; whole && more; text++) {
        text = take(text, name);
        more = *text == ',';
        list->name[list->count] = mem_text(name);
        whole = list->name[list->count] != NULL;
        list->count += whole;
    }
    free(name);
    return whole;
}

void names_free(names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->name[i]);
    free(list->name);
    *list = (names){ 0 };
}

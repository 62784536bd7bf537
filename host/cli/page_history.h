/* What a training reported at the end of each epoch, kept for its curves. */
#ifndef KILN_CLI_PAGE_HISTORY_H
#define KILN_CLI_PAGE_HISTORY_H

#include <kiln/kiln.h>

/* Zeroed is empty. */
typedef struct page_history {
    size_t epochs, room;
    kiln_progress *epoch; /* (epochs) */
    bool incomplete;      /* there was no memory for some */
} page_history;

/* Adds an epoch that is done. */
void page_history_add(page_history *history, const kiln_progress *now);

/* Frees what it holds, and empties it. */
void page_history_free(page_history *history);

#endif

/* A list of epochs that grows. */
#include "page_history.h"

#include <stdlib.h>

void page_history_add(page_history *history, const kiln_progress *now)
{
    if (history->epochs == history->room) {
        const size_t room = history->room ? 2 * history->room : 64;
        kiln_progress *grown = room <= SIZE_MAX / sizeof *grown ? realloc(history->epoch, room * sizeof *grown) : NULL;
        if (!grown) {
            history->incomplete = true; /* curves are no reason to lose the training */
            return;
        }
        history->epoch = grown;
        history->room = room;
    }
    history->epoch[history->epochs++] = *now;
}

void page_history_free(page_history *history)
{
    free(history->epoch);
    *history = (page_history){ 0 };
}

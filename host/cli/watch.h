/* What a training reports, on its way to those who watch: the terminal, a log, TensorBoard, the page. */
#ifndef KILN_CLI_WATCH_H
#define KILN_CLI_WATCH_H

#include "epoch_log.h"
#include "event_file.h"
#include "page.h"
#include "progress.h"
#include "setup.h"

typedef struct watch {
    progress shown;
    epoch_writer log;
    event_file events;
    bool keeps_history;
    page_history history; /* of the epochs, where a page is wanted; freed with page_history_free */
    bool lost;            /* one of the files could not be written; the training went on without it */
} watch;

/* Opens the files that the arguments name, and begins to show progress. Fails where a file cannot be opened. */
kiln_status watch_begin(watch *w, const train_arguments *arguments, kiln_error *err);

/* A kiln_progress_function; user is the watch. A file that cannot be written any more is said at once, and given up. */
void watch_report(void *user, const kiln_progress *now);

/* Ends all of it. Fine after watch_begin failed. */
void watch_end(watch *w);

#endif

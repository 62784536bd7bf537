/* Reports of a training to all who watch it. */
#include "watch.h"

#include "message.h"

kiln_status watch_begin(watch *w, const train_arguments *arguments, kiln_error *err)
{
    kiln_status status = KILN_OK;
    *w = (watch){ .keeps_history = arguments->report };
    if (arguments->log)
        status = epoch_writer_open(arguments->log, arguments->resume, &w->log, err);
    if (status == KILN_OK && arguments->tensorboard)
        status = event_file_open(arguments->tensorboard, &w->events, err);
    if (status == KILN_OK)
        progress_begin(&w->shown, arguments->quiet);
    return status;
}

static void give_up(watch *w, const kiln_error *err)
{
    progress_break(&w->shown);
    say("%s; the training goes on without it", err->message);
    w->lost = true;
}

void watch_report(void *user, const kiln_progress *now)
{
    watch *w = user;
    kiln_error err = { 0 };
    if (now->epoch_done && w->log.stream && epoch_writer_append(&w->log, now, &err) != KILN_OK) {
        give_up(w, &err);
        epoch_writer_close(&w->log);
    }
    if (now->epoch_done && w->events.stream && event_file_append(&w->events, now, &err) != KILN_OK) {
        give_up(w, &err);
        event_file_close(&w->events);
    }
    if (now->epoch_done && w->keeps_history)
        page_history_add(&w->history, now);
    progress_report(&w->shown, now);
}

void watch_end(watch *w)
{
    progress_end(&w->shown);
    epoch_writer_close(&w->log);
    event_file_close(&w->events);
}

/* Live progress of a training on standard error. */
#ifndef KILN_CLI_PROGRESS_H
#define KILN_CLI_PROGRESS_H

#include <kiln/kiln.h>
#include <stdbool.h>

typedef struct progress {
    bool shown;                                  /* false: quiet */
    bool live;                                   /* a terminal: one line, rewritten; else lines, of epochs */
    bool coloured;                               /* NO_COLOR is not set */
    bool drawn;                                  /* the cursor is in a line of ours */
    double said;                                 /* seconds into the training when an epoch had its line */
    double validation_loss, validation_accuracy; /* of the last epoch that had them */
} progress;

/* Finds out where standard error goes, and shows that work begins. */
void progress_begin(progress *p, bool quiet);

/* Seconds between the reports it wants; 0: at the end of epochs only. */
double progress_interval(const progress *p);

/* A kiln_progress_function; user is the progress. */
void progress_report(void *user, const kiln_progress *now);

/* Ends the line. */
void progress_end(progress *p);

#endif

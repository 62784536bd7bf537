/* Live progress of a training on standard error. */
#ifndef KILN_CLI_PROGRESS_H
#define KILN_CLI_PROGRESS_H

#include "sparkline.h"

#include <kiln/kiln.h>
#include <stdbool.h>

typedef struct progress {
    bool shown;                                  /* false: quiet */
    size_t fold, folds;                          /* of a cross-validation, from 1; folds 0: none */
    double elapsed;                              /* seconds that the folds before took */
    bool live;                                   /* a terminal: one line, rewritten; else lines, of epochs */
    bool coloured;                               /* NO_COLOR is not set */
    bool blocks;                                 /* the terminal's characters are UTF-8 */
    bool drawn;                                  /* the cursor is in a line of ours */
    bool pending;                                /* `last` is not shown yet */
    double said;                                 /* seconds into the training when something was shown */
    double validation_loss, validation_accuracy; /* of the last epoch that had them */
    kiln_progress last;
    double first_seconds, first_share; /* at the first report: how far all was, 0 to 1; before it both are 0 */
    sparkline losses;                  /* of the epochs done */
} progress;

/* Finds out where standard error goes, and shows that work begins. */
void progress_begin(progress *p, bool quiet);

/* What is reported from now on is one fold of a cross-validation, from 1 to `folds`. */
void progress_fold(progress *p, size_t fold, size_t folds);

/* Seconds between the reports it wants; 0: at the end of epochs only. */
double progress_interval(const progress *p);

/* Takes a report, and shows it unless the one before was shown just now. */
void progress_report(progress *p, const kiln_progress *now);

/* Ends the line, before something else is said; the next report begins another. */
void progress_break(progress *p);

/* Shows the last report, where it was not, and ends the line. */
void progress_end(progress *p);

#endif

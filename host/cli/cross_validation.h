/* Cross-validation: a network for each fold, measured on the samples that were held out from it. */
#ifndef KILN_CLI_CROSS_VALIDATION_H
#define KILN_CLI_CROSS_VALIDATION_H

#include "setup.h"

/* One fold's network. */
typedef struct fold_result {
    size_t samples; /* it was trained on */
    kiln_training_result trained;
    kiln_metrics held_out; /* in the targets' own units */
} fold_result;

typedef struct cross_validation {
    size_t folds, done;
    fold_result *fold; /* (folds), `done` of them filled */
} cross_validation;

/* Trains and measures the networks of arguments->folds folds, one after the other, as the arguments have a single one trained on
 * such samples. `whole` lends its device, data and --from; its own network is not touched.
 *
 * made  filled with the folds done so far also on failure; freed with cross_validation_free.
 *
 * Returns what kiln_folds, kiln_train and kiln_evaluate do; the message says which fold it was. */
kiln_status cross_validation_run(const training *whole, cross_validation *made, kiln_error *err);
void cross_validation_free(cross_validation *made);

#endif

/* The table of optimizers, and options with every default filled in. */
#ifndef KILN_TRAINING_OPTIMIZER_H
#define KILN_TRAINING_OPTIMIZER_H

#include "backend/backend.h"

typedef struct optimizer {
    const char *name;              /* as in --optimizer */
    double learning_rate;          /* where the options have 0 */
    double momentum, beta2;        /* the same; 0 where the formula has none */
    bool has_moment1, has_moment2; /* what it remembers between steps, one value a parameter each */
} optimizer;

/* The row of an optimizer. */
const optimizer *optimizer_of(kiln_optimizer which);

/* Checks options and fills in the defaults. NULL: all of them. The batch is at most `samples`; the loss is left as it is.
 * Returns KILN_EINVAL, naming the option, its value and what it may be. */
kiln_status options_resolve(const kiln_training_options *options, size_t samples, kiln_training_options *resolved, kiln_error *err);

/* The plan that trains a network as options, resolved, say. */
plan_spec options_plan(const kiln_training_options *options, const kiln_network *network, size_t batch);

#endif

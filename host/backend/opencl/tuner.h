/* Tuning in the making: what its two parts, tune.c and tune_sets.c, share. */
#ifndef KILN_OPENCL_TUNER_H
#define KILN_OPENCL_TUNER_H

#include "backend/opencl/plan.h"

enum { RUNS_MOST = 50, SETS_MOST = 8 };

/* One set of parameters, and the seconds of each product with it. */
typedef struct tuned_set {
    clblast_parameters parameters;
    double seconds[TUNED_MOST];
} tuned_set;

typedef struct tuner {
    opencl_device *device;
    const plan_spec *spec;
    const kiln_tune_options *options;
    double deadline;
    double longest;         /* that measuring CLBlast once took: compiling, most of it */
    kiln_strategy strategy; /* of the device, where it is not tuned */
    bool whole;             /* with it, the network trains whole steps in one launch */
    size_t count;
    tuned_product product[TUNED_MOST];
    size_t layer[TUNED_MOST];  /* of each product */
    double update[TUNED_MOST]; /* its share of the optimizer's launch */
    size_t tried, sets[CLBLAST_ROUTINE];
    tuned_set set[CLBLAST_ROUTINE][SETS_MOST], best; /* measured: of the direct kernel and of the indirect; together */
    double own[TUNED_MOST], before[TUNED_MOST];
    double times[TUNED_MOST][RUNS_MOST];
    launch_recorder recorder;
} tuner;

/* Seconds on a clock that only goes forward; a sum of seconds. */
double tuner_now(void);
double tuner_sum(const double *values, size_t count);

/* Says what comes, unless it shall not come: KILN_EINTERRUPTED. */
kiln_status tuner_announce(const tuner *t, const char *what, kiln_error *err);

/* A plan whose products are CLBlast's, or kiln's own, with numbers in it. *out is destroyed by the caller, after a failure too. */
kiln_status tuner_make_plan(const tuner *t, bool clblast, plan **out, kiln_error *err);

/* The median time of each product of a plan, (count) seconds. */
kiln_status tuner_measure(tuner *t, opencl_plan *p, double *seconds, kiln_error *err);

/* tune_sets.c */

/* Fills `before`, `set` and `best` by measuring CLBlast, until the deadline. */
kiln_status tuner_clblast(tuner *t, kiln_error *err);

/* How many sets there are for this device. */
size_t tuner_sets(const tuner *t);

#endif

/* A training run: what trainer.c sets up and epoch.c carries on. */
#ifndef KILN_TRAINING_RUN_H
#define KILN_TRAINING_RUN_H

#include "backend/backend.h"
#include "training/checkpoint.h"

/* A point between two steps. */
typedef struct place {
    size_t epoch, step; /* whole epochs done, and steps of the next one */
} place;

typedef struct run {
    plan *plan;
    kiln_network *network; /* its parameters are always those of `kept`, the last place that was found good */
    const kiln_samples *samples;
    kiln_samples weighted; /* the same, with the weights they are trained with */
    float *weight;         /* those; NULL: all are 1 */
    kiln_subset train, validation;
    kiln_training_options options; /* resolved */
    kiln_progress_function report;
    void *user;

    training_state state; /* where the run is; its arrays are as of the last save, and `parameters` a buffer between */
    checkpoint file;      /* path NULL: none */
    place kept, saved;    /* where the network's parameters and the file are from */
    bool has_saved;       /* the file holds a state of this run */
    size_t steps;         /* of one epoch */
    uint64_t total;       /* steps of all epochs */

    uint32_t *order;   /* (most_together * train.count) */
    uint32_t *runs;    /* (order_runs) scratch of the order */
    bool *needed;      /* (order_blocks) scratch of reading ahead */
    size_t ahead;      /* places of the order that were read ahead */
    step *group;       /* (GROUP_MOST) */
    size_t group_size; /* steps a group takes now */
    size_t together;   /* epochs trained together now, where that is possible */
    size_t most_together;
    double *losses;     /* (block) */
    int32_t *predicted; /* (block) */
    double *outputs;    /* (block, outputs) for the labels of multi-label; NULL for other tasks */
    size_t block;       /* samples evaluated, or losses read, at a time */

    size_t summed;     /* places of this epoch whose losses are in state.loss_sum */
    size_t part_first; /* the place where this call began in this epoch */
    double part_began; /* and when */
    double began;      /* the clock when training began, earlier runs' seconds taken off */
} run;

enum { GROUP_MOST = 1024, TOGETHER_PLACES = 1 << 16 }; /* steps of a group; samples of epochs trained together */

/* Seconds on a clock that only goes forward. */
double clock_seconds(void);

/* Whether all epochs are done, or patience is at its end. */
bool run_stopped_early(const run *r);
bool run_finished(const run *r);

/* Training samples per second, over everything trained so far. */
double run_speed(const run *r);

/* Evaluates the validation samples: the mean loss, and the share of those whose class, or whose labels, are predicted, both by
 * weight; NaN for what there is not (validate.c). Returns KILN_EINTERRUPTED, and what the backend does. */
kiln_status run_validate(run *r, double *loss, double *accuracy, kiln_error *err);

/* Trains to the end of the epoch the run is in, or of some epochs where they are short and only losses are wanted of them;
 * validates, saves, reports. Returns KILN_EINTERRUPTED with the state as it is
 * after the last step, not saved; KILN_EDIVERGED; and what the backend and the checkpoint return. */
kiln_status epoch_run(run *r, kiln_error *err);

/* Keeps the state after the last step, in the network and the file. Returns KILN_EINTERRUPTED when that went well. */
kiln_status epoch_interrupt(run *r, kiln_error *err);

/* "after epoch 3", "after step 5 of epoch 4", "before the first step". */
typedef struct place_text {
    char text[80];
} place_text;
place_text place_describe(place where);

#endif

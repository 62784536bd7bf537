/* Where a run is, and that state <-> a file.
 *
 * The file is safetensors: the arrays of a training_state by their names; "kiln.checkpoint" in its metadata is JSON with the
 * run's settings and place; "kiln.checksum" is a CRC-32 over both. The file before the last one is kept as FILE.previous
 * (where the file system has hard links), and read where FILE is damaged. */
#ifndef KILN_TRAINING_CHECKPOINT_H
#define KILN_TRAINING_CHECKPOINT_H

#include "base/status.h"

#include <jansson.h>
#include <kiln/device.h>

#include <stdbool.h>
#include <stddef.h>

/* Where a run is. Arrays have `count` elements, laid out as kiln_network.parameters; one that is not needed is NULL. */
typedef struct training_state {
    size_t count;
    double *parameters, *moment1, *moment2;
    double *best;                                      /* parameters of best_epoch */
    size_t epoch, step;                                /* whole epochs done, validated too; steps done in the next one */
    double loss_sum;                                   /* over the samples of those steps, added in their order */
    double loss, validation_loss, validation_accuracy; /* of the last whole epoch, NaN where not known */
    size_t best_epoch;                                 /* of the lowest validation loss; 0: none yet */
    double best_loss, best_accuracy;                   /* of best_epoch, NaN where not known */
    double seconds;                                    /* since training began */
    double training_seconds;                           /* of them, in training steps */
} training_state;

/* A state at the very start, its arrays of zeros; false where there is no memory. Freed with state_free in any case. */
bool state_create(training_state *state, size_t count, bool moment1, bool moment2, bool best);
void state_free(training_state *state);

/* A checkpoint file and the run it belongs to. */
typedef struct checkpoint {
    const char *path; /* NULL: none is kept */
    kiln_precision precision;
    const char *device;     /* the device's name, for information */
    json_t *settings;       /* of this run; owned by the caller */
    bool epochs_may_differ; /* between a file's settings and these */
    bool damaged;           /* path's content is, so that it must not take the place of FILE.previous */
} checkpoint;

/* Writes the state, whole or not at all. Returns KILN_EIO, KILN_ENOMEM; the file is then as before. */
kiln_status checkpoint_save(checkpoint *file, const training_state *state, kiln_error *err);

/* Reads the state into one that was created for this run; *found is false where there is no file. Returns KILN_EDATA (damaged
 * and no previous one to read instead, or of another run), KILN_EIO, KILN_ENOMEM; the state is then as before. */
kiln_status checkpoint_load(checkpoint *file, training_state *state, bool *found, kiln_error *err);

#endif

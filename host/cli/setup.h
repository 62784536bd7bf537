/* A training as the command line asks for it: its arguments, and what is made of them. */
#ifndef KILN_CLI_SETUP_H
#define KILN_CLI_SETUP_H

#include "device.h"
#include "target.h"

#include <kiln/kiln.h>
#include <stdbool.h>
#include <stdint.h>

/* The options of `kiln train`; setup_options and train.c have their tables. */
typedef struct train_arguments {
    const char *data, *labels, *target, *test, *test_labels; /* files, and a column; NULL where not given */
    const char *weights;                                     /* a column */
    const char *features, *ignore, *text;                    /* columns, with commas between */
    const char *array, *test_array;                          /* in .npz files */
    const char *hidden;                                      /* "128,64", "none" or "auto" */
    const char *init;                                        /* a word, or a file */
    const char *from;                                        /* a network to go on from; NULL: none */
    const char *log, *tensorboard, *report;                  /* files, and a folder */
    const char *checkpoint, *model, *save_config;
    int task, missing, class_weight, activation, output, loss, optimizer, schedule; /* places in the choice_ lists */
    double validation, learning_rate, momentum, weight_decay, warm_up, dropout, clip_norm;
    size_t batch_size, epochs, patience; /* batch_size 0: full; epochs 0: auto */
    size_t folds;                        /* 0: no cross-validation */
    size_t memory;                       /* bytes; 0: auto */
    bool missing_indicator, no_bias, no_standardize, no_shuffle, resume, quiet, json;
    uint64_t seed;
    device_arguments device;
} train_arguments;

/* Everything a training needs, in the order it comes to be. */
typedef struct training {
    const train_arguments *arguments;
    char *model; /* the file it goes to */
    kiln_device *device;
    kiln_network *from;            /* what it goes on from; NULL without --from */
    kiln_data *data, *test;        /* test: NULL without --test */
    kiln_data *unfilled;           /* data before what is missing was filled in, where --folds fill anew; else NULL */
    kiln_subset train, validation; /* of data */
    target_scale scale;            /* outputs 0 where targets are used as they are */
    kiln_samples samples;          /* what is trained on: data's, with scaled targets */
    kiln_network *network;
    kiln_training_options options;
    kiln_training_result result;
    const struct cross_validation *folds; /* what other networks were measured at before; NULL without --folds */
} training;

/* The rows of data, network and training; their fields are in train_arguments. */
extern const option setup_options[];

/* What is wrong with the arguments by themselves; false, and a sentence, where something is. */
bool setup_check(const train_arguments *arguments, char *sentence, size_t bytes);

/* Opens the device, reads and splits the data, makes the network and the settings. Fills *t, which setup_free empties. */
kiln_status setup_training(const train_arguments *arguments, training *t, kiln_error *err);
void setup_free(training *t, kiln_status status);

/* The last part of it, for some of the data alone: splits them, fills in what is missing, and makes the network and the settings.
 * All that is measured for these (fillings, standardisation, the targets' scale) is of the samples to train on.
 * setup_part_free frees what it made. */
kiln_status setup_part(training *t, kiln_subset part, kiln_error *err);
void setup_part_free(training *t);

/* The arguments with what was inferred in the place of "auto"; texts are those of the arguments and of *t. */
train_arguments setup_settled(const training *t);

/* The samples that --test named; NULL without. */
const kiln_samples *setup_test(const training *t);

#endif

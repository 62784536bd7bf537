/* Where networks run: the one interface of both backends.
 *
 * A plan is built once for a network's shape, a batch size and training settings; it holds the parameters, optimizer
 * state and buffers on its device. All numbers cross as double: float32 devices round what is written.
 * One plan, one thread at a time. */
#ifndef KILN_BACKEND_H
#define KILN_BACKEND_H

#include <kiln/device.h>
#include <kiln/explain.h>
#include <kiln/tune.h>

#include "base/status.h"
#include "network/network.h"

typedef struct plan plan;

typedef struct plan_spec {
    const kiln_network
        *network;   /* shape and standardisation; borrowed while the plan lives. Its parameters are not read: plan_write */
    size_t batch;   /* most samples a step takes, at least 1 */
    bool training;  /* false: train() is not called, and nothing for it is allocated */
    kiln_loss loss; /* KILN_LOSS_AUTO: no losses are asked for */
    kiln_optimizer optimizer;
    double momentum, beta2, epsilon, weight_decay, dropout, clip_norm; /* all resolved: no 0 for a default */
    uint64_t seed;
    kiln_stop *stop; /* looked at between kernel builds */
} plan_spec;

/* What a plan can be asked for. Parameters, gradient and moments are laid out as kiln_network.parameters.
 * The others are of the last training step: (rows, width), row-major. */
typedef enum plan_array {
    PLAN_PARAMETERS,
    PLAN_GRADIENT,   /* before clipping and weight decay */
    PLAN_MOMENT1,    /* adam's m, momentum's velocity */
    PLAN_MOMENT2,    /* adam's and rmsprop's v */
    PLAN_INPUT,      /* standardised batch (rows, in) */
    PLAN_ACTIVATION, /* of `layer`, after dropout; for the last layer z, before its activation */
    PLAN_DELTA,      /* d(batch loss)/dz of `layer`; in the batch loss each sample's is multiplied by its weight */
} plan_array;

/* Which list of rows: the training set's, or the one that evaluate() walks. */
typedef enum plan_order { PLAN_TRAIN, PLAN_EVALUATE, PLAN_ORDERS } plan_order;

/* One training step: `rows` samples from place `first` of the PLAN_TRAIN order. */
typedef struct step {
    uint64_t number; /* from 0 since training began; keys dropout, and adam's bias correction (t = number + 1) */
    double learning_rate;
    size_t first, rows;
} step;

/* Where evaluate() puts its results, one a sample; each pointer may be NULL. */
typedef struct evaluation {
    double *loss;       /* (count) whatever the samples' weights */
    int32_t *predicted; /* (count) class: kiln_predicted_class */
    double *outputs;    /* (count, out) after the output activation */
} evaluation;

typedef struct backend_ops {
    const char *name;
    void (*close)(kiln_device *device);

    /* Builds a plan. KILN_EDEVICE, KILN_ENOMEM (says how much was needed and had), KILN_EINTERRUPTED. */
    kiln_status (*plan)(kiln_device *device, const plan_spec *spec, plan **out, kiln_error *err);
    void (*destroy)(plan *p);

    /* Writes or reads a whole array; `layer` counts for PLAN_ACTIVATION and PLAN_DELTA only. Blocks. An optimizer without a
     * moment reads it as zeros and ignores it when written. Only parameters and moments can be written. */
    kiln_status (*write)(plan *p, plan_array array, const double *values, kiln_error *err);
    kiln_status (*read)(plan *p, plan_array array, size_t layer, double *values, kiln_error *err);

    /* The samples that orders count; borrowed until the next attach or destroy. Orders are empty afterwards. */
    kiln_status (*attach)(plan *p, const kiln_samples *samples, kiln_error *err);

    /* Copies an order. rows NULL: 0 to count - 1. */
    kiln_status (*order)(plan *p, plan_order which, const uint32_t *rows, size_t count, kiln_error *err);

    /* Starts steps; may return before they are done, never with more than two calls' steps under way. */
    kiln_status (*train)(plan *p, const step *steps, size_t count, kiln_error *err);

    /* The losses of places [first, first + count) of the PLAN_TRAIN order, from when they were trained on, each multiplied by its
     * sample's weight. Blocks. */
    kiln_status (*losses)(plan *p, size_t first, size_t count, double *loss, kiln_error *err);

    /* Runs forward over places [first, first + count) of the PLAN_EVALUATE order. Blocks; keep calls to some thousand
     * samples, so that a stop flag is seen in time. */
    kiln_status (*evaluate)(plan *p, size_t first, size_t count, const evaluation *into, kiln_error *err);

    /* Explains these steps, one like the other, of whole batches that the PLAN_TRAIN order has; they are run some times.
     * NULL where there is nothing to explain. *into: all but its batch is filled; kiln_explanation_free frees it. */
    kiln_status (*explain)(plan *p, const step *steps, size_t count, const kiln_explain_options *options, kiln_explanation *into,
                           kiln_error *err);

    /* Measures the products of a training step, of which the plan's kernels may be chosen, and keeps the result. NULL where there
     * is nothing to choose. *into: kiln_tuning_free frees it. */
    kiln_status (*tune)(kiln_device *device, const plan_spec *spec, const kiln_tune_options *options, kiln_tuning *into,
                        kiln_error *err);

    /* Forgets what tune() kept. *path: the file that was removed, the caller's; NULL where there was none. */
    kiln_status (*forget)(kiln_device *device, char **path, kiln_error *err);
} backend_ops;

/* What every backend's device begins with. */
struct kiln_device {
    const backend_ops *ops;
    kiln_device_info info;
    kiln_precision precision;
};

/* What every backend's plan begins with. */
struct plan {
    const backend_ops *ops;
    plan_spec spec;
};

#endif

/* What the parts of a verification share: memory, made-up samples, the report's rows, and the state of two plans. */
#ifndef KILN_TRAINING_VERIFY_H
#define KILN_TRAINING_VERIFY_H

#include <kiln/verify.h>

#include "backend/bounds.h"

/* Memory that is freed together. After a failure every pool_take gives NULL; `failed` is looked at once. */
typedef struct pool {
    void *owned[1024];
    size_t count;
    bool failed;
} pool;

double *pool_take(pool *memory, size_t rows, size_t width);
void pool_free(pool *memory);

/* Made-up samples that a network and a loss can be trained on, in an order that is not theirs. */
typedef struct verify_samples {
    kiln_samples samples;
    kiln_loss loss; /* resolved */
    float *x, *y, *weight;
    int32_t *labels;
    uint32_t *order; /* (samples.count) */
} verify_samples;

kiln_status verify_samples_make(const kiln_network *network, size_t count, const kiln_verify_options *options, verify_samples *made,
                                kiln_error *err);
void verify_samples_free(verify_samples *made);

/* The target of the sample at a place of the order, (out). */
void verify_target(const verify_samples *made, const kiln_network *network, size_t place, double *t);

/* The weight of the sample at a place of the order; 1 without weights. */
double verify_weight(const verify_samples *made, size_t place);

/* A plan for training as options (resolved) say, with the network's parameters, the samples, and their order in both orders. */
kiln_status verify_plan(kiln_device *device, const kiln_network *network, const kiln_training_options *options, size_t batch,
                        const verify_samples *made, kiln_stop *stop, plan **out, kiln_error *err);

/* The row of a name, made when it is new; NULL when the report, made for that many, is full. */
kiln_verify_row *report_row(kiln_verify_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));
kiln_status report_make(size_t rows, kiln_verify_report *report, kiln_error *err);

/* Elements to compare; alone: the reference that runs by itself, or NULL. */
typedef struct comparison {
    size_t count;
    const double *device, *expected, *bound, *alone;
} comparison;

void row_compare(kiln_verify_row *row, double margin, const comparison *c);

/* The root mean square check of a product whose result is `device`; sizes as filled by product_sizes. Float32 only. */
void row_rms(kiln_verify_row *row, const rounding *r, const product *sizes, const double *device, const double *expected);

/* Decides each row and the whole. */
void report_conclude(kiln_verify_report *report);

/* What a plan holds after a step, read back. */
typedef struct snapshot {
    double *input, *y[NETWORK_MAX_LAYERS], *delta[NETWORK_MAX_LAYERS], *gradient, *loss;
    double *parameters, *m, *v;
} snapshot;

/* A verification under way. */
typedef struct verification {
    pool memory;
    const kiln_network *network;
    kiln_training_options options; /* resolved */
    rounding r;
    size_t batch, steps;
    kiln_stop *stop;
    verify_samples made;
    plan *device, *alone;
    snapshot before, now, reference; /* the device's, and that of the reference that runs alone; before: parameters and moments */
    double *z[NETWORK_MAX_LAYERS], *z_bound[NETWORK_MAX_LAYERS], *factor[NETWORK_MAX_LAYERS]; /* (batch, out) */
    double *ones;                                                                             /* (batch, widest) */
    double *expected, *bound, *sum, *sum_bound, *squares; /* as large as any array that is compared */
    kiln_verify_report report;
} verification;

/* Compares the scratch `expected` and `bound` with what the device and the lone reference have. */
void verify_compare(verification *v, kiln_verify_row *row, size_t count, const double *device, const double *alone);

/* Checks everything one training step computed: step `s`, with `before`, `now` and `reference` filled. */
kiln_status verify_step(verification *v, const step *s, kiln_error *err);

/* Checks outputs, losses and classes that evaluate() gives with the parameters in `now`. */
kiln_status verify_evaluation(verification *v, kiln_error *err);

#endif

/* The plan of one training step, launch by launch: what each does, how long it takes, and how near that is to the device's best. */
#ifndef KILN_EXPLAIN_H
#define KILN_EXPLAIN_H

#include <kiln/training.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A device that is not there: every launch takes launch_us, and as long as its operations or its bytes need at the least. */
typedef struct kiln_device_model {
    double gflops, gbs; /* 1e9 operations and bytes a second, above 0 */
    double launch_us;   /* microseconds, 0 or more */
} kiln_device_model;

/* One launch of a step, on a whole batch. */
typedef struct kiln_explain_row {
    char what[40];       /* "layer 1 forward" */
    char kernel[32];     /* "dense_forward", "CLBlast gemm" */
    size_t m, n, k;      /* a product (m, k) . (k, n); else m elements, n and k 0 */
    double flops, bytes; /* operations, of a product 2 m n k; bytes it must move, each number once */
    double seconds;      /* median over the steps measured; by a model: max(flops / gflops, bytes / gbs) + launch */
    double share;        /* of the device's peak: max(flops / peak_flops, bytes / peak_bytes) / seconds. Above 1 where a small
                            batch stays in caches, which are faster than the memory that peak_bytes is measured on. */
    bool by_bytes;       /* bytes, not operations, bind */
} kiln_explain_row;

/* Something the planner decided. */
typedef struct kiln_explain_choice {
    char what[16];   /* "products" */
    char chosen[80]; /* "kiln's own kernels" */
    char why[120];   /* "the device is a CPU, where CLBlast reaches a tenth of them" */
} kiln_explain_choice;

enum { KILN_EXPLAIN_CHOICES = 8 };

/* A training step, taken apart. */
typedef struct kiln_explanation {
    bool measured;         /* false: predicted from a model */
    size_t batch;          /* samples of the step */
    size_t steps_a_launch; /* 1, but where whole steps run in one launch: rows are then of one step, a part of its launch */
    size_t rows;
    kiln_explain_row *row; /* (rows) in the order of the queue */
    size_t choices;
    kiln_explain_choice choice[KILN_EXPLAIN_CHOICES];
    double peak_flops, peak_bytes; /* a second: measured by two small kernels, or the model's */
    double kernel_seconds;         /* all rows together */
    double step_seconds;           /* a step on the clock, without profiling and as training runs them; by a model kernel_seconds */
    double samples_per_second;     /* batch / step_seconds */
} kiln_explanation;

/* Zeroed options are the defaults. */
typedef struct kiln_explain_options {
    kiln_training_options training; /* as for kiln_train */
    size_t steps;                   /* to measure; 0: 50 */
    const kiln_device_model *model; /* NULL: measure */
    kiln_stop *stop;
} kiln_explain_options;

/* Explains the step that kiln_train would run with the same arguments, by training a copy of the network.
 *
 * device       the plan is made for it. With a model nothing runs on it: opened with KILN_SHAPE_GPU and KILN_GEMM_CLBLAST it
 *              gives the plan of a GPU.
 * network      unchanged.
 * train        which samples to learn from; at least one.
 * options      NULL: the defaults.
 * explanation  freed with kiln_explanation_free; unchanged on failure.
 *
 * Returns KILN_EUNSUPPORTED for the reference, which launches nothing; else as kiln_train. */
kiln_status kiln_explain(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset train,
                         const kiln_explain_options *options, kiln_explanation *explanation, kiln_error *err);

/* Frees what an explanation holds, and zeroes it. NULL is fine. */
void kiln_explanation_free(kiln_explanation *explanation);

#ifdef __cplusplus
}
#endif
#endif

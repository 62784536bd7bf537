/* A plan on an OpenCL device: buffers and launches, made once; a step only enqueues them.
 *
 * Matrices on the device have rows of `stride` numbers, the width rounded up to whole vectors or a little more; parameters of a
 * layer are (in + 1, stride), the bias being the last row. Padding holds 0 in parameters, gradients and deltas, so whole vectors
 * may be summed. */
#ifndef KILN_OPENCL_PLAN_H
#define KILN_OPENCL_PLAN_H

#include "backend/opencl/gemm_clblast.h"
#include "backend/opencl/launch.h"
#include "backend/opencl/tuning.h"

typedef struct plan_layer {
    size_t in, out, in_stride, out_stride;
    size_t offset;     /* of its parameters in the arenas, in numbers */
    cl_mem activation; /* (pass, out) f(z); of the last layer z */
    cl_mem delta;      /* (batch, out) fprime after the forward pass, dL/dz after the backward pass; training only */
    launch train;      /* forward, and with fprime; by CLBlast: what follows the product */
    launch evaluate;   /* forward only */
    launch backward;   /* delta of the layer below; by CLBlast: the product with fprime */
    launch gradient;   /* of weights and bias; by CLBlast: of the bias */
    launch_work forward_product, backward_product, gradient_product; /* by CLBlast */
} plan_layer;

/* A place where samples wait for their batches: the whole data set, or one of two chunks on their way through. */
typedef struct sample_slot {
    cl_mem x, labels, y, weights;
    pinned_memory stage_x, stage_targets, stage_weights; /* where a chunk is gathered on the host; none when resident */
    cl_event done;                                       /* the kernels that read it last; NULL: none */
} sample_slot;

typedef struct sample_source {
    kiln_samples samples; /* their weights only where the plan trains */
    bool resident;
    size_t chunk;  /* samples a slot has room for, when streamed */
    unsigned next; /* slot to fill */
    size_t read;   /* of samples on a disk, since its pages were given back */
    sample_slot slot[2];
    cl_mem identity;             /* 0 to chunk - 1: the order within a chunk */
    uint32_t *rows[PLAN_ORDERS]; /* the orders, when streamed; NULL: 0 to count - 1 */
    cl_mem order[PLAN_ORDERS];   /* the orders, when resident */
    size_t count[PLAN_ORDERS];
    launch gather, loss_train, loss_evaluate; /* loss_train: where `head`, output_layer */
} sample_source;

enum { NORM_PARTS = 64, UNDER_WAY = 2, FUSED_MOST = 1024 };

/* kernels/output_layer.cl: blocks of rows a work-item takes, and the place of `order` among its arguments, and among those of
 * loss.cl; labels, y, weights and losses follow it. */
enum { HEAD_BLOCKS = 2, HEAD_ORDER = 12, LOSS_ORDER = 7 };

/* Whole steps in one launch: kernels/network.cl. */
typedef struct fused_steps {
    launch run;
    cl_mem table; /* layers' sizes and places */
    cl_mem rates; /* learning rate and corrections of each step of the last call of train() */
} fused_steps;

/* What a plan has of `kiln tune`. */
typedef struct plan_tuning {
    char date[16]; /* when that was; "" where nothing is stored for the device, or was not looked for */
    bool exact;    /* its products are among those measured */
} plan_tuning;

typedef struct opencl_plan {
    plan base;
    opencl_device *device;
    size_t number; /* bytes of a `real` */
    bool clblast;  /* products by CLBlast, else by kiln's own kernels */
    plan_tuning tuned;
    bool updates; /* parameters step in the gradients' kernels, else all at once after them */
    bool head;    /* training takes the last layer, forward to backward, in one launch: output_layer */
    bool whole;   /* training steps in one launch, else layer by layer */
    size_t layers;
    plan_layer layer[NETWORK_MAX_LAYERS];
    size_t arena; /* numbers in parameters and in each array beside it */
    cl_mem parameters, gradient, moment1, moment2;
    cl_mem mean, scale;
    cl_mem input;   /* (pass, in) the standardised batch */
    cl_mem product; /* (batch, widest) of a backward product by CLBlast */
    cl_mem partial; /* (NORM_PARTS) sums of squares of the gradient */
    cl_mem losses;  /* one a place of the PLAN_TRAIN order */
    size_t pass;    /* samples that evaluate() runs forward at a time, at least a batch; input and activations have room for them */
    size_t block;   /* samples whose results it reads at a time */
    cl_mem block_losses, block_outputs, block_predicted;
    launch norm, optimizer;
    cl_mem work; /* where `whole`: input, activations and deltas are parts of it */
    fused_steps fused;
    sample_source source;
    size_t rows;                   /* of the last training step */
    cl_event under_way[UNDER_WAY]; /* the ends of the last calls of train() */
    unsigned next;
} opencl_plan;

/* Numbers from row to row for rows of `width`: whole vectors, and whole pieces of 8 of a GPU shape. */
size_t plan_stride(const opencl_device *device, size_t width);

kiln_status plan_create(kiln_device *device, const plan_spec *spec, plan **out, kiln_error *err);
void plan_destroy(plan *p);

/* The products of a step, or of evaluation, at most TUNED_MOST; returns how many. They have no times. */
size_t plan_products(const opencl_plan *p, tuned_product *products);

/* launches.c */

/* Builds what runs layer by layer: for evaluation, and for training where that is not in whole steps. */
kiln_status plan_make_launches(opencl_plan *p, kiln_error *err);

/* What the forward kernels need for dropout. */
typedef struct dropout_arguments {
    argument key0, key1, threshold, scale;
} dropout_arguments;
dropout_arguments plan_dropout(const plan_spec *spec);

/* What the optimizer's formulas need that stays the same from step to step: kernels/optimizer.clh. */
typedef struct optimizer_arguments {
    argument b1, b2, c1, c2, epsilon, decay, clip_norm;
} optimizer_arguments;
optimizer_arguments plan_optimizer(const plan_spec *spec);

/* Defines of the hidden activation; of the optimizer; of the samples and the loss. The latter two return where the next goes. */
const char *plan_activation(const opencl_plan *p);
define *plan_optimizer_defines(const plan_spec *spec, define *to);
define *plan_source_defines(const opencl_plan *p, define *to);

/* source_launches.c: builds what reads samples, once they are known. */
kiln_status source_make_launches(opencl_plan *p, kiln_error *err);

/* work.c: says of every launch of a training step what it does. The samples' are there once some are attached. */
void work_describe(opencl_plan *p);
void work_describe_source(opencl_plan *p);

/* explain.c */
kiln_status explain_step(plan *p, const step *steps, size_t count, const kiln_explain_options *options, kiln_explanation *into,
                         kiln_error *err);

/* tune.c */
kiln_status tune_device(kiln_device *device, const plan_spec *spec, const kiln_tune_options *options, kiln_tuning *into,
                        kiln_error *err);
kiln_status tune_clear(kiln_device *device, char **path, kiln_error *err);

/* choices.c */
void explain_choices(const opencl_plan *p, kiln_explanation *into);

/* arrays.c */
kiln_status plan_write(plan *p, plan_array array, const double *values, kiln_error *err);
kiln_status plan_read(plan *p, plan_array array, size_t layer, double *values, kiln_error *err);

/* Whether this plan's optimizer has such moments. */
bool plan_has(const opencl_plan *p, plan_array array);

/* Copies `count` numbers, in the device's precision, from place `first` of a buffer as doubles. */
kiln_status plan_read_numbers(opencl_plan *p, cl_mem buffer, size_t first, size_t count, double *values, kiln_error *err);

/* source.c */
kiln_status source_attach(plan *p, const kiln_samples *samples, kiln_error *err);
kiln_status source_order(plan *p, plan_order which, const uint32_t *rows, size_t count, kiln_error *err);
void source_free(opencl_plan *p);

/* Makes samples ready on the device: as many as fit from place `first` of an order, at most `count`, whole batches of
 * `multiple`. Points gather and loss at them. *ready: how many; *at: where they begin in the order that gather then uses. */
kiln_status source_fetch(opencl_plan *p, plan_order which, size_t first, size_t count, size_t multiple, size_t *ready, size_t *at,
                         kiln_error *err);

/* Says that all kernels which read what source_fetch made ready are enqueued. */
kiln_status source_done(opencl_plan *p, kiln_error *err);

/* fused.c */

/* What keeps whole steps out of one launch: its 32-bit places, the device's memory or loops. A phrase; NULL: nothing. */
const char *fused_obstacle(opencl_plan *p);

/* Whether launches would cost more than they bring. */
bool fused_pays(const opencl_plan *p);

/* Whether a strategy takes whole steps in one launch. */
bool fused_chosen(opencl_plan *p, kiln_strategy strategy);

/* Numbers of the work area; makes its parts the plan's buffers; makes the kernel's tables. */
size_t fused_work(opencl_plan *p);
kiln_status fused_carve(opencl_plan *p, kiln_error *err);
kiln_status fused_create(opencl_plan *p, kiln_error *err);
void fused_free(opencl_plan *p);

/* Builds the kernel for the samples attached; points it at a slot and an order. */
kiln_status fused_make(opencl_plan *p, kiln_error *err);
kiln_status fused_point_at(opencl_plan *p, const sample_slot *slot, cl_mem order, kiln_error *err);

/* Sends what the `count` steps of a call of train(), at most FUSED_MOST, have each of their own. */
kiln_status fused_begin(opencl_plan *p, const step *steps, size_t count, kiln_error *err);

/* How many of `count` steps one launch takes; runs them: steps [index, index + count), whose samples begin at `at`. */
size_t fused_count(const opencl_plan *p, const step *steps, size_t count);
kiln_status fused_run(opencl_plan *p, const step *steps, size_t index, size_t count, size_t at, kiln_error *err);

/* step.c */

/* What the optimizer's kernel takes for one step. */
typedef struct step_rates {
    double learning_rate, correction1, correction2;
} step_rates;
step_rates step_rates_of(const plan_spec *spec, const step *s);

/* Enqueues one product of a step, with all that follows it, on whatever the buffers hold; parameters step by 0. */
kiln_status step_product(opencl_plan *p, product_kind kind, size_t layer, kiln_error *err);

/* The optimizer's launch, where the gradients' kernels do not update; by 0 too. */
kiln_status step_update(opencl_plan *p, kiln_error *err);

kiln_status step_train(plan *p, const step *steps, size_t count, kiln_error *err);
kiln_status step_losses(plan *p, size_t first, size_t count, double *loss, kiln_error *err);
kiln_status step_evaluate(plan *p, size_t first, size_t count, const evaluation *into, kiln_error *err);

#endif

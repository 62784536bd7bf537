/* Explanations: the launches of a step in their order, what each does, times that are there, and a model's formula. */
#include "devices.h"
#include "support.h"
#include "training.h"

#include <math.h>
#include <string.h>

enum { BATCH = 16 };

static kiln_error err;
static const kiln_subset all = { .count = BLOB_SAMPLES };

/* The blobs' network is 2-7-3. Products are m x n x k; of others m is the number of elements. */
typedef struct expected {
    const char *what, *kernel;
    size_t m, n, k;
} expected;

static const expected own[] = {
    { "samples of the batch", "gather", BATCH * 2, 0, 0 },
    { "layer 1 forward", "dense_forward", BATCH, 7, 2 },
    { "layer 2 forward", "dense_forward", BATCH, 3, 7 },
    { "loss, and its gradient", "loss", BATCH * 3, 0, 0 },
    { "layer 2 backward", "dense_backward", BATCH, 7, 3 },
    { "layer 2 gradient", "dense_gradient", 7, 3, BATCH },
    { "layer 1 gradient", "dense_gradient", 2, 7, BATCH },
    { "norm of the gradient", "gradient_norm", 45, 0, 0 },
    { "optimizer", "optimizer", 45, 0, 0 },
};

static const expected head[] = {
    { "samples of the batch", "gather", BATCH * 2, 0, 0 },
    { "layer 1 forward", "dense_forward", BATCH, 7, 2 },
    { "layer 2 forward, loss, backward", "output_layer", BATCH * 3, 0, 0 },
    { "layer 2 gradient", "dense_gradient", 7, 3, BATCH },
    { "layer 1 gradient", "dense_gradient", 2, 7, BATCH },
    { "norm of the gradient", "gradient_norm", 45, 0, 0 },
    { "optimizer", "optimizer", 45, 0, 0 },
};

static const expected clblast[] = {
    { "samples of the batch", "gather", BATCH * 2, 0, 0 },
    { "layer 1 forward", "CLBlast gemm", BATCH, 7, 2 },
    { "layer 1 bias, activation", "layer_output", BATCH * 7, 0, 0 },
    { "layer 2 forward", "CLBlast gemm", BATCH, 3, 7 },
    { "layer 2 bias, activation", "layer_output", BATCH * 3, 0, 0 },
    { "loss, and its gradient", "loss", BATCH * 3, 0, 0 },
    { "layer 2 backward", "CLBlast gemm", BATCH, 7, 3 },
    { "layer 2 backward, slope", "multiply", BATCH * 7, 0, 0 },
    { "layer 2 gradient", "CLBlast gemm", 7, 3, BATCH },
    { "layer 2 bias gradient", "bias_gradient", BATCH * 3, 0, 0 },
    { "layer 1 gradient", "CLBlast gemm", 2, 7, BATCH },
    { "layer 1 bias gradient", "bias_gradient", BATCH * 7, 0, 0 },
    { "norm of the gradient", "gradient_norm", 45, 0, 0 },
    { "optimizer", "optimizer", 45, 0, 0 },
};

static const expected fused[] = { { "whole step", "network", 45, 0, 0 } };

static kiln_explain_options options_of(const kiln_device_model *model)
{
    return (kiln_explain_options){ .training = { .batch_size = BATCH, .clip_norm = 1.0 }, .steps = 4, .model = model };
}

static kiln_device *opened(const device_case *c)
{
    kiln_device *device = NULL;
    ck_assert_kiln(kiln_device_open(c->which, &c->options, &device, &err), err);
    return device;
}

static void check_rows(const kiln_explanation *e, const kiln_device_options *options, const char *label)
{
    const bool whole = options->strategy == KILN_STRATEGY_FUSED, by_clblast = options->gemm == KILN_GEMM_CLBLAST;
    const bool cpu = options->shape == KILN_SHAPE_CPU;
    const expected *wanted = whole ? fused : by_clblast ? clblast : cpu ? head : own;
    const size_t count = whole        ? 1
                         : by_clblast ? sizeof clblast / sizeof *clblast
                         : cpu        ? sizeof head / sizeof *head
                                      : sizeof own / sizeof *own;
    if (whole && options->resident_limit) /* as many as a slot has room for */
        ck_assert(e->steps_a_launch >= 1 && e->steps_a_launch <= BLOB_SAMPLES / BATCH);
    else
        ck_assert_uint_eq(e->steps_a_launch, whole ? BLOB_SAMPLES / BATCH : 1);
    ck_assert_msg(e->rows == count, "%s: %zu launches, not %zu", label, e->rows, count);
    ck_assert_uint_eq(e->batch, BATCH);
    for (size_t i = 0; i < count; i++) {
        const kiln_explain_row *row = &e->row[i];
        ck_assert_msg(strcmp(row->what, wanted[i].what) == 0 && strcmp(row->kernel, wanted[i].kernel) == 0,
                      "%s: launch %zu is '%s' by %s, not '%s' by %s", label, i, row->what, row->kernel, wanted[i].what,
                      wanted[i].kernel);
        ck_assert_msg(row->m == wanted[i].m && row->n == wanted[i].n && row->k == wanted[i].k, "%s: '%s' is %zu x %zu x %zu", label,
                      row->what, row->m, row->n, row->k);
        if (row->n > 0)
            ck_assert_msg(row->flops == (double)(2 * row->m * row->n * row->k), "%s: '%s' is %g flops", label, row->what,
                          row->flops);
        ck_assert_msg(row->bytes > 0 && row->flops >= 0, "%s: '%s' moves %g bytes", label, row->what, row->bytes);
    }
}

static void check_times(const kiln_explanation *e, const char *label)
{
    double sum = 0.0;
    ck_assert(e->measured && isfinite(e->peak_flops) && e->peak_flops > 0 && isfinite(e->peak_bytes) && e->peak_bytes > 0);
    for (size_t i = 0; i < e->rows; i++) {
        const kiln_explain_row *row = &e->row[i];
        const double operations = row->flops / e->peak_flops, bytes = row->bytes / e->peak_bytes;
        ck_assert_msg(row->seconds > 0 && row->seconds < 60, "%s: '%s' took %g s", label, row->what, row->seconds);
        ck_assert_msg(row->share > 0 && isfinite(row->share), "%s: '%s' has share %g", label, row->what, row->share);
        ck_assert_double_eq(row->share, fmax(operations, bytes) / row->seconds);
        ck_assert(row->by_bytes == (bytes > operations));
        sum += row->seconds;
    }
    ck_assert_double_eq(sum, e->kernel_seconds);
    ck_assert_double_gt(e->step_seconds, 0);
    ck_assert_double_eq(e->samples_per_second, BATCH / e->step_seconds);
}

static void check_choices(const kiln_explanation *e, const device_case *c)
{
    const bool by_clblast = c->options.gemm == KILN_GEMM_CLBLAST;
    const bool whole = c->options.strategy == KILN_STRATEGY_FUSED;
    ck_assert_uint_eq(e->choices, 5);
    ck_assert_str_eq(e->choice[0].what, "strategy");
    ck_assert(strncmp(e->choice[0].chosen, whole ? "fused" : "layers", whole ? 5 : 6) == 0);
    ck_assert_str_eq(e->choice[0].why, "asked for");
    ck_assert_str_eq(e->choice[1].what, "products");
    ck_assert_str_eq(e->choice[1].chosen, whole ? "in the kernel of whole steps" : by_clblast ? "CLBlast" : "kiln's own kernels");
    ck_assert_str_eq(e->choice[1].why, whole ? "the strategy is fused" : "asked for");
    ck_assert_str_eq(e->choice[2].what, "update");
    ck_assert_str_eq(e->choice[2].chosen, whole ? "in the kernel of whole steps" : "in a launch of its own");
    ck_assert_str_eq(e->choice[3].what, "shape");
    ck_assert(strncmp(e->choice[3].chosen, c->options.shape == KILN_SHAPE_GPU ? "GPU" : "CPU", 3) == 0);
    ck_assert_str_eq(e->choice[3].why, "asked for");
    ck_assert_str_eq(e->choice[4].what, "data");
    ck_assert(strncmp(e->choice[4].chosen, c->options.resident_limit ? "streamed" : "resident", 8) == 0);
}

START_TEST(every_device_is_explained)
{
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device_options small = c[d].options;
        small.resident_limit = small.resident_limit ? 512 : 0; /* less than the blobs have */
        device_case with = c[d];
        with.options = small;
        kiln_device *device = opened(&with);
        kiln_network *network = blob_network(1);
        const kiln_explain_options options = options_of(NULL);
        kiln_explanation e;
        ck_assert_msg(kiln_explain(device, network, blobs(), all, &options, &e, &err) == KILN_OK, "%s: %s", c[d].label,
                      err.message);
        check_rows(&e, &small, c[d].label);
        check_times(&e, c[d].label);
        check_choices(&e, &with);
        kiln_explanation_free(&e);
        ck_assert(e.row == NULL && e.rows == 0);
        kiln_network_destroy(network);
        kiln_device_close(device);
    }
}
END_TEST

/* By its formula, exactly; and the device goes on as if nothing had been. */
START_TEST(a_model_predicts)
{
    static const kiln_device_model models[] = { { 15000, 900, 5 }, { 0.5, 1000, 0 }, { 1000, 0.25, 1.5 } };
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        if (c[d].options.resident_limit)
            continue; /* a model has no limit */
        kiln_device *device = opened(&c[d]);
        kiln_network *network = blob_network(1);
        for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
            const kiln_explain_options options = options_of(&models[m]);
            kiln_explanation e;
            double sum = 0.0;
            ck_assert_kiln(kiln_explain(device, network, blobs(), all, &options, &e, &err), err);
            check_rows(&e, &c[d].options, c[d].label);
            const double launch = 1e-6 * models[m].launch_us / (double)e.steps_a_launch;
            for (size_t i = 0; i < e.rows; i++) {
                const double operations = e.row[i].flops / (1e9 * models[m].gflops), bytes = e.row[i].bytes / (1e9 * models[m].gbs);
                ck_assert_double_eq(e.row[i].seconds, fmax(operations, bytes) + launch);
                sum += e.row[i].seconds;
            }
            ck_assert(!e.measured);
            ck_assert_double_eq(e.kernel_seconds, sum);
            ck_assert_double_eq(e.step_seconds, sum);
            ck_assert_double_eq(e.samples_per_second, BATCH / sum);
            kiln_explanation_free(&e);
        }
        kiln_metrics metrics;
        ck_assert_kiln(kiln_evaluate(device, network, blobs(), all, KILN_LOSS_AUTO, NULL, &metrics, &err), err);
        kiln_metrics_free(&metrics);
        kiln_network_destroy(network);
        kiln_device_close(device);
    }
}
END_TEST

/* Counted by hand, in float32: each number that is read or written, once. */
START_TEST(bytes_are_counted)
{
    static const double bytes[] = {
        4 * 32 + 16 * (2 * 4 + 4), /* gather: x; features and a place in the order for each sample */
        4 * (32 + 21 + 2 * 112),   /* x, w and bias, y and slope */
        4 * 16 * (3 + 3 + 1) + 128 /* z, delta and the loss; label and place in the order; */
            + 4 * (3 * 112 + 24),  /* x, the slope that becomes the delta below; w and bias */
        4 * (112 + 48 + 24),       /* x, delta, gradient */
        4 * (32 + 112 + 21),       /* as above */
        4 * 45,                    /* the gradient */
        4 * 45 * 7,                /* gradient; parameter and adam's two moments, read and written */
    };
    const kiln_device_model model = { 1, 1, 0 };
    const kiln_explain_options options = options_of(&model);
    size_t cases;
    kiln_device *device = opened(device_cases(&cases));
    kiln_network *network = blob_network(1);
    kiln_explanation e;
    ck_assert_kiln(kiln_explain(device, network, blobs(), all, &options, &e, &err), err);
    ck_assert_uint_eq(e.rows, sizeof bytes / sizeof *bytes);
    for (size_t i = 0; i < e.rows; i++)
        ck_assert_msg(e.row[i].bytes == bytes[i], "'%s' moves %g bytes, not %g", e.row[i].what, e.row[i].bytes, bytes[i]);
    kiln_explanation_free(&e);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* Without clipping the gradients' kernels step the parameters too, after the deltas below that still need them. */
START_TEST(updates_in_the_gradients_kernels)
{
    static const char *const names[] = { "samples of the batch", "layer 1 forward", "layer 2 forward, loss, backward",
                                         "layer 2 gradient, update", "layer 1 gradient, update" };
    const kiln_device_model model = { 1, 1, 0 };
    kiln_explain_options options = options_of(&model);
    size_t cases;
    kiln_device *device = opened(device_cases(&cases));
    kiln_network *network = blob_network(1);
    kiln_explanation e;
    options.training.clip_norm = 0;
    ck_assert_kiln(kiln_explain(device, network, blobs(), all, &options, &e, &err), err);
    ck_assert_uint_eq(e.rows, sizeof names / sizeof *names);
    for (size_t i = 0; i < e.rows; i++)
        ck_assert_str_eq(e.row[i].what, names[i]);
    ck_assert_double_eq(e.row[3].bytes, 4 * (112 + 48 + 7 * 24)); /* x, delta; gradient, parameter and adam's moments */
    ck_assert_str_eq(e.choice[2].chosen, "in the gradients' kernels");
    kiln_explanation_free(&e);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* The same of a whole step: what the layers do together; samples, parameters and moments come from outside. */
START_TEST(a_whole_step_is_counted)
{
    const kiln_device_model model = { 1, 1, 0 };
    const kiln_explain_options options = options_of(&model);
    const kiln_device_options fused_cpu = { .shape = KILN_SHAPE_CPU, .strategy = KILN_STRATEGY_FUSED, .cache = "" };
    size_t cases;
    device_case c = device_cases(&cases)[0];
    c.options = fused_cpu;
    kiln_device *device = opened(&c);
    kiln_network *network = blob_network(1);
    kiln_explanation e;
    ck_assert_kiln(kiln_explain(device, network, blobs(), all, &options, &e, &err), err);
    ck_assert_uint_eq(e.rows, 1);
    ck_assert_double_eq(e.row[0].flops, 16 * (4 * 14 + 6 * 21) + 6 * 48 + 15 * 45); /* products, loss, adam with clipping */
    ck_assert_double_eq(e.row[0].bytes, 192 + 192 + 4 * 45 * 6); /* gather and loss without x, z and delta, adam */
    kiln_explanation_free(&e);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* Twice the batch is twice the operations of every product, and a byte a feature less where samples are bytes. */
START_TEST(work_follows_batch_and_samples)
{
    static unsigned char pixels[BLOB_SAMPLES][BLOB_FEATURES];
    const kiln_device_model model = { 1, 1, 0 };
    size_t cases;
    kiln_device *device = opened(device_cases(&cases));
    kiln_network *network = blob_network(1);
    kiln_samples samples = *blobs();
    kiln_explain_options options = options_of(&model);
    kiln_explanation one, two;
    ck_assert_kiln(kiln_explain(device, network, &samples, all, &options, &one, &err), err);
    options.training.batch_size = 2 * BATCH;
    samples.element = KILN_ELEMENT_U8;
    samples.x = pixels;
    ck_assert_kiln(kiln_explain(device, network, &samples, all, &options, &two, &err), err);
    ck_assert_uint_eq(one.rows, two.rows);
    for (size_t i = 0; i < one.rows; i++)
        if (one.row[i].n)
            ck_assert_double_eq(2 * one.row[i].flops, two.row[i].flops);
    ck_assert_double_eq(2 * one.row[0].bytes - two.row[0].bytes, 2.0 * BATCH * BLOB_FEATURES * 3);
    kiln_explanation_free(&one);
    kiln_explanation_free(&two);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain");
    TCase *tc = tcase_create("explain");
    tcase_set_timeout(tc, 110);
    tcase_add_test(tc, every_device_is_explained);
    tcase_add_test(tc, a_model_predicts);
    tcase_add_test(tc, bytes_are_counted);
    tcase_add_test(tc, updates_in_the_gradients_kernels);
    tcase_add_test(tc, a_whole_step_is_counted);
    tcase_add_test(tc, work_follows_batch_and_samples);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

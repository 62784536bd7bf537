/* A run that is stopped anywhere and resumed must be the run that was not, bit for bit. */
#include "base/fault.h"
#include "devices.h"
#include "network/network.h"
#include "support.h"
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRAIN = 23, BATCH = 5, STEPS = 5, EPOCHS = 3, VALIDATION = 12 };

/* What a run said of its epochs. */
typedef struct epochs {
    double loss[16], validation_loss[16], validation_accuracy[16];
    int best[16];
    size_t count;
} epochs;

static void record(void *user, const kiln_progress *progress)
{
    epochs *all = user;
    if (!progress->epoch_done)
        return;
    ck_assert_uint_lt(all->count, 16);
    ck_assert_uint_eq(progress->epoch, all->count + 1); /* each epoch once, however often the run was stopped */
    all->loss[all->count] = progress->loss;
    all->validation_loss[all->count] = progress->validation_loss;
    all->validation_accuracy[all->count] = progress->validation_accuracy;
    all->best[all->count++] = progress->best;
}

static const kiln_training_options kinds[] = {
    { .optimizer = KILN_ADAM, .dropout = 0.3 },
    { .optimizer = KILN_SGD, .no_shuffle = true, .schedule = KILN_COSINE },
    { .optimizer = KILN_MOMENTUM, .schedule = KILN_ONE_CYCLE, .warm_up = 0.2, .weight_decay = 0.01 },
    { .optimizer = KILN_RMSPROP, .clip_norm = 0.5, .patience = 2 },
    { .optimizer = KILN_NESTEROV, .patience = 1, .learning_rate = 3.0 }, /* so fast that it stops early */
};

enum { KINDS = sizeof kinds / sizeof *kinds, STOPS_EARLY = KINDS - 1 };

/* A run of its own, from the beginning to the end, or up to where hooks stop it. */
typedef struct trial {
    kiln_training_options options;
    kiln_subset train, validation;
    kiln_network *network;
    kiln_training_result result;
    kiln_error err;
    epochs said;
} trial;

static char path[600];

static trial trial_of(int kind)
{
    trial t = { .options = kinds[kind], .train = { NULL, TRAIN }, .validation = { NULL, VALIDATION } };
    snprintf(path, sizeof path, "%s/checkpoint", temporary_folder());
    unlink(path);
    t.options.epochs = EPOCHS;
    t.options.batch_size = BATCH;
    t.options.seed = 11;
    t.options.progress = 1e-9;
    t.network = blob_network(4);
    return t;
}

static kiln_status run(trial *t, kiln_device *device)
{
    t->options.stop = &hook.stop;
    return kiln_train(device, t->network, blobs(), t->train, t->validation, &t->options, record, &t->said, &t->result, &t->err);
}

static void assert_same(const trial *a, const trial *b, const char *where, size_t at)
{
    const kiln_network *m = a->network, *n = b->network;
    ck_assert_msg(memcmp(m->parameters, n->parameters, m->count * sizeof(double)) == 0, "%s %zu: other weights", where, at);
    ck_assert_msg(a->said.count == b->said.count && memcmp(&a->said, &b->said, sizeof a->said) == 0, "%s %zu: other reports", where,
                  at);
    ck_assert_uint_eq(a->result.epochs, b->result.epochs);
    ck_assert_uint_eq(a->result.steps, b->result.steps);
    ck_assert_uint_eq(a->result.best_epoch, b->result.best_epoch);
    ck_assert_double_eq(a->result.loss, b->result.loss);
    ck_assert_double_eq(a->result.validation_loss, b->result.validation_loss);
    ck_assert_double_eq(a->result.validation_accuracy, b->result.validation_accuracy);
    ck_assert_int_eq(a->result.stopped_early, b->result.stopped_early);
}

static trial unbroken(int kind)
{
    trial t = trial_of(kind);
    hook = (hooks){ 0 };
    ck_assert_kiln(run(&t, NULL), t.err);
    ck_assert_int_eq(t.result.stopped_early, kind == STOPS_EARLY);
    return t;
}

/* Goes on in a new network, as a new process would. */
static void resume(trial *t, kiln_device *device)
{
    kiln_network_destroy(t->network);
    t->network = blob_network(99);
    t->options.resume = true;
    ck_assert_kiln(run(t, device), t->err);
}

START_TEST(stopped_after_any_step)
{
    trial whole = unbroken(_i);
    kiln_device *device = hooked_device();
    for (size_t stop = 1; stop < whole.result.steps; stop++) {
        trial t = trial_of(_i);
        t.options.checkpoint = path;
        hook = (hooks){ .stop_at_step = stop, .seconds = 0.013 }; /* so that a group is one step */
        ck_assert_int_eq(run(&t, device), KILN_EINTERRUPTED);
        ck_assert(t.result.interrupted);
        ck_assert_uint_eq(t.result.steps, stop);
        ck_assert_uint_eq(t.result.epochs, (stop - 1) / STEPS); /* at an epoch's end, the validation is to be done */
        ck_assert(isfinite(t.result.loss));
        hook = (hooks){ 0 };
        resume(&t, device);
        assert_same(&t, &whole, "step", stop);
        kiln_network_destroy(t.network);
    }
    kiln_network_destroy(whole.network);
    kiln_device_close(device);
}
END_TEST

START_TEST(stopped_in_any_validation)
{
    trial whole = unbroken(_i);
    kiln_device *device = hooked_device();
    for (size_t stop = 1; stop <= whole.result.epochs; stop++) {
        trial t = trial_of(_i);
        t.options.checkpoint = path;
        hook = (hooks){ .stop_at_evaluate = stop };
        const kiln_status status = run(&t, device);
        ck_assert_int_eq(status, stop < whole.result.epochs ? KILN_EINTERRUPTED : KILN_OK); /* the last one ends the run */
        ck_assert_uint_eq(t.result.epochs, stop);
        hook = (hooks){ 0 };
        resume(&t, device);
        assert_same(&t, &whole, "validation", stop);
        kiln_network_destroy(t.network);
    }
    kiln_network_destroy(whole.network);
    kiln_device_close(device);
}
END_TEST

START_TEST(stopped_between_blocks_of_a_validation)
{
    enum { MANY = 9000 };
    static uint32_t rows[MANY]; /* three blocks */
    kiln_device *device = hooked_device();
    trial whole = trial_of(0), t = trial_of(0);
    for (size_t i = 0; i < MANY; i++)
        rows[i] = (uint32_t)(i * 7 % BLOB_SAMPLES);
    whole.validation = t.validation = (kiln_subset){ rows, MANY };
    ck_assert_kiln(run(&whole, device), whole.err);
    ck_assert_uint_eq(hook.evaluations, EPOCHS * 3);
    t.options.checkpoint = path;
    hook = (hooks){ .stop_at_evaluate = 5 };
    ck_assert_int_eq(run(&t, device), KILN_EINTERRUPTED);
    ck_assert_uint_eq(hook.evaluations, 5);
    ck_assert_uint_eq(t.result.epochs, 1);
    ck_assert_uint_eq(t.result.steps, 2 * STEPS);
    hook = (hooks){ 0 };
    resume(&t, device);
    ck_assert_uint_eq(hook.steps, (EPOCHS - 2) * STEPS); /* only the validation of the second epoch was left of it */
    assert_same(&t, &whole, "block", 2);
    kiln_network_destroy(t.network);
    kiln_network_destroy(whole.network);
    kiln_device_close(device);
}
END_TEST

static const kiln_device_options ways[] = {
    { .gemm = KILN_GEMM_NATIVE },
    { .gemm = KILN_GEMM_NATIVE, .resident_limit = 300 }, /* less than the samples have: streamed */
    { .gemm = KILN_GEMM_NATIVE, .precision = KILN_F64 },
};

/* On an OpenCL device as on the reference, where steps are still under way when the run is stopped. */
START_TEST(stopped_on_a_device)
{
    static const struct {
        int kind;
        size_t stop;
    } stops[] = { { 0, 1 }, { 0, 10 }, { 3, 7 } };
    size_t cases;
    const device_case *first = device_cases(&cases);
    kiln_device *device;
    kiln_error err;
    const kiln_status status = kiln_device_open(first->which, &ways[_i], &device, &err);
    if (status == KILN_EUNSUPPORTED)
        return; /* a device without float64 */
    ck_assert_kiln(status, err);
    hook_device(device);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        trial whole = trial_of(stops[i].kind), t = trial_of(stops[i].kind);
        hook = (hooks){ 0 };
        ck_assert_kiln(run(&whole, device), whole.err);
        t.options.checkpoint = path;
        hook = (hooks){ .stop_at_step = stops[i].stop, .seconds = 0.013 };
        ck_assert_int_eq(run(&t, device), KILN_EINTERRUPTED);
        hook = (hooks){ 0 };
        resume(&t, device);
        assert_same(&t, &whole, "step", stops[i].stop);
        kiln_network_destroy(t.network);
        kiln_network_destroy(whole.network);
    }
    kiln_device_close(device);
}
END_TEST

START_TEST(stopped_again_and_again)
{
    trial whole = unbroken(0), t = trial_of(0);
    kiln_device *device = hooked_device();
    kiln_status status = KILN_EINTERRUPTED;
    size_t runs = 0;
    t.options.checkpoint = path;
    for (; status == KILN_EINTERRUPTED && runs < 50; runs++) {
        hook = (hooks){ .stop_at_step = 1 };
        t.options.resume = true; /* the first time there is no file yet */
        status = run(&t, device);
    }
    ck_assert_kiln(status, t.err);
    ck_assert_uint_ge(runs, EPOCHS * STEPS);
    assert_same(&t, &whole, "run", runs);
    kiln_network_destroy(t.network);
    kiln_network_destroy(whole.network);
    kiln_device_close(device);
}
END_TEST

START_TEST(stopped_without_a_checkpoint_keeps_the_weights)
{
    kiln_device *device = hooked_device();
    trial t = trial_of(1), two = trial_of(1);
    t.options.schedule = two.options.schedule = KILN_CONSTANT;
    hook = (hooks){ .stop_at_step = 2 * STEPS, .seconds = 0.013 };
    ck_assert_int_eq(run(&t, device), KILN_EINTERRUPTED);
    ck_assert_str_eq(t.err.message, "stopped when asked to, after step 5 of epoch 2");
    ck_assert(isnan(t.result.validation_loss));
    two.options.epochs = 2;
    hook = (hooks){ 0 };
    ck_assert_kiln(run(&two, device), two.err);
    ck_assert_mem_eq(t.network->parameters, two.network->parameters, t.network->count * sizeof(double));
    kiln_network_destroy(t.network);
    kiln_network_destroy(two.network);
    kiln_device_close(device);
}
END_TEST

START_TEST(a_finished_run_is_not_run_again)
{
    kiln_device *device = hooked_device();
    trial t = trial_of(_i);
    t.options.checkpoint = path;
    ck_assert_kiln(run(&t, device), t.err);
    trial again = t;
    hook = (hooks){ 0 };
    again.network = blob_network(99);
    again.options.resume = true;
    memset(&again.result, 0xff, sizeof again.result);
    ck_assert_kiln(run(&again, device), again.err);
    ck_assert_uint_eq(hook.steps + hook.evaluations, 0);
    assert_same(&again, &t, "finished", 0);
    ck_assert_double_eq(again.result.seconds, t.result.seconds);
    ck_assert_double_eq(again.result.samples_per_second, t.result.samples_per_second);
    kiln_network_destroy(again.network);
    kiln_network_destroy(t.network);
    kiln_device_close(device);
}
END_TEST

START_TEST(a_constant_rate_can_be_trained_longer)
{
    trial whole = unbroken(0), t = trial_of(0);
    t.options.checkpoint = path;
    t.options.epochs = 2;
    ck_assert_kiln(run(&t, NULL), t.err);
    t.options.epochs = EPOCHS;
    resume(&t, NULL);
    assert_same(&t, &whole, "epoch", 2);
    t.options.epochs = 2;
    ck_assert_int_eq(run(&t, NULL), KILN_EDATA);
    ck_assert_msg(strstr(t.err.message, "the checkpoint is from after epoch 3, but only 2 epochs are to be trained") != NULL, "%s",
                  t.err.message);
    kiln_network_destroy(t.network);
    kiln_network_destroy(whole.network);
}
END_TEST

static const struct {
    kiln_training_options change; /* a field that is not 0 replaces the run's */
    size_t train;
    const char *difference;
} others[] = {
    { { .batch_size = 6 }, 0, "batch size is 5 there, 6 here" },
    { { .seed = 12 }, 0, "seed is \"11\" there, \"12\" here" },
    { { .learning_rate = 0.25 }, 0, "learning rate is 0.003 there, 0.25 here" },
    { { .optimizer = KILN_SGD }, 0, "optimizer is \"adam\" there, \"sgd\" here" },
    { { .loss = KILN_MAE }, 0, "loss is \"cross-entropy\" there, \"mae\" here" },
    { { .momentum = 0.5 }, 0, "momentum is 0.9 there, 0.5 here" },
    { { .weight_decay = 0.5 }, 0, "weight decay is 0.0 there, 0.5 here" },
    { { .dropout = 0.5 }, 0, "dropout is 0.3 there, 0.5 here" },
    { { .clip_norm = 0.5 }, 0, "clip norm is 0.0 there, 0.5 here" },
    { { .patience = 5 }, 0, "patience is 0 there, 5 here" },
    { { .no_shuffle = true }, 0, "shuffling is true there, false here" },
    { { .schedule = KILN_STEP }, 0, "schedule is \"constant\" there, \"step\" here" },
    { { .warm_up = 0.5 }, 0, "warm-up is 0.0 there, 0.5 here" },
    { { 0 }, TRAIN + 1, "number of training samples is 23 there, 24 here" },
};

static void change(kiln_training_options *o, const kiln_training_options *by)
{
    o->batch_size = by->batch_size ? by->batch_size : o->batch_size;
    o->seed = by->seed ? by->seed : o->seed;
    o->learning_rate = by->learning_rate > 0 ? by->learning_rate : o->learning_rate;
    o->optimizer = by->optimizer ? by->optimizer : o->optimizer;
    o->loss = by->loss ? by->loss : o->loss;
    o->momentum = by->momentum > 0 ? by->momentum : o->momentum;
    o->weight_decay = by->weight_decay > 0 ? by->weight_decay : o->weight_decay;
    o->dropout = by->dropout > 0 ? by->dropout : o->dropout;
    o->clip_norm = by->clip_norm > 0 ? by->clip_norm : o->clip_norm;
    o->patience = by->patience ? by->patience : o->patience;
    o->no_shuffle = by->no_shuffle || o->no_shuffle;
    o->schedule = by->schedule ? by->schedule : o->schedule;
    o->warm_up = by->warm_up > 0 ? by->warm_up : o->warm_up;
}

static void assert_refused(trial *t, const char *difference)
{
    char expected[1024];
    double before[64];
    ck_assert_uint_lt(t->network->count, 64);
    memcpy(before, t->network->parameters, t->network->count * sizeof(double));
    snprintf(expected, sizeof expected, "%s: checkpoint of another run: %s", path, difference);
    ck_assert_int_eq(run(t, NULL), KILN_EDATA);
    ck_assert_str_eq(t->err.message, expected);
    ck_assert_mem_eq(before, t->network->parameters, t->network->count * sizeof(double));
}

START_TEST(another_run_is_refused)
{
    trial t = trial_of(0), other = trial_of(0);
    t.options.checkpoint = other.options.checkpoint = path;
    ck_assert_kiln(run(&t, NULL), t.err);
    change(&other.options, &others[_i].change);
    other.options.resume = true;
    other.train.count = others[_i].train ? others[_i].train : other.train.count;
    assert_refused(&other, others[_i].difference);
    kiln_network_destroy(t.network);
    kiln_network_destroy(other.network);
}
END_TEST

START_TEST(other_epochs_are_refused_where_the_rate_depends_on_them)
{
    trial t = trial_of(1);
    t.options.checkpoint = path;
    ck_assert_kiln(run(&t, NULL), t.err);
    t.options.epochs = 9;
    t.options.resume = true;
    assert_refused(&t, "number of epochs is 3 there, 9 here, and the learning rate's schedule depends on it");
    kiln_network_destroy(t.network);
}
END_TEST

START_TEST(other_data_are_refused)
{
    trial t = trial_of(0);
    float *x = malloc(sizeof(float) * BLOB_SAMPLES * BLOB_FEATURES);
    kiln_samples samples = *blobs();
    ck_assert_ptr_nonnull(x);
    memcpy(x, samples.x, sizeof(float) * BLOB_SAMPLES * BLOB_FEATURES);
    t.options.checkpoint = path;
    ck_assert_kiln(run(&t, NULL), t.err);
    t.options.resume = true;
    ck_assert_kiln(run(&t, NULL), t.err);
    samples.x = x;
    for (size_t i = 0; i < 2; i++) { /* one bit, and two that a plain sum or product would let cancel out */
        x[i * 4 + 1] = -x[i * 4 + 1];
        ck_assert_int_eq(kiln_train(NULL, t.network, &samples, t.train, t.validation, &t.options, NULL, NULL, NULL, &t.err),
                         KILN_EDATA);
        ck_assert_msg(strstr(t.err.message, "fingerprint of the data") != NULL, "%s", t.err.message);
    }
    ck_assert_kiln(kiln_network_set_standardisation(t.network, (const float[]){ 0, 1 }, (const float[]){ 1, 1 }, &t.err), t.err);
    ck_assert_int_eq(run(&t, NULL), KILN_EDATA);
    ck_assert_msg(strstr(t.err.message, "fingerprint of the standardisation is \"none\" there") != NULL, "%s", t.err.message);
    free(x);
    kiln_network_destroy(t.network);
}
END_TEST

START_TEST(a_failure_anywhere_leaves_a_run_to_resume)
{
    const fault_kind kind = _i == 0 ? FAULT_FILE : FAULT_MEMORY;
    trial whole = unbroken(3);
    unsigned long n = 0, failed = 0;
    for (bool faulted = true; faulted; n++) {
        trial t = trial_of(3);
        t.options.checkpoint = path;
        fault_set(kind, n + 1, true, 0);
        const kiln_status status = run(&t, NULL);
        faulted = fault_count(kind) > n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(faulted || status == KILN_OK, "no call failed, but: %s", t.err.message);
        ck_assert_msg(status == KILN_OK || status == KILN_EIO || status == KILN_ENOMEM, "call %lu: %s", n + 1, t.err.message);
        failed += status != KILN_OK;
        kiln_network_destroy(t.network);
        t.network = blob_network(4); /* where there is no checkpoint yet, the run begins anew */
        hook = (hooks){ 0 };
        t.options.resume = true;
        t.options.stop = &hook.stop;
        ck_assert_kiln(kiln_train(NULL, t.network, blobs(), t.train, t.validation, &t.options, NULL, NULL, &t.result, &t.err),
                       t.err);
        t.said = whole.said; /* reports are not compared: an epoch whose checkpoint failed is reported twice */
        assert_same(&t, &whole, "call", n + 1);
        kiln_network_destroy(t.network);
    }
    ck_assert_uint_gt(failed, 10);
    kiln_network_destroy(whole.network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resume");
    TCase *tc = tcase_create("resume");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, stopped_after_any_step, 0, KINDS);
    tcase_add_loop_test(tc, stopped_in_any_validation, 0, KINDS);
    tcase_add_test(tc, stopped_between_blocks_of_a_validation);
    tcase_add_loop_test(tc, stopped_on_a_device, 0, sizeof ways / sizeof *ways);
    tcase_add_test(tc, stopped_again_and_again);
    tcase_add_test(tc, stopped_without_a_checkpoint_keeps_the_weights);
    tcase_add_loop_test(tc, a_finished_run_is_not_run_again, 0, KINDS);
    tcase_add_test(tc, a_constant_rate_can_be_trained_longer);
    tcase_add_loop_test(tc, another_run_is_refused, 0, sizeof others / sizeof *others);
    tcase_add_test(tc, other_epochs_are_refused_where_the_rate_depends_on_them);
    tcase_add_test(tc, other_data_are_refused);
    tcase_add_loop_test(tc, a_failure_anywhere_leaves_a_run_to_resume, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

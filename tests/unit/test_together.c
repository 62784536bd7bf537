/* Short epochs are trained several at a time where nothing but losses is wanted of them; no number may depend on that. A
 * checkpoint is wanted after each epoch, so a run that writes one goes one by one, and is what the others are compared with. */
#include "network/network.h"
#include "support.h"
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EPOCHS = 301, REPORTS = 512 };

typedef struct reports {
    kiln_progress at[REPORTS];
    size_t count;
} reports;

static void record(void *user, const kiln_progress *progress)
{
    reports *all = user;
    ck_assert_uint_lt(all->count, REPORTS);
    all->at[all->count++] = *progress;
}

static const kiln_subset none = { NULL, 0 };

/* Trains the first `samples` blobs; one epoch at a time where `singly`. */
static kiln_status train(bool singly, kiln_training_options options, size_t samples, kiln_network *network, reports *all,
                         kiln_training_result *result, kiln_error *err)
{
    char path[600];
    kiln_device *device = hooked_device();
    snprintf(path, sizeof path, "%s/checkpoint", temporary_folder());
    options.checkpoint = singly ? path : NULL;
    hook = (hooks){ 0 };
    all->count = 0;
    const kiln_status status =
        kiln_train(device, network, blobs(), (kiln_subset){ NULL, samples }, none, &options, record, all, result, err);
    kiln_device_close(device);
    remove(path);
    return status;
}

static void compare(kiln_training_options options, size_t samples)
{
    static reports one, many;
    kiln_network *a = blob_network(3), *b = blob_network(3);
    kiln_training_result first, second;
    kiln_error err = { 0 };
    options.epochs = EPOCHS;
    ck_assert_kiln(train(true, options, samples, a, &one, &first, &err), err);
    ck_assert_kiln(train(false, options, samples, b, &many, &second, &err), err);
    ck_assert_mem_eq(a->parameters, b->parameters, a->count * sizeof *a->parameters);
    ck_assert_uint_eq(one.count, EPOCHS);
    ck_assert_uint_eq(many.count, EPOCHS);
    for (size_t i = 0; i < EPOCHS; i++) {
        const kiln_progress *p = &one.at[i], *q = &many.at[i];
        ck_assert_msg(p->loss == q->loss && p->epoch == q->epoch && p->step == q->step && p->learning_rate == q->learning_rate &&
                          q->epoch_done && isnan(q->validation_loss),
                      "epoch %zu: loss %g and %g, rate %g and %g, epoch %zu", i + 1, p->loss, q->loss, p->learning_rate,
                      q->learning_rate, q->epoch);
        ck_assert(q->samples_per_second > 0.0);
    }
    ck_assert_uint_eq(second.epochs, first.epochs);
    ck_assert_uint_eq(second.steps, first.steps);
    ck_assert(second.loss == first.loss);
    kiln_network_destroy(a);
    kiln_network_destroy(b);
}

START_TEST(epochs_together_are_epochs_one_by_one)
{
    compare((kiln_training_options){ .learning_rate = 0.01, .batch_size = 4 }, 4);
    compare((kiln_training_options){ .learning_rate = 0.01, .batch_size = 7, .dropout = 0.2, .seed = 9 }, 96);
    compare((kiln_training_options){ .optimizer = KILN_MOMENTUM, .batch_size = 5, .no_shuffle = true }, 11);
    compare((kiln_training_options){ .schedule = KILN_ONE_CYCLE, .batch_size = 1 }, 1);
}
END_TEST

START_TEST(divergence_has_its_own_epoch)
{
    static reports all;
    const kiln_training_options options = {
        .epochs = EPOCHS, .loss = KILN_MSE, .optimizer = KILN_SGD, .learning_rate = 1e200, .batch_size = 8
    };
    kiln_network *network = blob_network(1);
    kiln_training_result result;
    kiln_error one = { 0 }, many = { 0 };
    network->hidden = KILN_LINEAR;
    network->output = KILN_LINEAR;
    ck_assert_int_eq(train(true, options, 8, network, &all, &result, &one), KILN_EDIVERGED);
    kiln_network_destroy(network);
    network = blob_network(1);
    network->hidden = KILN_LINEAR;
    network->output = KILN_LINEAR;
    ck_assert_int_eq(train(false, options, 8, network, &all, &result, &many), KILN_EDIVERGED);
    const char *a = strstr(one.message, "in epoch "), *b = strstr(many.message, "in epoch ");
    ck_assert_msg(a && b && strncmp(a, b, strcspn(a, ",")) == 0, "%s\n%s", one.message, many.message);
    for (size_t i = 0; i < network->count; i++)
        ck_assert(isfinite(network->parameters[i]));
    kiln_network_destroy(network);
}
END_TEST

/* Decay multiplies a weight by 1 - 1e110 in each step: 1e110, 1e220, infinite; the losses before are finite. */
START_TEST(a_weight_that_diverges_has_its_epoch_too)
{
    static reports all;
    const kiln_training_options options = {
        .epochs = 3, .loss = KILN_MAE, .optimizer = KILN_SGD, .learning_rate = 1e55, .weight_decay = 1e55, .batch_size = 8
    };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ BLOB_FEATURES, BLOB_CLASSES } };
    for (int singly = 0; singly < 2; singly++) {
        kiln_network *network;
        kiln_training_result result;
        kiln_error err = { 0 };
        ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
        ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_AUTO, 1, &err), err);
        ck_assert_int_eq(train(singly, options, 8, network, &all, &result, &err), KILN_EDIVERGED);
        ck_assert_msg(strstr(err.message, "a weight became") && strstr(err.message, "in epoch 3, step 1 of 1"), "%s", err.message);
        ck_assert_uint_eq(all.count, 2);
        kiln_network_destroy(network);
    }
}
END_TEST

START_TEST(a_stop_is_seen_between_groups)
{
    static reports all;
    const kiln_training_options options = { .epochs = 100000000, .batch_size = 4, .learning_rate = 0.001, .stop = &hook.stop };
    kiln_network *network = blob_network(2);
    kiln_training_result result;
    kiln_error err = { 0 };
    kiln_device *device = hooked_device();
    hook = (hooks){ .stop_at_step = 700 };
    ck_assert_int_eq(kiln_train(device, network, blobs(), (kiln_subset){ NULL, 4 }, none, &options, NULL, &all, &result, &err),
                     KILN_EINTERRUPTED);
    kiln_device_close(device);
    ck_assert_uint_ge(result.epochs, 700);
    ck_assert_uint_lt(result.epochs, 700 + 2 * 1024);
    ck_assert(result.interrupted && isfinite(result.loss) && result.loss > 0.0);
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("together");
    TCase *tc = tcase_create("together");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, epochs_together_are_epochs_one_by_one);
    tcase_add_test(tc, divergence_has_its_own_epoch);
    tcase_add_test(tc, a_weight_that_diverges_has_its_epoch_too);
    tcase_add_test(tc, a_stop_is_seen_between_groups);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

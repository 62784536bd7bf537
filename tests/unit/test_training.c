/* kiln_train on the reference: that it learns, what it reports, how it ends. Interruption is in test_resume.c. */
#include "network/network.h"
#include "support.h"
#include "training.h"
#include "training/schedule.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every report of a run. */
typedef struct reports {
    kiln_progress at[4096];
    size_t count;
} reports;

static void record(void *user, const kiln_progress *progress)
{
    reports *all = user;
    ck_assert_uint_lt(all->count, sizeof all->at / sizeof *all->at);
    all->at[all->count++] = *progress;
}

static const kiln_subset none = { NULL, 0 };

static kiln_subset first_samples(size_t count)
{
    return (kiln_subset){ NULL, count };
}

static void assert_same_weights(const kiln_network *a, const kiln_network *b)
{
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_mem_eq(a->parameters, b->parameters, a->count * sizeof *a->parameters);
}

START_TEST(it_learns_xor)
{
    const float x[4][2] = { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }, y[4] = { 0, 1, 1, 0 };
    const kiln_samples samples = { .count = 4, .features = 2, .x = x, .outputs = 1, .y = y };
    const kiln_network_shape shape = { .layers = 2, .widths = (const size_t[]){ 2, 8, 1 } };
    const kiln_training_options options = { .learning_rate = 0.1, .epochs = 1500, .batch_size = 4, .seed = 3 };
    kiln_network *network;
    kiln_training_result result;
    kiln_error err;
    double out[4];
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_AUTO, 3, &err), err);
    ck_assert_kiln(kiln_train(NULL, network, &samples, first_samples(4), none, &options, NULL, NULL, &result, &err), err);
    ck_assert_kiln(kiln_predict(NULL, network, &samples, first_samples(4), NULL, out, &err), err);
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(fabs(out[i] - (double)y[i]) < 0.2, "sample %zu gives %g", i, out[i]);
    ck_assert_msg(result.loss < 0.04, "loss %g", result.loss);
    ck_assert_uint_eq(result.epochs, 1500);
    ck_assert_uint_eq(result.steps, 1500);
    ck_assert_uint_eq(result.best_epoch, 1500);
    ck_assert(isnan(result.validation_loss) && isnan(result.validation_accuracy));
    ck_assert(!result.stopped_early && !result.interrupted);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(it_learns_classes)
{
    static reports all;
    uint32_t rows[32];
    const kiln_subset validation = { rows, 32 };
    const kiln_training_options options = { .learning_rate = 0.1, .epochs = 60, .batch_size = 8 };
    double lowest = INFINITY;
    size_t bests = 0;
    kiln_network *network = blob_network(5);
    kiln_training_result result;
    kiln_metrics metrics;
    kiln_error err;
    for (size_t i = 0; i < 32; i++)
        rows[i] = (uint32_t)(64 + i);
    ck_assert_kiln(kiln_train(NULL, network, blobs(), first_samples(64), validation, &options, record, &all, &result, &err), err);
    ck_assert_kiln(kiln_evaluate(NULL, network, blobs(), validation, KILN_LOSS_AUTO, NULL, &metrics, &err), err);
    ck_assert_msg(metrics.accuracy > 0.9, "accuracy %g", metrics.accuracy);
    ck_assert_double_eq(result.validation_accuracy, metrics.accuracy);
    ck_assert_double_eq(result.validation_loss, metrics.loss); /* both sum in the same order */
    for (size_t i = 0; i < 60; i++) {
        ck_assert_int_eq(all.at[i].best, all.at[i].validation_loss < lowest);
        lowest = fmin(lowest, all.at[i].validation_loss);
        bests += all.at[i].best;
    }
    ck_assert(bests > 1 && bests < 60); /* at this learning rate the loss goes up and down */
    kiln_metrics_free(&metrics);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(a_seed_is_the_whole_of_chance)
{
    kiln_network *networks[4];
    const uint64_t seeds[] = { 7, 7, 8, 7 };
    kiln_error err;
    for (size_t i = 0; i < 4; i++) {
        const kiln_training_options options = { .epochs = 2, .batch_size = 7, .seed = seeds[i], .dropout = i == 3 ? 0.0 : 0.3 };
        networks[i] = blob_network(1);
        ck_assert_kiln(kiln_train(NULL, networks[i], blobs(), first_samples(50), none, &options, NULL, NULL, NULL, &err), err);
    }
    const size_t bytes = networks[0]->count * sizeof(double);
    assert_same_weights(networks[0], networks[1]);
    ck_assert_mem_ne(networks[0]->parameters, networks[2]->parameters, bytes);
    ck_assert_mem_ne(networks[0]->parameters, networks[3]->parameters, bytes);
    for (size_t i = 0; i < 4; i++)
        kiln_network_destroy(networks[i]);
}
END_TEST

START_TEST(a_batch_larger_than_the_set_is_the_set)
{
    kiln_network *a = blob_network(1), *b = blob_network(1);
    kiln_training_options options = { .epochs = 5, .batch_size = 1000, .no_shuffle = true };
    kiln_training_result result;
    kiln_error err;
    ck_assert_kiln(kiln_train(NULL, a, blobs(), first_samples(50), none, &options, NULL, NULL, &result, &err), err);
    ck_assert_uint_eq(result.steps, 5);
    options.batch_size = 50;
    ck_assert_kiln(kiln_train(NULL, b, blobs(), first_samples(50), none, &options, NULL, NULL, &result, &err), err);
    assert_same_weights(a, b);
    kiln_network_destroy(a);
    kiln_network_destroy(b);
}
END_TEST

START_TEST(order_is_by_rows_where_nothing_is_shuffled)
{
    /* Training on rows 2 0 1 in order is training on samples that were copied into that order. */
    const float x[3] = { 1, 2, 3 }, y[3] = { 5, -1, 2 }, xs[3] = { 3, 1, 2 }, ys[3] = { 2, 5, -1 };
    const uint32_t rows[3] = { 2, 0, 1 };
    const kiln_samples samples = { .count = 3, .features = 1, .x = x, .outputs = 1, .y = y },
                       sorted = { .count = 3, .features = 1, .x = xs, .outputs = 1, .y = ys };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ 1, 1 }, .output = KILN_LINEAR };
    const kiln_training_options options = { .epochs = 2, .batch_size = 2, .no_shuffle = true, .optimizer = KILN_SGD };
    kiln_network *a, *b;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &a, &err), err);
    ck_assert_kiln(kiln_network_create(&shape, &b, &err), err);
    ck_assert_kiln(kiln_train(NULL, a, &samples, (kiln_subset){ rows, 3 }, none, &options, NULL, NULL, NULL, &err), err);
    ck_assert_kiln(kiln_train(NULL, b, &sorted, first_samples(3), none, &options, NULL, NULL, NULL, &err), err);
    assert_same_weights(a, b);
    ck_assert(a->parameters[0] != 0.0);
    kiln_network_destroy(a);
    kiln_network_destroy(b);
}
END_TEST

START_TEST(progress_is_in_order)
{
    static reports often, rarely;
    kiln_training_options options = { .epochs = 3, .batch_size = 7, .progress = 1e-9, .schedule = KILN_EXPONENTIAL };
    kiln_network *network = blob_network(1);
    kiln_device *device = hooked_device();
    kiln_error err;
    const kiln_subset train = first_samples(50), validation = first_samples(10);
    hook.seconds = 0.016; /* so that a group is one step */
    ck_assert_kiln(kiln_train(device, network, blobs(), train, validation, &options, record, &often, NULL, &err), err);
    ck_assert_uint_eq(often.count, 3 * 8);
    for (size_t i = 0; i < often.count; i++) {
        const kiln_progress *p = &often.at[i];
        ck_assert_uint_eq(p->epoch, i / 8 + 1);
        ck_assert_uint_eq(p->epochs, 3);
        ck_assert_uint_eq(p->step, i % 8 + 1);
        ck_assert_uint_eq(p->steps, 8);
        ck_assert_int_eq(p->epoch_done, i % 8 == 7);
        ck_assert_int_eq(isnan(p->validation_loss) != 0, i % 8 != 7);
        ck_assert(isfinite(p->loss) && p->loss > 0.0);
        ck_assert(p->samples_per_second > 0.0 && p->samples_per_second < 7 / 0.016 + 1);
        ck_assert(p->seconds >= (double)(i + 1) * 0.016);
        ck_assert_double_eq(p->learning_rate, schedule_rate(KILN_EXPONENTIAL, 0.003, 0.0, i, 24));
    }
    kiln_network_destroy(network);
    kiln_device_close(device);

    /* The figures of an epoch do not depend on how often there were reports, nor on the size of groups. */
    network = blob_network(1);
    options.progress = 0.0;
    ck_assert_kiln(kiln_train(NULL, network, blobs(), train, validation, &options, record, &rarely, NULL, &err), err);
    ck_assert_uint_eq(rarely.count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq(rarely.at[i].loss, often.at[i * 8 + 7].loss);
        ck_assert_double_eq(rarely.at[i].validation_loss, often.at[i * 8 + 7].validation_loss);
        ck_assert_double_eq(rarely.at[i].validation_accuracy, often.at[i * 8 + 7].validation_accuracy);
        ck_assert(rarely.at[i].epoch_done);
    }
    kiln_network_destroy(network);
}
END_TEST

START_TEST(patience_brings_back_the_best_weights)
{
    /* Samples to learn with the classes turned round: what is learned makes the validation worse from the first epoch on. */
    static reports all;
    static int32_t turned[BLOB_SAMPLES];
    kiln_samples samples = *blobs();
    uint32_t rows[30];
    const kiln_subset validation = { rows, 30 };
    kiln_training_options options = { .epochs = 50, .patience = 3, .learning_rate = 0.05, .batch_size = 11 };
    kiln_network *early = blob_network(2), *once = blob_network(2);
    kiln_training_result result;
    kiln_error err;
    for (size_t i = 0; i < BLOB_SAMPLES; i++)
        turned[i] = i < 60 ? (samples.labels[i] + 1) % BLOB_CLASSES : samples.labels[i];
    for (size_t i = 0; i < 30; i++)
        rows[i] = (uint32_t)(60 + i);
    samples.labels = turned;
    ck_assert_kiln(kiln_train(NULL, early, &samples, first_samples(60), validation, &options, record, &all, &result, &err), err);
    ck_assert(result.stopped_early);
    ck_assert_uint_eq(result.epochs, result.best_epoch + 3);
    ck_assert_uint_eq(all.count, result.epochs);
    for (size_t i = 0; i < all.count; i++)
        ck_assert_int_eq(all.at[i].best, i < result.best_epoch);
    ck_assert_double_eq(result.validation_loss, all.at[result.best_epoch - 1].validation_loss);
    ck_assert_double_eq(result.validation_accuracy, all.at[result.best_epoch - 1].validation_accuracy);
    options.epochs = result.best_epoch;
    options.patience = 0;
    ck_assert_kiln(kiln_train(NULL, once, &samples, first_samples(60), validation, &options, NULL, NULL, NULL, &err), err);
    assert_same_weights(early, once);
    kiln_network_destroy(early);
    kiln_network_destroy(once);
}
END_TEST

/* w <- w (1 - 2 lr) on y = w x at x = 1, t = 0: with lr = 1e30, w passes 1e154, and w^2 the largest double, in six steps. */
static kiln_network *explosive(double w)
{
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ 1, 1 }, .output = KILN_LINEAR, .no_bias = true };
    kiln_network *network;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, &w, NULL, &err), err);
    return network;
}

START_TEST(divergence_is_told_and_undone)
{
    const float x[2] = { 1, 1 }, y[2] = { 0, 0 };
    const kiln_samples samples = { .count = 2, .features = 1, .x = x, .outputs = 1, .y = y };
    char path[600], expected[1024];
    kiln_network *network = explosive(1.0);
    kiln_training_result result;
    kiln_error err;
    double w = 1.0;
    snprintf(path, sizeof path, "%s/diverges", temporary_folder());
    kiln_training_options options = {
        .optimizer = KILN_SGD, .learning_rate = 1e30, .batch_size = 1, .epochs = 9, .checkpoint = path
    };
    ck_assert_int_eq(kiln_train(NULL, network, &samples, first_samples(2), none, &options, NULL, NULL, &result, &err),
                     KILN_EDIVERGED);
    snprintf(expected, sizeof expected,
             "the loss became inf in epoch 4, step 1 of 2 (learning rate 1e+30): a smaller learning rate or gradient clipping may "
             "help; the last good checkpoint is %s, after epoch 3",
             path);
    ck_assert_str_eq(err.message, expected);
    for (size_t i = 0; i < 6; i++)
        w -= 1e30 * (2.0 * w);
    ck_assert_double_eq(network->parameters[0], w);
    ck_assert_uint_eq(result.epochs, 3);
    kiln_network_destroy(network);

    options.checkpoint = NULL;
    options.batch_size = 2;
    network = explosive(1e160);
    ck_assert_int_eq(kiln_train(NULL, network, &samples, first_samples(2), none, &options, NULL, NULL, NULL, &err), KILN_EDIVERGED);
    ck_assert_msg(strstr(err.message, "the loss became inf in epoch 1, step 1 of 1") &&
                      strstr(err.message, "the network has its weights from before the first step"),
                  "%s", err.message);
    ck_assert_double_eq(network->parameters[0], 1e160);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(weights_that_diverge_in_the_last_step_are_found)
{
    const float x[1] = { 1 }, y[1] = { 0 };
    const kiln_samples samples = { .count = 1, .features = 1, .x = x, .outputs = 1, .y = y };
    const kiln_training_options options = { .optimizer = KILN_SGD, .learning_rate = 1e300, .epochs = 1 };
    kiln_network *network = explosive(1e10);
    kiln_error err;
    ck_assert_int_eq(kiln_train(NULL, network, &samples, first_samples(1), none, &options, NULL, NULL, NULL, &err), KILN_EDIVERGED);
    ck_assert_msg(strstr(err.message, "a weight became -inf in epoch 1, step 1 of 1") != NULL, "%s", err.message);
    ck_assert_double_eq(network->parameters[0], 1e10);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(a_device_that_fails_is_left_alone)
{
    const kiln_training_options options = { .epochs = 5, .batch_size = 10 }, one = { .epochs = 1, .batch_size = 10 };
    kiln_network *network = blob_network(3), *epoch = blob_network(3);
    kiln_device *device = hooked_device();
    kiln_error err;
    hook.fail_at_step = 8; /* 5 steps an epoch */
    ck_assert_int_eq(kiln_train(device, network, blobs(), first_samples(50), none, &options, NULL, NULL, NULL, &err), KILN_EDEVICE);
    ck_assert_str_eq(err.message, "clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES; the network has its weights from after epoch 1");
    ck_assert(hook.failed);
    ck_assert_uint_eq(hook.calls_after_fail, 0);
    ck_assert_kiln(kiln_train(NULL, epoch, blobs(), first_samples(50), none, &one, NULL, NULL, NULL, &err), err);
    assert_same_weights(network, epoch);
    kiln_network_destroy(network);
    kiln_network_destroy(epoch);
    kiln_device_close(device);
}
END_TEST

static void *train_in_thread(void *user)
{
    kiln_network *network = user;
    const kiln_training_options options = { .epochs = 30, .batch_size = 5, .dropout = 0.2 };
    return kiln_train(NULL, network, blobs(), (kiln_subset){ NULL, 90 }, (kiln_subset){ NULL, 20 }, &options, NULL, NULL, NULL,
                      NULL) == KILN_OK
               ? user
               : NULL;
}

START_TEST(two_trainers_in_two_threads)
{
    kiln_network *together[2] = { blob_network(1), blob_network(2) }, *alone[2] = { blob_network(1), blob_network(2) };
    pthread_t threads[2];
    blobs();
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, train_in_thread, together[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        void *done;
        ck_assert_int_eq(pthread_join(threads[i], &done), 0);
        ck_assert_ptr_nonnull(done);
        ck_assert_ptr_nonnull(train_in_thread(alone[i]));
        assert_same_weights(together[i], alone[i]);
        kiln_network_destroy(together[i]);
        kiln_network_destroy(alone[i]);
    }
}
END_TEST

START_TEST(what_cannot_be_trained_is_refused)
{
    const kiln_training_options fine = { .epochs = 1 }, patient = { .patience = 2 }, bce = { .loss = KILN_BCE },
                                endless = { .epochs = SIZE_MAX, .batch_size = 1 }, negative = { .learning_rate = -1.0 };
    const uint32_t far[] = { 0, BLOB_SAMPLES };
    const struct {
        kiln_subset train, validation;
        const kiln_training_options *options;
        const char *part;
    } cases[] = {
        { { NULL, 0 }, { NULL, 0 }, &fine, "no training samples" },
        { { NULL, BLOB_SAMPLES + 1 }, { NULL, 0 }, &fine, "the subset has 97 samples, there are 96" },
        { { far, 2 }, { NULL, 0 }, &fine, "the subset has row 96, the last of 96 samples is 95" },
        { { NULL, 3 }, { far, 2 }, &fine, "the subset has row 96" },
        { { NULL, 3 }, { NULL, 0 }, &patient, "patience is 2 but there are no validation samples" },
        { { NULL, 3 }, { NULL, 0 }, &bce, "bce needs sigmoid outputs" },
        { { NULL, 3 }, { NULL, 0 }, &endless, "more steps than can be counted" },
        { { NULL, 3 }, { NULL, 0 }, &negative, "learning rate is -1" },
    };
    kiln_network *network = blob_network(1), *before = blob_network(1);
    kiln_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(
            kiln_train(NULL, network, blobs(), cases[i].train, cases[i].validation, cases[i].options, NULL, NULL, NULL, &err),
            KILN_EINVAL);
        ck_assert_msg(strstr(err.message, cases[i].part) != NULL, "case %zu: %s", i, err.message);
        assert_same_weights(network, before);
    }
    kiln_network_destroy(network);
    kiln_network_destroy(before);
}
END_TEST

START_TEST(shares_are_what_bce_learns)
{
    const float x[] = { 0.0f, 1.0f, 2.0f };
    float y[] = { 0.0f, 1.0f, 0.25f };
    const kiln_samples samples = { .count = 3, .features = 1, .x = x, .outputs = 1, .y = y };
    const kiln_training_options options = { .loss = KILN_BCE, .epochs = 1 };
    const float wrong[] = { 1.5f, -0.25f, NAN };
    kiln_network *network;
    kiln_metrics m;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&(kiln_network_shape){ .layers = 1, .widths = (const size_t[]){ 1, 1 } }, &network, &err),
                   err);
    ck_assert_kiln(kiln_train(NULL, network, &samples, first_samples(3), none, &options, NULL, NULL, NULL, &err), err);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        y[1] = wrong[i]; /* its loss would have no least value */
        ck_assert_int_eq(kiln_train(NULL, network, &samples, first_samples(3), none, &options, NULL, NULL, NULL, &err),
                         KILN_EINVAL);
        ck_assert_msg(strncmp(err.message, "sample 1 has target value ", 26) == 0 &&
                          strstr(err.message, "bce learns values from 0 to 1"),
                      "%s", err.message);
        ck_assert_int_eq(kiln_evaluate(NULL, network, &samples, first_samples(3), KILN_BCE, NULL, &m, &err), KILN_EINVAL);
    }
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training");
    TCase *tc = tcase_create("training");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, it_learns_xor);
    tcase_add_test(tc, it_learns_classes);
    tcase_add_test(tc, a_seed_is_the_whole_of_chance);
    tcase_add_test(tc, a_batch_larger_than_the_set_is_the_set);
    tcase_add_test(tc, order_is_by_rows_where_nothing_is_shuffled);
    tcase_add_test(tc, progress_is_in_order);
    tcase_add_test(tc, patience_brings_back_the_best_weights);
    tcase_add_test(tc, divergence_is_told_and_undone);
    tcase_add_test(tc, weights_that_diverge_in_the_last_step_are_found);
    tcase_add_test(tc, a_device_that_fails_is_left_alone);
    tcase_add_test(tc, two_trainers_in_two_threads);
    tcase_add_test(tc, what_cannot_be_trained_is_refused);
    tcase_add_test(tc, shares_are_what_bce_learns);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

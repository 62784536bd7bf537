/* Sample weights and class weights: a step by hand, samples of weight 2 beside samples that are there twice, what is measured by
 * weight, and what is refused. */
#include "float_device.h"
#include "support.h"
#include "training.h"

#include "backend/backend.h"
#include "base/fault.h"
#include "network/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kiln_error err;

static kiln_network *network_of(size_t layers, const size_t *widths, kiln_activation output)
{
    kiln_network *network = NULL;
    const kiln_network_shape shape = { .layers = layers, .widths = widths, .hidden = KILN_TANH, .output = output };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 3, &err), err);
    return network;
}

START_TEST(balanced_is_as_in_scikit_learn)
{
    const int32_t labels[] = { 0, 0, 0, 1, 1, 2, 2, 2 };
    const float x[8] = { 0 };
    const kiln_samples samples = { .count = 8, .features = 1, .x = x, .classes = 4, .labels = labels };
    const uint32_t rows[] = { 0, 1, 2, 3, 4, 5 };
    double weight[4];
    ck_assert_kiln(kiln_balanced_weights(&samples, (kiln_subset){ rows, 6 }, weight, &err), err);
    /* compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 1, 1, 2]); class 3 is not there */
    ck_assert(weight[0] == 6.0 / 9.0 && weight[1] == 1.0 && weight[2] == 2.0 && weight[3] == 0.0);
    ck_assert_kiln(kiln_balanced_weights(&samples, (kiln_subset){ NULL, 3 }, weight, &err), err);
    ck_assert(weight[0] == 1.0 && weight[1] == 0.0);
}
END_TEST

/* y = w x + b from w = b = 0 on (1, 1) and (2, 3) of weights 1 and 3, which become 0.5 and 1.5:
 * loss (0.5 * 1 + 1.5 * 9) / 2, dw (0.5 * -2 * 1 + 1.5 * -6 * 2) / 2, db (0.5 * -2 + 1.5 * -6) / 2, at a rate of 0.125. */
START_TEST(a_step_by_hand)
{
    const float x[] = { 1, 2 }, y[] = { 1, 3 }, weight[] = { 1, 3 };
    const kiln_samples samples = { .count = 2, .features = 1, .x = x, .outputs = 1, .y = y, .weight = weight };
    kiln_device *const devices[] = { NULL, float_device(WRONG_NOTHING) };
    for (size_t d = 0; d < sizeof devices / sizeof *devices; d++) {
        kiln_network *network = network_of(1, (size_t[]){ 1, 1 }, KILN_LINEAR);
        kiln_training_result result;
        network->parameters[0] = network->parameters[1] = 0.0;
        const kiln_training_options options = { .optimizer = KILN_SGD, .learning_rate = 0.125, .epochs = 1 };
        ck_assert_kiln(kiln_train(devices[d], network, &samples, (kiln_subset){ NULL, 2 }, (kiln_subset){ NULL, 0 }, &options, NULL,
                                  NULL, &result, &err),
                       err);
        ck_assert(result.loss == 7.0);
        ck_assert(network->parameters[0] == 0.125 * 9.5 && network->parameters[1] == 0.125 * 5.0);
        kiln_network_destroy(network);
        kiln_device_close(devices[d]);
    }
}
END_TEST

enum { FEW = 8, ALL = 16, FEATURES = 3, CLASSES = 3 };

/* The same data twice: 8 samples with whole weights that add up to 16, and 16 samples, each as often as it weighs. */
typedef struct pair {
    float x[FEW][FEATURES], y[FEW][CLASSES], weight[FEW], all_x[ALL][FEATURES], all_y[ALL][CLASSES];
    int32_t labels[FEW], all_labels[ALL];
    kiln_samples few, all;
} pair;

static void make_pair(pair *p, bool labels)
{
    static const int weights[FEW] = { 1, 3, 0, 2, 5, 1, 1, 3 };
    size_t at = 0;
    for (size_t i = 0; i < FEW; i++) {
        p->weight[i] = (float)weights[i];
        p->labels[i] = (int32_t)(i % CLASSES);
        for (size_t f = 0; f < FEATURES; f++) {
            p->x[i][f] = (float)((i * 7 + f * 5) % 11) / 4.0f - 1.0f;
            p->y[i][f] = (float)((i * 3 + f) % 2);
        }
        for (int w = 0; w < weights[i]; w++, at++) {
            memcpy(p->all_x[at], p->x[i], sizeof p->x[i]);
            memcpy(p->all_y[at], p->y[i], sizeof p->y[i]);
            p->all_labels[at] = p->labels[i];
        }
    }
    ck_assert_uint_eq(at, ALL);
    p->few = (kiln_samples){ .count = FEW, .features = FEATURES, .x = p->x, .weight = p->weight };
    p->all = (kiln_samples){ .count = ALL, .features = FEATURES, .x = p->all_x };
    p->few.classes = p->all.classes = labels ? CLASSES : 0;
    p->few.outputs = p->all.outputs = labels ? 0 : CLASSES;
    p->few.labels = labels ? p->labels : NULL;
    p->all.labels = labels ? p->all_labels : NULL;
    p->few.y = labels ? NULL : (const float *)p->y;
    p->all.y = labels ? NULL : (const float *)p->all_y;
}

static const struct {
    kiln_loss loss;
    kiln_activation output;
    bool labels;
    kiln_task task;
} problems[] = {
    { KILN_CROSS_ENTROPY, KILN_SOFTMAX, true, KILN_CLASSIFICATION },
    { KILN_MSE, KILN_LINEAR, false, KILN_REGRESSION },
    { KILN_BCE, KILN_SIGMOID, false, KILN_MULTILABEL },
    { KILN_HUBER, KILN_LINEAR, false, KILN_REGRESSION },
    { KILN_SSE, KILN_SIGMOID, true, KILN_CLASSIFICATION },
};

enum { PROBLEMS = sizeof problems / sizeof *problems };

static kiln_network *problem_network(int which)
{
    kiln_network *network = network_of(2, (size_t[]){ FEATURES, 5, CLASSES }, problems[which].output);
    ck_assert_kiln(kiln_network_set_schema(network, &(kiln_schema){ .task = problems[which].task }, &err), err);
    return network;
}

/* Whole batches by gradient descent: both are the same sums, in another order. Weights are halved, which is exact. The sum of
 * squared errors is of as many samples, so of half as much: its rate is doubled. */
START_TEST(a_weight_of_two_is_a_sample_that_is_there_twice)
{
    pair p;
    kiln_network *weighted = problem_network(_i), *repeated = problem_network(_i);
    kiln_training_result few, all;
    make_pair(&p, problems[_i].labels);
    kiln_training_options options = {
        .loss = problems[_i].loss, .optimizer = KILN_SGD, .learning_rate = 0.05, .batch_size = ALL, .epochs = 100
    };
    const kiln_subset of_few = { NULL, FEW }, of_all = { NULL, ALL };
    ck_assert_kiln(kiln_train(NULL, repeated, &p.all, of_all, of_all, &options, NULL, NULL, &all, &err), err);
    if (options.loss == KILN_SSE)
        options.learning_rate *= 2.0;
    ck_assert_kiln(kiln_train(NULL, weighted, &p.few, of_few, of_few, &options, NULL, NULL, &few, &err), err);
    for (size_t i = 0; i < weighted->count; i++)
        ck_assert_msg(fabs(weighted->parameters[i] - repeated->parameters[i]) < 1e-12, "parameter %zu is %.17g, %.17g", i,
                      weighted->parameters[i], repeated->parameters[i]);
    ck_assert_double_lt(fabs(few.loss - all.loss), 1e-12);
    ck_assert_double_lt(fabs(few.validation_loss - all.validation_loss), 1e-12);
    ck_assert(problems[_i].task == KILN_REGRESSION || few.validation_accuracy == all.validation_accuracy);
    kiln_network *untrained = problem_network(_i);
    ck_assert_double_gt(fabs(weighted->parameters[0] - untrained->parameters[0]), 1e-3); /* something was learned */
    kiln_network_destroy(untrained);
    kiln_network_destroy(weighted);
    kiln_network_destroy(repeated);
}
END_TEST

/* What is measured by weight is what the repeated samples give; what is counted is not. */
START_TEST(figures_are_by_weight)
{
    pair p;
    kiln_network *network = problem_network(_i);
    kiln_metrics few, all;
    make_pair(&p, problems[_i].labels);
    ck_assert_kiln(kiln_evaluate(NULL, network, &p.few, (kiln_subset){ NULL, FEW }, problems[_i].loss, NULL, &few, &err), err);
    ck_assert_kiln(kiln_evaluate(NULL, network, &p.all, (kiln_subset){ NULL, ALL }, problems[_i].loss, NULL, &all, &err), err);
    ck_assert(few.weighted && !all.weighted && few.count == FEW && all.count == ALL);
    const double figures[][2] = {
        { few.loss, all.loss }, { few.accuracy, all.accuracy }, { few.rmse, all.rmse }, { few.mae, all.mae }, { few.r2, all.r2 }
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        ck_assert_msg(fabs(figures[i][0] - figures[i][1]) < 1e-14 * fmax(1.0, fabs(figures[i][1])), "figure %zu is %.17g, %.17g", i,
                      figures[i][0], figures[i][1]);
    for (size_t o = 0; o < few.outputs; o++)
        ck_assert_double_lt(fabs(few.output[o].r2 - all.output[o].r2), 1e-13 * fmax(1.0, fabs(all.output[o].r2)));
    size_t counted = 0;
    for (size_t i = 0; few.confusion && i < (few.labels ? 4 * few.labels : few.classes * few.classes); i++)
        counted += few.confusion[i];
    ck_assert_uint_eq(counted, few.labels ? FEW * CLASSES : few.classes ? FEW : 0);
    kiln_metrics_free(&few);
    kiln_metrics_free(&all);
    kiln_network_destroy(network);
}
END_TEST

/* The mean of a target that never varies is its value, whatever weights are rounded to: r2 is 0 where that is missed. */
START_TEST(a_target_that_never_varies_is_seen)
{
    const float x[] = { 1, 2, 3 }, y[] = { 3.3f, 3.3f, 3.3f }, weight[] = { 0.1f, 0.7f, 1e-7f };
    const kiln_samples samples = { .count = 3, .features = 1, .x = x, .outputs = 1, .y = y, .weight = weight };
    kiln_network *network = network_of(1, (size_t[]){ 1, 1 }, KILN_LINEAR);
    kiln_metrics metrics;
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 3 }, KILN_MSE, NULL, &metrics, &err), err);
    ck_assert(metrics.r2 == 0.0 && metrics.rmse > 0.0);
    kiln_metrics_free(&metrics);
    kiln_network_destroy(network);
}
END_TEST

/* By the class's weight, and by the same weight on each sample; samples' own weights are multiplied. */
START_TEST(class_weights_are_weights_of_all_samples_of_a_class)
{
    const kiln_samples *plain = blobs();
    const kiln_subset train = { NULL, 50 }, validation = { NULL, 20 };
    kiln_samples by_class = *plain, by_sample = *plain;
    float own[BLOB_SAMPLES], both[BLOB_SAMPLES];
    double balance[BLOB_CLASSES];
    ck_assert_kiln(kiln_balanced_weights(plain, train, balance, &err), err);
    ck_assert(balance[0] != balance[2]); /* 17, 17 and 16 of 50 */
    for (size_t i = 0; i < BLOB_SAMPLES; i++) {
        own[i] = (float)(1 + i % 2);
        both[i] = (float)((double)own[i] * balance[plain->labels[i]]);
    }
    by_class.weight = _i ? own : NULL;
    by_sample.weight = both;
    for (size_t i = 0; !_i && i < BLOB_SAMPLES; i++)
        both[i] = (float)balance[plain->labels[i]];
    kiln_network *one = blob_network(5), *other = blob_network(5);
    kiln_training_result first, second;
    kiln_training_options options = { .class_weight = KILN_CLASS_WEIGHT_BALANCED, .epochs = 5 };
    ck_assert_kiln(kiln_train(NULL, one, &by_class, train, validation, &options, NULL, NULL, &first, &err), err);
    options.class_weight = KILN_CLASS_WEIGHT_NONE;
    ck_assert_kiln(kiln_train(NULL, other, &by_sample, train, validation, &options, NULL, NULL, &second, &err), err);
    /* balance is rounded once more to a float there; 10 steps of Adam at 0.003 do not make that larger than this */
    for (size_t i = 0; i < one->count; i++)
        ck_assert_double_lt(fabs(one->parameters[i] - other->parameters[i]), 1e-5);
    ck_assert_double_lt(fabs(first.loss - second.loss), 1e-5);
    ck_assert_double_gt(fabs(first.validation_loss - second.validation_loss), 1e-5); /* classes do not weigh in validation */
    kiln_network_destroy(one);
    kiln_network_destroy(other);
}
END_TEST

/* Weights that are all alike, of whatever size, are none: bit for bit, as the mean is 1. */
START_TEST(equal_weights_change_nothing)
{
    const kiln_subset train = { NULL, 64 }, none = { NULL, 0 };
    kiln_samples samples = *blobs();
    float weight[BLOB_SAMPLES];
    for (size_t i = 0; i < BLOB_SAMPLES; i++)
        weight[i] = 0x1p-70f;
    kiln_network *one = blob_network(5), *other = blob_network(5);
    const kiln_training_options options = { .epochs = 3, .dropout = 0.2 };
    ck_assert_kiln(kiln_train(NULL, one, &samples, train, none, &options, NULL, NULL, NULL, &err), err);
    samples.weight = weight;
    ck_assert_kiln(kiln_train(NULL, other, &samples, train, none, &options, NULL, NULL, NULL, &err), err);
    ck_assert_int_eq(memcmp(one->parameters, other->parameters, one->count * sizeof *one->parameters), 0);
    kiln_network_destroy(one);
    kiln_network_destroy(other);
}
END_TEST

static void assert_refused(const kiln_samples *samples, kiln_subset validation, kiln_class_weight classes, const char *message)
{
    kiln_network *network = samples->labels ? blob_network(1) : network_of(1, (size_t[]){ BLOB_FEATURES, 1 }, KILN_LINEAR);
    const kiln_training_options options = { .class_weight = classes };
    ck_assert_int_eq(kiln_train(NULL, network, samples, (kiln_subset){ NULL, 4 }, validation, &options, NULL, NULL, NULL, &err),
                     KILN_EINVAL);
    ck_assert_str_eq(err.message, message);
    kiln_network_destroy(network);
}

START_TEST(weights_that_cannot_be_are_refused)
{
    static const uint32_t later[] = { 4, 5 };
    const kiln_subset none = { NULL, 0 }, validation = { later, 2 };
    float weight[BLOB_SAMPLES] = { 1, 1, 1, 1 };
    const float y[BLOB_SAMPLES] = { 0 };
    kiln_samples samples = *blobs(), numbers = { .count = 4, .features = BLOB_FEATURES, .x = samples.x, .outputs = 1, .y = y };
    samples.weight = weight;
    assert_refused(&samples, validation, KILN_CLASS_WEIGHT_NONE,
                   "the weights of all 2 validation samples are 0: at least one should be above");
    weight[2] = -0.5f;
    assert_refused(&samples, none, KILN_CLASS_WEIGHT_NONE, "sample 2 has weight -0.5, should be a finite number, 0 or more");
    weight[2] = INFINITY;
    assert_refused(&samples, none, KILN_CLASS_WEIGHT_NONE, "sample 2 has weight inf, should be a finite number, 0 or more");
    weight[2] = NAN;
    assert_refused(&samples, none, KILN_CLASS_WEIGHT_NONE, "sample 2 has weight nan, should be a finite number, 0 or more");
    memset(weight, 0, sizeof weight);
    assert_refused(&samples, none, KILN_CLASS_WEIGHT_NONE,
                   "the weights of all 4 training samples are 0: at least one should be above");
    samples.weight = NULL;
    assert_refused(&samples, none, (kiln_class_weight)2, "class weights are number 2, should be 0 (none) or 1 (balanced)");
    assert_refused(&numbers, none, KILN_CLASS_WEIGHT_BALANCED, "class weights are for classification: the samples have no classes");
    kiln_metrics metrics;
    kiln_network *network = blob_network(1);
    samples.weight = weight;
    ck_assert_int_eq(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 3 }, KILN_LOSS_AUTO, NULL, &metrics, &err),
                     KILN_EINVAL);
    ck_assert_str_eq(err.message, "the weights of all 3 evaluated samples are 0: at least one should be above");
    double balance[BLOB_CLASSES];
    ck_assert_int_eq(kiln_balanced_weights(&samples, (kiln_subset){ NULL, BLOB_SAMPLES + 1 }, balance, &err), KILN_EINVAL);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(a_sample_of_no_weight_is_not_there)
{
    const float x[] = { 1, 2, 40, 7 }, y[] = { 1, 3, -900, 1 }, weight[] = { 1, 1, 0, 0 };
    const kiln_samples samples = { .count = 4, .features = 1, .x = x, .outputs = 1, .y = y, .weight = weight };
    kiln_network *one = network_of(1, (size_t[]){ 1, 1 }, KILN_LINEAR), *other = network_of(1, (size_t[]){ 1, 1 }, KILN_LINEAR);
    kiln_samples plain = samples;
    plain.weight = NULL;
    const kiln_training_options options = { .optimizer = KILN_SGD, .learning_rate = 0.1, .epochs = 50 };
    const kiln_subset none = { NULL, 0 };
    ck_assert_kiln(kiln_train(NULL, one, &samples, (kiln_subset){ NULL, 4 }, none, &options, NULL, NULL, NULL, &err), err);
    ck_assert_kiln(kiln_train(NULL, other, &plain, (kiln_subset){ NULL, 2 }, none, &options, NULL, NULL, NULL, &err), err);
    ck_assert_double_lt(fabs(one->parameters[0] - other->parameters[0]) + fabs(one->parameters[1] - other->parameters[1]), 1e-12);
    kiln_network_destroy(one);
    kiln_network_destroy(other);
}
END_TEST

/* A checkpoint of other weights is of another run. */
START_TEST(weights_are_part_of_what_a_run_is)
{
    const kiln_subset train = { NULL, 64 }, none = { NULL, 0 };
    kiln_samples samples = *blobs();
    float weight[BLOB_SAMPLES];
    char path[600], expected[1024];
    snprintf(path, sizeof path, "%s/checkpoint", temporary_folder());
    for (size_t i = 0; i < BLOB_SAMPLES; i++)
        weight[i] = (float)(1 + i % 3);
    samples.weight = weight;
    kiln_network *network = blob_network(5);
    kiln_training_options options = { .epochs = 1, .checkpoint = path, .resume = true };
    ck_assert_kiln(kiln_train(NULL, network, &samples, train, none, &options, NULL, NULL, NULL, &err), err);
    options.epochs = 2;
    ck_assert_kiln(kiln_train(NULL, network, &samples, train, none, &options, NULL, NULL, NULL, &err), err);
    weight[3] = 5.0f;
    ck_assert_int_eq(kiln_train(NULL, network, &samples, train, none, &options, NULL, NULL, NULL, &err), KILN_EDATA);
    snprintf(expected, sizeof expected, "%s: checkpoint of another run: fingerprint of the weights is", path);
    ck_assert_ptr_nonnull(strstr(err.message, expected));
    weight[3] = 1.0f;
    options.class_weight = KILN_CLASS_WEIGHT_BALANCED;
    ck_assert_int_eq(kiln_train(NULL, network, &samples, train, none, &options, NULL, NULL, NULL, &err), KILN_EDATA);
    snprintf(expected, sizeof expected, "%s: checkpoint of another run: class weights is \"none\" there, \"balanced\" here", path);
    ck_assert_str_eq(err.message, expected);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(memory_that_runs_out_is_said)
{
    const kiln_subset train = { NULL, 6 }, none = { NULL, 0 };
    const kiln_training_options options = { .epochs = 1, .class_weight = KILN_CLASS_WEIGHT_BALANCED };
    kiln_network *network = blob_network(5);
    unsigned long n = 0;
    for (bool done = false; !done;) {
        fault_set(FAULT_MEMORY, ++n, false, 0);
        const kiln_status status = kiln_train(NULL, network, blobs(), train, none, &options, NULL, NULL, NULL, &err);
        done = fault_count(FAULT_MEMORY) < n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert_int_eq(status, done ? KILN_OK : KILN_ENOMEM);
    }
    ck_assert_uint_gt(n, 10);
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weights");
    TCase *tc = tcase_create("weights");
    tcase_add_test(tc, balanced_is_as_in_scikit_learn);
    tcase_add_test(tc, a_step_by_hand);
    tcase_add_loop_test(tc, a_weight_of_two_is_a_sample_that_is_there_twice, 0, PROBLEMS);
    tcase_add_loop_test(tc, figures_are_by_weight, 0, PROBLEMS);
    tcase_add_test(tc, a_target_that_never_varies_is_seen);
    tcase_add_loop_test(tc, class_weights_are_weights_of_all_samples_of_a_class, 0, 2);
    tcase_add_test(tc, equal_weights_change_nothing);
    tcase_add_test(tc, weights_that_cannot_be_are_refused);
    tcase_add_test(tc, a_sample_of_no_weight_is_not_there);
    tcase_add_test(tc, weights_are_part_of_what_a_run_is);
    tcase_add_test(tc, memory_that_runs_out_is_said);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

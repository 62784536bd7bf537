/* Verification: the reference holds against itself whatever is trained; a device that is wrong in any one way does not. */
#include "float_device.h"
#include "support.h"

#include "backend/reference/reference.h"
#include "base/fault.h"
#include "network/network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kiln_error err;

static kiln_network *network_of(size_t layers, const size_t *widths, kiln_activation hidden, kiln_activation output, bool bias)
{
    kiln_network *network = NULL;
    const kiln_network_shape shape = { layers, widths, hidden, output, !bias };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 3, &err), err);
    return network;
}

static kiln_device *reference(void)
{
    kiln_device *device = NULL;
    ck_assert_kiln(reference_open(&(kiln_device_options){ 0 }, &device, &err), err);
    return device;
}

/* The rows of a report that do not hold, for a message. */
static const char *failures(const kiln_verify_report *report)
{
    static char text[4096];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < report->rows && used < sizeof text - 200; i++)
        if (!report->row[i].holds)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s: error %g, share %g, rms %g; ", report->row[i].name,
                                     report->row[i].error, report->row[i].share, report->row[i].rms);
    return text;
}

static const kiln_verify_row *row_of(const kiln_verify_report *report, const char *name)
{
    for (size_t i = 0; i < report->rows; i++)
        if (strcmp(report->row[i].name, name) == 0)
            return &report->row[i];
    ck_abort_msg("the report has no row '%s'", name);
    return NULL;
}

static const struct {
    kiln_loss loss;
    kiln_activation output;
} pairs[] = {
    { KILN_SSE, KILN_SIGMOID },   { KILN_SSE, KILN_SOFTMAX },      { KILN_SSE, KILN_LINEAR },
    { KILN_MSE, KILN_SIGMOID },   { KILN_MSE, KILN_SOFTMAX },      { KILN_MSE, KILN_LINEAR },
    { KILN_MAE, KILN_SIGMOID },   { KILN_MAE, KILN_SOFTMAX },      { KILN_MAE, KILN_LINEAR },
    { KILN_HUBER, KILN_SIGMOID }, { KILN_HUBER, KILN_SOFTMAX },    { KILN_HUBER, KILN_LINEAR },
    { KILN_BCE, KILN_SIGMOID },   { KILN_LOSS_AUTO, KILN_LINEAR }, { KILN_CROSS_ENTROPY, KILN_SOFTMAX },
};

enum { PAIRS = sizeof pairs / sizeof *pairs };

/* _i counts losses with outputs; inside, every hidden activation, with an optimizer, dropout, clipping and decay in turn. */
START_TEST(the_reference_holds_against_itself)
{
    kiln_device *device = reference();
    for (int a = KILN_SIGMOID; a <= KILN_LINEAR; a++) {
        kiln_network *network = network_of(3, (size_t[]){ 6, 9, 5, 4 }, (kiln_activation)a, pairs[_i].output, a % 2 == 0);
        const kiln_verify_options options = { .seed = 5,
                                              .weights = a % 2 == 0,
                                              .training = { .loss = pairs[_i].loss,
                                                            .optimizer = (kiln_optimizer)((a + _i) % 6),
                                                            .learning_rate = 0.05,
                                                            .dropout = a % 3 == 0 ? 0.3 : 0.0,
                                                            .weight_decay = a % 2 ? 0.01 : 0.0,
                                                            .clip_norm = a % 3 == 1 ? 0.05 : 0.0 } };
        kiln_verify_report report;
        ck_assert_kiln(kiln_verify(device, network, &options, &report, &err), err);
        ck_assert_msg(report.holds, "%s, %s of %s: %s", kiln_activation_name((kiln_activation)a), kiln_loss_name(pairs[_i].loss),
                      kiln_activation_name(pairs[_i].output), failures(&report));
        ck_assert_uint_gt(report.rows, 15);
        kiln_verify_report_free(&report);
        kiln_network_destroy(network);
    }
    kiln_device_close(device);
}
END_TEST

START_TEST(every_shape_holds)
{
    static const struct {
        size_t layers, widths[5], batch, steps;
    } shapes[] = {
        { 1, { 1, 1 }, 1, 1 },           { 1, { 7, 1 }, 5, 2 },   { 2, { 1, 3, 1 }, 1, 3 },
        { 4, { 3, 4, 5, 6, 2 }, 17, 1 }, { 1, { 40, 30 }, 3, 3 },
    };
    kiln_device *device = reference();
    kiln_network *network = network_of(shapes[_i].layers, shapes[_i].widths, KILN_TANH,
                                       shapes[_i].widths[shapes[_i].layers] > 1 ? KILN_SOFTMAX : KILN_SIGMOID, true);
    float mean[40], scale[40];
    for (size_t f = 0; f < shapes[_i].widths[0]; f++) {
        mean[f] = (float)f;
        scale[f] = 1.0f / (float)(f + 1);
    }
    ck_assert_kiln(kiln_network_set_standardisation(network, mean, scale, &err), err);
    const kiln_verify_options options = { .batch = shapes[_i].batch, .steps = shapes[_i].steps };
    kiln_verify_report report;
    ck_assert_kiln(kiln_verify(device, network, &options, &report, &err), err);
    ck_assert_msg(report.holds, "%s", failures(&report));
    const kiln_verify_row *input = row_of(&report, "input");
    ck_assert_uint_ge(input->elements, (shapes[_i].batch - shapes[_i].batch / 3) * shapes[_i].widths[0]);
    kiln_verify_report_free(&report);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* The default report of a 2-layer network, row by row. */
START_TEST(the_report_names_everything)
{
    static const char *const names[] = {
        "weights as written",
        "input",
        "layer 1 activations",
        "layer 2 z",
        "losses",
        "layer 2 deltas",
        "layer 2 weight gradient",
        "layer 2 bias gradient",
        "layer 1 deltas",
        "layer 1 weight gradient",
        "layer 1 bias gradient",
        "first moments",
        "second moments",
        "weights after 3 steps",
        "evaluated outputs",
        "evaluated losses",
        "predicted classes",
    };
    kiln_device *device = reference();
    kiln_network *network = network_of(2, (size_t[]){ 4, 3, 2 }, KILN_RELU, KILN_SOFTMAX, true);
    kiln_verify_report report;
    ck_assert_kiln(kiln_verify(device, network, NULL, &report, &err), err);
    ck_assert_uint_eq(report.rows, sizeof names / sizeof *names);
    for (size_t i = 0; i < report.rows; i++) {
        ck_assert_str_eq(report.row[i].name, names[i]);
        ck_assert(report.row[i].holds && report.row[i].elements > 0);
        ck_assert(report.row[i].drift == 0.0 || strcmp(names[i], "predicted classes") == 0);
    }
    kiln_verify_report_free(&report);
    ck_assert(report.rows == 0 && report.row == NULL);
    kiln_verify_report_free(&report);
    kiln_verify_report_free(NULL);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* A right float32 device, on everything that the reference was tried with above: the bounds suffice. */
START_TEST(a_right_device_holds)
{
    kiln_device *device = float_device(WRONG_NOTHING);
    double largest = 0.0;
    for (int a = KILN_SIGMOID; a <= KILN_LINEAR; a++) {
        const kiln_optimizer optimizer = (kiln_optimizer)((a + _i) % 6);
        kiln_network *network = network_of(3, (size_t[]){ 60, 40, 30, 4 }, (kiln_activation)a, pairs[_i].output, a % 2 == 0);
        const kiln_verify_options options = { .seed = (uint64_t)a,
                                              .weights = (a + _i) % 2 == 0,
                                              .training = { .loss = pairs[_i].loss,
                                                            .optimizer = optimizer,
                                                            .dropout = a % 3 == 0 ? 0.3 : 0.0,
                                                            .weight_decay = a % 2 ? 0.01 : 0.0,
                                                            .clip_norm = a % 3 == 1 ? 0.05 : 0.0 } };
        kiln_verify_report report;
        ck_assert_kiln(kiln_verify(device, network, &options, &report, &err), err);
        ck_assert_msg(report.holds, "%s, %s of %s, %s: %s", kiln_activation_name((kiln_activation)a),
                      kiln_loss_name(pairs[_i].loss), kiln_activation_name(pairs[_i].output), kiln_optimizer_name(optimizer),
                      failures(&report));
        for (size_t i = 0; i < report.rows; i++)
            largest = fmax(largest, report.row[i].share);
        kiln_verify_report_free(&report);
        kiln_network_destroy(network);
    }
    ck_assert_double_gt(largest, 0.01); /* and are not worlds away */
    kiln_device_close(device);
}
END_TEST

/* Weights so small that products are subnormal or flushed, and so large that everything saturates: still no false alarm. */
START_TEST(extreme_weights_hold)
{
    static const double scales[] = { 0.0, 1e-38, 1e-30, 1e-20, 1e-3, 30.0 };
    kiln_device *device = float_device(WRONG_NOTHING);
    for (int optimizer = KILN_ADAM; optimizer <= KILN_RMSPROP; optimizer++)
        for (int a = KILN_SIGMOID; a <= KILN_SILU; a++) {
            kiln_network *network = network_of(3, (size_t[]){ 12, 9, 8, 4 }, (kiln_activation)a, KILN_SOFTMAX, true);
            for (size_t i = 0; i < network->count; i++)
                network->parameters[i] *= scales[_i];
            const kiln_verify_options options = { .training = { .optimizer = (kiln_optimizer)optimizer } };
            kiln_verify_report report;
            ck_assert_kiln(kiln_verify(device, network, &options, &report, &err), err);
            ck_assert_msg(report.holds, "%s, %s, times %g: %s", kiln_activation_name((kiln_activation)a),
                          kiln_optimizer_name((kiln_optimizer)optimizer), scales[_i], failures(&report));
            kiln_verify_report_free(&report);
            kiln_network_destroy(network);
        }
    kiln_device_close(device);
}
END_TEST

/* Where a fault must show: a row that no other operation could have made wrong. */
static const struct {
    wrong way;
    const char *row;
    kiln_training_options training;
    bool weights;
} faults_to_find[] = {
    { WRONG_LAST_TERM, "layer 1 activations", { 0 }, false },
    { WRONG_BIAS, "layer 2 activations", { 0 }, false },
    { WRONG_HALF_INPUTS, "layer 3 z", { 0 }, false },
    { WRONG_HALF_GRADIENT, "layer 1 weight gradient", { 0 }, false },
    { WRONG_SIGN, "layer 2 deltas", { 0 }, false },
    { WRONG_TRANSPOSE, "layer 1 deltas", { 0 }, false },
    { WRONG_DERIVATIVE, "layer 1 deltas", { 0 }, false },
    { WRONG_MEAN, "layer 3 deltas", { 0 }, false },
    { WRONG_BATCH_END, "layer 2 weight gradient", { 0 }, false },
    { WRONG_BIAS_GRADIENT, "layer 2 bias gradient", { 0 }, false },
    { WRONG_GATHER, "input", { 0 }, false },
    { WRONG_STANDARDISATION, "input", { 0 }, false },
    { WRONG_DROPOUT_SCALE, "layer 1 activations", { .dropout = 0.25 }, false },
    { WRONG_DROPOUT_MASK, "layer 2 activations", { .dropout = 0.25 }, false },
    { WRONG_EXP, "layer 3 deltas", { 0 }, false },
    { WRONG_CORRECTION, "weights after 3 steps", { 0 }, false },
    { WRONG_DECAY, "weights after 3 steps", { .optimizer = KILN_ADAMW, .weight_decay = 0.01 }, false },
    { WRONG_DECAY, "weights after 3 steps", { .optimizer = KILN_SGD, .weight_decay = 0.01 }, false },
    { WRONG_CLIPPING, "first moments", { .clip_norm = 0.01 }, false },
    { WRONG_LOSS, "losses", { 0 }, false },
    { WRONG_EVALUATION, "evaluated outputs", { 0 }, false },
    { WRONG_CLASS, "predicted classes", { 0 }, false },
    { WRONG_UNWRITTEN, "layer 1 weight gradient", { 0 }, false },
    { WRONG_WEIGHT, "losses", { 0 }, true },
    { WRONG_WEIGHT, "layer 3 deltas", { 0 }, true },
};

enum { FAULTS = sizeof faults_to_find / sizeof *faults_to_find };

START_TEST(each_wrong_device_is_caught)
{
    kiln_network *network = network_of(3, (size_t[]){ 20, 20, 20, 5 }, KILN_TANH, KILN_SOFTMAX, true);
    float mean[20], scale[20];
    for (size_t f = 0; f < 20; f++) {
        mean[f] = (float)f - 3.25f;
        scale[f] = 0.75f;
    }
    ck_assert_kiln(kiln_network_set_standardisation(network, mean, scale, &err), err);
    const kiln_verify_options options = { .training = faults_to_find[_i].training, .weights = faults_to_find[_i].weights };
    for (int right = 0; right < 2; right++) {
        kiln_device *device = float_device(right ? WRONG_NOTHING : faults_to_find[_i].way);
        kiln_verify_report report;
        ck_assert_kiln(kiln_verify(device, network, &options, &report, &err), err);
        const kiln_verify_row *row = row_of(&report, faults_to_find[_i].row);
        ck_assert_msg(report.holds == (right == 1), "%s: %s", wrong_name(faults_to_find[_i].way), failures(&report));
        ck_assert_msg(row->holds == (right == 1), "%s: row '%s' has share %g, rms %g", wrong_name(faults_to_find[_i].way),
                      row->name, row->share, row->rms);
        if (!right && faults_to_find[_i].way == WRONG_UNWRITTEN)
            ck_assert(isinf(row->share));
        kiln_verify_report_free(&report);
        kiln_device_close(device);
    }
    kiln_network_destroy(network);
}
END_TEST

START_TEST(every_fault_is_tried)
{
    bool tried[WRONGS] = { true };
    for (size_t i = 0; i < FAULTS; i++)
        tried[faults_to_find[i].way] = true;
    for (int way = 0; way < WRONGS; way++)
        ck_assert_msg(tried[way], "no test has a device wrong in '%s'", wrong_name((wrong)way));
}
END_TEST

/* Rounding to half is within the worst-case bound of long sums, so only the root mean square can tell. */
START_TEST(lost_precision_shows_in_long_products)
{
    kiln_network *network = network_of(1, (size_t[]){ 3000, 8 }, KILN_TANH, KILN_SOFTMAX, true);
    kiln_device *device = float_device(WRONG_HALF_INPUTS);
    kiln_verify_report report;
    ck_assert_kiln(kiln_verify(device, network, &(kiln_verify_options){ .steps = 1 }, &report, &err), err);
    const kiln_verify_row *row = row_of(&report, "layer 1 z");
    ck_assert_msg(row->rms > 5.0, "rms is %g of its limit", row->rms);
    kiln_verify_report_free(&report);
    kiln_device_close(device);
    device = float_device(WRONG_NOTHING);
    ck_assert_kiln(kiln_verify(device, network, &(kiln_verify_options){ .steps = 1 }, &report, &err), err);
    row = row_of(&report, "layer 1 z");
    ck_assert_msg(row->rms < 1.0 && row->rms > 0.01, "rms is %g of its limit", row->rms);
    kiln_verify_report_free(&report);
    kiln_device_close(device);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(gradients_of_the_reference_hold)
{
    for (int a = KILN_SIGMOID; a <= KILN_LINEAR; a++) {
        kiln_network *network = network_of(3, (size_t[]){ 6, 9, 5, 4 }, (kiln_activation)a, pairs[_i].output, a % 2 == 0);
        const kiln_verify_options options = { .seed = 5,
                                              .weights = a % 2 == 0,
                                              .training = { .loss = pairs[_i].loss, .dropout = a % 3 == 0 ? 0.3 : 0.0 } };
        kiln_verify_report report;
        ck_assert_kiln(kiln_verify_reference(network, &options, &report, &err), err);
        ck_assert_msg(report.holds, "%s, %s of %s: %s", kiln_activation_name((kiln_activation)a), kiln_loss_name(pairs[_i].loss),
                      kiln_activation_name(pairs[_i].output), failures(&report));
        ck_assert_uint_eq(report.rows, a % 2 == 0 ? 6 : 3);
        for (size_t i = 0; i < report.rows; i++) /* points at kinks are left out, but never most of them */
            ck_assert_uint_ge(report.row[i].elements, 2);
        kiln_verify_report_free(&report);
        kiln_network_destroy(network);
    }
}
END_TEST

START_TEST(what_cannot_be_verified_is_refused)
{
    kiln_device *device = reference();
    kiln_network *network = network_of(1, (size_t[]){ 3, 2 }, KILN_TANH, KILN_LINEAR, true);
    kiln_verify_report report;
    const kiln_verify_options entropy = { .training = { .loss = KILN_CROSS_ENTROPY } },
                              dropout = { .training = { .dropout = 1.5 } };
    const int raised = 1;
    const kiln_verify_options stopped = { .stop = &raised };
    ck_assert_int_eq(kiln_verify(device, network, &entropy, &report, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "cross-entropy needs softmax outputs, the network's are linear");
    ck_assert_int_eq(kiln_verify(device, network, &dropout, &report, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_verify_reference(network, &dropout, &report, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_verify(device, network, &stopped, &report, &err), KILN_EINTERRUPTED);
    ck_assert_int_eq(kiln_verify_reference(network, &stopped, &report, &err), KILN_EINTERRUPTED);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* Every allocation failing in turn, in both. */
START_TEST(memory_that_runs_out_is_said)
{
    kiln_device *device = reference();
    kiln_network *network = network_of(2, (size_t[]){ 3, 2, 2 }, KILN_TANH, KILN_SOFTMAX, true);
    const kiln_verify_options options = { .batch = 2, .steps = 1 };
    unsigned long n = 0;
    for (bool done = false; !done;) {
        kiln_verify_report report = { 0 };
        fault_set(FAULT_MEMORY, ++n, false, 0);
        const kiln_status status =
            _i ? kiln_verify_reference(network, &options, &report, &err) : kiln_verify(device, network, &options, &report, &err);
        done = fault_count(FAULT_MEMORY) < n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert_int_eq(status, done ? KILN_OK : KILN_ENOMEM);
        kiln_verify_report_free(&report);
    }
    ck_assert_uint_gt(n, 20);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verify");
    TCase *tc = tcase_create("verify");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, the_reference_holds_against_itself, 0, PAIRS);
    tcase_add_loop_test(tc, every_shape_holds, 0, 5);
    tcase_add_test(tc, the_report_names_everything);
    tcase_add_loop_test(tc, a_right_device_holds, 0, PAIRS);
    tcase_add_loop_test(tc, extreme_weights_hold, 0, 6);
    tcase_add_loop_test(tc, each_wrong_device_is_caught, 0, FAULTS);
    tcase_add_test(tc, every_fault_is_tried);
    tcase_add_test(tc, lost_precision_shows_in_long_products);
    tcase_add_loop_test(tc, gradients_of_the_reference_hold, 0, PAIRS);
    tcase_add_test(tc, what_cannot_be_verified_is_refused);
    tcase_add_loop_test(tc, memory_that_runs_out_is_said, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

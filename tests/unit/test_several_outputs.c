/* Networks of several outputs, from a caller's arrays: numbers and labels are learnt, measured while training, and verified. */
#include "base/random.h"
#include "support.h"
#include "training/verify.h"

#include <math.h>
#include <stdlib.h>

enum { COUNT = 320, TRAINED = 240, OUTPUTS = 3 };

/* Points of the square from -1 to 1. */
static float points[COUNT][2];

static void make_points(void)
{
    for (size_t i = 0; i < COUNT; i++)
        for (size_t f = 0; f < 2; f++)
            points[i][f] = (float)(2.0 * random_uniform(1, PHILOX_VERIFY, i, f) - 1.0);
}

static kiln_samples samples_of(const float *y)
{
    return (kiln_samples){ .count = COUNT, .features = 2, .x = points, .outputs = OUTPUTS, .y = y };
}

static kiln_network *network_of(size_t hidden, kiln_activation output, kiln_task task)
{
    const size_t wide[] = { 2, hidden, OUTPUTS }, narrow[] = { 2, OUTPUTS };
    const kiln_network_shape shape = {
        .layers = hidden ? 2 : 1, .widths = hidden ? wide : narrow, .hidden = KILN_TANH, .output = output
    };
    kiln_network *network;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_AUTO, 3, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, &(kiln_schema){ .task = task }, &err), err);
    return network;
}

/* Trains on the first samples, and measures on the others. */
static kiln_training_result train(kiln_network *network, const kiln_samples *samples, kiln_metrics *metrics)
{
    static uint32_t rest[COUNT - TRAINED];
    const kiln_subset validation = { rest, COUNT - TRAINED };
    const kiln_training_options options = { .learning_rate = 0.03, .epochs = 120, .batch_size = 16, .schedule = KILN_COSINE };
    kiln_training_result result;
    kiln_error err;
    for (size_t i = 0; i < COUNT - TRAINED; i++)
        rest[i] = (uint32_t)(TRAINED + i);
    ck_assert_kiln(
        kiln_train(NULL, network, samples, (kiln_subset){ NULL, TRAINED }, validation, &options, NULL, NULL, &result, &err), err);
    ck_assert_kiln(kiln_evaluate(NULL, network, samples, validation, KILN_LOSS_AUTO, NULL, metrics, &err), err);
    return result;
}

/* Right of the middle, above it, and in one of two opposite quarters, which no layer alone can tell. */
START_TEST(labels_are_learnt)
{
    static float y[COUNT][OUTPUTS];
    make_points();
    for (size_t i = 0; i < COUNT; i++) {
        y[i][0] = points[i][0] > 0.0f;
        y[i][1] = points[i][1] > 0.0f;
        y[i][2] = y[i][0] == y[i][1];
    }
    const kiln_samples samples = samples_of((const float *)y);
    kiln_metrics m;
    kiln_network *network = network_of(0, KILN_SIGMOID, KILN_MULTILABEL);
    train(network, &samples, &m);
    ck_assert_msg(m.f1[0] > 0.9 && m.f1[1] > 0.9 && m.accuracy < 0.75, "f1 %g, %g, accuracy %g", m.f1[0], m.f1[1], m.accuracy);
    kiln_metrics_free(&m);
    kiln_network_destroy(network);

    network = network_of(12, KILN_SIGMOID, KILN_MULTILABEL);
    const kiln_training_result result = train(network, &samples, &m);
    ck_assert_msg(m.accuracy > 0.9 && m.hamming_loss < 0.05, "accuracy %g, Hamming loss %g", m.accuracy, m.hamming_loss);
    ck_assert_msg(m.f1[2] > 0.9 && m.macro_f1 > 0.9 && m.micro_f1 > 0.9, "f1 %g, macro %g", m.f1[2], m.macro_f1);
    ck_assert_double_eq(result.validation_accuracy, m.accuracy);
    ck_assert_double_eq(result.validation_loss, m.loss); /* both sum in the same order */
    kiln_metrics_free(&m);
    kiln_network_destroy(network);
}
END_TEST

/* A plane, a saddle and a wave. The saddle and the wave, mean 0 along each axis, are all but out of a plane's reach. */
START_TEST(numbers_are_learnt)
{
    static float y[COUNT][OUTPUTS];
    make_points();
    for (size_t i = 0; i < COUNT; i++) {
        y[i][0] = 2.0f * points[i][0] - points[i][1] + 3.0f;
        y[i][1] = points[i][0] * points[i][1];
        y[i][2] = cosf(3.0f * points[i][1]);
    }
    const kiln_samples samples = samples_of((const float *)y);
    kiln_metrics m;
    kiln_network *network = network_of(0, KILN_LINEAR, KILN_REGRESSION);
    train(network, &samples, &m);
    ck_assert_msg(m.output[0].r2 > 0.99 && m.output[1].r2 < 0.2 && m.output[2].r2 < 0.2, "%g, %g, %g", m.output[0].r2,
                  m.output[1].r2, m.output[2].r2);
    kiln_metrics_free(&m);
    kiln_network_destroy(network);

    network = network_of(12, KILN_LINEAR, KILN_REGRESSION);
    const kiln_training_result result = train(network, &samples, &m);
    ck_assert_msg(m.output[0].r2 > 0.95 && m.output[1].r2 > 0.95 && m.output[2].r2 > 0.95, "%g, %g, %g", m.output[0].r2,
                  m.output[1].r2, m.output[2].r2);
    ck_assert_double_eq(result.validation_loss, m.loss);
    ck_assert(isnan(result.validation_accuracy));
    kiln_metrics_free(&m);
    kiln_network_destroy(network);
}
END_TEST

/* What is verified is trained on y, each output by itself, and not on classes. */
START_TEST(what_is_verified_has_labels)
{
    kiln_network *labels = network_of(12, KILN_SIGMOID, KILN_MULTILABEL);
    kiln_device *device;
    kiln_verify_report report;
    verify_samples made;
    kiln_error err;
    ck_assert_kiln(verify_samples_make(labels, 5, &(kiln_verify_options){ 0 }, &made, &err), err);
    ck_assert(made.loss == KILN_BCE && !made.samples.labels && made.samples.y && made.samples.outputs == OUTPUTS);
    verify_samples_free(&made);
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    ck_assert_kiln(kiln_verify(device, labels, &(kiln_verify_options){ 0 }, &report, &err), err);
    ck_assert(report.holds);
    kiln_verify_report_free(&report);
    ck_assert_kiln(kiln_verify_reference(labels, &(kiln_verify_options){ 0 }, &report, &err), err);
    ck_assert(report.holds);
    kiln_verify_report_free(&report);
    kiln_network_destroy(labels);
    kiln_device_close(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("several outputs");
    TCase *tc = tcase_create("several outputs");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, labels_are_learnt);
    tcase_add_test(tc, numbers_are_learnt);
    tcase_add_test(tc, what_is_verified_has_labels);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

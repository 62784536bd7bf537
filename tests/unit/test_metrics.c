/* kiln_evaluate and kiln_predict against figures worked out by hand. */
#include "support.h"

#include <math.h>
#include <string.h>

/* A network that hands its inputs on: one linear layer, the identity. */
static kiln_network *identity(size_t width, kiln_activation output)
{
    double weights[16] = { 0 };
    kiln_network *network;
    kiln_error err;
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ width, width }, .output = output };
    for (size_t i = 0; i < width; i++)
        weights[i * width + i] = 1.0;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, weights, NULL, &err), err);
    return network;
}

/* u of a double, times the few dozen operations of a score. */
#define CLOSE(value, expected)                                                                                                     \
    ck_assert_msg(fabs((value) - (expected)) <= 1e-14, #value " is %.17g, should be %.17g", value, expected)

START_TEST(classes_are_scored)
{
    /* Predicted 0 0 1 1 0, of class 0 0 0 1 2; class 3 never is and never is predicted, class 2 is never predicted. */
    const float x[5][4] = { { 9, 1, 0, 0 }, { 3, 3, 0, 0 }, { 0, 5, 0, 0 }, { 1, 2, 0, 0 }, { 4, 0, 1, 0 } };
    const int32_t labels[] = { 0, 0, 0, 1, 2 };
    const kiln_samples samples = { .count = 5, .features = 4, .x = x, .classes = 4, .labels = labels };
    const size_t confusion[16] = { 2, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 };
    kiln_network *network = identity(4, KILN_LINEAR);
    kiln_metrics m;
    kiln_error err;
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 5 }, KILN_LOSS_AUTO, NULL, &m, &err), err);
    ck_assert_uint_eq(m.count, 5);
    ck_assert_uint_eq(m.classes, 4);
    ck_assert_mem_eq(m.confusion, confusion, sizeof confusion);
    const double precision[] = { 2.0 / 3, 0.5, 0, 0 }, recall[] = { 2.0 / 3, 1, 0, 0 }, f1[] = { 2.0 / 3, 2.0 / 3, 0, 0 };
    for (size_t c = 0; c < 4; c++) {
        CLOSE(m.precision[c], precision[c]);
        CLOSE(m.recall[c], recall[c]);
        CLOSE(m.f1[c], f1[c]);
    }
    CLOSE(m.accuracy, 0.6);
    CLOSE(m.macro_f1, 4.0 / 9); /* of three classes, as scikit-learn's f1_score(average="macro") */
    /* Squares by sample: 64+1, 4+9, 1+25, 1+1, 16+0; a mean over 4 outputs and 5 samples. */
    CLOSE(m.loss, (65 + 13 + 26 + 2 + 16) / 20.0);
    CLOSE(m.rmse, 0.0);
    kiln_metrics_free(&m);
    ck_assert_ptr_null(m.confusion);
    ck_assert_uint_eq(m.classes, 0);
    kiln_metrics_free(&m);
    kiln_metrics_free(NULL);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(a_single_output_tells_two_classes)
{
    const float x[] = { -3.0f, 0.0f, 2.0f, 1.0f };
    const int32_t labels[] = { 0, 1, 0, 1 };
    const kiln_samples samples = { .count = 4, .features = 1, .x = x, .classes = 2, .labels = labels };
    const size_t confusion[4] = { 1, 1, 0, 2 };
    kiln_network *network = identity(1, KILN_SIGMOID);
    kiln_metrics m;
    kiln_error err;
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 4 }, KILN_LOSS_AUTO, NULL, &m, &err), err);
    ck_assert_mem_eq(m.confusion, confusion, sizeof confusion); /* sigmoid(0) is 1/2: class 1 */
    CLOSE(m.loss, (log1p(exp(-3)) + log(2) + 2 + log1p(exp(-2)) + log1p(exp(-1))) / 4);
    kiln_metrics_free(&m);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(a_single_class_cannot_be_told_from_others)
{
    const float x[] = { 3.0f };
    const int32_t labels[] = { 0 };
    const kiln_samples samples = { .count = 1, .features = 1, .x = x, .classes = 1, .labels = labels };
    const kiln_activation outputs[] = { KILN_SIGMOID, KILN_SOFTMAX }; /* each says 1, which the confusion matrix has not */
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        kiln_network *network = identity(1, outputs[i]);
        kiln_metrics m;
        kiln_error err;
        ck_assert_int_eq(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 1 }, KILN_LOSS_AUTO, NULL, &m, &err),
                         KILN_EINVAL);
        ck_assert_str_eq(err.message, "the samples have a single class, there should be at least two to tell apart");
        kiln_network_destroy(network);
    }
}
END_TEST

START_TEST(a_target_that_never_varies_has_no_spread)
{
    /* Whatever its value and however many samples have it: missed, its r2 is 0, and not 1 minus something over rounding's noise. */
    enum { MOST = 60 };
    static const float values[] = { 5.0f, 0.1f, -1e-7f, 3e30f };
    float x[MOST], y[MOST];
    kiln_network *network = identity(1, KILN_LINEAR);
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (size_t count = 1; count <= MOST; count++) {
            kiln_metrics m;
            kiln_error err;
            for (size_t i = 0; i < count; i++) {
                x[i] = 2.0f * values[v];
                y[i] = values[v];
            }
            const kiln_samples samples = { .count = count, .features = 1, .x = x, .outputs = 1, .y = y };
            ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, count }, KILN_MSE, NULL, &m, &err), err);
            ck_assert_double_eq(m.r2, 0.0);
            kiln_metrics_free(&m);
        }
    kiln_network_destroy(network);
}
END_TEST

START_TEST(targets_are_scored)
{
    /* The second target never varies and is missed, so its r2 is 0. */
    const float x[3][2] = { { 1, 5 }, { 2, 5 }, { 4, 6 } }, y[3][2] = { { 1, 5 }, { 3, 5 }, { 5, 5 } };
    const kiln_samples samples = { .count = 3, .features = 2, .x = x, .outputs = 2, .y = (const float *)y };
    kiln_network *network = identity(2, KILN_LINEAR);
    kiln_metrics m;
    kiln_error err;
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 3 }, KILN_SSE, NULL, &m, &err), err);
    CLOSE(m.rmse, sqrt(3.0 / 6));
    CLOSE(m.mae, 0.5);
    CLOSE(m.r2, (1.0 - 2.0 / 8.0) / 2); /* errors 0, 1, 1; spread 4 + 0 + 4 */
    CLOSE(m.loss, 1.0);
    ck_assert_uint_eq(m.classes, 0);
    ck_assert_ptr_null(m.confusion);
    ck_assert_uint_eq(m.outputs, 2);
    CLOSE(m.output[0].rmse, sqrt(2.0 / 3));
    CLOSE(m.output[0].mae, 2.0 / 3);
    CLOSE(m.output[0].r2, 1.0 - 2.0 / 8.0);
    CLOSE(m.output[1].rmse, sqrt(1.0 / 3));
    CLOSE(m.output[1].mae, 1.0 / 3);
    CLOSE(m.output[1].r2, 0.0);
    kiln_metrics_free(&m);
    ck_assert(!m.output && m.outputs == 0);
    /* Of the first two samples, the constant target is met exactly: its r2 is 1. */
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 2 }, KILN_MSE, NULL, &m, &err), err);
    CLOSE(m.r2, (1.0 - 1.0 / 2.0 + 1.0) / 2);
    kiln_metrics_free(&m);
    kiln_network_destroy(network);
}
END_TEST

/* Figures of the same arrays by scikit-learn 1.9.1: accuracy_score 0.5, hamming_loss 0.1875, f1_score micro 0.7272727272727273 and
 * macro 0.5333333333333333 (zero_division=0), multilabel_confusion_matrix and precision_recall_fscore_support as below. */
START_TEST(labels_are_scored)
{
    /* Predicted 1010, 1100, 1000, 0000; the last label never is, and never is predicted. A z of 0 is a share of 1/2: it is there.
     */
    const float z[4][4] = { { 0, -1, 1, -1 }, { 1, 1, -1, -1 }, { 1, -1, -1, -1 }, { -1, -1, -1, -1 } };
    const float truth[4][4] = { { 1, 0, 1, 0 }, { 0, 1, 1, 0 }, { 1, 1, 0, 0 }, { 0, 0, 0, 0 } };
    const kiln_samples samples = { .count = 4, .features = 4, .x = z, .outputs = 4, .y = (const float *)truth };
    const size_t confusion[4][2][2] = {
        { { 1, 1 }, { 0, 2 } }, { { 2, 0 }, { 1, 1 } }, { { 2, 0 }, { 1, 1 } }, { { 4, 0 }, { 0, 0 } }
    };
    const double precision[] = { 2.0 / 3, 1, 1, 0 }, recall[] = { 1, 0.5, 0.5, 0 }, f1[] = { 0.8, 2.0 / 3, 2.0 / 3, 0 };
    kiln_network *network = identity(4, KILN_SIGMOID);
    kiln_metrics m;
    kiln_error err;
    ck_assert_kiln(kiln_network_set_schema(network, &(kiln_schema){ .task = KILN_MULTILABEL }, &err), err);
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ NULL, 4 }, KILN_LOSS_AUTO, NULL, &m, &err), err);
    ck_assert(m.count == 4 && m.labels == 4 && m.classes == 0 && m.outputs == 0 && !m.output);
    ck_assert_mem_eq(m.confusion, confusion, sizeof confusion);
    for (size_t l = 0; l < 4; l++) {
        CLOSE(m.precision[l], precision[l]);
        CLOSE(m.recall[l], recall[l]);
        CLOSE(m.f1[l], f1[l]);
    }
    CLOSE(m.accuracy, 0.5);
    CLOSE(m.hamming_loss, 3.0 / 16);
    CLOSE(m.micro_f1, 8.0 / 11);
    CLOSE(m.macro_f1, 8.0 / 15);
    CLOSE(m.loss, (15 * log1p(exp(-1)) + log(2) + 3) / 16); /* bce; each of the three that are wrong costs |z| = 1 more */
    kiln_metrics_free(&m);
    ck_assert(!m.confusion && m.labels == 0);

    /* A subset, in its order; and what is no label. */
    const uint32_t rows[] = { 3, 1 };
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, (kiln_subset){ rows, 2 }, KILN_MSE, NULL, &m, &err), err);
    CLOSE(m.accuracy, 0.5);
    CLOSE(m.hamming_loss, 2.0 / 8);
    kiln_metrics_free(&m);
    const float shares[4] = { 0, 1, 0.5f, 0 };
    const kiln_samples soft = { .count = 1, .features = 4, .x = z, .outputs = 4, .y = shares };
    ck_assert_int_eq(kiln_evaluate(NULL, network, &soft, (kiln_subset){ NULL, 1 }, KILN_LOSS_AUTO, NULL, &m, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "sample 0 has 0.5 for label 2, should be 0 or 1");
    kiln_network_destroy(network);
}
END_TEST

START_TEST(many_samples_are_walked_in_their_order)
{
    enum { COUNT = 10007 }; /* more than two blocks, and a part of one */
    static float x[COUNT];
    static uint32_t rows[COUNT];
    static double y[COUNT];
    static int32_t labels[COUNT];
    const kiln_samples samples = { .count = COUNT, .features = 1, .x = x, .classes = 2, .labels = labels };
    const kiln_subset all = { rows, COUNT };
    kiln_network *network = identity(1, KILN_LINEAR);
    kiln_metrics m;
    kiln_error err;
    size_t ones = 0;
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (float)i;
        rows[i] = (uint32_t)(COUNT - 1 - i);
        labels[i] = i % 3 == 0;
        ones += labels[i] == 1 && i > 0;
    }
    ck_assert_kiln(kiln_predict(NULL, network, &samples, all, NULL, y, &err), err);
    for (size_t i = 0; i < COUNT; i++)
        ck_assert_double_eq(y[i], (double)rows[i]);
    ck_assert_kiln(kiln_evaluate(NULL, network, &samples, all, KILN_MAE, NULL, &m, &err), err);
    ck_assert_uint_eq(m.confusion[3], ones); /* every sample but the first is taken for class 1 */
    ck_assert_uint_eq(m.confusion[0] + m.confusion[2], 1);
    kiln_metrics_free(&m);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(the_class_is_the_first_of_the_largest)
{
    ck_assert_int_eq(kiln_predicted_class(3, (const double[]){ 1, 3, 3 }), 1);
    ck_assert_int_eq(kiln_predicted_class(3, (const double[]){ -1, -3, -0.5 }), 2);
    ck_assert_int_eq(kiln_predicted_class(1, (const double[]){ 0.5 }), 1);
    ck_assert_int_eq(kiln_predicted_class(1, (const double[]){ 0.49 }), 0);
}
END_TEST

START_TEST(what_cannot_be_measured_is_refused)
{
    const float x[2][2] = { { 0 } }, y[2] = { 0 };
    int32_t labels[] = { 0, 2 };
    const uint32_t rows[] = { 0, 2 };
    const volatile int stop = 1;
    const kiln_samples bare = { .count = 2, .features = 2, .x = x };
    const kiln_samples classes = { .count = 2, .features = 2, .x = x, .classes = 2, .labels = labels };
    const kiln_samples narrow = { .count = 2, .features = 1, .x = x, .classes = 2, .labels = labels };
    const kiln_samples values = { .count = 2, .features = 2, .x = x, .outputs = 1, .y = y };
    const struct {
        const kiln_samples *samples;
        kiln_subset subset;
        kiln_stop *stop;
        kiln_status status;
        const char *part;
    } cases[] = {
        { &classes, { NULL, 0 }, NULL, KILN_EINVAL, "no samples to evaluate" },
        { &bare, { NULL, 2 }, NULL, KILN_EINVAL, "neither labels nor target values" },
        { &narrow, { NULL, 1 }, NULL, KILN_EINVAL, "the samples have 1 features, the network takes 2" },
        { &values, { NULL, 2 }, NULL, KILN_EINVAL, "1 target values" },
        { &classes, { NULL, 3 }, NULL, KILN_EINVAL, "the subset has 3 samples, there are 2" },
        { &classes, { rows, 2 }, NULL, KILN_EINVAL, "the subset has row 2, the last of 2 samples is 1" },
        { &classes, { NULL, 2 }, NULL, KILN_EINVAL, "sample 1 has class 2, should be 0 to 1" },
        { &classes, { NULL, 1 }, &stop, KILN_EINTERRUPTED, "stopped" },
    };
    kiln_network *network = identity(2, KILN_LINEAR);
    kiln_metrics m = { .count = 77 };
    kiln_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&err, 0xff, sizeof err);
        ck_assert_int_eq(kiln_evaluate(NULL, network, cases[i].samples, cases[i].subset, KILN_MSE, cases[i].stop, &m, &err),
                         cases[i].status);
        ck_assert_msg(strstr(err.message, cases[i].part) != NULL, "case %zu: %s", i, err.message);
        ck_assert_uint_eq(m.count, 77);
    }
    double y_out[4];
    ck_assert_int_eq(kiln_predict(NULL, network, &narrow, (kiln_subset){ NULL, 1 }, NULL, y_out, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_predict(NULL, network, &bare, (kiln_subset){ NULL, 2 }, &stop, y_out, &err), KILN_EINTERRUPTED);
    ck_assert_kiln(kiln_predict(NULL, network, &bare, (kiln_subset){ NULL, 0 }, NULL, y_out, &err), err);
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("metrics");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, classes_are_scored);
    tcase_add_test(tc, a_single_output_tells_two_classes);
    tcase_add_test(tc, a_single_class_cannot_be_told_from_others);
    tcase_add_test(tc, a_target_that_never_varies_has_no_spread);
    tcase_add_test(tc, targets_are_scored);
    tcase_add_test(tc, labels_are_scored);
    tcase_add_test(tc, many_samples_are_walked_in_their_order);
    tcase_add_test(tc, the_class_is_the_first_of_the_largest);
    tcase_add_test(tc, what_cannot_be_measured_is_refused);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

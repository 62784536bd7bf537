/* Single samples' losses and permutation importance, against the same shuffles done by hand. */
#include "base/fault.h"
#include "base/random.h"
#include "support.h"
#include "training.h"

#include <math.h>
#include <string.h>

enum { ROWS = 12, FEATURES = 5 };

/* Two numbers, and a text of three: features 0, 1 and 2 to 4. */
static const kiln_samples *table(void)
{
    static float x[ROWS][FEATURES];
    static int32_t labels[ROWS];
    static const kiln_samples samples = { .count = ROWS, .features = FEATURES, .x = x, .classes = 2, .labels = labels };
    for (size_t i = 0; i < ROWS; i++) {
        x[i][0] = (float)(i * 5 % 7) - 3.0f;
        x[i][1] = (float)i;
        memset(x[i] + 2, 0, 3 * sizeof(float));
        x[i][2 + i % 3] = 1.0f;
        labels[i] = i % 3 == 0;
    }
    return &samples;
}

/* Class 1 by feature 0 and the text; feature 1 has no weight. */
static kiln_network *reader(void)
{
    static char *texts[] = { "a", "b", "c" };
    kiln_column column[] = { { .name = "one" }, { .name = "two" }, { .name = "three", .categories = 3, .category = texts } };
    const kiln_schema schema = { .task = KILN_CLASSIFICATION, .columns = 3, .column = column, .classes = 2 };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ FEATURES, 2 }, .output = KILN_SOFTMAX };
    const double weights[FEATURES][2] = { { 0, 0.5 }, { 0, 0 }, { 0, 2 }, { 0, -1 }, { 0, -2 } };
    kiln_network *network;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, weights[0], NULL, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    return network;
}

START_TEST(each_sample_has_its_loss)
{
    const float x[] = { -3.0f, 0.0f, 2.0f };
    const int32_t labels[] = { 0, 1, 0 };
    const uint32_t rows[] = { 2, 0, 1 };
    const kiln_samples samples = { .count = 3, .features = 1, .x = x, .classes = 2, .labels = labels };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ 1, 1 }, .output = KILN_SIGMOID };
    const double expected[] = { 2 + log1p(exp(-2)), log1p(exp(-3)), log(2) }; /* of rows 2, 0, 1 */
    double losses[3];
    kiln_network *network;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, (const double[]){ 1.0 }, NULL, &err), err);
    ck_assert_kiln(kiln_sample_losses(NULL, network, &samples, (kiln_subset){ rows, 3 }, KILN_LOSS_AUTO, NULL, losses, &err), err);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(losses[i], expected[i], 1e-15);
    ck_assert_int_eq(kiln_sample_losses(NULL, network, &samples, (kiln_subset){ rows, 0 }, KILN_LOSS_AUTO, NULL, losses, &err),
                     KILN_EINVAL);
    ck_assert_str_eq(err.message, "there are no samples to evaluate, should be at least one");
    kiln_network_destroy(network);
}
END_TEST

/* The n-th shuffle of a column, as written out: order, copy, evaluate. */
static double shuffled_loss(const kiln_network *network, uint64_t seed, uint64_t n, size_t feature, size_t features)
{
    const kiln_samples *samples = table();
    float x[ROWS][FEATURES];
    uint32_t order[ROWS];
    kiln_samples other = *samples;
    kiln_metrics m;
    kiln_error err;
    for (uint32_t i = 0; i < ROWS; i++)
        order[i] = i;
    random_shuffle(seed, PHILOX_IMPORTANCE, n, order, ROWS);
    memcpy(x, samples->x, sizeof x);
    for (size_t i = 0; i < ROWS; i++)
        memcpy(x[i] + feature, (const float *)samples->x + order[i] * FEATURES + feature, features * sizeof(float));
    other.x = x;
    ck_assert_kiln(kiln_evaluate(NULL, network, &other, (kiln_subset){ NULL, ROWS }, KILN_LOSS_AUTO, NULL, &m, &err), err);
    const double loss = m.loss;
    kiln_metrics_free(&m);
    return loss;
}

START_TEST(importance_is_what_shuffling_costs)
{
    enum { REPEATS = 3, SEED = 9 };
    const kiln_importance_options options = { .repeats = REPEATS, .seed = SEED };
    const kiln_subset all = { NULL, ROWS };
    kiln_network *network = reader();
    kiln_importance found;
    kiln_metrics plain;
    kiln_error err;
    ck_assert_kiln(kiln_permutation_importance(NULL, network, table(), all, &options, &found, &err), err);
    ck_assert_kiln(kiln_evaluate(NULL, network, table(), all, KILN_LOSS_AUTO, NULL, &plain, &err), err);
    ck_assert_double_eq_tol(found.loss, plain.loss, 1e-14);
    ck_assert_double_eq_tol(found.accuracy, plain.accuracy, 1e-14);
    ck_assert_uint_eq(found.columns, 3);
    for (size_t c = 0; c < 3; c++) {
        const kiln_column_importance *column = &found.column[c];
        const size_t feature[] = { 0, 1, 2 }, features[] = { 1, 1, 3 };
        double rise = 0, squares = 0;
        ck_assert_uint_eq(column->feature, feature[c]);
        ck_assert_uint_eq(column->features, features[c]);
        for (size_t r = 0; r < REPEATS; r++) {
            const double one = shuffled_loss(network, SEED, c * REPEATS + r, feature[c], features[c]) - plain.loss;
            rise += one / REPEATS;
            squares += one * one / REPEATS;
        }
        ck_assert_double_eq_tol(column->loss_rise, rise, 1e-13);
        ck_assert_double_eq_tol(column->loss_deviation * column->loss_deviation, squares - rise * rise, 1e-13);
    }
    ck_assert_double_eq(found.column[1].loss_rise, 0.0); /* no weight, no importance */
    ck_assert_double_eq(found.column[1].accuracy_drop, 0.0);
    ck_assert_double_gt(found.column[2].loss_rise, 0.1);
    kiln_metrics_free(&plain);
    kiln_importance_free(&found);
    ck_assert_ptr_null(found.column);
    kiln_importance_free(NULL);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(importance_of_numbers)
{
    /* y = 3 a, so that shuffling a of two rows costs nothing or (3 . 2)^2 each; one repeat after the other. */
    const float x[2][2] = { { 1, 7 }, { 3, 8 } }, y[2] = { 3, 9 };
    const kiln_samples samples = { .count = 2, .features = 2, .x = x, .outputs = 1, .y = y };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ 2, 1 }, .output = KILN_LINEAR };
    kiln_network *network;
    kiln_importance found;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, (const double[]){ 3.0, 0.0 }, NULL, &err), err);
    bool swapped = false, kept = false;
    for (uint64_t seed = 0; seed < 16; seed++) {
        const kiln_importance_options options = { .loss = KILN_MSE, .repeats = 1, .seed = seed };
        ck_assert_kiln(kiln_permutation_importance(NULL, network, &samples, (kiln_subset){ NULL, 2 }, &options, &found, &err), err);
        ck_assert_uint_eq(found.columns, 2); /* no schema: a column each feature */
        ck_assert_double_eq(found.loss, 0.0);
        ck_assert(isnan(found.accuracy) && isnan(found.column[0].accuracy_drop) && isnan(found.column[0].accuracy_deviation));
        swapped = swapped || found.column[0].loss_rise == 36.0;
        kept = kept || found.column[0].loss_rise == 0.0;
        ck_assert(found.column[0].loss_rise == 36.0 || found.column[0].loss_rise == 0.0);
        ck_assert_double_eq(found.column[0].loss_deviation, 0.0);
        ck_assert_double_eq(found.column[1].loss_rise, 0.0);
        kiln_importance_free(&found);
    }
    ck_assert(swapped && kept);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(importance_of_labels)
{
    /* A label a column, each sure of itself: a shuffle that exchanges the two rows turns one label of two wrong in both rows. */
    const float x[2][2] = { { 1, 5 }, { -1, 5 } }, y[2][2] = { { 1, 0 }, { 0, 0 } };
    const kiln_samples samples = { .count = 2, .features = 2, .x = x, .outputs = 2, .y = y[0] };
    const kiln_schema schema = { .task = KILN_MULTILABEL };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ 2, 2 }, .output = KILN_SIGMOID };
    const double sure = log1p(exp(-3)), wrong = log1p(exp(3)), undecided = log(2);
    kiln_network *network;
    kiln_importance found;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, (const double[]){ 3, 0, 0, 0 }, NULL, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    bool swapped = false;
    for (uint64_t seed = 0; seed < 16; seed++) {
        const kiln_importance_options options = { .repeats = 1, .seed = seed };
        ck_assert_kiln(kiln_permutation_importance(NULL, network, &samples, (kiln_subset){ NULL, 2 }, &options, &found, &err), err);
        ck_assert_double_eq_tol(found.loss, (sure + undecided) / 2, 1e-15);
        ck_assert(isnan(found.accuracy) && isnan(found.column[0].accuracy_drop));
        if (found.column[0].loss_rise != 0.0) {
            ck_assert_double_eq_tol(found.column[0].loss_rise, (wrong - sure) / 2, 1e-14);
            swapped = true;
        }
        ck_assert_double_eq(found.column[1].loss_rise, 0.0);
        kiln_importance_free(&found);
    }
    ck_assert(swapped);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(an_indicator_moves_with_its_number)
{
    /* The columns behind one with an indicator begin a feature later; that one is its number and its indicator. */
    const float x[2][3] = { { 1, 0, 4 }, { 2, 1, 6 } }, y[2] = { 5, 10 };
    const kiln_samples samples = { .count = 2, .features = 3, .x = x, .outputs = 1, .y = y };
    kiln_column column[] = { { .name = "one", .indicator = true }, { .name = "two" } };
    const kiln_schema schema = { .task = KILN_REGRESSION, .columns = 2, .column = column, .missing = KILN_MISSING_MEAN };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ 3, 1 }, .output = KILN_LINEAR };
    kiln_network *network;
    kiln_importance found;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, (const double[]){ 1, 2, 1 }, NULL, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    bool first = false, second = false;
    for (uint64_t seed = 0; seed < 16; seed++) {
        const kiln_importance_options options = { .loss = KILN_MSE, .repeats = 1, .seed = seed };
        ck_assert_kiln(kiln_permutation_importance(NULL, network, &samples, (kiln_subset){ NULL, 2 }, &options, &found, &err), err);
        ck_assert_uint_eq(found.columns, 2);
        ck_assert_uint_eq(found.column[0].features, 2);
        ck_assert_uint_eq(found.column[1].feature, 2);
        ck_assert_uint_eq(found.column[1].features, 1);
        first = first || found.column[0].loss_rise == 9.0;   /* 1 and 2 of the other row: (1 + 2)^2 */
        second = second || found.column[1].loss_rise == 4.0; /* 2^2 */
        kiln_importance_free(&found);
    }
    ck_assert(first && second);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(bytes_are_shuffled_in_several_goes)
{
    /* 40 copies of 4 MB: more than one go of 64 MiB. Feature 7 alone decides, of 4000. */
    enum { COUNT = 1000, WIDTH = 4000, DECIDES = 7 };
    static unsigned char x[COUNT][WIDTH];
    static int32_t labels[COUNT];
    static double weights[WIDTH];
    static char *texts[WIDTH / 20];
    kiln_column column[20];
    const kiln_samples samples = {
        .count = COUNT, .features = WIDTH, .element = KILN_ELEMENT_U8, .x = x, .classes = 2, .labels = labels
    };
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ WIDTH, 1 }, .output = KILN_SIGMOID };
    const kiln_importance_options options = { .repeats = 2 };
    kiln_network *network;
    kiln_importance found;
    kiln_error err;
    for (size_t i = 0; i < COUNT; i++) {
        x[i][DECIDES] = (unsigned char)(i % 2 * 200);
        labels[i] = (int32_t)(i % 2);
    }
    weights[DECIDES] = 0.1;
    for (size_t i = 0; i < WIDTH / 20; i++)
        texts[i] = "text";
    for (size_t i = 0; i < 20; i++)
        column[i] = (kiln_column){ .name = "column", .categories = WIDTH / 20, .category = texts };
    const kiln_schema schema = { .task = KILN_CLASSIFICATION, .columns = 20, .column = column, .classes = 2 };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, weights, (const double[]){ -10.0 }, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    ck_assert_kiln(kiln_permutation_importance(NULL, network, &samples, (kiln_subset){ NULL, COUNT }, &options, &found, &err), err);
    ck_assert_double_eq(found.accuracy, 1.0);
    for (size_t c = 0; c < 20; c++)
        if (c == 0) /* half of the samples keep a value of their own class, give or take five deviations of 1/2/sqrt(1000) */
            ck_assert(fabs(found.column[c].accuracy_drop - 0.5) < 5 * 0.5 / sqrt(COUNT));
        else
            ck_assert_double_eq(found.column[c].loss_rise, 0.0);
    kiln_importance_free(&found);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(importance_stops_and_fails_in_one_piece)
{
    static volatile int stop = 1;
    const kiln_importance_options options = { .stop = &stop }, wrong = { .loss = KILN_BCE };
    const kiln_subset all = { NULL, ROWS };
    kiln_network *network = reader();
    kiln_importance found = { .columns = 77 };
    kiln_error err;
    ck_assert_int_eq(kiln_permutation_importance(NULL, network, table(), all, &options, &found, &err), KILN_EINTERRUPTED);
    ck_assert_int_eq(kiln_permutation_importance(NULL, network, table(), all, &wrong, &found, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "bce needs sigmoid outputs, the network's are softmax");
    unsigned long n = 1;
    for (bool reached = true; reached; n++) {
        fault_set(FAULT_MEMORY, n, false, 0);
        const kiln_status status = kiln_permutation_importance(NULL, network, table(), all, NULL, &found, &err);
        reached = fault_count(FAULT_MEMORY) >= n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert_int_eq(status, reached ? KILN_ENOMEM : KILN_OK);
        ck_assert_uint_eq(found.columns, reached ? 77 : 3);
    }
    ck_assert_uint_gt(n, 6);
    kiln_importance_free(&found);
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("importance");
    TCase *tc = tcase_create("importance");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, each_sample_has_its_loss);
    tcase_add_test(tc, importance_is_what_shuffling_costs);
    tcase_add_test(tc, importance_of_numbers);
    tcase_add_test(tc, importance_of_labels);
    tcase_add_test(tc, an_indicator_moves_with_its_number);
    tcase_add_test(tc, bytes_are_shuffled_in_several_goes);
    tcase_add_test(tc, importance_stops_and_fails_in_one_piece);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

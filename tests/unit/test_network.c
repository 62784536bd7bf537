/* Networks: shapes, parameters, first values, standardisation, schema. */
#include "support.h"

#include "base/fault.h"
#include "network/network.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static kiln_error err;

static kiln_network *network_of(size_t layers, const size_t *widths, kiln_activation hidden, kiln_activation output, bool bias)
{
    kiln_network *network = NULL;
    const kiln_network_shape shape = { layers, widths, hidden, output, !bias };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    return network;
}

START_TEST(a_network_is_as_asked)
{
    size_t widths[] = { 5, 4, 3 };
    kiln_network *network = network_of(2, widths, KILN_RELU, KILN_SOFTMAX, _i == 1);
    widths[1] = 99; /* copied */
    const kiln_network_shape shape = kiln_network_get_shape(network);
    ck_assert_uint_eq(shape.layers, 2);
    ck_assert(shape.widths[0] == 5 && shape.widths[1] == 4 && shape.widths[2] == 3);
    ck_assert(shape.hidden == KILN_RELU && shape.output == KILN_SOFTMAX && shape.no_bias == (_i == 0));
    ck_assert_uint_eq(kiln_network_parameters(network), _i == 1 ? 24 + 15 : 20 + 12);
    ck_assert_uint_eq(network_layer_offset(network, 1), _i == 1 ? 24 : 20);
    ck_assert_int_eq(network_activation(network, 0), KILN_RELU);
    ck_assert_int_eq(network_activation(network, 1), KILN_SOFTMAX);
    ck_assert_uint_eq(kiln_network_schema(network)->columns, 0);
    for (size_t i = 0; i < kiln_network_parameters(network); i++)
        ck_assert_double_eq(network->parameters[i], 0.0);
    kiln_network_destroy(network);
    kiln_network_destroy(NULL);
}
END_TEST

static const size_t many[66] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
};

static const struct {
    kiln_network_shape shape;
    const char *says;
} refused[] = {
    { { 0, many, KILN_SIGMOID, KILN_SIGMOID, false }, "a network has 1 to 64 layers, not 0" },
    { { 65, many, KILN_SIGMOID, KILN_SIGMOID, false }, "a network has 1 to 64 layers, not 65" },
    { { 2, NULL, KILN_SIGMOID, KILN_SIGMOID, false }, "the network's widths are missing: it needs 3 of them" },
    { { 2, (size_t[]){ 2, 0, 1 }, KILN_SIGMOID, KILN_SIGMOID, false }, "width 1 of the network is 0; widths are 1 to 2147483647" },
    { { 1, (size_t[]){ (size_t)1 << 31, 1 }, KILN_SIGMOID, KILN_SIGMOID, false },
      "width 0 of the network is 2147483648; widths are 1 to 2147483647" },
    { { 2, (size_t[]){ INT_MAX, INT_MAX, INT_MAX }, KILN_SIGMOID, KILN_SIGMOID, false },
      "the network has more parameters than memory has addresses for" },
    { { 2, many, KILN_SOFTMAX, KILN_SIGMOID, false },
      "softmax is for the output layer only, hidden layers need another activation" },
    { { 2, many, (kiln_activation)77, KILN_SIGMOID, false }, "there is no activation 77: they are 0 to 7" },
    { { 2, many, KILN_SIGMOID, KILN_RELU, false }, "the output layer's activation is sigmoid, softmax or linear, not relu" },
    { { 2, many, KILN_SIGMOID, (kiln_activation)77, false }, "there is no activation 77: they are 0 to 7" },
};

START_TEST(impossible_shapes_are_refused)
{
    kiln_network *network = NULL;
    ck_assert_int_eq(kiln_network_create(&refused[_i].shape, &network, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, refused[_i].says);
    ck_assert_ptr_null(network);
    ck_assert_int_eq(kiln_network_create(&refused[_i].shape, &network, NULL), KILN_EINVAL);
}
END_TEST

START_TEST(layers_go_in_and_out)
{
    kiln_network *network = network_of(2, (size_t[]){ 2, 3, 1 }, KILN_TANH, KILN_LINEAR, true);
    const double weights[6] = { 1, 2, 3, 4, 5, 6 }, bias[3] = { 7, 8, 9 };
    double out[6], out_bias[3];
    ck_assert_kiln(kiln_network_set_layer(network, 0, weights, bias, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 1, (double[]){ 10, 11, 12 }, NULL, &err), err);
    ck_assert_kiln(kiln_network_get_layer(network, 0, out, out_bias, &err), err);
    ck_assert_mem_eq(out, weights, sizeof out);
    ck_assert_mem_eq(out_bias, bias, sizeof bias);
    for (size_t i = 0; i < 12; i++)
        ck_assert_double_eq(network->parameters[i], (double)(i + 1));
    ck_assert_double_eq(network->parameters[12], 0.0);
    ck_assert_int_eq(kiln_network_get_layer(network, 2, out, NULL, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "there is no layer 2: the network has 2 (0 to 1)");
    kiln_network_destroy(network);
    network = network_of(1, (size_t[]){ 2, 1 }, KILN_TANH, KILN_LINEAR, false);
    ck_assert_int_eq(kiln_network_set_layer(network, 0, weights, bias, &err), KILN_EINVAL);
    ck_assert_kiln(kiln_network_set_layer(network, 0, weights, NULL, &err), err);
    kiln_network_destroy(network);
}
END_TEST

static const struct {
    kiln_initialisation how;
    kiln_activation hidden;
    double limit[2]; /* of each layer's weights: 30-50-10 */
    bool biases;
} ways[] = {
    { KILN_INIT_AUTO, KILN_TANH, { 0.27386127875258304, 0.31622776601683794 }, false },
    { KILN_INIT_AUTO, KILN_RELU, { 0.44721359549995793, 0.31622776601683794 }, false },
    { KILN_INIT_AUTO, KILN_GELU, { 0.44721359549995793, 0.31622776601683794 }, false },
    { KILN_INIT_XAVIER, KILN_RELU, { 0.27386127875258304, 0.31622776601683794 }, false },
    { KILN_INIT_HE, KILN_TANH, { 0.44721359549995793, 0.34641016151377546 }, false },
    { KILN_INIT_UNIFORM, KILN_TANH, { 0.18257418583505536, 0.14142135623730951 }, true },
};

/* Drawn within the limit and near to it, with the mean and variance of a uniform distribution, in float32's numbers. */
START_TEST(first_parameters_are_in_range)
{
    kiln_network *network = network_of(2, (size_t[]){ 30, 50, 10 }, ways[_i].hidden, KILN_SIGMOID, true);
    ck_assert_kiln(kiln_network_initialise(network, ways[_i].how, 5, &err), err);
    for (size_t l = 0; l < 2; l++) {
        const size_t in = network->widths[l], out = network->widths[l + 1], weights = in * out;
        const double *w = network->parameters + network_layer_offset(network, l), most = ways[_i].limit[l];
        double largest = 0.0, sum = 0.0, squares = 0.0;
        for (size_t i = 0; i < weights; i++) {
            ck_assert_double_eq(w[i], (double)(float)w[i]);
            largest = fmax(largest, fabs(w[i]));
            sum += w[i];
            squares += w[i] * w[i];
        }
        ck_assert(largest <= most * (1.0 + 0x1p-24) && largest > 0.98 * most);
        ck_assert_double_eq_tol(sum / (double)weights, 0.0, 6.0 * most / sqrt(3.0 * (double)weights));
        ck_assert_double_eq_tol(squares / (double)weights, most * most / 3.0, 6.0 * 0.3 * most * most / sqrt((double)weights));
        for (size_t o = 0; o < out; o++)
            ck_assert((w[weights + o] != 0.0) == ways[_i].biases && fabs(w[weights + o]) <= most);
    }
    kiln_network_destroy(network);
}
END_TEST

START_TEST(the_seed_decides)
{
    kiln_network *a = network_of(1, (size_t[]){ 9, 9 }, KILN_TANH, KILN_SIGMOID, true);
    kiln_network *b = network_of(1, (size_t[]){ 9, 9 }, KILN_TANH, KILN_SIGMOID, true);
    ck_assert_kiln(kiln_network_initialise(a, KILN_INIT_UNIFORM, 5, &err), err);
    ck_assert_kiln(kiln_network_initialise(b, KILN_INIT_UNIFORM, 5, &err), err);
    ck_assert_mem_eq(a->parameters, b->parameters, a->count * sizeof *a->parameters);
    ck_assert_kiln(kiln_network_initialise(b, KILN_INIT_UNIFORM, 6, &err), err);
    for (size_t i = 0; i < a->count; i++)
        ck_assert(a->parameters[i] != b->parameters[i]);
    ck_assert_int_eq(kiln_network_initialise(b, (kiln_initialisation)9, 6, &err), KILN_EINVAL);
    kiln_network_destroy(a);
    kiln_network_destroy(b);
}
END_TEST

/* Mean and population variance of a subset with a row twice; a constant is left where it is. */
START_TEST(statistics_are_the_samples)
{
    const float x[5][3] = { { 1, 0.1f, 1e6f }, { 2, 0.1f, 1e6f + 1 }, { 3, 0.1f, 1e6f + 2 }, { 6, 0.1f, 1e6f + 3 }, { 99, 5, 0 } };
    const uint32_t rows[4] = { 3, 0, 2, 1 };
    const float *mean, *scale;
    kiln_network *network = network_of(1, (size_t[]){ 3, 1 }, KILN_TANH, KILN_SIGMOID, true);
    const kiln_samples samples = { .count = 5, .features = 3, .x = x };
    kiln_network_get_standardisation(network, &mean, &scale);
    ck_assert(!mean && !scale);
    ck_assert_kiln(kiln_network_standardise(network, &samples, (kiln_subset){ rows, 4 }, &err), err);
    kiln_network_get_standardisation(network, &mean, &scale);
    ck_assert_float_eq(mean[0], 3.0f);
    ck_assert_float_eq(scale[0], (float)(1.0 / sqrt(3.5)));
    ck_assert_float_eq(mean[1], 0.0f);
    ck_assert_float_eq(scale[1], 1.0f);
    ck_assert_float_eq(mean[2], 1000001.5f);
    ck_assert_float_eq(scale[2], (float)(1.0 / sqrt(1.25)));
    const kiln_subset twice = { (const uint32_t[]){ 0, 0, 1 }, 3 };
    ck_assert_kiln(kiln_network_standardise(network, &samples, twice, &err), err);
    kiln_network_get_standardisation(network, &mean, &scale);
    ck_assert_float_eq(mean[0], (float)(4.0 / 3.0));
    ck_assert_float_eq_tol(scale[0], (float)(3.0 / sqrt(2.0)), 1e-6f);
    ck_assert_kiln(kiln_network_set_standardisation(network, NULL, NULL, &err), err);
    kiln_network_get_standardisation(network, &mean, &scale);
    ck_assert(!mean && !scale);
    kiln_network_destroy(network);
}
END_TEST

/* Pixels share one mean and one scale: those of all of the subset's bytes together. */
START_TEST(bytes_are_standardised_together)
{
    const uint8_t bytes[5][3] = { { 1, 7, 10 }, { 2, 7, 11 }, { 3, 7, 12 }, { 6, 7, 13 }, { 99, 5, 0 } };
    const uint32_t rows[4] = { 3, 0, 2, 1 };
    const float *mean, *scale;
    double sum = 0.0, square = 0.0;
    kiln_network *network = network_of(1, (size_t[]){ 3, 1 }, KILN_TANH, KILN_SIGMOID, true);
    const kiln_samples samples = { .count = 5, .features = 3, .element = KILN_ELEMENT_U8, .x = bytes };
    ck_assert_kiln(kiln_network_standardise(network, &samples, (kiln_subset){ rows, 4 }, &err), err);
    kiln_network_get_standardisation(network, &mean, &scale);
    for (size_t i = 0; i < 12; i++) {
        sum += bytes[i / 3][i % 3];
        square += bytes[i / 3][i % 3] * bytes[i / 3][i % 3];
    }
    for (size_t f = 0; f < 3; f++) {
        ck_assert_float_eq_tol(mean[f], (float)(sum / 12), 1e-6f);
        ck_assert_float_eq_tol(scale[f], (float)(1.0 / sqrt(square / 12 - sum / 12 * sum / 12)), 1e-6f);
    }
    kiln_network_destroy(network);
}
END_TEST

START_TEST(statistics_that_cannot_be_are_refused)
{
    const float x[4] = { 1, 2, INFINITY, 4 };
    kiln_network *network = network_of(1, (size_t[]){ 2, 1 }, KILN_TANH, KILN_SIGMOID, true);
    const kiln_samples samples = { .count = 2, .features = 2, .x = x }, wide = { .count = 1, .features = 4, .x = x };
    ck_assert_int_eq(kiln_network_standardise(network, &samples, (kiln_subset){ NULL, 2 }, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "feature 0 has a value that is not a finite number");
    ck_assert_int_eq(kiln_network_standardise(network, &samples, (kiln_subset){ NULL, 0 }, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_network_standardise(network, &samples, (kiln_subset){ (uint32_t[]){ 2 }, 1 }, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_network_standardise(network, &wide, (kiln_subset){ NULL, 1 }, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "the samples have 4 features but the network's input has 2");
    ck_assert_int_eq(kiln_network_set_standardisation(network, x, NULL, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_network_set_standardisation(network, x + 2, x, &err), KILN_EINVAL);
    ck_assert_ptr_null(network->mean);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(a_schema_must_fit)
{
    kiln_column columns[2] = { { .name = "size" }, { .name = "colour", .categories = 2, .category = (char *[]){ "red", "blue" } } };
    kiln_schema schema = { .task = KILN_CLASSIFICATION,
                           .columns = 2,
                           .column = columns,
                           .targets = 1,
                           .target = &(kiln_target){ .name = "kind" },
                           .classes = 2,
                           .class_name = (char *[]){ "yes", "no" } };
    kiln_network *network = network_of(1, (size_t[]){ 3, 1 }, KILN_TANH, KILN_SIGMOID, true);
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    const kiln_schema *held = kiln_network_schema(network);
    ck_assert_str_eq(held->column[1].category[1], "blue");
    ck_assert_ptr_ne(held->column, columns);
    ck_assert_kiln(kiln_network_set_schema(network, held, &err), err); /* its own */
    held = kiln_network_schema(network);
    ck_assert_str_eq(held->class_name[0], "yes");
    schema.classes = 3;
    ck_assert_int_eq(kiln_network_set_schema(network, &schema, &err), KILN_EINVAL);
    schema.classes = 2;
    schema.columns = 1;
    ck_assert_int_eq(kiln_network_set_schema(network, &schema, &err), KILN_EINVAL);
    ck_assert_uint_eq(kiln_network_schema(network)->columns, 2); /* unchanged */
    kiln_network_destroy(network);
}
END_TEST

START_TEST(targets_must_fit)
{
    kiln_target targets[] = { { .name = "a", .label = { "no", "yes" } }, { .name = "b" }, { 0 } };
    static const struct {
        kiln_task task;
        size_t targets, classes;
        const char *says;
    } cases[] = {
        { KILN_MULTILABEL, 2, 0, NULL },
        { KILN_MULTILABEL, 0, 0, NULL },
        { KILN_REGRESSION, 2, 0, NULL },
        { KILN_REGRESSION, 3, 0, "the schema has 3 targets but the network has 2 outputs; it needs one a target" },
        { KILN_MULTILABEL, 1, 0, "the schema has 1 targets but the network has 2 outputs; it needs one a target" },
        { KILN_MULTILABEL, 2, 2, "the schema is multi-label but has 2 classes; it has labels, one an output" },
        { KILN_CLASSIFICATION, 2, 2, "the schema has classes and 2 targets; classes are those of one target" },
    };
    kiln_network *network = network_of(1, (size_t[]){ 3, 2 }, KILN_TANH, KILN_SIGMOID, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kiln_schema schema = {
            .task = cases[i].task, .targets = cases[i].targets, .target = targets, .classes = cases[i].classes
        };
        const kiln_status status = kiln_network_set_schema(network, &schema, &err);
        ck_assert_int_eq(status, cases[i].says ? KILN_EINVAL : KILN_OK);
        ck_assert(!cases[i].says || strcmp(err.message, cases[i].says) == 0);
    }
    ck_assert_kiln(
        kiln_network_set_schema(network, &(kiln_schema){ .task = KILN_MULTILABEL, .targets = 2, .target = targets }, &err), err);
    const kiln_target *held = kiln_network_schema(network)->target;
    ck_assert_ptr_ne(held, targets);
    ck_assert_str_eq(held[0].label[1], "yes");
    ck_assert(strcmp(held[1].name, "b") == 0 && !held[1].label[0]);
    targets[1].label[0] = "only";
    ck_assert_int_eq(
        kiln_network_set_schema(network, &(kiln_schema){ .task = KILN_MULTILABEL, .targets = 2, .target = targets }, &err),
        KILN_EINVAL);
    ck_assert_str_eq(err.message, "the schema's target 1 has one text for its label; it needs two, or none");
    kiln_network_destroy(network);
}
END_TEST

/* Each allocation failing in turn, in making a network and in standardising it. */
START_TEST(memory_that_runs_out_is_said)
{
    const kiln_network_shape shape = { 2, (size_t[]){ 2, 3, 1 }, KILN_TANH, KILN_LINEAR, false };
    const float x[4] = { 1, 2, 3, 4 };
    const kiln_samples samples = { .count = 2, .features = 2, .x = x };
    unsigned long n = 0;
    for (bool done = false; !done;) {
        kiln_network *network = NULL;
        fault_set(FAULT_MEMORY, ++n, false, 0);
        kiln_status status = kiln_network_create(&shape, &network, &err);
        if (status == KILN_OK)
            status = kiln_network_standardise(network, &samples, (kiln_subset){ NULL, 2 }, &err);
        done = fault_count(FAULT_MEMORY) < n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert_int_eq(status, done ? KILN_OK : KILN_ENOMEM);
        ck_assert(status == KILN_OK || !network || !network->mean);
        kiln_network_destroy(network);
    }
    ck_assert_uint_gt(n, 8);
}
END_TEST

START_TEST(initialisations_have_names)
{
    kiln_initialisation found;
    int count = 0;
    for (; kiln_initialisation_name((kiln_initialisation)count); count++)
        ck_assert(kiln_initialisation_find(kiln_initialisation_name((kiln_initialisation)count), &found) && (int)found == count);
    ck_assert_int_eq(count, 4);
    ck_assert(!kiln_initialisation_find("glorot", &found) && !kiln_initialisation_find(NULL, &found));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network");
    TCase *tc = tcase_create("network");
    tcase_add_loop_test(tc, a_network_is_as_asked, 0, 2);
    tcase_add_loop_test(tc, impossible_shapes_are_refused, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tc, layers_go_in_and_out);
    tcase_add_loop_test(tc, first_parameters_are_in_range, 0, sizeof ways / sizeof *ways);
    tcase_add_test(tc, the_seed_decides);
    tcase_add_test(tc, statistics_are_the_samples);
    tcase_add_test(tc, bytes_are_standardised_together);
    tcase_add_test(tc, statistics_that_cannot_be_are_refused);
    tcase_add_test(tc, a_schema_must_fit);
    tcase_add_test(tc, targets_must_fit);
    tcase_add_test(tc, memory_that_runs_out_is_said);
    tcase_add_test(tc, initialisations_have_names);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

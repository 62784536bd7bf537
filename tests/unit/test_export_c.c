/* Networks as C files: compiled without a warning as C99 and as C++, and their outputs beside the reference's, within what float32
 * allows: for x off by e, w x + b is off by |w| e + gamma(k + 8) (|w| (|x| + e) + |b|), f of it by sup |f'| times that and some u
 * of |f| + |z| (activation.c has both), a probability p by p (exp(2 e) - 1) and the rounding of exp, sum and quotient. */
#include "base/fault.h"
#include "model/model.h"
#include "network/activation.h"
#include "network/network.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 40, WIDEST = 64 };

/* Reads features from standard input and writes outputs, and the class or labels, binary; MODEL is the network's name. */
static const char driver[] = "#include HEADER\n"
                             "#include <stdio.h>\n"
                             "#define JOIN(a, b) a##b\n"
                             "#define NAME(a, b) JOIN(a, b)\n"
                             "int main(void)\n{\n"
                             "    float x[INPUTS], y[OUTPUTS];\n"
                             "    while (fread(x, sizeof x, 1, stdin) == 1) {\n"
                             "        int numbers[OUTPUTS] = { -1 };\n"
                             "        NAME(MODEL, _predict)(x, y);\n"
                             "#ifdef CLASSES\n"
                             "        numbers[0] = NAME(MODEL, _class)(x);\n"
                             "#endif\n"
                             "#ifdef LABELS\n"
                             "        NAME(MODEL, _labels)(x, numbers);\n"
                             "#endif\n"
                             "        fwrite(y, sizeof y, 1, stdout);\n"
                             "        fwrite(numbers, sizeof numbers, 1, stdout);\n    }\n    return 0;\n}\n";

static void run_command(const char *command)
{
    ck_assert_msg(system(command) == 0, "%s", command);
}

/* Compiles the driver with a network's C file, in C and, where the compiler knows that, C++, and runs it on x (ROWS, in); outputs
 * and numbers (ROWS, out), of which the first is the class, or each a label. */
static void run_exported(const char *header, const char *name, const kiln_network *network, size_t in, const float *x,
                         float *outputs, int *numbers)
{
    char command[4096], program[600], input[600], output[600];
    const kiln_network_shape shape = kiln_network_get_shape(network);
    const size_t out = shape.widths[shape.layers];
    const char *source = temporary_file("driver.c", driver, sizeof driver - 1);
    snprintf(program, sizeof program, "%s", temporary_file("driver", NULL, 0));
    snprintf(input, sizeof input, "%s", temporary_file("input", x, ROWS * in * sizeof *x));
    snprintf(output, sizeof output, "%s", temporary_file("output", NULL, 0));
    static const char *const languages[] = { "-x c++ -std=c++11", "-x c -std=c99 -Wdouble-promotion" }; /* the last one is run */
    for (size_t i = KILN_CPLUSPLUS ? 0 : 1; i < 2; i++) {
        snprintf(command, sizeof command,
                 "%s %s -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -DHEADER='\"%s\"' -DMODEL=%s -DINPUTS=%zu "
                 "-DOUTPUTS=%zu %s '%s' -o '%s' -lm",
                 KILN_C_COMPILER, languages[i], header, name, in, out,
                 network->schema.classes                   ? "-DCLASSES"
                 : network->schema.task == KILN_MULTILABEL ? "-DLABELS"
                                                           : "",
                 source, program);
        run_command(command);
    }
    snprintf(command, sizeof command, "'%s' <'%s' >'%s'", program, input, output);
    run_command(command);
    FILE *file = fopen(output, "rb");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < ROWS; i++)
        ck_assert(fread(outputs + i * out, out * sizeof *outputs, 1, file) == 1 &&
                  fread(numbers + i * out, out * sizeof *numbers, 1, file) == 1);
    fclose(file);
}

/* One layer, in place: x and its error become f(w x + b) and its error. */
static void propagate(const kiln_network *network, size_t layer, double *x, double *error)
{
    const double u = 0x1p-24;
    const size_t in = network->widths[layer], out = network->widths[layer + 1];
    const double *w = network->parameters + network_layer_offset(network, layer), *b = w + in * out;
    const activation *f = activation_of(network_activation(network, layer));
    double z[WIDEST], off[WIDEST], most = 0.0, smallest = INFINITY, largest = -INFINITY;
    for (size_t o = 0; o < out; o++) {
        double magnitude = network->bias ? fabs(b[o]) : 0.0;
        z[o] = network->bias ? b[o] : 0.0;
        off[o] = 0.0;
        for (size_t i = 0; i < in; i++) {
            z[o] += w[i * out + o] * x[i];
            magnitude += fabs(w[i * out + o]) * (fabs(x[i]) + error[i]);
            off[o] += fabs(w[i * out + o]) * error[i];
        }
        off[o] += gamma_f32((double)in + 8) * magnitude;
        most = fmax(most, off[o]);
        smallest = fmin(smallest, z[o]);
        largest = fmax(largest, z[o]);
    }
    if (!f->f)
        softmax(out, z, x);
    for (size_t o = 0; o < out; o++) {
        if (f->f) {
            x[o] = f->f(z[o]);
            error[o] = f->lipschitz * off[o] + f->ulp * u * (fabs(x[o]) + fabs(z[o]));
        } else {
            error[o] = x[o] * (expm1(2 * most) + gamma_f32((double)out + 16 + largest - smallest));
        }
    }
}

/* The bound of one row's outputs; y gets the outputs themselves. */
static void bound(const kiln_network *network, const float *row, double *y, double *error)
{
    double x[WIDEST];
    for (size_t i = 0; i < network->widths[0]; i++) {
        x[i] = network->mean ? ((double)row[i] - (double)network->mean[i]) * (double)network->scale[i] : (double)row[i];
        error[i] = network->mean ? gamma_f32(2) * fabs(x[i]) : 0.0;
    }
    for (size_t l = 0; l < network->layers; l++)
        propagate(network, l, x, error);
    memcpy(y, x, network->widths[network->layers] * sizeof *y);
}

/* Outputs within their bounds; classes and labels as predicted wherever the bound leaves no doubt. */
static void compare(const kiln_network *network, const float *x, const float *outputs, const int *numbers)
{
    const bool labels = network->schema.task == KILN_MULTILABEL;
    const size_t in = network->widths[0], out = network->widths[network->layers];
    double y[WIDEST], error[WIDEST], share = 0.0;
    size_t clear = 0;
    for (size_t r = 0; r < ROWS; r++) {
        bound(network, x + r * in, y, error);
        const int32_t class = kiln_predicted_class(out, y);
        double gap = out == 1 ? fabs(y[0] - 0.5) - error[0] : INFINITY;
        for (size_t o = 0; o < out; o++) {
            const double off = fabs((double)outputs[r * out + o] - y[o]);
            ck_assert_msg(off <= error[o], "row %zu, output %zu: %g, expected %g: off by %g bounds", r, o,
                          (double)outputs[r * out + o], y[o], off / error[o]);
            share = fmax(share, off / error[o]);
            if (labels && fabs(y[o] - 0.5) > error[o])
                ck_assert_int_eq(numbers[r * out + o], y[o] >= 0.5);
            if (out > 1 && o != (size_t) class)
                gap = fmin(gap, y[class] - y[o] - error[class] - error[o]);
        }
        ck_assert(network->schema.classes == 0 || gap <= 0 || numbers[r * out] == class);
        clear += gap > 0;
    }
    ck_assert(network->schema.classes == 0 || clear > ROWS * 9 / 10);
    ck_assert_msg(share > 1e-6, "nothing differs: were float32 and float64 compared?");
}

typedef enum output_kind { SOFTMAX_CLASSES, ONE_OUTPUT, NUMBERS, LABELS, OUTPUT_KINDS } output_kind;

/* Of 6 features; where missing values are filled in, the second is the first one's indicator. */
static kiln_network *make(kiln_activation hidden, output_kind kind, size_t layers, bool standardised, bool filled)
{
    static char *classes[] = { "a", "\"b\\?\?/", "c*/" }, *colours[] = { "red", "\xc3\xa9\n" };
    kiln_column columns[] = {
        { .name = "size*/" }, { .name = "colour", .categories = 2, .category = colours }, { 0 }, { 0 }, { .name = "%d" }
    };
    kiln_column filled_columns[] = { { .name = "size*/", .fill = 1.5f, .indicator = true },
                                     { .name = "colour", .categories = 2, .category = colours },
                                     { .fill = -0.25f },
                                     { .name = "%d", .fill = 1e-45f } };
    kiln_target targets[] = { { "wet", { "dry", "wet" } }, { "hot", { 0 } } };
    const size_t out = kind == SOFTMAX_CLASSES ? 3
                       : kind == ONE_OUTPUT    ? 1
                                               : 2,
                 widths[] = { 6, 11, 5, 9, out }, short_[] = { 6, out };
    static const kiln_activation activations[] = { KILN_SOFTMAX, KILN_SIGMOID, KILN_LINEAR, KILN_SIGMOID };
    static const kiln_task tasks[] = { KILN_CLASSIFICATION, KILN_CLASSIFICATION, KILN_REGRESSION, KILN_MULTILABEL };
    const kiln_schema schema = { .task = tasks[kind],
                                 .columns = filled ? 4 : 5,
                                 .column = filled ? filled_columns : columns,
                                 .missing = filled ? KILN_MISSING_MEAN : KILN_MISSING_ERROR,
                                 .targets = kind == LABELS ? 2 : 0,
                                 .target = targets,
                                 .classes = kind == SOFTMAX_CLASSES ? 3
                                            : kind == ONE_OUTPUT    ? 2
                                                                    : 0,
                                 .class_name = kind == NUMBERS || kind == LABELS ? NULL : classes };
    const kiln_network_shape shape = { .layers = layers,
                                       .widths = layers == 1 ? short_ : widths,
                                       .hidden = hidden,
                                       .output = activations[kind],
                                       .no_bias = !standardised };
    static const float mean[] = { 10.0f, -1.5f, 0.1f, 0.0f, 3.0f, 2.0f }, scale[] = { 0.3f, 2.0f, 1.0f, 0.5f, 1.0f, 0.7f };
    kiln_error err;
    kiln_network *network = NULL;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 3, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    if (standardised)
        ck_assert_kiln(kiln_network_set_standardisation(network, mean, scale, &err), err);
    network->parameters[0] = 0x1p-149; /* a literal for the smallest number there is, and for one without a point */
    network->parameters[1] = 3;
    return network;
}

START_TEST(c_is_within_the_bound)
{
    kiln_error err;
    float x[ROWS * 6], outputs[ROWS * 3];
    int numbers[ROWS * 3];
    char header[600];
    kiln_network *network =
        make((kiln_activation)(_i % KILN_SOFTMAX), (output_kind)(_i % OUTPUT_KINDS), _i % 5 == 0 ? 1 : 4, _i % 2 == 0, false);
    for (size_t i = 0; i < ROWS * 6; i++)
        x[i] = (float)((double)(i * 7919 % 1009) / 100.0 - 5.0);
    snprintf(header, sizeof header, "%s", temporary_file("2-net.h", NULL, 0));
    ck_assert_kiln(kiln_model_export_c(network, header, NULL, &err), err);
    run_exported(header, "model_2_net", network, 6, x, outputs, numbers);
    compare(network, x, outputs, numbers);
    kiln_network_destroy(network);
}
END_TEST

/* x has 5 places: the number with an indicator, two categories, two numbers. */
START_TEST(missing_numbers_are_filled_in)
{
    kiln_error err;
    float x[ROWS][5], features[ROWS][6], outputs[ROWS * 3];
    int numbers[ROWS * 3];
    char header[600];
    kiln_network *network = make(KILN_TANH, (output_kind)(_i / 4), _i & 1 ? 1 : 4, _i & 2, true);
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t i = 0; i < 5; i++)
            x[r][i] = (r + i) % 4 == 0 && i != 1 && i != 2 ? NAN : (float)((double)((r * 5 + i) * 7919 % 1009) / 100.0 - 5.0);
        const bool missing[] = { isnan(x[r][0]), isnan(x[r][3]), isnan(x[r][4]) };
        const float made[] = { missing[0] ? 1.5f : x[r][0],  missing[0], x[r][1], x[r][2], missing[1] ? -0.25f : x[r][3],
                               missing[2] ? 1e-45f : x[r][4] };
        memcpy(features[r], made, sizeof made);
    }
    snprintf(header, sizeof header, "%s", temporary_file("net.h", NULL, 0));
    ck_assert_kiln(kiln_model_export_c(network, header, "net", &err), err);
    run_exported(header, "net", network, 5, x[0], outputs, numbers);
    compare(network, features[0], outputs, numbers);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(names_are_c_names)
{
    static const char *const wrong[] = {
        "", "2net", "a b", "_x", "\xc3\xa9", "x;y", "a12345678901234567890123456789012345678901234567890123456789012345"
    };
    kiln_error err;
    kiln_network *network = make(KILN_RELU, NUMBERS, 1, true, false);
    const char *path = temporary_file("net.h", NULL, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(kiln_model_export_c(network, path, wrong[i], &err), KILN_EINVAL);
        ck_assert_ptr_nonnull(strstr(err.message, "is no name for C"));
    }
    ck_assert_kiln(kiln_model_export_c(network, path, "Net_2", &err), err);
    network->parameters[0] = 1e39;
    ck_assert_int_eq(kiln_model_export_c(network, path, NULL, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "1e+39, which is not a finite float32 number"));
    kiln_network_destroy(network);
}
END_TEST

/* Allocations and file calls failing in turn, also of the export for PyTorch. */
START_TEST(every_call_fails_in_turn)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    const kiln_status expected = kind == FAULT_FILE ? KILN_EIO : KILN_ENOMEM;
    kiln_error err;
    kiln_network *network = make(KILN_TANH, SOFTMAX_CLASSES, 4, true, _i & 4);
    char header[600], weights[600];
    snprintf(header, sizeof header, "%s", temporary_file("net.h", NULL, 0));
    snprintf(weights, sizeof weights, "%s", temporary_file("net.safetensors", NULL, 0));
    bool reached = true;
    for (unsigned long n = 1; reached; n++) {
        fault_set(kind, n, _i & 2, 0);
        kiln_status status = kiln_model_export_c(network, header, NULL, &err);
        if (status == KILN_OK)
            status = kiln_model_export_pytorch(network, weights, KILN_F32, &err);
        reached = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(reached ? status == expected : status == KILN_OK, "call %lu: %s: %s", n, kiln_status_name(status),
                      err.message);
    }
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("export_c");
    TCase *tc = tcase_create("export_c");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, c_is_within_the_bound, 0, KILN_SOFTMAX * OUTPUT_KINDS);
    tcase_add_loop_test(tc, missing_numbers_are_filled_in, 0, 4 * OUTPUT_KINDS);
    tcase_add_test(tc, names_are_c_names);
    tcase_add_loop_test(tc, every_call_fails_in_turn, 0, 8);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

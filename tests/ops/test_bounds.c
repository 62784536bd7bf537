/* Every kernel within its derived bound, on networks of random shape, on every way to run: kiln_verify reads back each layer's
 * activations and gradients and each step of the weights, and compares with float64 (include/kiln/verify.h). */
#include "base/random.h"
#include "devices.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

typedef struct settings_case {
    kiln_activation hidden, output;
    kiln_loss loss;
    kiln_optimizer optimizer;
    double dropout, clip_norm, weight_decay;
    bool no_bias, weights;
} settings_case;

/* Every activation, output, loss and optimizer is here, and each extra at least twice. Every second one has weights,
 * and so has one of each third. */
static const settings_case settings[] = {
    { KILN_SIGMOID, KILN_SOFTMAX, KILN_CROSS_ENTROPY, KILN_ADAM, 0.0, 0.0, 0.0, false, false },
    { KILN_RELU, KILN_SIGMOID, KILN_BCE, KILN_ADAMW, 0.3, 0.5, 0.01, false, true },
    { KILN_TANH, KILN_LINEAR, KILN_MSE, KILN_MOMENTUM, 0.0, 0.1, 0.1, true, false },
    { KILN_GELU, KILN_LINEAR, KILN_HUBER, KILN_RMSPROP, 0.5, 0.0, 0.0, false, true },
    { KILN_SILU, KILN_SOFTMAX, KILN_MSE, KILN_NESTEROV, 0.0, 0.0, 0.001, false, false },
    { KILN_LEAKY_RELU, KILN_SIGMOID, KILN_SSE, KILN_SGD, 0.1, 0.0, 0.0, true, true },
    { KILN_LINEAR, KILN_LINEAR, KILN_MAE, KILN_SGD, 0.0, 1.0, 0.0, false, false },
    { KILN_TANH, KILN_SOFTMAX, KILN_HUBER, KILN_ADAM, 0.0, 0.0, 0.01, false, true },
};

/* A number below `limit`, the same in every run. */
static size_t draw(uint64_t stream, uint64_t index, size_t limit)
{
    return (size_t)(random_uniform(11, PHILOX_VERIFY, stream, index) * (double)limit);
}

static void verify_one(kiln_device *device, const char *label, size_t s, uint64_t variation)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 8, 13, 16, 17, 31, 33, 64, 67, 97 };
    const size_t count = test_small() ? 6 : sizeof sizes / sizeof *sizes, layers = 1 + draw(s, variation, test_small() ? 2 : 4);
    const settings_case *c = &settings[s];
    size_t widths[6];
    kiln_verify_report report;
    kiln_network *network;
    kiln_error err = { 0 };
    for (size_t i = 0; i <= layers; i++)
        widths[i] = sizes[draw(s, 100 * variation + i + 1, count)];
    if (c->output == KILN_SOFTMAX && widths[layers] == 1)
        widths[layers] = 3;
    const kiln_network_shape shape = {
        .layers = layers, .widths = widths, .hidden = c->hidden, .output = c->output, .no_bias = c->no_bias
    };
    const kiln_verify_options options = { .batch = 1 + draw(s, 100 * variation + 50, test_small() ? 9 : 90),
                                          .steps = 2,
                                          .seed = s + variation,
                                          .weights = c->weights,
                                          .training = { .loss = c->loss,
                                                        .optimizer = c->optimizer,
                                                        .dropout = c->dropout,
                                                        .clip_norm = c->clip_norm,
                                                        .weight_decay = c->weight_decay } };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, s, &err), err);
    ck_assert_msg(kiln_verify(device, network, &options, &report, &err) == KILN_OK, "%s, settings %zu: %s", label, s, err.message);
    ck_assert_uint_gt(report.rows, 5);
    for (size_t r = 0; r < report.rows; r++)
        ck_assert_msg(report.row[r].holds, "%s, settings %zu, %zu layers %zu-%zu.., batch %zu: %s off by %g bounds, rms %g", label,
                      s, layers, widths[0], widths[1], options.batch, report.row[r].name, report.row[r].share, report.row[r].rms);
    kiln_verify_report_free(&report);
    kiln_network_destroy(network);
}

START_TEST(devices_are_within_their_bounds)
{
    kiln_error err = { 0 };
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        /* all settings with one shape of kernels, a changing third of them with the others: each has to be compiled */
        const bool first = d == 0 || strcmp(c[d].which, c[d - 1].which) != 0;
        kiln_device *device;
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        for (size_t s = 0; s < sizeof settings / sizeof *settings; s++)
            if (first || (s == 0 && c[d].options.vector == 16) || (s + d) % 3 == 0)
                for (uint64_t variation = 0; variation < 2; variation++)
                    verify_one(device, c[d].label, s, variation);
        kiln_device_close(device);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bounds");
    TCase *tc = tcase_create("bounds");
    tcase_set_timeout(tc, 280);
    tcase_add_test(tc, devices_are_within_their_bounds);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

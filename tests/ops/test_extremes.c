/* Outputs far from 0, where a softmax that looks at its padding, or misses the largest output, has no numbers left. */
#include "devices.h"
#include "support.h"

enum { IN = 2, OUT = 13 }; /* one vector and a part of one, or a part of a wide one */

typedef struct extreme {
    const char *what;
    double most; /* of the last output */
    double others;
    kiln_loss loss;
} extreme;

static const extreme extremes[] = {
    { "all far below 0", -200.0, -200.0, KILN_MSE },
    { "all far below 0", -200.0, -200.0, KILN_CROSS_ENTROPY },
    { "the last far above the others", 1e4, 0.0, KILN_MSE },
    { "the last far above the others", 1e4, 0.0, KILN_CROSS_ENTROPY },
    { "the last below the others", 50.0, 60.0, KILN_CROSS_ENTROPY },
};

static void check(kiln_device *device, const char *label, const extreme *e)
{
    const size_t widths[] = { IN, OUT };
    kiln_verify_report report;
    kiln_network *network;
    kiln_error err = { 0 };
    ck_assert_kiln(
        kiln_network_create(&(kiln_network_shape){ .layers = 1, .widths = widths, .output = KILN_SOFTMAX }, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 5, &err), err);
    double weights[OUT * IN], bias[OUT];
    ck_assert_kiln(kiln_network_get_layer(network, 0, weights, bias, &err), err);
    for (size_t o = 0; o < OUT; o++)
        bias[o] = o + 1 == OUT ? e->most : e->others + 0.25 * (double)o;
    ck_assert_kiln(kiln_network_set_layer(network, 0, weights, bias, &err), err);
    const kiln_verify_options options = { .batch = 9, .steps = 2, .training = { .loss = e->loss, .optimizer = KILN_SGD } };
    ck_assert_kiln(kiln_verify(device, network, &options, &report, &err), err);
    ck_assert_uint_gt(report.rows, 5);
    for (size_t r = 0; r < report.rows; r++)
        ck_assert_msg(report.row[r].holds, "%s, %s, loss %d: %s off by %g bounds", label, e->what, (int)e->loss, report.row[r].name,
                      report.row[r].share);
    kiln_verify_report_free(&report);
    kiln_network_destroy(network);
}

START_TEST(a_softmax_far_from_0_has_the_references_numbers)
{
    kiln_error err = { 0 };
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device;
        if (c[d].options.resident_limit || c[d].options.gemm == KILN_GEMM_CLBLAST || c[d].options.tile > 3)
            continue; /* the same kernels as another case's: each is compiled anew */
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
            check(device, c[d].label, &extremes[i]);
        kiln_device_close(device);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extremes");
    TCase *tc = tcase_create("softmax");
    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, a_softmax_far_from_0_has_the_references_numbers);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

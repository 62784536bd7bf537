/* Tuning on a real device: what is measured and kept, what plans make of it, and that CLBlast computes right with its parameters.
 */
#include "devices.h"
#include "support.h"
#include "training.h"

#include "backend/opencl/tuning.h"
#include "base/fault.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FAULT_CODE = -30 }; /* CL_INVALID_VALUE: no code of a lost device */

static kiln_error err;
static const kiln_subset all = { .count = BLOB_SAMPLES };

/* The first device, with this process's folder for a cache. */
static kiln_device *opened(kiln_gemm gemm)
{
    size_t cases;
    kiln_device_options options = device_cases(&cases)[0].options;
    kiln_device *device = NULL;
    options.cache = temporary_folder();
    options.gemm = gemm;
    options.strategy = KILN_STRATEGY_LAYERS;
    ck_assert_kiln(kiln_device_open(device_cases(&cases)[0].which, &options, &device, &err), err);
    return device;
}

/* What a plan says of its products. */
static const kiln_explain_choice *products_of(kiln_device *device, const kiln_network *network, kiln_explanation *e)
{
    const kiln_device_model model = { 1, 1, 1 }; /* nothing need run for that */
    ck_assert_kiln(kiln_explain(device, network, blobs(), all, &(kiln_explain_options){ .model = &model }, e, &err), err);
    for (size_t i = 0; i < e->choices; i++)
        if (strcmp(e->choice[i].what, "products") == 0)
            return &e->choice[i];
    ck_abort_msg("nothing is said about products");
    return NULL;
}

static void expect_rows(const kiln_tuning *t)
{
    static const struct {
        const char *what;
        size_t m, n, k;
    } expected[] = { { "layer 1 forward", 32, 7, 2 },
                     { "layer 2 forward", 32, 3, 7 },
                     { "layer 2 backward", 32, 7, 3 },
                     { "layer 2 gradient", 7, 3, 32 },
                     { "layer 1 gradient", 2, 7, 32 } };
    double own = 0;
    ck_assert_uint_eq(t->products, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < t->products; i++) {
        const kiln_tuned_product *p = &t->product[i];
        ck_assert_str_eq(p->what, expected[i].what);
        ck_assert(p->m == expected[i].m && p->n == expected[i].n && p->k == expected[i].k);
        ck_assert(p->own > 0 && p->before > 0 && p->clblast > 0 && p->own < 1 && p->clblast < 1);
        own += p->own;
    }
    ck_assert(fabs(own - t->own) < 1e-9 && t->clblast <= t->before);
    ck_assert(t->use_clblast == (t->clblast < t->own));
}

/* Two sets, one of each of CLBlast's kernels; then plans say so. */
START_TEST(sets_are_tried_and_kept)
{
    kiln_device *device = opened(KILN_GEMM_AUTO);
    kiln_network *network = blob_network(1);
    kiln_tuning t;
    kiln_explanation e;
    const kiln_tune_options options = { .seconds = 1e6, .sets = 2 };
    ck_assert_kiln(kiln_tune(device, network, &options, &t, &err), err);
    expect_rows(&t);
    ck_assert_uint_eq(t.tried, 2);
    ck_assert_uint_ge(t.sets, 2);
    ck_assert(t.parameters == 0 || t.parameters == 27); /* all of both kernels and the size between, or CLBlast's own */
    const kiln_explain_choice *said = products_of(device, network, &e);
    ck_assert_msg(strstr(said->why, "kiln tune measured") && strstr(said->why, t.date), "%s", said->why);
    ck_assert_str_eq(said->chosen, t.use_clblast ? "CLBlast" : "kiln's own kernels");
    kiln_explanation_free(&e);
    char *path = NULL;
    ck_assert_kiln(kiln_tune_clear(device, &path, &err), err);
    ck_assert_str_eq(path, t.path);
    ck_assert_ptr_null(strstr(products_of(device, network, &e)->why, "kiln tune"));
    kiln_explanation_free(&e);
    free(path);
    kiln_tuning_free(&t);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* Stored parameters: plans whose products are near take CLBlast, and are within the bounds with them. */
START_TEST(stored_parameters_compute_right)
{
    kiln_device *device = opened(KILN_GEMM_AUTO);
    kiln_network *network = blob_network(1);
    kiln_verify_report v;
    kiln_explanation e;
    char *path = NULL;
    tuning stored = { .date = "2026-01-02", .products = 1, .product = { { PRODUCT_FORWARD, 32, 7, 2, 1.0, 0.5 } } };
    ck_assert(clblast_candidate(CLBLAST_DIRECT, 0, &stored.parameters));
    ck_assert(clblast_candidate(CLBLAST_INDIRECT, 0, &stored.parameters));
    stored.parameters.set[CLBLAST_ROUTINE] = true;
    stored.parameters.value[CLBLAST_ROUTINE][0] = 9; /* layer 1's 37 x 7 x 2 is below its cube, layer 2's 37 x 3 x 7 not */
    ck_assert_kiln(tuning_store((opencl_device *)device, &stored, &path, &err), err);
    const kiln_explain_choice *said = products_of(device, network, &e);
    ck_assert_str_eq(said->chosen, "CLBlast");
    ck_assert_str_eq(said->why, "kiln tune measured, for other sizes, on 2026-01-02 that this is faster");
    kiln_explanation_free(&e);
    ck_assert_kiln(kiln_verify(device, network, NULL, &v, &err), err);
    ck_assert(v.holds);
    kiln_verify_report_free(&v);
    free(path);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

static volatile int stop;

static void stop_at(void *user, const char *what)
{
    stop = strstr(what, user) != NULL;
}

/* Stopped before the first measurement, or before CLBlast's: nothing is kept, and the device goes on as before. */
START_TEST(interrupted_tuning_keeps_nothing)
{
    static char *const moments[] = { "own", "as it is" };
    kiln_device *device = opened(KILN_GEMM_AUTO);
    kiln_network *network = blob_network(1);
    kiln_tuning t;
    kiln_explanation e;
    char *path = NULL;
    const kiln_tune_options options = { .report = stop_at, .user = moments[_i], .stop = &stop };
    ck_assert_int_eq(kiln_tune(device, network, &options, &t, &err), KILN_EINTERRUPTED);
    ck_assert_kiln(kiln_tune_clear(device, &path, &err), err);
    ck_assert_ptr_null(path);
    ck_assert_ptr_null(strstr(products_of(device, network, &e)->why, "kiln tune"));
    kiln_explanation_free(&e);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

START_TEST(what_cannot_be_tuned_is_refused)
{
    size_t cases;
    kiln_device *device = NULL;
    kiln_network *network = blob_network(1);
    kiln_tuning t;
    char *path;
    ck_assert_int_eq(kiln_tune(NULL, network, NULL, &t, &err), KILN_EUNSUPPORTED);
    ck_assert_int_eq(kiln_tune_clear(NULL, &path, &err), KILN_EUNSUPPORTED);
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    ck_assert_int_eq(kiln_tune(device, network, NULL, &t, &err), KILN_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "nothing to tune"));
    kiln_device_close(device);
    ck_assert_kiln(kiln_device_open(device_cases(&cases)[0].which, &device_cases(&cases)[0].options, &device, &err), err);
    ck_assert_int_eq(kiln_tune(device, network, NULL, &t, &err), KILN_EIO); /* no cache folder */
    ck_assert_ptr_nonnull(strstr(err.message, "XDG_CACHE_HOME"));
    kiln_device_close(device);
    device = opened(KILN_GEMM_AUTO);
    ck_assert_int_eq(kiln_tune(device, network, &(kiln_tune_options){ .seconds = -1 }, &t, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_tune(device, network, &(kiln_tune_options){ .seconds = NAN }, &t, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_tune(device, network, &(kiln_tune_options){ .training.momentum = 2 }, &t, &err), KILN_EINVAL);
    kiln_tuning_free(NULL);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* _i: memory, or OpenCL calls, failing one after the other, farther and farther on: it is said, and the device works on. */
START_TEST(failures_are_said)
{
    const fault_kind kind = _i ? FAULT_OPENCL : FAULT_MEMORY;
    const kiln_tune_options options = { .seconds = 1e-9 };
    kiln_device *device = opened(KILN_GEMM_AUTO);
    kiln_network *network = blob_network(1);
    kiln_tuning t;
    unsigned long n = 1;
    for (bool failed = true; failed; n += 1 + n / 2) {
        fault_set(kind, n, false, _i ? FAULT_CODE : 0);
        const kiln_status status = kiln_tune(device, network, &options, &t, &err);
        failed = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == KILN_OK || status == (_i ? KILN_EDEVICE : KILN_ENOMEM), "call %lu: %s", n, err.message);
        if (status == KILN_OK)
            kiln_tuning_free(&t);
    }
    ck_assert_uint_gt(n, 15);
    ck_assert_kiln(kiln_tune(device, network, &options, &t, &err), err);
    kiln_tuning_free(&t);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tune");
    TCase *tc = tcase_create("tune");
    tcase_set_timeout(tc, 270);
    tcase_add_test(tc, sets_are_tried_and_kept);
    tcase_add_test(tc, stored_parameters_compute_right);
    tcase_add_loop_test(tc, interrupted_tuning_keeps_nothing, 0, 2);
    tcase_add_test(tc, what_cannot_be_tuned_is_refused);
    tcase_add_loop_test(tc, failures_are_said, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

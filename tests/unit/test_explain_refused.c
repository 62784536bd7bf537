/* Explanations that cannot be had: arguments that are refused, a stop, and memory and OpenCL calls that fail. */
#include "devices.h"
#include "support.h"
#include "training.h"

#include "base/fault.h"

#include <string.h>

enum { FAULT_CODE = -30 }; /* CL_INVALID_VALUE: no code of a lost device */

static kiln_error err;
static const kiln_subset all = { .count = BLOB_SAMPLES };

static kiln_explain_options options_of(const kiln_device_model *model)
{
    return (kiln_explain_options){ .training = { .batch_size = 16, .clip_norm = 1.0 }, .steps = 4, .model = model };
}

static kiln_device *opened(const device_case *c)
{
    kiln_device *device = NULL;
    ck_assert_kiln(kiln_device_open(c->which, &c->options, &device, &err), err);
    return device;
}

START_TEST(what_cannot_be_explained_is_refused)
{
    const kiln_device_model none = { 0, 1, 1 }, negative = { 1, 1, -1 };
    const int raised = 1;
    size_t cases;
    kiln_device *reference, *device = opened(device_cases(&cases));
    kiln_network *network = blob_network(1);
    kiln_explanation e;
    kiln_explain_options options = options_of(&none);
    ck_assert_int_eq(kiln_explain(device, network, blobs(), all, &options, &e, &err), KILN_EINVAL);
    options.model = &negative;
    ck_assert_int_eq(kiln_explain(device, network, blobs(), all, &options, &e, &err), KILN_EINVAL);
    options = options_of(NULL);
    ck_assert_int_eq(kiln_explain(device, network, blobs(), (kiln_subset){ 0 }, &options, &e, &err), KILN_EINVAL);
    options.training.loss = KILN_BCE;
    ck_assert_int_eq(kiln_explain(device, network, blobs(), all, &options, &e, &err), KILN_EINVAL);
    options = options_of(NULL);
    options.stop = &raised;
    ck_assert_int_eq(kiln_explain(device, network, blobs(), all, &options, &e, &err), KILN_EINTERRUPTED);
    ck_assert_kiln(kiln_device_open("reference", NULL, &reference, &err), err);
    ck_assert_int_eq(kiln_explain(reference, network, blobs(), all, NULL, &e, &err), KILN_EUNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "launches nothing"));
    kiln_explanation_free(NULL);
    kiln_device_close(reference);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* _i: memory, or OpenCL calls, failing in turn on the way to a prediction. */
START_TEST(failures_are_said)
{
    const fault_kind kind = _i ? FAULT_OPENCL : FAULT_MEMORY;
    const kiln_device_model model = { 1, 1, 1 };
    const kiln_explain_options options = options_of(&model);
    size_t cases;
    kiln_device *device = opened(device_cases(&cases));
    kiln_network *network = blob_network(1);
    kiln_explanation e;
    ck_assert_kiln(kiln_explain(device, network, blobs(), all, &options, &e, &err), err); /* builds the kernels once */
    kiln_explanation_free(&e);
    unsigned long n = 0;
    for (bool done = false; !done;) {
        fault_set(kind, ++n, false, _i ? FAULT_CODE : 0);
        const kiln_status status = kiln_explain(device, network, blobs(), all, &options, &e, &err);
        done = fault_count(kind) < n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == KILN_OK || status == (_i ? KILN_EDEVICE : KILN_ENOMEM), "call %lu: %s", n, err.message);
        if (status == KILN_OK)
            kiln_explanation_free(&e);
    }
    ck_assert_uint_gt(n, 20);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

/* The first, the tenth, the hundredth ... OpenCL call failing while steps are measured: never a crash, and the device works on. */
START_TEST(failures_while_measuring_are_said)
{
    const kiln_explain_options options = options_of(NULL);
    size_t cases;
    kiln_device *device = opened(device_cases(&cases));
    kiln_network *network = blob_network(1);
    kiln_explanation e;
    for (unsigned long n = 100; n < 1000000; n += 1 + n / 3) {
        fault_set(FAULT_OPENCL, n, false, FAULT_CODE);
        const kiln_status status = kiln_explain(device, network, blobs(), all, &options, &e, &err);
        const bool failed = fault_count(FAULT_OPENCL) >= n;
        fault_set(FAULT_OPENCL, 0, false, 0);
        if (status == KILN_OK)
            kiln_explanation_free(&e);
        else
            ck_assert_int_eq(status, KILN_EDEVICE);
        if (!failed)
            break;
    }
    ck_assert_kiln(kiln_explain(device, network, blobs(), all, &options, &e, &err), err);
    kiln_explanation_free(&e);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain refused");
    TCase *tc = tcase_create("explain refused");
    tcase_set_timeout(tc, 110);
    tcase_add_test(tc, what_cannot_be_explained_is_refused);
    tcase_add_loop_test(tc, failures_are_said, 0, 2);
    tcase_add_test(tc, failures_while_measuring_are_said);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

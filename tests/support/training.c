/* A small problem to train on, and a reference device with hooks. */
#include "training.h"

#include "backend/backend.h"
#include "base/random.h"
#include "base/status.h"
#include "support.h"

#include <math.h>
#include <time.h>

const kiln_samples *blobs(void)
{
    static const float centre[BLOB_CLASSES][BLOB_FEATURES] = { { 0, 0 }, { 3, 0 }, { 0, 3 } };
    static float x[BLOB_SAMPLES][BLOB_FEATURES];
    static int32_t labels[BLOB_SAMPLES];
    static const kiln_samples samples = {
        .count = BLOB_SAMPLES, .features = BLOB_FEATURES, .x = x, .classes = BLOB_CLASSES, .labels = labels
    };
    static bool made;
    if (made)
        return &samples;
    made = true;
    for (size_t i = 0; i < BLOB_SAMPLES; i++) {
        labels[i] = (int32_t)(i % BLOB_CLASSES);
        for (size_t f = 0; f < BLOB_FEATURES; f++)
            x[i][f] = centre[labels[i]][f] + (float)(2.0 * random_uniform(1, PHILOX_VERIFY, i, f) - 1.0);
    }
    return &samples;
}

kiln_network *blob_network(uint64_t seed)
{
    const kiln_network_shape shape = {
        .layers = 2, .widths = (const size_t[]){ BLOB_FEATURES, 7, BLOB_CLASSES }, .hidden = KILN_TANH, .output = KILN_SOFTMAX
    };
    kiln_network *network;
    kiln_error err;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_AUTO, seed, &err), err);
    return network;
}

hooks hook;
static const backend_ops *real;
static size_t trained_from, trained_to; /* places that have a loss: those trained on since the order was given */

static bool count_call(void)
{
    hook.calls_after_fail += hook.failed;
    return hook.failed;
}

static kiln_status break_device(kiln_error *err)
{
    hook.failed = true;
    return kiln_fail(err, KILN_EDEVICE, "clEnqueueNDRangeKernel: CL_OUT_OF_RESOURCES");
}

static kiln_status hooked_train(plan *p, const step *steps, size_t count, kiln_error *err)
{
    const long nanoseconds = (long)(hook.seconds * 1e9);
    if (count_call() || (hook.fail_at_step > 0 && hook.steps + count >= hook.fail_at_step))
        return break_device(err);
    const kiln_status status = real->train(p, steps, count, err);
    trained_from = trained_to > 0 ? trained_from : steps[0].first;
    trained_to = steps[count - 1].first + steps[count - 1].rows;
    hook.steps += count;
    if (hook.stop_at_step > 0 && hook.steps >= hook.stop_at_step)
        hook.stop = 1;
    if (nanoseconds > 0)
        nanosleep(&(struct timespec){ 0, nanoseconds }, NULL);
    return status;
}

static kiln_status hooked_evaluate(plan *p, size_t first, size_t count, const evaluation *into, kiln_error *err)
{
    if (count_call())
        return break_device(err);
    if (++hook.evaluations == hook.stop_at_evaluate)
        hook.stop = 1;
    return real->evaluate(p, first, count, into, err);
}

static kiln_status hooked_read(plan *p, plan_array array, size_t layer, double *values, kiln_error *err)
{
    return count_call() ? break_device(err) : real->read(p, array, layer, values, err);
}

/* NaN where there was no step yet: a backend may have anything there. */
static kiln_status hooked_losses(plan *p, size_t first, size_t count, double *loss, kiln_error *err)
{
    if (count_call())
        return break_device(err);
    const kiln_status status = real->losses(p, first, count, loss, err);
    for (size_t i = 0; i < count; i++)
        if (first + i < trained_from || first + i >= trained_to)
            loss[i] = NAN;
    return status;
}

static kiln_status hooked_order(plan *p, plan_order which, const uint32_t *rows, size_t count, kiln_error *err)
{
    if (count_call())
        return break_device(err);
    if (which == PLAN_TRAIN)
        trained_from = trained_to = 0;
    return real->order(p, which, rows, count, err);
}

static kiln_status hooked_plan(kiln_device *device, const plan_spec *spec, plan **out, kiln_error *err)
{
    const kiln_status status = real->plan(device, spec, out, err);
    if (status == KILN_OK)
        (*out)->ops = device->ops;
    return status;
}

void hook_device(kiln_device *device)
{
    static backend_ops ops;
    real = device->ops;
    ops = *real;
    ops.plan = hooked_plan;
    ops.train = hooked_train;
    ops.evaluate = hooked_evaluate;
    ops.read = hooked_read;
    ops.losses = hooked_losses;
    ops.order = hooked_order;
    device->ops = &ops;
    hook = (hooks){ 0 };
}

kiln_device *hooked_device(void)
{
    kiln_device *device;
    kiln_error err;
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    hook_device(device);
    return device;
}

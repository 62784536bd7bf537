/* A device beside the reference: both train for a few steps on the same samples, and after each the device is read back whole
 * and checked, operation by operation. */
#include "training/verify.h"

#include "backend/reference/reference.h"
#include "base/memory.h"
#include "base/status.h"
#include "network/activation.h"
#include "network/loss.h"
#include "training/optimizer.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Room for what a plan is read back into; the layers' arrays only where `whole`. */
static void make_snapshot(verification *v, snapshot *s, bool whole)
{
    const kiln_network *network = v->network;
    double **const flat[] = { &s->parameters, &s->gradient, &s->m, &s->v };
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++)
        *flat[i] = pool_take(&v->memory, network->count, 1);
    if (!whole)
        return;
    s->input = pool_take(&v->memory, v->batch, network->widths[0]);
    s->loss = pool_take(&v->memory, v->batch, 1);
    for (size_t l = 0; l < network->layers; l++) {
        s->y[l] = pool_take(&v->memory, v->batch, network->widths[l + 1]);
        s->delta[l] = pool_take(&v->memory, v->batch, network->widths[l + 1]);
    }
}

static kiln_status make_arrays(verification *v, kiln_error *err)
{
    const kiln_network *network = v->network;
    size_t widest = 3 * network->widths[network->layers]; /* one row of targets, outputs and their bounds */
    for (size_t l = 0; l <= network->layers; l++)
        widest = larger(widest, network->widths[l]);
    make_snapshot(v, &v->before, false);
    make_snapshot(v, &v->now, true);
    make_snapshot(v, &v->reference, true);
    for (size_t l = 0; l < network->layers; l++) {
        v->z[l] = pool_take(&v->memory, v->batch, network->widths[l + 1]);
        v->z_bound[l] = pool_take(&v->memory, v->batch, network->widths[l + 1]);
        v->factor[l] = pool_take(&v->memory, v->batch, network->widths[l + 1]);
    }
    v->ones = pool_take(&v->memory, v->batch, widest);
    for (size_t i = 0; v->ones && i < v->batch * widest; i++)
        v->ones[i] = 1.0;
    double **const scratch[] = { &v->expected, &v->bound, &v->sum, &v->sum_bound, &v->squares };
    const bool by_count = network->count > v->batch * widest;
    for (size_t i = 0; i < sizeof scratch / sizeof *scratch; i++)
        *scratch[i] = pool_take(&v->memory, by_count ? network->count : v->batch, by_count ? 1 : widest);
    return v->memory.failed ? kiln_fail_memory(err, 0, "what the device computed, to be checked") : KILN_OK;
}

static kiln_status read_state(plan *p, snapshot *s, kiln_error *err)
{
    kiln_status status = p->ops->read(p, PLAN_PARAMETERS, 0, s->parameters, err);
    if (status == KILN_OK)
        status = p->ops->read(p, PLAN_MOMENT1, 0, s->m, err);
    return status == KILN_OK ? p->ops->read(p, PLAN_MOMENT2, 0, s->v, err) : status;
}

static kiln_status read_step(plan *p, const step *s, snapshot *into, kiln_error *err)
{
    kiln_status status = read_state(p, into, err);
    if (status == KILN_OK)
        status = p->ops->read(p, PLAN_INPUT, 0, into->input, err);
    if (status == KILN_OK)
        status = p->ops->read(p, PLAN_GRADIENT, 0, into->gradient, err);
    for (size_t l = 0; status == KILN_OK && l < p->spec.network->layers; l++) {
        status = p->ops->read(p, PLAN_ACTIVATION, l, into->y[l], err);
        if (status == KILN_OK)
            status = p->ops->read(p, PLAN_DELTA, l, into->delta[l], err);
    }
    return status == KILN_OK ? p->ops->losses(p, s->first, s->rows, into->loss, err) : status;
}

/* The parameters as they arrived: each rounded once. */
static void check_written(verification *v)
{
    const double *w = v->network->parameters;
    for (size_t i = 0; i < v->network->count; i++) {
        v->expected[i] = w[i];
        v->bound[i] = v->r.u * fabs(w[i]) + v->r.tiny;
    }
    verify_compare(v, report_row(&v->report, "weights as written"), v->network->count, v->before.parameters, w);
}

static kiln_status run_steps(verification *v, kiln_error *err)
{
    kiln_status status = read_state(v->device, &v->before, err);
    if (status == KILN_OK)
        check_written(v);
    for (size_t i = 0; status == KILN_OK && i < v->steps; i++) {
        /* the last batch of an epoch is seldom whole */
        const size_t rows = i + 1 == v->steps && v->steps > 1 ? v->batch - v->batch / 3 : v->batch;
        const step s = { .number = i, .learning_rate = v->options.learning_rate, .first = i * v->batch, .rows = rows };
        status = v->device->ops->train(v->device, &s, 1, err);
        if (status == KILN_OK)
            status = v->alone->ops->train(v->alone, &s, 1, err);
        if (status == KILN_OK)
            status = read_step(v->device, &s, &v->now, err);
        if (status == KILN_OK)
            status = read_step(v->alone, &s, &v->reference, err);
        if (status == KILN_OK)
            status = verify_step(v, &s, err);
        if (status == KILN_OK)
            status = read_state(v->device, &v->before, err);
    }
    return status;
}

static kiln_status set_up(verification *v, kiln_device *device, kiln_device *reference, const kiln_verify_options *options,
                          kiln_error *err)
{
    size_t count;
    kiln_status status = options_resolve(&options->training, SIZE_MAX, &v->options, err);
    if (status == KILN_OK && (!size_product(v->batch, v->steps, &count) || count > UINT32_MAX))
        status = kiln_fail(err, KILN_EINVAL, "%zu steps of %zu samples are more than 2^32", v->steps, v->batch);
    if (status == KILN_OK)
        status = report_make(12 + 5 * v->network->layers, &v->report, err);
    if (status == KILN_OK)
        status = verify_samples_make(v->network, count, options, &v->made, err);
    if (status == KILN_OK)
        status = make_arrays(v, err);
    if (status == KILN_OK)
        status = verify_plan(device, v->network, &v->options, v->batch, &v->made, v->stop, &v->device, err);
    if (status == KILN_OK)
        status = verify_plan(reference, v->network, &v->options, v->batch, &v->made, v->stop, &v->alone, err);
    return status;
}

kiln_status kiln_verify(kiln_device *device, const kiln_network *network, const kiln_verify_options *options,
                        kiln_verify_report *report, kiln_error *err)
{
    static const kiln_verify_options defaults;
    const kiln_verify_options *chosen = options ? options : &defaults;
    kiln_device *reference = NULL;
    verification v = { .network = network,
                       .r = rounding_of(device->precision),
                       .batch = chosen->batch ? chosen->batch : 37,
                       .steps = chosen->steps ? chosen->steps : 3,
                       .stop = chosen->stop };
    kiln_status status = reference_open(&(kiln_device_options){ 0 }, &reference, err);
    if (status == KILN_OK)
        status = set_up(&v, device, reference, chosen, err);
    if (status == KILN_OK)
        status = run_steps(&v, err);
    if (status == KILN_OK)
        status = verify_evaluation(&v, err);
    if (status == KILN_OK) {
        report_conclude(&v.report);
        *report = v.report;
        v.report.row = NULL;
    }
    if (v.device)
        v.device->ops->destroy(v.device);
    if (v.alone)
        v.alone->ops->destroy(v.alone);
    kiln_device_close(reference);
    verify_samples_free(&v.made);
    kiln_verify_report_free(&v.report);
    pool_free(&v.memory);
    return status;
}

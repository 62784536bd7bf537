/* The reference beside itself: its gradients against central differences of its loss. */
#include "backend/reference/reference.h"
#include "base/status.h"
#include "network/activation.h"
#include "network/loss.h"
#include "training/optimizer.h"
#include "training/verify.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A reference under examination: a step of learning rate 0 is a loss, and its gradient, at any parameters. */
typedef struct examination {
    pool memory;
    const kiln_network *network;
    kiln_training_options options; /* resolved */
    size_t batch;
    kiln_stop *stop;
    verify_samples made;
    plan *p;
    double *parameters, *gradient, *losses;
    double *place, *other; /* (kinks) which side of each kink the samples are on: where the gradient was taken, and now */
    size_t kinks;          /* 0 where all is smooth */
    double *row;           /* (2 * out) */
    double loss;           /* of the batch, where the gradient was taken */
    kiln_verify_report report;
} examination;

static bool hidden_has_kinks(const examination *e)
{
    return activation_of(e->network->hidden)->jump > 0.0;
}

static bool loss_has_kinks(const examination *e)
{
    return e->made.loss == KILN_MAE || e->made.loss == KILN_HUBER;
}

/* Reads which side of their kinks all hidden activations and output errors of the last step are on. */
static kiln_status read_sides(examination *e, double *sides, kiln_error *err)
{
    const kiln_network *network = e->network;
    const size_t width = network->widths[network->layers];
    kiln_status status = KILN_OK;
    for (size_t l = 0; hidden_has_kinks(e) && status == KILN_OK && l + 1 < network->layers; l++) {
        const size_t count = e->batch * network->widths[l + 1];
        status = e->p->ops->read(e->p, PLAN_ACTIVATION, l, sides, err);
        for (size_t i = 0; i < count; i++)
            sides[i] = sides[i] > 0.0 ? 1.0 : 0.0;
        sides += count;
    }
    if (!loss_has_kinks(e) || status != KILN_OK)
        return status;
    status = e->p->ops->read(e->p, PLAN_ACTIVATION, network->layers - 1, sides, err);
    for (size_t b = 0; status == KILN_OK && b < e->batch; b++) {
        double *z = sides + b * width, *t = e->row, *y = e->row + width;
        verify_target(&e->made, network, b, t);
        output_activate(network->output, width, z, y);
        for (size_t o = 0; o < width; o++) {
            const double error = y[o] - t[o];
            z[o] = (error > 0.0 ? 1.0 : -1.0) * (fabs(error) < 1.0 ? 1.0 : 2.0);
        }
    }
    return status;
}

/* The loss of the batch at e->parameters. */
static kiln_status loss_at(examination *e, double *loss, kiln_error *err)
{
    const step still = { .number = 0, .learning_rate = 0.0, .first = 0, .rows = e->batch };
    kiln_status status = e->p->ops->write(e->p, PLAN_PARAMETERS, e->parameters, err);
    if (status == KILN_OK)
        status = e->p->ops->train(e->p, &still, 1, err);
    if (status == KILN_OK)
        status = e->p->ops->losses(e->p, 0, e->batch, e->losses, err);
    *loss = 0.0;
    for (size_t b = 0; status == KILN_OK && b < e->batch; b++)
        *loss += e->losses[b];
    if (loss_is_mean(e->made.loss))
        *loss /= (double)e->batch;
    return status;
}

/* (L(w + h) - L(w - h)) / (2 h) of one parameter; *smooth: no sample crossed a kink on the way. */
static kiln_status difference(examination *e, size_t parameter, double h, double *slope, bool *smooth, kiln_error *err)
{
    const double w = e->parameters[parameter];
    double loss[2] = { 0.0, 0.0 };
    kiln_status status = KILN_OK;
    for (int side = 0; side < 2 && status == KILN_OK; side++) {
        e->parameters[parameter] = side ? w + h : w - h;
        status = loss_at(e, &loss[side], err);
        if (status == KILN_OK && e->kinks > 0) {
            status = read_sides(e, e->other, err);
            *smooth = *smooth && memcmp(e->place, e->other, e->kinks * sizeof *e->place) == 0;
        }
    }
    e->parameters[parameter] = w;
    *slope = (loss[1] - loss[0]) / (2.0 * h);
    return status;
}

/* One parameter. The difference's truncation is h^2/6 L''' and, since that of 2 h is four times as large, within the difference
 * of the two; its rounding that of the loss, some sqrt(widest) u a layer, over h; and a share of 1e-6 for what is left. */
static kiln_status check_parameter(examination *e, size_t parameter, kiln_verify_row *row, kiln_error *err)
{
    const double h = 6e-6 * fmax(1.0, fabs(e->parameters[parameter]));
    double near, far, widest = 1.0;
    bool smooth = true;
    for (size_t l = 0; l <= e->network->layers; l++)
        widest = fmax(widest, (double)e->network->widths[l]);
    kiln_status status = difference(e, parameter, 2.0 * h, &far, &smooth, err);
    if (status == KILN_OK)
        status = difference(e, parameter, h, &near, &smooth, err);
    if (status != KILN_OK || !smooth)
        return status;
    const double rounding_bound = 4.0 * 0x1p-53 * sqrt(widest) * (double)e->network->layers * (1.0 + fabs(e->loss)) / h;
    const double bound = fabs(far - near) + rounding_bound + fmax(1e-9, 1e-6 * fabs(near));
    row_compare(row, 1.0, &(comparison){ 1, &e->gradient[parameter], &near, &bound, NULL });
    return stop_check(e->stop, err);
}

/* Parameters of a layer that are looked at, spread evenly: some 10^10 multiplications in all, but 8 at least. */
static size_t looked_at(const examination *e, size_t size)
{
    const double work = 12.0 * (double)e->batch * (double)e->network->count * (double)e->network->layers;
    const double most = fmin(200.0, fmax(8.0, 1e10 / work));
    return (double)size < most ? size : (size_t)most;
}

static kiln_status check_part(examination *e, size_t offset, size_t size, kiln_verify_row *row, kiln_error *err)
{
    const size_t count = looked_at(e, size);
    kiln_status status = KILN_OK;
    for (size_t i = 0; status == KILN_OK && i < count; i++)
        status = check_parameter(e, offset + (size_t)((double)i * (double)size / (double)count), row, err);
    return status;
}

static kiln_status set_up(examination *e, kiln_device *reference, const kiln_verify_options *options, kiln_error *err)
{
    const kiln_network *network = e->network;
    size_t kinks = 0;
    kiln_status status = options_resolve(&options->training, SIZE_MAX, &e->options, err);
    if (status == KILN_OK)
        status = report_make(2 * network->layers, &e->report, err);
    if (status == KILN_OK)
        status = verify_samples_make(network, e->batch, options, &e->made, err);
    if (status != KILN_OK)
        return status;
    for (size_t l = 1; hidden_has_kinks(e) && l < network->layers; l++)
        kinks += network->widths[l];
    kinks += loss_has_kinks(e) ? network->widths[network->layers] : 0;
    e->parameters = pool_take(&e->memory, network->count, 1);
    e->gradient = pool_take(&e->memory, network->count, 1);
    e->losses = pool_take(&e->memory, e->batch, 1);
    e->place = pool_take(&e->memory, e->batch, kinks);
    e->other = pool_take(&e->memory, e->batch, kinks);
    e->row = pool_take(&e->memory, network->widths[network->layers], 2);
    if (e->memory.failed)
        return kiln_fail_memory(err, 0, "the gradients to be checked");
    e->kinks = e->batch * kinks;
    memcpy(e->parameters, network->parameters, network->count * sizeof *e->parameters);
    return verify_plan(reference, network, &e->options, e->batch, &e->made, e->stop, &e->p, err);
}

static kiln_status examine(examination *e, kiln_error *err)
{
    const kiln_network *network = e->network;
    kiln_status status = loss_at(e, &e->loss, err);
    if (status == KILN_OK)
        status = e->p->ops->read(e->p, PLAN_GRADIENT, 0, e->gradient, err);
    if (status == KILN_OK && e->kinks > 0)
        status = read_sides(e, e->place, err);
    for (size_t l = 0; status == KILN_OK && l < network->layers; l++) {
        const size_t weights = network->widths[l] * network->widths[l + 1], offset = network_layer_offset(network, l);
        status = check_part(e, offset, weights, report_row(&e->report, "layer %zu weight gradient", l + 1), err);
        if (status == KILN_OK && network->bias)
            status = check_part(e, offset + weights, network->widths[l + 1],
                                report_row(&e->report, "layer %zu bias gradient", l + 1), err);
    }
    return status;
}

kiln_status kiln_verify_reference(const kiln_network *network, const kiln_verify_options *options, kiln_verify_report *report,
                                  kiln_error *err)
{
    static const kiln_verify_options defaults;
    const kiln_verify_options *chosen = options ? options : &defaults;
    kiln_device *reference = NULL;
    examination e = { .network = network, .batch = chosen->batch ? chosen->batch : 8, .stop = chosen->stop };
    kiln_status status = reference_open(&(kiln_device_options){ 0 }, &reference, err);
    if (status == KILN_OK)
        status = set_up(&e, reference, chosen, err);
    if (status == KILN_OK)
        status = examine(&e, err);
    if (status == KILN_OK) {
        report_conclude(&e.report);
        *report = e.report;
        e.report.row = NULL;
    }
    if (e.p)
        e.p->ops->destroy(e.p);
    kiln_device_close(reference);
    verify_samples_free(&e.made);
    kiln_verify_report_free(&e.report);
    pool_free(&e.memory);
    return status;
}

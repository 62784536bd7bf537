/* The reference's device and plan: buffers in host memory, and operations one after the other. */
#include "backend/reference/reference.h"

#include "backend/reference/operations.h"
#include "base/memory.h"
#include "base/status.h"
#include "network/loss.h"
#include "network/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Arrays of one layer, (batch, out). */
typedef struct layer_arrays {
    double *y;      /* after dropout; of the last layer z */
    double *fprime; /* hidden layers, with dropout's factor; NULL of the last */
    double *delta;  /* d(batch loss)/dz; NULL without training */
} layer_arrays;

typedef struct rows_in_order {
    uint32_t *rows;
    size_t count;
} rows_in_order;

typedef struct ref_plan {
    plan base;
    double *parameters, *gradient, *m, *v;  /* (count) as in kiln_network.parameters; m and v NULL where the optimizer has none */
    double *input;                          /* (batch, in) standardised */
    layer_arrays layer[NETWORK_MAX_LAYERS]; /* NULL past the last */
    double *target;                         /* (out) of one sample */
    size_t rows;                            /* of the last step */
    const kiln_samples *samples;
    size_t read; /* of samples on a disk, since its pages were given back */
    rows_in_order order[PLAN_ORDERS];
    double *loss; /* (order[PLAN_TRAIN].count) of each place when it was trained on, times its weight */
} ref_plan;

static size_t out_width(const kiln_network *network)
{
    return network->widths[network->layers];
}

static void destroy(plan *base)
{
    ref_plan *p = (ref_plan *)base;
    if (!p)
        return;
    for (size_t l = 0; l < NETWORK_MAX_LAYERS; l++) {
        free(p->layer[l].y);
        free(p->layer[l].fprime);
        free(p->layer[l].delta);
    }
    for (int which = 0; which < PLAN_ORDERS; which++)
        free(p->order[which].rows);
    double *const arrays[] = { p->parameters, p->gradient, p->m, p->v, p->input, p->target, p->loss };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    free(p);
}

/* Room for rows x width numbers, added to *bytes; false when there is none. */
static bool make(double **array, size_t rows, size_t width, size_t *bytes)
{
    size_t count;
    if (!size_product(rows, width, &count))
        return false;
    *bytes += count * sizeof(double);
    *array = mem_zeroed(count, sizeof(double));
    return *array != NULL;
}

static bool make_arrays(ref_plan *p, size_t *bytes)
{
    const plan_spec *spec = &p->base.spec;
    const kiln_network *network = spec->network;
    if (!make(&p->parameters, network->count, 1, bytes) || !make(&p->input, spec->batch, network->widths[0], bytes) ||
        !make(&p->target, out_width(network), 1, bytes))
        return false;
    for (size_t l = 0; l < network->layers; l++) {
        const size_t out = network->widths[l + 1];
        if (!make(&p->layer[l].y, spec->batch, out, bytes) ||
            (l + 1 < network->layers && !make(&p->layer[l].fprime, spec->batch, out, bytes)) ||
            (spec->training && !make(&p->layer[l].delta, spec->batch, out, bytes)))
            return false;
    }
    return !spec->training || (make(&p->gradient, network->count, 1, bytes) &&
                               (!ref_has_moment1(spec->optimizer) || make(&p->m, network->count, 1, bytes)) &&
                               (!ref_has_moment2(spec->optimizer) || make(&p->v, network->count, 1, bytes)));
}

static kiln_status make_plan(kiln_device *device, const plan_spec *spec, plan **out, kiln_error *err)
{
    size_t bytes = 0;
    kiln_status status = stop_check(spec->stop, err);
    if (status != KILN_OK)
        return status;
    if (spec->batch < 1)
        return kiln_fail(err, KILN_EINVAL, "a plan for batches of 0 samples cannot run; 1 is the least");
    ref_plan *p = mem_zeroed(1, sizeof *p);
    if (!p)
        return kiln_fail_memory(err, sizeof *p, "the plan");
    p->base.ops = device->ops;
    p->base.spec = *spec;
    if (!make_arrays(p, &bytes)) {
        status = kiln_fail_memory(err, bytes, "the network's parameters and activations");
        goto done;
    }
    *out = &p->base;
    p = NULL;
done:
    destroy((plan *)p);
    return status;
}

/* Where an array is and how many numbers it has; NULL for one that this plan has not. */
static double *array_of(ref_plan *p, plan_array array, size_t layer, size_t *count)
{
    const kiln_network *network = p->base.spec.network;
    *count = network->count;
    switch (array) {
    case PLAN_PARAMETERS:
        return p->parameters;
    case PLAN_GRADIENT:
        return p->gradient;
    case PLAN_MOMENT1:
        return p->m;
    case PLAN_MOMENT2:
        return p->v;
    case PLAN_INPUT:
        *count = p->rows * network->widths[0];
        return p->input;
    case PLAN_ACTIVATION:
    case PLAN_DELTA:
        *count = layer < network->layers ? p->rows * network->widths[layer + 1] : 0;
        return layer >= network->layers ? NULL : array == PLAN_DELTA ? p->layer[layer].delta : p->layer[layer].y;
    }
    return NULL;
}

static kiln_status write_array(plan *base, plan_array array, const double *values, kiln_error *err)
{
    size_t count;
    if (array != PLAN_PARAMETERS && array != PLAN_MOMENT1 && array != PLAN_MOMENT2)
        return kiln_fail(err, KILN_EINVAL, "array %d of a plan cannot be written, only parameters and moments can", (int)array);
    double *to = array_of((ref_plan *)base, array, 0, &count);
    if (to)
        memcpy(to, values, count * sizeof *to);
    return KILN_OK;
}

static kiln_status read_array(plan *base, plan_array array, size_t layer, double *values, kiln_error *err)
{
    size_t count;
    const double *from = array_of((ref_plan *)base, array, layer, &count);
    const bool moment = array == PLAN_MOMENT1 || array == PLAN_MOMENT2;
    if (!from && !moment)
        return kiln_fail(err, KILN_EINVAL, "the plan has no array %d of layer %zu%s", (int)array, layer,
                         base->spec.training ? "" : ": it is not for training");
    if (from)
        memcpy(values, from, count * sizeof *values);
    else
        memset(values, 0, count * sizeof *values);
    return KILN_OK;
}

static kiln_status set_order(plan *base, plan_order which, const uint32_t *rows, size_t count, kiln_error *err)
{
    ref_plan *p = (ref_plan *)base;
    const size_t samples = p->samples ? p->samples->count : 0;
    for (size_t i = 0; i < count; i++)
        if ((rows ? rows[i] : i) >= samples)
            return kiln_fail(err, KILN_EINVAL, "an order has sample %zu, but there are %zu", rows ? rows[i] : i, samples);
    uint32_t *copy = mem_alloc(count, sizeof *copy);
    double *loss = which == PLAN_TRAIN ? mem_zeroed(count, sizeof *loss) : NULL;
    if (!copy || (which == PLAN_TRAIN && !loss)) {
        free(copy);
        free(loss);
        return kiln_fail_memory(err, count * (sizeof *copy + sizeof *loss), "the order of samples");
    }
    for (size_t i = 0; i < count; i++)
        copy[i] = rows ? rows[i] : (uint32_t)i;
    free(p->order[which].rows);
    p->order[which] = (rows_in_order){ copy, count };
    if (which == PLAN_TRAIN) {
        free(p->loss);
        p->loss = loss;
    }
    return KILN_OK;
}

static kiln_status attach(plan *base, const kiln_samples *samples, kiln_error *err)
{
    ref_plan *p = (ref_plan *)base;
    if (samples->features != base->spec.network->widths[0])
        return kiln_fail(err, KILN_EINVAL, "the samples have %zu features but the network's input has %zu", samples->features,
                         base->spec.network->widths[0]);
    p->samples = samples;
    kiln_status status = set_order(base, PLAN_TRAIN, NULL, 0, err);
    return status == KILN_OK ? set_order(base, PLAN_EVALUATE, NULL, 0, err) : status;
}

static kiln_status check_places(const ref_plan *p, plan_order which, size_t first, size_t count, kiln_error *err)
{
    if (first <= p->order[which].count && count <= p->order[which].count - first)
        return KILN_OK;
    return kiln_fail(err, KILN_EINVAL, "places %zu to %zu of an order of %zu samples", first, first + count, p->order[which].count);
}

/* Runs `rows` samples forward; dropout as of step `number` where training. */
static void forward(ref_plan *p, const uint32_t *order, size_t rows, bool training, uint64_t number)
{
    const plan_spec *spec = &p->base.spec;
    const kiln_network *network = spec->network;
    const double *x = p->input;
    p->rows = rows;
    ref_gather(p->samples, order, rows, network->mean, network->scale, p->input);
    reading_count(p->samples, training ? rows : rows * reading_spacing(p->samples, p->order[PLAN_EVALUATE].count), &p->read);
    for (size_t l = 0; l < network->layers; l++) {
        const size_t in = network->widths[l], out = network->widths[l + 1];
        const double *w = p->parameters + network_layer_offset(network, l);
        double *y = p->layer[l].y;
        ref_forward(rows, in, out, x, w, network->bias ? w + in * out : NULL, y);
        if (l + 1 < network->layers) {
            ref_activate(network->hidden, rows * out, y, y, p->layer[l].fprime);
            if (training && spec->dropout > 0.0)
                ref_dropout(spec->dropout, spec->seed, l, number, rows, out, y, p->layer[l].fprime);
        }
        x = y;
    }
}

/* The target of a sample; NULL where the samples have none. */
static const double *target_of(ref_plan *p, size_t row)
{
    const kiln_samples *samples = p->samples;
    const size_t width = out_width(p->base.spec.network);
    if (samples->labels)
        loss_target(width, samples->labels[row], p->target);
    else if (samples->y)
        for (size_t o = 0; o < width; o++)
            p->target[o] = (double)samples->y[row * width + o];
    else
        return NULL;
    return p->target;
}

/* How much a sample counts in a batch. */
static double weight_of(const ref_plan *p, size_t row)
{
    return p->samples->weight ? (double)p->samples->weight[row] : 1.0;
}

/* The losses of the batch, and the last layer's delta. */
static void output_delta(ref_plan *p, const step *s)
{
    const plan_spec *spec = &p->base.spec;
    const kiln_network *network = spec->network;
    const size_t width = out_width(network);
    const layer_arrays *last = &p->layer[network->layers - 1];
    for (size_t b = 0; b < s->rows; b++) {
        const size_t row = p->order[PLAN_TRAIN].rows[s->first + b];
        const double *z = last->y + b * width, *t = target_of(p, row), weight = weight_of(p, row);
        double *dz = last->delta + b * width;
        p->loss[s->first + b] = weight * loss_sample(spec->loss, network->output, width, z, t, dz);
        for (size_t o = 0; o < width; o++)
            dz[o] = weight * dz[o] / (loss_is_mean(spec->loss) ? (double)s->rows : 1.0);
    }
}

static void train_step(ref_plan *p, const step *s)
{
    const plan_spec *spec = &p->base.spec;
    const kiln_network *network = spec->network;
    forward(p, p->order[PLAN_TRAIN].rows + s->first, s->rows, true, s->number);
    output_delta(p, s);
    for (size_t l = network->layers; l-- > 0;) {
        const size_t in = network->widths[l], out = network->widths[l + 1], offset = network_layer_offset(network, l);
        const double *x = l == 0 ? p->input : p->layer[l - 1].y;
        ref_gradient(s->rows, in, out, network->bias, x, p->layer[l].delta, p->gradient + offset);
        if (l > 0)
            ref_backward(s->rows, in, out, p->layer[l].delta, p->parameters + offset, p->layer[l - 1].fprime,
                         p->layer[l - 1].delta);
    }
    const update how = { .optimizer = spec->optimizer,
                         .learning_rate = s->learning_rate,
                         .momentum = spec->momentum,
                         .beta2 = spec->beta2,
                         .epsilon = spec->epsilon,
                         .weight_decay = spec->weight_decay,
                         .t = s->number + 1 };
    const double factor = ref_clip(network->count, spec->clip_norm, p->gradient);
    ref_update(&how, network->count, factor, p->gradient, p->m, p->v, p->parameters);
}

static kiln_status train(plan *base, const step *steps, size_t count, kiln_error *err)
{
    ref_plan *p = (ref_plan *)base;
    const bool targets = p->samples && (p->samples->labels || p->samples->y);
    if (!base->spec.training || !targets || base->spec.loss == KILN_LOSS_AUTO)
        return kiln_fail(err, KILN_EINVAL, "a plan trains only with samples that have targets, and with a loss");
    for (size_t i = 0; i < count; i++) {
        const kiln_status status = check_places(p, PLAN_TRAIN, steps[i].first, steps[i].rows, err);
        if (status != KILN_OK)
            return status;
        if (steps[i].rows < 1 || steps[i].rows > base->spec.batch)
            return kiln_fail(err, KILN_EINVAL, "a step of %zu samples in a plan for 1 to %zu", steps[i].rows, base->spec.batch);
        train_step(p, &steps[i]);
    }
    return KILN_OK;
}

static kiln_status read_losses(plan *base, size_t first, size_t count, double *loss, kiln_error *err)
{
    ref_plan *p = (ref_plan *)base;
    const kiln_status status = check_places(p, PLAN_TRAIN, first, count, err);
    if (status == KILN_OK)
        memcpy(loss, p->loss + first, count * sizeof *loss);
    return status;
}

/* The results of the batch that forward() has just run, at place `at` of `into`. */
static void collect(ref_plan *p, const uint32_t *order, size_t at, const evaluation *into)
{
    const plan_spec *spec = &p->base.spec;
    const kiln_network *network = spec->network;
    const size_t width = out_width(network);
    for (size_t b = 0; b < p->rows; b++) {
        double *z = p->layer[network->layers - 1].y + b * width;
        const double *t = target_of(p, order[b]);
        if (into->loss && t && spec->loss != KILN_LOSS_AUTO)
            into->loss[at + b] = loss_sample(spec->loss, network->output, width, z, t, NULL);
        output_activate(network->output, width, z, z);
        if (into->outputs)
            memcpy(into->outputs + (at + b) * width, z, width * sizeof *z);
        if (into->predicted)
            into->predicted[at + b] = kiln_predicted_class(width, z);
    }
}

static kiln_status evaluate(plan *base, size_t first, size_t count, const evaluation *into, kiln_error *err)
{
    ref_plan *p = (ref_plan *)base;
    const kiln_status status = check_places(p, PLAN_EVALUATE, first, count, err);
    if (status != KILN_OK)
        return status;
    for (size_t done = 0; done < count; done += p->rows) {
        const uint32_t *order = p->order[PLAN_EVALUATE].rows + first + done;
        const size_t left = count - done;
        forward(p, order, left < base->spec.batch ? left : base->spec.batch, false, 0);
        collect(p, order, done, into);
    }
    return KILN_OK;
}

static void close_device(kiln_device *device)
{
    free(device);
}

static const backend_ops reference_ops = {
    .name = "reference",
    .close = close_device,
    .plan = make_plan,
    .destroy = destroy,
    .write = write_array,
    .read = read_array,
    .attach = attach,
    .order = set_order,
    .train = train,
    .losses = read_losses,
    .evaluate = evaluate,
};

kiln_status reference_open(const kiln_device_options *options, kiln_device **device, kiln_error *err)
{
    (void)options; /* they are about OpenCL */
    kiln_device *made = mem_zeroed(1, sizeof *made);
    if (!made)
        return kiln_fail_memory(err, sizeof *made, "the reference device");
    made->ops = &reference_ops;
    made->precision = KILN_F64;
    snprintf(made->info.name, sizeof made->info.name, "reference (plain C, float64, one thread)");
    snprintf(made->info.platform, sizeof made->info.platform, "kiln");
    snprintf(made->info.version, sizeof made->info.version, "%s", kiln_version());
    made->info.kind = KILN_DEVICE_REFERENCE;
    made->info.allocation = SIZE_MAX;
    made->info.compute_units = 1;
    made->info.work_group = 1;
    made->info.f64 = true;
    *device = made;
    return KILN_OK;
}

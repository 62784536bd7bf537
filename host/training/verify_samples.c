/* Made-up samples for verification, and plans that train on them. */
#include "base/memory.h"
#include "base/random.h"
#include "base/status.h"
#include "network/loss.h"
#include "training/optimizer.h"
#include "training/verify.h"

#include <math.h>
#include <stdlib.h>

/* Streams of random numbers, so that none is used twice. */
enum { STREAM_X, STREAM_TARGET, STREAM_ORDER, STREAM_WEIGHT };

double *pool_take(pool *memory, size_t rows, size_t width)
{
    size_t count;
    double *taken = NULL;
    if (!memory->failed && memory->count < sizeof memory->owned / sizeof *memory->owned && size_product(rows, width, &count))
        taken = mem_zeroed(count, sizeof *taken);
    if (taken)
        memory->owned[memory->count++] = taken;
    memory->failed = memory->failed || !taken;
    return taken;
}

void pool_free(pool *memory)
{
    for (size_t i = 0; i < memory->count; i++)
        free(memory->owned[i]);
    memory->count = 0;
}

/* Uniform with mean 0 and variance 1. */
static double spread(uint64_t seed, uint64_t stream, uint64_t index)
{
    return sqrt(12.0) * (random_uniform(seed, PHILOX_VERIFY, stream, index) - 0.5);
}

/* Values that standardise to mean 0 and variance 1, so that nothing saturates and no sum has a sign of its own. */
static void make_x(const kiln_network *network, size_t count, uint64_t seed, float *x)
{
    const size_t features = network->widths[0];
    for (size_t i = 0; i < count * features; i++) {
        const size_t f = i % features;
        const double value = spread(seed, STREAM_X, i);
        const bool scaled = network->scale && network->scale[f] != 0.0f;
        x[i] = (float)((network->mean ? (double)network->mean[f] : 0.0) + (scaled ? value / (double)network->scale[f] : value));
    }
}

static bool wants_labels(const kiln_network *network, kiln_loss loss)
{
    if (network->schema.task == KILN_MULTILABEL && network->output != KILN_SOFTMAX)
        return false;
    if (network->output == KILN_SIGMOID && loss == KILN_LOSS_AUTO)
        return network->schema.task != KILN_REGRESSION;
    return network->output == KILN_SOFTMAX || loss == KILN_BCE;
}

/* 0 to 4, a few of them none at all. */
static void make_weights(size_t count, uint64_t seed, float *weight)
{
    for (size_t i = 0; i < count; i++) {
        const double value = 4.5 * random_uniform(seed, PHILOX_VERIFY, STREAM_WEIGHT, i) - 0.5;
        weight[i] = value > 0.0 ? (float)value : 0.0f;
    }
}

static void make_targets(const kiln_network *network, size_t targets, uint64_t seed, float *y)
{
    for (size_t i = 0; i < targets; i++) {
        const double value = spread(seed, STREAM_TARGET, i);
        y[i] = (float)(network->output == KILN_LINEAR ? value : 0.5 + value / sqrt(12.0)); /* 0 to 1 for sigmoid */
    }
}

kiln_status verify_samples_make(const kiln_network *network, size_t count, const kiln_verify_options *options, verify_samples *made,
                                kiln_error *err)
{
    const kiln_loss loss = options->training.loss;
    const uint64_t seed = options->seed;
    const size_t features = network->widths[0], width = network->widths[network->layers], classes = width == 1 ? 2 : width;
    const bool labels = wants_labels(network, loss), only_class = width == 1 && network->output == KILN_SOFTMAX;
    size_t values = 0, targets = 0;
    *made = (verify_samples){ .samples = { .count = count, .features = features } };
    if (size_product(count, features, &values) && size_product(count, width, &targets)) {
        made->x = mem_alloc(values, sizeof *made->x);
        made->y = mem_alloc(targets, sizeof *made->y);
        made->labels = mem_alloc(count, sizeof *made->labels);
        made->order = mem_alloc(count, sizeof *made->order);
        made->weight = mem_alloc(count, sizeof *made->weight);
    }
    if (!made->x || !made->y || !made->labels || !made->order || !made->weight)
        return kiln_fail_memory(err, 0, "the samples to verify with");
    make_x(network, count, seed, made->x);
    make_targets(network, targets, seed, made->y);
    for (size_t i = 0; i < count; i++) {
        made->labels[i] = only_class ? 0 : (int32_t)(random_uniform(seed, PHILOX_VERIFY, STREAM_TARGET, i) * (double)classes);
        made->order[i] = (uint32_t)i;
    }
    random_shuffle(seed, PHILOX_VERIFY, STREAM_ORDER, made->order, count);
    made->samples.x = made->x;
    if (options->weights) {
        make_weights(count, seed, made->weight);
        made->samples.weight = made->weight;
    }
    if (labels) {
        made->samples.classes = only_class ? 1 : classes;
        made->samples.labels = made->labels;
    } else {
        made->samples.outputs = width;
        made->samples.y = made->y;
    }
    made->loss = kiln_loss_resolve(loss, network, &made->samples);
    return loss_check(made->loss, network, &made->samples, err);
}

void verify_samples_free(verify_samples *made)
{
    free(made->x);
    free(made->y);
    free(made->labels);
    free(made->order);
    free(made->weight);
    *made = (verify_samples){ .x = NULL };
}

double verify_weight(const verify_samples *made, size_t place)
{
    return made->samples.weight ? (double)made->weight[made->order[place]] : 1.0;
}

void verify_target(const verify_samples *made, const kiln_network *network, size_t place, double *t)
{
    const size_t width = network->widths[network->layers], row = made->order[place];
    if (made->samples.labels)
        loss_target(width, made->labels[row], t);
    for (size_t o = 0; !made->samples.labels && o < width; o++)
        t[o] = (double)made->y[row * width + o];
}

kiln_status verify_plan(kiln_device *device, const kiln_network *network, const kiln_training_options *options, size_t batch,
                        const verify_samples *made, kiln_stop *stop, plan **out, kiln_error *err)
{
    plan_spec spec = options_plan(options, network, batch);
    const backend_ops *ops = device->ops;
    plan *p = NULL;
    spec.loss = made->loss;
    spec.stop = stop;
    kiln_status status = ops->plan(device, &spec, &p, err);
    if (status == KILN_OK)
        status = ops->write(p, PLAN_PARAMETERS, network->parameters, err);
    if (status == KILN_OK)
        status = ops->attach(p, &made->samples, err);
    for (int which = 0; status == KILN_OK && which < PLAN_ORDERS; which++)
        status = ops->order(p, (plan_order)which, made->order, made->samples.count, err);
    if (status == KILN_OK)
        *out = p;
    else if (p)
        ops->destroy(p);
    return status;
}

/* A small training run straight on a backend. */
#include "run.h"

#include "base/random.h"

#include <stdlib.h>

enum { IN = 19, HIDDEN = 23, OUT = 5, BATCH = 7, SAMPLES = 35 };

size_t run_small_parameters(void)
{
    return (IN + 1) * HIDDEN + (HIDDEN + 1) * OUT;
}

static kiln_status run_plan(plan *p, const kiln_network *network, size_t steps, double *parameters, double *losses, kiln_error *err)
{
    float x[SAMPLES * IN];
    int32_t labels[SAMPLES];
    uint32_t rows[SAMPLES];
    for (size_t i = 0; i < SAMPLES * IN; i++)
        x[i] = (float)(random_uniform(5, PHILOX_VERIFY, 0, i) - 0.5);
    for (size_t i = 0; i < SAMPLES; i++) {
        labels[i] = (int32_t)(i * 3 % OUT);
        rows[i] = (uint32_t)(i * 11 % SAMPLES);
    }
    const kiln_samples samples = { .count = SAMPLES, .features = IN, .x = x, .classes = OUT, .labels = labels };
    kiln_status status = p->ops->write(p, PLAN_PARAMETERS, network->parameters, err);
    if (status == KILN_OK)
        status = p->ops->attach(p, &samples, err);
    if (status == KILN_OK)
        status = p->ops->order(p, PLAN_TRAIN, rows, SAMPLES, err);
    if (status == KILN_OK)
        status = p->ops->order(p, PLAN_EVALUATE, NULL, SAMPLES, err);
    for (size_t s = 0; s < steps && status == KILN_OK; s++) {
        const step one = { .number = s, .learning_rate = 0.01, .first = s % (SAMPLES / BATCH) * BATCH, .rows = BATCH };
        status = p->ops->train(p, &one, 1, err);
        if (status == KILN_OK && losses)
            status = p->ops->losses(p, one.first, BATCH, losses + s * BATCH, err);
    }
    double outputs[SAMPLES * OUT], loss[SAMPLES];
    int32_t predicted[SAMPLES];
    const evaluation into = { .loss = loss, .predicted = predicted, .outputs = outputs };
    if (status == KILN_OK)
        status = p->ops->evaluate(p, 0, SAMPLES, &into, err);
    return status == KILN_OK ? p->ops->read(p, PLAN_PARAMETERS, 0, parameters, err) : status;
}

kiln_status run_small(kiln_device *device, size_t steps, double *parameters, double *losses, kiln_error *err)
{
    const size_t widths[] = { IN, HIDDEN, OUT };
    kiln_network *network;
    plan *p = NULL;
    kiln_status status =
        kiln_network_create(&(kiln_network_shape){ .layers = 2, .widths = widths, .output = KILN_SOFTMAX }, &network, err);
    if (status != KILN_OK)
        return status;
    status = kiln_network_initialise(network, KILN_INIT_AUTO, 1, err);
    const plan_spec spec = { .network = network,
                             .batch = BATCH,
                             .training = true,
                             .loss = KILN_CROSS_ENTROPY,
                             .optimizer = KILN_ADAM,
                             .momentum = 0.9,
                             .beta2 = 0.999,
                             .epsilon = 1e-8,
                             .dropout = 0.25,
                             .clip_norm = 1.0,
                             .seed = 42 };
    if (status == KILN_OK)
        status = device->ops->plan(device, &spec, &p, err);
    if (status == KILN_OK)
        status = run_plan(p, network, steps, parameters, losses, err);
    device->ops->destroy(p);
    kiln_network_destroy(network);
    return status;
}

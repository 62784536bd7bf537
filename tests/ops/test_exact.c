/* Whole numbers through a training step: every device must give the reference's very values.
 *
 * Inputs, weights and targets are small whole numbers, activations linear or relu, the loss is sse, the learning rate 1: every
 * product and partial sum is a whole number, exact in float32 below 2^24 in any order. So an index that is off by one, a dropped
 * element or a missed barrier shows, and nothing is forgiven. */
#include "backend/backend.h"
#include "base/random.h"
#include "devices.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WIDTHS = 5 };

typedef struct shape_case {
    size_t layers, widths[MAX_WIDTHS], batch, samples;
    kiln_activation hidden;
    bool no_bias, bytes, labels, weights;
} shape_case;

/* 1, primes, and one above every tile (32 columns, 8 rows, and 4 x 16 for the largest work-groups); the last one is evaluated in
 * three passes. */
static const shape_case shapes[] = {
    { 1, { 1, 1 }, 1, 3, KILN_LINEAR, false, false, false, false },
    { 1, { 7, 13 }, 5, 11, KILN_LINEAR, false, true, true, true },
    { 2, { 2, 4, 1 }, 4, 4, KILN_RELU, true, false, false, true },
    { 2, { 17, 67, 3 }, 71, 97, KILN_RELU, false, true, true, false },
    { 3, { 5, 16, 8, 10 }, 6, 13, KILN_RELU, false, false, true, true },
    { 3, { 65, 31, 19, 2 }, 13, 29, KILN_LINEAR, true, false, false, false },
    { 4, { 3, 1, 129, 1, 5 }, 67, 67, KILN_RELU, false, false, false, true },
    { 2, { 250, 256, 3 }, 9, 19, KILN_RELU, false, true, true, false },
    { 2, { 3, 5, 2 }, 7, 523, KILN_RELU, false, false, true, true },
};

/* A whole number in [-most, most] from a position. */
static double whole(uint64_t stream, uint64_t index, int most)
{
    return floor(random_uniform(7, PHILOX_VERIFY, stream, index) * (2 * most + 1)) - most;
}

typedef struct example {
    kiln_network *network;
    kiln_samples samples;
    float *x, *y, *weight;
    unsigned char *bytes;
    int32_t *labels;
    uint32_t *rows;
    double *parameters;
} example;

static void fill(example *e, const shape_case *shape, uint64_t seed)
{
    const size_t in = shape->widths[0], out = shape->widths[shape->layers];
    kiln_error err = { 0 };
    const kiln_network_shape s = {
        .layers = shape->layers, .widths = shape->widths, .hidden = shape->hidden, .output = KILN_LINEAR, .no_bias = shape->no_bias
    };
    ck_assert_kiln(kiln_network_create(&s, &e->network, &err), err);
    e->parameters = malloc(e->network->count * sizeof *e->parameters);
    e->x = malloc(shape->samples * in * sizeof *e->x);
    e->bytes = malloc(shape->samples * in);
    e->y = malloc(shape->samples * out * sizeof *e->y);
    e->weight = malloc(shape->samples * sizeof *e->weight);
    e->labels = malloc(shape->samples * sizeof *e->labels);
    e->rows = malloc(shape->samples * sizeof *e->rows);
    for (size_t i = 0; i < e->network->count; i++)
        e->parameters[i] = i % 3 ? 0.0 : whole(seed, i, 2); /* mostly 0, so that three layers stay below 2^24 */
    for (size_t i = 0; i < shape->samples * in; i++) {
        e->bytes[i] = (unsigned char)(2 + whole(seed + 1, i, 2));
        e->x[i] = (float)whole(seed + 1, i, 2);
    }
    for (size_t i = 0; i < shape->samples * out; i++)
        e->y[i] = (float)whole(seed + 2, i, 3);
    for (size_t i = 0; i < shape->samples; i++) {
        e->labels[i] = (int32_t)(i * 7 % (out == 1 ? 2 : out));
        e->rows[i] = (uint32_t)(shape->samples - 1 - i);
        e->weight[i] = (float)((i + 1) % 3);
    }
    e->samples = (kiln_samples){ .count = shape->samples,
                                 .features = in,
                                 .element = shape->bytes ? KILN_ELEMENT_U8 : KILN_ELEMENT_F32,
                                 .x = shape->bytes ? (const void *)e->bytes : e->x,
                                 .outputs = shape->labels ? 0 : out,
                                 .y = shape->labels ? NULL : e->y,
                                 .classes = shape->labels ? (out == 1 ? 2 : out) : 0,
                                 .labels = shape->labels ? e->labels : NULL,
                                 .weight = shape->weights ? e->weight : NULL };
}

static void release(example *e)
{
    kiln_network_destroy(e->network);
    free(e->parameters), free(e->x), free(e->bytes), free(e->y), free(e->weight), free(e->labels), free(e->rows);
}

/* What one training step leaves behind, all arrays one after the other. */
static size_t run(kiln_device *device, const example *e, const shape_case *shape, double *results, size_t room)
{
    const plan_spec spec = { .network = e->network,
                             .batch = shape->batch,
                             .training = true,
                             .loss = KILN_SSE,
                             .optimizer = KILN_MOMENTUM,
                             .momentum = 1.0,
                             .beta2 = 0.5,
                             .epsilon = 1.0 };
    kiln_error err = { 0 };
    plan *p;
    size_t at = 0;
    ck_assert_kiln(device->ops->plan(device, &spec, &p, &err), err);
    ck_assert_kiln(p->ops->write(p, PLAN_PARAMETERS, e->parameters, &err), err);
    ck_assert_kiln(p->ops->attach(p, &e->samples, &err), err);
    ck_assert_kiln(p->ops->order(p, PLAN_TRAIN, e->rows, shape->samples, &err), err);
    ck_assert_kiln(p->ops->order(p, PLAN_EVALUATE, e->rows, shape->samples, &err), err);
    /* the last batch is the ragged one */
    const size_t rows = shape->samples % shape->batch ? shape->samples % shape->batch : shape->batch;
    const step s = { .number = 0, .learning_rate = 1.0, .first = shape->samples - rows, .rows = rows };
    ck_assert_kiln(p->ops->train(p, &s, 1, &err), err);
    for (int array = PLAN_PARAMETERS; array <= PLAN_MOMENT2; array++, at += e->network->count) {
        ck_assert_uint_le(at + e->network->count, room);
        ck_assert_kiln(p->ops->read(p, (plan_array)array, 0, results + at, &err), err);
    }
    ck_assert_kiln(p->ops->read(p, PLAN_INPUT, 0, results + at, &err), err);
    at += rows * shape->widths[0];
    for (size_t l = 0; l < shape->layers; l++) {
        const size_t size = rows * shape->widths[l + 1];
        ck_assert_uint_le(at + 2 * size, room);
        ck_assert_kiln(p->ops->read(p, PLAN_ACTIVATION, l, results + at, &err), err);
        ck_assert_kiln(p->ops->read(p, PLAN_DELTA, l, results + at + size, &err), err);
        at += 2 * size;
    }
    ck_assert_kiln(p->ops->losses(p, s.first, rows, results + at, &err), err);
    at += rows;
    /* the parameters of before: after the step they may be too large to stay exact */
    ck_assert_kiln(p->ops->write(p, PLAN_PARAMETERS, e->parameters, &err), err);
    int32_t *predicted = malloc(shape->samples * sizeof *predicted);
    double *outputs = results + at + shape->samples;
    const evaluation into = { .loss = results + at, .predicted = predicted, .outputs = outputs };
    ck_assert_kiln(p->ops->evaluate(p, 0, shape->samples, &into, &err), err);
    at += shape->samples * (1 + shape->widths[shape->layers]);
    for (size_t i = 0; i < shape->samples; i++)
        results[at + i] = predicted[i];
    free(predicted);
    p->ops->destroy(p);
    return at + shape->samples;
}

enum { ROOM = 1 << 18, SHAPES = sizeof shapes / sizeof *shapes };

/* What the reference makes of a shape: values that float32 holds exactly, and not all 0. */
static size_t run_reference(const example *e, const shape_case *shape, double *exact)
{
    kiln_error err = { 0 };
    kiln_device *device;
    size_t not_zero = 0;
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    const size_t count = run(device, e, shape, exact, ROOM);
    kiln_device_close(device);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(fabs(exact[i]) < 0x1p24, "value %zu of the reference, %g, is not exact in float32: mend this test", i,
                      exact[i]);
        not_zero += exact[i] != 0.0;
    }
    ck_assert_msg(not_zero > count / 20, "only %zu of %zu values are not 0: mend this test", not_zero, count);
    return count;
}

START_TEST(device_gives_the_references_values)
{
    const size_t tried = test_small() ? 4 : SHAPES;
    double *exact[SHAPES], *found = malloc(ROOM * sizeof *found);
    example e[SHAPES];
    size_t count[SHAPES], cases;
    kiln_error err = { 0 };
    for (size_t s = 0; s < tried; s++) {
        exact[s] = malloc(ROOM * sizeof *exact[s]);
        fill(&e[s], &shapes[s], s);
        count[s] = run_reference(&e[s], &shapes[s], exact[s]);
    }
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device;
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        for (size_t s = 0; s < tried; s++) {
            for (size_t i = 0; i < ROOM; i++)
                found[i] = NAN;
            ck_assert_uint_eq(run(device, &e[s], &shapes[s], found, ROOM), count[s]);
            for (size_t i = 0; i < count[s]; i++)
                ck_assert_msg(found[i] == exact[s][i], "%s, shape %zu: value %zu of %zu is %g, exact %g", c[d].label, s, i,
                              count[s], found[i], exact[s][i]);
        }
        kiln_device_close(device);
    }
    for (size_t s = 0; s < tried; s++) {
        release(&e[s]);
        free(exact[s]);
    }
    free(found);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact");
    TCase *tc = tcase_create("whole numbers");
    tcase_set_timeout(tc, 280);
    tcase_add_test(tc, device_gives_the_references_values);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

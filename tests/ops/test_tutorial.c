/* The tutorial on every device: a neuron, a 2-2-1 network, and an inputs-4-1 network that learns by backpropagation.
 *
 * In f64 the first two are met to the last printed digit and 1,000 steps of training follow an independent computation to
 * 1e-12. In f32 each of the 1,000 steps, recomputed here in double from the device's own weights before it, is within the bound
 * that rounding theory gives: errors would otherwise grow with the steps, and no bound could tell growth from mistakes. */
#include "backend/backend.h"
#include "devices.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 4, IN = 3, HIDDEN = 4, STEPS = 1000, MOST = (IN + 1) * HIDDEN + HIDDEN + 1 };

static const float inputs[ROWS][IN] = { { 0, 0, 1 }, { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 1 } };
static const float targets[ROWS] = { 0, 1, 1, 0 };

static double sigmoid(double z)
{
    return 1.0 / (1.0 + exp(-z));
}

/* Weights as kiln_network.parameters has them; where there are no biases these are 0 and stay so. */
typedef struct weights {
    double w1[IN][HIDDEN], b1[HIDDEN], w2[HIDDEN], b2;
} weights;

/* One step, W += X^T . (2 (y - o) o (1 - o)) and so on down, and how far a float32 device may be from it.
 * Products of k terms are off by gamma(k + 8) of their magnitude, a sigmoid by 16 u and a quarter of its argument's error; the
 * errors are carried to first order, and a thousandth more for the rest. */
static void tutorial_step(weights *w, bool bias, weights *bound)
{
    const weights before = *w;
    const double u = 0x1p-24;
    memset(bound, 0, sizeof *bound);
    weights change = { 0 }, magnitude = { 0 };
    for (int r = 0; r < ROWS; r++) {
        double h[HIDDEN], h_error[HIDDEN], z2 = before.b2, z2_magnitude = fabs(before.b2), z2_error = 0.0;
        for (int j = 0; j < HIDDEN; j++) {
            double z = before.b1[j], z_magnitude = fabs(before.b1[j]);
            for (int i = 0; i < IN; i++) {
                z += (double)inputs[r][i] * before.w1[i][j];
                z_magnitude += (double)inputs[r][i] * fabs(before.w1[i][j]);
            }
            h[j] = sigmoid(z);
            h_error[j] = 0.25 * gamma_f32(IN + 8) * z_magnitude + 16.0 * u * h[j];
            z2 += h[j] * before.w2[j];
            z2_magnitude += h[j] * fabs(before.w2[j]);
            z2_error += h_error[j] * fabs(before.w2[j]);
        }
        const double o = sigmoid(z2), y = (double)targets[r];
        const double o_error = 0.25 * (z2_error + gamma_f32(HIDDEN + 8) * z2_magnitude) + 16.0 * u * o;
        const double d2 = 2.0 * (o - y) * o * (1.0 - o);
        const double d2_error = 2.5 * o_error + 8.0 * u; /* |d/do 2 (o - y) o (1 - o)| <= 2.5; each factor is at most 1 */
        change.b2 += d2;
        magnitude.b2 += fabs(d2);
        bound->b2 += d2_error;
        for (int j = 0; j < HIDDEN; j++) {
            const double slope = h[j] * (1.0 - h[j]), d1 = d2 * before.w2[j] * slope;
            const double d1_error =
                fabs(before.w2[j]) * (d2_error * slope + fabs(d2) * (h_error[j] + 4.0 * u)) + 8.0 * u * fabs(d1);
            change.w2[j] += h[j] * d2;
            magnitude.w2[j] += fabs(h[j] * d2);
            bound->w2[j] += h[j] * d2_error + h_error[j] * fabs(d2);
            change.b1[j] += d1;
            magnitude.b1[j] += fabs(d1);
            bound->b1[j] += d1_error;
            for (int i = 0; i < IN; i++) {
                change.w1[i][j] += (double)inputs[r][i] * d1;
                magnitude.w1[i][j] += (double)inputs[r][i] * fabs(d1);
                bound->w1[i][j] += (double)inputs[r][i] * d1_error;
            }
        }
    }
    if (!bias) {
        change.b2 = 0.0;
        memset(change.b1, 0, sizeof change.b1);
    }
    double *to = (double *)w, *limit = (double *)bound;
    const double *by = (const double *)&change, *size = (const double *)&magnitude;
    for (size_t i = 0; i < sizeof *w / sizeof(double); i++) {
        to[i] -= by[i];
        limit[i] = 1.001 * (limit[i] + gamma_f32(ROWS + 8) * size[i] + 2.0 * u * (fabs(to[i]) + fabs(by[i])));
    }
}

/* Between the struct above and the order of kiln_network.parameters. */
static void to_flat(const weights *w, bool bias, double *flat)
{
    size_t at = 0;
    for (int i = 0; i < IN; i++)
        for (int j = 0; j < HIDDEN; j++)
            flat[at++] = w->w1[i][j];
    for (int j = 0; bias && j < HIDDEN; j++)
        flat[at++] = w->b1[j];
    for (int j = 0; j < HIDDEN; j++)
        flat[at++] = w->w2[j];
    if (bias)
        flat[at] = w->b2;
}

static void from_flat(const double *flat, bool bias, weights *w)
{
    size_t at = 0;
    memset(w, 0, sizeof *w);
    for (int i = 0; i < IN; i++)
        for (int j = 0; j < HIDDEN; j++)
            w->w1[i][j] = flat[at++];
    for (int j = 0; bias && j < HIDDEN; j++)
        w->b1[j] = flat[at++];
    for (int j = 0; j < HIDDEN; j++)
        w->w2[j] = flat[at++];
    w->b2 = bias ? flat[at] : 0.0;
}

static kiln_network *make_network(size_t layers, const size_t *widths, bool bias)
{
    kiln_network *network;
    kiln_error err = { 0 };
    const kiln_network_shape shape = { .layers = layers, .widths = widths, .no_bias = !bias };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    return network;
}

static void follow(kiln_device *device, const char *label, bool bias)
{
    const bool wide = kiln_device_get_precision(device) == KILN_F64;
    const kiln_samples samples = { .count = ROWS, .features = IN, .x = inputs, .outputs = 1, .y = targets };
    kiln_network *network = make_network(2, (size_t[]){ IN, HIDDEN, 1 }, bias);
    kiln_error err = { 0 };
    plan *p;
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 1, &err), err);
    const plan_spec spec = { .network = network, .batch = ROWS, .training = true, .loss = KILN_SSE, .optimizer = KILN_SGD };
    double found[MOST], expected[MOST], limit[MOST];
    weights w, bound;
    ck_assert_kiln(device->ops->plan(device, &spec, &p, &err), err);
    ck_assert_kiln(p->ops->write(p, PLAN_PARAMETERS, network->parameters, &err), err);
    ck_assert_kiln(p->ops->attach(p, &samples, &err), err);
    ck_assert_kiln(p->ops->order(p, PLAN_TRAIN, NULL, ROWS, &err), err);
    from_flat(network->parameters, bias, &w);
    for (size_t s = 0; s < STEPS; s++) {
        const step one = { .number = s, .learning_rate = 1.0, .first = 0, .rows = ROWS };
        if (!wide) {
            ck_assert_kiln(p->ops->read(p, PLAN_PARAMETERS, 0, found, &err), err);
            from_flat(found, bias, &w);
        }
        tutorial_step(&w, bias, &bound);
        ck_assert_kiln(p->ops->train(p, &one, 1, &err), err);
        ck_assert_kiln(p->ops->read(p, PLAN_PARAMETERS, 0, found, &err), err);
        to_flat(&w, bias, expected);
        to_flat(&bound, bias, limit);
        for (size_t i = 0; i < network->count; i++)
            ck_assert_msg(fabs(found[i] - expected[i]) <= (wide ? 1e-12 : limit[i]),
                          "%s, step %zu: parameter %zu is %.17g, expected %.17g within %.2g", label, s, i, found[i], expected[i],
                          wide ? 1e-12 : limit[i]);
    }
    p->ops->destroy(p);
    kiln_network_destroy(network);
}

START_TEST(training_follows_the_tutorial)
{
    kiln_error err = { 0 };
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device;
        if (strstr(c[d].label, "CLBlast") || strstr(c[d].label, "streamed"))
            continue; /* the same numbers, many launches more */
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        follow(device, c[d].label, false);
        follow(device, c[d].label, true);
        kiln_device_close(device);
    }
}
END_TEST

/* The output for input (2, 3): in f64 to the last printed digit; in f32 a sigmoid is off by 16 u and a quarter of its argument's
 * error, gamma(10) of at most 7, layer after layer. */
static void predict(kiln_device *device, const kiln_network *network, const char *label, const char *expected)
{
    const float x[] = { 2, 3 };
    const kiln_samples samples = { .count = 1, .features = 2, .x = x };
    const bool wide = kiln_device_get_precision(device) == KILN_F64;
    kiln_error err = { 0 };
    char text[32];
    double y;
    ck_assert_kiln(kiln_predict(device, network, &samples, (kiln_subset){ .count = 1 }, NULL, &y, &err), err);
    snprintf(text, sizeof text, "%.16g", y);
    const bool right =
        wide ? strcmp(text, expected) == 0 : fabs(y - strtod(expected, NULL)) <= 2.0 * (16.0 * 0x1p-24 + 7.0 / 4.0 * gamma_f32(10));
    ck_assert_msg(right, "%s: %s, expected %s", label, text, expected);
}

START_TEST(neuron_and_network_give_the_tutorials_digits)
{
    const double neuron_weights[] = { 0, 1 }, four = 4, pair[] = { 0, 0, 1, 1 };
    kiln_network *neuron = make_network(1, (size_t[]){ 2, 1 }, true), *network = make_network(2, (size_t[]){ 2, 2, 1 }, true);
    kiln_error err = { 0 };
    size_t cases;
    ck_assert_kiln(kiln_network_set_layer(neuron, 0, neuron_weights, &four, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, pair, NULL, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 1, neuron_weights, NULL, &err), err);
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device;
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        predict(device, neuron, c[d].label, "0.9990889488055994");
        predict(device, network, c[d].label, "0.7216325609518421");
        kiln_device_close(device);
    }
    kiln_network_destroy(neuron);
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tutorial");
    TCase *tc = tcase_create("tutorial");
    tcase_set_timeout(tc, 280);
    tcase_add_test(tc, neuron_and_network_give_the_tutorials_digits);
    if (!test_small())
        tcase_add_test(tc, training_follows_the_tutorial);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

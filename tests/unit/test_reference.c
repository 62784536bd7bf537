/* The reference backend: the tutorial's numbers, its training computed a second time beside, and each rule of a plan. */
#include "support.h"

#include "backend/reference/reference.h"
#include "base/fault.h"
#include "base/random.h"
#include "network/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static kiln_error err;

static kiln_network *network_of(size_t layers, const size_t *widths, kiln_activation hidden, kiln_activation output, bool bias)
{
    kiln_network *network = NULL;
    const kiln_network_shape shape = { layers, widths, hidden, output, !bias };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    return network;
}

static kiln_device *reference(void)
{
    kiln_device *device = NULL;
    ck_assert_kiln(reference_open(&(kiln_device_options){ 0 }, &device, &err), err);
    return device;
}

static plan *plan_of(kiln_device *device, plan_spec spec, const kiln_samples *samples)
{
    plan *p = NULL;
    ck_assert_kiln(device->ops->plan(device, &spec, &p, &err), err);
    ck_assert_kiln(device->ops->write(p, PLAN_PARAMETERS, spec.network->parameters, &err), err);
    ck_assert_kiln(device->ops->attach(p, samples, &err), err);
    ck_assert_kiln(device->ops->order(p, PLAN_TRAIN, NULL, samples->count, &err), err);
    ck_assert_kiln(device->ops->order(p, PLAN_EVALUATE, NULL, samples->count, &err), err);
    return p;
}

/* Through the public interface alone, as a program would. */
static double only_output(const kiln_network *network, const float *x)
{
    double y = 0.0;
    const kiln_samples samples = { .count = 1, .features = 2, .x = x };
    kiln_device *device = NULL;
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    ck_assert_int_eq(kiln_device_get_precision(device), KILN_F64);
    ck_assert_int_eq(kiln_device_get_info(device)->kind, KILN_DEVICE_REFERENCE);
    ck_assert_kiln(kiln_predict(device, network, &samples, (kiln_subset){ NULL, 1 }, NULL, &y, &err), err);
    kiln_device_close(device);
    return y;
}

START_TEST(the_tutorials_neuron)
{
    kiln_network *network = network_of(1, (size_t[]){ 2, 1 }, KILN_SIGMOID, KILN_SIGMOID, true);
    ck_assert_kiln(kiln_network_set_layer(network, 0, (double[]){ 0.0, 1.0 }, &(double){ 4.0 }, &err), err);
    ck_assert_double_eq(only_output(network, (float[]){ 2.0f, 3.0f }), 0.9990889488055994);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(the_tutorials_network)
{
    kiln_network *network = network_of(2, (size_t[]){ 2, 2, 1 }, KILN_SIGMOID, KILN_SIGMOID, true);
    ck_assert_kiln(kiln_network_set_layer(network, 0, (double[]){ 0.0, 0.0, 1.0, 1.0 }, (double[]){ 0.0, 0.0 }, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 1, (double[]){ 0.0, 1.0 }, &(double){ 0.0 }, &err), err);
    ck_assert_double_eq(only_output(network, (float[]){ 2.0f, 3.0f }), 0.7216325609518421);
    kiln_network_destroy(network);
}
END_TEST

static const float xor_x[4][3] = { { 0, 0, 1 }, { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 1 } };
static const float xor_t[4] = { 0, 1, 1, 0 };

/* The tutorial's own way, W += X^T . (2 (t - o) o (1 - o)), with nothing of the library: W1 (3, 4), b1, W2 (4, 1), b2. */
static void train_by_hand(size_t steps, bool bias, double *w1, double *b1, double *w2, double *b2)
{
    for (size_t done = 0; done < steps; done++) {
        double hidden[4][4], out[4], d2[4], d1[4][4];
        for (int s = 0; s < 4; s++) {
            double z2 = bias ? *b2 : 0.0;
            for (int j = 0; j < 4; j++) {
                double z1 = bias ? b1[j] : 0.0;
                for (int i = 0; i < 3; i++)
                    z1 += (double)xor_x[s][i] * w1[i * 4 + j];
                hidden[s][j] = 1.0 / (1.0 + exp(-z1));
                z2 += hidden[s][j] * w2[j];
            }
            out[s] = 1.0 / (1.0 + exp(-z2));
            d2[s] = 2.0 * ((double)xor_t[s] - out[s]) * out[s] * (1.0 - out[s]);
            for (int j = 0; j < 4; j++)
                d1[s][j] = d2[s] * w2[j] * hidden[s][j] * (1.0 - hidden[s][j]);
        }
        for (int s = 0; s < 4; s++)
            for (int j = 0; j < 4; j++) {
                for (int i = 0; i < 3; i++)
                    w1[i * 4 + j] += (double)xor_x[s][i] * d1[s][j];
                w2[j] += hidden[s][j] * d2[s];
                b1[j] += bias ? d1[s][j] : 0.0;
            }
        for (int s = 0; s < 4; s++)
            *b2 += bias ? d2[s] : 0.0;
    }
}

START_TEST(the_tutorials_training)
{
    enum { STEPS = 1000 };
    const bool bias = _i == 1;
    double w1[12], b1[4] = { 0 }, w2[4], b2 = 0.0, after[21];
    kiln_network *network = network_of(2, (size_t[]){ 3, 4, 1 }, KILN_SIGMOID, KILN_SIGMOID, bias);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 1, &err), err);
    ck_assert_kiln(kiln_network_get_layer(network, 0, w1, bias ? b1 : NULL, &err), err);
    ck_assert_kiln(kiln_network_get_layer(network, 1, w2, bias ? &b2 : NULL, &err), err);
    const kiln_samples samples = { .count = 4, .features = 3, .x = xor_x, .outputs = 1, .y = xor_t };
    kiln_device *device = reference();
    plan *p = plan_of(
        device, (plan_spec){ .network = network, .batch = 4, .training = true, .loss = KILN_SSE, .optimizer = KILN_SGD }, &samples);
    static step steps[STEPS];
    for (size_t i = 0; i < STEPS; i++)
        steps[i] = (step){ .number = i, .learning_rate = 1.0, .first = 0, .rows = 4 };
    ck_assert_kiln(device->ops->train(p, steps, STEPS, &err), err);
    ck_assert_kiln(device->ops->read(p, PLAN_PARAMETERS, 0, after, &err), err);
    train_by_hand(STEPS, bias, w1, b1, w2, &b2);
    const size_t second = bias ? 16 : 12;
    double moved = 0.0;
    for (size_t i = 0; i < 12; i++) {
        ck_assert_double_eq_tol(after[i], w1[i], 1e-12);
        moved += fabs(after[i] - network->parameters[i]);
    }
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(after[second + i], w2[i], 1e-12);
    for (size_t i = 0; bias && i < 4; i++)
        ck_assert_double_eq_tol(after[12 + i], b1[i], 1e-12);
    if (bias)
        ck_assert_double_eq_tol(after[20], b2, 1e-12);
    ck_assert_double_gt(moved, 1.0);
    device->ops->destroy(p);
    kiln_device_close(device);
    kiln_network_destroy(network);
}
END_TEST

/* A plan on made-up samples: 11 of them, 6 features, 3 classes, standardised. */
typedef struct bench {
    kiln_network *network;
    kiln_device *device;
    plan *p;
    float x[66];
    int32_t labels[11];
    kiln_samples samples;
} bench;

static bench *bench_open(plan_spec spec, kiln_activation hidden)
{
    bench *b = calloc(1, sizeof *b);
    b->network = network_of(3, (size_t[]){ 6, 7, 5, 3 }, hidden, KILN_SOFTMAX, true);
    ck_assert_kiln(kiln_network_initialise(b->network, KILN_INIT_UNIFORM, 9, &err), err);
    for (size_t i = 0; i < 66; i++)
        b->x[i] = (float)(10.0 * random_uniform(1, PHILOX_VERIFY, 0, i));
    for (int32_t i = 0; i < 11; i++)
        b->labels[i] = i % 3;
    b->samples = (kiln_samples){ .count = 11, .features = 6, .x = b->x, .classes = 3, .labels = b->labels };
    ck_assert_kiln(kiln_network_standardise(b->network, &b->samples, (kiln_subset){ NULL, 11 }, &err), err);
    b->device = reference();
    spec.network = b->network;
    spec.training = true;
    b->p = plan_of(b->device, spec, &b->samples);
    return b;
}

static void bench_close(bench *b)
{
    b->device->ops->destroy(b->p);
    kiln_device_close(b->device);
    kiln_network_destroy(b->network);
    free(b);
}

static void read_array(bench *b, plan_array array, size_t layer, double *values)
{
    ck_assert_kiln(b->device->ops->read(b->p, array, layer, values, &err), err);
}

START_TEST(inputs_are_standardised)
{
    bench *b = bench_open((plan_spec){ .batch = 4, .loss = KILN_CROSS_ENTROPY, .optimizer = KILN_SGD }, KILN_TANH);
    const uint32_t rows[4] = { 10, 3, 3, 0 };
    double input[24];
    ck_assert_kiln(b->device->ops->order(b->p, PLAN_TRAIN, rows, 4, &err), err);
    ck_assert_kiln(b->device->ops->train(b->p, &(step){ .learning_rate = 0.1, .rows = 4 }, 1, &err), err);
    read_array(b, PLAN_INPUT, 0, input);
    for (size_t r = 0; r < 4; r++)
        for (size_t f = 0; f < 6; f++) {
            const double x = (double)b->x[rows[r] * 6 + f];
            ck_assert_double_eq(input[r * 6 + f], (x - (double)b->network->mean[f]) * (double)b->network->scale[f]);
        }
    bench_close(b);
}
END_TEST

/* Two hidden layers with dropout: zeros are where the mask says, what is kept is scaled, and the gradient knows of it. */
START_TEST(dropout_follows_its_mask)
{
    const double dropout = 0.375;
    const uint64_t seed = 0x123456789abcdefu, number = 41;
    double y[77], delta[77], z[33], w0[49];
    size_t dropped = 0;
    bench *b =
        bench_open((plan_spec){ .batch = 11, .loss = KILN_CROSS_ENTROPY, .optimizer = KILN_SGD, .dropout = dropout, .seed = seed },
                   KILN_SIGMOID);
    ck_assert_kiln(b->device->ops->train(b->p, &(step){ .number = number, .rows = 11 }, 1, &err), err);
    for (uint32_t l = 0; l < 2; l++) {
        const size_t out = b->network->widths[l + 1];
        read_array(b, PLAN_ACTIVATION, l, y);
        read_array(b, PLAN_DELTA, l, delta);
        for (uint32_t r = 0; r < 11; r++)
            for (uint32_t o = 0; o < out; o++) {
                const philox_words words = random_words(seed, PHILOX_DROPOUT, o / 4, r, l, (uint32_t)number);
                const bool kept = words.w[o % 4] >= 1610612736u; /* 0.375 * 2^32 */
                ck_assert_msg(kept == (y[r * out + o] != 0.0), "layer %u, row %u, unit %u", l, r, o);
                ck_assert(kept || delta[r * out + o] == 0.0);
                dropped += !kept;
            }
    }
    ck_assert(dropped > 20 && dropped < 80);
    /* the first layer once more: f(z) / (1 - dropout) where it is kept */
    double input[66];
    read_array(b, PLAN_INPUT, 0, input);
    read_array(b, PLAN_ACTIVATION, 0, y);
    memcpy(w0, b->network->parameters, sizeof w0);
    for (size_t r = 0; r < 11; r++)
        for (size_t o = 0; o < 7; o++) {
            double sum = w0[42 + o];
            for (size_t i = 0; i < 6; i++)
                sum += input[r * 6 + i] * w0[i * 7 + o];
            if (y[r * 7 + o] != 0.0)
                ck_assert_double_eq_tol(y[r * 7 + o], 1.0 / (1.0 + exp(-sum)) / 0.625, 16.0 * 0x1p-53);
        }
    /* never in the last layer, and never when evaluating */
    read_array(b, PLAN_ACTIVATION, 2, z);
    for (size_t i = 0; i < 33; i++)
        ck_assert(z[i] != 0.0);
    double twice[2][33];
    for (int i = 0; i < 2; i++)
        ck_assert_kiln(b->device->ops->evaluate(b->p, 0, 11, &(evaluation){ .outputs = twice[i] }, &err), err);
    ck_assert_mem_eq(twice[0], twice[1], sizeof twice[0]);
    bench_close(b);
}
END_TEST

/* One loss of the whole batch, by evaluate(): the sum for sse, the mean else. */
static double batch_loss(bench *b, const double *parameters, bool mean)
{
    double loss[11], sum = 0.0;
    ck_assert_kiln(b->device->ops->write(b->p, PLAN_PARAMETERS, parameters, &err), err);
    ck_assert_kiln(b->device->ops->evaluate(b->p, 0, 11, &(evaluation){ .loss = loss }, &err), err);
    for (size_t i = 0; i < 11; i++)
        sum += loss[i];
    return mean ? sum / 11.0 : sum;
}

static const kiln_loss smooth_losses[] = { KILN_SSE, KILN_MSE, KILN_CROSS_ENTROPY, KILN_HUBER };

/* Every parameter's gradient against a central difference: truncation h^2/6 |L'''|, L''' at most some 100 here, and rounding. */
START_TEST(gradients_are_slopes_of_the_loss)
{
    const kiln_loss loss = smooth_losses[_i];
    const bool mean = loss != KILN_SSE;
    bench *b = bench_open((plan_spec){ .batch = 11, .loss = loss, .optimizer = KILN_SGD }, KILN_TANH);
    double gradient[107], parameters[107], sum = 0.0;
    const double h = 6e-6;
    ck_assert_uint_eq(b->network->count, 107);
    ck_assert_kiln(b->device->ops->train(b->p, &(step){ .learning_rate = 0.0, .rows = 11 }, 1, &err), err);
    read_array(b, PLAN_GRADIENT, 0, gradient);
    memcpy(parameters, b->network->parameters, sizeof parameters);
    for (size_t i = 0; i < 107; i++) {
        const double w = parameters[i];
        parameters[i] = w + h;
        const double above = batch_loss(b, parameters, mean);
        parameters[i] = w - h;
        const double below = batch_loss(b, parameters, mean);
        parameters[i] = w;
        ck_assert_double_eq_tol(gradient[i], (above - below) / (2.0 * h), 1e-9);
        sum += fabs(gradient[i]);
    }
    ck_assert_double_gt(sum, 0.1);
    bench_close(b);
}
END_TEST

START_TEST(losses_are_kept_by_place)
{
    bench *b = bench_open((plan_spec){ .batch = 4, .loss = KILN_CROSS_ENTROPY, .optimizer = KILN_SGD }, KILN_TANH);
    const uint32_t rows[11] = { 4, 8, 1, 0, 2, 10, 9, 3, 7, 6, 5 };
    double trained[11], evaluated[11];
    const step steps[3] = { { 0, 0.0, 0, 4 }, { 1, 0.0, 4, 4 }, { 2, 0.0, 8, 3 } };
    for (int which = 0; which < PLAN_ORDERS; which++)
        ck_assert_kiln(b->device->ops->order(b->p, (plan_order)which, rows, 11, &err), err);
    ck_assert_kiln(b->device->ops->train(b->p, steps, 3, &err), err);
    ck_assert_kiln(b->device->ops->losses(b->p, 0, 11, trained, &err), err);
    ck_assert_kiln(b->device->ops->evaluate(b->p, 0, 11, &(evaluation){ .loss = evaluated }, &err), err);
    ck_assert_mem_eq(trained, evaluated, sizeof trained);
    ck_assert_kiln(b->device->ops->losses(b->p, 5, 2, trained, &err), err);
    ck_assert(trained[0] == evaluated[5] && trained[1] == evaluated[6]);
    bench_close(b);
}
END_TEST

/* Clipping scales what the optimizer sees, not the gradient that is read. */
START_TEST(clipping_shortens_the_step)
{
    double gradient[107], after[107], norm = 0.0, step_norm = 0.0;
    bench *b =
        bench_open((plan_spec){ .batch = 11, .loss = KILN_CROSS_ENTROPY, .optimizer = KILN_SGD, .clip_norm = 0.01 }, KILN_TANH);
    ck_assert_kiln(b->device->ops->train(b->p, &(step){ .learning_rate = 1.0, .rows = 11 }, 1, &err), err);
    read_array(b, PLAN_GRADIENT, 0, gradient);
    read_array(b, PLAN_PARAMETERS, 0, after);
    for (size_t i = 0; i < 107; i++) {
        norm += gradient[i] * gradient[i];
        step_norm += pow(b->network->parameters[i] - after[i], 2.0);
    }
    ck_assert_double_gt(sqrt(norm), 0.1);
    ck_assert_double_eq_tol(sqrt(step_norm), 0.01, 1e-14);
    bench_close(b);
}
END_TEST

START_TEST(predictions_are_the_largest_output)
{
    double outputs[33];
    int32_t predicted[11];
    bench *b = bench_open((plan_spec){ .batch = 4, .loss = KILN_CROSS_ENTROPY, .optimizer = KILN_SGD }, KILN_TANH);
    ck_assert_kiln(b->device->ops->evaluate(b->p, 0, 11, &(evaluation){ .predicted = predicted, .outputs = outputs }, &err), err);
    for (size_t r = 0; r < 11; r++) {
        double sum = 0.0;
        for (size_t o = 0; o < 3; o++) {
            sum += outputs[r * 3 + o];
            ck_assert_double_le(outputs[r * 3 + o], outputs[r * 3 + (size_t)predicted[r]]);
        }
        ck_assert_double_eq_tol(sum, 1.0, 8.0 * 0x1p-53);
    }
    bench_close(b);
}
END_TEST

START_TEST(u8_samples_are_numbers)
{
    const uint8_t bytes[2] = { 200, 3 };
    double input[2];
    kiln_network *network = network_of(1, (size_t[]){ 2, 1 }, KILN_SIGMOID, KILN_LINEAR, false);
    const kiln_samples samples = { .count = 1, .features = 2, .element = KILN_ELEMENT_U8, .x = bytes, .outputs = 1, .y = xor_t };
    kiln_device *device = reference();
    plan *p = plan_of(device, (plan_spec){ .network = network, .batch = 1, .training = true, .loss = KILN_MSE }, &samples);
    ck_assert_kiln(device->ops->train(p, &(step){ .rows = 1 }, 1, &err), err);
    ck_assert_kiln(device->ops->read(p, PLAN_INPUT, 0, input, &err), err);
    ck_assert(input[0] == 200.0 && input[1] == 3.0);
    device->ops->destroy(p);
    kiln_device_close(device);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    bench *b = bench_open((plan_spec){ .batch = 4, .loss = KILN_CROSS_ENTROPY, .optimizer = KILN_SGD }, KILN_TANH);
    const backend_ops *ops = b->device->ops;
    double values[107] = { 0 };
    ck_assert_int_eq(ops->train(b->p, &(step){ .rows = 5 }, 1, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->train(b->p, &(step){ .rows = 0 }, 1, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->train(b->p, &(step){ .first = 9, .rows = 4 }, 1, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->losses(b->p, 12, 0, values, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->evaluate(b->p, 0, 12, &(evaluation){ 0 }, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->order(b->p, PLAN_TRAIN, (uint32_t[]){ 11 }, 1, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->write(b->p, PLAN_GRADIENT, values, &err), KILN_EINVAL);
    ck_assert_int_eq(ops->read(b->p, PLAN_ACTIVATION, 3, values, &err), KILN_EINVAL);
    values[50] = 7.0;
    ck_assert_kiln(ops->write(b->p, PLAN_MOMENT1, values, &err), err);
    ck_assert_kiln(ops->read(b->p, PLAN_MOMENT1, 0, values, &err), err); /* sgd has none: zeros */
    ck_assert_double_eq(values[50], 0.0);
    bench_close(b);
}
END_TEST

/* Every allocation of a plan failing in turn: an error each time, nothing lost. */
START_TEST(memory_that_runs_out_is_said)
{
    kiln_device *device = reference();
    kiln_network *network = network_of(3, (size_t[]){ 4, 5, 6, 2 }, KILN_TANH, KILN_SOFTMAX, true);
    const plan_spec spec = { .network = network, .batch = 3, .training = true, .loss = KILN_MSE, .optimizer = KILN_ADAM };
    unsigned long n = 0;
    for (bool done = false; !done;) {
        plan *p = NULL;
        fault_set(FAULT_MEMORY, ++n, false, 0);
        const kiln_status status = device->ops->plan(device, &spec, &p, &err);
        done = fault_count(FAULT_MEMORY) < n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert_int_eq(status, done ? KILN_OK : KILN_ENOMEM);
        ck_assert(done == (p != NULL));
        if (p)
            device->ops->destroy(p);
    }
    ck_assert_uint_gt(n, 10);
    kiln_network_destroy(network);
    kiln_device_close(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reference");
    TCase *tc = tcase_create("reference");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, the_tutorials_neuron);
    tcase_add_test(tc, the_tutorials_network);
    tcase_add_loop_test(tc, the_tutorials_training, 0, 2);
    tcase_add_test(tc, inputs_are_standardised);
    tcase_add_test(tc, dropout_follows_its_mask);
    tcase_add_loop_test(tc, gradients_are_slopes_of_the_loss, 0, 4);
    tcase_add_test(tc, losses_are_kept_by_place);
    tcase_add_test(tc, clipping_shortens_the_step);
    tcase_add_test(tc, predictions_are_the_largest_output);
    tcase_add_test(tc, u8_samples_are_numbers);
    tcase_add_test(tc, wrong_use_is_refused);
    tcase_add_test(tc, memory_that_runs_out_is_said);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

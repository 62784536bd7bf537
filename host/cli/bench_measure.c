/* A row of kiln bench: its data made up, its network made, trained or used for as long as it takes to time it. */
#include "bench.h"

#include "interrupt.h"
#include "message.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { STEPS_AN_EPOCH = 10000 }; /* of few samples, which are then repeated */

static const double small_rate = 1e-3; /* learning rate: labels are random, there is nothing to learn */

const bench_row bench_rows[] = {
    { "784-128-10 sgd", { 784, 128, 10 }, 60000, 128, KILN_SGD, KILN_CROSS_ENTROPY, KILN_ELEMENT_U8 },
    { "784-128-10 adam", { 784, 128, 10 }, 60000, 128, KILN_ADAM, KILN_CROSS_ENTROPY, KILN_ELEMENT_U8 },
    { "784-512-256-10 sgd", { 784, 512, 256, 10 }, 60000, 256, KILN_SGD, KILN_CROSS_ENTROPY, KILN_ELEMENT_U8 },
    { "784-512-256-10 adam", { 784, 512, 256, 10 }, 60000, 256, KILN_ADAM, KILN_CROSS_ENTROPY, KILN_ELEMENT_U8 },
    { "64-32-10 sgd", { 64, 32, 10 }, 60000, 32, KILN_SGD, KILN_CROSS_ENTROPY, KILN_ELEMENT_F32 },
    { "4-16-3 sgd", { 4, 16, 3 }, 60000, 16, KILN_SGD, KILN_CROSS_ENTROPY, KILN_ELEMENT_F32 },
    { "2-4-1 sgd", { 2, 4, 1 }, 4, 4, KILN_SGD, KILN_SSE, KILN_ELEMENT_F32 },
    { "predict 784-128-10", { 784, 128, 10 }, 60000, 0, KILN_SGD, KILN_CROSS_ENTROPY, KILN_ELEMENT_U8 },
    { 0 },
};

/* A row made ready. A unit of its work is a training step, or a call that predicts all samples. */
typedef struct bench {
    const bench_row *row;
    kiln_device *device;
    kiln_network *network;
    kiln_samples samples;
    void *x;
    int32_t *labels;
    float *y;
    uint32_t *places;  /* (epoch * batch) the sample at each place of an epoch */
    size_t epoch;      /* training steps */
    double *predicted; /* (samples, out) */
} bench;

size_t bench_layers(const bench_row *row)
{
    size_t count = 0;
    while (count < BENCH_WIDTHS_MOST && row->widths[count])
        count++;
    return count - 1;
}

/* 64 random bits, the same in every run (splitmix64: Steele, Lea and Flood 2014). */
static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* From 0 up to below 1. */
static float next_share(uint64_t *state)
{
    return (float)(next_bits(state) >> 40) * 0x1p-24f;
}

static kiln_status allocate(bench *b, kiln_error *err)
{
    const bench_row *row = b->row;
    const size_t in = row->widths[0], out = row->widths[bench_layers(row)];
    if (row->batch)
        b->epoch = row->samples > row->batch ? row->samples / row->batch : STEPS_AN_EPOCH;
    b->x = calloc(row->samples * in, row->element == KILN_ELEMENT_U8 ? 1 : sizeof(float));
    b->labels = calloc(row->samples, sizeof *b->labels);
    b->y = calloc(row->samples * out, sizeof *b->y);
    b->predicted = calloc(row->samples * out, sizeof *b->predicted);
    b->places = calloc(row->batch ? b->epoch * row->batch : 1, sizeof *b->places);
    if (b->x && b->labels && b->y && b->predicted && b->places)
        return KILN_OK;
    return fail(err, KILN_ENOMEM, "no memory left for the samples of %s", row->name);
}

static void make_samples(bench *b)
{
    const bench_row *row = b->row;
    const size_t in = row->widths[0], out = row->widths[bench_layers(row)], values = row->samples * in;
    uint64_t state = 1;
    for (size_t i = 0; i < values; i++)
        if (row->element == KILN_ELEMENT_U8)
            ((uint8_t *)b->x)[i] = (uint8_t)(next_bits(&state) >> 56);
        else
            ((float *)b->x)[i] = 2.0f * next_share(&state) - 1.0f;
    for (size_t i = 0; i < row->samples; i++)
        b->labels[i] = (int32_t)(next_bits(&state) % out);
    for (size_t i = 0; i < row->samples * out; i++)
        b->y[i] = next_share(&state);
    for (size_t i = 0; i < b->epoch * row->batch; i++)
        b->places[i] = (uint32_t)(i % row->samples);
    b->samples = (kiln_samples){ .count = row->samples, .features = in, .element = row->element, .x = b->x };
    if (row->loss == KILN_SSE) {
        b->samples.outputs = out;
        b->samples.y = b->y;
    } else {
        b->samples.classes = out;
        b->samples.labels = b->labels;
    }
}

/* Bytes are standardised, as kiln train does it; the other features are made near 0. */
static kiln_status make_network(bench *b, kiln_error *err)
{
    const bench_row *row = b->row;
    const kiln_network_shape shape = { .layers = bench_layers(row),
                                       .widths = row->widths,
                                       .hidden = KILN_SIGMOID,
                                       .output = row->loss == KILN_SSE ? KILN_SIGMOID : KILN_SOFTMAX };
    kiln_status status = kiln_network_create(&shape, &b->network, err);
    if (status == KILN_OK)
        status = kiln_network_initialise(b->network, KILN_INIT_AUTO, 1, err);
    if (status == KILN_OK && row->element == KILN_ELEMENT_U8)
        status = kiln_network_standardise(b->network, &b->samples, (kiln_subset){ NULL, row->samples }, err);
    return status;
}

/* About `steps` training steps: a part of an epoch, or whole epochs. */
static kiln_status train(const bench *b, size_t steps, double *speed, kiln_error *err)
{
    const bench_row *row = b->row;
    const kiln_subset some = { b->places, row->batch * (steps < b->epoch ? steps : b->epoch) };
    const kiln_training_options options = { .loss = row->loss,
                                            .optimizer = row->optimizer,
                                            .learning_rate = small_rate,
                                            .batch_size = row->batch,
                                            .epochs = steps < b->epoch ? 1 : (steps + b->epoch / 2) / b->epoch,
                                            .no_shuffle = row->loss == KILN_SSE,
                                            .seed = 1,
                                            .stop = interrupt_flag() };
    kiln_training_result result = { 0 };
    const kiln_status status =
        kiln_train(b->device, b->network, &b->samples, some, (kiln_subset){ NULL, 0 }, &options, NULL, NULL, &result, err);
    *speed = result.samples_per_second;
    return status;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static kiln_status predict(const bench *b, size_t calls, double *speed, kiln_error *err)
{
    const kiln_subset all = { NULL, b->row->samples };
    kiln_status status = KILN_OK;
    const double began = now();
    for (size_t i = 0; status == KILN_OK && i < calls; i++)
        status = kiln_predict(b->device, b->network, &b->samples, all, interrupt_flag(), b->predicted, err);
    *speed = (double)calls * (double)b->row->samples / (now() - began);
    return status;
}

static kiln_status work(const bench *b, size_t units, double *speed, kiln_error *err)
{
    return b->row->batch ? train(b, units, speed, err) : predict(b, units, speed, err);
}

/* Works until that takes at least half of `seconds` twice in a row: the first time a driver may still have been compiling.
 * *units is then what takes about all of it. */
static kiln_status warm_up(const bench *b, double seconds, size_t *units, kiln_error *err)
{
    const double unit = (double)(b->row->batch ? b->row->batch : b->row->samples), most = 8.0;
    double count = 1.0, speed = 0.0;
    for (int enough = 0; enough < 2;) {
        const kiln_status status = work(b, (size_t)count, &speed, err);
        if (status != KILN_OK)
            return status;
        const double took = count * unit / speed;
        enough = took >= 0.5 * seconds ? enough + 1 : 0;
        if (!enough)
            count = ceil(count * fmin(most, fmax(1.5, seconds / took)));
    }
    *units = (size_t)fmax(1.0, round(speed * seconds / unit));
    return KILN_OK;
}

static int by_speed(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

kiln_status bench_measure(kiln_device *device, const bench_row *row, double seconds, size_t rounds, double *speeds, kiln_error *err)
{
    bench b = { .row = row, .device = device };
    size_t units = 0;
    kiln_status status = allocate(&b, err);
    if (status != KILN_OK)
        goto done;
    make_samples(&b);
    status = make_network(&b, err);
    if (status == KILN_OK)
        status = warm_up(&b, seconds, &units, err);
    for (size_t i = 0; status == KILN_OK && i < rounds; i++)
        status = work(&b, units, &speeds[i], err);
    if (status == KILN_OK)
        qsort(speeds, rounds, sizeof *speeds, by_speed);
done:
    kiln_network_destroy(b.network);
    free(b.x);
    free(b.labels);
    free(b.y);
    free(b.predicted);
    free(b.places);
    return status;
}

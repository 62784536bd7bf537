/* KANN's speed: mini-batches as its kann_train_fnn1 has them, but with plain gradient descent, which costs less than its RMSprop.
 *
 * usage: kann_driver BATCH THREADS SECONDS WIDTH WIDTH ...      prints samples a second
 *
 * Hidden layers of sigmoids, softmax, cross-entropy; 60000 samples in memory in an order that was shuffled once. */
#include <kann.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES = 60000 };

typedef struct trainer {
    kann_t *network;
    int in, out, batch, at; /* at: the next place in the order */
    int *order;
    float *x, *y;             /* (SAMPLES, in), (SAMPLES, out) */
    float *batch_x, *batch_y; /* (batch, in), (batch, out) */
} trainer;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static float *make(int rows, int columns)
{
    float *values = calloc((size_t)rows * (size_t)columns, sizeof *values);
    if (!values)
        exit(1);
    return values;
}

static kann_t *make_network(int count, char **widths)
{
    kad_node_t *node = kann_layer_input(atoi(widths[0]));
    for (int l = 1; l < count - 1; l++)
        node = kad_sigm(kann_layer_dense(node, atoi(widths[l])));
    return kann_new(kann_layer_cost(node, atoi(widths[count - 1]), KANN_C_CEM), 0);
}

static void make_samples(trainer *t)
{
    t->x = make(SAMPLES, t->in);
    t->y = make(SAMPLES, t->out);
    t->batch_x = make(t->batch, t->in);
    t->batch_y = make(t->batch, t->out);
    t->order = calloc(SAMPLES, sizeof *t->order);
    if (!t->order)
        exit(1);
    for (size_t i = 0; i < (size_t)SAMPLES * (size_t)t->in; i++)
        t->x[i] = (float)(2.0 * kann_drand() - 1.0);
    for (int i = 0; i < SAMPLES; i++)
        t->y[i * t->out + (int)(kann_drand() * t->out)] = 1.0f;
    kann_shuffle(SAMPLES, t->order);
}

static void train_step(trainer *t)
{
    const int parameters = kann_size_var(t->network);
    if (t->at + t->batch > SAMPLES)
        t->at = 0;
    for (int b = 0; b < t->batch; b++) {
        const size_t row = (size_t)t->order[t->at++];
        memcpy(t->batch_x + b * t->in, t->x + row * (size_t)t->in, (size_t)t->in * sizeof(float));
        memcpy(t->batch_y + b * t->out, t->y + row * (size_t)t->out, (size_t)t->out * sizeof(float));
    }
    kann_cost(t->network, 0, 1);
    for (int i = 0; i < parameters; i++)
        t->network->x[i] -= 0.001f * t->network->g[i];
}

/* Samples a second over at least `seconds`. */
static double measure(trainer *t, double seconds)
{
    const double began = now();
    double steps = 0.0, took = 0.0;
    while (took < seconds) {
        for (int i = 0; i < 8; i++)
            train_step(t);
        steps += 8.0;
        took = now() - began;
    }
    return steps * t->batch / took;
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: kann_driver BATCH THREADS SECONDS WIDTH WIDTH ...\n");
        return 2;
    }
    const int threads = atoi(argv[2]);
    const double seconds = atof(argv[3]);
    trainer t = { .in = atoi(argv[4]), .out = atoi(argv[argc - 1]), .batch = atoi(argv[1]) };
    kann_srand(1);
    t.network = make_network(argc - 4, argv + 4);
    make_samples(&t);
    if (threads > 1)
        kann_mt(t.network, threads, t.batch);
    kann_set_batch_size(t.network, t.batch);
    kann_feed_bind(t.network, KANN_F_IN, 0, &t.batch_x);
    kann_feed_bind(t.network, KANN_F_TRUTH, 0, &t.batch_y);
    kann_switch(t.network, 1);
    measure(&t, 0.2 * seconds);
    printf("%.0f\n", measure(&t, seconds));
    return 0;
}

/* The limit that a training on the CPU cannot pass: OpenBLAS with a step's matrix products and nothing else.
 *
 * usage: products train|predict BATCH SECONDS WIDTH WIDTH ...      prints samples a second
 *
 * Forward x . w for each layer; for training also the weights' gradient x^T . dz, and, but for the first layer, the data's
 * gradient dz . w^T. No bias, activation, loss, optimizer or data set: a real step does more. */
#include <cblas.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LAYERS_MOST = 8 };

/* Arrays of layer l, from widths[l] to widths[l + 1]. */
typedef struct layers {
    int count, batch, widths[LAYERS_MOST + 1];
    float *x[LAYERS_MOST + 1];                     /* (batch, width) */
    float *w[LAYERS_MOST], *gradient[LAYERS_MOST]; /* (in, out) */
    float *delta[LAYERS_MOST + 1];                 /* (batch, width) */
} layers;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static float *make(int rows, int columns)
{
    const size_t count = (size_t)rows * (size_t)columns;
    float *values = malloc(count * sizeof *values);
    if (!values)
        exit(1);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(i % 97) / 970.0f - 0.05f;
    return values;
}

static void allocate(layers *n)
{
    for (int l = 0; l <= n->count; l++) {
        n->x[l] = make(n->batch, n->widths[l]);
        n->delta[l] = make(n->batch, n->widths[l]);
    }
    for (int l = 0; l < n->count; l++) {
        n->w[l] = make(n->widths[l], n->widths[l + 1]);
        n->gradient[l] = make(n->widths[l], n->widths[l + 1]);
    }
}

static void run_products(const layers *n, bool training)
{
    for (int l = 0; l < n->count; l++) {
        const int in = n->widths[l], out = n->widths[l + 1];
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n->batch, out, in, 1.0f, n->x[l], in, n->w[l], out, 0.0f,
                    n->x[l + 1], out);
    }
    for (int l = n->count - 1; training && l >= 0; l--) {
        const int in = n->widths[l], out = n->widths[l + 1];
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, in, out, n->batch, 1.0f, n->x[l], in, n->delta[l + 1], out, 0.0f,
                    n->gradient[l], out);
        if (l > 0)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n->batch, in, out, 1.0f, n->delta[l + 1], out, n->w[l], out, 0.0f,
                        n->delta[l], in);
    }
}

/* Samples a second over at least `seconds`. */
static double measure(const layers *n, bool training, double seconds)
{
    const double began = now();
    double steps = 0.0, took = 0.0;
    while (took < seconds) {
        for (int i = 0; i < 8; i++)
            run_products(n, training);
        steps += 8.0;
        took = now() - began;
    }
    return steps * n->batch / took;
}

int main(int argc, char **argv)
{
    layers n = { 0 };
    if (argc < 6 || argc > 5 + LAYERS_MOST) {
        fprintf(stderr, "usage: products train|predict BATCH SECONDS WIDTH WIDTH ...\n");
        return 2;
    }
    const bool training = strcmp(argv[1], "train") == 0;
    const double seconds = atof(argv[3]);
    n.batch = atoi(argv[2]);
    n.count = argc - 5;
    for (int l = 0; l <= n.count; l++)
        n.widths[l] = atoi(argv[4 + l]);
    allocate(&n);
    measure(&n, training, 0.2 * seconds);
    printf("%.0f\n", measure(&n, training, seconds));
    return 0;
}

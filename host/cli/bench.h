/* What kiln bench measures: its rows, each a network trained or used on made-up data. */
#ifndef KILN_CLI_BENCH_H
#define KILN_CLI_BENCH_H

#include <kiln/kiln.h>

enum { BENCH_WIDTHS_MOST = 4 };

/* A row. Hidden layers are of sigmoids. */
typedef struct bench_row {
    const char *name;
    size_t widths[BENCH_WIDTHS_MOST]; /* from the input to the output; 0 past the last */
    size_t samples;                   /* in memory */
    size_t batch;                     /* samples a training step; 0: the row predicts, all samples a call */
    kiln_optimizer optimizer;
    kiln_loss loss; /* sse: after sigmoid outputs and in the samples' own order; cross-entropy: after softmax */
    kiln_element element;
} bench_row;

/* The rows, ended by one without a name. */
extern const bench_row bench_rows[];

/* How many layers a row's network has. */
size_t bench_layers(const bench_row *row);

/* Measures a row on a device: a warm-up, then `rounds` measurements of about `seconds` each.
 *
 * speeds  (rounds) samples a second, ascending.
 *
 * Training is timed as kiln_training_result has it: orders, steps and losses of all epochs; not the plan's set-up, the data
 * set's way to the device and the weights' way back, which a long training hardly sees. Prediction is timed around
 * kiln_predict, all of that included: it is what each call costs. */
kiln_status bench_measure(kiln_device *device, const bench_row *row, double seconds, size_t rounds, double *speeds,
                          kiln_error *err);

#endif

/* A device beside the reference: is every operation within its bound? */
#ifndef KILN_VERIFY_H
#define KILN_VERIFY_H

#include <kiln/training.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One line of the table: one quantity, all its elements over all steps.
 * Each is recomputed by the reference in float64 from the device's own inputs to that operation, and may be off by what
 * rounding theory allows: gamma(k + 8) sum |a||b| + c ulp for products of length k (Higham 2002, section 3.1; the OpenCL
 * specification's "Relative Error as ULPs"). */
typedef struct kiln_verify_row {
    char name[64];   /* "layer 1 activations", "layer 2 weight gradient", "weights after 3 steps", ... */
    size_t elements; /* compared */
    double error;    /* largest |device - reference| */
    double share;    /* largest |device - reference| / bound; holds up to 1; NaN or infinite where an element is not finite */
    double rms;      /* products: root mean square of error / (u sqrt(sum a^2 b^2)) over its limit; NaN where it does not apply */
    double drift; /* largest difference to a reference that ran the whole way by itself; for information, NaN where there is none */
    bool holds;
} kiln_verify_row;

/* The table. */
typedef struct kiln_verify_report {
    size_t rows;
    kiln_verify_row *row;
    bool holds; /* every row does */
} kiln_verify_report;

/* Zeroed options are the defaults. */
typedef struct kiln_verify_options {
    size_t batch, steps; /* 0: 37 samples a step, 3 steps */
    uint64_t seed;
    bool weights;                   /* the samples have different weights */
    kiln_training_options training; /* loss, optimizer, dropout, clipping, decay */
    kiln_stop *stop;
} kiln_verify_options;

/* Trains a copy of the network for a few steps on made-up samples, and checks everything the device computed.
 * *report is freed with kiln_verify_report_free. That a row does not hold is no error. */
kiln_status kiln_verify(kiln_device *device, const kiln_network *network, const kiln_verify_options *options,
                        kiln_verify_report *report, kiln_error *err);

/* Checks the reference itself: its gradients against central differences of its loss, one row a layer's weights and biases.
 * share is |gradient - difference| / (bound of the difference's own truncation and rounding). */
kiln_status kiln_verify_reference(const kiln_network *network, const kiln_verify_options *options, kiln_verify_report *report,
                                  kiln_error *err);

/* Frees what a report holds, and zeroes it. NULL is fine. */
void kiln_verify_report_free(kiln_verify_report *report);

#ifdef __cplusplus
}
#endif
#endif

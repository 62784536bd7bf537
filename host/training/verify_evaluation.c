/* The check of evaluate(): nothing between input and output can be read there, so the error is carried from layer to layer. */
#include "base/memory.h"
#include "base/status.h"
#include "network/activation.h"
#include "network/loss.h"
#include "training/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the device answered, and the lone reference, for all samples. */
typedef struct answers {
    double *outputs, *loss;
    int32_t *predicted;
} answers;

/* z of a layer and how far it may be off where x is, by x_bound:
 * the product's own error with |x| + x_bound for |x|, and x_bound . |w|. */
static void carry_product(verification *v, size_t layer, size_t rows, const double *x, const double *x_bound)
{
    const size_t in = v->network->widths[layer], out = v->network->widths[layer + 1];
    const double *w = v->now.parameters + network_layer_offset(v->network, layer);
    const double *bias = v->network->bias ? w + in * out : NULL;
    double *z = v->z[layer], *z_bound = v->z_bound[layer], *most = v->sum;
    for (size_t i = 0; i < rows * in; i++)
        most[i] = fabs(x[i]) + x_bound[i];
    ref_forward(rows, in, out, x, w, bias, z);
    product own = product_forward(rows, in, out, most, w, bias), carried = product_forward(rows, in, out, x_bound, w, NULL);
    own.magnitude = z_bound;
    carried.magnitude = v->sum_bound;
    own.squares = carried.squares = v->squares;
    product_sizes(&own);
    bound_product(&v->r, &own, z_bound);
    product_sizes(&carried);
    for (size_t i = 0; i < rows * out; i++)
        z_bound[i] += carried.magnitude[i];
}

/* Runs a batch forward with bounds; leaves z and z_bound of the last layer. */
static void carry(verification *v, size_t first, size_t rows)
{
    const kiln_network *network = v->network;
    double *x = v->now.input, *x_bound = v->bound;
    ref_gather(&v->made.samples, v->made.order + first, rows, network->mean, network->scale, x);
    bound_input(&v->r, rows, network->widths[0], network->scale, x, x_bound);
    for (size_t l = 0; l < network->layers; l++) {
        carry_product(v, l, rows, x, x_bound);
        x = v->now.y[l];
        for (size_t i = 0; l + 1 < network->layers && i < rows * network->widths[l + 1]; i++) {
            x[i] = activation_of(network->hidden)->f(v->z[l][i]);
            x_bound[i] = bound_activation(&v->r, network->hidden, 1.0, v->z[l][i], v->z_bound[l][i]);
        }
    }
}

static void check_batch(verification *v, size_t first, size_t rows, const answers *device, const answers *alone)
{
    const kiln_network *network = v->network;
    const size_t width = network->widths[network->layers], last = network->layers - 1;
    double *t = v->squares;
    carry(v, first, rows);
    for (size_t b = 0; b < rows; b++) {
        const double *z = v->z[last] + b * width, *z_bound = v->z_bound[last] + b * width;
        double *y = v->expected + b * width, *y_bound = v->bound + b * width;
        verify_target(&v->made, network, first + b, t);
        output_activate(network->output, width, z, y);
        bound_outputs(&v->r, network->output, width, z, z_bound, y_bound);
        v->sum[b] = loss_sample(v->made.loss, network->output, width, z, t, NULL);
        v->sum_bound[b] = bound_loss(&v->r, v->made.loss, width, z, z_bound, t, y, y_bound);
    }
    verify_compare(v, report_row(&v->report, "evaluated outputs"), rows * width, device->outputs + first * width,
                   alone->outputs + first * width);
    const comparison losses = { rows, device->loss + first, v->sum, v->sum_bound, alone->loss + first };
    row_compare(report_row(&v->report, "evaluated losses"), v->r.margin, &losses);
    /* the class is that of the device's own outputs, without any error */
    for (size_t b = 0; b < rows; b++) {
        v->sum[b] = (double)device->predicted[first + b];
        v->expected[b] = (double)kiln_predicted_class(width, device->outputs + (first + b) * width);
        v->bound[b] = 0.0;
    }
    verify_compare(v, report_row(&v->report, "predicted classes"), rows, v->sum, NULL);
}

static kiln_status answer(verification *v, plan *p, answers *a, kiln_error *err)
{
    const size_t count = v->made.samples.count;
    a->outputs = pool_take(&v->memory, count, v->network->widths[v->network->layers]);
    a->loss = pool_take(&v->memory, count, 1);
    a->predicted = mem_zeroed(count, sizeof *a->predicted);
    if (v->memory.failed || !a->predicted)
        return kiln_fail_memory(err, 0, "the device's answers");
    return p->ops->evaluate(p, 0, count, &(evaluation){ a->loss, a->predicted, a->outputs }, err);
}

kiln_status verify_evaluation(verification *v, kiln_error *err)
{
    answers device = { NULL, NULL, NULL }, alone = { NULL, NULL, NULL };
    kiln_status status = answer(v, v->device, &device, err);
    if (status == KILN_OK)
        status = answer(v, v->alone, &alone, err);
    for (size_t first = 0; status == KILN_OK && first < v->made.samples.count; first += v->batch) {
        check_batch(v, first, v->batch, &device, &alone);
        status = stop_check(v->stop, err);
    }
    free(device.predicted);
    free(alone.predicted);
    return status;
}

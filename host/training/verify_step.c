/* The checks of one training step: each operation recomputed by the reference from the device's own inputs to it. */
#include "network/activation.h"
#include "network/loss.h"
#include "training/verify.h"

#include <math.h>
#include <string.h>

void verify_compare(verification *v, kiln_verify_row *row, size_t count, const double *device, const double *alone)
{
    const comparison c = { count, device, v->expected, v->bound, alone };
    row_compare(row, v->r.margin, &c);
}

static const double *weights_before(const verification *v, size_t layer)
{
    return v->before.parameters + network_layer_offset(v->network, layer);
}

static void check_input(verification *v, const step *s)
{
    const kiln_network *network = v->network;
    const size_t features = network->widths[0];
    ref_gather(&v->made.samples, v->made.order + s->first, s->rows, network->mean, network->scale, v->expected);
    bound_input(&v->r, s->rows, features, network->scale, v->expected, v->bound);
    verify_compare(v, report_row(&v->report, "input"), s->rows * features, v->now.input, v->reference.input);
}

/* Dropout's factor of every hidden activation of a layer: 1 without. */
static void make_factors(verification *v, const step *s, size_t layer)
{
    const size_t out = v->network->widths[layer + 1];
    double *factor = v->factor[layer];
    for (size_t i = 0; i < s->rows * out; i++)
        factor[i] = v->squares[i] = 1.0;
    if (v->options.dropout > 0.0)
        ref_dropout(v->options.dropout, v->options.seed, layer, s->number, s->rows, out, factor, v->squares);
}

/* z = x . w + bias from the device's x, kept with its bound for the deltas; then y = f(z), or z itself in the last layer. */
static void check_activations(verification *v, const step *s, size_t layer)
{
    const kiln_network *network = v->network;
    const size_t in = network->widths[layer], out = network->widths[layer + 1], count = s->rows * out;
    const bool last = layer + 1 == network->layers;
    const double *w = weights_before(v, layer), *x = layer == 0 ? v->now.input : v->now.y[layer - 1];
    const double *bias = network->bias ? w + in * out : NULL;
    double *z = v->z[layer], *z_bound = v->z_bound[layer];
    kiln_verify_row *row =
        last ? report_row(&v->report, "layer %zu z", layer + 1) : report_row(&v->report, "layer %zu activations", layer + 1);
    if (!last)
        make_factors(v, s, layer);
    ref_forward(s->rows, in, out, x, w, bias, z);
    product sizes = product_forward(s->rows, in, out, x, w, bias);
    sizes.magnitude = z_bound;
    sizes.squares = v->squares;
    product_sizes(&sizes);
    bound_product(&v->r, &sizes, z_bound);
    for (size_t i = 0; i < count; i++) {
        const double factor = last ? 1.0 : v->factor[layer][i];
        v->expected[i] = last ? z[i] : activation_of(network->hidden)->f(z[i]) * factor;
        v->bound[i] = last ? z_bound[i] : bound_activation(&v->r, network->hidden, factor, z[i], z_bound[i]);
    }
    verify_compare(v, row, count, v->now.y[layer], v->reference.y[layer]);
    if (last || (network->hidden == KILN_LINEAR && v->options.dropout == 0.0))
        row_rms(row, &v->r, &sizes, v->now.y[layer], v->expected);
}

/* Gives a sample's loss and delta, with their bounds, its weight; the delta its divisor, which its bound has already. */
static void weigh(verification *v, size_t place, size_t b, size_t width, double divisor)
{
    const double weight = verify_weight(&v->made, place);
    v->sum_bound[b] = bound_weighted(&v->r, weight, v->sum[b], v->sum_bound[b]);
    v->sum[b] *= weight;
    for (size_t i = b * width; i < (b + 1) * width; i++) {
        v->bound[i] = bound_weighted(&v->r, weight, v->expected[i] / divisor, v->bound[i]);
        v->expected[i] = weight * v->expected[i] / divisor;
    }
}

/* Each sample's loss, and the last layer's delta, from the device's z. */
static void check_losses(verification *v, const step *s)
{
    const kiln_network *network = v->network;
    const size_t last = network->layers - 1, width = network->widths[network->layers];
    const double divisor = loss_is_mean(v->made.loss) ? (double)s->rows : 1.0;
    double *t = v->squares, *y = v->squares + width, *y_bound = v->squares + 2 * width;
    for (size_t b = 0; b < s->rows; b++) {
        const double *z = v->now.y[last] + b * width;
        double *dz = v->expected + b * width;
        verify_target(&v->made, network, s->first + b, t);
        v->sum[b] = loss_sample(v->made.loss, network->output, width, z, t, dz);
        output_activate(network->output, width, z, y);
        bound_outputs(&v->r, network->output, width, z, NULL, y_bound);
        v->sum_bound[b] = bound_loss(&v->r, v->made.loss, width, z, NULL, t, y, y_bound);
        bound_output_delta(&v->r, v->made.loss, network->output, width, t, y, y_bound, divisor, v->bound + b * width);
        weigh(v, s->first + b, b, width, divisor);
    }
    const comparison losses = { s->rows, v->now.loss, v->sum, v->sum_bound, v->reference.loss };
    row_compare(report_row(&v->report, "losses"), v->r.margin, &losses);
    verify_compare(v, report_row(&v->report, "layer %zu deltas", last + 1), s->rows * width, v->now.delta[last],
                   v->reference.delta[last]);
}

/* delta = (delta above . w^T) * f'(z): f' is the device's own, so z's error is in it. */
static void check_delta(verification *v, const step *s, size_t layer)
{
    const kiln_network *network = v->network;
    const size_t in = network->widths[layer + 1], out = network->widths[layer + 2], count = s->rows * in;
    const double *above = v->now.delta[layer + 1], *w = weights_before(v, layer + 1);
    kiln_verify_row *row = report_row(&v->report, "layer %zu deltas", layer + 1);
    ref_backward(s->rows, in, out, above, w, v->ones, v->sum);
    product sizes = product_backward(s->rows, in, out, above, w);
    sizes.magnitude = v->sum_bound;
    sizes.squares = v->squares;
    product_sizes(&sizes);
    bound_product(&v->r, &sizes, v->sum_bound);
    for (size_t i = 0; i < count; i++) {
        const double z = v->z[layer][i], factor = v->factor[layer][i], slope = activation_of(network->hidden)->d(z) * factor;
        const double slope_bound = bound_derivative(&v->r, network->hidden, factor, z, v->z_bound[layer][i]);
        v->expected[i] = v->sum[i] * slope;
        v->bound[i] = bound_delta(&v->r, v->sum[i], v->sum_bound[i], slope, slope_bound);
    }
    verify_compare(v, row, count, v->now.delta[layer], v->reference.delta[layer]);
    if (network->hidden == KILN_LINEAR && v->options.dropout == 0.0)
        row_rms(row, &v->r, &sizes, v->now.delta[layer], v->expected);
}

static void check_gradient(verification *v, const step *s, size_t layer)
{
    const kiln_network *network = v->network;
    const size_t in = network->widths[layer], out = network->widths[layer + 1], offset = network_layer_offset(network, layer);
    const double *x = layer == 0 ? v->now.input : v->now.y[layer - 1], *delta = v->now.delta[layer];
    const double *gradient = v->now.gradient + offset, *alone = v->reference.gradient + offset;
    kiln_verify_row *row = report_row(&v->report, "layer %zu weight gradient", layer + 1);
    ref_gradient(s->rows, in, out, network->bias, x, delta, v->expected);
    product sizes = product_gradient(s->rows, in, out, x, delta);
    sizes.magnitude = v->bound;
    sizes.squares = v->squares;
    product_sizes(&sizes);
    bound_product(&v->r, &sizes, v->bound);
    verify_compare(v, row, in * out, gradient, alone);
    row_rms(row, &v->r, &sizes, gradient, v->expected);
    if (!network->bias)
        return;
    product bias = product_gradient(s->rows, 1, out, v->ones, delta);
    bias.magnitude = v->bound;
    bias.squares = v->squares;
    product_sizes(&bias);
    bound_product(&v->r, &bias, v->bound);
    const comparison c = { out, gradient + in * out, v->expected + in * out, v->bound, alone + in * out };
    row_compare(report_row(&v->report, "layer %zu bias gradient", layer + 1), v->r.margin, &c);
}

/* Moments and parameters after the step, from the device's gradient and what it had before. */
static void check_update(verification *v, const step *s)
{
    const size_t count = v->network->count;
    const update how = { .optimizer = v->options.optimizer,
                         .learning_rate = s->learning_rate,
                         .momentum = v->options.momentum,
                         .beta2 = v->options.beta2,
                         .epsilon = v->options.epsilon,
                         .weight_decay = v->options.weight_decay,
                         .t = s->number + 1 };
    const bool has_m = ref_has_moment1(how.optimizer), has_v = ref_has_moment2(how.optimizer), clips = v->options.clip_norm > 0.0;
    const double factor = ref_clip(count, v->options.clip_norm, v->now.gradient);
    double *m = v->sum, *m_bound = v->sum_bound, *moment2 = v->squares, *w = v->expected, *w_bound = v->bound;
    double *v_bound = v->before.gradient; /* of no use otherwise: the gradient before this step */
    memcpy(m, v->before.m, count * sizeof *m);
    memcpy(moment2, v->before.v, count * sizeof *moment2);
    memcpy(w, v->before.parameters, count * sizeof *w);
    ref_update(&how, count, factor, v->now.gradient, has_m ? m : NULL, has_v ? moment2 : NULL, w);
    for (size_t i = 0; i < count; i++) {
        const update_inputs in = { v->now.gradient[i],
                                   factor,
                                   clips ? bound_clip(&v->r, count) : 0.0,
                                   v->before.m[i],
                                   v->before.v[i],
                                   v->before.parameters[i],
                                   m[i],
                                   moment2[i],
                                   w[i] };
        const update_bounds bounds = bound_update(&v->r, &how, &in);
        m_bound[i] = bounds.m;
        v_bound[i] = bounds.v;
        w_bound[i] = bounds.w;
    }
    const comparison first = { count, v->now.m, m, m_bound, v->reference.m };
    const comparison second = { count, v->now.v, moment2, v_bound, v->reference.v };
    if (has_m)
        row_compare(report_row(&v->report, "first moments"), v->r.margin, &first);
    if (has_v)
        row_compare(report_row(&v->report, "second moments"), v->r.margin, &second);
    verify_compare(v, report_row(&v->report, "weights after %zu step%s", v->steps, v->steps == 1 ? "" : "s"), count,
                   v->now.parameters, v->reference.parameters);
}

kiln_status verify_step(verification *v, const step *s, kiln_error *err)
{
    const size_t layers = v->network->layers;
    kiln_status status = KILN_OK;
    check_input(v, s);
    for (size_t l = 0; status == KILN_OK && l < layers; l++) {
        check_activations(v, s, l);
        status = stop_check(v->stop, err);
    }
    if (status != KILN_OK)
        return status;
    check_losses(v, s);
    for (size_t l = layers; status == KILN_OK && l-- > 0;) {
        if (l + 1 < layers)
            check_delta(v, s, l);
        check_gradient(v, s, l);
        status = stop_check(v->stop, err);
    }
    if (status == KILN_OK)
        check_update(v, s);
    return status;
}

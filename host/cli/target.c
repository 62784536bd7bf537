/* Scaling of regression targets, and its folding into a network's last layer. */
#include "target.h"

#include "message.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static size_t row_of(kiln_subset subset, size_t i)
{
    return subset.rows ? subset.rows[i] : i;
}

/* Two passes over one output's targets; one that never varies keeps deviation 1. */
static void measure_output(const kiln_samples *samples, kiln_subset train, size_t output, bool centred, target_scale *scale)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < train.count; i++)
        sum += (double)samples->y[row_of(train, i) * samples->outputs + output];
    const double mean = centred ? sum / (double)train.count : 0.0;
    for (size_t i = 0; i < train.count; i++) {
        const double off = (double)samples->y[row_of(train, i) * samples->outputs + output] - mean;
        squares += off * off;
    }
    const double deviation = sqrt(squares / (double)train.count);
    scale->mean[output] = mean;
    scale->deviation[output] = deviation > 1e-6 * fabs(mean) && deviation > 0.0 ? deviation : 1.0;
}

kiln_status target_measure(const kiln_samples *samples, kiln_subset train, bool centred, target_scale *scale, kiln_samples *scaled,
                           kiln_error *err)
{
    const size_t outputs = samples->outputs;
    *scale = (target_scale){ .outputs = outputs };
    scale->mean = calloc(outputs, sizeof *scale->mean);
    scale->deviation = calloc(outputs, sizeof *scale->deviation);
    scale->y = calloc(samples->count, outputs * sizeof *scale->y); /* samples->y of that size exists: no overflow */
    if (!scale->mean || !scale->deviation || !scale->y) {
        target_free(scale);
        return fail(err, KILN_ENOMEM, "no memory left for a scaled copy of %zu targets", samples->count);
    }
    for (size_t o = 0; o < outputs; o++)
        measure_output(samples, train, o, centred, scale);
    for (size_t i = 0; i < samples->count * outputs; i++)
        scale->y[i] = (float)(((double)samples->y[i] - scale->mean[i % outputs]) / scale->deviation[i % outputs]);
    *scaled = *samples;
    scaled->y = scale->y;
    return KILN_OK;
}

/* w *= factor, b = b * factor + shift, for each output of the last layer. */
static kiln_status rescale(kiln_network *network, const double *factor, const double *shift, kiln_error *err)
{
    const kiln_network_shape shape = kiln_network_get_shape(network);
    const size_t in = shape.widths[shape.layers - 1], out = shape.widths[shape.layers];
    double *weights = calloc(in, out * sizeof *weights), *bias = calloc(out, sizeof *bias);
    kiln_status status = KILN_OK;
    if (!weights || !bias) {
        status = fail(err, KILN_ENOMEM, "no memory left to scale the last layer");
        goto done;
    }
    status = kiln_network_get_layer(network, shape.layers - 1, weights, shape.no_bias ? NULL : bias, err);
    if (status != KILN_OK)
        goto done;
    for (size_t i = 0; i < in * out; i++)
        weights[i] *= factor[i % out];
    for (size_t o = 0; o < out; o++)
        bias[o] = bias[o] * factor[o] + shift[o];
    status = kiln_network_set_layer(network, shape.layers - 1, weights, shape.no_bias ? NULL : bias, err);
done:
    free(weights);
    free(bias);
    return status;
}

kiln_status target_fold(const target_scale *scale, kiln_network *network, kiln_error *err)
{
    return scale->outputs ? rescale(network, scale->deviation, scale->mean, err) : KILN_OK;
}

kiln_status target_unfold(const target_scale *scale, kiln_network *network, kiln_error *err)
{
    if (!scale->outputs)
        return KILN_OK;
    double *factor = calloc(2 * scale->outputs, sizeof *factor);
    if (!factor)
        return fail(err, KILN_ENOMEM, "no memory left to scale the last layer");
    double *shift = factor + scale->outputs;
    for (size_t o = 0; o < scale->outputs; o++) {
        factor[o] = 1.0 / scale->deviation[o];
        shift[o] = -scale->mean[o] / scale->deviation[o];
    }
    const kiln_status status = rescale(network, factor, shift, err);
    free(factor);
    return status;
}

void target_free(target_scale *scale)
{
    free(scale->mean);
    free(scale->deviation);
    free(scale->y);
    *scale = (target_scale){ 0 };
}

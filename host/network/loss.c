/* Losses of one sample: value and derivative, in double precision, from the output layer's z. */
#include "network/loss.h"

#include "base/status.h"
#include "network/activation.h"
#include "network/network.h"

#include <math.h>
#include <string.h>

/* One output's share of a loss that is a mean (or sum) over outputs, and its derivative; e = y - t. */
typedef struct pointwise {
    double (*f)(double e);
    double (*d)(double e);
} pointwise;

typedef struct loss_row {
    const char *name;
    pointwise of; /* NULL where the loss is computed from z, not from y - t */
} loss_row;

static double square(double e)
{
    return e * e;
}

static double square_d(double e)
{
    return 2.0 * e;
}

static double absolute_d(double e)
{
    return e > 0.0 ? 1.0 : e < 0.0 ? -1.0 : e; /* NaN stays NaN */
}

static double huber(double e)
{
    return fabs(e) < 1.0 ? 0.5 * e * e : fabs(e) - 0.5;
}

static double huber_d(double e)
{
    return fabs(e) < 1.0 ? e : absolute_d(e);
}

static const loss_row losses[] = {
    [KILN_LOSS_AUTO] = { "auto", { NULL, NULL } },
    [KILN_SSE] = { "sse", { square, square_d } },
    [KILN_MSE] = { "mse", { square, square_d } },
    [KILN_BCE] = { "bce", { NULL, NULL } },
    [KILN_CROSS_ENTROPY] = { "cross-entropy", { NULL, NULL } },
    [KILN_MAE] = { "mae", { fabs, absolute_d } },
    [KILN_HUBER] = { "huber", { huber, huber_d } },
};

enum { LOSSES = sizeof losses / sizeof *losses };

const char *kiln_loss_name(kiln_loss loss)
{
    return (size_t)loss < LOSSES ? losses[loss].name : NULL;
}

bool kiln_loss_find(const char *name, kiln_loss *loss)
{
    for (size_t i = 0; name && i < LOSSES; i++)
        if (strcmp(name, losses[i].name) == 0) {
            *loss = (kiln_loss)i;
            return true;
        }
    return false;
}

kiln_loss kiln_loss_resolve(kiln_loss loss, const kiln_network *network, const kiln_samples *samples)
{
    if (loss != KILN_LOSS_AUTO)
        return loss;
    if (network->output == KILN_SOFTMAX)
        return KILN_CROSS_ENTROPY;
    const bool shares = (samples && samples->labels) || network->schema.task == KILN_MULTILABEL; /* of classes or labels */
    return network->output == KILN_SIGMOID && shares ? KILN_BCE : KILN_MSE;
}

int32_t kiln_predicted_class(size_t width, const double *outputs)
{
    size_t largest = 0;
    if (width == 1)
        return outputs[0] >= 0.5;
    for (size_t i = 1; i < width; i++)
        if (outputs[i] > outputs[largest])
            largest = i;
    return (int32_t)largest;
}

bool loss_is_mean(kiln_loss loss)
{
    return loss != KILN_SSE;
}

void loss_target(size_t width, int32_t label, double *t)
{
    if (width == 1) {
        t[0] = (double)label;
        return;
    }
    for (size_t i = 0; i < width; i++)
        t[i] = i == (size_t)label ? 1.0 : 0.0;
}

void output_activate(kiln_activation output, size_t width, const double *z, double *y)
{
    if (output == KILN_SOFTMAX) {
        softmax(width, z, y);
        return;
    }
    for (size_t i = 0; i < width; i++)
        y[i] = activation_of(output)->f(z[i]);
}

/* What softmax needs of a whole row; y_i = exp(z_i - largest) / sum. */
typedef struct softmax_row {
    double largest, sum;
} softmax_row;

static softmax_row softmax_of(size_t width, const double *z)
{
    softmax_row row = { z[0], 0.0 };
    for (size_t i = 1; i < width; i++)
        row.largest = fmax(row.largest, z[i]);
    for (size_t i = 0; i < width; i++)
        row.sum += exp(z[i] - row.largest);
    return row;
}

/* -sum t log y, log y = z - largest - log sum exp(z - largest); dz = y - t, where the t sum to 1. */
static double cross_entropy(size_t width, const double *z, const double *t, double *dz)
{
    const softmax_row row = softmax_of(width, z);
    double loss = 0.0, mass = 0.0;
    for (size_t i = 0; i < width; i++) {
        mass += t[i];
        if (t[i] != 0.0) /* 0 log 0 is 0 */
            loss += t[i] * (log(row.sum) - (z[i] - row.largest));
    }
    for (size_t i = 0; dz && i < width; i++)
        dz[i] = mass * exp(z[i] - row.largest) / row.sum - t[i];
    return loss;
}

/* Mean of -t log y - (1 - t) log(1 - y) with y = sigmoid(z), which is max(z, 0) - t z + log(1 + exp(-|z|)); dz = y - t. */
static double binary_cross_entropy(size_t width, const double *z, const double *t, double *dz)
{
    double loss = 0.0;
    for (size_t i = 0; i < width; i++) {
        loss += fmax(z[i], 0.0) - t[i] * z[i] + log1p(exp(-fabs(z[i])));
        if (dz)
            dz[i] = (activation_of(KILN_SIGMOID)->f(z[i]) - t[i]) / (double)width;
    }
    return loss / (double)width;
}

/* Losses of y - t: sum f(e) / share, and dz = dy . dy/dz; through softmax, dz_i = y_i (dy_i - sum_j dy_j y_j). */
static double of_difference(pointwise of, double share, kiln_activation output, size_t width, const double *z, const double *t,
                            double *dz)
{
    const activation *act = activation_of(output);
    const bool whole_row = output == KILN_SOFTMAX;
    const softmax_row row = whole_row ? softmax_of(width, z) : (softmax_row){ 0.0, 1.0 };
    double loss = 0.0, across = 0.0;
    for (size_t i = 0; i < width; i++) {
        const double y = whole_row ? exp(z[i] - row.largest) / row.sum : act->f(z[i]);
        loss += of.f(y - t[i]) / share;
        across += of.d(y - t[i]) / share * y;
    }
    for (size_t i = 0; dz && i < width; i++) {
        const double y = whole_row ? exp(z[i] - row.largest) / row.sum : act->f(z[i]);
        const double dy = of.d(y - t[i]) / share;
        dz[i] = whole_row ? y * (dy - across) : dy * act->d(z[i]);
    }
    return loss;
}

double loss_sample(kiln_loss loss, kiln_activation output, size_t width, const double *z, const double *t, double *dz)
{
    if (loss == KILN_CROSS_ENTROPY)
        return cross_entropy(width, z, t, dz);
    if (loss == KILN_BCE)
        return binary_cross_entropy(width, z, t, dz);
    return of_difference(losses[loss].of, loss == KILN_SSE ? 1.0 : (double)width, output, width, z, t, dz);
}

static kiln_status check_labels(const kiln_network *network, const kiln_samples *samples, kiln_error *err)
{
    const size_t width = network->widths[network->layers];
    const bool softmax_output = network->output == KILN_SOFTMAX;
    if (samples->classes == width || (samples->classes == 2 && width == 1 && !softmax_output))
        return KILN_OK;
    return kiln_fail(err, KILN_EINVAL, "the samples have %zu classes but the network has %zu%s output%s: it needs one a class%s",
                     samples->classes, width, softmax_output ? " softmax" : "", width == 1 ? "" : "s",
                     softmax_output ? "" : ", or a single one for two classes");
}

kiln_status loss_check(kiln_loss loss, const kiln_network *network, const kiln_samples *samples, kiln_error *err)
{
    const size_t width = network->widths[network->layers];
    const kiln_loss resolved = kiln_loss_resolve(loss, network, samples);
    const char *const output = kiln_activation_name(network->output);
    if ((size_t)loss >= LOSSES)
        return kiln_fail(err, KILN_EINVAL, "there is no loss %d: they are 0 to %d", (int)loss, LOSSES - 1);
    if (!samples->labels && !samples->y)
        return kiln_fail(err, KILN_EINVAL,
                         "the samples have neither labels nor target values, so there is nothing to learn from or compare with");
    if (resolved == KILN_BCE && network->output != KILN_SIGMOID)
        return kiln_fail(err, KILN_EINVAL, "bce needs sigmoid outputs, the network's are %s", output);
    if (resolved == KILN_CROSS_ENTROPY && network->output != KILN_SOFTMAX)
        return kiln_fail(err, KILN_EINVAL, "cross-entropy needs softmax outputs, the network's are %s", output);
    if (resolved == KILN_CROSS_ENTROPY && !samples->labels)
        return kiln_fail(err, KILN_EINVAL, "cross-entropy needs samples with classes, these have target values: use mse");
    if (samples->labels)
        return check_labels(network, samples, err);
    if (samples->outputs != width)
        return kiln_fail(err, KILN_EINVAL, "the samples have %zu target values each but the network has %zu outputs",
                         samples->outputs, width);
    return KILN_OK;
}

/* Dense layers of the reference: forward, backward, gradient. No cleverness at all. */
#include "backend/reference/operations.h"
#include "base/random.h"
#include "network/activation.h"

void ref_gather(const kiln_samples *samples, const uint32_t *rows, size_t count, const float *mean, const float *scale, double *x)
{
    const size_t features = samples->features;
    for (size_t b = 0; b < count; b++)
        for (size_t f = 0; f < features; f++) {
            const size_t at = rows[b] * features + f;
            const double value = samples->element == KILN_ELEMENT_U8 ? (double)((const uint8_t *)samples->x)[at]
                                                                     : (double)((const float *)samples->x)[at];
            x[b * features + f] = mean ? (value - (double)mean[f]) * (double)scale[f] : value;
        }
}

void ref_forward(size_t batch, size_t in, size_t out, const double *x, const double *w, const double *bias, double *z)
{
    for (size_t b = 0; b < batch; b++)
        for (size_t o = 0; o < out; o++) {
            double sum = bias ? bias[o] : 0.0;
            for (size_t i = 0; i < in; i++)
                sum += x[b * in + i] * w[i * out + o];
            z[b * out + o] = sum;
        }
}

void ref_activate(kiln_activation which, size_t count, const double *z, double *y, double *fprime)
{
    const activation *act = activation_of(which);
    for (size_t i = 0; i < count; i++) {
        const double at = z[i]; /* z may be y */
        y[i] = act->f(at);
        fprime[i] = act->d(at);
    }
}

void ref_dropout(double dropout, uint64_t seed, size_t layer, uint64_t number, size_t batch, size_t out, double *y, double *fprime)
{
    const uint32_t threshold = (uint32_t)(dropout * 4294967296.0);
    for (size_t b = 0; b < batch; b++)
        for (size_t o = 0; o < out; o++) {
            const philox_words words =
                random_words(seed, PHILOX_DROPOUT, (uint32_t)(o / 4), (uint32_t)b, (uint32_t)layer, (uint32_t)number);
            const double factor = words.w[o % 4] >= threshold ? 1.0 / (1.0 - dropout) : 0.0;
            y[b * out + o] *= factor;
            fprime[b * out + o] *= factor;
        }
}

void ref_backward(size_t batch, size_t in, size_t out, const double *delta_above, const double *w, const double *fprime,
                  double *delta)
{
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < in; i++) {
            double sum = 0.0;
            for (size_t o = 0; o < out; o++)
                sum += delta_above[b * out + o] * w[i * out + o];
            delta[b * in + i] = sum * fprime[b * in + i];
        }
}

void ref_gradient(size_t batch, size_t in, size_t out, bool bias, const double *x, const double *delta, double *gradient)
{
    for (size_t i = 0; i < in; i++)
        for (size_t o = 0; o < out; o++) {
            double sum = 0.0;
            for (size_t b = 0; b < batch; b++)
                sum += x[b * in + i] * delta[b * out + o];
            gradient[i * out + o] = sum;
        }
    for (size_t o = 0; bias && o < out; o++) {
        double sum = 0.0;
        for (size_t b = 0; b < batch; b++)
            sum += delta[b * out + o];
        gradient[in * out + o] = sum;
    }
}

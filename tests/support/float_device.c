/* A second implementation of everything a device does, in float32 and without any care for speed; see float_device.h. */
#include "float_device.h"

#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[WRONGS] = {
    "nothing",      "last term", "bias",       "half inputs",   "half gradient", "sign",          "transpose",
    "derivative",   "mean",      "batch end",  "bias gradient", "gather",        "standardising", "dropout's scale",
    "dropout mask", "exp",       "correction", "decay",         "clipping",      "loss",          "evaluation",
    "class",        "unwritten", "weight",
};

const char *wrong_name(wrong way)
{
    return names[way];
}

typedef struct float_device_handle {
    kiln_device base;
    wrong way;
} float_device_handle;

typedef struct float_plan {
    plan base;
    wrong way;
    float *w, *g, *m, *v, *x, *y[NETWORK_MAX_LAYERS], *slope[NETWORK_MAX_LAYERS], *delta[NETWORK_MAX_LAYERS], *loss;
    const kiln_samples *samples;
    uint32_t *order[PLAN_ORDERS];
    size_t rows;
} float_plan;

static float *floats(size_t count)
{
    float *made = malloc((count ? count : 1) * sizeof *made);
    if (!made)
        abort();
    for (size_t i = 0; i < count; i++)
        made[i] = NAN; /* whatever is not written shows */
    return made;
}

static float half(float value)
{
    int exponent;
    const float mantissa = frexpf(value, &exponent);
    return ldexpf(rintf(mantissa * 2048.0f) / 2048.0f, exponent);
}

static float exponential(wrong way, float z)
{
    return expf(way == WRONG_EXP ? z * (1.0f + 1e-5f) : z);
}

static float sigmoid(wrong way, float z)
{
    const float e = exponential(way, -fabsf(z));
    return (z >= 0.0f ? 1.0f : e) / (1.0f + e);
}

static void hidden(wrong way, kiln_activation which, float z, float *y, float *slope)
{
    const float s = sigmoid(way, z), cumulated = 0.5f * (1.0f + erff(z * 0.70710678f));
    switch (which) {
    case KILN_SIGMOID:
        *y = s, *slope = s * (1.0f - s);
        break;
    case KILN_TANH:
        *y = tanhf(z), *slope = 1.0f - *y * *y;
        break;
    case KILN_RELU:
        *y = z > 0.0f ? z : 0.0f, *slope = z > 0.0f ? 1.0f : 0.0f;
        break;
    case KILN_LEAKY_RELU:
        *y = z > 0.0f ? z : 0.01f * z, *slope = z > 0.0f ? 1.0f : 0.01f;
        break;
    case KILN_GELU:
        *y = z * cumulated, *slope = cumulated + z * 0.39894228f * expf(-0.5f * z * z);
        break;
    case KILN_SILU:
        *y = z * s, *slope = s * (1.0f + z * (1.0f - s));
        break;
    default:
        *y = z, *slope = 1.0f;
    }
}

/* Output, loss and dloss/dz of one sample. */
static float output_layer(const float_plan *p, const float *z, const float *t, float *y, float *dz)
{
    const kiln_network *network = p->base.spec.network;
    const size_t width = network->widths[network->layers];
    const kiln_loss kind = p->base.spec.loss;
    float most = z[0], sum = 0.0f, loss = 0.0f, weighted = 0.0f;
    for (size_t i = 1; i < width; i++)
        most = fmaxf(most, z[i]);
    for (size_t i = 0; i < width; i++)
        sum += exponential(p->way, z[i] - most);
    for (size_t i = 0; i < width; i++) {
        y[i] = network->output == KILN_SOFTMAX   ? exponential(p->way, z[i] - most) / sum
               : network->output == KILN_SIGMOID ? sigmoid(p->way, z[i])
                                                 : z[i];
        const float e = y[i] - t[i], share = kind == KILN_SSE || kind == KILN_CROSS_ENTROPY ? 1.0f : (float)width;
        float part = e * e, slope = 2.0f * e;
        if (kind == KILN_MAE)
            part = fabsf(e), slope = e > 0.0f ? 1.0f : e < 0.0f ? -1.0f : 0.0f;
        else if (kind == KILN_HUBER)
            part = fabsf(e) < 1.0f ? 0.5f * e * e : fabsf(e) - 0.5f, slope = fmaxf(-1.0f, fminf(1.0f, e));
        else if (kind == KILN_CROSS_ENTROPY)
            part = t[i] == 0.0f ? 0.0f : logf(sum) - (z[i] - most), slope = e;
        else if (kind == KILN_BCE)
            part = fmaxf(z[i], 0.0f) - z[i] * t[i] + log1pf(expf(-fabsf(z[i]))), slope = e;
        loss += part / share;
        dz[i] = slope / share;
        weighted += dz[i] * y[i];
    }
    for (size_t i = 0; i < width && kind != KILN_CROSS_ENTROPY && kind != KILN_BCE; i++)
        dz[i] = network->output == KILN_SOFTMAX   ? y[i] * (dz[i] - weighted)
                : network->output == KILN_SIGMOID ? dz[i] * (y[i] * (1.0f - y[i]))
                                                  : dz[i];
    return loss;
}

static void gather(float_plan *p, plan_order which, size_t first, size_t rows)
{
    const kiln_network *network = p->base.spec.network;
    const size_t features = network->widths[0];
    for (size_t b = 0; b < rows; b++)
        for (size_t f = 0; f < features; f++) {
            const size_t row = p->way == WRONG_GATHER ? first + b : p->order[which][first + b];
            const float value = ((const float *)p->samples->x)[row * features + f];
            const bool standardises = network->mean && p->way != WRONG_STANDARDISATION;
            p->x[b * features + f] = standardises ? (value - network->mean[f]) * network->scale[f] : value;
        }
    p->rows = rows;
}

static void forward_layer(float_plan *p, size_t l, const step *s)
{
    const plan_spec *spec = &p->base.spec;
    const kiln_network *network = spec->network;
    const size_t in = network->widths[l], out = network->widths[l + 1], terms = p->way == WRONG_LAST_TERM ? in - 1 : in;
    const bool last = l + 1 == network->layers, drops = s && spec->dropout > 0.0;
    const bool bias = network->bias && p->way != WRONG_BIAS && !(p->way == WRONG_EVALUATION && !s && last);
    const float *w = p->w + network_layer_offset(network, l), *x = l == 0 ? p->x : p->y[l - 1];
    for (size_t b = 0; b < p->rows; b++)
        for (size_t o = 0; o < out; o++) {
            float z = bias ? w[in * out + o] : 0.0f, *y = &p->y[l][b * out + o], *slope = &p->slope[l][b * out + o];
            for (size_t i = 0; i < terms; i++)
                z += p->way == WRONG_HALF_INPUTS ? half(x[b * in + i]) * half(w[i * out + o]) : x[b * in + i] * w[i * out + o];
            *y = z;
            if (last)
                continue;
            hidden(p->way, network->hidden, z, y, slope);
            if (!drops)
                continue;
            const uint32_t number = (uint32_t)s->number - (p->way == WRONG_DROPOUT_MASK ? 1 : 0);
            const philox_words words =
                random_words(spec->seed, PHILOX_DROPOUT, (uint32_t)(o / 4), (uint32_t)b, (uint32_t)l, number);
            const float scale = p->way == WRONG_DROPOUT_SCALE ? 1.0f : (float)(1.0 / (1.0 - spec->dropout));
            const float factor = words.w[o % 4] >= (uint32_t)(spec->dropout * 4294967296.0) ? scale : 0.0f;
            *y *= factor;
            *slope *= factor;
        }
}

static void forward(float_plan *p, plan_order which, size_t first, size_t rows, const step *s)
{
    gather(p, which, first, rows);
    for (size_t l = 0; l < p->base.spec.network->layers; l++)
        forward_layer(p, l, s);
}

static void target(const float_plan *p, size_t row, size_t width, float *t)
{
    for (size_t i = 0; i < width; i++)
        t[i] = !p->samples->labels ? p->samples->y[row * width + i]
               : width == 1        ? (float)p->samples->labels[row]
                                   : (float)(p->samples->labels[row] == (int32_t)i);
}

static void losses_and_delta(float_plan *p, const step *s)
{
    const kiln_network *network = p->base.spec.network;
    const size_t width = network->widths[network->layers], last = network->layers - 1;
    const float divisor = p->base.spec.loss == KILN_SSE || p->way == WRONG_MEAN ? 1.0f : (float)s->rows;
    float *t = floats(width), *y = floats(width);
    for (size_t b = 0; b < s->rows; b++) {
        float *dz = p->delta[last] + b * width;
        const uint32_t row = p->order[PLAN_TRAIN][s->first + b];
        const float weight = p->samples->weight && p->way != WRONG_WEIGHT ? p->samples->weight[row] : 1.0f;
        target(p, row, width, t);
        const float loss = output_layer(p, p->y[last] + b * width, t, y, dz) * weight;
        if (p->way != WRONG_LOSS || b < s->rows / 2)
            p->loss[s->first + b] = loss;
        for (size_t o = 0; o < width; o++)
            dz[o] = dz[o] / divisor * weight;
    }
    free(t);
    free(y);
}

static void gradient(float_plan *p, size_t l)
{
    const kiln_network *network = p->base.spec.network;
    const size_t in = network->widths[l], out = network->widths[l + 1], rows = p->rows - (p->way == WRONG_BATCH_END ? 1 : 0);
    const float *x = l == 0 ? p->x : p->y[l - 1], *d = p->delta[l];
    float *g = p->g + network_layer_offset(network, l);
    for (size_t i = 0; i < in + (network->bias ? 1 : 0); i++)
        for (size_t o = 0; o < out; o++) {
            float sum = 0.0f;
            for (size_t b = 0; b < (i == in && p->way == WRONG_BIAS_GRADIENT ? 1 : rows); b++) {
                const float a = i == in ? 1.0f : x[b * in + i];
                sum += p->way == WRONG_HALF_GRADIENT ? half(a) * half(d[b * out + o]) : a * d[b * out + o];
            }
            g[i * out + o] = sum;
        }
    if (p->way == WRONG_UNWRITTEN)
        g[in * out - 1] = NAN;
}

static void backward(float_plan *p, size_t l)
{
    const kiln_network *network = p->base.spec.network;
    const size_t in = network->widths[l], out = network->widths[l + 1];
    const float *w = p->w + network_layer_offset(network, l);
    for (size_t b = 0; b < p->rows; b++)
        for (size_t i = 0; i < in; i++) {
            float sum = 0.0f;
            for (size_t o = 0; o < out; o++)
                sum += p->delta[l][b * out + o] * w[p->way == WRONG_TRANSPOSE ? o * in + i : i * out + o];
            const float slope = p->way == WRONG_DERIVATIVE ? 1.0f : p->slope[l - 1][b * in + i];
            p->delta[l - 1][b * in + i] = p->way == WRONG_SIGN ? -sum * slope : sum * slope;
        }
}

static void update(float_plan *p, const step *s)
{
    const plan_spec *o = &p->base.spec;
    const float lr = (float)s->learning_rate, b1 = (float)o->momentum, b2 = (float)o->beta2, epsilon = (float)o->epsilon;
    const float c1 = (float)(1.0 - o->momentum), c2 = (float)(1.0 - o->beta2), t = (float)(s->number + 1);
    const bool corrects = p->way != WRONG_CORRECTION, decays = o->weight_decay > 0.0 && p->way != WRONG_DECAY;
    const float m_share = corrects ? (float)(1.0 - pow(o->momentum, t)) : 1.0f,
                v_share = corrects ? (float)(1.0 - pow(o->beta2, t)) : 1.0f;
    float squares = 0.0f;
    for (size_t i = 0; i < o->network->count; i++)
        squares += p->g[i] * p->g[i];
    const bool clips = o->clip_norm > 0.0 && sqrtf(squares) > (float)o->clip_norm && p->way != WRONG_CLIPPING;
    for (size_t i = 0; i < o->network->count; i++) {
        float g = clips ? p->g[i] * ((float)o->clip_norm / sqrtf(squares)) : p->g[i], *w = &p->w[i], *m = &p->m[i], *v = &p->v[i];
        if (o->optimizer == KILN_ADAMW && decays)
            *w -= lr * (float)o->weight_decay * *w;
        else if (decays)
            g += (float)o->weight_decay * *w;
        switch (o->optimizer) {
        case KILN_ADAM:
        case KILN_ADAMW:
            *m = b1 * *m + c1 * g;
            *v = b2 * *v + c2 * g * g;
            *w -= lr * (*m / m_share) / (sqrtf(*v / v_share) + epsilon);
            break;
        case KILN_MOMENTUM:
        case KILN_NESTEROV:
            *m = b1 * *m + g;
            *w -= lr * (o->optimizer == KILN_MOMENTUM ? *m : g + b1 * *m);
            break;
        case KILN_RMSPROP:
            *v = b2 * *v + c2 * g * g;
            *w -= lr * g / (sqrtf(*v) + epsilon);
            break;
        default:
            *w -= lr * g;
        }
    }
}

static kiln_status train(plan *base, const step *steps, size_t count, kiln_error *err)
{
    float_plan *p = (float_plan *)base;
    (void)err;
    for (size_t i = 0; i < count; i++) {
        forward(p, PLAN_TRAIN, steps[i].first, steps[i].rows, &steps[i]);
        losses_and_delta(p, &steps[i]);
        for (size_t l = base->spec.network->layers; l-- > 0;) {
            gradient(p, l);
            if (l > 0)
                backward(p, l);
        }
        update(p, &steps[i]);
    }
    return KILN_OK;
}

static kiln_status evaluate(plan *base, size_t first, size_t count, const evaluation *into, kiln_error *err)
{
    float_plan *p = (float_plan *)base;
    const kiln_network *network = base->spec.network;
    const size_t width = network->widths[network->layers];
    float *t = floats(width), *y = floats(width), *dz = floats(width);
    (void)err;
    for (size_t at = 0; at < count; at++) {
        double outputs[64];
        forward(p, PLAN_EVALUATE, first + at, 1, NULL);
        target(p, p->order[PLAN_EVALUATE][first + at], width, t);
        into->loss[at] = (double)output_layer(p, p->y[network->layers - 1], t, y, dz);
        for (size_t o = 0; o < width; o++)
            into->outputs[at * width + o] = outputs[o] = (double)y[o];
        into->predicted[at] = kiln_predicted_class(width, outputs);
        for (size_t o = 0; p->way == WRONG_CLASS && o < width; o++)
            if (outputs[o] > 0.9 * outputs[into->predicted[at]])
                into->predicted[at] = (int32_t)o;
    }
    free(t);
    free(y);
    free(dz);
    return KILN_OK;
}

static float *array_of(float_plan *p, plan_array array, size_t layer, size_t *count)
{
    const kiln_network *network = p->base.spec.network;
    *count = array == PLAN_INPUT        ? p->rows * network->widths[0]
             : array >= PLAN_ACTIVATION ? p->rows * network->widths[layer + 1]
                                        : network->count;
    float *const arrays[] = {
        [PLAN_PARAMETERS] = p->w, [PLAN_GRADIENT] = p->g,          [PLAN_MOMENT1] = p->m,         [PLAN_MOMENT2] = p->v,
        [PLAN_INPUT] = p->x,      [PLAN_ACTIVATION] = p->y[layer], [PLAN_DELTA] = p->delta[layer]
    };
    return arrays[array];
}

static kiln_status write_array(plan *base, plan_array array, const double *values, kiln_error *err)
{
    size_t count;
    float *to = array_of((float_plan *)base, array, 0, &count);
    (void)err;
    for (size_t i = 0; i < count; i++)
        to[i] = (float)values[i];
    return KILN_OK;
}

static kiln_status read_array(plan *base, plan_array array, size_t layer, double *values, kiln_error *err)
{
    size_t count;
    const float *from = array_of((float_plan *)base, array, layer, &count);
    (void)err;
    for (size_t i = 0; i < count; i++)
        values[i] = (double)from[i];
    return KILN_OK;
}

static kiln_status read_losses(plan *base, size_t first, size_t count, double *loss, kiln_error *err)
{
    (void)err;
    for (size_t i = 0; i < count; i++)
        loss[i] = (double)((float_plan *)base)->loss[first + i];
    return KILN_OK;
}

static kiln_status attach(plan *base, const kiln_samples *samples, kiln_error *err)
{
    float_plan *p = (float_plan *)base;
    (void)err;
    p->samples = samples;
    free(p->loss);
    p->loss = floats(samples->count);
    return KILN_OK;
}

static kiln_status set_order(plan *base, plan_order which, const uint32_t *rows, size_t count, kiln_error *err)
{
    float_plan *p = (float_plan *)base;
    (void)err;
    free(p->order[which]);
    p->order[which] = malloc(count * sizeof *rows);
    if (!p->order[which])
        abort();
    memcpy(p->order[which], rows, count * sizeof *rows);
    return KILN_OK;
}

static void destroy(plan *base)
{
    float_plan *p = (float_plan *)base;
    float *const arrays[] = { p->w, p->g, p->m, p->v, p->x, p->loss };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    for (size_t l = 0; l < NETWORK_MAX_LAYERS; l++) {
        free(p->y[l]);
        free(p->slope[l]);
        free(p->delta[l]);
    }
    for (int which = 0; which < PLAN_ORDERS; which++)
        free(p->order[which]);
    free(p);
}

static kiln_status make_plan(kiln_device *device, const plan_spec *spec, plan **out, kiln_error *err)
{
    const kiln_network *network = spec->network;
    float_plan *p = calloc(1, sizeof *p);
    (void)err;
    if (!p)
        abort();
    p->base = (plan){ device->ops, *spec };
    p->way = ((float_device_handle *)device)->way;
    p->w = floats(network->count);
    p->g = floats(network->count);
    p->m = floats(network->count);
    p->v = floats(network->count);
    memset(p->m, 0, network->count * sizeof *p->m);
    memset(p->v, 0, network->count * sizeof *p->v);
    p->x = floats(spec->batch * network->widths[0]);
    for (size_t l = 0; l < network->layers; l++) {
        p->y[l] = floats(spec->batch * network->widths[l + 1]);
        p->slope[l] = floats(spec->batch * network->widths[l + 1]);
        p->delta[l] = floats(spec->batch * network->widths[l + 1]);
    }
    *out = &p->base;
    return KILN_OK;
}

static void close_device(kiln_device *device)
{
    free(device);
}

kiln_device *float_device(wrong way)
{
    static const backend_ops ops = { .name = "float32 loops",
                                     .close = close_device,
                                     .plan = make_plan,
                                     .destroy = destroy,
                                     .write = write_array,
                                     .read = read_array,
                                     .attach = attach,
                                     .order = set_order,
                                     .train = train,
                                     .losses = read_losses,
                                     .evaluate = evaluate };
    float_device_handle *made = calloc(1, sizeof *made);
    if (!made)
        abort();
    made->base = (kiln_device){ .ops = &ops, .precision = KILN_F32 };
    made->way = way;
    return &made->base;
}

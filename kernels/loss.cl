/* The output layer of one batch: its activation, each sample's loss, and either the gradient with respect to z or the outputs.
 *
 * z (rows, out) before the output activation   labels (samples) or y (samples, out)   losses (one a sample)
 * TRAINING:  delta[b][o] = dloss_b/dz[b][o] / divisor, divisor being rows for a mean over the batch and 1 for a sum
 * else:      outputs[b][o] = f(z[b][o]), predicted[b] = the class of the largest, of a single output: 1 from 0.5 on
 *
 * -DOUTPUT=sigmoid|softmax|linear   -DLOSS=none|sse|mse|bce|cross_entropy|mae|huber   -DLABELS=1|0   -DTRAINING=1|0
 * One work-item a sample, whatever the work-group; global size: rows, rounded up. */
#include "common.clh"

typedef struct sample {
    global const real *z;
    global const int *labels;
    global const float *y;
    uint row; /* of labels and y */
    uint out;
} sample;

/* The target of output o: one-hot, a single output's class, or the regression target. */
static inline real target(sample s, uint o)
{
#if LABELS
    const int label = s.labels[s.row];
    return s.out == 1 ? convert_real(label) : label == (int)o ? R(1.0) : R(0.0);
#else
    return convert_real(s.y[(size_t)s.row * s.out + o]);
#endif
}

static inline real largest(sample s)
{
    real most = s.z[0];
    for (uint o = 1; o < s.out; o++)
        most = fmax(most, s.z[o]);
    return most;
}

/* sum of exp(z - largest), at least 1 */
static inline real exp_sum(sample s, real most)
{
    real sum = R(0.0);
    for (uint o = 0; o < s.out; o++)
        sum += exp(s.z[o] - most);
    return sum;
}

static inline real sigmoid1(real z)
{
    const real e = exp(-fabs(z));
    return (z >= R(0.0) ? R(1.0) : e) / (R(1.0) + e);
}

/* y[o] for one output; most and sum matter to softmax only. */
static inline real output(sample s, uint o, real most, real sum)
{
#define OUTPUT_sigmoid sigmoid1(s.z[o])
#define OUTPUT_softmax exp(s.z[o] - most) / sum
#define OUTPUT_linear s.z[o]
    return PASTE(OUTPUT_, OUTPUT);
}

/* The part of the loss that output o adds, and dloss/dy; both before the mean over outputs. */
static inline real part_sse(real e)
{
    return e * e;
}
static inline real slope_sse(real e)
{
    return R(2.0) * e;
}
static inline real part_mae(real e)
{
    return fabs(e);
}
static inline real slope_mae(real e)
{
    return e > R(0.0) ? R(1.0) : e < R(0.0) ? R(-1.0) : e; /* NaN stays NaN */
}
static inline real part_huber(real e)
{
    const real a = fabs(e);
    return a < R(1.0) ? R(0.5) * e * e : a - R(0.5);
}
static inline real slope_huber(real e)
{
    return e > R(1.0) ? R(1.0) : e < R(-1.0) ? R(-1.0) : e;
}
#define part_mse part_sse
#define slope_mse slope_sse

/* Which losses are a mean over outputs. */
#define MEAN_sse 0
#define MEAN_mse 1
#define MEAN_mae 1
#define MEAN_huber 1

/* What a loss is made of: cross-entropies from z, stable at any finite z; the others from y - t. */
#define KIND_none 0
#define KIND_cross_entropy 1
#define KIND_bce 2
#define KIND_sse 3
#define KIND_mse 3
#define KIND_mae 3
#define KIND_huber 3
#define KIND PASTE(KIND_, LOSS)
#define SOFTMAX_softmax 1
#define SOFTMAX_sigmoid 0
#define SOFTMAX_linear 0
#define SOFTMAX PASTE(SOFTMAX_, OUTPUT)

static inline real sample_loss(sample s, real most, real sum)
{
    real loss = R(0.0);
#if KIND == 1
    for (uint o = 0; o < s.out; o++)
        if (target(s, o) != R(0.0))
            loss += log(sum) - (s.z[o] - most);
#elif KIND == 2
    for (uint o = 0; o < s.out; o++) {
        /* max(z, 0) - z t + log(1 + exp(-|z|)), the first two so that they do not cancel for t in {0, 1} */
        const real z = s.z[o], t = target(s, o);
        loss += (z > R(0.0) ? z * (R(1.0) - t) : -z * t) + log1p(exp(-fabs(z)));
    }
    loss /= convert_real(s.out);
#elif KIND == 3
    for (uint o = 0; o < s.out; o++)
        loss += PASTE(part_, LOSS)(output(s, o, most, sum) - target(s, o));
    if (PASTE(MEAN_, LOSS))
        loss /= convert_real(s.out);
#endif
    return loss;
}

#if TRAINING
static inline void sample_delta(sample s, real most, real sum, real divisor, global real *delta)
{
#if KIND == 1 || KIND == 2
    if (KIND == 2)
        divisor *= convert_real(s.out);
    for (uint o = 0; o < s.out; o++)
        delta[o] = (output(s, o, most, sum) - target(s, o)) / divisor;
#elif KIND == 3
    if (PASTE(MEAN_, LOSS))
        divisor *= convert_real(s.out);
#if SOFTMAX
    real weighted = R(0.0); /* dz_o = y_o (g_o - sum over k of g_k y_k) */
    for (uint o = 0; o < s.out; o++) {
        const real y = output(s, o, most, sum);
        weighted = fma(PASTE(slope_, LOSS)(y - target(s, o)), y, weighted);
    }
#endif
    for (uint o = 0; o < s.out; o++) {
        const real y = output(s, o, most, sum), g = PASTE(slope_, LOSS)(y - target(s, o));
#define SLOPE_sigmoid g * (y * (R(1.0) - y))
#define SLOPE_linear g
#define SLOPE_softmax y * (g - weighted)
        delta[o] = PASTE(SLOPE_, OUTPUT) / divisor;
    }
#endif
}
#endif

kernel void loss(const uint rows, const uint first, const uint place, const real divisor, const uint out, const uint stride,
                 global const real *restrict z, global const uint *restrict order, global const int *restrict labels,
                 global const float *restrict y, global real *restrict losses, global real *restrict delta,
                 global real *restrict outputs, global int *restrict predicted)
{
    const uint b = get_global_id(0);
    if (b >= rows)
        return;
    const sample s = { z + (size_t)b * stride, labels, y, order[first + b], out };
    const real most = SOFTMAX ? largest(s) : R(0.0), sum = SOFTMAX ? exp_sum(s, most) : R(1.0);
#if KIND
    losses[place + b] = sample_loss(s, most, sum);
#endif
#if TRAINING
    sample_delta(s, most, sum, divisor, delta + (size_t)b * stride);
#else
    global real *mine = outputs + ((size_t)place + b) * out;
    uint best = 0;
    real best_y = output(s, 0, most, sum);
    for (uint o = 0; o < out; o++) {
        const real y = output(s, o, most, sum);
        mine[o] = y;
        if (y > best_y) {
            best = o;
            best_y = y;
        }
    }
    predicted[place + b] = out == 1 ? best_y >= R(0.5) : (int)best;
#endif
}

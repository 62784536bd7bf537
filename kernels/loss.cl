/* The output layer of one batch: each sample's loss, and either the gradient with respect to z or the outputs.
 *
 * z (rows, out) before the output activation   labels (samples) or y (samples, out)   weights (samples)   losses (one a sample)
 * TRAINING:  delta[b][o] = weight_b dloss_b/dz[b][o] / divisor, divisor being rows for a mean over the batch and 1 for a sum
 * else:      outputs[b][o] = f(z[b][o]), predicted[b] = the class of the largest, of a single output: 1 from 0.5 on
 *
 * One work-item a sample, whatever the work-group; global size: rows, rounded up. What loss.clh needs. */
#include "loss.clh"

kernel void loss(const uint rows, const uint first, const uint place, const real divisor, const uint out, const uint stride,
                 global const real *restrict z, global const uint *restrict order, global const int *restrict labels,
                 global const float *restrict y, global const float *restrict weights, global real *restrict losses,
                 global real *restrict delta, global real *restrict outputs, global int *restrict predicted)
{
    const uint b = get_global_id(0);
    if (b >= rows)
        return;
#if TRAINING
    train_rows(b, b + 1, out, stride, z, order + first, labels, y, weights, divisor, losses + place, delta);
#else
    sample s = sample_at(z + (size_t)b * stride, out, order[first + b], labels, y, weights, 0);
    look_at_row(&s);
#if KIND
    losses[place + b] = sample_loss(&s);
#endif
    global real *mine = outputs + ((size_t)place + b) * out;
    uint best = 0;
    real best_y = R(0.0);
    for (uint o = 0; o < out; o += WIDTH) {
        real some[WIDTH];
        store_any(output(&s, o), some);
        for (uint i = 0; i < WIDTH && o + i < out; i++) {
            mine[o + i] = some[i];
            if (o + i == 0 || some[i] > best_y) {
                best = o + i;
                best_y = some[i];
            }
        }
    }
    predicted[place + b] = out == 1 ? best_y >= R(0.5) : (int)best;
#endif
}

/* The last layer of a training step in one launch, since a sample needs nothing of the others' there:
 * z = x . w + bias, the sample's loss, delta = dloss/dz, and the delta of the layer below.
 *
 * x (rows, in)   w (in, out)   z, delta (rows, out)   below (rows, in): holds fprime before, delta after
 * order, labels, y, weights, losses, divisor: as for loss
 *
 * CPU shape only: one work-item takes ROWS samples through all of it; global size ceil(rows / ROWS), work-group 1 x 1.
 * -DBELOW=1|0: there is a layer below.   And what loss.clh and product.clh need, TRAINING=1. */
#include "loss.clh"
#include "product.clh"

#define ROWS (2 * BLOCK_ROWS)

FULL_WIDTH
kernel void output_layer(const uint rows, const uint first, const uint place, const real divisor, const uint in,
                         const uint in_stride, const uint out, const uint stride, const ulong offset,
                         global const real *restrict x, global const real *restrict parameters, global real *restrict z,
                         global const uint *restrict order, global const int *restrict labels, global const float *restrict y,
                         global const float *restrict weights, global real *restrict losses, global real *restrict delta,
                         global real *restrict below)
{
    const uint from = get_global_id(0) * ROWS, end = min(from + ROWS, rows);
    global const real *w = parameters + offset;
    for (uint row = from; row < end; row += BLOCK_ROWS)
        for (uint column = 0; column < out; column += BLOCK_COLUMNS) {
            block outputs;
            forward_block(end, in, in_stride, stride, x, w, row, column, &outputs);
            store_block(&outputs, end, row, column, stride, z);
        }
    for (uint row = from; row < end; row += WIDTH)
        train_rows(row, min(row + WIDTH, end), out, stride, z, order + first, labels, y, weights, divisor, losses + place, delta);
#if BELOW && WIDTH > 1
    backward_rows(from, end, in, in_stride, out, stride, delta, w, below);
#endif
}

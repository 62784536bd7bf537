/* delta = (delta_above . w^T) * fprime:  delta[b][i] = fprime[b][i] * sum over o of above[b][o] w[i][o].
 *
 * above (rows, out)   w (in, out)   delta (rows, in): holds fprime before, delta after
 *
 * CPU shape: one work-item computes 4 rows x 4 inputs, each as a vector of partial sums along o;
 *   global size (ceil(in / 4), ceil(rows / 4)), work-group 1 x 1. Padding of above and w is 0, so whole vectors are summed.
 * GPU shape: tile.clh; global size a multiple of TILE in both dimensions. */
#include "product.clh"

#if WIDTH > 1
FULL_WIDTH kernel __attribute__((reqd_work_group_size(1, 1, 1)))
#else
#include "tile.clh"

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1)))
#endif
void dense_backward(const uint rows, const uint in, const uint in_stride, const uint out, const uint out_stride,
                    const ulong offset, global const real *restrict above, global const real *restrict parameters,
                    global real *restrict delta)
{
    global const real *w = parameters + offset;
#if WIDTH > 1
    backward_block(rows, in, in_stride, out, out_stride, above, w, get_global_id(1) * BACK_BLOCK, get_global_id(0) * BACK_BLOCK, delta);
#else
    local real as[SIDE * TILE], ws[TILE * SIDE];
    real sum[WORK][WORK];
    const uint row0 = get_group_id(1) * SIDE + get_local_id(1), input0 = get_group_id(0) * SIDE + get_local_id(0);
    for (uint i = 0; i < WORK; i++)
        for (uint j = 0; j < WORK; j++)
            sum[i][j] = R(0.0);
    tile_product((tile_matrix){ above, rows, out, out_stride, 1, rows }, (tile_matrix){ w, out, in, 1, out_stride, out }, as, ws, sum);
    for (uint i = 0; i < WORK; i++)
        for (uint j = 0; j < WORK; j++)
            if (row0 + i * TILE < rows && input0 + j * TILE < in)
                delta[(size_t)(row0 + i * TILE) * in_stride + input0 + j * TILE] *= sum[i][j];
#endif
}

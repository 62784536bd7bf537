/* gradient = x^T . delta, and the bias gradient as its row `in`:
 * gradient[i][o] = sum over b of x[b][i] delta[b][o];  gradient[in][o] = sum over b of delta[b][o].
 *
 * x (rows, in)   delta (rows, out)   gradient (in + BIAS, out)
 *
 * CPU shape: one work-item computes BLOCK_ROWS x 16 outputs in registers, the last row of work-items the bias;
 *   global size (ceil(stride / 16), ceil(in / BLOCK_ROWS) + BIAS), work-group 1 x 1.
 * GPU shape: tile.clh, the bias as an input that is always 1; global size a multiple of TILE in both dimensions.
 * Summed in the order of b. Padding of delta is 0, so the gradient's is. */
#include "product.clh"

#if WIDTH == 8
kernel __attribute__((reqd_work_group_size(1, 1, 1)))
#else
#include "tile.clh"

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1)))
#endif
void dense_gradient(const uint rows, const uint in, const uint in_stride, const uint out, const uint out_stride,
                    const ulong offset, global const real *restrict x, global const real *restrict delta,
                    global real *restrict gradients)
{
    global real *gradient = gradients + offset;
#if WIDTH == 8
    gradient_block(rows, in, in_stride, out_stride, x, delta, get_global_id(1) * BLOCK_ROWS, get_global_id(0) * BLOCK_COLUMNS, gradient);
#else
    local real xs[SIDE * TILE], ds[TILE * SIDE];
    real sum[WORK][WORK];
    const uint input0 = get_group_id(1) * SIDE + get_local_id(1), column0 = get_group_id(0) * SIDE + get_local_id(0);
    for (uint i = 0; i < WORK; i++)
        for (uint j = 0; j < WORK; j++)
            sum[i][j] = R(0.0);
    tile_product((tile_matrix){ x, in + BIAS, rows, 1, in_stride, in }, (tile_matrix){ delta, rows, out, out_stride, 1, rows }, xs, ds,
                 sum);
    for (uint i = 0; i < WORK; i++)
        for (uint j = 0; j < WORK; j++)
            if (input0 + i * TILE < in + BIAS && column0 + j * TILE < out)
                gradient[(size_t)(input0 + i * TILE) * out_stride + column0 + j * TILE] = sum[i][j];
#endif
}

/* y = f(x . w + bias):  y[b][o] = f(sum over k of x[b][k] w[k][o] + w[in][o]).
 *
 *        out ->            x (rows, in)   w (in, out), and the bias as its row `in`   y, fprime (rows, out)
 *      +------+------+
 * rows | block|      |     CPU shape: one work-item computes BLOCK_ROWS rows x two vectors of outputs in registers;
 *      +------+------+       global size (ceil(out / (2 WIDTH)), ceil(rows / BLOCK_ROWS)), work-group 1 x 1
 *      |      |      |     GPU shape: tile.clh; global size a multiple of TILE in both dimensions
 *      +------+------+
 *
 * -DBIAS=1|0, and what epilogue.clh and common.clh need. Summed in the order of k after the bias. */
#include "epilogue.clh"
#include "product.clh"

#if WIDTH > 1
FULL_WIDTH kernel __attribute__((reqd_work_group_size(1, 1, 1)))
#else
#include "tile.clh"

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1)))
#endif
void dense_forward(const uint rows, const uint step, const uint in, const uint x_stride, const uint out, const uint y_stride,
                   const ulong offset, global const real *restrict x, global const real *restrict parameters,
                   global real *restrict y, global real *restrict fprime, const uint key0, const uint key1, const uint layer,
                   const uint threshold, const real scale)
{
    const dropout d = { key0, key1, step, layer, threshold, scale };
    global const real *w = parameters + offset;
#if WIDTH > 1
    const uint column = get_global_id(0) * BLOCK_COLUMNS, row0 = get_global_id(1) * BLOCK_ROWS;
    block z;
    forward_block(rows, in, x_stride, y_stride, x, w, row0, column, &z);
    finish_block(&z, rows, row0, column, out, y_stride, d, y, fprime);
#else
    local real xs[SIDE * TILE], ws[TILE * SIDE];
    real sum[WORK][WORK];
    const uint row0 = get_group_id(1) * SIDE + get_local_id(1), column0 = get_group_id(0) * SIDE + get_local_id(0);
    for (uint i = 0; i < WORK; i++)
        for (uint j = 0; j < WORK; j++)
            sum[i][j] = BIAS ? w[(size_t)in * y_stride + min(column0 + j * TILE, out - 1)] : R(0.0);
    tile_product((tile_matrix){ x, rows, in, x_stride, 1, rows }, (tile_matrix){ w, in, out, y_stride, 1, in }, xs, ws, sum);
    for (uint i = 0; i < WORK; i++)
        for (uint j = 0; j < WORK; j++)
            if (row0 + i * TILE < rows && column0 + j * TILE < out)
                finish_output(sum[i][j], row0 + i * TILE, column0 + j * TILE, out, y_stride, d, y, fprime);
#endif
}

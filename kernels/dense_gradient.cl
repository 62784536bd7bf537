/* gradient = x^T . delta, and the bias gradient as its row `in`:
 * gradient[i][o] = sum over b of x[b][i] delta[b][o];  gradient[in][o] = sum over b of delta[b][o].
 *
 * x (rows, in)   delta (rows, out)   gradient (in + BIAS, out)
 *
 * CPU shape: one work-item computes BLOCK_ROWS rows x two vectors of outputs in registers, the last row of work-items the bias;
 *   global size (ceil(out / (2 WIDTH)), ceil(in / BLOCK_ROWS) + BIAS), work-group 1 x 1.
 * GPU shape: tile.clh, the bias as an input that is always 1; global size a multiple of TILE in both dimensions.
 * -DUPDATE=1|0: each parameter steps as soon as its gradient is there, while that is still at hand (optimizer.clh)
 * Summed in the order of b. Padding of delta is 0, so the gradient's is. */
#include "optimizer.clh"
#include "product.clh"

#if WIDTH > 1
FULL_WIDTH kernel __attribute__((reqd_work_group_size(1, 1, 1)))
#else
#include "tile.clh"

kernel __attribute__((reqd_work_group_size(TILE, TILE, 1)))
#endif
void dense_gradient(const uint rows, const real lr, const real correction1, const real correction2, const uint in,
                    const uint in_stride, const uint out, const uint out_stride, const ulong offset,
                    global const real *restrict x, global const real *restrict delta, global real *restrict gradients,
                    const real b1, const real b2, const real c1, const real c2, const real epsilon, const real decay,
                    global real *restrict parameters, global real *restrict moment1, global real *restrict moment2)
{
    const optimizer_settings o = { b1, b2, c1, c2, epsilon, decay, R(0.0), lr, correction1, correction2 };
    global real *gradient = gradients + offset;
#if WIDTH > 1
    const uint input0 = min((uint)get_global_id(1) * BLOCK_ROWS, in), column = get_global_id(0) * BLOCK_COLUMNS;
    gradient_block(rows, in, in_stride, out_stride, x, delta, input0, column, gradient);
    for (uint i = input0; UPDATE && i < (input0 < in ? min(input0 + BLOCK_ROWS, in) : in + BIAS); i++) {
        const ulong line = offset + (ulong)i * out_stride;
        optimizer_step(o, R(1.0), (line + column) / WIDTH, gradients, parameters, moment1, moment2);
        if (vectors_from(column, out_stride) > 1)
            optimizer_step(o, R(1.0), (line + column) / WIDTH + 1, gradients, parameters, moment1, moment2);
    }
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
            if (input0 + i * TILE < in + BIAS && column0 + j * TILE < out) {
                const ulong place = (ulong)(input0 + i * TILE) * out_stride + column0 + j * TILE;
                gradient[place] = sum[i][j];
                if (UPDATE)
                    optimizer_step(o, R(1.0), offset + place, gradients, parameters, moment1, moment2);
            }
#endif
}

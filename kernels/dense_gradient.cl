/* gradient = x^T . delta, and the bias gradient as its row `in`:
 * gradient[i][o] = sum over b of x[b][i] delta[b][o];  gradient[in][o] = sum over b of delta[b][o].
 *
 * x (rows, in)   delta (rows, out)   gradient (in + BIAS, out)
 *
 * CPU shape: one work-item computes INPUTS x 16 outputs in registers, the last row of work-items the bias;
 *   global size (ceil(stride / 16), ceil(in / INPUTS) + BIAS), work-group 1 x 1.
 * GPU shape: tile.clh, the bias as an input that is always 1; global size a multiple of TILE in both dimensions.
 * -DBIAS=1|0. Summed in the order of b. Padding of delta is 0, so the gradient's is. */
#include "common.clh"

#if WIDTH == 8
#define INPUTS 6

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
    const uint column0 = get_global_id(0) * 16, column1 = min(column0 + 8, out_stride - 8);
    const uint input0 = get_global_id(1) * INPUTS;
    real8 sum0[INPUTS], sum1[INPUTS];
    uint input[INPUTS];
#pragma unroll
    for (uint i = 0; i < INPUTS; i++) {
        input[i] = min(input0 + i, in - 1);
        sum0[i] = sum1[i] = (real8)(R(0.0));
    }
    if (BIAS && input0 >= in) {
        for (uint b = 0; b < rows; b++) {
            sum0[0] += vload8(0, delta + (size_t)b * out_stride + column0);
            sum1[0] += vload8(0, delta + (size_t)b * out_stride + column1);
        }
        vstore8(sum0[0], 0, gradient + (size_t)in * out_stride + column0);
        vstore8(sum1[0], 0, gradient + (size_t)in * out_stride + column1);
        return;
    }
    for (uint b = 0; b < rows; b++) {
        const real8 d0 = vload8(0, delta + (size_t)b * out_stride + column0);
        const real8 d1 = vload8(0, delta + (size_t)b * out_stride + column1);
        global const real *from = x + (size_t)b * in_stride;
#pragma unroll
        for (uint i = 0; i < INPUTS; i++) {
            sum0[i] = fma((real8)(from[input[i]]), d0, sum0[i]);
            sum1[i] = fma((real8)(from[input[i]]), d1, sum1[i]);
        }
    }
#pragma unroll
    for (uint i = 0; i < INPUTS; i++) {
        vstore8(sum0[i], 0, gradient + (size_t)input[i] * out_stride + column0);
        vstore8(sum1[i], 0, gradient + (size_t)input[i] * out_stride + column1);
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
            if (input0 + i * TILE < in + BIAS && column0 + j * TILE < out)
                gradient[(size_t)(input0 + i * TILE) * out_stride + column0 + j * TILE] = sum[i][j];
#endif
}

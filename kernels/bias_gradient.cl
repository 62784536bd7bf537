/* db[o] = sum over b of delta[b][o], beside a weight gradient by CLBlast.
 *
 * delta (rows, out)   db: row `in` of the layer's gradient.  One work-item WIDTH columns, summed in the order of b;
 * global size: out / WIDTH, rounded up. */
#include "common.clh"

kernel void bias_gradient(const uint rows, const uint in, const uint out, const uint stride, const ulong offset,
                          global const real *restrict delta, global real *restrict gradients)
{
    const uint column = get_global_id(0) * WIDTH;
    if (column >= (WIDTH > 1 ? stride : out))
        return;
    store(column_sum(rows, stride, delta + column), gradients + offset + (size_t)in * stride + column);
}

/* After a matrix multiply by CLBlast: delta *= product, where delta holds fprime before.
 *
 * product, delta (rows, width).  One work-item WIDTH numbers; global size (width / WIDTH, rows), rounded up. */
#include "common.clh"

kernel void multiply(const uint rows, const uint width, const uint stride, global const real *restrict product,
                     global real *restrict delta)
{
    const uint column = get_global_id(0) * WIDTH, row = get_global_id(1);
    if (column >= (WIDTH > 1 ? stride : width) || row >= rows)
        return;
    const size_t at = (size_t)row * stride + column;
    store(load(delta + at) * load(product + at), delta + at);
}

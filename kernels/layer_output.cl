/* After a matrix multiply by CLBlast: y holds x . w; adds the bias, applies the activation, writes fprime (epilogue.clh).
 *
 * y, fprime (rows, out)   bias: row `in` of the layer's parameters.  One work-item WIDTH outputs;
 * global size (out / WIDTH, rows), rounded up. */
#include "epilogue.clh"

kernel void layer_output(const uint rows, const uint step, const uint in, const uint out, const uint y_stride,
                                const ulong offset, global const real *restrict parameters, global real *restrict y,
                                global real *restrict fprime, const uint key0, const uint key1, const uint layer,
                                const uint threshold, const real scale)
{
    const dropout d = { key0, key1, step, layer, threshold, scale };
    const uint column = get_global_id(0) * WIDTH, row = get_global_id(1);
    if (column >= (WIDTH > 1 ? y_stride : out) || row >= rows)
        return;
    realv z = load(y + (size_t)row * y_stride + column);
#if BIAS
    z += load(parameters + offset + (size_t)in * y_stride + column);
#endif
    finish_output(z, row, column, out, y_stride, d, y, fprime);
}

/* One batch from the data set, standardised: x[b][i] = (raw[order[first + b]][i] - mean[i]) * scale[i].
 *
 * raw (samples, features) float or bytes   order (samples)   mean, scale (features)   x (rows, features)
 *
 * -DRAW=float|uchar   -DSTANDARDISE=1|0
 * CPU shape: one work-item a sample; global size (1, rows).  GPU shape: one a value; global size (features, rows) rounded up. */
#include "common.clh"

static inline real standardised(real value, uint i, global const real *mean, global const real *scale)
{
#if STANDARDISE
    return (value - mean[i]) * scale[i];
#else
    return value;
#endif
}

kernel void gather(const uint rows, const uint first, const uint features, const uint stride, global const RAW *restrict raw,
                   global const uint *restrict order, global const real *restrict mean, global const real *restrict scale,
                   global real *restrict x)
{
    const uint b = get_global_id(1);
    if (b >= rows)
        return;
    global const RAW *from = raw + (size_t)order[first + b] * features;
    global real *to = x + (size_t)b * stride;
#if WIDTH == 8
    uint i = 0;
    for (; i + 8 <= features; i += 8) {
        real8 value = convert_real8(vload8(0, from + i));
#if STANDARDISE
        value = (value - vload8(0, mean + i)) * vload8(0, scale + i);
#endif
        vstore8(value, 0, to + i);
    }
    for (; i < features; i++)
        to[i] = standardised(convert_real(from[i]), i, mean, scale);
#else
    const uint i = get_global_id(0);
    if (i < features)
        to[i] = standardised(convert_real(from[i]), i, mean, scale);
#endif
}

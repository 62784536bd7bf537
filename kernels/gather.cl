/* One batch from the data set, standardised: x[b][i] = (raw[order[first + b]][i] - mean[i]) * scale[i].
 *
 * raw (samples, features) float or bytes   order (samples)   mean, scale (features)   x (rows, features)
 *
 * CPU shape: one work-item a sample; global size (1, rows).  GPU shape: one a value; global size (features, rows) rounded up. */
#include "gather.clh"

#define AHEAD 4 /* samples, which take about as long to gather as one takes to come from memory */

kernel void gather(const uint rows, const uint first, const uint features, const uint stride, global const RAW *restrict raw,
                   global const uint *restrict order, global const real *restrict mean, global const real *restrict scale,
                   global real *restrict x)
{
    const uint b = get_global_id(1);
    if (b >= rows)
        return;
    global const RAW *from = raw + (size_t)order[first + b] * features;
    global real *to = x + (size_t)b * stride;
#if WIDTH > 1
    fetch_row(features, raw + (size_t)order[first + min(b + AHEAD, rows - 1)] * features);
    gather_row(features, from, mean, scale, to);
#else
    const uint i = get_global_id(0);
    if (i < features)
        to[i] = standardised(convert_real(from[i]), i, mean, scale);
#endif
}

/* How many operations a second: x = fma(x, factor, summand), `turns` times in each of CHAINS chains that do not wait for
 * one another; out[i] = the sum of all chains of work-item i.
 *
 * out (items)   chain c of item i starts at i + c.  2 * WIDTH * CHAINS * turns operations an item; global size: items, rounded up. */
#include "common.clh"

#define CHAINS 10 /* a fused multiply-add takes some 4 cycles, and two begin in each; 16 registers are enough for them */

kernel void peak_arithmetic(const uint items, const uint turns, const real factor, const real summand, global real *restrict out)
{
    const uint item = get_global_id(0);
    realv chain[CHAINS], sum = (realv)(R(0.0));
    if (item >= items)
        return;
#pragma unroll
    for (uint c = 0; c < CHAINS; c++)
        chain[c] = (realv)(convert_real(item + c));
    for (uint t = 0; t < turns; t++)
#pragma unroll
        for (uint c = 0; c < CHAINS; c++)
            chain[c] = fma(chain[c], (realv)(factor), (realv)(summand));
#pragma unroll
    for (uint c = 0; c < CHAINS; c++)
        sum += chain[c];
    out[item] = sum_of(sum);
}

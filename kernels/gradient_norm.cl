/* Partial sums of squares of the gradient: partial[i] = sum of g^2 over the i-th of `parts` equal runs of `run` vectors.
 * The optimizer adds the parts up in order, so the norm has the same bits every run.
 *
 * gradient (count * WIDTH)   partial (parts).  One work-item a part; global size: parts, rounded up. */
#include "common.clh"

kernel void gradient_norm(const ulong count, const ulong run, const uint parts, global const real *restrict gradient,
                          global real *restrict partial)
{
    const uint part = get_global_id(0);
    if (part >= parts)
        return;
    realv sum = (realv)(R(0.0));
    const ulong end = min((part + (ulong)1) * run, count);
    for (ulong i = part * run; i < end; i++) {
        const realv g = load(gradient + i * WIDTH);
        sum = fma(g, g, sum);
    }
#if WIDTH == 8
    partial[part] = ((sum.s0 + sum.s4) + (sum.s2 + sum.s6)) + ((sum.s1 + sum.s5) + (sum.s3 + sum.s7));
#else
    partial[part] = sum;
#endif
}

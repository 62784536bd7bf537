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
    partial[part] = square_sum(part * run, min((part + (ulong)1) * run, count), gradient);
}

/* One step of all parameters at once (optimizer.clh).
 *
 * parameters, gradient, moment1, moment2 (count * WIDTH): one arena each, padding included (its gradient is 0)
 * One work-item steps `run` vectors; global size: ceil(count / run), rounded up. */
#include "optimizer.clh"

kernel void optimizer(const real lr, const real correction1, const real correction2, const real b1, const real b2,
                      const real c1, const real c2, const real epsilon, const real decay, const real clip_norm,
                      const ulong count, const ulong run, const uint parts, global const real *restrict partial,
                      global const real *restrict gradient, global real *restrict parameters, global real *restrict moment1,
                      global real *restrict moment2)
{
    const optimizer_settings o = { b1, b2, c1, c2, epsilon, decay, clip_norm, lr, correction1, correction2 };
    const ulong first = get_global_id(0) * run, end = min(first + run, count);
    const real factor = clip_factor(o, parts, partial);
    for (ulong i = first; i < end; i++)
        optimizer_step(o, factor, i, gradient, parameters, moment1, moment2);
}

/* How many bytes a second: y = a + factor b, over arrays larger than the caches (the triad of McCalpin's STREAM).
 *
 * a, b, y (count * WIDTH).  One work-item takes `run` vectors; global size: ceil(count / run), rounded up. */
#include "common.clh"

kernel void peak_bandwidth(const ulong count, const ulong run, const real factor, global const real *restrict a,
                           global const real *restrict b, global real *restrict y)
{
    const ulong first = get_global_id(0) * run, end = min(first + run, count);
    for (ulong i = first; i < end; i++)
        store(fma((realv)(factor), load(b + i * WIDTH), load(a + i * WIDTH)), y + i * WIDTH);
}

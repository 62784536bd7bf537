/* Whole training steps of a small network in one work-group: gather, forward, loss, backward, gradient and update, step after
 * step, without going back to the host. Equivalent to the layer-by-layer kernels, which call the same functions but for the
 * backward product of a narrow layer (product.clh).
 *
 * CPU shape: one work-item does all blocks of a stage, one after the other.
 * GPU shape: the items of a work-group share the blocks of a stage, and meet at a barrier after each.
 * One network a work-group: group g trains the parameters, moments and work areas that begin g arenas (g * work) further on, and
 *   its losses g * places, on the same samples, rates and dropout masks. Global size: networks * work-group size.
 *
 * order, raw, labels, y, weights, losses: as for gather and loss, from places `first` (order) and `place` (losses) on
 * table (layers, 8): in, in_stride, out, out_stride, and where parameters, x, y and delta of a layer lie
 * rates (steps, 3): learning rate, correction1, correction2 of each step; the first is row `rate`
 * work: the batch, and activation and delta of each layer.   partial (NORM_PARTS): for clipping
 *
 * -DMEMORY=0|4096   numbers of local memory that hold arenas and work while the kernel runs; 0: they stay in global memory
 * and what the included files need, TRAINING=1. Steps have `batch` samples, the last what is left of `samples`. */
#if MEMORY
#define SPACE local
#endif
#include "epilogue.clh"
#include "gather.clh"
#include "loss.clh"
#include "optimizer.clh"
#include "product.clh"

#if WIDTH > 1
#define meet()
#else
#define meet() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#endif
/* Deals the blocks of a stage to the items of the group. */
#define FOR_EACH(i, count) for (uint i = get_local_id(0); i < (count); i += get_local_size(0))

typedef struct layer {
    uint in, in_stride, out, out_stride;
    uint parameters, x, y, delta; /* where they begin */
} layer;

typedef struct memory {
    SPACE real *parameters, *gradient, *moment1, *moment2, *work;
} memory;

static inline uint ceil_div(uint a, uint b)
{
    return (a + b - 1) / b;
}

static inline layer layer_at(global const uint *table, uint l)
{
    global const uint *t = table + 8 * l;
    return (layer){ t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7] };
}

/* Blocks along a layer's outputs. */
static inline uint column_blocks(layer n)
{
    return ceil_div(n.out, BLOCK_COLUMNS);
}

static inline void forward(layer n, bool last, uint rows, dropout d, memory m)
{
    const uint columns = column_blocks(n);
    FOR_EACH(i, columns * ceil_div(rows, BLOCK_ROWS)) {
        const uint row0 = i / columns * BLOCK_ROWS, column = i % columns * BLOCK_COLUMNS;
        block z;
        forward_block(rows, n.in, n.in_stride, n.out_stride, m.work + n.x, m.parameters + n.parameters, row0, column, &z);
        if (last)
            store_block(&z, rows, row0, column, n.out_stride, m.work + n.y);
        else
            finish_block(&z, rows, row0, column, n.out, n.out_stride, d, m.work + n.y, m.work + n.delta);
    }
}

/* delta of the layer below n, which begins at `below`. */
static inline void backward(layer n, uint below, uint rows, memory m)
{
    const SPACE real *above = m.work + n.delta, *w = m.parameters + n.parameters;
#if WIDTH > 1
    backward_rows(0, rows, n.in, n.in_stride, n.out, n.out_stride, above, w, m.work + below);
#else
    FOR_EACH(i, n.in * rows)
        backward_block(rows, n.in, n.in_stride, n.out, n.out_stride, above, w, i / n.in, i % n.in, m.work + below);
#endif
}

static inline void gradient_of(layer n, uint rows, memory m)
{
    const uint columns = column_blocks(n), inputs = ceil_div(n.in, BLOCK_ROWS);
    FOR_EACH(i, columns * (inputs + BIAS)) {
        const uint block = i / columns;
        gradient_block(rows, n.in, n.in_stride, n.out_stride, m.work + n.x, m.work + n.delta,
                       block < inputs ? block * BLOCK_ROWS : n.in, i % columns * BLOCK_COLUMNS, m.gradient + n.parameters);
    }
}

/* All parameters at once. */
static inline void update(optimizer_settings o, uint count, uint parts, global real *partial, memory m)
{
    real factor = R(1.0);
#if CLIP
    const uint run = ceil_div(count, parts);
    FOR_EACH(part, parts)
        partial[part] = square_sum(part * run, min((part + 1) * run, count), m.gradient);
    meet();
    factor = clip_factor(o, parts, partial);
#endif
    FOR_EACH(i, count)
        optimizer_step(o, factor, i, m.gradient, m.parameters, m.moment1, m.moment2);
}

#if MEMORY
static inline void copy_in(local real *to, const global real *from, uint count)
{
    FOR_EACH(i, count)
        to[i] = from[i];
}
static inline void copy_out(const local real *from, global real *to, uint count)
{
    FOR_EACH(i, count)
        to[i] = from[i];
}
#endif

#if WIDTH > 1
FULL_WIDTH kernel __attribute__((reqd_work_group_size(1, 1, 1)))
#else
kernel
#endif
void network(const uint samples, const uint first, const uint place, const uint number, const uint rate,
                    const uint places, const uint batch,
                    global const RAW *restrict raw, global const uint *restrict order, global const int *restrict labels,
                    global const float *restrict y, global const float *restrict weights, global real *restrict losses,
                    const uint layers,
                    global const uint *restrict table, global const real *restrict rates, const uint mean_loss,
                    global const real *restrict mean, global const real *restrict scale, const uint key0, const uint key1,
                    const uint threshold, const real kept_scale, const real b1, const real b2, const real c1, const real c2,
                    const real epsilon, const real decay, const real clip_norm, const uint arena, const uint work_size,
                    const uint parts, global real *restrict partial, global real *restrict parameters,
                    global real *restrict gradient, global real *restrict moment1, global real *restrict moment2,
                    global real *restrict work)
{
    const size_t network = get_group_id(0);
    const layer top = layer_at(table, layers - 1), bottom = layer_at(table, 0);
    parameters += network * arena;
    gradient += network * arena;
    work += network * work_size;
    partial += network * parts;
#if MOMENTS & 1
    moment1 += network * arena;
#endif
#if MOMENTS & 2
    moment2 += network * arena;
#endif
    losses += network * places + place;
    rates += 3 * rate;
#if MEMORY
    local real here[MEMORY];
    const memory m = { here, here + arena, here + 2 * arena, here + (2 + (MOMENTS & 1)) * arena,
                       here + (2 + (MOMENTS & 1) + MOMENTS / 2) * arena };
    copy_in(m.parameters, parameters, arena);
    copy_in(m.gradient, gradient, arena);
    copy_in(m.work, work, work_size);
#if MOMENTS & 1
    copy_in(m.moment1, moment1, arena);
#endif
#if MOMENTS & 2
    copy_in(m.moment2, moment2, arena);
#endif
    meet();
#else
    const memory m = { parameters, gradient, moment1, moment2, work };
#endif
    for (uint s = 0; s * batch < samples; s++) {
        const uint at = s * batch, rows = min(batch, samples - at);
        const optimizer_settings o = { b1, b2, c1, c2, epsilon, decay, clip_norm, rates[0], rates[1], rates[2] };
        rates += 3;
        FOR_EACH(b, rows) {
            gather_row(bottom.in, raw + (size_t)order[first + at + b] * bottom.in, mean, scale,
                       m.work + bottom.x + (size_t)b * bottom.in_stride);
#if WIDTH > 1
            fetch_row(bottom.in, raw + (size_t)order[first + min(at + batch + b, samples - 1)] * bottom.in);
#endif
        }
        meet();
        for (uint l = 0; l < layers; l++) {
            const dropout d = { key0, key1, number + s, l, threshold, kept_scale };
            forward(layer_at(table, l), l + 1 == layers, rows, d, m);
            meet();
        }
        FOR_EACH(run, ceil_div(rows, WIDTH))
            train_rows(run * WIDTH, min((run + 1) * WIDTH, rows), top.out, top.out_stride, m.work + top.y, order + first + at,
                       labels, y, weights, mean_loss ? convert_real(rows) : R(1.0), losses + at, m.work + top.delta);
        meet();
        for (uint l = layers; l-- > 0;) {
            const layer n = layer_at(table, l);
            gradient_of(n, rows, m);
            if (l > 0)
                backward(n, layer_at(table, l - 1).delta, rows, m);
            meet();
        }
        update(o, arena / WIDTH, parts, partial, m);
        meet();
    }
#if MEMORY
    copy_out(m.parameters, parameters, arena);
    copy_out(m.gradient, gradient, arena);
    copy_out(m.work, work, work_size);
#if MOMENTS & 1
    copy_out(m.moment1, moment1, arena);
#endif
#if MOMENTS & 2
    copy_out(m.moment2, moment2, arena);
#endif
#endif
}

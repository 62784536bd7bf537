/* One step of all parameters at once: w follows from the gradient g, the formulas are in include/kiln/training.h.
 *
 * parameters, gradient, moment1, moment2 (count * WIDTH): one arena each, padding included (its gradient is 0)
 * b1, b2 and 1 - b1, 1 - b2; correction1 = 1 / (1 - b1^t), correction2 = 1 / (1 - b2^t); all computed on the host in double
 *
 * -DOPTIMIZER=sgd|momentum|nesterov|rmsprop|adam|adamw   -DCLIP=1|0 scale g to an L2 norm of at most clip_norm
 * -DDECAY=1|0 g += decay w (adamw: w -= lr decay w before)
 * One work-item steps `run` vectors; global size: ceil(count / run), rounded up. */
#include "common.clh"

typedef struct settings {
    real lr, b1, b2, c1, c2, epsilon, decay, correction1, correction2; /* c1 = 1 - b1, c2 = 1 - b2 */
} settings;

static inline realv step_sgd(settings o, realv w, realv g, realv *m, realv *v)
{
    return w - o.lr * g;
}
static inline realv step_momentum(settings o, realv w, realv g, realv *m, realv *v)
{
    *m = o.b1 * *m + g;
    return w - o.lr * *m;
}
static inline realv step_nesterov(settings o, realv w, realv g, realv *m, realv *v)
{
    *m = o.b1 * *m + g;
    return w - o.lr * (g + o.b1 * *m);
}
static inline realv step_rmsprop(settings o, realv w, realv g, realv *m, realv *v)
{
    *v = o.b2 * *v + o.c2 * (g * g);
    return w - o.lr * g / (sqrt(*v) + o.epsilon);
}
static inline realv step_adam(settings o, realv w, realv g, realv *m, realv *v)
{
    *m = o.b1 * *m + o.c1 * g;
    *v = o.b2 * *v + o.c2 * (g * g);
    return w - o.lr * (*m * o.correction1) / (sqrt(*v * o.correction2) + o.epsilon);
}
static inline realv step_adamw(settings o, realv w, realv g, realv *m, realv *v)
{
    return step_adam(o, w, g, m, v);
}

/* Which moments an optimizer has. */
#define MOMENTS_sgd 0
#define MOMENTS_momentum 1
#define MOMENTS_nesterov 1
#define MOMENTS_rmsprop 2
#define MOMENTS_adam 3
#define MOMENTS_adamw 3
#define MOMENTS PASTE(MOMENTS_, OPTIMIZER)
#define DECOUPLED_sgd 0
#define DECOUPLED_momentum 0
#define DECOUPLED_nesterov 0
#define DECOUPLED_rmsprop 0
#define DECOUPLED_adam 0
#define DECOUPLED_adamw 1
#define DECOUPLED PASTE(DECOUPLED_, OPTIMIZER)

kernel void optimizer(const real lr, const real correction1, const real correction2, const real b1, const real b2,
                      const real c1, const real c2, const real epsilon, const real decay, const real clip_norm,
                      const ulong count, const ulong run, const uint parts, global const real *restrict partial,
                      global const real *restrict gradient, global real *restrict parameters, global real *restrict moment1,
                      global real *restrict moment2)
{
    const settings o = { lr, b1, b2, c1, c2, epsilon, decay, correction1, correction2 };
    const ulong first = get_global_id(0) * run, end = min(first + run, count);
    real factor = R(1.0);
#if CLIP
    real square = R(0.0);
    for (uint part = 0; part < parts; part++)
        square += partial[part];
    const real norm = sqrt(square);
    factor = norm > clip_norm ? clip_norm / norm : R(1.0);
#endif
    for (ulong i = first; i < end; i++) {
        const ulong at = i * WIDTH;
        realv w = load(parameters + at), g = load(gradient + at), m = (realv)(R(0.0)), v = (realv)(R(0.0));
#if CLIP
        g *= factor;
#endif
#if DECAY && !DECOUPLED
        g = g + o.decay * w;
#elif DECAY
        w = w - o.lr * o.decay * w;
#endif
#if MOMENTS & 1
        m = load(moment1 + at);
#endif
#if MOMENTS & 2
        v = load(moment2 + at);
#endif
        w = PASTE(step_, OPTIMIZER)(o, w, g, &m, &v);
        store(w, parameters + at);
#if MOMENTS & 1
        store(m, moment1 + at);
#endif
#if MOMENTS & 2
        store(v, moment2 + at);
#endif
    }
}

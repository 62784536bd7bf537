/* The error of one optimizer step: every constant rounded once, every operation once. The formulas are those of optimizer.c. */
#include "backend/bounds.h"

#include <math.h>

double bound_clip(const rounding *r, size_t count)
{
    /* count squares summed, halved by the root; root 6, division 5 and a rounding of clip_norm */
    return 0.5 * bound_gamma(r, (double)count + 8.0) + 12.0 * r->u;
}

/* What the optimizer sees: factor g + decay w, and its error. */
typedef struct uncertain {
    double value, bound;
} uncertain;

static uncertain seen_gradient(const rounding *r, const update *how, const update_inputs *in)
{
    const double clipped = in->factor * in->g, decay = how->optimizer == KILN_ADAMW ? 0.0 : how->weight_decay * in->w;
    double bound = fabs(clipped) * in->factor_error + (in->factor_error > 0.0 ? r->u * fabs(clipped) + r->tiny : 0.0);
    if (decay != 0.0)
        bound += 2.0 * r->u * fabs(decay) + r->u * (fabs(clipped) + fabs(decay)) + r->tiny;
    return (uncertain){ clipped + decay, bound };
}

/* A moment's two terms: both constants rounded, both products, and the sum. */
static double bound_mean(const rounding *r, double old, double new_part, double new_bound)
{
    return new_bound + 2.0 * r->u * (fabs(old) + fabs(new_part)) + r->u * fabs(old + new_part) + 4.0 * r->tiny;
}

/* lr numerator / (sqrt(v) + epsilon), with the errors of numerator and v known. */
static double bound_quotient(const rounding *r, const update *how, uncertain numerator, uncertain v)
{
    const double root = sqrt(v.value), root_bound = fmin(root > 0.0 ? v.bound / root : INFINITY, sqrt(v.bound)) + 6.0 * r->u * root;
    const double below = root + how->epsilon, below_bound = root_bound + r->u * how->epsilon + r->u * below;
    const double least = fmax(below - below_bound, how->epsilon * (1.0 - 4.0 * r->u)); /* a root is never below 0 */
    const double quotient = fabs(how->learning_rate * numerator.value / below);
    const double above_bound = how->learning_rate * (numerator.bound + 2.0 * r->u * fabs(numerator.value)) + 2.0 * r->tiny;
    return (above_bound + quotient * below_bound) / least + 5.0 * r->u * quotient + r->tiny;
}

/* The error of what w falls by; m and v are the new moments. */
static double bound_decrease(const rounding *r, const update *how, uncertain g, uncertain m, uncertain v)
{
    const double lr = how->learning_rate, t = (double)how->t;
    switch (how->optimizer) {
    case KILN_ADAM:
    case KILN_ADAMW: {
        /* each correction is rounded, as a factor or a divisor, and its product or quotient: 1 + 5 */
        const double m_share = 1.0 - pow(how->momentum, t), v_share = 1.0 - pow(how->beta2, t);
        const uncertain above = { m.value / m_share, (m.bound + 6.0 * r->u * fabs(m.value)) / m_share + r->tiny };
        const uncertain below = { v.value / v_share, (v.bound + 6.0 * r->u * v.value) / v_share + r->tiny };
        return bound_quotient(r, how, above, below);
    }
    case KILN_RMSPROP:
        return bound_quotient(r, how, g, v);
    case KILN_MOMENTUM:
        return lr * (m.bound + 2.0 * r->u * fabs(m.value)) + r->tiny;
    case KILN_NESTEROV: {
        const double velocity = how->momentum * m.value, sum = fabs(g.value + velocity);
        return lr * (g.bound + how->momentum * m.bound + 2.0 * r->u * fabs(velocity) + 3.0 * r->u * sum) + 2.0 * r->tiny;
    }
    default: /* KILN_SGD */
        return lr * (g.bound + 2.0 * r->u * fabs(g.value)) + r->tiny;
    }
}

update_bounds bound_update(const rounding *r, const update *how, const update_inputs *in)
{
    const uncertain g = seen_gradient(r, how, in);
    const bool adam = how->optimizer == KILN_ADAM || how->optimizer == KILN_ADAMW;
    const double m_share = adam ? 1.0 - how->momentum : 1.0, v_share = 1.0 - how->beta2;
    update_bounds bounds = { 0.0, 0.0, 0.0 };
    if (ref_has_moment1(how->optimizer))
        bounds.m = bound_mean(r, how->momentum * in->m, m_share * g.value, m_share * g.bound);
    if (ref_has_moment2(how->optimizer)) {
        const double square_bound = (2.0 * fabs(g.value) + g.bound) * g.bound + r->u * g.value * g.value;
        bounds.v = bound_mean(r, how->beta2 * in->v, v_share * g.value * g.value, v_share * square_bound);
    }
    if (how->optimizer == KILN_ADAMW && how->weight_decay > 0.0)
        bounds.w = 4.0 * r->u * fabs(how->learning_rate * how->weight_decay * in->w) + r->u * fabs(in->w) + r->tiny;
    bounds.w += bound_decrease(r, how, g, (uncertain){ in->m_new, bounds.m }, (uncertain){ in->v_new, bounds.v });
    bounds.w += r->u * (fabs(in->w_new) + bounds.w);
    return bounds;
}

/* Optimizers of the reference: the formulas of kiln/training.h, element by element. */
#include "backend/reference/operations.h"

#include <math.h>

bool ref_has_moment1(kiln_optimizer optimizer)
{
    return optimizer == KILN_ADAM || optimizer == KILN_ADAMW || optimizer == KILN_MOMENTUM || optimizer == KILN_NESTEROV;
}

bool ref_has_moment2(kiln_optimizer optimizer)
{
    return optimizer == KILN_ADAM || optimizer == KILN_ADAMW || optimizer == KILN_RMSPROP;
}

double ref_clip(size_t count, double clip_norm, const double *gradient)
{
    double squares = 0.0;
    for (size_t i = 0; i < count; i++)
        squares += gradient[i] * gradient[i];
    return clip_norm > 0.0 && sqrt(squares) > clip_norm ? clip_norm / sqrt(squares) : 1.0;
}

/* How much w falls, for a gradient g (clipped, with decay); moves the moments on. */
static double decrease(const update *how, double g, double *m, double *v)
{
    const double lr = how->learning_rate, t = (double)how->t;
    switch (how->optimizer) {
    case KILN_ADAM:
    case KILN_ADAMW:
        *m = how->momentum * *m + (1.0 - how->momentum) * g;
        *v = how->beta2 * *v + (1.0 - how->beta2) * g * g;
        return lr * (*m / (1.0 - pow(how->momentum, t))) / (sqrt(*v / (1.0 - pow(how->beta2, t))) + how->epsilon);
    case KILN_MOMENTUM:
        *m = how->momentum * *m + g;
        return lr * *m;
    case KILN_NESTEROV:
        *m = how->momentum * *m + g;
        return lr * (g + how->momentum * *m);
    case KILN_RMSPROP:
        *v = how->beta2 * *v + (1.0 - how->beta2) * g * g;
        return lr * g / (sqrt(*v) + how->epsilon);
    default: /* KILN_SGD */
        return lr * g;
    }
}

void ref_update(const update *how, size_t count, double factor, const double *gradient, double *m, double *v, double *w)
{
    for (size_t i = 0; i < count; i++) {
        double g = factor * gradient[i], none = 0.0;
        if (how->optimizer == KILN_ADAMW)
            w[i] -= how->learning_rate * how->weight_decay * w[i];
        else
            g += how->weight_decay * w[i];
        w[i] -= decrease(how, g, m ? &m[i] : &none, v ? &v[i] : &none);
    }
}

/* The table of activations: name, formula, and what their checks need. */
#ifndef KILN_NETWORK_ACTIVATION_H
#define KILN_NETWORK_ACTIVATION_H

#include <kiln/network.h>

typedef struct activation {
    const char *name;      /* as in --activation */
    const char *kernel;    /* the function's name in kernels/activation.clh */
    double (*f)(double z); /* NULL for softmax, which needs the whole row */
    double (*d)(double z); /* df/dz */
    double lipschitz;      /* sup |f'| */
    double curvature;      /* sup |f''| away from a kink */
    double jump;           /* |f'(0+) - f'(0-)|, 0 where f is smooth */
    double ulp;            /* f in float32 against f at the same z: at most ulp u (|f(z)| + |z|), see activation.c */
    double derivative_ulp; /* the same for f': at most derivative_ulp u (1 + |z|) */
} activation;

/* The row of an activation. */
const activation *activation_of(kiln_activation which);

/* p = softmax(z) over one row, with the largest z removed first; p may be z. */
void softmax(size_t width, const double *z, double *p);

#endif

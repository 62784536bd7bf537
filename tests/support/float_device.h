/* A device that is not the reference: float32, the loops and formulas written a second time, and wrong in one way if asked to.
 * It shows that what verification allows suffices for a right device and catches each wrong one, without any OpenCL. */
#ifndef KILN_TEST_FLOAT_DEVICE_H
#define KILN_TEST_FLOAT_DEVICE_H

#include "backend/backend.h"

typedef enum wrong {
    WRONG_NOTHING,
    WRONG_LAST_TERM,       /* products forward lack their last term */
    WRONG_BIAS,            /* no bias is added */
    WRONG_HALF_INPUTS,     /* factors forward are rounded to half precision */
    WRONG_HALF_GRADIENT,   /* factors of the gradient are */
    WRONG_SIGN,            /* hidden deltas have the other sign */
    WRONG_TRANSPOSE,       /* deltas go back through w, not its transpose */
    WRONG_DERIVATIVE,      /* hidden deltas lack f' */
    WRONG_MEAN,            /* the last delta is not divided by the batch */
    WRONG_BATCH_END,       /* the gradient lacks the batch's last row */
    WRONG_BIAS_GRADIENT,   /* the bias gradient is that of the first row alone */
    WRONG_GATHER,          /* the order is not looked at */
    WRONG_STANDARDISATION, /* inputs are not standardised */
    WRONG_DROPOUT_SCALE,   /* what dropout keeps is not scaled */
    WRONG_DROPOUT_MASK,    /* the mask is that of the step before */
    WRONG_EXP,             /* sigmoid and softmax from an exp of some 17 bits, as fast ones are */
    WRONG_CORRECTION,      /* adam without bias correction */
    WRONG_DECAY,           /* no weight decay */
    WRONG_CLIPPING,        /* no clipping */
    WRONG_LOSS,            /* losses of the second half of a batch are left as they were */
    WRONG_EVALUATION,      /* evaluate() leaves out the last layer's bias */
    WRONG_CLASS,           /* of equal or nearly equal outputs the last is predicted */
    WRONG_UNWRITTEN,       /* one element of the gradient is never written */
    WRONG_WEIGHT,          /* samples' weights are not looked at */
    WRONGS
} wrong;

/* What a wrong way is called in a message. */
const char *wrong_name(wrong way);

/* The device; closed with kiln_device_close. */
kiln_device *float_device(wrong way);

#endif

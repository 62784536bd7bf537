/* What a device can do at the most, by two small kernels. */
#ifndef KILN_OPENCL_PEAK_H
#define KILN_OPENCL_PEAK_H

#include "backend/opencl/context.h"

enum { PEAK_CHAINS = 10 }; /* as in kernels/peak_arithmetic.cl */

/* Measures operations and bytes a second, in the device's precision and shape; its queue must have profiling. *flops and *bytes
 * are raised to what was measured, never lowered: a machine that is busy now may be idle at the next call. Takes some tenths of a
 * second. */
kiln_status peak_measure(opencl_device *device, kiln_stop *stop, double *flops, double *bytes, kiln_error *err);

#endif

/* A kernel with its arguments, and putting it into a queue. */
#ifndef KILN_OPENCL_LAUNCH_H
#define KILN_OPENCL_LAUNCH_H

#include "backend/opencl/context.h"
#include "backend/opencl/program.h"
#include "backend/opencl/recorder.h"

typedef struct launch {
    cl_kernel kernel;
    const char *name;
    size_t local[2]; /* work-items of a group */
    launch_work work;
} launch;

/* One argument: a number by value, a buffer, or a `real` that becomes float or double as the device's precision wants. */
typedef struct argument {
    enum { ARGUMENT_UINT, ARGUMENT_ULONG, ARGUMENT_REAL, ARGUMENT_BUFFER } kind;
    union {
        cl_uint u;
        cl_ulong l;
        double r;
        cl_mem m;
    } value;
} argument;

static inline argument arg_uint(size_t value)
{
    return (argument){ .kind = ARGUMENT_UINT, .value.u = (cl_uint)value };
}
static inline argument arg_ulong(size_t value)
{
    return (argument){ .kind = ARGUMENT_ULONG, .value.l = value };
}
static inline argument arg_real(double value)
{
    return (argument){ .kind = ARGUMENT_REAL, .value.r = value };
}
static inline argument arg_buffer(cl_mem value)
{
    return (argument){ .kind = ARGUMENT_BUFFER, .value.m = value };
}

/* Builds kernel `name` and sets its first `count` arguments. Products and elementwise kernels have work-groups of tile x tile
 * (2 dimensions) or tile * tile items in GPU shape, of one item in CPU shape. Freed with launch_free. */
kiln_status launch_create(opencl_device *device, launch *out, const char *name, unsigned dimensions, const define *defines,
                          const argument *arguments, size_t count, kiln_stop *stop, kiln_error *err);
void launch_free(const opencl_device *device, launch *l);

/* Sets one argument. */
kiln_status launch_set(opencl_device *device, const launch *l, cl_uint index, argument value, kiln_error *err);

/* Sets the first `count` arguments and enqueues; `items` are rounded up to whole groups. */
kiln_status launch_run(opencl_device *device, const launch *l, const argument *arguments, cl_uint count, size_t items0,
                       size_t items1, kiln_error *err);

#endif

/* A kernel with its arguments, and putting it into a queue. */
#include "backend/opencl/launch.h"

#include "base/memory.h"

kiln_status launch_set(opencl_device *device, const launch *l, cl_uint index, argument value, kiln_error *err)
{
    const cl_float single = (cl_float)value.value.r;
    const bool narrow = value.kind == ARGUMENT_REAL && device->base.precision == KILN_F32;
    static const size_t sizes[] = { sizeof(cl_uint), sizeof(cl_ulong), sizeof(cl_double), sizeof(cl_mem) };
    const cl_int code = cl_code(clSetKernelArg(l->kernel, index, narrow ? sizeof single : sizes[value.kind],
                                               narrow ? (const void *)&single : &value.value));
    return code == CL_SUCCESS ? KILN_OK
                              : cl_fail(device, err, "clSetKernelArg", code, "argument %u of %s", (unsigned)index, l->name);
}

static kiln_status set_all(opencl_device *device, const launch *l, const argument *arguments, size_t count, kiln_error *err)
{
    kiln_status status = KILN_OK;
    for (size_t i = 0; i < count && status == KILN_OK; i++)
        status = launch_set(device, l, (cl_uint)i, arguments[i], err);
    return status;
}

/* Makes work-groups small enough for this kernel, which may take more registers than the device's largest group leaves. A kernel
 * that demands its size has it checked when it is enqueued. */
static void fit_group(const opencl_device *device, launch *l)
{
    size_t demanded[3] = { 0 }, most = 0;
    clGetKernelWorkGroupInfo(l->kernel, device->id, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof demanded, demanded, NULL);
    if (demanded[0] != 0 ||
        clGetKernelWorkGroupInfo(l->kernel, device->id, CL_KERNEL_WORK_GROUP_SIZE, sizeof most, &most, NULL) != CL_SUCCESS ||
        most == 0)
        return;
    while (l->local[0] * l->local[1] > most) {
        size_t *larger = l->local[1] > l->local[0] ? &l->local[1] : &l->local[0];
        *larger = (*larger + 1) / 2;
    }
}

kiln_status launch_create(opencl_device *device, launch *out, const char *name, unsigned dimensions, const define *defines,
                          const argument *arguments, size_t count, kiln_stop *stop, kiln_error *err)
{
    const size_t side = device->gpu_shape ? device->tile : 1;
    *out = (launch){ .name = name,
                     .local = { dimensions == 1 ? side * side : side, dimensions == 1 ? 1 : side },
                     .work = { .kernel = name } };
    kiln_status status = program_kernel(device, name, defines, stop, &out->kernel, err);
    if (status == KILN_OK)
        fit_group(device, out);
    if (status == KILN_OK)
        status = set_all(device, out, arguments, count, err);
    if (status != KILN_OK)
        launch_free(device, out);
    return status;
}

void launch_free(const opencl_device *device, launch *l)
{
    if (l->kernel && !device->lost)
        clReleaseKernel(l->kernel);
    l->kernel = NULL;
}

static size_t round_up(size_t items, size_t group)
{
    return (items + group - 1) / group * group;
}

kiln_status launch_run(opencl_device *device, const launch *l, const argument *arguments, cl_uint count, size_t items0,
                       size_t items1, kiln_error *err)
{
    const size_t global[2] = { round_up(items0, l->local[0]), round_up(items1, l->local[1]) };
    const kiln_status status = set_all(device, l, arguments, count, err);
    cl_event *event;
    if (status != KILN_OK || !recorder_add(device->recorder, &l->work, &event))
        return status;
    const cl_int code = cl_code(clEnqueueNDRangeKernel(device->queue, l->kernel, 2, NULL, global, l->local, 0, NULL, event));
    return code == CL_SUCCESS ? KILN_OK
                              : cl_fail(device, err, "clEnqueueNDRangeKernel", code, "%s, %zu x %zu items in groups of %zu x %zu",
                                        l->name, global[0], global[1], l->local[0], l->local[1]);
}

/* Launches seen on their way into the queue, and their times. */
#include "backend/opencl/recorder.h"

#include "backend/opencl/gemm_clblast.h"

#include <stdlib.h>

bool recorder_add(launch_recorder *recorder, const launch_work *work, cl_event **event)
{
    *event = NULL;
    if (!recorder)
        return true;
    if (recorder->count < RECORDS_MOST) {
        launch_record *r = &recorder->at[recorder->count++];
        *r = (launch_record){ .work = work };
        *event = &r->event;
    }
    return !recorder->dry;
}

kiln_status recorder_times(opencl_device *device, const launch_recorder *recorder, double *seconds, kiln_error *err)
{
    cl_ulong before = 0;
    cl_drain(device);
    for (size_t i = 0; i < recorder->count; i++) {
        const launch_record *r = &recorder->at[i];
        cl_ulong start = 0, end = 0;
        cl_int code = cl_code(clGetEventProfilingInfo(r->event, CL_PROFILING_COMMAND_START, sizeof start, &start, NULL));
        if (code == CL_SUCCESS)
            code = cl_code(clGetEventProfilingInfo(r->event, CL_PROFILING_COMMAND_END, sizeof end, &end, NULL));
        if (code != CL_SUCCESS)
            return cl_fail(device, err, "clGetEventProfilingInfo", code, "the time of %s", r->work->kernel);
        const cl_ulong from = i > 0 && r->work->kernel == gemm_clblast_name ? before : start;
        seconds[i] = end > from ? 1e-9 * (double)(end - from) : 0.0;
        before = end;
    }
    return KILN_OK;
}

void recorder_clear(const opencl_device *device, launch_recorder *recorder)
{
    for (size_t i = 0; i < recorder->count; i++)
        if (recorder->at[i].event && !device->lost)
            clReleaseEvent(recorder->at[i].event);
    recorder->count = 0;
}

kiln_status recorder_profile(opencl_device *device, cl_command_queue *plain, kiln_error *err)
{
    cl_int code;
    cl_command_queue queue = clCreateCommandQueue(device->context, device->id, CL_QUEUE_PROFILING_ENABLE, &code);
    if ((code = cl_code(code)) != CL_SUCCESS)
        return cl_fail(device, err, "clCreateCommandQueue", code, "a queue with profiling");
    *plain = device->queue;
    device->queue = queue;
    return KILN_OK;
}

void recorder_profile_end(opencl_device *device, cl_command_queue plain)
{
    cl_command_queue queue = device->queue;
    cl_drain(device);
    device->queue = plain;
    if (!device->lost)
        clReleaseCommandQueue(queue);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double recorder_median(double *seconds, size_t count)
{
    qsort(seconds, count, sizeof *seconds, compare);
    return count % 2 ? seconds[count / 2] : 0.5 * (seconds[count / 2 - 1] + seconds[count / 2]);
}

/* Launches seen on their way into the queue, and their times. */
#include "backend/opencl/recorder.h"

#include "backend/opencl/gemm_clblast.h"

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

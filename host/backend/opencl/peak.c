/* What a device can do at the most: the best of some runs of peak_arithmetic and peak_bandwidth. */
#include "backend/opencl/peak.h"

#include "backend/opencl/launch.h"

#include <math.h>

enum { RUNS = 7, ITEM_VECTORS = 512 };
static const double long_enough = 5e-3; /* seconds, beside which starting the launch is nothing */

/* Runs once; *seconds goes down to the time it took. */
static kiln_status run_once(opencl_device *device, const launch *l, size_t items, double *seconds, kiln_error *err)
{
    launch_recorder recorder = { 0 };
    double took;
    device->recorder = &recorder;
    kiln_status status = launch_run(device, l, NULL, 0, items, 1, err);
    device->recorder = NULL;
    if (status == KILN_OK)
        status = recorder_times(device, &recorder, &took, err);
    recorder_clear(device, &recorder);
    if (status == KILN_OK && took > 0 && (*seconds == 0 || took < *seconds))
        *seconds = took;
    return status;
}

static kiln_status best_of_runs(opencl_device *device, const launch *l, size_t items, double *seconds, kiln_error *err)
{
    kiln_status status = KILN_OK;
    *seconds = 0;
    for (unsigned i = 0; i < RUNS && status == KILN_OK; i++)
        status = run_once(device, l, items, seconds, err);
    if (status == KILN_OK && *seconds == 0)
        status = kiln_fail(err, KILN_EUNSUPPORTED, "%s: its clock says that launches take no time", device->base.info.name);
    return status;
}

/* More and more turns, until a run is long enough to be timed; then the best of some. */
static kiln_status measure_arithmetic(opencl_device *device, const launch *l, size_t items, double *flops, kiln_error *err)
{
    const double width = (double)device->vector;
    double seconds = 0;
    size_t turns = 64;
    kiln_status status = run_once(device, l, items, &seconds, err); /* the first run may compile */
    for (seconds = 0; status == KILN_OK && seconds < long_enough && turns < (size_t)1 << 26;) {
        turns *= 4;
        seconds = 0;
        status = launch_set(device, l, 1, arg_uint(turns), err);
        if (status == KILN_OK)
            status = run_once(device, l, items, &seconds, err);
    }
    if (status == KILN_OK)
        status = best_of_runs(device, l, items, &seconds, err);
    if (status == KILN_OK)
        *flops = fmax(*flops, 2.0 * width * PEAK_CHAINS * (double)turns * (double)items / seconds);
    return status;
}

static kiln_status peak_flops(opencl_device *device, kiln_stop *stop, double *flops, kiln_error *err)
{
    const size_t units = device->base.info.compute_units ? device->base.info.compute_units : 1;
    const size_t items = units * (device->gpu_shape ? 2048 : 4);
    const define none[] = { { 0 } };
    launch l = { 0 };
    cl_mem out = NULL;
    kiln_status status = cl_buffer(device, items * sizeof(cl_double), "the results of a measurement", &out, err);
    const argument arguments[] = { arg_uint(items), arg_uint(64), arg_real(0.5), arg_real(1.0), arg_buffer(out) };
    if (status == KILN_OK)
        status = launch_create(device, &l, "peak_arithmetic", 1, none, arguments, sizeof arguments / sizeof *arguments, stop, err);
    if (status == KILN_OK)
        status = measure_arithmetic(device, &l, items, flops, err);
    launch_free(device, &l);
    cl_release(device, &out);
    return status;
}

/* Bytes of each of three arrays: together several times the caches, and a part of the memory. */
static size_t array_bytes(const opencl_device *device)
{
    const size_t least = (size_t)16 << 20, most = (size_t)256 << 20;
    const uint64_t eighth = device->base.info.memory / 8;
    cl_ulong cache = 0;
    if (clGetDeviceInfo(device->id, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE, sizeof cache, &cache, NULL) != CL_SUCCESS)
        cache = 0;
    size_t bytes = cache < most / 2 ? (size_t)(2 * cache) : most;
    bytes = bytes < least ? least : bytes;
    bytes = bytes > eighth ? (size_t)eighth : bytes;
    return bytes > device->base.info.allocation ? (size_t)device->base.info.allocation : bytes;
}

static kiln_status peak_bytes(opencl_device *device, kiln_stop *stop, double *bytes, kiln_error *err)
{
    const size_t number = device->base.precision == KILN_F64 ? sizeof(cl_double) : sizeof(cl_float);
    const size_t width = device->vector, run = device->gpu_shape ? 1 : ITEM_VECTORS;
    const size_t count = array_bytes(device) / (number * width);
    const define none[] = { { 0 } };
    launch l = { 0 };
    cl_mem array[3] = { NULL };
    double seconds = 0;
    kiln_status status = KILN_OK;
    for (size_t i = 0; i < 3 && status == KILN_OK; i++)
        status = cl_buffer(device, count * width * number, "an array to measure with", &array[i], err);
    const argument arguments[] = { arg_ulong(count),     arg_ulong(run),       arg_real(0.5),
                                   arg_buffer(array[0]), arg_buffer(array[1]), arg_buffer(array[2]) };
    if (status == KILN_OK)
        status = launch_create(device, &l, "peak_bandwidth", 1, none, arguments, sizeof arguments / sizeof *arguments, stop, err);
    if (status == KILN_OK)
        status = best_of_runs(device, &l, (count + run - 1) / run, &seconds, err);
    if (status == KILN_OK)
        *bytes = fmax(*bytes, 3.0 * (double)(count * width * number) / seconds);
    launch_free(device, &l);
    for (size_t i = 0; i < 3; i++)
        cl_release(device, &array[i]);
    return status;
}

kiln_status peak_measure(opencl_device *device, kiln_stop *stop, double *flops, double *bytes, kiln_error *err)
{
    const kiln_status status = peak_flops(device, stop, flops, err);
    return status == KILN_OK ? peak_bytes(device, stop, bytes, err) : status;
}

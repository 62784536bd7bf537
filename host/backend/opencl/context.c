/* OpenCL codes by name, errors from them, and buffers. */
#include "backend/opencl/context.h"

#include "base/fault.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CL_CODES(X)                                                                                                                \
    X(CL_SUCCESS)                                                                                                                  \
    X(CL_DEVICE_NOT_FOUND)                                                                                                         \
    X(CL_DEVICE_NOT_AVAILABLE)                                                                                                     \
    X(CL_COMPILER_NOT_AVAILABLE)                                                                                                   \
    X(CL_MEM_OBJECT_ALLOCATION_FAILURE)                                                                                            \
    X(CL_OUT_OF_RESOURCES)                                                                                                         \
    X(CL_OUT_OF_HOST_MEMORY)                                                                                                       \
    X(CL_PROFILING_INFO_NOT_AVAILABLE)                                                                                             \
    X(CL_MEM_COPY_OVERLAP)                                                                                                         \
    X(CL_BUILD_PROGRAM_FAILURE)                                                                                                    \
    X(CL_MAP_FAILURE)                                                                                                              \
    X(CL_MISALIGNED_SUB_BUFFER_OFFSET)                                                                                             \
    X(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)                                                                                \
    X(CL_COMPILE_PROGRAM_FAILURE)                                                                                                  \
    X(CL_LINKER_NOT_AVAILABLE)                                                                                                     \
    X(CL_LINK_PROGRAM_FAILURE)                                                                                                     \
    X(CL_DEVICE_PARTITION_FAILED)                                                                                                  \
    X(CL_KERNEL_ARG_INFO_NOT_AVAILABLE)                                                                                            \
    X(CL_INVALID_VALUE)                                                                                                            \
    X(CL_INVALID_DEVICE_TYPE)                                                                                                      \
    X(CL_INVALID_PLATFORM)                                                                                                         \
    X(CL_INVALID_DEVICE)                                                                                                           \
    X(CL_INVALID_CONTEXT)                                                                                                          \
    X(CL_INVALID_QUEUE_PROPERTIES)                                                                                                 \
    X(CL_INVALID_COMMAND_QUEUE)                                                                                                    \
    X(CL_INVALID_HOST_PTR)                                                                                                         \
    X(CL_INVALID_MEM_OBJECT)                                                                                                       \
    X(CL_INVALID_BINARY)                                                                                                           \
    X(CL_INVALID_BUILD_OPTIONS)                                                                                                    \
    X(CL_INVALID_PROGRAM)                                                                                                          \
    X(CL_INVALID_PROGRAM_EXECUTABLE)                                                                                               \
    X(CL_INVALID_KERNEL_NAME)                                                                                                      \
    X(CL_INVALID_KERNEL_DEFINITION)                                                                                                \
    X(CL_INVALID_KERNEL)                                                                                                           \
    X(CL_INVALID_ARG_INDEX)                                                                                                        \
    X(CL_INVALID_ARG_VALUE)                                                                                                        \
    X(CL_INVALID_ARG_SIZE)                                                                                                         \
    X(CL_INVALID_KERNEL_ARGS)                                                                                                      \
    X(CL_INVALID_WORK_DIMENSION)                                                                                                   \
    X(CL_INVALID_WORK_GROUP_SIZE)                                                                                                  \
    X(CL_INVALID_WORK_ITEM_SIZE)                                                                                                   \
    X(CL_INVALID_GLOBAL_OFFSET)                                                                                                    \
    X(CL_INVALID_EVENT_WAIT_LIST)                                                                                                  \
    X(CL_INVALID_EVENT)                                                                                                            \
    X(CL_INVALID_OPERATION)                                                                                                        \
    X(CL_INVALID_BUFFER_SIZE)                                                                                                      \
    X(CL_INVALID_GLOBAL_WORK_SIZE)                                                                                                 \
    X(CL_INVALID_PROPERTY)                                                                                                         \
    X(CL_INVALID_COMPILER_OPTIONS)                                                                                                 \
    X(CL_INVALID_LINKER_OPTIONS)                                                                                                   \
    X(CL_INVALID_DEVICE_PARTITION_COUNT)

const char *cl_name(cl_int code)
{
    switch (code) {
#define X(name)                                                                                                                    \
    case name:                                                                                                                     \
        return #name;
        CL_CODES(X)
#undef X
    case -1001: /* of the ICD loader's extension, which cl.h does not know */
        return "CL_PLATFORM_NOT_FOUND_KHR";
    default:
        return "a code this version does not know";
    }
}

cl_int cl_code(cl_int code)
{
    return fault(FAULT_OPENCL) ? (cl_int)fault_code(FAULT_OPENCL) : code;
}

/* How a device that is gone shows, at once or at a later wait; codes below -1000 are vendors' own, but for the ICD loader's. */
static bool means_lost(cl_int code)
{
    return code == CL_OUT_OF_RESOURCES || code == CL_INVALID_COMMAND_QUEUE || code == CL_INVALID_CONTEXT ||
           code == CL_DEVICE_NOT_AVAILABLE || code == CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST ||
           (code < -1000 && code != -1001);
}

static bool out_of_memory(cl_int code)
{
    return code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_HOST_MEMORY || code == CL_INVALID_BUFFER_SIZE;
}

kiln_status cl_fail(opencl_device *device, kiln_error *err, const char *call, cl_int code, const char *format, ...)
{
    char about[512];
    va_list args;
    va_start(args, format);
    vsnprintf(about, sizeof about, format, args);
    va_end(args);
    if (device && means_lost(code))
        device->lost = true;
    return kiln_fail(err, out_of_memory(code) ? KILN_ENOMEM : KILN_EDEVICE, "%s: %s failed with %s (%d): %s",
                     device ? device->base.info.name : "OpenCL", call, cl_name(code), (int)code, about);
}

/* Fills a buffer with 0, which also makes a driver that allocates lazily do it now. By writes, and those of a test by a single one:
 * Oclgrind takes what clEnqueueFillBuffer fills for uninitialised, and also what is beyond the length of the last write to a
 * buffer, wherever that began; what kernels store there, too. */
static cl_int clear(const opencl_device *device, cl_mem buffer, size_t bytes)
{
    const size_t most = (size_t)1 << 24, piece = bytes < most ? bytes : most;
    unsigned char *zeros = mem_zeroed(piece, 1);
    cl_int code = zeros ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    for (size_t at = 0; at < bytes && code == CL_SUCCESS; at += piece) {
        const size_t part = bytes - at < piece ? bytes - at : piece;
        code = cl_code(clEnqueueWriteBuffer(device->queue, buffer, CL_TRUE, at, part, zeros, 0, NULL, NULL));
    }
    free(zeros);
    return code;
}

kiln_status cl_buffer(opencl_device *device, size_t bytes, const char *what, cl_mem *buffer, kiln_error *err)
{
    const double megabytes = (double)bytes / 1e6, have = (double)device->base.info.memory / 1e6;
    cl_int code = CL_SUCCESS;
    cl_mem made = clCreateBuffer(device->context, CL_MEM_READ_WRITE, bytes ? bytes : 1, NULL, &code);
    code = cl_code(code);
    if (code == CL_SUCCESS)
        code = clear(device, made, bytes ? bytes : 1);
    if (code == CL_SUCCESS) {
        *buffer = made;
        return KILN_OK;
    }
    if (code == CL_OUT_OF_RESOURCES) /* some drivers' word for memory: the device is not lost by it */
        code = CL_MEM_OBJECT_ALLOCATION_FAILURE;
    const kiln_status status =
        cl_fail(device, err, "making a buffer", code, "%s needs %.1f MB, the device has %.0f MB", what, megabytes, have);
    cl_release(device, &made);
    return status;
}

void cl_release(const opencl_device *device, cl_mem *buffer)
{
    if (*buffer && !device->lost)
        clReleaseMemObject(*buffer);
    *buffer = NULL;
}

/* As a buffer that stays mapped; false where the driver has no such memory left. */
static bool pin(const opencl_device *device, size_t bytes, pinned_memory *memory)
{
    cl_int code;
    memory->buffer = clCreateBuffer(device->context, CL_MEM_ALLOC_HOST_PTR, bytes, NULL, &code);
    if (cl_code(code) == CL_SUCCESS)
        memory->at = clEnqueueMapBuffer(device->transfer, memory->buffer, CL_TRUE, CL_MAP_WRITE, 0, bytes, 0, NULL, NULL, &code);
    return memory->at && cl_code(code) == CL_SUCCESS;
}

kiln_status cl_pin(opencl_device *device, size_t bytes, const char *what, pinned_memory *memory, kiln_error *err)
{
    const size_t some = bytes ? bytes : 1;
    *memory = (pinned_memory){ 0 };
    if (!pin(device, some, memory)) {
        cl_unpin(device, memory);
        memory->at = mem_alloc(some, 1);
    }
    if (!memory->at)
        return kiln_fail_memory(err, some, what);
    memset(memory->at, 0, some); /* a driver may have put it off until now */
    return KILN_OK;
}

void cl_unpin(const opencl_device *device, pinned_memory *memory)
{
    if (memory->at && !device->lost) { /* which cannot be asked whether it still reads from there */
        if (memory->buffer)
            clEnqueueUnmapMemObject(device->transfer, memory->buffer, memory->at, 0, NULL, NULL);
        else
            free(memory->at);
    }
    cl_release(device, &memory->buffer);
    memory->at = NULL;
}

kiln_status cl_write(opencl_device *device, cl_mem buffer, size_t offset, size_t bytes, const void *from, kiln_error *err)
{
    const cl_int code =
        bytes == 0 ? CL_SUCCESS : cl_code(clEnqueueWriteBuffer(device->queue, buffer, CL_TRUE, offset, bytes, from, 0, NULL, NULL));
    return code == CL_SUCCESS ? KILN_OK : cl_fail(device, err, "clEnqueueWriteBuffer", code, "%zu bytes to the device", bytes);
}

kiln_status cl_read(opencl_device *device, cl_mem buffer, size_t offset, size_t bytes, void *to, kiln_error *err)
{
    const cl_int code =
        bytes == 0 ? CL_SUCCESS : cl_code(clEnqueueReadBuffer(device->queue, buffer, CL_TRUE, offset, bytes, to, 0, NULL, NULL));
    return code == CL_SUCCESS ? KILN_OK : cl_fail(device, err, "clEnqueueReadBuffer", code, "%zu bytes from the device", bytes);
}

kiln_status cl_check(const opencl_device *device, kiln_error *err)
{
    return device->lost ? kiln_fail(err, KILN_EDEVICE, "%s: the device was lost by an earlier failure", device->base.info.name)
                        : KILN_OK;
}

void cl_drain(const opencl_device *device)
{
    /* Mesa 22.3 returns at once from a clFinish with nothing enqueued since a clFlush; after a marker it waits. */
    if (device->lost)
        return;
    clEnqueueMarkerWithWaitList(device->transfer, 0, NULL, NULL);
    clFinish(device->transfer);
    clEnqueueMarkerWithWaitList(device->queue, 0, NULL, NULL);
    clFinish(device->queue);
}

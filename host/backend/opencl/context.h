/* An opened OpenCL device, and what every file of this backend needs of it. */
#ifndef KILN_OPENCL_CONTEXT_H
#define KILN_OPENCL_CONTEXT_H

#include "backend/backend.h"
#include "base/status.h"

#include <CL/cl.h>

typedef struct program_list program_list;
typedef struct launch_recorder launch_recorder;

typedef struct opencl_device {
    kiln_device base;
    cl_platform_id platform;
    cl_device_id id;
    cl_context context;
    cl_command_queue queue;    /* in order: all kernels */
    cl_command_queue transfer; /* in order: data on its way while kernels run */
    bool unified;              /* memory is the host's: the data set is used where it lies */
    bool short_loops;          /* all loops of a launch end after 65535 turns, without a word: Mesa's llvmpipe */
    launch_recorder *recorder; /* sees every launch; NULL: none */
    kiln_gemm gemm;            /* as asked for */
    kiln_kernel_shape shape;   /* as asked for */
    bool gpu_shape;            /* of kiln's own kernels */
    bool clblast;              /* which matrix multiply: CLBlast, else kiln's own */
    kiln_strategy strategy;
    bool tuning;            /* `kiln tune` measures: each product in a launch of its own, and nothing stored is used */
    bool clblast_used;      /* CLBlast may have compiled kernels, which are to be cleared */
    bool clblast_ready;     /* it has compiled them with the parameters it has now */
    size_t vector;          /* numbers in a vector of kiln's own kernels: 8 or 16, and 1 of a GPU shape */
    size_t lanes;           /* of them, how many a register of the device holds */
    size_t tile;            /* side of a GPU-shaped work-group */
    size_t work;            /* outputs along each side of an item's register block there */
    size_t resident_limit;  /* bytes of data set kept on the device; more is streamed */
    size_t local_limit;     /* bytes of local memory that a fused step may use */
    size_t alignment;       /* bytes: where a part of a buffer may begin */
    char *kernels, *cache;  /* folders; NULL: built in, no cache */
    program_list *programs; /* built ones, by source and defines */
    bool lost;              /* a call said so: nothing of OpenCL is called any more, since any call may hang */
} opencl_device;

/* An OpenCL code's name, "CL_OUT_OF_RESOURCES". */
const char *cl_name(cl_int code);

/* Passes a call's code through; a test can make it fail here. */
cl_int cl_code(cl_int code);

/* Fills err from a failed call: the call, its code by name, the device, and what it was about. Marks a device that is lost.
 * KILN_ENOMEM where memory ran out, else KILN_EDEVICE. */
kiln_status cl_fail(opencl_device *device, kiln_error *err, const char *call, cl_int code, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* KILN_EDEVICE for a device that is lost. Each operation of a plan begins with it. */
kiln_status cl_check(const opencl_device *device, kiln_error *err);

/* Waits for all that is under way on both queues; nothing for a device that is lost. */
void cl_drain(const opencl_device *device);

/* Makes a buffer of `bytes`, filled with 0 (so that it is really there). *buffer is released with cl_release. */
kiln_status cl_buffer(opencl_device *device, size_t bytes, const char *what, cl_mem *buffer, kiln_error *err);

/* Releases and forgets a buffer; nothing for NULL, or on a device that is lost. */
void cl_release(const opencl_device *device, cl_mem *buffer);

/* Host memory that a driver has locked in its place: copies from there go straight to a device, and on their own. */
typedef struct pinned_memory {
    cl_mem buffer; /* NULL: ordinary memory, for want of the other */
    void *at;      /* NULL: none */
} pinned_memory;

/* Makes such memory, full of 0, to be given back with cl_unpin; that does nothing for none, or on a device that is lost. */
kiln_status cl_pin(opencl_device *device, size_t bytes, const char *what, pinned_memory *memory, kiln_error *err);
void cl_unpin(const opencl_device *device, pinned_memory *memory);

/* Copies to or from a buffer, and waits. */
kiln_status cl_write(opencl_device *device, cl_mem buffer, size_t offset, size_t bytes, const void *from, kiln_error *err);
kiln_status cl_read(opencl_device *device, cl_mem buffer, size_t offset, size_t bytes, void *to, kiln_error *err);

/* Closes a device opened by opencl_open. */
void opencl_close(kiln_device *device);

/* The operations of an opened device. */
extern const backend_ops opencl_ops;

#endif

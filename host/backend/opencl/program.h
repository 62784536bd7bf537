/* A kernel's source and its defines -> a kernel, built once a device. */
#ifndef KILN_OPENCL_PROGRAM_H
#define KILN_OPENCL_PROGRAM_H

#include <kiln/status.h>

#include <stddef.h>

/* The embedded files of kernels/, ended by a NULL name. */
typedef struct kernel_source {
    const char *name, *text;
} kernel_source;
extern const kernel_source kernel_sources[];

typedef struct define {
    const char *name, *value;
} define;

enum { PROGRAM_MAX_DEFINES = 16 };

struct opencl_device;
typedef struct _cl_kernel *kernel_handle; /* cl_kernel, for those who do not include CL/cl.h */

/* Makes the kernel `name` of kernels/NAME.cl with defines (ended by a NULL name; REAL_BITS, WIDTH and, for GPU shapes, TILE and
 * WORK are added). The program is taken from this device's list, else from the disk cache, else built.
 * *kernel is released by the caller. Returns KILN_EDEVICE with the compiler's log, KILN_EINTERRUPTED, KILN_ENOMEM. */
kiln_status program_kernel(struct opencl_device *device, const char *name, const define *defines, kiln_stop *stop,
                           kernel_handle *kernel, kiln_error *err);

/* Frees a device's list of programs; those that were built go to the disk cache first. */
void program_list_free(struct opencl_device *device);

#endif

/* Where networks run: OpenCL devices, and the reference backend that needs none. */
#ifndef KILN_DEVICE_H
#define KILN_DEVICE_H

#include <kiln/status.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A device opened for use. One thread at a time per handle; any number of handles. */
typedef struct kiln_device kiln_device;

/* What a device is. */
typedef enum kiln_device_kind { KILN_DEVICE_CPU, KILN_DEVICE_GPU, KILN_DEVICE_OTHER, KILN_DEVICE_REFERENCE } kiln_device_kind;

/* What parameters and arithmetic are made of: float32 or float64. */
typedef enum kiln_precision { KILN_F32, KILN_F64 } kiln_precision;

/* Whose matrix multiply runs. */
typedef enum kiln_gemm {
    KILN_GEMM_AUTO,    /* as kiln_tune measured; else CLBlast on GPUs, kiln's own kernels on CPUs */
    KILN_GEMM_CLBLAST, /* always CLBlast */
    KILN_GEMM_NATIVE,  /* always kiln's own kernels */
} kiln_gemm;

/* How training steps run. */
typedef enum kiln_strategy {
    KILN_STRATEGY_AUTO,   /* fused for networks so small that launches would take most of the time, else layers */
    KILN_STRATEGY_LAYERS, /* a few launches a layer */
    KILN_STRATEGY_FUSED,  /* many whole steps in one launch, by one work-group */
} kiln_strategy;

/* The shape of kiln's own kernels. */
typedef enum kiln_kernel_shape {
    KILN_SHAPE_AUTO, /* GPU on a GPU, CPU elsewhere */
    KILN_SHAPE_CPU,  /* one work-item a group, wide vectors, no local memory */
    KILN_SHAPE_GPU,  /* work-groups of many items, tiles in local memory */
} kiln_kernel_shape;

/* What is known of a device before it is opened. */
typedef struct kiln_device_info {
    char name[128], platform[128], driver[128], version[128];
    kiln_device_kind kind;
    uint64_t memory;       /* bytes of global memory; 0 for the reference */
    uint64_t allocation;   /* bytes of the largest single buffer */
    uint64_t local_memory; /* bytes of local memory a work-group has */
    uint32_t compute_units;
    size_t work_group; /* most work-items in a group */
    bool f64, f16;     /* arithmetic the device has; f32 always */
} kiln_device_info;

/* Zeroed options are the defaults. */
typedef struct kiln_device_options {
    kiln_precision precision;
    kiln_gemm gemm;
    kiln_kernel_shape shape;
    kiln_strategy strategy;
    size_t tile;   /* side of a GPU-shaped work-group's tile, 1 to 32; 0: 16, or what the device allows */
    size_t vector; /* numbers in a vector of CPU-shaped kernels, 8 or 16; 0: as many as the device's registers hold, within these */
    const char *kernels; /* folder to read the kernels from in place of those built in; NULL: built in. Borrowed for the call. */
    const char *cache; /* folder for compiled programs and what kiln_tune measured; NULL: $XDG_CACHE_HOME/kiln or ~/.cache/kiln; "":
                          none. Borrowed for the call. */
    size_t resident_limit; /* bytes of data set kept on the device, more is streamed; 0: what fits */
    size_t local_limit;    /* bytes of local memory that a fused step may use; 0: what the device has */
    kiln_stop *stop;       /* looked at between kernel builds; NULL: never */
} kiln_device_options;

/* Lists the OpenCL devices, in the order that INDEX counts.
 *
 * *devices  array of *count entries, NULL when there are none; the caller frees it with free().
 *
 * No platform or no device is not an error: *count is then 0. Returns KILN_ENOMEM, KILN_EDEVICE. */
kiln_status kiln_device_list(kiln_device_info **devices, size_t *count, kiln_error *err);

/* Opens a device.
 *
 * which    "auto" (the first GPU, else the first CPU, else any), "gpu", "cpu", "reference", a device's index in
 *          kiln_device_list, or a part of its name or its platform's name, in any case.
 * options  NULL: the defaults.
 * *device  to be closed with kiln_device_close after everything that was made with it.
 *
 * Returns KILN_ENODEVICE when nothing matches; KILN_EUNSUPPORTED when it lacks the precision;
 * KILN_EINVAL for options out of range; KILN_EDEVICE; KILN_ENOMEM. */
kiln_status kiln_device_open(const char *which, const kiln_device_options *options, kiln_device **device, kiln_error *err);

/* Closes a device. NULL is fine. */
void kiln_device_close(kiln_device *device);

/* What the device is. Valid until it is closed. */
const kiln_device_info *kiln_device_get_info(const kiln_device *device);

/* The precision the device was opened with; the reference always computes in KILN_F64. */
kiln_precision kiln_device_get_precision(const kiln_device *device);

#ifdef __cplusplus
}
#endif
#endif

/* The device a command runs on, as its options say. */
#ifndef KILN_CLI_DEVICE_H
#define KILN_CLI_DEVICE_H

#include "options.h"

#include <kiln/kiln.h>
#include <stdbool.h>

typedef struct device_arguments {
    const char *which;
    int precision, gemm, strategy; /* kiln_precision, kiln_gemm, kiln_strategy */
    kiln_kernel_shape shape;       /* no option of its own: for commands that plan for another device */
} device_arguments;

/* The rows that every command with a device has. */
extern const option device_options[];

/* Opens the device. With "auto" and no OpenCL device at all, says so and goes on with the reference backend. */
kiln_status device_open(const device_arguments *arguments, bool quiet, kiln_device **device, kiln_error *err);

/* Closes it, but not after KILN_EDEVICE: a driver that failed may never return from another call. */
void device_close(kiln_device *device, kiln_status status);

/* What installs an OpenCL device, for messages. */
extern const char device_remedy[];

/* The word for a kind of device: "CPU". */
const char *device_kind_name(kiln_device_kind kind);

#endif

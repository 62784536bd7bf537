/* The OpenCL backend's entry, for host/backend/device.c. */
#ifndef KILN_OPENCL_H
#define KILN_OPENCL_H

#include <kiln/device.h>

kiln_status opencl_open(const char *which, const kiln_device_options *options, kiln_device **device, kiln_error *err);

#endif

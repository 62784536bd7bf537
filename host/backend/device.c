/* Opening and closing devices, whichever backend they are of. */
#include "backend/backend.h"
#include "backend/opencl/opencl.h"
#include "backend/reference/reference.h"
#include "base/status.h"

#include <string.h>

kiln_status kiln_device_open(const char *which, const kiln_device_options *options, kiln_device **device, kiln_error *err)
{
    static const kiln_device_options defaults;
    const kiln_device_options *chosen = options ? options : &defaults;
    if (!which)
        return kiln_fail(err, KILN_EINVAL, "no device is named: say auto, gpu, cpu, reference, an index or a part of a name");
    if (strcmp(which, "reference") == 0)
        return reference_open(chosen, device, err);
    return opencl_open(which, chosen, device, err);
}

void kiln_device_close(kiln_device *device)
{
    if (device)
        device->ops->close(device);
}

const kiln_device_info *kiln_device_get_info(const kiln_device *device)
{
    return &device->info;
}

kiln_precision kiln_device_get_precision(const kiln_device *device)
{
    return device->precision;
}

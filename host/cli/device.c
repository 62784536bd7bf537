/* Opening the device a command runs on. */
#include "device.h"

#include "choices.h"
#include "interrupt.h"
#include "message.h"

#include <stdlib.h>
#include <string.h>

const char device_remedy[] = "install pocl-opencl-icd (for the CPU) or your GPU's driver";

const option device_options[] = {
    { .help = "device" },
    { .name = "device",
      .value = "DEVICE",
      .fallback = "auto",
      .kind = OPTION_TEXT,
      .offset = offsetof(device_arguments, which),
      .help = "auto, gpu, cpu, reference, an index of 'kiln devices', or a part of a name" },
    { .name = "precision",
      .value = "P",
      .fallback = "f32",
      .kind = OPTION_CHOICE,
      .offset = offsetof(device_arguments, precision),
      .help = "of parameters and arithmetic",
      .choice = choice_precision },
    { .name = "gemm",
      .value = "WHICH",
      .fallback = "auto",
      .kind = OPTION_CHOICE,
      .offset = offsetof(device_arguments, gemm),
      .help = "whose matrix multiply",
      .choice = choice_gemm },
    { .name = "strategy",
      .value = "HOW",
      .fallback = "auto",
      .kind = OPTION_CHOICE,
      .offset = offsetof(device_arguments, strategy),
      .help = "training layer by layer, or whole steps in one launch; auto: fused for small networks",
      .choice = choice_strategy },
    { 0 },
};

kiln_status device_open(const device_arguments *arguments, bool quiet, kiln_device **device, kiln_error *err)
{
    const kiln_device_options options = {
        .precision = (kiln_precision)arguments->precision,
        .gemm = (kiln_gemm)arguments->gemm,
        .strategy = (kiln_strategy)arguments->strategy,
        .kernels = getenv("KILN_KERNELS"), /* a folder, for people who write kernels */
        .shape = arguments->shape,
        .stop = interrupt_flag(),
    };
    const kiln_status status = kiln_device_open(arguments->which, &options, device, err);
    if (status != KILN_ENODEVICE)
        return status;
    if (strcmp(arguments->which, "auto") == 0) {
        if (!quiet)
            say("no OpenCL device found: %s; going on with the reference backend, which is slow", device_remedy);
        return kiln_device_open("reference", &options, device, err);
    }
    kiln_device_info *devices = NULL;
    size_t count = 0;
    if (kiln_device_list(&devices, &count, NULL) == KILN_OK && count == 0)
        fail(err, KILN_ENODEVICE, "no OpenCL device found: %s, or use --device reference", device_remedy);
    free(devices);
    return status;
}

void device_close(kiln_device *device, kiln_status status)
{
    if (status != KILN_EDEVICE)
        kiln_device_close(device);
}

const char *device_kind_name(kiln_device_kind kind)
{
    switch (kind) {
    case KILN_DEVICE_CPU:
        return "CPU";
    case KILN_DEVICE_GPU:
        return "GPU";
    case KILN_DEVICE_REFERENCE:
        return "reference";
    default:
        return "other";
    }
}

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
      .help = "auto, gpu, cpu, reference, an index of 'kiln devices', or a part of a name",
      .choice = choice_device },
    { .name = "precision",
      .value = "P",
      .fallback = "f32",
      .kind = OPTION_CHOICE,
      .offset = offsetof(device_arguments, precision),
      .help = "of parameters and arithmetic",
      .choice = choice_precision,
      .refused = refused_precision },
    { .name = "gemm",
      .value = "WHICH",
      .fallback = "auto",
      .kind = OPTION_CHOICE,
      .offset = offsetof(device_arguments, gemm),
      .help = "whose matrix multiply; auto: as 'kiln tune' measured, else CLBlast on GPUs and kiln's own elsewhere",
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

/* Opens the device as asked for, or the reference where "auto" finds none. */
static kiln_status open_it(const device_arguments *arguments, const kiln_device_options *options, bool quiet, kiln_device **device,
                           kiln_error *err)
{
    const kiln_status status = kiln_device_open(arguments->which, options, device, err);
    if (status != KILN_ENODEVICE)
        return status;
    if (strcmp(arguments->which, "auto") == 0) {
        if (!quiet)
            say("no OpenCL device found: %s; going on with the reference backend, which is slow", device_remedy);
        return kiln_device_open("reference", options, device, err);
    }
    kiln_device_info *devices = NULL;
    size_t count = 0;
    if (kiln_device_list(&devices, &count, NULL) == KILN_OK && count == 0)
        fail(err, KILN_ENODEVICE, "no OpenCL device found: %s, or use --device reference", device_remedy);
    free(devices);
    return status;
}

/* A precision that kiln has no kernels for. */
static kiln_status refuse_precision(const char *word, const kiln_device_info *info, kiln_error *err)
{
    const bool f16 = strcmp(word, "f16") == 0;
    return fail(err, KILN_EUNSUPPORTED,
                "--precision %s: kiln stores and computes in f32 or f64, and has no kernels for %s; %s%s: use --precision f32",
                word, word, f16 ? info->name : "OpenCL",
                !f16        ? " has no arithmetic for it"
                : info->f16 ? " has that arithmetic (cl_khr_fp16), but it would go unused"
                            : " lacks that arithmetic too (cl_khr_fp16)");
}

kiln_status device_open(const device_arguments *arguments, bool quiet, kiln_device **device, kiln_error *err)
{
    const char *offered = choice_precision(arguments->precision);
    const kiln_device_options options = {
        .precision = offered ? (kiln_precision)arguments->precision : KILN_F32,
        .gemm = (kiln_gemm)arguments->gemm,
        .strategy = (kiln_strategy)arguments->strategy,
        .kernels = getenv("KILN_KERNELS"), /* a folder, for people who write kernels */
        .shape = arguments->shape,
        .stop = interrupt_flag(),
    };
    const kiln_status status = open_it(arguments, &options, quiet, device, err);
    if (status != KILN_OK || offered)
        return status;
    refuse_precision(refused_precision(arguments->precision - (KILN_F64 + 1)), kiln_device_get_info(*device), err);
    kiln_device_close(*device);
    *device = NULL;
    return KILN_EUNSUPPORTED;
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

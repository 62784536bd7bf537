/* OpenCL devices: listing, choosing, opening. */
#include "backend/opencl/cache.h"
#include "backend/opencl/context.h"
#include "backend/opencl/gemm_clblast.h"
#include "backend/opencl/opencl.h"
#include "backend/opencl/program.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct found {
    cl_platform_id platform;
    cl_device_id id;
} found;

enum { MAX_PLATFORMS = 32, MAX_DEVICES = 64 };

/* All devices of all platforms, in the order of the ICD loader; platforms without devices are nothing to complain of. */
static kiln_status find(found *devices, size_t *count, kiln_error *err)
{
    cl_platform_id platforms[MAX_PLATFORMS];
    cl_device_id ids[MAX_DEVICES];
    cl_uint platform_count = 0, device_count;
    *count = 0;
    const cl_int code = cl_code(clGetPlatformIDs(MAX_PLATFORMS, platforms, &platform_count));
    if (code == -1001) /* the ICD loader: no platform is installed */
        return KILN_OK;
    if (code != CL_SUCCESS)
        return cl_fail(NULL, err, "clGetPlatformIDs", code, "listing platforms");
    for (cl_uint p = 0; p < platform_count && p < MAX_PLATFORMS; p++) {
        if (clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, MAX_DEVICES, ids, &device_count) != CL_SUCCESS)
            continue;
        for (cl_uint d = 0; d < device_count && d < MAX_DEVICES && *count < MAX_DEVICES; d++)
            devices[(*count)++] = (found){ platforms[p], ids[d] };
    }
    return KILN_OK;
}

static void get_text(cl_device_id id, cl_device_info what, char *to, size_t room)
{
    char whole[4096] = "";
    if (clGetDeviceInfo(id, what, sizeof whole, whole, NULL) != CL_SUCCESS)
        whole[0] = '\0';
    const char *from = whole + strspn(whole, " \t");
    snprintf(to, room, "%.*s", (int)(room - 1), from);
    for (size_t end = strlen(to); end > 0 && to[end - 1] == ' '; end--)
        to[end - 1] = '\0';
}

static bool has_extension(cl_device_id id, const char *name)
{
    size_t bytes = 0;
    if (clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, 0, NULL, &bytes) != CL_SUCCESS || bytes == 0)
        return false;
    char *all = mem_zeroed(bytes + 1, 1);
    const bool has = all && clGetDeviceInfo(id, CL_DEVICE_EXTENSIONS, bytes, all, NULL) == CL_SUCCESS && strstr(all, name) != NULL;
    free(all);
    return has;
}

static void describe(found device, kiln_device_info *info)
{
    cl_device_type type = 0;
    cl_ulong memory = 0, allocation = 0, local = 0;
    cl_uint units = 0;
    *info = (kiln_device_info){ .kind = KILN_DEVICE_OTHER };
    get_text(device.id, CL_DEVICE_NAME, info->name, sizeof info->name);
    get_text(device.id, CL_DRIVER_VERSION, info->driver, sizeof info->driver);
    get_text(device.id, CL_DEVICE_VERSION, info->version, sizeof info->version);
    clGetPlatformInfo(device.platform, CL_PLATFORM_NAME, sizeof info->platform, info->platform, NULL);
    clGetDeviceInfo(device.id, CL_DEVICE_TYPE, sizeof type, &type, NULL);
    clGetDeviceInfo(device.id, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof memory, &memory, NULL);
    clGetDeviceInfo(device.id, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof allocation, &allocation, NULL);
    clGetDeviceInfo(device.id, CL_DEVICE_LOCAL_MEM_SIZE, sizeof local, &local, NULL);
    clGetDeviceInfo(device.id, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, NULL);
    clGetDeviceInfo(device.id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof info->work_group, &info->work_group, NULL);
    info->kind = type & CL_DEVICE_TYPE_CPU ? KILN_DEVICE_CPU : type & CL_DEVICE_TYPE_GPU ? KILN_DEVICE_GPU : KILN_DEVICE_OTHER;
    info->memory = memory;
    info->allocation = allocation;
    info->local_memory = local;
    info->compute_units = units;
    info->f64 = has_extension(device.id, "cl_khr_fp64");
    info->f16 = has_extension(device.id, "cl_khr_fp16");
}

kiln_status kiln_device_list(kiln_device_info **devices, size_t *count, kiln_error *err)
{
    found all[MAX_DEVICES];
    *devices = NULL;
    *count = 0;
    size_t n;
    const kiln_status status = find(all, &n, err);
    if (status != KILN_OK || n == 0)
        return status;
    kiln_device_info *list = mem_alloc(n, sizeof *list);
    if (!list)
        return kiln_fail_memory(err, 0, "the list of devices");
    for (size_t i = 0; i < n; i++)
        describe(all[i], &list[i]);
    *devices = list;
    *count = n;
    return KILN_OK;
}

/* Whether `part` is in `whole`, in any case. */
static bool contains(const char *whole, const char *part)
{
    const size_t length = strlen(part);
    for (; strlen(whole) >= length; whole++)
        if (strncasecmp(whole, part, length) == 0)
            return true;
    return false;
}

static size_t first_of_kind(const kiln_device_info *info, size_t count, kiln_device_kind kind)
{
    size_t i = 0;
    while (i < count && info[i].kind != kind)
        i++;
    return i;
}

/* The place of the device that `which` means; count where none does. */
static size_t choose(const char *which, const kiln_device_info *info, size_t count)
{
    const size_t gpu = first_of_kind(info, count, KILN_DEVICE_GPU), cpu = first_of_kind(info, count, KILN_DEVICE_CPU);
    if (strcasecmp(which, "auto") == 0)
        return gpu < count ? gpu : cpu < count ? cpu : 0;
    if (strcasecmp(which, "gpu") == 0)
        return gpu;
    if (strcasecmp(which, "cpu") == 0)
        return cpu;
    if (which[0] && strspn(which, "0123456789") == strlen(which)) {
        errno = 0;
        const unsigned long long index = strtoull(which, NULL, 10);
        return errno == 0 && index < count ? (size_t)index : count;
    }
    for (size_t i = 0; i < count && which[0]; i++)
        if (contains(info[i].name, which) || contains(info[i].platform, which))
            return i;
    return count;
}

static kiln_status fail_choice(const char *which, const kiln_device_info *info, size_t count, kiln_error *err)
{
    char names[512] = "";
    if (count == 0)
        return kiln_fail(err, KILN_ENODEVICE,
                         "no OpenCL device: install pocl-opencl-icd for the CPU, or the OpenCL package of your GPU's driver");
    for (size_t i = 0, used = 0; i < count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%zu %s", i ? ", " : "", i, info[i].name);
    return kiln_fail(err, KILN_ENODEVICE, "no OpenCL device '%s'; there are: %s", which, names);
}

/* Numbers in a vector of CPU-shaped kernels. */
static kiln_status settle_vectors(opencl_device *device, const kiln_device_options *options, kiln_error *err)
{
    cl_uint native = 1;
    clGetDeviceInfo(device->id,
                    options->precision == KILN_F64 ? CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE : CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT,
                    sizeof native, &native, NULL);
    if (options->vector != 0 && options->vector != 8 && options->vector != 16)
        return kiln_fail(err, KILN_EINVAL, "vectors of %zu numbers: kernels have 8 or 16", options->vector);
    const size_t wide = options->vector ? options->vector : native >= 16 ? 16 : 8;
    device->vector = device->gpu_shape ? 1 : wide;
    device->lanes = native < 1 ? 1 : native < device->vector ? native : device->vector;
    return KILN_OK;
}

/* Fills in what kernels are to be like: shape, tile, whose matrix multiply. */
static kiln_status settle(opencl_device *device, const kiln_device_options *options, kiln_error *err)
{
    const kiln_device_info *info = &device->base.info;
    const size_t number = options->precision == KILN_F64 ? 8 : 4, limit = info->local_memory < 32768 ? info->local_memory : 32768;
    device->short_loops = strncmp(info->name, "llvmpipe", 8) == 0;
    device->gemm = options->gemm;
    device->shape = options->shape;
    device->gpu_shape = options->shape == KILN_SHAPE_GPU || (options->shape == KILN_SHAPE_AUTO && info->kind == KILN_DEVICE_GPU);
    device->clblast = options->gemm == KILN_GEMM_CLBLAST || (options->gemm == KILN_GEMM_AUTO && info->kind == KILN_DEVICE_GPU);
    device->strategy = options->strategy;
    device->tile = options->tile ? options->tile : 16;
    while (!options->tile && device->tile > 1 && device->tile * device->tile > info->work_group)
        device->tile /= 2;
    if (device->tile > 32 || device->tile * device->tile > info->work_group)
        return kiln_fail(err, KILN_EINVAL, "%s: a tile of %zu x %zu work-items is more than the %zu its groups may have",
                         info->name, device->tile, device->tile, info->work_group);
    device->work = 4;
    while (device->work > 1 && 2 * device->tile * device->tile * device->work * number > limit)
        device->work /= 2;
    device->resident_limit = options->resident_limit;
    device->local_limit = (size_t)info->local_memory;
    if (options->local_limit && options->local_limit < device->local_limit)
        device->local_limit = options->local_limit;
    device->kernels = mem_text(options->kernels);
    device->cache = cache_folder(options->cache);
    if (options->kernels && !device->kernels)
        return kiln_fail_memory(err, 0, "the device");
    return settle_vectors(device, options, err);
}

void opencl_close(kiln_device *base)
{
    opencl_device *device = (opencl_device *)base;
    program_list_free(device);
    if (!device->lost) {
        if (device->clblast_used)
            gemm_clblast_clear();
        if (device->transfer)
            clReleaseCommandQueue(device->transfer);
        if (device->queue)
            clReleaseCommandQueue(device->queue);
        if (device->context)
            clReleaseContext(device->context);
    }
    free(device->kernels);
    free(device->cache);
    free(device);
}

static kiln_status open_context(opencl_device *device, kiln_error *err)
{
    cl_int code;
    const cl_context_properties properties[] = { CL_CONTEXT_PLATFORM, (cl_context_properties)device->platform, 0 };
    device->context = clCreateContext(properties, 1, &device->id, NULL, NULL, &code);
    if ((code = cl_code(code)) != CL_SUCCESS)
        return cl_fail(device, err, "clCreateContext", code, "opening the device");
    device->queue = clCreateCommandQueue(device->context, device->id, 0, &code);
    if ((code = cl_code(code)) != CL_SUCCESS)
        return cl_fail(device, err, "clCreateCommandQueue", code, "opening the device");
    device->transfer = clCreateCommandQueue(device->context, device->id, 0, &code);
    if ((code = cl_code(code)) != CL_SUCCESS)
        return cl_fail(device, err, "clCreateCommandQueue", code, "opening the device");
    return KILN_OK;
}

kiln_status opencl_open(const char *which, const kiln_device_options *options, kiln_device **out, kiln_error *err)
{
    found all[MAX_DEVICES];
    size_t count;
    kiln_device_info *info = NULL;
    opencl_device *device = NULL;
    kiln_status status = find(all, &count, err);
    if (status != KILN_OK)
        return status;
    info = mem_alloc(count, sizeof *info);
    device = mem_zeroed(1, sizeof *device);
    if (!info || !device) {
        status = kiln_fail_memory(err, 0, "the device");
        goto done;
    }
    device->base.ops = &opencl_ops;
    for (size_t i = 0; i < count; i++)
        describe(all[i], &info[i]);
    const size_t chosen = choose(which, info, count);
    if (chosen >= count) {
        status = fail_choice(which, info, count, err);
        goto done;
    }
    device->base.info = info[chosen];
    cl_bool unified = CL_FALSE;
    clGetDeviceInfo(all[chosen].id, CL_DEVICE_HOST_UNIFIED_MEMORY, sizeof unified, &unified, NULL);
    device->unified = unified == CL_TRUE;
    cl_uint bits = 0;
    clGetDeviceInfo(all[chosen].id, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof bits, &bits, NULL);
    device->alignment = bits / 8;
    device->base.precision = options->precision;
    device->platform = all[chosen].platform;
    device->id = all[chosen].id;
    if (options->precision == KILN_F64 && !info[chosen].f64) {
        status = kiln_fail(err, KILN_EUNSUPPORTED, "%s: has no double precision (cl_khr_fp64); train with f32", info[chosen].name);
        goto done;
    }
    status = settle(device, options, err);
    if (status == KILN_OK)
        status = open_context(device, err);
    if (status == KILN_OK) {
        *out = &device->base;
        device = NULL;
    }
done:
    if (device)
        opencl_close(&device->base);
    free(info);
    return status;
}

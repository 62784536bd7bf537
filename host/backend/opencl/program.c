/* A kernel's source and its defines -> a kernel: includes put in place, built or taken from a cache. */
#include "backend/opencl/program.h"

#include "backend/opencl/cache.h"
#include "backend/opencl/context.h"
#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct program_list {
    program_list *next;
    char *key;
    cl_program program;
    bool stored; /* its binary is in the cache */
};

/* Text that grows. */
typedef struct text {
    char *at;
    size_t length, room;
} text;

static bool text_add(text *t, const char *from, size_t count)
{
    if (t->length + count + 1 > t->room) {
        const size_t room = 2 * (t->length + count) + 1024;
        char *larger = mem_resize(t->at, room, 1);
        if (!larger)
            return false;
        t->at = larger;
        t->room = room;
    }
    memcpy(t->at + t->length, from, count);
    t->length += count;
    t->at[t->length] = '\0';
    return true;
}

static bool text_format(text *t, const char *format, const char *a, const char *b)
{
    char line[256];
    const int length = snprintf(line, sizeof line, format, a, b);
    return length >= 0 && (size_t)length < sizeof line && text_add(t, line, (size_t)length);
}

/* The text of a file of kernels/: built in, or from the folder that replaces it. Freed by the caller. */
static char *source_text(const opencl_device *device, const char *name, kiln_error *err)
{
    if (device->kernels) {
        char path[4096];
        unsigned char *content = NULL;
        size_t count;
        const bool shared = strcmp(name, "philox.h") == 0;
        snprintf(path, sizeof path, "%s/%s%s", device->kernels, shared ? "shared/" : "", name);
        if (file_read(path, (size_t)1 << 20, &content, &count, err) != KILN_OK)
            return NULL;
        return (char *)content;
    }
    for (const kernel_source *source = kernel_sources; source->name; source++)
        if (strcmp(source->name, name) == 0)
            return mem_text(source->text);
    kiln_fail(err, KILN_EINVAL, "no kernel file '%s' is built in", name);
    return NULL;
}

/* Adds a file to the program, each include once and in its place, with #line so that the compiler's log names our lines. */
static bool flatten(const opencl_device *device, const char *name, unsigned depth, text *included, text *out, kiln_error *err)
{
    char mark[80];
    snprintf(mark, sizeof mark, "<%s>", name);
    if (included->at && strstr(included->at, mark))
        return true;
    if (depth > 8 || !text_add(included, mark, strlen(mark)))
        return false;
    char *content = source_text(device, name, err);
    bool good = content && text_format(out, "#line 1 \"%s\"%s\n", name, "");
    size_t number = 0;
    for (const char *line = content; good && *line; number++) {
        const char *end = strchr(line, '\n');
        const size_t length = end ? (size_t)(end - line) + 1 : strlen(line);
        char file[64], after[32];
        if (sscanf(line, "#include \"%63[^\"\n]\"", file) == 1) {
            snprintf(after, sizeof after, "%zu", number + 2);
            good = flatten(device, file, depth + 1, included, out, err) && text_format(out, "#line %s \"%s\"\n", after, name);
        } else {
            good = text_add(out, line, length);
        }
        line += length;
    }
    free(content);
    return good;
}

static bool add_define(text *options, const char *name, const char *value)
{
    return text_format(options, "-D%s=%s ", name, value);
}

static bool build_options(const opencl_device *device, const define *defines, text *options)
{
    /* Adam's moments of what stays 0 (dead units, say) decay to subnormal numbers, which CPUs compute a hundred times slower. */
    static const char flags[] = "-cl-std=CL1.2 -cl-denorms-are-zero ";
    char tile[24], work[24], vector[24];
    snprintf(tile, sizeof tile, "%zu", device->tile);
    snprintf(work, sizeof work, "%zu", device->work);
    snprintf(vector, sizeof vector, "%zu", device->vector);
    bool good = text_add(options, flags, strlen(flags)) &&
                add_define(options, "REAL_BITS", device->base.precision == KILN_F64 ? "64" : "32") &&
                add_define(options, "WIDTH", vector);
    if (good && device->gpu_shape)
        good = add_define(options, "TILE", tile) && add_define(options, "WORK", work);
    for (const define *d = defines; good && d->name; d++)
        good = add_define(options, d->name, d->value);
    return good;
}

/* All that a binary depends on, with a line each. */
static bool cache_key(const opencl_device *device, const char *options, const char *source, text *key)
{
    const kiln_device_info *info = &device->base.info;
    return text_add(key, "1\n", 2) && text_format(key, "%s\n%s\n", info->name, info->platform) &&
           text_format(key, "%s\n%s\n", info->driver, info->version) && text_add(key, options, strlen(options)) &&
           text_add(key, "\n", 1) && text_add(key, source, strlen(source));
}

static kiln_status build_log(opencl_device *device, cl_program program, const char *name, const char *options, cl_int code,
                             kiln_error *err)
{
    char log[600] = "";
    size_t size = 0;
    char *whole = NULL;
    if (clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size) == CL_SUCCESS && size > 1 &&
        (whole = mem_zeroed(size + 1, 1)) &&
        clGetProgramBuildInfo(program, device->id, CL_PROGRAM_BUILD_LOG, size, whole, NULL) == CL_SUCCESS) {
        const char *error = strstr(whole, "error"); /* warnings before it would fill the message */
        const char *from = error && error - whole > 200 ? error - 100 : whole;
        snprintf(log, sizeof log, "%s", from);
    }
    free(whole);
    return cl_fail(device, err, "clBuildProgram", code, "%s.cl with %s\n%s", name, options, log);
}

static cl_program from_cache(const opencl_device *device, const text *key, const char *options)
{
    size_t bytes;
    cl_int code, status;
    unsigned char *binary = device->cache ? cache_load(device->cache, key->at, key->length, &bytes) : NULL;
    if (!binary)
        return NULL;
    const unsigned char *const binaries[] = { binary };
    cl_program program =
        clCreateProgramWithBinary(device->context, 1, &device->id, &bytes, (const unsigned char **)binaries, &status, &code);
    free(binary);
    if (program && code == CL_SUCCESS && status == CL_SUCCESS &&
        clBuildProgram(program, 1, &device->id, options, NULL, NULL) == CL_SUCCESS)
        return program;
    if (program)
        clReleaseProgram(program);
    return NULL;
}

/* Asking for a binary makes PoCL compile every kernel once more, so it is done last, when nobody waits for a first step. */
static void to_cache(const opencl_device *device, const program_list *entry)
{
    size_t bytes = 0;
    if (clGetProgramInfo(entry->program, CL_PROGRAM_BINARY_SIZES, sizeof bytes, &bytes, NULL) != CL_SUCCESS || bytes == 0)
        return;
    unsigned char *binary = mem_alloc(bytes, 1);
    unsigned char *binaries[] = { binary };
    if (binary && clGetProgramInfo(entry->program, CL_PROGRAM_BINARIES, sizeof binaries, binaries, NULL) == CL_SUCCESS)
        cache_store(device->cache, entry->key, strlen(entry->key), binary, bytes);
    free(binary);
}

static kiln_status build(opencl_device *device, const char *name, const char *options, const text *source, cl_program *program,
                         kiln_error *err)
{
    cl_int code;
    const char *const parts[] = { source->at };
    *program = clCreateProgramWithSource(device->context, 1, (const char **)parts, &source->length, &code);
    code = cl_code(code);
    if (code != CL_SUCCESS)
        return cl_fail(device, err, "clCreateProgramWithSource", code, "%s.cl", name);
    code = cl_code(clBuildProgram(*program, 1, &device->id, options, NULL, NULL));
    return code == CL_SUCCESS ? KILN_OK : build_log(device, *program, name, options, code, err);
}

static cl_program listed(const opencl_device *device, const char *key)
{
    for (const program_list *p = device->programs; p; p = p->next)
        if (strcmp(p->key, key) == 0)
            return p->program;
    return NULL;
}

/* Puts a program on the device's list, which then owns it and the key. */
static bool list_add(opencl_device *device, char *key, cl_program program, bool stored)
{
    program_list *entry = mem_zeroed(1, sizeof *entry);
    if (!entry)
        return false;
    *entry = (program_list){ device->programs, key, program, stored };
    device->programs = entry;
    return true;
}

kiln_status program_kernel(opencl_device *device, const char *name, const define *defines, kiln_stop *stop, kernel_handle *kernel,
                           kiln_error *err)
{
    text options = { 0 }, source = { 0 }, included = { 0 }, key = { 0 };
    char file[64];
    cl_int code;
    cl_program built = NULL, program;
    kiln_status status = stop_check(stop, err);
    if (status != KILN_OK)
        return status;
    snprintf(file, sizeof file, "%s.cl", name);
    kiln_error why = { .status = KILN_ENOMEM, .message = "out of memory for a kernel's source" };
    if (!build_options(device, defines, &options) || !flatten(device, file, 0, &included, &source, &why) ||
        !cache_key(device, options.at, source.at, &key)) {
        status = kiln_fail(err, why.status, "%s", why.message);
        goto done;
    }
    program = listed(device, key.at);
    if (!program) {
        built = from_cache(device, &key, options.at);
        const bool stored = built != NULL;
        status = stored ? KILN_OK : build(device, name, options.at, &source, &built, err);
        if (status == KILN_OK && !list_add(device, key.at, built, stored))
            status = kiln_fail_memory(err, 0, "the list of programs");
        if (status != KILN_OK)
            goto done;
        program = built;
        built = NULL;
        key.at = NULL; /* the list owns it now */
    }
    *kernel = clCreateKernel(program, name, &code);
    code = cl_code(code);
    if (code != CL_SUCCESS)
        status = cl_fail(device, err, "clCreateKernel", code, "%s", name);
done:
    if (built && !device->lost)
        clReleaseProgram(built);
    free(options.at);
    free(source.at);
    free(included.at);
    free(key.at);
    return status;
}

void program_list_free(opencl_device *device)
{
    while (device->programs) {
        program_list *entry = device->programs;
        device->programs = entry->next;
        if (!device->lost && device->cache && !entry->stored)
            to_cache(device, entry);
        if (!device->lost)
            clReleaseProgram(entry->program);
        free(entry->key);
        free(entry);
    }
}

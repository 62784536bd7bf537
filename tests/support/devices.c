/* Every way to run on this machine. */
#include "devices.h"

#include <check.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CASES = 128 };

bool test_small(void)
{
    return getenv("KILN_TEST_SMALL") != NULL;
}

static void add(device_case *cases, size_t *count, size_t index, const kiln_device_info *info, const char *what,
                kiln_device_options options)
{
    device_case *c = &cases[*count];
    ck_assert_uint_lt(*count, MAX_CASES);
    if (options.precision == KILN_F64 && !info->f64)
        return;
    if (options.tile * options.tile > info->work_group)
        return;
    snprintf(c->which, sizeof c->which, "%zu", index);
    snprintf(c->label, sizeof c->label, "%.60s/%.60s %s %s", info->platform, info->name, what,
             options.precision == KILN_F64 ? "f64" : "f32");
    c->options = options;
    c->options.cache = "";                       /* what is tested is this build's kernels, */
    c->options.kernels = getenv("KILN_KERNELS"); /* or those of a folder */
    (*count)++;
}

static void add_device(device_case *cases, size_t *count, size_t index, const kiln_device_info *info)
{
    /* few enough that a machine which compiles each kernel anew still ends in minutes */
    static const struct {
        const char *what;
        kiln_device_options options;
        bool small;
    } ways[] = {
        { "cpu kernels", { .shape = KILN_SHAPE_CPU, .vector = 8 }, true },
        { "cpu kernels, streamed", { .shape = KILN_SHAPE_CPU, .vector = 8, .resident_limit = 4096 }, true },
        { "cpu kernels of wide vectors", { .shape = KILN_SHAPE_CPU, .vector = 16 }, false }, /* which Oclgrind dies of */
        { "gpu kernels 3x3", { .shape = KILN_SHAPE_GPU, .tile = 3 }, true },
        { "gpu kernels 16x16", { .shape = KILN_SHAPE_GPU, .tile = 16 }, false },
        { "cpu kernels", { .shape = KILN_SHAPE_CPU, .precision = KILN_F64 }, false },
        { "cpu kernels, fused", { .shape = KILN_SHAPE_CPU, .vector = 8, .strategy = KILN_STRATEGY_FUSED }, true },
        { "cpu kernels of wide vectors, fused and streamed",
          { .shape = KILN_SHAPE_CPU, .vector = 16, .strategy = KILN_STRATEGY_FUSED, .resident_limit = 4096 },
          false },
        { "gpu kernels 3x3, fused", { .shape = KILN_SHAPE_GPU, .tile = 3, .strategy = KILN_STRATEGY_FUSED }, true },
        { "gpu kernels 16x16, fused in global memory",
          { .shape = KILN_SHAPE_GPU, .tile = 16, .strategy = KILN_STRATEGY_FUSED, .local_limit = 1 },
          false },
        { "cpu kernels, fused", { .shape = KILN_SHAPE_CPU, .strategy = KILN_STRATEGY_FUSED, .precision = KILN_F64 }, false },
        { "gpu kernels 8x8", { .shape = KILN_SHAPE_GPU, .tile = 8, .precision = KILN_F64 }, false },
        { "CLBlast", { .shape = KILN_SHAPE_CPU, .gemm = KILN_GEMM_CLBLAST }, false },
        { "CLBlast, gpu kernels", { .shape = KILN_SHAPE_GPU, .tile = 4, .gemm = KILN_GEMM_CLBLAST }, false },
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        kiln_device_options options = ways[i].options;
        if (options.gemm == KILN_GEMM_CLBLAST && index > 0)
            continue; /* its kernels take ten seconds to compile on a CPU: once is enough */
        if (strncmp(info->name, "llvmpipe", 8) == 0 && (options.strategy == KILN_STRATEGY_FUSED || options.vector == 16))
            continue; /* refused; compiled for minutes */
        if (options.gemm == KILN_GEMM_AUTO)
            options.gemm = KILN_GEMM_NATIVE;
        if (options.strategy == KILN_STRATEGY_AUTO)
            options.strategy = KILN_STRATEGY_LAYERS;
        if (ways[i].small || !test_small())
            add(cases, count, index, info, ways[i].what, options);
    }
}

const device_case *device_cases(size_t *count)
{
    static device_case cases[MAX_CASES];
    const char *wanted = getenv("KILN_TEST_DEVICE");
    kiln_device_info *info;
    kiln_error err = { 0 };
    size_t devices;
    *count = 0;
    ck_assert_msg(kiln_device_list(&info, &devices, &err) == KILN_OK, "%s", err.message);
    for (size_t i = 0; i < devices; i++)
        if (!wanted || strstr(info[i].name, wanted) || strstr(info[i].platform, wanted))
            add_device(cases, count, i, &info[i]);
    free(info);
    ck_assert_msg(*count > 0, "no OpenCL device to test on: install pocl-opencl-icd");
    return cases;
}

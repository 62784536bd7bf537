/* Measuring a step's products, by kiln's own kernels and (tune_sets.c) by CLBlast, and keeping the result. */
#include "backend/opencl/tuner.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP = 2, RUNS_LEAST = 5 };
static const double enough_seconds = 0.2; /* of runs, once there are RUNS_LEAST */

double tuner_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double tuner_sum(const double *values, size_t count)
{
    double s = 0;
    for (size_t i = 0; i < count; i++)
        s += values[i];
    return s;
}

kiln_status tuner_announce(const tuner *t, const char *what, kiln_error *err)
{
    const kiln_status status = stop_check(t->options->stop, err);
    if (status == KILN_OK && t->options->report)
        t->options->report(t->options->user, what);
    return status;
}

/* Random numbers in a matrix of the batch, and 0 between its rows: products of zeros may be faster than others. */
static kiln_status fill(opencl_plan *p, cl_mem buffer, size_t width, kiln_error *err)
{
    const size_t stride = plan_stride(p->device, width), rows = p->base.spec.batch;
    char *numbers = mem_zeroed(rows * stride, p->number);
    if (!numbers)
        return kiln_fail_memory(err, rows * stride * p->number, "a batch");
    for (size_t i = 0; i < rows * width; i++) {
        const size_t at = i / width * stride + i % width;
        const double value = 2 * random_uniform(p->base.spec.seed, PHILOX_INITIALISE, 0, i) - 1;
        if (p->number == sizeof(double))
            ((double *)numbers)[at] = value;
        else
            ((float *)numbers)[at] = (float)value;
    }
    const kiln_status status = cl_write(p->device, buffer, 0, rows * stride * p->number, numbers, err);
    free(numbers);
    return status;
}

kiln_status tuner_make_plan(const tuner *t, bool clblast, plan **out, kiln_error *err)
{
    t->device->gemm = clblast ? KILN_GEMM_CLBLAST : KILN_GEMM_NATIVE;
    t->device->clblast = clblast;
    kiln_status status = plan_create(&t->device->base, t->spec, out, err);
    if (status != KILN_OK)
        return status;
    opencl_plan *p = (opencl_plan *)*out;
    if (clblast && !p->clblast)
        return kiln_fail(err, KILN_EUNSUPPORTED, "%s: the matrices have more numbers than CLBlast can count: nothing to tune",
                         t->device->base.info.name);
    status = plan_write(*out, PLAN_PARAMETERS, t->spec->network->parameters, err);
    if (status == KILN_OK)
        status = fill(p, p->input, p->layer[0].in, err);
    if (status == KILN_OK)
        status = fill(p, p->layer[p->layers - 1].delta, p->layer[p->layers - 1].out, err);
    return status;
}

/* What the tuner must know of a plan's products; every plan of it has the same. */
static void list_products(tuner *t, const opencl_plan *p)
{
    const double bias = t->spec->network->bias ? 1 : 0;
    size_t next[] = { 0, p->layers, p->layers }; /* layers of a kind come in order: forward up, the others down */
    t->count = plan_products(p, t->product);
    for (size_t i = 0; i < t->count; i++) {
        const product_kind kind = t->product[i].kind;
        const size_t l = kind == PRODUCT_FORWARD ? next[kind]++ : --next[kind];
        t->layer[i] = l;
        t->update[i] = kind == PRODUCT_GRADIENT ? ((double)p->layer[l].in + bias) * (double)p->layer[l].out : 0;
        t->update[i] /= (double)t->spec->network->count;
    }
}

/* Runs all products once, and adds the times of the launches of each. */
static kiln_status run_once(tuner *t, opencl_plan *p, double *seconds, kiln_error *err)
{
    double each[RECORDS_MOST];
    size_t end[TUNED_MOST], at = 0;
    recorder_clear(t->device, &t->recorder);
    t->device->recorder = &t->recorder;
    kiln_status status = step_update(p, err); /* first: CLBlast's times count from the end of the launch before */
    const size_t update = t->recorder.count;
    for (size_t i = 0; i < t->count && status == KILN_OK; i++) {
        status = step_product(p, t->product[i].kind, t->layer[i], err);
        end[i] = t->recorder.count;
    }
    t->device->recorder = NULL;
    if (status == KILN_OK)
        status = recorder_times(t->device, &t->recorder, each, err);
    if (status == KILN_OK)
        at = update;
    for (size_t i = 0; i < t->count && status == KILN_OK; i++) {
        seconds[i] = t->update[i] * tuner_sum(each, update) + tuner_sum(each + at, end[i] - at);
        at = end[i];
    }
    return status;
}

kiln_status tuner_measure(tuner *t, opencl_plan *p, double *seconds, kiln_error *err)
{
    kiln_status status = KILN_OK;
    double began = tuner_now();
    size_t done = 0;
    for (size_t i = 0; i < WARM_UP && status == KILN_OK; i++) {
        began = tuner_now();
        status = run_once(t, p, seconds, err);
    }
    for (; status == KILN_OK && done < RUNS_MOST && (done < RUNS_LEAST || tuner_now() - began < enough_seconds); done++) {
        status = stop_check(t->options->stop, err);
        if (status == KILN_OK)
            status = run_once(t, p, seconds, err);
        for (size_t i = 0; i < t->count; i++)
            t->times[i][done] = seconds[i];
    }
    for (size_t i = 0; i < t->count && status == KILN_OK; i++)
        seconds[i] = recorder_median(t->times[i], done);
    recorder_clear(t->device, &t->recorder);
    return status;
}

static kiln_status measure_own(tuner *t, kiln_error *err)
{
    plan *own = NULL;
    kiln_status status = tuner_announce(t, "kiln's own kernels", err);
    if (status == KILN_OK)
        status = tuner_make_plan(t, false, &own, err);
    opencl_plan *p = (opencl_plan *)own;
    if (status == KILN_OK) {
        list_products(t, p);
        t->whole = fused_chosen(p, t->strategy);
        status = tuner_measure(t, p, t->own, err);
    }
    if (own)
        plan_destroy(own);
    return status;
}

/* Measures on the device, and leaves it as it was. */
static kiln_status measure_all(tuner *t, kiln_error *err)
{
    opencl_device *device = t->device;
    const kiln_gemm gemm = device->gemm;
    const bool clblast = device->clblast;
    cl_command_queue plain;
    kiln_status status = recorder_profile(device, &plain, err);
    if (status != KILN_OK)
        return status;
    t->strategy = device->strategy;
    device->tuning = true;
    device->strategy = KILN_STRATEGY_LAYERS;
    status = measure_own(t, err);
    if (status == KILN_OK)
        status = tuner_clblast(t, err);
    recorder_clear(device, &t->recorder);
    device->tuning = false;
    device->strategy = t->strategy;
    device->gemm = gemm;
    device->clblast = clblast;
    recorder_profile_end(device, plain);
    return status;
}

static void today(char *date, size_t bytes)
{
    const time_t seconds = time(NULL);
    struct tm day;
    date[0] = '\0';
    if (localtime_r(&seconds, &day))
        strftime(date, bytes, "%Y-%m-%d", &day);
}

/* Keeps what was found. */
static kiln_status store(tuner *t, kiln_tuning *into, kiln_error *err)
{
    tuning *made = mem_zeroed(1, sizeof *made);
    if (!made)
        return kiln_fail_memory(err, 0, "what was measured");
    *made = (tuning){ .parameters = t->best.parameters, .products = t->count };
    today(made->date, sizeof made->date);
    memcpy(into->date, made->date, sizeof into->date);
    for (size_t i = 0; i < t->count; i++) {
        t->product[i].own = fmax(t->own[i], 1e-9); /* of clocks that tick slowly */
        t->product[i].clblast = fmax(t->best.seconds[i], 1e-9);
        made->product[i] = t->product[i];
    }
    bool exact;
    into->use_clblast = tuning_prefers_clblast(made, t->product, t->count, &exact);
    const kiln_status status = tuning_store(t->device, made, &into->path, err);
    free(made);
    return status;
}

static kiln_status report(const tuner *t, kiln_tuning *into, kiln_error *err)
{
    static const char *const kinds[] = { "forward", "backward", "gradient" };
    into->products = t->count;
    into->product = mem_zeroed(t->count, sizeof *into->product);
    if (!into->product)
        return kiln_fail_memory(err, 0, "what was measured");
    for (size_t i = 0; i < t->count; i++) {
        const tuned_product *p = &t->product[i];
        kiln_tuned_product *row = &into->product[i];
        *row =
            (kiln_tuned_product){ .m = p->m, .n = p->n, .k = p->k, .own = p->own, .before = t->before[i], .clblast = p->clblast };
        snprintf(row->what, sizeof row->what, "layer %zu %s", t->layer[i] + 1, kinds[p->kind]);
        into->own += row->own;
        into->before += row->before;
        into->clblast += row->clblast;
    }
    for (clblast_kernel kernel = 0; kernel < CLBLAST_KERNELS; kernel++)
        for (size_t i = 0; t->best.parameters.set[kernel] && clblast_parameter_name(kernel, i); i++)
            into->parameter[into->parameters++] =
                (kiln_tuned_parameter){ clblast_kernel_name(kernel), clblast_parameter_name(kernel, i),
                                        t->best.parameters.value[kernel][i] };
    into->tried = t->tried;
    into->sets = tuner_sets(t);
    into->whole_steps = t->whole;
    return KILN_OK;
}

kiln_status tune_device(kiln_device *base, const plan_spec *spec, const kiln_tune_options *options, kiln_tuning *into,
                        kiln_error *err)
{
    opencl_device *device = (opencl_device *)base;
    kiln_tuning made = { 0 };
    kiln_status status = tuning_possible(device, err);
    if (status != KILN_OK)
        return status;
    tuner *t = mem_zeroed(1, sizeof *t);
    if (!t)
        return kiln_fail_memory(err, sizeof *t, "the times of products");
    t->device = device;
    t->spec = spec;
    t->options = options;
    t->deadline = tuner_now() + options->seconds;
    status = measure_all(t, err);
    if (status == KILN_OK)
        status = store(t, &made, err);
    if (status == KILN_OK)
        status = report(t, &made, err);
    free(t);
    if (status == KILN_OK) {
        *into = made;
        return KILN_OK;
    }
    free(made.product);
    free(made.path);
    return status;
}

kiln_status tune_clear(kiln_device *base, char **path, kiln_error *err)
{
    return tuning_clear((opencl_device *)base, path, err);
}

/* A training step explained: its launches as the recorder saw them, and their times by profiling or by a device model.
 *
 * Events are profiled on a queue of their own, so that the time of a step on the clock is that of the queue training uses. */
#include "backend/opencl/peak.h"
#include "backend/opencl/plan.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WARM_UP = 5, STEPS = 50, ENOUGH = 5 };
static const double group_seconds = 0.05, least_seconds = 0.3, most_seconds = 10.0;

/* An explanation in the making. */
typedef struct explaining {
    opencl_plan *p;
    const step *steps;
    size_t count, wanted; /* steps there are, and steps to measure */
    size_t together;      /* steps that one launch takes */
    kiln_stop *stop;
    launch_recorder recorder;
    double *times; /* (RECORDS_MOST, wanted) */
} explaining;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static kiln_status train(const explaining *e, size_t from, size_t count, kiln_error *err)
{
    const kiln_status status = stop_check(e->stop, err);
    return status == KILN_OK ? step_train(&e->p->base, e->steps + from, count, err) : status;
}

/* Whole steps in one launch: as many as there are, or as are ready at once. */
static size_t steps_together(const opencl_plan *p, size_t count)
{
    const size_t ready = p->source.resident ? count : p->source.chunk / p->base.spec.batch;
    return !p->whole ? 1 : ready < count ? ready : count;
}

/* Trains one step, or as many as go together, with their launches recorded in place of those recorded before. */
static kiln_status record_step(explaining *e, size_t number, kiln_error *err)
{
    recorder_clear(e->p->device, &e->recorder);
    e->p->device->recorder = &e->recorder;
    const kiln_status status = train(e, e->together > 1 ? 0 : number % e->count, e->together, err);
    e->p->device->recorder = NULL;
    return status;
}

/* Rows as recorded, without times. */
static kiln_status make_rows(const explaining *e, kiln_explanation *into, kiln_error *err)
{
    into->rows = e->recorder.count;
    into->row = mem_zeroed(into->rows, sizeof *into->row);
    if (!into->row)
        return kiln_fail_memory(err, into->rows * sizeof *into->row, "the explanation");
    for (size_t i = 0; i < into->rows; i++) {
        const launch_work *w = e->recorder.at[i].work;
        kiln_explain_row *row = &into->row[i];
        *row = (kiln_explain_row){ .m = w->m, .n = w->n, .k = w->k, .flops = w->flops, .bytes = w->bytes };
        snprintf(row->what, sizeof row->what, "%s", w->what[0] ? w->what : w->kernel);
        snprintf(row->kernel, sizeof row->kernel, "%s", w->kernel);
    }
    return KILN_OK;
}

static void conclude(kiln_explanation *into)
{
    into->kernel_seconds = 0;
    for (size_t i = 0; i < into->rows; i++) {
        kiln_explain_row *row = &into->row[i];
        const double operations = row->flops / into->peak_flops, bytes = row->bytes / into->peak_bytes;
        row->by_bytes = bytes > operations;
        row->share = row->seconds > 0 ? (row->by_bytes ? bytes : operations) / row->seconds : 0;
        into->kernel_seconds += row->seconds;
    }
}

/* Seconds of a step as training runs them: many in one call, the host ahead of the device. */
static kiln_status time_steps(const explaining *e, double *seconds, kiln_error *err)
{
    kiln_status status = KILN_OK;
    double began = now();
    for (size_t i = 0; i < WARM_UP && status == KILN_OK; i++) {
        began = now();
        status = train(e, i % e->count, 1, err);
        cl_drain(e->p->device);
    }
    const double one = now() - began;
    const size_t group = one * (double)e->count < group_seconds ? e->count
                         : one < group_seconds                  ? (size_t)(group_seconds / one)
                                                                : 1;
    double took = 0;
    size_t done = 0;
    began = now();
    for (size_t at = 0; status == KILN_OK && took < most_seconds && (done < e->wanted || took < least_seconds); done += group) {
        at = at + group <= e->count ? at : 0;
        status = train(e, at, group, err);
        at += group;
        took = now() - began;
    }
    cl_drain(e->p->device);
    *seconds = (now() - began) / (double)(done ? done : 1);
    return status;
}

/* The median time of every launch, over steps run one by one. */
static kiln_status time_launches(explaining *e, kiln_explanation *into, kiln_error *err)
{
    double seconds[RECORDS_MOST];
    const double began = now();
    size_t done = 0;
    kiln_status status = KILN_OK;
    for (size_t i = 0; i < WARM_UP && status == KILN_OK; i++)
        status = record_step(e, i, err);
    for (; done < e->wanted && status == KILN_OK && (done < ENOUGH || now() - began < most_seconds); done++) {
        status = record_step(e, done, err);
        if (status == KILN_OK)
            status = recorder_times(e->p->device, &e->recorder, seconds, err);
        for (size_t i = 0; i < e->recorder.count && status == KILN_OK; i++)
            e->times[i * e->wanted + done] = seconds[i] / (double)e->together;
    }
    if (status == KILN_OK)
        status = make_rows(e, into, err);
    for (size_t i = 0; i < into->rows && status == KILN_OK; i++)
        into->row[i].seconds = recorder_median(e->times + i * e->wanted, done);
    return status;
}

/* Does what needs profiling, with a queue that has it in place of the device's. */
static kiln_status profile(explaining *e, kiln_explanation *into, kiln_error *err)
{
    opencl_device *device = e->p->device;
    cl_command_queue plain;
    kiln_status status = recorder_profile(device, &plain, err);
    if (status != KILN_OK)
        return status;
    status = peak_measure(device, e->stop, &into->peak_flops, &into->peak_bytes, err);
    if (status == KILN_OK)
        status = time_launches(e, into, err);
    if (status == KILN_OK)
        status = peak_measure(device, e->stop, &into->peak_flops, &into->peak_bytes, err);
    recorder_clear(device, &e->recorder);
    recorder_profile_end(device, plain);
    return status;
}

static kiln_status measure(explaining *e, kiln_explanation *into, kiln_error *err)
{
    size_t numbers;
    if (!size_product(RECORDS_MOST, e->wanted, &numbers) || !(e->times = mem_alloc(numbers, sizeof *e->times)))
        return kiln_fail_memory(err, 0, "the times of launches");
    kiln_status status = time_steps(e, &into->step_seconds, err);
    if (status == KILN_OK)
        status = profile(e, into, err);
    if (status == KILN_OK)
        conclude(into);
    free(e->times);
    return status;
}

/* The launches of a step that is not run, with the times a model gives them. */
static kiln_status predict(explaining *e, const kiln_device_model *model, kiln_explanation *into, kiln_error *err)
{
    e->recorder.dry = true;
    kiln_status status = record_step(e, 0, err);
    if (status == KILN_OK)
        status = make_rows(e, into, err);
    if (status != KILN_OK)
        return status;
    into->peak_flops = 1e9 * model->gflops;
    into->peak_bytes = 1e9 * model->gbs;
    for (size_t i = 0; i < into->rows; i++) {
        const double operations = into->row[i].flops / into->peak_flops, bytes = into->row[i].bytes / into->peak_bytes;
        into->row[i].seconds = (operations > bytes ? operations : bytes) + 1e-6 * model->launch_us / (double)e->together;
    }
    conclude(into);
    into->step_seconds = into->kernel_seconds;
    return KILN_OK;
}

kiln_status explain_step(plan *base, const step *steps, size_t count, const kiln_explain_options *options, kiln_explanation *into,
                         kiln_error *err)
{
    explaining e = { .p = (opencl_plan *)base,
                     .steps = steps,
                     .count = count,
                     .together = steps_together((opencl_plan *)base, count),
                     .wanted = options->steps ? options->steps : STEPS,
                     .stop = options->stop };
    kiln_explanation made = { .measured = !options->model, .steps_a_launch = e.together };
    const kiln_status status = options->model ? predict(&e, options->model, &made, err) : measure(&e, &made, err);
    if (status != KILN_OK) {
        free(made.row);
        return status;
    }
    explain_choices(e.p, &made);
    *into = made;
    return KILN_OK;
}

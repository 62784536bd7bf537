/* What the planner decided, and why, in words. A new decision is a function here and its place in the table. */
#include "backend/opencl/plan.h"

#include <stdio.h>

static kiln_explain_choice products(const opencl_plan *p, bool model)
{
    const opencl_device *device = p->device;
    kiln_explain_choice c = { .what = "products" };
    snprintf(c.chosen, sizeof c.chosen, p->clblast ? "CLBlast" : "kiln's own kernels");
    if (p->whole) {
        snprintf(c.chosen, sizeof c.chosen, "in the kernel of whole steps");
        snprintf(c.why, sizeof c.why, "the strategy is fused");
    } else if (device->clblast && !p->clblast && !p->tuned.date[0])
        snprintf(c.why, sizeof c.why, "the matrices have more numbers than CLBlast can count");
    else if (device->gemm == KILN_GEMM_AUTO && p->tuned.date[0])
        snprintf(c.why, sizeof c.why, "kiln tune measured%s on %s that this is faster", p->tuned.exact ? "" : ", for other sizes,",
                 p->tuned.date);
    else if (model && p->clblast)
        snprintf(c.why, sizeof c.why, "the model is of a GPU");
    else if (device->gemm != KILN_GEMM_AUTO && p->clblast && p->tuned.date[0])
        snprintf(c.why, sizeof c.why, "asked for, with what kiln tune measured on %s", p->tuned.date);
    else if (device->gemm != KILN_GEMM_AUTO)
        snprintf(c.why, sizeof c.why, "asked for");
    else if (device->base.info.kind == KILN_DEVICE_CPU)
        snprintf(c.why, sizeof c.why, "the device is a CPU, where CLBlast reaches a tenth of them");
    else
        snprintf(c.why, sizeof c.why, "the device is %s", p->clblast ? "a GPU" : "no GPU");
    return c;
}

static kiln_explain_choice shape(const opencl_plan *p, bool model)
{
    const opencl_device *device = p->device;
    const kiln_device_kind kind = device->base.info.kind;
    kiln_explain_choice c = { .what = "shape" };
    if (device->gpu_shape && p->whole)
        snprintf(c.chosen, sizeof c.chosen, "GPU: one group of %zu x %zu work-items", device->tile, device->tile);
    else if (device->gpu_shape)
        snprintf(c.chosen, sizeof c.chosen, "GPU: groups of %zu x %zu work-items, %zu x %zu outputs each", device->tile,
                 device->tile, device->work, device->work);
    else
        snprintf(c.chosen, sizeof c.chosen, "CPU: one work-item a group, %s%zu",
                 p->number == sizeof(cl_double) ? "double" : "float", device->vector);
    if (model && device->gpu_shape)
        snprintf(c.why, sizeof c.why, "the model is of a GPU");
    else if (device->shape != KILN_SHAPE_AUTO)
        snprintf(c.why, sizeof c.why, "asked for");
    else
        snprintf(c.why, sizeof c.why, "the device is %s",
                 kind == KILN_DEVICE_GPU   ? "a GPU"
                 : kind == KILN_DEVICE_CPU ? "a CPU"
                                           : "no GPU");
    return c;
}

static kiln_explain_choice data(const opencl_plan *p, bool model)
{
    const sample_source *s = &p->source;
    const size_t element = s->samples.element == KILN_ELEMENT_U8 ? 1 : sizeof(float);
    const double megabytes = 1e-6 * (double)s->samples.count * (double)s->samples.features * (double)element;
    kiln_explain_choice c = { .what = "data" };
    if (model) {
        snprintf(c.chosen, sizeof c.chosen, "resident, all %zu samples on the device", s->samples.count);
        snprintf(c.why, sizeof c.why, "the model has memory enough for their %.1f MB", megabytes);
    } else if (s->resident && p->device->unified) {
        snprintf(c.chosen, sizeof c.chosen, "resident, all %zu samples where they lie", s->samples.count);
        snprintf(c.why, sizeof c.why, "the device shares the host's memory, and their %.1f MB fit", megabytes);
    } else if (s->resident) {
        snprintf(c.chosen, sizeof c.chosen, "resident, all %zu samples on the device", s->samples.count);
        snprintf(c.why, sizeof c.why, "their %.1f MB fit", megabytes);
    } else if (s->samples.window > 0 && p->device->unified) {
        snprintf(c.chosen, sizeof c.chosen, "streamed from a file, %zu samples at a time", s->chunk);
        snprintf(c.why, sizeof c.why, "all %zu, %.1f MB, are more than they may have of memory", s->samples.count, megabytes);
    } else {
        snprintf(c.chosen, sizeof c.chosen, "streamed, %zu samples at a time", s->chunk);
        snprintf(c.why, sizeof c.why, "all %zu, %.1f MB, are more than is kept on the device", s->samples.count, megabytes);
    }
    return c;
}

static kiln_explain_choice strategy(const opencl_plan *p, bool model)
{
    opencl_plan *same = (opencl_plan *)p; /* fused_obstacle lists buffers by their places, but changes none */
    const char *obstacle = fused_obstacle(same);
    kiln_explain_choice c = { .what = "strategy" };
    (void)model;
    snprintf(c.chosen, sizeof c.chosen, p->whole ? "fused, whole steps in one launch" : "layers, some launches for each");
    if (p->device->strategy != KILN_STRATEGY_AUTO)
        snprintf(c.why, sizeof c.why, "asked for");
    else if (p->whole)
        snprintf(c.why, sizeof c.why, "a launch for each layer would take longer than more compute units save");
    else if (obstacle)
        snprintf(c.why, sizeof c.why, "%s", obstacle);
    else
        snprintf(c.why, sizeof c.why, "more compute units save more than launches take");
    return c;
}

static kiln_explain_choice update(const opencl_plan *p, bool model)
{
    kiln_explain_choice c = { .what = "update" };
    (void)model;
    snprintf(c.chosen, sizeof c.chosen,
             p->whole     ? "in the kernel of whole steps"
             : p->updates ? "in the gradients' kernels"
                          : "in a launch of its own");
    if (p->whole)
        snprintf(c.why, sizeof c.why, "the strategy is fused");
    else if (p->updates)
        snprintf(c.why, sizeof c.why, "nothing needs the whole gradient first");
    else
        snprintf(c.why, sizeof c.why, p->clblast ? "the gradients are CLBlast's" : "clipping needs the whole gradient first");
    return c;
}

void explain_choices(const opencl_plan *p, kiln_explanation *into)
{
    static kiln_explain_choice (*const decided[])(const opencl_plan *p, bool model) = { strategy, products, update, shape, data };
    const size_t count = sizeof decided / sizeof *decided;
    _Static_assert(sizeof decided / sizeof *decided <= KILN_EXPLAIN_CHOICES, "an explanation has room for every choice");
    for (size_t i = 0; i < count; i++)
        into->choice[i] = decided[i](p, !into->measured);
    into->choices = count;
}

/* The samples that batches are taken from: the whole set on the device, or streamed through two slots. */
#include "backend/opencl/plan.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t element_bytes(const kiln_samples *samples)
{
    return samples->element == KILN_ELEMENT_U8 ? 1 : sizeof(float);
}

/* Bytes of one sample's targets. */
static size_t target_bytes(const kiln_samples *samples)
{
    return samples->labels ? sizeof(int32_t) : samples->outputs * sizeof(float);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void free_slot(const opencl_device *device, sample_slot *slot)
{
    if (slot->done && !device->lost)
        clReleaseEvent(slot->done);
    cl_release(device, &slot->x);
    cl_release(device, &slot->labels);
    cl_release(device, &slot->y);
    if (!device->lost) { /* a lost device cannot be asked whether it still reads from them */
        free(slot->stage_x);
        free(slot->stage_targets);
    }
    *slot = (sample_slot){ 0 };
}

void source_free(opencl_plan *p)
{
    sample_source *s = &p->source;
    cl_drain(p->device); /* chunks may still be on their way out of memory that is freed here */
    for (unsigned i = 0; i < 2; i++)
        free_slot(p->device, &s->slot[i]);
    for (unsigned i = 0; i < PLAN_ORDERS; i++) {
        free(s->rows[i]);
        cl_release(p->device, &s->order[i]);
    }
    cl_release(p->device, &s->identity);
    launch_free(p->device, &s->gather);
    launch_free(p->device, &s->loss_train);
    launch_free(p->device, &s->loss_evaluate);
    launch_free(p->device, &p->fused.run);
    *s = (sample_source){ 0 };
}

/* The buffer of features: where memory is shared with the host the caller's own, no copy of it. */
static kiln_status make_features(opencl_plan *p, const kiln_samples *samples, size_t bytes, cl_mem *x, kiln_error *err)
{
    opencl_device *device = p->device;
    if (device->unified && bytes > 0) {
        cl_int code;
        *x = clCreateBuffer(device->context, CL_MEM_READ_ONLY | CL_MEM_USE_HOST_PTR, bytes, (void *)samples->x, &code);
        if (cl_code(code) == CL_SUCCESS)
            return KILN_OK;
        cl_release(device, x); /* a driver may refuse that memory; it can still have a copy */
    }
    const kiln_status status = cl_buffer(device, bytes, "the data set", x, err);
    return status == KILN_OK ? cl_write(device, *x, 0, bytes, samples->x, err) : status;
}

static kiln_status make_resident(opencl_plan *p, size_t feature_bytes, size_t targets, kiln_error *err)
{
    sample_source *s = &p->source;
    sample_slot *slot = &s->slot[0];
    kiln_status status = make_features(p, &s->samples, feature_bytes, &slot->x, err);
    if (status == KILN_OK && s->samples.labels) {
        status = cl_buffer(p->device, targets, "the labels", &slot->labels, err);
        if (status == KILN_OK)
            status = cl_write(p->device, slot->labels, 0, targets, s->samples.labels, err);
    } else if (status == KILN_OK && s->samples.y) {
        status = cl_buffer(p->device, targets, "the targets", &slot->y, err);
        if (status == KILN_OK)
            status = cl_write(p->device, slot->y, 0, targets, s->samples.y, err);
    }
    s->resident = status == KILN_OK;
    return status;
}

static kiln_status make_slot(opencl_plan *p, sample_slot *slot, size_t chunk, kiln_error *err)
{
    const kiln_samples *samples = &p->source.samples;
    const size_t features = chunk * samples->features * element_bytes(samples), targets = chunk * target_bytes(samples);
    slot->stage_x = mem_alloc(features, 1);
    slot->stage_targets = mem_alloc(targets, 1);
    if (!slot->stage_x || !slot->stage_targets)
        return kiln_fail_memory(err, features + targets, "a chunk of samples");
    kiln_status status = cl_buffer(p->device, features, "a chunk of samples", &slot->x, err);
    if (status == KILN_OK && targets > 0)
        status = cl_buffer(p->device, targets, "a chunk of targets", samples->labels ? &slot->labels : &slot->y, err);
    return status;
}

static kiln_status make_chunks(opencl_plan *p, size_t chunk, kiln_error *err)
{
    sample_source *s = &p->source;
    uint32_t *identity = mem_alloc(chunk, sizeof *identity);
    if (!identity)
        return kiln_fail_memory(err, chunk * sizeof *identity, "a chunk's order");
    for (size_t i = 0; i < chunk; i++)
        identity[i] = (uint32_t)i;
    kiln_status status = cl_buffer(p->device, chunk * sizeof *identity, "a chunk's order", &s->identity, err);
    if (status == KILN_OK)
        status = cl_write(p->device, s->identity, 0, chunk * sizeof *identity, identity, err);
    free(identity);
    for (unsigned i = 0; i < 2 && status == KILN_OK; i++)
        status = make_slot(p, &s->slot[i], chunk, err);
    s->chunk = chunk;
    return status;
}

/* Streams through two slots: as large as the limit allows, smaller where memory runs out, one batch at the least. */
static kiln_status make_streamed(opencl_plan *p, size_t limit, kiln_error *err)
{
    sample_source *s = &p->source;
    const size_t batch = p->base.spec.batch, row = s->samples.features * element_bytes(&s->samples) + target_bytes(&s->samples);
    const size_t fit = limit / 2 / (row ? row : 1), wanted = ((size_t)32 << 20) / (row ? row : 1);
    size_t batches = smaller(smaller(fit, wanted), s->samples.count) / batch;
    kiln_status status;
    if (batches == 0)
        batches = 1;
    while ((status = make_chunks(p, batches * batch, err)) == KILN_ENOMEM && batches > 1) {
        free_slot(p->device, &s->slot[0]);
        free_slot(p->device, &s->slot[1]);
        cl_release(p->device, &s->identity);
        batches /= 2;
    }
    return status;
}

static const char *loss_define(kiln_loss loss)
{
    static const char *const names[] = { "none", "sse", "mse", "bce", "cross_entropy", "mae", "huber" };
    return names[loss];
}

static const char *output_define(kiln_activation output)
{
    return output == KILN_SOFTMAX ? "softmax" : output == KILN_SIGMOID ? "sigmoid" : "linear";
}

define *plan_source_defines(const opencl_plan *p, define *to)
{
    const kiln_samples *samples = &p->source.samples;
    *to++ = (define){ "RAW", samples->element == KILN_ELEMENT_U8 ? "uchar" : "float" };
    *to++ = (define){ "STANDARDISE", p->base.spec.network->mean ? "1" : "0" };
    *to++ = (define){ "OUTPUT", output_define(p->base.spec.network->output) };
    *to++ = (define){ "LOSS", samples->labels || samples->y ? loss_define(p->base.spec.loss) : "none" };
    *to++ = (define){ "LABELS", samples->labels ? "1" : "0" };
    return to;
}

static kiln_status make_loss(opencl_plan *p, bool training, launch *out, kiln_error *err)
{
    const plan_layer *last = &p->layer[p->layers - 1];
    define all[PROGRAM_MAX_DEFINES];
    plan_source_defines(p, all);
    const define defines[] = { all[2], all[3], all[4], { "TRAINING", training ? "1" : "0" }, { 0 } };
    const argument zero = arg_uint(0), any = arg_buffer(p->parameters); /* in place of buffers this variant does not touch */
    const argument arguments[] = { zero,
                                   zero,
                                   zero,
                                   arg_real(1),
                                   arg_uint(last->out),
                                   arg_uint(last->out_stride),
                                   arg_buffer(last->activation),
                                   any,
                                   any,
                                   any,
                                   training ? any : arg_buffer(p->block_losses),
                                   training ? arg_buffer(last->delta) : any,
                                   arg_buffer(p->block_outputs),
                                   arg_buffer(p->block_predicted) };
    return launch_create(p->device, out, "loss", 1, defines, arguments, sizeof arguments / sizeof *arguments, p->base.spec.stop,
                         err);
}

/* The last layer from its input to the delta of the layer below. */
static kiln_status make_head(opencl_plan *p, kiln_error *err)
{
    const plan_layer *last = &p->layer[p->layers - 1], *under = p->layers > 1 ? last - 1 : NULL;
    define all[PROGRAM_MAX_DEFINES];
    plan_source_defines(p, all);
    const define defines[] = {
        all[2], all[3], all[4], { "BIAS", p->base.spec.network->bias ? "1" : "0" }, { "BELOW", under ? "1" : "0" }, { 0 }
    };
    const argument zero = arg_uint(0), any = arg_buffer(p->parameters);
    const argument arguments[] = { zero,
                                   zero,
                                   zero,
                                   arg_real(1),
                                   arg_uint(last->in),
                                   arg_uint(last->in_stride),
                                   arg_uint(last->out),
                                   arg_uint(last->out_stride),
                                   arg_ulong(last->offset),
                                   arg_buffer(under ? under->activation : p->input),
                                   arg_buffer(p->parameters),
                                   arg_buffer(last->activation),
                                   any,
                                   any,
                                   any,
                                   any,
                                   arg_buffer(last->delta),
                                   under ? arg_buffer(under->delta) : any };
    return launch_create(p->device, &p->source.loss_train, "output_layer", 1, defines, arguments,
                         sizeof arguments / sizeof *arguments, p->base.spec.stop, err);
}

static kiln_status make_gather(opencl_plan *p, kiln_error *err)
{
    const plan_layer *first = &p->layer[0];
    define all[PROGRAM_MAX_DEFINES];
    plan_source_defines(p, all);
    const define defines[] = { all[0], all[1], { 0 } };
    const argument zero = arg_uint(0), any = arg_buffer(p->parameters);
    const argument arguments[] = { zero,
                                   zero,
                                   arg_uint(first->in),
                                   arg_uint(first->in_stride),
                                   any,
                                   any,
                                   arg_buffer(p->mean),
                                   arg_buffer(p->scale),
                                   arg_buffer(p->input) };
    return launch_create(p->device, &p->source.gather, "gather", 2, defines, arguments, sizeof arguments / sizeof *arguments,
                         p->base.spec.stop, err);
}

kiln_status source_attach(plan *base, const kiln_samples *samples, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    const kiln_device_info *info = &p->device->base.info;
    size_t row, bytes, targets;
    kiln_status status = cl_check(p->device, err);
    if (status != KILN_OK)
        return status;
    source_free(p);
    p->source.samples = *samples;
    if (!size_product(samples->features, element_bytes(samples), &row) || !size_product(samples->count, row, &bytes) ||
        !size_product(samples->count, target_bytes(samples), &targets))
        return kiln_fail(err, KILN_EINVAL, "%zu samples of %zu features are more than fit in memory", samples->count,
                         samples->features);
    const size_t most = info->memory / 2 < info->allocation ? (size_t)(info->memory / 2) : (size_t)info->allocation;
    const size_t limit = p->device->resident_limit ? p->device->resident_limit : most;
    status = make_gather(p, err);
    if (status == KILN_OK)
        status = make_loss(p, false, &p->source.loss_evaluate, err);
    if (status == KILN_OK && p->base.spec.training)
        status = p->whole ? fused_make(p, err) : p->head ? make_head(p, err) : make_loss(p, true, &p->source.loss_train, err);
    if (status != KILN_OK)
        return status;
    work_describe_source(p);
    if (bytes <= limit && targets <= limit) {
        status = make_resident(p, bytes, targets, err);
        if (status != KILN_ENOMEM)
            return status;
        free_slot(p->device, &p->source.slot[0]);
    }
    return make_streamed(p, limit, err);
}

kiln_status source_order(plan *base, plan_order which, const uint32_t *rows, size_t count, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    sample_source *s = &p->source;
    const size_t before = s->count[which];
    kiln_status status = cl_check(p->device, err);
    if (status != KILN_OK)
        return status;
    uint32_t *copy = mem_alloc(count, sizeof *copy);
    if (!copy)
        return kiln_fail_memory(err, count * sizeof *copy, "the order of samples");
    for (size_t i = 0; i < count; i++)
        copy[i] = rows ? rows[i] : (uint32_t)i;
    free(s->rows[which]);
    s->rows[which] = s->resident ? NULL : copy;
    s->count[which] = count;
    if (s->resident && (!s->order[which] || before < count)) {
        cl_release(p->device, &s->order[which]);
        status = cl_buffer(p->device, count * sizeof *copy, "the order of samples", &s->order[which], err);
    }
    if (status == KILN_OK && s->resident)
        status = cl_write(p->device, s->order[which], 0, count * sizeof *copy, copy, err);
    if (s->resident)
        free(copy);
    if (status == KILN_OK && which == PLAN_TRAIN && p->base.spec.training && (!p->losses || before < count)) {
        cl_release(p->device, &p->losses);
        status = cl_buffer(p->device, count * p->number, "the samples' losses", &p->losses, err);
    }
    return status;
}

/* Points the kernels that read samples at a slot and an order. */
static kiln_status point_at(opencl_plan *p, const sample_slot *slot, cl_mem order, bool training, kiln_error *err)
{
    const sample_source *s = &p->source;
    const launch *loss = training ? &s->loss_train : &s->loss_evaluate;
    const cl_uint at = training && p->head ? HEAD_ORDER : LOSS_ORDER; /* the place of `order` among the arguments */
    if (training && p->whole)
        return fused_point_at(p, slot, order, err);
    kiln_status status = launch_set(p->device, &s->gather, 4, arg_buffer(slot->x), err);
    if (status == KILN_OK)
        status = launch_set(p->device, &s->gather, 5, arg_buffer(order), err);
    if (status == KILN_OK)
        status = launch_set(p->device, loss, at, arg_buffer(order), err);
    if (status == KILN_OK && slot->labels)
        status = launch_set(p->device, loss, at + 1, arg_buffer(slot->labels), err);
    if (status == KILN_OK && slot->y)
        status = launch_set(p->device, loss, at + 2, arg_buffer(slot->y), err);
    if (status == KILN_OK && training)
        status = launch_set(p->device, loss, at + 3, arg_buffer(p->losses), err);
    return status;
}

/* Collects a chunk in host memory. */
static void collect(const sample_source *s, sample_slot *slot, const uint32_t *rows, size_t count)
{
    const kiln_samples *samples = &s->samples;
    const size_t row = samples->features * element_bytes(samples), target = target_bytes(samples);
    const char *targets = samples->labels ? (const char *)samples->labels : (const char *)samples->y;
    for (size_t i = 0; i < count; i++) {
        memcpy((char *)slot->stage_x + i * row, (const char *)samples->x + rows[i] * row, row);
        if (targets)
            memcpy((char *)slot->stage_targets + i * target, targets + rows[i] * target, target);
    }
}

/* Sends a chunk on its way; kernels enqueued from now on wait for it. */
static kiln_status send(opencl_plan *p, sample_slot *slot, size_t count, kiln_error *err)
{
    const kiln_samples *samples = &p->source.samples;
    const size_t row = samples->features * element_bytes(samples), target = target_bytes(samples);
    const cl_mem targets = samples->labels ? slot->labels : slot->y;
    cl_event sent = NULL;
    cl_int code = cl_code(clEnqueueWriteBuffer(p->device->transfer, slot->x, CL_FALSE, 0, count * row, slot->stage_x, 0, NULL,
                                               targets ? NULL : &sent));
    if (code == CL_SUCCESS && targets)
        code = cl_code(
            clEnqueueWriteBuffer(p->device->transfer, targets, CL_FALSE, 0, count * target, slot->stage_targets, 0, NULL, &sent));
    if (code == CL_SUCCESS)
        code = cl_code(clFlush(p->device->transfer));
    if (code == CL_SUCCESS)
        code = cl_code(clEnqueueBarrierWithWaitList(p->device->queue, 1, &sent, NULL));
    if (sent && !p->device->lost)
        clReleaseEvent(sent);
    return code == CL_SUCCESS ? KILN_OK : cl_fail(p->device, err, "clEnqueueWriteBuffer", code, "a chunk of %zu samples", count);
}

kiln_status source_fetch(opencl_plan *p, plan_order which, size_t first, size_t count, size_t multiple, size_t *ready, size_t *at,
                         kiln_error *err)
{
    sample_source *s = &p->source;
    if (s->resident) {
        *ready = count;
        *at = first;
        return point_at(p, &s->slot[0], s->order[which], which == PLAN_TRAIN, err);
    }
    sample_slot *slot = &s->slot[s->next];
    *ready = smaller(count, s->chunk / multiple * multiple);
    *at = 0;
    if (slot->done) {
        const cl_int code = cl_code(clWaitForEvents(1, &slot->done));
        if (code != CL_SUCCESS)
            return cl_fail(p->device, err, "clWaitForEvents", code, "kernels on a chunk of samples");
        clReleaseEvent(slot->done);
        slot->done = NULL;
    }
    collect(s, slot, s->rows[which] + first, *ready);
    kiln_status status = send(p, slot, *ready, err);
    if (status == KILN_OK)
        status = point_at(p, slot, s->identity, which == PLAN_TRAIN, err);
    return status;
}

kiln_status source_done(opencl_plan *p, kiln_error *err)
{
    sample_source *s = &p->source;
    if (s->resident)
        return KILN_OK;
    cl_int code = cl_code(clEnqueueMarkerWithWaitList(p->device->queue, 0, NULL, &s->slot[s->next].done));
    if (code == CL_SUCCESS)
        code = cl_code(clFlush(p->device->queue));
    s->next = (s->next + 1) % 2;
    return code == CL_SUCCESS ? KILN_OK : cl_fail(p->device, err, "clEnqueueMarkerWithWaitList", code, "a chunk of samples");
}

/* The samples that batches are taken from: the whole set on the device, or streamed through two slots. */
#include "backend/opencl/plan.h"

#include "base/memory.h"
#include "network/reading.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of one sample's targets. */
static size_t target_bytes(const kiln_samples *samples)
{
    return samples->labels ? sizeof(int32_t) : samples->outputs * sizeof(float);
}

/* Bytes of one sample in all. */
static size_t sample_bytes(const kiln_samples *samples)
{
    return reading_row(samples) + target_bytes(samples) + (samples->weight ? sizeof(float) : 0);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

enum { PARTS = 3 };

/* One array of a slot: where it lies on the device, on its way there, and in the caller's samples. */
typedef struct slot_part {
    cl_mem *buffer;
    pinned_memory *stage;
    const void *from; /* NULL: there is none */
    size_t row;       /* bytes of one sample; 0 where there is none */
    const char *what, *chunk;
} slot_part;

static void list_parts(const kiln_samples *samples, sample_slot *slot, slot_part parts[PARTS])
{
    const bool labels = samples->labels != NULL;
    parts[0] = (slot_part){ &slot->x, &slot->stage_x, samples->x, reading_row(samples), "the data set", "a chunk of samples" };
    parts[1] = (slot_part){ labels ? &slot->labels : &slot->y,
                            &slot->stage_targets,
                            labels ? (const void *)samples->labels : samples->y,
                            target_bytes(samples),
                            labels ? "the labels" : "the targets",
                            "a chunk of targets" };
    parts[2] = (slot_part){ &slot->weights, &slot->stage_weights, samples->weight, samples->weight ? sizeof(float) : 0,
                            "the weights",  "a chunk of weights" };
}

static void free_slot(const opencl_device *device, sample_slot *slot)
{
    if (slot->done && !device->lost)
        clReleaseEvent(slot->done);
    cl_release(device, &slot->x);
    cl_release(device, &slot->labels);
    cl_release(device, &slot->y);
    cl_release(device, &slot->weights);
    cl_unpin(device, &slot->stage_x);
    cl_unpin(device, &slot->stage_targets);
    cl_unpin(device, &slot->stage_weights);
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

static kiln_status make_resident(opencl_plan *p, kiln_error *err)
{
    sample_source *s = &p->source;
    slot_part parts[PARTS];
    list_parts(&s->samples, &s->slot[0], parts);
    kiln_status status = make_features(p, &s->samples, s->samples.count * parts[0].row, parts[0].buffer, err);
    for (size_t i = 1; status == KILN_OK && i < PARTS; i++) {
        const size_t bytes = s->samples.count * parts[i].row;
        if (!parts[i].from)
            continue;
        status = cl_buffer(p->device, bytes, parts[i].what, parts[i].buffer, err);
        if (status == KILN_OK)
            status = cl_write(p->device, *parts[i].buffer, 0, bytes, parts[i].from, err);
    }
    s->resident = status == KILN_OK;
    return status;
}

static kiln_status make_slot(opencl_plan *p, sample_slot *slot, size_t chunk, kiln_error *err)
{
    kiln_status status = KILN_OK;
    slot_part parts[PARTS];
    list_parts(&p->source.samples, slot, parts);
    for (size_t i = 0; status == KILN_OK && i < PARTS; i++) {
        if (i > 0 && parts[i].row == 0)
            continue;
        status = cl_pin(p->device, chunk * parts[i].row, parts[i].chunk, parts[i].stage, err);
        if (status == KILN_OK)
            status = cl_buffer(p->device, chunk * parts[i].row, parts[i].chunk, parts[i].buffer, err);
    }
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
    const size_t batch = p->base.spec.batch, row = sample_bytes(&s->samples);
    const size_t fit = limit / 2 / (row ? row : 1), wanted = ((size_t)32 << 20) / (row ? row : 1);
    size_t batches = smaller(smaller(fit, wanted), s->samples.count) / batch;
    if (s->samples.window > 0) /* two slots, which may be in the host's memory on the device, too, are as much as a window */
        batches = smaller(batches, s->samples.window / 4 / batch);
    kiln_status status;
    if (batches == 0)
        batches = 1;
    while ((status = make_chunks(p, batches * batch, err)) == KILN_ENOMEM && batches > 1) {
        free_slot(p->device, &s->slot[0]);
        free_slot(p->device, &s->slot[1]);
        cl_release(p->device, &s->identity);
        cl_drain(p->device); /* memory comes back when it is no longer mapped */
        batches /= 2;
    }
    return status;
}

kiln_status source_attach(plan *base, const kiln_samples *samples, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    const kiln_device_info *info = &p->device->base.info;
    size_t bytes, targets;
    kiln_status status = cl_check(p->device, err);
    if (status != KILN_OK)
        return status;
    source_free(p);
    p->source.samples = *samples;
    if (!p->base.spec.training)
        p->source.samples.weight = NULL;
    if (!size_product(samples->features, sizeof(float), &bytes) || !size_product(samples->count, reading_row(samples), &bytes) ||
        !size_product(samples->count, target_bytes(samples), &targets))
        return kiln_fail(err, KILN_EINVAL, "%zu samples of %zu features are more than fit in memory", samples->count,
                         samples->features);
    const size_t most = info->memory / 2 < info->allocation ? (size_t)(info->memory / 2) : (size_t)info->allocation;
    const size_t limit = p->device->resident_limit ? p->device->resident_limit : most;
    status = source_make_launches(p, err);
    if (status != KILN_OK)
        return status;
    work_describe_source(p);
    const bool spared = samples->window > 0 && p->device->unified; /* what is on a disk has no room in the host's memory */
    if (!spared && bytes <= limit && targets <= limit) {
        status = make_resident(p, err);
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
    if (status == KILN_OK && slot->weights)
        status = launch_set(p->device, loss, at + 3, arg_buffer(slot->weights), err);
    if (status == KILN_OK && training)
        status = launch_set(p->device, loss, at + 4, arg_buffer(p->losses), err);
    return status;
}

/* Collects a chunk in host memory. */
static void collect(const sample_source *s, sample_slot *slot, const uint32_t *rows, size_t count)
{
    slot_part parts[PARTS];
    list_parts(&s->samples, slot, parts);
    for (size_t i = 0; i < count; i++)
        for (size_t part = 0; part < PARTS; part++)
            if (parts[part].from)
                memcpy((char *)parts[part].stage->at + i * parts[part].row,
                       (const char *)parts[part].from + rows[i] * parts[part].row, parts[part].row);
}

/* Sends a chunk on its way; kernels enqueued from now on wait for it. */
static kiln_status send(opencl_plan *p, sample_slot *slot, size_t count, kiln_error *err)
{
    slot_part parts[PARTS];
    cl_event sent = NULL;
    cl_int code = CL_SUCCESS;
    size_t last = 0;
    list_parts(&p->source.samples, slot, parts);
    for (size_t i = 0; i < PARTS; i++)
        last = *parts[i].buffer ? i : last;
    for (size_t i = 0; i <= last && code == CL_SUCCESS; i++) /* in order: the last one's end is that of all */
        if (*parts[i].buffer)
            code = cl_code(clEnqueueWriteBuffer(p->device->transfer, *parts[i].buffer, CL_FALSE, 0, count * parts[i].row,
                                                parts[i].stage->at, 0, NULL, i == last ? &sent : NULL));
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
    const size_t spacing = which == PLAN_TRAIN ? 1 : reading_spacing(&s->samples, s->count[which]);
    reading_count(&s->samples, *ready * spacing, &s->read);
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

/* Parameters, gradients and activations between the host's doubles and the device's padded rows. */
#include "backend/opencl/plan.h"

#include "base/memory.h"

#include <stdlib.h>

/* Numbers of a buffer as the device has them. */
static void narrow(bool wide, const double *from, void *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wide)
            ((double *)to)[i] = from[i];
        else
            ((float *)to)[i] = (float)from[i];
}

static void widen(bool wide, const void *from, double *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = wide ? ((const double *)from)[i] : (double)((const float *)from)[i];
}

kiln_status plan_read_numbers(opencl_plan *p, cl_mem buffer, size_t first, size_t count, double *values, kiln_error *err)
{
    void *numbers = mem_alloc(count, p->number);
    if (!numbers)
        return kiln_fail_memory(err, count * p->number, "what the device computed");
    const kiln_status status = cl_read(p->device, buffer, first * p->number, count * p->number, numbers, err);
    if (status == KILN_OK)
        widen(p->number == sizeof(double), numbers, values, count);
    free(numbers);
    return status;
}

static cl_mem arena_of(const opencl_plan *p, plan_array array)
{
    const kiln_optimizer o = p->base.spec.optimizer;
    const bool adam = o == KILN_ADAM || o == KILN_ADAMW;
    switch (array) {
    case PLAN_PARAMETERS:
        return p->parameters;
    case PLAN_GRADIENT:
        return p->base.spec.training ? p->gradient : NULL;
    case PLAN_MOMENT1:
        return p->base.spec.training && (adam || o == KILN_MOMENTUM || o == KILN_NESTEROV) ? p->moment1 : NULL;
    case PLAN_MOMENT2:
        return p->base.spec.training && (adam || o == KILN_RMSPROP) ? p->moment2 : NULL;
    default:
        return NULL;
    }
}

bool plan_has(const opencl_plan *p, plan_array array)
{
    return arena_of(p, array) != NULL;
}

/* Copies an arena's layers between padded rows and kiln_network.parameters' order. */
static void repack(const opencl_plan *p, void *padded, double *values, bool to_device)
{
    const bool wide = p->number == sizeof(double), bias = p->base.spec.network->bias;
    for (size_t l = 0; l < p->layers; l++) {
        const plan_layer *layer = &p->layer[l];
        for (size_t row = 0; row < layer->in + (bias ? 1 : 0); row++, values += layer->out) {
            char *place = (char *)padded + (layer->offset + row * layer->out_stride) * p->number;
            if (to_device)
                narrow(wide, values, place, layer->out);
            else
                widen(wide, place, values, layer->out);
        }
    }
}

kiln_status plan_write(plan *base, plan_array array, const double *values, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    const cl_mem arena = arena_of(p, array);
    if (p->device->lost)
        return cl_check(p->device, err);
    if (!arena)
        return KILN_OK; /* this optimizer has no such moment */
    void *padded = mem_zeroed(p->arena, p->number);
    if (!padded)
        return kiln_fail_memory(err, p->arena * p->number, "the parameters");
    repack(p, padded, (double *)values, true);
    const kiln_status status = cl_write(p->device, arena, 0, p->arena * p->number, padded, err);
    free(padded);
    return status;
}

static kiln_status read_arena(opencl_plan *p, cl_mem arena, double *values, kiln_error *err)
{
    void *padded = mem_zeroed(p->arena, p->number);
    if (!padded)
        return kiln_fail_memory(err, p->arena * p->number, "the parameters");
    kiln_status status = KILN_OK;
    if (arena)
        status = cl_read(p->device, arena, 0, p->arena * p->number, padded, err);
    if (status == KILN_OK)
        repack(p, padded, values, false);
    free(padded);
    return status;
}

static kiln_status read_rows(opencl_plan *p, cl_mem buffer, size_t width, double *values, kiln_error *err)
{
    const size_t stride = plan_stride(p->device, width);
    double *padded = mem_alloc(p->rows * stride, sizeof *padded);
    if (!padded)
        return kiln_fail_memory(err, p->rows * stride * sizeof *padded, "a batch");
    const kiln_status status = plan_read_numbers(p, buffer, 0, p->rows * stride, padded, err);
    for (size_t row = 0; status == KILN_OK && row < p->rows; row++)
        for (size_t i = 0; i < width; i++)
            values[row * width + i] = padded[row * stride + i];
    free(padded);
    return status;
}

kiln_status plan_read(plan *base, plan_array array, size_t layer, double *values, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    if (p->device->lost)
        return cl_check(p->device, err);
    switch (array) {
    case PLAN_INPUT:
        return read_rows(p, p->input, p->layer[0].in, values, err);
    case PLAN_ACTIVATION:
        return read_rows(p, p->layer[layer].activation, p->layer[layer].out, values, err);
    case PLAN_DELTA:
        return read_rows(p, p->layer[layer].delta, p->layer[layer].out, values, err);
    default:
        return read_arena(p, arena_of(p, array), values, err);
    }
}

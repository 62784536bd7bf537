/* Whole training steps in one launch (kernels/network.cl): when that pays, its memory, and running it. */
#include "backend/opencl/plan.h"

#include "network/loss.h"

#include <stdio.h>

/* What a launch costs, and what one compute unit makes of a step's operations a second: measured on PoCL with two Zen 5 cores.
 * Steps of 784-32-10 to 784-128,64-10 took as long either way there at 12 to 35 million operations; these, which leave slower cores
 * room, say 9 to 25. A GPU's is a guess. */
static const double launch_seconds = 7e-6, flops_a_lane = 10e9, gpu_unit_flops = 30e9;

/* The longest step that is worth a single work-group, and the longest launch, by that figure: a stop flag waits for it, and a GPU's
 * watchdog looks at it. */
static const double step_most_seconds = 1e-3, launch_most_seconds = 0.025;

enum { TABLE_COLUMNS = 8, RATES = 3, FIRST_SOURCE_ARGUMENT = 7, RATES_ARGUMENT = 15 };

/* Operations of one step: each weight is multiplied and added three times a sample, the first layer's twice. */
static double step_flops(const opencl_plan *p)
{
    double flops = 0;
    for (size_t l = 0; l < p->layers; l++)
        flops += (l ? 6.0 : 4.0) * (double)p->layer[l].in * (double)p->layer[l].out;
    return flops * (double)p->base.spec.batch;
}

/* Numbers of a part of the work area, rounded up so that each begins where a sub-buffer may. */
static size_t aligned(const opencl_plan *p, size_t numbers)
{
    const size_t unit = p->device->alignment > p->number ? p->device->alignment / p->number : 1;
    return (numbers + unit - 1) / unit * unit;
}

/* Where one layer's activation or delta, or the batch, lies in the work area. */
typedef struct part {
    cl_mem *buffer;
    size_t first, numbers;
} part;

enum { MAX_PARTS = 2 * NETWORK_MAX_LAYERS + 1 };

/* The parts in order: the batch, then activation and delta of each layer. Returns the size of the whole area. */
static size_t list_parts(opencl_plan *p, part *parts)
{
    size_t at = 0;
    for (size_t i = 0; i <= 2 * p->layers; i++) {
        plan_layer *layer = &p->layer[i ? (i - 1) / 2 : 0];
        const size_t rows = i == 0 || i % 2 ? p->pass : p->base.spec.batch;
        parts[i] = (part){ i == 0  ? &p->input
                           : i % 2 ? &layer->activation
                                   : &layer->delta,
                           at, rows * (i == 0 ? layer->in_stride : layer->out_stride) };
        at += aligned(p, parts[i].numbers);
    }
    return at;
}

static double unit_flops(const opencl_device *device)
{
    return device->gpu_shape ? gpu_unit_flops : flops_a_lane * (double)device->lanes;
}

size_t fused_work(opencl_plan *p)
{
    part parts[MAX_PARTS];
    return list_parts(p, parts);
}

const char *fused_obstacle(opencl_plan *p)
{
    const size_t work = fused_work(p);
    if (p->device->short_loops)
        return "the device ends a launch's loops early";
    if (p->arena > INT32_MAX || work > INT32_MAX || (uint64_t)work * p->number > p->device->base.info.allocation)
        return "the network with its batch is too large for one launch";
    return NULL;
}

bool fused_pays(const opencl_plan *p)
{
    const double units = p->device->base.info.compute_units ? (double)p->device->base.info.compute_units : 1.0;
    const double launches = 3.0 * (double)p->layers + 2.0;
    const double seconds = step_flops(p) / unit_flops(p->device);
    return seconds < step_most_seconds && seconds * (1.0 - 1.0 / units) < launches * launch_seconds;
}

bool fused_chosen(opencl_plan *p, kiln_strategy strategy)
{
    return p->base.spec.training && strategy != KILN_STRATEGY_LAYERS && !fused_obstacle(p) &&
           (strategy == KILN_STRATEGY_FUSED || fused_pays(p));
}

kiln_status fused_carve(opencl_plan *p, kiln_error *err)
{
    part parts[MAX_PARTS];
    list_parts(p, parts);
    for (size_t i = 0; i <= 2 * p->layers; i++) {
        const cl_buffer_region region = { parts[i].first * p->number, parts[i].numbers * p->number };
        cl_int code;
        cl_release(p->device, parts[i].buffer); /* of no numbers: made with all the others */
        *parts[i].buffer = clCreateSubBuffer(p->work, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &code);
        if ((code = cl_code(code)) != CL_SUCCESS)
            return cl_fail(p->device, err, "clCreateSubBuffer", code, "part %zu of the work area", i);
    }
    return KILN_OK;
}

/* The kernel's table of layers. */
static kiln_status write_table(opencl_plan *p, kiln_error *err)
{
    cl_uint table[NETWORK_MAX_LAYERS * TABLE_COLUMNS];
    part parts[MAX_PARTS];
    list_parts(p, parts);
    for (size_t l = 0; l < p->layers; l++) {
        const plan_layer *n = &p->layer[l];
        const size_t row[TABLE_COLUMNS] = { n->in,
                                            n->in_stride,
                                            n->out,
                                            n->out_stride,
                                            n->offset,
                                            parts[l ? 2 * l - 1 : 0].first,
                                            parts[2 * l + 1].first,
                                            parts[2 * l + 2].first };
        for (size_t i = 0; i < TABLE_COLUMNS; i++)
            table[l * TABLE_COLUMNS + i] = (cl_uint)row[i];
    }
    return cl_write(p->device, p->fused.table, 0, p->layers * TABLE_COLUMNS * sizeof *table, table, err);
}

/* Numbers of local memory that hold all the kernel touches; 0 where they do not fit, or memory has no levels. */
static size_t local_numbers(opencl_plan *p)
{
    const size_t arenas = 2u + plan_has(p, PLAN_MOMENT1) + plan_has(p, PLAN_MOMENT2);
    const size_t numbers = arenas * p->arena + fused_work(p);
    return p->device->gpu_shape && numbers * p->number <= p->device->local_limit ? numbers : 0;
}

kiln_status fused_create(opencl_plan *p, kiln_error *err)
{
    const kiln_status status =
        cl_buffer(p->device, p->layers * TABLE_COLUMNS * sizeof(cl_uint), "the table of layers", &p->fused.table, err);
    return status == KILN_OK ? write_table(p, err) : status;
}

kiln_status fused_make(opencl_plan *p, kiln_error *err)
{
    const plan_spec *spec = &p->base.spec;
    const dropout_arguments d = plan_dropout(spec);
    const optimizer_arguments o = plan_optimizer(spec);
    char memory[24];
    define defines[PROGRAM_MAX_DEFINES] = { { "MEMORY", memory },
                                            { "ACTIVATION", plan_activation(p) },
                                            { "TRAINING", "1" },
                                            { "DROPOUT", p->layers > 1 && spec->dropout > 0 ? "1" : "0" },
                                            { "BIAS", spec->network->bias ? "1" : "0" } };
    define *end = plan_optimizer_defines(spec, plan_source_defines(p, defines + 5));
    *end = (define){ 0 };
    snprintf(memory, sizeof memory, "%zu", local_numbers(p));
    const argument zero = arg_uint(0), any = arg_buffer(p->parameters);
    const argument arguments[] = { zero,
                                   zero,
                                   zero,
                                   zero,
                                   zero,
                                   zero,
                                   arg_uint(spec->batch),
                                   any,
                                   any,
                                   any,
                                   any,
                                   any,
                                   any,
                                   arg_uint(p->layers),
                                   arg_buffer(p->fused.table),
                                   any,
                                   arg_uint(loss_is_mean(spec->loss)),
                                   arg_buffer(p->mean),
                                   arg_buffer(p->scale),
                                   d.key0,
                                   d.key1,
                                   d.threshold,
                                   d.scale,
                                   o.b1,
                                   o.b2,
                                   o.c1,
                                   o.c2,
                                   o.epsilon,
                                   o.decay,
                                   o.clip_norm,
                                   arg_uint(p->arena),
                                   arg_uint(fused_work(p)),
                                   arg_uint(NORM_PARTS),
                                   arg_buffer(p->partial),
                                   arg_buffer(p->parameters),
                                   arg_buffer(p->gradient),
                                   arg_buffer(p->moment1),
                                   arg_buffer(p->moment2),
                                   arg_buffer(p->work) };
    return launch_create(p->device, &p->fused.run, "network", 1, defines, arguments, sizeof arguments / sizeof *arguments,
                         spec->stop, err);
}

kiln_status fused_point_at(opencl_plan *p, const sample_slot *slot, cl_mem order, kiln_error *err)
{
    const cl_mem buffers[] = { slot->x, order, slot->labels, slot->y, slot->weights, p->losses };
    kiln_status status = KILN_OK;
    for (cl_uint i = 0; i < sizeof buffers / sizeof *buffers && status == KILN_OK; i++)
        if (buffers[i])
            status = launch_set(p->device, &p->fused.run, FIRST_SOURCE_ARGUMENT + i, arg_buffer(buffers[i]), err);
    return status;
}

kiln_status fused_begin(opencl_plan *p, const step *steps, size_t count, kiln_error *err)
{
    double wide[FUSED_MOST * RATES];
    float narrow[FUSED_MOST * RATES];
    cl_int code;
    for (size_t i = 0; i < count; i++) {
        const step_rates r = step_rates_of(&p->base.spec, &steps[i]);
        const double rates[RATES] = { r.learning_rate, r.correction1, r.correction2 };
        for (size_t j = 0; j < RATES; j++) {
            wide[i * RATES + j] = rates[j];
            narrow[i * RATES + j] = (float)rates[j];
        }
    }
    cl_release(p->device, &p->fused.rates); /* steps under way keep it until they are done */
    p->fused.rates = clCreateBuffer(p->device->context, CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR, count * RATES * p->number,
                                    p->number == sizeof(double) ? (void *)wide : narrow, &code);
    if ((code = cl_code(code)) != CL_SUCCESS)
        return cl_fail(p->device, err, "clCreateBuffer", code, "the rates of %zu steps", count);
    return launch_set(p->device, &p->fused.run, RATES_ARGUMENT, arg_buffer(p->fused.rates), err);
}

size_t fused_count(const opencl_plan *p, const step *steps, size_t count)
{
    const double most = launch_most_seconds * unit_flops(p->device) / step_flops(p);
    size_t n = 1;
    while (n < count && (double)n < most && steps[n - 1].rows == p->base.spec.batch && steps[n].number == steps[n - 1].number + 1 &&
           steps[n].first == steps[n - 1].first + steps[n - 1].rows)
        n++;
    return n;
}

kiln_status fused_run(opencl_plan *p, const step *steps, size_t index, size_t count, size_t at, kiln_error *err)
{
    const step *first = &steps[index], *last = &first[count - 1];
    const argument arguments[] = { arg_uint(last->first + last->rows - first->first),
                                   arg_uint(at),
                                   arg_uint(first->first),
                                   arg_uint((uint32_t)first->number),
                                   arg_uint(index),
                                   arg_uint(p->source.count[PLAN_TRAIN]) };
    p->rows = last->rows;
    return launch_run(p->device, &p->fused.run, arguments, 6, 1, 1, err);
}

void fused_free(opencl_plan *p)
{
    launch_free(p->device, &p->fused.run);
    cl_release(p->device, &p->fused.table);
    cl_release(p->device, &p->fused.rates);
}

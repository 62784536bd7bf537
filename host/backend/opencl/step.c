/* Running a plan: training steps and evaluation only enqueue what was planned. */
#include "backend/opencl/plan.h"

#include "base/memory.h"
#include "network/loss.h"

#include <math.h>
#include <stdlib.h>

static size_t ceil_div(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

/* Work-items along one side of a product: `cpu` outputs each, or whole tiles of a GPU-shaped group. */
static size_t product_items(const opencl_device *device, size_t outputs, size_t cpu)
{
    return device->gpu_shape ? ceil_div(outputs, device->tile * device->work) * device->tile : ceil_div(outputs, cpu);
}

/* Columns and rows of a product's block (kernels/product.clh): two vectors a row, and as many rows as registers hold. */
static size_t block_columns(const opencl_device *device)
{
    return 2 * device->vector;
}

static size_t block_rows(const opencl_device *device)
{
    return device->vector == 16 ? 8 : 6;
}

/* Work-items along the columns of an elementwise kernel. */
static size_t column_items(const opencl_device *device, size_t width)
{
    return ceil_div(width, device->vector);
}

static kiln_status run_gather(opencl_plan *p, size_t rows, size_t at, kiln_error *err)
{
    const argument arguments[] = { arg_uint(rows), arg_uint(at) };
    return launch_run(p->device, &p->source.gather, arguments, 2, p->device->gpu_shape ? p->layer[0].in : 1, rows, err);
}

static cl_mem input_of(const opencl_plan *p, size_t l)
{
    return l ? p->layer[l - 1].activation : p->input;
}

static kiln_status run_forward(opencl_plan *p, size_t l, const launch *run, size_t rows, uint64_t number, kiln_error *err)
{
    opencl_device *device = p->device;
    const plan_layer *layer = &p->layer[l];
    const argument arguments[] = { arg_uint(rows), arg_uint((uint32_t)number) };
    if (!p->clblast)
        return launch_run(device, run, arguments, 2, product_items(device, layer->out, block_columns(device)),
                          product_items(device, rows, block_rows(device)), err);
    const kiln_status status =
        gemm_clblast(device, &layer->forward_product, rows, layer->out, layer->in,
                     (gemm_matrix){ .buffer = input_of(p, l), .stride = layer->in_stride },
                     (gemm_matrix){ .buffer = p->parameters, .offset = layer->offset, .stride = layer->out_stride },
                     (gemm_matrix){ .buffer = layer->activation, .stride = layer->out_stride }, err);
    return status == KILN_OK ? launch_run(device, run, arguments, 2, column_items(device, layer->out), rows, err) : status;
}

static kiln_status run_backward(opencl_plan *p, size_t l, size_t rows, kiln_error *err)
{
    opencl_device *device = p->device;
    const plan_layer *layer = &p->layer[l];
    const argument arguments[] = { arg_uint(rows) };
    if (!p->clblast)
        return launch_run(device, &layer->backward, arguments, 1, product_items(device, layer->in, 4),
                          product_items(device, rows, 4), err);
    const kiln_status status = gemm_clblast(
        device, &layer->backward_product, rows, layer->in, layer->out,
        (gemm_matrix){ .buffer = layer->delta, .stride = layer->out_stride },
        (gemm_matrix){ .buffer = p->parameters, .offset = layer->offset, .stride = layer->out_stride, .transposed = true },
        (gemm_matrix){ .buffer = p->product, .stride = layer->in_stride }, err);
    return status == KILN_OK ? launch_run(device, &layer->backward, arguments, 1, column_items(device, layer->in), rows, err)
                             : status;
}

step_rates step_rates_of(const plan_spec *spec, const step *s)
{
    const double t = (double)s->number + 1.0;
    return (step_rates){ s->learning_rate, 1.0 / (1.0 - pow(spec->momentum, t)), 1.0 / (1.0 - pow(spec->beta2, t)) };
}

static kiln_status run_gradient(opencl_plan *p, size_t l, const step *s, kiln_error *err)
{
    opencl_device *device = p->device;
    const plan_layer *layer = &p->layer[l];
    const size_t bias = p->base.spec.network->bias ? 1 : 0;
    const step_rates r = step_rates_of(&p->base.spec, s);
    const size_t rows = s->rows;
    const argument arguments[] = { arg_uint(rows), arg_real(r.learning_rate), arg_real(r.correction1), arg_real(r.correction2) };
    if (!p->clblast) {
        const size_t inputs =
            device->gpu_shape ? product_items(device, layer->in + bias, 1) : ceil_div(layer->in, block_rows(device)) + bias;
        return launch_run(device, &layer->gradient, arguments, 4, product_items(device, layer->out, block_columns(device)), inputs,
                          err);
    }
    const kiln_status status =
        gemm_clblast(device, &layer->gradient_product, layer->in, layer->out, rows,
                     (gemm_matrix){ .buffer = input_of(p, l), .stride = layer->in_stride, .transposed = true },
                     (gemm_matrix){ .buffer = layer->delta, .stride = layer->out_stride },
                     (gemm_matrix){ .buffer = p->gradient, .offset = layer->offset, .stride = layer->out_stride }, err);
    return status == KILN_OK && bias ? launch_run(device, &layer->gradient, arguments, 1, column_items(device, layer->out), 1, err)
                                     : status;
}

/* `each`: samples that a work-item takes. */
static kiln_status run_loss(opencl_plan *p, const launch *run, size_t each, size_t rows, size_t at, size_t place, kiln_error *err)
{
    const double divisor = loss_is_mean(p->base.spec.loss) ? (double)rows : 1.0;
    const argument arguments[] = { arg_uint(rows), arg_uint(at), arg_uint(place), arg_real(divisor) };
    return launch_run(p->device, run, arguments, 4, ceil_div(rows, each), 1, err);
}

static kiln_status run_optimizer(opencl_plan *p, const step *s, kiln_error *err)
{
    const plan_spec *spec = &p->base.spec;
    const step_rates r = step_rates_of(spec, s);
    const size_t vectors = p->device->gpu_shape ? p->arena : ceil_div(p->arena / p->device->vector, 512);
    const argument arguments[] = { arg_real(r.learning_rate), arg_real(r.correction1), arg_real(r.correction2) };
    kiln_status status = KILN_OK;
    if (spec->clip_norm > 0)
        status = launch_run(p->device, &p->norm, NULL, 0, NORM_PARTS, 1, err);
    return status == KILN_OK ? launch_run(p->device, &p->optimizer, arguments, 3, vectors, 1, err) : status;
}

/* A whole batch, trained on without learning anything. */
static step idle_step(const opencl_plan *p)
{
    return (step){ .rows = p->base.spec.batch };
}

kiln_status step_product(opencl_plan *p, product_kind kind, size_t layer, kiln_error *err)
{
    const step s = idle_step(p);
    switch (kind) {
    case PRODUCT_FORWARD:
        return run_forward(p, layer, &p->layer[layer].train, s.rows, s.number, err);
    case PRODUCT_BACKWARD:
        return run_backward(p, layer, s.rows, err);
    default:
        return run_gradient(p, layer, &s, err);
    }
}

kiln_status step_update(opencl_plan *p, kiln_error *err)
{
    const step s = idle_step(p);
    return p->updates ? KILN_OK : run_optimizer(p, &s, err);
}

/* One training step, whose samples begin at `at` in the order that gather uses. */
static kiln_status run_step(opencl_plan *p, const step *s, size_t at, kiln_error *err)
{
    kiln_status status = run_gather(p, s->rows, at, err);
    for (size_t l = 0; l + p->head < p->layers && status == KILN_OK; l++)
        status = run_forward(p, l, &p->layer[l].train, s->rows, s->number, err);
    if (status == KILN_OK)
        status = run_loss(p, &p->source.loss_train, p->head ? HEAD_BLOCKS * block_rows(p->device) : 1, s->rows, at, s->first, err);
    for (size_t l = p->layers; l-- > 0 && status == KILN_OK;) {
        if (l > 0 && !(p->head && l + 1 == p->layers))
            status = run_backward(p, l, s->rows, err); /* before the layer's parameters step */
        if (status == KILN_OK)
            status = run_gradient(p, l, s, err);
    }
    p->rows = s->rows;
    return status == KILN_OK && !p->updates ? run_optimizer(p, s, err) : status;
}

/* Runs *some steps from number `index` of a call of train() on, whose samples are ready up to place `end`. */
static kiln_status run_steps(opencl_plan *p, const step *steps, size_t index, size_t count, size_t end, size_t at, size_t *some,
                             kiln_error *err)
{
    *some = 1;
    if (!p->whole)
        return run_step(p, &steps[index], at, err);
    *some = fused_count(p, steps + index, count - index);
    while (*some > 1 && steps[index + *some - 1].first + steps[index + *some - 1].rows > end)
        --*some;
    return fused_run(p, steps, index, *some, at, err);
}

/* Waits for the call of train() before the last one, so that the host runs at most two ahead. */
static kiln_status wait_for_room(opencl_plan *p, kiln_error *err)
{
    cl_event *oldest = &p->under_way[p->next];
    if (!*oldest)
        return KILN_OK;
    const cl_int code = cl_code(clWaitForEvents(1, oldest));
    if (code != CL_SUCCESS)
        return cl_fail(p->device, err, "clWaitForEvents", code, "training steps");
    clReleaseEvent(*oldest);
    *oldest = NULL;
    return KILN_OK;
}

static kiln_status mark(opencl_plan *p, kiln_error *err)
{
    cl_int code = cl_code(clEnqueueMarkerWithWaitList(p->device->queue, 0, NULL, &p->under_way[p->next]));
    if (code == CL_SUCCESS)
        code = cl_code(clFlush(p->device->queue));
    p->next = (p->next + 1) % UNDER_WAY;
    return code == CL_SUCCESS ? KILN_OK : cl_fail(p->device, err, "clEnqueueMarkerWithWaitList", code, "training steps");
}

kiln_status step_train(plan *base, const step *steps, size_t count, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    kiln_status status = cl_check(p->device, err);
    for (; count > FUSED_MOST && status == KILN_OK; steps += FUSED_MOST, count -= FUSED_MOST)
        status = step_train(base, steps, FUSED_MOST, err);
    if (status == KILN_OK)
        status = wait_for_room(p, err);
    if (status == KILN_OK && p->whole)
        status = fused_begin(p, steps, count, err);
    size_t ready = 0, from = 0, at = 0; /* places [from, from + ready) lie at `at` of the order that gather uses */
    for (size_t i = 0, some = 1; i < count && status == KILN_OK; i += some) {
        const size_t first = steps[i].first, end = steps[count - 1].first + steps[count - 1].rows;
        if (first < from || first + steps[i].rows > from + ready) {
            if (ready > 0)
                status = source_done(p, err);
            if (status == KILN_OK)
                status = source_fetch(p, PLAN_TRAIN, first, end - first, steps[i].rows, &ready, &at, err);
            from = first;
        }
        if (status == KILN_OK)
            status = run_steps(p, steps, i, count, from + ready, at + (first - from), &some, err);
    }
    if (status == KILN_OK && ready > 0)
        status = source_done(p, err);
    return status == KILN_OK ? mark(p, err) : status;
}

kiln_status step_losses(plan *base, size_t first, size_t count, double *loss, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    const kiln_status status = cl_check(p->device, err);
    return status == KILN_OK ? plan_read_numbers(p, p->losses, first, count, loss, err) : status;
}

/* Reads the results of the first `count` samples of a block. */
static kiln_status read_block(opencl_plan *p, size_t done, size_t count, const evaluation *into, kiln_error *err)
{
    const size_t out = p->layer[p->layers - 1].out;
    kiln_status status = KILN_OK;
    if (into->loss)
        status = plan_read_numbers(p, p->block_losses, 0, count, into->loss + done, err);
    if (status == KILN_OK && into->outputs)
        status = plan_read_numbers(p, p->block_outputs, 0, count * out, into->outputs + done * out, err);
    if (status == KILN_OK && into->predicted)
        status = cl_read(p->device, p->block_predicted, 0, count * sizeof(cl_int), into->predicted + done, err);
    return status;
}

kiln_status step_evaluate(plan *base, size_t first, size_t count, const evaluation *into, kiln_error *err)
{
    opencl_plan *p = (opencl_plan *)base;
    const sample_source *s = &p->source;
    const size_t pass = s->resident || p->pass < s->chunk ? p->pass : s->chunk;
    kiln_status status = cl_check(p->device, err);
    for (size_t done = 0, ready = 0; done < count && status == KILN_OK; done += ready) {
        size_t at = 0;
        const size_t want = count - done < p->block ? count - done : p->block;
        status = source_fetch(p, PLAN_EVALUATE, first + done, want, pass, &ready, &at, err);
        for (size_t b = 0; b < ready && status == KILN_OK; b += pass) {
            const size_t rows = ready - b < pass ? ready - b : pass;
            status = run_gather(p, rows, at + b, err);
            for (size_t l = 0; l < p->layers && status == KILN_OK; l++)
                status = run_forward(p, l, &p->layer[l].evaluate, rows, 0, err);
            if (status == KILN_OK)
                status = run_loss(p, &p->source.loss_evaluate, 1, rows, at + b, b, err);
        }
        if (status == KILN_OK)
            status = source_done(p, err);
        if (status == KILN_OK)
            status = read_block(p, done, ready, into, err);
    }
    return status;
}

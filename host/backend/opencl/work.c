/* What each launch of a training step does to a whole batch: its shape, operations and bytes. */
#include "backend/opencl/plan.h"

#include <stdarg.h>
#include <stdio.h>

static void name_it(launch_work *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void name_it(launch_work *w, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(w->what, sizeof w->what, format, values);
    va_end(values);
}

/* (m, k) . (k, n), which moves `numbers` numbers. */
static launch_work product(const opencl_plan *p, const char *kernel, size_t m, size_t n, size_t k, double numbers)
{
    return (launch_work){ .kernel = kernel,
                          .m = m,
                          .n = n,
                          .k = k,
                          .flops = 2.0 * (double)m * (double)n * (double)k,
                          .bytes = numbers * (double)p->number };
}

/* `each` operations on every element. */
static launch_work elementwise(const opencl_plan *p, const launch *l, size_t elements, double each, double numbers)
{
    return (
        launch_work){ .kernel = l->name, .m = elements, .flops = each * (double)elements, .bytes = numbers * (double)p->number };
}

typedef struct each_parameter {
    double operations, numbers;
} each_parameter;

static each_parameter optimizer_work(const plan_spec *spec)
{
    /* operations a parameter, as the formula is computed; numbers it reads and writes, gradient and parameter included */
    static const each_parameter each[] = { [KILN_ADAM] = { 14, 7 },    [KILN_ADAMW] = { 14, 7 },   [KILN_SGD] = { 2, 3 },
                                           [KILN_MOMENTUM] = { 4, 5 }, [KILN_NESTEROV] = { 6, 5 }, [KILN_RMSPROP] = { 9, 5 } };
    const double extra = (spec->clip_norm > 0 ? 1.0 : 0.0) + (spec->weight_decay > 0 ? 2.0 : 0.0);
    return (each_parameter){ each[spec->optimizer].operations + extra, each[spec->optimizer].numbers };
}

static void describe_own(opencl_plan *p, size_t l)
{
    plan_layer *layer = &p->layer[l];
    const size_t rows = p->base.spec.batch;
    const bool bias = p->base.spec.network->bias, slope = l + 1 < p->layers;
    const double x = (double)rows * (double)layer->in, y = (double)rows * (double)layer->out,
                 weights = (double)layer->in * (double)layer->out, biases = bias ? (double)layer->out : 0.0;
    const double update = p->updates ? optimizer_work(&p->base.spec).numbers : 1.0; /* numbers a weight, its gradient's included */
    layer->train.work = product(p, layer->train.name, rows, layer->out, layer->in, x + weights + biases + (slope ? 2.0 : 1.0) * y);
    layer->gradient.work = product(p, layer->gradient.name, layer->in, layer->out, rows, x + y + update * (weights + biases));
    layer->backward.work = product(p, layer->backward.name, rows, layer->in, layer->out, y + weights + 2.0 * x);
    name_it(&layer->train.work, "layer %zu forward", l + 1);
    name_it(&layer->gradient.work, p->updates ? "layer %zu gradient, update" : "layer %zu gradient", l + 1);
    name_it(&layer->backward.work, "layer %zu backward", l + 1);
}

static void describe_clblast(opencl_plan *p, size_t l)
{
    plan_layer *layer = &p->layer[l];
    const size_t rows = p->base.spec.batch, in = rows * layer->in, out = rows * layer->out;
    const bool bias = p->base.spec.network->bias, slope = l + 1 < p->layers;
    const double x = (double)in, y = (double)out, weights = (double)layer->in * (double)layer->out,
                 biases = bias ? (double)layer->out : 0.0;
    layer->forward_product = product(p, gemm_clblast_name, rows, layer->out, layer->in, x + weights + y);
    layer->gradient_product = product(p, gemm_clblast_name, layer->in, layer->out, rows, x + y + weights);
    layer->backward_product = product(p, gemm_clblast_name, rows, layer->in, layer->out, y + weights + x);
    layer->train.work = elementwise(p, &layer->train, out, slope ? 3.0 : 1.0, (slope ? 3.0 : 2.0) * y + biases);
    layer->gradient.work = elementwise(p, &layer->gradient, out, 1.0, y + biases);
    layer->backward.work = elementwise(p, &layer->backward, in, 1.0, 3.0 * x);
    name_it(&layer->forward_product, "layer %zu forward", l + 1);
    name_it(&layer->gradient_product, "layer %zu gradient", l + 1);
    name_it(&layer->backward_product, "layer %zu backward", l + 1);
    name_it(&layer->train.work, "layer %zu bias, activation", l + 1);
    name_it(&layer->gradient.work, "layer %zu bias gradient", l + 1);
    name_it(&layer->backward.work, "layer %zu backward, slope", l + 1);
}

static void describe_optimizer(opencl_plan *p)
{
    const size_t count = p->base.spec.network->count;
    const each_parameter each = optimizer_work(&p->base.spec);
    p->norm.work = elementwise(p, &p->norm, count, 2.0, (double)count);
    p->optimizer.work = elementwise(p, &p->optimizer, count, each.operations, each.numbers * (double)count);
    name_it(&p->norm.work, "norm of the gradient");
    name_it(&p->optimizer.work, "optimizer");
}

void work_describe(opencl_plan *p)
{
    for (size_t l = 0; l < p->layers; l++)
        if (p->clblast)
            describe_clblast(p, l);
        else
            describe_own(p, l);
    describe_optimizer(p);
}

/* All of a step in one launch: the operations of its parts, but the bytes only of what must come from outside the kernel: samples,
 * and parameters and moments, which go back. The rest could stay in local memory. */
static void describe_whole(opencl_plan *p)
{
    const size_t count = p->base.spec.network->count;
    const launch_work *gather = &p->source.gather.work, *loss = &p->source.loss_train.work;
    const double outputs = 2.0 * (double)p->layer[p->layers - 1].out; /* z and delta of a sample */
    const double inside = (double)p->base.spec.batch * ((double)p->layer[0].in + outputs);
    launch_work *w = &p->fused.run.work;
    *w = elementwise(p, &p->fused.run, count, optimizer_work(&p->base.spec).operations,
                     (optimizer_work(&p->base.spec).numbers - 1.0) * (double)count);
    for (size_t l = 0; l < p->layers; l++) {
        const plan_layer *layer = &p->layer[l];
        w->flops += (l ? 6.0 : 4.0) * (double)p->base.spec.batch * (double)layer->in * (double)layer->out;
    }
    w->flops += gather->flops + loss->flops;
    w->bytes += gather->bytes + loss->bytes - inside * (double)p->number;
    name_it(w, "whole step");
}

/* What the last layer's launch does beside the loss: its forward product, and the backward one where there is a layer below. */
static void describe_head(opencl_plan *p)
{
    const plan_layer *last = &p->layer[p->layers - 1];
    const bool below = p->layers > 1;
    const double rows = (double)p->base.spec.batch, weights = (double)last->in * (double)last->out,
                 biases = p->base.spec.network->bias ? (double)last->out : 0.0;
    launch_work *w = &p->source.loss_train.work;
    w->flops += (below ? 4.0 : 2.0) * rows * weights;
    w->bytes += ((below ? 3.0 : 1.0) * rows * (double)last->in + weights + biases) * (double)p->number;
    name_it(w, below ? "layer %zu forward, loss, backward" : "layer %zu forward, loss", p->layers);
}

void work_describe_source(opencl_plan *p)
{
    sample_source *s = &p->source;
    const size_t in = p->layer[0].in, out = p->layer[p->layers - 1].out, rows = p->base.spec.batch;
    const bool standardise = p->base.spec.network->mean != NULL;
    const size_t element = s->samples.element == KILN_ELEMENT_U8 ? 1 : sizeof(float);
    const size_t target =
        (s->samples.labels ? sizeof(int32_t) : s->samples.outputs * sizeof(float)) + (s->samples.weight ? sizeof(float) : 0);
    s->gather.work =
        elementwise(p, &s->gather, rows * in, standardise ? 2.0 : 0.0, (double)(rows + (standardise ? 2 : 0)) * (double)in);
    s->gather.work.bytes += (double)rows * (double)(in * element + sizeof(cl_uint));
    s->loss_train.work = elementwise(p, &s->loss_train, rows * out, 6.0, (double)rows * (2.0 * (double)out + 1.0));
    s->loss_train.work.bytes += (double)rows * (double)(target + sizeof(cl_uint));
    name_it(&s->gather.work, "samples of the batch");
    name_it(&s->loss_train.work, "loss, and its gradient");
    if (p->head)
        describe_head(p);
    describe_whole(p);
}

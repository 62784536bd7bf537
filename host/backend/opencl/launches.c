/* The launches of a plan, with all arguments bound that stay the same from step to step. Those that read samples are source.c's. */
#include "backend/opencl/plan.h"

#include "network/activation.h"
#include "philox.h"

dropout_arguments plan_dropout(const plan_spec *spec)
{
    return (dropout_arguments){
        .key0 = arg_uint((uint32_t)spec->seed),
        .key1 = arg_uint((uint32_t)(spec->seed >> 32) ^ PHILOX_DROPOUT),
        .threshold = arg_uint((uint32_t)(spec->dropout * 4294967296.0)),
        .scale = arg_real(1.0 / (1.0 - spec->dropout)),
    };
}

optimizer_arguments plan_optimizer(const plan_spec *spec)
{
    return (optimizer_arguments){
        .b1 = arg_real(spec->momentum),
        .b2 = arg_real(spec->beta2),
        .c1 = arg_real(1.0 - spec->momentum),
        .c2 = arg_real(1.0 - spec->beta2),
        .epsilon = arg_real(spec->epsilon),
        .decay = arg_real(spec->weight_decay),
        .clip_norm = arg_real(spec->clip_norm),
    };
}

/* The forward launch of one layer. The last layer's activation is left to the loss kernel, which has the whole row. */
static kiln_status make_forward(opencl_plan *p, size_t l, bool training, launch *out, kiln_error *err)
{
    const plan_layer *layer = &p->layer[l];
    const plan_spec *spec = &p->base.spec;
    const bool last = l + 1 == p->layers;
    const char *function = activation_of(last ? KILN_LINEAR : spec->network->hidden)->kernel;
    const bool slope = training && !last, drop = slope && spec->dropout > 0;
    const dropout_arguments d = plan_dropout(spec);
    const define defines[] = { { "ACTIVATION", function },
                               { "TRAINING", slope ? "1" : "0" },
                               { "DROPOUT", drop ? "1" : "0" },
                               { "BIAS", spec->network->bias ? "1" : "0" },
                               { 0 } };
    const argument zero = arg_uint(0), in = arg_uint(layer->in), width = arg_uint(layer->out), stride = arg_uint(layer->out_stride),
                   offset = arg_ulong(layer->offset), parameters = arg_buffer(p->parameters), y = arg_buffer(layer->activation),
                   fprime = arg_buffer(training ? layer->delta : layer->activation), number = arg_uint(l);
    if (p->clblast) {
        const argument arguments[] = { zero, zero,   in,     width,  stride, offset,      parameters,
                                       y,    fprime, d.key0, d.key1, number, d.threshold, d.scale };
        return launch_create(p->device, out, "layer_output", 2, defines, arguments, sizeof arguments / sizeof *arguments,
                             spec->stop, err);
    }
    const argument arguments[] = { zero,       zero,   in,          arg_uint(layer->in_stride),
                                   width,      stride, offset,      arg_buffer(l ? p->layer[l - 1].activation : p->input),
                                   parameters, y,      fprime,      d.key0,
                                   d.key1,     number, d.threshold, d.scale };
    return launch_create(p->device, out, "dense_forward", 2, defines, arguments, sizeof arguments / sizeof *arguments, spec->stop,
                         err);
}

/* delta of the layer below `l`, from this layer's. */
static kiln_status make_backward(opencl_plan *p, size_t l, kiln_error *err)
{
    plan_layer *layer = &p->layer[l];
    const define none[] = { { 0 } }, defines[] = { { "BIAS", p->base.spec.network->bias ? "1" : "0" }, { 0 } };
    const argument zero = arg_uint(0), in = arg_uint(layer->in), stride = arg_uint(layer->in_stride),
                   below = arg_buffer(p->layer[l - 1].delta);
    if (p->clblast) {
        const argument arguments[] = { zero, in, stride, arg_buffer(p->product), below };
        return launch_create(p->device, &layer->backward, "multiply", 2, none, arguments, sizeof arguments / sizeof *arguments,
                             p->base.spec.stop, err);
    }
    const argument arguments[] = { zero,
                                   in,
                                   stride,
                                   arg_uint(layer->out),
                                   arg_uint(layer->out_stride),
                                   arg_ulong(layer->offset),
                                   arg_buffer(layer->delta),
                                   arg_buffer(p->parameters),
                                   below };
    return launch_create(p->device, &layer->backward, "dense_backward", 2, defines, arguments, sizeof arguments / sizeof *arguments,
                         p->base.spec.stop, err);
}

static kiln_status make_gradient(opencl_plan *p, size_t l, kiln_error *err)
{
    plan_layer *layer = &p->layer[l];
    const bool bias = p->base.spec.network->bias;
    const argument zero = arg_uint(0), in = arg_uint(layer->in), out = arg_uint(layer->out), stride = arg_uint(layer->out_stride),
                   offset = arg_ulong(layer->offset), delta = arg_buffer(layer->delta), gradient = arg_buffer(p->gradient);
    if (p->clblast) {
        const define none[] = { { 0 } };
        const argument arguments[] = { zero, in, out, stride, offset, delta, gradient };
        return bias ? launch_create(p->device, &layer->gradient, "bias_gradient", 1, none, arguments,
                                    sizeof arguments / sizeof *arguments, p->base.spec.stop, err)
                    : KILN_OK;
    }
    const plan_spec *spec = &p->base.spec;
    define defines[PROGRAM_MAX_DEFINES] = { { "BIAS", bias ? "1" : "0" }, { "UPDATE", p->updates ? "1" : "0" } };
    *plan_optimizer_defines(spec, defines + 2) = (define){ 0 };
    const optimizer_arguments o = plan_optimizer(spec);
    const argument rate = arg_real(0), x = arg_buffer(l ? p->layer[l - 1].activation : p->input);
    const argument arguments[] = { zero,
                                   rate,
                                   rate,
                                   rate,
                                   in,
                                   arg_uint(layer->in_stride),
                                   out,
                                   stride,
                                   offset,
                                   x,
                                   delta,
                                   gradient,
                                   o.b1,
                                   o.b2,
                                   o.c1,
                                   o.c2,
                                   o.epsilon,
                                   o.decay,
                                   arg_buffer(p->parameters),
                                   arg_buffer(p->moment1),
                                   arg_buffer(p->moment2) };
    return launch_create(p->device, &layer->gradient, "dense_gradient", 2, defines, arguments, sizeof arguments / sizeof *arguments,
                         spec->stop, err);
}

/* Vectors that one work-item of an elementwise kernel over the arena takes. */
static size_t arena_run(const opencl_plan *p)
{
    return p->device->gpu_shape ? 1 : 512;
}

const char *plan_activation(const opencl_plan *p)
{
    return activation_of(p->base.spec.network->hidden)->kernel;
}

define *plan_optimizer_defines(const plan_spec *spec, define *to)
{
    static const char *const names[] = { [KILN_ADAM] = "adam",         [KILN_ADAMW] = "adamw",       [KILN_SGD] = "sgd",
                                         [KILN_MOMENTUM] = "momentum", [KILN_NESTEROV] = "nesterov", [KILN_RMSPROP] = "rmsprop" };
    *to++ = (define){ "OPTIMIZER", names[spec->optimizer] };
    *to++ = (define){ "CLIP", spec->clip_norm > 0 ? "1" : "0" };
    *to++ = (define){ "DECAY", spec->weight_decay > 0 ? "1" : "0" };
    return to;
}

static kiln_status make_optimizer(opencl_plan *p, kiln_error *err)
{
    const plan_spec *spec = &p->base.spec;
    const bool clip = spec->clip_norm > 0;
    const size_t count = p->arena / p->device->vector;
    define defines[PROGRAM_MAX_DEFINES];
    *plan_optimizer_defines(spec, defines) = (define){ 0 };
    const optimizer_arguments o = plan_optimizer(spec);
    const argument zero = arg_real(0);
    const argument arguments[] = { zero,
                                   zero,
                                   zero,
                                   o.b1,
                                   o.b2,
                                   o.c1,
                                   o.c2,
                                   o.epsilon,
                                   o.decay,
                                   o.clip_norm,
                                   arg_ulong(count),
                                   arg_ulong(arena_run(p)),
                                   arg_uint(NORM_PARTS),
                                   arg_buffer(p->partial),
                                   arg_buffer(p->gradient),
                                   arg_buffer(p->parameters),
                                   arg_buffer(p->moment1),
                                   arg_buffer(p->moment2) };
    const define none[] = { { 0 } };
    const argument norm[] = { arg_ulong(count), arg_ulong((count + NORM_PARTS - 1) / NORM_PARTS), arg_uint(NORM_PARTS),
                              arg_buffer(p->gradient), arg_buffer(p->partial) };
    kiln_status status = launch_create(p->device, &p->optimizer, "optimizer", 1, defines, arguments,
                                       sizeof arguments / sizeof *arguments, spec->stop, err);
    if (status == KILN_OK && clip)
        status = launch_create(p->device, &p->norm, "gradient_norm", 1, none, norm, sizeof norm / sizeof *norm, spec->stop, err);
    return status;
}

kiln_status plan_make_launches(opencl_plan *p, kiln_error *err)
{
    const bool training = p->base.spec.training && !p->whole; /* whole steps are made when the samples are known */
    kiln_status status = KILN_OK;
    for (size_t l = 0; l < p->layers && status == KILN_OK; l++) {
        status = make_forward(p, l, false, &p->layer[l].evaluate, err);
        const bool apart = training && !(p->head && l + 1 == p->layers);
        if (status == KILN_OK && apart)
            status = make_forward(p, l, true, &p->layer[l].train, err);
        if (status == KILN_OK && apart && l > 0)
            status = make_backward(p, l, err);
        if (status == KILN_OK && training)
            status = make_gradient(p, l, err);
    }
    if (status == KILN_OK && training && !p->updates)
        status = make_optimizer(p, err);
    return status;
}

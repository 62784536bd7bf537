/* The launches that read samples, made when these are known: gathering a batch, the loss, and the last layer of a training step. */
#include "backend/opencl/plan.h"

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
    *to++ = (define){ "WEIGHTS", samples->weight ? "1" : "0" };
    return to;
}

static kiln_status make_loss(opencl_plan *p, bool training, launch *out, kiln_error *err)
{
    const plan_layer *last = &p->layer[p->layers - 1];
    define all[PROGRAM_MAX_DEFINES];
    plan_source_defines(p, all);
    const define defines[] = {
        all[2], all[3], all[4], { "WEIGHTS", training ? all[5].value : "0" }, { "TRAINING", training ? "1" : "0" }, { 0 }
    };
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
    const define defines[] = { all[2],
                               all[3],
                               all[4],
                               all[5],
                               { "TRAINING", "1" },
                               { "BIAS", p->base.spec.network->bias ? "1" : "0" },
                               { "BELOW", under ? "1" : "0" },
                               { 0 } };
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

kiln_status source_make_launches(opencl_plan *p, kiln_error *err)
{
    launch *train = &p->source.loss_train;
    kiln_status status = make_gather(p, err);
    if (status == KILN_OK)
        status = make_loss(p, false, &p->source.loss_evaluate, err);
    if (status == KILN_OK && p->base.spec.training)
        status = p->whole ? fused_make(p, err) : p->head ? make_head(p, err) : make_loss(p, true, train, err);
    return status;
}

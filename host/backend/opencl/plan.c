/* Builds a plan: what it chooses, its buffers, and (launches.c) every launch. The only place that chooses how to run. */
#include "backend/opencl/plan.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const backend_ops opencl_ops = {
    .name = "opencl",
    .close = opencl_close,
    .plan = plan_create,
    .destroy = plan_destroy,
    .write = plan_write,
    .read = plan_read,
    .attach = source_attach,
    .order = source_order,
    .train = step_train,
    .losses = step_losses,
    .evaluate = step_evaluate,
    .explain = explain_step,
    .tune = tune_device,
    .forget = tune_clear,
};

size_t plan_stride(const opencl_device *device, size_t width)
{
    const size_t whole = device->gpu_shape ? 8 : device->vector, stride = (width + whole - 1) / whole * whole;
    return stride % 256 == 0 ? stride + 16 : stride; /* else a column's rows share few sets of a cache, and push each other out */
}

/* Sizes of all layers; false when the device's 32-bit indices, or memory, cannot hold them. */
static bool lay_out(opencl_plan *p, const kiln_network *network, size_t batch)
{
    const size_t most = (size_t)1 << 31;
    size_t offset = 0, numbers;
    p->layers = network->layers;
    for (size_t l = 0; l < network->layers; l++) {
        plan_layer *layer = &p->layer[l];
        layer->in = network->widths[l];
        layer->out = network->widths[l + 1];
        layer->in_stride = plan_stride(p->device, layer->in);
        layer->out_stride = plan_stride(p->device, layer->out);
        layer->offset = offset;
        if (layer->in >= most || layer->out >= most || !size_product(layer->in + 1, layer->out_stride, &numbers) ||
            !size_sum(offset, numbers, &offset) || !size_product(batch, layer->out_stride * p->number, &numbers))
            return false;
    }
    p->arena = offset;
    return batch < most && size_product(offset, p->number, &numbers) &&
           size_product(batch, p->layer[0].in_stride * p->number, &numbers);
}

/* CLBlast 1.5.3 counts in 32-bit int: larger matrices are left to kiln's own kernels. */
static bool fits_clblast(const opencl_plan *p, size_t batch)
{
    size_t widest = p->layer[0].in_stride;
    for (size_t l = 0; l < p->layers; l++)
        widest = p->layer[l].out_stride > widest ? p->layer[l].out_stride : widest;
    return p->arena <= INT32_MAX && batch * widest <= INT32_MAX;
}

/* One buffer a plan needs. */
typedef struct need {
    cl_mem *buffer;
    size_t numbers;
    const char *what;
} need;

enum { MAX_NEEDS = 2 * NETWORK_MAX_LAYERS + 16 };

static size_t list_needs(opencl_plan *p, need *needs)
{
    const bool training = p->base.spec.training;
    const size_t batch = p->base.spec.batch, pass = p->pass, arena = training ? p->arena : 0;
    const kiln_optimizer optimizer = p->base.spec.optimizer;
    const bool adam = optimizer == KILN_ADAM || optimizer == KILN_ADAMW, rms = optimizer == KILN_RMSPROP;
    const bool momentum = optimizer == KILN_MOMENTUM || optimizer == KILN_NESTEROV;
    const size_t in = p->layer[0].in_stride, out = p->layer[p->layers - 1].out;
    size_t count = 0, widest = 0;
    needs[count++] = (need){ &p->parameters, p->arena, "the parameters" };
    needs[count++] = (need){ &p->gradient, arena, "the gradient" };
    needs[count++] = (need){ &p->moment1, adam || momentum ? arena : 0, "the first moments" };
    needs[count++] = (need){ &p->moment2, adam || rms ? arena : 0, "the second moments" };
    needs[count++] = (need){ &p->mean, in, "the features' means" };
    needs[count++] = (need){ &p->scale, in, "the features' scales" };
    needs[count++] = (need){ &p->work, p->whole ? fused_work(p) : 0, "batches and activations" };
    needs[count++] = (need){ &p->input, p->whole ? 0 : pass * in, "a batch of samples" };
    needs[count++] = (need){ &p->partial, NORM_PARTS, "the gradient's norm" };
    needs[count++] = (need){ &p->block_losses, p->block, "the samples' losses" };
    needs[count++] = (need){ &p->block_outputs, p->block * out, "the samples' outputs" };
    needs[count++] = (need){ &p->block_predicted, p->block, "the samples' classes" };
    for (size_t l = 0; l < p->layers; l++) {
        const size_t width = p->whole ? 0 : p->layer[l].out_stride, size = batch * width; /* whole: parts of `work` */
        needs[count++] = (need){ &p->layer[l].activation, pass * width, "a layer's activations" };
        needs[count++] = (need){ &p->layer[l].delta, training ? size : 0, "a layer's gradient" };
        if (l + 1 < p->layers && size > widest)
            widest = size;
    }
    needs[count++] = (need){ &p->product, training && p->clblast ? widest : 0, "a product" };
    return count;
}

/* Adds up all buffers first, so that too large a network is refused before anything is made. */
static kiln_status make_buffers(opencl_plan *p, kiln_error *err)
{
    need needs[MAX_NEEDS];
    const size_t count = list_needs(p, needs);
    const kiln_device_info *info = &p->device->base.info;
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        const double bytes = (double)needs[i].numbers * (double)p->number;
        total += bytes;
        if (bytes > (double)info->allocation)
            return kiln_fail(err, KILN_ENOMEM,
                             "%s: %s needs %.1f MB in one piece, the device gives at most %.1f MB: a smaller network or batch",
                             info->name, needs[i].what, bytes / 1e6, (double)info->allocation / 1e6);
    }
    if (total > (double)info->memory)
        return kiln_fail(err, KILN_ENOMEM, "%s: the network needs %.1f MB with batches of %zu, the device has %.1f MB", info->name,
                         total / 1e6, p->base.spec.batch, (double)info->memory / 1e6);
    kiln_status status = KILN_OK;
    for (size_t i = 0; i < count && status == KILN_OK; i++)
        status = cl_buffer(p->device, needs[i].numbers * p->number, needs[i].what, needs[i].buffer, err);
    return status;
}

/* mean and scale, (x - 0) * 1 where the network standardises nothing. */
static kiln_status write_standardisation(opencl_plan *p, kiln_error *err)
{
    const kiln_network *network = p->base.spec.network;
    const size_t width = network->widths[0];
    char *numbers = mem_zeroed(width, 2 * p->number);
    if (!numbers)
        return kiln_fail_memory(err, width * 2 * p->number, "the standardisation");
    for (size_t i = 0; network->mean && i < width; i++)
        if (p->number == sizeof(double)) {
            ((double *)numbers)[i] = (double)network->mean[i];
            ((double *)numbers)[width + i] = (double)network->scale[i];
        } else {
            ((float *)numbers)[i] = network->mean[i];
            ((float *)numbers)[width + i] = network->scale[i];
        }
    kiln_status status = cl_write(p->device, p->mean, 0, width * p->number, numbers, err);
    if (status == KILN_OK)
        status = cl_write(p->device, p->scale, 0, width * p->number, numbers + width * p->number, err);
    free(numbers);
    return status;
}

size_t plan_products(const opencl_plan *p, tuned_product *products)
{
    const size_t batch = p->base.spec.batch;
    size_t count = 0;
    for (size_t l = 0; l < p->layers; l++)
        products[count++] = (tuned_product){ .kind = PRODUCT_FORWARD, .m = batch, .n = p->layer[l].out, .k = p->layer[l].in };
    for (size_t l = p->layers; p->base.spec.training && l-- > 0;) {
        if (l > 0)
            products[count++] = (tuned_product){ .kind = PRODUCT_BACKWARD, .m = batch, .n = p->layer[l].in, .k = p->layer[l].out };
        products[count++] = (tuned_product){ .kind = PRODUCT_GRADIENT, .m = p->layer[l].in, .n = p->layer[l].out, .k = batch };
    }
    return count;
}

/* Whose products: as asked for, as `kiln tune` measured, or CLBlast's on a GPU; CLBlast's with the parameters measured. */
static kiln_status choose_products(opencl_plan *p, kiln_error *err)
{
    opencl_device *device = p->device;
    tuned_product products[TUNED_MOST];
    tuning *stored = NULL;
    p->clblast = device->clblast && fits_clblast(p, p->base.spec.batch);
    if (device->gemm == KILN_GEMM_NATIVE || device->tuning || !fits_clblast(p, p->base.spec.batch))
        return KILN_OK;
    kiln_status status = tuning_load(device, &stored, err);
    if (!stored)
        return status;
    memcpy(p->tuned.date, stored->date, sizeof p->tuned.date);
    const bool prefers = tuning_prefers_clblast(stored, products, plan_products(p, products), &p->tuned.exact);
    if (device->gemm == KILN_GEMM_AUTO)
        p->clblast = prefers;
    if (p->clblast)
        status = gemm_clblast_override(device, &stored->parameters, err);
    free(stored);
    return status;
}

/* Samples that evaluation takes at a time: many, however small a batch is, since launches of a few samples' work cost more than
 * the work; but fewer where that would take much memory. */
static size_t evaluation_rows(const opencl_plan *p)
{
    enum { ROWS = 256, BYTES = 16 << 20 };
    const size_t batch = p->base.spec.batch;
    size_t row = p->layer[0].in_stride * p->number;
    for (size_t l = 0; l < p->layers; l++)
        row += p->layer[l].out_stride * p->number;
    const size_t rows = BYTES / row < ROWS ? BYTES / row : ROWS;
    return batch > rows ? batch : rows;
}

/* Layer by layer, or whole steps in one launch. The latter take a GPU's local memory, which may hold a batch, but no more. */
static kiln_status choose_strategy(opencl_plan *p, kiln_error *err)
{
    const kiln_strategy strategy = p->device->strategy;
    p->pass = p->device->gpu_shape ? p->base.spec.batch : evaluation_rows(p);
    const char *obstacle = strategy == KILN_STRATEGY_FUSED && p->base.spec.training ? fused_obstacle(p) : NULL;
    if (obstacle)
        return kiln_fail(err, KILN_EINVAL, "%s: no whole steps of batches of %zu in one launch: %s: use the strategy 'layers'",
                         p->device->base.info.name, p->base.spec.batch, obstacle);
    p->whole = fused_chosen(p, strategy);
    if (!p->whole)
        p->pass = evaluation_rows(p);
    p->block = (4096 + p->pass - 1) / p->pass * p->pass;
    p->head =
        p->base.spec.training && !p->whole && !p->clblast && !p->device->gpu_shape && !p->device->tuning && !p->device->short_loops;
    p->updates = !p->whole && !p->clblast && p->base.spec.clip_norm == 0; /* clipping needs the whole gradient first */
    return KILN_OK;
}

kiln_status plan_create(kiln_device *base, const plan_spec *spec, plan **out, kiln_error *err)
{
    opencl_device *device = (opencl_device *)base;
    opencl_plan *p = mem_zeroed(1, sizeof *p);
    kiln_status status = KILN_OK;
    if (!p)
        return kiln_fail_memory(err, 0, "the plan");
    p->base = (plan){ &opencl_ops, *spec };
    p->device = device;
    p->number = base->precision == KILN_F64 ? sizeof(cl_double) : sizeof(cl_float);
    status = cl_check(device, err);
    if (status == KILN_OK && !lay_out(p, spec->network, spec->batch))
        status = kiln_fail(err, KILN_EINVAL, "%s: the network with batches of %zu is too large for any OpenCL device",
                           base->info.name, spec->batch);
    if (status == KILN_OK)
        status = choose_products(p, err);
    if (status == KILN_OK)
        status = choose_strategy(p, err);
    if (status == KILN_OK)
        status = make_buffers(p, err);
    if (status == KILN_OK && p->whole)
        status = fused_carve(p, err);
    if (status == KILN_OK && p->whole)
        status = fused_create(p, err);
    if (status == KILN_OK)
        status = write_standardisation(p, err);
    if (status == KILN_OK)
        status = plan_make_launches(p, err);
    work_describe(p);
    if (status == KILN_OK)
        *out = &p->base;
    else
        plan_destroy(&p->base);
    return status;
}

void plan_destroy(plan *base)
{
    opencl_plan *p = (opencl_plan *)base;
    need needs[MAX_NEEDS];
    if (!p)
        return;
    source_free(p); /* waits for what is under way */
    fused_free(p);
    for (unsigned i = 0; i < UNDER_WAY; i++)
        if (p->under_way[i] && !p->device->lost)
            clReleaseEvent(p->under_way[i]);
    for (size_t l = 0; l < p->layers; l++) {
        launch_free(p->device, &p->layer[l].train);
        launch_free(p->device, &p->layer[l].evaluate);
        launch_free(p->device, &p->layer[l].backward);
        launch_free(p->device, &p->layer[l].gradient);
    }
    launch_free(p->device, &p->norm);
    launch_free(p->device, &p->optimizer);
    for (size_t i = 0, count = p->layers ? list_needs(p, needs) : 0; i < count; i++)
        cl_release(p->device, needs[i].buffer);
    cl_release(p->device, &p->losses);
    free(p);
}

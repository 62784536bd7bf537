/* A training step explained: a plan made as for training, and handed to its backend. */
#include <kiln/explain.h>

#include "base/status.h"
#include "network/loss.h"
#include "training/optimizer.h"
#include "training/samples.h"

#include <stdlib.h>

enum { STEPS_MOST = 256 }; /* of one call of train() */

static kiln_status check(const kiln_network *network, const kiln_samples *samples, kiln_subset train, kiln_training_options *o,
                         const kiln_explain_options *asked, kiln_error *err)
{
    const kiln_device_model *model = asked->model;
    if (train.count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no training samples, should be at least one");
    if (model && !(model->gflops > 0 && model->gbs > 0 && model->launch_us >= 0))
        return kiln_fail(err, KILN_EINVAL,
                         "a device model of %g GFLOP/s, %g GB/s and %g us a launch cannot be: the first two are above 0, the last "
                         "is 0 or more",
                         model->gflops, model->gbs, model->launch_us);
    kiln_status status = options_resolve(&asked->training, train.count, o, err);
    if (status == KILN_OK)
        status = loss_check(o->loss, network, samples, err);
    if (status == KILN_OK)
        status = samples_check(network, samples, train, err);
    if (status == KILN_OK)
        status = targets_check(o->loss, samples, train, err);
    if (status != KILN_OK)
        return status;
    o->loss = kiln_loss_resolve(o->loss, network, samples);
    o->stop = asked->stop;
    return status;
}

static kiln_status make_plan(kiln_device *device, const plan_spec *spec, const kiln_samples *samples, kiln_subset train, plan **p,
                             kiln_error *err)
{
    kiln_status status = device->ops->plan(device, spec, p, err);
    if (status == KILN_OK)
        status = device->ops->attach(*p, samples, err);
    if (status == KILN_OK)
        status = device->ops->write(*p, PLAN_PARAMETERS, spec->network->parameters, err);
    if (status == KILN_OK)
        status = device->ops->order(*p, PLAN_TRAIN, train.rows, train.count, err);
    return status;
}

/* The whole batches of an epoch, as many as fit in one call. */
static size_t list_steps(step *steps, const kiln_training_options *o, size_t samples)
{
    size_t count = samples / o->batch_size;
    count = count < STEPS_MOST ? count : STEPS_MOST;
    for (size_t i = 0; i < count; i++)
        steps[i] = (step){ .number = i, .learning_rate = o->learning_rate, .first = i * o->batch_size, .rows = o->batch_size };
    return count;
}

kiln_status kiln_explain(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset train,
                         const kiln_explain_options *options, kiln_explanation *explanation, kiln_error *err)
{
    static const kiln_explain_options defaults;
    const kiln_explain_options *asked = options ? options : &defaults;
    kiln_training_options o;
    step steps[STEPS_MOST];
    plan *p = NULL;
    if (!device || !device->ops->explain)
        return kiln_fail(err, KILN_EUNSUPPORTED, "%s: launches nothing, so there is nothing to explain: use an OpenCL device",
                         device ? device->info.name : "the reference");
    kiln_status status = check(network, samples, train, &o, asked, err);
    if (status != KILN_OK)
        return status;
    const plan_spec spec = options_plan(&o, network, o.batch_size);
    const size_t count = list_steps(steps, &o, train.count);
    status = make_plan(device, &spec, samples, train, &p, err);
    if (status == KILN_OK)
        status = device->ops->explain(p, steps, count, asked, explanation, err);
    if (status == KILN_OK) {
        explanation->batch = o.batch_size;
        explanation->samples_per_second = (double)o.batch_size / explanation->step_seconds;
    }
    if (p)
        device->ops->destroy(p);
    return status;
}

void kiln_explanation_free(kiln_explanation *explanation)
{
    if (!explanation)
        return;
    free(explanation->row);
    *explanation = (kiln_explanation){ 0 };
}

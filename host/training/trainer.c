/* kiln_train: a run set up, resumed, carried on epoch by epoch, and ended. */
#include "base/memory.h"
#include "base/status.h"
#include "network/loss.h"
#include "training/optimizer.h"
#include "training/order.h"
#include "training/run.h"
#include "training/samples.h"
#include "training/schedule.h"
#include "training/settings.h"
#include "training/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static kiln_status check_arguments(run *r, const kiln_training_options *options, kiln_error *err)
{
    size_t total;
    kiln_training_options *o = &r->options;
    if (r->train.count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no training samples, should be at least one");
    kiln_status status = options_resolve(options, r->train.count, o, err);
    if (status == KILN_OK)
        status = loss_check(o->loss, r->network, r->samples, err);
    if (status == KILN_OK)
        o->loss = kiln_loss_resolve(o->loss, r->network, r->samples);
    if (status == KILN_OK)
        status = samples_check(r->network, r->samples, r->train, err);
    if (status == KILN_OK)
        status = samples_check(r->network, r->samples, r->validation, err);
    if (status == KILN_OK)
        status = targets_check(o->loss, r->samples, r->train, err);
    if (status == KILN_OK)
        status = targets_check(o->loss, r->samples, r->validation, err);
    if (status == KILN_OK)
        status = weights_check(r->samples, r->train, "training", err);
    if (status == KILN_OK)
        status = weights_check(r->samples, r->validation, "validation", err);
    if (status != KILN_OK)
        return status;
    if (o->patience > 0 && r->validation.count == 0)
        return kiln_fail(err, KILN_EINVAL, "patience is %zu but there are no validation samples: early stopping needs some",
                         o->patience);
    r->steps = (r->train.count - 1) / o->batch_size + 1;
    if (!size_product(r->steps, o->epochs, &total))
        return kiln_fail(err, KILN_EINVAL, "%zu epochs of %zu steps are more steps than can be counted", o->epochs, r->steps);
    r->total = total;
    return KILN_OK;
}

static kiln_status allocate(run *r, kiln_error *err)
{
    const optimizer *row = optimizer_of(r->options.optimizer);
    const bool saves = r->options.checkpoint != NULL;
    const size_t by_steps = GROUP_MOST / r->steps, by_places = TOGETHER_PLACES / r->train.count;
    const size_t together = by_steps < by_places ? by_steps : by_places, most = together > 1 ? together : 1;
    r->most_together = most;
    r->block = evaluation_block(r->network);
    r->group = mem_alloc(GROUP_MOST, sizeof *r->group);
    r->order = mem_alloc(most > 1 || !r->options.no_shuffle ? most * r->train.count : 0, sizeof *r->order);
    r->runs = mem_alloc(order_runs(r->samples, r->train.count), sizeof *r->runs);
    r->needed = mem_alloc(order_blocks(r->samples), sizeof *r->needed);
    r->losses = mem_alloc(r->block, sizeof *r->losses);
    r->predicted = mem_alloc(r->block, sizeof *r->predicted);
    const bool labels = r->network->schema.task == KILN_MULTILABEL && !r->samples->labels;
    size_t outputs = 0;
    if (labels && size_product(r->block, r->samples->outputs, &outputs))
        r->outputs = mem_alloc(outputs, sizeof *r->outputs);
    if (state_create(&r->state, r->network->count, saves && row->has_moment1, saves && row->has_moment2, r->options.patience > 0) &&
        r->group && r->order && r->runs && r->needed && r->losses && r->predicted && (!labels || r->outputs))
        return KILN_OK;
    return kiln_fail_memory(err, 0, "the training state");
}

/* The view of the samples that the device gets. */
static kiln_status weigh(run *r, kiln_error *err)
{
    const kiln_status status = weights_for_training(r->samples, r->train, r->options.class_weight, &r->weight, err);
    r->weighted = *r->samples;
    r->weighted.weight = r->weight;
    return status;
}

static kiln_status prepare_checkpoint(run *r, const kiln_device *device, kiln_error *err)
{
    const kiln_training_options *o = &r->options;
    if (!o->checkpoint)
        return KILN_OK;
    r->file = (checkpoint){ .path = o->checkpoint,
                            .precision = device->precision,
                            .device = device->info.name,
                            .epochs_may_differ = !schedule_needs_total(o->schedule, o->warm_up) };
    r->file.settings = settings_describe(r->network, device->precision, o, r->samples, r->train, r->validation);
    return r->file.settings ? KILN_OK : kiln_fail_memory(err, 0, "the checkpoint");
}

/* Goes to where the checkpoint is, if there is one. */
static kiln_status resume(run *r, kiln_error *err)
{
    training_state *s = &r->state;
    bool found = false;
    if (!r->options.resume)
        return KILN_OK;
    const kiln_status status = checkpoint_load(&r->file, s, &found, err);
    if (status != KILN_OK || !found)
        return status;
    const place at = { s->epoch, s->step };
    if (s->step > r->steps || s->best_epoch > s->epoch || !(s->seconds >= 0.0))
        return kiln_fail(err, KILN_EDATA, "%s: checkpoint of step %zu in an epoch of %zu steps, which cannot be", r->file.path,
                         s->step, r->steps);
    if (s->epoch > r->options.epochs || (s->epoch == r->options.epochs && s->step > 0))
        return kiln_fail(err, KILN_EDATA, "%s: the checkpoint is from %s, but only %zu epochs are to be trained", r->file.path,
                         place_describe(at).text, r->options.epochs);
    memcpy(r->network->parameters, s->parameters, s->count * sizeof *s->parameters);
    r->kept = r->saved = at;
    r->has_saved = true;
    r->began -= s->seconds;
    return KILN_OK;
}

static kiln_status build_plan(run *r, kiln_device *device, kiln_error *err)
{
    const plan_spec spec = options_plan(&r->options, r->network, r->options.batch_size);
    kiln_status status = device->ops->plan(device, &spec, &r->plan, err);
    if (status == KILN_OK)
        status = device->ops->attach(r->plan, &r->weighted, err);
    if (status == KILN_OK)
        status = device->ops->write(r->plan, PLAN_PARAMETERS, r->network->parameters, err);
    if (status == KILN_OK && r->has_saved && r->state.moment1)
        status = device->ops->write(r->plan, PLAN_MOMENT1, r->state.moment1, err);
    if (status == KILN_OK && r->has_saved && r->state.moment2)
        status = device->ops->write(r->plan, PLAN_MOMENT2, r->state.moment2, err);
    if (status == KILN_OK && r->validation.count > 0)
        status = device->ops->order(r->plan, PLAN_EVALUATE, r->validation.rows, r->validation.count, err);
    return status;
}

/* Says where the weights are, after a failure that the backend or a file explained. The device is not touched again. */
static kiln_status explain(const run *r, kiln_status status, kiln_error *err)
{
    if (!err || (status != KILN_EDEVICE && status != KILN_EIO))
        return status;
    const kiln_error cause = *err;
    const bool saved = r->has_saved && status == KILN_EDEVICE;
    return kiln_fail(err, status, "%s; the network has its weights from %s%s%s%s%s", cause.message, place_describe(r->kept).text,
                     saved ? ", the checkpoint " : "", saved ? r->file.path : "", saved ? " from " : "",
                     saved ? place_describe(r->saved).text : "");
}

/* Trains until the run is finished, fails or is stopped. */
static kiln_status carry_on(run *r, bool *interrupted, kiln_error *err)
{
    kiln_status status = KILN_OK;
    r->group_size = r->together = 1;
    while (status == KILN_OK && !run_finished(r))
        status = epoch_run(r, err);
    *interrupted = status == KILN_EINTERRUPTED;
    if (*interrupted)
        status = epoch_interrupt(r, err);
    if (status != KILN_OK)
        r->state.seconds = clock_seconds() - r->began;
    return explain(r, status, err);
}

static kiln_training_result result_of(const run *r, bool finished, bool interrupted)
{
    const training_state *s = &r->state;
    const bool best = finished && s->best, whole = r->kept.epoch == s->epoch && r->kept.step == 0;
    return (kiln_training_result){ .epochs = s->epoch,
                                   .steps = s->epoch * r->steps + s->step,
                                   .best_epoch = best ? s->best_epoch : s->epoch,
                                   .loss = interrupted && r->summed > 0 ? s->loss_sum / (double)r->summed : s->loss,
                                   .validation_loss = best    ? s->best_loss
                                                      : whole ? s->validation_loss
                                                              : NAN,
                                   .validation_accuracy = best    ? s->best_accuracy
                                                          : whole ? s->validation_accuracy
                                                                  : NAN,
                                   .seconds = s->seconds,
                                   .samples_per_second = run_speed(r),
                                   .stopped_early = finished && run_stopped_early(r),
                                   .interrupted = interrupted };
}

kiln_status kiln_train(kiln_device *device, kiln_network *network, const kiln_samples *samples, kiln_subset train,
                       kiln_subset validation, const kiln_training_options *options, kiln_progress_function report, void *user,
                       kiln_training_result *result, kiln_error *err)
{
    kiln_device *own = NULL;
    bool interrupted = false;
    run r = { .network = network,
              .samples = samples,
              .train = train,
              .validation = validation,
              .report = report,
              .user = user,
              .began = clock_seconds() };
    kiln_status status = check_arguments(&r, options, err);
    if (status == KILN_OK && !device)
        status = kiln_device_open("reference", NULL, &own, err);
    if (status != KILN_OK)
        goto done;
    device = device ? device : own;
    status = allocate(&r, err);
    if (status == KILN_OK)
        status = weigh(&r, err);
    if (status == KILN_OK)
        status = prepare_checkpoint(&r, device, err);
    if (status == KILN_OK)
        status = resume(&r, err);
    if (status != KILN_OK)
        goto done;
    if (!run_finished(&r))
        status = build_plan(&r, device, err);
    if (status == KILN_OK)
        status = carry_on(&r, &interrupted, err);
    if (status == KILN_OK && r.state.best)
        memcpy(network->parameters, r.state.best, network->count * sizeof *network->parameters);
    if (result)
        *result = result_of(&r, status == KILN_OK, interrupted || status == KILN_EINTERRUPTED);
done:
    if (r.plan)
        device->ops->destroy(r.plan);
    json_decref(r.file.settings);
    state_free(&r.state);
    free(r.weight);
    free(r.group);
    free(r.order);
    free(r.runs);
    free(r.needed);
    free(r.losses);
    free(r.predicted);
    free(r.outputs);
    kiln_device_close(own);
    return status;
}

/* Optimizers by name, and training options checked and completed. The formulas themselves are in the backends, and the loss is
 * checked with the samples it is for (network/loss.h). */
#include "training/optimizer.h"

#include "base/status.h"

#include <math.h>
#include <string.h>

static const optimizer optimizers[] = {
    [KILN_ADAM] = { "adam", 0.003, 0.9, 0.999, true, true },       [KILN_ADAMW] = { "adamw", 0.003, 0.9, 0.999, true, true },
    [KILN_SGD] = { "sgd", 0.01, 0.0, 0.0, false, false },          [KILN_MOMENTUM] = { "momentum", 0.01, 0.9, 0.0, true, false },
    [KILN_NESTEROV] = { "nesterov", 0.01, 0.9, 0.0, true, false }, [KILN_RMSPROP] = { "rmsprop", 0.001, 0.0, 0.99, false, true },
};

enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

const optimizer *optimizer_of(kiln_optimizer which)
{
    return &optimizers[which];
}

const char *kiln_optimizer_name(kiln_optimizer which)
{
    return (size_t)which < OPTIMIZERS ? optimizers[which].name : NULL;
}

bool kiln_optimizer_find(const char *name, kiln_optimizer *which)
{
    for (size_t i = 0; name && i < OPTIMIZERS; i++)
        if (strcmp(name, optimizers[i].name) == 0) {
            *which = (kiln_optimizer)i;
            return true;
        }
    return false;
}

double kiln_optimizer_learning_rate(kiln_optimizer which)
{
    return (size_t)which < OPTIMIZERS ? optimizers[which].learning_rate : 0.0;
}

/* One real option and the values it may have: least <= value, and value < below. */
typedef struct real_option {
    const char *name;
    double value, least, below;
    const char *allowed;
} real_option;

static kiln_status check_reals(const kiln_training_options *o, kiln_error *err)
{
    const real_option reals[] = {
        { "learning rate", o->learning_rate, 0.0, INFINITY, "a number above 0, or 0 for the optimizer's default" },
        { "momentum", o->momentum, 0.0, 1.0, "above 0 and below 1, or 0 for the default" },
        { "beta2", o->beta2, 0.0, 1.0, "above 0 and below 1, or 0 for the default" },
        { "epsilon", o->epsilon, 0.0, INFINITY, "a number above 0, or 0 for the default" },
        { "weight decay", o->weight_decay, 0.0, INFINITY, "a number of 0 or more" },
        { "warm-up", o->warm_up, 0.0, 1.0, "a share of all steps, 0 up to below 1" },
        { "dropout", o->dropout, 0.0, 1.0, "a share of hidden activations, 0 up to below 1" },
        { "clip norm", o->clip_norm, 0.0, INFINITY, "a number of 0 or more" },
        { "progress interval", o->progress, 0.0, INFINITY, "seconds, 0 or more" },
    };
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        if (!(reals[i].value >= reals[i].least && reals[i].value < reals[i].below))
            return kiln_fail(err, KILN_EINVAL, "%s is %g, should be %s", reals[i].name, reals[i].value, reals[i].allowed);
    return KILN_OK;
}

static kiln_status check_choices(const kiln_training_options *o, kiln_error *err)
{
    if (!kiln_optimizer_name(o->optimizer))
        return kiln_fail(err, KILN_EINVAL, "optimizer is number %d, should be 0 (adam) to %d (rmsprop)", (int)o->optimizer,
                         (int)KILN_RMSPROP);
    if (!kiln_schedule_name(o->schedule))
        return kiln_fail(err, KILN_EINVAL, "schedule is number %d, should be 0 (constant) to %d (one-cycle)", (int)o->schedule,
                         (int)KILN_ONE_CYCLE);
    if (o->class_weight != KILN_CLASS_WEIGHT_NONE && o->class_weight != KILN_CLASS_WEIGHT_BALANCED)
        return kiln_fail(err, KILN_EINVAL, "class weights are number %d, should be 0 (none) or 1 (balanced)", (int)o->class_weight);
    if (o->resume && !o->checkpoint)
        return kiln_fail(err, KILN_EINVAL, "resuming needs a checkpoint file, none is named");
    return KILN_OK;
}

static double or_default(double value, double otherwise)
{
    return value > 0.0 ? value : otherwise;
}

kiln_status options_resolve(const kiln_training_options *options, size_t samples, kiln_training_options *resolved, kiln_error *err)
{
    kiln_training_options o = options ? *options : (kiln_training_options){ 0 };
    kiln_status status = check_choices(&o, err);
    if (status == KILN_OK)
        status = check_reals(&o, err);
    if (status != KILN_OK)
        return status;
    const optimizer *row = optimizer_of(o.optimizer);
    o.learning_rate = or_default(o.learning_rate, row->learning_rate);
    o.momentum = or_default(o.momentum, row->momentum);
    o.beta2 = or_default(o.beta2, row->beta2);
    o.epsilon = or_default(o.epsilon, 1e-8);
    o.epochs = o.epochs ? o.epochs : 20;
    o.batch_size = o.batch_size ? o.batch_size : 32;
    o.batch_size = o.batch_size < samples ? o.batch_size : samples;
    *resolved = o;
    return KILN_OK;
}

plan_spec options_plan(const kiln_training_options *options, const kiln_network *network, size_t batch)
{
    return (plan_spec){ .network = network,
                        .batch = batch,
                        .training = true,
                        .loss = options->loss,
                        .optimizer = options->optimizer,
                        .momentum = options->momentum,
                        .beta2 = options->beta2,
                        .epsilon = options->epsilon,
                        .weight_decay = options->weight_decay,
                        .dropout = options->dropout,
                        .clip_norm = options->clip_norm,
                        .seed = options->seed,
                        .stop = options->stop };
}

/* One epoch of training: order, groups of steps, losses, validation, and what is kept at its end. */
#include "base/status.h"
#include "training/order.h"
#include "training/run.h"
#include "training/samples.h"
#include "training/schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A stop flag and a report wait for at most two groups, so they are short. Numbers do not depend on the groups. */
static const double group_seconds = 0.025;

double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

place_text place_describe(place where)
{
    place_text t;
    if (where.step > 0)
        snprintf(t.text, sizeof t.text, "after step %zu of epoch %zu", where.step, where.epoch + 1);
    else if (where.epoch > 0)
        snprintf(t.text, sizeof t.text, "after epoch %zu", where.epoch);
    else
        snprintf(t.text, sizeof t.text, "before the first step");
    return t;
}

bool run_stopped_early(const run *r)
{
    const training_state *s = &r->state;
    return r->options.patience > 0 && s->best_epoch > 0 && s->epoch - s->best_epoch >= r->options.patience;
}

bool run_finished(const run *r)
{
    return r->state.epoch >= r->options.epochs || run_stopped_early(r);
}

/* Places of the epoch's order that the first `steps` steps take. */
static size_t places(const run *r, size_t steps)
{
    return steps < r->steps ? steps * r->options.batch_size : r->train.count;
}

double run_speed(const run *r)
{
    const training_state *s = &r->state;
    const double done = (double)s->epoch * (double)r->train.count + (double)places(r, s->step);
    return s->training_seconds > 0.0 ? done / s->training_seconds : 0.0;
}

static double rate_at(const run *r, size_t epoch, size_t at)
{
    return schedule_rate(r->options.schedule, r->options.learning_rate, r->options.warm_up, (uint64_t)epoch * r->steps + at,
                         r->total);
}

/* --- divergence */

static kiln_status fail_diverged(const run *r, const char *what, double value, size_t at, kiln_error *err)
{
    const bool saved = r->has_saved;
    const char *became = isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf"; /* printf may put a sign before nan */
    return kiln_fail(err, KILN_EDIVERGED,
                     "%s became %s in epoch %zu, step %zu of %zu (learning rate %g): a smaller learning rate or gradient clipping "
                     "may help; %s%s%s%s",
                     what, became, r->state.epoch + 1, at + 1, r->steps, rate_at(r, r->state.epoch, at),
                     saved ? "the last good checkpoint is " : "the network has its weights from ", saved ? r->file.path : "",
                     saved ? ", " : "", place_describe(saved ? r->saved : r->kept).text);
}

/* Adds the losses of the places trained on since the last call, in their order: the sum does not depend on when it is called. */
static kiln_status sum_losses(run *r, kiln_error *err)
{
    const size_t end = places(r, r->state.step);
    while (r->summed < end) {
        const size_t count = end - r->summed < r->block ? end - r->summed : r->block;
        const kiln_status status = r->plan->ops->losses(r->plan, r->summed, count, r->losses, err);
        if (status != KILN_OK)
            return status;
        for (size_t i = 0; i < count; i++) {
            if (!isfinite(r->losses[i]))
                return fail_diverged(r, "the loss", r->losses[i], (r->summed + i) / r->options.batch_size, err);
            r->state.loss_sum += r->losses[i];
        }
        r->summed += count;
    }
    return KILN_OK;
}

/* Reads the parameters into the state. A loss is of the weights before its step, so the last step's are looked at themselves. */
static kiln_status read_parameters(run *r, kiln_error *err)
{
    double *w = r->state.parameters;
    const kiln_status status = r->plan->ops->read(r->plan, PLAN_PARAMETERS, 0, w, err);
    for (size_t i = 0; status == KILN_OK && i < r->state.count; i++)
        if (!isfinite(w[i]))
            return fail_diverged(r, "a weight", w[i], r->state.step > 0 ? r->state.step - 1 : 0, err);
    return status;
}

/* --- reports */

/* Of this call's part of the epoch; where it has none, of the whole training. */
static double part_speed(const run *r)
{
    const double seconds = clock_seconds() - r->part_began;
    const size_t done = places(r, r->state.step) - r->part_first;
    return done > 0 && seconds > 0.0 ? (double)done / seconds : run_speed(r);
}

/* A report inside the epoch, or of its end before the state moves on to the next one. */
static kiln_progress progress_now(const run *r)
{
    const training_state *s = &r->state;
    return (kiln_progress){ .epoch = s->epoch + 1,
                            .epochs = r->options.epochs,
                            .step = s->step,
                            .steps = r->steps,
                            .loss = s->loss_sum / (double)places(r, s->step),
                            .validation_loss = NAN,
                            .validation_accuracy = NAN,
                            .learning_rate = rate_at(r, s->epoch, s->step - 1),
                            .seconds = clock_seconds() - r->began,
                            .samples_per_second = part_speed(r) };
}

/* --- steps */

/* The order of the next `epochs` epochs, one after the other. */
static kiln_status set_order(run *r, size_t epochs, kiln_error *err)
{
    const kiln_training_options *o = &r->options;
    const size_t count = r->train.count;
    if (o->no_shuffle && epochs == 1)
        return r->plan->ops->order(r->plan, PLAN_TRAIN, r->train.rows, count, err);
    for (size_t e = 0; e < epochs; e++) {
        uint32_t *order = r->order + e * count;
        if (!o->no_shuffle)
            order_make(r->samples, r->train, o->seed, r->state.epoch + e, r->runs, order);
        for (size_t i = 0; o->no_shuffle && i < count; i++)
            order[i] = (uint32_t)subset_row(r->train, i);
    }
    return r->plan->ops->order(r->plan, PLAN_TRAIN, r->order, epochs * count, err);
}

/* Has samples on a disk read while those of the window before are trained on. In their own order, the system sees to it. */
static void read_ahead(run *r)
{
    const size_t window = r->samples->window, count = r->train.count, now = places(r, r->state.step);
    if (window == 0 || r->options.no_shuffle)
        return;
    while (r->ahead < count && r->ahead <= now + window) {
        const size_t some = count - r->ahead < window ? count - r->ahead : window;
        order_prefetch(r->samples, r->order + r->ahead, some, r->needed);
        r->ahead += some;
    }
}

/* Step `s` of the epoch that is `ahead` of the one the run is in, all in one order. */
static step step_of(const run *r, size_t ahead, size_t s)
{
    const size_t epoch = r->state.epoch + ahead, first = places(r, s);
    return (step){ .number = (uint64_t)epoch * r->steps + s,
                   .learning_rate = rate_at(r, epoch, s),
                   .first = ahead * r->train.count + first,
                   .rows = places(r, s + 1) - first };
}

/* Starts the next group of steps; the next one is larger or smaller by how long this one took. */
static kiln_status train_group(run *r, kiln_error *err)
{
    const size_t left = r->steps - r->state.step, count = left < r->group_size ? left : r->group_size;
    for (size_t i = 0; i < count; i++)
        r->group[i] = step_of(r, 0, r->state.step + i);
    read_ahead(r);
    const double before = clock_seconds();
    const kiln_status status = r->plan->ops->train(r->plan, r->group, count, err);
    const double took = clock_seconds() - before;
    if (status != KILN_OK)
        return status;
    r->state.step += count;
    if (took > 2.0 * group_seconds && r->group_size > 1)
        r->group_size /= 2;
    else if (took < 0.5 * group_seconds && count == r->group_size && r->group_size < GROUP_MOST)
        r->group_size *= 2;
    return KILN_OK;
}

static kiln_status train_steps(run *r, kiln_error *err)
{
    const double interval = r->options.progress;
    double reported = clock_seconds();
    while (r->state.step < r->steps) {
        kiln_status status = stop_check(r->options.stop, err);
        if (status == KILN_OK)
            status = train_group(r, err);
        if (status != KILN_OK)
            return status;
        const bool due = r->report && interval > 0.0 && clock_seconds() - reported >= interval;
        if (!due || r->state.step == r->steps)
            continue;
        status = sum_losses(r, err);
        if (status != KILN_OK)
            return status;
        const kiln_progress progress = progress_now(r);
        r->report(r->user, &progress);
        reported = clock_seconds();
    }
    return sum_losses(r, err);
}

/* The steps that are left of this epoch; the time they took is part of the state however they end. */
static kiln_status train_part(run *r, kiln_error *err)
{
    r->summed = r->part_first = places(r, r->state.step);
    r->part_began = clock_seconds();
    if (r->state.step == r->steps)
        return KILN_OK; /* stopped during the validation: only that is to be done */
    kiln_status status = set_order(r, 1, err);
    r->ahead = r->samples->window ? r->summed / r->samples->window * r->samples->window : 0;
    if (status == KILN_OK)
        status = train_steps(r, err);
    r->state.training_seconds += clock_seconds() - r->part_began;
    return status;
}

/* --- the end of an epoch */

/* Moves the state on to the next epoch. True where this one has the lowest validation loss so far. */
static bool conclude(run *r, double loss, double accuracy)
{
    training_state *s = &r->state;
    s->loss = s->loss_sum / (double)r->train.count;
    s->validation_loss = loss;
    s->validation_accuracy = accuracy;
    s->epoch++;
    s->step = 0;
    s->loss_sum = 0.0;
    const bool best = isfinite(loss) && (s->best_epoch == 0 || loss < s->best_loss);
    if (!best)
        return false;
    s->best_epoch = s->epoch;
    s->best_loss = loss;
    s->best_accuracy = accuracy;
    if (s->best)
        memcpy(s->best, s->parameters, s->count * sizeof *s->best);
    return true;
}

/* Puts the state, whose parameters were read, into the network and the file. */
static kiln_status keep(run *r, kiln_error *err)
{
    training_state *s = &r->state;
    kiln_status status = KILN_OK;
    memcpy(r->network->parameters, s->parameters, s->count * sizeof *s->parameters);
    r->kept = (place){ s->epoch, s->step };
    s->seconds = clock_seconds() - r->began;
    if (!r->file.path)
        return KILN_OK;
    if (s->moment1)
        status = r->plan->ops->read(r->plan, PLAN_MOMENT1, 0, s->moment1, err);
    if (status == KILN_OK && s->moment2)
        status = r->plan->ops->read(r->plan, PLAN_MOMENT2, 0, s->moment2, err);
    if (status == KILN_OK)
        status = checkpoint_save(&r->file, s, err);
    if (status == KILN_OK) {
        r->saved = r->kept;
        r->has_saved = true;
    }
    return status;
}

static kiln_status run_one(run *r, kiln_error *err)
{
    double loss, accuracy;
    kiln_status status = train_part(r, err);
    if (status != KILN_OK)
        return status;
    kiln_progress progress = progress_now(r);
    status = read_parameters(r, err);
    if (status == KILN_OK)
        status = run_validate(r, &loss, &accuracy, err);
    if (status == KILN_OK && r->validation.count > 0 && !isfinite(loss))
        status = fail_diverged(r, "the validation loss", loss, r->steps - 1, err);
    if (status != KILN_OK)
        return status;
    progress.epoch_done = true;
    progress.best = conclude(r, loss, accuracy);
    progress.validation_loss = loss;
    progress.validation_accuracy = accuracy;
    status = keep(r, err);
    progress.seconds = r->state.seconds;
    if (status == KILN_OK && r->report)
        r->report(r->user, &progress);
    return status;
}

/* Adds up the losses of epochs trained together, ends and reports each; reads the parameters before the last one ends. */
static kiln_status conclude_together(run *r, size_t epochs, kiln_error *err)
{
    const size_t count = r->train.count, all = epochs * count;
    const double speed = (double)all / (clock_seconds() - r->part_began);
    for (size_t first = 0; first < all; first += r->block) {
        const size_t some = all - first < r->block ? all - first : r->block;
        kiln_status status = r->plan->ops->losses(r->plan, first, some, r->losses, err);
        if (status != KILN_OK)
            return status;
        for (size_t i = 0; i < some; i++) {
            const size_t at = (first + i) % count;
            if (!isfinite(r->losses[i]))
                return fail_diverged(r, "the loss", r->losses[i], at / r->options.batch_size, err);
            r->state.loss_sum += r->losses[i];
            if (at + 1 < count)
                continue;
            r->state.step = r->steps;
            if (first + i + 1 == all && (status = read_parameters(r, err)) != KILN_OK)
                return status;
            kiln_progress progress = progress_now(r);
            progress.epoch_done = true;
            progress.samples_per_second = speed;
            conclude(r, NAN, NAN);
            if (r->report)
                r->report(r->user, &progress);
        }
    }
    return KILN_OK;
}

/* Trains several epochs so short that what comes between two of them would take most of the time. */
static kiln_status run_together(run *r, size_t epochs, kiln_error *err)
{
    kiln_status status = stop_check(r->options.stop, err);
    r->summed = 0;
    r->part_began = clock_seconds();
    if (status == KILN_OK)
        status = set_order(r, epochs, err);
    for (size_t i = 0; i < epochs * r->steps; i++)
        r->group[i] = step_of(r, i / r->steps, i % r->steps);
    if (status == KILN_OK)
        status = r->plan->ops->train(r->plan, r->group, epochs * r->steps, err);
    if (status == KILN_OK)
        status = conclude_together(r, epochs, err);
    r->state.training_seconds += clock_seconds() - r->part_began;
    return status == KILN_OK ? keep(r, err) : status;
}

/* Epochs that may be trained together: one where something is to be done at its end. */
static size_t most_together(const run *r)
{
    const size_t left = r->options.epochs - r->state.epoch;
    if (r->file.path || r->validation.count > 0 || r->state.step > 0 || r->most_together < 2)
        return 1;
    return left < r->most_together ? left : r->most_together;
}

kiln_status epoch_run(run *r, kiln_error *err)
{
    const size_t most = most_together(r), epochs = r->together < most ? r->together : most;
    const double before = clock_seconds();
    const kiln_status status = epochs > 1 ? run_together(r, epochs, err) : run_one(r, err);
    const double took = clock_seconds() - before;
    if (took > 2.0 * group_seconds && r->together > 1)
        r->together /= 2;
    else if (took < 0.5 * group_seconds && epochs == r->together && 2 * r->together <= r->most_together)
        r->together *= 2;
    return status;
}

kiln_status epoch_interrupt(run *r, kiln_error *err)
{
    kiln_status status = sum_losses(r, err);
    if (status == KILN_OK)
        status = read_parameters(r, err);
    if (status == KILN_OK)
        status = keep(r, err);
    if (status != KILN_OK)
        return status;
    return kiln_fail(err, KILN_EINTERRUPTED, "stopped when asked to, %s%s%s", place_describe(r->kept).text,
                     r->file.path ? "; resume from " : "", r->file.path ? r->file.path : "");
}

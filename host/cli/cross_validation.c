/* The folds of --folds, one network after the other. They share one open device, which keeps what it has compiled. */
#include "cross_validation.h"

#include "interrupt.h"
#include "message.h"
#include "progress.h"

#include <math.h>
#include <stdlib.h>

static void report(void *user, const kiln_progress *now)
{
    progress_report(user, now);
}

/* One sample has no spread to compare its error with. */
static void forget_r2(kiln_metrics *m)
{
    m->r2 = NAN;
    for (size_t o = 0; o < m->outputs; o++)
        m->output[o].r2 = NAN;
}

/* Trains on `rest`, and measures on `held_out`, of which nothing was known before. */
static kiln_status train_and_measure(training *t, kiln_subset rest, kiln_subset held_out, progress *shown, fold_result *result,
                                     kiln_error *err)
{
    kiln_status status = setup_part(t, rest, err);
    if (status != KILN_OK)
        return status;
    t->options.progress = progress_interval(shown);
    status =
        kiln_train(t->device, t->network, &t->samples, t->train, t->validation, &t->options, report, shown, &result->trained, err);
    if (status == KILN_OK)
        status = target_fold(&t->scale, t->network, err);
    if (status == KILN_OK)
        status = kiln_evaluate(t->device, t->network, kiln_data_samples(t->data), held_out, t->options.loss, interrupt_flag(),
                               &result->held_out, err);
    result->samples = t->train.count;
    if (status == KILN_OK && held_out.count == 1)
        forget_r2(&result->held_out);
    return status;
}

/* fold  (samples) the fold that each is held out in. */
static kiln_status run_fold(const training *whole, const uint32_t *fold, uint32_t which, progress *shown, fold_result *result,
                            kiln_error *err)
{
    training t = { .arguments = whole->arguments, .device = whole->device, .from = whole->from, .data = whole->data };
    kiln_data *own = NULL;
    kiln_subset rest, held_out;
    kiln_status status = kiln_fold(kiln_data_samples(t.data)->count, fold, which, &rest, &held_out, err);
    if (status == KILN_OK && whole->unfilled)
        status = kiln_data_copy(whole->unfilled, &own, err);
    if (own)
        t.data = own;
    if (status == KILN_OK)
        status = train_and_measure(&t, rest, held_out, shown, result, err);
    setup_part_free(&t);
    kiln_data_free(own);
    free((void *)rest.rows);
    free((void *)held_out.rows);
    return status;
}

/* The message with its fold in front. After Ctrl-C there is only that to say: the weights of half a fold are of no use. */
static kiln_status fail_in_fold(kiln_status status, size_t which, size_t folds, kiln_error *err)
{
    const kiln_error cause = *err;
    if (status == KILN_EINTERRUPTED)
        return fail(err, status, "interrupted in fold %zu of %zu", which, folds);
    return fail(err, status, "fold %zu of %zu: %s", which, folds, cause.message);
}

kiln_status cross_validation_run(const training *whole, cross_validation *made, kiln_error *err)
{
    const train_arguments *a = whole->arguments;
    const kiln_samples *samples = kiln_data_samples(whole->data);
    progress shown;
    *made = (cross_validation){ .folds = a->folds };
    uint32_t *fold = calloc(samples->count, sizeof *fold);
    kiln_status status = KILN_OK;
    if (!fold)
        status = fail(err, KILN_ENOMEM, "no memory left for the folds of %zu samples", samples->count);
    if (status == KILN_OK)
        status = kiln_folds(samples, a->folds, a->seed, fold, err);
    if (status != KILN_OK)
        goto done;
    made->fold = calloc(a->folds, sizeof *made->fold);
    if (!made->fold) {
        status = fail(err, KILN_ENOMEM, "no memory left for %zu folds", a->folds);
        goto done;
    }
    progress_begin(&shown, a->quiet);
    while (status == KILN_OK && made->done < a->folds) {
        const size_t which = made->done;
        progress_fold(&shown, which + 1, a->folds);
        status = run_fold(whole, fold, (uint32_t)which, &shown, &made->fold[which], err);
        if (status == KILN_OK)
            made->done++;
        else
            status = fail_in_fold(status, which + 1, a->folds, err);
    }
    progress_end(&shown);
done:
    free(fold);
    return status;
}

void cross_validation_free(cross_validation *made)
{
    for (size_t i = 0; made->fold && i < made->folds; i++)
        kiln_metrics_free(&made->fold[i].held_out);
    free(made->fold);
    *made = (cross_validation){ 0 };
}

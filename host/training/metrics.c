/* Using a trained network: how good it is, and what it says. */
#include "training/metrics.h"

#include "base/memory.h"
#include "base/status.h"
#include "network/loss.h"
#include "training/samples.h"
#include "training/weights.h"

#include <kiln/evaluation.h>

#include <math.h>
#include <stdlib.h>

/* One walk over a subset, block by block, on a device or the reference. */
typedef struct walk {
    kiln_device *own; /* opened here */
    plan *plan;
    size_t block;
    double weights; /* the samples' sum */
    kiln_stop *stop;
} walk;

static void walk_end(walk *w)
{
    if (w->plan)
        w->plan->ops->destroy(w->plan);
    kiln_device_close(w->own);
}

static kiln_status walk_begin(walk *w, kiln_device *device, const kiln_network *network, const kiln_samples *samples,
                              kiln_subset subset, kiln_loss loss, kiln_error *err)
{
    kiln_status status = device ? KILN_OK : kiln_device_open("reference", NULL, &w->own, err);
    if (status != KILN_OK)
        return status;
    const kiln_device *on = device ? device : w->own;
    w->block = evaluation_block(network);
    const size_t batch = w->block < 1024 ? w->block : 1024;
    const plan_spec spec = {
        .network = network, .batch = batch < subset.count ? batch : subset.count, .loss = loss, .stop = w->stop
    };
    status = on->ops->plan(device ? device : w->own, &spec, &w->plan, err);
    if (status == KILN_OK)
        status = on->ops->attach(w->plan, samples, err);
    if (status == KILN_OK)
        status = on->ops->write(w->plan, PLAN_PARAMETERS, network->parameters, err);
    return status == KILN_OK ? on->ops->order(w->plan, PLAN_EVALUATE, subset.rows, subset.count, err) : status;
}

static kiln_status walk_block(walk *w, size_t first, size_t count, const evaluation *into, kiln_error *err)
{
    const kiln_status status = stop_check(w->stop, err);
    return status == KILN_OK ? w->plan->ops->evaluate(w->plan, first, count, into, err) : status;
}

kiln_status evaluate_samples(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                             kiln_loss loss, kiln_stop *stop, const evaluation *into, kiln_error *err)
{
    const size_t out = network->widths[network->layers];
    walk w = { .stop = stop };
    kiln_status status = walk_begin(&w, device, network, samples, subset, loss, err);
    for (size_t first = 0; status == KILN_OK && first < subset.count; first += w.block) {
        const size_t count = subset.count - first < w.block ? subset.count - first : w.block;
        const evaluation block = {
            .loss = into->loss ? into->loss + first : NULL,
            .predicted = into->predicted ? into->predicted + first : NULL,
            .outputs = into->outputs ? into->outputs + first * out : NULL,
        };
        status = walk_block(&w, first, count, &block, err);
    }
    walk_end(&w);
    return status;
}

kiln_status kiln_predict(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                         kiln_stop *stop, double *y, kiln_error *err)
{
    const kiln_status status = samples_check(network, samples, subset, err);
    if (status != KILN_OK || subset.count == 0)
        return status;
    return evaluate_samples(device, network, samples, subset, KILN_LOSS_AUTO, stop, &(evaluation){ .outputs = y }, err);
}

kiln_status kiln_sample_losses(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                               kiln_loss loss, kiln_stop *stop, double *losses, kiln_error *err)
{
    const kiln_status status = evaluation_check(network, samples, subset, loss, err);
    if (status != KILN_OK)
        return status;
    loss = kiln_loss_resolve(loss, network, samples);
    return evaluate_samples(device, network, samples, subset, loss, stop, &(evaluation){ .loss = losses }, err);
}

/* --- classification */

static double ratio(size_t part, size_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0.0;
}

/* From the confusion matrix: precision is right / predicted as the class, recall right / of the class, f1 2 right / both. The mean
 * f1 is that of the classes that occur, which one of the samples has or is predicted to have. */
static void score_classes(kiln_metrics *m)
{
    const size_t classes = m->classes;
    size_t occurring = 0;
    double f1 = 0.0;
    for (size_t c = 0; c < classes; c++) {
        const size_t right = m->confusion[c * classes + c];
        size_t predicted = 0, actual = 0;
        for (size_t i = 0; i < classes; i++) {
            predicted += m->confusion[i * classes + c];
            actual += m->confusion[c * classes + i];
        }
        m->precision[c] = ratio(right, predicted);
        m->recall[c] = ratio(right, actual);
        m->f1[c] = ratio(2 * right, predicted + actual);
        occurring += predicted + actual > 0;
        f1 += m->f1[c];
    }
    m->macro_f1 = f1 / (double)occurring;
}

static kiln_status measure_classes(walk *w, const kiln_samples *samples, kiln_subset subset, kiln_metrics *m, kiln_error *err)
{
    const size_t classes = samples->classes;
    size_t cells;
    double *losses = mem_alloc(w->block, sizeof *losses);
    int32_t *predicted = mem_alloc(w->block, sizeof *predicted);
    double right = 0.0;
    kiln_status status = KILN_OK;
    m->classes = classes;
    m->confusion = size_product(classes, classes, &cells) ? mem_zeroed(cells, sizeof *m->confusion) : NULL;
    m->precision = mem_alloc(classes, sizeof *m->precision);
    m->recall = mem_alloc(classes, sizeof *m->recall);
    m->f1 = mem_alloc(classes, sizeof *m->f1);
    if (!losses || !predicted || !m->confusion || !m->precision || !m->recall || !m->f1) {
        status = kiln_fail_memory(err, 0, "the metrics");
        goto done;
    }
    for (size_t first = 0; first < subset.count; first += w->block) {
        const size_t count = subset.count - first < w->block ? subset.count - first : w->block;
        status = walk_block(w, first, count, &(evaluation){ .loss = losses, .predicted = predicted }, err);
        if (status != KILN_OK)
            goto done;
        for (size_t i = 0; i < count; i++) {
            const size_t row = subset_row(subset, first + i), label = (size_t)samples->labels[row], said = (size_t)predicted[i];
            m->confusion[label * classes + said]++;
            right += said == label ? weight_of(samples, row) : 0.0;
            m->loss += weight_of(samples, row) * losses[i];
        }
    }
    score_classes(m);
    m->accuracy = right / w->weights;
done:
    free(losses);
    free(predicted);
    return status;
}

/* --- regression */

/* Sums over the samples by weight, one a target: its mean, (t - mean)^2, (y - t)^2 and |y - t|. */
typedef struct target_sums {
    double *mean, *spread, *error, *absolute;
} target_sums;

static void sum_spread(const kiln_samples *samples, kiln_subset subset, size_t out, double weights, const target_sums *sums)
{
    const float *first = samples->y + subset_row(subset, 0) * out;
    for (size_t i = 0; i < subset.count; i++)
        for (size_t o = 0; o < out; o++) {
            const size_t row = subset_row(subset, i);
            sums->mean[o] += weight_of(samples, row) * ((double)samples->y[row * out + o] - (double)first[o]);
        }
    for (size_t o = 0; o < out; o++) /* of a target that never varies, exactly its value */
        sums->mean[o] = (double)first[o] + sums->mean[o] / weights;
    for (size_t i = 0; i < subset.count; i++)
        for (size_t o = 0; o < out; o++) {
            const size_t row = subset_row(subset, i);
            const double d = (double)samples->y[row * out + o] - sums->mean[o];
            sums->spread[o] += weight_of(samples, row) * d * d;
        }
}

/* 1 - error / spread; of a target that never varies 1 where it is met exactly and else 0, as scikit-learn has it. */
static double r2_of(double error, double spread)
{
    if (spread > 0.0)
        return 1.0 - error / spread;
    return error > 0.0 ? 0.0 : 1.0;
}

static void score_targets(size_t out, double weights, const target_sums *sums, kiln_metrics *m)
{
    const double values = weights * (double)out;
    double squares = 0.0, absolute = 0.0;
    for (size_t o = 0; o < out; o++) {
        squares += sums->error[o];
        absolute += sums->absolute[o];
        m->output[o] = (kiln_output_metrics){ .rmse = sqrt(sums->error[o] / weights),
                                              .mae = sums->absolute[o] / weights,
                                              .r2 = r2_of(sums->error[o], sums->spread[o]) };
        m->r2 += m->output[o].r2 / (double)out;
    }
    m->rmse = sqrt(squares / values);
    m->mae = absolute / values;
}

static kiln_status measure_targets(walk *w, const kiln_samples *samples, kiln_subset subset, kiln_metrics *m, kiln_error *err)
{
    const size_t out = samples->outputs;
    kiln_status status = KILN_OK;
    size_t values;
    double *losses = mem_alloc(w->block, sizeof *losses);
    double *y = size_product(w->block, out, &values) ? mem_alloc(values, sizeof *y) : NULL;
    const target_sums sums = { mem_zeroed(out, sizeof(double)), mem_zeroed(out, sizeof(double)), mem_zeroed(out, sizeof(double)),
                               mem_zeroed(out, sizeof(double)) };
    m->outputs = out;
    m->output = mem_zeroed(out, sizeof *m->output);
    if (!losses || !y || !sums.mean || !sums.spread || !sums.error || !sums.absolute || !m->output) {
        status = kiln_fail_memory(err, 0, "the metrics");
        goto done;
    }
    sum_spread(samples, subset, out, w->weights, &sums);
    for (size_t first = 0; first < subset.count; first += w->block) {
        const size_t count = subset.count - first < w->block ? subset.count - first : w->block;
        status = walk_block(w, first, count, &(evaluation){ .loss = losses, .outputs = y }, err);
        if (status != KILN_OK)
            goto done;
        for (size_t i = 0; i < count * out; i++) {
            const size_t row = subset_row(subset, first + i / out);
            const double e = y[i] - (double)samples->y[row * out + i % out], weight = weight_of(samples, row);
            sums.error[i % out] += weight * e * e;
            sums.absolute[i % out] += weight * fabs(e);
        }
        for (size_t i = 0; i < count; i++)
            m->loss += weight_of(samples, subset_row(subset, first + i)) * losses[i];
    }
    score_targets(out, w->weights, &sums, m);
done:
    free(losses);
    free(y);
    free(sums.mean);
    free(sums.spread);
    free(sums.error);
    free(sums.absolute);
    return status;
}

/* --- multi-label */

/* Of one label's [has it][predicted to have it]. */
static void score_label(const size_t *of, double *precision, double *recall, double *f1)
{
    *precision = ratio(of[3], of[3] + of[1]);
    *recall = ratio(of[3], of[3] + of[2]);
    *f1 = ratio(2 * of[3], 2 * of[3] + of[1] + of[2]);
}

static void score_labels(kiln_metrics *m)
{
    size_t all[4] = { 0 };
    double precision, recall;
    for (size_t l = 0; l < m->labels; l++) {
        score_label(m->confusion + 4 * l, &m->precision[l], &m->recall[l], &m->f1[l]);
        m->macro_f1 += m->f1[l] / (double)m->labels;
        for (size_t i = 0; i < 4; i++)
            all[i] += m->confusion[4 * l + i];
    }
    score_label(all, &precision, &recall, &m->micro_f1);
    m->hamming_loss = ratio(all[1] + all[2], all[0] + all[1] + all[2] + all[3]);
}

/* Counts one sample's labels; whether all were predicted. */
static bool count_labels(const float *truth, const double *y, kiln_metrics *m)
{
    bool right = true;
    for (size_t l = 0; l < m->labels; l++) {
        const size_t has = truth[l] >= 0.5f, said = (size_t)kiln_predicted_class(1, y + l);
        m->confusion[4 * l + 2 * has + said]++;
        right = right && has == said;
    }
    return right;
}

static kiln_status measure_labels(walk *w, const kiln_samples *samples, kiln_subset subset, kiln_metrics *m, kiln_error *err)
{
    const size_t labels = samples->outputs;
    kiln_status status = KILN_OK;
    size_t values, cells;
    double right = 0.0;
    double *losses = mem_alloc(w->block, sizeof *losses);
    double *y = size_product(w->block, labels, &values) ? mem_alloc(values, sizeof *y) : NULL;
    m->labels = labels;
    m->confusion = size_product(labels, 4, &cells) ? mem_zeroed(cells, sizeof *m->confusion) : NULL;
    m->precision = mem_alloc(labels, sizeof *m->precision);
    m->recall = mem_alloc(labels, sizeof *m->recall);
    m->f1 = mem_alloc(labels, sizeof *m->f1);
    if (!losses || !y || !m->confusion || !m->precision || !m->recall || !m->f1) {
        status = kiln_fail_memory(err, 0, "the metrics");
        goto done;
    }
    for (size_t first = 0; first < subset.count; first += w->block) {
        const size_t count = subset.count - first < w->block ? subset.count - first : w->block;
        status = walk_block(w, first, count, &(evaluation){ .loss = losses, .outputs = y }, err);
        if (status != KILN_OK)
            goto done;
        for (size_t i = 0; i < count; i++) {
            const size_t row = subset_row(subset, first + i);
            right += count_labels(samples->y + row * labels, y + i * labels, m) ? weight_of(samples, row) : 0.0;
            m->loss += weight_of(samples, row) * losses[i];
        }
    }
    score_labels(m);
    m->accuracy = right / w->weights;
done:
    free(losses);
    free(y);
    return status;
}

kiln_status evaluation_check(const kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_loss loss,
                             kiln_error *err)
{
    const bool labels = network->schema.task == KILN_MULTILABEL && !samples->labels;
    if (subset.count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no samples to evaluate, should be at least one");
    kiln_status status = loss_check(loss, network, samples, err);
    if (status == KILN_OK && samples->labels && samples->classes < 2) /* a single output says 0 or 1 */
        status = kiln_fail(err, KILN_EINVAL, "the samples have a single class, there should be at least two to tell apart");
    if (status == KILN_OK)
        status = samples_check(network, samples, subset, err);
    if (status == KILN_OK)
        status = targets_check(kiln_loss_resolve(loss, network, samples), samples, subset, err);
    return status == KILN_OK && labels ? labels_check(samples, subset, err) : status;
}

kiln_status kiln_evaluate(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                          kiln_loss loss, kiln_stop *stop, kiln_metrics *metrics, kiln_error *err)
{
    walk w = { .stop = stop };
    kiln_metrics m = { .count = subset.count, .weighted = samples->weight != NULL };
    const bool labels = network->schema.task == KILN_MULTILABEL && !samples->labels;
    kiln_status status = evaluation_check(network, samples, subset, loss, err);
    if (status == KILN_OK)
        status = weights_check(samples, subset, "evaluated", err);
    if (status != KILN_OK)
        return status;
    w.weights = weight_sum(samples, subset);
    status = walk_begin(&w, device, network, samples, subset, kiln_loss_resolve(loss, network, samples), err);
    if (status == KILN_OK)
        status = (samples->labels ? measure_classes : labels ? measure_labels : measure_targets)(&w, samples, subset, &m, err);
    walk_end(&w);
    if (status != KILN_OK) {
        kiln_metrics_free(&m);
        return status;
    }
    m.loss /= w.weights;
    *metrics = m;
    return KILN_OK;
}

void kiln_metrics_free(kiln_metrics *metrics)
{
    if (!metrics)
        return;
    free(metrics->confusion);
    free(metrics->precision);
    free(metrics->recall);
    free(metrics->f1);
    free(metrics->output);
    *metrics = (kiln_metrics){ 0 };
}

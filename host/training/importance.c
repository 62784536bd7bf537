/* Permutation importance: what a network loses when a column of its table is shuffled. */
#include "base/memory.h"
#include "base/random.h"
#include "base/status.h"
#include "network/schema.h"
#include "training/metrics.h"
#include "training/samples.h"

#include <kiln/evaluation.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS = 5, COPIES_MOST = 1 << 26 /* bytes of shuffled copies that are evaluated together */ };

/* Copies of the subset, one below the other, each with one column in another order. */
typedef struct copies {
    const kiln_samples *samples;
    kiln_subset subset;
    size_t most;        /* copies there is room for */
    size_t row;         /* bytes of one sample */
    unsigned char *x;   /* (most, subset.count) rows */
    int32_t *labels;    /* (most, subset.count), or NULL */
    float *y;           /* (most, subset.count, outputs), or NULL */
    double *loss;       /* (most, subset.count) */
    int32_t *predicted; /* (most, subset.count), or NULL */
    uint32_t *order;    /* (subset.count) */
} copies;

static void copies_free(copies *c)
{
    free(c->x);
    free(c->labels);
    free(c->y);
    free(c->loss);
    free(c->predicted);
    free(c->order);
}

static size_t value_bytes(const kiln_samples *samples)
{
    return samples->element == KILN_ELEMENT_U8 ? 1 : sizeof(float);
}

/* Targets are the same in every copy; x is written for each. */
static void copy_targets(copies *c)
{
    const kiln_samples *s = c->samples;
    for (size_t i = 0; i < c->most * c->subset.count; i++) {
        const size_t row = subset_row(c->subset, i % c->subset.count);
        if (c->labels)
            c->labels[i] = s->labels[row];
        for (size_t o = 0; c->y && o < s->outputs; o++)
            c->y[i * s->outputs + o] = s->y[row * s->outputs + o];
    }
}

static kiln_status copies_make(copies *c, size_t wanted, kiln_error *err)
{
    const kiln_samples *s = c->samples;
    size_t bytes = 0, rows = 0, values = 0;
    const bool fits = size_product(s->features, value_bytes(s), &c->row) && size_product(c->row, c->subset.count, &bytes);
    const size_t room = fits && bytes > 0 && bytes < COPIES_MOST ? COPIES_MOST / bytes : 1;
    c->most = room < wanted ? room : wanted;
    if (fits && size_product(c->most, c->subset.count, &rows) && size_product(rows, s->outputs, &values)) {
        c->x = mem_alloc(rows, c->row);
        c->loss = mem_alloc(rows, sizeof *c->loss);
        c->order = mem_alloc(c->subset.count, sizeof *c->order);
        c->labels = s->labels ? mem_alloc(rows, sizeof *c->labels) : NULL;
        c->predicted = s->labels ? mem_alloc(rows, sizeof *c->predicted) : NULL;
        c->y = s->labels ? NULL : mem_alloc(values, sizeof *c->y);
    }
    if (!c->x || !c->loss || !c->order || (s->labels ? !c->labels || !c->predicted : !c->y))
        return kiln_fail_memory(err, bytes, "shuffled copies of the samples");
    copy_targets(c);
    return KILN_OK;
}

/* Copy `at`: the subset, with the values of `column` taken from the rows of the order. */
static void write_copy(copies *c, size_t at, const kiln_column_importance *column)
{
    const unsigned char *from = c->samples->x;
    const size_t bytes = value_bytes(c->samples), first = column->feature * bytes, width = column->features * bytes;
    for (size_t i = 0; i < c->subset.count; i++) {
        unsigned char *to = c->x + (at * c->subset.count + i) * c->row;
        memcpy(to, from + subset_row(c->subset, i) * c->row, c->row);
        memcpy(to + first, from + subset_row(c->subset, c->order[i]) * c->row + first, width);
    }
}

/* Mean loss and accuracy of copy `at`. */
static void score_copy(const copies *c, size_t at, double *loss, double *accuracy)
{
    const size_t begin = at * c->subset.count, end = begin + c->subset.count;
    double right = 0.0;
    *loss = 0.0;
    for (size_t i = begin; i < end; i++) {
        *loss += c->loss[i] / (double)c->subset.count;
        right += c->predicted && c->predicted[i] == c->labels[i];
    }
    *accuracy = c->predicted ? right / (double)c->subset.count : NAN;
}

static kiln_status evaluate_copies(copies *c, size_t count, kiln_device *device, const kiln_network *network,
                                   const kiln_importance_options *o, kiln_error *err)
{
    kiln_samples samples = *c->samples;
    samples.count = count * c->subset.count;
    samples.x = c->x;
    samples.labels = c->labels;
    samples.y = c->y;
    samples.weight = NULL;
    const kiln_subset all = { NULL, samples.count };
    const kiln_status status = samples_check(network, &samples, all, err);
    if (status != KILN_OK)
        return status;
    const evaluation into = { .loss = c->loss, .predicted = c->predicted };
    return evaluate_samples(device, network, &samples, all, o->loss, o->stop, &into, err);
}

/* The columns of the network's schema; without one, features. NULL without memory. */
static kiln_column_importance *find_columns(const kiln_network *network, size_t *columns)
{
    const kiln_schema *schema = kiln_network_schema(network);
    const size_t width = network->widths[0];
    size_t features;
    const bool known = schema->columns > 0 && schema_features(schema, &features) && features == width;
    *columns = known ? schema->columns : width;
    kiln_column_importance *column = mem_zeroed(*columns, sizeof *column);
    for (size_t c = 0, at = 0; column && c < *columns; c++) {
        column[c].feature = at;
        column[c].features = known ? column_features(&schema->column[c]) : 1;
        at += column[c].features;
    }
    return column;
}

/* Adds what copies `from` to `from` + `count` of all columns * repeats showed: sums, and sums of squares in the deviations. */
static void add_scores(const copies *c, size_t from, size_t count, size_t repeats, kiln_importance *into)
{
    for (size_t at = 0; at < count; at++) {
        kiln_column_importance *column = &into->column[(from + at) / repeats];
        double loss, accuracy;
        score_copy(c, at, &loss, &accuracy);
        const double rise = loss - into->loss, drop = into->accuracy - accuracy;
        column->loss_rise += rise;
        column->loss_deviation += rise * rise;
        column->accuracy_drop += drop;
        column->accuracy_deviation += drop * drop;
    }
}

/* Sum and sum of squares to mean and standard deviation. */
static void finish(double *sum, double *squares, size_t repeats)
{
    const double mean = *sum / (double)repeats, variance = *squares / (double)repeats - mean * mean;
    *sum = mean;
    *squares = isnan(variance) ? variance : sqrt(fmax(variance, 0.0));
}

static kiln_status measure(copies *c, kiln_device *device, const kiln_network *network, const kiln_importance_options *o,
                           kiln_importance *into, kiln_error *err)
{
    const kiln_column_importance nothing = { 0 };
    const size_t wanted = into->columns * o->repeats;
    for (size_t i = 0; i < c->subset.count; i++)
        c->order[i] = (uint32_t)i;
    write_copy(c, 0, &nothing);
    kiln_status status = evaluate_copies(c, 1, device, network, o, err);
    if (status == KILN_OK)
        score_copy(c, 0, &into->loss, &into->accuracy);
    for (size_t from = 0; status == KILN_OK && from < wanted; from += c->most) {
        const size_t count = wanted - from < c->most ? wanted - from : c->most;
        for (size_t at = 0; at < count; at++) {
            for (size_t i = 0; i < c->subset.count; i++)
                c->order[i] = (uint32_t)i;
            random_shuffle(o->seed, PHILOX_IMPORTANCE, from + at, c->order, c->subset.count);
            write_copy(c, at, &into->column[(from + at) / o->repeats]);
        }
        status = evaluate_copies(c, count, device, network, o, err);
        if (status == KILN_OK)
            add_scores(c, from, count, o->repeats, into);
    }
    for (size_t i = 0; status == KILN_OK && i < into->columns; i++) {
        finish(&into->column[i].loss_rise, &into->column[i].loss_deviation, o->repeats);
        finish(&into->column[i].accuracy_drop, &into->column[i].accuracy_deviation, o->repeats);
    }
    return status;
}

kiln_status kiln_permutation_importance(kiln_device *device, const kiln_network *network, const kiln_samples *samples,
                                        kiln_subset subset, const kiln_importance_options *options, kiln_importance *importance,
                                        kiln_error *err)
{
    kiln_importance_options o = options ? *options : (kiln_importance_options){ 0 };
    copies c = { .samples = samples, .subset = subset };
    kiln_importance found = { 0 };
    kiln_status status = evaluation_check(network, samples, subset, o.loss, err);
    if (status != KILN_OK)
        return status;
    o.loss = kiln_loss_resolve(o.loss, network, samples);
    o.repeats = o.repeats ? o.repeats : REPEATS;
    found.column = find_columns(network, &found.columns);
    if (!found.column)
        return kiln_fail_memory(err, 0, "the columns' importance");
    size_t wanted;
    status = size_product(found.columns, o.repeats, &wanted) ? copies_make(&c, wanted, err)
                                                             : kiln_fail_memory(err, 0, "shuffled copies of the samples");
    if (status == KILN_OK)
        status = measure(&c, device, network, &o, &found, err);
    copies_free(&c);
    if (status == KILN_OK)
        *importance = found;
    else
        kiln_importance_free(&found);
    return status;
}

void kiln_importance_free(kiln_importance *importance)
{
    if (!importance)
        return;
    free(importance->column);
    *importance = (kiln_importance){ 0 };
}

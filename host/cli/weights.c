/* What samples and classes weigh in a training, as text and as JSON. */
#include "weights.h"

#include "output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct range {
    double least, most;
} range;

static range widen(range r, double value)
{
    return (range){ fmin(r.least, value), fmax(r.most, value) };
}

static range sample_range(const training *t)
{
    range r = { INFINITY, 0.0 };
    for (size_t i = 0; i < t->train.count; i++)
        r = widen(r, (double)t->samples.weight[t->train.rows ? t->train.rows[i] : i]);
    return r;
}

/* (classes) freed by the caller; NULL where classes weigh the same, and without memory. */
static double *balance(const training *t)
{
    const bool balanced = t->options.class_weight == KILN_CLASS_WEIGHT_BALANCED;
    double *weight = balanced ? calloc(t->samples.classes, sizeof *weight) : NULL;
    if (weight && kiln_balanced_weights(&t->samples, t->train, weight, NULL) != KILN_OK) {
        free(weight);
        return NULL;
    }
    return weight;
}

void weights_text(const training *t, char text[WEIGHTS_TEXT])
{
    double *weight = balance(t);
    int used = 0;
    text[0] = '\0';
    if (t->samples.weight) {
        const range r = sample_range(t);
        used = snprintf(text, WEIGHTS_TEXT, "column '%.200s', %.4g to %.4g%s", t->arguments->weights, r.least, r.most,
                        weight ? "; " : "");
    }
    if (!weight)
        return;
    range r = { INFINITY, 0.0 };
    for (size_t c = 0; c < t->samples.classes; c++)
        if (weight[c] > 0.0)
            r = widen(r, weight[c]);
    snprintf(text + used, (size_t)(WEIGHTS_TEXT - used), "classes balanced, %.4g to %.4g", r.least, r.most);
    free(weight);
}

json_t *weights_json(const training *t)
{
    if (!t->samples.weight)
        return json_null();
    const range r = sample_range(t);
    json_t *object = json_object();
    json_object_set_new(object, "column", text_or_null(t->arguments->weights));
    json_object_set_new(object, "least", json_real(r.least));
    json_object_set_new(object, "most", json_real(r.most));
    return object;
}

json_t *class_weights_json(const training *t)
{
    double *weight = balance(t);
    if (!weight)
        return json_null();
    json_t *array = json_array();
    for (size_t c = 0; c < t->samples.classes; c++)
        json_array_append_new(array, json_real(weight[c]));
    free(weight);
    return array;
}

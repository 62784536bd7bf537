/* What a cross-validation found. A figure is a row of its task's table: the texts and the JSON follow from it. */
#include "cross_validation_report.h"

#include "output.h"
#include "report.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 14 };

typedef struct figure {
    const char *key, *label; /* in JSON, and for people; NULL past the last */
    size_t offset;           /* in kiln_metrics; of a single target in kiln_output_metrics */
    const char *format;      /* of value * factor */
    double factor;
} figure;

#define OFFSET(name) offsetof(kiln_metrics, name)

static const figure of_classes[] = {
    { "accuracy", "accuracy", OFFSET(accuracy), "%.2f %%", 100.0 },
    { "macro_f1", "macro F1", OFFSET(macro_f1), "%.4f", 1.0 },
    { "loss", "loss", OFFSET(loss), "%.4g", 1.0 },
    { 0 },
};
static const figure of_labels[] = {
    { "accuracy", "subset acc.", OFFSET(accuracy), "%.2f %%", 100.0 },
    { "hamming_loss", "Hamming loss", OFFSET(hamming_loss), "%.4f", 1.0 },
    { "micro_f1", "micro F1", OFFSET(micro_f1), "%.4f", 1.0 },
    { "macro_f1", "macro F1", OFFSET(macro_f1), "%.4f", 1.0 },
    { "loss", "loss", OFFSET(loss), "%.4g", 1.0 },
    { 0 },
};
static const figure of_numbers[] = {
    { "rmse", "RMSE", OFFSET(rmse), "%.6g", 1.0 },
    { "mae", "MAE", OFFSET(mae), "%.6g", 1.0 },
    { "r2", "R2", OFFSET(r2), "%.4f", 1.0 },
    { "loss", "loss", OFFSET(loss), "%.4g", 1.0 },
    { 0 },
};
static const figure of_one_target[] = {
    { "rmse", "RMSE", offsetof(kiln_output_metrics, rmse), "%.6g", 1.0 },
    { "mae", "MAE", offsetof(kiln_output_metrics, mae), "%.6g", 1.0 },
    { "r2", "R2", offsetof(kiln_output_metrics, r2), "%.4f", 1.0 },
    { 0 },
};

/* The figures of folds, one of which is done. */
static const figure *figures_of(const cross_validation *made)
{
    const kiln_metrics *m = &made->fold[0].held_out;
    return m->labels ? of_labels : m->classes ? of_classes : of_numbers;
}

/* target  NULL: a figure of all; else its place among the outputs. */
static double value_of(const fold_result *fold, const figure *f, const size_t *target)
{
    const kiln_metrics *m = &fold->held_out;
    const char *from = target ? (const char *)&m->output[*target] : (const char *)m;
    return *(const double *)(const void *)(from + f->offset);
}

static double mean_of(const cross_validation *made, const figure *f, const size_t *target)
{
    double sum = 0.0;
    for (size_t i = 0; i < made->done; i++)
        sum += value_of(&made->fold[i], f, target);
    return sum / (double)made->done;
}

/* With n - 1, as an estimate from some folds should be; NaN for one. */
static double deviation_of(const cross_validation *made, const figure *f, const size_t *target)
{
    const double mean = mean_of(made, f, target);
    double squares = 0.0;
    for (size_t i = 0; i < made->done; i++) {
        const double off = value_of(&made->fold[i], f, target) - mean;
        squares += off * off;
    }
    return made->done > 1 ? sqrt(squares / ((double)made->done - 1.0)) : NAN;
}

/* --- text */

static void value_text(const figure *f, double value, char text[32])
{
    if (isfinite(value))
        snprintf(text, 32, f->format, value * f->factor); /* one of the formats above */
    else
        snprintf(text, 32, "-");
}

static void print_value(const figure *f, double value)
{
    char text[32];
    value_text(f, value, text);
    printf("%*s", CELL, text);
}

static void print_fold(const cross_validation *made, size_t which)
{
    const fold_result *fold = &made->fold[which];
    printf("%4zu %9zu %9zu %7zu", which + 1, fold->samples, fold->held_out.count, fold->trained.best_epoch);
    for (const figure *f = figures_of(made); f->key; f++)
        print_value(f, value_of(fold, f, NULL));
    putchar('\n');
}

/* All samples that were held out, together. NULL where there are no classes, or no memory for it. */
static size_t *sum_confusion(const cross_validation *made)
{
    const size_t classes = made->fold[0].held_out.classes;
    size_t *sum = classes ? calloc(classes, classes * sizeof *sum) : NULL; /* as large as each fold's own */
    for (size_t i = 0; sum && i < made->done; i++)
        for (size_t c = 0; c < classes * classes; c++)
            sum[c] += made->fold[i].held_out.confusion[c];
    return sum;
}

void cross_validation_print(const cross_validation *made, const kiln_schema *schema)
{
    if (made->done == 0)
        return;
    fflush(stderr);
    printf("%4s %9s %9s %7s", "fold", "trained", "held out", "epochs");
    for (const figure *f = figures_of(made); f->key; f++)
        printf("%*s", CELL, f->label);
    putchar('\n');
    for (size_t i = 0; i < made->done; i++)
        print_fold(made, i);
    printf("%-32s", "mean");
    for (const figure *f = figures_of(made); f->key; f++)
        print_value(f, mean_of(made, f, NULL));
    printf("\n%-32s", "+- (standard deviation, n - 1)");
    for (const figure *f = figures_of(made); f->key; f++)
        print_value(f, deviation_of(made, f, NULL));
    putchar('\n');
    size_t *confusion = sum_confusion(made);
    if (confusion)
        print_confusion(&(kiln_metrics){ .classes = made->fold[0].held_out.classes, .confusion = confusion }, schema);
    free(confusion);
    putchar('\n');
    fflush(stdout); /* before the network that is kept has its progress shown */
}

void cross_validation_line(const cross_validation *made, char text[CROSS_VALIDATION_LINE])
{
    char mean[32], deviation[32];
    snprintf(text, CROSS_VALIDATION_LINE, "%zu of %zu folds", made->done, made->folds);
    for (const figure *f = made->done ? figures_of(made) : NULL; f && f->key; f++) {
        const size_t used = strlen(text);
        value_text(f, mean_of(made, f, NULL), mean);
        value_text(f, deviation_of(made, f, NULL), deviation);
        snprintf(text + used, CROSS_VALIDATION_LINE - used, "%s %s %s +- %s", f == figures_of(made) ? ":" : ",", f->label, mean,
                 deviation);
    }
}

/* --- JSON */

/* {"accuracy": {"folds": [...], "mean": ..., "std": ...}, ...} into an object. */
static void add_figures(json_t *object, const cross_validation *made, const figure *figures, const size_t *target)
{
    for (const figure *f = figures; f->key; f++) {
        json_t *one = json_object(), *each = json_array();
        for (size_t i = 0; i < made->done; i++)
            json_array_append_new(each, number_or_null(value_of(&made->fold[i], f, target)));
        json_object_set_new(one, "folds", each);
        json_object_set_new(one, "mean", number_or_null(mean_of(made, f, target)));
        json_object_set_new(one, "std", number_or_null(deviation_of(made, f, target)));
        json_object_set_new(object, f->key, one);
    }
}

static json_t *targets_figures_json(const cross_validation *made)
{
    json_t *list = json_array();
    for (size_t target = 0; target < made->fold[0].held_out.outputs; target++) {
        json_t *object = json_object();
        add_figures(object, made, of_one_target, &target);
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *confusion_json(const cross_validation *made)
{
    const size_t classes = made->fold[0].held_out.classes;
    size_t *sum = sum_confusion(made);
    json_t *matrix = json_array();
    for (size_t i = 0; sum && i < classes * classes; i++) {
        if (i % classes == 0)
            json_array_append_new(matrix, json_array());
        json_array_append_new(json_array_get(matrix, i / classes), json_integer((json_int_t)sum[i]));
    }
    free(sum);
    return matrix;
}

json_t *cross_validation_json(const cross_validation *made)
{
    if (!made || made->done == 0)
        return json_null();
    json_t *object = json_object(), *trained = json_array(), *held_out = json_array(), *epochs = json_array(),
           *seconds = json_array();
    for (size_t i = 0; i < made->done; i++) {
        const fold_result *fold = &made->fold[i];
        json_array_append_new(trained, json_integer((json_int_t)fold->samples));
        json_array_append_new(held_out, json_integer((json_int_t)fold->held_out.count));
        json_array_append_new(epochs, json_integer((json_int_t)fold->trained.best_epoch));
        json_array_append_new(seconds, number_or_null(fold->trained.seconds));
    }
    json_object_set_new(object, "folds", json_integer((json_int_t)made->folds));
    json_object_set_new(object, "done", json_integer((json_int_t)made->done));
    json_object_set_new(object, "ddof", json_integer(1));
    json_object_set_new(object, "train_samples", trained);
    json_object_set_new(object, "samples", held_out);
    json_object_set_new(object, "epochs", epochs);
    json_object_set_new(object, "seconds", seconds);
    add_figures(object, made, figures_of(made), NULL);
    if (made->fold[0].held_out.outputs)
        json_object_set_new(object, "per_target", targets_figures_json(made));
    if (made->fold[0].held_out.classes)
        json_object_set_new(object, "confusion", confusion_json(made));
    return object;
}

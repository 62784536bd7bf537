/* The figures of a training, as text and as JSON. */
#include "summary.h"

#include "choices.h"
#include "cross_validation_report.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "report.h"
#include "weights.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHAPE_MOST = 1024, TASK_MOST = 1024, TEXTS_MOST = 4 }; /* text columns that are named */

/* Texts in a column become features of their own: a person should see which, above all where they meant numbers. */
static void announce_text_columns(const kiln_schema *schema)
{
    size_t named = 0;
    char number[24];
    for (size_t c = 0; c < schema->columns; c++) {
        const kiln_column *column = &schema->column[c];
        if (!column->categories)
            continue;
        if (named++ == TEXTS_MOST) {
            fputs(", ...", stderr);
            break;
        }
        snprintf(number, sizeof number, "%zu", c);
        fprintf(stderr, "%s%s (%zu)", named == 1 ? "; one for each text in: " : ", ", column->name ? column->name : number,
                column->categories);
    }
}

static void announce_task(const training *t)
{
    char text[TASK_MOST];
    task_text(t->data, text, sizeof text);
    fprintf(stderr, "%-11s %s%s\n", "task", text,
            kiln_data_schema(t->data)->task == KILN_MULTILABEL && t->arguments->task == KILN_TASK_AUTO
                ? "; inferred: each has two values only"
                : "");
}

/* How many values of each column were missing, and what took their place. */
static void list_missing(const kiln_schema *schema, const size_t *missing)
{
    size_t named = 0;
    for (size_t c = 0; c < schema->columns; c++) {
        const kiln_column *column = &schema->column[c];
        if (!missing[c])
            continue;
        if (named++ == TEXTS_MOST) {
            fputs(", ...", stderr);
            break;
        }
        fputs(named == 1 ? ": " : ", ", stderr);
        if (column->name)
            fprintf(stderr, "%s (%zu) ", column->name, missing[c]);
        else
            fprintf(stderr, "column %zu (%zu) ", c, missing[c]);
        if (column->categories)
            fputs("none of its texts", stderr);
        else
            fprintf(stderr, "%s %g%s", choice_missing((int)schema->missing), (double)column->fill,
                    column->indicator ? " and an indicator" : "");
    }
}

static size_t count_missing(const training *t)
{
    const size_t *missing = kiln_data_get_notes(t->data)->missing;
    size_t values = 0;
    for (size_t c = 0; missing && c < kiln_data_schema(t->data)->columns; c++)
        values += missing[c];
    return values;
}

static void announce_missing(const training *t)
{
    const kiln_schema *schema = kiln_data_schema(t->data);
    const kiln_data_notes *notes = kiln_data_get_notes(t->data);
    const size_t values = count_missing(t);
    if (schema->missing == KILN_MISSING_ERROR)
        return;
    if (schema->missing == KILN_MISSING_DROP) {
        fprintf(stderr, "%-11s %zu row%s with a missing value left out", "missing", notes->dropped, notes->dropped == 1 ? "" : "s");
        if (t->test)
            fprintf(stderr, ", and %zu of %s", kiln_data_get_notes(t->test)->dropped, t->arguments->test);
    } else if (values == 0) {
        fprintf(stderr, "%-11s no value; those of new data become the training samples' %s", "missing",
                choice_missing((int)schema->missing));
    } else {
        fprintf(stderr, "%-11s %zu value%s", "missing", values, values == 1 ? "" : "s");
    }
    if (values > 0)
        list_missing(schema, notes->missing);
    fputc('\n', stderr);
}

/* Samples that are not in memory, and how they are shuffled then. */
static void announce_disk(const training *t)
{
    const kiln_samples *s = &t->samples;
    const double bytes = (double)s->count * (double)s->features * (s->element == KILN_ELEMENT_U8 ? 1.0 : (double)sizeof(float));
    if (s->window == 0)
        return;
    fprintf(stderr, "%-11s %.1f MB of samples, which may have %.1f MB of memory", "on disk", bytes * 1e-6,
            (double)kiln_data_get_notes(t->data)->memory * 1e-6);
    if (!t->arguments->no_shuffle && s->window < t->train.count)
        fprintf(stderr, "; shuffled by blocks of %zu, %zu at a time", s->block, s->window);
    fputc('\n', stderr);
}

static void announce_data(const training *t)
{
    const kiln_schema *schema = kiln_data_schema(t->data);
    const char *file = strcmp(t->arguments->data, "-") == 0 ? "standard input" : t->arguments->data;
    const char *array = kiln_data_array(t->data);
    fprintf(stderr, "%-11s %s: %s%s%zu samples, %zu feature%s", "data", file, array ? array : "", array ? ", " : "",
            t->samples.count, t->samples.features, t->samples.features == 1 ? "" : "s");
    announce_text_columns(schema);
    if (kiln_data_get_notes(t->data)->decimal_commas)
        fputs("; decimal commas", stderr);
    fputc('\n', stderr);
    const size_t ignored = schema->ignored - (t->samples.weight ? 1 : 0); /* the column of weights is not */
    if (ignored)
        fprintf(stderr, "%-11s %zu of the file's columns\n", "ignored", ignored);
    announce_missing(t);
    announce_disk(t);
    announce_task(t);
    if (t->arguments->folds)
        fprintf(stderr, "%-11s %zu networks, each measured on samples held out from it; then the one that is kept\n", "folds",
                t->arguments->folds);
    fprintf(stderr, "%-11s %zu samples to train on, %zu to validate on, seed %llu\n", "split", t->train.count, t->validation.count,
            (unsigned long long)t->arguments->seed);
    if (t->validation.count == 0 && t->arguments->validation > 0.0 && !t->arguments->folds)
        fprintf(stderr, "%-11s too few samples%s to keep any for validation\n", "", t->samples.labels ? " of each class" : "");
}

static void announce_weights(const training *t)
{
    char text[WEIGHTS_TEXT];
    weights_text(t, text);
    if (text[0])
        fprintf(stderr, "%-11s %s\n", "weights", text);
}

static void announce_settings(const kiln_training_options *o)
{
    fprintf(stderr, "%-11s loss %s, %s", "training", kiln_loss_name(o->loss), kiln_optimizer_name(o->optimizer));
    if (o->learning_rate > 0.0)
        fprintf(stderr, " at %g", o->learning_rate);
    fprintf(stderr, ", %s schedule, batches of %zu, %zu epoch%s\n", kiln_schedule_name(o->schedule), o->batch_size, o->epochs,
            o->epochs == 1 ? "" : "s");
}

void summary_announce(const training *t)
{
    const kiln_device_info *device = kiln_device_get_info(t->device);
    const kiln_network_shape shape = kiln_network_get_shape(t->network);
    const bool f64 = kiln_device_get_precision(t->device) == KILN_F64;
    const float *standardised, *scale;
    char text[SHAPE_MOST];
    shape_text(t->network, text, sizeof text);
    kiln_network_get_standardisation(t->network, &standardised, &scale);
    fprintf(stderr, "%-11s %s", "device", device->name);
    if (device->kind != KILN_DEVICE_REFERENCE)
        fprintf(stderr, " (%s, %s)", device_kind_name(device->kind), device->platform);
    fprintf(stderr, ", %s\n", f64 ? "f64" : "f32");
    announce_data(t);
    announce_weights(t);
    fprintf(stderr, "%-11s %s, %s%s%s output%s: %zu parameters\n", "network", text,
            shape.layers > 1 ? kiln_activation_name(shape.hidden) : "", shape.layers > 1 ? ", " : "",
            kiln_activation_name(shape.output), shape.no_bias ? ", no biases" : "", kiln_network_parameters(t->network));
    if (t->from)
        fprintf(stderr, "%-11s %s, whose weights %s\n", "from", t->arguments->from,
                standardised ? "and standardisation these are" : "these are; features are used as they are");
    announce_settings(&t->options);
    if (t->scale.outputs)
        fprintf(stderr, "%-11s targets are standardised while training: the epochs' losses are in those units\n", "");
}

static kiln_status measure(const training *t, const kiln_samples *samples, kiln_subset subset, kiln_metrics *metrics,
                           kiln_error *err)
{
    if (!samples || subset.count == 0)
        return KILN_OK;
    return kiln_evaluate(t->device, t->network, samples, subset, t->options.loss, interrupt_flag(), metrics, err);
}

kiln_status summary_measure(const training *t, figures *measured, kiln_error *err)
{
    const kiln_samples *samples = kiln_data_samples(t->data), *test = setup_test(t);
    kiln_status status = measure(t, samples, t->validation, &measured->validation, err);
    if (status == KILN_OK && test)
        status = measure(t, test, (kiln_subset){ NULL, test->count }, &measured->test, err);
    if (status == KILN_OK && (t->scale.outputs || (!test && t->validation.count == 0)))
        status = measure(t, samples, t->train, &measured->train, err);
    return status;
}

void summary_free(figures *measured)
{
    kiln_metrics_free(&measured->train);
    kiln_metrics_free(&measured->validation);
    kiln_metrics_free(&measured->test);
}

void summary_print(const training *t, const figures *measured)
{
    const kiln_training_result *r = &t->result;
    const kiln_schema *schema = kiln_data_schema(t->data);
    const kiln_metrics *shown = measured->test.count ? &measured->test : &measured->validation;
    fflush(stderr);
    printf("%-11s %zu epoch%s in %.1f s, %.0f samples/s", "trained", r->epochs, r->epochs == 1 ? "" : "s", r->seconds,
           r->samples_per_second);
    if (r->stopped_early)
        printf("; stopped early");
    if (r->best_epoch != r->epochs)
        printf(", weights are those of epoch %zu", r->best_epoch);
    putchar('\n');
    if (measured->train.count && !shown->count)
        print_figures("training", &measured->train);
    if (measured->validation.count)
        print_figures("validation", &measured->validation);
    if (measured->test.count)
        print_figures("test", &measured->test);
    if (shown->count) {
        print_targets(shown, schema);
        print_confusion(shown, schema);
    }
    printf("\n%-11s %s\n", "model", t->model);
}

/* The training samples' figures: measured, or of the last epoch; null where those are of scaled targets. */
static json_t *train_json(const training *t, const figures *measured)
{
    if (measured->train.count)
        return figures_json(&measured->train);
    json_t *object = figures_json(NULL);
    json_object_set_new(object, "samples", json_integer((json_int_t)t->train.count));
    json_object_set_new(object, "loss", t->scale.outputs ? json_null() : number_or_null(t->result.loss));
    return object;
}

/* The validation samples' figures: measured, or as the training that was interrupted knew them. */
static json_t *validation_json(const training *t, const figures *measured)
{
    if (measured->validation.count || t->scale.outputs || t->validation.count == 0)
        return figures_json(measured->validation.count ? &measured->validation : NULL);
    json_t *object = figures_json(NULL);
    json_object_set_new(object, "samples", json_integer((json_int_t)t->validation.count));
    json_object_set_new(object, "loss", number_or_null(t->result.validation_loss));
    json_object_set_new(object, "accuracy", number_or_null(t->result.validation_accuracy));
    return object;
}

/* How missing values were treated, and how many there were. */
static json_t *missing_json(const training *t)
{
    json_t *object = json_object();
    json_object_set_new(object, "how", text_or_null(choice_missing((int)kiln_data_schema(t->data)->missing)));
    json_object_set_new(object, "values_filled", json_integer((json_int_t)count_missing(t)));
    json_object_set_new(object, "test_rows_dropped",
                        t->test ? json_integer((json_int_t)kiln_data_get_notes(t->test)->dropped) : json_null());
    json_object_set_new(object, "rows_dropped", json_integer((json_int_t)kiln_data_get_notes(t->data)->dropped));
    return object;
}

/* The keys are an interface: none is ever renamed or left out. */
json_t *summary_json(const training *t, const figures *measured)
{
    const train_arguments *a = t->arguments;
    const kiln_training_result *r = &t->result;
    const kiln_device_info *device = kiln_device_get_info(t->device);
    const struct {
        const char *key;
        json_t *value;
    } rows[] = {
        { "kiln", json_string(kiln_version()) },
        { "device", text_or_null(device->name) },
        { "platform", text_or_null(device->platform) },
        { "precision", json_string(kiln_device_get_precision(t->device) == KILN_F64 ? "f64" : "f32") },
        { "data", text_or_null(a->data) },
        { "task", json_string(task_name(kiln_data_schema(t->data)->task)) },
        { "features", json_integer((json_int_t)t->samples.features) },
        { "ignored", json_integer((json_int_t)kiln_data_schema(t->data)->ignored) },
        { "missing", missing_json(t) },
        { "on_disk", json_boolean(t->samples.window > 0) },
        { "target", target_json(kiln_data_schema(t->data)) },
        { "targets", targets_json(kiln_data_schema(t->data)) },
        { "classes", classes_json(kiln_data_schema(t->data)) },
        { "weights", weights_json(t) },
        { "class_weights", class_weights_json(t) },
        { "network", shape_json(t->network) },
        { "parameters", json_integer((json_int_t)kiln_network_parameters(t->network)) },
        { "loss_function", json_string(kiln_loss_name(t->options.loss)) },
        { "optimizer", json_string(kiln_optimizer_name(t->options.optimizer)) },
        { "schedule", json_string(kiln_schedule_name(t->options.schedule)) },
        { "batch_size", json_integer((json_int_t)t->options.batch_size) },
        { "seed", json_integer((json_int_t)a->seed) },
        { "epochs", json_integer((json_int_t)r->epochs) },
        { "steps", json_integer((json_int_t)r->steps) },
        { "best_epoch", json_integer((json_int_t)r->best_epoch) },
        { "stopped_early", json_boolean(r->stopped_early) },
        { "interrupted", json_boolean(r->interrupted) },
        { "seconds", number_or_null(r->seconds) },
        { "samples_per_second", number_or_null(r->samples_per_second) },
        { "train", train_json(t, measured) },
        { "validation", validation_json(t, measured) },
        { "test", figures_json(measured->test.count ? &measured->test : NULL) },
        { "cross_validation", cross_validation_json(t->folds) },
        { "model", text_or_null(r->steps > 0 ? t->model : NULL) },
        { "checkpoint", text_or_null(a->checkpoint) },
    };
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        json_object_set_new(object, rows[i].key, rows[i].value);
    return object;
}

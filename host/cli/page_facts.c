/* "What was run", for the page. */
#include "page_facts.h"

#include "choices.h"
#include "cross_validation_report.h"
#include "html.h"
#include "report.h"
#include "weights.h"

#include <string.h>

enum { SHAPE_MOST = 1024, TASK_MOST = 1024 };

void facts_device(FILE *to, const kiln_device *device)
{
    const kiln_device_info *info = kiln_device_get_info(device);
    const char *precision = kiln_device_get_precision(device) == KILN_F64 ? "f64" : "f32";
    if (info->kind == KILN_DEVICE_REFERENCE)
        html_fact(to, "device", "%s, %s", info->name, precision);
    else
        html_fact(to, "device", "%s (%s, %s), %s", info->name, device_kind_name(info->kind), info->platform, precision);
}

static void missing_values(FILE *to, const kiln_data *data)
{
    const kiln_schema *schema = kiln_data_schema(data);
    const kiln_data_notes *notes = kiln_data_get_notes(data);
    size_t values = 0;
    for (size_t c = 0; notes->missing && c < schema->columns; c++)
        values += notes->missing[c];
    if (schema->missing == KILN_MISSING_DROP)
        html_fact(to, "missing", "%zu rows left out", notes->dropped);
    else if (schema->missing != KILN_MISSING_ERROR)
        html_fact(to, "missing", "%zu values, filled with the training samples' %s", values, choice_missing((int)schema->missing));
}

void facts_data(FILE *to, const char *file, const kiln_data *data)
{
    const kiln_samples *samples = kiln_data_samples(data);
    const kiln_image image = kiln_data_image(data);
    char task[TASK_MOST];
    char pictures[96] = "";
    if (image.height)
        snprintf(pictures, sizeof pictures, ", pictures of %zu x %zu", image.height, image.width);
    html_fact(to, "data", "%s: %zu samples, %zu feature%s%s", strcmp(file, "-") == 0 ? "standard input" : file, samples->count,
              samples->features, samples->features == 1 ? "" : "s", pictures);
    task_text(data, task, sizeof task);
    html_fact(to, "task", "%s", task);
    missing_values(to, data);
}

void facts_network(FILE *to, const kiln_network *network)
{
    const kiln_network_shape shape = kiln_network_get_shape(network);
    char text[SHAPE_MOST];
    shape_text(network, text, sizeof text);
    html_fact(to, "network", "%s, %s%s%s output%s: %zu parameters", text,
              shape.layers > 1 ? kiln_activation_name(shape.hidden) : "", shape.layers > 1 ? ", " : "",
              kiln_activation_name(shape.output), shape.no_bias ? ", no biases" : "", kiln_network_parameters(network));
}

/* Settings that are not what they are when nothing is said. */
static void special_settings(FILE *to, const kiln_training_options *o)
{
    if (o->optimizer == KILN_MOMENTUM || o->optimizer == KILN_NESTEROV)
        html_fact(to, "momentum", "%g", o->momentum);
    if (o->weight_decay > 0.0)
        html_fact(to, "weight decay", "%g", o->weight_decay);
    if (o->dropout > 0.0)
        html_fact(to, "dropout", "%g", o->dropout);
    if (o->clip_norm > 0.0)
        html_fact(to, "clipping", "gradients to a norm of %g", o->clip_norm);
    if (o->warm_up > 0.0)
        html_fact(to, "warm-up", "%g of all steps", o->warm_up);
    if (o->patience)
        html_fact(to, "patience", "%zu epochs", o->patience);
    if (o->no_shuffle)
        html_fact(to, "order", "the file's");
}

static void result(FILE *to, const training *t)
{
    const kiln_training_result *r = &t->result;
    char best[64] = "";
    if (r->best_epoch != r->epochs)
        snprintf(best, sizeof best, "; the weights are those of epoch %zu", r->best_epoch);
    html_fact(to, "trained", "%zu epoch%s, %zu steps in %.2f s, %.0f samples/s%s%s", r->epochs, r->epochs == 1 ? "" : "s", r->steps,
              r->seconds, r->samples_per_second, r->stopped_early ? "; stopped early" : "", best);
    html_fact(to, "model", "%s", t->model);
}

void facts_training(FILE *to, const void *user)
{
    const training *t = user;
    const kiln_training_options *o = &t->options;
    char weights[WEIGHTS_TEXT];
    facts_device(to, t->device);
    facts_data(to, t->arguments->data, t->data);
    html_fact(to, "split", "%zu samples to train on, %zu to validate on", t->train.count, t->validation.count);
    if (t->test)
        html_fact(to, "test", "%s: %zu samples", t->arguments->test, setup_test(t)->count);
    if (t->folds) {
        char text[CROSS_VALIDATION_LINE];
        cross_validation_line(t->folds, text);
        html_fact(to, "cross-validation", "%s", text);
    }
    weights_text(t, weights);
    if (weights[0])
        html_fact(to, "weights", "%s", weights);
    facts_network(to, t->network);
    if (t->from)
        html_fact(to, "from", "%s", t->arguments->from);
    html_fact(to, "standardised", "%s",
              t->arguments->no_standardize ? "nothing"
              : t->scale.outputs           ? "features and targets"
                                           : "features");
    html_fact(to, "loss", "%s", kiln_loss_name(o->loss));
    if (o->learning_rate > 0.0)
        html_fact(to, "optimizer", "%s at %g, %s schedule", kiln_optimizer_name(o->optimizer), o->learning_rate,
                  kiln_schedule_name(o->schedule));
    else
        html_fact(to, "optimizer", "%s, %s schedule", kiln_optimizer_name(o->optimizer), kiln_schedule_name(o->schedule));
    html_fact(to, "batches", "%zu samples", o->batch_size);
    html_fact(to, "epochs", "%zu", o->epochs);
    special_settings(to, o);
    html_fact(to, "first weights", "%s", t->arguments->init);
    html_fact(to, "seed", "%llu", (unsigned long long)t->arguments->seed);
    result(to, t);
}

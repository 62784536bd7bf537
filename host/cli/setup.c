/* From arguments to a device, data, a network and settings. */
#include "setup.h"

#include "choices.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "start.h"
#include "widths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without --hidden. */
#define AUTO_HIDDEN "128"

/* Without --epochs: this many steps, in no fewer and no more epochs than these. Small data sets need many epochs. */
enum { AUTO_STEPS = 2000, AUTO_EPOCHS_LEAST = 20, AUTO_EPOCHS_MOST = 1000 };

static bool same_file(const char *one, const char *other)
{
    return one && other && strcmp(one, other) == 0;
}

static bool is_auto(const char *word)
{
    return strcmp(word, "auto") == 0;
}

/* The first rule that is broken is said. */
bool setup_check(const train_arguments *a, char *sentence, size_t bytes)
{
    const bool sigmoid = output_activation(a->output) == KILN_SIGMOID, softmax = output_activation(a->output) == KILN_SOFTMAX;
    const struct {
        bool broken;
        const char *said;
    } rules[] = {
        { a->test && strcmp(a->data, "-") == 0 && strcmp(a->test, "-") == 0, "DATA and --test cannot both be standard input" },
        { a->test_labels && !a->test, "--test-labels needs --test" },
        { a->test_array && !a->test, "--test-array needs --test" },
        { a->labels && a->test && !a->test_labels, "--test needs --test-labels, as DATA has --labels" },
        { a->test_labels && !a->labels, "--test-labels needs --labels for DATA" },
        { a->features && a->ignore, "--features and --ignore cannot both be given: what one does not name, the other does" },
        { a->missing_indicator && a->missing != KILN_MISSING_MEAN && a->missing != KILN_MISSING_MEDIAN,
          "--missing-indicator needs --missing mean or median" },
        { a->resume && !a->checkpoint, "--resume needs --checkpoint FILE, the file to go on from" },
        { a->folds == 1, "--folds 1 would leave nothing to learn from: 2 or more, 5 and 10 are usual" },
        { a->folds && a->checkpoint, "--checkpoint does not go with --folds: it holds one training, and --folds are several" },
        { a->patience > 0 && a->validation == 0.0, "--patience needs validation samples, and --validation is 0" },
        { a->momentum == 0.0, "--momentum 0 is no momentum: use --optimizer sgd" },
        { a->task == KILN_REGRESSION && a->loss == KILN_CROSS_ENTROPY,
          "--loss cross-entropy is for classification; regression has mse, mae, huber" },
        { a->task == KILN_REGRESSION && a->output && softmax,
          "--output-activation softmax is for classification; regression has linear" },
        { a->task == KILN_MULTILABEL && a->loss == KILN_CROSS_ENTROPY,
          "--loss cross-entropy is for classification; multilabel has bce" },
        { a->task == KILN_MULTILABEL && a->output && softmax,
          "--output-activation softmax is for classification; multilabel has sigmoid" },
        { a->class_weight && (a->task == KILN_REGRESSION || a->task == KILN_MULTILABEL),
          "--class-weight balanced is for classification: other tasks have no classes" },
        { a->loss == KILN_BCE && a->output && !sigmoid, "--loss bce needs --output-activation sigmoid" },
        { a->loss == KILN_CROSS_ENTROPY && a->output && !softmax, "--loss cross-entropy needs --output-activation softmax" },
        { same_file(a->log, a->model), "--log and --model are the same file" },
        { same_file(a->log, a->checkpoint), "--log and --checkpoint are the same file" },
        { same_file(a->log, "-"), "--log needs a file; standard output is /dev/stdout" },
        { same_file(a->checkpoint, a->model), "--checkpoint and --model are the same file" },
        { same_file(a->save_config, a->model), "--save-config and --model are the same file" },
        { same_file(a->save_config, a->checkpoint), "--save-config and --checkpoint are the same file" },
        { same_file(a->report, "-"), "--report needs a file: standard output has the results" },
        { same_file(a->report, a->model), "--report and --model are the same file" },
        { same_file(a->report, a->checkpoint), "--report and --checkpoint are the same file" },
        { a->from && !is_auto(a->hidden), "--hidden does not go with --from, whose file has the layers" },
        { a->from && a->no_bias, "--no-bias does not go with --from, whose file has the biases" },
        { a->from && !is_auto(a->init), "--init does not go with --from: both bring the first weights" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].broken) {
            snprintf(sentence, bytes, "%s", rules[i].said);
            return false;
        }
    return is_auto(a->hidden) || widths_check(a->hidden, ',', "--hidden", sentence, bytes);
}

/* "/data/digits.csv.gz" -> "digits.safetensors", in the current folder. NULL without memory. */
static char *model_path(const train_arguments *a)
{
    if (a->model)
        return strdup(a->model);
    const char *slash = strrchr(a->data, '/');
    const char *name = strcmp(a->data, "-") == 0 ? "model" : slash ? slash + 1 : a->data;
    static const char suffix[] = ".safetensors";
    char *path = malloc(strlen(name) + sizeof suffix);
    if (!path)
        return NULL;
    strcpy(path, name);
    char *dot = strrchr(path, '.');
    if (dot && dot != path && strcmp(dot, ".gz") == 0)
        *dot = '\0';
    dot = strrchr(path, '.');
    if (dot && dot != path)
        *dot = '\0';
    return strcat(path, suffix);
}

static kiln_status check_paths(const training *t, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    const char *const read[] = { a->data, a->labels, a->test, a->test_labels, a->from };
    const char *const written[] = { t->model, a->checkpoint, a->log, a->save_config, a->report };
    kiln_status status = KILN_OK;
    for (size_t w = 0; status == KILN_OK && w < sizeof written / sizeof *written; w++) {
        const bool in_place = written[w] == a->log && written[w] && access(written[w], W_OK) == 0; /* a log needs no new file */
        status = written[w] && !in_place ? output_possible(written[w], err) : KILN_OK;
        for (size_t i = 0; status == KILN_OK && i < sizeof read / sizeof *read; i++)
            status = output_spares(written[w], read[i], err);
    }
    return status;
}

static kiln_status read_data(training *t, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    kiln_data_options options = { .labels = a->labels,
                                  .array = a->array,
                                  .target = a->target,
                                  .weights = a->weights,
                                  .features = a->features,
                                  .ignore = a->ignore,
                                  .text = a->text,
                                  .missing = (kiln_missing)a->missing,
                                  .missing_indicator = a->missing_indicator,
                                  .task = (kiln_task)a->task,
                                  .stop = interrupt_flag(),
                                  .memory = a->memory };
    start_options(t->from, &options);
    kiln_status status = kiln_data_read(a->data, &options, &t->data, err);
    if (status != KILN_OK)
        return status;
    const kiln_samples *samples = kiln_data_samples(t->data);
    if (!samples->labels && !samples->y)
        return fail(err, KILN_EINVAL, "%s: has no targets to learn: give the file of labels with --labels", a->data);
    if (a->class_weight && !samples->labels)
        return fail(err, KILN_EINVAL, "%s: its target is no class, so --class-weight balanced has nothing to balance", a->data);
    if (samples->labels && samples->classes < 2)
        return fail(err, KILN_EDATA, "%s: every sample has the same class: there is nothing to learn", a->data);
    return KILN_OK;
}

/* Each fold fills in what is missing by what is known of its own training samples. */
static kiln_status keep_unfilled(training *t, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    const bool fills = a->missing == KILN_MISSING_MEAN || a->missing == KILN_MISSING_MEDIAN;
    return a->folds && fills ? kiln_data_copy(t->data, &t->unfilled, err) : KILN_OK;
}

static kiln_status read_test(training *t, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    const kiln_data_options options = { .labels = a->test_labels,
                                        .array = a->test_array,
                                        .test = true,
                                        .target = a->target,
                                        .weights = a->weights,
                                        .missing = (kiln_missing)a->missing,
                                        .task = (kiln_task)a->task,
                                        .schema = kiln_data_schema(t->data),
                                        .stop = interrupt_flag(),
                                        .memory = a->memory };
    if (!a->test)
        return KILN_OK;
    const char *first = options.schema->targets ? options.schema->target[0].name : NULL;
    const kiln_status status = kiln_data_read(a->test, &options, &t->test, err);
    if (status == KILN_OK && !setup_test(t)->labels && !setup_test(t)->y)
        return fail(err, KILN_EDATA, "%s: has no target column%s%s: it cannot be tested on", a->test, first ? " " : "",
                    first ? first : "");
    return status;
}

const kiln_samples *setup_test(const training *t)
{
    return t->test ? kiln_data_samples(t->test) : NULL;
}

/* The output layer's activation: as asked for, else what the task and the loss need. */
static kiln_status choose_output(const training *t, kiln_activation *chosen, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    const bool classes = t->samples.labels != NULL, automatic = a->output == 0;
    const bool labels = kiln_data_schema(t->data)->task == KILN_MULTILABEL;
    if (!classes && (a->loss == KILN_CROSS_ENTROPY || (!automatic && output_activation(a->output) == KILN_SOFTMAX)))
        return fail(err, KILN_EINVAL, "%s: its %s: softmax and cross-entropy need classes%s", a->data,
                    labels                   ? "targets are labels, so this is multilabel"
                    : t->samples.outputs > 1 ? "targets are numbers, so this is regression"
                                             : "target is a number, so this is regression",
                    t->samples.outputs > 1 ? "" : " (--task classification)");
    if (!automatic)
        *chosen = output_activation(a->output);
    else if (a->loss == KILN_BCE || labels)
        *chosen = KILN_SIGMOID;
    else
        *chosen = classes ? KILN_SOFTMAX : KILN_LINEAR;
    return KILN_OK;
}

static kiln_status make_network(training *t, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    kiln_activation last = KILN_LINEAR;
    size_t widths[WIDTHS_MOST + 2], hidden = 0;
    kiln_status status = choose_output(t, &last, err);
    if (status != KILN_OK)
        return status;
    widths_parse(is_auto(a->hidden) ? AUTO_HIDDEN : a->hidden, ',', widths + 1, &hidden); /* setup_check has looked at it */
    widths[0] = t->samples.features;
    widths[hidden + 1] = t->samples.labels ? t->samples.classes : t->samples.outputs;
    if (t->samples.classes == 2 && last == KILN_SIGMOID)
        widths[hidden + 1] = 1; /* one output tells two classes apart */
    const kiln_network_shape shape = {
        .layers = hidden + 1,
        .widths = widths,
        .hidden = hidden_activation(a->activation),
        .output = last,
        .no_bias = a->no_bias,
    };
    status = kiln_network_create(&shape, &t->network, err);
    if (status == KILN_OK)
        status = kiln_network_set_schema(t->network, kiln_data_schema(t->data), err);
    if (status == KILN_OK && !a->no_standardize)
        status = kiln_network_standardise(t->network, &t->samples, t->train, err);
    return status;
}

/* Targets are scaled where the last layer can undo it: regression with linear outputs. */
static kiln_status scale_targets(training *t, kiln_error *err)
{
    const kiln_network_shape shape = kiln_network_get_shape(t->network);
    const bool numbers = kiln_data_schema(t->data)->task == KILN_REGRESSION;
    if (!numbers || shape.output != KILN_LINEAR || t->arguments->no_standardize)
        return KILN_OK;
    return target_measure(kiln_data_samples(t->data), t->train, !shape.no_bias, &t->scale, &t->samples, err);
}

static kiln_status initialise(training *t, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    kiln_initialisation how;
    if (a->from)
        return target_unfold(&t->scale, t->network, err);
    if (kiln_initialisation_find(a->init, &how))
        return kiln_network_initialise(t->network, how, a->seed, err);
    const kiln_status status = kiln_model_load_parameters(a->init, t->network, err);
    return status == KILN_OK ? target_unfold(&t->scale, t->network, err) : status;
}

static size_t automatic_epochs(size_t samples, size_t batch)
{
    const size_t steps = batch < samples ? (samples + batch - 1) / batch : 1;
    const size_t epochs = (AUTO_STEPS + steps - 1) / steps;
    if (epochs < AUTO_EPOCHS_LEAST)
        return AUTO_EPOCHS_LEAST;
    return epochs < AUTO_EPOCHS_MOST ? epochs : AUTO_EPOCHS_MOST;
}

static void make_settings(training *t)
{
    const train_arguments *a = t->arguments;
    const size_t batch = a->batch_size && a->batch_size < t->train.count ? a->batch_size : t->train.count;
    t->options = (kiln_training_options){
        .loss = kiln_loss_resolve((kiln_loss)a->loss, t->network, &t->samples),
        .class_weight = (kiln_class_weight)a->class_weight,
        .optimizer = (kiln_optimizer)a->optimizer,
        .learning_rate = a->learning_rate,
        .momentum = a->momentum,
        .weight_decay = a->weight_decay,
        .schedule = (kiln_schedule)a->schedule,
        .warm_up = a->warm_up,
        .dropout = a->dropout,
        .clip_norm = a->clip_norm,
        .batch_size = batch,
        .epochs = a->epochs ? a->epochs : automatic_epochs(t->train.count, batch),
        .patience = a->patience,
        .no_shuffle = a->no_shuffle,
        .seed = a->seed,
        .checkpoint = a->checkpoint,
        .resume = a->resume,
        .stop = interrupt_flag(),
    };
}

kiln_status setup_part(training *t, kiln_subset part, kiln_error *err)
{
    const train_arguments *a = t->arguments;
    const double validation = a->folds && a->patience == 0 ? 0.0 : a->validation; /* folds validate already */
    kiln_status status = kiln_split_subset(kiln_data_samples(t->data), part, validation, a->seed, &t->train, &t->validation, err);
    if (status == KILN_OK)
        status = kiln_data_fill(t->data, t->train, err);
    t->samples = *kiln_data_samples(t->data);
    if (status == KILN_OK)
        status = t->from ? start_network(t, err) : make_network(t, err);
    if (status == KILN_OK)
        status = scale_targets(t, err);
    if (status == KILN_OK)
        status = initialise(t, err);
    if (status == KILN_OK)
        make_settings(t);
    return status;
}

void setup_part_free(training *t)
{
    kiln_network_destroy(t->network);
    target_free(&t->scale);
    free((void *)t->train.rows);
    free((void *)t->validation.rows);
    t->network = NULL;
    t->train = t->validation = (kiln_subset){ 0 };
}

kiln_status setup_training(const train_arguments *arguments, training *t, kiln_error *err)
{
    *t = (training){ .arguments = arguments, .model = model_path(arguments) };
    if (!t->model)
        return fail(err, KILN_ENOMEM, "no memory left");
    kiln_status status = check_paths(t, err); /* what is cheap to find out comes first */
    if (status == KILN_OK && arguments->from)
        status = start_load(arguments, &t->from, err);
    if (status == KILN_OK)
        status = device_open(&arguments->device, arguments->quiet, &t->device, err);
    if (status == KILN_OK)
        status = read_data(t, err);
    if (status == KILN_OK)
        status = keep_unfilled(t, err);
    if (status == KILN_OK)
        status = setup_part(t, (kiln_subset){ NULL, kiln_data_samples(t->data)->count }, err);
    if (status == KILN_OK)
        status = read_test(t, err);
    return status;
}

train_arguments setup_settled(const training *t)
{
    train_arguments a = *t->arguments;
    const kiln_activation last = kiln_network_get_shape(t->network).output;
    a.model = t->model;
    a.task = (int)kiln_data_schema(t->data)->task;
    for (int i = 1; choice_output(i); i++)
        if (output_activation(i) == last)
            a.output = i;
    a.loss = (int)t->options.loss;
    if (a.learning_rate == 0.0)
        a.learning_rate = kiln_optimizer_learning_rate(t->options.optimizer);
    if (!a.folds) /* folds learn from fewer samples, so "auto" may be other epochs there */
        a.epochs = t->options.epochs;
    if (t->samples.window > 0)
        a.memory = kiln_data_get_notes(t->data)->memory; /* the order of training follows from it */
    return a;
}

void setup_free(training *t, kiln_status status)
{
    setup_part_free(t);
    kiln_network_destroy(t->from);
    kiln_data_free(t->test);
    kiln_data_free(t->unfilled);
    kiln_data_free(t->data);
    device_close(t->device, status);
    free(t->model);
    *t = (training){ 0 };
}

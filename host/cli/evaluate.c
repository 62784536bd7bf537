/* kiln evaluate: how good a network is on samples with targets. */
#include "choices.h"
#include "command.h"
#include "device.h"
#include "html.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "page.h"
#include "page_facts.h"
#include "report.h"

#include <string.h>
#include <time.h>

typedef struct evaluate_arguments {
    const char *model, *data, *labels, *array, *target, *weights, *report;
    int loss;
    size_t memory;
    bool quiet, json;
    device_arguments device;
} evaluate_arguments;

typedef struct evaluation {
    const evaluate_arguments *arguments;
    kiln_network *network;
    kiln_device *device;
    kiln_data *data;
    kiln_metrics metrics;
    kiln_loss loss;
    double seconds;
} evaluation;

#define FIELD(name) offsetof(evaluate_arguments, name)

static const option rows[] = {
    { .help = "options" },
    { "labels", "FILE", NULL, OPTION_TEXT, FIELD(labels),
      .help = "IDX, NumPy: the file of labels; .npz: an array in it, or a file" },
    { "array", "NAME", NULL, OPTION_TEXT, FIELD(array),
      .help = "npz: the array of samples; of usual names the test part comes first" },
    { "target", "COLUMN,...", NULL, OPTION_TEXT, FIELD(target),
      .help = "tables: the target column, or columns, where they are not the model's" },
    { "weights", "COLUMN", NULL, OPTION_TEXT, FIELD(weights),
      .help = "tables: how much each sample counts in loss, accuracy and the figures of regression, not in counts" },
    { "loss", "NAME", "auto", OPTION_CHOICE, FIELD(loss), .help = "auto: cross-entropy after softmax, bce after sigmoid, else mse",
      .choice = choice_loss },
    { "memory", "SIZE", "auto", OPTION_SIZE, FIELD(memory),
      .help = "most memory for the samples, as 512M or 2G; more stay on disk; auto: half of what there is", .special = "auto" },
    { "report", "FILE", NULL, OPTION_TEXT, FIELD(report), .help = "a page (HTML) with curves, figures and mistakes" },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(quiet), .help = "print no messages", .letter = 'q' },
    { "json", NULL, NULL, OPTION_SWITCH, FIELD(json), .help = "print the figures as one JSON object" },
    { .kind = OPTION_ROWS, .offset = FIELD(device), .rows = device_options },
    { 0 },
};

static kiln_status read_samples(const evaluate_arguments *a, evaluation *e, kiln_error *err)
{
    const kiln_schema *schema = kiln_network_schema(e->network);
    const kiln_data_options options = { .labels = a->labels,
                                        .array = a->array,
                                        .test = true,
                                        .target = a->target,
                                        .task = schema->task,
                                        .missing = schema->missing,
                                        .weights = a->weights,
                                        .schema = schema,
                                        .stop = interrupt_flag(),
                                        .memory = a->memory };
    const kiln_status status = kiln_data_read(a->data, &options, &e->data, err);
    if (status != KILN_OK)
        return status;
    const kiln_samples *samples = kiln_data_samples(e->data);
    const size_t dropped = kiln_data_get_notes(e->data)->dropped;
    if (dropped > 0 && !a->quiet)
        say("%s: %zu row%s with a missing value left out, as the network was trained", a->data, dropped, dropped == 1 ? "" : "s");
    if (samples->labels || samples->y)
        return KILN_OK;
    return fail(err, KILN_EDATA, "%s: has no targets to compare with: name the column with --target, or the file with --labels",
                a->data);
}

static kiln_status evaluate(const evaluate_arguments *a, evaluation *e, kiln_error *err)
{
    struct timespec begin, end;
    kiln_status status = kiln_model_load(a->model, &e->network, err);
    if (status == KILN_OK)
        status = device_open(&a->device, a->quiet, &e->device, err);
    if (status == KILN_OK)
        status = read_samples(a, e, err);
    if (status != KILN_OK)
        return status;
    const kiln_samples *samples = kiln_data_samples(e->data);
    e->loss = kiln_loss_resolve((kiln_loss)a->loss, e->network, samples);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    status = kiln_evaluate(e->device, e->network, samples, (kiln_subset){ NULL, samples->count }, e->loss, interrupt_flag(),
                           &e->metrics, err);
    clock_gettime(CLOCK_MONOTONIC, &end);
    e->seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    return status;
}

static void print_evaluation(const evaluate_arguments *a, const evaluation *e)
{
    const kiln_schema *schema = kiln_network_schema(e->network);
    const char *array = kiln_data_array(e->data);
    printf("%-11s %s\n%-11s %s%s%s\n%-11s %s\n", "model", a->model, "data", a->data, array ? ": " : "", array ? array : "", "loss",
           kiln_loss_name(e->loss));
    if (a->weights)
        printf("%-11s column '%s'\n", "weights", a->weights);
    print_figures("test", &e->metrics);
    print_classes(&e->metrics, schema);
    print_targets(&e->metrics, schema);
    print_confusion(&e->metrics, schema);
}

static json_t *evaluation_json(const evaluate_arguments *a, const evaluation *e)
{
    const kiln_schema *schema = kiln_network_schema(e->network);
    const kiln_task task = e->metrics.classes ? KILN_CLASSIFICATION : e->metrics.labels ? KILN_MULTILABEL : KILN_REGRESSION;
    json_t *object = json_object();
    json_object_set_new(object, "kiln", json_string(kiln_version()));
    json_object_set_new(object, "device", text_or_null(kiln_device_get_info(e->device)->name));
    json_object_set_new(object, "model", text_or_null(a->model));
    json_object_set_new(object, "data", text_or_null(a->data));
    json_object_set_new(object, "rows_dropped", json_integer((json_int_t)kiln_data_get_notes(e->data)->dropped));
    json_object_set_new(object, "task", json_string(task_name(task)));
    json_object_set_new(object, "targets", targets_json(schema));
    json_object_set_new(object, "classes", classes_json(schema));
    json_object_set_new(object, "weights", text_or_null(a->weights));
    json_object_set_new(object, "network", shape_json(e->network));
    json_object_set_new(object, "parameters", json_integer((json_int_t)kiln_network_parameters(e->network)));
    json_object_set_new(object, "loss_function", json_string(kiln_loss_name(e->loss)));
    json_object_set_new(object, "seconds", number_or_null(e->seconds));
    json_object_set_new(object, "samples_per_second", number_or_null((double)e->metrics.count / e->seconds));
    json_object_set_new(object, "test", figures_json(&e->metrics));
    return object;
}

static void write_facts(FILE *to, const void *user)
{
    const evaluation *e = user;
    facts_device(to, e->device);
    html_fact(to, "model", "%s", e->arguments->model);
    facts_data(to, e->arguments->data, e->data);
    if (e->arguments->weights)
        html_fact(to, "weights", "column '%s'", e->arguments->weights);
    facts_network(to, e->network);
    html_fact(to, "loss", "%s", kiln_loss_name(e->loss));
    html_fact(to, "measured", "in %.3f s, %.0f samples/s", e->seconds, (double)e->metrics.count / e->seconds);
}

static kiln_status write_report(const evaluation *e, const page_command *typed, kiln_error *err)
{
    const char *data = e->arguments->data;
    const page p = { .command = *typed,
                     .data_file = strcmp(data, "-") == 0 ? "standard input" : data,
                     .facts = write_facts,
                     .user = e,
                     .figures = 1,
                     .figure = { { "test", &e->metrics } },
                     .device = e->device,
                     .network = e->network,
                     .data = e->data,
                     .subset = { NULL, e->metrics.count },
                     .loss = e->loss };
    return e->arguments->report ? page_write(e->arguments->report, &p, err) : KILN_OK;
}

/* What is cheap to find out comes first. */
static kiln_status check_report(const evaluate_arguments *a, kiln_error *err)
{
    const char *const read[] = { a->model, a->data, a->labels };
    kiln_status status = a->report ? output_possible(a->report, err) : KILN_OK;
    for (size_t i = 0; status == KILN_OK && i < sizeof read / sizeof *read; i++)
        status = output_spares(a->report, read[i], err);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    evaluate_arguments arguments = { 0 };
    evaluation e = { .arguments = &arguments };
    operands given;
    kiln_error err = { 0 };
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    arguments.model = given.at[0];
    arguments.data = given.at[1];
    if (arguments.report && strcmp(arguments.report, "-") == 0)
        return options_wrong(self, "--report needs a file: standard output has the results");
    kiln_status status = check_report(&arguments, &err);
    if (status == KILN_OK)
        status = evaluate(&arguments, &e, &err);
    if (status == KILN_OK && arguments.json)
        status = print_json(evaluation_json(&arguments, &e), &err);
    else if (status == KILN_OK)
        print_evaluation(&arguments, &e);
    if (status == KILN_OK)
        status = write_report(&e, &(page_command){ self->name, argc, argv }, &err);
    kiln_metrics_free(&e.metrics);
    kiln_data_free(e.data);
    device_close(e.device, status);
    kiln_network_destroy(e.network);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln evaluate digits.safetensors digits-test.csv",
    "kiln evaluate mnist.safetensors t10k-images.gz --labels t10k-labels.gz --json",
    "kiln evaluate digits.safetensors digits-test.csv --report digits.html",
    "kiln evaluate mnist.safetensors mnist.npz --array x_test",
    NULL,
};

const command evaluate_command = {
    .name = "evaluate",
    .operands = "MODEL DATA|-",
    .least = 2,
    .most = 2,
    .summary = "measures a network on samples whose targets are known",
    .explanation = "Classification: loss, accuracy, precision, recall and F1 a class, confusion matrix.\n"
                   "Regression: loss, RMSE, MAE, R2, over all targets and of each.\n"
                   "Multi-label: loss, subset accuracy, Hamming loss, micro and macro F1; precision, recall and F1 a label.",
    .examples = examples,
    .options = rows,
    .run = run,
};

/* kiln predict: a network's answers, as CSV. */
#include "command.h"
#include "device.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

typedef struct predict_arguments {
    const char *model, *data, *array, *to;
    size_t memory;
    bool proba, quiet;
    device_arguments device;
} predict_arguments;

typedef struct prediction {
    kiln_network *network;
    kiln_device *device;
    kiln_data *data;
    kiln_column *columns; /* of a network that knows none, as those of other programs */
    size_t width, room;
    double *outputs; /* (room, width) of some samples at a time */
} prediction;

enum { OUTPUTS_MOST = 1 << 22 }; /* numbers that are kept before they are written */

#define FIELD(name) offsetof(predict_arguments, name)

static const option rows[] = {
    { .help = "options" },
    { "array", "NAME", NULL, OPTION_TEXT, FIELD(array),
      .help = "npz: the array of samples; of usual names the test part comes first" },
    { "proba", NULL, NULL, OPTION_SWITCH, FIELD(proba), .help = "one column a class or label, with its probability" },
    { "memory", "SIZE", "auto", OPTION_SIZE, FIELD(memory),
      .help = "most memory for the samples, as 512M or 2G; more stay on disk; auto: half of what there is", .special = "auto" },
    { "output", "FILE", NULL, OPTION_TEXT, FIELD(to), .help = "where to, whole or not at all (default standard output)",
      .letter = 'o' },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(quiet), .help = "print no messages", .letter = 'q' },
    { .kind = OPTION_ROWS, .offset = FIELD(device), .rows = device_options },
    { 0 },
};

/* What the data are read for: the network's schema. One without columns gets as many numbers as it has inputs, so that a table of
 * just these is not taken for one with a target. */
static kiln_status describe_data(prediction *p, kiln_schema *schema, kiln_error *err)
{
    *schema = *kiln_network_schema(p->network);
    if (schema->columns > 0)
        return KILN_OK;
    schema->columns = kiln_network_get_shape(p->network).widths[0];
    p->columns = calloc(schema->columns, sizeof *p->columns);
    schema->column = p->columns;
    return p->columns ? KILN_OK : fail(err, KILN_ENOMEM, "no memory left for %zu columns", schema->columns);
}

static kiln_status prepare(const predict_arguments *a, prediction *p, kiln_error *err)
{
    kiln_status status = output_spares(a->to, a->model, err);
    if (status == KILN_OK)
        status = output_spares(a->to, a->data, err);
    if (status == KILN_OK)
        status = kiln_model_load(a->model, &p->network, err);
    if (status != KILN_OK)
        return status;
    kiln_schema schema;
    status = describe_data(p, &schema, err);
    if (status != KILN_OK)
        return status;
    if (a->proba && schema.task == KILN_REGRESSION)
        return fail(err, KILN_EINVAL, "--proba: %s predicts a number: it has no classes", a->model);
    status = device_open(&a->device, a->quiet, &p->device, err);
    if (status != KILN_OK)
        return status;
    /* A target is not looked at, even if it is there and unreadable. */
    const kiln_data_options options = {
        .array = a->array,
        .test = true,
        .task = schema.task,
        .schema = &schema,
        .no_target = true,
        .stop = interrupt_flag(),
        .memory = a->memory,
    };
    status = kiln_data_read(a->data, &options, &p->data, err);
    if (status != KILN_OK)
        return status;
    const kiln_network_shape shape = kiln_network_get_shape(p->network);
    const size_t count = kiln_data_samples(p->data)->count;
    p->width = shape.widths[shape.layers];
    p->room = OUTPUTS_MOST / p->width < count ? OUTPUTS_MOST / p->width + 1 : count;
    p->outputs = calloc(p->room, p->width * sizeof *p->outputs);
    return p->outputs ? KILN_OK : fail(err, KILN_ENOMEM, "no memory left for the outputs of %zu samples", p->room);
}

/* The outputs of the samples from `first` on, as many as there is room for. */
static kiln_status predict_some(prediction *p, size_t first, size_t *count, kiln_error *err)
{
    kiln_samples some = *kiln_data_samples(p->data);
    const size_t row = some.features * (some.element == KILN_ELEMENT_U8 ? 1 : sizeof(float));
    some.count = some.count - first < p->room ? some.count - first : p->room;
    some.x = (const char *)some.x + first * row;
    *count = some.count;
    return kiln_predict(p->device, p->network, &some, (kiln_subset){ NULL, some.count }, interrupt_flag(), p->outputs, err);
}

/* A single output tells two classes apart: its value is the second one's probability. */
static bool is_single(const prediction *p)
{
    return p->width == 1 && kiln_network_schema(p->network)->classes == 2;
}

static void write_header(FILE *stream, const predict_arguments *a, const prediction *p)
{
    const kiln_schema *schema = kiln_network_schema(p->network);
    const size_t columns = is_single(p) ? 2 : p->width;
    const bool labels = schema->task == KILN_MULTILABEL;
    char number[24], name[256];
    if (!a->proba && (schema->classes || (p->width == 1 && !labels))) {
        fputs("prediction\n", stream);
        return;
    }
    for (size_t c = 0; c < columns; c++) {
        const char *of = schema->classes ? class_name(schema, c, number) : target_name(schema, c, number);
        snprintf(name, sizeof name, "%s_%s", a->proba ? "probability" : "prediction", of);
        if (c)
            fputc(',', stream);
        write_field(stream, a->proba || of == number ? name : of);
    }
    fputc('\n', stream);
}

static void write_row(FILE *stream, const predict_arguments *a, const prediction *p, const double *outputs)
{
    const kiln_schema *schema = kiln_network_schema(p->network);
    const kiln_precision precision = kiln_device_get_precision(p->device);
    char number[24];
    if (schema->classes && !a->proba) {
        write_field(stream, class_name(schema, (size_t)kiln_predicted_class(p->width, outputs), number));
    } else if (schema->classes && is_single(p)) {
        write_number(stream, 1.0 - outputs[0], precision);
        fputc(',', stream);
        write_number(stream, outputs[0], precision);
    } else {
        for (size_t o = 0; o < p->width; o++) {
            if (o)
                fputc(',', stream);
            if (schema->task == KILN_MULTILABEL && !a->proba)
                write_field(stream, label_text(schema, o, kiln_predicted_class(1, outputs + o)));
            else
                write_number(stream, outputs[o], precision);
        }
    }
    fputc('\n', stream);
}

/* All samples' answers. Few are there before the first is written, so that a failure leaves nothing. */
static kiln_status write_predictions(const predict_arguments *a, prediction *p, kiln_error *err)
{
    output out;
    const size_t all = kiln_data_samples(p->data)->count;
    size_t count;
    kiln_status status = predict_some(p, 0, &count, err);
    if (status == KILN_OK)
        status = output_begin(a->to, &out, err);
    if (status != KILN_OK)
        return status;
    write_header(out.stream, a, p);
    for (size_t first = 0; status == KILN_OK && first < all; first += count) {
        if (first > 0)
            status = predict_some(p, first, &count, err);
        for (size_t i = 0; status == KILN_OK && i < count && !ferror(out.stream); i++) {
            write_row(out.stream, a, p, p->outputs + i * p->width);
            if (interrupt_exit_code())
                status = fail(err, KILN_EINTERRUPTED, "interrupted while writing");
        }
    }
    if (status == KILN_OK)
        return output_commit(&out, err);
    output_abandon(&out);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    predict_arguments arguments = { 0 };
    prediction p = { 0 };
    operands given;
    kiln_error err = { 0 };
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    arguments.model = given.at[0];
    arguments.data = given.at[1];
    kiln_status status = prepare(&arguments, &p, &err);
    if (status == KILN_OK)
        status = write_predictions(&arguments, &p, &err);
    free(p.outputs);
    free(p.columns);
    kiln_data_free(p.data);
    device_close(p.device, status);
    kiln_network_destroy(p.network);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln predict iris.safetensors flowers.csv",
    "kiln predict digits.safetensors digits-test.csv --proba -o probabilities.csv",
    "zcat measurements.csv.gz | kiln predict pump.safetensors - | sort | uniq -c",
    NULL,
};

const command predict_command = {
    .name = "predict",
    .operands = "MODEL DATA|-",
    .least = 2,
    .most = 2,
    .summary = "runs a network on samples and prints its answers as CSV",
    .explanation = "Columns are matched by name where model and data have names, else by place.\n"
                   "The target may be there, and is not looked at. Several targets are answered in a column each, by their names.",
    .examples = examples,
    .options = rows,
    .run = run,
};

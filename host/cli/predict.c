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
    bool proba, quiet;
    device_arguments device;
} predict_arguments;

typedef struct prediction {
    kiln_network *network;
    kiln_device *device;
    kiln_data *data;
    kiln_column *columns; /* of a network that knows none, as those of other programs */
    size_t count, width;
    double *outputs; /* (count, width) */
} prediction;

#define FIELD(name) offsetof(predict_arguments, name)

static const option rows[] = {
    { .help = "options" },
    { "array", "NAME", NULL, OPTION_TEXT, FIELD(array),
      .help = "npz: the array of samples; of usual names the test part comes first" },
    { "proba", NULL, NULL, OPTION_SWITCH, FIELD(proba), .help = "one column a class or label, with its probability" },
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

static kiln_status predict(const predict_arguments *a, prediction *p, kiln_error *err)
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
        .array = a->array, .test = true, .task = schema.task, .schema = &schema, .no_target = true, .stop = interrupt_flag()
    };
    status = kiln_data_read(a->data, &options, &p->data, err);
    if (status != KILN_OK)
        return status;
    const kiln_network_shape shape = kiln_network_get_shape(p->network);
    const kiln_samples *samples = kiln_data_samples(p->data);
    p->count = samples->count;
    p->width = shape.widths[shape.layers];
    p->outputs = calloc(p->count, p->width * sizeof *p->outputs);
    if (!p->outputs && p->count > 0)
        return fail(err, KILN_ENOMEM, "no memory left for the outputs of %zu samples", p->count);
    return kiln_predict(p->device, p->network, samples, (kiln_subset){ NULL, p->count }, interrupt_flag(), p->outputs, err);
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

static kiln_status write_predictions(const predict_arguments *a, const prediction *p, kiln_error *err)
{
    output out;
    const kiln_status status = output_begin(a->to, &out, err);
    if (status != KILN_OK)
        return status;
    write_header(out.stream, a, p);
    for (size_t i = 0; i < p->count && !ferror(out.stream) && !interrupt_exit_code(); i++)
        write_row(out.stream, a, p, p->outputs + i * p->width);
    if (interrupt_exit_code()) {
        output_abandon(&out);
        return fail(err, KILN_EINTERRUPTED, "interrupted while writing");
    }
    return output_commit(&out, err);
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
    kiln_status status = predict(&arguments, &p, &err);
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

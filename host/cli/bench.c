/* kiln bench: how many samples a second a device trains and predicts. */
#include "bench.h"

#include "choices.h"
#include "command.h"
#include "device.h"
#include "message.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

typedef struct bench_arguments {
    const char *only;
    size_t rounds;
    double seconds;
    bool quiet, json;
    device_arguments device;
} bench_arguments;

/* A row's speed, in samples a second. */
typedef struct bench_figures {
    double median, least, most;
} bench_figures;

#define FIELD(name) offsetof(bench_arguments, name)

static const option rows[] = {
    { .help = "options" },
    { "only", "TEXT", NULL, OPTION_TEXT, FIELD(only), .help = "the rows whose names contain it (default all)" },
    { "rounds", "N", "5", OPTION_COUNT, FIELD(rounds), .help = "measurements a row" },
    { "seconds", "S", "0.5", OPTION_POSITIVE, FIELD(seconds), .help = "about how long each of them takes" },
    { .kind = OPTION_ROWS, .offset = FIELD(device), .rows = device_options },
    { .help = "messages" },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(quiet), .help = "print no messages", .letter = 'q' },
    { "json", NULL, NULL, OPTION_SWITCH, FIELD(json), .help = "print one JSON object" },
    { 0 },
};

/* The next row that is wanted, from `row` on; NULL when there is none. */
static const bench_row *wanted(const bench_arguments *a, const bench_row *row)
{
    for (; row->name; row++)
        if (!a->only || strstr(row->name, a->only))
            return row;
    return NULL;
}

static int check(const command *self, const bench_arguments *a)
{
    char names[512] = "";
    if (wanted(a, bench_rows))
        return OPTIONS_GO_ON;
    for (const bench_row *row = bench_rows; row->name; row++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", row->name);
    }
    return options_wrong(self, "--only '%s' is in no row's name; the rows are %s", a->only, names);
}

/* Microseconds that a step took in the median round; 0 for prediction, which has no steps. */
static double step_microseconds(const bench_row *row, const bench_figures *figures)
{
    return 1e6 * (double)row->batch / figures->median;
}

static void print_head(const bench_arguments *a, const kiln_device *device)
{
    printf("%-11s %s, %s\n", "device", kiln_device_get_info(device)->name,
           choice_precision((int)kiln_device_get_precision(device)));
    printf("%-11s %zu of %g s each; samples a second\n\n", "rounds", a->rounds, a->seconds);
    printf("%-20s %6s %12s %12s %12s %12s\n", "row", "batch", "median", "min", "max", "us a step");
}

static void print_row(const bench_row *row, const bench_figures *f)
{
    if (row->batch)
        printf("%-20s %6zu %12.0f %12.0f %12.0f %12.1f\n", row->name, row->batch, f->median, f->least, f->most,
               step_microseconds(row, f));
    else
        printf("%-20s %6s %12.0f %12.0f %12.0f %12s\n", row->name, "-", f->median, f->least, f->most, "-");
    fflush(stdout);
}

static json_t *row_json(const bench_row *row, const bench_figures *f)
{
    json_t *object = json_object(), *widths = json_array(), *speed = json_object();
    for (size_t i = 0; i <= bench_layers(row); i++)
        json_array_append_new(widths, json_integer((json_int_t)row->widths[i]));
    json_object_set_new(speed, "median", number_or_null(f->median));
    json_object_set_new(speed, "min", number_or_null(f->least));
    json_object_set_new(speed, "max", number_or_null(f->most));
    json_object_set_new(object, "name", json_string(row->name));
    json_object_set_new(object, "widths", widths);
    json_object_set_new(object, "samples", json_integer((json_int_t)row->samples));
    json_object_set_new(object, "batch_size", row->batch ? json_integer((json_int_t)row->batch) : json_null());
    json_object_set_new(object, "optimizer", row->batch ? json_string(kiln_optimizer_name(row->optimizer)) : json_null());
    json_object_set_new(object, "loss_function", row->batch ? json_string(kiln_loss_name(row->loss)) : json_null());
    json_object_set_new(object, "samples_per_second", speed);
    json_object_set_new(object, "microseconds_per_step", row->batch ? number_or_null(step_microseconds(row, f)) : json_null());
    return object;
}

static json_t *bench_json(const bench_arguments *a, const kiln_device *device, json_t *measured)
{
    json_t *object = json_object();
    json_object_set_new(object, "kiln", json_string(kiln_version()));
    json_object_set_new(object, "device", text_or_null(kiln_device_get_info(device)->name));
    json_object_set_new(object, "precision", json_string(choice_precision((int)kiln_device_get_precision(device))));
    json_object_set_new(object, "gemm", json_string(choice_gemm(a->device.gemm)));
    json_object_set_new(object, "strategy", json_string(choice_strategy(a->device.strategy)));
    json_object_set_new(object, "rounds", json_integer((json_int_t)a->rounds));
    json_object_set_new(object, "seconds", number_or_null(a->seconds));
    json_object_set(object, "rows", measured);
    return object;
}

/* Measures the rows that are wanted; each is printed as soon as it is known, or appended to `measured`. */
static kiln_status measure(const bench_arguments *a, kiln_device *device, json_t *measured, kiln_error *err)
{
    double *speeds = calloc(a->rounds, sizeof *speeds);
    kiln_status status = KILN_OK;
    if (!speeds)
        return fail(err, KILN_ENOMEM, "no memory left for %zu rounds", a->rounds);
    if (!a->json)
        print_head(a, device);
    for (const bench_row *row = bench_rows; status == KILN_OK && (row = wanted(a, row)); row++) {
        status = bench_measure(device, row, a->seconds, a->rounds, speeds, err);
        if (status != KILN_OK)
            break;
        const double middle = 0.5 * (speeds[(a->rounds - 1) / 2] + speeds[a->rounds / 2]);
        const bench_figures figures = { middle, speeds[0], speeds[a->rounds - 1] };
        if (a->json)
            json_array_append_new(measured, row_json(row, &figures));
        else
            print_row(row, &figures);
    }
    free(speeds);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    bench_arguments arguments = { 0 };
    kiln_device *device = NULL;
    operands given;
    kiln_error err = { 0 };
    int code = options_parse(self, argc, argv, &arguments, &given);
    if (code == OPTIONS_GO_ON)
        code = check(self, &arguments);
    if (code != OPTIONS_GO_ON)
        return code;
    json_t *measured = json_array();
    kiln_status status = device_open(&arguments.device, arguments.quiet, &device, &err);
    if (status == KILN_OK)
        status = measure(&arguments, device, measured, &err);
    if (status == KILN_OK && arguments.json)
        status = print_json(bench_json(&arguments, device, measured), &err);
    json_decref(measured);
    device_close(device, status);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln bench",
    "kiln bench --only 784-128-10 --device gpu",
    "kiln bench --only sgd --strategy layers --rounds 9 --json",
    NULL,
};

const command bench_command = {
    .name = "bench",
    .operands = "",
    .least = 0,
    .most = 0,
    .summary = "measures how fast a device trains and predicts",
    .explanation = "Networks from 2-4-1 to 784-512-256-10 are trained on random samples held in memory: 784 bytes each, as\n"
                   "images have them, or 64, 4 and 2 numbers. A row names the layers' widths and the optimizer. Each is\n"
                   "warmed up, then timed --rounds times; the median, lowest and highest speed are printed, and what a\n"
                   "training step takes in the median. Building the kernels and copying the samples to the device are not\n"
                   "part of the training's time. The predict row counts whole calls for 60000 samples, copies included.\n"
                   "Close other programs first: what they take is missing here.",
    .examples = examples,
    .options = rows,
    .run = run,
};

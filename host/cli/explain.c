/* kiln explain: the plan of one training step, launch by launch, measured or predicted. Trains nothing that stays. */
#include "command.h"
#include "explain_report.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "setup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct explain_arguments {
    train_arguments training;
    const char *model; /* "gflops=G,gbs=B,launch_us=L" or "G,B,L"; NULL: measure */
    size_t steps;
    bool json;
} explain_arguments;

#define FIELD(name) offsetof(explain_arguments, name)

static const option rows[] = {
    { .kind = OPTION_ROWS, .offset = FIELD(training), .rows = setup_options },
    { .kind = OPTION_ROWS, .offset = FIELD(training.device), .rows = device_options },

    { .help = "explanation" },
    { "steps", "N", "50", OPTION_COUNT, FIELD(steps), .help = "how many to measure" },
    { "device-model", "G,B,L", NULL, OPTION_TEXT, FIELD(model),
      .help = "measure nothing: predict for a GPU that is not there, of G GFLOP/s and B GB/s, and L microseconds a launch; also "
              "gflops=G,gbs=B,launch_us=L" },
    { "json", NULL, NULL, OPTION_SWITCH, FIELD(json), .help = "print one JSON object" },
    { 0 },
};

/* One number of a model, up to its comma or the end; *text goes past it. */
static bool parse_part(const char **text, double *number)
{
    char *end;
    if (!strchr("0123456789.", **text) || !**text)
        return false;
    *number = strtod(*text, &end);
    *text = *end == ',' ? end + 1 : end;
    return isfinite(*number) && (*end == ',' || *end == '\0');
}

/* Three numbers, in this order or each with its name. */
static bool parse_model(const char *text, kiln_device_model *model)
{
    static const char *const names[] = { "gflops=", "gbs=", "launch_us=" };
    double *const fields[] = { &model->gflops, &model->gbs, &model->launch_us };
    const bool named = strchr(text, '=') != NULL;
    bool given[3] = { false };
    size_t length = strlen(text);
    if (length == 0 || text[length - 1] == ',')
        return false;
    for (size_t i = 0; i < 3; i++) {
        size_t which = named ? 0 : i;
        while (named && which < 3 && strncmp(text, names[which], strlen(names[which])) != 0)
            which++;
        if (which == 3 || given[which])
            return false;
        text += named ? strlen(names[which]) : 0;
        given[which] = true;
        if (!parse_part(&text, fields[which]))
            return false;
    }
    return *text == '\0' && model->gflops > 0 && model->gbs > 0;
}

/* A plan for a GPU can be made on any device. */
static void plan_for_gpu(device_arguments *device)
{
    device->shape = KILN_SHAPE_GPU;
    if (device->gemm == KILN_GEMM_AUTO)
        device->gemm = KILN_GEMM_CLBLAST;
    if (device->strategy == KILN_STRATEGY_AUTO)
        device->strategy = KILN_STRATEGY_LAYERS; /* of a whole step in one work-group a model says nothing */
}

static kiln_status explain(const explain_arguments *a, const training *t, const kiln_device_model *model, kiln_error *err)
{
    const kiln_explain_options options = { .training = t->options, .steps = a->steps, .model = model, .stop = interrupt_flag() };
    kiln_explanation made = { 0 };
    kiln_status status = kiln_explain(t->device, t->network, &t->samples, t->train, &options, &made, err);
    if (status == KILN_OK && a->json)
        status = print_json(explanation_json(t, model, &made), err);
    else if (status == KILN_OK)
        print_explanation(t, model, &made);
    kiln_explanation_free(&made);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    explain_arguments arguments = { 0 };
    kiln_device_model model = { 0 };
    operands given;
    training t = { 0 };
    kiln_error err = { 0 };
    char sentence[256];
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    arguments.training.data = given.at[0];
    arguments.training.model = "-"; /* no file is written */
    if (!setup_check(&arguments.training, sentence, sizeof sentence))
        return options_wrong(self, "%s", sentence);
    if (arguments.model && !parse_model(arguments.model, &model))
        return options_wrong(self,
                             "--device-model '%s' is not three numbers such as 15000,900,5: GFLOP/s and GB/s above 0, and "
                             "microseconds a launch",
                             arguments.model);
    if (arguments.model)
        plan_for_gpu(&arguments.training.device);
    kiln_status status = setup_training(&arguments.training, &t, &err);
    if (status == KILN_OK)
        status = explain(&arguments, &t, arguments.model ? &model : NULL, &err);
    setup_free(&t, status);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln explain digits.csv",
    "kiln explain digits.csv --hidden 1024,1024 --batch-size 256 --gemm clblast",
    "kiln explain digits.csv --device-model gflops=15000,gbs=900,launch_us=5",
    NULL,
};

const command explain_command = {
    .name = "explain",
    .operands = "DATA",
    .least = 1,
    .most = 1,
    .summary = "shows what a training step launches, and its speed",
    .explanation =
        "Takes what `kiln train` takes, and runs some of the steps that it would run: every launch with its operations,\n"
        "the bytes it must move, its time, and how near that is to what the device can do; then what was chosen, and why.\n"
        "Writes no file.",
    .examples = examples,
    .options = rows,
    .run = run,
};

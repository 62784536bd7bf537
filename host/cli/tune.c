/* kiln tune: measures whose matrix products are fastest on a device, and keeps that for later runs. */
#include "command.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "setup.h"
#include "tune_report.h"

#include <stdlib.h>

typedef struct tune_arguments {
    train_arguments training;
    double seconds;
    size_t sets; /* 0: all */
    bool clear, json;
} tune_arguments;

#define FIELD(name) offsetof(tune_arguments, name)

static const option rows[] = {
    { .kind = OPTION_ROWS, .offset = FIELD(training), .rows = setup_options },
    { .kind = OPTION_ROWS, .offset = FIELD(training.device), .rows = device_options },

    { .help = "tuning" },
    { "seconds", "S", "60", OPTION_POSITIVE, FIELD(seconds),
      .help = "in which further sets of parameters are tried; one takes seconds, most of them to compile" },
    { "sets", "N", "all", OPTION_COUNT, FIELD(sets), .help = "most that are tried", .special = "all" },
    { "clear", NULL, NULL, OPTION_SWITCH, FIELD(clear), .help = "forget what was kept for the device; takes no DATA" },

    { .help = "messages" },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(training.quiet), .help = "print no messages", .letter = 'q' },
    { "json", NULL, NULL, OPTION_SWITCH, FIELD(json), .help = "print one JSON object" },
    { 0 },
};

static void report(void *user, const char *what)
{
    const tune_arguments *a = user;
    if (!a->training.quiet)
        say("measuring %s", what);
}

static kiln_status tune(tune_arguments *a, const training *t, kiln_error *err)
{
    const kiln_tune_options options = {
        .training = t->options, .seconds = a->seconds, .sets = a->sets, .report = report, .user = a, .stop = interrupt_flag()
    };
    kiln_tuning made = { 0 };
    kiln_status status = kiln_tune(t->device, t->network, &options, &made, err);
    if (status == KILN_OK && a->json)
        status = print_json(tuning_json(t, &made), err);
    else if (status == KILN_OK)
        print_tuning(t, &made);
    kiln_tuning_free(&made);
    return status;
}

static kiln_status clear(const tune_arguments *a, kiln_error *err)
{
    kiln_device *device = NULL;
    char *path = NULL;
    kiln_status status = device_open(&a->training.device, a->training.quiet, &device, err);
    if (status == KILN_OK)
        status = kiln_tune_clear(device, &path, err);
    if (status == KILN_OK && a->json)
        status = print_json(cleared_json(device, path), err);
    else if (status == KILN_OK)
        print_cleared(device, path);
    device_close(device, status);
    free(path);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    tune_arguments arguments = { 0 };
    operands given;
    training t = { 0 };
    kiln_error err = { 0 };
    char sentence[256];
    kiln_status status;
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    if (arguments.clear == (given.count > 0))
        return options_wrong(self, arguments.clear ? "--clear takes no DATA" : "DATA is missing: the samples to train on");
    if (arguments.training.device.gemm != KILN_GEMM_AUTO)
        return options_wrong(self, "--gemm has no use here: both are measured");
    if (arguments.clear) {
        status = clear(&arguments, &err);
        return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
    }
    arguments.training.data = given.at[0];
    arguments.training.model = "-"; /* no file is written where a model would be */
    if (!setup_check(&arguments.training, sentence, sizeof sentence))
        return options_wrong(self, "%s", sentence);
    status = setup_training(&arguments.training, &t, &err);
    if (status == KILN_OK)
        status = tune(&arguments, &t, &err);
    setup_free(&t, status);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln tune digits.csv --hidden 1024,1024 --batch-size 256",
    "kiln tune digits.csv --device gpu --seconds 300 --json",
    "kiln tune --clear",
    NULL,
};

const command tune_command = {
    .name = "tune",
    .operands = "DATA",
    .least = 0,
    .most = 1,
    .summary = "finds the fastest matrix products on a device",
    .explanation =
        "Takes what `kiln train` takes, and times the matrix products of a training step: by kiln's own kernels, by CLBlast,\n"
        "and by CLBlast with other parameters. The result is kept in the cache folder ($XDG_CACHE_HOME/kiln or\n"
        "~/.cache/kiln) for this device, driver and precision, and --gemm auto goes by it from then on. Tune for the\n"
        "network that takes the most of your time; others go by the products nearest in size. `kiln explain` says what is\n"
        "used, `kiln verify --gemm clblast` whether it computes right. On a CPU, CLBlast takes minutes.",
    .examples = examples,
    .options = rows,
    .run = run,
};

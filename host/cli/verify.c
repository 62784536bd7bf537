/* kiln verify: everything a device computes, beside the double-precision reference and within bounds from rounding theory. */
#include "choices.h"
#include "command.h"
#include "device.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "verify_report.h"
#include "widths.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct verify_arguments {
    const char *model, *layers;
    int activation, output, loss, optimizer;
    double momentum, weight_decay, dropout, clip_norm;
    size_t steps, batch_size;
    uint64_t seed;
    bool weights, all, quiet, json;
    device_arguments device;
} verify_arguments;

#define FIELD(name) offsetof(verify_arguments, name)

static const option rows[] = {
    { .help = "network, where no MODEL is given" },
    { "layers", "W-W-...", NULL, OPTION_TEXT, FIELD(layers),
      .help = "widths from the input to the output (default 65-33-10, past the edges of kernels' tiles)" },
    { "activation", "NAME", "sigmoid", OPTION_CHOICE, FIELD(activation), .help = "of the hidden layers",
      .choice = choice_activation },
    { "output-activation", "NAME", "auto", OPTION_CHOICE, FIELD(output),
      .help = "auto: what the loss needs, else softmax; sigmoid for a single output", .choice = choice_output },
    { .help = "training" },
    { "loss", "NAME", "auto", OPTION_CHOICE, FIELD(loss), .help = "auto: cross-entropy after softmax, bce after sigmoid, else mse",
      .choice = choice_loss },
    { "optimizer", "NAME", "adam", OPTION_CHOICE, FIELD(optimizer), .help = "how steps follow from gradients",
      .choice = choice_optimizer },
    { "momentum", "M", "0.9", OPTION_SHARE, FIELD(momentum), .help = "of momentum and nesterov; adam's first beta" },
    { "weight-decay", "D", "0", OPTION_AMOUNT, FIELD(weight_decay), .help = "pull of all parameters towards 0" },
    { "dropout", "FRACTION", "0", OPTION_SHARE, FIELD(dropout), .help = "share of hidden activations that is left out" },
    { "clip-norm", "NORM", "0", OPTION_AMOUNT, FIELD(clip_norm), .help = "largest norm of the gradient; 0 for none" },
    { "steps", "N", "3", OPTION_COUNT, FIELD(steps), .help = "training steps to follow" },
    { "batch-size", "N", "37", OPTION_COUNT, FIELD(batch_size), .help = "samples a step" },
    { "weights", NULL, NULL, OPTION_SWITCH, FIELD(weights), .help = "samples of different weights" },
    { "seed", "N", "0", OPTION_SEED, FIELD(seed), .help = "of the parameters and samples" },
    { .kind = OPTION_ROWS, .offset = FIELD(device), .rows = device_options },
    { "all", NULL, NULL, OPTION_SWITCH, FIELD(all), .help = "every OpenCL device, one after the other" },
    { .help = "messages" },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(quiet), .help = "print nothing but errors; the exit code tells", .letter = 'q' },
    { "json", NULL, NULL, OPTION_SWITCH, FIELD(json), .help = "print one JSON object" },
    { 0 },
};

/* The network that --layers describes, with parameters from the seed. */
static kiln_status make_network(const verify_arguments *a, kiln_network **network, kiln_error *err)
{
    size_t widths[WIDTHS_MOST], count = 0;
    widths_parse(a->layers, '-', widths, &count); /* check() has looked at it */
    kiln_activation last = widths[count - 1] > 1 ? KILN_SOFTMAX : KILN_SIGMOID;
    if (a->output)
        last = output_activation(a->output);
    else if (a->loss == KILN_BCE)
        last = KILN_SIGMOID;
    else if (a->loss == KILN_CROSS_ENTROPY)
        last = KILN_SOFTMAX;
    else if (a->loss == KILN_MSE || a->loss == KILN_MAE || a->loss == KILN_HUBER)
        last = KILN_LINEAR;
    const kiln_network_shape shape = {
        .layers = count - 1, .widths = widths, .hidden = (kiln_activation)a->activation, .output = last
    };
    const kiln_status status = kiln_network_create(&shape, network, err);
    return status == KILN_OK ? kiln_network_initialise(*network, KILN_INIT_AUTO, a->seed, err) : status;
}

static kiln_status begin(const verify_arguments *a, verification *v, kiln_error *err)
{
    const kiln_status status = a->model ? kiln_model_load(a->model, &v->network, err) : make_network(a, &v->network, err);
    v->options = (kiln_verify_options){
        .batch = a->batch_size,
        .steps = a->steps,
        .seed = a->seed,
        .weights = a->weights,
        .training = { .loss = (kiln_loss)a->loss,
                      .optimizer = (kiln_optimizer)a->optimizer,
                      .momentum = a->momentum,
                      .weight_decay = a->weight_decay,
                      .dropout = a->dropout,
                      .clip_norm = a->clip_norm,
                      .seed = a->seed },
        .stop = interrupt_flag(),
    };
    return status == KILN_OK ? kiln_verify_reference(v->network, &v->options, &v->reference, err) : status;
}

/* Verifies on one device. A device that fails is a finding, not the end. */
static kiln_status verify_device(const verification *v, const device_arguments *which, bool all, verified *result, kiln_error *err)
{
    kiln_device *device = NULL;
    kiln_status status = device_open(which, true, &device, err);
    if (status == KILN_OK) {
        result->info = *kiln_device_get_info(device);
        status = kiln_verify(device, v->network, &v->options, &result->report, err);
    }
    device_close(device, status);
    if (status == KILN_EINTERRUPTED || status == KILN_EINVAL || (status != KILN_OK && !all))
        return status;
    if (status != KILN_OK)
        snprintf(result->trouble, sizeof result->trouble, "%s", err->message);
    result->skipped = all && status == KILN_EUNSUPPORTED && !device;
    return KILN_OK;
}

static kiln_status verify_devices(const verify_arguments *a, verification *v, kiln_error *err)
{
    kiln_device_info *found = NULL;
    size_t count = 0;
    kiln_status status = kiln_device_list(&found, &count, err);
    if (status == KILN_OK && count == 0 && (a->all || strcmp(a->device.which, "auto") == 0))
        status = fail(err, KILN_ENODEVICE, "no OpenCL device to verify: %s", device_remedy);
    v->device = status == KILN_OK ? calloc(a->all ? count : 1, sizeof *v->device) : NULL;
    if (status == KILN_OK && !v->device)
        status = fail(err, KILN_ENOMEM, "no memory left");
    if (status == KILN_OK && !a->all) {
        v->devices = 1;
        status = verify_device(v, &a->device, false, &v->device[0], err);
    }
    for (size_t i = 0; status == KILN_OK && a->all && i < count; i++) {
        char index[24];
        device_arguments which = a->device;
        snprintf(index, sizeof index, "%zu", i);
        which.which = index;
        v->device[i].info = found[i];
        v->devices = i + 1;
        status = verify_device(v, &which, true, &v->device[i], err);
    }
    free(found);
    return status;
}

static bool check(const verify_arguments *a, char *sentence, size_t bytes)
{
    size_t widths[WIDTHS_MOST], count = 0;
    if (a->all && strcmp(a->device.which, "auto") != 0)
        snprintf(sentence, bytes, "--all and --device %s: give one of them", a->device.which);
    else if (!widths_parse(a->layers, '-', widths, &count) || count < 2)
        snprintf(sentence, bytes, "--layers '%s' is no list of at least two widths such as 784-128-10", a->layers);
    else if (a->momentum == 0.0)
        snprintf(sentence, bytes, "--momentum 0 is no momentum: use --optimizer sgd");
    else
        return true;
    return false;
}

static void end(verification *v)
{
    for (size_t i = 0; i < v->devices; i++)
        kiln_verify_report_free(&v->device[i].report);
    free(v->device);
    kiln_verify_report_free(&v->reference);
    kiln_network_destroy(v->network);
}

static int run(const command *self, int argc, char **argv)
{
    verify_arguments arguments = { 0 };
    verification v = { 0 };
    operands given;
    kiln_error err = { 0 };
    char sentence[256];
    int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    arguments.model = given.count ? given.at[0] : NULL;
    if (arguments.model && arguments.layers)
        return options_wrong(self, "%s has its own layers: --layers is for a network without a file", arguments.model);
    if (!arguments.layers)
        arguments.layers = "65-33-10";
    if (!check(&arguments, sentence, sizeof sentence))
        return options_wrong(self, "%s", sentence);
    struct timespec started, ended;
    clock_gettime(CLOCK_MONOTONIC, &started);
    kiln_status status = begin(&arguments, &v, &err);
    if (status == KILN_OK)
        status = verify_devices(&arguments, &v, &err);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    v.seconds = (double)(ended.tv_sec - started.tv_sec) + 1e-9 * (double)(ended.tv_nsec - started.tv_nsec);
    if (status == KILN_OK && arguments.json)
        status = print_json(verification_json(arguments.model, arguments.all, &v), &err);
    else if (status == KILN_OK && !arguments.quiet)
        print_verification(&v);
    code = status == KILN_OK && verification_holds(&v) ? EXIT_WORKED : EXIT_FAILED;
    end(&v);
    return status == KILN_OK ? code : say_failure(status, &err);
}

static const char *const examples[] = {
    "kiln verify --all",
    "kiln verify --layers 784-128-10 --activation relu --device gpu",
    "kiln verify digits.safetensors --optimizer sgd --steps 10",
    NULL,
};

const command verify_command = {
    .name = "verify",
    .operands = "[MODEL]",
    .most = 1,
    .summary = "checks a device's arithmetic against the reference",
    .explanation = "Trains a copy of the network for a few steps on made-up samples. Every activation, gradient and weight is\n"
                   "computed again in double precision; each may be off by what rounding theory allows, no more.\n"
                   "Exit code 0 only if all hold. For people who write kernels: with KILN_KERNELS=FOLDER in the environment, kiln\n"
                   "runs the kernels of that folder in place of those built in.",
    .examples = examples,
    .options = rows,
    .run = run,
};

/* kiln train: from a data file to a trained network, its figures and its file. */
#include "command.h"
#include "config.h"
#include "cross_validation.h"
#include "cross_validation_report.h"
#include "interrupt.h"
#include "message.h"
#include "output.h"
#include "page.h"
#include "page_facts.h"
#include "setup.h"
#include "summary.h"
#include "watch.h"

#include <math.h>
#include <string.h>

#define FIELD(name) offsetof(train_arguments, name)

static const option rows[] = {
    { .kind = OPTION_ROWS, .offset = 0, .rows = setup_options },
    { .kind = OPTION_ROWS, .offset = FIELD(device), .rows = device_options },

    { .help = "cross-validation" },
    { "folds", "K", "none", OPTION_COUNT, FIELD(folds),
      .help = "first train K networks, each on all samples but those of one fold, which it is measured on; all of them then make "
              "the network that is kept. --validation is then for --patience alone",
      .special = "none" },

    { .help = "files and messages" },
    { "checkpoint", "FILE", NULL, OPTION_TEXT, FIELD(checkpoint), .help = "the state of the training, written after each epoch" },
    { "resume", NULL, NULL, OPTION_SWITCH, FIELD(resume), .help = "go on from the checkpoint, where there is one" },
    { "model", "FILE", NULL, OPTION_TEXT, FIELD(model), .help = "where the network goes (default DATA's name, .safetensors, here)",
      .letter = 'o' },
    { "log", "FILE", NULL, OPTION_TEXT, FIELD(log), .help = "a JSON object a line for each epoch; kiln plot draws them" },
    { "tensorboard", "FOLDER", NULL, OPTION_TEXT, FIELD(tensorboard), .help = "a folder for event files, which TensorBoard shows" },
    { "save-config", "FILE", NULL, OPTION_TEXT, FIELD(save_config),
      .help = "where all options of this run go; kiln train --config FILE repeats it" },
    { "report", "FILE", NULL, OPTION_TEXT, FIELD(report), .help = "a page (HTML) with curves, figures, mistakes and what was run" },
    { "quiet", NULL, NULL, OPTION_SWITCH, FIELD(quiet), .help = "print nothing but errors", .letter = 'q' },
    { "json", NULL, NULL, OPTION_SWITCH, FIELD(json), .help = "print the figures as one JSON object" },
    { 0 },
};

/* All options of the run, with what was inferred; the file that they go to is none of them. */
static kiln_status save_config(const command *self, const training *t, const operands *given, kiln_error *err)
{
    train_arguments settled = setup_settled(t);
    const char *path = settled.save_config;
    settled.save_config = NULL;
    return path ? config_write(self, path, &settled, given, err) : KILN_OK;
}

/* What the network has learned goes to its file, also when the training was interrupted: nobody wants to lose an hour. */
static kiln_status save(training *t, kiln_error *err)
{
    kiln_status status = target_fold(&t->scale, t->network, err);
    if (status == KILN_OK)
        status = kiln_model_save(t->network, t->model, (kiln_precision)t->arguments->device.precision, err);
    return status;
}

static int report(const training *t, const figures *measured, kiln_error *err)
{
    if (t->arguments->json) {
        const kiln_status status = print_json(summary_json(t, measured), err);
        return status == KILN_OK ? EXIT_WORKED : say_failure(status, err);
    }
    if (!t->arguments->quiet)
        summary_print(t, measured);
    return EXIT_WORKED;
}

/* The page, where one is wanted; of a training that did not end, what there is. */
static kiln_status write_report(const training *t, const page_command *typed, const page_history *history, const figures *measured,
                                kiln_error *err)
{
    const struct {
        const char *label;
        const kiln_metrics *metrics;
    } measures[] = { { "training", &measured->train }, { "validation", &measured->validation }, { "test", &measured->test } };
    page p = { .command = *typed,
               .data_file = strcmp(t->arguments->data, "-") == 0 ? "standard input" : t->arguments->data,
               .facts = facts_training,
               .user = t,
               .history = history,
               .device = t->device,
               .network = t->network,
               .loss = t->options.loss,
               .seed = t->arguments->seed };
    if (!t->arguments->report)
        return KILN_OK;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (measures[i].metrics->count)
            p.figure[p.figures++] = (page_figures){ measures[i].label, measures[i].metrics };
    p.data = measured->test.count ? t->test : t->data;
    p.subset = measured->test.count         ? (kiln_subset){ NULL, measured->test.count }
               : measured->validation.count ? t->validation
                                            : t->train;
    if (t->scale.outputs)
        p.loss_note = "Targets were standardised while training: these losses are in those units.";
    if (t->folds && !measured->validation.count && !measured->test.count)
        p.notice = "The figures and curves are of samples that the network has learned from. What to expect of new ones is what "
                   "the cross-validation says.";
    if (p.figures == 0)
        p.notice = "The training did not come to its end, so nothing was measured.";
    return page_write(t->arguments->report, &p, err);
}

/* After Ctrl-C, SIGTERM, a lost device, a full disk or a loss that is no number: keeps what was learned, if anything was. */
static int rescue(training *t, const page_command *typed, const page_history *history, kiln_status status, kiln_error *err)
{
    const kiln_training_result *r = &t->result;
    const bool interrupted = status == KILN_EINTERRUPTED;
    const int code = say_failure(status, err);
    if (interrupted ? r->steps == 0 : r->epochs == 0) {
        if (interrupted)
            say("nothing was trained yet, so nothing is written");
        return code;
    }
    if (save(t, err) != KILN_OK) {
        say("%s", err->message);
        return EXIT_FAILED;
    }
    if (interrupted)
        say("the network so far, %zu step%s and %zu whole epoch%s, is in %s", r->steps, r->steps == 1 ? "" : "s", r->epochs,
            r->epochs == 1 ? "" : "s", t->model);
    else
        say("the network as its last good epoch left it is in %s", t->model);
    if (interrupted && t->arguments->checkpoint)
        say("the same command with --resume goes on from %s", t->arguments->checkpoint);
    if (t->arguments->json)
        report(t, &(figures){ 0 }, err);
    if (write_report(t, typed, history, &(figures){ 0 }, err) != KILN_OK)
        say("%s", err->message);
    return code;
}

/* Measures and tells; whatever fails here, the network is saved. */
static int tell(training *t, const page_command *typed, const page_history *history, kiln_status *status, kiln_error *err)
{
    figures measured = { 0 };
    *status = summary_measure(t, &measured, err);
    int code = EXIT_WORKED;
    if (*status == KILN_OK)
        code = report(t, &measured, err);
    if (*status == KILN_OK && code == EXIT_WORKED)
        *status = write_report(t, typed, history, &measured, err);
    if (*status != KILN_OK) {
        code = say_failure(*status, err);
        say("the trained network is in %s", t->model);
    }
    summary_free(&measured);
    return code;
}

/* Trains, saves, measures, in this order: no failure to measure costs the network. */
static int train(training *t, const page_command *typed, kiln_status *status, kiln_error *err)
{
    watch watched;
    int code;
    *status = watch_begin(&watched, t->arguments, err);
    if (*status == KILN_OK) {
        t->options.progress = progress_interval(&watched.shown);
        *status = kiln_train(t->device, t->network, &t->samples, t->train, t->validation, &t->options, watch_report, &watched,
                             &t->result, err);
    }
    watch_end(&watched);
    if (*status != KILN_OK) {
        code = rescue(t, typed, &watched.history, *status, err);
    } else {
        *status = save(t, err);
        code = *status == KILN_OK ? tell(t, typed, &watched.history, status, err) : say_failure(*status, err);
    }
    page_history_free(&watched.history);
    return code == EXIT_WORKED && watched.lost ? EXIT_FAILED : code;
}

/* What was said of the folds that are done stays said, however those after them end. */
static int cross_validate_and_train(training *t, const page_command *typed, kiln_status *status, kiln_error *err)
{
    cross_validation folds = { 0 };
    int code;
    *status = cross_validation_run(t, &folds, err);
    t->folds = &folds;
    if (!t->arguments->quiet && !t->arguments->json)
        cross_validation_print(&folds, kiln_data_schema(t->data));
    if (*status == KILN_OK) {
        code = train(t, typed, status, err);
    } else {
        t->result = (kiln_training_result){ .loss = NAN, .interrupted = *status == KILN_EINTERRUPTED };
        code = say_failure(*status, err);
        if (folds.fold)
            say("%zu of %zu folds were measured; no model was written", folds.done, folds.folds);
        if (t->arguments->json && folds.done > 0)
            report(t, &(figures){ 0 }, err);
    }
    t->folds = NULL;
    cross_validation_free(&folds);
    return code;
}

static int run(const command *self, int argc, char **argv)
{
    train_arguments arguments = { 0 };
    operands given;
    training t = { 0 };
    kiln_error err = { 0 };
    char sentence[256];
    int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    arguments.data = given.at[0];
    if (!setup_check(&arguments, sentence, sizeof sentence))
        return options_wrong(self, "%s", sentence);
    kiln_status status = setup_training(&arguments, &t, &err);
    if (status == KILN_OK)
        status = save_config(self, &t, &given, &err);
    if (status == KILN_OK) {
        if (!arguments.quiet)
            summary_announce(&t);
        const page_command typed = { self->name, argc, argv };
        code = arguments.folds ? cross_validate_and_train(&t, &typed, &status, &err) : train(&t, &typed, &status, &err);
    } else {
        code = say_failure(status, &err);
    }
    setup_free(&t, status);
    return code;
}

static const char *const examples[] = {
    "kiln train iris.csv",
    "kiln train digits.csv --test digits-test.csv -o digits.safetensors",
    "kiln train houses.csv --target price --hidden 64,64 --activation relu",
    "kiln train weather.csv --target rain,wind,temperature",
    "kiln train train-images.gz --labels train-labels.gz --test t10k-images.gz --test-labels t10k-labels.gz",
    "kiln train mnist.npz --test mnist.npz",
    "kiln train digits.csv --log digits.jsonl --tensorboard runs/digits",
    "kiln train iris.csv --folds 5",
    "kiln train big.csv.gz --checkpoint big.checkpoint --resume --patience 10",
    "kiln train houses.csv --target price --report houses.html",
    "xz -dc table.csv.xz | kiln train - --json -o table.safetensors",
    NULL,
};

const command train_command = {
    .name = "train",
    .operands = "DATA",
    .least = 1,
    .most = 1,
    .summary = "trains a network on a data file",
    .explanation = "DATA is CSV (separators , ; or tab), NumPy's .npy or .npz, libsvm's sparse text, or IDX (MNIST's format),\n"
                   "plain or gzipped; - is standard input.\n"
                   "The first Ctrl-C saves the network so far and the checkpoint; the second ends at once.",
    .examples = examples,
    .options = rows,
    .run = run,
};

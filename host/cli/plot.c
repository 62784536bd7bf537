/* kiln plot: the logs of trainings as curves. */
#include "chart.h"
#include "command.h"
#include "epoch_log.h"
#include "message.h"
#include "output.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PANELS = 3, LINES_MOST = 2 * CHART_COLOURS, KEYS_MOST = CHART_COLOURS + 2, BLACK = 6 };

typedef struct plot_arguments {
    const char *output, *title;
} plot_arguments;

/* The logs, and what is drawn of them. */
typedef struct plot {
    size_t logs;
    epoch_log log[CHART_COLOURS];
    json_t *name[CHART_COLOURS]; /* of the files, as text that can be drawn */
    chart_line line[PANELS][LINES_MOST];
    chart_panel panel[PANELS];
    chart_key key[KEYS_MOST];
    chart chart;
} plot;

static const option rows[] = {
    { .help = "options" },
    { "output", "FILE", NULL, OPTION_TEXT, offsetof(plot_arguments, output),
      .help = "the picture, .svg or .png; - is SVG on standard output (default LOG's name, .svg, here)", .letter = 'o' },
    { "title", "TEXT", NULL, OPTION_TEXT, offsetof(plot_arguments, title), .help = "over the picture (default LOG's name)" },
    { 0 },
};

static kiln_status read_log(const char *path, epoch_log *log, kiln_error *err)
{
    const bool is_input = strcmp(path, "-") == 0;
    FILE *stream = is_input ? stdin : fopen(path, "r");
    if (!stream)
        return fail(err, KILN_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    kiln_status status = epoch_log_read(stream, is_input ? "standard input" : path, log, err);
    if (status == KILN_OK && log->count == 0)
        status = fail(err, KILN_EDATA, "%s: has no epochs: there is nothing to draw", is_input ? "standard input" : path);
    if (!is_input)
        fclose(stream);
    return status;
}

/* Whether a figure is known of any epoch. */
static bool is_known(const epoch_log *log, size_t offset)
{
    for (size_t i = 0; i < log->count; i++)
        if (isfinite(*(const double *)(const void *)((const char *)&log->row[i] + offset)))
            return true;
    return false;
}

/* Adds a line of one figure of a log to a panel, where it is known. */
static void add_line(plot *p, size_t panel, size_t log, size_t offset, size_t colour, bool dashed)
{
    const epoch_log *from = &p->log[log];
    if (!is_known(from, offset))
        return;
    p->line[panel][p->panel[panel].lines++] = (chart_line){
        .count = from->count,
        .x = &from->row->epoch,
        .y = (const double *)(const void *)((const char *)from->row + offset),
        .stride = sizeof *from->row / sizeof(double),
        .colour = colour,
        .dashed = dashed,
    };
}

static void add_key(plot *p, const char *name, size_t colour, bool dashed)
{
    p->key[p->chart.keys++] = (chart_key){ name, colour, dashed };
}

/* One log: training and validation have each their colour. Several: each log has, and validation is dashed. */
static void arrange(plot *p)
{
    const bool one = p->logs == 1;
    bool validated = false;
    p->panel[0] = (chart_panel){ .title = "loss", .may_be_logarithmic = true, .line = p->line[0] };
    p->panel[1] = (chart_panel){ .title = "validation accuracy", .kind = AXIS_PERCENT, .line = p->line[1] };
    p->panel[2] = (chart_panel){ .title = "learning rate", .line = p->line[2] };
    for (size_t i = 0; i < p->logs; i++) {
        add_line(p, 0, i, offsetof(epoch_row, loss), i, false);
        add_line(p, 0, i, offsetof(epoch_row, validation_loss), one ? 1 : i, !one);
        add_line(p, 1, i, offsetof(epoch_row, validation_accuracy), one ? 1 : i, false);
        add_line(p, 2, i, offsetof(epoch_row, learning_rate), i, false);
        validated = validated || is_known(&p->log[i], offsetof(epoch_row, validation_loss));
        if (!one)
            add_key(p, json_string_value(p->name[i]), i, false);
    }
    add_key(p, one ? "training" : "training loss", one ? 0 : BLACK, false);
    if (validated)
        add_key(p, one ? "validation" : "validation loss", one ? 1 : BLACK, !one);
    for (size_t i = 0; i < PANELS; i++) /* no empty panels, but for the first */
        if (i == 0 || p->panel[i].lines > 0)
            p->panel[p->chart.panels++] = p->panel[i];
    p->chart.panel = p->panel;
    p->chart.key = p->key;
    p->chart.x_title = "epoch";
}

/* "/runs/digits.jsonl" -> "digits.svg", in the current folder. NULL without memory. */
static char *picture_path(const char *log)
{
    static const char suffix[] = ".svg";
    const char *slash = strrchr(log, '/'), *name = strcmp(log, "-") == 0 ? "log" : slash ? slash + 1 : log;
    char *path = malloc(strlen(name) + sizeof suffix);
    if (!path)
        return NULL;
    strcpy(path, name);
    char *dot = strrchr(path, '.');
    if (dot && dot != path)
        *dot = '\0';
    return strcat(path, suffix);
}

/* The format that a file's name asks for. */
static bool find_format(const char *path, chart_format *format)
{
    const char *dot = strrchr(path, '.');
    char ending[5] = "";
    for (size_t i = 0; dot && i < 4 && dot[i]; i++)
        ending[i] = (char)tolower((unsigned char)dot[i]);
    *format = strcmp(ending, ".png") == 0 ? CHART_PNG : CHART_SVG;
    return strcmp(path, "-") == 0 || (dot && strlen(dot) == 4 && (*format == CHART_PNG || strcmp(ending, ".svg") == 0));
}

static kiln_status draw(const plot_arguments *a, const operands *given, const char *path, chart_format format, plot *p,
                        kiln_error *err)
{
    kiln_status status = KILN_OK;
    for (p->logs = 0; status == KILN_OK && p->logs < given->count; p->logs++) {
        const char *file = given->at[p->logs];
        status = output_spares(path, file, err);
        if (status == KILN_OK)
            status = read_log(file, &p->log[p->logs], err);
        p->name[p->logs] = text_or_null(strcmp(file, "-") == 0 ? "standard input" : file);
        if (status == KILN_OK && !json_is_string(p->name[p->logs]))
            status = fail(err, KILN_ENOMEM, "no memory left");
    }
    if (status != KILN_OK)
        return status;
    arrange(p);
    json_t *title = a->title ? text_or_null(a->title) : NULL;
    p->chart.title = title ? json_string_value(title) : p->logs == 1 ? json_string_value(p->name[0]) : "trainings";
    status = p->chart.title ? chart_write(&p->chart, path, format, err) : fail(err, KILN_ENOMEM, "no memory left");
    json_decref(title);
    return status;
}

static int run(const command *self, int argc, char **argv)
{
    plot_arguments arguments = { 0 };
    operands given;
    kiln_error err = { 0 };
    chart_format format;
    int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    char *path = arguments.output ? strdup(arguments.output) : picture_path(given.at[0]);
    plot *p = calloc(1, sizeof *p);
    kiln_status status = KILN_OK;
    if (!path || !p)
        status = fail(&err, KILN_ENOMEM, "no memory left");
    else if (!find_format(path, &format))
        status = fail(&err, KILN_EINVAL, "%s: is neither .svg nor .png, the pictures that are drawn", path);
    else
        status = draw(&arguments, &given, path, format, p, &err);
    code = status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
    for (size_t i = 0; p && i < p->logs; i++) {
        free(p->log[i].row);
        json_decref(p->name[i]);
    }
    free(p);
    free(path);
    return code;
}

static const char *const examples[] = {
    "kiln plot digits.jsonl",
    "kiln plot digits.jsonl -o digits.png",
    "kiln plot adam.jsonl sgd.jsonl --title 'two optimizers' -o both.svg",
    NULL,
};

const command plot_command = {
    .name = "plot",
    .operands = "LOG...",
    .least = 1,
    .most = CHART_COLOURS,
    .summary = "draws the logs of trainings as curves",
    .explanation = "LOG is what kiln train --log wrote; - is standard input. Up to 8 are drawn over each other.",
    .examples = examples,
    .options = rows,
    .run = run,
};

/* kiln info: what a model file holds. */
#include "choices.h"
#include "command.h"
#include "message.h"
#include "output.h"
#include "report.h"

#include <stdbool.h>
#include <stdio.h>

enum { NAMES_MOST = 12, SHAPE_MOST = 1024 }; /* names that are listed; the rest is counted */

typedef struct info_arguments {
    bool json;
} info_arguments;

static const option rows[] = {
    { .help = "options" },
    { "json", NULL, NULL, OPTION_SWITCH, offsetof(info_arguments, json), .help = "print one JSON object" },
    { 0 },
};

static void print_layers(const kiln_network *network)
{
    const kiln_network_shape shape = kiln_network_get_shape(network);
    for (size_t l = 0; l < shape.layers; l++) {
        const bool last = l + 1 == shape.layers;
        printf("  layer %-4zu %zu x %zu weights%s, %s\n", l + 1, shape.widths[l], shape.widths[l + 1],
               shape.no_bias ? "" : ", biases", kiln_activation_name(last ? shape.output : shape.hidden));
    }
}

static bool fills(const kiln_schema *schema)
{
    return schema->missing == KILN_MISSING_MEAN || schema->missing == KILN_MISSING_MEDIAN;
}

/* Columns that are all numbers without names, as an image's pixels, are only counted. */
static bool is_plain(const kiln_schema *schema)
{
    for (size_t c = 0; c < schema->columns; c++)
        if (schema->column[c].name || schema->column[c].categories)
            return false;
    return !fills(schema);
}

static void print_columns(const kiln_schema *schema)
{
    char number[24];
    if (is_plain(schema))
        return;
    for (size_t c = 0; c < schema->columns && c < NAMES_MOST; c++) {
        const kiln_column *column = &schema->column[c];
        snprintf(number, sizeof number, "%zu", c);
        printf("  ");
        print_cell(column->name ? column->name : number, text_width(column->name ? column->name : number), false);
        if (column->categories)
            printf(": text, %zu categories%s", column->categories, fills(schema) ? "; missing: none of them" : "");
        else if (fills(schema))
            printf(": missing becomes %g%s", (double)column->fill, column->indicator ? ", with an indicator" : "");
        putchar('\n');
    }
    if (schema->columns > NAMES_MOST)
        printf("  ... and %zu more\n", schema->columns - NAMES_MOST);
}

static void print_class_names(const kiln_schema *schema)
{
    char number[24];
    printf("%-11s", "classes");
    for (size_t c = 0; c < schema->classes && c < NAMES_MOST; c++) {
        const char *name = class_name(schema, c, number);
        printf(c ? ", " : " ");
        print_cell(name, text_width(name), false);
    }
    if (schema->classes > NAMES_MOST)
        printf(" ... and %zu more", schema->classes - NAMES_MOST);
    putchar('\n');
}

static void print_target_names(const kiln_schema *schema)
{
    char number[24];
    printf("%-11s", schema->targets > 1 ? "targets" : "target");
    for (size_t t = 0; t < schema->targets && t < NAMES_MOST; t++) {
        const char *name = target_name(schema, t, number), *const *label = (const char *const *)schema->target[t].label;
        printf(t ? ", " : " ");
        print_cell(name, text_width(name), false);
        for (size_t i = 0; label[0] && i < 2; i++) {
            printf(i ? "/" : " (");
            print_cell(label[i], text_width(label[i]), false);
        }
        if (label[0])
            putchar(')');
    }
    if (schema->targets > NAMES_MOST)
        printf(" ... and %zu more", schema->targets - NAMES_MOST);
    putchar('\n');
}

static void print_info(const char *path, const kiln_network *network)
{
    char text[SHAPE_MOST];
    const float *mean, *scale;
    const kiln_schema *schema = kiln_network_schema(network);
    shape_text(network, text, sizeof text);
    kiln_network_get_standardisation(network, &mean, &scale);
    printf("%-11s %s\n%-11s %s: %zu parameters\n", "model", path, "network", text, kiln_network_parameters(network));
    print_layers(network);
    printf("%-11s %s\n", "inputs", mean ? "standardised with the training samples' statistics" : "used as they are");
    printf("%-11s %s\n", "task", task_name(schema->task));
    if (schema->targets > 1 || (schema->targets == 1 && schema->target[0].name))
        print_target_names(schema);
    if (schema->classes)
        print_class_names(schema);
    if (schema->columns) {
        printf("%-11s %zu", "columns", schema->columns);
        if (schema->ignored)
            printf(", and %zu that are ignored", schema->ignored);
        putchar('\n');
        print_columns(schema);
    }
    if (fills(schema))
        printf("%-11s values become the training samples' %s\n", "missing", choice_missing((int)schema->missing));
    else if (schema->missing == KILN_MISSING_DROP)
        printf("%-11s rows with a missing value were left out of training\n", "missing");
}

static json_t *columns_json(const kiln_schema *schema)
{
    json_t *columns = json_array();
    for (size_t c = 0; c < schema->columns; c++) {
        json_t *column = json_object(), *categories = json_array();
        for (size_t i = 0; i < schema->column[c].categories; i++)
            json_array_append_new(categories, text_or_null(schema->column[c].category[i]));
        json_object_set_new(column, "name", text_or_null(schema->column[c].name));
        json_object_set_new(column, "categories", categories);
        json_object_set_new(column, "missing",
                            fills(schema) && !schema->column[c].categories ? json_real((double)schema->column[c].fill)
                                                                           : json_null());
        json_object_set_new(column, "indicator", json_boolean(schema->column[c].indicator));
        json_array_append_new(columns, column);
    }
    return columns;
}

/* The two texts of each label; null for other tasks. */
static json_t *labels_json(const kiln_schema *schema)
{
    if (schema->task != KILN_MULTILABEL)
        return json_null();
    json_t *labels = json_array();
    for (size_t t = 0; t < schema->targets; t++) {
        json_t *texts = json_array();
        json_array_append_new(texts, text_or_null(label_text(schema, t, false)));
        json_array_append_new(texts, text_or_null(label_text(schema, t, true)));
        json_array_append_new(labels, texts);
    }
    return labels;
}

/* The ignored columns' places. */
static json_t *ignored_json(const kiln_schema *schema)
{
    json_t *places = json_array();
    for (size_t i = 0; i < schema->ignored; i++)
        json_array_append_new(places, json_integer((json_int_t)schema->ignored_column[i]));
    return places;
}

static json_t *info_json(const char *path, const kiln_network *network)
{
    const float *mean, *scale;
    const kiln_schema *schema = kiln_network_schema(network);
    json_t *object = json_object();
    kiln_network_get_standardisation(network, &mean, &scale);
    json_object_set_new(object, "model", text_or_null(path));
    json_object_set_new(object, "network", shape_json(network));
    json_object_set_new(object, "parameters", json_integer((json_int_t)kiln_network_parameters(network)));
    json_object_set_new(object, "standardised", json_boolean(mean));
    json_object_set_new(object, "task", json_string(task_name(schema->task)));
    json_object_set_new(object, "target", target_json(schema));
    json_object_set_new(object, "targets", targets_json(schema));
    json_object_set_new(object, "labels", labels_json(schema));
    json_object_set_new(object, "classes", classes_json(schema));
    json_object_set_new(object, "columns", columns_json(schema));
    json_object_set_new(object, "ignored", ignored_json(schema));
    json_object_set_new(object, "missing", text_or_null(choice_missing((int)schema->missing)));
    return object;
}

static int run(const command *self, int argc, char **argv)
{
    info_arguments arguments = { 0 };
    operands given;
    kiln_network *network = NULL;
    kiln_error err = { 0 };
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    kiln_status status = kiln_model_load(given.at[0], &network, &err);
    if (status == KILN_OK && arguments.json)
        status = print_json(info_json(given.at[0], network), &err);
    else if (status == KILN_OK)
        print_info(given.at[0], network);
    kiln_network_destroy(network);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = { "kiln info digits.safetensors", "kiln info digits.safetensors --json", NULL };

const command info_command = {
    .name = "info",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .summary = "says what a model file holds",
    .examples = examples,
    .options = rows,
    .run = run,
};

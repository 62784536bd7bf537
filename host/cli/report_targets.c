/* Figures of targets and labels, one a row, and their names. */
#include "choices.h"
#include "output.h"
#include "report.h"

#include <stdarg.h>
#include <string.h>

enum { NAME_MOST = 20 /* columns of a target's name */, TARGETS_MOST = 8 /* that are named in a line */ };

const char *target_name(const kiln_schema *schema, size_t target, char number[24])
{
    if (schema && target < schema->targets && schema->target[target].name)
        return schema->target[target].name;
    snprintf(number, 24, "%zu", target);
    return number;
}

const char *label_text(const kiln_schema *schema, size_t target, bool has)
{
    if (schema && target < schema->targets && schema->target[target].label[has])
        return schema->target[target].label[has];
    return has ? "1" : "0";
}

/* Adds to a text what there is room for. */
__attribute__((format(printf, 3, 4))) static void append(char *text, size_t bytes, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list values;
    va_start(values, format);
    vsnprintf(text + used, bytes - used, format, values);
    va_end(values);
}

void task_text(const kiln_data *data, char *text, size_t bytes)
{
    const kiln_schema *schema = kiln_data_schema(data);
    const kiln_samples *samples = kiln_data_samples(data);
    const bool classes = samples->labels;
    const size_t count = classes ? samples->classes : samples->outputs;
    const char *what = classes ? "class" : schema->task == KILN_MULTILABEL ? "label" : "target";
    text[0] = '\0';
    append(text, bytes, "%s: %zu %s%s", task_name(schema->task), count, what, count == 1 ? "" : classes ? "es" : "s");
    if (schema->targets == 0 || !schema->target[0].name)
        return;
    append(text, bytes, "%s column%s '%s'", classes ? " in" : ",", schema->targets > 1 ? "s" : "", schema->target[0].name);
    for (size_t i = 1; i < schema->targets && i < TARGETS_MOST; i++)
        append(text, bytes, ", '%s'", schema->target[i].name);
    if (schema->targets > TARGETS_MOST)
        append(text, bytes, ", ...");
}

/* Columns that the longest name needs. */
static size_t names_width(const kiln_schema *schema, size_t targets)
{
    size_t width = 6; /* "target" */
    char number[24];
    for (size_t t = 0; t < targets; t++) {
        const size_t own = text_width(target_name(schema, t, number));
        width = own > width ? own : width;
    }
    return width < NAME_MOST ? width : NAME_MOST;
}

static void print_labels(const kiln_metrics *metrics, const kiln_schema *schema)
{
    char number[24];
    const size_t width = names_width(schema, metrics->labels);
    printf("\n%-*s  precision   recall       F1  samples\n", (int)width, "label");
    for (size_t l = 0; l < metrics->labels; l++) {
        print_cell(target_name(schema, l, number), width, false);
        printf("  %9.4f%9.4f%9.4f%9zu\n", metrics->precision[l], metrics->recall[l], metrics->f1[l],
               metrics->confusion[4 * l + 2] + metrics->confusion[4 * l + 3]);
    }
}

void print_targets(const kiln_metrics *metrics, const kiln_schema *schema)
{
    if (metrics->labels)
        print_labels(metrics, schema);
    if (metrics->outputs < 2)
        return;
    char number[24];
    const size_t width = names_width(schema, metrics->outputs);
    printf("\n%-*s         RMSE          MAE       R2\n", (int)width, "target");
    for (size_t o = 0; o < metrics->outputs; o++) {
        print_cell(target_name(schema, o, number), width, false);
        printf("  %11.6g  %11.6g  %7.4f\n", metrics->output[o].rmse, metrics->output[o].mae, metrics->output[o].r2);
    }
}

json_t *target_json(const kiln_schema *schema)
{
    return schema && schema->targets == 1 ? text_or_null(schema->target[0].name) : json_null();
}

json_t *targets_json(const kiln_schema *schema)
{
    json_t *names = json_array();
    for (size_t t = 0; schema && t < schema->targets; t++)
        json_array_append_new(names, text_or_null(schema->target[t].name));
    return names;
}

/* Figures of targets and labels, one a row, and their names. */
#include "output.h"
#include "report.h"

enum { NAME_MOST = 20 }; /* columns of a target's name */

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

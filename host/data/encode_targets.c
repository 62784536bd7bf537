/* From a table's targets to samples': classes, numbers, or labels. */
#include "data/table.h"

#include "base/memory.h"
#include "data/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_CLASSES = 20 }; /* as kiln/data.h has it */

/* Where a value is among sorted ones, or would be. */
static size_t search(const double *values, size_t count, double value)
{
    size_t from = 0, to = count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (values[middle] < value)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* Collects the different targets, sorted, in values of room `most`; false when there are more, or one is no whole number. */
static bool different(const table *t, double *values, size_t most, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < t->rows; i++) {
        const size_t at = search(values, *count, t->label[i]);
        if (at < *count && values[at] == t->label[i])
            continue;
        if (*count == most || !number_is_whole(t->label[i]))
            return false;
        memmove(values + at + 1, values + at, (*count - at) * sizeof *values);
        values[at] = t->label[i];
        ++*count;
    }
    return true;
}

static kiln_status name_classes(const double *values, size_t count, kiln_schema *schema, kiln_error *err)
{
    char text[32];
    schema->class_name = mem_zeroed(count, sizeof *schema->class_name);
    if (!schema->class_name)
        return kiln_fail_memory(err, 0, "the names of classes");
    schema->classes = count;
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%.0f", values[i] == 0.0 ? 0.0 : values[i]); /* no "-0" */
        schema->class_name[i] = mem_text(text);
        if (!schema->class_name[i])
            return kiln_fail_memory(err, 0, "the names of classes");
    }
    return KILN_OK;
}

/* Numbers the classes of a numeric target, if they are classes: *found says. */
static kiln_status number_classes(table *t, kiln_schema *schema, bool *found, kiln_error *err)
{
    const bool asked = t->task == KILN_CLASSIFICATION;
    const size_t most = asked ? DATA_MAX_CLASSES : FEW_CLASSES;
    kiln_status status = KILN_OK;
    size_t count;
    double *values = mem_alloc(most, sizeof *values);
    if (!values)
        return kiln_fail_memory(err, 0, t->path);
    *found = t->task != KILN_REGRESSION && different(t, values, most, &count) && (asked || count <= t->rows / 2);
    if (asked && !*found)
        status = kiln_fail(err, KILN_EDATA, "%s: its target has more than %d classes: is it a number to predict?", t->path,
                           DATA_MAX_CLASSES);
    if (*found) {
        status = name_classes(values, count, schema, err);
        for (size_t i = 0; i < t->rows; i++)
            t->label[i] = (double)search(values, count, t->label[i]);
    }
    free(values);
    return status;
}

static kiln_status text_classes(table *t, kiln_schema *schema, kiln_error *err)
{
    dictionary *texts = &t->column[t->target[0]].texts;
    uint32_t *rank;
    if (!dictionary_sort(texts, &rank))
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < t->rows; i++)
        t->label[i] = (double)rank[(size_t)t->label[i]];
    free(rank);
    schema->classes = texts->count;
    schema->class_name = texts->text; /* the schema owns them now */
    texts->text = NULL;
    texts->count = 0;
    return KILN_OK;
}

static kiln_status store_classes(const table *t, kiln_data *data, kiln_error *err)
{
    const kiln_status status = spill_resize(&data->labels, t->rows, sizeof(int32_t), t->path, err);
    if (status != KILN_OK)
        return status;
    int32_t *labels = data->labels.at;
    for (size_t i = 0; i < t->rows; i++)
        labels[i] = (int32_t)t->label[i];
    data->samples.labels = labels;
    data->samples.classes = data->schema.classes;
    data->schema.task = KILN_CLASSIFICATION;
    return KILN_OK;
}

static kiln_status store_numbers(const table *t, kiln_task task, kiln_data *data, kiln_error *err)
{
    size_t values;
    if (!size_product(t->rows, t->targets, &values))
        return kiln_fail_memory(err, 0, t->path);
    const kiln_status status = spill_resize(&data->y, values, sizeof(float), t->path, err);
    if (status != KILN_OK)
        return status;
    float *y = data->y.at;
    for (size_t i = 0; i < values; i++)
        y[i] = (float)t->label[i];
    data->samples.y = y;
    data->samples.outputs = t->targets;
    data->schema.task = task;
    return KILN_OK;
}

/* A single target: classes where it is text or few whole numbers, else numbers. */
static kiln_status encode_one(table *t, kiln_data *data, kiln_error *err)
{
    const column_kind kind = t->column[t->target[0]].kind;
    kiln_status status = KILN_OK;
    bool classes = kind != TARGET_NUMBER;
    if (kind == TARGET_NUMBER)
        status = number_classes(t, &data->schema, &classes, err);
    else if (kind == TARGET_TEXT)
        status = text_classes(t, &data->schema, err);
    if (status != KILN_OK)
        return status;
    return classes ? store_classes(t, data, err) : store_numbers(t, KILN_REGRESSION, data, err);
}

/* --- several targets, each a number or a label */

static bool is_text(const table *t, size_t place)
{
    const column_kind kind = t->column[t->target[place]].kind;
    return kind == TARGET_TEXT || kind == TARGET_KNOWN;
}

static bool is_label(const table *t, size_t place)
{
    if (is_text(t, place))
        return true;
    for (size_t i = 0; i < t->rows; i++) {
        const double value = t->label[i * t->targets + place];
        if (value != 0.0 && value != 1.0)
            return false;
    }
    return true;
}

/* "'price'", or "column 3" where the file names no columns. */
static const char *describe(const table *t, size_t place, char text[TEXT_SHOWN + 16])
{
    const char *name = t->column[t->target[place]].name;
    char shown[TEXT_SHOWN];
    if (name)
        snprintf(text, TEXT_SHOWN + 16, "'%s'", text_show(name, shown));
    else
        snprintf(text, TEXT_SHOWN + 16, "column %zu", t->target[place] + 1);
    return text;
}

/* What several targets are, where nobody said. */
static kiln_status infer_task(const table *t, kiln_task *task, kiln_error *err)
{
    size_t labels = 0, text = t->targets, number = t->targets; /* the last that is text, and that is numbers beyond 0 and 1 */
    char one[TEXT_SHOWN + 16], other[TEXT_SHOWN + 16];
    for (size_t i = 0; i < t->targets; i++) {
        const bool label = is_label(t, i);
        labels += label;
        text = is_text(t, i) ? i : text;
        number = label ? number : i;
    }
    *task = labels == t->targets ? KILN_MULTILABEL : KILN_REGRESSION;
    if (text == t->targets || number == t->targets)
        return KILN_OK;
    return kiln_fail(
        err, KILN_EDATA,
        "%s: of the targets %s has texts and %s has numbers: several targets are all numbers (regression), or each has "
        "two values (multilabel)",
        t->path, describe(t, text, one), describe(t, number, other));
}

/* Hands the two texts of a label to the schema, sorted, and numbers the label by them. */
static kiln_status name_label(table *t, size_t place, kiln_schema *schema, kiln_error *err)
{
    dictionary *texts = &t->column[t->target[place]].texts;
    kiln_target *target = &schema->target[place];
    char shown[TEXT_SHOWN], which[TEXT_SHOWN + 16];
    uint32_t *rank;
    if (texts->count != 2)
        return kiln_fail(err, KILN_EDATA, "%s: the label %s is '%s' in every row: there is nothing to tell apart", t->path,
                         describe(t, place, which), text_show(texts->text[0], shown));
    if (!dictionary_sort(texts, &rank))
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < t->rows; i++) {
        double *label = &t->label[i * t->targets + place];
        *label = (double)rank[(size_t)*label];
    }
    free(rank);
    for (size_t i = 0; i < 2; i++) {
        target->label[i] = texts->text[i]; /* the schema owns them now */
        texts->text[i] = NULL;
    }
    texts->count = 0;
    return KILN_OK;
}

static kiln_status encode_several(table *t, kiln_data *data, kiln_error *err)
{
    kiln_task task = t->task;
    kiln_status status = task == KILN_TASK_AUTO ? infer_task(t, &task, err) : KILN_OK;
    for (size_t i = 0; status == KILN_OK && i < t->targets; i++)
        if (t->column[t->target[i]].kind == TARGET_TEXT)
            status = name_label(t, i, &data->schema, err);
    return status == KILN_OK ? store_numbers(t, task, data, err) : status;
}

kiln_status table_encode_targets(table *t, kiln_data *data, kiln_error *err)
{
    if (t->targets == 0)
        return KILN_OK;
    return table_has_several(t) ? encode_several(t, data, err) : encode_one(t, data, err);
}

/* From a table's cells to samples: texts become one-hot features, targets become classes or numbers. */
#include "data/table.h"

#include "base/memory.h"
#include "data/number.h"
#include "network/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_CLASSES = 20 }; /* as kiln/data.h has it */

/* Sorts the texts of the columns that the file itself decides, and renumbers their cells. */
static kiln_status sort_categories(table *t, kiln_error *err)
{
    for (size_t place = 0; place < t->features; place++) {
        table_column *c = &t->column[t->feature[place]];
        uint32_t *rank;
        if (c->kind != COLUMN_TEXT)
            continue;
        if (!dictionary_sort(&c->texts, &rank))
            return kiln_fail_memory(err, 0, t->path);
        for (size_t i = 0; i < t->rows; i++) {
            float *cell = &t->cell[i * t->features + place];
            *cell = (float)rank[(size_t)*cell];
        }
        free(rank);
    }
    return KILN_OK;
}

static bool has_texts(const kiln_schema *schema)
{
    for (size_t i = 0; i < schema->columns; i++)
        if (schema->column[i].categories > 0)
            return true;
    return false;
}

/* Widens each row in place, from the last cell backwards: no cell is overwritten before it was read, as none moves forwards. */
static void expand(const kiln_schema *schema, float *cell, size_t rows, size_t features)
{
    for (size_t i = rows; i-- > 0;) {
        const float *from = cell + i * schema->columns;
        float *to = cell + (i + 1) * features;
        for (size_t c = schema->columns; c-- > 0;) {
            const size_t categories = schema->column[c].categories;
            const float value = from[c];
            if (categories == 0) {
                *--to = value;
                continue;
            }
            to -= categories;
            memset(to, 0, categories * sizeof *to);
            to[(size_t)value] = 1.0f;
        }
    }
}

static kiln_status encode_features(table *t, kiln_data *data, kiln_error *err)
{
    size_t features, cells;
    if (!schema_features(&data->schema, &features) || !size_product(t->rows, features, &cells))
        return kiln_fail_memory(err, 0, t->path);
    float *cell = mem_resize(t->cell, cells, sizeof *cell); /* more for texts, else what was too much is given back */
    if (!cell)
        return kiln_fail_memory(err, cells <= SIZE_MAX / sizeof *cell ? cells * sizeof *cell : 0, t->path);
    t->cell = NULL;
    data->x = cell;
    if (has_texts(&data->schema))
        expand(&data->schema, cell, t->rows, features);
    data->samples.count = t->rows;
    data->samples.features = features;
    data->samples.element = KILN_ELEMENT_F32;
    data->samples.x = cell;
    return KILN_OK;
}

/* What the columns are: the network's if it says, else the file's. */
static kiln_status describe_columns(table *t, kiln_schema *schema, kiln_error *err)
{
    if (schema->columns > 0)
        return KILN_OK;
    schema->column = mem_zeroed(t->features, sizeof *schema->column);
    if (!schema->column)
        return kiln_fail_memory(err, 0, t->path);
    schema->columns = t->features;
    for (size_t place = 0; place < t->features; place++) {
        table_column *from = &t->column[t->feature[place]];
        kiln_column *to = &schema->column[place];
        to->name = mem_text(from->name);
        if (from->name && !to->name)
            return kiln_fail_memory(err, 0, t->path);
        to->category = from->texts.text; /* the schema owns them now */
        to->categories = from->texts.count;
        from->texts.text = NULL;
        from->texts.count = 0;
    }
    return KILN_OK;
}

static kiln_status describe(table *t, kiln_schema *schema, kiln_error *err)
{
    const kiln_schema *known = t->options->schema;
    kiln_status status = known ? schema_copy(known, schema, err) : KILN_OK;
    if (status == KILN_OK)
        status = describe_columns(t, schema, err);
    if (status != KILN_OK)
        return status;
    if (schema->task == KILN_TASK_AUTO)
        schema->task = t->task;
    const char *name = t->target < t->columns ? t->column[t->target].name : NULL;
    if (schema->target || !name)
        return KILN_OK;
    schema->target = mem_text(name);
    return schema->target ? KILN_OK : kiln_fail_memory(err, 0, t->path);
}

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
    dictionary *texts = &t->column[t->target].texts;
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

static kiln_status store_target(const table *t, bool classes, kiln_data *data, kiln_error *err)
{
    if (classes) {
        data->labels = mem_alloc(t->rows, sizeof *data->labels);
        if (!data->labels)
            return kiln_fail_memory(err, 0, t->path);
        for (size_t i = 0; i < t->rows; i++)
            data->labels[i] = (int32_t)t->label[i];
        data->samples.labels = data->labels;
        data->samples.classes = data->schema.classes;
        data->schema.task = KILN_CLASSIFICATION;
        return KILN_OK;
    }
    data->y = mem_alloc(t->rows, sizeof *data->y);
    if (!data->y)
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < t->rows; i++)
        data->y[i] = (float)t->label[i];
    data->samples.y = data->y;
    data->samples.outputs = 1;
    data->schema.task = KILN_REGRESSION;
    return KILN_OK;
}

static kiln_status encode_target(table *t, kiln_data *data, kiln_error *err)
{
    if (t->target == t->columns)
        return KILN_OK;
    const column_kind kind = t->column[t->target].kind;
    kiln_status status = KILN_OK;
    bool classes = kind != TARGET_NUMBER;
    if (kind == TARGET_NUMBER)
        status = number_classes(t, &data->schema, &classes, err);
    else if (kind == TARGET_TEXT)
        status = text_classes(t, &data->schema, err);
    return status == KILN_OK ? store_target(t, classes, data, err) : status;
}

kiln_status table_encode(table *t, kiln_data *data, kiln_error *err)
{
    if (t->rows == 0)
        return kiln_fail(err, KILN_EDATA, "%s: has no samples", t->path);
    kiln_status status = sort_categories(t, err);
    if (status == KILN_OK)
        status = describe(t, &data->schema, err);
    if (status == KILN_OK)
        status = encode_features(t, data, err);
    return status == KILN_OK ? encode_target(t, data, err) : status;
}

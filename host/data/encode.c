/* From a table's cells to samples: texts become one-hot features. */
#include "data/table.h"

#include "base/memory.h"
#include "network/schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sorts the texts of the columns that the file itself decides, and renumbers their cells, in one pass over all rows. */
static kiln_status sort_categories(table *t, kiln_error *err)
{
    kiln_status status = KILN_OK;
    size_t columns = 0;
    size_t *place = mem_alloc(t->features, sizeof *place); /* (columns) of text */
    uint32_t **rank = mem_zeroed(t->features, sizeof *rank);
    if (!place || !rank)
        status = kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; status == KILN_OK && i < t->features; i++) {
        table_column *c = &t->column[t->feature[i]];
        if (c->kind != COLUMN_TEXT)
            continue;
        place[columns] = i;
        if (!dictionary_sort(&c->texts, &rank[columns++]))
            status = kiln_fail_memory(err, 0, t->path);
    }
    for (size_t i = 0; status == KILN_OK && columns > 0 && i < t->rows; i++) {
        for (size_t c = 0; c < columns; c++) {
            float *cell = &t->cell[i * t->features + place[c]];
            if (!isnan(*cell))
                *cell = (float)rank[c][(size_t)*cell];
        }
        spill_passed(&t->cells, t->features * sizeof *t->cell, &t->passed);
    }
    for (size_t c = 0; rank && c < t->features; c++)
        free(rank[c]);
    free(rank);
    free(place);
    return status;
}

static bool has_texts(const kiln_schema *schema)
{
    for (size_t i = 0; i < schema->columns; i++)
        if (schema->column[i].categories > 0)
            return true;
    return false;
}

/* Widens each row in place, from the last cell backwards: no cell is overwritten before it was read, as none moves forwards. */
static void expand(const kiln_schema *schema, const spill *cells, size_t rows, size_t features)
{
    float *cell = cells->at;
    size_t passed = 0;
    for (size_t i = rows; i-- > 0;) {
        spill_passed(cells, features * sizeof *cell, &passed);
        const float *from = cell + i * schema->columns;
        float *to = cell + (i + 1) * features;
        for (size_t c = schema->columns; c-- > 0;) {
            const kiln_column *column = &schema->column[c];
            const float value = from[c];
            if (column->categories == 0) {
                to = data_put_number(schema, column, value, to);
                continue;
            }
            to -= column->categories;
            memset(to, 0, column->categories * sizeof *to);
            if (!isnan(value))
                to[(size_t)value] = 1.0f;
        }
    }
}

/* Notes what a person should know. */
static kiln_status note(const table *t, kiln_data *data, kiln_error *err)
{
    size_t passed = 0;
    data->notes.dropped = t->dropped;
    for (size_t i = 0; i < t->columns; i++)
        data->notes.decimal_commas = data->notes.decimal_commas || t->column[i].mark == ',';
    if (!t->missing)
        return KILN_OK;
    data->missing = mem_zeroed(t->features, sizeof *data->missing);
    if (!data->missing)
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < t->rows; i++, spill_passed(&t->cells, t->features * sizeof *t->cell, &passed))
        for (size_t place = 0; place < t->features; place++)
            data->missing[place] += isnan(t->cell[i * t->features + place]) != 0;
    data->notes.missing = data->missing;
    return KILN_OK;
}

static kiln_status encode_features(table *t, kiln_data *data, kiln_error *err)
{
    size_t features, cells;
    if (!schema_features(&data->schema, &features) || !size_product(t->rows, features, &cells))
        return kiln_fail_memory(err, 0, t->path);
    /* More for texts, else what was too much is given back. */
    const kiln_status status = spill_resize(&t->cells, cells, sizeof(float), t->path, err);
    if (status != KILN_OK)
        return status;
    data->x = t->cells;
    t->cells = (spill){ 0 };
    t->cell = NULL;
    if (has_texts(&data->schema) || features != t->features || t->missing)
        expand(&data->schema, &data->x, t->rows, features);
    data->samples.count = t->rows;
    data->samples.features = features;
    data->samples.element = KILN_ELEMENT_F32;
    data->samples.x = data->x.at;
    data->weight = t->weights; /* the data set owns them now */
    data->samples.weight = t->weight;
    t->weights = (spill){ 0 };
    return KILN_OK;
}

/* What the file's columns are. */
static kiln_status describe_columns(table *t, kiln_schema *schema, kiln_error *err)
{
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

/* What the targets are called: as the network says, and as the file does where that is silent. */
static kiln_status describe_targets(const table *t, kiln_schema *schema, kiln_error *err)
{
    if (schema->targets == 0 && t->targets > 0) {
        schema->target = mem_zeroed(t->targets, sizeof *schema->target);
        if (!schema->target)
            return kiln_fail_memory(err, 0, t->path);
        schema->targets = t->targets;
    }
    for (size_t i = 0; i < t->targets; i++) {
        const char *name = t->column[t->target[i]].name;
        if (schema->target[i].name || !name)
            continue;
        schema->target[i].name = mem_text(name);
        if (!schema->target[i].name)
            return kiln_fail_memory(err, 0, t->path);
    }
    return KILN_OK;
}

/* The places of columns that are there and not read, the target not counted. */
static kiln_status describe_ignored(const table *t, kiln_schema *schema, kiln_error *err)
{
    size_t place = 0;
    schema->ignored_column = mem_alloc(t->columns - t->features, sizeof *schema->ignored_column);
    if (!schema->ignored_column)
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < t->columns; i++) {
        const column_kind kind = t->column[i].kind;
        if (kind == COLUMN_IGNORED || kind == COLUMN_WEIGHT)
            schema->ignored_column[schema->ignored++] = place;
        place += kind < TARGET_OPEN || kind == COLUMN_WEIGHT;
    }
    return KILN_OK;
}

static kiln_status describe(table *t, kiln_schema *schema, kiln_error *err)
{
    const kiln_schema *known = t->options->schema;
    const bool new = !known || known->columns == 0;
    kiln_status status = known ? schema_copy(known, schema, err) : KILN_OK;
    if (status == KILN_OK && new)
        status = describe_columns(t, schema, err);
    if (status == KILN_OK && new)
        status = describe_ignored(t, schema, err);
    if (new && t->options->missing == KILN_MISSING_DROP)
        schema->missing = KILN_MISSING_DROP;
    if (status != KILN_OK)
        return status;
    if (schema->task == KILN_TASK_AUTO)
        schema->task = t->task;
    return describe_targets(t, schema, err);
}

/* What only all of a column shows. */
static kiln_status check_column(const table *t, size_t column, kiln_error *err)
{
    const table_column *c = &t->column[column];
    if ((c->kind == COLUMN_OPEN && !c->valued) || (c->kind == COLUMN_TEXT && c->texts.count == 0 && t->rows > 0))
        return table_fail(t, KILN_EDATA, 0, column, err, "has no value in any row: leave it out (--ignore)");
    if (c->kind == TARGET_OPEN && !c->valued)
        return table_fail(t, KILN_EDATA, 0, column, err, "has no value in any row, and is the target");
    if (c->mark == ',' && t->separator == '\t' && !c->ungrouped)
        return table_fail(
            t, KILN_EDATA, c->mark_line, column, err,
            "a comma that could be decimal or between thousands, as could all others in this column: write decimal points");
    return KILN_OK;
}

static kiln_status check_columns(const table *t, kiln_error *err)
{
    kiln_status status = KILN_OK;
    if (t->rows + t->dropped == 0)
        return kiln_fail(err, KILN_EDATA, "%s: has no samples", t->path);
    for (size_t i = 0; status == KILN_OK && i < t->columns; i++)
        status = check_column(t, i, err);
    if (status == KILN_OK && t->rows == 0)
        return kiln_fail(err, KILN_EDATA, "%s: a value is missing in every one of its %zu rows: none is left", t->path, t->dropped);
    return status;
}

kiln_status table_encode(table *t, kiln_data *data, kiln_error *err)
{
    kiln_status status = check_columns(t, err);
    if (status == KILN_OK)
        status = note(t, data, err);
    if (status == KILN_OK)
        status = sort_categories(t, err);
    if (status == KILN_OK)
        status = describe(t, &data->schema, err);
    if (status == KILN_OK)
        status = encode_features(t, data, err);
    if (status == KILN_OK && t->fills && data->schema.missing == KILN_MISSING_ERROR) {
        data->fill = t->options->missing;
        data->indicator = t->options->missing_indicator;
    }
    return status == KILN_OK ? table_encode_targets(t, data, err) : status;
}

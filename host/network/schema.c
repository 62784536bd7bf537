/* Copies of a schema: what a network's inputs and outputs mean. */
#include "network/schema.h"

#include "base/memory.h"
#include "base/status.h"

#include <stdlib.h>

const char *const schema_missing[SCHEMA_MISSING] = { "", "NA", "N/A", "n/a", "<NA>", "null", "NULL", "?" };

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}

/* A copy of count texts; NULL without memory. */
static char **copy_texts(char *const *texts, size_t count)
{
    char **copy = mem_zeroed(count, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++) {
        copy[i] = mem_text(texts[i]);
        if (!copy[i]) {
            free_texts(copy, count);
            return NULL;
        }
    }
    return copy;
}

static bool copy_column(const kiln_column *column, kiln_column *copy)
{
    copy->fill = column->fill;
    copy->indicator = column->indicator;
    copy->name = mem_text(column->name);
    if (column->name && !copy->name)
        return false;
    if (column->categories == 0)
        return true;
    copy->category = copy_texts(column->category, column->categories);
    copy->categories = copy->category ? column->categories : 0;
    return copy->category;
}

static bool copy_columns(const kiln_schema *schema, kiln_schema *copy)
{
    if (schema->columns == 0)
        return true;
    copy->column = mem_zeroed(schema->columns, sizeof *copy->column);
    copy->columns = copy->column ? schema->columns : 0;
    for (size_t i = 0; i < copy->columns; i++)
        if (!copy_column(&schema->column[i], &copy->column[i]))
            return false;
    return copy->column;
}

static bool copy_targets(const kiln_schema *schema, kiln_schema *copy)
{
    if (schema->targets == 0)
        return true;
    copy->target = mem_zeroed(schema->targets, sizeof *copy->target);
    copy->targets = copy->target ? schema->targets : 0;
    for (size_t i = 0; i < copy->targets; i++) {
        const kiln_target *from = &schema->target[i];
        const char *const texts[] = { from->name, from->label[0], from->label[1] };
        char **const copies[] = { &copy->target[i].name, &copy->target[i].label[0], &copy->target[i].label[1] };
        for (size_t t = 0; t < 3; t++) {
            *copies[t] = mem_text(texts[t]);
            if (texts[t] && !*copies[t])
                return false;
        }
    }
    return copy->target;
}

kiln_status schema_copy(const kiln_schema *schema, kiln_schema *copy, kiln_error *err)
{
    *copy = (kiln_schema){ .task = schema->task, .classes = schema->classes, .missing = schema->missing };
    bool copied = copy_columns(schema, copy) && copy_targets(schema, copy);
    if (copied && schema->class_name) {
        copy->class_name = copy_texts(schema->class_name, schema->classes);
        copied = copy->class_name;
    }
    if (copied && schema->ignored > 0) {
        copy->ignored_column = mem_copy(schema->ignored_column, schema->ignored, sizeof *copy->ignored_column);
        copied = copy->ignored_column;
        copy->ignored = schema->ignored;
    }
    if (copied)
        return KILN_OK;
    schema_free(copy);
    return kiln_fail_memory(err, 0, "the names of columns and classes");
}

void schema_free(kiln_schema *schema)
{
    for (size_t i = 0; schema->column && i < schema->columns; i++) {
        free(schema->column[i].name);
        free_texts(schema->column[i].category, schema->column[i].categories);
    }
    for (size_t i = 0; schema->target && i < schema->targets; i++) {
        free(schema->target[i].name);
        free(schema->target[i].label[0]);
        free(schema->target[i].label[1]);
    }
    free(schema->column);
    free(schema->target);
    free_texts(schema->class_name, schema->classes);
    free(schema->ignored_column);
    *schema = (kiln_schema){ 0 };
}

size_t column_features(const kiln_column *column)
{
    return column->categories > 0 ? column->categories : column->indicator ? 2 : 1;
}

bool schema_fills(const kiln_schema *schema)
{
    return schema->missing == KILN_MISSING_MEAN || schema->missing == KILN_MISSING_MEDIAN;
}

bool schema_features(const kiln_schema *schema, size_t *features)
{
    *features = 0;
    for (size_t i = 0; i < schema->columns; i++) {
        if (!size_sum(*features, column_features(&schema->column[i]), features))
            return false;
    }
    return true;
}

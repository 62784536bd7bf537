/* A schema <-> JSON: what a network's inputs and outputs mean. */
#include "base/json.h"
#include "base/memory.h"
#include "model/metadata.h"
#include "network/schema.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

static const char *const task_names[] = {
    [KILN_CLASSIFICATION] = "classification", [KILN_REGRESSION] = "regression", [KILN_MULTILABEL] = "multilabel"
};

static const char *const missing_names[] = {
    [KILN_MISSING_ERROR] = "error", [KILN_MISSING_MEAN] = "mean", [KILN_MISSING_MEDIAN] = "median", [KILN_MISSING_DROP] = "drop"
};
enum { MISSING_WAYS = sizeof missing_names / sizeof *missing_names };

static bool texts_are_utf8(char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!text_is_utf8(texts[i]))
            return false;
    return true;
}

static bool schema_is_utf8(const kiln_schema *schema)
{
    for (size_t i = 0; i < schema->columns; i++) {
        const kiln_column *column = &schema->column[i];
        if ((column->name && !text_is_utf8(column->name)) || !texts_are_utf8(column->category, column->categories))
            return false;
    }
    for (size_t i = 0; i < schema->targets; i++) {
        const kiln_target *target = &schema->target[i];
        if ((target->name && !text_is_utf8(target->name)) || (target->label[0] && !texts_are_utf8(target->label, 2)))
            return false;
    }
    return !schema->class_name || texts_are_utf8(schema->class_name, schema->classes);
}

/* NULL without memory, as the next three. */
static json_t *list_of_texts(char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(texts[i]));
    if (json_array_size(list) == count)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *list_of_places(const size_t *places, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_integer((json_int_t)places[i]));
    if (json_array_size(list) == count)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *column_to_json(const kiln_schema *schema, const kiln_column *column)
{
    json_t *json = json_object();
    int failed = !json;
    if (column->name)
        failed = failed || json_object_set_new(json, "name", json_string(column->name));
    if (column->categories > 0)
        failed = failed || json_object_set_new(json, "categories", list_of_texts(column->category, column->categories));
    else if (schema_fills(schema))
        failed = failed || json_object_set_new(json, "missing", json_real((double)column->fill));
    if (column->indicator)
        failed = failed || json_object_set_new(json, "indicator", json_true());
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

static json_t *columns_to_json(const kiln_schema *schema)
{
    json_t *list = json_array();
    for (size_t i = 0; i < schema->columns; i++)
        json_array_append_new(list, column_to_json(schema, &schema->column[i]));
    if (json_array_size(list) == schema->columns)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *target_to_json(const kiln_target *target)
{
    json_t *json = json_object();
    int failed = !json;
    if (target->name)
        failed = failed || json_object_set_new(json, "name", json_string(target->name));
    if (target->label[0])
        failed = failed || json_object_set_new(json, "labels", list_of_texts(target->label, 2));
    if (!failed)
        return json;
    json_decref(json);
    return NULL;
}

static json_t *targets_to_json(const kiln_schema *schema)
{
    json_t *list = json_array();
    for (size_t i = 0; i < schema->targets; i++)
        json_array_append_new(list, target_to_json(&schema->target[i]));
    if (json_array_size(list) == schema->targets)
        return list;
    json_decref(list);
    return NULL;
}

/* A single target with nothing but a name is a text, as in every version of the file. */
static bool is_one_name(const kiln_schema *schema)
{
    return schema->targets == 1 && schema->target[0].name && !schema->target[0].label[0];
}

kiln_status schema_to_json(const char *path, const kiln_schema *schema, json_t *metadata, kiln_error *err)
{
    bool failed = false;
    if (!schema_is_utf8(schema))
        return kiln_fail(err, KILN_EINVAL, "%s: not written: the name of a column, category, target or class is not UTF-8", path);
    if (schema->task != KILN_TASK_AUTO)
        failed = failed || json_object_set_new(metadata, "task", json_string(task_names[schema->task]));
    if (schema->columns > 0)
        failed = failed || json_object_set_new(metadata, "columns", columns_to_json(schema));
    if (schema->ignored > 0)
        failed = failed || json_object_set_new(metadata, "ignored", list_of_places(schema->ignored_column, schema->ignored));
    if (schema->missing != KILN_MISSING_ERROR)
        failed = failed || json_object_set_new(metadata, "missing", json_string(missing_names[schema->missing]));
    if (is_one_name(schema))
        failed = failed || json_object_set_new(metadata, "target", json_string(schema->target[0].name));
    else if (schema->targets > 0)
        failed = failed || json_object_set_new(metadata, "targets", targets_to_json(schema));
    if (schema->classes > 0)
        failed = failed || json_object_set_new(metadata, "classes",
                                               schema->class_name ? list_of_texts(schema->class_name, schema->classes)
                                                                  : json_integer((json_int_t)schema->classes));
    return failed ? kiln_fail_memory(err, 0, path) : KILN_OK;
}

/* A text, or NULL where there is none. */
static kiln_status read_text(const char *path, const json_t *json, const char *what, char **text, kiln_error *err)
{
    if (!json)
        return KILN_OK;
    if (!json_is_string(json))
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's %s is not a text", path, what);
    *text = mem_text(json_string_value(json));
    return *text ? KILN_OK : kiln_fail_memory(err, 0, path);
}

/* A list of texts, at least one. *texts and *count are the schema's, which frees them also after a failure. */
static kiln_status read_texts(const char *path, const json_t *json, const char *what, char ***texts, size_t *count, kiln_error *err)
{
    if (json_array_size(json) == 0)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's list of %s is empty or not a list", path, what);
    *texts = mem_zeroed(json_array_size(json), sizeof **texts);
    if (!*texts)
        return kiln_fail_memory(err, 0, path);
    *count = json_array_size(json);
    for (size_t i = 0; i < *count; i++) {
        if (!json_is_string(json_array_get(json, i)))
            return kiln_fail(err, KILN_EDATA, "%s: the metadata's list of %s holds something that is not a text", path, what);
        const kiln_status status = read_text(path, json_array_get(json, i), what, &(*texts)[i], err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

/* What a column's missing values become, and whether it has an indicator. */
static kiln_status read_missing_number(const char *path, const json_t *from, bool fills, size_t i, kiln_column *column,
                                       kiln_error *err)
{
    const json_t *fill = json_object_get(from, "missing"), *indicator = json_object_get(from, "indicator");
    const bool number = column->categories == 0;
    if (fills && number &&
        (!json_is_number(fill) || !(fabs(json_number_value(fill)) < 0x1.ffffffp127))) /* as float32 it is finite */
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's column %zu has no number for its missing values", path, i);
    if (indicator && !(fills && number && json_is_boolean(indicator)))
        return kiln_fail(err, KILN_EDATA,
                         "%s: the metadata's column %zu has an 'indicator' that is not true or false, or that says nothing", path,
                         i);
    column->fill = fills && number ? (float)json_number_value(fill) : 0.0f;
    column->indicator = json_is_true(indicator);
    return KILN_OK;
}

static kiln_status read_columns(const char *path, const json_t *json, kiln_schema *schema, kiln_error *err)
{
    if (!json)
        return KILN_OK;
    if (json_array_size(json) == 0)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's list of columns is empty or not a list", path);
    schema->column = mem_zeroed(json_array_size(json), sizeof *schema->column);
    if (!schema->column)
        return kiln_fail_memory(err, 0, path);
    schema->columns = json_array_size(json);
    for (size_t i = 0; i < schema->columns; i++) {
        const json_t *from = json_array_get(json, i), *categories = json_object_get(from, "categories");
        kiln_column *column = &schema->column[i];
        if (!json_is_object(from))
            return kiln_fail(err, KILN_EDATA, "%s: the metadata's column %zu is not an object", path, i);
        kiln_status status = read_text(path, json_object_get(from, "name"), "column name", &column->name, err);
        if (status == KILN_OK && categories)
            status = read_texts(path, categories, "categories", &column->category, &column->categories, err);
        if (status == KILN_OK)
            status = read_missing_number(path, from, schema_fills(schema), i, column, err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

static kiln_status read_labels(const char *path, const json_t *json, kiln_target *target, kiln_error *err)
{
    if (!json)
        return KILN_OK;
    if (json_array_size(json) != 2)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's labels of a target are not two texts", path);
    kiln_status status = KILN_OK;
    for (size_t i = 0; status == KILN_OK && i < 2; i++)
        status = read_text(path, json_array_get(json, i), "label", &target->label[i], err);
    return status;
}

/* The targets: a list, or the name of a single one. */
static kiln_status read_targets(const char *path, const json_t *metadata, kiln_schema *schema, kiln_error *err)
{
    const json_t *list = json_object_get(metadata, "targets"), *single = json_object_get(metadata, "target");
    if (!list && !single)
        return KILN_OK;
    if (list && json_array_size(list) == 0)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's list of targets is empty or not a list", path);
    const size_t count = list ? json_array_size(list) : 1;
    schema->target = mem_zeroed(count, sizeof *schema->target);
    if (!schema->target)
        return kiln_fail_memory(err, 0, path);
    schema->targets = count;
    if (!list)
        return read_text(path, single, "target", &schema->target[0].name, err);
    for (size_t i = 0; i < count; i++) {
        const json_t *from = json_array_get(list, i);
        if (!json_is_object(from))
            return kiln_fail(err, KILN_EDATA, "%s: the metadata's target %zu is not an object", path, i);
        kiln_status status = read_text(path, json_object_get(from, "name"), "target name", &schema->target[i].name, err);
        if (status == KILN_OK)
            status = read_labels(path, json_object_get(from, "labels"), &schema->target[i], err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

static kiln_status read_task(const char *path, const json_t *json, kiln_task *task, kiln_error *err)
{
    if (!json)
        return KILN_OK;
    for (int i = KILN_CLASSIFICATION; i <= KILN_MULTILABEL; i++)
        if (json_is_string(json) && strcmp(json_string_value(json), task_names[i]) == 0) {
            *task = (kiln_task)i;
            return KILN_OK;
        }
    return kiln_fail(err, KILN_EDATA, "%s: the metadata's task is none of %s, %s and %s", path, task_names[KILN_CLASSIFICATION],
                     task_names[KILN_REGRESSION], task_names[KILN_MULTILABEL]);
}

/* Names, or only how many there are. */
static kiln_status read_classes(const char *path, const json_t *json, kiln_schema *schema, kiln_error *err)
{
    const json_int_t number = json_integer_value(json);
    if (!json)
        return KILN_OK;
    if (!json_is_integer(json))
        return read_texts(path, json, "classes", &schema->class_name, &schema->classes, err);
    if (number < 1 || number > INT32_MAX)
        return kiln_fail(err, KILN_EDATA, "%s: the metadata's number of classes is not from 1 to %d", path, INT32_MAX);
    schema->classes = (size_t)number;
    return KILN_OK;
}

static kiln_status read_missing(const char *path, const json_t *json, kiln_missing *missing, kiln_error *err)
{
    const char *word = json_string_value(json);
    for (size_t i = 0; word && i < MISSING_WAYS; i++)
        if (strcmp(word, missing_names[i]) == 0) {
            *missing = (kiln_missing)i;
            return KILN_OK;
        }
    return json ? kiln_fail(err, KILN_EDATA, "%s: the metadata's 'missing' is not error, mean, median or drop", path) : KILN_OK;
}

static kiln_status read_ignored(const char *path, const json_t *json, kiln_schema *schema, kiln_error *err)
{
    const size_t count = json_array_size(json);
    json_int_t least = 0;
    if (!json)
        return KILN_OK;
    schema->ignored_column = mem_alloc(count, sizeof *schema->ignored_column);
    if (!schema->ignored_column)
        return kiln_fail_memory(err, 0, path);
    for (size_t i = 0; i < count; i++) {
        const json_t *place = json_array_get(json, i);
        if (!json_is_integer(place) || json_integer_value(place) < least || json_integer_value(place) > INT32_MAX)
            return kiln_fail(err, KILN_EDATA, "%s: the metadata's 'ignored' columns are not ascending places from 0", path);
        schema->ignored_column[i] = (size_t)json_integer_value(place);
        least = json_integer_value(place) + 1;
    }
    schema->ignored = count;
    return json_is_array(json) ? KILN_OK
                               : kiln_fail(err, KILN_EDATA, "%s: the metadata's 'ignored' columns are not a list of places", path);
}

kiln_status schema_from_json(const char *path, const json_t *metadata, kiln_schema *schema, kiln_error *err)
{
    *schema = (kiln_schema){ 0 };
    kiln_status status = read_task(path, json_object_get(metadata, "task"), &schema->task, err);
    if (status == KILN_OK)
        status = read_missing(path, json_object_get(metadata, "missing"), &schema->missing, err);
    if (status == KILN_OK)
        status = read_ignored(path, json_object_get(metadata, "ignored"), schema, err);
    if (status == KILN_OK)
        status = read_columns(path, json_object_get(metadata, "columns"), schema, err);
    if (status == KILN_OK)
        status = read_targets(path, metadata, schema, err);
    if (status == KILN_OK)
        status = read_classes(path, json_object_get(metadata, "classes"), schema, err);
    return status;
}

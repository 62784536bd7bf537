/* What a file's columns are: whether its first row is a header, which column is the target, and what the rest are to a network. */
#include "data/table.h"

#include "base/json.h"
#include "base/memory.h"
#include "data/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether a network's schema names every column it reads. */
static bool schema_is_named(const kiln_schema *schema)
{
    for (size_t i = 0; schema && i < schema->columns; i++)
        if (!schema->column[i].name)
            return false;
    return schema && schema->columns > 0;
}

/* Whether a text is a whole number, as an index is. */
static bool read_index(const char *text, long *index)
{
    char *end;
    errno = 0;
    *index = strtol(text, &end, 10);
    return end != text && !*end && errno == 0;
}

static bool names_are_known(const table *t)
{
    const kiln_schema *schema = t->options->schema;
    size_t at;
    for (size_t i = 0; i < schema->columns; i++)
        if (!dictionary_find(&t->names, schema->column[i].name, &at))
            return false;
    return true;
}

static bool is_number(const table *t, const char *text)
{
    double value;
    return number_read(t->c_locale, text, strlen(text), &value) != NUMBER_NONE;
}

/* The rule that kiln/data.h states. */
static bool is_header(const table *t, const table_texts *first, const table_texts *second)
{
    const char *target = t->options->target;
    const bool named = schema_is_named(t->options->schema);
    bool numbers = false;
    size_t at;
    long index;
    if ((target && !read_index(target, &index) && dictionary_find(&t->names, target, &at)) || (named && names_are_known(t)))
        return true;
    for (size_t i = 0; i < first->count; i++) {
        const bool above = is_number(t, first->text[i]);
        const bool below = i < second->count && is_number(t, second->text[i]);
        if (!above && below && !text_is_missing(first->text[i]))
            return true;
        numbers = numbers || above || below;
    }
    return !numbers && !named && t->names.count == first->count;
}

static kiln_status take_names(table *t, const table_texts *first, kiln_error *err)
{
    char shown[TEXT_SHOWN];
    for (size_t i = 0; i < first->count; i++) {
        size_t number;
        if (!text_is_utf8(first->text[i]))
            return table_fail(t, KILN_EDATA, first->line, i, err, "its name is not UTF-8: save the file in that encoding");
        dictionary_find(&t->names, first->text[i], &number);
        if (number < i && t->column[number].name && strcmp(t->column[number].name, first->text[i]) == 0)
            return table_fail(t, KILN_EDATA, first->line, i, err, "is named '%s', as column %zu is: rename one of them",
                              text_show(first->text[i], shown), number + 1);
        t->column[i].name = t->names.text[number];
    }
    return KILN_OK;
}

static kiln_status find_named_target(const table *t, bool header, size_t *target, kiln_error *err)
{
    const char *asked = t->options->target;
    char list[TABLE_LIST];
    long index;
    if (header && dictionary_find(&t->names, asked, target))
        return KILN_OK;
    if (!read_index(asked, &index) && header)
        return kiln_fail(err, KILN_EINVAL, "%s: no column '%s': there are %s", t->path, asked,
                         table_list(t->names.text, t->names.count, list));
    if (!read_index(asked, &index))
        return kiln_fail(err, KILN_EINVAL, "%s: no column '%s': the file has no header; name the target by its place, 0 to %zu",
                         t->path, asked, t->columns - 1);
    const size_t size = index < 0 ? 0 - (size_t)index : (size_t)index;
    if (index < 0 ? size > t->columns : size >= t->columns)
        return kiln_fail(err, KILN_EINVAL, "%s: no column %ld: there are %zu, 0 to %zu, and -1 is the last", t->path, index,
                         t->columns, t->columns - 1);
    *target = index < 0 ? t->columns - size : size;
    return KILN_OK;
}

/* The target's column; t->columns where there is none. */
static kiln_status find_target(const table *t, bool header, size_t *target, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    *target = t->columns;
    if (t->options->target)
        return find_named_target(t, header, target, err);
    if (header && schema && schema->target && dictionary_find(&t->names, schema->target, target))
        return KILN_OK;
    if (t->options->no_target || (header && schema_is_named(schema) && schema->target))
        return KILN_OK;
    if (!schema || schema->columns == 0 || t->columns > schema->columns)
        *target = t->columns - 1;
    return KILN_OK;
}

/* Gives a column texts whose numbers are the network's. */
static kiln_status know_texts(table *t, table_column *c, char *const *texts, size_t count, kiln_error *err)
{
    char shown[TEXT_SHOWN];
    for (size_t i = 0; i < count; i++) {
        size_t number;
        if (!dictionary_add(&c->texts, texts[i], &number))
            return kiln_fail_memory(err, 0, t->path);
        if (number != i)
            return kiln_fail(err, KILN_EINVAL, "the network's schema has the category or class '%s' twice",
                             text_show(texts[i], shown));
    }
    return KILN_OK;
}

static kiln_status add_feature(table *t, size_t column, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    table_column *c = &t->column[column];
    c->place = t->features;
    t->feature[t->features++] = column;
    if (!schema || schema->columns == 0) {
        c->kind = COLUMN_OPEN;
        return KILN_OK;
    }
    const kiln_column *known = &schema->column[c->place];
    c->kind = known->categories > 0 ? COLUMN_KNOWN : COLUMN_NUMBER;
    return know_texts(t, c, known->category, known->categories, err);
}

static kiln_status lay_by_name(table *t, size_t line, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    char shown[TEXT_SHOWN], list[TABLE_LIST];
    for (size_t i = 0; i < schema->columns; i++) {
        const char *name = schema->column[i].name;
        size_t at;
        if (!dictionary_find(&t->names, name, &at))
            return kiln_fail_at(err, KILN_EDATA, line, 0, "%s:%zu: no column '%s', which the network reads; there are %s", t->path,
                                line, text_show(name, shown), table_list(t->names.text, t->names.count, list));
        if (at == t->target || t->column[at].kind != COLUMN_IGNORED)
            return kiln_fail(err, KILN_EINVAL, "%s: column '%s' cannot be %s: it is one of the network's inputs", t->path,
                             text_show(name, shown), at == t->target ? "the target" : "read twice");
        const kiln_status status = add_feature(t, at, err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

static kiln_status lay_by_place(table *t, size_t line, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    const size_t features = t->columns - (t->target < t->columns);
    if (schema && schema->columns > 0 && features != schema->columns)
        return kiln_fail_at(err, KILN_EDATA, line, 0, "%s:%zu: has %zu columns%s; the network reads %zu", t->path, line, features,
                            t->target < t->columns ? " beside the target" : "", schema->columns);
    if (features == 0)
        return kiln_fail_at(err, KILN_EDATA, line, 0,
                            "%s:%zu: has the target's column only: at least one more is needed (separators are , ; and tab)",
                            t->path, line);
    for (size_t i = 0; i < t->columns; i++) {
        const kiln_status status = i == t->target ? KILN_OK : add_feature(t, i, err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

static kiln_status lay_target(table *t, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    if (t->options->no_target)
        t->target = t->columns;
    if (t->target == t->columns)
        return KILN_OK;
    table_column *c = &t->column[t->target];
    if (schema && schema->classes > 0 && t->task != KILN_REGRESSION) {
        c->kind = schema->class_name ? TARGET_KNOWN : TARGET_COUNTED;
        return schema->class_name ? know_texts(t, c, schema->class_name, schema->classes, err) : KILN_OK;
    }
    c->kind = t->task == KILN_REGRESSION ? TARGET_NUMBER : TARGET_OPEN;
    return KILN_OK;
}

kiln_status table_layout(table *t, const table_texts *first, const table_texts *second, bool *header, kiln_error *err)
{
    t->columns = first->count;
    t->column = mem_zeroed(t->columns, sizeof *t->column);
    t->feature = mem_alloc(t->columns, sizeof *t->feature);
    if (!t->column || !t->feature)
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < first->count; i++) {
        size_t number;
        if (!dictionary_add(&t->names, first->text[i], &number))
            return kiln_fail_memory(err, 0, t->path);
    }
    *header = is_header(t, first, second);
    kiln_status status = *header ? take_names(t, first, err) : KILN_OK;
    if (status == KILN_OK)
        status = find_target(t, *header, &t->target, err);
    if (status == KILN_OK)
        status =
            *header && schema_is_named(t->options->schema) ? lay_by_name(t, first->line, err) : lay_by_place(t, first->line, err);
    return status == KILN_OK ? lay_target(t, err) : status;
}

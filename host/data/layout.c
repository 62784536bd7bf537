/* What a file's columns are: whether its first row is a header, and what those that are no targets are to a network. */
#include "data/table.h"

#include "base/json.h"
#include "base/memory.h"
#include "network/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SHOWN = 32 };

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
    bool comma;
    return table_number(t, text, strlen(text), &value, &comma) != NUMBER_NONE;
}

/* The rule that kiln/data.h states. */
static bool is_header(const table *t, const table_texts *first, const table_texts *second)
{
    const bool named = table_names_columns(t->options->schema);
    bool numbers = false;
    if (table_asks_for_name(t) || (named && names_are_known(t)))
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
    return table_know_texts(t, c, known->category, known->categories, err);
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
        const column_kind kind = t->column[at].kind;
        if (kind != COLUMN_IGNORED)
            return kiln_fail(err, KILN_EINVAL, "%s: column '%s' cannot be %s: it is one of the network's inputs", t->path,
                             text_show(name, shown),
                             kind == TARGET_OPEN     ? "the target"
                             : kind == COLUMN_WEIGHT ? "the weights"
                                                     : "read twice");
        const kiln_status status = add_feature(t, at, err);
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

/* ":LINE" for messages; nothing for a file that has no lines, whose line is 0. */
static const char *show_line(size_t line, char text[LINE_SHOWN])
{
    text[0] = '\0';
    if (line > 0)
        snprintf(text, LINE_SHOWN, ":%zu", line);
    return text;
}

static kiln_status lay_places(table *t, size_t line, const bool *selected, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    char at[LINE_SHOWN];
    size_t features = 0;
    for (size_t i = 0; i < t->columns; i++)
        features += selected[i];
    if (schema && schema->columns > 0 && features != schema->columns)
        return kiln_fail_at(err, KILN_EDATA, line, 0, "%s%s: has %zu columns%s%s; the network reads %zu", t->path,
                            show_line(line, at), features, t->targets > 0 ? " beside the target" : "", t->targets > 1 ? "s" : "",
                            schema->columns);
    if (features == 0 && t->columns > (t->targets > 1 ? t->targets : 1))
        return kiln_fail(err, KILN_EINVAL, "%s: no column is left beside the target: at least one is needed", t->path);
    if (features == 0)
        return kiln_fail_at(err, KILN_EDATA, line, 0, "%s%s: has the %s only: at least one more is needed%s", t->path,
                            show_line(line, at), t->targets > 1 ? "targets' columns" : "target's column",
                            line > 0 ? " (separators are , ; and tab)" : "");
    for (size_t i = 0; i < t->columns; i++) {
        const kiln_status status = selected[i] ? add_feature(t, i, err) : KILN_OK;
        if (status != KILN_OK)
            return status;
    }
    return KILN_OK;
}

static kiln_status lay_by_place(table *t, bool header, size_t line, kiln_error *err)
{
    bool *selected;
    kiln_status status = table_select(t, header, &selected, err);
    if (status == KILN_OK)
        status = lay_places(t, line, selected, err);
    free(selected);
    return status;
}

kiln_status table_layout(table *t, const table_texts *first, const table_texts *second, bool *header, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    const kiln_missing missing = t->options->missing;
    t->fills =
        schema && schema->columns > 0 ? schema_fills(schema) : missing == KILN_MISSING_MEAN || missing == KILN_MISSING_MEDIAN;
    if (schema && schema->columns > 0 && (t->options->features || t->options->ignore || t->options->text))
        return kiln_fail(err, KILN_EINVAL,
                         "%s: the network says which columns it reads, and how: --features, --ignore and --text are for a new one",
                         t->path);
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
    kiln_status status = table_ask_targets(t, err);
    if (status != KILN_OK)
        return status;
    *header = is_header(t, first, second);
    status = *header ? take_names(t, first, err) : KILN_OK;
    if (status == KILN_OK)
        status = table_find_weights(t, *header, err);
    if (status == KILN_OK)
        status = table_find_targets(t, *header, err);
    if (status == KILN_OK)
        status = *header && table_names_columns(t->options->schema) ? lay_by_name(t, first->line, err)
                                                                    : lay_by_place(t, *header, first->line, err);
    if (status == KILN_OK)
        status = table_take_texts(t, *header, err);
    return status == KILN_OK ? table_lay_targets(t, err) : status;
}

/* Which columns of a table are targets, and what each is: a number, classes, or a label. */
#include "data/table.h"

#include "base/memory.h"
#include "data/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool table_names_columns(const kiln_schema *schema)
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

kiln_status table_ask_targets(table *t, kiln_error *err)
{
    const char *text = t->options->target;
    size_t at;
    bool made = true;
    if (text && dictionary_find(&t->names, text, &at)) { /* also where the name itself has a comma */
        t->asked.name = mem_zeroed(1, sizeof *t->asked.name);
        made = t->asked.name && (t->asked.name[0] = mem_text(text));
        t->asked.count = made;
    } else if (text) {
        made = names_split(text, &t->asked);
    }
    return made ? KILN_OK : kiln_fail_memory(err, 0, t->path);
}

bool table_asks_for_name(const table *t)
{
    size_t at;
    long index;
    for (size_t i = 0; i < t->asked.count; i++)
        if (!read_index(t->asked.name[i], &index) && dictionary_find(&t->names, t->asked.name[i], &at))
            return true;
    const char *weights = t->options->weights;
    return weights && !read_index(weights, &index) && dictionary_find(&t->names, weights, &at);
}

/* One more target; t->target has room for as many as there are columns. */
static void add_target(table *t, size_t column)
{
    t->column[column].kind = TARGET_OPEN;
    t->column[column].place = t->targets;
    t->target[t->targets++] = column;
}

/* The last columns, but for that of weights. */
static void add_last(table *t, size_t count)
{
    size_t first = t->columns;
    for (size_t found = 0; first > 0 && found < count; found += t->column[first].kind != COLUMN_WEIGHT)
        first--;
    for (size_t i = first; i < t->columns; i++)
        if (t->column[i].kind != COLUMN_WEIGHT)
            add_target(t, i);
}

static kiln_status fail_weights(const table *t, const char *name, kiln_error *err)
{
    char shown[TEXT_SHOWN];
    return kiln_fail(err, KILN_EINVAL, "%s: '%s' cannot be the target: it has the weights", t->path, text_show(name, shown));
}

static kiln_status find_asked(table *t, bool header, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    const size_t known = schema ? schema->targets : 0;
    for (size_t i = 0; i < t->asked.count; i++) {
        char shown[TEXT_SHOWN];
        size_t column;
        const kiln_status status = table_find_column(t, header, t->asked.name[i], &column, err);
        if (status != KILN_OK)
            return status;
        if (t->column[column].kind == COLUMN_WEIGHT)
            return fail_weights(t, t->asked.name[i], err);
        if (t->column[column].kind == TARGET_OPEN)
            return kiln_fail(err, KILN_EINVAL, "%s: '%s' names column %zu, which is a target already: name each once", t->path,
                             text_show(t->asked.name[i], shown), column + 1);
        add_target(t, column);
    }
    if (known > 0 && t->targets != known)
        return kiln_fail(err, KILN_EINVAL, "%s: %zu target%s named, the network has %zu", t->path, t->targets,
                         t->targets == 1 ? " is" : "s are", known);
    return KILN_OK;
}

/* The targets that the network has names for: all of them or none, where they are to be read. */
static kiln_status find_known(table *t, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    const char *missing = NULL;
    char shown[TEXT_SHOWN];
    for (size_t i = 0; schema && i < schema->targets; i++) {
        const char *name = schema->target[i].name;
        size_t column;
        const bool there = name && dictionary_find(&t->names, name, &column);
        if (there && t->column[column].kind == COLUMN_WEIGHT)
            return fail_weights(t, name, err);
        if (there && t->column[column].kind == COLUMN_IGNORED)
            add_target(t, column);
        else
            missing = name;
    }
    if (missing && t->targets > 0 && !t->options->no_target)
        return kiln_fail(err, KILN_EDATA, "%s: no column '%s', which is one of the network's %zu targets; others of them are there",
                         t->path, text_show(missing, shown), schema->targets);
    return KILN_OK;
}

kiln_status table_find_targets(table *t, bool header, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    const bool named = header && schema && schema->targets > 0 && schema->target[0].name;
    t->target = mem_alloc(t->columns, sizeof *t->target);
    if (!t->target)
        return kiln_fail_memory(err, 0, t->path);
    if (t->asked.count > 0)
        return find_asked(t, header, err);
    kiln_status status = named ? find_known(t, err) : KILN_OK;
    if (status != KILN_OK || t->targets > 0 || (named && table_names_columns(schema)))
        return status;
    const bool complete = schema && !t->weighted && t->columns == schema->columns + schema->ignored; /* but for the targets */
    if (schema && schema->columns > 0 && (t->columns - t->weighted <= schema->columns || complete))
        return KILN_OK;
    const size_t known = schema && schema->targets > 0 ? schema->targets : 1, count = known < t->columns ? known : t->columns;
    const bool more = schema && schema->columns > 0 && /* the targets' columns are there, to be dropped */
                      (t->columns == schema->columns + count || t->columns == schema->columns + schema->ignored + count);
    if (t->options->no_target && !more)
        return KILN_OK;
    add_last(t, count);
    return KILN_OK;
}

kiln_status table_know_texts(table *t, table_column *c, char *const *texts, size_t count, kiln_error *err)
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

bool table_has_several(const table *t)
{
    return t->targets > 1 || t->task == KILN_MULTILABEL;
}

static kiln_status lay_one(table *t, size_t place, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    table_column *c = &t->column[t->target[place]];
    if (t->task == KILN_MULTILABEL) {
        char *const *texts = schema && place < schema->targets ? schema->target[place].label : NULL;
        c->kind = texts && texts[0] ? TARGET_KNOWN : schema && schema->task == KILN_MULTILABEL ? TARGET_NUMBER : TARGET_OPEN;
        return c->kind == TARGET_KNOWN ? table_know_texts(t, c, texts, 2, err) : KILN_OK;
    }
    if (schema && schema->classes > 0 && t->task != KILN_REGRESSION) {
        c->kind = schema->class_name ? TARGET_KNOWN : TARGET_COUNTED;
        return schema->class_name ? table_know_texts(t, c, schema->class_name, schema->classes, err) : KILN_OK;
    }
    c->kind = t->task == KILN_REGRESSION ? TARGET_NUMBER : TARGET_OPEN;
    return KILN_OK;
}

kiln_status table_lay_targets(table *t, kiln_error *err)
{
    kiln_status status = KILN_OK;
    for (size_t i = 0; t->options->no_target && i < t->targets; i++)
        t->column[t->target[i]].kind = COLUMN_IGNORED;
    if (t->options->no_target)
        t->targets = 0;
    if (t->targets > 1 && t->task == KILN_CLASSIFICATION)
        return kiln_fail(err, KILN_EINVAL,
                         "%s: classification has one target, not %zu: several are numbers (regression) or labels of two values "
                         "each (multilabel)",
                         t->path, t->targets);
    for (size_t i = 0; status == KILN_OK && i < t->targets; i++)
        status = lay_one(t, i, err);
    return status;
}

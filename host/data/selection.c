/* Which of a file's columns are features, which of these text, and which has weights: as the options say, or as a network's file
 * had them. */
#include "data/table.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 64 }; /* longer names have no nearest one */

/* Changes of one letter that make b of a (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MOST + 1];
    const size_t n = strlen(b);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            const size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            const size_t dropped = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = changed < dropped ? changed : dropped;
        }
    }
    return row[n];
}

/* The column whose name is nearest to one that is none; NULL where none is near. */
static const char *nearest_name(const table *t, const char *asked)
{
    const char *nearest = NULL;
    const size_t length = strlen(asked);
    size_t least = length < 3 ? length : length / 3 + 2; /* farther than a third of the name is no slip of the fingers */
    for (size_t i = 0; length <= NAME_MOST && i < t->names.count; i++) {
        const char *name = t->names.text[i];
        const size_t changes = strlen(name) <= NAME_MOST ? distance(asked, name) : least;
        if (changes < least) {
            least = changes;
            nearest = name;
        }
    }
    return nearest;
}

static kiln_status fail_unknown(const table *t, bool header, const char *asked, kiln_error *err)
{
    char shown[TEXT_SHOWN], near[TEXT_SHOWN], list[TABLE_LIST];
    const char *nearest = header ? nearest_name(t, asked) : NULL;
    if (nearest)
        return kiln_fail(err, KILN_EINVAL, "%s: no column '%s'; did you mean '%s'?", t->path, text_show(asked, shown),
                         text_show(nearest, near));
    if (header)
        return kiln_fail(err, KILN_EINVAL, "%s: no column '%s': there are %s", t->path, text_show(asked, shown),
                         table_list(t->names.text, t->names.count, list));
    return kiln_fail(err, KILN_EINVAL, "%s: no column '%s': the file has no header; name columns by their places, 0 to %zu",
                     t->path, text_show(asked, shown), t->columns - 1);
}

kiln_status table_find_column(const table *t, bool header, const char *asked, size_t *column, kiln_error *err)
{
    char *end;
    if (header && dictionary_find(&t->names, asked, column))
        return KILN_OK;
    errno = 0;
    const long place = strtol(asked, &end, 10);
    if (end == asked || *end || errno != 0)
        return fail_unknown(t, header, asked, err);
    const size_t size = place < 0 ? 0 - (size_t)place : (size_t)place;
    if (place < 0 ? size > t->columns : size >= t->columns)
        return kiln_fail(err, KILN_EINVAL, "%s: no column %ld: there are %zu, 0 to %zu, and -1 is the last", t->path, place,
                         t->columns, t->columns - 1);
    *column = place < 0 ? t->columns - size : size;
    return KILN_OK;
}

kiln_status table_find_weights(table *t, bool header, kiln_error *err)
{
    const char *asked = t->options->weights;
    size_t column;
    if (!asked)
        return KILN_OK;
    const kiln_status status = table_find_column(t, header, asked, &column, err);
    if (status != KILN_OK)
        return status;
    t->column[column].kind = COLUMN_WEIGHT;
    t->weighted = true;
    return KILN_OK;
}

/* Sets chosen[column] for each column of a list, which options call `what`. */
static kiln_status choose(const table *t, bool header, const char *list, const char *what, bool *chosen, kiln_error *err)
{
    kiln_status status = KILN_OK;
    names asked = { 0 };
    if (!names_split(list, &asked))
        status = kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; status == KILN_OK && i < asked.count; i++) {
        const char *name = asked.name[i];
        size_t column = 0;
        if (!name[0])
            status = kiln_fail(err, KILN_EINVAL, "the list of columns '%s' (--%s) has a comma with no name beside it", list, what);
        else
            status = table_find_column(t, header, name, &column, err);
        if (status == KILN_OK && t->column[column].kind == TARGET_OPEN && !t->options->no_target)
            status = kiln_fail(err, KILN_EINVAL, "%s: column '%s' is the target: --%s is for the others%s", t->path, name, what,
                               t->options->target ? "" : " (--target names another one)");
        if (status == KILN_OK && t->column[column].kind == COLUMN_WEIGHT)
            status = kiln_fail(err, KILN_EINVAL, "%s: column '%s' has the weights: --%s is for the others", t->path, name, what);
        if (status == KILN_OK)
            chosen[column] = true;
    }
    names_free(&asked);
    return status;
}

/* By the options: --features are all there are, --ignore are not there. */
static kiln_status select_named(const table *t, bool header, bool *selected, kiln_error *err)
{
    const char *features = t->options->features, *ignore = t->options->ignore;
    if (features && ignore)
        return kiln_fail(err, KILN_EINVAL, "columns are chosen by --features or by --ignore, not by both");
    if (!features && !ignore)
        return KILN_OK;
    bool *chosen = mem_zeroed(t->columns, sizeof *chosen);
    if (!chosen)
        return kiln_fail_memory(err, 0, t->path);
    const kiln_status status = choose(t, header, features ? features : ignore, features ? "features" : "ignore", chosen, err);
    for (size_t i = 0; status == KILN_OK && i < t->columns; i++)
        selected[i] = selected[i] && chosen[i] == (features != NULL);
    free(chosen);
    return status;
}

/* By the places that a network ignored in its own file, where this one has as many columns; false where it has not. */
static bool select_placed(const table *t, const kiln_schema *schema, bool *selected)
{
    size_t others = 0, ignored = 0;
    for (size_t i = 0; i < t->columns; i++)
        others += selected[i];
    if (others != schema->columns + schema->ignored)
        return false;
    others = 0;
    for (size_t i = 0; i < t->columns && ignored < schema->ignored; i++) {
        if (!selected[i] || others++ != schema->ignored_column[ignored])
            continue;
        selected[i] = false;
        ignored++;
    }
    return true;
}

/* All but the target, and but the weights unless wanted. */
static void select_all(const table *t, bool weights, bool *selected)
{
    for (size_t i = 0; i < t->columns; i++)
        selected[i] = t->column[i].kind != TARGET_OPEN && (weights || t->column[i].kind != COLUMN_WEIGHT);
}

kiln_status table_select(const table *t, bool header, bool **selected, kiln_error *err)
{
    const kiln_schema *schema = t->options->schema;
    *selected = mem_alloc(t->columns, sizeof **selected);
    if (!*selected)
        return kiln_fail_memory(err, 0, t->path);
    select_all(t, false, *selected);
    if (!schema || schema->columns == 0)
        return select_named(t, header, *selected, err);
    if (select_placed(t, schema, *selected) || !t->weighted)
        return KILN_OK;
    select_all(t, true, *selected); /* the weights may be a column that its own file had */
    select_placed(t, schema, *selected);
    for (size_t i = 0; i < t->columns; i++)
        (*selected)[i] = (*selected)[i] && t->column[i].kind != COLUMN_WEIGHT;
    return KILN_OK;
}

kiln_status table_take_texts(table *t, bool header, kiln_error *err)
{
    if (!t->options->text)
        return KILN_OK;
    bool *chosen = mem_zeroed(t->columns, sizeof *chosen);
    kiln_status status = chosen ? choose(t, header, t->options->text, "text", chosen, err) : kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; status == KILN_OK && i < t->columns; i++) {
        if (!chosen[i])
            continue;
        if (t->column[i].kind != COLUMN_OPEN)
            status = table_fail(t, KILN_EINVAL, 0, i, err, "is not read: --text is for columns that are");
        t->column[i].kind = COLUMN_TEXT;
    }
    free(chosen);
    return status;
}

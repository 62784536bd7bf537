/* A table while it is read: fields go to their place as they come, as float32. */
#include "data/table.h"

#include "base/json.h"
#include "base/memory.h"
#include "data/date.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROWS = 64 };

kiln_status table_reserve(table *t, kiln_error *err)
{
    if (t->rows < t->room)
        return KILN_OK;
    if (t->rows >= UINT32_MAX)
        return kiln_fail(err, KILN_EDATA, "%s: has more than the %lu rows that can be counted", t->path, (unsigned long)UINT32_MAX);
    /* Large ones move by remapping, without a second copy; on a disk there may be little room to spare. */
    const size_t more = t->room / (spill_is_mapped(&t->cells) ? 16 : 2), room = t->room ? t->room + more : FIRST_ROWS;
    size_t cells, labels;
    if (!size_product(room, t->features, &cells) || !size_product(room, t->targets, &labels))
        return kiln_fail_memory(err, 0, t->path);
    kiln_status status = spill_resize(&t->cells, cells, sizeof *t->cell, t->path, err);
    t->cell = t->cells.at;
    if (status == KILN_OK && t->targets > 0) {
        status = spill_resize(&t->labels, labels, sizeof *t->label, t->path, err);
        t->label = t->labels.at;
    }
    if (status == KILN_OK && t->weighted) {
        status = spill_resize(&t->weights, room, sizeof *t->weight, t->path, err);
        t->weight = t->weights.at;
    }
    if (status == KILN_OK)
        t->room = room;
    return status;
}

/* What a row that is left out has decides nothing: no type, no decimal mark, no category of which there is no sample. */
static void forget_row(table_column *c)
{
    if (c->kind == COLUMN_TEXT || c->kind == TARGET_TEXT)
        dictionary_shrink(&c->texts, c->kept_texts);
    if (c->settled)
        c->kind = c->kind < TARGET_OPEN ? COLUMN_OPEN : TARGET_OPEN;
    c->mark = c->kept_mark;
    c->ungrouped = c->kept_ungrouped;
}

kiln_status table_row_done(table *t, kiln_error *err)
{
    if (t->failure.status != KILN_OK && !t->dropping)
        return kiln_fail_at(err, t->failure.status, t->failure.line, t->failure.column, "%s", t->failure.message);
    for (size_t i = 0; t->options->missing == KILN_MISSING_DROP && i < t->columns; i++) {
        table_column *c = &t->column[i];
        if (t->dropping)
            forget_row(c);
        c->settled = false;
        c->kept_texts = c->texts.count;
        c->kept_mark = c->mark;
        c->kept_ungrouped = c->ungrouped;
    }
    t->failure.status = KILN_OK;
    if (t->dropping)
        t->dropped++;
    else
        t->rows++;
    t->dropping = false;
    spill_passed(&t->cells, t->features * sizeof *t->cell, &t->passed);
    return KILN_OK;
}

number_kind table_number(const table *t, const char *text, size_t length, double *value, bool *comma)
{
    char pointed[NUMBER_TEXT];
    const number_kind kind = number_read(t->c_locale, text, length, value);
    *comma = kind == NUMBER_NONE && t->separator != ',' && number_with_point(text, length, pointed);
    return *comma ? number_read(t->c_locale, pointed, length, value) : kind;
}

/* In one column a comma and a point cannot both be decimal: one of them would be between thousands. */
static kiln_status check_mark(table *t, size_t line, size_t column, const char *text, bool comma, kiln_error *err)
{
    table_column *c = &t->column[column];
    const char mark = comma ? ',' : '.';
    char shown[TEXT_SHOWN];
    if (!comma && (t->separator == ',' || !strchr(text, '.')))
        return KILN_OK;
    if (!c->mark) {
        c->mark = mark;
        c->mark_line = line;
    }
    c->ungrouped = c->ungrouped || !number_is_grouped(text);
    if (c->mark == mark)
        return KILN_OK;
    return table_fail(t, KILN_EDATA, line, column, err, "'%s' has a decimal %s, and line %zu a decimal %s: write them all alike",
                      text_show(text, shown), comma ? "comma" : "point", c->mark_line, comma ? "point" : "comma");
}

/* The number that a field must be. */
static kiln_status read_number(table *t, size_t line, size_t column, const char *text, size_t length, double *value,
                               kiln_error *err)
{
    char shown[TEXT_SHOWN];
    bool comma;
    const number_kind kind = table_number(t, text, length, value, &comma);
    if (kind == NUMBER_FINITE && number_fits_float(*value))
        return check_mark(t, line, column, text, comma, err);
    if (kind == NUMBER_FINITE)
        return table_fail(t, KILN_EDATA, line, column, err, "'%s' is beyond float32, whose largest number is 3.4028235e38",
                          text_show(text, shown));
    if (kind == NUMBER_INFINITE)
        return table_fail(t, KILN_EDATA, line, column, err,
                          "'%s' is not finite: nothing can be learned from it, and it is no "
                          "missing value either: leave the row out, or write the largest number that makes sense",
                          text_show(text, shown));
    if (!text_is_utf8(text))
        return table_fail(t, KILN_EDATA, line, column, err, "not a number, and not UTF-8 text either");
    const bool chosen = t->column[column].kind == COLUMN_NUMBER && !t->options->schema; /* by the values before */
    return table_fail(t, KILN_EDATA, line, column, err, "'%s' is not a number%s", text_show(text, shown),
                      number_is_grouped(text) ? ": leave out what stands between thousands"
                      : chosen                ? ", as those before it are: write one, or take the column as text (--text)"
                                              : "");
}

/* What must hold for any text that is a category or class. */
static kiln_status check_text(const table *t, size_t line, size_t column, const char *text, kiln_error *err)
{
    if (!text_is_utf8(text))
        return table_fail(t, KILN_EDATA, line, column, err, "a text that is not UTF-8: save the file in that encoding");
    return KILN_OK;
}

/* A value that is not there: it will be filled in, or its row is left out, or it is an error. */
static kiln_status take_missing(table *t, size_t line, size_t column, const char *text, kiln_error *err)
{
    const table_column *c = &t->column[column];
    const bool feature = c->kind < TARGET_OPEN, known = t->options->schema != NULL;
    const char *hint = known ? (feature ? " (a network trained with --missing mean fills it in by itself)" : "")
                             : (feature ? " (--missing mean, median or drop does it)" : " (--missing drop does it)");
    char shown[TEXT_SHOWN];
    if (feature && t->fills) {
        t->cell[t->rows * t->features + c->place] = NAN;
        t->missing = true;
        return KILN_OK;
    }
    if (t->options->missing == KILN_MISSING_DROP) {
        t->dropping = true;
        return KILN_OK;
    }
    return table_fail(t, KILN_EDATA, line, column, err, "missing value%s%s%s: fill it in or leave the row out%s",
                      text[0] ? " '" : "", text_show(text, shown), text[0] ? "'" : "", hint);
}

/* The number of a text among those met so far, of which there may be `most`. */
static kiln_status number_text(table *t, size_t line, size_t column, const char *text, size_t most, size_t *number, kiln_error *err)
{
    dictionary *texts = &t->column[column].texts;
    if (dictionary_find(texts, text, number))
        return KILN_OK;
    const kiln_status status = check_text(t, line, column, text, err);
    if (status != KILN_OK)
        return status;
    if (texts->count >= most)
        return table_fail(
            t, KILN_EDATA, line, column, err,
            "the %zuth different text in this column: it looks like an identifier or free text, leave it out (--ignore)",
            texts->count + 1);
    return dictionary_add(texts, text, number) ? KILN_OK : kiln_fail_memory(err, 0, t->path);
}

/* The number of a text among the network's. */
static kiln_status known_text(const table *t, size_t line, size_t column, const char *text, const char *what, size_t *number,
                              kiln_error *err)
{
    const dictionary *texts = &t->column[column].texts;
    char shown[TEXT_SHOWN], list[TABLE_LIST];
    if (dictionary_find(texts, text, number))
        return KILN_OK;
    const kiln_status status = check_text(t, line, column, text, err);
    if (status != KILN_OK)
        return status;
    return table_fail(t, KILN_EDATA, line, column, err, "the network does not know the %s '%s', only %s", what,
                      text_show(text, shown), table_list(texts->text, texts->count, list));
}

/* The number of a class or label among the network's; 1.0 is the class "1". */
static kiln_status known_class(const table *t, size_t line, size_t column, const char *text, size_t length, size_t *number,
                               kiln_error *err)
{
    char canonical[32];
    double value;
    if (!dictionary_find(&t->column[column].texts, text, number) &&
        number_read(t->c_locale, text, length, &value) == NUMBER_FINITE && number_is_whole(value)) {
        snprintf(canonical, sizeof canonical, "%.0f", value == 0.0 ? 0.0 : value);
        if (dictionary_find(&t->column[column].texts, canonical, number))
            return KILN_OK;
    }
    return known_text(t, line, column, text, t->task == KILN_MULTILABEL ? "label" : "class", number, err);
}

/* The number of a target's text: a class; or, of several targets, one of the two that a label has. */
static kiln_status number_target(table *t, size_t line, size_t column, const char *text, size_t *number, kiln_error *err)
{
    const dictionary *texts = &t->column[column].texts;
    char shown[TEXT_SHOWN], list[TABLE_LIST];
    if (table_has_several(t) && texts->count == 2 && !dictionary_find(texts, text, number)) {
        const kiln_status status = check_text(t, line, column, text, err);
        if (status != KILN_OK)
            return status;
        return table_fail(t, KILN_EDATA, line, column, err,
                          "'%s' is a third value beside %s: each of several targets is a number, or a label of two values",
                          text_show(text, shown), table_list(texts->text, texts->count, list));
    }
    return number_text(t, line, column, text, DATA_MAX_CLASSES, number, err);
}

static kiln_status read_target_number(table *t, size_t line, size_t column, const char *text, size_t length, double *value,
                                      kiln_error *err)
{
    char shown[TEXT_SHOWN];
    const kiln_status status = read_number(t, line, column, text, length, value, err);
    if (status != KILN_OK)
        return status;
    const column_kind kind = t->column[column].kind;
    const size_t classes = t->options->schema ? t->options->schema->classes : 0;
    if (kind == TARGET_COUNTED && !(number_is_whole(*value) && *value >= 0.0 && *value < (double)classes))
        return table_fail(t, KILN_EDATA, line, column, err, "'%s' is not one of the network's classes, 0 to %zu",
                          text_show(text, shown), classes - 1);
    if (t->task == KILN_MULTILABEL && *value != 0.0 && *value != 1.0)
        return table_fail(t, KILN_EDATA, line, column, err, "'%s' is not a label: labels are 0 and 1, or two texts",
                          text_show(text, shown));
    if (kind == TARGET_NUMBER && t->task == KILN_CLASSIFICATION && !number_is_whole(*value))
        return table_fail(t, KILN_EDATA, line, column, err, "'%s' is not a class: classes are texts or whole numbers",
                          text_show(text, shown));
    return KILN_OK;
}

static kiln_status read_weight(table *t, size_t line, size_t column, const char *text, size_t length, kiln_error *err)
{
    char shown[TEXT_SHOWN];
    double value = 0.0;
    const kiln_status status = read_number(t, line, column, text, length, &value, err);
    if (status == KILN_OK && value < 0.0)
        return table_fail(t, KILN_EDATA, line, column, err, "'%s' is below 0: a sample's weight is 0 or more",
                          text_show(text, shown));
    t->weight[t->rows] = (float)value;
    return status;
}

/* Texts that were meant as numbers, or as dates, would make a category each: nobody wants that. */
static kiln_status check_meaning(const table *t, size_t line, size_t column, const char *text, size_t length, kiln_error *err)
{
    const bool feature = t->column[column].kind == COLUMN_OPEN;
    char shown[TEXT_SHOWN], pointed[NUMBER_TEXT];
    double value;
    if (text_is_date(text))
        return table_fail(
            t, KILN_EDATA, line, column, err,
            "'%s' looks like a date or a time, which is neither a number nor a category: split it into columns of numbers "
            "(year, month, day, hour), %s",
            text_show(text, shown),
            feature ? "leave the column out (--ignore), or take it as text (--text)" : "or name another target (--target)");
    if (number_is_grouped(text) ||
        (number_with_point(text, length, pointed) && number_read(t->c_locale, pointed, length, &value) == NUMBER_FINITE))
        return table_fail(
            t, KILN_EDATA, line, column, err,
            "'%s' looks like a number, but is not written as one: give it a decimal point, and nothing between thousands%s",
            text_show(text, shown), feature ? "; or take it as text (--text)" : "");
    return KILN_OK;
}

/* Settles what an open column is by its first value. */
static kiln_status settle(table *t, size_t line, size_t column, const char *text, size_t length, kiln_error *err)
{
    table_column *c = &t->column[column];
    double value;
    const bool feature = c->kind == COLUMN_OPEN;
    bool comma;
    const bool number = table_number(t, text, length, &value, &comma) != NUMBER_NONE;
    c->valued = true;
    if (!number) {
        kiln_status status = check_text(t, line, column, text, err);
        if (status == KILN_OK)
            status = check_meaning(t, line, column, text, length, err);
        if (status != KILN_OK)
            return status;
    }
    if (feature)
        c->kind = number ? COLUMN_NUMBER : COLUMN_TEXT;
    else
        c->kind = number || t->task == KILN_REGRESSION ? TARGET_NUMBER : TARGET_TEXT;
    c->settled = true;
    return KILN_OK;
}

/* Puts a value that is there in its place. */
static kiln_status take_value(table *t, size_t line, size_t column, const char *text, size_t length, kiln_error *err)
{
    table_column *c = &t->column[column];
    kiln_status status = KILN_OK;
    double value = 0.0;
    size_t number = 0;
    double *label = t->targets > 0 ? &t->label[t->rows * t->targets + c->place] : NULL; /* of a target */
    if (c->kind == COLUMN_OPEN || c->kind == TARGET_OPEN)
        status = settle(t, line, column, text, length, err);
    if (status != KILN_OK)
        return status;
    switch (c->kind) {
    case COLUMN_NUMBER:
        status = read_number(t, line, column, text, length, &value, err);
        if (status == KILN_OK)
            t->cell[t->rows * t->features + c->place] = (float)value;
        return status;
    case COLUMN_TEXT:
        status = number_text(t, line, column, text, TABLE_MAX_CATEGORIES, &number, err);
        t->cell[t->rows * t->features + c->place] = (float)number;
        return status;
    case COLUMN_KNOWN:
        status = known_text(t, line, column, text, "category", &number, err);
        t->cell[t->rows * t->features + c->place] = (float)number;
        return status;
    case TARGET_NUMBER:
    case TARGET_COUNTED:
        return read_target_number(t, line, column, text, length, label, err);
    case TARGET_TEXT:
        status = number_target(t, line, column, text, &number, err);
        *label = (double)number;
        return status;
    case TARGET_KNOWN:
        status = known_class(t, line, column, text, length, &number, err);
        *label = (double)number;
        return status;
    case COLUMN_WEIGHT:
        return read_weight(t, line, column, text, length, err);
    case COLUMN_IGNORED:
    case COLUMN_OPEN: /* settled above */
    case TARGET_OPEN:
        break;
    }
    return KILN_OK;
}

kiln_status table_field(table *t, size_t line, size_t column, const char *text, size_t length, kiln_error *err)
{
    const table_column *c = &t->column[column];
    size_t number;
    if (c->kind == COLUMN_IGNORED)
        return KILN_OK;
    if (text_is_missing(text) && !dictionary_find(&c->texts, text, &number))
        return take_missing(t, line, column, text, err);
    if (t->options->missing != KILN_MISSING_DROP)
        return take_value(t, line, column, text, length, err);
    if (t->failure.status != KILN_OK)
        return KILN_OK; /* the row's first error is the one that is said */
    const kiln_status status = take_value(t, line, column, text, length, &t->failure);
    return status == KILN_OK || status == KILN_EDATA ? KILN_OK : kiln_fail(err, status, "%s", t->failure.message);
}

void table_free(table *t)
{
    for (size_t i = 0; t->column && i < t->columns; i++)
        dictionary_free(&t->column[i].texts);
    free(t->column);
    free(t->feature);
    free(t->target);
    names_free(&t->asked);
    spill_free(&t->cells);
    spill_free(&t->labels);
    spill_free(&t->weights);
    dictionary_free(&t->names);
    if (t->c_locale != (locale_t)0)
        freelocale(t->c_locale);
    *t = (table){ 0 };
}

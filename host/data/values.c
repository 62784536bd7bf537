/* Rows of numbers without names: features are stored as they are, all else goes through the table as a CSV's text does, so that
 * targets are told apart, named and refused by the same rules. */
#include "data/values.h"

#include "base/memory.h"
#include "data/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Two rows of zeros say what a layout must know: numbers, and no header. */
static kiln_status lay_out(table *t, size_t columns, kiln_error *err)
{
    static char zero[] = "0";
    char **text = mem_alloc(columns, sizeof *text);
    bool header;
    if (!text)
        return kiln_fail_memory(err, 0, t->path);
    for (size_t i = 0; i < columns; i++)
        text[i] = zero;
    const table_texts row = { 0, columns, text }; /* on no line */
    const kiln_status status = table_layout(t, &row, &row, &header, err);
    free(text);
    return status;
}

kiln_status values_open(table *t, const char *path, const kiln_data_options *options, size_t columns, kiln_error *err)
{
    t->path = path;
    t->options = options;
    t->separator = ','; /* so that no number has a decimal comma */
    const kiln_status status = data_task(options, &t->task, err);
    if (status != KILN_OK)
        return status;
    t->c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (t->c_locale == (locale_t)0)
        return kiln_fail_memory(err, 0, path);
    if (columns > TABLE_MAX_COLUMNS)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu columns, more than the %d that are read", path, columns, TABLE_MAX_COLUMNS);
    const kiln_status laid_out = lay_out(t, columns, err);
    for (size_t i = 0; laid_out == KILN_OK && i < t->columns; i++)
        if (t->column[i].kind == COLUMN_OPEN)
            t->column[i].kind = COLUMN_NUMBER; /* no text to settle it by */
    return laid_out;
}

/* The digits that read back as the same number; how many characters. */
static size_t write_number(locale_t c_locale, double number, char text[NUMBER_TEXT])
{
    const locale_t before = uselocale(c_locale); /* snprintf takes the decimal point from this thread's locale */
    const int length = snprintf(text, NUMBER_TEXT, "%.17g", isnan(number) ? (double)NAN : number); /* no "-nan" */
    uselocale(before);
    return (size_t)length;
}

kiln_status values_row(table *t, size_t line, const double *row, kiln_error *err)
{
    kiln_status status = table_reserve(t, err);
    for (size_t i = 0; status == KILN_OK && i < t->columns; i++) {
        const table_column *c = &t->column[i];
        char text[NUMBER_TEXT];
        if (c->kind == COLUMN_NUMBER && !isnan(row[i])) {
            t->cell[t->rows * t->features + c->place] = (float)row[i];
            continue;
        }
        status = table_field(t, line, i, text, write_number(t->c_locale, row[i], text), err);
    }
    return status == KILN_OK ? table_row_done(t, err) : status;
}

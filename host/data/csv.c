/* CSV: bytes -> rows of fields -> a table. libcsv splits the fields; it needs 0.45 s for 110 MB of 60,000 x 785 (pandas takes
 * 1.9 s for all of its reading), so there is no parser of our own. What it does not do is here: separators, lines, limits. */
#include "data/table.h"

#include "base/memory.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_MOST = 1 << 20, FIELD_STEP = 4096, BEFORE_LAYOUT = 2 /* rows that the layout looks at */ };

/* A row that waits for the layout. */
typedef struct held_row {
    size_t line, count, room;
    char **text;
} held_row;

typedef struct reader {
    table *table;
    kiln_error *err;
    kiln_status status; /* the first failure; libcsv goes on to the block's end, and nobody listens */
    size_t line;        /* of the field that comes next */
    size_t row_line;    /* where the row began */
    size_t field;       /* of the row so far */
    size_t blank;       /* the first empty line since the last row; 0: none */
    bool after_return;  /* the last row ended in \r: a \n behind it belongs to it */
    bool quotes;        /* there was one in the file: fields may hold line ends */
    bool laid_out;
    size_t held;
    held_row hold[BEFORE_LAYOUT];
} reader;

static size_t newlines(const char *text, size_t length)
{
    size_t count = 0;
    for (const char *c = text; (c = memchr(c, '\n', length - (size_t)(c - text))); c++)
        count++;
    return count;
}

static kiln_status hold_field(reader *r, const char *text)
{
    held_row *row = &r->hold[r->held];
    if (row->count == row->room) {
        const size_t room = row->room ? row->room * 2 : 16;
        char **grown = mem_resize(row->text, room, sizeof *grown);
        if (!grown)
            return kiln_fail_memory(r->err, 0, r->table->path);
        row->text = grown;
        row->room = room;
    }
    row->text[row->count] = mem_text(text);
    if (!row->text[row->count])
        return kiln_fail_memory(r->err, 0, r->table->path);
    row->count++;
    return KILN_OK;
}

static kiln_status fail_width(const reader *r, size_t line, size_t fields)
{
    return kiln_fail_at(r->err, KILN_EDATA, line, 0, "%s:%zu: has %zu fields, the first row has %zu", r->table->path, line, fields,
                        r->table->columns);
}

static kiln_status end_row(reader *r, size_t line, size_t fields)
{
    if (fields != r->table->columns)
        return fail_width(r, line, fields);
    return table_row_done(r->table, r->err);
}

/* Gives the table a row that was held back. */
static kiln_status replay(reader *r, const held_row *row)
{
    kiln_status status = table_reserve(r->table, r->err);
    size_t line = row->line;
    for (size_t i = 0; status == KILN_OK && i < row->count && i < r->table->columns; i++) {
        const size_t length = strlen(row->text[i]);
        status = table_field(r->table, line, i, row->text[i], length, r->err);
        line += newlines(row->text[i], length);
    }
    return status == KILN_OK ? end_row(r, row->line, row->count) : status;
}

static kiln_status lay_out(reader *r)
{
    table_texts rows[BEFORE_LAYOUT];
    bool header = false;
    for (size_t i = 0; i < BEFORE_LAYOUT; i++)
        rows[i] = (table_texts){ r->hold[i].line, r->hold[i].count, r->hold[i].text };
    kiln_status status = table_layout(r->table, &rows[0], &rows[1], &header, r->err);
    for (size_t i = header; status == KILN_OK && i < r->held; i++)
        status = replay(r, &r->hold[i]);
    r->laid_out = true;
    return status;
}

static kiln_status fail_long(const reader *r)
{
    return kiln_fail_at(r->err, KILN_EDATA, r->line, r->field + 1, "%s:%zu: column %zu: a field of more than 1 MiB", r->table->path,
                        r->line, r->field + 1);
}

static kiln_status take_field(reader *r, const char *text, size_t length)
{
    const size_t column = r->field;
    if (column == 0) {
        r->row_line = r->line;
        if (r->blank)
            return kiln_fail_at(r->err, KILN_EDATA, r->blank, 0, "%s:%zu: is empty, between rows: remove the line or fill it in",
                                r->table->path, r->blank);
    }
    if (column >= TABLE_MAX_COLUMNS)
        return kiln_fail_at(r->err, KILN_EDATA, r->row_line, 0, "%s:%zu: has more than the %d columns that are read",
                            r->table->path, r->row_line, TABLE_MAX_COLUMNS);
    if (length > FIELD_MOST)
        return fail_long(r);
    if (!r->laid_out)
        return hold_field(r, text);
    if (column >= r->table->columns)
        return KILN_OK; /* counted, and refused where the row ends */
    const kiln_status status = column == 0 ? table_reserve(r->table, r->err) : KILN_OK;
    return status == KILN_OK ? table_field(r->table, r->line, column, text, length, r->err) : status;
}

static void on_field(void *field, size_t length, void *context)
{
    reader *r = context;
    const char *text = field;
    if (r->status != KILN_OK)
        return;
    r->status = take_field(r, text, length);
    r->field++;
    if (r->quotes)
        r->line += newlines(text, length);
}

static kiln_status take_row(reader *r)
{
    kiln_status status = KILN_OK;
    if (r->laid_out)
        return end_row(r, r->row_line, r->field);
    r->hold[r->held++].line = r->row_line;
    if (r->held == BEFORE_LAYOUT)
        status = lay_out(r);
    return status;
}

/* end: the \r or \n behind the row, -1 at the file's end. */
static void on_row(int end, void *context)
{
    reader *r = context;
    const bool second_half = end == '\n' && r->after_return && r->field == 0;
    r->after_return = end == '\r';
    if (r->status != KILN_OK || second_half)
        return;
    if (r->field > 0)
        r->status = take_row(r);
    else if (!r->blank && (r->held > 0 || r->laid_out))
        r->blank = r->line;
    r->field = 0;
    r->line++;
}

static void *resize(void *memory, size_t bytes)
{
    return mem_resize(memory, bytes, 1);
}

/* Whether a first line is numbers with decimal commas between separators: 1,5;2,5 has more commas than semicolons. */
static bool has_decimal_commas(const unsigned char *bytes, size_t count, char separator)
{
    size_t commas = 0, digits = 0, fields = 1; /* commas and digits of the field so far */
    for (size_t i = 0; i < count && bytes[i] != '\n' && bytes[i] != '\r'; i++) {
        const char c = (char)bytes[i];
        commas += c == ',';
        digits += c >= '0' && c <= '9';
        if (commas > 1 || (c == separator && digits == 0) || !(c == separator || (c && strchr("0123456789+-.,eE \"", c))))
            return false;
        if (c == separator) {
            commas = digits = 0;
            fields++;
        }
    }
    return fields > 1 && digits > 0;
}

/* The separator that the first line has most of, outside quotes; a tab before a semicolon before a comma where they tie. */
static char find_separator(const unsigned char *bytes, size_t count)
{
    static const char separators[] = { '\t', ';', ',' };
    size_t found[sizeof separators] = { 0 }, best = 0;
    bool quoted = false, begun = false;
    for (size_t i = 0; i < count && !(begun && !quoted && (bytes[i] == '\n' || bytes[i] == '\r')); i++) {
        begun = begun || (bytes[i] != '\n' && bytes[i] != '\r');
        quoted = quoted != (bytes[i] == '"');
        for (size_t s = 0; s < sizeof separators; s++)
            found[s] += !quoted && bytes[i] == (unsigned char)separators[s];
    }
    for (size_t s = 0; s < sizeof separators; s++)
        if (separators[s] != ',' && found[s] > 0 && has_decimal_commas(bytes, count, separators[s]))
            return separators[s];
    for (size_t s = 1; s < sizeof separators; s++)
        if (found[s] > found[best])
            best = s;
    return found[best] ? separators[best] : ',';
}

/* Says why libcsv stopped. */
static kiln_status fail_parser(const reader *r, struct csv_parser *parser)
{
    if (csv_error(parser) != CSV_EPARSE)
        return kiln_fail_memory(r->err, 0, r->table->path);
    return kiln_fail_at(r->err, KILN_EDATA, r->line, r->field + 1,
                        "%s:%zu: column %zu: a quote inside a field: put such a field in quotes, and double each quote in it",
                        r->table->path, r->line, r->field + 1);
}

/* A field that does not end: at the file's end only one in quotes can be such. */
static kiln_status fail_endless(const reader *r, const struct csv_parser *parser)
{
    if (!parser->quoted)
        return fail_long(r);
    return kiln_fail_at(r->err, KILN_EDATA, r->line, r->field + 1,
                        "%s:%zu: column %zu: the quote that begins this field never ends", r->table->path, r->line, r->field + 1);
}

static kiln_status read_block(reader *r, struct csv_parser *parser, const unsigned char *bytes, size_t count)
{
    if (memchr(bytes, 0, count))
        return kiln_fail(r->err, KILN_EDATA, "%s: has a NUL byte, which text has not: CSV is read as UTF-8 (not as UTF-16)",
                         r->table->path);
    r->quotes = r->quotes || memchr(bytes, '"', count);
    const size_t parsed = csv_parse(parser, bytes, count, on_field, on_row, r);
    if (r->status != KILN_OK)
        return r->status;
    if (parsed != count)
        return fail_parser(r, parser);
    return csv_get_buffer_size(parser) > FIELD_MOST ? fail_endless(r, parser) : KILN_OK;
}

static kiln_status read_rows(reader *r, struct csv_parser *parser, input *in)
{
    const unsigned char *bytes;
    size_t count;
    kiln_status status = input_block(in, &bytes, &count, r->err);
    if (status != KILN_OK)
        return status;
    r->table->separator = find_separator(bytes, count);
    csv_set_delim(parser, (unsigned char)r->table->separator);
    while (status == KILN_OK && count > 0) {
        status = read_block(r, parser, bytes, count);
        if (status == KILN_OK)
            status = input_block(in, &bytes, &count, r->err);
    }
    if (status != KILN_OK)
        return status;
    if (csv_fini(parser, on_field, on_row, r) != 0)
        return fail_endless(r, parser);
    if (r->status == KILN_OK && !r->laid_out && r->held > 0)
        r->status = lay_out(r);
    return r->status;
}

kiln_status csv_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    table t = { .path = input_name(in),
                .options = options,
                .cells.budget = &data->budget,
                .labels.budget = &data->budget,
                .weights.budget = &data->budget };
    reader r = { .table = &t, .err = err, .line = 1 };
    struct csv_parser parser;
    kiln_status status = data_task(options, &t.task, err);
    if (status != KILN_OK)
        return status;
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL | CSV_APPEND_NULL);
    csv_set_realloc_func(&parser, resize);
    csv_set_blk_size(&parser, FIELD_STEP);
    t.c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (t.c_locale == (locale_t)0)
        status = kiln_fail_memory(err, 0, t.path);
    if (status == KILN_OK)
        status = read_rows(&r, &parser, in);
    if (status == KILN_OK)
        status = table_encode(&t, data, err);
    csv_free(&parser);
    for (size_t i = 0; i < BEFORE_LAYOUT; i++) {
        for (size_t f = 0; f < r.hold[i].count; f++)
            free(r.hold[i].text[f]);
        free(r.hold[i].text);
    }
    table_free(&t);
    return status;
}

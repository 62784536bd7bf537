/* libsvm's sparse text: a line is a label and index:value pairs, indices from 1 and ascending; what is left out is 0; # begins a
 * comment. What is there is kept while reading, and becomes rows of float32 once the number of features is known. */
#include "base/json.h"
#include "base/memory.h"
#include "data/number.h"
#include "data/values.h"

#include <stdlib.h>
#include <string.h>

enum {
    TOKEN = 128,           /* characters of a label or pair, and a 0 */
    LONG_LINE = 1 << 16,   /* bytes of a beginning without a line's end: there may be more */
    FREE_VALUES = 1 << 20, /* rows of this many values in all need no reason */
    SPARSEST = 4096        /* beyond, one value in so many must be in the file: memory follows from its size */
};

typedef struct entry {
    uint32_t feature; /* from 0 */
    float value;
} entry;

typedef struct row {
    size_t line, end; /* where its entries end; they begin where those of the row before do */
    double label;
} row;

typedef struct reader {
    const char *path;
    kiln_error *err;
    locale_t c_locale;
    size_t line, column; /* of what comes next, from 1 */
    size_t begin;        /* column where the token began */
    size_t length;       /* of the token so far */
    char token[TOKEN];
    bool in_row, comment;
    size_t features; /* the largest index */
    size_t rows, row_room;
    row *row;
    size_t entries, entry_room;
    entry *entry;
} reader;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_query(const char *token, size_t length)
{
    return length > 4 && memcmp(token, "qid:", 4) == 0;
}

/* Whether a token is digits, a colon and more; not with a table's separators in it. */
static bool is_pair(const char *token, size_t length)
{
    size_t digits = 0;
    while (digits < length && is_digit(token[digits]))
        digits++;
    return digits > 0 && digits + 1 < length && token[digits] == ':' && !memchr(token, ',', length) && !memchr(token, ';', length);
}

static bool is_label(const char *token, size_t length)
{
    return (is_digit(*token) || *token == '+' || *token == '-' || *token == '.') && !memchr(token, ':', length) &&
           !memchr(token, ',', length) && !memchr(token, ';', length);
}

/* Whether a line has a label and pairs: 1 yes, -1 it has something else, 0 it has too little to tell. */
static int judge_line(const char *at, const char *end)
{
    size_t tokens = 0;
    for (; at < end; tokens++) {
        size_t length = 0;
        while (at < end && is_space(*at) && (*at != '\t' || tokens > 1)) /* a tab behind the label: a table's, with times say */
            at++;
        while (at + length < end && !is_space(at[length]))
            length++;
        if (at == end || *at == '#')
            break;
        if (length == 0 || !(tokens == 0 ? is_label(at, length) : is_pair(at, length) || is_query(at, length)))
            return -1;
        at += length;
    }
    return tokens >= 2;
}

bool libsvm_begins(const unsigned char *bytes, size_t count)
{
    const char *at = (const char *)bytes, *const end = at + count;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *line_end = newline ? newline : end;
        while (!newline && count > LONG_LINE && line_end > at && !is_space(line_end[-1]))
            line_end--; /* the block may end inside a pair */
        const int judged = judge_line(at, line_end);
        if (judged != 0 || !newline)
            return judged > 0;
        at = newline + 1;
    }
    return false;
}

static kiln_status fail_token(const reader *r, const char *expected)
{
    char shown[TEXT_SHOWN];
    const char *token = text_is_utf8(r->token) ? text_show(r->token, shown) : "text that is not UTF-8";
    return kiln_fail_at(r->err, KILN_EDATA, r->line, r->begin, "%s:%zu: column %zu: '%s' %s", r->path, r->line, r->begin, token,
                        expected);
}

static kiln_status read_number(const reader *r, const char *text, double *value)
{
    if (number_read(r->c_locale, text, strlen(text), value) != NUMBER_FINITE || !number_fits_float(*value))
        return fail_token(r, text == r->token ? "should be a label: a finite number" : "has a value that is no finite float32");
    return KILN_OK;
}

static kiln_status begin_row(reader *r)
{
    if (r->rows == r->row_room) {
        const size_t room = r->row_room ? r->row_room + r->row_room / 2 : 64;
        row *grown = mem_resize(r->row, room, sizeof *grown);
        if (!grown)
            return kiln_fail_memory(r->err, 0, r->path);
        r->row = grown;
        r->row_room = room;
    }
    row *added = &r->row[r->rows];
    *added = (row){ .line = r->line, .end = r->entries };
    if (strchr(r->token, ','))
        return fail_token(r, "is a list of labels: a sample has one");
    const kiln_status status = read_number(r, r->token, &added->label);
    r->rows += status == KILN_OK;
    r->in_row = true;
    return status;
}

/* The feature that a pair's index names. */
static kiln_status read_feature(const reader *r, size_t *feature)
{
    const row *now = &r->row[r->rows - 1];
    const size_t first = r->rows > 1 ? r->row[r->rows - 2].end : 0;
    size_t index = 0;
    for (const char *c = r->token; is_digit(*c) && index <= TABLE_MAX_COLUMNS; c++)
        index = index * 10 + (size_t)(*c - '0');
    if (index == 0)
        return fail_token(r, "has index 0: indices count from 1 (scikit-learn: zero_based=False)");
    if (index >= TABLE_MAX_COLUMNS)
        return kiln_fail_at(r->err, KILN_EDATA, r->line, r->begin,
                            "%s:%zu: column %zu: has more than the %d features that are read", r->path, r->line, r->begin,
                            TABLE_MAX_COLUMNS - 1);
    if (now->end > first && index <= (size_t)r->entry[now->end - 1].feature + 1)
        return fail_token(r, index == (size_t)r->entry[now->end - 1].feature + 1 ? "has the index of the pair before it again"
                                                                                 : "has a smaller index than the pair before it");
    *feature = index - 1;
    return KILN_OK;
}

static kiln_status add_pair(reader *r)
{
    size_t feature = 0;
    double value = 0.0;
    if (is_query(r->token, r->length))
        return fail_token(r, "ranks samples within a query, which is not learnt: take it out (sed 's/ qid:[0-9]*//')");
    if (!is_pair(r->token, r->length))
        return fail_token(r, "should be index:value");
    kiln_status status = read_feature(r, &feature);
    if (status == KILN_OK)
        status = read_number(r, strchr(r->token, ':') + 1, &value);
    if (status != KILN_OK)
        return status;
    if (r->entries == r->entry_room) {
        const size_t room = r->entry_room ? r->entry_room + r->entry_room / 2 : 256;
        entry *grown = mem_resize(r->entry, room, sizeof *grown);
        if (!grown)
            return kiln_fail_memory(r->err, 0, r->path);
        r->entry = grown;
        r->entry_room = room;
    }
    r->entry[r->entries++] = (entry){ (uint32_t)feature, (float)value };
    r->row[r->rows - 1].end = r->entries;
    if (feature >= r->features)
        r->features = feature + 1;
    return KILN_OK;
}

static kiln_status end_token(reader *r)
{
    if (r->length == 0)
        return KILN_OK;
    r->token[r->length] = '\0';
    const kiln_status status = r->in_row ? add_pair(r) : begin_row(r);
    r->length = 0;
    return status;
}

static kiln_status take(reader *r, char c)
{
    if (c == '\n' || (c == '#' && !r->comment) || is_space(c)) {
        const kiln_status status = end_token(r);
        r->comment = c == '#' || (r->comment && c != '\n');
        r->in_row = r->in_row && c != '\n';
        r->line += c == '\n';
        r->column = c == '\n' ? 0 : r->column;
        return status;
    }
    if (r->comment)
        return KILN_OK;
    if (c == '\0')
        return kiln_fail_at(r->err, KILN_EDATA, r->line, r->column, "%s:%zu: has a NUL byte, which text has not", r->path, r->line);
    if (r->length == 0)
        r->begin = r->column;
    r->token[r->length++] = c;
    if (r->length < TOKEN - 1)
        return KILN_OK;
    r->token[r->length] = '\0';
    return fail_token(r, "is too long for a label or index:value");
}

static kiln_status read_rows(reader *r, input *in)
{
    const unsigned char *bytes;
    size_t count = 1;
    kiln_status status = KILN_OK;
    while (status == KILN_OK && count > 0) {
        status = input_block(in, &bytes, &count, r->err);
        for (size_t i = 0; status == KILN_OK && i < count; i++) {
            r->column++;
            status = take(r, (char)bytes[i]);
        }
    }
    return status == KILN_OK ? end_token(r) : status;
}

/* How many features a row has: those of the network's own file, with what it leaves out, as an index names the same one in every
 * file; else the largest index. */
static kiln_status count_features(reader *r, const kiln_schema *known)
{
    char what[TEXT_SHOWN];
    size_t values;
    for (size_t i = 0; known && i < known->columns; i++)
        if (known->column[i].categories > 0)
            return kiln_fail(r->err, KILN_EDATA, "%s: is of numbers alone, and the network reads texts in column %zu%s%s", r->path,
                             i + 1, known->column[i].name ? ", " : "",
                             known->column[i].name ? text_show(known->column[i].name, what) : "");
    if (known && known->columns > 0) {
        const size_t own = known->columns + known->ignored;
        if (r->features > own)
            return kiln_fail(r->err, KILN_EDATA, "%s: has %zu features, the network%s %zu", r->path, r->features,
                             known->ignored > 0 ? "'s own data have" : " reads", own);
        r->features = own;
    }
    if (r->features == 0)
        return kiln_fail(r->err, KILN_EDATA, "%s: has labels alone: no sample has an index:value", r->path);
    if (!size_product(r->rows, r->features, &values) || (values > FREE_VALUES && values / SPARSEST > r->entries))
        return kiln_fail(
            r->err, KILN_EDATA,
            "%s: %zu samples of %zu features would take %.0f GB as the dense float32 that networks are trained on, for "
            "%zu values that are there: keep fewer features",
            r->path, r->rows, r->features, (double)r->rows * (double)r->features * 4e-9, r->entries);
    return KILN_OK;
}

static kiln_status fill(const reader *r, const kiln_data_options *options, table *t)
{
    const size_t columns = r->features + !options->no_target;
    double *numbers = mem_alloc(columns, sizeof *numbers);
    if (!numbers)
        return kiln_fail_memory(r->err, 0, r->path);
    kiln_status status = values_open(t, r->path, options, columns, r->err);
    for (size_t i = 0, e = 0; status == KILN_OK && i < r->rows; i++) {
        memset(numbers, 0, columns * sizeof *numbers);
        for (; e < r->row[i].end; e++)
            numbers[r->entry[e].feature] = (double)r->entry[e].value;
        if (!options->no_target)
            numbers[columns - 1] = r->row[i].label;
        status = values_row(t, r->row[i].line, numbers, r->err);
    }
    free(numbers);
    return status;
}

kiln_status libsvm_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    reader r = { .path = input_name(in), .err = err, .line = 1 };
    table t = { .cells.budget = &data->budget, .labels.budget = &data->budget, .weights.budget = &data->budget };
    if (options->target)
        return kiln_fail(err, KILN_EINVAL, "%s: is libsvm's sparse text, which has no column '%s': its target begins each line",
                         r.path, options->target);
    if (options->weights)
        return kiln_fail(err, KILN_EINVAL, "%s: is libsvm's sparse text, which has no column '%s' of weights", r.path,
                         options->weights);
    r.c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    kiln_status status = r.c_locale == (locale_t)0 ? kiln_fail_memory(err, 0, r.path) : KILN_OK;
    if (status == KILN_OK)
        status = read_rows(&r, in);
    if (status == KILN_OK)
        status = count_features(&r, options->schema);
    if (status == KILN_OK)
        status = fill(&r, options, &t);
    free(r.row);
    free(r.entry);
    if (status == KILN_OK)
        status = table_encode(&t, data, err);
    table_free(&t);
    if (r.c_locale != (locale_t)0)
        freelocale(r.c_locale);
    return status;
}

/* NumPy's .npy: "\x93NUMPY", the version, the header's length (16 bits, from version 2 on 32, little endian), and the header: a
 * Python dictionary of three entries, filled up with spaces. What is read of Python is just that: nothing is evaluated. */
#include "base/bytes.h"
#include "base/json.h"
#include "base/memory.h"
#include "data/array.h"
#include "data/foreign.h"
#include "data/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 6, MAX_HEADER = 1 << 16, DESCR = 64 };

static const struct {
    const char *name; /* behind the order of bytes */
    const array_type *type;
} types[] = {
    { "u1", &array_u8 },   { "u2", &array_u16 }, { "u4", &array_u32 }, { "u8", &array_u64 },
    { "i1", &array_i8 },   { "i2", &array_i16 }, { "i4", &array_i32 }, { "i8", &array_i64 },
    { "b1", &array_bool }, { "f2", &array_f16 }, { "f4", &array_f32 }, { "f8", &array_f64 },
};

static const char from_fields[] = PYTHON("import numpy as n, numpy.lib.recfunctions as r; "
                                         "n.save('STEM-f4.npy', r.structured_to_unstructured(n.load('FILE'), 'f4'))");
static const char from_objects[] = PYTHON("import numpy; "
                                          "numpy.save('STEM-f4.npy', numpy.load('FILE', allow_pickle=True).astype('f4'))");
static const char from_other[] = PYTHON("import numpy; numpy.save('STEM-f4.npy', numpy.load('FILE').astype('f4'))");
static const char from_texts[] = PYTHON("import numpy; numpy.save('STEM-numbers.npy', "
                                        "numpy.unique(numpy.load('FILE'), return_inverse=True)[1])");

/* The header while it is read. */
typedef struct parser {
    const input *in;
    const char *at; /* what comes next; a 0 is behind the last */
    char descr[DESCR];
    bool has_descr, has_order, has_shape, has_fields;
    array_header *header;
    kiln_error *err;
} parser;

bool npy_begins(const unsigned char *bytes, size_t count)
{
    return count >= MAGIC && memcmp(bytes, "\x93NUMPY", MAGIC) == 0;
}

static void skip_spaces(parser *p)
{
    p->at += strspn(p->at, " \t\n");
}

/* Takes a character where it comes next. */
static bool take(parser *p, char c)
{
    skip_spaces(p);
    const bool there = *p->at == c && c != '\0';
    p->at += there;
    return there;
}

static kiln_status fail_syntax(const parser *p, const char *expected)
{
    char shown[TEXT_SHOWN];
    return kiln_fail(p->err, KILN_EDATA, "%s: its NumPy header has '%s' where %s should be", input_name(p->in),
                     text_show(p->at, shown), expected);
}

/* 'text' or "text", without escapes, cut where it is longer than there is room. */
static kiln_status read_text(parser *p, char *text, size_t room)
{
    skip_spaces(p);
    const char quote = *p->at;
    if (quote != '\'' && quote != '"')
        return fail_syntax(p, "a text in quotes");
    const char *begin = p->at + 1, *end = strchr(begin, quote);
    if (!end)
        return fail_syntax(p, "a text in quotes");
    const size_t length = (size_t)(end - begin) < room ? (size_t)(end - begin) : room - 1;
    memcpy(text, begin, length);
    text[length] = '\0';
    p->at = end + 1;
    return KILN_OK;
}

/* Passes over the fields of a structured type, [('name', '<f4'), ...]: to the bracket that closes. */
static kiln_status skip_fields(parser *p)
{
    size_t depth = 0;
    p->has_fields = true;
    do {
        char text[DESCR];
        if (*p->at == '\'' || *p->at == '"') {
            const kiln_status status = read_text(p, text, sizeof text);
            if (status != KILN_OK)
                return status;
            continue;
        }
        depth += *p->at == '[' || *p->at == '(';
        depth -= *p->at == ']' || *p->at == ')';
        if (*p->at == '\0')
            return fail_syntax(p, "a bracket that closes");
        p->at++;
    } while (depth > 0);
    return KILN_OK;
}

static kiln_status read_descr(parser *p)
{
    skip_spaces(p);
    return *p->at == '[' ? skip_fields(p) : read_text(p, p->descr, sizeof p->descr);
}

static kiln_status read_order(parser *p)
{
    skip_spaces(p);
    p->header->by_columns = strncmp(p->at, "True", 4) == 0;
    if (!p->header->by_columns && strncmp(p->at, "False", 5) != 0)
        return fail_syntax(p, "True or False");
    p->at += p->header->by_columns ? 4 : 5;
    return KILN_OK;
}

static kiln_status read_size(parser *p, size_t *size)
{
    *size = 0;
    if (*p->at < '0' || *p->at > '9')
        return fail_syntax(p, "a dimension");
    for (; *p->at >= '0' && *p->at <= '9'; p->at++)
        if (!size_product(*size, 10, size) || !size_sum(*size, (size_t)(*p->at - '0'), size))
            return kiln_fail(p->err, KILN_EDATA, "%s: its NumPy header has a dimension of more values than there are addresses",
                             input_name(p->in));
    p->at += *p->at == 'L'; /* Python 2's long numbers */
    return KILN_OK;
}

/* (), (3,), (3, 4): one comma at least where there is one dimension. */
static kiln_status read_shape(parser *p)
{
    array_header *header = p->header;
    bool comma = true;
    if (!take(p, '('))
        return fail_syntax(p, "a shape");
    while (!take(p, ')')) {
        if (!comma)
            return fail_syntax(p, "a comma");
        if (header->rank == ARRAY_MAX_RANK)
            return kiln_fail(p->err, KILN_EDATA, "%s: has more than %d dimensions", input_name(p->in), ARRAY_MAX_RANK);
        const kiln_status status = read_size(p, &header->size[header->rank++]);
        if (status != KILN_OK)
            return status;
        comma = take(p, ',');
    }
    if (header->rank == 1 && !comma)
        return fail_syntax(p, "a comma behind the only dimension");
    return KILN_OK;
}

static kiln_status read_entry(parser *p)
{
    const struct {
        const char *key;
        bool *seen;
        kiln_status (*read)(parser *p);
    } entries[] = {
        { "descr", &p->has_descr, read_descr },
        { "fortran_order", &p->has_order, read_order },
        { "shape", &p->has_shape, read_shape },
    };
    char key[DESCR];
    const kiln_status status = read_text(p, key, sizeof key);
    if (status != KILN_OK)
        return status;
    if (!take(p, ':'))
        return fail_syntax(p, "a colon");
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        if (strcmp(entries[i].key, key) != 0)
            continue;
        if (*entries[i].seen)
            return kiln_fail(p->err, KILN_EDATA, "%s: its NumPy header has '%s' twice", input_name(p->in), key);
        *entries[i].seen = true;
        return entries[i].read(p);
    }
    char shown[TEXT_SHOWN];
    return kiln_fail(p->err, KILN_EDATA, "%s: its NumPy header has the entry '%s', which is not known", input_name(p->in),
                     text_show(key, shown));
}

static kiln_status read_dictionary(parser *p)
{
    bool comma = true;
    if (!take(p, '{'))
        return fail_syntax(p, "an opening brace");
    while (!take(p, '}')) {
        if (!comma)
            return fail_syntax(p, "a comma");
        const kiln_status status = read_entry(p);
        if (status != KILN_OK)
            return status;
        comma = take(p, ',');
    }
    skip_spaces(p);
    if (*p->at)
        return fail_syntax(p, "its end");
    if (!p->has_descr || !p->has_order || !p->has_shape)
        return kiln_fail(p->err, KILN_EDATA, "%s: its NumPy header has no '%s'", input_name(p->in),
                         !p->has_descr   ? "descr"
                         : !p->has_order ? "fortran_order"
                                         : "shape");
    return KILN_OK;
}

/* The type that is said by an order of bytes, < > or for single ones |, a letter and a width. */
static kiln_status find_type(const parser *p)
{
    const char *path = input_name(p->in), *descr = p->descr;
    char shown[TEXT_SHOWN], what[128];
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (descr[0] && strcmp(descr + 1, types[i].name) == 0)
            p->header->type = types[i].type;
    const array_type *type = p->header->type;
    p->header->little = descr[0] != '>';
    if (type && (descr[0] == '<' || descr[0] == '>' || (descr[0] == '|' && type->bytes == 1)))
        return KILN_OK;
    if (p->has_fields)
        return foreign_fail(path, "has fields with names, not one type for all; as one", from_fields, p->err);
    if (strchr(descr, 'O'))
        return foreign_fail(
            path, "has Python objects in it, whose pickle runs code when it is loaded and is not read; where you trust it",
            from_objects, p->err);
    text_show(descr, shown);
    if (descr[0] && (descr[1] == 'U' || descr[1] == 'S')) {
        snprintf(what, sizeof what, "has texts ('%s'), not numbers; as the numbers of classes", shown);
        return foreign_fail(path, what, from_texts, p->err);
    }
    snprintf(what, sizeof what, "has type '%s', not b1, i1 to i8, u1 to u8, f2, f4 or f8; as f4", shown);
    return foreign_fail(path, what, from_other, p->err);
}

static kiln_status fail_short(const input *in, kiln_error *err)
{
    return kiln_fail(err, KILN_EDATA, "%s: ends inside its NumPy header", input_name(in));
}

/* The version and the header's length. */
static kiln_status read_length(input *in, size_t *before, size_t *length, kiln_error *err)
{
    unsigned char head[MAGIC + 2], bytes[4] = { 0 };
    size_t count;
    kiln_status status = input_read(in, head, sizeof head, &count, err);
    if (status != KILN_OK)
        return status;
    if (!npy_begins(head, count))
        return kiln_fail(err, KILN_EDATA, "%s: is not a NumPy array: those begin with \\x93NUMPY", input_name(in));
    if (count < sizeof head)
        return fail_short(in, err);
    if (head[MAGIC] < 1 || head[MAGIC] > 3)
        return kiln_fail(err, KILN_EDATA, "%s: is of version %u.%u of NumPy's format; read are 1, 2 and 3", input_name(in),
                         head[MAGIC], head[MAGIC + 1]);
    const size_t width = head[MAGIC] == 1 ? 2 : 4;
    status = input_read(in, bytes, width, &count, err);
    if (status != KILN_OK)
        return status;
    if (count < width)
        return fail_short(in, err);
    *before = sizeof head + width;
    *length = (size_t)bytes_whole(bytes, width);
    if (*length > MAX_HEADER)
        return kiln_fail(err, KILN_EDATA, "%s: announces a NumPy header of %zu bytes, more than the %d that are read",
                         input_name(in), *length, MAX_HEADER);
    return KILN_OK;
}

kiln_status npy_header(input *in, array_header *header, kiln_error *err)
{
    size_t before = 0, length = 0, count;
    *header = (array_header){ 0 };
    kiln_status status = read_length(in, &before, &length, err);
    if (status != KILN_OK)
        return status;
    char *text = mem_alloc(length + 1, 1);
    if (!text)
        return kiln_fail_memory(err, length, input_name(in));
    parser p = { .in = in, .at = text, .header = header, .err = err };
    status = input_read(in, text, length, &count, err);
    text[status == KILN_OK ? count : 0] = '\0';
    if (status == KILN_OK && count < length)
        status = fail_short(in, err);
    else if (status == KILN_OK && (strlen(text) < length || !text_is_utf8(text)))
        status = kiln_fail(err, KILN_EDATA, "%s: its NumPy header is not text in UTF-8", input_name(in));
    if (status == KILN_OK)
        status = read_dictionary(&p);
    if (status == KILN_OK)
        status = find_type(&p);
    free(text);
    if (status != KILN_OK)
        return status;
    if (header->rank == 0)
        return kiln_fail(err, KILN_EDATA, "%s: is a single number (shape ()): samples have two dimensions or more", input_name(in));
    return array_check(in, header, before + length, err);
}

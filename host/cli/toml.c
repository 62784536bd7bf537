/* Parsing a part of TOML, strictly: what is not understood is an error with its line, never skipped. */
#include "toml.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789", bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/* Where parsing is. Texts go to `to`, in a buffer as long as the file: each, with its NUL, is no longer than what it stands for. */
typedef struct reader {
    const char *at; /* ends with a NUL that is not the file's */
    const char *end;
    size_t line;
    char *to;
    toml_problem *problem;
} reader;

static bool wrong(reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool wrong(reader *r, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(r->problem->sentence, sizeof r->problem->sentence, format, values);
    va_end(values);
    r->problem->line = r->line;
    return false;
}

/* Control characters are nowhere allowed; the tab is. */
static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

static void skip_blanks(reader *r)
{
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
}

static bool at_newline(const reader *r)
{
    return r->at[0] == '\n' || (r->at[0] == '\r' && r->at[1] == '\n');
}

/* Past blanks, comments and, with `newlines`, the ends of lines. */
static bool skip_space(reader *r, bool newlines)
{
    for (;;) {
        skip_blanks(r);
        if (*r->at == '#')
            while (r->at < r->end && !at_newline(r))
                if (is_control(*r->at++))
                    return wrong(r, "a control character in a comment");
        if (!newlines || !at_newline(r))
            return true;
        r->at += *r->at == '\r' ? 2 : 1;
        r->line++;
    }
}

/* Writes a code point as UTF-8. */
static void put_code_point(reader *r, uint32_t code)
{
    static const unsigned char first[] = { 0, 0xC0, 0xE0, 0xF0 };
    const unsigned more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    *r->to++ = (char)(first[more] | code >> 6 * more);
    for (unsigned i = more; i-- > 0;)
        *r->to++ = (char)(0x80 | (code >> 6 * i & 0x3F));
}

/* \u or \U, behind it 4 or 8 hexadecimal digits. */
static bool read_code_point(reader *r, size_t length)
{
    char number[9] = "";
    if (strspn(r->at, "0123456789abcdefABCDEF") < length)
        return wrong(r, "\\%c needs %zu hexadecimal digits", r->at[-1], length);
    memcpy(number, r->at, length);
    r->at += length;
    const unsigned long code = strtoul(number, NULL, 16);
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return wrong(r, "\\%c%s is no character that a text can have", length == 4 ? 'u' : 'U', number);
    put_code_point(r, (uint32_t)code);
    return true;
}

static bool read_escape(reader *r)
{
    static const char letters[] = "btnfr\"\\", meanings[] = "\b\t\n\f\r\"\\";
    const char letter = *r->at;
    const char *known = letter ? strchr(letters, letter) : NULL;
    if (letter == 'u' || letter == 'U') {
        r->at++;
        return read_code_point(r, letter == 'u' ? 4 : 8);
    }
    if (!known)
        return wrong(r, "\\%.1s means nothing in a text; a backslash is \\\\, or put the text into ' '",
                     is_control(letter) ? "" : r->at);
    *r->to++ = meanings[known - letters];
    r->at++;
    return true;
}

/* "basic" or 'literal'; at its first quote. */
static bool read_quoted(reader *r)
{
    const char quote = *r->at++;
    if (r->at[0] == quote && r->at[1] == quote)
        return wrong(r, "texts of several lines are not used here");
    while (*r->at != quote) {
        if (r->at == r->end || at_newline(r))
            return wrong(r, "a text without its closing %c", quote);
        if (is_control(*r->at))
            return wrong(r, "a control character in a text");
        if (*r->at == '\\' && quote == '"') {
            r->at++;
            if (!read_escape(r))
                return false;
        } else {
            *r->to++ = *r->at++;
        }
    }
    r->at++;
    *r->to++ = '\0';
    return true;
}

/* Digits with single _ between them; *text goes past them. */
static bool pass_digits(const char **text, const char *end)
{
    const char *begin = *text;
    while (*text < end && (strchr(digits, **text) || (**text == '_' && *text > begin && (*text)[-1] != '_')))
        ++*text;
    return *text > begin && (*text)[-1] != '_';
}

static bool is_number(const char *text, const char *end)
{
    text += *text == '+' || *text == '-';
    const char *whole = text;
    if (!pass_digits(&text, end) || (*whole == '0' && text > whole + 1))
        return false;
    if (text < end && *text == '.' && (++text, !pass_digits(&text, end)))
        return false;
    if (text < end && (*text == 'e' || *text == 'E')) {
        text++;
        text += text < end && (*text == '+' || *text == '-');
        if (!pass_digits(&text, end))
            return false;
    }
    return text == end;
}

/* A number, true or false. */
static bool read_bare_value(reader *r, toml_type *type)
{
    const char *begin = r->at;
    const size_t length = strcspn(begin, " \t\r\n,]#=\"'");
    r->at += length;
    if (length == 0)
        return wrong(r, "a value is missing: a text in quotes, a number, true, false, or a [list] of these");
    const bool boolean = (length == 4 && memcmp(begin, "true", 4) == 0) || (length == 5 && memcmp(begin, "false", 5) == 0);
    if (!boolean && !is_number(begin, r->at))
        return wrong(r, "'%.*s' is no value: texts are in quotes, numbers are decimal", length < 60 ? (int)length : 60, begin);
    *type = boolean ? TOML_BOOLEAN : TOML_NUMBER;
    for (const char *c = begin; c < r->at; c++)
        if (*c != '_')
            *r->to++ = *c;
    *r->to++ = '\0';
    return true;
}

static bool read_value(reader *r, toml_type *type)
{
    *type = TOML_TEXT;
    return *r->at == '"' || *r->at == '\'' ? read_quoted(r) : read_bare_value(r, type);
}

/* At its bracket. */
static bool read_list(reader *r, toml_entry *entry)
{
    toml_type type;
    entry->type = TOML_LIST;
    entry->count = 0;
    r->at++;
    for (;;) {
        if (!skip_space(r, true))
            return false;
        if (*r->at == ']')
            break;
        if (*r->at == '[')
            return wrong(r, "a list in a list is not used here");
        if (!read_value(r, &type) || !skip_space(r, true))
            return false;
        entry->count++;
        if (*r->at != ',' && *r->at != ']')
            return wrong(r, "a list without its closing ], or without a comma between two of its values");
        r->at += *r->at == ',';
    }
    r->at++;
    return true;
}

static bool read_key(reader *r, toml_entry *entry)
{
    entry->key = r->to;
    entry->line = r->line;
    if (*r->at == '[')
        return wrong(r, "tables such as [name] are not used here: options stand alone");
    if (*r->at == '"' || *r->at == '\'')
        return read_quoted(r);
    const size_t length = strspn(r->at, bare);
    if (length == 0)
        return wrong(r, "this line is not 'name = value'");
    memcpy(r->to, r->at, length);
    r->to[length] = '\0';
    r->to += length + 1;
    r->at += length;
    return true;
}

static bool read_entry(reader *r, toml_file *file)
{
    if (file->entries == TOML_ENTRIES)
        return wrong(r, "more than %d entries", TOML_ENTRIES);
    toml_entry *entry = &file->entry[file->entries++];
    if (!read_key(r, entry))
        return false;
    for (size_t i = 0; i + 1 < file->entries; i++)
        if (strcmp(file->entry[i].key, entry->key) == 0)
            return wrong(r, "%.80s was given in line %zu already", entry->key, file->entry[i].line);
    skip_blanks(r);
    if (*r->at != '=')
        return wrong(r, *r->at == '.' ? "keys with dots are not used here: %.80s" : "'=' is missing behind %.80s", entry->key);
    r->at++;
    skip_blanks(r);
    entry->text = r->to;
    entry->count = 1;
    if (!(*r->at == '[' ? read_list(r, entry) : read_value(r, &entry->type)) || !skip_space(r, false))
        return false;
    return r->at == r->end || at_newline(r) || wrong(r, "something is behind the value of %.80s", entry->key);
}

bool toml_parse(const char *bytes, size_t count, toml_file *file, toml_problem *problem)
{
    *file = (toml_file){ 0 };
    *problem = (toml_problem){ 0 };
    char *copy = malloc(count + 1);
    file->texts = malloc(count + 1);
    reader r = { .at = copy, .end = copy + count, .line = 1, .to = file->texts, .problem = problem };
    json_t *text = json_stringn(bytes, count); /* NULL unless it is UTF-8 */
    const bool memory = copy && file->texts;
    bool good = memory && text;
    if (!good)
        snprintf(problem->sentence, sizeof problem->sentence, "%s", memory ? "is no text in UTF-8" : "no memory left to read it");
    if (good) {
        memcpy(copy, bytes, count);
        copy[count] = '\0';
    }
    good = good && skip_space(&r, true);
    while (good && r.at < r.end)
        good = read_entry(&r, file) && skip_space(&r, true);
    json_decref(text);
    free(copy);
    if (!good)
        toml_free(file);
    return good;
}

void toml_free(toml_file *file)
{
    free(file->texts);
    *file = (toml_file){ 0 };
}

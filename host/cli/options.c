/* Parsing a command line by the rows of a table. What help prints is in help.c. */
#include "options.h"

#include "command.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MOST = 64 };

/* An option, and where its field is in the command's struct. */
typedef struct place {
    const option *row;
    size_t offset;
} place;

int options_wrong(const command *self, const char *format, ...)
{
    va_list values;
    fprintf(stderr, "kiln %s: ", self->name);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fprintf(stderr, "\nTry 'kiln %s --help'.\n", self->name);
    return EXIT_USAGE;
}

static bool is_end(const option *row)
{
    return row->kind == OPTION_HEADING && !row->help;
}

/* The *i-th option of a table without tables in it; *i is less by the options passed where there is none. */
static const option *plain_option_at(const option *rows, size_t *i)
{
    for (; !is_end(rows); rows++)
        if (rows->name && (*i)-- == 0)
            return rows;
    return NULL;
}

/* The i-th option of a table, those of the tables within it included; row NULL past the last. */
static place option_at(const option *rows, size_t i)
{
    for (; !is_end(rows); rows++) {
        const option *inner = rows->kind == OPTION_ROWS ? plain_option_at(rows->rows, &i) : NULL;
        if (inner)
            return (place){ inner, rows->offset + inner->offset };
        if (rows->name && i-- == 0)
            return (place){ rows, rows->offset };
    }
    return (place){ 0 };
}

static place option_named(const option *rows, const char *name, size_t length)
{
    place at;
    for (size_t i = 0; (at = option_at(rows, i)).row; i++)
        if (strlen(at.row->name) == length && memcmp(at.row->name, name, length) == 0)
            break;
    return at;
}

static place option_lettered(const option *rows, char letter)
{
    place at;
    for (size_t i = 0; (at = option_at(rows, i)).row; i++)
        if (at.row->letter == letter)
            break;
    return at;
}

/* Changes of one letter that make b of a (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
    size_t row[WORD_MOST + 1], n = strlen(b);
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

const char *nearest_word(const char *typed, const char *(*word)(const void *list, size_t i), const void *list)
{
    const char *nearest = NULL, *candidate;
    size_t least = strlen(typed) / 3 + 2; /* farther than a third of the word is no slip of the fingers */
    if (strlen(typed) > WORD_MOST)
        return NULL;
    for (size_t i = 0; (candidate = word(list, i)); i++) {
        const size_t changes = distance(typed, candidate);
        if (changes < least) {
            least = changes;
            nearest = candidate;
        }
    }
    return nearest;
}

static const char *option_word(const void *rows, size_t i)
{
    const place at = option_at(rows, i);
    return at.row ? at.row->name : NULL;
}

static const char *choice_word(const void *row, size_t i)
{
    return ((const option *)row)->choice((int)i);
}

static bool parse_whole(const char *text, unsigned long long most, unsigned long long *number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *number <= most;
}

static bool parse_real(const char *text, double *number)
{
    char *end;
    if (!text[0] || !strchr("0123456789.+-", text[0]))
        return false;
    *number = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*number);
}

/* What a number of this kind must be, for a message; NULL when it is. */
static const char *set_number(const option *row, const char *text, void *field)
{
    unsigned long long whole = 0;
    double real = 0.0;
    switch (row->kind) {
    case OPTION_COUNT:
        if (!parse_whole(text, SIZE_MAX, &whole) || whole == 0)
            return "a whole number of 1 or more";
        *(size_t *)field = (size_t)whole;
        return NULL;
    case OPTION_WHOLE:
        if (!parse_whole(text, SIZE_MAX, &whole))
            return "a whole number of 0 or more";
        *(size_t *)field = (size_t)whole;
        return NULL;
    case OPTION_SEED:
        if (!parse_whole(text, INT64_MAX, &whole))
            return "a whole number from 0 to 9223372036854775807";
        *(uint64_t *)field = whole;
        return NULL;
    case OPTION_POSITIVE:
        if (!parse_real(text, &real) || !(real > 0.0))
            return "a number above 0";
        break;
    case OPTION_AMOUNT:
        if (!parse_real(text, &real) || !(real >= 0.0))
            return "a number of 0 or more";
        break;
    default:
        if (!parse_real(text, &real) || !(real >= 0.0 && real < 1.0))
            return "a number from 0 up to below 1";
        break;
    }
    *(double *)field = real;
    return NULL;
}

static int set_choice(const command *self, const option *row, const char *text, int *field)
{
    char words[512] = "";
    const char *word;
    int i = 0;
    for (; (word = row->choice(i)); i++) {
        if (strcmp(word, text) == 0) {
            *field = i;
            return OPTIONS_GO_ON;
        }
        const size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", i ? ", " : "", word);
    }
    for (int j = 0; row->refused && (word = row->refused(j)); j++)
        if (strcmp(word, text) == 0) {
            *field = i + j;
            return OPTIONS_GO_ON;
        }
    const char *near = nearest_word(text, choice_word, row);
    return options_wrong(self, "--%s '%s' is none of %s%s%s%s", row->name, text, words, near ? "; did you mean " : "",
                         near ? near : "", near ? "?" : "");
}

static int set_value(const command *self, place at, void *arguments, const char *text)
{
    void *field = (char *)arguments + at.offset;
    if (at.row->kind == OPTION_CHOICE)
        return set_choice(self, at.row, text, field);
    if (at.row->kind == OPTION_TEXT) {
        if (!text[0])
            return options_wrong(self, "--%s is empty: it needs a %s", at.row->name, at.row->value);
        *(const char **)field = text;
        return OPTIONS_GO_ON;
    }
    if (at.row->special && strcmp(text, at.row->special) == 0) {
        if (at.row->kind == OPTION_POSITIVE)
            *(double *)field = 0.0;
        else
            *(size_t *)field = 0;
        return OPTIONS_GO_ON;
    }
    const char *wanted = set_number(at.row, text, field);
    if (!wanted)
        return OPTIONS_GO_ON;
    return options_wrong(self, "--%s '%s' is not %s%s%s%s", at.row->name, text, wanted, at.row->special ? ", nor '" : "",
                         at.row->special ? at.row->special : "", at.row->special ? "'" : "");
}

static int set_defaults(const command *self, void *arguments)
{
    place at;
    for (size_t i = 0; (at = option_at(self->options, i)).row; i++) {
        const int code = at.row->fallback ? set_value(self, at, arguments, at.row->fallback) : OPTIONS_GO_ON;
        if (code != OPTIONS_GO_ON)
            return code;
    }
    return OPTIONS_GO_ON;
}

static int unknown_option(const command *self, const char *argument, size_t length)
{
    char typed[WORD_MOST + 1] = "";
    snprintf(typed, sizeof typed, "%.*s", (int)(length < WORD_MOST ? length : WORD_MOST), argument + 2);
    const char *near = nearest_word(typed, option_word, self->options);
    if (near)
        return options_wrong(self, "no option --%s; did you mean --%s?", typed, near);
    return options_wrong(self, "no option --%s", typed);
}

/* One option, with its value from behind "=" or from the next argument; *i goes to the last argument used. */
static int parse_option(const command *self, int argc, char **argv, int *i, void *arguments)
{
    const char *argument = argv[*i], *value = NULL;
    const bool is_long = argument[1] == '-';
    const size_t length = is_long ? strcspn(argument + 2, "=") : 1;
    const place at = is_long ? option_named(self->options, argument + 2, length) : option_lettered(self->options, argument[1]);
    if (!at.row && is_long)
        return unknown_option(self, argument, length);
    if (!at.row)
        return options_wrong(self, "no option %.2s", argument);
    const char *behind = argument + (is_long ? 2 : 1) + length;
    if (*behind)
        value = is_long ? behind + 1 : behind;
    if (at.row->kind == OPTION_SWITCH) {
        if (value)
            return options_wrong(self, "--%s takes no value, '%s' was given", at.row->name, value);
        *(bool *)((char *)arguments + at.offset) = true;
        return OPTIONS_GO_ON;
    }
    if (!value && (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0))
        return options_wrong(self, "--%s needs a value: --%s %s", at.row->name, at.row->name, at.row->value);
    return set_value(self, at, arguments, value ? value : argv[++*i]);
}

int options_parse(const command *self, int argc, char **argv, void *arguments, operands *given)
{
    bool options_ended = false;
    given->count = 0;
    int code = set_defaults(self, arguments);
    for (int i = 0; i < argc && code == OPTIONS_GO_ON; i++) {
        const char *argument = argv[i];
        if (options_ended || argument[0] != '-' || !argument[1]) {
            if (given->count == self->most)
                return options_wrong(self, "'%s' is one operand too many: usage is kiln %s%s%s", argument, self->name,
                                     self->operands[0] ? " " : "", self->operands);
            given->at[given->count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            options_ended = true;
        } else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            options_help(self);
            return EXIT_WORKED;
        } else {
            code = parse_option(self, argc, argv, &i, arguments);
        }
    }
    if (code == OPTIONS_GO_ON && given->count < self->least)
        return options_wrong(self, "something is missing: usage is kiln %s [options] %s", self->name, self->operands);
    return code;
}

/* Parsing a command line by the rows of a table. What help prints is in help.c. */
#include "options.h"

#include "command.h"
#include "config.h"
#include "option_number.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MOST = 64 };

const option common_options[] = {
    { .help = "every command" },
    { "config", "FILE", NULL, OPTION_CONFIG,
      .help = "options from a TOML file, NAME = VALUE without the dashes; the command line goes before it" },
    { "help", NULL, NULL, OPTION_HELP, .help = "this text", .letter = 'h' },
    { 0 },
};

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

place option_at(const option *rows, size_t i)
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

place option_named(const option *rows, const char *name, size_t length)
{
    place at;
    for (size_t i = 0; (at = option_at(rows, i)).row; i++)
        if (strlen(at.row->name) == length && memcmp(at.row->name, name, length) == 0)
            break;
    return at;
}

place option_lettered(const option *rows, char letter)
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

/* The option that other programs call so, or whose name begins so. */
static const char *option_known_as(const option *rows, const char *typed)
{
    const size_t length = strlen(typed);
    place at;
    for (size_t i = 0; (at = option_at(rows, i)).row; i++)
        if ((at.row->also && strcmp(at.row->also, typed) == 0) || (length > 2 && strncmp(at.row->name, typed, length) == 0))
            return at.row->name;
    return NULL;
}

const char *nearest_option(const command *self, const char *typed)
{
    const char *own = option_known_as(self->options, typed);
    if (!own)
        own = nearest_word(typed, option_word, self->options);
    return own ? own : nearest_word(typed, option_word, common_options);
}

static const char *choice_word(const void *row, size_t i)
{
    return ((const option *)row)->choice((int)i);
}

static int set_choice(const command *self, const option *row, const char *text, const char *said, int *field)
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
    return options_wrong(self, "%s%s '%s' is none of %s%s%s%s", said, row->name, text, words, near ? "; did you mean " : "",
                         near ? near : "", near ? "?" : "");
}

static int set_switch(const command *self, const option *row, const char *text, const char *said, bool *field)
{
    const bool on = strcmp(text, "true") == 0;
    if (!on && strcmp(text, "false") != 0)
        return options_wrong(self, "%s%s takes no value, '%s' was given", said, row->name, text);
    *field = on;
    return OPTIONS_GO_ON;
}

int option_set(const command *self, place at, void *arguments, const char *text, const char *said)
{
    const option *row = at.row;
    void *field = (char *)arguments + at.offset;
    if (row->kind == OPTION_SWITCH)
        return set_switch(self, row, text, said, field);
    if (row->kind == OPTION_CHOICE)
        return set_choice(self, row, text, said, field);
    if (row->kind == OPTION_TEXT) {
        if (!text[0])
            return options_wrong(self, "%s%s is empty: it needs a %s", said, row->name, row->value);
        *(const char **)field = text;
        return OPTIONS_GO_ON;
    }
    if (row->special && strcmp(text, row->special) == 0) {
        if (row->kind == OPTION_POSITIVE)
            *(double *)field = 0.0;
        else
            *(size_t *)field = 0;
        return OPTIONS_GO_ON;
    }
    const char *wanted = option_number(row->kind, text, field);
    if (!wanted)
        return OPTIONS_GO_ON;
    return options_wrong(self, "%s%s '%s' is not %s%s%s%s", said, row->name, text, wanted, row->special ? ", nor '" : "",
                         row->special ? row->special : "", row->special ? "'" : "");
}

static int set_defaults(const command *self, void *arguments)
{
    place at;
    for (size_t i = 0; (at = option_at(self->options, i)).row; i++) {
        const int code = at.row->fallback ? option_set(self, at, arguments, at.row->fallback, "--") : OPTIONS_GO_ON;
        if (code != OPTIONS_GO_ON)
            return code;
    }
    return OPTIONS_GO_ON;
}

static int unknown_option(const command *self, const char *argument, size_t length)
{
    char typed[WORD_MOST + 1] = "";
    snprintf(typed, sizeof typed, "%.*s", (int)(length < WORD_MOST ? length : WORD_MOST), argument + 2);
    const char *near = nearest_option(self, typed);
    if (near)
        return options_wrong(self, "no option --%s; did you mean --%s?", typed, near);
    return options_wrong(self, "no option --%s", typed);
}

/* What is left of a command line, and the argument that was taken from it last. */
typedef struct command_line {
    int count;
    char **at;
    bool options_ended;
    place option;      /* row NULL: an operand */
    const char *value; /* the operand, or the option's value; NULL for a switch without one */
} command_line;

/* An option, with its value from behind "=" or from the next argument. */
static int take_option(const command *self, command_line *line, const char *argument)
{
    const bool is_long = argument[1] == '-';
    const size_t length = is_long ? strcspn(argument + 2, "=") : 1;
    const option *const tables[] = { self->options, common_options };
    line->option = (place){ 0 };
    for (size_t i = 0; i < 2 && !line->option.row; i++)
        line->option = is_long ? option_named(tables[i], argument + 2, length) : option_lettered(tables[i], argument[1]);
    const option *row = line->option.row;
    if (!row && is_long)
        return unknown_option(self, argument, length);
    if (!row)
        return options_wrong(self, "no option %.2s", argument);
    const char *behind = argument + (is_long ? 2 : 1) + length;
    line->value = NULL;
    if (*behind)
        line->value = is_long ? behind + 1 : behind;
    if (!row->value) /* a switch */
        return OPTIONS_GO_ON;
    if (!line->value && (line->count == 0 || strncmp(*line->at, "--", 2) == 0))
        return options_wrong(self, "--%s needs a value: --%s %s", row->name, row->name, row->value);
    if (!line->value) {
        line->value = *line->at++;
        line->count--;
    }
    return OPTIONS_GO_ON;
}

/* Takes the next argument; line->value and line->option.row are both NULL at the end. */
static int take_argument(const command *self, command_line *line)
{
    line->option = (place){ 0 };
    line->value = NULL;
    if (line->count > 0 && !line->options_ended && strcmp(*line->at, "--") == 0) {
        line->options_ended = true;
        line->at++;
        line->count--;
    }
    if (line->count == 0)
        return OPTIONS_GO_ON;
    const char *argument = *line->at++;
    line->count--;
    if (!line->options_ended && argument[0] == '-' && argument[1])
        return take_option(self, line, argument);
    line->value = argument;
    return OPTIONS_GO_ON;
}

static bool is_over(const command_line *line)
{
    return !line->option.row && !line->value;
}

/* What goes before all else: --help, and --config, whose options those of the command line replace. */
static int look_ahead(const command *self, command_line line, void *arguments, operands *given)
{
    const char *config = NULL;
    int code;
    while ((code = take_argument(self, &line)) == OPTIONS_GO_ON && !is_over(&line)) {
        const option *row = line.option.row;
        if (row && row->kind == OPTION_HELP) {
            options_help(self);
            return EXIT_WORKED;
        }
        if (row && row->kind == OPTION_CONFIG) {
            if (config)
                return options_wrong(self, "--config is given twice: put all options into one file");
            config = line.value;
        }
    }
    return code == OPTIONS_GO_ON && config ? config_read(self, config, arguments, given) : code;
}

static int take_operand(const command *self, const char *value, size_t which, operands *given)
{
    if (which >= self->most)
        return options_wrong(self, "'%s' is one operand too many: usage is kiln %s%s%s", value, self->name,
                             self->operands[0] ? " " : "", self->operands);
    given->at[which] = value;
    return OPTIONS_GO_ON;
}

/* Whether an option's value is a list; such a one given twice would lose what came first. */
static bool is_list(const option *row)
{
    return row->kind == OPTION_TEXT && row->value && strstr(row->value, ",...");
}

static int check_given_once(const command *self, command_line line)
{
    const option *row = line.option.row;
    int code;
    while ((code = take_argument(self, &line)) == OPTIONS_GO_ON && !is_over(&line))
        if (line.option.row == row)
            return options_wrong(self, "--%s is given twice: it takes a list, --%s %s", row->name, row->name, row->value);
    return code;
}

int options_parse(const command *self, int argc, char **argv, void *arguments, operands *given)
{
    command_line line = { .count = argc, .at = argv };
    size_t typed = 0;
    *given = (operands){ 0 };
    int code = set_defaults(self, arguments);
    if (code == OPTIONS_GO_ON)
        code = look_ahead(self, line, arguments, given);
    while (code == OPTIONS_GO_ON && (code = take_argument(self, &line)) == OPTIONS_GO_ON && !is_over(&line)) {
        const option *row = line.option.row;
        if (!row)
            code = take_operand(self, line.value, typed++, given);
        else if (is_list(row))
            code = check_given_once(self, line);
        if (code == OPTIONS_GO_ON && row && row->kind != OPTION_CONFIG)
            code = option_set(self, line.option, arguments, line.value ? line.value : "true", "--");
    }
    while (given->count < OPERANDS_MOST && given->at[given->count])
        given->count++;
    if (code == OPTIONS_GO_ON && given->count < self->least)
        return options_wrong(self, "something is missing: usage is kiln %s [options] %s", self->name, self->operands);
    return code;
}

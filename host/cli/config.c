/* Options in a TOML file. What an option is and may be is in the command's table alone. */
#include "config.h"

#include "command.h"
#include "message.h"
#include "output.h"
#include "toml.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MOST = 1 << 20, NAME_MOST = 24 };

void operand_name(const command *self, size_t which, char name[NAME_MOST])
{
    const char *word = self->operands;
    size_t length = 0;
    for (; which > 0 && *word; which--) {
        word += strcspn(word, " ");
        word += strspn(word, " ");
    }
    word += strspn(word, "[");
    while (word[length] >= 'A' && word[length] <= 'Z' && length < NAME_MOST - 1) {
        name[length] = (char)(word[length] - 'A' + 'a');
        length++;
    }
    name[length] = '\0';
}

/* The operand of that name; NULL where there is none. */
static const char **find_operand(const command *self, const char *name, operands *given)
{
    char known[NAME_MOST];
    for (size_t i = 0; i < self->most; i++) {
        operand_name(self, i, known);
        if (strcmp(known, name) == 0)
            return &given->at[i];
    }
    return NULL;
}

/* What stands between the values of an option that is a list, ',' for "W,W,..."; 0 where it is none. */
static char list_separator(const option *row)
{
    const char *more = row->value ? strstr(row->value, "...") : NULL;
    return more && more > row->value ? more[-1] : '\0';
}

/* A list as it would be typed: its texts lie one behind the other, and their NULs become separators. */
static void join(toml_entry *entry, char separator)
{
    char *at = entry->text;
    for (size_t i = 1; i < entry->count; i++) {
        at += strlen(at);
        *at = separator;
    }
}

/* What an entry's type should be for an option, for a message; NULL where it is that. */
static const char *wrong_type(const option *row, const toml_entry *entry)
{
    const char separator = row ? list_separator(row) : '\0';
    const bool number = row && row->kind != OPTION_TEXT && row->kind != OPTION_CHOICE && row->kind != OPTION_SWITCH &&
                        row->kind != OPTION_SIZE; /* which may have a letter behind it */
    if (entry->type == TOML_LIST && separator && entry->count > 0)
        return NULL;
    if (entry->type == TOML_LIST)
        return separator ? "at least one value" : "one value, not a list";
    if (row && row->kind == OPTION_SWITCH)
        return entry->type == TOML_BOOLEAN ? NULL : "true or false, without quotes";
    if (entry->type == TOML_BOOLEAN)
        return number ? "a number" : "a text in quotes";
    if (number && entry->type == TOML_TEXT && !(row->special && strcmp(entry->text, row->special) == 0))
        return "a number, without quotes";
    return NULL;
}

static int unknown_key(const command *self, const char *said, const char *key)
{
    const char *near = nearest_option(self, key);
    return options_wrong(self, "%sno option %s%s%s%s", said, key, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int apply(const command *self, const char *path, toml_entry *entry, void *arguments, operands *given)
{
    char said[1024];
    snprintf(said, sizeof said, "%s:%zu: ", path, entry->line);
    const place at = option_named(self->options, entry->key, strlen(entry->key));
    const char **operand = at.row ? NULL : find_operand(self, entry->key, given);
    if (!at.row && !operand)
        return unknown_key(self, said, entry->key);
    const char *wanted = wrong_type(at.row, entry);
    if (wanted) {
        const char *also = at.row && at.row->special ? at.row->special : NULL;
        return options_wrong(self, "%s%s needs %s%s%s%s", said, entry->key, wanted, also ? ", or \"" : "", also ? also : "",
                             also ? "\"" : "");
    }
    if (entry->type == TOML_LIST)
        join(entry, list_separator(at.row));
    if (!operand)
        return option_set(self, at, arguments, entry->text, said);
    if (!entry->text[0])
        return options_wrong(self, "%s%s is empty", said, entry->key);
    *operand = entry->text;
    return OPTIONS_GO_ON;
}

/* The file's bytes, to be freed; NULL after a message. */
static char *read_bytes(const char *path, size_t *count)
{
    FILE *file = fopen(path, "rb");
    char *bytes = file ? malloc(BYTES_MOST + 1) : NULL;
    errno = file ? ENOMEM : errno;
    if (bytes) {
        errno = 0;
        *count = fread(bytes, 1, BYTES_MOST + 1, file);
    }
    if (!bytes || ferror(file))
        say("%s: cannot be read: %s", path, strerror(errno));
    else if (*count > BYTES_MOST)
        say("%s: is larger than a file of options can be, %d bytes", path, BYTES_MOST);
    const bool good = bytes && !ferror(file) && *count <= BYTES_MOST;
    if (file)
        fclose(file);
    if (good)
        return bytes;
    free(bytes);
    return NULL;
}

int config_read(const command *self, const char *path, void *arguments, operands *given)
{
    static toml_file file; /* a command line has one --config, and what it says is used to the end */
    toml_problem problem;
    size_t count = 0;
    char *bytes = read_bytes(path, &count);
    if (!bytes)
        return EXIT_FAILED;
    const bool good = toml_parse(bytes, count, &file, &problem);
    free(bytes);
    if (!good && problem.line == 0)
        return options_wrong(self, "%s: %s", path, problem.sentence);
    if (!good)
        return options_wrong(self, "%s:%zu: %s", path, problem.line, problem.sentence);
    int code = OPTIONS_GO_ON;
    for (size_t i = 0; i < file.entries && code == OPTIONS_GO_ON; i++)
        code = apply(self, path, &file.entry[i], arguments, given);
    return code;
}

static void write_text(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(stream, "\\%c", *text);
        else if ((unsigned char)*text < 0x20 || *text == 0x7f)
            fprintf(stream, "\\u%04X", (unsigned)*text);
        else
            fputc(*text, stream);
    fputc('"', stream);
}

/* The first text that a file, being UTF-8, cannot have; NULL where there is none. */
static const char *unwritable(const command *self, const void *arguments, const operands *given)
{
    place at;
    json_t *text = json_array();
    const char *found = NULL;
    for (size_t i = 0; !found && i < given->count; i++)
        found = json_array_append_new(text, json_string(given->at[i])) == 0 ? NULL : given->at[i];
    for (size_t i = 0; !found && (at = option_at(self->options, i)).row; i++) {
        const char *value = at.row->kind == OPTION_TEXT ? *(const char *const *)((const char *)arguments + at.offset) : NULL;
        if (value && json_array_append_new(text, json_string(value)) != 0)
            found = value;
    }
    json_decref(text);
    return found;
}

/* One option, as its field is now. */
static void write_option(FILE *stream, place at, const void *arguments)
{
    const option *row = at.row;
    const void *field = (const char *)arguments + at.offset;
    const char *text = row->kind == OPTION_TEXT ? *(const char *const *)field : NULL;
    if (row->kind == OPTION_TEXT && !text)
        return;
    const bool real = row->kind == OPTION_POSITIVE || row->kind == OPTION_AMOUNT || row->kind == OPTION_SHARE;
    const bool whole = row->kind == OPTION_COUNT || row->kind == OPTION_WHOLE || row->kind == OPTION_SIZE;
    const bool special = row->special && (real ? *(const double *)field == 0.0 : whole && *(const size_t *)field == 0);
    fprintf(stream, "%s = ", row->name);
    if (special)
        write_text(stream, row->special);
    else if (text)
        write_text(stream, text);
    else if (row->kind == OPTION_SWITCH)
        fputs(*(const bool *)field ? "true" : "false", stream);
    else if (row->kind == OPTION_CHOICE)
        write_text(stream, row->choice(*(const int *)field));
    else if (row->kind == OPTION_SEED)
        fprintf(stream, "%llu", (unsigned long long)*(const uint64_t *)field);
    else if (whole)
        fprintf(stream, "%zu", *(const size_t *)field);
    else
        write_number(stream, *(const double *)field, KILN_F64);
    fputc('\n', stream);
}

kiln_status config_write(const command *self, const char *path, const void *arguments, const operands *given, kiln_error *err)
{
    output out;
    char name[NAME_MOST];
    place at;
    const char *odd = unwritable(self, arguments, given);
    if (odd)
        return fail(err, KILN_EINVAL, "%s: '%s' is no UTF-8, which such a file must be: use another name", path, odd);
    kiln_status status = output_begin(path, &out, err);
    if (status != KILN_OK)
        return status;
    fprintf(out.stream, "# kiln %s: 'kiln %s --config' with this file repeats the run.\n", kiln_version(), self->name);
    for (size_t i = 0; i < self->most && given->at[i]; i++) {
        operand_name(self, i, name);
        fprintf(out.stream, "%s = ", name);
        write_text(out.stream, given->at[i]);
        fputc('\n', out.stream);
    }
    for (size_t i = 0; (at = option_at(self->options, i)).row; i++)
        write_option(out.stream, at, arguments);
    return output_commit(&out, err);
}

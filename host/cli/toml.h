/* The part of TOML 1.0 that options need: lines of key = value, a value being a text, a number, true, false, or a list of these.
 * Tables, dotted keys, dates, texts of several lines and numbers that are not decimal are refused. */
#ifndef KILN_CLI_TOML_H
#define KILN_CLI_TOML_H

#include <stdbool.h>
#include <stddef.h>

enum { TOML_ENTRIES = 256 };

typedef enum toml_type { TOML_TEXT, TOML_NUMBER, TOML_BOOLEAN, TOML_LIST } toml_type;

typedef struct toml_entry {
    size_t line;
    const char *key;
    toml_type type;
    char *text;   /* without quotes, escapes and the _ of numbers; of a list: its texts one behind the other, each with its NUL */
    size_t count; /* of a list: how many; else 1 */
} toml_entry;

typedef struct toml_file {
    size_t entries;
    toml_entry entry[TOML_ENTRIES]; /* in the file's order; no key twice */
    char *texts;                    /* what the entries point into */
} toml_file;

typedef struct toml_problem {
    size_t line; /* 0: of no line */
    char sentence[160];
} toml_problem;

/* Parses a file's bytes. False, and *problem, where they are not of this kind; *file then holds nothing. */
bool toml_parse(const char *bytes, size_t count, toml_file *file, toml_problem *problem);

/* Frees what a file holds, and zeroes it. */
void toml_free(toml_file *file);

#endif

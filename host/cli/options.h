/* Command-line options as tables: parsing, --help, defaults and error messages come from the same rows. */
#ifndef KILN_CLI_OPTIONS_H
#define KILN_CLI_OPTIONS_H

#include <stddef.h>

struct command;

/* What an option's value is, and the type of the field it goes to. */
typedef enum option_kind {
    OPTION_HEADING,  /* no option: `help` heads the rows below it */
    OPTION_ROWS,     /* no option: the rows of another table, whose struct is at `offset` */
    OPTION_SWITCH,   /* bool: given or not */
    OPTION_TEXT,     /* const char *, borrowed from argv */
    OPTION_COUNT,    /* size_t, 1 or more */
    OPTION_WHOLE,    /* size_t, 0 or more */
    OPTION_SEED,     /* uint64_t */
    OPTION_POSITIVE, /* double above 0 */
    OPTION_AMOUNT,   /* double, 0 or more */
    OPTION_SHARE,    /* double, 0 up to below 1 */
    OPTION_CHOICE,   /* int: which of the words */
} option_kind;

typedef struct option option;
struct option {
    const char *name;     /* as in --name; NULL for headings and tables */
    const char *value;    /* what help calls the value; NULL for switches */
    const char *fallback; /* the default, as it would be typed; NULL: the field stays zero */
    option_kind kind;
    size_t offset; /* of the field in the command's struct */
    const char *help;
    char letter;                       /* as in -o; 0: none */
    const char *special;               /* counts and positive numbers: a word that stands for 0; NULL: none */
    const char *(*choice)(int which);  /* OPTION_CHOICE: its words, NULL past the last */
    const char *(*refused)(int which); /* words it knows, to say why not; their numbers follow the choices' own. NULL: none */
    const option *rows;                /* OPTION_ROWS */
};

enum { OPERANDS_MOST = 8, OPTIONS_GO_ON = -1 };

typedef struct operands {
    size_t count;
    const char *at[OPERANDS_MOST];
} operands;

/* Sets the defaults, then what argv says: --name value, --name=value, -o value; "--" ends options, "-" is an operand.
 *
 * arguments  the command's struct, which the rows' offsets are in; zeroed first by the caller.
 *
 * Returns OPTIONS_GO_ON; else the exit code: 0 after --help, 2 after a message about wrong usage. */
int options_parse(const struct command *self, int argc, char **argv, void *arguments, operands *given);

/* Prints a command's help on standard output. */
void options_help(const struct command *self);

/* A usage error, with the way to the help; returns the exit code. */
int options_wrong(const struct command *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The word of a list that is nearest to one that was typed; NULL where none is near. */
const char *nearest_word(const char *typed, const char *(*word)(const void *list, size_t i), const void *list);

#endif

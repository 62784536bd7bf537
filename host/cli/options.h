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
    OPTION_SIZE,     /* size_t: bytes, 1 or more, written with K, M, G or T behind them, too */
    OPTION_SEED,     /* uint64_t */
    OPTION_POSITIVE, /* double above 0 */
    OPTION_AMOUNT,   /* double, 0 or more */
    OPTION_SHARE,    /* double, 0 up to below 1 */
    OPTION_CHOICE,   /* int: which of the words */
    OPTION_CONFIG,   /* no field: a file of options, read before the command line's own */
    OPTION_HELP,     /* no field: prints the help and ends */
} option_kind;

typedef struct option option;
struct option {
    const char *name;  /* as in --name; NULL for headings and tables */
    const char *value; /* what help calls the value; NULL for switches. FILE and FOLDER are completed as such; W,W,... is a list */
    const char *fallback; /* the default, as it would be typed; NULL: the field stays zero */
    option_kind kind;
    size_t offset; /* of the field in the command's struct */
    const char *help;
    char letter;                       /* as in -o; 0: none */
    const char *special;               /* counts and positive numbers: a word that stands for 0; NULL: none */
    const char *(*choice)(int which);  /* OPTION_CHOICE: its words, NULL past the last; OPTION_TEXT: some that completion offers */
    const char *(*refused)(int which); /* words it knows, to say why not; their numbers follow the choices' own. NULL: none */
    const option *rows;                /* OPTION_ROWS */
    const char *also;                  /* what other programs call it: typed, it is answered with the name; NULL: nothing */
};

/* An option, and where its field is in the command's struct. */
typedef struct place {
    const option *row;
    size_t offset;
} place;

enum { OPERANDS_MOST = 8, OPTIONS_GO_ON = -1 };

typedef struct operands {
    size_t count;
    const char *at[OPERANDS_MOST];
} operands;

/* The rows that every command has besides its own: --config and --help. */
extern const option common_options[];

/* The i-th option of a table, those of the tables within it included; row NULL past the last. */
place option_at(const option *rows, size_t i);

/* The option of that name, or of that letter; row NULL where there is none. */
place option_named(const option *rows, const char *name, size_t length);
place option_lettered(const option *rows, char letter);

/* Sets an option's field to a value as it would be typed; OPTIONS_GO_ON, or the exit code after a message.
 *
 * text  borrowed by OPTION_TEXT. A switch takes true and false.
 * said  what messages put before the name: "--" or "run.toml:3: ". */
int option_set(const struct command *self, place at, void *arguments, const char *text, const char *said);

/* Sets the defaults, then what --config's file says, then what argv says: --name value, --name=value, -o value; "--" ends
 * options, "-" is an operand. Operands on the command line are taken for those of the file.
 *
 * arguments  the command's struct, which the rows' offsets are in; zeroed first by the caller.
 *
 * Returns OPTIONS_GO_ON; else the exit code: 0 after --help, 2 after a message about wrong usage. */
int options_parse(const struct command *self, int argc, char **argv, void *arguments, operands *given);

/* Prints a command's help on standard output. */
void options_help(const struct command *self);

/* A usage error, with the way to the help; returns the exit code. */
int options_wrong(const struct command *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The name of an option that is nearest to one that was typed; NULL where none is near. */
const char *nearest_option(const struct command *self, const char *typed);

/* The word of a list that is nearest to one that was typed; NULL where none is near. */
const char *nearest_word(const char *typed, const char *(*word)(const void *list, size_t i), const void *list);

#endif

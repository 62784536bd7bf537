/* A command of the program, and the commands there are. */
#ifndef KILN_CLI_COMMAND_H
#define KILN_CLI_COMMAND_H

#include "options.h"

#include <stddef.h>

enum { EXIT_WORKED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

typedef struct command command;
struct command {
    const char *name;
    const char *operands;                                   /* as the usage line has them: "MODEL DATA|-" */
    size_t least, most;                                     /* how many operands */
    const char *summary;                                    /* one line */
    const char *explanation;                                /* what help says below the usage line; NULL: nothing more */
    const char *const *examples;                            /* command lines, ended by NULL */
    const option *options;                                  /* ended by an empty row */
    int (*run)(const command *self, int argc, char **argv); /* argv behind the command's word; returns the exit code */
};

extern const command train_command, predict_command, evaluate_command, export_command, plot_command, verify_command,
    explain_command, tune_command, bench_command, devices_command, info_command, completion_command;

/* The i-th command of the program, in the order of its help; NULL past the last. */
const command *command_at(size_t i);

#endif

/* kiln: trains multilayer perceptrons on any OpenCL device. Finds the command and runs it. */
#include "command.h"
#include "interrupt.h"
#include "manual.h"
#include "output.h"

#include <kiln/kiln.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const command *const commands[] = { &train_command, &predict_command, &evaluate_command, &export_command,
                                           &plot_command,  &verify_command,  &explain_command,  &tune_command,
                                           &bench_command, &devices_command, &info_command,     &completion_command };
enum { COMMANDS = sizeof commands / sizeof *commands };

const command *command_at(size_t i)
{
    return i < COMMANDS ? commands[i] : NULL;
}

static const char *command_word(const void *list, size_t i)
{
    (void)list;
    return i < COMMANDS ? commands[i]->name : NULL;
}

static const command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    const char *near = nearest_word(name, command_word, NULL);
    fprintf(stderr, "kiln: no command '%s'%s%s%s\nTry 'kiln --help'.\n", name, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    return NULL;
}

/* kiln help [--man] [COMMAND], kiln help --list. */
static int help(int argc, char **argv)
{
    const bool man = argc > 0 && strcmp(argv[0], "--man") == 0;
    if (argc == 1 && strcmp(argv[0], "--list") == 0) {
        for (size_t i = 0; i < COMMANDS; i++)
            puts(commands[i]->name);
        return EXIT_WORKED;
    }
    if (argc == man) {
        if (man)
            manual_print(NULL);
        else
            help_print(stdout);
        return EXIT_WORKED;
    }
    const command *found = find_command(argv[man]);
    if (!found)
        return EXIT_USAGE;
    if (man)
        manual_print(found);
    else
        options_help(found);
    return EXIT_WORKED;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        help_print(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return help(argc - 2, argv + 2);
    if (strcmp(word, "--version") == 0) {
        printf("kiln %s\n", kiln_version());
        return EXIT_WORKED;
    }
    const command *found = find_command(word);
    return found ? found->run(found, argc - 2, argv + 2) : EXIT_USAGE;
}

int main(int argc, char **argv)
{
    interrupt_catch();
    return output_finish(run(argc, argv));
}

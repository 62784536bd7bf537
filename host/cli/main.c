/* kiln: trains multilayer perceptrons on any OpenCL device. Finds the command and runs it. */
#include "command.h"
#include "interrupt.h"
#include "output.h"

#include <kiln/kiln.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const command *const commands[] = { &train_command,   &predict_command, &evaluate_command, &plot_command,    &verify_command,
                                           &explain_command, &tune_command,    &bench_command,    &devices_command, &info_command };
enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(FILE *stream)
{
    fputs("kiln " KILN_VERSION " - trains multilayer perceptrons on any OpenCL device\n\n"
          "usage: kiln COMMAND [options] ...\n\n",
          stream);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(stream, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n'kiln COMMAND --help' explains a command; 'kiln --version' says which kiln this is.\n\n"
          "examples:\n"
          "  kiln train iris.csv\n"
          "  kiln predict iris.safetensors flowers.csv\n\n"
          "exit codes: 0 worked, 1 failed, 2 wrong usage, 130 and 143 after Ctrl-C and SIGTERM\n",
          stream);
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

static int run(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    const bool help = strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    if (help && argc == 2) {
        print_help(stdout);
        return EXIT_WORKED;
    }
    if (strcmp(word, "--version") == 0) {
        printf("kiln %s\n", kiln_version());
        return EXIT_WORKED;
    }
    const command *found = find_command(help ? argv[2] : word);
    if (!found)
        return EXIT_USAGE;
    if (help) {
        options_help(found);
        return EXIT_WORKED;
    }
    return found->run(found, argc - 2, argv + 2);
}

int main(int argc, char **argv)
{
    interrupt_catch();
    return output_finish(run(argc, argv));
}

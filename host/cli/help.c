/* The help of the program and of its commands, out of their tables. */
#include "command.h"
#include "manual.h"

#include <kiln/kiln.h>
#include <stdio.h>
#include <string.h>

enum { HELP_WIDTH = 90, HELP_INDENT = 28 };

const named exit_codes[] = {
    { "0", "worked" },
    { "1", "failed: a file, the data, a device" },
    { "2", "wrong usage" },
    { "130", "ended by Ctrl-C" },
    { "143", "ended by SIGTERM" },
    { 0 },
};

void help_print(FILE *stream)
{
    const command *self;
    fputs("kiln " KILN_VERSION " - trains multilayer perceptrons on any OpenCL device\n\n"
          "usage: kiln COMMAND [options] ...\n\n",
          stream);
    for (size_t i = 0; (self = command_at(i)); i++)
        fprintf(stream, "  %-10s %s\n", self->name, self->summary);
    fputs("\n'kiln COMMAND --help' explains a command; 'kiln --version' says which kiln this is.\n\n"
          "examples:\n"
          "  kiln train iris.csv\n"
          "  kiln predict iris.safetensors flowers.csv\n\n"
          "exit codes:\n",
          stream);
    for (const named *code = exit_codes; code->name; code++)
        fprintf(stream, "  %-10s %s\n", code->name, code->text);
}

/* Prints text in the right-hand column, broken between words. */
static void print_wrapped(const char *text)
{
    size_t column = HELP_INDENT;
    while (*text) {
        const size_t word = strcspn(text, " "), blank = column > HELP_INDENT;
        if (column + blank + word > HELP_WIDTH && column > HELP_INDENT) {
            printf("\n%*s", HELP_INDENT, "");
            column = HELP_INDENT;
            continue;
        }
        printf("%s%.*s", blank ? " " : "", (int)word, text);
        column += blank + word;
        text += word + (text[word] == ' ');
    }
    putchar('\n');
}

void option_text(const option *row, char *text, size_t bytes)
{
    snprintf(text, bytes, "%s", row->help);
    for (int i = 0; row->kind == OPTION_CHOICE && row->choice(i); i++) {
        const size_t used = strlen(text);
        snprintf(text + used, bytes - used, "%s%s", i ? ", " : "; one of ", row->choice(i));
    }
    if (row->fallback) {
        const size_t used = strlen(text);
        snprintf(text + used, bytes - used, " (default %s)", row->fallback);
    }
}

static void print_option(const option *row)
{
    char head[64], letter[8] = "", text[1024];
    if (row->letter)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(head, sizeof head, "  %s--%s%s%s", letter, row->name, row->value ? " " : "", row->value ? row->value : "");
    option_text(row, text, sizeof text);
    printf("%s", head);
    if (strlen(head) + 2 > HELP_INDENT)
        printf("\n%*s", HELP_INDENT, "");
    else
        printf("%*s", (int)(HELP_INDENT - strlen(head)), "");
    print_wrapped(text);
}

static void print_rows(const option *rows)
{
    for (; rows->kind != OPTION_HEADING || rows->help; rows++) {
        if (rows->kind == OPTION_HEADING)
            printf("\n%s:\n", rows->help);
        else if (rows->kind == OPTION_ROWS)
            print_rows(rows->rows);
        else
            print_option(rows);
    }
}

void options_help(const command *self)
{
    printf("kiln %s - %s\n\nusage: kiln %s [options]%s%s\n", self->name, self->summary, self->name, self->operands[0] ? " " : "",
           self->operands);
    if (self->explanation)
        printf("\n%s\n", self->explanation);
    print_rows(self->options);
    print_rows(common_options);
    printf("\nexamples:\n");
    for (const char *const *example = self->examples; *example; example++)
        printf("  %s\n", *example);
}

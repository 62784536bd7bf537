/* The completion of fish: one `complete` a command and an option. */
#include "completion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

/* What follows: -x takes a value that is no file, -F is files. */
static void print_expected(expected what, const char *words, bool value)
{
    if (what == EXPECT_FILES)
        fputs(value ? " -r -F" : " -F", stdout);
    else if (what == EXPECT_FOLDERS)
        fputs(" -x -a '(__fish_complete_directories)'", stdout);
    else if (value)
        fputs(" -x", stdout);
    if (what == EXPECT_WORDS)
        printf(" -a '%s'", words);
}

static void print_command(const command *self)
{
    char words[1024];
    const option *row;
    expected what = operands_expect(self, words, sizeof words);
    printf("complete -c kiln -n __fish_use_subcommand -a %s -d ", self->name);
    print_quoted(self->summary);
    putchar('\n');
    if (what != EXPECT_NOTHING) {
        printf("complete -c kiln -n '__fish_seen_subcommand_from %s'", self->name);
        print_expected(what, words, false);
        putchar('\n');
    }
    for (size_t i = 0; (row = completed_option(self, i)); i++) {
        what = option_expects(row, words, sizeof words);
        printf("complete -c kiln -n '__fish_seen_subcommand_from %s' -l %s", self->name, row->name);
        if (row->letter)
            printf(" -s %c", row->letter);
        print_expected(what, words, row->value != NULL);
        fputs(" -d ", stdout);
        print_quoted(row->help);
        putchar('\n');
    }
}

void completion_fish(void)
{
    const command *self;
    fputs("# Completes the command line of kiln in fish: made by 'kiln completion fish'.\n"
          "complete -c kiln -f\n"
          "complete -c kiln -n __fish_use_subcommand -l version -d 'says which kiln this is'\n"
          "complete -c kiln -n __fish_use_subcommand -a help -d 'explains a command'\n"
          "complete -c kiln -n '__fish_seen_subcommand_from help' -a '",
          stdout);
    for (size_t i = 0; (self = command_at(i)); i++)
        printf("%s%s", i ? " " : "", self->name);
    puts("'");
    for (size_t i = 0; (self = command_at(i)); i++)
        print_command(self);
}

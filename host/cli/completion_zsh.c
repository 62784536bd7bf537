/* The completion of zsh: a function _kiln, for a folder of $fpath or to be sourced. */
#include "completion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Text inside '...', and with `inside` also inside the [...] or the :...: of a specification. */
static void print_quoted(const char *text, bool inside)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (inside && strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void print_action(expected what, const char *words)
{
    switch (what) {
    case EXPECT_FILES:
        fputs("_files", stdout);
        break;
    case EXPECT_FOLDERS:
        fputs("_files -/", stdout);
        break;
    case EXPECT_WORDS:
        printf("(%s)", words);
        break;
    default:
        putchar(' ');
    }
}

/* '(-o --model)'{-o+,--model=}'[help]:FILE:_files' */
static void print_option(const option *row)
{
    char words[1024];
    const expected what = option_expects(row, words, sizeof words);
    const char *behind_long = row->value ? "=" : "", *behind_letter = row->value ? "+" : "";
    if (row->letter)
        printf("            '(-%c --%s)'{-%c%s,--%s%s}'[", row->letter, row->name, row->letter, behind_letter, row->name,
               behind_long);
    else
        printf("            '--%s%s[", row->name, behind_long);
    print_quoted(row->help, true);
    putchar(']');
    if (row->value) {
        putchar(':');
        print_quoted(row->value, true);
        putchar(':');
        print_action(what, words);
    }
    fputs("' \\\n", stdout);
}

static void print_command(const command *self)
{
    char words[1024];
    const option *row;
    const expected what = operands_expect(self, words, sizeof words);
    printf("        %s)\n            _arguments -s -S \\\n", self->name);
    for (size_t i = 0; (row = completed_option(self, i)); i++)
        print_option(row);
    fputs("            '*:", stdout);
    print_quoted(self->operands, true);
    putchar(':');
    print_action(what, words);
    fputs("'\n            ;;\n", stdout);
}

void completion_zsh(void)
{
    const command *self;
    fputs("#compdef kiln\n"
          "# Completes the command line of kiln in zsh: made by 'kiln completion zsh'.\n"
          "_kiln() {\n"
          "    local -a commands\n"
          "    commands=(\n",
          stdout);
    for (size_t i = 0; (self = command_at(i)); i++) {
        printf("        '%s:", self->name);
        print_quoted(self->summary, false);
        puts("'");
    }
    fputs("        'help:explains a command'\n"
          "    )\n"
          "    if (( CURRENT == 2 )) || [[ $words[2] == help && CURRENT -eq 3 ]]; then\n"
          "        _describe command commands\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $words[1] in\n",
          stdout);
    for (size_t i = 0; (self = command_at(i)); i++)
        print_command(self);
    fputs("    esac\n"
          "}\n"
          "if [[ $funcstack[1] == _kiln ]]; then\n"
          "    _kiln \"$@\"\n"
          "else\n"
          "    compdef _kiln kiln\n"
          "fi\n",
          stdout);
}

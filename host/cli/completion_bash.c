/* The completion of bash. Needs nothing of the package bash-completion, and works in bash 3. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

static const char head[] =
    "# Completes the command line of kiln in bash: made by 'kiln completion bash'.\n"
    "_kiln()\n"
    "{\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} command= words= expected=\n"
    "    # --name=value is three words: --name, = and value\n"
    "    [ \"$option\" = \"=\" ] && option=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    [ \"$current\" = \"=\" ] && current=\n"
    "    [ \"$COMP_CWORD\" -gt 1 ] && command=${COMP_WORDS[1]}\n"
    "    case \"$option\" in -*) ;; *) option= ;; esac\n"
    "    case \"$command $option\" in\n";

static const char tail[] =
    "    esac\n"
    "    local IFS=$'\\n'\n"
    "    COMPREPLY=()\n"
    "    case $expected in\n"
    "    words) IFS=' ' && words=($words) && IFS=$'\\n' && COMPREPLY=($(compgen -W \"${words[*]}\" -- \"$current\")) ;;\n"
    "    files) COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
    "    folders) COMPREPLY=($(compgen -d -- \"$current\")) ;;\n"
    "    esac\n"
    "    [ \"$expected\" = words ] || compopt -o filenames 2>/dev/null\n"
    "}\n"
    "complete -F _kiln kiln\n";

static const char *const kinds[] = {
    [EXPECT_NOTHING] = "", [EXPECT_FILES] = "files", [EXPECT_FOLDERS] = "folders", [EXPECT_WORDS] = "words"
};

/* Behind an option that takes a value: its words or files. A switch is followed by what follows it nowhere else. */
static void print_values(const command *self)
{
    char words[1024];
    const option *row;
    for (size_t i = 0; (row = completed_option(self, i)); i++) {
        if (!row->value)
            continue;
        const expected what = option_expects(row, words, sizeof words);
        printf("    \"%s --%s\"", self->name, row->name);
        if (row->letter)
            printf(" | \"%s -%c\"", self->name, row->letter);
        printf(") expected=%s words='%s' ;;\n", kinds[what], words);
    }
}

/* Elsewhere: options where a word begins with a dash, else operands. */
static void print_command(const command *self)
{
    char words[1024];
    const option *row;
    const expected what = operands_expect(self, words, sizeof words);
    printf("    \"%s \"*)\n        expected=%s words='%s'\n        case \"$current\" in -*) expected=words words='", self->name,
           kinds[what], words);
    for (size_t i = 0; (row = completed_option(self, i)); i++)
        printf("%s--%s", i ? " " : "", row->name);
    puts("' ;; esac\n        ;;");
}

static void print_commands(void)
{
    const command *self;
    for (size_t i = 0; (self = command_at(i)); i++)
        printf("%s%s", i ? " " : "", self->name);
}

void completion_bash(void)
{
    const command *self;
    fputs(head, stdout);
    for (size_t i = 0; (self = command_at(i)); i++) {
        print_values(self);
        print_command(self);
    }
    fputs("    \"help \"*) expected=words words='", stdout);
    print_commands();
    fputs("' ;;\n    *)\n        [ -z \"$command\" ] && expected=words words='", stdout);
    print_commands();
    puts(" help --help --version'\n        ;;");
    fputs(tail, stdout);
}

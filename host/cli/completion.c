/* kiln completion: the script by which a shell completes command lines of kiln. What is common to all shells. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

const option *completed_option(const command *self, size_t i)
{
    size_t own = 0;
    place at;
    while ((at = option_at(self->options, own)).row) {
        if (own == i)
            return at.row;
        own++;
    }
    return option_at(common_options, i - own).row;
}

static void add_word(char *words, size_t bytes, const char *word)
{
    const size_t used = strlen(words);
    snprintf(words + used, bytes - used, "%s%s", used ? " " : "", word);
}

expected option_expects(const option *row, char *words, size_t bytes)
{
    const char *word;
    words[0] = '\0';
    for (int i = 0; row->choice && (word = row->choice(i)); i++)
        add_word(words, bytes, word);
    if (row->special)
        add_word(words, bytes, row->special);
    if (words[0])
        return EXPECT_WORDS;
    if (row->value && strcmp(row->value, "FILE") == 0)
        return EXPECT_FILES;
    return row->value && strcmp(row->value, "FOLDER") == 0 ? EXPECT_FOLDERS : EXPECT_NOTHING;
}

expected operands_expect(const command *self, char *words, size_t bytes)
{
    char usage[64], *rest = usage;
    const char *word;
    words[0] = '\0';
    snprintf(usage, sizeof usage, "%s", self->operands);
    while ((word = strtok_r(rest, " []|", &rest)))
        if (word[0] >= 'a' && word[0] <= 'z')
            add_word(words, bytes, word);
    if (words[0])
        return EXPECT_WORDS;
    return self->most > 0 ? EXPECT_FILES : EXPECT_NOTHING;
}

static const option rows[] = { { 0 } };

static int run(const command *self, int argc, char **argv)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } scripts[] = { { "bash", completion_bash }, { "zsh", completion_zsh }, { "fish", completion_fish } };
    char arguments = 0;
    operands given;
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (strcmp(scripts[i].shell, given.at[0]) == 0) {
            scripts[i].print();
            return EXIT_WORKED;
        }
    return options_wrong(self, "'%s' is no shell that is known here: bash, zsh, fish", given.at[0]);
}

static const char *const examples[] = {
    "source <(kiln completion bash)",
    "kiln completion zsh > ~/.zfunc/_kiln",
    "kiln completion fish > ~/.config/fish/completions/kiln.fish",
    NULL,
};

const command completion_command = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .least = 1,
    .most = 1,
    .summary = "prints what makes a shell complete kiln's options",
    .explanation = "The script completes commands, options, the words that options take, and files. Where kiln is installed for\n"
                   "everybody, the scripts are in place already. Else bash reads it in ~/.bashrc by the first example; zsh has it\n"
                   "in a folder of $fpath, fish in its own folder.",
    .examples = examples,
    .options = rows,
    .run = run,
};

/* Manual pages in roff's man macros, out of the tables that print the help. */
#include "manual.h"

#include "command.h"

#include <ctype.h>
#include <kiln/kiln.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const named environment[] = {
    { "XDG_CACHE_HOME", "the folder in which kiln/ keeps compiled kernels; ~/.cache where it is not set" },
    { "KILN_KERNELS", "a folder of kernels that run in place of those built in, for people who write kernels" },
    { "NO_COLOR", "where it is set, progress is drawn without colour" },
    { "OCL_ICD_VENDORS", "of the OpenCL loader: where it looks for drivers, or the one driver to use" },
    { 0 },
};

static const named files[] = {
    { "~/.cache/kiln/", "compiled kernels, to start faster the next time; may be deleted" },
    { "NAME.safetensors", "a network that was trained, with all that is needed to use it" },
    { "FILE.toml", "options for --config" },
    { 0 },
};

/* Prints text so that roff shows it letter for letter. */
static void print_escaped(const char *text)
{
    static const char odd[] = "\\-'`^~\"";
    static const char *const names[] = { "\\e", "\\-", "\\(aq", "\\(ga", "\\(ha", "\\(ti", "\\(dq" };
    for (; *text; text++) {
        const char *found = strchr(odd, *text);
        if (found)
            fputs(names[found - odd], stdout);
        else
            putchar(*text);
    }
}

/* A line of text: a dot or a quote at its begin is no macro. */
static void print_line(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    print_escaped(text);
    putchar('\n');
}

/* Text in which lines are broken by hand: a paragraph anew where a line is empty; indented lines stay as they are. */
static void print_paragraphs(const char *text)
{
    char line[512];
    bool kept = false;
    while (*text) {
        const size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        text += length + (text[length] == '\n');
        const bool keep = line[0] == ' ';
        if (keep != kept)
            puts(keep ? ".PP\n.nf" : ".fi");
        kept = keep;
        if (length)
            print_line(line);
        else
            puts(".PP");
    }
    if (kept)
        puts(".fi");
}

/* -o, --model FILE, then what it is. */
static void print_option(const option *row)
{
    char text[1024];
    fputs(".TP\n", stdout);
    if (row->letter)
        printf("\\fB\\-%c\\fR, ", row->letter);
    fputs("\\fB", stdout);
    print_escaped("--");
    print_escaped(row->name);
    fputs("\\fR", stdout);
    if (row->value) {
        fputs(" \\fI", stdout);
        print_escaped(row->value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    option_text(row, text, sizeof text);
    print_line(text);
}

static void print_options(const option *rows)
{
    for (; rows->kind != OPTION_HEADING || rows->help; rows++) {
        if (rows->kind == OPTION_HEADING) {
            fputs(".SS ", stdout);
            print_line(rows->help);
        } else if (rows->kind == OPTION_ROWS) {
            print_options(rows->rows);
        } else {
            print_option(rows);
        }
    }
}

static void print_named(const char *heading, const named *rows)
{
    printf(".SH %s\n", heading);
    for (; rows->name; rows++) {
        fputs(".TP\n.B ", stdout);
        print_line(rows->name);
        print_line(rows->text);
    }
}

static void print_examples(const char *const *examples)
{
    fputs(".SH EXAMPLES\n.nf\n", stdout);
    for (; *examples; examples++)
        print_line(*examples);
    fputs(".fi\n", stdout);
}

/* Today, or the day that SOURCE_DATE_EPOCH names, for builds that are the same every time. */
static void print_title(const command *self)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    const time_t now = epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    char day[16] = "1970-01-01";
    struct tm parts;
    if (gmtime_r(&now, &parts))
        strftime(day, sizeof day, "%Y-%m-%d", &parts);
    fputs(".TH KILN", stdout);
    if (self)
        putchar('-');
    for (const char *c = self ? self->name : ""; *c; c++)
        putchar(toupper((unsigned char)*c));
    printf(" 1 %s \"kiln %s\" \"User Commands\"\n", day, kiln_version());
}

static void print_see_also(const command *self)
{
    const command *other;
    fputs(".SH SEE ALSO\n", stdout);
    if (self)
        fputs(".BR kiln (1)", stdout);
    for (size_t i = 0, printed = self != NULL; (other = command_at(i)); i++)
        if (other != self)
            printf("%s.BR kiln\\-%s (1)", printed++ ? ",\n" : "", other->name);
    putchar('\n');
}

static void print_end(const command *self)
{
    print_named("EXIT STATUS", exit_codes);
    print_named("ENVIRONMENT", environment);
    print_named("FILES", files);
    print_see_also(self);
}

static void print_program(void)
{
    static const char *const examples[] = { "kiln train iris.csv", "kiln predict iris.safetensors flowers.csv",
                                            "kiln evaluate iris.safetensors flowers.csv", NULL };
    const command *self;
    print_title(NULL);
    fputs(".SH NAME\nkiln \\- trains multilayer perceptrons on any OpenCL device\n"
          ".SH SYNOPSIS\n.B kiln\n.I COMMAND\n[\\fIoptions\\fR] ...\n"
          ".SH DESCRIPTION\n"
          "kiln trains multilayer perceptrons on whatever GPU or CPU there is, through OpenCL: from a table or a set of\n"
          "images to a trained network, the figures that say how good it is, and a model file that other tools read.\n"
          "Results go to standard output, progress and messages to standard error.\n"
          ".SH COMMANDS\n",
          stdout);
    for (size_t i = 0; (self = command_at(i)); i++) {
        printf(".TP\n.BR kiln\\-%s (1)\n", self->name);
        print_line(self->summary);
    }
    print_examples(examples);
    print_end(NULL);
}

void manual_print(const command *self)
{
    if (!self) {
        print_program();
        return;
    }
    print_title(self);
    printf(".SH NAME\nkiln\\-%s \\- ", self->name);
    print_line(self->summary);
    printf(".SH SYNOPSIS\n.B kiln %s\n[\\fIoptions\\fR]\n", self->name);
    if (self->operands[0]) {
        fputs(".I ", stdout);
        print_line(self->operands);
    }
    fputs(".SH DESCRIPTION\n", stdout);
    print_paragraphs(self->explanation ? self->explanation : self->summary);
    fputs(".SH OPTIONS\n", stdout);
    print_options(self->options);
    print_options(common_options);
    print_examples(self->examples);
    print_end(self);
}

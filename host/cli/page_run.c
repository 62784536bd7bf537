/* The page's beginning: a heading, the figures at a glance, and what was run. */
#include "html.h"
#include "page_parts.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

/* A word as a shell would want it. */
static void write_word(FILE *to, const char *word)
{
    bool plain = *word != '\0';
    for (const char *c = word; *c; c++)
        plain = plain && (isalnum((unsigned char)*c) || strchr("-_./,=:+@%", *c) || (unsigned char)*c >= 0x80);
    if (plain) {
        html_text(to, word);
        return;
    }
    html_text(to, "'");
    for (const char *c = word; *c; c++)
        html_text(to, *c == '\'' ? "'\\''" : (const char[]){ *c, '\0' });
    html_text(to, "'");
}

static void write_facts(FILE *to, const page *p)
{
    char date[64] = "";
    const time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts))
        strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &parts);
    html_section(to, "What was run", NULL);
    fputs("<dl class=\"facts\">\n<div class=\"whole\"><dt>command</dt><dd><code>kiln ", to);
    html_text(to, p->command.name);
    for (int i = 0; i < p->command.count; i++) {
        fputc(' ', to);
        write_word(to, p->command.words[i]);
    }
    fputs("</code></dd></div>\n", to);
    html_fact(to, "when", "%s, by kiln %s", date, kiln_version());
    p->facts(to, p->user);
    fputs("</dl>\n", to);
    html_section_end(to);
}

void page_run(FILE *to, const page *p)
{
    fputs("<header>\n<h1>", to);
    html_print(to, "kiln %s: %s", p->command.name, page_file_name(p));
    fputs("</h1>\n", to);
    if (p->notice) {
        fputs("<p class=\"wrong\">", to);
        html_text(to, p->notice);
        fputs("</p>\n", to);
    }
    page_tiles(to, p);
    fputs("</header>\n", to);
    write_facts(to, p);
}

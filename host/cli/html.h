/* HTML that is XML, too: text from anywhere made harmless, and the parts that a page is made of. */
#ifndef KILN_CLI_HTML_H
#define KILN_CLI_HTML_H

#include <stdio.h>

/* Writes a text so that no character of it is markup, in attributes too. What is no UTF-8, and control characters, become U+FFFD.
 */
void html_text(FILE *to, const char *text);

/* The same of a formatted text. */
void html_print(FILE *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A whole page around what is written between the two. The style is in it: nothing else is ever loaded. */
void html_begin(FILE *to, const char *title);
void html_end(FILE *to);

/* A part of the page with a heading; note: a sentence below it, or NULL. */
void html_section(FILE *to, const char *heading, const char *note);
void html_section_end(FILE *to);

/* An entry of a list of facts (<dl class="facts">): a word, and what it is. */
void html_fact(FILE *to, const char *word, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A cell of a table, a number in the given format; an en dash where it is not finite. */
void html_number(FILE *to, const char *format, double number) __attribute__((format(printf, 2, 0)));

#endif

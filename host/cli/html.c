/* HTML that is XML, too. */
#include "html.h"

#include "page_style.h"

#include <math.h>
#include <stdarg.h>

/* Bytes of the UTF-8 character that begins here, by RFC 3629; 0 where none does. */
static size_t character(const unsigned char *c)
{
    if (c[0] < 0x80)
        return 1;
    const size_t length = c[0] >= 0xC2 && c[0] < 0xE0 ? 2 : c[0] >= 0xE0 && c[0] < 0xF0 ? 3 : c[0] >= 0xF0 && c[0] < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xC0) != 0x80)
            return 0;
    const unsigned second = c[1];
    const int wrong = (c[0] == 0xE0 && second < 0xA0) || (c[0] == 0xED && second > 0x9F) || (c[0] == 0xF0 && second < 0x90) ||
                      (c[0] == 0xF4 && second > 0x8F) || (c[0] == 0xEF && second == 0xBF && length == 3 && c[2] >= 0xBE);
    return wrong ? 0 : length;
}

static const char *entity(unsigned char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_text(FILE *to, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        const size_t length = character(c);
        const char *safe = entity(*c);
        if (safe)
            fputs(safe, to);
        else if (length == 0 || (*c < 0x20 && *c != '\t' && *c != '\n') || *c == 0x7F)
            fputs("\xEF\xBF\xBD", to);
        else
            fwrite(c, 1, length, to);
        c += length ? length : 1;
    }
}

/* What is longer than any line a person reads is cut. */
static void print_safely(FILE *to, const char *format, va_list values)
{
    char text[4096];
    vsnprintf(text, sizeof text, format, values);
    html_text(to, text);
}

void html_print(FILE *to, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    print_safely(to, format, values);
    va_end(values);
}

void html_begin(FILE *to, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta name=\"color-scheme\" content=\"light dark\"/>\n<link rel=\"icon\" href=\"data:,\"/>\n<title>",
          to);
    html_text(to, title);
    fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", page_style);
}

void html_end(FILE *to)
{
    fputs("</main>\n</body>\n</html>\n", to);
}

void html_section(FILE *to, const char *heading, const char *note)
{
    fputs("<section>\n<h2>", to);
    html_text(to, heading);
    fputs("</h2>\n", to);
    if (!note)
        return;
    fputs("<p class=\"note\">", to);
    html_text(to, note);
    fputs("</p>\n", to);
}

void html_section_end(FILE *to)
{
    fputs("</section>\n", to);
}

void html_fact(FILE *to, const char *word, const char *format, ...)
{
    va_list values;
    fputs("<div><dt>", to);
    html_text(to, word);
    fputs("</dt><dd>", to);
    va_start(values, format);
    print_safely(to, format, values);
    va_end(values);
    fputs("</dd></div>\n", to);
}

void html_number(FILE *to, const char *format, double number)
{
    fputs("<td class=\"number\">", to);
    if (isfinite(number))
        fprintf(to, format, number);
    else
        fputs("\xE2\x80\x93", to);
    fputs("</td>", to);
}

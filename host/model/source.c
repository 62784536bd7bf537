/* C source text as it grows. */
#include "model/source.h"

#include "base/file.h"
#include "base/memory.h"

#include <float.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for some more characters and the 0 behind them. */
static bool make_room(source *s, size_t more)
{
    size_t needed, room;
    if (s->failed || !size_sum(s->length, more, &needed) || !size_sum(needed, 1, &needed)) {
        s->failed = true;
        return false;
    }
    if (needed <= s->room)
        return true;
    char *text = size_sum(needed, s->room + 4096, &room) ? mem_resize(s->text, room, 1) : NULL; /* at least doubles */
    s->failed = !text;
    if (text) {
        s->text = text;
        s->room = room;
    }
    return text;
}

void source_add(source *s, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    const int length = vsnprintf(NULL, 0, format, values);
    if (length >= 0 && make_room(s, (size_t)length)) {
        vsnprintf(s->text + s->length, (size_t)length + 1, format, again);
        s->length += (size_t)length;
    }
    va_end(again);
    va_end(values);
}

void source_add_float(source *s, float value)
{
    char text[32];
    for (int digits = FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) { /* %g leaves zeros at the end out */
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value)
            break;
    }
    source_add(s, "%s%sf", text, strpbrk(text, ".e") ? "" : ".0");
}

void source_add_floats(source *s, const char *indent, const char *name, size_t count, const float *values)
{
    enum { A_LINE = 8 };
    source_add(s, "%sstatic const float %s[%zu] = {", indent, name, count);
    for (size_t i = 0; i < count; i++) {
        source_add(s, "%s", i % A_LINE == 0 ? "\n    " : " ");
        source_add(s, "%s", i % A_LINE == 0 ? indent : "");
        source_add_float(s, values[i]);
        source_add(s, ",");
    }
    source_add(s, "\n%s};\n", indent);
}

void source_add_string(source *s, const char *text)
{
    source_add(s, "\"");
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\' || *c == '?') /* "??" may begin a trigraph */
            source_add(s, "\\%c", *c);
        else if (*c < 0x20 || *c > 0x7e)
            source_add(s, "\\%03o", (unsigned)*c);
        else
            source_add(s, "%c", *c);
    }
    source_add(s, "\"");
}

void source_begin_names(source *s, const char *name, const char *what)
{
    source_add(s, "static inline const char *%s_%s_name(int number)\n{\n    static const char *const names[] = {\n", name, what);
}

void source_end_names(source *s)
{
    source_add(s, "    };\n    return names[number];\n}\n\n");
}

kiln_status source_save(source *s, const char *path, kiln_error *err)
{
    file_writer *writer = NULL;
    kiln_status status = s->failed ? kiln_fail_memory(err, 0, path) : file_begin(path, &writer, err);
    if (status == KILN_OK)
        status = file_append(writer, s->text, s->length, err);
    if (status == KILN_OK) {
        status = file_commit(writer, err);
        writer = NULL;
    }
    file_abandon(writer);
    free(s->text);
    *s = (source){ 0 };
    return status;
}

/* JSON from outside the program: what jansson is too generous with is refused before it sees the text. */
#include "base/json.h"

#include "base/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 8 };

/* How deep brackets nest; texts are skipped. A wrong count in what is not JSON does no harm: jansson refuses it. */
static size_t depth_of(const char *text, size_t length)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        const char c = text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > deepest)
            deepest = depth;
    }
    return deepest;
}

kiln_status json_read_object(const char *path, const char *what, const char *text, size_t length, json_t **object, kiln_error *err)
{
    if (length == 0 || text[0] != '{')
        return kiln_fail(err, KILN_EDATA, "%s: %s does not begin with '{', as a JSON object does", path, what);
    const size_t depth = depth_of(text, length);
    if (depth > MOST_DEPTH)
        return kiln_fail(err, KILN_EDATA, "%s: %s nests %zu brackets, more than the %d that are read", path, what, depth,
                         MOST_DEPTH);
    json_error_t error;
    errno = 0;
    *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (*object)
        return KILN_OK;
    if (errno == ENOMEM) /* jansson reports it as a fault of the text */
        return kiln_fail_memory(err, 0, path);
    return kiln_fail(err, KILN_EDATA, "%s: %s is not JSON: %s, at its byte %d", path, what, error.text, error.position);
}

char *json_write(const json_t *value, size_t flags)
{
    const size_t length = json_dumpb(value, NULL, 0, flags);
    char *text = length > 0 ? mem_alloc(length + 1, 1) : NULL;
    if (!text)
        return NULL;
    if (json_dumpb(value, text, length, flags) != length) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    return text;
}

bool text_is_printable(const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    return true;
}

/* Bytes of the character that begins at `c`, from its first byte; 0 where none begins so. */
static size_t utf8_length(unsigned char c)
{
    if (c < 0x80)
        return 1;
    if (c >= 0xc2 && c < 0xe0)
        return 2;
    if (c >= 0xe0 && c < 0xf0)
        return 3;
    return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

bool text_is_utf8(const char *text)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 }; /* by length: longer than needed is not UTF-8 */
    const unsigned char *c = (const unsigned char *)text;
    while (*c) {
        const size_t length = utf8_length(*c);
        if (length == 0)
            return false;
        uint32_t code = length == 1 ? *c : *c & (0x7fu >> length);
        for (size_t i = 1; i < length; i++) {
            if ((c[i] & 0xc0) != 0x80)
                return false;
            code = code << 6 | (c[i] & 0x3f);
        }
        if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            return false;
        c += length;
    }
    return true;
}

/* JSON from outside the program, read strictly; and texts on their way into JSON. */
#ifndef KILN_BASE_JSON_H
#define KILN_BASE_JSON_H

#include "base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Parses one JSON object: no key twice, no deeper than 8, nothing but white space behind it.
 *
 * path, what  for messages: the file, and what in it ("the header").
 * *object     one reference, the caller's: json_decref.
 *
 * Returns KILN_EDATA, KILN_ENOMEM. */
kiln_status json_read_object(const char *path, const char *what, const char *text, size_t length, json_t **object, kiln_error *err);

/* The text of a value, with jansson's flags; NULL where there is no room. Freed with free().
 * In place of json_dumps, which (2.14) leaves out an object's key where its buffer cannot grow, and reports success. */
char *json_write(const json_t *value, size_t flags);

/* Whether a text can be shown as it is: no control characters, which a terminal would obey. */
bool text_is_printable(const char *text);

/* Whether a text is UTF-8, as JSON's must be. */
bool text_is_utf8(const char *text);

#endif

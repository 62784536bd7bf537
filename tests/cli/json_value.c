/* Reads one JSON text from standard input, strictly, and prints the values at the paths it is given, one a line:
 * "test.loss", "devices.0.holds", "classes.#" for an array's length. Exit code 1 where the text is not JSON, or a path
 * leads nowhere. */
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value one word of a path leads to; borrowed. */
static json_t *step(json_t *at, const char *word)
{
    return json_is_array(at) ? json_array_get(at, (size_t)strtoul(word, NULL, 10)) : json_object_get(at, word);
}

static int print_at(json_t *at, char *path)
{
    for (char *word = strtok(path, "."); word; word = strtok(NULL, ".")) {
        if (strcmp(word, "#") == 0) {
            printf("%zu\n", json_array_size(at));
            return 0;
        }
        at = step(at, word);
        if (!at) {
            fprintf(stderr, "json_value: nothing at '%s'\n", word);
            return 1;
        }
    }
    if (json_is_string(at))
        return puts(json_string_value(at)) < 0;
    char *text = json_dumps(at, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text)
        puts(text);
    free(text);
    return !text;
}

int main(int argc, char **argv)
{
    json_error_t error;
    int code = 0;
    json_t *root = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
    if (!root || !json_is_object(root)) {
        fprintf(stderr, "json_value: line %d: %s\n", error.line, root ? "no object" : error.text);
        json_decref(root);
        return 1;
    }
    for (int i = 1; i < argc && code == 0; i++)
        code = print_at(root, argv[i]);
    json_decref(root);
    return code;
}

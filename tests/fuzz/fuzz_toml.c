/* libFuzzer: any bytes as a file of options. */
#include "toml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* What the texts of an entry take, each with its NUL; they lie in one block no larger than the file and a NUL. */
static size_t texts_length(const toml_entry *entry)
{
    const char *text = entry->text;
    for (size_t i = 0; i < entry->count; i++)
        text += strlen(text) + 1;
    return (size_t)(text - entry->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    toml_file file;
    toml_problem problem;
    if (!toml_parse((const char *)bytes, count, &file, &problem)) {
        if (!problem.sentence[0] || file.texts)
            abort();
        return 0;
    }
    size_t used = 0;
    for (size_t i = 0; i < file.entries; i++)
        used += strlen(file.entry[i].key) + 1 + texts_length(&file.entry[i]);
    if (used > count + 1)
        abort();
    toml_free(&file);
    return 0;
}

/* What must hold of samples from any file. */
#ifndef KILN_FUZZ_SAMPLES_H
#define KILN_FUZZ_SAMPLES_H

#include <kiln/kiln.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads a file, and fills in what is missing from its first half; aborts where it is neither refused with a sentence nor whole. */
static void read_and_check(const char *path, const kiln_data_options *options)
{
    kiln_error err = { 0 };
    kiln_data *data;
    const kiln_status status = kiln_data_read(path, options, &data, &err);
    if (status != KILN_OK) {
        if ((status != KILN_EDATA && status != KILN_EINVAL) || !err.message[0] || data)
            abort();
        return;
    }
    const kiln_samples *s = kiln_data_samples(data);
    const kiln_subset train = { NULL, s->count - s->count / 2 };
    const kiln_status filled = kiln_data_fill(data, train, &err);
    if (filled == KILN_EDATA && err.message[0]) { /* no value in any training sample */
        kiln_data_free(data);
        return;
    }
    if (filled != KILN_OK)
        abort();
    const kiln_schema *schema = kiln_data_schema(data);
    if (s->count == 0 || s->features == 0 || (s->labels && s->y) || (s->y && s->outputs != (schema->targets ? schema->targets : 1)))
        abort();
    for (size_t i = 0; s->element == KILN_ELEMENT_F32 && i < s->count * s->features; i++)
        if (!isfinite(((const float *)s->x)[i]))
            abort();
    for (size_t i = 0; s->weight && i < s->count; i++)
        if (!(s->weight[i] >= 0.0f && isfinite(s->weight[i])))
            abort();
    for (size_t i = 0; i < s->count; i++)
        if (s->labels && (s->labels[i] < 0 || (size_t)s->labels[i] >= s->classes))
            abort();
    for (size_t i = 0; s->y && i < s->count * s->outputs; i++)
        if (!isfinite(s->y[i]) || (schema->task == KILN_MULTILABEL && s->y[i] != 0.0f && s->y[i] != 1.0f))
            abort();
    for (size_t i = 0; schema->class_name && i < schema->classes; i++)
        if (!schema->class_name[i] || (i > 0 && strcmp(schema->class_name[i - 1], schema->class_name[i]) == 0))
            abort();
    kiln_data_free(data);
}

#endif

/* Data sets: which format a file has, and what the caller sees of what was read. */
#include "data/data.h"

#include "base/memory.h"
#include "data/array.h"
#include "data/foreign.h"
#include "network/schema.h"

#include <stdlib.h>
#include <string.h>

static const char *const task_words[] = { [KILN_TASK_AUTO] = "any task",
                                          [KILN_CLASSIFICATION] = "classification",
                                          [KILN_REGRESSION] = "regression",
                                          [KILN_MULTILABEL] = "multi-label" };

kiln_status data_task(const kiln_data_options *options, kiln_task *task, kiln_error *err)
{
    const kiln_schema *schema = options->schema;
    *task = schema && schema->task == KILN_TASK_AUTO && schema->classes > 0 ? KILN_CLASSIFICATION
            : schema                                                        ? schema->task
                                                                            : KILN_TASK_AUTO;
    if (options->task != KILN_TASK_AUTO && *task != KILN_TASK_AUTO && options->task != *task)
        return kiln_fail(err, KILN_EINVAL, "the network is for %s, not for %s", task_words[*task], task_words[options->task]);
    if (*task == KILN_TASK_AUTO)
        *task = options->task;
    return KILN_OK;
}

static kiln_status load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    const unsigned char *bytes;
    size_t count;
    kiln_status status = input_peek(in, &bytes, &count, err);
    if (status == KILN_OK)
        status = foreign_check(input_name(in), bytes, count, err);
    if (status != KILN_OK)
        return status;
    if (npz_begins(bytes, count))
        return npz_load(in, options, data, err);
    if (options->array)
        return kiln_fail(err, KILN_EINVAL, "%s: is no .npz archive, so it has no array '%s' to choose", input_name(in),
                         options->array);
    if (idx_begins(bytes, count) || npy_begins(bytes, count))
        return array_load(in, options, data, err);
    if (options->labels)
        return kiln_fail(err, KILN_EINVAL, "%s: is neither IDX nor NumPy, so it takes no file of labels: its target is in it",
                         input_name(in));
    status = input_skip_mark(in, err);
    if (status == KILN_OK)
        status = input_peek(in, &bytes, &count, err);
    if (status != KILN_OK)
        return status;
    return libsvm_begins(bytes, count) ? libsvm_load(in, options, data, err) : csv_load(in, options, data, err);
}

kiln_status kiln_data_read(const char *path, const kiln_data_options *options, kiln_data **data, kiln_error *err)
{
    static const kiln_data_options defaults = { 0 };
    input *in = NULL;
    kiln_data *d = mem_zeroed(1, sizeof *d);
    *data = NULL;
    if (strcmp(path, "-") == 0 && options && options->labels && strcmp(options->labels, "-") == 0) {
        free(d);
        return kiln_fail(err, KILN_EINVAL, "samples and labels cannot both be read from standard input");
    }
    if (!d)
        return kiln_fail_memory(err, 0, path);
    kiln_status status = input_open(path, options ? options->stop : NULL, &in, err);
    if (status == KILN_OK)
        status = load(in, options ? options : &defaults, d, err);
    input_close(in);
    if (status == KILN_OK)
        *data = d;
    else
        kiln_data_free(d);
    return status;
}

void kiln_data_free(kiln_data *data)
{
    if (!data)
        return;
    free(data->x);
    free(data->y);
    free(data->labels);
    free(data->weight);
    free(data->missing);
    free(data->array);
    schema_free(&data->schema);
    free(data);
}

/* Copies an array of a data set; one that is not there stays so. False without memory. */
static bool copy_array(const void *from, size_t count, size_t each, size_t size, void **to)
{
    size_t values;
    *to = from && size_product(count, each, &values) ? mem_copy(from, values, size) : NULL;
    return *to || !from;
}

static bool copy_arrays(const kiln_data *data, kiln_data *to)
{
    const kiln_samples *s = &data->samples;
    const size_t element = s->element == KILN_ELEMENT_U8 ? 1 : sizeof(float);
    void *y, *labels, *weight, *missing;
    const bool good = copy_array(data->x, s->count, s->features, element, &to->x);
    const bool targets = copy_array(data->y, s->count, s->outputs, sizeof *to->y, &y);
    const bool classes = copy_array(data->labels, s->count, 1, sizeof *to->labels, &labels);
    const bool weights = copy_array(data->weight, s->count, 1, sizeof *to->weight, &weight);
    const bool counts = copy_array(data->missing, data->schema.columns, 1, sizeof *to->missing, &missing);
    to->y = y;
    to->labels = labels;
    to->weight = weight;
    to->missing = missing;
    to->array = mem_text(data->array);
    return good && targets && classes && weights && counts && (to->array || !data->array);
}

kiln_status kiln_data_copy(const kiln_data *data, kiln_data **copy, kiln_error *err)
{
    kiln_data *d = mem_alloc(1, sizeof *d);
    *copy = NULL;
    if (!d)
        return kiln_fail_memory(err, 0, "a copy of the data");
    *d = *data;
    d->schema = (kiln_schema){ 0 };
    kiln_status status = copy_arrays(data, d) ? KILN_OK : kiln_fail_memory(err, 0, "a copy of the data");
    if (status == KILN_OK)
        status = schema_copy(&data->schema, &d->schema, err);
    if (status != KILN_OK) {
        kiln_data_free(d);
        return status;
    }
    d->samples.x = d->x;
    d->samples.y = d->y;
    d->samples.labels = d->labels;
    d->samples.weight = d->weight;
    d->notes.missing = d->missing;
    *copy = d;
    return KILN_OK;
}

const kiln_samples *kiln_data_samples(const kiln_data *data)
{
    return &data->samples;
}

const kiln_schema *kiln_data_schema(const kiln_data *data)
{
    return &data->schema;
}

kiln_image kiln_data_image(const kiln_data *data)
{
    return data->image;
}

const kiln_data_notes *kiln_data_get_notes(const kiln_data *data)
{
    return &data->notes;
}

const char *kiln_data_array(const kiln_data *data)
{
    return data->array;
}

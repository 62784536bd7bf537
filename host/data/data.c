/* Data sets: which format a file has, and what the caller sees of what was read. */
#include "data/data.h"

#include "base/machine.h"
#include "base/memory.h"
#include "data/array.h"
#include "data/foreign.h"
#include "network/reading.h"
#include "network/schema.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_MOST = 4 << 20 /* bytes: so many that a disk that has to move before each is still fast */ };

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
    d->budget.most = options && options->memory ? options->memory : machine_memory() / 2;
    d->notes.memory = d->budget.most;
    d->x.budget = d->y.budget = d->labels.budget = d->weight.budget = &d->budget;
    kiln_status status = input_open(path, options ? options->stop : NULL, &in, err);
    if (status == KILN_OK)
        status = load(in, options ? options : &defaults, d, err);
    input_close(in);
    data_settle(d);
    if (status == KILN_OK)
        *data = d;
    else
        kiln_data_free(d);
    return status;
}

void data_settle(kiln_data *data)
{
    kiln_samples *samples = &data->samples;
    const size_t row = reading_row(samples);
    samples->window = samples->block = 0;
    if (!spill_is_mapped(&data->x) || row == 0)
        return;
    /* A quarter of the memory for what is shuffled, as much for what is read ahead; the rest is for chunks on their way to a
     * device. */
    const size_t window = data->notes.memory / 4, part = window / 16, block = part < BLOCK_MOST ? part : BLOCK_MOST;
    samples->window = window / row ? window / row : 1;
    samples->block = block / row ? block / row : 1;
}

void kiln_data_free(kiln_data *data)
{
    if (!data)
        return;
    spill_free(&data->x);
    spill_free(&data->y);
    spill_free(&data->labels);
    spill_free(&data->weight);
    free(data->missing);
    free(data->array);
    schema_free(&data->schema);
    free(data);
}

/* Copies the arrays of samples, and what the notes point to; of another's, none is left. */
static kiln_status copy_arrays(const kiln_data *data, kiln_data *to, kiln_error *err)
{
    static const char what[] = "a copy of the data";
    to->missing = mem_copy(data->missing, data->schema.columns, sizeof *data->missing);
    to->array = mem_text(data->array);
    if ((data->missing && !to->missing) || (data->array && !to->array))
        return kiln_fail_memory(err, 0, what);
    kiln_status status = spill_copy(&to->x, &data->x, what, err);
    if (status == KILN_OK)
        status = spill_copy(&to->y, &data->y, what, err);
    if (status == KILN_OK)
        status = spill_copy(&to->labels, &data->labels, what, err);
    if (status == KILN_OK)
        status = spill_copy(&to->weight, &data->weight, what, err);
    return status;
}

kiln_status kiln_data_copy(const kiln_data *data, kiln_data **copy, kiln_error *err)
{
    kiln_data *d = mem_alloc(1, sizeof *d);
    *copy = NULL;
    if (!d)
        return kiln_fail_memory(err, 0, "a copy of the data");
    const size_t most = data->budget.most, used = data->budget.used;
    *d = *data;
    d->schema = (kiln_schema){ 0 };
    d->budget = (spill_budget){ .most = used < most ? most - used : 0 }; /* together they take no more */
    d->x = d->y = d->labels = d->weight = (spill){ .budget = &d->budget };
    kiln_status status = copy_arrays(data, d, err);
    if (status == KILN_OK)
        status = schema_copy(&data->schema, &d->schema, err);
    if (status != KILN_OK) {
        kiln_data_free(d);
        return status;
    }
    d->samples.x = d->x.at;
    d->samples.y = d->y.at;
    d->samples.labels = d->labels.at;
    d->samples.weight = d->weight.at;
    d->notes.missing = d->missing;
    data_settle(d);
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

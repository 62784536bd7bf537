/* Targets that are in an array of their own, beside their samples: classes, or numbers to predict. */
#include "base/memory.h"
#include "data/array.h"
#include "data/data.h"
#include "data/dictionary.h"
#include "data/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void class_text(double value, char text[32])
{
    snprintf(text, 32, "%.0f", value == 0.0 ? 0.0 : value); /* no "-0" */
}

static kiln_status fail_label(const char *path, size_t at, double value, size_t classes, kiln_error *err)
{
    return kiln_fail(err, KILN_EDATA, "%s: label %zu is %g, should be a whole number from 0 to %zu", path, at, value, classes - 1);
}

/* Labels that are the numbers of their classes, below `most`. */
static kiln_status count_classes(const char *path, const double *values, size_t most, kiln_data *data, int32_t *labels,
                                 kiln_error *err)
{
    for (size_t i = 0; i < data->samples.count; i++) {
        if (!number_is_whole(values[i]) || values[i] < 0.0 || values[i] >= (double)most)
            return fail_label(path, i, values[i], most, err);
        labels[i] = (int32_t)values[i];
        if ((size_t)values[i] >= data->samples.classes)
            data->samples.classes = (size_t)values[i] + 1;
    }
    return KILN_OK;
}

/* Labels that are among names, as numbers; their classes are the names' places. */
static kiln_status find_classes(const char *path, const double *values, char *const *names, size_t count, size_t samples,
                                int32_t *labels, kiln_error *err)
{
    dictionary known = { 0 };
    kiln_status status = KILN_OK;
    size_t number;
    char text[32];
    for (size_t i = 0; i < count; i++)
        if (!dictionary_add(&known, names[i], &number))
            status = kiln_fail_memory(err, 0, path);
    for (size_t i = 0; status == KILN_OK && i < samples; i++) {
        if (!number_is_whole(values[i]))
            status = kiln_fail(err, KILN_EDATA, "%s: label %zu is %g, should be a whole number", path, i, values[i]);
        class_text(values[i], text);
        if (status == KILN_OK && (!dictionary_find(&known, text, &number) || number >= count))
            status = kiln_fail(err, KILN_EDATA, "%s: label %zu is %s, which is not one of the network's classes", path, i, text);
        labels[i] = status == KILN_OK ? (int32_t)number : 0;
    }
    dictionary_free(&known);
    return status;
}

/* Collects the different labels, sorted, in `sorted` of room DATA_MAX_CLASSES + 1, which is full where they are too many. */
static size_t different(const double *values, size_t count, double *sorted)
{
    size_t have = 0;
    for (size_t i = 0; i < count && have <= DATA_MAX_CLASSES; i++) {
        size_t from = 0, to = have;
        while (from < to) {
            const size_t middle = from + (to - from) / 2;
            if (sorted[middle] < values[i])
                from = middle + 1;
            else
                to = middle;
        }
        if (from < have && sorted[from] == values[i])
            continue;
        memmove(sorted + from + 1, sorted + from, (have - from) * sizeof *sorted);
        sorted[from] = values[i];
        have++;
    }
    return have;
}

/* Names the different labels, sorted, as classes. */
static kiln_status name_classes(const char *path, const double *values, kiln_data *data, kiln_error *err)
{
    kiln_schema *schema = &data->schema;
    kiln_status status = KILN_OK;
    char text[32];
    double *sorted = mem_alloc(DATA_MAX_CLASSES + 1, sizeof *sorted);
    if (!sorted)
        return kiln_fail_memory(err, 0, path);
    const size_t classes = different(values, data->samples.count, sorted);
    if (classes > DATA_MAX_CLASSES)
        status = kiln_fail(err, KILN_EDATA, "%s: has more than %d different labels, too many classes: are they numbers to predict?",
                           path, DATA_MAX_CLASSES);
    else if (!(schema->class_name = mem_zeroed(classes, sizeof *schema->class_name)))
        status = kiln_fail_memory(err, 0, path);
    schema->classes = schema->class_name ? classes : 0;
    for (size_t i = 0; status == KILN_OK && i < classes; i++) {
        class_text(sorted[i], text);
        schema->class_name[i] = mem_text(text);
        if (!schema->class_name[i])
            status = kiln_fail_memory(err, 0, path);
    }
    free(sorted);
    return status;
}

static kiln_status store_classes(const char *path, const double *values, bool counted, kiln_data *data, kiln_error *err)
{
    kiln_schema *schema = &data->schema;
    kiln_status status = KILN_OK;
    status = spill_resize(&data->labels, data->samples.count, sizeof(int32_t), path, err);
    if (status != KILN_OK)
        return status;
    int32_t *labels = data->labels.at;
    data->samples.labels = labels;
    if (schema->classes == 0 && !counted) {
        for (size_t i = 0; i < data->samples.count; i++)
            if (!number_is_whole(values[i]))
                return kiln_fail(err, KILN_EDATA, "%s: label %zu is %g, should be a whole number", path, i, values[i]);
        status = name_classes(path, values, data, err);
    }
    if (status == KILN_OK && schema->class_name)
        status = find_classes(path, values, schema->class_name, schema->classes, data->samples.count, labels, err);
    else if (status == KILN_OK)
        status = count_classes(path, values, schema->classes > 0 ? schema->classes : DATA_MAX_CLASSES, data, labels, err);
    if (schema->classes == 0)
        schema->classes = data->samples.classes;
    data->samples.classes = schema->classes;
    schema->task = KILN_CLASSIFICATION;
    return status;
}

/* Says how many targets there are, none of which has a name. */
static kiln_status count_targets(const char *path, size_t outputs, kiln_schema *schema, kiln_error *err)
{
    if (schema->targets > 0 && schema->targets != outputs)
        return kiln_fail(err, KILN_EDATA, "%s: has %zu targets a sample, the network has %zu", path, outputs, schema->targets);
    if (schema->targets > 0)
        return KILN_OK;
    schema->target = mem_zeroed(outputs, sizeof *schema->target);
    if (!schema->target)
        return kiln_fail_memory(err, 0, path);
    schema->targets = outputs;
    return KILN_OK;
}

/* Numbers to predict, or the 0 and 1 of labels. */
static kiln_status store_numbers(const char *path, const double *values, size_t outputs, kiln_task task, kiln_data *data,
                                 kiln_error *err)
{
    size_t count;
    if (!size_product(data->samples.count, outputs, &count))
        return kiln_fail_memory(err, 0, path);
    const kiln_status status = spill_resize(&data->y, count, sizeof(float), path, err);
    if (status != KILN_OK)
        return status;
    float *y = data->y.at;
    for (size_t i = 0; i < count; i++) {
        if (task == KILN_MULTILABEL && values[i] != 0.0 && values[i] != 1.0)
            return kiln_fail(err, KILN_EDATA, "%s: sample %zu, label %zu is %g, should be 0 or 1", path, i / outputs, i % outputs,
                             values[i]);
        y[i] = (float)values[i];
    }
    data->samples.y = y;
    data->samples.outputs = outputs;
    data->schema.task = task;
    return KILN_OK;
}

/* One label a sample, or for regression and multi-label some. */
static kiln_status check_shape(const input *in, const array_header *header, bool several, const kiln_data *data, kiln_error *err)
{
    char sizes[ARRAY_SIZES];
    const size_t samples = data->samples.count, outputs = header->values / header->size[0];
    if (header->size[0] == samples && (outputs == 1 || (several && header->rank == 2)))
        return KILN_OK;
    const char *hint = "";
    if (outputs > 1 && header->size[0] == samples)
        hint = several ? ", or a row of them"
                       : " (one-hot classes become that by NumPy's argmax(axis=1); several labels are multilabel)";
    return kiln_fail(err, KILN_EDATA, "%s: has %s labels for %zu samples: one a sample is needed%s", input_name(in),
                     array_sizes(header, sizes), samples, hint);
}

kiln_status labels_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    array_header header;
    const unsigned char *bytes;
    size_t count;
    kiln_task task;
    spill values = { .budget = &data->budget };
    kiln_status status = data_task(options, &task, err);
    if (status == KILN_OK)
        status = input_peek(in, &bytes, &count, err);
    if (status != KILN_OK)
        return status;
    const bool idx = idx_begins(bytes, count);
    if (!idx && !npy_begins(bytes, count))
        return kiln_fail(err, KILN_EDATA, "%s: is neither IDX nor NumPy (.npy, .npz), as files of labels are", input_name(in));
    status = idx ? idx_header(in, &header, err) : npy_header(in, &header, err);
    if (status != KILN_OK)
        return status;
    if (task == KILN_TASK_AUTO)
        task = idx || header.type->whole ? KILN_CLASSIFICATION : KILN_REGRESSION;
    status = check_shape(in, &header, task != KILN_CLASSIFICATION, data, err);
    if (status == KILN_OK)
        status = array_read(in, &header, ARRAY_DOUBLE, &values, err);
    const size_t outputs = header.values / header.size[0];
    if (status == KILN_OK)
        status = count_targets(input_name(in), outputs, &data->schema, err);
    if (status == KILN_OK && task == KILN_CLASSIFICATION)
        status = store_classes(input_name(in), values.at, idx, data, err);
    else if (status == KILN_OK)
        status = store_numbers(input_name(in), values.at, outputs, task, data, err);
    spill_free(&values);
    return status;
}

kiln_status labels_load_file(const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    const unsigned char *bytes;
    size_t count;
    input *in = NULL;
    kiln_status status = input_open(options->labels, options->stop, &in, err);
    if (status == KILN_OK)
        status = input_peek(in, &bytes, &count, err);
    if (status == KILN_OK)
        status = npz_begins(bytes, count) ? npz_labels(in, options, data, err) : labels_load(in, options, data, err);
    input_close(in);
    return status;
}

/* The inside of a data set, and the formats it is read from. */
#ifndef KILN_DATA_INSIDE_H
#define KILN_DATA_INSIDE_H

#include "base/spill.h"
#include "data/input.h"

#include <kiln/data.h>

enum { DATA_MAX_CLASSES = 65536 };

struct kiln_data {
    kiln_samples samples;       /* points to the next four */
    spill x, y, labels, weight; /* of samples.element, float, int32_t and float */
    spill_budget budget;        /* theirs, and that of what is read on the way to them */
    kiln_schema schema;
    kiln_image image; /* zeroes: no pictures */
    kiln_data_notes notes;
    size_t *missing;   /* (schema.columns) what the notes point to */
    kiln_missing fill; /* what kiln_data_fill is to do: mean, median, or error for nothing */
    bool indicator;
    char *array; /* that the samples are, of an archive; NULL elsewhere */
};

/* Writes a number's features, which end before `end`: its value, or what fills a missing one, and its indicator. Returns where they
 * begin (fill.c). */
float *data_put_number(const kiln_schema *schema, const kiln_column *column, float value, float *end);

/* Says in the samples how those that lie in a file are best read; once their number and features are known (data.c). */
void data_settle(kiln_data *data);

/* The task that options and network agree on; KILN_TASK_AUTO where neither says. Returns KILN_EINVAL where they differ. */
kiln_status data_task(const kiln_data_options *options, kiln_task *task, kiln_error *err);

/* Read what is left of an input into an empty data set; what it holds after a failure is the caller's to free.
 * They return what kiln_data_read does. */
kiln_status csv_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err);
kiln_status array_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err);
kiln_status npz_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err);
kiln_status libsvm_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err);

/* Whether a file that begins with these bytes is one. */
bool npz_begins(const unsigned char *bytes, size_t count);
bool libsvm_begins(const unsigned char *bytes, size_t count);

/* Reads an array of samples, IDX or NumPy's; `labels`: their targets are elsewhere, so none of its columns is. */
kiln_status samples_load(input *in, const kiln_data_options *options, bool labels, kiln_data *data, kiln_error *err);

/* Read the targets of samples that are there: an array, an archive with one, a file of either kind that the options name. */
kiln_status labels_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err);
kiln_status npz_labels(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err);
kiln_status labels_load_file(const kiln_data_options *options, kiln_data *data, kiln_error *err);

#endif

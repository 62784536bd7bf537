/* From arrays to a data set: what their rows are, and which have their target in them. */
#include "base/memory.h"
#include "data/array.h"
#include "data/data.h"
#include "data/values.h"
#include "network/schema.h"

#include <stdlib.h>

enum { MAX_COLUMNS = 65536 };

/* What the network says, and the file where that is silent. Columns without names, one a feature: a network that learnt images
 * reads tables, too. */
static kiln_status describe(const char *path, const kiln_schema *known, kiln_data *data, kiln_error *err)
{
    kiln_schema *schema = &data->schema;
    const size_t features = data->samples.features;
    const kiln_status status = known ? schema_copy(known, schema, err) : KILN_OK;
    if (status != KILN_OK)
        return status;
    if (schema->columns > 0 || features > MAX_COLUMNS)
        return KILN_OK;
    schema->column = mem_zeroed(features, sizeof *schema->column);
    if (!schema->column)
        return kiln_fail_memory(err, 0, path);
    schema->columns = features;
    return KILN_OK;
}

static kiln_status check_shape(const input *in, const array_header *header, const kiln_schema *known, kiln_error *err)
{
    size_t features;
    if (header->rank < 2)
        return kiln_fail(err, KILN_EDATA, "%s: has one dimension, as labels have; samples have two or more (%zu x 1, say)",
                         input_name(in), header->size[0]);
    const size_t own = header->values / header->size[0];
    if (known && known->columns > 0 && (!schema_features(known, &features) || features != own))
        return kiln_fail(err, KILN_EDATA, "%s: has %zu values a sample, the network reads %zu", input_name(in), own, features);
    return KILN_OK;
}

static bool are_numbers(const kiln_schema *schema)
{
    for (size_t i = 0; i < schema->columns; i++)
        if (schema->column[i].categories > 0)
            return false;
    return true;
}

/* Whether a matrix is a table: with its target in it, with more than a network reads, or with values to fill in. */
static bool is_table(const array_header *header, const kiln_data_options *options, bool labels)
{
    const kiln_schema *known = options->schema;
    const bool new = !known || known->columns == 0;
    size_t features;
    if (header->rank != 2)
        return false;
    if (labels && new)
        return options->missing == KILN_MISSING_MEAN || options->missing == KILN_MISSING_MEDIAN;
    if (labels)
        return schema_fills(known) && are_numbers(known) && header->size[1] == known->columns;
    if (options->target || options->weights || options->features || options->ignore || options->text)
        return true;
    if (new)
        return !options->no_target && header->type != &array_u8;
    /* Texts may be one-hot in it: as many values as features are features. Where there are none, a table comes first: its missing
     * values are filled in, and it may have as many columns as there are features with the indicators. */
    const size_t own = header->size[1], targets = known->targets > 0 ? known->targets : 1;
    const bool first = schema_fills(known) && are_numbers(known);
    return schema_features(known, &features) && (own != features || first) &&
           (own == known->columns || own == known->columns + targets || own == known->columns + known->ignored ||
            own == known->columns + known->ignored + targets);
}

/* The rows of a matrix that stands row by row. */
static kiln_status take_rows(input *in, const array_header *header, table *t, kiln_error *err)
{
    const size_t columns = header->size[1];
    kiln_status status = KILN_OK;
    double *row = mem_alloc(columns, sizeof *row);
    if (!row)
        return kiln_fail_memory(err, 0, input_name(in));
    for (size_t i = 0; status == KILN_OK && i < header->size[0]; i++) {
        status = array_values(in, header, ARRAY_CELLS, i * columns, columns, row, err);
        if (status == KILN_OK)
            status = values_row(t, i + 1, row, err);
    }
    free(row);
    return status == KILN_OK ? array_end(in, header, err) : status;
}

/* The same where it stands column by column: the first row is known when all has come. */
static kiln_status take_columns(input *in, const array_header *header, table *t, kiln_error *err)
{
    spill values = { .budget = t->cells.budget };
    kiln_status status = array_read(in, header, ARRAY_CELLS, &values, err);
    for (size_t i = 0; status == KILN_OK && i < header->size[0]; i++)
        status = values_row(t, i + 1, (const double *)values.at + i * header->size[1], err);
    spill_free(&values);
    return status;
}

/* A matrix as the table it is; `labels`: its targets are beside it. */
static kiln_status load_table(input *in, const array_header *header, const kiln_data_options *options, bool labels, kiln_data *data,
                              kiln_error *err)
{
    kiln_data_options own = *options;
    own.no_target = options->no_target || labels;
    table t = { .cells.budget = &data->budget, .labels.budget = &data->budget, .weights.budget = &data->budget };
    kiln_status status = values_open(&t, input_name(in), &own, header->size[1], err);
    if (status == KILN_OK)
        status = header->by_columns ? take_columns(in, header, &t, err) : take_rows(in, header, &t, err);
    if (status == KILN_OK)
        status = table_encode(&t, data, err);
    table_free(&t);
    return status;
}

/* Three dimensions are grey pictures, four may be coloured ones. */
static kiln_image image_of(const array_header *header)
{
    const size_t channels = header->rank == 4 ? header->size[3] : 1;
    if (header->rank < 3 || header->rank > 4 || (channels != 1 && channels != 3))
        return (kiln_image){ 0 };
    return (kiln_image){ header->size[1], header->size[2], channels };
}

/* An array's first dimension counts samples, the others are one sample's values. */
static kiln_status load_rows(input *in, const array_header *header, const kiln_data_options *options, kiln_data *data,
                             kiln_error *err)
{
    const bool keep = header->type == &array_u8;
    kiln_status status = check_shape(in, header, options->schema, err);
    if (status == KILN_OK)
        status = array_read(in, header, keep ? ARRAY_BYTES : ARRAY_FLOAT, &data->x, err);
    if (status != KILN_OK)
        return status;
    data->samples.count = header->size[0];
    data->samples.features = header->values / header->size[0];
    data->samples.element = keep ? KILN_ELEMENT_U8 : KILN_ELEMENT_F32;
    data->samples.x = data->x.at;
    data->image = image_of(header);
    return describe(input_name(in), options->schema, data, err);
}

/* What has no columns. */
static const char *array_kind(bool idx, bool labels)
{
    return idx ? "an IDX file" : labels ? "an array with labels beside it" : "no matrix";
}

kiln_status samples_load(input *in, const kiln_data_options *options, bool labels, kiln_data *data, kiln_error *err)
{
    array_header header;
    const unsigned char *bytes;
    size_t count;
    kiln_status status = input_peek(in, &bytes, &count, err);
    if (status != KILN_OK)
        return status;
    const bool idx = idx_begins(bytes, count);
    if (options->target && (idx || labels))
        return kiln_fail(err, KILN_EINVAL, "%s: is %s, which has no column '%s': targets are in a file of labels", input_name(in),
                         idx ? "an IDX file" : "an array with labels beside it", options->target);
    status = idx ? idx_header(in, &header, err) : npy_header(in, &header, err);
    if (status != KILN_OK)
        return status;
    if ((options->features || options->ignore || options->text) && (idx || labels || header.rank != 2))
        return kiln_fail(err, KILN_EINVAL, "%s: is %s: it has no columns to choose from (--features, --ignore, --text)",
                         input_name(in), array_kind(idx, labels));
    if (options->weights && (idx || labels || header.rank != 2))
        return kiln_fail(err, KILN_EINVAL, "%s: is %s: it has no column '%s' of weights", input_name(in), array_kind(idx, labels),
                         options->weights);
    if (options->target && header.rank != 2)
        return kiln_fail(err, KILN_EINVAL, "%s: has %zu dimensions, so it has no column '%s': targets are in a file of labels",
                         input_name(in), header.rank, options->target);
    if (labels && !header.type->whole && !options->schema && options->missing == KILN_MISSING_DROP)
        return kiln_fail(
            err, KILN_EINVAL,
            "%s: has its labels beside it, so no row can be left out (--missing drop): fill values in (--missing mean, "
            "median), or leave samples and labels out of both",
            input_name(in));
    if (!idx && is_table(&header, options, labels))
        return load_table(in, &header, options, labels, data, err);
    return load_rows(in, &header, options, data, err);
}

kiln_status array_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    const kiln_status status = samples_load(in, options, options->labels != NULL, data, err);
    return status == KILN_OK && options->labels && !options->no_target ? labels_load_file(options, data, err) : status;
}

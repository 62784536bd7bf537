/* Missing numbers: what takes their place is the mean or the median of the training samples, and of no others. */
#include "data/data.h"

#include "base/memory.h"
#include "data/median.h"
#include "network/reading.h"
#include "network/schema.h"

#include <math.h>
#include <stdlib.h>

static size_t row_of(kiln_subset subset, size_t i)
{
    return subset.rows ? subset.rows[i] : i;
}

static kiln_status check_subset(const kiln_data *data, kiln_subset train, kiln_error *err)
{
    const size_t count = data->samples.count;
    if (train.count == 0)
        return kiln_fail(err, KILN_EINVAL, "there are no training samples to fill missing values from");
    if (!train.rows && train.count > count)
        return kiln_fail(err, KILN_EINVAL, "there are %zu samples, not %zu", count, train.count);
    for (size_t i = 0; train.rows && i < train.count; i++)
        if (train.rows[i] >= count)
            return kiln_fail(err, KILN_EINVAL, "there is no sample %lu: there are %zu", (unsigned long)train.rows[i], count);
    return KILN_OK;
}

/* A column of numbers, and what the training samples have in it. */
typedef struct measure {
    size_t column, offset; /* the offset is in a row of features */
    size_t count;          /* of values that are there */
    double sum;
} measure;

/* One pass over the samples for all columns: they may be on a disk. */
static void add_up(const kiln_data *data, kiln_subset train, measure *m, size_t columns)
{
    const kiln_samples *samples = &data->samples;
    const size_t spacing = reading_spacing(samples, train.count);
    size_t read = 0;
    for (size_t i = 0; i < train.count; i++) {
        const float *row = (const float *)samples->x + row_of(train, i) * samples->features;
        for (size_t c = 0; c < columns; c++) {
            const float value = row[m[c].offset];
            if (isnan(value))
                continue;
            m[c].sum += (double)value;
            m[c].count++;
        }
        reading_count(samples, spacing, &read);
    }
}

static kiln_status find_values(kiln_data *data, kiln_subset train, measure *m, size_t columns, double *value, kiln_error *err)
{
    add_up(data, train, m, columns);
    for (size_t c = 0; c < columns; c++) {
        const char *name = data->schema.column[m[c].column].name;
        if (m[c].count == 0)
            return kiln_fail(err, KILN_EDATA,
                             "column %zu%s%s%s has no value in any of the %zu training samples: leave it out (--ignore)",
                             m[c].column + 1, name ? " ('" : "", name ? name : "", name ? "')" : "", train.count);
        value[c] = m[c].sum / (double)m[c].count;
    }
    if (data->fill == KILN_MISSING_MEAN)
        return KILN_OK;
    size_t *offset = mem_alloc(columns, sizeof *offset);
    if (!offset)
        return kiln_fail_memory(err, 0, "the training samples' medians");
    for (size_t c = 0; c < columns; c++)
        offset[c] = m[c].offset;
    const kiln_status status = medians(&data->samples, train, columns, offset, value, err);
    free(offset);
    return status;
}

static kiln_status measure_all(kiln_data *data, kiln_subset train, kiln_error *err)
{
    kiln_status status = KILN_OK;
    kiln_schema *schema = &data->schema;
    size_t columns = 0, offset = 0;
    measure *m = mem_zeroed(schema->columns, sizeof *m);
    double *value = mem_alloc(schema->columns, sizeof *value);
    if (!m || !value) {
        status = kiln_fail_memory(err, 0, "the training samples' values");
        goto done;
    }
    for (size_t c = 0; c < schema->columns; c++) { /* indicators are not there yet */
        if (schema->column[c].categories == 0)
            m[columns++] = (measure){ .column = c, .offset = offset };
        offset += schema->column[c].categories > 0 ? schema->column[c].categories : 1;
    }
    status = find_values(data, train, m, columns, value, err);
    for (size_t c = 0; status == KILN_OK && c < columns; c++) {
        schema->column[m[c].column].fill = (float)value[c];
        schema->column[m[c].column].indicator = data->indicator && m[c].count < train.count;
    }
done:
    free(m);
    free(value);
    return status;
}

/* Widens each row in place by its indicators, from the last value backwards, as none moves forwards. */
static void widen(const kiln_schema *schema, const spill *values, size_t rows, size_t before, size_t features)
{
    float *x = values->at;
    size_t passed = 0;
    for (size_t i = rows; i-- > 0;) {
        spill_passed(values, features * sizeof *x, &passed);
        const float *from = x + (i + 1) * before;
        float *to = x + (i + 1) * features;
        for (size_t c = schema->columns; c-- > 0;) {
            const kiln_column *column = &schema->column[c];
            if (column->categories == 0)
                to = data_put_number(schema, column, *--from, to);
            for (size_t k = 0; k < column->categories; k++)
                *--to = *--from;
        }
    }
}

/* Makes room for the indicators, and puts them and the values in. */
static kiln_status put_in(kiln_data *data, kiln_error *err)
{
    const size_t before = data->samples.features;
    size_t features, cells;
    if (!schema_features(&data->schema, &features) || !size_product(data->samples.count, features, &cells))
        return kiln_fail_memory(err, 0, "the filled samples");
    const kiln_status status = spill_resize(&data->x, cells, sizeof(float), "the filled samples", err);
    data->samples.x = data->x.at;
    if (status != KILN_OK)
        return status;
    data->samples.features = features;
    data->schema.missing = data->fill;
    widen(&data->schema, &data->x, data->samples.count, before, features);
    return KILN_OK;
}

float *data_put_number(const kiln_schema *schema, const kiln_column *column, float value, float *end)
{
    const bool missing = isnan(value);
    if (column->indicator)
        *--end = missing ? 1.0f : 0.0f;
    *--end = missing && schema_fills(schema) ? column->fill : value;
    return end;
}

kiln_status kiln_data_fill(kiln_data *data, kiln_subset train, kiln_error *err)
{
    if (data->fill == KILN_MISSING_ERROR)
        return KILN_OK;
    kiln_status status = check_subset(data, train, err);
    if (status == KILN_OK)
        status = measure_all(data, train, err);
    if (status == KILN_OK)
        status = put_in(data, err);
    if (status == KILN_OK)
        data->fill = KILN_MISSING_ERROR;
    data_settle(data);
    for (size_t c = 0; status != KILN_OK && c < data->schema.columns; c++)
        data->schema.column[c].indicator = false; /* the samples have none */
    return status;
}

/* Missing numbers: what takes their place is the mean or the median of the training samples, and of no others. */
#include "data/data.h"

#include "base/memory.h"
#include "network/schema.h"

#include <math.h>
#include <stdlib.h>

static size_t row_of(kiln_subset subset, size_t i)
{
    return subset.rows ? subset.rows[i] : i;
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double mean_of(const float *values, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i];
    return sum / (double)count;
}

/* Sorts the values. */
static double median_of(float *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return ((double)values[(count - 1) / 2] + (double)values[count / 2]) / 2.0;
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

/* Measures one numeric column, whose values are at x + row * features. values has room for all training samples. */
static kiln_status measure(const kiln_data *data, kiln_subset train, size_t column, const float *x, float *values, kiln_error *err)
{
    kiln_column *c = &data->schema.column[column];
    size_t count = 0;
    for (size_t i = 0; i < train.count; i++) {
        const float value = x[row_of(train, i) * data->samples.features];
        if (!isnan(value))
            values[count++] = value;
    }
    if (count == 0)
        return kiln_fail(err, KILN_EDATA,
                         "column %zu%s%s%s has no value in any of the %zu training samples: leave it out (--ignore)", column + 1,
                         c->name ? " ('" : "", c->name ? c->name : "", c->name ? "')" : "", train.count);
    c->fill = (float)(data->fill == KILN_MISSING_MEAN ? mean_of(values, count) : median_of(values, count));
    c->indicator = data->indicator && count < train.count;
    return KILN_OK;
}

static kiln_status measure_all(const kiln_data *data, kiln_subset train, kiln_error *err)
{
    kiln_status status = KILN_OK;
    const float *x = data->samples.x;
    float *values = mem_alloc(train.count, sizeof *values);
    if (!values)
        return kiln_fail_memory(err, 0, "the training samples' values");
    for (size_t c = 0; status == KILN_OK && c < data->schema.columns; c++) {
        const kiln_column *column = &data->schema.column[c];
        if (column->categories == 0)
            status = measure(data, train, c, x, values, err);
        x += column->categories > 0 ? column->categories : 1; /* indicators are not there yet */
    }
    free(values);
    return status;
}

/* Widens each row in place by its indicators, from the last value backwards, as none moves forwards. */
static void widen(const kiln_schema *schema, float *x, size_t rows, size_t before, size_t features)
{
    for (size_t i = rows; i-- > 0;) {
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
    float *x = mem_resize(data->x, cells, sizeof *x);
    if (!x)
        return kiln_fail_memory(err, cells <= SIZE_MAX / sizeof *x ? cells * sizeof *x : 0, "the filled samples");
    data->x = x;
    data->samples.x = x;
    data->samples.features = features;
    data->schema.missing = data->fill;
    widen(&data->schema, x, data->samples.count, before, features);
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
    for (size_t c = 0; status != KILN_OK && c < data->schema.columns; c++)
        data->schema.column[c].indicator = false; /* the samples have none */
    return status;
}

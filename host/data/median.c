/* Medians of columns: of few values by sorting, of many by counting, which needs no more memory for more. A first pass over the
 * samples counts values by their upper 16 bits, a second one by the lower 16 bits of those that have the upper ones of the median.
 * Some columns at a time, so that there are few passes and few counts. */
#include "data/median.h"

#include "base/memory.h"
#include "base/status.h"
#include "network/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TOGETHER = 32, HALF = 1 << 16 };

/* Of an even number of values there are two in the middle, of an odd one twice the same. */
enum { LOWER, UPPER, MIDDLES };

typedef struct counts {
    uint32_t high[HALF];
    uint32_t low[MIDDLES][HALF]; /* of values whose upper half is upper[] */
    uint32_t upper[MIDDLES];
    size_t rank[MIDDLES]; /* of the middle among all values, then among those of the same upper half */
} counts;

/* A float's bits, turned so that they are ordered as the numbers are. */
static uint32_t key_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

static double value_of(uint32_t key)
{
    const uint32_t bits = key & 0x80000000u ? key & 0x7fffffffu : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static void count_high(counts *c, uint32_t key)
{
    c->high[key >> 16]++;
}

static void count_low(counts *c, uint32_t key)
{
    for (size_t m = 0; m < MIDDLES; m++)
        if (c->upper[m] == key >> 16)
            c->low[m][key & 0xffff]++;
}

static void pass(const kiln_samples *samples, kiln_subset subset, size_t columns, const size_t *offset, counts *all,
                 void (*count)(counts *c, uint32_t key))
{
    const size_t spacing = reading_spacing(samples, subset.count);
    size_t read = 0;
    for (size_t i = 0; i < subset.count; i++) {
        const float *row = (const float *)samples->x + (subset.rows ? subset.rows[i] : i) * samples->features;
        for (size_t c = 0; c < columns; c++)
            if (!isnan(row[offset[c]]))
                count(&all[c], key_of(row[offset[c]]));
        reading_count(samples, spacing, &read);
    }
}

/* The place of the value of a rank; the rank becomes that among the place's values. */
static uint32_t find(const uint32_t *count, size_t *rank)
{
    uint32_t place = 0;
    for (; *rank >= count[place]; place++)
        *rank -= count[place];
    return place;
}

static void choose_upper(counts *c)
{
    size_t values = 0;
    for (size_t i = 0; i < HALF; i++)
        values += c->high[i];
    c->rank[LOWER] = (values - 1) / 2;
    c->rank[UPPER] = values / 2;
    for (size_t m = 0; m < MIDDLES; m++)
        c->upper[m] = find(c->high, &c->rank[m]);
}

static double middle(counts *c)
{
    double sum = 0.0;
    for (size_t m = 0; m < MIDDLES; m++)
        sum += value_of(c->upper[m] << 16 | find(c->low[m], &c->rank[m]));
    return sum / 2.0;
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static kiln_status sort_few(const kiln_samples *samples, kiln_subset subset, size_t columns, const size_t *offset, double *median,
                            kiln_error *err)
{
    float *value = mem_alloc(subset.count, sizeof *value);
    if (!value)
        return kiln_fail_memory(err, subset.count * sizeof *value, "the training samples' medians");
    for (size_t c = 0; c < columns; c++) {
        const float *x = (const float *)samples->x + offset[c];
        size_t count = 0;
        for (size_t i = 0; i < subset.count; i++) {
            value[count] = x[(subset.rows ? subset.rows[i] : i) * samples->features];
            count += isnan(value[count]) ? 0 : 1;
        }
        qsort(value, count, sizeof *value, by_value);
        median[c] = ((double)value[(count - 1) / 2] + (double)value[count / 2]) / 2.0;
    }
    free(value);
    return KILN_OK;
}

kiln_status medians(const kiln_samples *samples, kiln_subset subset, size_t columns, const size_t *offset, double *median,
                    kiln_error *err)
{
    const size_t most = columns < TOGETHER ? columns : TOGETHER;
    if (subset.count <= HALF)
        return sort_few(samples, subset, columns, offset, median, err);
    for (size_t first = 0; first < columns; first += most) {
        const size_t some = columns - first < most ? columns - first : most;
        counts *all = mem_zeroed(some, sizeof *all);
        if (!all)
            return kiln_fail_memory(err, some * sizeof *all, "the training samples' medians");
        pass(samples, subset, some, offset + first, all, count_high);
        for (size_t c = 0; c < some; c++)
            choose_upper(&all[c]);
        pass(samples, subset, some, offset + first, all, count_low);
        for (size_t c = 0; c < some; c++)
            median[first + c] = middle(&all[c]);
        free(all);
    }
    return KILN_OK;
}

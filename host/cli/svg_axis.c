/* Axes of the page's charts. */
#include "svg_axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MOST = 7 }; /* characters there is room for beside a chart */

double svg_axis_place(const svg_axis *axis, double value)
{
    const double low = axis->logarithmic ? log10(axis->low) : axis->low;
    const double high = axis->logarithmic ? log10(axis->high) : axis->high;
    return ((axis->logarithmic ? log10(value) : value) - low) / (high - low);
}

void svg_axis_widen(svg_axis *axis, size_t count, const double *values)
{
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i])) {
            axis->low = fmin(axis->low, values[i]);
            axis->high = fmax(axis->high, values[i]);
        }
}

svg_axis svg_axis_over(const char *label, size_t count, const double *values)
{
    svg_axis axis = { .label = label, .low = INFINITY, .high = -INFINITY };
    svg_axis_widen(&axis, count, values);
    return axis.low <= axis.high ? axis : (svg_axis){ .label = label, .low = 0.0, .high = 1.0 };
}

void svg_axis_room(svg_axis *axis)
{
    const double span = axis->high - axis->low, scale = fmax(fabs(axis->low), fabs(axis->high));
    const double room = span > 1e-9 * scale ? 0.04 * span : scale > 0.0 ? 0.1 * scale : 0.5;
    if (axis->logarithmic) {
        const double factor = pow(axis->high / axis->low, 0.04);
        axis->low /= factor;
        axis->high *= factor;
        return;
    }
    axis->low = axis->low >= 0.0 && axis->low < room ? 0.0 : axis->low - room;
    axis->high += room;
}

void svg_axis_logarithmic(svg_axis *axis)
{
    axis->logarithmic = axis->low > 0.0 && axis->high / axis->low > 10.0;
}

/* 1, 2 or 5 times a power of ten, at least as large as asked for. */
static double round_step(double least)
{
    const double power = pow(10.0, floor(log10(least)));
    for (double step = power;; step *= 10.0)
        for (size_t i = 0; i < 3; i++)
            if (step * (const double[]){ 1.0, 2.0, 5.0 }[i] >= least * (1.0 - 1e-9))
                return step * (const double[]){ 1.0, 2.0, 5.0 }[i];
}

/* With as many digits as tell a value from the next, a step away. */
static void write_label(double value, double step, char label[SVG_LABEL_BYTES])
{
    static const struct {
        double from;
        const char *suffix;
    } units[] = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } };
    const double size = fabs(value) < 1e-6 * step ? 0.0 : fabs(value);
    const double needed = size > 0.0 ? floor(log10(size)) - floor(log10(step) + 1e-9) + 1.0 : 0.0;
    const int digits = (int)fmin(fmax(needed, 5.0), 17.0);
    for (size_t i = 0; size >= 1e4 && size < 1e12 && i < sizeof units / sizeof *units; i++)
        if (size >= units[i].from) {
            snprintf(label, SVG_LABEL_BYTES, "%.*g%s", digits, value / units[i].from, units[i].suffix);
            return;
        }
    snprintf(label, SVG_LABEL_BYTES, "%.*g", digits, size > 0.0 ? value : 0.0);
}

static void add(svg_ticks *t, double value)
{
    if (t->count < SVG_TICKS_MOST)
        t->at[t->count++] = value;
}

/* A logarithmic axis has its powers of ten, and 2 and 5 times those where there are few. */
static void find_logarithmic(const svg_axis *axis, size_t wanted, svg_ticks *t)
{
    const double first = floor(log10(axis->low)), last = ceil(log10(axis->high)), every = ceil((last - first) / (double)wanted);
    for (double power = first; power <= last; power += every)
        for (size_t i = 0; i < (last - first <= 3.0 ? 3u : 1u); i++) {
            const double value = pow(10.0, power) * (const double[]){ 1.0, 2.0, 5.0 }[i];
            if (value >= axis->low && value <= axis->high)
                add(t, value);
        }
    for (size_t i = 0; i < t->count; i++)
        write_label(t->at[i], t->at[i], t->label[i]);
}

static void find_linear(const svg_axis *axis, size_t wanted, svg_ticks *t)
{
    const double least = (axis->high - axis->low) / (double)wanted;
    const double step = round_step(axis->whole ? fmax(least, 1.0) : least), slack = 1e-6 * step;
    size_t longest = 0;
    for (double n = ceil((axis->low - slack) / step); n * step <= axis->high + slack && t->count < SVG_TICKS_MOST; n++)
        add(t, n * step);
    for (size_t i = 0; i < t->count; i++) {
        write_label(t->at[i], step, t->label[i]);
        longest = strlen(t->label[i]) > longest ? strlen(t->label[i]) : longest;
    }
    if (longest <= LABEL_MOST || fmax(fabs(axis->low), fabs(axis->high)) < 1e3 * step) /* long for its size alone: "-1.5e-12" */
        return;
    t->from = t->at[0];
    for (size_t i = 0; i < t->count; i++)
        write_label((double)i * step, step, t->label[i]); /* the difference has lost digits */
}

void svg_ticks_find(const svg_axis *axis, size_t wanted, svg_ticks *ticks)
{
    *ticks = (svg_ticks){ 0 };
    if (axis->logarithmic)
        find_logarithmic(axis, wanted, ticks);
    else
        find_linear(axis, wanted, ticks);
}

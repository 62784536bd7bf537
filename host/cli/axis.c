/* Axes of charts: ranges and round ticks. */
#include "axis.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MOST = 7 }; /* characters there is room for beside a chart */

/* A part of a step: numbers that differ by less are the same, but for rounding. */
static const double slack = 1e-6;

/* What is not larger is taken for 0: a part of it might not be a number that can be divided by. */
static const double least_step = 1e-300;

double axis_place(const axis *a, double value)
{
    if (a->kind == AXIS_LOGARITHMIC)
        return value > 0.0 || isnan(value) ? (log10(value) - log10(a->low)) / (log10(a->high) - log10(a->low)) : 0.0;
    return (value - a->low) / (a->high - a->low);
}

/* --- ranges */

void axis_widen(axis *a, double value)
{
    if (!isfinite(value))
        return;
    a->low = fmin(a->low, value);
    a->high = fmax(a->high, value);
    a->positive = value > 0.0 ? fmin(a->positive, value) : a->positive;
}

axis axis_over(const char *label, size_t count, const double *values)
{
    axis over = { .label = label, .low = INFINITY, .high = -INFINITY, .positive = INFINITY };
    for (size_t i = 0; i < count; i++)
        axis_widen(&over, values[i]);
    return over;
}

void axis_may_be_logarithmic(axis *a)
{
    if (a->low < 0.0 || !(a->high / a->positive > 10.0))
        return;
    a->kind = AXIS_LOGARITHMIC;
    a->low = a->positive;
}

/* Leaves a part of the range free on both sides, but not past 0, nor past 100 %. */
static void leave_room(axis *a, double part)
{
    if (!(a->low <= a->high)) { /* holds no value */
        a->low = 0.0;
        a->high = 1.0;
    }
    if (a->kind == AXIS_LOGARITHMIC) {
        const double factor = pow(10.0, part * (log10(a->high) - log10(a->low)));
        a->low = fmax(a->low / factor, DBL_TRUE_MIN);
        a->high = fmin(a->high * factor, DBL_MAX);
        return;
    }
    const double span = a->high - a->low, scale = fmax(fabs(a->low), fabs(a->high));
    const bool one = span <= fmax(1e-9 * scale, least_step);
    const double room = !one ? part * span : a->kind == AXIS_WHOLE || scale <= least_step ? 0.5 : 0.1 * scale;
    a->low = a->low >= 0.0 ? fmax(a->low - room, 0.0) : a->low - room;
    a->high = a->kind == AXIS_PERCENT && a->high <= 1.0 ? fmin(a->high + room, 1.0) : a->high + room;
}

void axis_open(axis *a)
{
    leave_room(a, 0.0);
}

void axis_room(axis *a)
{
    leave_room(a, 0.04);
}

/* --- labels */

/* "1e-07" and "1e+07" are longer than they need be. */
static void shorten_exponent(char *label)
{
    char *to = strchr(label, 'e');
    if (!to)
        return;
    const char *from = to + 2;
    to += to[1] == '-' ? 2 : 1;
    from += strspn(from, "0");
    memmove(to, from, strlen(from) + 1);
}

/* With as many digits as tell a value from the next, a step away. */
static void write_number(axis_kind kind, double value, double step, char label[AXIS_LABEL_BYTES])
{
    static const struct {
        double from;
        const char *suffix;
    } units[] = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }, { 0.0, "" } };
    const double factor = kind == AXIS_PERCENT ? 100.0 : 1.0;
    const double size = fabs(value) < slack * step ? 0.0 : factor * fabs(value);
    const double needed = size > 0.0 ? floor(log10(size)) - floor(log10(factor * step) + 1e-9) + 1.0 : 0.0;
    const int digits = (int)fmin(fmax(needed, 5.0), 17.0);
    size_t unit = size >= 1e4 && size < 1e12 ? 0 : 3;
    while (size < units[unit].from)
        unit++;
    const double shown = factor * value / (unit < 3 ? units[unit].from : 1.0);
    snprintf(label, AXIS_LABEL_BYTES, "%.*g", digits, size > 0.0 ? shown : 0.0);
    shorten_exponent(label);
    const size_t length = strlen(label);
    snprintf(label + length, AXIS_LABEL_BYTES - length, "%s%s", units[unit].suffix, kind == AXIS_PERCENT ? " %" : "");
}

void axis_write_label(const axis *a, const axis_ticks *ticks, size_t bytes, char *text)
{
    const bool percent = a->kind == AXIS_PERCENT;
    if (ticks->from != 0.0)
        snprintf(text, bytes, "%s, from %.10g%s on", a->label, percent ? 100.0 * ticks->from : ticks->from, percent ? " %" : "");
    else
        snprintf(text, bytes, "%s", a->label);
}

/* --- ticks */

static void add(axis_ticks *t, double value)
{
    if (t->count < AXIS_TICKS_MOST)
        t->at[t->count++] = value;
}

/* Between two ticks: 1, 2 or 5 times a power of ten, the first that leaves no more ticks than wanted. */
static double find_step(const axis *a, size_t wanted)
{
    const double room = (a->high - a->low) / (double)wanted, least = a->kind == AXIS_WHOLE ? fmax(room, 1.0) : room;
    const double power = pow(10.0, floor(log10(least))), leading = least / power * (1.0 - slack);
    return power * (leading <= 1.0 ? 1.0 : leading <= 2.0 ? 2.0 : leading <= 5.0 ? 5.0 : 10.0);
}

static void add_steps(const axis *a, double step, axis_ticks *t)
{
    size_t longest = 0;
    for (double n = ceil(a->low / step - slack); n <= a->high / step + slack && t->count < AXIS_TICKS_MOST; n++)
        add(t, n * step);
    for (size_t i = 0; i < t->count; i++) {
        write_number(a->kind, t->at[i], step, t->label[i]);
        longest = strlen(t->label[i]) > longest ? strlen(t->label[i]) : longest;
    }
    if (longest <= LABEL_MOST || fmax(fabs(a->low), fabs(a->high)) < 1e3 * step) /* long for its size alone: "-1.5e-12" */
        return;
    t->from = t->at[0];
    for (size_t i = 0; i < t->count; i++)
        write_number(a->kind, (double)i * step, step, t->label[i]); /* the difference has lost digits */
}

/* Where a logarithmic axis may have ticks, 1, 2, 5, 10, 20 ...: the n-th, counted from 1, which is the 0th. */
static double mark(int n)
{
    const int power = (int)floor(n / 3.0);
    return (const double[]){ 1.0, 2.0, 5.0 }[n - 3 * power] * pow(10.0, power);
}

/* The last mark at a power of ten that is not above an axis's beginning. */
static int first_mark(const axis *a)
{
    return 3 * (int)floor(log10(a->low));
}

/* From one tick to the next, in marks: all of them where there are few decades, else powers of ten, or some of those. */
static int find_stride(const axis *a, size_t wanted)
{
    const double decades = log10(a->high) - log10(a->low);
    return decades < 0.6 * (double)wanted ? 1 : 3 * (int)ceil(decades / (double)wanted);
}

static void add_marks(const axis *a, int stride, axis_ticks *t)
{
    const double end = fmin(a->high * (1.0 + slack), DBL_MAX);
    for (int n = first_mark(a); mark(n) <= end; n += stride)
        if (mark(n) >= a->low * (1.0 - slack))
            add(t, mark(n));
    for (size_t i = 0; i < t->count; i++)
        write_number(a->kind, t->at[i], t->at[i], t->label[i]);
}

void axis_find_ticks(const axis *a, size_t wanted, axis_ticks *ticks)
{
    *ticks = (axis_ticks){ 0 };
    if (a->kind == AXIS_LOGARITHMIC)
        add_marks(a, find_stride(a, wanted), ticks);
    else
        add_steps(a, find_step(a, wanted), ticks);
}

static void round_to_marks(axis *a, int stride)
{
    const int each = stride == 1 ? 1 : 3; /* powers of ten, where those alone have ticks */
    int n = first_mark(a);
    while (mark(n + each) <= a->low * (1.0 + slack))
        n += each;
    a->low = mark(n) > 0.0 ? mark(n) : a->low;
    while (mark(n) < a->high * (1.0 - slack))
        n += each;
    a->high = fmin(mark(n), DBL_MAX);
}

static void round_to_steps(axis *a, double step)
{
    const double high = step * ceil(a->high / step - slack);
    a->low = step * floor(a->low / step + slack);
    a->high = a->kind == AXIS_PERCENT ? fmin(high, fmax(a->high, 1.0)) : high;
}

void axis_round(axis *a, size_t wanted, axis_ticks *ticks)
{
    *ticks = (axis_ticks){ 0 };
    axis_open(a);
    if (a->kind == AXIS_LOGARITHMIC) {
        const int stride = find_stride(a, wanted);
        round_to_marks(a, stride);
        add_marks(a, stride, ticks);
    } else {
        const double step = find_step(a, wanted);
        round_to_steps(a, step);
        add_steps(a, step, ticks);
    }
}

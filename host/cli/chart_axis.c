/* Axes: ranges and round ticks. */
#include "chart_axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* From this ratio of the largest to the smallest on, a curve is read better on logarithms: one and a half decades. */
static const double wide = 30.0;

/* Of 1, 2 and 5 times a power of ten the first that is not below `least`. */
static double round_step(double least)
{
    const double power = pow(10.0, floor(log10(least)));
    const double leading = least / power * (1.0 - 1e-9); /* 1.9999 and 2.0001 are the same */
    return power * (leading <= 1.0 ? 1.0 : leading <= 2.0 ? 2.0 : leading <= 5.0 ? 5.0 : 10.0);
}

/* "0.05", "250000", "1e-5" and not "1e-05". */
static void write_label(axis *a, double value, bool percent)
{
    char *label = a->label[a->ticks];
    snprintf(label, AXIS_LABEL_BYTES, "%.6g", percent ? 100.0 * value : value);
    char *exponent = strchr(label, 'e');
    if (exponent) {
        char *to = exponent + 1, *from = to + 1; /* behind the sign */
        to += *to == '-';
        from += strspn(from, "0");
        memmove(to, from, strlen(from) + 1);
    }
    if (percent)
        strcat(label, " %");
}

static void add_tick(axis *a, double value, bool percent)
{
    if (a->ticks == AXIS_TICKS_MOST)
        return;
    a->tick[a->ticks] = value;
    write_label(a, value, percent);
    a->ticks++;
}

static void fit_linear(axis_kind kind, size_t wanted, axis *a)
{
    if (!(a->most - a->least > 1e-12 * fmax(fabs(a->most), fabs(a->least)))) { /* one value, or rounding's noise about one */
        const double around = a->most != 0.0 ? 0.1 * fabs(a->most) : 1.0;
        a->least -= kind == AXIS_WHOLE ? 1.0 : around;
        a->most += kind == AXIS_WHOLE ? 1.0 : around;
    }
    double step = round_step((a->most - a->least) / (double)wanted);
    if (kind == AXIS_WHOLE && step < 1.0)
        step = 1.0;
    const double down = floor(a->least / step + 1e-9), up = ceil(a->most / step - 1e-9);
    if (kind != AXIS_WHOLE) {
        a->least = down * step;
        a->most = kind == AXIS_PERCENT ? fmin(up * step, fmax(a->most, 1.0)) : up * step;
    }
    for (double tick = down; tick <= up && a->ticks < AXIS_TICKS_MOST; tick++)
        if (tick * step >= a->least - 1e-9 * step && tick * step <= a->most + 1e-9 * step)
            add_tick(a, tick == 0.0 ? 0.0 : tick * step, kind == AXIS_PERCENT);
}

/* Ticks at powers of ten, some left out where there are many; also at 2 and 5 times them where there are few. */
static void fit_logarithmic(size_t wanted, axis *a)
{
    static const double leading[] = { 1.0, 2.0, 5.0 };
    const double decades = log10(a->most) - log10(a->least);
    const bool few = decades < 0.6 * (double)wanted;
    const int every = few ? 1 : (int)ceil(decades / (double)wanted);
    const int first = (int)floor(log10(a->least)), last = (int)ceil(log10(a->most));
    double before = 0.0, after = 0.0;
    for (int power = first; power <= last && after == 0.0; power++)
        for (size_t i = 0; i < (few ? 3u : 1u) && after == 0.0; i++) {
            const double tick = leading[i] * pow(10.0, power);
            if (tick <= a->least * (1.0 + 1e-9))
                before = tick;
            else if (tick >= a->most * (1.0 - 1e-9))
                after = tick;
        }
    a->least = before > 0.0 ? before : a->least;
    a->most = after > 0.0 ? after : a->most;
    for (int power = first; power <= last; power += every)
        for (size_t i = 0; i < (few ? 3u : 1u); i++) {
            const double tick = leading[i] * pow(10.0, power);
            if (tick >= a->least * (1.0 - 1e-9) && tick <= a->most * (1.0 + 1e-9))
                add_tick(a, tick, false);
        }
    a->logarithmic = true;
}

void axis_fit(axis_kind kind, axis_range range, size_t wanted, axis *fitted)
{
    *fitted = (axis){ .least = range.least, .most = range.most };
    if (kind == AXIS_WIDE && range.least >= 0.0 && range.most / range.least_positive >= wide) {
        fitted->least = range.least_positive;
        fit_logarithmic(wanted, fitted);
    } else {
        fit_linear(kind, wanted, fitted);
    }
}

double axis_place(const axis *a, double value)
{
    if (a->logarithmic)
        return value > 0.0 || isnan(value) ? (log(value) - log(a->least)) / (log(a->most) - log(a->least)) : 0.0;
    return (value - a->least) / (a->most - a->least);
}

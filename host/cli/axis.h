/* An axis of a chart: its range, its ticks at round numbers whose labels are short and differ, and where a value is on it.
 * Draws nothing: the page's charts (svg.h) and those of kiln plot (chart.h) do. */
#ifndef KILN_CLI_AXIS_H
#define KILN_CLI_AXIS_H

#include <stddef.h>

typedef enum axis_kind {
    AXIS_LINEAR,
    AXIS_WHOLE,   /* no ticks between whole numbers */
    AXIS_PERCENT, /* shares: 1 is labelled 100 %, and the end of what does not hold more */
    AXIS_LOGARITHMIC,
} axis_kind;

typedef struct axis {
    const char *label;
    axis_kind kind;
    double low, high;
    double positive; /* the least value above 0 that it was widened for */
} axis;

/* An axis that holds all finite values of a list. What was measured needs axis_open, axis_room or axis_round in the end. */
axis axis_over(const char *label, size_t count, const double *values);

/* Widens an axis for one more value, if it is finite. */
void axis_widen(axis *a, double value);

/* Makes an axis logarithmic where its values are not negative, and those above 0 span more than a decade. */
void axis_may_be_logarithmic(axis *a);

/* Leaves room around what is but one value, or rounding's noise about one; 0 to 1 where there is none. */
void axis_open(axis *a);

/* Leaves a little room on both sides of any range, but not past 0. */
void axis_room(axis *a);

enum { AXIS_TICKS_MOST = 16, AXIS_LABEL_BYTES = 32 };

typedef struct axis_ticks {
    size_t count;
    double at[AXIS_TICKS_MOST];
    char label[AXIS_TICKS_MOST][AXIS_LABEL_BYTES]; /* "0.05", "250", "1.5M", "1e-7", "20 %" */
    double from; /* labels count from here, where they would be too long for what is far from 0 and close together; else 0 */
} axis_ticks;

/* Finds about `wanted` ticks of an axis. */
void axis_find_ticks(const axis *a, size_t wanted, axis_ticks *ticks);

/* Widens an axis to the next tick on both sides, and finds its ticks. */
void axis_round(axis *a, size_t wanted, axis_ticks *ticks);

/* Writes an axis's label, and behind it what its ticks count from. */
void axis_write_label(const axis *a, const axis_ticks *ticks, size_t bytes, char *text);

/* 0 at the axis's beginning, 1 at its end; 0 for what is 0 on a logarithmic axis. */
double axis_place(const axis *a, double value);

#endif

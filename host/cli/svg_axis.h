/* Axes of the page's charts: ranges, and ticks at round numbers whose labels are short and differ. Draws nothing. */
#ifndef KILN_CLI_SVG_AXIS_H
#define KILN_CLI_SVG_AXIS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct svg_axis {
    const char *label;
    double low, high;
    bool logarithmic;
    bool whole; /* no ticks between whole numbers */
} svg_axis;

/* An axis that holds all finite values of a list; 0 to 1 where there are none. */
svg_axis svg_axis_over(const char *label, size_t count, const double *values);

/* Widens an axis for more values. */
void svg_axis_widen(svg_axis *axis, size_t count, const double *values);

/* Makes an axis logarithmic where its values are positive and span more than a decade. */
void svg_axis_logarithmic(svg_axis *axis);

/* Leaves a little room on both sides, but not past 0. Each axis that was measured needs it: values may all be the same. */
void svg_axis_room(svg_axis *axis);

enum { SVG_TICKS_MOST = 16, SVG_LABEL_BYTES = 24 };

typedef struct svg_ticks {
    size_t count;
    double at[SVG_TICKS_MOST];
    char label[SVG_TICKS_MOST][SVG_LABEL_BYTES]; /* "0.05", "250", "1.5M" */
    double from; /* labels count from here, where they would be too long for what is far from 0 and close together; else 0 */
} svg_ticks;

/* Finds about `wanted` ticks of an axis. */
void svg_ticks_find(const svg_axis *axis, size_t wanted, svg_ticks *ticks);

/* 0 at the axis's beginning, 1 at its end. */
double svg_axis_place(const svg_axis *axis, double value);

#endif

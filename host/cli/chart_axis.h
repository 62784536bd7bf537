/* An axis of a chart: its range, its ticks at round numbers, and where a value is on it. Draws nothing. */
#ifndef KILN_CLI_CHART_AXIS_H
#define KILN_CLI_CHART_AXIS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum axis_kind {
    AXIS_LINEAR,
    AXIS_WHOLE,   /* ticks at whole numbers; the range is not rounded */
    AXIS_PERCENT, /* shares, 1 is labelled 100 % */
    AXIS_WIDE,    /* logarithmic where the values are not negative, and those above 0 are far apart */
} axis_kind;

enum { AXIS_TICKS_MOST = 24, AXIS_LABEL_BYTES = 24 };

typedef struct axis {
    double least, most; /* of values; the range drawn, rounded outwards to ticks */
    bool logarithmic;
    size_t ticks;
    double tick[AXIS_TICKS_MOST];
    char label[AXIS_TICKS_MOST][AXIS_LABEL_BYTES];
} axis;

/* Of the values to show; least_positive is the smallest above 0. */
typedef struct axis_range {
    double least, least_positive, most;
} axis_range;

/* Fits an axis to finite values, with about `wanted` ticks. */
void axis_fit(axis_kind kind, axis_range range, size_t wanted, axis *fitted);

/* 0 at the axis's beginning, 1 at its end; 0 for what is 0 on a logarithmic axis. */
double axis_place(const axis *a, double value);

#endif

/* Charts of lines in panels beside each other, with a legend over them, as an SVG or PNG file. */
#ifndef KILN_CLI_CHART_H
#define KILN_CLI_CHART_H

#include "axis.h"

#include <kiln/status.h>
#include <stdbool.h>
#include <stddef.h>

enum { CHART_COLOURS = 8 };

typedef struct chart_line {
    size_t count;
    const double *x, *y; /* the first of `count` values; NaN: a gap */
    size_t stride;       /* doubles from one value to the next */
    size_t colour;       /* below CHART_COLOURS */
    bool dashed;
} chart_line;

typedef struct chart_panel {
    const char *title;
    axis_kind kind; /* of the vertical axis */
    bool may_be_logarithmic;
    size_t lines;
    const chart_line *line;
} chart_panel;

/* What a look means. */
typedef struct chart_key {
    const char *name;
    size_t colour;
    bool dashed;
} chart_key;

typedef struct chart {
    const char *title, *x_title;
    size_t panels, keys;
    const chart_panel *panel;
    const chart_key *key;
} chart;

typedef enum chart_format { CHART_SVG, CHART_PNG } chart_format;

/* Draws a chart into a file that is written whole or not at all; "-" is standard output.
 * Returns KILN_EIO, KILN_ENOMEM, KILN_EUNSUPPORTED where the program was built without the library that draws. */
kiln_status chart_write(const chart *c, const char *path, chart_format format, kiln_error *err);

#endif

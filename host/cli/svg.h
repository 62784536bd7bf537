/* Charts as SVG inside a page: axes, lines, dots and bars, coloured by the page's style, so that they follow light and dark.
 * Written by hand: C libraries that draw SVG (cairo, plplot) turn text into outlines and know no style sheets. */
#ifndef KILN_CLI_SVG_H
#define KILN_CLI_SVG_H

#include "axis.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct svg_chart {
    FILE *to;
    axis x, y;
} svg_chart;

/* A figure with a caption, and its grid, ticks and labels. */
void svg_begin(const svg_chart *chart, const char *caption);

/* A line of a series' colour; values that are not finite interrupt it, points that could not be told apart are left out.
 * name  shown where a pointer rests on it. */
void svg_line(const svg_chart *chart, size_t series, const char *name, size_t count, const double *x, const double *y);

/* Dots of a series' colour. Only some of more than 2000, evenly. */
void svg_dots(const svg_chart *chart, size_t series, bool large, size_t count, const double *x, const double *y);

/* Bars from 0: bar i from edge i to i + 1. */
void svg_bars(const svg_chart *chart, size_t count, const double *edge, const double *height);

/* A thin dashed line, for comparison. */
void svg_guide(const svg_chart *chart, double x0, double y0, double x1, double y1);

/* Ends the drawing; then may come a legend, svg_key by svg_key, and svg_legend_end; and the figure's end. */
void svg_end(const svg_chart *chart);
void svg_legend(FILE *to);
void svg_key(FILE *to, size_t series, const char *format, ...) __attribute__((format(printf, 3, 4)));
void svg_legend_end(FILE *to);
void svg_figure_end(FILE *to);

#endif

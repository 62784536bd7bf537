/* Charts as SVG inside a page. */
#include "svg.h"

#include "html.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the drawing's own units, which are about a pixel each. */
enum { WIDTH = 420, HEIGHT = 280, LEFT = 64, RIGHT = 18, TOP = 28, BOTTOM = 46 };
enum { TICKS_ACROSS = 5, TICKS_UP = 6, LINE_MOST = 4000, DOTS_MOST = 2000, COLOURS = 10 };

static double place(const svg_axis *axis, double value)
{
    const double low = axis->logarithmic ? log10(axis->low) : axis->low;
    const double high = axis->logarithmic ? log10(axis->high) : axis->high;
    return ((axis->logarithmic ? log10(value) : value) - low) / (high - low);
}

static double x_of(const svg_chart *c, double value)
{
    return LEFT + place(&c->x, value) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const svg_chart *c, double value)
{
    return HEIGHT - BOTTOM - place(&c->y, value) * (HEIGHT - TOP - BOTTOM);
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

/* "0.05", "250", "1.5M": the axis has room for a few characters; but as many digits as tell it from the next, a step away. */
static void number_text(double value, double step, char *text, size_t bytes)
{
    static const struct {
        double from;
        const char *suffix;
    } units[] = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" } };
    const double size = fabs(value), needed = size > 0.0 && step > 0.0 ? floor(log10(size)) - floor(log10(step) + 1e-9) + 1.0 : 0.0;
    const int digits = (int)fmin(fmax(needed, 5.0), 12.0);
    for (size_t i = 0; size >= 1e4 && size < 1e12 && i < sizeof units / sizeof *units; i++)
        if (size >= units[i].from) {
            snprintf(text, bytes, "%.*g%s", digits, value / units[i].from, units[i].suffix);
            return;
        }
    snprintf(text, bytes, "%.*g", digits, value);
}

static void tick(const svg_chart *c, bool across, double value, double step)
{
    const svg_axis *axis = across ? &c->x : &c->y;
    char text[32];
    number_text(fabs(value) < 1e-9 * (axis->high - axis->low) && !axis->logarithmic ? 0.0 : value, step, text, sizeof text);
    if (across) {
        const double x = x_of(c, value);
        fprintf(c->to, "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n", x,
                TOP, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 17, text);
    } else {
        const double y = y_of(c, value);
        fprintf(c->to, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", LEFT, y,
                WIDTH - RIGHT, LEFT - 7, y + 4.0, text);
    }
}

/* A logarithmic axis has its powers of ten, and 2 and 5 times those where there are few. */
static void logarithmic_ticks(const svg_chart *c, bool across, const svg_axis *axis)
{
    const double first = floor(log10(axis->low)), last = ceil(log10(axis->high));
    const double every = ceil((last - first) / (across ? TICKS_ACROSS : TICKS_UP));
    for (double power = first; power <= last; power += every)
        for (size_t i = 0; i < (last - first <= 3.0 ? 3u : 1u); i++) {
            const double value = pow(10.0, power) * (const double[]){ 1.0, 2.0, 5.0 }[i];
            if (value >= axis->low && value <= axis->high)
                tick(c, across, value, value);
        }
}

static void ticks(const svg_chart *c, bool across)
{
    const svg_axis *axis = across ? &c->x : &c->y;
    if (axis->logarithmic) {
        logarithmic_ticks(c, across, axis);
        return;
    }
    const double least = (axis->high - axis->low) / (across ? TICKS_ACROSS : TICKS_UP);
    const double step = round_step(axis->whole ? fmax(least, 1.0) : least), slack = 1e-6 * step;
    for (double n = ceil((axis->low - slack) / step); n * step <= axis->high + slack; n++)
        tick(c, across, n * step, step);
}

/* "Loss (logarithmic)" says "loss": right below it, the axis need not. */
static bool says(const char *caption, const char *label)
{
    const size_t length = strlen(label);
    return strncasecmp(caption, label, length) == 0 && (caption[length] == '\0' || strncmp(caption + length, " (", 2) == 0);
}

void svg_begin(const svg_chart *c, const char *caption)
{
    fputs("<figure>\n<figcaption>", c->to);
    html_text(c->to, caption);
    fprintf(
        c->to,
        "</figcaption>\n<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
        WIDTH, HEIGHT);
    html_print(c->to, "%s: %s over %s", caption, c->y.label, c->x.label);
    fputs("\">\n", c->to);
    ticks(c, true);
    ticks(c, false);
    fprintf(c->to, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", LEFT, TOP,
            HEIGHT - BOTTOM, WIDTH - RIGHT, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
    html_text(c->to, c->x.label);
    fputs("</text>\n", c->to);
    if (!says(caption, c->y.label)) {
        fprintf(c->to, "<text x=\"0\" y=\"%d\">", TOP - 14);
        html_text(c->to, c->y.label);
        fputs("</text>\n", c->to);
    }
}

static void series_class(FILE *to, const char *kind, size_t series)
{
    fprintf(to, "class=\"%s s%zu%s\"", kind, series % COLOURS, series / COLOURS % 2 ? " again" : "");
}

static void title(FILE *to, const char *name)
{
    fputs("<title>", to);
    html_text(to, name);
    fputs("</title>", to);
}

void svg_line(const svg_chart *c, size_t series, const char *name, size_t count, const double *x, const double *y)
{
    const size_t every = count > LINE_MOST ? (count + LINE_MOST - 1) / LINE_MOST : 1;
    double last_x = -WIDTH, last_y = -HEIGHT;
    bool broken = true;
    fputs("<path ", c->to);
    series_class(c->to, "line", series);
    fputs(" d=\"", c->to);
    for (size_t i = 0; i < count; i++) {
        const double at_x = x_of(c, x[i]), at_y = y_of(c, y[i]);
        if (!isfinite(at_x) || !isfinite(at_y)) {
            broken = true;
            continue;
        }
        const bool shown = i % every == 0 && fabs(at_x - last_x) + fabs(at_y - last_y) >= 1.0;
        if (!broken && !shown && i + 1 < count)
            continue;
        fprintf(c->to, "%c%.1f %.1f", broken ? 'M' : 'L', at_x, at_y);
        last_x = at_x;
        last_y = at_y;
        broken = false;
    }
    fputs("\">", c->to);
    title(c->to, name);
    fputs("</path>\n", c->to);
}

void svg_dots(const svg_chart *c, size_t series, bool large, size_t count, const double *x, const double *y)
{
    const size_t shown = count < DOTS_MOST ? count : DOTS_MOST;
    fputs("<path ", c->to);
    series_class(c->to, large ? "dots large" : "dots", series);
    fputs(" d=\"", c->to);
    for (size_t n = 0; n < shown; n++) {
        const size_t i = (size_t)((double)n * (double)count / (double)shown);
        const double at_x = x_of(c, x[i]), at_y = y_of(c, y[i]);
        if (isfinite(at_x) && isfinite(at_y))
            fprintf(c->to, "M%.1f %.1fh0", at_x, at_y);
    }
    fputs("\"/>\n", c->to);
}

void svg_bars(const svg_chart *c, size_t count, const double *edge, const double *height)
{
    fputs("<path class=\"fill s0\" d=\"", c->to);
    for (size_t i = 0; i < count; i++)
        if (height[i] > 0.0)
            fprintf(c->to, "M%.2f %dV%.2fH%.2fV%dz", x_of(c, edge[i]) + 0.3, HEIGHT - BOTTOM, y_of(c, height[i]),
                    x_of(c, edge[i + 1]) - 0.3, HEIGHT - BOTTOM);
    fputs("\"/>\n", c->to);
}

void svg_guide(const svg_chart *c, double x0, double y0, double x1, double y1)
{
    fprintf(c->to, "<path class=\"thin\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x_of(c, x0), y_of(c, y0), x_of(c, x1), y_of(c, y1));
}

void svg_end(const svg_chart *c)
{
    fputs("</svg>\n", c->to);
}

void svg_legend(FILE *to)
{
    fputs("<ul class=\"legend\">\n", to);
}

void svg_key(FILE *to, size_t series, const char *format, ...)
{
    char text[512];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    fputs("<li ", to);
    series_class(to, "key", series);
    fputs("><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 22 10\" aria-hidden=\"true\"><path d=\"M0 5H22\"/></svg>", to);
    html_text(to, text);
    fputs("</li>\n", to);
}

void svg_legend_end(FILE *to)
{
    fputs("</ul>\n", to);
}

void svg_figure_end(FILE *to)
{
    fputs("</figure>\n", to);
}

/* Charts as SVG inside a page. */
#include "svg.h"

#include "html.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the drawing's own units, which are about a pixel each. */
enum { WIDTH = 420, HEIGHT = 280, LEFT = 64, RIGHT = 18, TOP = 28, BOTTOM = 48 };
enum { LABEL_MOST = 128, TICKS_ACROSS = 5, TICKS_UP = 6, LINE_MOST = 4000, DOTS_MOST = 2000, COLOURS = 10 };

static double x_of(const svg_chart *c, double value)
{
    return LEFT + axis_place(&c->x, value) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const svg_chart *c, double value)
{
    return HEIGHT - BOTTOM - axis_place(&c->y, value) * (HEIGHT - TOP - BOTTOM);
}

/* The ticks of one axis; and its label, behind it what the ticks count from. */
static void write_ticks(const svg_chart *c, bool across, char *label, size_t bytes)
{
    const axis *a = across ? &c->x : &c->y;
    axis_ticks t;
    axis_find_ticks(a, across ? TICKS_ACROSS : TICKS_UP, &t);
    for (size_t i = 0; i < t.count; i++)
        if (across) {
            const double x = x_of(c, t.at[i]);
            fprintf(c->to, "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                    x, TOP, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 21, t.label[i]);
        } else {
            const double y = y_of(c, t.at[i]);
            fprintf(c->to, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n",
                    LEFT, y, WIDTH - RIGHT, LEFT - 7, y + 4.0, t.label[i]);
        }
    axis_write_label(a, &t, bytes, label);
}

/* "Loss (logarithmic)" says "loss": right below it, the axis need not. */
static bool says(const char *caption, const char *label)
{
    const size_t length = strlen(label);
    return strncasecmp(caption, label, length) == 0 && (caption[length] == '\0' || strncmp(caption + length, " (", 2) == 0);
}

void svg_begin(const svg_chart *c, const char *caption)
{
    char x_label[LABEL_MOST], y_label[LABEL_MOST];
    fputs("<figure>\n<figcaption>", c->to);
    html_text(c->to, caption);
    fprintf(
        c->to,
        "</figcaption>\n<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"",
        WIDTH, HEIGHT);
    html_print(c->to, "%s: %s over %s", caption, c->y.label, c->x.label);
    fputs("\">\n", c->to);
    write_ticks(c, true, x_label, sizeof x_label);
    write_ticks(c, false, y_label, sizeof y_label);
    fprintf(c->to, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", LEFT, TOP,
            HEIGHT - BOTTOM, WIDTH - RIGHT, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8);
    html_text(c->to, x_label);
    fputs("</text>\n", c->to);
    if (!says(caption, y_label)) {
        fprintf(c->to, "<text x=\"0\" y=\"%d\">", TOP - 14);
        html_text(c->to, y_label);
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

/* Drawing charts, with cairo. */
#include "chart.h"
#include "message.h"
#include "output.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* Sizes in SVG's points; a PNG has PNG_SCALE pixels for each. */
enum { PANEL_WIDTH = 400, PANEL_HEIGHT = 300, MARGIN = 16, PNG_SCALE = 2 };
enum { LEFT = 62, RIGHT = 24, TOP = 30, BOTTOM = 44 }; /* of a panel, around where its lines are */
enum { TITLE_HEIGHT = 26, KEY_HEIGHT = 20, KEY_LINE = 26, KEY_GAP = 22 };
enum { TICKS = 6 /* about so many an axis */, LABEL_BYTES = 128 };

static const double text_size = 12.0, title_size = 15.0;

typedef struct colour {
    double red, green, blue;
} colour;

/* Okabe and Ito's, which people tell apart who see fewer colours; grey in place of their yellow, which is faint on white. */
static const colour palette[CHART_COLOURS] = {
    { 0.00, 0.45, 0.70 }, { 0.84, 0.37, 0.00 }, { 0.00, 0.62, 0.45 }, { 0.80, 0.47, 0.65 },
    { 0.90, 0.62, 0.00 }, { 0.34, 0.71, 0.91 }, { 0.00, 0.00, 0.00 }, { 0.55, 0.55, 0.55 },
};
static const colour ink = { 0.15, 0.15, 0.15 }, faint = { 0.88, 0.88, 0.88 };

typedef struct box {
    double x, y, width, height;
} box;

static void use(cairo_t *cr, colour c)
{
    cairo_set_source_rgb(cr, c.red, c.green, c.blue);
}

static double text_width(cairo_t *cr, const char *text)
{
    cairo_text_extents_t about;
    cairo_text_extents(cr, text, &about);
    return about.x_advance;
}

/* Text whose anchor is at (x, y) on its base line: 0 its left end, 0.5 its middle, 1 its right end. */
static void draw_text(cairo_t *cr, const char *text, double x, double y, double anchor)
{
    cairo_move_to(cr, x - anchor * text_width(cr, text), y);
    cairo_show_text(cr, text);
}

static void set_font(cairo_t *cr, double size, bool bold)
{
    cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL, bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
}

static void set_look(cairo_t *cr, size_t which, bool dashed)
{
    static const double dashes[] = { 5.0, 3.0 };
    use(cr, palette[which % CHART_COLOURS]);
    cairo_set_line_width(cr, 1.6);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(cr, dashes, dashed ? 2 : 0, 0.0);
}

/* --- lines */

static const double dot_radius = 1.6;

/* The points that fall in one column of pixels: four of them draw what all would. */
typedef struct bundle {
    double x, first, least, most, last;
    size_t count;
} bundle;

static void end_bundle(cairo_t *cr, bundle *b)
{
    if (b->count > 0)
        cairo_line_to(cr, b->x, b->first); /* begins a line where there is none */
    if (b->count > 1) {
        cairo_line_to(cr, b->x, b->least);
        cairo_line_to(cr, b->x, b->most);
        cairo_line_to(cr, b->x, b->last);
    }
    b->count = 0;
}

/* Where the i-th point of a line goes; false where one of its numbers is not known, or there is no such point. */
static bool place_point(const chart_line *l, size_t i, const axis *x, const axis *y, box at, bundle *point)
{
    if (i >= l->count)
        return false;
    point->x = at.x + at.width * axis_place(x, l->x[i * l->stride]);
    point->first = at.y + at.height * (1.0 - axis_place(y, l->y[i * l->stride]));
    point->least = point->most = point->last = point->first;
    point->count = 1;
    return isfinite(point->x) && isfinite(point->first);
}

static void draw_line(cairo_t *cr, const chart_line *l, const axis *x, const axis *y, box at)
{
    static const double column = 1.0 / PNG_SCALE;
    bundle b = { .count = 0 }, point, next;
    set_look(cr, l->colour, l->dashed);
    cairo_new_path(cr);
    for (size_t i = 0; i < l->count; i++) {
        if (!place_point(l, i, x, y, at, &point)) {
            end_bundle(cr, &b);
            cairo_new_sub_path(cr);
            continue;
        }
        if (b.count > 0 && point.x - b.x < column) {
            b.least = fmin(b.least, point.first);
            b.most = fmax(b.most, point.first);
            b.last = point.first;
            b.count++;
            continue;
        }
        const bool alone = b.count == 0 && !place_point(l, i + 1, x, y, at, &next);
        end_bundle(cr, &b);
        b = point;
        if (!alone)
            continue;
        cairo_new_sub_path(cr);
        cairo_arc(cr, point.x, point.first, dot_radius, 0.0, 6.2831853);
        b.count = 0;
    }
    end_bundle(cr, &b);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0.0);
}

/* --- a panel */

/* Widens an axis for one coordinate of a panel's points, where they have both. */
static void widen(axis *a, const chart_panel *p, bool horizontal)
{
    for (size_t l = 0; l < p->lines; l++)
        for (size_t i = 0; i < p->line[l].count; i++) {
            const double x = p->line[l].x[i * p->line[l].stride], y = p->line[l].y[i * p->line[l].stride];
            if (isfinite(x) && isfinite(y))
                axis_widen(a, horizontal ? x : y);
        }
}

/* An axis with its ticks. */
typedef struct scale {
    axis axis;
    axis_ticks ticks;
} scale;

/* The epochs of all panels: one that ends at the last of them, whether there is a tick or not. */
static scale fit_across(const chart *c)
{
    scale s = { .axis = axis_over(c->x_title, 0, NULL) };
    s.axis.kind = AXIS_WHOLE;
    for (size_t i = 0; i < c->panels; i++)
        widen(&s.axis, &c->panel[i], true);
    axis_open(&s.axis);
    axis_find_ticks(&s.axis, TICKS, &s.ticks);
    return s;
}

static scale fit_up(const chart_panel *p)
{
    scale s = { .axis = axis_over(p->title, 0, NULL) };
    s.axis.kind = p->kind;
    widen(&s.axis, p, false);
    if (p->may_be_logarithmic)
        axis_may_be_logarithmic(&s.axis);
    axis_round(&s.axis, TICKS, &s.ticks);
    return s;
}

static void draw_axes(cairo_t *cr, const scale *x, const scale *y, box at)
{
    set_font(cr, text_size, false);
    cairo_set_line_width(cr, 1.0);
    for (size_t i = 0; i < y->ticks.count; i++) {
        const double py = at.y + at.height * (1.0 - axis_place(&y->axis, y->ticks.at[i]));
        use(cr, faint);
        cairo_move_to(cr, at.x, py);
        cairo_line_to(cr, at.x + at.width, py);
        cairo_stroke(cr);
        use(cr, ink);
        draw_text(cr, y->ticks.label[i], at.x - 6.0, py + 0.35 * text_size, 1.0);
    }
    for (size_t i = 0; i < x->ticks.count; i++) {
        const double px = at.x + at.width * axis_place(&x->axis, x->ticks.at[i]);
        use(cr, ink);
        cairo_move_to(cr, px, at.y + at.height);
        cairo_line_to(cr, px, at.y + at.height + 4.0);
        cairo_stroke(cr);
        draw_text(cr, x->ticks.label[i], px, at.y + at.height + 17.0, 0.5);
    }
    use(cr, ink);
    cairo_move_to(cr, at.x, at.y);
    cairo_line_to(cr, at.x, at.y + at.height);
    cairo_line_to(cr, at.x + at.width, at.y + at.height);
    cairo_stroke(cr);
}

static void draw_panel(cairo_t *cr, const chart *c, const chart_panel *p, double left, double top)
{
    const box at = { left + LEFT, top + TOP, PANEL_WIDTH - LEFT - RIGHT, PANEL_HEIGHT - TOP - BOTTOM };
    const scale x = fit_across(c), y = fit_up(p);
    char text[LABEL_BYTES];
    draw_axes(cr, &x, &y, at);
    axis_write_label(&x.axis, &x.ticks, sizeof text, text);
    draw_text(cr, text, at.x + 0.5 * at.width, at.y + at.height + 34.0, 0.5);
    set_font(cr, text_size, true);
    axis_write_label(&y.axis, &y.ticks, sizeof text, text);
    draw_text(cr, text, at.x, at.y - 10.0, 0.0);
    for (size_t l = 0; l < p->lines; l++)
        draw_line(cr, &p->line[l], &x.axis, &y.axis, at);
}

/* --- the whole */

/* Draws the legend, or where `draws` is false only finds its height. */
static double legend(cairo_t *cr, const chart *c, double top, double width, bool draws)
{
    double x = MARGIN, y = top;
    set_font(cr, text_size, false);
    for (size_t i = 0; i < c->keys; i++) {
        const double needed = KEY_LINE + 6.0 + text_width(cr, c->key[i].name);
        if (x > MARGIN && x + needed > width - MARGIN) {
            x = MARGIN;
            y += KEY_HEIGHT;
        }
        if (draws) {
            set_look(cr, c->key[i].colour, c->key[i].dashed);
            cairo_move_to(cr, x, y + 0.5 * KEY_HEIGHT);
            cairo_line_to(cr, x + KEY_LINE, y + 0.5 * KEY_HEIGHT);
            cairo_stroke(cr);
            cairo_set_dash(cr, NULL, 0, 0.0);
            use(cr, ink);
            draw_text(cr, c->key[i].name, x + KEY_LINE + 6.0, y + 0.5 * KEY_HEIGHT + 0.35 * text_size, 0.0);
        }
        x += needed + KEY_GAP;
    }
    return y + (c->keys > 0 ? KEY_HEIGHT : 0) - top;
}

static void draw(cairo_t *cr, const chart *c, double width)
{
    cairo_set_source_rgb(cr, 1.0, 1.0, 1.0);
    cairo_paint(cr);
    use(cr, ink);
    set_font(cr, title_size, true);
    draw_text(cr, c->title, MARGIN, MARGIN + title_size, 0.0);
    const double top = MARGIN + TITLE_HEIGHT, below = top + legend(cr, c, top, width, true);
    for (size_t i = 0; i < c->panels; i++)
        draw_panel(cr, c, &c->panel[i], MARGIN / 2.0 + (double)(i * PANEL_WIDTH), below);
}

/* The height of all, which the legend's lines decide; measured on a surface that is thrown away. */
static double height_of(const chart *c, double width)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
    cairo_t *cr = cairo_create(surface);
    const double height = MARGIN + TITLE_HEIGHT + legend(cr, c, 0.0, width, false) + PANEL_HEIGHT;
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return height;
}

typedef struct sink {
    FILE *stream;
    int code; /* errno of the first write that failed; 0 */
} sink;

static cairo_status_t pour(void *closure, const unsigned char *bytes, unsigned length)
{
    sink *to = closure;
    errno = 0;
    if (to->code == 0 && fwrite(bytes, 1, length, to->stream) == length)
        return CAIRO_STATUS_SUCCESS;
    to->code = to->code ? to->code : errno ? errno : EIO;
    return CAIRO_STATUS_WRITE_ERROR;
}

static cairo_status_t draw_to(const chart *c, chart_format format, sink *to)
{
    const double width = MARGIN + (double)(c->panels * PANEL_WIDTH), height = height_of(c, width);
    cairo_surface_t *surface;
    if (format == CHART_SVG)
        surface = cairo_svg_surface_create_for_stream(pour, to, width, height);
    else
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(PNG_SCALE * width), (int)(PNG_SCALE * height));
    cairo_t *cr = cairo_create(surface);
    if (format == CHART_PNG)
        cairo_scale(cr, PNG_SCALE, PNG_SCALE);
    draw(cr, c, width);
    cairo_status_t status = cairo_status(cr);
    cairo_destroy(cr);
    if (status == CAIRO_STATUS_SUCCESS && format == CHART_PNG)
        status = cairo_surface_write_to_png_stream(surface, pour, to);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status;
}

kiln_status chart_write(const chart *c, const char *path, chart_format format, kiln_error *err)
{
    output out;
    kiln_status status = output_begin(path, &out, err);
    if (status != KILN_OK)
        return status;
    sink to = { out.stream, 0 };
    const cairo_status_t drawn = draw_to(c, format, &to);
    if (drawn == CAIRO_STATUS_SUCCESS)
        return output_commit(&out, err);
    output_abandon(&out);
    if (to.code)
        return fail(err, KILN_EIO, "%s: cannot be written: %s", path, strerror(to.code));
    return fail(err, KILN_ENOMEM, "%s: cannot be drawn: %s", path, cairo_status_to_string(drawn));
}

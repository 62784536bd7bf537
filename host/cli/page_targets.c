/* The page of a regression: each target's figures; predicted beside true values, residuals, and their distribution. */
#include "html.h"
#include "page_parts.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHARTS_MOST = 8 /* targets */, ROWS_MOST = 200 };

/* One output's columns of the samples. */
typedef struct residuals {
    size_t count;
    double *truth, *predicted, *residual; /* (count) residual: true - predicted */
} residuals;

static bool residuals_make(const page *p, const page_analysis *found, size_t output, residuals *r)
{
    r->count = found->subset.count;
    r->truth = calloc(r->count, sizeof *r->truth);
    r->predicted = calloc(r->count, sizeof *r->predicted);
    r->residual = calloc(r->count, sizeof *r->residual);
    for (size_t i = 0; r->truth && r->predicted && r->residual && i < r->count; i++) {
        r->truth[i] = page_true_output(p, found, i, output);
        r->predicted[i] = found->outputs[i * found->width + output];
        r->residual[i] = r->truth[i] - r->predicted[i];
    }
    return r->truth && r->predicted && r->residual;
}

static void residuals_free(residuals *r)
{
    free(r->truth);
    free(r->predicted);
    free(r->residual);
}

static void write_predicted(FILE *to, const residuals *r)
{
    svg_chart chart = { .to = to, .x = axis_over("true", r->count, r->truth) };
    for (size_t i = 0; i < r->count; i++)
        axis_widen(&chart.x, r->predicted[i]);
    axis_room(&chart.x);
    chart.y = chart.x;
    chart.y.label = "predicted";
    svg_begin(&chart, "Predicted and true");
    svg_guide(&chart, chart.x.low, chart.x.low, chart.x.high, chart.x.high);
    svg_dots(&chart, 0, false, r->count, r->truth, r->predicted);
    svg_end(&chart);
    svg_figure_end(to);
}

static void write_residuals(FILE *to, const residuals *r)
{
    svg_chart chart = { .to = to,
                        .x = axis_over("predicted", r->count, r->predicted),
                        .y = axis_over("true - predicted", r->count, r->residual) };
    axis_room(&chart.x);
    axis_room(&chart.y);
    svg_begin(&chart, "Residuals");
    if (chart.y.low < 0.0 && chart.y.high > 0.0)
        svg_guide(&chart, chart.x.low, 0.0, chart.x.high, 0.0);
    svg_dots(&chart, 0, false, r->count, r->predicted, r->residual);
    svg_end(&chart);
    svg_figure_end(to);
}

static void write_charts(FILE *to, const page *p, const page_analysis *found, size_t output)
{
    char text[PAGE_NAME];
    residuals r = { 0 };
    if (residuals_make(p, found, output, &r)) {
        fputs("<h3>", to);
        html_text(to, page_target_name(p, output, text));
        fputs("</h3>\n<div class=\"charts three\">\n", to);
        write_predicted(to, &r);
        write_residuals(to, &r);
        page_histogram(to, "How far off", "true - predicted", "samples", r.count, r.residual);
        fputs("</div>\n", to);
    }
    residuals_free(&r);
}

static void write_row(FILE *to, const char *name, double rmse, double mae, double r2)
{
    fputs("<tr><th scope=\"row\" class=\"name\">", to);
    html_text(to, name);
    fputs("</th>", to);
    html_number(to, page_r2_format(r2), r2);
    html_number(to, "%.5g", rmse);
    html_number(to, "%.5g", mae);
    fputs("</tr>\n", to);
}

/* Where there are several. */
static void write_table(FILE *to, const page *p, const kiln_metrics *m)
{
    char text[PAGE_NAME];
    html_section(to, "Targets", "Each in its own units.");
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>target</th><th class=\"number\">R\xC2\xB2</th>"
          "<th class=\"number\">RMSE</th><th class=\"number\">MAE</th></tr></thead>\n<tbody>\n",
          to);
    for (size_t o = 0; o < m->outputs && o < ROWS_MOST; o++)
        write_row(to, page_target_name(p, o, text), m->output[o].rmse, m->output[o].mae, m->output[o].r2);
    write_row(to, "all", m->rmse, m->mae, m->r2);
    fputs("</tbody>\n</table>\n</div>\n", to);
    if (m->outputs > ROWS_MOST)
        fprintf(to, "<p class=\"under\">The first %d of %zu targets, and all of them together.</p>\n", ROWS_MOST, m->outputs);
    html_section_end(to);
}

void page_targets(FILE *to, const page *p, const page_analysis *found)
{
    const kiln_metrics *m = p->figures ? p->figure[p->figures - 1].metrics : NULL;
    char note[160];
    if (!m || m->outputs == 0)
        return;
    if (m->outputs > 1)
        write_table(to, p, m);
    snprintf(note, sizeof note, "A residual is what is missing from the prediction: true - predicted.");
    if (m->outputs > CHARTS_MOST)
        snprintf(note + strlen(note), sizeof note - strlen(note), " Of the first %d of %zu targets.", CHARTS_MOST, m->outputs);
    html_section(to, "Residuals", note);
    for (size_t o = 0; o < m->outputs && o < CHARTS_MOST; o++)
        write_charts(to, p, found, o);
    html_section_end(to);
}

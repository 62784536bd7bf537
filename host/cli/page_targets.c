/* The page of a regression: predicted beside true values, residuals, and their distribution, for each output. */
#include "html.h"
#include "page_parts.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>

enum { OUTPUTS_MOST = 8 };

/* One output's columns of the samples. */
typedef struct residuals {
    size_t count;
    double *truth, *predicted, *residual; /* (count) residual: true - predicted */
} residuals;

static bool residuals_make(const page *p, const page_analysis *found, size_t output, residuals *r)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    r->count = found->subset.count;
    r->truth = calloc(r->count, sizeof *r->truth);
    r->predicted = calloc(r->count, sizeof *r->predicted);
    r->residual = calloc(r->count, sizeof *r->residual);
    for (size_t i = 0; r->truth && r->predicted && r->residual && i < r->count; i++) {
        r->truth[i] = (double)samples->y[(size_t)found->rows[i] * samples->outputs + output];
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
    svg_chart chart = { .to = to, .x = svg_axis_over("true", r->count, r->truth) };
    svg_axis_widen(&chart.x, r->count, r->predicted);
    svg_axis_room(&chart.x);
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
                        .x = svg_axis_over("predicted", r->count, r->predicted),
                        .y = svg_axis_over("true - predicted", r->count, r->residual) };
    svg_axis_room(&chart.x);
    svg_axis_room(&chart.y);
    svg_begin(&chart, "Residuals");
    if (chart.y.low < 0.0 && chart.y.high > 0.0)
        svg_guide(&chart, chart.x.low, 0.0, chart.x.high, 0.0);
    svg_dots(&chart, 0, false, r->count, r->predicted, r->residual);
    svg_end(&chart);
    svg_figure_end(to);
}

static void write_output(FILE *to, const page *p, const page_analysis *found, size_t output)
{
    char number[32];
    residuals r = { 0 };
    if (residuals_make(p, found, output, &r)) {
        fputs("<h3>", to);
        html_text(to, page_target_name(p, output, number));
        fputs("</h3>\n", to);
        fputs("<div class=\"charts\">\n", to);
        write_predicted(to, &r);
        write_residuals(to, &r);
        page_histogram(to, "How far off", "true - predicted", "samples", r.count, r.residual);
        fputs("</div>\n", to);
    }
    residuals_free(&r);
}

void page_targets(FILE *to, const page *p, const page_analysis *found)
{
    if (p->figures == 0 || !kiln_data_samples(p->data)->y || page_has_labels(p))
        return;
    const size_t outputs = kiln_data_samples(p->data)->outputs;
    html_section(to, "Residuals", "A residual is what is missing from the prediction: true - predicted.");
    for (size_t o = 0; o < outputs && o < OUTPUTS_MOST; o++)
        write_output(to, p, found, o);
    if (outputs > OUTPUTS_MOST)
        fprintf(to, "<p class=\"under\">The first %d of %zu targets.</p>\n", OUTPUTS_MOST, outputs);
    html_section_end(to);
}

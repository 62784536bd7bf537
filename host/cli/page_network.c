/* The page's look at the network itself: histograms of each layer's weights. And histograms, for whoever needs one. */
#include "html.h"
#include "message.h"
#include "page_parts.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>

enum { BINS = 40, LAYERS_MOST = 16 };

void page_histogram(FILE *to, const char *caption, const char *label, const char *counted, size_t count, const double *values)
{
    double edge[BINS + 1], height[BINS] = { 0 }, most = 0.0;
    svg_chart chart = { .to = to, .x = axis_over(label, count, values), .y = { .label = counted, .kind = AXIS_WHOLE } };
    axis_room(&chart.x);
    for (size_t b = 0; b <= BINS; b++)
        edge[b] = chart.x.low + (chart.x.high - chart.x.low) * (double)b / BINS;
    for (size_t i = 0; i < count; i++) {
        const double at = floor((values[i] - chart.x.low) / (chart.x.high - chart.x.low) * BINS);
        if (isfinite(at))
            height[(size_t)fmin(fmax(at, 0.0), BINS - 1.0)]++;
    }
    for (size_t b = 0; b < BINS; b++)
        most = fmax(most, height[b]);
    chart.y.high = most > 0.0 ? 1.05 * most : 1.0;
    svg_begin(&chart, caption);
    svg_bars(&chart, BINS, edge, height);
    svg_end(&chart);
    svg_figure_end(to);
}

/* A row of the table: "layer 1 weights". */
static void write_row(FILE *to, size_t layer, const char *what, const char *size, size_t count, const double *values)
{
    double sum = 0.0, squares = 0.0, low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    const double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    fprintf(to, "<tr><th scope=\"row\">layer %zu %s</th><td class=\"number\">%s</td>", layer + 1, what, size);
    html_number(to, "%.4g", mean);
    html_number(to, "%.4g", sqrt(squares / (double)count));
    html_number(to, "%.4g", low);
    html_number(to, "%.4g", high);
    fputs("</tr>\n", to);
}

/* Calls something with the weights and biases of each layer in turn. */
typedef void (*layer_writer)(FILE *to, size_t layer, const kiln_network_shape *shape, const double *weights, const double *bias);

static kiln_status each_layer(FILE *to, const kiln_network *network, layer_writer write, kiln_error *err)
{
    const kiln_network_shape shape = kiln_network_get_shape(network);
    kiln_status status = KILN_OK;
    for (size_t l = 0; status == KILN_OK && l < shape.layers; l++) {
        const size_t in = shape.widths[l], out = shape.widths[l + 1];
        double *weights = calloc(in, out * sizeof *weights), *bias = calloc(out, sizeof *bias);
        if (!weights || !bias)
            status = fail(err, KILN_ENOMEM, "no memory left for the weights of layer %zu", l + 1);
        if (status == KILN_OK)
            status = kiln_network_get_layer(network, l, weights, shape.no_bias ? NULL : bias, err);
        if (status == KILN_OK)
            write(to, l, &shape, weights, bias);
        free(weights);
        free(bias);
    }
    return status;
}

static void write_layer_rows(FILE *to, size_t layer, const kiln_network_shape *shape, const double *weights, const double *bias)
{
    char size[64];
    const size_t in = shape->widths[layer], out = shape->widths[layer + 1];
    snprintf(size, sizeof size, "%zu \xC3\x97 %zu", in, out);
    write_row(to, layer, "weights", size, in * out, weights);
    snprintf(size, sizeof size, "%zu", out);
    if (!shape->no_bias)
        write_row(to, layer, "biases", size, out, bias);
}

static void write_layer_histogram(FILE *to, size_t layer, const kiln_network_shape *shape, const double *weights,
                                  const double *bias)
{
    char caption[160];
    (void)bias;
    if (layer >= LAYERS_MOST)
        return;
    snprintf(caption, sizeof caption, "Layer %zu, %zu weights, %s", layer + 1, shape->widths[layer] * shape->widths[layer + 1],
             kiln_activation_name(layer + 1 == shape->layers ? shape->output : shape->hidden));
    page_histogram(to, caption, "weight", "count", shape->widths[layer] * shape->widths[layer + 1], weights);
}

kiln_status page_weights(FILE *to, const page *p, kiln_error *err)
{
    const size_t layers = kiln_network_get_shape(p->network).layers;
    char note[80];
    snprintf(note, sizeof note, "%zu parameters in %zu layer%s.", kiln_network_parameters(p->network), layers,
             layers == 1 ? "" : "s");
    html_section(to, "Weights", note);
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>parameters</th><th class=\"number\">size</th><th "
          "class=\"number\">mean</th>"
          "<th class=\"number\">deviation</th><th class=\"number\">least</th><th "
          "class=\"number\">largest</th></tr></thead>\n<tbody>\n",
          to);
    kiln_status status = each_layer(to, p->network, write_layer_rows, err);
    fputs("</tbody>\n</table>\n</div>\n<h3>Histograms</h3>\n<div class=\"charts\">\n", to);
    if (status == KILN_OK)
        status = each_layer(to, p->network, write_layer_histogram, err);
    fputs("</div>\n", to);
    if (layers > LAYERS_MOST)
        fprintf(to, "<p class=\"under\">The first %d of %zu layers.</p>\n", LAYERS_MOST, layers);
    html_section_end(to);
    return status;
}

/* The page's curves of the training: loss, accuracy and learning rate over the epochs. */
#include "html.h"
#include "page_parts.h"
#include "svg.h"

#include <math.h>
#include <stdlib.h>

/* A quantity over the epochs. */
typedef struct curve {
    const char *caption, *label;
    const char *names[2];
    const double *values[2]; /* the second may be NULL */
    axis_kind kind;
    bool may_be_logarithmic, from_zero;
} curve;

static void write_curve(FILE *to, size_t count, const double *epoch, const curve *c)
{
    svg_chart chart = { .to = to, .x = axis_over("epoch", count, epoch), .y = axis_over(c->label, count, c->values[0]) };
    chart.x.kind = AXIS_WHOLE;
    axis_open(&chart.x);
    chart.y.kind = c->kind;
    for (size_t i = 0; c->values[1] && i < count; i++)
        axis_widen(&chart.y, c->values[1][i]);
    if (c->from_zero)
        axis_widen(&chart.y, 0.0);
    if (c->may_be_logarithmic)
        axis_may_be_logarithmic(&chart.y);
    axis_room(&chart.y);
    char text[128];
    snprintf(text, sizeof text, "%s%s", c->caption, chart.y.kind == AXIS_LOGARITHMIC ? " (logarithmic)" : "");
    svg_begin(&chart, text);
    for (size_t s = 0; s < 2 && c->values[s]; s++) {
        svg_line(&chart, s, c->names[s], count, epoch, c->values[s]);
        if (count == 1)
            svg_dots(&chart, s, true, count, epoch, c->values[s]);
    }
    svg_end(&chart);
    if (c->values[1]) {
        svg_legend(to);
        svg_key(to, 0, "%s", c->names[0]);
        svg_key(to, 1, "%s", c->names[1]);
        svg_legend_end(to);
    }
    svg_figure_end(to);
}

static bool any_finite(size_t count, const double *values)
{
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]))
            return true;
    return false;
}

void page_training(FILE *to, const page *p)
{
    const size_t count = p->history ? p->history->epochs : 0;
    double *values = count ? calloc(count, 5 * sizeof *values) : NULL;
    if (!values)
        return;
    double *epoch = values, *loss = values + count, *held = values + 2 * count, *accuracy = values + 3 * count,
           *rate = values + 4 * count;
    for (size_t i = 0; i < count; i++) {
        const kiln_progress *e = &p->history->epoch[i];
        epoch[i] = (double)e->epoch;
        loss[i] = e->loss;
        held[i] = e->validation_loss;
        accuracy[i] = e->validation_accuracy;
        rate[i] = e->learning_rate;
    }
    const bool labels = kiln_network_schema(p->network)->task == KILN_MULTILABEL;
    html_section(to, "Training", p->loss_note);
    fprintf(to, "<div class=\"charts%s\">\n", any_finite(count, accuracy) ? " three" : "");
    const curve curves[] = {
        { .caption = "Loss",
          .label = "loss",
          .names = { "training", "validation" },
          .values = { loss, any_finite(count, held) ? held : NULL },
          .may_be_logarithmic = true },
        { .caption = labels ? "Validation subset accuracy" : "Validation accuracy",
          .label = labels ? "validation subset accuracy" : "validation accuracy",
          .names = { "validation" },
          .values = { accuracy },
          .kind = AXIS_PERCENT },
        { .caption = "Learning rate",
          .label = "learning rate",
          .names = { "learning rate" },
          .values = { rate },
          .from_zero = true },
    };
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (any_finite(count, curves[i].values[0]))
            write_curve(to, count, epoch, &curves[i]);
    fputs("</div>\n", to);
    if (p->history->incomplete)
        fputs("<p class=\"under\">Some epochs are missing: there was no memory to keep them.</p>\n", to);
    else if (epoch[0] > 1.0)
        fprintf(to, "<p class=\"under\">The epochs before %.0f were those of an earlier run.</p>\n", epoch[0]);
    html_section_end(to);
    free(values);
}

/* The page's beginning: the figures at a glance, what was run, and the curves of the training. */
#include "html.h"
#include "page_parts.h"
#include "svg.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One figure of some samples. */
typedef struct quantity {
    const char *word, *format;
    double value;
    bool large; /* among the few at the top */
} quantity;

enum { QUANTITIES_MOST = 6 };

typedef struct quantity_list {
    size_t count;
    quantity at[QUANTITIES_MOST];
} quantity_list;

static double mean_of(size_t count, const double *values)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    return sum / (double)count;
}

/* What is said of samples: by their classes, their labels, or their numbers. */
static quantity_list quantities(const kiln_metrics *m)
{
    if (m->classes)
        return (quantity_list){ 5,
                                { { "loss", "%.4g", m->loss, true },
                                  { "accuracy", "%.2f %%", 100.0 * m->accuracy, true },
                                  { "precision", "%.4f", mean_of(m->classes, m->precision), false },
                                  { "recall", "%.4f", mean_of(m->classes, m->recall), false },
                                  { "F1", "%.4f", mean_of(m->classes, m->f1), false } } };
    if (m->labels)
        return (quantity_list){ 5,
                                { { "loss", "%.4g", m->loss, false },
                                  { "all labels right", "%.2f %%", 100.0 * m->accuracy, true },
                                  { "Hamming loss", "%.4f", m->hamming_loss, true },
                                  { "micro F1", "%.4f", m->micro_f1, true },
                                  { "macro F1", "%.4f", m->macro_f1, false } } };
    return (quantity_list){ 4,
                            { { "loss", "%.4g", m->loss, false },
                              { "RMSE", "%.6g", m->rmse, true },
                              { "MAE", "%.6g", m->mae, true },
                              { "R\xC2\xB2", "%.4f", m->r2, true } } };
}

static void tile(FILE *to, const char *word, const char *format, double value)
{
    fputs("<div><dt>", to);
    html_text(to, word);
    fputs("</dt><dd>", to);
    if (isfinite(value))
        fprintf(to, format, value);
    else
        fputs("\xE2\x80\x93", to);
    fputs("</dd></div>\n", to);
}

/* The figures of the samples that count most, large. */
static void write_tiles(FILE *to, const page *p)
{
    if (p->figures == 0)
        return;
    const page_figures *last = &p->figure[p->figures - 1];
    const kiln_metrics *m = last->metrics;
    fputs("<dl class=\"tiles\">\n", to);
    const quantity_list all = quantities(m);
    for (size_t i = 0; i < all.count; i++)
        if (all.at[i].large)
            tile(to, all.at[i].word, all.at[i].format, all.at[i].value);
    char word[64];
    snprintf(word, sizeof word, "%s samples", last->label);
    tile(to, word, "%.0f", (double)m->count);
    tile(to, "parameters", "%.0f", (double)kiln_network_parameters(p->network));
    fputs("</dl>\n", to);
}

/* A word as a shell would want it. */
static void write_word(FILE *to, const char *word)
{
    bool plain = *word != '\0';
    for (const char *c = word; *c; c++)
        plain = plain && (isalnum((unsigned char)*c) || strchr("-_./,=:+@%", *c) || (unsigned char)*c >= 0x80);
    if (plain) {
        html_text(to, word);
        return;
    }
    html_text(to, "'");
    for (const char *c = word; *c; c++)
        html_text(to, *c == '\'' ? "'\\''" : (const char[]){ *c, '\0' });
    html_text(to, "'");
}

static void write_facts(FILE *to, const page *p)
{
    char date[64] = "";
    const time_t now = time(NULL);
    struct tm parts;
    if (gmtime_r(&now, &parts))
        strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &parts);
    html_section(to, "What was run", NULL);
    fputs("<dl class=\"facts\">\n<div class=\"whole\"><dt>command</dt><dd><code>kiln ", to);
    html_text(to, p->command.name);
    for (int i = 0; i < p->command.count; i++) {
        fputc(' ', to);
        write_word(to, p->command.words[i]);
    }
    fputs("</code></dd></div>\n", to);
    html_fact(to, "when", "%s, by kiln %s", date, kiln_version());
    p->facts(to, p->user);
    fputs("</dl>\n", to);
    html_section_end(to);
}

/* Means over the classes stand beside the accuracy; and what is looked at more closely may be some samples of many. */
static void figures_note(const page *p, size_t sampled, char *note, size_t bytes)
{
    snprintf(note, bytes, "%s",
             p->figure[0].metrics->classes ? "Precision, recall and F1 are means over the classes, each counting the same." : "");
    if (sampled && sampled < p->subset.count)
        snprintf(note + strlen(note), bytes - strlen(note),
                 " Everything below these figures is of %zu of the samples, evenly chosen.", sampled);
}

static void write_figures(FILE *to, const page *p, size_t sampled)
{
    if (p->figures == 0)
        return;
    const quantity_list heads = quantities(p->figure[0].metrics);
    char note[256];
    figures_note(p, sampled, note, sizeof note);
    html_section(to, "Figures", note[0] ? note : NULL);
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr><th>samples</th><th class=\"number\">count</th>", to);
    for (size_t q = 0; q < heads.count; q++)
        fprintf(to, "<th class=\"number\">%s</th>", heads.at[q].word);
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t i = 0; i < p->figures; i++) {
        const quantity_list row = quantities(p->figure[i].metrics);
        fprintf(to, "<tr><th scope=\"row\">%s</th><td class=\"number\">%zu</td>", p->figure[i].label, p->figure[i].metrics->count);
        for (size_t q = 0; q < row.count; q++)
            html_number(to, row.at[q].format, row.at[q].value);
        fputs("</tr>\n", to);
    }
    fputs("</tbody>\n</table>\n</div>\n", to);
    html_section_end(to);
}

/* A quantity over the epochs. */
typedef struct curve {
    const char *caption, *label;
    const char *names[2];
    const double *values[2]; /* the second may be NULL */
    bool may_be_logarithmic, from_zero;
} curve;

static void write_curve(FILE *to, size_t count, const double *epoch, const curve *c)
{
    svg_chart chart = { .to = to, .x = svg_axis_over("epoch", count, epoch), .y = svg_axis_over(c->label, count, c->values[0]) };
    if (c->values[1])
        svg_axis_widen(&chart.y, count, c->values[1]);
    if (c->from_zero)
        chart.y.low = 0.0;
    if (c->may_be_logarithmic)
        svg_axis_logarithmic(&chart.y);
    svg_axis_room(&chart.y);
    chart.x.whole = true;
    if (count == 1)
        svg_axis_room(&chart.x);
    char text[128];
    snprintf(text, sizeof text, "%s%s", c->caption, chart.y.logarithmic ? " (logarithmic)" : "");
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

static void write_curves(FILE *to, const page *p)
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
        accuracy[i] = 100.0 * e->validation_accuracy;
        rate[i] = e->learning_rate;
    }
    html_section(to, "Training", p->loss_note);
    fputs("<div class=\"charts\">\n", to);
    const curve curves[] = {
        { "Loss", "loss", { "training", "validation" }, { loss, any_finite(count, held) ? held : NULL }, true, false },
        { "Validation accuracy", "accuracy, %", { "validation" }, { accuracy }, false, false },
        { "Learning rate", "learning rate", { "learning rate" }, { rate }, false, true },
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

void page_run(FILE *to, const page *p, const page_analysis *found)
{
    fputs("<header>\n<h1>", to);
    html_print(to, "kiln %s: %s", p->command.name, page_file_name(p));
    fputs("</h1>\n", to);
    if (p->notice) {
        fputs("<p class=\"wrong\">", to);
        html_text(to, p->notice);
        fputs("</p>\n", to);
    }
    write_tiles(to, p);
    fputs("</header>\n", to);
    write_facts(to, p);
    write_figures(to, p, found->subset.count);
    write_curves(to, p);
}

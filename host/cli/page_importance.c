/* The page's look at the columns: what the network loses when one is shuffled, as bars, or for pictures as a picture. */
#include "html.h"
#include "page_parts.h"
#include "picture.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS_MOST = 30 };

/* The columns that matter most, by insertion. */
static size_t choose_columns(const kiln_importance *importance, size_t chosen[COLUMNS_MOST])
{
    size_t have = 0;
    for (size_t c = 0; c < importance->columns; c++) {
        size_t at = have;
        while (at > 0 && importance->column[c].loss_rise > importance->column[chosen[at - 1]].loss_rise)
            at--;
        if (at == COLUMNS_MOST)
            continue;
        have += have < COLUMNS_MOST;
        for (size_t k = have - 1; k > at; k--)
            chosen[k] = chosen[k - 1];
        chosen[at] = c;
    }
    return have;
}

static void write_bar(FILE *to, const char *name, const kiln_column_importance *column, double most)
{
    const double share = most > 0.0 ? 100.0 * fmax(column->loss_rise, 0.0) / most : 0.0;
    fputs("<tr><th scope=\"row\" class=\"name\">", to);
    html_text(to, name);
    fprintf(to,
            "</th><td class=\"bar\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
            "aria-hidden=\"true\"><path class=\"fill s0\" d=\"M0 0H%.2fV10H0z\"/></svg></td>",
            share);
    fprintf(to, "<td class=\"number\">%.4g \xC2\xB1 %.2g</td>", column->loss_rise, column->loss_deviation);
    if (!isnan(column->accuracy_drop))
        fprintf(to, "<td class=\"number\">%.2f \xC2\xB1 %.2g</td>", 100.0 * column->accuracy_drop,
                100.0 * column->accuracy_deviation);
    fputs("</tr>\n", to);
}

static void write_bars(FILE *to, const page *p, const kiln_importance *importance)
{
    size_t chosen[COLUMNS_MOST];
    char number[32];
    const size_t count = choose_columns(importance, chosen);
    fputs("<div class=\"scroll\" tabindex=\"0\">\n<table class=\"bars\">\n<thead><tr><th>column</th><th></th>"
          "<th class=\"number\">loss rises by</th>",
          to);
    if (!isnan(importance->accuracy))
        fputs("<th class=\"number\">accuracy falls by, %</th>", to);
    fputs("</tr></thead>\n<tbody>\n", to);
    for (size_t i = 0; i < count; i++)
        write_bar(to, page_column_name(kiln_network_schema(p->network), chosen[i], number), &importance->column[chosen[i]],
                  importance->column[chosen[0]].loss_rise);
    fputs("</tbody>\n</table>\n</div>\n", to);
    if (count < importance->columns)
        fprintf(to, "<p class=\"under\">The %zu that matter most of %zu columns.</p>\n", count, importance->columns);
}

/* A pixel is as opaque as it matters; of a coloured one, its channels together. */
static void write_heat(FILE *to, const page_analysis *found)
{
    const kiln_image image = found->image;
    const size_t pixels = image.height * image.width;
    double *rise = calloc(pixels, sizeof *rise), most = 0.0;
    unsigned char *colours = calloc(pixels, 4);
    for (size_t i = 0; rise && i < found->importance.columns; i++) {
        rise[i / image.channels] += fmax(found->importance.column[i].loss_rise, 0.0);
        most = fmax(most, rise[i / image.channels]);
    }
    for (size_t i = 0; rise && colours && i < pixels; i++) {
        colours[4 * i] = 59;
        colours[4 * i + 1] = 130;
        colours[4 * i + 2] = 246;
        colours[4 * i + 3] = (unsigned char)(most > 0.0 ? lround(255.0 * rise[i] / most) : 0);
    }
    if (rise && colours) {
        fputs("<img class=\"heat\" alt=\"A map of the pixels, stronger where the loss rises more\" src=\"", to);
        picture_write(to, &(picture){ image.width, image.height, 4, colours });
        fprintf(to, "\"/>\n<p class=\"under\">The strongest pixel raises the loss by %.4g.</p>\n", most);
    }
    free(rise);
    free(colours);
}

void page_importance(FILE *to, const page *p, const page_analysis *found)
{
    const kiln_importance *importance = &found->importance;
    char note[400];
    if (p->figures == 0)
        return;
    const bool heat =
        found->image.height && importance->columns == found->image.height * found->image.width * found->image.channels;
    if (importance->columns)
        snprintf(note, sizeof note,
                 "Permutation importance: how the loss of %zu %s samples, %.4g, rises when a column's values are shuffled among "
                 "them. %zu shuffle%s.%s",
                 found->importance_samples, p->figure[p->figures - 1].label, importance->loss, found->importance_repeats,
                 found->importance_repeats == 1 ? "" : "s each, mean and deviation", page_loss_units(found));
    else
        snprintf(note, sizeof note, "Left out: with so many columns and parameters it would take too long.");
    html_section(to, heat ? "Which pixels matter" : "Which columns matter", note);
    if (heat)
        write_heat(to, found);
    else if (importance->columns)
        write_bars(to, p, importance);
    html_section_end(to);
}

/* What a page shows of single samples: outputs, losses, curves, calibration, importance, mistakes. */
#include "page_parts.h"

#include "interrupt.h"
#include "message.h"
#include "page_units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SAMPLES_MOST = 100000, REPEATS_MOST = 5, IMPORTANCE_SAMPLES_LEAST = 50 };

/* Multiplications that importance may take: about a second on a processor's two cores, and on the reference. */
static const double device_work = 1e11, reference_work = 2e9;

/* Pictures in a table have at least 8 x 8 columns. */
enum { TABLE_PICTURE_LEAST = 64 };

bool page_has_labels(const page *p)
{
    return p->figures && p->figure[p->figures - 1].metrics->labels;
}

size_t page_true_class(const page *p, const page_analysis *found, size_t place)
{
    return (size_t)kiln_data_samples(p->data)->labels[found->rows[place]];
}

size_t page_predicted_class(const page_analysis *found, size_t place)
{
    return (size_t)kiln_predicted_class(found->width, found->outputs + place * found->width);
}

/* A single output is the probability of class 1. */
double page_class_output(const page_analysis *found, size_t place, size_t class)
{
    const double *outputs = found->outputs + place * found->width;
    if (found->width > 1)
        return outputs[class];
    return class ? outputs[0] : 1.0 - outputs[0];
}

double page_feature(const page *p, size_t row, size_t feature)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const size_t at = row * samples->features + feature;
    return samples->element == KILN_ELEMENT_U8 ? (double)((const unsigned char *)samples->x)[at]
                                               : (double)((const float *)samples->x)[at];
}

const char *page_column_name(const kiln_schema *schema, size_t column, char number[32])
{
    if (column < schema->columns && schema->column[column].name)
        return schema->column[column].name;
    snprintf(number, 32, "column %zu", column + 1);
    return number;
}

/* A name alone says what a label means where its two values are those of a question. */
static bool answers_yes(const char *text)
{
    static const char *const words[] = { "yes", "y", "true", "t", "1" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

const char *page_target_name(const page *p, size_t output, char text[PAGE_NAME])
{
    const kiln_schema *schema = kiln_data_schema(p->data);
    const kiln_target *target = output < schema->targets ? &schema->target[output] : NULL;
    if (!target || !target->name) {
        snprintf(text, PAGE_NAME, "%s %zu", page_has_labels(p) ? "label" : "target", output + 1);
        return text;
    }
    if (!page_has_labels(p) || !target->label[1] || answers_yes(target->label[1]))
        return target->name;
    snprintf(text, PAGE_NAME, "%s: %s", target->name, target->label[1]);
    return text;
}

double page_true_output(const page *p, const page_analysis *found, size_t place, size_t output)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    return (double)samples->y[(size_t)found->rows[place] * samples->outputs + output];
}

const char *page_loss_units(const page_analysis *found)
{
    return found->in_deviations ? " Losses here are of targets in units of their standard deviations." : "";
}

static kiln_status choose_samples(const page *p, page_analysis *found, kiln_error *err)
{
    const size_t all = p->subset.count, count = all < SAMPLES_MOST ? all : SAMPLES_MOST;
    const kiln_network_shape shape = kiln_network_get_shape(p->network);
    found->width = shape.widths[shape.layers];
    found->rows = calloc(count, sizeof *found->rows);
    found->losses = calloc(count, sizeof *found->losses);
    found->outputs = calloc(count, found->width * sizeof *found->outputs); /* a layer of that width exists: no overflow */
    if (!found->rows || !found->losses || !found->outputs)
        return fail(err, KILN_ENOMEM, "no memory left for the outputs of %zu samples", count);
    for (size_t i = 0; i < count; i++) {
        const size_t place = (size_t)((double)i * (double)all / (double)count);
        found->rows[i] = p->subset.rows ? p->subset.rows[place] : (uint32_t)place;
    }
    found->subset = (kiln_subset){ found->rows, count };
    return KILN_OK;
}

/* As many repeats and samples as the work allows; none where that would be too few to say anything. */
static kiln_status measure_importance(const page *p, const page_units *units, page_analysis *found, kiln_error *err)
{
    const bool reference = kiln_device_get_info(p->device)->kind == KILN_DEVICE_REFERENCE;
    const double columns = (double)kiln_data_samples(p->data)->features,
                 once = columns * (double)kiln_network_parameters(p->network);
    const double most = (reference ? reference_work : device_work) / once;
    size_t repeats = REPEATS_MOST, count = found->subset.count;
    while (repeats > 1 && (double)repeats * (double)count > most)
        repeats--;
    if ((double)count > most)
        count = (size_t)most;
    if (count < found->subset.count && count < IMPORTANCE_SAMPLES_LEAST)
        return KILN_OK;
    uint32_t *rows = calloc(count, sizeof *rows);
    if (!rows)
        return fail(err, KILN_ENOMEM, "no memory left for the importance of columns");
    for (size_t i = 0; i < count; i++)
        rows[i] = found->rows[(size_t)((double)i * (double)found->subset.count / (double)count)];
    const kiln_importance_options options = { .loss = p->loss, .repeats = repeats, .seed = p->seed, .stop = interrupt_flag() };
    const kiln_status status = kiln_permutation_importance(p->device, units->network, &units->samples, (kiln_subset){ rows, count },
                                                           &options, &found->importance, err);
    found->importance_samples = count;
    found->importance_repeats = repeats;
    free(rows);
    return status;
}

/* The largest losses, by insertion. */
static void find_mistakes(page_analysis *found)
{
    for (size_t i = 0; i < found->subset.count; i++) {
        size_t at = found->mistakes;
        while (at > 0 && found->losses[i] > found->losses[found->mistake[at - 1]])
            at--;
        if (at == MISTAKES_MOST)
            continue;
        const size_t kept = found->mistakes < MISTAKES_MOST ? found->mistakes++ : MISTAKES_MOST - 1;
        memmove(found->mistake + at + 1, found->mistake + at, (kept - at) * sizeof *found->mistake);
        found->mistake[at] = i;
    }
}

/* "pixel_0_7", "Pixel12", "px3", "1x28": what columns of pictures are called. */
static bool names_pixel(const char *name)
{
    unsigned row, column;
    return strncasecmp(name, "pixel", 5) == 0 || strncasecmp(name, "px", 2) == 0 || sscanf(name, "%ux%u", &row, &column) == 2;
}

/* Pictures by the file; or tables of a square number of columns that are called pixels. */
static kiln_image find_image(const page *p)
{
    const kiln_schema *schema = kiln_data_schema(p->data);
    const kiln_image image = kiln_data_image(p->data);
    const size_t features = kiln_data_samples(p->data)->features, side = (size_t)lround(sqrt((double)features));
    if (image.height || features < TABLE_PICTURE_LEAST || side * side != features || schema->columns != features)
        return image;
    for (size_t c = 0; c < features; c++) {
        const kiln_column *column = &schema->column[c];
        if (column->categories || !column->name || !names_pixel(column->name))
            return image;
    }
    return (kiln_image){ side, side, 1 };
}

static void find_range(const page *p, page_analysis *found)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    found->high = 255.0;
    if (samples->element == KILN_ELEMENT_U8 || !found->image.height)
        return;
    found->low = INFINITY;
    found->high = -INFINITY;
    for (size_t i = 0; i < found->subset.count; i++)
        for (size_t f = 0; f < samples->features; f++) {
            found->low = fmin(found->low, page_feature(p, found->rows[i], f));
            found->high = fmax(found->high, page_feature(p, found->rows[i], f));
        }
}

static kiln_status measure(const page *p, const page_units *units, page_analysis *found, kiln_error *err)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    kiln_status status = choose_samples(p, found, err);
    if (status == KILN_OK)
        status = kiln_predict(p->device, p->network, samples, found->subset, interrupt_flag(), found->outputs, err);
    if (status == KILN_OK)
        status = kiln_sample_losses(p->device, units->network, &units->samples, found->subset, p->loss, interrupt_flag(),
                                    found->losses, err);
    if (status == KILN_OK && (samples->labels || page_has_labels(p)))
        status = page_measure_scores(p, found, err);
    return status == KILN_OK ? measure_importance(p, units, found, err) : status;
}

kiln_status page_analyse(const page *p, page_analysis *found, kiln_error *err)
{
    page_units units = { 0 };
    *found = (page_analysis){ 0 };
    if (p->figures == 0)
        return KILN_OK;
    kiln_status status = page_units_choose(p, &units, err);
    if (status == KILN_OK)
        status = measure(p, &units, found, err);
    found->in_deviations = units.own != NULL;
    page_units_free(&units);
    if (status != KILN_OK)
        return status;
    find_mistakes(found);
    found->image = find_image(p);
    find_range(p, found);
    return KILN_OK;
}

void page_analysis_free(page_analysis *found)
{
    for (size_t i = 0; i < found->curves; i++)
        kiln_curves_free(&found->curve[i]);
    kiln_importance_free(&found->importance);
    free(found->rows);
    free(found->outputs);
    free(found->losses);
    free(found->curve);
    *found = (page_analysis){ 0 };
}

/* What a page shows of single samples: outputs, losses, curves, calibration, importance, mistakes. */
#include "page_parts.h"

#include "interrupt.h"
#include "message.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SAMPLES_MOST = 100000, CURVES_MOST = 50, REPEATS_MOST = 5, IMPORTANCE_SAMPLES_LEAST = 50 };

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

/* A target's name is that of its column, where it has one of its own. */
const char *page_target_name(const page *p, size_t output, char number[32])
{
    const kiln_schema *schema = kiln_data_schema(p->data);
    if (output < schema->targets && schema->target[output].name)
        return schema->target[output].name;
    snprintf(number, 32, "target %zu", output + 1);
    return number;
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

/* Scores of one curve, and which samples it should find: those of a class, or those that have a label. */
static void fill_curve(const page *p, const page_analysis *found, size_t curve, double *score, bool *positive)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const size_t class = samples->classes == 2 ? 1 : curve;
    for (size_t i = 0; i < found->subset.count; i++) {
        score[i] = samples->labels ? page_class_output(found, i, class) : found->outputs[i * found->width + curve];
        positive[i] = samples->labels ? page_true_class(p, found, i) == class
                                      : samples->y[(size_t)found->rows[i] * samples->outputs + curve] >= 0.5f;
    }
}

/* One class against the others, or one label. */
static kiln_status measure_curves(const page *p, page_analysis *found, double *score, bool *positive, kiln_error *err)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const size_t all = samples->labels ? samples->classes : samples->outputs, most = all < CURVES_MOST ? all : CURVES_MOST;
    const size_t wanted = samples->classes == 2 ? 1 : most;
    found->curve = calloc(wanted, sizeof *found->curve);
    if (!found->curve)
        return fail(err, KILN_ENOMEM, "no memory left for the curves");
    for (size_t n = 0; n < wanted; n++) {
        fill_curve(p, found, n, score, positive);
        const kiln_status status = kiln_curves_measure(found->subset.count, score, positive, &found->curve[n], err);
        if (status != KILN_OK)
            return status;
        found->curves++;
    }
    return KILN_OK;
}

/* For two classes the probability of class 1, as is usual; for more that of the predicted class. */
static kiln_status measure_calibration(const page *p, page_analysis *found, double *probability, bool *positive, kiln_error *err)
{
    const bool two = kiln_data_samples(p->data)->classes == 2;
    if (kiln_network_get_shape(p->network).output == KILN_LINEAR)
        return KILN_OK; /* no probabilities */
    for (size_t i = 0; i < found->subset.count; i++) {
        const size_t class = two ? 1 : page_predicted_class(found, i);
        probability[i] = fmin(fmax(page_class_output(found, i, class), 0.0), 1.0); /* rounding may lead past 1 */
        positive[i] = page_true_class(p, found, i) == class;
    }
    found->has_calibration = true;
    return kiln_calibration(found->subset.count, probability, positive, CALIBRATION_BINS, found->calibration,
                            &found->calibration_error, err);
}

static kiln_status measure_classes(const page *p, page_analysis *found, kiln_error *err)
{
    kiln_status status = KILN_OK;
    double *score = calloc(found->subset.count, sizeof *score);
    bool *positive = calloc(found->subset.count, sizeof *positive);
    if (!score || !positive)
        status = fail(err, KILN_ENOMEM, "no memory left for the curves");
    if (status == KILN_OK)
        status = measure_curves(p, found, score, positive, err);
    if (status == KILN_OK && kiln_data_samples(p->data)->labels)
        status = measure_calibration(p, found, score, positive, err);
    free(score);
    free(positive);
    return status;
}

/* As many repeats and samples as the work allows; none where that would be too few to say anything. */
static kiln_status measure_importance(const page *p, page_analysis *found, kiln_error *err)
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
    const kiln_status status = kiln_permutation_importance(p->device, p->network, kiln_data_samples(p->data),
                                                           (kiln_subset){ rows, count }, &options, &found->importance, err);
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

kiln_status page_analyse(const page *p, page_analysis *found, kiln_error *err)
{
    *found = (page_analysis){ 0 };
    if (p->figures == 0)
        return KILN_OK;
    const kiln_samples *samples = kiln_data_samples(p->data);
    kiln_status status = choose_samples(p, found, err);
    if (status == KILN_OK)
        status = kiln_predict(p->device, p->network, samples, found->subset, interrupt_flag(), found->outputs, err);
    if (status == KILN_OK)
        status = kiln_sample_losses(p->device, p->network, samples, found->subset, p->loss, interrupt_flag(), found->losses, err);
    if (status == KILN_OK && (samples->labels || page_has_labels(p)))
        status = measure_classes(p, found, err);
    if (status == KILN_OK)
        status = measure_importance(p, found, err);
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

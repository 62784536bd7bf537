/* Figures as text and as JSON. */
#include "report.h"

#include "choices.h"
#include "output.h"

#include <math.h>
#include <string.h>

enum { CELL_MOST = 20, MATRIX_MOST = 40 }; /* columns of a class name; classes of a matrix that still reads as one */

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80; /* a UTF-8 character's second byte and on */
}

size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text; text++)
        width += !continues(*text);
    return width;
}

void print_cell(const char *text, size_t width, bool right)
{
    const size_t own = text_width(text), pad = own < width ? width - own : 0;
    if (right)
        printf("%*s", (int)pad, "");
    size_t shown = 0;
    for (; *text; text++) {
        shown += !continues(*text);
        if (shown > width)
            break;
        const unsigned char byte = (unsigned char)*text;
        putchar(byte < 0x20 || byte == 0x7F ? '?' : byte);
    }
    if (!right)
        printf("%*s", (int)pad, "");
}

const char *class_name(const kiln_schema *schema, size_t class, char number[24])
{
    if (schema && schema->class_name && class < schema->classes)
        return schema->class_name[class];
    snprintf(number, 24, "%zu", class);
    return number;
}

void print_figures(const char *label, const kiln_metrics *metrics)
{
    char right[32] = ""; /* of weighted samples their number says nothing */
    if (!metrics->weighted)
        snprintf(right, sizeof right, " (%ld right)", lround(metrics->accuracy * (double)metrics->count));
    printf("%-11s %zu samples%s: ", label, metrics->count, metrics->weighted ? " by weight" : "");
    if (metrics->labels) {
        printf("subset accuracy %.2f %%%s, Hamming loss %.4f, micro F1 %.4f, macro F1 %.4f, loss %.4g\n", 100.0 * metrics->accuracy,
               right, metrics->hamming_loss, metrics->micro_f1, metrics->macro_f1, metrics->loss);
    } else if (metrics->classes) {
        printf("accuracy %.2f %%%s, loss %.4g\n", 100.0 * metrics->accuracy, right, metrics->loss);
    } else {
        printf("RMSE %.6g, MAE %.6g, R2 %.4f, loss %.4g\n", metrics->rmse, metrics->mae, metrics->r2, metrics->loss);
    }
}

/* Columns that the longest class name needs. */
static size_t names_width(const kiln_metrics *metrics, const kiln_schema *schema)
{
    size_t width = 5; /* "class" */
    char number[24];
    for (size_t c = 0; c < metrics->classes; c++) {
        const size_t own = text_width(class_name(schema, c, number));
        width = own > width ? own : width;
    }
    return width < CELL_MOST ? width : CELL_MOST;
}

void print_classes(const kiln_metrics *metrics, const kiln_schema *schema)
{
    if (!metrics->classes)
        return;
    char number[24];
    const size_t width = names_width(metrics, schema);
    printf("\n%-*s  precision   recall       F1  samples\n", (int)width, "class");
    for (size_t c = 0; c < metrics->classes; c++) {
        size_t samples = 0;
        for (size_t p = 0; p < metrics->classes; p++)
            samples += metrics->confusion[c * metrics->classes + p];
        print_cell(class_name(schema, c, number), width, false);
        printf("  %9.4f%9.4f%9.4f%9zu\n", metrics->precision[c], metrics->recall[c], metrics->f1[c], samples);
    }
}

void print_confusion(const kiln_metrics *metrics, const kiln_schema *schema)
{
    if (!metrics->classes)
        return;
    if (metrics->classes > MATRIX_MOST) {
        printf("\nconfusion matrix: left out, %zu classes are too many for a page; --json has it\n", metrics->classes);
        return;
    }
    char number[24];
    size_t most = 0;
    for (size_t i = 0; i < metrics->classes * metrics->classes; i++)
        most = metrics->confusion[i] > most ? metrics->confusion[i] : most;
    const size_t head = names_width(metrics, schema);
    const size_t digits = (size_t)snprintf(NULL, 0, "%zu", most);
    size_t cell = 0;
    for (size_t c = 0; c < metrics->classes; c++) {
        const size_t own = text_width(class_name(schema, c, number));
        cell = own > cell ? own : cell;
    }
    cell = cell < 10 ? cell : 10;
    cell = cell > digits ? cell : digits;
    printf("\nconfusion matrix (a row is a true class, a column what was predicted)\n%*s", (int)head, "");
    for (size_t c = 0; c < metrics->classes; c++) {
        printf("  ");
        print_cell(class_name(schema, c, number), cell, true);
    }
    putchar('\n');
    for (size_t c = 0; c < metrics->classes; c++) {
        print_cell(class_name(schema, c, number), head, false);
        for (size_t p = 0; p < metrics->classes; p++) {
            const size_t samples = metrics->confusion[c * metrics->classes + p];
            if (samples)
                printf("  %*zu", (int)cell, samples);
            else
                printf("  %*s", (int)cell, "."); /* the eye looks for what is not zero */
        }
        putchar('\n');
    }
}

static json_t *list_of_figures(const double *figures, size_t classes)
{
    json_t *array = json_array();
    for (size_t c = 0; c < classes; c++)
        json_array_append_new(array, number_or_null(figures[c]));
    return array;
}

static json_t *matrix_json(const size_t *counts, size_t classes)
{
    json_t *rows = json_array();
    for (size_t c = 0; c < classes; c++) {
        json_t *row = json_array();
        for (size_t p = 0; p < classes; p++)
            json_array_append_new(row, json_integer((json_int_t)counts[c * classes + p]));
        json_array_append_new(rows, row);
    }
    return rows;
}

/* A matrix a label; of classes the one there is. */
static json_t *confusion_json(const kiln_metrics *m)
{
    if (!m->labels)
        return matrix_json(m->confusion, m->classes);
    json_t *matrices = json_array();
    for (size_t l = 0; l < m->labels; l++)
        json_array_append_new(matrices, matrix_json(m->confusion + 4 * l, 2));
    return matrices;
}

static json_t *outputs_json(const kiln_metrics *m)
{
    json_t *list = json_array();
    for (size_t o = 0; o < m->outputs; o++) {
        json_t *object = json_object();
        json_object_set_new(object, "rmse", number_or_null(m->output[o].rmse));
        json_object_set_new(object, "mae", number_or_null(m->output[o].mae));
        json_object_set_new(object, "r2", number_or_null(m->output[o].r2));
        json_array_append_new(list, object);
    }
    return list;
}

json_t *figures_json(const kiln_metrics *metrics)
{
    const kiln_metrics none = { .loss = NAN, .rmse = NAN, .mae = NAN, .r2 = NAN };
    const kiln_metrics *m = metrics ? metrics : &none;
    json_t *object = json_object();
    json_object_set_new(object, "samples", json_integer((json_int_t)m->count));
    json_object_set_new(object, "weighted", json_boolean(m->weighted));
    json_object_set_new(object, "loss", number_or_null(m->loss));
    const size_t each = m->labels ? m->labels : m->classes;
    json_object_set_new(object, "accuracy", each ? number_or_null(m->accuracy) : json_null());
    if (m->labels) {
        json_object_set_new(object, "hamming_loss", number_or_null(m->hamming_loss));
        json_object_set_new(object, "micro_f1", number_or_null(m->micro_f1));
    }
    if (each) {
        json_object_set_new(object, "macro_f1", number_or_null(m->macro_f1));
        json_object_set_new(object, "precision", list_of_figures(m->precision, each));
        json_object_set_new(object, "recall", list_of_figures(m->recall, each));
        json_object_set_new(object, "f1", list_of_figures(m->f1, each));
        json_object_set_new(object, "confusion", confusion_json(m));
    } else {
        json_object_set_new(object, "rmse", number_or_null(m->rmse));
        json_object_set_new(object, "mae", number_or_null(m->mae));
        json_object_set_new(object, "r2", number_or_null(m->r2));
        json_object_set_new(object, "per_target", outputs_json(m));
    }
    return object;
}

void shape_text(const kiln_network *network, char *text, size_t bytes)
{
    const kiln_network_shape shape = kiln_network_get_shape(network);
    text[0] = '\0';
    for (size_t i = 0; i <= shape.layers; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, bytes - used, "%s%zu", i ? "-" : "", shape.widths[i]);
    }
}

json_t *shape_json(const kiln_network *network)
{
    const kiln_network_shape shape = kiln_network_get_shape(network);
    json_t *object = json_object(), *widths = json_array();
    for (size_t i = 0; i <= shape.layers; i++)
        json_array_append_new(widths, json_integer((json_int_t)shape.widths[i]));
    json_object_set_new(object, "widths", widths);
    json_object_set_new(object, "activation", json_string(kiln_activation_name(shape.hidden)));
    json_object_set_new(object, "output_activation", json_string(kiln_activation_name(shape.output)));
    json_object_set_new(object, "bias", json_boolean(!shape.no_bias));
    return object;
}

json_t *classes_json(const kiln_schema *schema)
{
    if (!schema || !schema->classes)
        return json_null();
    char number[24];
    json_t *names = json_array();
    for (size_t c = 0; c < schema->classes; c++)
        json_array_append_new(names, text_or_null(class_name(schema, c, number)));
    return names;
}

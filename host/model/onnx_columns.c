/* Columns as ONNX: where all are numbers, one input with a place a column; else an input a column. Missing numbers come as NaN,
 * missing texts as the marks below; nodes fill them in as kiln does. */
#include "model/onnx_columns.h"

#include "base/memory.h"
#include "network/network.h"
#include "network/schema.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { OPSET_ML = 3 };

static bool has_texts(const kiln_schema *schema)
{
    for (size_t c = 0; c < schema->columns; c++)
        if (schema->column[c].categories > 0)
            return true;
    return false;
}

/* Whether a name is one of the outputs', or of an input before. */
static bool is_taken(const onnx_graph *g, const char *name)
{
    static const char *const outputs[] = { "label", "probabilities", "scores", "variable", "output" };
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (strcmp(name, outputs[i]) == 0)
            return true;
    for (size_t i = 0; i < g->graph.n_input; i++)
        if (strcmp(name, g->graph.input[i]->name) == 0)
            return true;
    return false;
}

/* The input of a column: its name, or its number where it has none or one of the inside's kind; with '_' behind it until no other
 * has it. */
static const char *input_name(onnx_graph *g, const kiln_column *column, size_t place)
{
    const bool named = column->name && column->name[0] && column->name[0] != '/';
    const char *name = named ? column->name : graph_text(g, "column_%zu", place);
    while (name && is_taken(g, name))
        name = graph_text(g, "%s_", name);
    return name;
}

/* Adds a mark to the texts, of which the first are the column's categories, unless it is one of those. */
static void add_mark(const kiln_column *column, const char *mark, char **texts, size_t *count)
{
    size_t i = 0;
    while (i < column->categories && strcmp(column->category[i], mark) != 0)
        i++;
    if (i == column->categories)
        texts[(*count)++] = (char *)mark;
}

/* The column's categories, and behind them the texts that stand for a missing one and are none of them; *count of all. NULL
 * without memory. */
static char **texts_and_marks(const kiln_column *column, size_t *count)
{
    static const char *const nan[] = { "nan", "NaN", "NAN" };
    enum { NANS = sizeof nan / sizeof *nan };
    size_t room;
    char **texts = size_sum(column->categories, SCHEMA_MISSING + NANS, &room) ? mem_alloc(room, sizeof *texts) : NULL;
    if (!texts)
        return NULL;
    memcpy(texts, column->category, column->categories * sizeof *texts);
    *count = column->categories;
    for (size_t i = 0; i < SCHEMA_MISSING; i++)
        add_mark(column, schema_missing[i], texts, count);
    for (size_t i = 0; i < NANS; i++)
        add_mark(column, nan[i], texts, count);
    return texts;
}

/* hot = one-hot of the categories, and where missing texts are filled also of their marks. A text that is none of these was not
 * there in training: an error, as in kiln. */
static void write_encoder(onnx_graph *g, const kiln_schema *schema, const kiln_column *column, const char *input, const char *hot)
{
    size_t count = column->categories;
    char **texts = schema_fills(schema) ? texts_and_marks(column, &count) : column->category;
    Onnx__NodeProto *node = graph_node(g, "OneHotEncoder", hot, input, NULL);
    if (!texts) {
        g->failed = true;
        return;
    }
    if (node)
        node->domain = (char *)"ai.onnx.ml";
    graph_set_texts(g, node, "cats_strings", texts, count);
    graph_set_int(g, node, "zeros", 0);
    if (texts != column->category)
        free(texts);
}

/* The categories' places, without the marks' behind them. */
static const char *write_cut(onnx_graph *g, const kiln_column *column, const char *places, size_t place)
{
    const char *known = graph_text(g, "/column_%zu/known", place), *from = graph_text(g, "/column_%zu/from", place),
               *to = graph_text(g, "/column_%zu/to", place), *axis = graph_text(g, "/column_%zu/axis", place);
    const char *const inputs[] = { places, graph_integers(g, from, (int64_t[]){ 0 }, 1),
                                   graph_integers(g, to, (int64_t[]){ (int64_t)column->categories }, 1),
                                   graph_integers(g, axis, (int64_t[]){ 1 }, 1) };
    graph_node_of(g, "Slice", known, inputs, sizeof inputs / sizeof *inputs);
    return known;
}

/* A text column's features: one-hot, as numbers of the graph's type; a missing text has 0 for each category. */
static const char *one_hot(onnx_graph *g, const kiln_schema *schema, const char *input, size_t place)
{
    const kiln_column *column = &schema->column[place];
    const char *hot = graph_text(g, "/column_%zu/hot", place), *features = graph_text(g, "/column_%zu/features", place);
    write_encoder(g, schema, column, input, hot);
    graph_set_int(g, graph_node(g, "Flatten", features, hot, NULL), "axis", 1);
    if (schema_fills(schema))
        features = write_cut(g, column, features, place);
    if (g->number == ONNX_FLOAT)
        return features;
    const char *wide = graph_text(g, "/column_%zu/double", place);
    graph_set_int(g, graph_node(g, "Cast", wide, features, NULL), "to", (int64_t)g->number);
    return wide;
}

/* A number that may be missing: itself or what fills it, and its indicator where it has one. Returns the next free part. */
static const char **filled_number(onnx_graph *g, const kiln_column *column, const char *input, size_t place, const char **part)
{
    const char *missing = graph_text(g, "/column_%zu/missing", place), *number = graph_text(g, "/column_%zu/filled", place),
               *indicator = graph_text(g, "/column_%zu/indicator", place), *fill = graph_text(g, "/column_%zu/fill", place);
    graph_node(g, "IsNaN", missing, input, NULL);
    graph_node(g, "Where", number, missing, graph_number(g, fill, (double)column->fill), input, NULL);
    *part++ = number;
    if (column->indicator) {
        graph_set_int(g, graph_node(g, "Cast", indicator, missing, NULL), "to", (int64_t)g->number);
        *part++ = indicator;
    }
    return part;
}

/* Inputs, one a column, and their features side by side. */
static void write_apart(onnx_graph *g, const kiln_schema *schema)
{
    size_t most;
    const char **parts = size_product(schema->columns, 2, &most) ? mem_zeroed(most, sizeof *parts) : NULL, **part = parts;
    if (!parts) {
        g->failed = true;
        return;
    }
    for (size_t c = 0; c < schema->columns; c++) {
        const kiln_column *column = &schema->column[c];
        const char *name = input_name(g, column, c);
        graph_input(g, name, column->categories > 0 ? ONNX_STRING : g->number, 1);
        if (column->categories > 0)
            *part++ = one_hot(g, schema, name, c);
        else if (schema_fills(schema))
            part = filled_number(g, column, name, c, part);
        else
            *part++ = name;
    }
    graph_set_int(g, graph_node_of(g, "Concat", ONNX_FEATURES, parts, (size_t)(part - parts)), "axis", 1);
    free(parts);
}

/* What missing numbers become, one a column. */
static const char *write_fills(onnx_graph *g, const kiln_schema *schema)
{
    double *fills = mem_alloc(schema->columns, sizeof *fills);
    if (!fills) {
        g->failed = true;
        return NULL;
    }
    for (size_t c = 0; c < schema->columns; c++)
        fills[c] = (double)schema->column[c].fill;
    const char *name = graph_numbers(g, "/fills", 0, schema->columns, false, fills);
    free(fills);
    return name;
}

/* Where each feature is among all numbers and, behind them, all indicators; NULL where there are no indicators. */
static const char *write_order(onnx_graph *g, const kiln_schema *schema, size_t features)
{
    if (features == schema->columns)
        return NULL;
    int64_t *order = mem_alloc(features, sizeof *order), *next = order;
    if (!order) {
        g->failed = true;
        return NULL;
    }
    for (size_t c = 0; c < schema->columns; c++) {
        *next++ = (int64_t)c;
        if (schema->column[c].indicator)
            *next++ = (int64_t)(schema->columns + c);
    }
    const char *name = graph_integers(g, "/order", order, features);
    free(order);
    return name;
}

/* All columns are numbers, side by side, some of them missing. */
static void write_together(onnx_graph *g, const kiln_network *network)
{
    const char *order = write_order(g, &network->schema, network->widths[0]), *number = order ? "/filled" : ONNX_FEATURES;
    graph_input(g, "X", g->number, network->schema.columns);
    graph_node(g, "IsNaN", "/missing", "X", NULL);
    graph_node(g, "Where", number, "/missing", write_fills(g, &network->schema), "X", NULL);
    if (!order)
        return;
    graph_set_int(g, graph_node(g, "Cast", "/indicators", "/missing", NULL), "to", (int64_t)g->number);
    graph_set_int(g, graph_node(g, "Concat", "/all", number, "/indicators", NULL), "axis", 1);
    graph_set_int(g, graph_node(g, "Gather", ONNX_FEATURES, "/all", order, NULL), "axis", 1);
}

const char *onnx_write_columns(onnx_graph *g, const kiln_network *network)
{
    const kiln_schema *schema = &network->schema;
    if (has_texts(schema)) {
        graph_operators(g, "ai.onnx.ml", OPSET_ML);
        write_apart(g, schema);
    } else if (schema->columns > 0 && schema_fills(schema)) {
        write_together(g, network);
    } else {
        graph_input(g, "X", g->number, network->widths[0]);
        return "X";
    }
    return ONNX_FEATURES;
}

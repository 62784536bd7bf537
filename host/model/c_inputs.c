/* What programs give an exported C file, and how its features are made of that. */
#include "model/c_inputs.h"

#include "base/memory.h"
#include "network/network.h"
#include "network/schema.h"

#include <stdlib.h>

/* Places of x that a column has. */
static size_t places_of(const kiln_column *column)
{
    return column->categories > 0 ? column->categories : 1;
}

bool c_fills(const kiln_network *network)
{
    return network->schema.columns > 0 && schema_fills(&network->schema);
}

size_t c_inputs(const kiln_network *network)
{
    size_t inputs = network->widths[0];
    for (size_t c = 0; c < network->schema.columns; c++)
        inputs -= network->schema.column[c].indicator;
    return inputs;
}

/* What missing numbers become, and which of them have an indicator: a place of x each. */
static void write_fills(source *s, const kiln_network *network)
{
    const kiln_schema *schema = &network->schema;
    const size_t inputs = c_inputs(network);
    float *values = mem_zeroed(inputs, sizeof *values), *value = values; /* 0: a missing text is none of its column's */
    if (!values) {
        s->failed = true;
        return;
    }
    for (size_t c = 0; c < schema->columns; c++) {
        *value = schema->column[c].categories > 0 ? 0.0f : schema->column[c].fill;
        value += places_of(&schema->column[c]);
    }
    source_add_floats(s, "    ", "fill", inputs, values);
    free(values);
    if (inputs == network->widths[0])
        return;
    source_add(s, "    static const unsigned char indicator[%zu] = {", inputs);
    for (size_t c = 0, place = 0; c < schema->columns; c++)
        for (size_t i = places_of(&schema->column[c]); i > 0; i--)
            source_add(s, "%s %d,", place++ % 16 == 0 ? "\n       " : "", schema->column[c].indicator);
    source_add(s, "\n    };\n");
}

void c_write_features(source *s, const kiln_network *network, const char *name, const char *upper)
{
    const bool indicators = c_inputs(network) != network->widths[0];
    source_add(s,
               "/* The network's features: x, or what a missing value of it becomes%s. */\n"
               "static inline void %s_features(const float *x, float *features)\n{\n",
               indicators ? ", and 1 behind some that are missing, else 0" : "", name);
    write_fills(s, network);
    source_add(s,
               "    for (int i = 0; i < %s_INPUTS; i++) {\n"
               "        const int missing = isnan(x[i]);\n"
               "        *features++ = missing ? fill[i] : x[i];\n",
               upper);
    if (indicators)
        source_add(s, "        if (indicator[i])\n            *features++ = missing ? 1.0f : 0.0f;\n");
    source_add(s, "    }\n}\n\n");
}

/* What goes where in x: "width", and for a text column one place a category, "colour=red", 1 where the row has that text, else 0.
 */
void c_write_feature_names(source *s, const kiln_schema *schema, const char *name)
{
    size_t place = 0;
    bool named = false;
    for (size_t c = 0; c < schema->columns; c++)
        named = named || schema->column[c].name || schema->column[c].categories > 0;
    if (!named)
        return;
    source_add(s, "/* What x holds, in its order. \"colour=red\" is 1 where the column has that text, else 0. */\n");
    source_begin_names(s, name, "feature");
    for (size_t c = 0; c < schema->columns; c++) {
        const kiln_column *column = &schema->column[c];
        for (size_t i = 0; i < places_of(column); i++) {
            source_add(s, "        /* %zu */ ", place++);
            if (column->name)
                source_add_string(s, column->name);
            else
                source_add(s, "\"column %zu\"", c);
            if (column->categories > 0) {
                source_add(s, " \"=\" ");
                source_add_string(s, column->category[i]);
            }
            source_add(s, ",\n");
        }
    }
    source_end_names(s);
}

/* A network as one C99 file for programs without any library, as on microcontrollers. */
#include "base/memory.h"
#include "model/c_inputs.h"
#include "model/model.h"
#include "model/source.h"
#include "network/network.h"

#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 64 };

/* f(z) as C99's float functions have it. */
static const char *const formulas[] = {
    [KILN_SIGMOID] = "z >= 0.0f ? 1.0f / (1.0f + expf(-z)) : expf(z) / (1.0f + expf(z))",
    [KILN_TANH] = "tanhf(z)",
    [KILN_RELU] = "z <= 0.0f ? 0.0f : z",
    [KILN_LEAKY_RELU] = "z > 0.0f ? z : 0.01f * z",
    [KILN_GELU] = "0.5f * z * (1.0f + erff(z * 0.707106781f))",
    [KILN_SILU] = "z >= 0.0f ? z / (1.0f + expf(-z)) : z * expf(z) / (1.0f + expf(z))",
    [KILN_LINEAR] = "z",
};

static bool is_c_name(const char *name)
{
    const unsigned char *c = (const unsigned char *)name;
    if (!name[0] || strlen(name) > NAME_MOST || !(isalpha(*c)))
        return false;
    while (*c && *c < 0x80 && (isalnum(*c) || *c == '_'))
        c++;
    return !*c;
}

/* "out/my-digits.h" -> "my_digits". */
static void name_of_path(const char *path, char name[NAME_MOST + 1])
{
    const char *slash = strrchr(path, '/'), *from = slash ? slash + 1 : path, *dot = strrchr(from, '.');
    const size_t length = dot && dot > from ? (size_t)(dot - from) : strlen(from);
    const bool needs_letter = !(isalpha((unsigned char)from[0]));
    size_t used = (size_t)snprintf(name, NAME_MOST + 1, "%s", needs_letter ? "model_" : "");
    for (size_t i = 0; i < length && used < NAME_MOST; i++)
        name[used++] = isalnum((unsigned char)from[i]) ? from[i] : '_';
    name[used] = '\0';
}

static void upper_case(const char *name, char upper[NAME_MOST + 1])
{
    size_t i = 0;
    for (; name[i]; i++)
        upper[i] = (char)toupper((unsigned char)name[i]);
    upper[i] = '\0';
}

static bool has_labels(const kiln_network *network)
{
    return network->schema.task == KILN_MULTILABEL && network->schema.targets == network->widths[network->layers];
}

static void write_head(source *s, const kiln_network *network, const char *name, const char *upper)
{
    source_add(s, "/* %s: a network ", name);
    for (size_t l = 0; l <= network->layers; l++)
        source_add(s, "%s%zu", l ? "-" : "", network->widths[l]);
    source_add(s, ", written by kiln %s. C99 or C++, needs math.h alone.\n *\n", KILN_VERSION);
    source_add(s, " *   float y[%s_OUTPUTS];\n *   %s_predict(x, y);   x: %s_INPUTS features as they are in the data%s\n", upper,
               name, upper, c_fills(network) ? ", NAN for a missing number" : "");
    if (network->schema.classes > 0)
        source_add(s, " *   int number = %s_class(x);\n", name);
    if (has_labels(network))
        source_add(s, " *   int labels[%s_OUTPUTS];\n *   %s_labels(x, labels);\n", upper, name);
    source_add(s,
               " *\n * Each source file that includes it gets its own copy of the constants. Beside them, a call takes a stack of "
               "about %s_STACK bytes. */\n",
               upper);
    source_add(s, "#ifndef KILN_MODEL_%s_H\n#define KILN_MODEL_%s_H\n\n#include <math.h>\n\n", upper, upper);
}

/* Sizes; the two arrays that layers' inputs and outputs take turns in are the stack. */
static void write_sizes(source *s, const kiln_network *network, const char *upper)
{
    size_t most = 1;
    for (size_t l = network->mean || c_fills(network) ? 0 : 1; l < network->layers; l++)
        most = network->widths[l] > most ? network->widths[l] : most;
    source_add(s, "enum {\n    %s_INPUTS = %zu,\n    %s_OUTPUTS = %zu,\n", upper, c_inputs(network), upper,
               network->widths[network->layers]);
    if (network->schema.classes > 0)
        source_add(s, "    %s_CLASSES = %zu,\n", upper, network->schema.classes);
    source_add(s, "    %s_WIDEST = %zu, /* of the values between layers */\n", upper, most);
    source_add(s, "    %s_STACK = 2 * 4 * %s_WIDEST\n};\n\n", upper, upper);
}

/* One layer for all of them: y = w . x + b, w (out, in). */
static void write_layer_function(source *s, const kiln_network *network, const char *name)
{
    const char *b = network->bias ? "const float *b, " : "";
    source_add(s,
               "/* y = w . x%s; w is (out, in). */\n"
               "static inline void %s_layer(int in, int out, const float *w, %sconst float *x, float *y)\n{\n"
               "    for (int o = 0; o < out; o++) {\n"
               "        float z = %s;\n"
               "        for (int i = 0; i < in; i++)\n"
               "            z += w[(long)o * in + i] * x[i];\n"
               "        y[o] = z;\n    }\n}\n\n",
               network->bias ? " + b" : "", name, b, network->bias ? "b[o]" : "0.0f");
}

/* f over all of a layer's outputs, under a name of its own. */
static void write_activation(source *s, const char *name, const char *suffix, kiln_activation which)
{
    source_add(s, "static inline void %s_%s(int count, float *y)\n{\n", name, suffix);
    if (which == KILN_SOFTMAX)
        source_add(s, "    float largest = y[0], sum = 0.0f;\n"
                      "    for (int i = 1; i < count; i++)\n"
                      "        largest = y[i] > largest ? y[i] : largest;\n"
                      "    for (int i = 0; i < count; i++) {\n"
                      "        y[i] = expf(y[i] - largest);\n"
                      "        sum += y[i];\n    }\n"
                      "    for (int i = 0; i < count; i++)\n"
                      "        y[i] /= sum;\n");
    else
        source_add(s, "    for (int i = 0; i < count; i++) {\n        const float z = y[i];\n        y[i] = %s;\n    }\n",
                   formulas[which]);
    source_add(s, "}\n\n");
}

/* A layer's constants inside the function that uses them; weights go from (in, out) to (out, in). */
static void write_constants(source *s, const kiln_network *network, size_t layer)
{
    char name[32];
    const size_t in = network->widths[layer], out = network->widths[layer + 1];
    const double *weights = network->parameters + network_layer_offset(network, layer);
    const size_t count = network_layer_size(network, layer);
    float *values = mem_alloc(count, sizeof *values);
    if (!values) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; i < in; i++)
        for (size_t o = 0; o < out; o++)
            values[o * in + i] = (float)weights[i * out + o];
    for (size_t o = in * out; o < count; o++)
        values[o] = (float)weights[o];
    snprintf(name, sizeof name, "w%zu", layer + 1);
    source_add_floats(s, "    ", name, in * out, values);
    snprintf(name, sizeof name, "b%zu", layer + 1);
    if (network->bias)
        source_add_floats(s, "    ", name, out, values + in * out);
    free(values);
}

static bool are_equal(const float *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

/* One number where all are the same, as for images, else one a feature. */
static void write_statistic(source *s, const char *name, const float *values, size_t count)
{
    if (!are_equal(values, count)) {
        source_add_floats(s, "    ", name, count, values);
        return;
    }
    source_add(s, "    static const float %s = ", name);
    source_add_float(s, values[0]);
    source_add(s, ";\n");
}

/* The calls for one layer. Values between layers are in `odd` and `even` by turns. */
static void write_layer(source *s, const kiln_network *network, const char *name, size_t l)
{
    char bias[32] = "";
    const bool last = l + 1 == network->layers;
    const char *first = network->mean || c_fills(network) ? "even" : "x";
    const char *from = l == 0 ? first : l % 2 ? "odd" : "even", *to = last ? "y" : l % 2 ? "even" : "odd";
    if (network->bias)
        snprintf(bias, sizeof bias, "b%zu, ", l + 1);
    source_add(s, "    %s_layer(%zu, %zu, w%zu, %s%s, %s);\n", name, network->widths[l], network->widths[l + 1], l + 1, bias, from,
               to);
    if (network_activation(network, l) != KILN_LINEAR)
        source_add(s, "    %s_%s(%zu, %s);\n", name, last ? "output" : "hidden", network->widths[l + 1], to);
}

static void write_predict(source *s, const kiln_network *network, const char *name, const char *upper)
{
    const size_t in = network->widths[0];
    const bool filled = c_fills(network);
    source_add(s,
               "/* y = the network's outputs for the features x; y is written whole. */\n"
               "static inline void %s_predict(const float *x, float *y)\n{\n",
               name);
    if (network->mean) {
        write_statistic(s, "mean", network->mean, in);
        write_statistic(s, "scale", network->scale, in);
    }
    for (size_t l = 0; l < network->layers; l++)
        write_constants(s, network, l);
    if (network->mean || filled || network->layers > 2) /* the inputs of layers 1, 3 ...; without a mean, x itself is layer 1's */
        source_add(s, "    float even[%s_WIDEST];\n", upper);
    if (network->layers > 1)
        source_add(s, "    float odd[%s_WIDEST];\n", upper);
    if (filled)
        source_add(s, "    %s_features(x, even);\n", name);
    if (network->mean)
        source_add(s, "    for (int i = 0; i < %zu; i++)\n        even[i] = (%s[i] - mean%s) * scale%s;\n", in,
                   filled ? "even" : "x", are_equal(network->mean, in) ? "" : "[i]", are_equal(network->scale, in) ? "" : "[i]");
    for (size_t l = 0; l < network->layers; l++)
        write_layer(s, network, name, l);
    source_add(s, "}\n\n");
}

static void write_class(source *s, const kiln_network *network, const char *name, const char *upper)
{
    if (network->schema.classes == 0)
        return;
    source_add(s, "/* The class's number: %s. */\nstatic inline int %s_class(const float *x)\n{\n    float y[%s_OUTPUTS];\n",
               network->widths[network->layers] == 1 ? "1 from an output of 1/2 on" : "the largest output's, the first of equals",
               name, upper);
    source_add(s, "    %s_predict(x, y);\n", name);
    if (network->widths[network->layers] == 1)
        source_add(s, "    return y[0] >= 0.5f ? 1 : 0;\n}\n\n");
    else
        source_add(s,
                   "    int best = 0;\n    for (int i = 1; i < %s_OUTPUTS; i++)\n        best = y[i] > y[best] ? i : best;\n"
                   "    return best;\n}\n\n",
                   upper);
}

static void write_labels(source *s, const kiln_network *network, const char *name, const char *upper)
{
    if (!has_labels(network))
        return;
    source_add(s,
               "/* Which labels hold, 1, from an output of 1/2 on; else 0. Of a label's two texts, 1 is the second. */\n"
               "static inline void %s_labels(const float *x, int *labels)\n{\n    float y[%s_OUTPUTS];\n    %s_predict(x, y);\n"
               "    for (int i = 0; i < %s_OUTPUTS; i++)\n        labels[i] = y[i] >= 0.5f ? 1 : 0;\n}\n\n",
               name, upper, name, upper);
}

/* The targets that outputs are for, where they have names. */
static void write_output_names(source *s, const kiln_schema *schema, const char *name)
{
    if (schema->classes > 0 || schema->targets == 0 || !schema->target[0].name)
        return;
    source_add(s, "/* What y holds, in its order. */\n");
    source_begin_names(s, name, "output");
    for (size_t i = 0; i < schema->targets; i++) {
        source_add(s, "        /* %zu */ ", i);
        source_add_string(s, schema->target[i].name ? schema->target[i].name : "");
        source_add(s, ",\n");
    }
    source_end_names(s);
}

static void write_class_names(source *s, const kiln_schema *schema, const char *name)
{
    if (!schema->class_name)
        return;
    source_begin_names(s, name, "class");
    for (size_t c = 0; c < schema->classes; c++) {
        source_add(s, "        /* %zu */ ", c);
        source_add_string(s, schema->class_name[c]);
        source_add(s, ",\n");
    }
    source_end_names(s);
}

/* Writes what follows the checks. */
static void write_file(source *s, const kiln_network *network, const char *name)
{
    char upper[NAME_MOST + 1];
    upper_case(name, upper);
    write_head(s, network, name, upper);
    write_sizes(s, network, upper);
    c_write_feature_names(s, &network->schema, name);
    write_class_names(s, &network->schema, name);
    write_output_names(s, &network->schema, name);
    write_layer_function(s, network, name);
    if (network->layers > 1 && network->hidden != KILN_LINEAR)
        write_activation(s, name, "hidden", network->hidden);
    if (network->output != KILN_LINEAR)
        write_activation(s, name, "output", network->output);
    if (c_fills(network))
        c_write_features(s, network, name, upper);
    write_predict(s, network, name, upper);
    write_labels(s, network, name, upper);
    write_class(s, network, name, upper);
    source_add(s, "#endif\n");
}

kiln_status kiln_model_export_c(const kiln_network *network, const char *path, const char *name, kiln_error *err)
{
    char chosen[NAME_MOST + 1];
    source s = { 0 };
    if (name && !is_c_name(name))
        return kiln_fail(err, KILN_EINVAL, "'%s' is no name for C: up to %d letters, digits and _, a letter first", name,
                         NAME_MOST);
    const kiln_status status = model_check_finite(network, path, KILN_F32, err);
    if (status != KILN_OK)
        return status;
    if (name)
        snprintf(chosen, sizeof chosen, "%s", name);
    else
        name_of_path(path, chosen);
    const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (c_locale == (locale_t)0)
        return kiln_fail_memory(err, 0, path);
    const locale_t before = uselocale(c_locale); /* the program may have one with decimal commas */
    write_file(&s, network, chosen);
    uselocale(before);
    freelocale(c_locale);
    return source_save(&s, path, err);
}

/* An ONNX graph being made, as protobuf-c's messages, and its way into a file. */
#include "model/onnx_graph.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IR_VERSION = 8, INPUTS_MOST = 3, ATTRIBUTE_FLOAT = 1, ATTRIBUTE_INT = 2, ATTRIBUTE_STRINGS = 8 };

void graph_begin(onnx_graph *g, const char *name, kiln_precision precision)
{
    *g = (onnx_graph){ .number = precision == KILN_F64 ? ONNX_DOUBLE : ONNX_FLOAT };
    onnx__model_proto__init(&g->model);
    onnx__graph_proto__init(&g->graph);
    g->model.has_ir_version = true;
    g->model.ir_version = IR_VERSION;
    g->model.producer_name = graph_text(g, "kiln");
    g->model.producer_version = graph_text(g, "%s", KILN_VERSION);
    g->graph.name = graph_text(g, "%s", name);
}

void graph_free(onnx_graph *g)
{
    for (size_t i = 0; i < g->memories; i++)
        free(g->memory[i]);
    free(g->memory);
    *g = (onnx_graph){ .failed = true };
}

/* Zeroed memory that lives as long as the graph; NULL once there was none. */
static void *own(onnx_graph *g, size_t count, size_t element)
{
    if (!g->failed && g->memories == g->room) {
        size_t room;
        void **memory = size_sum(g->room, g->room + 64, &room) ? mem_resize(g->memory, room, sizeof *memory) : NULL;
        g->failed = !memory;
        g->memory = memory ? memory : g->memory;
        g->room = memory ? room : g->room;
    }
    void *made = g->failed ? NULL : mem_zeroed(count, element);
    g->failed = !made;
    if (made)
        g->memory[g->memories++] = made;
    return made;
}

/* A list of pointers with room for one more: a new one, twice as long, whenever its length is a power of two. */
static void *room_for_one(onnx_graph *g, void *list, size_t count, size_t pointer)
{
    if (count > 0 && (count & (count - 1)) != 0)
        return g->failed ? NULL : list;
    void *longer = own(g, count > 0 ? count : 1, 2 * pointer);
    if (longer && count > 0)
        memcpy(longer, list, count * pointer);
    return longer;
}

char *graph_text(onnx_graph *g, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    const int length = vsnprintf(NULL, 0, format, values);
    char *text = length >= 0 ? own(g, (size_t)length + 1, 1) : NULL;
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(values);
    return text;
}

Onnx__NodeProto *graph_node_of(onnx_graph *g, const char *operator, const char * output, const char *const *inputs, size_t count)
{
    Onnx__NodeProto **list = room_for_one(g, g->graph.node, g->graph.n_node, sizeof *list);
    Onnx__NodeProto *node = own(g, 1, sizeof *node);
    char **names = own(g, count + 1, sizeof *names);
    if (!names)
        return NULL;
    onnx__node_proto__init(node);
    node->input = names;
    node->n_input = count;
    for (size_t i = 0; i < count; i++)
        names[i] = (char *)inputs[i];
    names[count] = (char *)output;
    node->output = names + count;
    node->n_output = 1;
    node->name = (char *)output; /* each output has a name of its own, so each node has */
    node->op_type = (char *)operator;
    g->graph.node = list;
    list[g->graph.n_node++] = node;
    return node;
}

Onnx__NodeProto *graph_node(onnx_graph *g, const char *operator, const char * output, ...)
{
    const char *inputs[INPUTS_MOST], *input;
    size_t count = 0;
    va_list arguments;
    va_start(arguments, output);
    while (count < INPUTS_MOST && (input = va_arg(arguments, const char *)))
        inputs[count++] = input;
    va_end(arguments);
    return graph_node_of(g, operator, output, inputs, count);
}

/* NULL also where there is no node, for want of memory. */
static Onnx__AttributeProto *attribute(onnx_graph *g, Onnx__NodeProto *node, const char *name, int type)
{
    if (!node)
        return NULL;
    Onnx__AttributeProto **list = room_for_one(g, node->attribute, node->n_attribute, sizeof *list);
    Onnx__AttributeProto *made = own(g, 1, sizeof *made);
    if (!made)
        return NULL;
    onnx__attribute_proto__init(made);
    made->name = (char *)name;
    made->has_type = true;
    made->type = type;
    node->attribute = list;
    list[node->n_attribute++] = made;
    return made;
}

void graph_set_int(onnx_graph *g, Onnx__NodeProto *node, const char *name, int64_t value)
{
    Onnx__AttributeProto *made = attribute(g, node, name, ATTRIBUTE_INT);
    if (!made)
        return;
    made->has_i = true;
    made->i = value;
}

void graph_set_float(onnx_graph *g, Onnx__NodeProto *node, const char *name, float value)
{
    Onnx__AttributeProto *made = attribute(g, node, name, ATTRIBUTE_FLOAT);
    if (!made)
        return;
    made->has_f = true;
    made->f = value;
}

/* Texts as protobuf's bytes; NULL without memory. */
static ProtobufCBinaryData *binary(onnx_graph *g, char *const *texts, size_t count)
{
    ProtobufCBinaryData *list = own(g, count, sizeof *list);
    for (size_t i = 0; list && i < count; i++)
        list[i] = (ProtobufCBinaryData){ .len = strlen(texts[i]), .data = (uint8_t *)texts[i] };
    return list;
}

void graph_set_texts(onnx_graph *g, Onnx__NodeProto *node, const char *name, char *const *texts, size_t count)
{
    Onnx__AttributeProto *made = attribute(g, node, name, ATTRIBUTE_STRINGS);
    ProtobufCBinaryData *list = binary(g, texts, count);
    if (!made || !list)
        return;
    made->strings = list;
    made->n_strings = count;
}

/* A tensor without values yet; rank 0 to 2. */
static Onnx__TensorProto *tensor(onnx_graph *g, const char *name, onnx_type type, size_t rank, size_t first, size_t second)
{
    Onnx__TensorProto **list = room_for_one(g, g->graph.initializer, g->graph.n_initializer, sizeof *list);
    Onnx__TensorProto *made = own(g, 1, sizeof *made);
    int64_t *dims = own(g, 2, sizeof *dims);
    if (!dims)
        return NULL;
    onnx__tensor_proto__init(made);
    dims[0] = (int64_t)first;
    dims[1] = (int64_t)second;
    made->dims = dims;
    made->n_dims = rank;
    made->has_data_type = true;
    made->data_type = (int32_t)type;
    made->name = (char *)name;
    g->graph.initializer = list;
    list[g->graph.n_initializer++] = made;
    return made;
}

/* One number as it is on file: little endian. */
static void store(onnx_type type, double value, uint8_t *bytes, size_t size)
{
    uint64_t bits;
    if (type == ONNX_FLOAT) {
        const float narrow = (float)value;
        uint32_t low;
        memcpy(&low, &narrow, sizeof low);
        bits = low;
    } else {
        memcpy(&bits, &value, sizeof bits);
    }
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(bits >> 8 * i);
}

const char *graph_numbers(onnx_graph *g, const char *name, size_t rows, size_t columns, bool transposed, const double *values)
{
    const size_t size = g->number == ONNX_FLOAT ? 4 : 8, lines = rows > 0 ? rows : 1, count = lines * columns; /* in memory */
    Onnx__TensorProto *made = tensor(g, name, g->number, rows > 0 ? 2 : 1, rows > 0 ? rows : columns, columns);
    uint8_t *bytes = own(g, count, size);
    if (!made || !bytes)
        return NULL;
    for (size_t r = 0; r < lines; r++)
        for (size_t c = 0; c < columns; c++)
            store(g->number, values[transposed ? c * lines + r : r * columns + c], bytes + (r * columns + c) * size, size);
    made->has_raw_data = true;
    made->raw_data = (ProtobufCBinaryData){ .len = count * size, .data = bytes };
    return name;
}

const char *graph_number(onnx_graph *g, const char *name, double value)
{
    Onnx__TensorProto *made;
    const char *named = graph_numbers(g, name, 0, 1, false, &value);
    if (!named)
        return NULL;
    made = g->graph.initializer[g->graph.n_initializer - 1];
    made->n_dims = 0;
    return named;
}

const char *graph_integers(onnx_graph *g, const char *name, const int64_t *values, size_t count)
{
    Onnx__TensorProto *made = tensor(g, name, ONNX_INT64, 1, count, 0);
    int64_t *copy = own(g, count, sizeof *copy);
    if (!made || !copy)
        return NULL;
    memcpy(copy, values, count * sizeof *copy);
    made->int64_data = copy;
    made->n_int64_data = count;
    return name;
}

const char *graph_texts(onnx_graph *g, const char *name, char *const *texts, size_t count)
{
    Onnx__TensorProto *made = tensor(g, name, ONNX_STRING, 1, count, 0);
    ProtobufCBinaryData *list = binary(g, texts, count);
    if (!made || !list)
        return NULL;
    made->string_data = list;
    made->n_string_data = count;
    return name;
}

/* An input or output's name and type; NULL without memory. */
static Onnx__ValueInfoProto *value_info(onnx_graph *g, const char *name, onnx_type type, size_t columns)
{
    const size_t rank = columns > 0 ? 2 : 1;
    Onnx__ValueInfoProto *info = own(g, 1, sizeof *info);
    Onnx__TypeProto *of = own(g, 1, sizeof *of);
    Onnx__TypeProto__Tensor *tensor_type = own(g, 1, sizeof *tensor_type);
    Onnx__TensorShapeProto *shape = own(g, 1, sizeof *shape);
    Onnx__TensorShapeProto__Dimension **list = own(g, rank, sizeof *list), *dimension = own(g, rank, sizeof *dimension);
    if (!dimension)
        return NULL;
    for (size_t i = 0; i < rank; i++) {
        onnx__tensor_shape_proto__dimension__init(&dimension[i]);
        list[i] = &dimension[i];
    }
    dimension[0].dim_param = (char *)"N";
    if (columns > 0) {
        dimension[1].has_dim_value = true;
        dimension[1].dim_value = (int64_t)columns;
    }
    onnx__tensor_shape_proto__init(shape);
    shape->dim = list;
    shape->n_dim = rank;
    onnx__type_proto__tensor__init(tensor_type);
    tensor_type->has_elem_type = true;
    tensor_type->elem_type = (int32_t)type;
    tensor_type->shape = shape;
    onnx__type_proto__init(of);
    of->tensor_type = tensor_type;
    onnx__value_info_proto__init(info);
    info->name = (char *)name;
    info->type = of;
    return info;
}

static void add_value(onnx_graph *g, Onnx__ValueInfoProto ***values, size_t *count, Onnx__ValueInfoProto *value)
{
    Onnx__ValueInfoProto **list = room_for_one(g, *values, *count, sizeof *list);
    if (!list || !value)
        return;
    *values = list;
    list[(*count)++] = value;
}

void graph_input(onnx_graph *g, const char *name, onnx_type type, size_t columns)
{
    add_value(g, &g->graph.input, &g->graph.n_input, value_info(g, name, type, columns));
}

void graph_output(onnx_graph *g, const char *name, onnx_type type, size_t columns)
{
    add_value(g, &g->graph.output, &g->graph.n_output, value_info(g, name, type, columns));
}

void graph_operators(onnx_graph *g, const char *domain, int64_t version)
{
    Onnx__OperatorSetIdProto **list = room_for_one(g, g->model.opset_import, g->model.n_opset_import, sizeof *list);
    Onnx__OperatorSetIdProto *made = own(g, 1, sizeof *made);
    if (!made)
        return;
    onnx__operator_set_id_proto__init(made);
    made->domain = (char *)domain;
    made->has_version = true;
    made->version = version;
    g->model.opset_import = list;
    list[g->model.n_opset_import++] = made;
}

void graph_metadata(onnx_graph *g, const char *key, const char *value)
{
    Onnx__StringStringEntryProto **list = room_for_one(g, g->model.metadata_props, g->model.n_metadata_props, sizeof *list);
    Onnx__StringStringEntryProto *made = own(g, 1, sizeof *made);
    if (!made)
        return;
    onnx__string_string_entry_proto__init(made);
    made->key = (char *)key;
    made->value = (char *)value;
    g->model.metadata_props = list;
    list[g->model.n_metadata_props++] = made;
}

kiln_status graph_save(onnx_graph *g, const char *path, kiln_error *err)
{
    if (g->failed)
        return kiln_fail_memory(err, 0, path);
    g->model.graph = &g->graph;
    const size_t size = onnx__model_proto__get_packed_size(&g->model);
    if (size > INT32_MAX)
        return kiln_fail(err, KILN_EINVAL, "%s: not written: the network takes %zu bytes, and ONNX has 2 GB for a model", path,
                         size);
    uint8_t *bytes = mem_alloc(size, 1);
    file_writer *writer = NULL;
    kiln_status status = bytes ? file_begin(path, &writer, err) : kiln_fail_memory(err, size, path);
    if (status != KILN_OK)
        goto done;
    onnx__model_proto__pack(&g->model, bytes);
    status = file_append(writer, bytes, size, err);
    if (status == KILN_OK) {
        status = file_commit(writer, err);
        writer = NULL;
    }
done:
    file_abandon(writer);
    free(bytes);
    return status;
}

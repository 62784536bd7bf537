/* ONNX that is no perceptron, or not sound, is refused with a sentence that names the node or tensor. */
#include "model/onnx_graph.h"
#include "model/onnx_read.h"
#include "support.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* x (N, 2) -> Gemm -> Relu -> Gemm -> y, to be spoiled in one place at a time. */
static void small_graph(onnx_graph *g)
{
    static const double w[] = { 1, 2, 3, 4, 5, 6 };
    graph_begin(g, "small", KILN_F32);
    graph_operators(g, "", 17);
    graph_input(g, "x", ONNX_FLOAT, 2);
    graph_numbers(g, "w1", 3, 2, false, w);
    graph_numbers(g, "b1", 0, 3, false, w);
    graph_numbers(g, "w2", 3, 2, false, w);
    graph_numbers(g, "b2", 0, 2, false, w);
    graph_set_int(g, graph_node(g, "Gemm", "z", "x", "w1", "b1", NULL), "transB", 1);
    graph_node(g, "Relu", "h", "z", NULL);
    graph_node(g, "Gemm", "y", "h", "w2", "b2", NULL);
    graph_output(g, "y", ONNX_FLOAT, 2);
    ck_assert(!g->failed);
    g->model.graph = &g->graph;
}

static kiln_status parse(const onnx_graph *g, kiln_network **network, kiln_error *err)
{
    const size_t size = onnx__model_proto__get_packed_size(&g->model);
    uint8_t *bytes = malloc(size);
    ck_assert_ptr_nonnull(bytes);
    onnx__model_proto__pack(&g->model, bytes);
    const kiln_status status = onnx_parse("f.onnx", bytes, size, network, err);
    free(bytes);
    return status;
}

static void alpha(onnx_graph *g)
{
    graph_set_float(g, g->graph.node[0], "alpha", 2.0f);
}
static void beta(onnx_graph *g)
{
    graph_set_float(g, g->graph.node[0], "beta", 0.5f);
}
static void transposed_input(onnx_graph *g)
{
    graph_set_int(g, g->graph.node[0], "transA", 1);
}
static void convolution(onnx_graph *g)
{
    g->graph.node[0]->op_type = (char *)"Conv";
}
static void other_domain(onnx_graph *g)
{
    g->graph.node[0]->domain = (char *)"com.microsoft";
}
static void no_inputs(onnx_graph *g)
{
    g->graph.node[0]->n_input = 0;
}
static void variable_weights(onnx_graph *g)
{
    g->graph.node[0]->input[1] = (char *)"x";
}
static void variable_bias(onnx_graph *g)
{
    g->graph.node[0]->input[2] = (char *)"x";
}
static void softmax_inside(onnx_graph *g)
{
    g->graph.node[1]->op_type = (char *)"Softmax";
}
static void steep(onnx_graph *g)
{
    g->graph.node[1]->op_type = (char *)"LeakyRelu";
    graph_set_float(g, g->graph.node[1], "alpha", 0.2f);
}
static void tanh_gelu(onnx_graph *g)
{
    Onnx__NodeProto *node = g->graph.node[1];
    node->op_type = (char *)"Gelu";
    graph_set_texts(g, node, "approximate", (char *[]){ "tanh" }, 1);
    node->attribute[0]->s = node->attribute[0]->strings[0];
    node->attribute[0]->has_s = true;
}
static void no_graph(onnx_graph *g)
{
    g->model.graph = NULL;
}
static void no_output(onnx_graph *g)
{
    g->graph.n_output = 0;
}
static void from_nowhere(onnx_graph *g)
{
    g->graph.node[1]->input[0] = (char *)"nowhere";
}
static void circle(onnx_graph *g)
{
    g->graph.node[0]->input[0] = (char *)"h";
}
static void loop(onnx_graph *g)
{
    g->graph.node[1]->op_type = (char *)"Identity";
    g->graph.node[1]->input[0] = (char *)"h";
}
static void old(onnx_graph *g)
{
    g->model.opset_import[0]->version = 6;
}
static void outside(onnx_graph *g)
{
    g->graph.initializer[0]->has_data_location = true;
    g->graph.initializer[0]->data_location = 1;
}
static void half(onnx_graph *g)
{
    g->graph.initializer[0]->data_type = 10;
}
static void too_short(onnx_graph *g)
{
    g->graph.initializer[0]->raw_data.len--;
}
static void negative(onnx_graph *g)
{
    g->graph.initializer[0]->dims[0] = -3;
}
static void wraps(onnx_graph *g)
{
    g->graph.initializer[0]->dims[0] = INT64_MAX;
    g->graph.initializer[0]->dims[1] = 3;
}
static void wraps_in_bytes(onnx_graph *g)
{
    g->graph.initializer[0]->dims[0] = INT64_MAX / 2;
}
static void empty(onnx_graph *g)
{
    g->graph.initializer[0]->dims[0] = 0;
    g->graph.initializer[0]->raw_data.len = 0;
}
static void flat(onnx_graph *g)
{
    g->graph.initializer[0]->n_dims = 1;
    g->graph.initializer[0]->dims[0] = 6;
}
static void long_bias(onnx_graph *g)
{
    g->graph.node[2]->input[2] = (char *)"b1";
}
static void no_chain(onnx_graph *g)
{
    graph_set_int(g, g->graph.node[2], "transB", 1);
    g->graph.node[2]->n_input = 2;
}
static void not_finite(onnx_graph *g)
{
    memset(g->graph.initializer[1]->raw_data.data, 0xff, 4);
}
static void scaled_output(onnx_graph *g)
{
    graph_node(g, "Mul", "scaled", "y", graph_number(g, "two", 2.0), NULL);
    g->graph.output[0]->name = (char *)"scaled";
}
static void scaled_by_many(onnx_graph *g)
{
    graph_node(g, "Mul", "scaled", "x", "b1", NULL);
    g->graph.node[0]->input[0] = (char *)"scaled";
}
static void standardised_twice(onnx_graph *g)
{
    graph_node(g, "Sub", "centred", "x", "b2", NULL);
    graph_node(g, "Mul", "scaled", "centred", "b2", NULL);
    graph_node(g, "Sub", "again", "scaled", "b2", NULL);
    g->graph.node[0]->input[0] = (char *)"again";
}

static void cast_to_integers(onnx_graph *g)
{
    graph_set_int(g, graph_node(g, "Cast", "whole", "x", NULL), "to", ONNX_INT64);
    g->graph.node[0]->input[0] = (char *)"whole";
}

/* Rows of other widths: two rows of one number for each row of two. */
static void reshape_input(onnx_graph *g, const int64_t to[2])
{
    graph_node(g, "Reshape", "flat", "x", graph_integers(g, "to", to, 2), NULL);
    g->graph.node[0]->input[0] = (char *)"flat";
}
static void split_rows(onnx_graph *g)
{
    reshape_input(g, (const int64_t[]){ -1, 1 });
}
static void joined_rows(onnx_graph *g)
{
    reshape_input(g, (const int64_t[]){ 1, -1 });
}

static void nothing_but_input(onnx_graph *g)
{
    g->graph.output[0]->name = (char *)"x";
}
static void activated_input(onnx_graph *g)
{
    graph_node(g, "Tanh", "t", "x", NULL);
    g->graph.node[0]->input[0] = (char *)"t";
}
static void two_hidden(onnx_graph *g)
{
    static const double w[] = { 1, 2, 3, 4 };
    graph_node(g, "Tanh", "t", "y", NULL);
    graph_node(g, "Gemm", "end", "t", graph_numbers(g, "w3", 2, 2, false, w), NULL);
    g->graph.output[0]->name = (char *)"end";
}
static void two_activations(onnx_graph *g)
{
    graph_node(g, "Tanh", "t", "h", NULL);
    g->graph.node[2]->input[0] = (char *)"t";
}
static void wrong_metadata(onnx_graph *g)
{
    graph_metadata(g, "kiln", "{\"version\":1,\"widths\":[2,4,2],\"hidden\":\"relu\",\"output\":\"linear\",\"bias\":true}");
}
static void unprintable_name(onnx_graph *g)
{
    g->graph.node[0]->op_type = (char *)"Conv";
    g->graph.node[0]->name = (char *)"\033[2J";
}

static const struct {
    void (*spoil)(onnx_graph *g);
    kiln_status status;
    const char *said;
} spoiled[] = {
    { alpha, KILN_EUNSUPPORTED, "node 'z' (Gemm) has alpha or beta other than 1" },
    { beta, KILN_EUNSUPPORTED, "node 'z' (Gemm) has alpha or beta other than 1" },
    { transposed_input, KILN_EUNSUPPORTED, "node 'z' (Gemm) has alpha or beta other than 1, or transA" },
    { convolution, KILN_EUNSUPPORTED, "node 'z' (Conv) is nothing that kiln reads" },
    { other_domain, KILN_EUNSUPPORTED, "node 'z' (Gemm) is nothing that kiln reads" },
    { no_inputs, KILN_EUNSUPPORTED, "node 'z' (Gemm) is nothing that kiln reads" },
    { variable_weights, KILN_EUNSUPPORTED, "node 'z' (Gemm) multiplies by what is no constant" },
    { variable_bias, KILN_EUNSUPPORTED, "node 'z' (Gemm) adds what is no constant" },
    { softmax_inside, KILN_EUNSUPPORTED, "softmax is for the output layer only" },
    { steep, KILN_EUNSUPPORTED, "node 'h' (LeakyRelu) is nothing that kiln reads" },
    { tanh_gelu, KILN_EUNSUPPORTED, "node 'h' (Gelu) is nothing that kiln reads" },
    { no_graph, KILN_EDATA, "nor ONNX with a graph" },
    { no_output, KILN_EDATA, "its graph has no output" },
    { from_nowhere, KILN_EDATA, "no node makes tensor 'nowhere'" },
    { circle, KILN_EUNSUPPORTED, "node 'z' (Gemm) is one layer more" },
    { loop, KILN_EUNSUPPORTED, "more than 1024 nodes one after the other" },
    { old, KILN_EUNSUPPORTED, "uses ONNX's operators of version 6" },
    { outside, KILN_EUNSUPPORTED, "tensor 'w1' has its values in another file, which is not read" },
    { half, KILN_EUNSUPPORTED, "tensor 'w1' is of ONNX's type 10" },
    { too_short, KILN_EDATA, "tensor 'w1' has 6 elements, but 23 bytes of values" },
    { negative, KILN_EDATA, "tensor 'w1': dimension 0 is -3" },
    { wraps, KILN_EDATA, "tensor 'w1' has more elements than there are addresses" },
    { wraps_in_bytes, KILN_EDATA, "tensor 'w1' has 9223372036854775806 elements, but 24 bytes of values" },
    { empty, KILN_EUNSUPPORTED, "node 'z' (Gemm) has weights that are no matrix" },
    { flat, KILN_EUNSUPPORTED, "node 'z' (Gemm) has weights that are no matrix" },
    { long_bias, KILN_EUNSUPPORTED, "node 'y' (Gemm) has a bias that is not one number an output" },
    { no_chain, KILN_EDATA, "layer 2 takes 2 values, but the one before it makes 3" },
    { not_finite, KILN_EDATA, "tensor 'b1' holds" },
    { scaled_output, KILN_EUNSUPPORTED, "node 'scaled' (Mul) is arithmetic behind a layer" },
    { scaled_by_many, KILN_EDATA, "does not have one number, or one for each of 2 inputs" },
    { standardised_twice, KILN_EUNSUPPORTED, "node 'scaled' (Mul) is arithmetic that kiln does not read" },
    { cast_to_integers, KILN_EUNSUPPORTED, "node 'whole' (Cast) is nothing that kiln reads" },
    { split_rows, KILN_EUNSUPPORTED, "node 'flat' (Reshape) is nothing that kiln reads" },
    { joined_rows, KILN_EUNSUPPORTED, "node 'flat' (Reshape) is nothing that kiln reads" },
    { nothing_but_input, KILN_EUNSUPPORTED, "has no layer with weights" },
    { activated_input, KILN_EUNSUPPORTED, "its input goes through an activation first" },
    { two_hidden, KILN_EUNSUPPORTED, "layer 1 has activation relu, layer 2 tanh" },
    { two_activations, KILN_EUNSUPPORTED, "node 'h' (Relu) is an activation right before another" },
    { wrong_metadata, KILN_EDATA, "describe another network than its graph" },
    { unprintable_name, KILN_EUNSUPPORTED, "node 'with a name that cannot be shown' (Conv)" },
};

START_TEST(what_is_no_perceptron_is_refused)
{
    onnx_graph g;
    kiln_error err = { 0 };
    kiln_network *network = NULL;
    small_graph(&g);
    ck_assert_kiln(parse(&g, &network, &err), err);
    kiln_network_destroy(network);
    network = NULL;
    spoiled[_i].spoil(&g);
    const kiln_status status = parse(&g, &network, &err);
    graph_free(&g);
    ck_assert_msg(status == spoiled[_i].status && strstr(err.message, spoiled[_i].said), "%d: %s: %s", _i, kiln_status_name(status),
                  err.message);
    ck_assert_ptr_null(network);
}
END_TEST

START_TEST(rows_that_stay_are_read)
{
    static const int64_t to[][2] = { { -1, 2 }, { 0, -1 } };
    onnx_graph g;
    kiln_error err = { 0 };
    kiln_network *network = NULL;
    small_graph(&g);
    reshape_input(&g, to[_i]);
    ck_assert_kiln(parse(&g, &network, &err), err);
    graph_free(&g);
    kiln_network_destroy(network);
}
END_TEST

/* Empty messages, here a graph's nodes, take two bytes of file and a hundred of memory. */
START_TEST(memory_is_bounded_by_the_file)
{
    enum { NODES = 1 << 20, LENGTH = 2 * NODES, HEAD = 5 };
    static uint8_t bytes[HEAD + LENGTH];
    kiln_error err;
    kiln_network *network = NULL;
    bytes[0] = 0x3a; /* the field graph; its length follows, seven bits a byte */
    for (unsigned i = 0; i < 4; i++)
        bytes[1 + i] = (uint8_t)((LENGTH >> 7 * i & 0x7f) | (i < 3 ? 0x80 : 0));
    for (size_t i = HEAD; i < sizeof bytes; i += 2)
        bytes[i] = 0x0a; /* the field node, of length 0 */
    ck_assert_int_eq(onnx_parse("f.onnx", bytes, sizeof bytes, &network, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "its messages take more memory than any sound model's"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx_refused");
    TCase *tc = tcase_create("onnx_refused");
    tcase_add_loop_test(tc, what_is_no_perceptron_is_refused, 0, sizeof spoiled / sizeof *spoiled);
    tcase_add_loop_test(tc, rows_that_stay_are_read, 0, 2);
    tcase_add_test(tc, memory_is_bounded_by_the_file);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

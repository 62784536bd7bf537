/* Networks as files: bit for bit there and back, by PyTorch's names; what is not a sound model is refused with a sentence. */
#include "base/fault.h"
#include "base/safetensors.h"
#include "model/metadata.h"
#include "model/model.h"
#include "network/network.h"
#include "network/schema.h"
#include "networks.h"
#include "support.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a network of the tests has beside its shape. */
typedef enum extras { PLAIN = 0, STANDARDISED = 1, NAMED = 2, NUMBERED = 4, LABELS = 8, NUMBERS = 16 } extras;

static kiln_network *make(size_t layers, const size_t *widths, bool no_bias, unsigned with)
{
    kiln_error err;
    kiln_network *network = NULL;
    const kiln_network_shape shape = {
        .layers = layers, .widths = widths, .hidden = KILN_LEAKY_RELU, .output = KILN_SOFTMAX, .no_bias = no_bias
    };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 7, &err), err);
    if (with & STANDARDISED) {
        static const float mean[] = { 0.1f, -0.0f, 16777216.0f, 1e-45f }, scale[] = { 3.4028235e38f, 1.0f, 1.0f / 3.0f, 1e-38f };
        ck_assert_uint_le(widths[0], 4);
        ck_assert_kiln(kiln_network_set_standardisation(network, mean, scale, &err), err);
    }
    if (with & NAMED) {
        kiln_column columns[] = { { .name = "width \"cm\"" },
                                  { .name = NULL, .categories = 2, .category = (char *[]){ "red", "\xc3\xa9\n" } },
                                  { .name = "", .fill = 1.0f / 3.0f } };
        const kiln_schema schema = { .task = KILN_CLASSIFICATION,
                                     .columns = 3,
                                     .column = columns,
                                     .targets = 1,
                                     .target = &(kiln_target){ .name = "kind" },
                                     .classes = 3,
                                     .class_name = (char *[]){ "a", "", "b,c" },
                                     .missing = KILN_MISSING_MEDIAN,
                                     .ignored = 2,
                                     .ignored_column = (size_t[]){ 0, 3 } };
        ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    }
    if (with & NUMBERED)
        ck_assert_kiln(kiln_network_set_schema(network, &(kiln_schema){ .task = KILN_CLASSIFICATION, .classes = 3 }, &err), err);
    kiln_target targets[] = { { .name = "dog, \"big\"", .label = { "no", "yes\xc3\xa9" } }, { .name = "" }, { .name = NULL } };
    if (with & (LABELS | NUMBERS)) {
        const kiln_schema schema = { .task = with & LABELS ? KILN_MULTILABEL : KILN_REGRESSION, .targets = 3, .target = targets };
        if (with & NUMBERS)
            targets[0].label[0] = targets[0].label[1] = NULL;
        ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    }
    return network;
}

static const struct {
    size_t layers, widths[4];
    bool no_bias;
    unsigned with;
} networks[] = {
    { 1, { 1, 1 }, false, PLAIN },          { 1, { 3, 3 }, true, NUMBERED },
    { 2, { 2, 5, 1 }, true, STANDARDISED }, { 3, { 4, 7, 2, 3 }, false, STANDARDISED | NAMED },
    { 3, { 4, 1, 130, 3 }, false, NAMED },  { 2, { 300, 70, 3 }, false, NUMBERED },
    { 1, { 2, 3 }, false, LABELS },         { 2, { 2, 5, 3 }, true, NUMBERS },
};

START_TEST(a_network_round_trips)
{
    kiln_error err;
    kiln_network *network = make(networks[_i].layers, networks[_i].widths, networks[_i].no_bias, networks[_i].with), *read = NULL;
    const char *path = temporary_file("m.safetensors", NULL, 0);
    ck_assert_kiln(kiln_model_save(network, path, KILN_F32, &err), err); /* initial weights are float32 */
    ck_assert_kiln(kiln_model_load(path, &read, &err), err);
    same_network(network, read);
    kiln_network_destroy(read);
    for (size_t i = 0; i < network->count; i++)
        network->parameters[i] = network->parameters[i] / 3.0 - (i == 0 ? 1e300 : 0.0);
    ck_assert_kiln(kiln_model_save(network, path, KILN_F64, &err), err);
    ck_assert_kiln(kiln_model_load(path, &read, &err), err);
    same_network(network, read);
    memset(read->parameters, 0, read->count * sizeof *read->parameters);
    ck_assert_kiln(kiln_model_load_parameters(path, read, &err), err);
    same_network(network, read);
    kiln_network_destroy(read);
    kiln_network_destroy(network);
}
END_TEST

/* PyTorch's nn.Linear holds (out, in), and nn.Sequential counts the activations between. */
START_TEST(names_and_shapes_are_pytorchs)
{
    kiln_error err;
    tensor_file file;
    const size_t widths[] = { 2, 3, 1 };
    kiln_network *network = make(2, widths, false, PLAIN);
    const double first[] = { 1, 2, 3, 4, 5, 6 }, bias[] = { 7, 8, 9 };
    ck_assert_kiln(kiln_network_set_layer(network, 0, first, bias, &err), err);
    const char *path = temporary_file("names.safetensors", NULL, 0);
    ck_assert_kiln(kiln_model_save(network, path, KILN_F32, &err), err);
    ck_assert_kiln(tensors_load(path, &file, &err), err);
    ck_assert_uint_eq(file.tensors, 4);
    static const char *const names[] = { "0.weight", "0.bias", "2.weight", "2.bias" };
    static const size_t shapes[][2] = { { 3, 2 }, { 3 }, { 1, 3 }, { 1 } };
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(file.tensor[i].name, names[i]);
        ck_assert_uint_eq(file.tensor[i].shape[0], shapes[i][0]);
        ck_assert_int_eq(file.tensor[i].type, TENSOR_F32);
    }
    double values[6];
    static const double turned[] = { 1, 4, 2, 5, 3, 6 };
    ck_assert(tensor_values(&file.tensor[0], false, values));
    ck_assert_mem_eq(values, turned, sizeof values);
    ck_assert_str_eq(tensors_metadata(&file, "format"), "pt");
    tensors_free(&file);
    kiln_network_destroy(network);
}
END_TEST

/* A small model, its parts to be spoiled one at a time: 2-2-1 without bias. */
static const char sound[] = "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":false}";

static kiln_status load_with(const char *metadata, kiln_error *err)
{
    kiln_network *network = NULL;
    const double values[] = { 1, 2, 3, 4 };
    const tensor_source sources[] = { { "0.weight", TENSOR_F32, 2, { 2, 2 }, false, values },
                                      { "2.weight", TENSOR_F32, 2, { 1, 2 }, false, values } };
    const tensor_text text = { "kiln", metadata };
    const char *path = temporary_file("meta.safetensors", NULL, 0);
    ck_assert_kiln(tensors_save(path, sources, 2, &text, metadata ? 1 : 0, err), *err);
    memset(err, 0xff, sizeof *err);
    const kiln_status status = kiln_model_load(path, &network, err);
    ck_assert((status == KILN_OK) == (network != NULL));
    if (status != KILN_OK)
        ck_assert(strncmp(err->message, path, strlen(path)) == 0 && !strchr(err->message, '\n'));
    kiln_network_destroy(network);
    return status;
}

#define HEAD "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":false"

static const struct {
    const char *metadata;
    kiln_status status;
    const char *sentence;
} unsound[] = {
    { NULL, KILN_EDATA, "is no model of kiln's" },
    { "", KILN_EDATA, "does not begin with '{'" },
    { "[]", KILN_EDATA, "does not begin with '{'" },
    { HEAD, KILN_EDATA, "is not JSON" },
    { HEAD ",\"mean\":[NaN,0],\"scale\":[1,1]}", KILN_EDATA, "is not JSON" },
    { HEAD ",\"mean\":[1e999,0],\"scale\":[1,1]}", KILN_EDATA, "is not JSON" },
    { HEAD ",\"a\":[[[[[[[[[[]]]]]]]]]]}", KILN_EDATA, "nests 11 brackets" },
    { HEAD ",\"bias\":true}", KILN_EDATA, "duplicate" },
    { "{}", KILN_EDATA, "has no version" },
    { "{\"version\":\"1\"}", KILN_EDATA, "has no version" },
    { "{\"version\":0}", KILN_EDATA, "has no version" },
    { "{\"version\":2,\"widths\":{}}", KILN_EUNSUPPORTED, "version 2" },
    { "{\"version\":1}", KILN_EDATA, "'widths' are not a list" },
    { "{\"version\":1,\"widths\":[2]}", KILN_EDATA, "'widths' are not a list" },
    { "{\"version\":1,\"widths\":[2,0,1]}", KILN_EDATA, "width 1 is not a whole number" },
    { "{\"version\":1,\"widths\":[2,-2,1]}", KILN_EDATA, "width 1 is not a whole number" },
    { "{\"version\":1,\"widths\":[2,2.0,1]}", KILN_EDATA, "width 1 is not a whole number" },
    { "{\"version\":1,\"widths\":[2,4294967298,1]}", KILN_EDATA, "width 1 is not a whole number" },
    { "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"system\"}", KILN_EDATA, "'hidden' is no activation" },
    { "{\"version\":1,\"widths\":[2,2,1],\"hidden\":0}", KILN_EDATA, "'hidden' is no activation" },
    { "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"softmax\",\"output\":\"sigmoid\",\"bias\":false}", KILN_EDATA, "softmax" },
    { "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"tanh\",\"output\":\"tanh\",\"bias\":false}", KILN_EDATA, "tanh" },
    { "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":0}", KILN_EDATA,
      "'bias' is not true" },
    { "{\"version\":1,\"widths\":[2,2,1],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":true}", KILN_EDATA,
      "has no tensor '0.bias', which the network needs with shape (2)" },
    { "{\"version\":1,\"widths\":[2,2147483647,1],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":false}", KILN_EDATA,
      "tensor '0.weight' has shape (2, 2), the network needs (2147483647, 2)" },
    { "{\"version\":1,\"widths\":[2,2],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":false}", KILN_EDATA,
      "tensor '2.weight' is none of the network's" },
    { "{\"version\":1,\"widths\":[2,2,1,1],\"hidden\":\"tanh\",\"output\":\"sigmoid\",\"bias\":false}", KILN_EDATA,
      "has no tensor '4.weight'" },
    { HEAD ",\"mean\":[0,0]}", KILN_EDATA, "'scale' is not a list of 2 numbers" },
    { HEAD ",\"scale\":[1,1]}", KILN_EDATA, "'mean' is not a list of 2 numbers" },
    { HEAD ",\"mean\":[0],\"scale\":[1,1]}", KILN_EDATA, "'mean' is not a list of 2 numbers" },
    { HEAD ",\"mean\":[0,\"0\"],\"scale\":[1,1]}", KILN_EDATA, "'mean' 1 is not a number" },
    { HEAD ",\"mean\":[0,1e39],\"scale\":[1,1]}", KILN_EDATA, "'mean' 1 is not a number that float32 holds" },
    { HEAD ",\"task\":\"clustering\"}", KILN_EDATA, "task is none of" },
    { HEAD ",\"task\":1}", KILN_EDATA, "task is none of" },
    { HEAD ",\"columns\":{}}", KILN_EDATA, "list of columns" },
    { HEAD ",\"columns\":[]}", KILN_EDATA, "list of columns" },
    { HEAD ",\"columns\":[{},1]}", KILN_EDATA, "column 1 is not an object" },
    { HEAD ",\"columns\":[{},{\"name\":[]}]}", KILN_EDATA, "column name is not a text" },
    { HEAD ",\"columns\":[{\"categories\":[]}]}", KILN_EDATA, "list of categories is empty" },
    { HEAD ",\"columns\":[{\"categories\":[\"a\",1]}]}", KILN_EDATA, "list of categories holds" },
    { HEAD ",\"columns\":[{}]}", KILN_EDATA, "2 features" },
    { HEAD ",\"columns\":[{},{\"categories\":[\"a\",\"b\"]}]}", KILN_EDATA, "2 features" },
    { HEAD ",\"missing\":\"mode\"}", KILN_EDATA, "'missing' is not error, mean, median or drop" },
    { HEAD ",\"missing\":1}", KILN_EDATA, "'missing' is not error, mean, median or drop" },
    { HEAD ",\"missing\":\"mean\",\"columns\":[{\"missing\":1},{}]}", KILN_EDATA, "column 1 has no number for its missing values" },
    { HEAD ",\"missing\":\"mean\",\"columns\":[{\"missing\":1e39},{}]}", KILN_EDATA, "column 0 has no number" },
    { HEAD ",\"missing\":\"mean\",\"columns\":[{\"missing\":1,\"indicator\":1}]}", KILN_EDATA, "column 0 has an 'indicator'" },
    { HEAD ",\"columns\":[{\"indicator\":true}]}", KILN_EDATA, "column 0 has an 'indicator'" },
    { HEAD ",\"missing\":\"mean\",\"columns\":[{\"categories\":[\"a\"],\"indicator\":true}]}", KILN_EDATA,
      "column 0 has an 'indicator'" },
    { HEAD ",\"ignored\":1}", KILN_EDATA, "'ignored' columns are not a list" },
    { HEAD ",\"ignored\":[2,2]}", KILN_EDATA, "'ignored' columns are not ascending places" },
    { HEAD ",\"ignored\":[-1]}", KILN_EDATA, "'ignored' columns are not ascending places" },
    { HEAD ",\"ignored\":[\"a\"]}", KILN_EDATA, "'ignored' columns are not ascending places" },
    { HEAD ",\"target\":3}", KILN_EDATA, "target is not a text" },
    { HEAD ",\"targets\":[]}", KILN_EDATA, "list of targets is empty" },
    { HEAD ",\"targets\":\"a\"}", KILN_EDATA, "list of targets is empty or not a list" },
    { HEAD ",\"targets\":[1]}", KILN_EDATA, "target 0 is not an object" },
    { HEAD ",\"targets\":[{\"name\":1}]}", KILN_EDATA, "target name is not a text" },
    { HEAD ",\"targets\":[{\"labels\":[\"no\"]}]}", KILN_EDATA, "labels of a target are not two texts" },
    { HEAD ",\"targets\":[{\"labels\":[\"no\",1]}]}", KILN_EDATA, "label is not a text" },
    { HEAD ",\"task\":\"multilabel\",\"targets\":[{},{}]}", KILN_EDATA, "2 targets but the network has 1 outputs" },
    { HEAD ",\"task\":\"multilabel\",\"classes\":2}", KILN_EDATA, "multi-label but has 2 classes" },
    { HEAD ",\"classes\":0}", KILN_EDATA, "number of classes" },
    { HEAD ",\"classes\":3}", KILN_EDATA, "3 classes" },
    { HEAD ",\"classes\":[\"a\",null]}", KILN_EDATA, "list of classes holds" },
    { HEAD ",\"classes\":true}", KILN_EDATA, "list of classes is empty or not a list" },
};

/* One target with nothing but a name is written as it always was; and what was written so is read. */
START_TEST(a_single_target_is_a_text)
{
    kiln_error err;
    kiln_network *network = make(1, (size_t[]){ 4, 3 }, false, NAMED);
    kiln_schema schema;
    json_t *metadata = NULL;
    char *text = NULL;
    ck_assert_kiln(metadata_write("m", network, &text, &err), err);
    ck_assert(strstr(text, "\"target\":\"kind\"") && !strstr(text, "\"targets\""));
    free(text);
    kiln_network_destroy(network);
    ck_assert_kiln(metadata_parse("m", HEAD ",\"task\":\"regression\",\"target\":\"price\"}", &metadata, &err), err);
    ck_assert_kiln(schema_from_json("m", metadata, &schema, &err), err);
    ck_assert(schema.task == KILN_REGRESSION && schema.targets == 1 && !schema.target[0].label[0]);
    ck_assert_str_eq(schema.target[0].name, "price");
    schema_free(&schema);
    json_decref(metadata);
}
END_TEST

START_TEST(unsound_metadata_are_refused)
{
    kiln_error err;
    ck_assert_kiln(load_with(sound, &err), err);
    const kiln_status status = load_with(unsound[_i].metadata, &err);
    ck_assert_msg(status == unsound[_i].status && strstr(err.message, unsound[_i].sentence), "%s: expected %s and '%s', not %s: %s",
                  unsound[_i].metadata ? unsound[_i].metadata : "none", kiln_status_name(unsound[_i].status), unsound[_i].sentence,
                  kiln_status_name(status), status == KILN_OK ? "" : err.message);
}
END_TEST

/* Tensors without kiln's metadata, as PyTorch saves them, for a 2-2-1 network with biases. */
START_TEST(parameters_are_read_by_name_and_shape)
{
    static const double values[] = { 1, 2, 3, 4 }, bad[] = { 1, NAN };
    static const struct {
        tensor_source sources[5];
        size_t count;
        const char *sentence;
    } cases[] = {
        { { { "2.bias", TENSOR_F64, 1, { 1 }, false, values },
            { "2.weight", TENSOR_F64, 2, { 1, 2 }, false, values },
            { "0.bias", TENSOR_F32, 1, { 2 }, false, values },
            { "0.weight", TENSOR_F32, 2, { 2, 2 }, false, values } },
          4,
          NULL },
        { { { "0.weight", TENSOR_F32, 2, { 2, 2 }, false, values } }, 1, "has no tensor '0.bias'" },
        { { { "0.weight", TENSOR_F32, 1, { 4 }, false, values } }, 1, "'0.weight' has shape (4), the network needs (2, 2)" },
        { { { "0.weight", TENSOR_F32, 2, { 2, 2 }, false, values }, { "0.bias", TENSOR_F32, 2, { 2, 1 }, false, values } },
          2,
          "'0.bias' has shape (2, 1), the network needs (2)" },
        { { { "0.weight", TENSOR_F32, 2, { 2, 2 }, false, values },
            { "0.bias", TENSOR_F32, 1, { 2 }, false, bad },
            { "2.weight", TENSOR_F32, 2, { 1, 2 }, false, values },
            { "2.bias", TENSOR_F32, 1, { 1 }, false, values } },
          4,
          "tensor '0.bias' holds nan" },
        { { { "0.weight", TENSOR_F32, 2, { 2, 2 }, false, values },
            { "0.bias", TENSOR_F32, 1, { 2 }, false, values },
            { "2.weight", TENSOR_F32, 2, { 1, 2 }, false, values },
            { "2.bias", TENSOR_F32, 1, { 1 }, false, values },
            { "4.weight", TENSOR_F32, 2, { 1, 1 }, false, values } },
          5,
          "tensor '4.weight' is none of the network's (0.weight to 2.bias)" },
    };
    static const double expected[] = { 1, 3, 2, 4, 1, 2, 1, 2, 1 };
    const size_t widths[] = { 2, 2, 1 };
    kiln_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kiln_network *network = make(2, widths, false, PLAIN), *before = make(2, widths, false, PLAIN);
        const char *path = temporary_file("torch.safetensors", NULL, 0);
        ck_assert_kiln(tensors_save(path, cases[i].sources, cases[i].count, NULL, 0, &err), err);
        const kiln_status status = kiln_model_load_parameters(path, network, &err);
        if (cases[i].sentence) {
            ck_assert_int_eq(status, KILN_EDATA);
            ck_assert_msg(strstr(err.message, cases[i].sentence) != NULL, "'%s' is not in: %s", cases[i].sentence, err.message);
            same_network(network, before);
        } else {
            ck_assert_kiln(status, err);
            ck_assert_mem_eq(network->parameters, expected, sizeof expected);
        }
        kiln_network_destroy(network);
        kiln_network_destroy(before);
    }
}
END_TEST

START_TEST(other_element_types_are_refused)
{
    static const char header[] = "{\"0.weight\":{\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[0,2]}}";
    unsigned char bytes[8 + sizeof header - 1 + 2] = { sizeof header - 1 };
    memcpy(bytes + 8, header, sizeof header - 1);
    const size_t widths[] = { 1, 1 };
    kiln_error err;
    kiln_network *network = make(1, widths, true, PLAIN);
    ck_assert_int_eq(kiln_model_load_parameters(temporary_file("f16.safetensors", bytes, sizeof bytes), network, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "'0.weight' is neither F32 nor F64"));
    kiln_network_destroy(network);
}
END_TEST

START_TEST(what_could_not_be_loaded_is_not_saved)
{
    static const double values[] = { NAN, INFINITY, 1e39, -1e39 };
    const size_t widths[] = { 2, 1 };
    kiln_error err;
    kiln_network *network = make(1, widths, true, PLAIN), *read = NULL;
    const char *path = temporary_file("finite.safetensors", NULL, 0);
    ck_assert_kiln(kiln_model_save(network, path, KILN_F32, &err), err);
    for (size_t i = 0; i < 4; i++) {
        network->parameters[1] = values[i];
        ck_assert_int_eq(kiln_model_save(network, path, KILN_F32, &err), KILN_EINVAL);
        ck_assert_ptr_nonnull(strstr(err.message, "not written"));
    }
    ck_assert_kiln(kiln_model_save(network, temporary_file("f64.safetensors", NULL, 0), KILN_F64, &err), err);
    const kiln_schema latin1 = { .targets = 1,
                                 .target = &(kiln_target){ .name = "gr\xf6\xdf"
                                                                   "e" } };
    ck_assert_kiln(kiln_network_set_schema(network, &latin1, &err), err);
    ck_assert_int_eq(kiln_model_save(network, temporary_file("f64.safetensors", NULL, 0), KILN_F64, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "UTF-8"));
    ck_assert_kiln(kiln_model_load(path, &read, &err), err); /* the first file is still there */
    kiln_network_destroy(read);
    kiln_network_destroy(network);
}
END_TEST

/* The bytes of a saved model; freed by the caller. */
static unsigned char *saved_bytes(const kiln_network *network, size_t *count)
{
    kiln_error err;
    const char *path = temporary_file("bytes.safetensors", NULL, 0);
    ck_assert_kiln(kiln_model_save(network, path, KILN_F32, &err), err);
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 16);
    ck_assert(file && bytes);
    *count = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    return bytes;
}

/* Whatever the bytes, an answer: a network that can be saved again, or KILN_EDATA (a later version: KILN_EUNSUPPORTED). */
static bool loads(const unsigned char *bytes, size_t count)
{
    kiln_error err;
    kiln_network *network = NULL;
    const kiln_status status = model_parse("m", bytes, count, &network, &err);
    ck_assert_msg(status == KILN_OK || status == KILN_EDATA || status == KILN_EUNSUPPORTED, "%s: %s", kiln_status_name(status),
                  err.message);
    ck_assert((status == KILN_OK) == (network != NULL));
    kiln_network_destroy(network);
    return status == KILN_OK;
}

START_TEST(damaged_files_are_refused)
{
    const size_t widths[] = { 4, 2, 3 };
    kiln_network *network = make(2, widths, false, STANDARDISED | NAMED);
    size_t count;
    unsigned char *bytes = saved_bytes(network, &count);
    ck_assert(loads(bytes, count));
    for (size_t length = 0; length < count; length++)
        ck_assert(!loads(bytes, length));
    const size_t header = 8 + bytes[0] + 256u * bytes[1];
    ck_assert_uint_lt(header, count);
    size_t refusals = 0;
    for (size_t i = 0; i < count; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1u << bit);
            refusals += !loads(bytes, count);
            bytes[i] ^= (unsigned char)(1u << bit);
        }
    ck_assert_uint_gt(refusals, 2 * header); /* a changed letter of a name, or digit of a mean, is a sound model still */
    free(bytes);
    kiln_network_destroy(network);
}
END_TEST

/* Saves, or loads, with the n-th call failing. */
static kiln_status attempt(const kiln_network *network, const char *path, int loading, kiln_error *err)
{
    kiln_network *read = NULL;
    if (!loading)
        return kiln_model_save(network, path, KILN_F64, err);
    kiln_status status = kiln_model_load(path, &read, err);
    if (status == KILN_OK)
        status = kiln_model_load_parameters(path, read, err);
    kiln_network_destroy(read);
    return status;
}

START_TEST(failures_are_survived)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    const kiln_status expected = kind == FAULT_MEMORY ? KILN_ENOMEM : KILN_EIO;
    const size_t widths[] = { 4, 2, 3 };
    kiln_network *network = make(2, widths, false, STANDARDISED | NAMED);
    kiln_error err;
    for (int loading = 0; loading < 2; loading++) {
        kiln_status status = expected;
        unsigned long n;
        for (n = 1; status != KILN_OK; n++) {
            const char *path = temporary_file("fault.safetensors", NULL, 0);
            fault_set(kind, n, _i & 2, 0);
            status = attempt(network, path, loading, &err);
            fault_set(kind, 0, false, 0);
            ck_assert_msg(status == KILN_OK || status == expected, "call %lu: %s: %s", n, kiln_status_name(status), err.message);
        }
        ck_assert_uint_gt(n, 3);
    }
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model");
    TCase *tc = tcase_create("model");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_network_round_trips, 0, sizeof networks / sizeof *networks);
    tcase_add_test(tc, names_and_shapes_are_pytorchs);
    tcase_add_test(tc, a_single_target_is_a_text);
    tcase_add_loop_test(tc, unsound_metadata_are_refused, 0, sizeof unsound / sizeof *unsound);
    tcase_add_test(tc, parameters_are_read_by_name_and_shape);
    tcase_add_test(tc, other_element_types_are_refused);
    tcase_add_test(tc, what_could_not_be_loaded_is_not_saved);
    tcase_add_test(tc, damaged_files_are_refused);
    tcase_add_loop_test(tc, failures_are_survived, 0, 4);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Networks as ONNX: bit for bit there and back; what PyTorch's exporter wrote is read. */
#include "base/fault.h"
#include "network/network.h"
#include "networks.h"
#include "support.h"

#include <stdio.h>
#include <string.h>

/* What a network of the round trips has beside its activation. */
typedef enum variant { PLAIN, NUMBERS, TEXTS, ONE_OUTPUT, REGRESSION, LABELS, FILLED, FILLED_TEXTS, VARIANTS } variant;

static kiln_network *make(kiln_activation hidden, variant kind)
{
    static const float mean[] = { 0.1f, -0.0f, 16777216.0f, 1e-45f }, scale[] = { 3.4028235e38f, 1.0f, 1.0f / 3.0f, 1e-38f };
    static char *numbers[] = { "-2", "0", "7" }, *texts[] = { "a", "", "b,c" }, *two[] = { "no", "yes" };
    kiln_column columns[] = { { .name = "label" },
                              { .name = NULL, .categories = 2, .category = (char *[]){ "red", "\xc3\xa9\n" } },
                              { .name = "/odd" } };
    kiln_column filled[] = { { .fill = -0.0f }, { .fill = 3.4028235e38f, .indicator = true }, { .fill = 1e-45f } };
    kiln_column filled_texts[] = { { .name = "a", .fill = 0.1f, .indicator = true },
                                   { .categories = 2, .category = (char *[]){ "red", "NA" } } };
    kiln_target several[] = { { "wet", { "dry", "wet" } }, { "hot", { "cold", "hot" } }, { NULL, { "", "\n" } } };
    const kiln_schema schemas[] = {
        [NUMBERS] = { .task = KILN_CLASSIFICATION, .classes = 3, .class_name = numbers },
        [TEXTS] = { .task = KILN_CLASSIFICATION,
                    .columns = 3,
                    .column = columns,
                    .targets = 1,
                    .target = &(kiln_target){ .name = "kind" },
                    .classes = 3,
                    .class_name = texts },
        [ONE_OUTPUT] = { .task = KILN_CLASSIFICATION, .classes = 2, .class_name = two },
        [REGRESSION] = { .task = KILN_REGRESSION, .targets = 1, .target = &(kiln_target){ .name = "price" } },
        [LABELS] = { .task = KILN_MULTILABEL, .targets = 3, .target = several },
        [FILLED] = { .task = KILN_CLASSIFICATION, .columns = 3, .column = filled, .classes = 3, .missing = KILN_MISSING_MEAN },
        [FILLED_TEXTS] = { .columns = 2, .column = filled_texts, .missing = KILN_MISSING_MEDIAN },
    };
    static const kiln_activation outputs[] = { KILN_SOFTMAX, KILN_SOFTMAX, KILN_SOFTMAX, KILN_SIGMOID,
                                               KILN_LINEAR,  KILN_SIGMOID, KILN_SOFTMAX, KILN_SOFTMAX };
    const size_t widths[] = { 4, 7, 5, kind == ONE_OUTPUT || kind == REGRESSION ? 1 : 3 };
    const kiln_network_shape shape = {
        .layers = 3, .widths = widths, .hidden = hidden, .output = outputs[kind], .no_bias = kind == NUMBERS
    };
    kiln_error err;
    kiln_network *network = NULL;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 7, &err), err);
    if (kind != PLAIN) {
        ck_assert_kiln(kiln_network_set_standardisation(network, mean, scale, &err), err);
        ck_assert_kiln(kiln_network_set_schema(network, &schemas[kind], &err), err);
    }
    return network;
}

START_TEST(a_network_round_trips)
{
    kiln_error err;
    kiln_network *network = make((kiln_activation)(_i / VARIANTS), (variant)(_i % VARIANTS)), *read = NULL;
    const char *path = temporary_file("m.onnx", NULL, 0);
    ck_assert_kiln(kiln_model_export_onnx(network, path, NULL, &err), err); /* initial weights are float32 */
    ck_assert_kiln(kiln_model_load(path, &read, &err), err);
    same_network(network, read);
    kiln_network_destroy(read);
    for (size_t i = 0; i < network->count; i++)
        network->parameters[i] = network->parameters[i] / 3.0 - (i == 0 ? 1e300 : 0.0);
    ck_assert_kiln(kiln_model_export_onnx(network, path, &(kiln_onnx_options){ KILN_F64, 13 }, &err), err);
    ck_assert_kiln(kiln_model_load(path, &read, &err), err);
    same_network(network, read);
    kiln_network_destroy(read);
    ck_assert_int_eq(kiln_model_export_onnx(network, path, NULL, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "-1e+300, which is not a finite float32 number"));
    kiln_network_destroy(network);
}
END_TEST

START_TEST(opsets_have_limits)
{
    kiln_error err;
    kiln_network *network = make(KILN_RELU, PLAIN);
    const char *path = temporary_file("m.onnx", NULL, 0);
    for (int opset = 12; opset <= 23; opset++)
        ck_assert_int_eq(kiln_model_export_onnx(network, path, &(kiln_onnx_options){ .opset = opset }, &err),
                         opset >= 13 && opset <= 22 ? KILN_OK : KILN_EINVAL);
    kiln_network_destroy(network);
}
END_TEST

/* Files that others wrote, and what they give for the inputs 1/4, 2/4 ...: torch.onnx.export of PyTorch 2.15 with
 * dynamo=False, opset_version=17, and with dynamo=True, external_data=False, of nn.Sequential(Linear, ReLU, Linear) and the like
 * after torch.manual_seed(0); skl2onnx 1.20's to_onnx(options={"zipmap": False}) of make_pipeline(StandardScaler(), MLPClassifier(
 * (3,), activation="tanh")) of scikit-learn 1.9; the last two are by onnx.helper. Outputs are PyTorch's and NumPy's in float64. */
static const struct {
    const char *name;
    kiln_activation hidden, output;
    size_t outputs;
    double y[3];
} foreign[] = {
    { "pytorch_relu", KILN_RELU, KILN_LINEAR, 3, { 0.3568283580334235, 0.08876243673941708, -0.13921504513867689 } },
    { "pytorch_gelu", KILN_GELU, KILN_SOFTMAX, 2, { 0.5510613196062523, 0.4489386803937478 } },
    { "pytorch_silu", KILN_SILU, KILN_SIGMOID, 1, { 0.4932995880338875 } },
    { "pytorch_dynamo", KILN_LEAKY_RELU, KILN_LINEAR, 1, { 0.34298430980538197 } },
    { "sklearn_pipeline", KILN_TANH, KILN_SOFTMAX, 3, { 0.19000060513827957, 0.7657681751849689, 0.044231219676751615 } },
    { "matmul_add_lists", KILN_SIGMOID, KILN_LINEAR, 3, { -1.1875, -2.0, -3.8125 } }, /* (x - (1, 2))/4 . w + b */
    { "gemm_double", KILN_SIGMOID, KILN_LINEAR, 3, { 2.75, 3.25, 2.75 } },            /* x . w + b */
};

START_TEST(networks_of_others_are_read)
{
    char path[600];
    kiln_error err;
    kiln_network *network = NULL;
    kiln_device *device = NULL;
    double y[3];
    const float x[] = { 0.25f, 0.5f, 0.75f, 1.0f };
    snprintf(path, sizeof path, "%s/onnx/%s", KILN_CORPUS_FOLDER, foreign[_i].name);
    ck_assert_kiln(kiln_model_load(path, &network, &err), err);
    const kiln_network_shape shape = kiln_network_get_shape(network);
    ck_assert_int_eq(shape.hidden, foreign[_i].hidden);
    ck_assert_int_eq(shape.output, foreign[_i].output);
    ck_assert_uint_eq(shape.widths[shape.layers], foreign[_i].outputs);
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    const kiln_samples samples = { .count = 1, .features = shape.widths[0], .element = KILN_ELEMENT_F32, .x = x };
    ck_assert_kiln(kiln_predict(device, network, &samples, (kiln_subset){ NULL, 1 }, NULL, y, &err), err);
    for (size_t o = 0; o < foreign[_i].outputs; o++) /* some 20 operations on numbers up to 4, twice */
        ck_assert_double_eq_tol(y[o], foreign[_i].y[o], 2 * 4 * gamma_f64(20));
    kiln_device_close(device);
    kiln_network_destroy(network);
}
END_TEST

START_TEST(every_call_fails_in_turn)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    const kiln_status expected = kind == FAULT_FILE ? KILN_EIO : KILN_ENOMEM;
    kiln_error err;
    kiln_network *network = make(KILN_GELU, _i & 4 ? FILLED_TEXTS : _i & 8 ? FILLED : TEXTS);
    const char *path = temporary_file("m.onnx", NULL, 0);
    ck_assert_kiln(kiln_model_export_onnx(network, path, NULL, &err), err);
    bool reached = true;
    unsigned long refused = 0;
    for (unsigned long n = 1; reached; n++) {
        kiln_network *read = NULL;
        fault_set(kind, n, _i & 2, 0);
        kiln_status status = kiln_model_export_onnx(network, path, &(kiln_onnx_options){ .precision = KILN_F64 }, &err);
        if (status == KILN_OK)
            status = kiln_model_load(path, &read, &err);
        reached = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == KILN_OK || (reached && status == expected), "call %lu: %s: %s", n, kiln_status_name(status),
                      err.message);
        refused += status != KILN_OK;
        ck_assert((status == KILN_OK) == (read != NULL));
        kiln_network_destroy(read);
        ck_assert_msg(kiln_model_load(path, &read, &err) == KILN_OK, "call %lu: %s", n, err.message); /* whole, old or new */
        kiln_network_destroy(read);
    }
    ck_assert_uint_gt(refused, kind == FAULT_FILE ? 5 : 100);
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("onnx");
    TCase *tc = tcase_create("onnx");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_network_round_trips, 0, KILN_SOFTMAX * VARIANTS);
    tcase_add_test(tc, opsets_have_limits);
    tcase_add_loop_test(tc, networks_of_others_are_read, 0, sizeof foreign / sizeof *foreign);
    tcase_add_loop_test(tc, every_call_fails_in_turn, 0, 12);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

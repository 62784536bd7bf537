/* PyTorch's weights of an nn.Sequential as a network: the layers by their names and shapes. */
#include "base/safetensors.h"
#include "network/network.h"
#include "support.h"

#include <string.h>

/* What PyTorch 2.15 and safetensors 0.8 saved of nn.Sequential(Linear(4, 5), ReLU(), Linear(5, 3)) after torch.manual_seed(0), each
 * name with "net." in front; and its outputs in float64. */
START_TEST(pytorchs_sequential_is_read)
{
    static const double expected[] = { 0.3568283580334235, 0.08876243673941708, -0.13921504513867689 };
    const float x[] = { 0.25f, 0.5f, 0.75f, 1.0f };
    const kiln_samples samples = { .count = 1, .features = 4, .element = KILN_ELEMENT_F32, .x = x };
    const char *path = KILN_CORPUS_FOLDER "/safetensors/pytorch";
    kiln_error err;
    kiln_network *network = NULL;
    kiln_device *device = NULL;
    bool said = true;
    double y[3];
    ck_assert_int_eq(kiln_model_load(path, &network, &err), KILN_EDATA);
    ck_assert_kiln(kiln_model_import(path, KILN_RELU, KILN_LINEAR, &said, &network, &err), err);
    ck_assert(!said);
    ck_assert_kiln(kiln_device_open("reference", NULL, &device, &err), err);
    ck_assert_kiln(kiln_predict(device, network, &samples, (kiln_subset){ NULL, 1 }, NULL, y, &err), err);
    for (size_t o = 0; o < 3; o++) /* two sums of up to 5 products, of magnitudes up to 1, twice */
        ck_assert_double_eq_tol(y[o], expected[o], 2 * gamma_f64(12));
    kiln_device_close(device);
    kiln_network_destroy(network);
}
END_TEST

/* Tensors of an nn.Sequential, rightly and wrongly; rank 1 where columns are 0. */
static const struct {
    const char *said; /* NULL: read */
    struct {
        const char *name;
        size_t rows, columns;
    } tensor[4];
} sequentials[] = {
    { NULL, { { "2.weight", 3, 5 }, { "10.weight", 2, 3 }, { "0.weight", 5, 4 }, { "0.bias", 5, 0 } } },
    { NULL, { { "a.1.layers.0.weight", 5, 4 } } },
    { "is not named as those of an nn.Sequential", { { "fc.weight", 5, 4 } } },
    { "is not named as those of an nn.Sequential", { { "0.weight", 5, 4 }, { "net.2.weight", 3, 5 } } },
    { "is not named as those of an nn.Sequential", { { "0.weight", 5, 4 }, { "1.running_mean", 5, 0 } } },
    { "is not named as those of an nn.Sequential", { { "a0.weight", 5, 4 } } },
    { "is not named as those of an nn.Sequential", { { "12345678901234567890123.weight", 5, 4 } } },
    { "tensors '0.weight' and '00.weight' are the same layer's", { { "0.weight", 5, 4 }, { "00.weight", 5, 4 } } },
    { "'2.bias', but no weights for it", { { "0.weight", 5, 4 }, { "2.bias", 3, 0 } } },
    { "'2.weight' is no matrix (out, in) that takes", { { "0.weight", 5, 4 }, { "2.weight", 3, 4 } } },
    { "'0.weight' is no matrix", { { "0.weight", 5, 0 } } },
    { "'0.bias' is not one number for each of 5 outputs", { { "0.weight", 5, 4 }, { "0.bias", 4, 0 } } },
};

START_TEST(a_sequential_is_read_by_its_names)
{
    static const double values[20] = { 1, 2, 3 };
    tensor_source sources[4];
    kiln_error err;
    kiln_network *network = NULL;
    bool said;
    size_t count = 0;
    for (; count < 4 && sequentials[_i].tensor[count].name; count++)
        sources[count] = (tensor_source){ .name = sequentials[_i].tensor[count].name,
                                          .rank = sequentials[_i].tensor[count].columns ? 2 : 1,
                                          .shape = { sequentials[_i].tensor[count].rows, sequentials[_i].tensor[count].columns },
                                          .values = values };
    const char *path = temporary_file("sequential", NULL, 0);
    ck_assert_kiln(tensors_save(path, sources, count, NULL, 0, &err), err);
    const kiln_status status = kiln_model_import(path, KILN_TANH, KILN_SIGMOID, &said, &network, &err);
    if (sequentials[_i].said) {
        ck_assert_msg(status == KILN_EDATA && strstr(err.message, sequentials[_i].said), "%s", err.message);
    } else {
        ck_assert_kiln(status, err);
        ck_assert_int_eq(network->output, KILN_SIGMOID);
        ck_assert_uint_eq(network->widths[1], 5);
        ck_assert(network->layers == 1 || (network->layers == 3 && network->widths[3] == 2 && network->bias));
    }
    kiln_network_destroy(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sequential");
    TCase *tc = tcase_create("sequential");
    tcase_add_test(tc, pytorchs_sequential_is_read);
    tcase_add_loop_test(tc, a_sequential_is_read_by_its_names, 0, sizeof sequentials / sizeof *sequentials);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

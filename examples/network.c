/* A network of two inputs, a hidden layer of two neurons and one output neuron, each with weights (0, 1) and bias 0.
 * Every neuron passes on the sigmoid of its second input: of (2, 3) the network makes sigmoid(sigmoid(3)).
 *
 *   network [DEVICE]     the reference by default; "auto" for the best OpenCL device */
#include <kiln/kiln.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "reference";
    const size_t widths[] = { 2, 2, 1 };
    const double hidden[2][2] = { { 0, 0 }, { 1, 1 } }; /* [input][neuron] */
    const double output[2][1] = { { 0 }, { 1 } };
    const float input[] = { 2, 3 };
    const kiln_samples samples = { .count = 1, .features = 2, .x = input };
    double result;

    kiln_error err;
    kiln_device *device = NULL;
    kiln_network *network = NULL;
    kiln_status status = kiln_device_open(where, &(kiln_device_options){ .precision = KILN_F64 }, &device, &err);
    if (status == KILN_EUNSUPPORTED) /* a device without float64: float32, then */
        status = kiln_device_open(where, NULL, &device, &err);
    if (status == KILN_OK)
        status = kiln_network_create(&(kiln_network_shape){ .layers = 2, .widths = widths }, &network, &err);
    if (status == KILN_OK)
        status = kiln_network_set_layer(network, 0, &hidden[0][0], NULL, &err); /* biases are 0 from the start */
    if (status == KILN_OK)
        status = kiln_network_set_layer(network, 1, &output[0][0], NULL, &err);
    if (status == KILN_OK)
        status = kiln_predict(device, network, &samples, (kiln_subset){ .count = 1 }, NULL, &result, &err);

    if (status == KILN_OK)
        printf("%.16g\n", result);
    else
        fprintf(stderr, "network: %s\n", err.message);
    kiln_network_destroy(network);
    kiln_device_close(device);
    return status == KILN_OK ? 0 : 1;
}

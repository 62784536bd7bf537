/* A neuron: weights (0, 1), bias 4, a sigmoid. Of the input (2, 3) it makes sigmoid(0 * 2 + 1 * 3 + 4).
 *
 *   neuron [DEVICE]     the reference by default; "auto" for the best OpenCL device */
#include <kiln/kiln.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "reference";
    const size_t widths[] = { 2, 1 };
    const double weights[] = { 0, 1 }, bias[] = { 4 };
    const float input[] = { 2, 3 };
    const kiln_samples samples = { .count = 1, .features = 2, .x = input };
    double output;

    kiln_error err;
    kiln_device *device = NULL;
    kiln_network *neuron = NULL;
    kiln_status status = kiln_device_open(where, &(kiln_device_options){ .precision = KILN_F64 }, &device, &err);
    if (status == KILN_EUNSUPPORTED) /* a device without float64: float32, then */
        status = kiln_device_open(where, NULL, &device, &err);
    if (status == KILN_OK)
        status = kiln_network_create(&(kiln_network_shape){ .layers = 1, .widths = widths }, &neuron, &err);
    if (status == KILN_OK)
        status = kiln_network_set_layer(neuron, 0, weights, bias, &err);
    if (status == KILN_OK)
        status = kiln_predict(device, neuron, &samples, (kiln_subset){ .count = 1 }, NULL, &output, &err);

    if (status == KILN_OK)
        printf("%.16g\n", output);
    else
        fprintf(stderr, "neuron: %s\n", err.message);
    kiln_network_destroy(neuron);
    kiln_device_close(device);
    return status == KILN_OK ? 0 : 1;
}

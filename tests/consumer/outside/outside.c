/* A program that uses an installed kiln: trains one weight on one sample, where the result is known exactly.
 *
 * y = w x with x = 1, target 1, the squared error and a learning rate of 1/4: w += (1 - w) / 2, so from 0 the weight is
 * 1/2, 3/4, 7/8 after one, two, three steps. Every number on the way is exact in binary. Prints the library's version. */
#include <kiln/kiln.h>

#include <stdio.h>

static kiln_status train(kiln_device *device, kiln_network *network, double *weight, kiln_error *err)
{
    const float one = 1.0f;
    const kiln_samples samples = { .count = 1, .features = 1, .x = &one, .outputs = 1, .y = &one };
    const kiln_training_options options = {
        .loss = KILN_MSE, .optimizer = KILN_SGD, .learning_rate = 0.25, .batch_size = 1, .epochs = 3
    };
    kiln_status status =
        kiln_train(device, network, &samples, (kiln_subset){ .count = 1 }, (kiln_subset){ 0 }, &options, NULL, NULL, NULL, err);
    if (status == KILN_OK)
        status = kiln_network_get_layer(network, 0, weight, NULL, err);
    return status;
}

int main(void)
{
    const size_t widths[] = { 1, 1 };
    const kiln_network_shape shape = { .layers = 1, .widths = widths, .output = KILN_LINEAR, .no_bias = true };
    kiln_error err = { 0 };
    kiln_device *device = NULL;
    kiln_network *network = NULL;
    double weight = 0.0;

    kiln_status status = kiln_device_open("reference", NULL, &device, &err);
    if (status == KILN_OK)
        status = kiln_network_create(&shape, &network, &err);
    if (status == KILN_OK)
        status = train(device, network, &weight, &err);
    kiln_network_destroy(network);
    kiln_device_close(device);

    if (status != KILN_OK)
        fprintf(stderr, "%s: %s\n", kiln_status_name(status), err.message);
    else if (weight != 0.875)
        fprintf(stderr, "the weight is %.17g after three steps, not 0.875\n", weight);
    printf("%s\n", kiln_version());
    return status == KILN_OK && weight == 0.875 ? 0 : 1;
}

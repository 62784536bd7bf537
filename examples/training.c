/* Training: a 3-4-1 network of sigmoids without biases learns which of its first two inputs differ (the third is always 1),
 * by gradient descent on the sum of squared errors over all four samples, W += X^T . (2 (y - o) * o (1 - o)).
 * The weights begin as the digits of pi, over ten.
 *
 *   training [DEVICE]     the reference by default; "auto" for the best OpenCL device */
#include <kiln/kiln.h>

#include <stdio.h>

static void show(void *user, const kiln_progress *progress)
{
    (void)user;
    const size_t epoch = progress->epoch;
    if (epoch == 1 || epoch == 10 || epoch == 100 || epoch == 500 || epoch == progress->epochs)
        printf("epoch %zu: loss %.16g\n", epoch, progress->loss);
}

static kiln_status train(kiln_device *device, kiln_network *network, double *outputs, kiln_error *err)
{
    const double hidden[] = { .3, .1, .4, .1, .5, .9, .2, .6, .5, .3, .5, .8 }, output[] = { .9, .7, .9, .3 };
    const float x[4][3] = { { 0, 0, 1 }, { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 1 } }, y[4] = { 0, 1, 1, 0 };
    const kiln_samples samples = { .count = 4, .features = 3, .x = x, .outputs = 1, .y = y };
    const kiln_subset all = { .count = 4 }, none = { 0 };
    const kiln_training_options options = {
        .loss = KILN_SSE, .optimizer = KILN_SGD, .learning_rate = 1, .batch_size = 4, .epochs = 1500, .no_shuffle = true
    };
    kiln_status status = kiln_network_set_layer(network, 0, hidden, NULL, err);
    if (status == KILN_OK)
        status = kiln_network_set_layer(network, 1, output, NULL, err);
    if (status == KILN_OK)
        status = kiln_train(device, network, &samples, all, none, &options, show, NULL, NULL, err);
    if (status == KILN_OK)
        status = kiln_predict(device, network, &samples, all, NULL, outputs, err);
    return status;
}

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "reference";
    const size_t widths[] = { 3, 4, 1 };
    double outputs[4];

    kiln_error err;
    kiln_device *device = NULL;
    kiln_network *network = NULL;
    kiln_status status = kiln_device_open(where, &(kiln_device_options){ .precision = KILN_F64 }, &device, &err);
    if (status == KILN_EUNSUPPORTED) /* a device without float64: float32, then */
        status = kiln_device_open(where, NULL, &device, &err);
    if (status == KILN_OK)
        status = kiln_network_create(&(kiln_network_shape){ .layers = 2, .widths = widths, .no_bias = true }, &network, &err);
    if (status == KILN_OK)
        status = train(device, network, outputs, &err);

    if (status == KILN_OK)
        printf("outputs: %.16g %.16g %.16g %.16g\n", outputs[0], outputs[1], outputs[2], outputs[3]);
    else
        fprintf(stderr, "training: %s\n", err.message);
    kiln_network_destroy(network);
    kiln_device_close(device);
    return status == KILN_OK ? 0 : 1;
}

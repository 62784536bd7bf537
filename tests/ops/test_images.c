/* The whole way with images of MNIST's shape: files in its format, read, split, trained on, measured, saved, loaded, predicted.
 *
 * The images are made here: each class is a pattern of 7 x 7 blots of 4 x 4 pixels, moved by up to two pixels and mixed with noise.
 */
#include "base/random.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 28, CLASSES = 10, TRAIN = 2000, TEST = 500 };

static double draw(uint64_t stream, uint64_t index)
{
    return random_uniform(17, PHILOX_VERIFY, stream, index);
}

static unsigned char pixel(size_t image, size_t label, size_t row, size_t column)
{
    const size_t down = (size_t)(3 * draw(1, 2 * image)), right = (size_t)(3 * draw(1, 2 * image + 1));
    const size_t blot = ((row + down) / 4 % 7) * 7 + (column + right) / 4 % 7;
    const double ink = draw(2, label * 49 + blot) < 0.4 ? 200.0 : 20.0;
    return (unsigned char)(ink + 55.0 * draw(3 + image, row * SIDE + column));
}

static void put32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Images `first` on, and their labels, as IDX files. */
static void write_files(const char *images, const char *labels, size_t first, size_t count)
{
    unsigned char *pixels = malloc(16 + count * SIDE * SIDE), *classes = malloc(8 + count);
    put32(pixels, 0x803), put32(pixels + 4, (uint32_t)count), put32(pixels + 8, SIDE), put32(pixels + 12, SIDE);
    put32(classes, 0x801), put32(classes + 4, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        const size_t label = (first + i) * 7 % CLASSES;
        classes[8 + i] = (unsigned char)label;
        for (size_t p = 0; p < SIDE * SIDE; p++)
            pixels[16 + i * SIDE * SIDE + p] = pixel(first + i, label, p / SIDE, p % SIDE);
    }
    temporary_file(images, pixels, 16 + count * SIDE * SIDE);
    temporary_file(labels, classes, 8 + count);
    free(pixels);
    free(classes);
}

static kiln_data *read_files(const char *images, const char *labels)
{
    char path[512];
    kiln_error err = { 0 };
    kiln_data *data;
    snprintf(path, sizeof path, "%s", temporary_file(labels, NULL, 0));
    ck_assert_kiln(kiln_data_read(temporary_file(images, NULL, 0), &(kiln_data_options){ .labels = path }, &data, &err), err);
    return data;
}

START_TEST(images_are_learnt)
{
    const size_t widths[] = { SIDE * SIDE, 128, CLASSES };
    kiln_error err = { 0 };
    kiln_device *device;
    kiln_network *network, *loaded;
    kiln_subset train, held_out;
    kiln_metrics metrics;
    write_files("train-images", "train-labels", 0, TRAIN);
    write_files("test-images", "test-labels", TRAIN, TEST);
    kiln_data *data = read_files("train-images", "train-labels"), *test = read_files("test-images", "test-labels");
    const kiln_samples *samples = kiln_data_samples(data), *unseen = kiln_data_samples(test);
    ck_assert_uint_eq(samples->count, TRAIN);
    ck_assert_uint_eq(samples->features, SIDE * SIDE);
    ck_assert_int_eq(samples->element, KILN_ELEMENT_U8);
    ck_assert_kiln(kiln_split(samples, 0.1, 0, &train, &held_out, &err), err);
    ck_assert_uint_eq(held_out.count, TRAIN / 10);

    ck_assert_kiln(kiln_device_open("auto", NULL, &device, &err), err);
    ck_assert_kiln(
        kiln_network_create(&(kiln_network_shape){ .layers = 2, .widths = widths, .output = KILN_SOFTMAX }, &network, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, kiln_data_schema(data), &err), err);
    ck_assert_kiln(kiln_network_standardise(network, samples, train, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_AUTO, 0, &err), err);
    const kiln_training_options options = { .batch_size = 128, .epochs = 5 };
    ck_assert_kiln(kiln_train(device, network, samples, train, held_out, &options, NULL, NULL, NULL, &err), err);
    ck_assert_kiln(kiln_evaluate(device, network, unseen, (kiln_subset){ .count = TEST }, KILN_LOSS_AUTO, NULL, &metrics, &err),
                   err);
    ck_assert_msg(metrics.accuracy >= 0.97, "%.2f %% of images are recognised", 100.0 * metrics.accuracy);

    char path[512];
    snprintf(path, sizeof path, "%s", temporary_file("images.safetensors", NULL, 0));
    ck_assert_kiln(kiln_model_save(network, path, KILN_F32, &err), err);
    ck_assert_kiln(kiln_model_load(path, &loaded, &err), err);
    double *y = malloc(TEST * CLASSES * sizeof *y), *again = malloc(TEST * CLASSES * sizeof *again);
    ck_assert_kiln(kiln_predict(device, network, unseen, (kiln_subset){ .count = TEST }, NULL, y, &err), err);
    ck_assert_kiln(kiln_predict(device, loaded, unseen, (kiln_subset){ .count = TEST }, NULL, again, &err), err);
    ck_assert_mem_eq(y, again, TEST * CLASSES * sizeof *y);
    size_t right = 0;
    for (size_t i = 0; i < TEST; i++)
        right += kiln_predicted_class(CLASSES, y + i * CLASSES) == unseen->labels[i];
    ck_assert_double_eq((double)right / TEST, metrics.accuracy);

    free(y), free(again);
    free((void *)train.rows), free((void *)held_out.rows);
    kiln_metrics_free(&metrics);
    kiln_network_destroy(network);
    kiln_network_destroy(loaded);
    kiln_device_close(device);
    kiln_data_free(data);
    kiln_data_free(test);
}
END_TEST

int main(void)
{
    if (getenv("KILN_TEST_SMALL"))
        return EXIT_SUCCESS; /* too much for an interpreter of kernels, and no kernel that the others leave out */
    Suite *suite = suite_create("images");
    TCase *tc = tcase_create("images");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, images_are_learnt);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

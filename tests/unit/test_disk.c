/* Data sets that may have no memory: every file of the fuzz corpora is read as ever, or refused with the same sentence; what is
 * learned from a disk is learned from memory, bit for bit; medians by counting are those by sorting. */
#include "base/random.h"
#include "data/median.h"
#include "devices.h"
#include "support.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_same(const kiln_data *a, const kiln_data *b, const char *path)
{
    const kiln_samples *m = kiln_data_samples(a), *d = kiln_data_samples(b);
    ck_assert_msg(m->window == 0 && m->block == 0, "%s", path);
    ck_assert_msg(d->window > 0 && d->block > 0, "%s is not on disk", path);
    ck_assert_uint_eq(m->count, d->count);
    ck_assert_uint_eq(m->features, d->features);
    ck_assert_uint_eq(m->outputs, d->outputs);
    ck_assert_uint_eq(m->classes, d->classes);
    ck_assert_int_eq(m->element, d->element);
    const size_t element = m->element == KILN_ELEMENT_U8 ? 1 : sizeof(float);
    ck_assert_msg(memcmp(m->x, d->x, m->count * m->features * element) == 0, "%s: other features", path);
    ck_assert_int_eq(!m->labels, !d->labels);
    ck_assert_int_eq(!m->y, !d->y);
    ck_assert_msg(!m->labels || memcmp(m->labels, d->labels, m->count * sizeof *m->labels) == 0, "%s: other labels", path);
    ck_assert_int_eq(!m->weight, !d->weight);
    ck_assert_msg(!m->weight || memcmp(m->weight, d->weight, m->count * sizeof *m->weight) == 0, "%s: other weights", path);
    ck_assert_msg(!m->y || memcmp(m->y, d->y, m->count * m->outputs * sizeof *m->y) == 0, "%s: other targets", path);
}

/* Both ways; how many were read. */
static size_t read_both(const char *path, kiln_data_options options)
{
    kiln_error err = { 0 }, other = { 0 };
    kiln_data *memory = NULL, *disk = NULL;
    const kiln_status status = kiln_data_read(path, &options, &memory, &err);
    options.memory = 1;
    ck_assert_msg(kiln_data_read(path, &options, &disk, &other) == status, "%s: %s / %s", path, err.message, other.message);
    ck_assert_str_eq(err.message, other.message);
    if (status == KILN_OK) {
        const kiln_subset train = { NULL, kiln_data_samples(memory)->count };
        const kiln_status filled = kiln_data_fill(memory, train, &err);
        ck_assert_int_eq(kiln_data_fill(disk, train, &other), filled);
        if (filled == KILN_OK)
            check_same(memory, disk, path);
    }
    kiln_data_free(memory);
    kiln_data_free(disk);
    return status == KILN_OK;
}

static const struct {
    const char *folder;
    size_t least; /* files that are read */
} corpora[] = { { "csv", 9 }, { "idx", 6 }, { "npy", 14 }, { "npz", 2 }, { "libsvm", 4 } };

START_TEST(all_is_read_as_from_memory)
{
    char folder[600], path[1200];
    size_t read = 0, weighted = 0;
    snprintf(folder, sizeof folder, "%s/%s", KILN_CORPUS_FOLDER, corpora[_i].folder);
    DIR *open = opendir(folder);
    ck_assert_ptr_nonnull(open);
    for (struct dirent *entry = readdir(open); entry; entry = readdir(open)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        const bool text = strcmp(corpora[_i].folder, "csv") == 0 || strcmp(corpora[_i].folder, "libsvm") == 0;
        read += read_both(path, (kiln_data_options){ 0 });
        read_both(path, (kiln_data_options){ .no_target = true });
        weighted += read_both(path, (kiln_data_options){ .weights = "0" });
        for (int how = KILN_MISSING_MEAN; text && how <= KILN_MISSING_DROP; how++)
            read_both(path, (kiln_data_options){ .missing = (kiln_missing)how, .missing_indicator = how < KILN_MISSING_DROP });
    }
    closedir(open);
    ck_assert_uint_ge(read, corpora[_i].least);
    ck_assert_int_eq(weighted > 0, strcmp(corpora[_i].folder, "idx") != 0 && strcmp(corpora[_i].folder, "libsvm") != 0);
}
END_TEST

START_TEST(examples_are_read_as_from_memory)
{
    static const char *const names[] = { "iris.csv", "digits.csv" };
    char path[600];
    snprintf(path, sizeof path, "%s/%s", KILN_EXAMPLE_FOLDER, names[_i]);
    ck_assert_uint_eq(read_both(path, (kiln_data_options){ 0 }), 1);
}
END_TEST

/* Trains a little on the digits; the parameters, for the caller to free. */
static double *learn(kiln_device *device, size_t memory, bool shuffle, size_t *count)
{
    static const char digits[] = KILN_EXAMPLE_FOLDER "/digits.csv";
    kiln_error err;
    kiln_data *data;
    kiln_subset train, validation;
    ck_assert_kiln(kiln_data_read(digits, &(kiln_data_options){ .memory = memory }, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert_int_eq(memory > 0, s->window > 0);
    ck_assert_kiln(kiln_split(s, 0.2, 1, &train, &validation, &err), err);
    const size_t widths[] = { s->features, 9, s->classes };
    const kiln_network_shape shape = { .layers = 2, .widths = widths, .hidden = KILN_TANH, .output = KILN_SOFTMAX };
    const kiln_training_options options = { .epochs = 2, .batch_size = 50, .no_shuffle = !shuffle };
    kiln_network *network;
    kiln_metrics metrics;
    kiln_training_result result;
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_AUTO, 1, &err), err);
    ck_assert_kiln(kiln_network_standardise(network, s, train, &err), err);
    ck_assert_kiln(kiln_train(device, network, s, train, validation, &options, NULL, NULL, &result, &err), err);
    ck_assert_kiln(kiln_evaluate(device, network, s, validation, KILN_LOSS_AUTO, NULL, &metrics, &err), err);
    ck_assert(result.validation_accuracy > 0.5); /* ten classes, of which guessing finds 0.1 */
    ck_assert(fabs(metrics.accuracy - result.validation_accuracy) < 1e-12);
    *count = kiln_network_parameters(network);
    double *parameters = calloc(*count + 1, sizeof *parameters);
    ck_assert_ptr_nonnull(parameters);
    ck_assert_kiln(kiln_network_get_layer(network, 0, parameters, parameters + widths[0] * 9, &err), err);
    ck_assert_kiln(kiln_network_get_layer(network, 1, parameters + widths[0] * 9 + 9, parameters + *count - widths[2], &err), err);
    parameters[*count] = metrics.loss;
    kiln_metrics_free(&metrics);
    kiln_network_destroy(network);
    kiln_data_free(data);
    free((void *)train.rows);
    free((void *)validation.rows);
    return parameters;
}

static void learn_both(kiln_device *device, const char *label)
{
    enum { MEMORY = 200000 /* about half of the digits' features */ };
    size_t count;
    double *memory = learn(device, 0, false, &count), *disk = learn(device, MEMORY, false, &count);
    ck_assert_msg(memcmp(memory, disk, (count + 1) * sizeof *disk) == 0, "%s: from a disk something else is learned", label);
    double *shuffled = learn(device, MEMORY, true, &count), *again = learn(device, MEMORY, true, &count);
    ck_assert_msg(memcmp(shuffled, again, (count + 1) * sizeof *again) == 0, "%s: not the same twice", label);
    ck_assert_msg(memcmp(shuffled, disk, count * sizeof *disk) != 0, "%s: nothing was shuffled", label);
    free(memory);
    free(disk);
    free(shuffled);
    free(again);
}

START_TEST(from_disk_as_from_memory)
{
    kiln_error err;
    kiln_device *device;
    size_t cases;
    const device_case *first = device_cases(&cases); /* the reading is the same for all of its shapes */
    ck_assert_kiln(kiln_device_open(_i ? first->which : "reference", _i ? &first->options : NULL, &device, &err), err);
    learn_both(device, _i ? first->label : "reference");
    kiln_device_close(device);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

START_TEST(medians_are_in_the_middle)
{
    enum { ROWS = 70001 /* more than are sorted */, COLUMNS = 35 };
    static float x[ROWS * COLUMNS], values[ROWS];
    static uint32_t row[ROWS];
    kiln_error err;
    size_t offset[COLUMNS];
    double median[COLUMNS];
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        const double u = random_uniform(1, PHILOX_VERIFY, 0, i), v = random_uniform(1, PHILOX_VERIFY, 1, i);
        const size_t kind = i % COLUMNS % 5; /* wide, narrow around 0, whole numbers, large ones alike but for the end, tiny ones */
        x[i] = (float)(kind == 0   ? (u - 0.5) * pow(10.0, 60.0 * (v - 0.5))
                       : kind == 1 ? u - 0.5
                       : kind == 2 ? floor(6.0 * u) - 3.0
                       : kind == 3 ? -1e6 - u
                                   : (u - 0.5) * 1e-39);
        if (v < 0.02 * (double)(i % COLUMNS % 7))
            x[i] = NAN;
    }
    for (size_t c = 0; c < COLUMNS; c++)
        offset[c] = COLUMNS - 1 - c;
    for (size_t rows = 1, last = 0; last < ROWS; last = rows, rows = 16 * rows + 6 < ROWS ? 16 * rows + 6 : ROWS) {
        const kiln_samples s = { .count = ROWS, .features = COLUMNS, .x = x };
        for (size_t i = 0; i < rows; i++)
            row[i] = (uint32_t)(ROWS - 1 - i);
        size_t columns = 0;
        for (size_t c = 0; c < COLUMNS; c++) { /* those that have a value */
            bool any = false;
            for (size_t i = 0; i < rows; i++)
                any = any || !isnan(x[row[i] * COLUMNS + c]);
            if (any)
                offset[columns++] = c;
        }
        ck_assert_kiln(medians(&s, (kiln_subset){ row, rows }, columns, offset, median, &err), err);
        for (size_t c = 0; c < columns; c++) {
            size_t count = 0;
            for (size_t i = 0; i < rows; i++)
                if (!isnan(x[row[i] * COLUMNS + offset[c]]))
                    values[count++] = x[row[i] * COLUMNS + offset[c]];
            qsort(values, count, sizeof *values, by_value);
            const double expected = ((double)values[(count - 1) / 2] + (double)values[count / 2]) / 2.0;
            ck_assert_msg(median[c] == expected, "%zu rows, column %zu: %.9g, not %.9g", rows, offset[c], median[c], expected);
        }
    }
}
END_TEST

static void use_own_folder(void)
{
    ck_assert_int_eq(setenv("TMPDIR", temporary_folder(), 1), 0);
}

int main(void)
{
    Suite *suite = suite_create("disk");
    TCase *tc = tcase_create("disk");
    tcase_set_timeout(tc, 100);
    tcase_add_checked_fixture(tc, use_own_folder, NULL);
    tcase_add_loop_test(tc, all_is_read_as_from_memory, 0, sizeof corpora / sizeof *corpora);
    tcase_add_loop_test(tc, examples_are_read_as_from_memory, 0, 2);
    tcase_add_loop_test(tc, from_disk_as_from_memory, 0, 2);
    tcase_add_test(tc, medians_are_in_the_middle);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Folds: every sample is held out once, each class in equal parts, by seed alone; and what is trained on one is trained on it
 * alone. */
#include "base/fault.h"
#include "networks.h"
#include "support.h"
#include "training.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void release(kiln_subset *subset)
{
    free((void *)subset->rows);
    *subset = (kiln_subset){ 0 };
}

/* Every row is in one part, once, in ascending order; those held out are the fold's. */
static void check_parts(size_t count, const uint32_t *fold, uint32_t which, kiln_subset train, kiln_subset held)
{
    ck_assert_uint_eq(train.count + held.count, count);
    size_t t = 0, h = 0;
    for (uint32_t row = 0; row < count; row++) {
        const bool out = fold[row] == which;
        const uint32_t next = out ? held.rows[h] : train.rows[t];
        ck_assert_msg(next == row, "row %lu is missing or out of order", (unsigned long)row);
        h += out;
        t += !out;
    }
}

/* Counts differ by one at most: of each class over the folds, and of whole folds. */
START_TEST(every_fold_has_each_class)
{
    enum { COUNT = 503, CLASSES = 7, FOLDS_MOST = 503 };
    static const size_t numbers[] = { 2, 3, 5, 10, 502, 503 };
    const size_t folds = numbers[_i];
    static int32_t labels[COUNT];
    static size_t in[FOLDS_MOST][CLASSES], all[FOLDS_MOST];
    size_t of_class[CLASSES] = { 0 };
    uint32_t fold[COUNT];
    kiln_error err = { 0 };
    memset(in, 0, sizeof in);
    memset(all, 0, sizeof all);
    for (size_t i = 0; i < COUNT; i++) {
        /* class 6 has two samples, class 5 none, the others are uneven and not in order */
        labels[i] = i == 20 || i == 500 ? 6 : (int32_t)(i * i % 17 % 5);
        of_class[labels[i]]++;
    }
    const kiln_samples samples = { .count = COUNT, .classes = CLASSES, .labels = labels };
    ck_assert_kiln(kiln_folds(&samples, folds, 3, fold, &err), err);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_uint_lt(fold[i], folds);
        in[fold[i]][labels[i]]++;
        all[fold[i]]++;
    }
    for (size_t f = 0; f < folds; f++) {
        ck_assert_msg(all[f] == COUNT / folds || all[f] == COUNT / folds + 1, "fold %zu has %zu samples", f, all[f]);
        for (size_t c = 0; c < CLASSES; c++)
            ck_assert_msg(in[f][c] == of_class[c] / folds || in[f][c] == of_class[c] / folds + 1,
                          "fold %zu has %zu of the %zu samples of class %zu", f, in[f][c], of_class[c], c);
    }
    for (uint32_t f = 0; f < folds; f++) {
        kiln_subset train, held;
        ck_assert_kiln(kiln_fold(COUNT, fold, f, &train, &held, &err), err);
        check_parts(COUNT, fold, f, train, held);
        release(&train);
        release(&held);
    }
}
END_TEST

/* The same seed, the same folds, on every machine: these were written down once. */
START_TEST(the_seed_decides)
{
    static const uint32_t seed_7[] = { 2, 0, 1, 0, 0, 1, 2, 0, 2, 2, 1, 0, 1, 0, 1, 1, 2, 1, 2, 0 };
    uint32_t fold[3][20];
    kiln_error err = { 0 };
    const kiln_samples samples = { .count = 20 };
    const uint64_t seeds[] = { 7, 7, (uint64_t)1 << 32 | 7 };
    for (size_t i = 0; i < 3; i++)
        ck_assert_kiln(kiln_folds(&samples, 3, seeds[i], fold[i], &err), err);
    ck_assert_mem_eq(fold[0], seed_7, sizeof seed_7);
    ck_assert_mem_eq(fold[1], fold[0], sizeof fold[0]);
    ck_assert_msg(memcmp(fold[2], fold[0], sizeof fold[0]) != 0, "the seed's upper half does not count");
}
END_TEST

/* Every row is in a fold about as often as any other: 2,000 seeds of one fold in 5; as in test_split, a binomial count with mean
 * 400 and deviation 17.9. */
START_TEST(no_row_is_favoured)
{
    size_t times[50] = { 0 };
    uint32_t fold[50];
    const kiln_samples samples = { .count = 50 };
    for (uint64_t seed = 0; seed < 2000; seed++) {
        kiln_error err = { 0 };
        ck_assert_kiln(kiln_folds(&samples, 5, seed, fold, &err), err);
        for (size_t i = 0; i < 50; i++)
            times[i] += fold[i] == 4;
    }
    for (size_t i = 0; i < 50; i++)
        ck_assert_msg(fabs((double)times[i] - 400.0) < 5.0 * 17.9, "row %zu was held out %zu times of 2000", i, times[i]);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    static const int32_t labels[] = { 0, 1, 2 };
    uint32_t fold[] = { 9, 9, 9 };
    const struct {
        kiln_samples samples;
        size_t folds;
        const char *sentence;
    } cases[] = {
        { { .count = 3 }, 0, "0 folds are asked for, should be 2 or more" },
        { { .count = 3 }, 1, "1 fold is asked for, should be 2 or more" },
        { { .count = 3 }, 4, "4 folds are asked for, but there are 3 samples" },
        { { .count = 0 }, 2, "there are no samples to split" },
        { { .count = 3, .classes = 2, .labels = labels }, 2, "sample 2 has class 2, should be 0 to 1" },
        { { .count = (size_t)UINT32_MAX + 2 }, 2, "more than the 2^32 that rows can count" },
    };
    kiln_error err = { 0 };
    kiln_subset train, held;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(kiln_folds(&cases[i].samples, cases[i].folds, 0, fold, &err), KILN_EINVAL);
        ck_assert_msg(strstr(err.message, cases[i].sentence), "'%s', should have '%s'", err.message, cases[i].sentence);
    }
    ck_assert(fold[0] == 9 && fold[1] == 9 && fold[2] == 9);
    ck_assert_int_eq(kiln_fold(3, fold, 9, &train, &held, &err), KILN_EINVAL);
    ck_assert_msg(strstr(err.message, "fold 9 holds out all of the 3 samples: none is left to learn from"), "%s", err.message);
    ck_assert_int_eq(kiln_fold(3, fold, 0, &train, &held, &err), KILN_EINVAL);
    ck_assert_msg(strstr(err.message, "fold 0 holds out none of the 3 samples: none is left to measure on"), "%s", err.message);
    ck_assert_int_eq(kiln_fold((size_t)UINT32_MAX + 2, fold, 0, &train, &held, &err), KILN_EINVAL);
    ck_assert(!train.rows && !held.rows);
}
END_TEST

/* Of a part of the samples both parts keep its order, and each class its proportion; rows that are not there are refused. */
START_TEST(a_part_is_split_in_its_order)
{
    int32_t labels[60];
    uint32_t rows[40], bad[] = { 3, 60 };
    size_t t = 0, h = 0, ones = 0;
    kiln_error err = { 0 };
    kiln_subset train, held;
    for (int i = 0; i < 60; i++)
        labels[i] = i % 4 == 0;
    for (uint32_t i = 0; i < 40; i++)
        rows[i] = 59 - i; /* 10 of class 1, 30 of class 0 */
    const kiln_samples samples = { .count = 60, .classes = 2, .labels = labels };
    ck_assert_kiln(kiln_split_subset(&samples, (kiln_subset){ rows, 40 }, 0.2, 1, &train, &held, &err), err);
    ck_assert_uint_eq(train.count, 32);
    ck_assert_uint_eq(held.count, 8);
    for (size_t i = 0; i < 40; i++) {
        const bool out = h < held.count && held.rows[h] == rows[i];
        ck_assert(out || (t < train.count && train.rows[t] == rows[i]));
        ones += out && labels[rows[i]];
        h += out;
        t += !out;
    }
    ck_assert_uint_eq(ones, 2);
    release(&train);
    release(&held);
    ck_assert_int_eq(kiln_split_subset(&samples, (kiln_subset){ bad, 2 }, 0.5, 1, &train, &held, &err), KILN_EINVAL);
    ck_assert_msg(strstr(err.message, "there is no sample 60: there are 60"), "%s", err.message);
}
END_TEST

/* A network of the given samples, standardised and trained. */
static kiln_network *trained(const kiln_samples *samples, kiln_subset train)
{
    kiln_network *network = blob_network(5);
    kiln_error err = { 0 };
    const kiln_training_options options = { .epochs = 3, .batch_size = 10, .seed = 5 };
    ck_assert_kiln(kiln_network_standardise(network, samples, train, &err), err);
    ck_assert_kiln(kiln_train(NULL, network, samples, train, (kiln_subset){ 0 }, &options, NULL, NULL, NULL, &err), err);
    return network;
}

/* A fold's network is that of a data set which has the other folds' samples alone: nothing of those held out is in it. */
START_TEST(what_is_held_out_has_no_influence)
{
    enum { FOLDS = 4 };
    const kiln_samples *all = blobs();
    const float *x = all->x;
    uint32_t fold[BLOB_SAMPLES];
    kiln_error err = { 0 };
    ck_assert_kiln(kiln_folds(all, FOLDS, 2, fold, &err), err);
    for (uint32_t f = 0; f < FOLDS; f++) {
        kiln_subset train, held;
        float own_x[BLOB_SAMPLES][BLOB_FEATURES];
        int32_t own_labels[BLOB_SAMPLES];
        ck_assert_kiln(kiln_fold(BLOB_SAMPLES, fold, f, &train, &held, &err), err);
        ck_assert_uint_eq(held.count, BLOB_SAMPLES / FOLDS);
        for (size_t i = 0; i < train.count; i++) {
            memcpy(own_x[i], x + train.rows[i] * BLOB_FEATURES, sizeof own_x[i]);
            own_labels[i] = all->labels[train.rows[i]];
        }
        kiln_samples own = *all;
        own.count = train.count;
        own.x = own_x;
        own.labels = own_labels;
        kiln_network *by_fold = trained(all, train), *alone = trained(&own, (kiln_subset){ NULL, own.count });
        same_network(by_fold, alone);
        kiln_network_destroy(by_fold);
        kiln_network_destroy(alone);
        release(&train);
        release(&held);
    }
}
END_TEST

static const char *const table = "a,colour,kind\n1,red,x\n?,blue,x\n5,red,y\n6,?,y\n";
static const kiln_data_options filling = { .missing = KILN_MISSING_MEAN, .missing_indicator = true };

/* Each fold fills in what is missing from its own samples, in a copy of its own, which outlives the original. */
START_TEST(a_copy_is_filled_by_itself)
{
    static const uint32_t first[] = { 0, 1, 2 }, second[] = { 0, 3 };
    static const float by_first[4][4] = { { 1, 0, 0, 1 }, { 3, 1, 1, 0 }, { 5, 0, 0, 1 }, { 6, 0, 0, 0 } };
    static const float by_second[4][3] = { { 1, 0, 1 }, { 3.5f, 1, 0 }, { 5, 0, 1 }, { 6, 0, 0 } };
    static const int32_t labels[] = { 0, 0, 1, 1 };
    kiln_error err = { 0 };
    kiln_data *data, *copy;
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", table, strlen(table)), &filling, &data, &err), err);
    ck_assert_kiln(kiln_data_copy(data, &copy, &err), err);
    ck_assert_kiln(kiln_data_fill(data, (kiln_subset){ first, 3 }, &err), err);
    ck_assert_uint_eq(kiln_data_samples(data)->features, 4);
    ck_assert_mem_eq(kiln_data_samples(data)->x, by_first, sizeof by_first);
    kiln_data_free(data);
    ck_assert_kiln(kiln_data_fill(copy, (kiln_subset){ second, 2 }, &err), err);
    const kiln_samples *samples = kiln_data_samples(copy);
    ck_assert_uint_eq(samples->features, 3); /* none of the two samples lacks a number: no indicator */
    ck_assert_mem_eq(samples->x, by_second, sizeof by_second);
    ck_assert_mem_eq(samples->labels, labels, sizeof labels);
    ck_assert(!samples->y && samples->count == 4 && samples->classes == 2);
    ck_assert_str_eq(kiln_data_schema(copy)->class_name[1], "y");
    ck_assert_str_eq(kiln_data_schema(copy)->column[1].category[0], "blue");
    ck_assert_uint_eq(kiln_data_get_notes(copy)->missing[0], 1);
    ck_assert_uint_eq(kiln_data_get_notes(copy)->missing[1], 1);
    kiln_data_free(copy);
}
END_TEST

START_TEST(a_copy_survives_every_failing_call)
{
    kiln_error err = { 0 };
    kiln_data *data, *copy = NULL;
    unsigned long n = 0;
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", table, strlen(table)), &filling, &data, &err), err);
    for (kiln_status status = KILN_ENOMEM; status != KILN_OK;) {
        fault_set(FAULT_MEMORY, ++n, false, 0);
        status = kiln_data_copy(data, &copy, &err);
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert((status == KILN_OK && copy) || (status == KILN_ENOMEM && !copy));
        ck_assert_uint_lt(n, 100);
    }
    ck_assert_uint_gt(n, 10);
    kiln_data_free(copy);
    kiln_data_free(data);
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    static const int32_t labels[] = { 0, 1, 2, 0, 1, 2, 0, 1, 2 };
    const kiln_samples samples = { .count = 9, .classes = 3, .labels = labels };
    kiln_status status = KILN_ENOMEM;
    unsigned long n = 0;
    while (status != KILN_OK) {
        kiln_error err = { 0 };
        kiln_subset train = { 0 }, held = { 0 };
        uint32_t fold[9];
        fault_set(FAULT_MEMORY, ++n, false, 0);
        status = kiln_folds(&samples, 3, 0, fold, &err);
        if (status == KILN_OK)
            status = kiln_fold(9, fold, 1, &train, &held, &err);
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_OK || (status == KILN_ENOMEM && !train.rows && !held.rows));
        release(&train);
        release(&held);
        ck_assert_uint_lt(n, 100);
    }
    ck_assert_uint_eq(n, 6); /* two of the groups, three of the fold, and then none */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folds");
    TCase *tc = tcase_create("folds");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_fold_has_each_class, 0, 6);
    tcase_add_test(tc, the_seed_decides);
    tcase_add_test(tc, no_row_is_favoured);
    tcase_add_test(tc, wrong_use_is_refused);
    tcase_add_test(tc, a_part_is_split_in_its_order);
    tcase_add_test(tc, what_is_held_out_has_no_influence);
    tcase_add_test(tc, a_copy_is_filled_by_itself);
    tcase_add_test(tc, a_copy_survives_every_failing_call);
    tcase_add_test(tc, every_failing_call_is_survived);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Splits: disjoint, complete, ascending, stratified, and by seed alone. */
#include "base/fault.h"
#include "support.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void release(kiln_subset *subset)
{
    free((void *)subset->rows);
    *subset = (kiln_subset){ 0 };
}

/* Every row is in one part, once, in ascending order. */
static void check_parts(size_t count, kiln_subset train, kiln_subset held)
{
    ck_assert_uint_eq(train.count + held.count, count);
    ck_assert_int_eq(held.count > 0, held.rows != NULL);
    ck_assert_uint_gt(train.count, 0);
    size_t t = 0, h = 0;
    for (uint32_t row = 0; row < count; row++) {
        if (t < train.count && train.rows[t] == row)
            t++;
        else if (h < held.count && held.rows[h] == row)
            h++;
        else
            ck_abort_msg("row %lu is missing or out of order", (unsigned long)row);
    }
}

START_TEST(classes_are_split_in_proportion)
{
    enum { COUNT = 1000, CLASSES = 7 };
    static const double fractions[] = { 0.0, 0.1, 0.2, 0.37, 0.5, 0.999 };
    const double fraction = fractions[_i];
    int32_t labels[COUNT];
    size_t of_class[CLASSES] = { 0 }, held_of_class[CLASSES] = { 0 };
    kiln_error err = { 0 };
    kiln_subset train, held;
    for (size_t i = 0; i < COUNT; i++) {
        /* class 6 has one sample, class 5 none, the others are uneven and not in order */
        labels[i] = i == 500 ? 6 : (int32_t)(i * i % 17 % 5);
        of_class[labels[i]]++;
    }
    const kiln_samples samples = { .count = COUNT, .classes = CLASSES, .labels = labels };
    ck_assert_kiln(kiln_split(&samples, fraction, 3, &train, &held, &err), err);
    check_parts(COUNT, train, held);
    for (size_t i = 0; i < held.count; i++)
        held_of_class[labels[held.rows[i]]]++;
    for (size_t c = 0; c < CLASSES; c++) {
        const double wanted = fmin((double)of_class[c] * fraction, (double)of_class[c] - 1.0);
        ck_assert_msg(of_class[c] == 0 || fabs((double)held_of_class[c] - wanted) <= 1.0, "class %zu: %zu of %zu held out", c,
                      held_of_class[c], of_class[c]);
    }
    ck_assert_uint_eq(held_of_class[6], 0);
    ck_assert_msg(fabs((double)held.count - COUNT * fraction) <= 7.0, "%zu held out", held.count);
    release(&train);
    release(&held);
}
END_TEST

/* Of classes of three each, a tenth is held out in all, though none has a tenth that is a whole sample. */
START_TEST(small_classes_add_up)
{
    int32_t labels[300];
    for (int i = 0; i < 300; i++)
        labels[i] = i / 3;
    kiln_error err = { 0 };
    kiln_subset train, held;
    const kiln_samples samples = { .count = 300, .classes = 100, .labels = labels };
    ck_assert_kiln(kiln_split(&samples, 0.1, 0, &train, &held, &err), err);
    check_parts(300, train, held);
    ck_assert_uint_eq(held.count, 30);
    release(&train);
    release(&held);
}
END_TEST

START_TEST(numbers_are_split_without_classes)
{
    for (size_t count = 1; count <= 12; count++) {
        kiln_error err = { 0 };
        kiln_subset train, held;
        const kiln_samples samples = { .count = count };
        ck_assert_kiln(kiln_split(&samples, 0.25, 1, &train, &held, &err), err);
        check_parts(count, train, held);
        ck_assert_uint_eq(held.count, count == 1 ? 0 : (size_t)floor((double)count * 0.25 + 0.5));
        release(&train);
        release(&held);
        ck_assert_kiln(kiln_split(&samples, 0.99, 1, &train, &held, &err), err);
        check_parts(count, train, held);
        release(&train);
        release(&held);
    }
}
END_TEST

/* The same seed, the same split, on every machine: these rows were written down once. */
START_TEST(the_seed_decides)
{
    static const uint32_t seed_7[] = { 0, 1, 2, 16, 21, 25, 27, 32 };
    kiln_error err = { 0 };
    kiln_subset train, held[3];
    const kiln_samples samples = { .count = 40 };
    const uint64_t seeds[] = { 7, 7, (uint64_t)1 << 32 | 7 };
    for (size_t i = 0; i < 3; i++) {
        ck_assert_kiln(kiln_split(&samples, 0.2, seeds[i], &train, &held[i], &err), err);
        release(&train);
        ck_assert_uint_eq(held[i].count, 8);
    }
    ck_assert_mem_eq(held[0].rows, seed_7, sizeof seed_7);
    ck_assert_mem_eq(held[1].rows, held[0].rows, sizeof seed_7);
    ck_assert_msg(memcmp(held[2].rows, held[0].rows, sizeof seed_7) != 0, "the seed's upper half does not count");
    for (size_t i = 0; i < 3; i++)
        release(&held[i]);
}
END_TEST

/* Every row is held out about as often as any other: 2,000 seeds of 10 in 50; of a binomial count with mean 400 and deviation
 * sqrt(2000 * 0.2 * 0.8) = 17.9 all 50 are within 5 deviations, but for one try in 30,000; the seeds are fixed. */
START_TEST(no_row_is_favoured)
{
    size_t times[50] = { 0 };
    const kiln_samples samples = { .count = 50 };
    for (uint64_t seed = 0; seed < 2000; seed++) {
        kiln_error err = { 0 };
        kiln_subset train, held;
        ck_assert_kiln(kiln_split(&samples, 0.2, seed, &train, &held, &err), err);
        for (size_t i = 0; i < held.count; i++)
            times[held.rows[i]]++;
        release(&train);
        release(&held);
    }
    for (size_t i = 0; i < 50; i++)
        ck_assert_msg(fabs((double)times[i] - 400.0) < 5.0 * 17.9, "row %zu was held out %zu times of 2000", i, times[i]);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    static const int32_t labels[] = { 0, 1, 2 }, negative[] = { 0, -1, 0 };
    const struct {
        kiln_samples samples;
        double fraction;
        const char *sentence;
    } cases[] = {
        { { .count = 3 }, 1.0, "the fraction 1 that is held out should be from 0 to below 1" },
        { { .count = 3 }, -0.1, "the fraction -0.1 that is held out" },
        { { .count = 3 }, (double)NAN, "that is held out should be from 0 to below 1" },
        { { .count = 0 }, 0.1, "there are no samples to split" },
        { { .count = 3, .classes = 2, .labels = labels }, 0.1, "sample 2 has class 2, should be 0 to 1" },
        { { .count = 3, .classes = 2, .labels = negative }, 0.1, "sample 1 has class -1, should be 0 to 1" },
        { { .count = (size_t)UINT32_MAX + 2 }, 0.1, "more than the 2^32 that rows can count" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kiln_error err = { 0 };
        kiln_subset train, held;
        ck_assert_int_eq(kiln_split(&cases[i].samples, cases[i].fraction, 0, &train, &held, &err), KILN_EINVAL);
        ck_assert_msg(strstr(err.message, cases[i].sentence), "'%s', should have '%s'", err.message, cases[i].sentence);
        ck_assert(!train.rows && !held.rows);
    }
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
        kiln_subset train, held;
        fault_set(FAULT_MEMORY, ++n, false, 0);
        status = kiln_split(&samples, 0.34, 0, &train, &held, &err);
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_OK || (status == KILN_ENOMEM && !train.rows && !held.rows));
        release(&train);
        release(&held);
        ck_assert_uint_lt(n, 100);
    }
    ck_assert_uint_eq(n, 6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("split");
    TCase *tc = tcase_create("split");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, classes_are_split_in_proportion, 0, 6);
    tcase_add_test(tc, small_classes_add_up);
    tcase_add_test(tc, numbers_are_split_without_classes);
    tcase_add_test(tc, the_seed_decides);
    tcase_add_test(tc, no_row_is_favoured);
    tcase_add_test(tc, wrong_use_is_refused);
    tcase_add_test(tc, every_failing_call_is_survived);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

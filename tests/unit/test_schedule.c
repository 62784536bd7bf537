/* Learning rate schedules at points that can be worked out by hand. */
#include "support.h"
#include "training/schedule.h"

#include <math.h>
#include <string.h>

/* Each factor is a few operations on numbers up to 1, and the cosine of a number up to pi: 8 u of the largest rate covers them. */
#define CLOSE(rate, expected, largest)                                                                                             \
    ck_assert_msg(fabs((rate) - (expected)) <= 0x1p-50 * (largest), "%.17g, should be %.17g", (rate), (expected))

typedef struct point {
    kiln_schedule schedule;
    double warm_up;
    uint64_t step, total;
    double expected; /* for a rate of 0.5 */
} point;

static const point points[] = {
    { KILN_CONSTANT, 0.0, 0, 10, 0.5 },
    { KILN_CONSTANT, 0.0, 9, 10, 0.5 },
    { KILN_STEP, 0.0, 0, 9, 0.5 },
    { KILN_STEP, 0.0, 2, 9, 0.5 },
    { KILN_STEP, 0.0, 3, 9, 0.05 },
    { KILN_STEP, 0.0, 5, 9, 0.05 },
    { KILN_STEP, 0.0, 6, 9, 0.005 },
    { KILN_STEP, 0.0, 8, 9, 0.005 },
    { KILN_COSINE, 0.0, 0, 8, 0.5 },
    { KILN_COSINE, 0.0, 4, 8, 0.25 },
    { KILN_COSINE, 0.0, 6, 8, 0.073223304703363121 }, /* (1 - sqrt(1/2)) / 4 */
    { KILN_EXPONENTIAL, 0.0, 0, 8, 0.5 },
    { KILN_EXPONENTIAL, 0.0, 4, 8, 0.05 },
    { KILN_ONE_CYCLE, 0.0, 0, 100, 0.02 },      /* 0.5 / 25 */
    { KILN_ONE_CYCLE, 0.0, 15, 100, 0.26 },     /* half way up: (0.02 + 0.5) / 2 */
    { KILN_ONE_CYCLE, 0.0, 30, 100, 0.5 },      /* the top */
    { KILN_ONE_CYCLE, 0.0, 65, 100, 0.250001 }, /* half way down: (0.5 + 0.000002) / 2 */
    { KILN_CONSTANT, 0.5, 0, 8, 0.125 },        /* never 0, which would waste a step */
    { KILN_CONSTANT, 0.5, 1, 8, 0.25 },
    { KILN_CONSTANT, 0.5, 3, 8, 0.5 },
    { KILN_CONSTANT, 0.5, 4, 8, 0.5 },
    { KILN_CONSTANT, 0.05, 0, 8, 0.5 }, /* less than a step */
    { KILN_COSINE, 0.75, 4, 8, 0.25 * 5.0 / 6.0 },
    { KILN_CONSTANT, 0.0, UINT64_C(1) << 60, UINT64_C(1) << 61, 0.5 },
};

START_TEST(a_schedule_has_its_value)
{
    const point *p = &points[_i];
    const double rate = schedule_rate(p->schedule, 0.5, p->warm_up, p->step, p->total);
    CLOSE(rate, p->expected, 0.5);
}
END_TEST

START_TEST(one_cycle_ends_at_its_least)
{
    const uint64_t total = 1000000;
    const double last = schedule_rate(KILN_ONE_CYCLE, 0.5, 0.0, total - 1, total);
    /* One step before the end the cosine is (pi / 700000)^2 / 4 = 5e-12 above 0. */
    ck_assert_msg(last >= 2e-6 && last < 2e-6 + 5.1e-12, "%.17g", last);
}
END_TEST

START_TEST(schedules_that_fall_never_rise)
{
    const kiln_schedule falling[] = { KILN_STEP, KILN_COSINE, KILN_EXPONENTIAL };
    for (size_t s = 0; s < sizeof falling / sizeof *falling; s++)
        for (uint64_t step = 1; step < 97; step++) {
            const double before = schedule_rate(falling[s], 1.0, 0.0, step - 1, 97),
                         now = schedule_rate(falling[s], 1.0, 0.0, step, 97);
            ck_assert_msg(now <= before && now > 0.0, "%s, step %d", kiln_schedule_name(falling[s]), (int)step);
        }
}
END_TEST

START_TEST(names_go_there_and_back)
{
    const char *expected[] = { "constant", "step", "cosine", "exponential", "one-cycle" };
    kiln_schedule found;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_str_eq(kiln_schedule_name((kiln_schedule)i), expected[i]);
        ck_assert(kiln_schedule_find(expected[i], &found));
        ck_assert_int_eq(found, (int)i);
    }
    ck_assert_ptr_null(kiln_schedule_name((kiln_schedule)5));
    ck_assert_ptr_null(kiln_schedule_name((kiln_schedule)-1));
    ck_assert(!kiln_schedule_find("linear", &found));
    ck_assert(!kiln_schedule_find("", &found));
    ck_assert(!kiln_schedule_find(NULL, &found));
}
END_TEST

START_TEST(only_a_constant_rate_does_not_need_the_total)
{
    ck_assert(!schedule_needs_total(KILN_CONSTANT, 0.0));
    ck_assert(schedule_needs_total(KILN_CONSTANT, 0.1));
    ck_assert(schedule_needs_total(KILN_STEP, 0.0));
    ck_assert(schedule_needs_total(KILN_ONE_CYCLE, 0.0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *tc = tcase_create("schedule");
    tcase_add_loop_test(tc, a_schedule_has_its_value, 0, sizeof points / sizeof *points);
    tcase_add_test(tc, one_cycle_ends_at_its_least);
    tcase_add_test(tc, schedules_that_fall_never_rise);
    tcase_add_test(tc, names_go_there_and_back);
    tcase_add_test(tc, only_a_constant_rate_does_not_need_the_total);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Axes of charts: ranges that hold all values, ticks at round numbers, and where values are. */
#include "chart_axis.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct example {
    axis_kind kind;
    axis_range range;
    const char *labels; /* all of them, from the least */
    bool logarithmic;
} example;

static const example examples[] = {
    { AXIS_LINEAR, { 0.0, 1.0, 4.0 }, "0|1|2|3|4|", false },
    { AXIS_LINEAR, { 0.02, 0.02, 0.98 }, "0|0.2|0.4|0.6|0.8|1|", false },
    { AXIS_LINEAR, { 1.2e-9, 1.2e-9, 0.003 }, "0|0.0005|0.001|0.0015|0.002|0.0025|0.003|", false },
    { AXIS_LINEAR, { -30000.0, 100.0, 250000.0 }, "-50000|0|50000|100000|150000|200000|250000|", false },
    { AXIS_LINEAR, { 2e6, 2e6, 4e6 }, "2e6|2.5e6|3e6|3.5e6|4e6|", false },
    { AXIS_LINEAR, { 3e-5, 3e-5, 5e-5 }, "3e-5|3.5e-5|4e-5|4.5e-5|5e-5|", false },
    { AXIS_LINEAR, { 10.0, 10.0, 10.0 }, "9|9.5|10|10.5|11|", false },
    { AXIS_LINEAR, { 0.0, 0.0, 0.0 }, "-1|-0.5|0|0.5|1|", false },
    { AXIS_WHOLE, { 1.0, 1.0, 49.0 }, "10|20|30|40|", false },
    { AXIS_WHOLE, { 1.0, 1.0, 4.0 }, "1|2|3|4|", false },
    { AXIS_WHOLE, { 1.0, 1.0, 1.0 }, "0|1|2|", false },
    { AXIS_PERCENT, { 0.12, 0.12, 0.97 }, "0 %|20 %|40 %|60 %|80 %|100 %|", false },
    { AXIS_PERCENT, { 0.99, 0.99, 1.0 }, "99 %|99.2 %|99.4 %|99.6 %|99.8 %|100 %|", false },
    { AXIS_WIDE, { 0.5, 0.5, 2.4 }, "0.5|1|1.5|2|2.5|", false },
    { AXIS_WIDE, { 0.015, 0.015, 1.4 }, "0.01|0.02|0.05|0.1|0.2|0.5|1|2|", true },
    { AXIS_WIDE, { 1e-6, 1e-6, 20.0 }, "1e-6|0.0001|0.01|1|100|", true },
    { AXIS_WIDE, { 0.0, 0.001, 1.0 }, "0.001|0.002|0.005|0.01|0.02|0.05|0.1|0.2|0.5|1|", true },
    { AXIS_WIDE, { -1.0, 0.001, 1.0 }, "-1|-0.5|0|0.5|1|", false },
    { AXIS_WIDE, { 1e-300, 1e-300, 1e300 }, "1e-300|1e-200|1e-100|1|1e100|1e200|1e300|", true },
};

START_TEST(ticks_are_round)
{
    const example *e = &examples[_i];
    char labels[AXIS_TICKS_MOST * (AXIS_LABEL_BYTES + 1) + 1] = "";
    axis a;
    axis_fit(e->kind, e->range, 6, &a);
    for (size_t i = 0; i < a.ticks; i++) {
        strcat(labels, a.label[i]);
        strcat(labels, "|");
    }
    ck_assert_str_eq(labels, e->labels);
    ck_assert_int_eq(a.logarithmic, e->logarithmic);
}
END_TEST

/* Whatever the range: it is on the axis, so are the ticks, in their order, and there are some, but not many. */
START_TEST(all_values_are_on_the_axis)
{
    static const double numbers[] = { 0.0, 1e-300, 1e-12, 0.00317, 0.1, 0.99999, 1.0, 1.00001, 2.3, 17.0, 640.0, 1e7, 3e300 };
    const size_t count = sizeof numbers / sizeof *numbers;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++) {
            const bool whole = _i == AXIS_WHOLE;
            const double least = whole ? ceil(numbers[i]) : numbers[i], most = whole ? ceil(numbers[j]) : numbers[j];
            const double positive = least > 0.0 ? least : most > 0.0 ? most : INFINITY;
            axis a;
            if (whole && most > 0x1p53)
                continue; /* not every whole number there is a double */
            axis_fit((axis_kind)_i, (axis_range){ least, positive, most }, 6, &a);
            ck_assert_msg(a.ticks >= 1 && a.ticks <= 14, "%zu ticks from %g to %g", a.ticks, least, most);
            ck_assert_msg(axis_place(&a, least) >= -1e-9 && axis_place(&a, most) <= 1.0 + 1e-9, "%g to %g is outside %g to %g",
                          least, most, a.least, a.most);
            for (size_t t = 0; t < a.ticks; t++)
                ck_assert_msg(axis_place(&a, a.tick[t]) >= -1e-9 && axis_place(&a, a.tick[t]) <= 1.0 + 1e-9 &&
                                  (t == 0 || a.tick[t] > a.tick[t - 1]),
                              "tick %zu, %g, of %g to %g", t, a.tick[t], a.least, a.most);
        }
}
END_TEST

START_TEST(places_are_where_they_should_be)
{
    axis a;
    axis_fit(AXIS_LINEAR, (axis_range){ 0.0, 1.0, 4.0 }, 4, &a);
    ck_assert(axis_place(&a, 1.0) == 0.25);
    ck_assert(isnan(axis_place(&a, NAN)));
    axis_fit(AXIS_WIDE, (axis_range){ 0.0, 0.01, 100.0 }, 4, &a);
    ck_assert(fabs(axis_place(&a, 1.0) - 0.5) <= 1e-15);
    ck_assert(axis_place(&a, 0.0) == 0.0);
    ck_assert(isnan(axis_place(&a, NAN)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chart_axis");
    TCase *tc = tcase_create("chart_axis");
    tcase_add_loop_test(tc, ticks_are_round, 0, sizeof examples / sizeof *examples);
    tcase_add_loop_test(tc, all_values_are_on_the_axis, AXIS_LINEAR, AXIS_WIDE + 1);
    tcase_add_test(tc, places_are_where_they_should_be);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

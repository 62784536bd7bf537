/* Axes of charts: ranges that hold all values, ticks at round numbers with short labels that differ, and where values are. */
#include "axis.h"
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WANTED = 5, WANTED_ROUND = 6 };

/* An axis of two values, as it is measured. */
static axis between(axis_kind kind, double low, double high)
{
    const double ends[] = { low, high };
    axis a = axis_over("x", 2, ends);
    a.kind = kind;
    return a;
}

/* All labels, "0|1|2|". */
static void join(const axis_ticks *t, char text[AXIS_TICKS_MOST * (AXIS_LABEL_BYTES + 1) + 1])
{
    *text = '\0';
    for (size_t i = 0; i < t->count; i++) {
        strcat(text, t->label[i]);
        strcat(text, "|");
    }
}

typedef struct example {
    axis_kind kind;
    double low, high;
    const char *labels; /* all of them, from the least */
    double from;
} example;

static const example examples[] = {
    { AXIS_LINEAR, 0.0, 1.0, "0|0.2|0.4|0.6|0.8|1|", 0.0 },
    { AXIS_LINEAR, -0.1, 0.3, "-0.1|0|0.1|0.2|0.3|", 0.0 },
    { AXIS_LINEAR, 0.0, 0.0024, "0|0.0005|0.001|0.0015|0.002|", 0.0 },
    { AXIS_LINEAR, -60000.0, 230000.0, "0|100k|200k|", 0.0 },
    { AXIS_LINEAR, 1.4e6, 3.1e6, "1.5M|2M|2.5M|3M|", 0.0 },
    { AXIS_LINEAR, 2010.0, 2020.0, "2010|2012|2014|2016|2018|2020|", 0.0 },
    { AXIS_LINEAR, 2010.2, 2012.1, "2010.5|2011|2011.5|2012|", 0.0 },
    { AXIS_LINEAR, 1000.02, 1000.11, "1000.02|1000.04|1000.06|1000.08|1000.1|", 0.0 },
    { AXIS_LINEAR, 150012.0, 150021.0, "0|2|4|6|8|", 150012.0 },
    { AXIS_LINEAR, 999999.7, 1000000.2, "0|0.1|0.2|0.3|0.4|0.5|", 999999.7 },
    { AXIS_LINEAR, -1e-12, 1e-12, "-1e-12|-5e-13|0|5e-13|1e-12|", 0.0 },
    { AXIS_LINEAR, 0.0, 1e-5, "0|2e-6|4e-6|6e-6|8e-6|1e-5|", 0.0 },
    { AXIS_WHOLE, 1.0, 3.0, "1|2|3|", 0.0 },
    { AXIS_WHOLE, 1.0, 49.0, "10|20|30|40|", 0.0 },
    { AXIS_PERCENT, 0.33, 0.96, "40 %|60 %|80 %|", 0.0 },
    { AXIS_PERCENT, 0.99998, 1.0, "0 %|0.0005 %|0.001 %|0.0015 %|0.002 %|", 0.99998 },
    { AXIS_LOGARITHMIC, 0.02, 0.9, "0.02|0.05|0.1|0.2|0.5|", 0.0 },
    { AXIS_LOGARITHMIC, 2e-7, 40.0, "1e-5|0.001|0.1|10|", 0.0 },
};

START_TEST(ticks_are_round)
{
    const example *e = &examples[_i];
    char labels[AXIS_TICKS_MOST * (AXIS_LABEL_BYTES + 1) + 1];
    const axis a = { .label = "x", .kind = e->kind, .low = e->low, .high = e->high };
    axis_ticks t;
    axis_find_ticks(&a, WANTED, &t);
    join(&t, labels);
    ck_assert_str_eq(labels, e->labels);
    ck_assert(fabs(t.from - e->from) <= 1e-15 * e->from);
}
END_TEST

/* The axis and its ticks, where it may be logarithmic and is widened to ticks. */
static const struct {
    axis_kind kind;
    bool may_be_logarithmic;
    double values[3];
    const char *labels;
} widened[] = {
    { AXIS_LINEAR, false, { 0.0, 1.0, 4.0 }, "0|1|2|3|4|" },
    { AXIS_LINEAR, false, { 0.02, 0.5, 0.98 }, "0|0.2|0.4|0.6|0.8|1|" },
    { AXIS_LINEAR, false, { 0.19, 0.5, 1.25 }, "0|0.2|0.4|0.6|0.8|1|1.2|1.4|" },
    { AXIS_LINEAR, false, { 1.2e-9, 0.001, 0.003 }, "0|0.0005|0.001|0.0015|0.002|0.0025|0.003|" },
    { AXIS_LINEAR, false, { -30000.0, 100.0, 250000.0 }, "-50k|0|50k|100k|150k|200k|250k|" },
    { AXIS_LINEAR, false, { 2e6, 2e6, 4e6 }, "2M|2.5M|3M|3.5M|4M|" },
    { AXIS_LINEAR, false, { 3e-5, 3e-5, 5e-5 }, "3e-5|3.5e-5|4e-5|4.5e-5|5e-5|" },
    { AXIS_LINEAR, false, { 10.0, 10.0, 10.0 }, "9|9.5|10|10.5|11|" },
    { AXIS_LINEAR, false, { 0.0, 0.0, 0.0 }, "0|0.1|0.2|0.3|0.4|0.5|" },
    { AXIS_LINEAR, false, { NAN, INFINITY, NAN }, "0|0.2|0.4|0.6|0.8|1|" },
    { AXIS_PERCENT, false, { 0.12, 0.5, 0.97 }, "0 %|20 %|40 %|60 %|80 %|100 %|" },
    { AXIS_PERCENT, false, { 0.99, 0.99, 1.0 }, "99 %|99.2 %|99.4 %|99.6 %|99.8 %|100 %|" },
    { AXIS_PERCENT, false, { 1.0, 1.0, 1.0 }, "90 %|92 %|94 %|96 %|98 %|100 %|" },
    { AXIS_LINEAR, true, { 0.5, 1.0, 2.4 }, "0.5|1|1.5|2|2.5|" },
    { AXIS_LINEAR, true, { 0.015, 1.0, 1.4 }, "0.01|0.02|0.05|0.1|0.2|0.5|1|2|" },
    { AXIS_LINEAR, true, { 1e-6, 1.0, 20.0 }, "1e-6|0.0001|0.01|1|100|" },
    { AXIS_LINEAR, true, { 0.0, 0.001, 1.0 }, "0.001|0.002|0.005|0.01|0.02|0.05|0.1|0.2|0.5|1|" },
    { AXIS_LINEAR, true, { -1.0, 0.001, 1.0 }, "-1|-0.5|0|0.5|1|" },
    { AXIS_LINEAR, true, { 1e-300, 1.0, 1e300 }, "1e-300|1e-200|1e-100|1|1e100|1e200|1e300|" },
};

START_TEST(ends_are_ticks)
{
    char labels[AXIS_TICKS_MOST * (AXIS_LABEL_BYTES + 1) + 1];
    axis a = axis_over("x", 3, widened[_i].values);
    axis_ticks t;
    a.kind = widened[_i].kind;
    if (widened[_i].may_be_logarithmic)
        axis_may_be_logarithmic(&a);
    axis_round(&a, WANTED_ROUND, &t);
    join(&t, labels);
    ck_assert_str_eq(labels, widened[_i].labels);
    ck_assert_double_eq_tol(axis_place(&a, t.at[0]), 0.0, 1e-12);
    ck_assert_double_eq_tol(axis_place(&a, t.at[t.count - 1]), 1.0, 1e-12);
}
END_TEST

/* Wherever the axis is and however little it spans: ticks are on it, in their order, and no two labels are the same. */
START_TEST(labels_differ)
{
    static const double places[] = { 0.0, 1e-9, 0.37, 8.0, 1234.5, 99999.0, 7e6, 3e11, -3e11, -2.5, 6e20 };
    static const double spans[] = { 1e-8, 1e-3, 0.4, 1.0, 3.0, 77.0, 1e4, 2e9 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t j = 0; j < sizeof spans / sizeof *spans; j++) {
            const axis a = { .low = places[i], .high = places[i] + spans[j] };
            axis_ticks t;
            if (spans[j] < 1e-12 * fabs(places[i]))
                continue; /* axis_room leaves no such axis */
            axis_find_ticks(&a, WANTED, &t);
            ck_assert_msg(t.count >= 2 && t.count <= WANTED + 1, "%zu ticks from %g over %g", t.count, places[i], spans[j]);
            for (size_t k = 0; k < t.count; k++) {
                ck_assert(axis_place(&a, t.at[k]) > -1e-3 && axis_place(&a, t.at[k]) < 1.001);
                ck_assert_msg(k == 0 || (t.at[k] > t.at[k - 1] && strcmp(t.label[k], t.label[k - 1]) != 0),
                              "%s twice from %g over %g", t.label[k], places[i], spans[j]);
                ck_assert_msg(fabs(places[i]) + spans[j] > 1e12 || spans[j] < 1e-3 || strlen(t.label[k]) <= 7, "long: %s",
                              t.label[k]);
            }
        }
}
END_TEST

static void check_all_on(const axis *a, const axis_ticks *t, double least, double most)
{
    ck_assert_msg(t->count >= 1 && t->count <= 14, "%zu ticks from %g to %g", t->count, least, most);
    ck_assert_msg(axis_place(a, least) >= -1e-9 && axis_place(a, most) <= 1.0 + 1e-9, "%g to %g is outside %g to %g", least, most,
                  a->low, a->high);
    for (size_t k = 0; k < t->count; k++)
        ck_assert_msg(axis_place(a, t->at[k]) >= -1e-5 && axis_place(a, t->at[k]) <= 1.0 + 1e-5 &&
                          (k == 0 || t->at[k] > t->at[k - 1]),
                      "tick %zu, %g, of %g to %g", k, t->at[k], a->low, a->high);
}

/* Whatever the range and however it is fitted: it is on the axis, so are the ticks, in their order, and there are some, not many.
 */
START_TEST(all_values_are_on_the_axis)
{
    static const double numbers[] = { 0.0,     DBL_TRUE_MIN, 1e-300, 1e-12, 0.00317, 0.1,   0.99999, 1.0,
                                      1.00001, 2.3,          17.0,   640.0, 1e7,     3e300, DBL_MAX };
    static void (*const fit[])(axis *) = { axis_open, axis_room };
    const size_t count = sizeof numbers / sizeof *numbers;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            for (size_t f = 0; f < 3; f++) {
                const bool whole = _i == AXIS_WHOLE;
                const double least = whole ? ceil(numbers[i]) : numbers[i], most = whole ? ceil(numbers[j]) : numbers[j];
                axis a = between(_i == AXIS_LOGARITHMIC ? AXIS_LINEAR : (axis_kind)_i, least, most);
                axis_ticks t;
                if (_i == AXIS_LOGARITHMIC)
                    axis_may_be_logarithmic(&a);
                if ((whole && most > 0x1p53) || (a.kind != AXIS_LOGARITHMIC && most == DBL_MAX))
                    continue; /* not every whole number there is a double; and a little more than the largest is none */
                if (f < 2) {
                    fit[f](&a);
                    axis_find_ticks(&a, WANTED_ROUND, &t);
                } else {
                    axis_round(&a, WANTED_ROUND, &t);
                }
                check_all_on(&a, &t, least, most);
            }
}
END_TEST

START_TEST(ranges_hold_their_values)
{
    const double values[] = { 2.0, NAN, -1.0, INFINITY, 7.0 }, none[] = { NAN };
    axis a = axis_over("x", 5, values);
    ck_assert(a.low == -1.0 && a.high == 7.0 && a.positive == 2.0);
    axis_room(&a);
    ck_assert_double_eq_tol(a.low, -1.32, 1e-15);
    ck_assert_double_eq_tol(a.high, 7.32, 1e-15);
    a = axis_over("x", 1, none);
    axis_open(&a);
    ck_assert(a.low == 0.0 && a.high == 1.0);
    a = between(AXIS_LINEAR, 5.0, 5.0);
    axis_room(&a);
    ck_assert(a.low == 4.5 && a.high == 5.5);
    a = between(AXIS_WHOLE, 7.0, 7.0);
    axis_open(&a);
    ck_assert(a.low == 6.5 && a.high == 7.5);
    a = between(AXIS_LINEAR, 0.1, 9.0);
    axis_room(&a);
    ck_assert(a.low == 0.0); /* not past 0 */
    a = between(AXIS_PERCENT, 0.5, 0.99);
    axis_room(&a);
    ck_assert(a.low == 0.5 - 0.04 * 0.49 && a.high == 1.0); /* nor past 100 % */
}
END_TEST

START_TEST(wide_ranges_are_logarithmic)
{
    axis a = between(AXIS_LINEAR, 0.01, 1.0);
    axis_may_be_logarithmic(&a);
    ck_assert_int_eq(a.kind, AXIS_LOGARITHMIC);
    ck_assert_double_eq_tol(axis_place(&a, 0.1), 0.5, 1e-15);
    ck_assert(axis_place(&a, 0.0) == 0.0);
    ck_assert(isnan(axis_place(&a, NAN)));
    axis_room(&a);
    ck_assert_double_eq_tol(axis_place(&a, 0.01), 0.04 / 1.08, 1e-15);
    a = between(AXIS_LINEAR, 0.1, 1.0);
    axis_may_be_logarithmic(&a);
    ck_assert_int_eq(a.kind, AXIS_LINEAR);
    a = between(AXIS_LINEAR, 0.0, 1.0); /* one value above 0 spans nothing */
    axis_may_be_logarithmic(&a);
    ck_assert_int_eq(a.kind, AXIS_LINEAR);
    ck_assert(axis_place(&a, 0.25) == 0.25);
    ck_assert(isnan(axis_place(&a, NAN)));
}
END_TEST

START_TEST(labels_say_what_they_count_from)
{
    char text[64];
    axis_ticks t;
    axis a = { .label = "loss", .low = 150012.0, .high = 150021.0 };
    axis_find_ticks(&a, WANTED, &t);
    axis_write_label(&a, &t, sizeof text, text);
    ck_assert_str_eq(text, "loss, from 150012 on");
    a = (axis){ .label = "accuracy", .kind = AXIS_PERCENT, .low = 0.99998, .high = 1.0 };
    axis_find_ticks(&a, WANTED, &t);
    axis_write_label(&a, &t, sizeof text, text);
    ck_assert_str_eq(text, "accuracy, from 99.998 % on");
    a.low = 0.5;
    axis_find_ticks(&a, WANTED, &t);
    axis_write_label(&a, &t, sizeof text, text);
    ck_assert_str_eq(text, "accuracy");
    axis_write_label(&a, &t, 4, text);
    ck_assert_str_eq(text, "acc");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("axis");
    TCase *tc = tcase_create("axis");
    tcase_add_loop_test(tc, ticks_are_round, 0, (int)(sizeof examples / sizeof *examples));
    tcase_add_loop_test(tc, ends_are_ticks, 0, (int)(sizeof widened / sizeof *widened));
    tcase_add_test(tc, labels_differ);
    tcase_add_loop_test(tc, all_values_are_on_the_axis, AXIS_LINEAR, AXIS_LOGARITHMIC + 1);
    tcase_add_test(tc, ranges_hold_their_values);
    tcase_add_test(tc, wide_ranges_are_logarithmic);
    tcase_add_test(tc, labels_say_what_they_count_from);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

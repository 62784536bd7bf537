/* Axes of the page's charts: ticks at round numbers, with short labels that differ. */
#include "support.h"
#include "svg_axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WANTED = 5 };

typedef struct example {
    svg_axis axis;
    const char *labels; /* all of them, from the least */
    double from;
} example;

static const example examples[] = {
    { { .low = 0.0, .high = 1.0 }, "0|0.2|0.4|0.6|0.8|1|", 0.0 },
    { { .low = -0.1, .high = 0.3 }, "-0.1|0|0.1|0.2|0.3|", 0.0 },
    { { .low = 0.0, .high = 0.0024 }, "0|0.0005|0.001|0.0015|0.002|", 0.0 },
    { { .low = -60000.0, .high = 230000.0 }, "0|100k|200k|", 0.0 },
    { { .low = 1.4e6, .high = 3.1e6 }, "1.5M|2M|2.5M|3M|", 0.0 },
    { { .low = 2010.0, .high = 2020.0 }, "2010|2012|2014|2016|2018|2020|", 0.0 },
    { { .low = 2010.2, .high = 2012.1 }, "2010.5|2011|2011.5|2012|", 0.0 },
    { { .low = 1000.02, .high = 1000.11 }, "1000.02|1000.04|1000.06|1000.08|1000.1|", 0.0 },
    { { .low = 150012.0, .high = 150021.0 }, "0|2|4|6|8|", 150012.0 },
    { { .low = 999999.7, .high = 1000000.2 }, "0|0.1|0.2|0.3|0.4|0.5|", 999999.7 },
    { { .low = -1e-12, .high = 1e-12 }, "-1e-12|-5e-13|0|5e-13|1e-12|", 0.0 },
    { { .low = 1.0, .high = 3.0, .whole = true }, "1|2|3|", 0.0 },
    { { .low = 0.02, .high = 0.9, .logarithmic = true }, "0.02|0.05|0.1|0.2|0.5|", 0.0 },
    { { .low = 2e-7, .high = 40.0, .logarithmic = true }, "1e-05|0.001|0.1|10|", 0.0 },
};

START_TEST(ticks_are_round)
{
    const example *e = &examples[_i];
    char labels[SVG_TICKS_MOST * (SVG_LABEL_BYTES + 1) + 1] = "";
    svg_ticks t;
    svg_ticks_find(&e->axis, WANTED, &t);
    for (size_t i = 0; i < t.count; i++) {
        strcat(labels, t.label[i]);
        strcat(labels, "|");
    }
    ck_assert_str_eq(labels, e->labels);
    ck_assert(fabs(t.from - e->from) <= 1e-15 * e->from);
}
END_TEST

/* Wherever the axis is and however little it spans: ticks are on it, in their order, and no two labels are the same. */
START_TEST(labels_differ)
{
    static const double places[] = { 0.0, 1e-9, 0.37, 8.0, 1234.5, 99999.0, 7e6, 3e11, -3e11, -2.5, 6e20 };
    static const double spans[] = { 1e-8, 1e-3, 0.4, 1.0, 3.0, 77.0, 1e4, 2e9 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t j = 0; j < sizeof spans / sizeof *spans; j++) {
            const svg_axis axis = { .low = places[i], .high = places[i] + spans[j] };
            svg_ticks t;
            if (spans[j] < 1e-12 * fabs(places[i]))
                continue; /* svg_axis_room leaves no such axis */
            svg_ticks_find(&axis, WANTED, &t);
            ck_assert_msg(t.count >= 2 && t.count <= WANTED + 1, "%zu ticks from %g over %g", t.count, places[i], spans[j]);
            for (size_t k = 0; k < t.count; k++) {
                ck_assert(svg_axis_place(&axis, t.at[k]) > -1e-3 && svg_axis_place(&axis, t.at[k]) < 1.001);
                ck_assert_msg(k == 0 || (t.at[k] > t.at[k - 1] && strcmp(t.label[k], t.label[k - 1]) != 0),
                              "%s twice from %g over %g", t.label[k], places[i], spans[j]);
                ck_assert_msg(fabs(places[i]) + spans[j] > 1e12 || spans[j] < 1e-3 || strlen(t.label[k]) <= 7, "long: %s",
                              t.label[k]);
            }
        }
}
END_TEST

START_TEST(ranges_hold_their_values)
{
    const double values[] = { 2.0, NAN, -1.0, INFINITY, 7.0 }, none[] = { NAN }, same[] = { 5.0, 5.0 };
    svg_axis axis = svg_axis_over("x", 5, values);
    ck_assert(axis.low == -1.0 && axis.high == 7.0);
    svg_axis_room(&axis);
    ck_assert_double_eq_tol(axis.low, -1.32, 1e-15);
    ck_assert_double_eq_tol(axis.high, 7.32, 1e-15);
    axis = svg_axis_over("x", 1, none);
    ck_assert(axis.low == 0.0 && axis.high == 1.0);
    axis = svg_axis_over("x", 2, same);
    svg_axis_room(&axis);
    ck_assert(axis.low == 4.5 && axis.high == 5.5);
    axis = (svg_axis){ .low = 0.1, .high = 9.0 };
    svg_axis_room(&axis);
    ck_assert(axis.low == 0.0); /* not past 0 */
    axis = (svg_axis){ .low = 0.01, .high = 1.0 };
    svg_axis_logarithmic(&axis);
    ck_assert(axis.logarithmic);
    ck_assert_double_eq_tol(svg_axis_place(&axis, 0.1), 0.5, 1e-15);
    axis = (svg_axis){ .low = 0.0, .high = 1.0 };
    svg_axis_logarithmic(&axis);
    ck_assert(!axis.logarithmic);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("svg_axis");
    TCase *tc = tcase_create("svg_axis");
    tcase_add_loop_test(tc, ticks_are_round, 0, (int)(sizeof examples / sizeof *examples));
    tcase_add_test(tc, labels_differ);
    tcase_add_test(tc, ranges_hold_their_values);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

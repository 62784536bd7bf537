/* Curves in a line of text: heights, columns, and what becomes of more values than there is room for. */
#include "sparkline.h"
#include "support.h"

#include <math.h>
#include <string.h>

static void draw(const double *value, size_t count, size_t columns, char text[SPARKLINE_BYTES])
{
    sparkline s = { 0 };
    for (size_t i = 0; i < count; i++)
        sparkline_add(&s, value[i]);
    sparkline_draw(&s, columns, text);
}

START_TEST(heights_follow_the_values)
{
    static const double rising[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, near[] = { 10, 11, 12, 13, 14, 15, 16, 17 }, same[] = { 3, 3, 3 },
                        odd[] = { 1, NAN, 2, INFINITY };
    static const double decades[] = { 10000, 1000, 100, 10, 1 }; /* 7, 5.25, 3.5, 1.75 and 0 of seven heights above the lowest */
    char text[SPARKLINE_BYTES];
    draw(rising, 8, 8, text);
    ck_assert_str_eq(text, "▁▂▃▄▅▆▇█");
    draw(near, 8, 4, text); /* means of two: 0, 2, 4 and 6 above the least */
    ck_assert_str_eq(text, "▁▃▆█");
    draw(rising, 8, 10, text);
    ck_assert_str_eq(text, "▁▂▃▄▅▆▇█  ");
    draw(same, 3, 3, text);
    ck_assert_str_eq(text, "▁▁▁");
    draw(odd, 4, 4, text);
    ck_assert_str_eq(text, "▁█  ");
    draw(decades, 5, 5, text);
    ck_assert_str_eq(text, "█▆▅▃▁");
    draw(NULL, 0, 3, text);
    ck_assert_str_eq(text, "   ");
    draw(rising, 8, 0, text);
    ck_assert_str_eq(text, "");
}
END_TEST

/* Means of equal numbers of neighbours, but for the last, whatever the count: of 0, 1, 2 ... they follow from their places. */
START_TEST(many_values_become_means)
{
    sparkline s = { 0 };
    for (size_t i = 0; i < 5000; i++) {
        sparkline_add(&s, (double)i);
        ck_assert_uint_le(s.count, SPARKLINE_MOST);
        ck_assert_uint_eq((s.count - 1) * s.each + s.in_last, i + 1);
        for (size_t k = 0; k < s.count; k++) {
            const double of = (double)(k + 1 < s.count ? s.each : s.in_last), mean = (double)(k * s.each) + 0.5 * (of - 1.0);
            ck_assert_msg(fabs(s.mean[k] - mean) <= 1e-9, "mean %zu of %zu values is %g, should be %g", k, i + 1, s.mean[k], mean);
        }
    }
    ck_assert_uint_eq(s.each, 128);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sparkline");
    TCase *tc = tcase_create("sparkline");
    tcase_add_test(tc, heights_follow_the_values);
    tcase_add_test(tc, many_values_become_means);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Numbers as texts: read exactly as strtod does in the locale "C", and nothing else taken for one; and texts that are dates. */
#include "data/date.h"
#include "data/number.h"
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers as texts, and the doubles they are; what strtod reads besides is none. */
START_TEST(numbers_are_read_exactly)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "+7",
        "0.1",
        "3.141592653589793",
        "1e22",
        "1e23",
        "9007199254740993",
        ".5",
        "5.",
        "123e-2",
        "1E5",
        "1e+05",
        "2.2250738585072014e-308",
        "5e-324",
        "1.7976931348623157e308",
        "0.1e1",
        "1e-400",
        "1234567890123456789",
        "12345678901234567890",
        "0.30000000000000004",
        "179769313486231580793e289",
        "0000000000000000000000000000001.5",
    };
    static const char *const none[] = { "",   "-",   "+",   ".",     "e5",    "1e",  "1e+",     "0x1p3", "1 ",
                                        " 1", "1,5", "--1", "1.2.3", "1e5.0", "one", "infinit", "nano" };
    static const char *const infinite[] = { "inf", "INF", "+Infinity" }, *const missing[] = { "nan", "NaN", "-nan", "",
                                                                                              "NA",  "n/a", "<NA>", "?" };
    const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    double value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(number_read(c_locale, texts[i], strlen(texts[i]), &value) == NUMBER_FINITE, "%s", texts[i]);
        const double expected = strtod(texts[i], NULL);
        ck_assert_msg(memcmp(&value, &expected, sizeof value) == 0, "%s: %.17g, not %.17g", texts[i], value, expected);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(number_read(c_locale, none[i], strlen(none[i]), &value) == NUMBER_NONE, "'%s'", none[i]);
    for (size_t i = 0; i < sizeof infinite / sizeof *infinite; i++)
        ck_assert_msg(number_read(c_locale, infinite[i], strlen(infinite[i]), &value) == NUMBER_INFINITE, "'%s'", infinite[i]);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        ck_assert_msg(number_read(c_locale, missing[i], strlen(missing[i]), &value) == NUMBER_NONE, "'%s'", missing[i]);
        ck_assert_msg(text_is_missing(missing[i]), "'%s'", missing[i]);
    }
    ck_assert(!text_is_missing("0") && !text_is_missing("-1") && !text_is_missing("Nantes") && !text_is_missing("None"));
    /* Every number of digits and power of ten against strtod. */
    for (unsigned i = 0; i < 200000; i++) {
        char text[64];
        const unsigned long long mantissa = (unsigned long long)i * 0x9E3779B97F4A7C15u >> (i % 60);
        snprintf(text, sizeof text, "%llu.%ue%d", mantissa, i % 1000, (int)(i % 61) - 30);
        ck_assert(number_read(c_locale, text, strlen(text), &value) == NUMBER_FINITE);
        ck_assert_msg(value == strtod(text, NULL), "%s: %.17g, not %.17g", text, value, strtod(text, NULL));
    }
    ck_assert(number_fits_float((double)FLT_MAX) && number_fits_float(0x1.fffffefffffffp127) && !number_fits_float(0x1.ffffffp127));
    ck_assert(isfinite((float)0x1.fffffefffffffp127) && isinf((float)0x1.ffffffp127));
    ck_assert(!number_fits_float((double)NAN) && !number_fits_float((double)INFINITY));
    freelocale(c_locale);
}
END_TEST

START_TEST(commas_become_points)
{
    char pointed[NUMBER_TEXT], text[NUMBER_TEXT + 1] = "";
    ck_assert(number_with_point("-1,5e3", 6, pointed));
    ck_assert_str_eq(pointed, "-1.5e3");
    ck_assert(!number_with_point("15", 2, pointed) && !number_with_point("1,234,5", 7, pointed));
    memset(text, '1', NUMBER_TEXT);
    text[1] = ',';
    ck_assert(!number_with_point(text, NUMBER_TEXT, pointed));
    text[NUMBER_TEXT - 1] = '\0';
    ck_assert(number_with_point(text, NUMBER_TEXT - 1, pointed) && pointed[1] == '.' && strlen(pointed) == NUMBER_TEXT - 1);

    static const char *const grouped[] = { "1,234", "-999,000", "+12,345.5", "1,234,567", "1.234,5", "1.234.567,89", "1,234." };
    static const char *const others[] = { "0,123", "1,23",  "1,2345",  "1234,567", ",123",
                                          "1234",  "1.234", "1.2.3.4", "1.234.5",  "1,234,56.7" };
    for (size_t i = 0; i < sizeof grouped / sizeof *grouped; i++)
        ck_assert_msg(number_is_grouped(grouped[i]), "%s", grouped[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!number_is_grouped(others[i]), "%s", others[i]);
}
END_TEST

START_TEST(dates_are_seen)
{
    static const char *const dates[] = {
        "2024-01-31",
        "2024/1/31",
        "2024.01.31",
        "2024-01",
        "31/12/2024",
        "12/31/24",
        "31.01.2024",
        "1-2-2024",
        "2024-01-31T10:00",
        "2024-01-31 10:00:59",
        "2024-01-31T10:00:59.123Z",
        "2024-01-31T10:00:00+01:00",
        "2024-01-31 10:00:59 UTC",
        "1/31/2024 10:30 PM",
        "31 Jan 2024",
        "31-Jan-24",
        "January 31, 2024",
        "Sept. 1, 2024",
        "10:30",
        "23:59:60",
    };
    static const char *const others[] = {
        "",           "2024",        "2024-13-01",  "2024-01-32", "2024.01",  "1/2",         "1-2",       "12-3456",
        "1.2.3",      "1.2.3.4",     "31/12/2024x", "10:3",       "25:00",    "10:60",       "a 10:30",   "May",
        "March 2024", "2024-01-31T", "v1-2-24",     "1-2-24-3",   "1/2-2024", "123-45-6789", "555-12-34", "Mark 1, 2024",
    };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        ck_assert_msg(text_is_date(dates[i]), "%s", dates[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!text_is_date(others[i]), "%s", others[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *tc = tcase_create("number");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, numbers_are_read_exactly);
    tcase_add_test(tc, commas_become_points);
    tcase_add_test(tc, dates_are_seen);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

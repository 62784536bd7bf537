/* Numbers as texts: read exactly as strtod does in the locale "C", and nothing else taken for one. */
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
    static const char *const not_finite[] = { "nan", "NaN", "-nan", "inf", "INF", "+Infinity" };
    const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    double value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(number_read(c_locale, texts[i], strlen(texts[i]), &value) == NUMBER_FINITE, "%s", texts[i]);
        const double expected = strtod(texts[i], NULL);
        ck_assert_msg(memcmp(&value, &expected, sizeof value) == 0, "%s: %.17g, not %.17g", texts[i], value, expected);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(number_read(c_locale, none[i], strlen(none[i]), &value) == NUMBER_NONE, "'%s'", none[i]);
    for (size_t i = 0; i < sizeof not_finite / sizeof *not_finite; i++)
        ck_assert_msg(number_read(c_locale, not_finite[i], strlen(not_finite[i]), &value) == NUMBER_NOT_FINITE, "'%s'",
                      not_finite[i]);
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

int main(void)
{
    Suite *suite = suite_create("number");
    TCase *tc = tcase_create("number");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, numbers_are_read_exactly);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

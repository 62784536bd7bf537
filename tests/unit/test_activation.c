/* Activations: known values, derivatives by central differences, extreme inputs, and the figures that bounds use. */
#include "support.h"

#include "network/activation.h"

#include <math.h>
#include <string.h>

static const struct {
    kiln_activation which;
    double z, y;
} values[] = {
    { KILN_SIGMOID, 0.0, 0.5 },
    { KILN_SIGMOID, 7.0, 0.9990889488055994 },
    { KILN_SIGMOID, -7.0, 0.0009110511944006454 },
    { KILN_SIGMOID, 1e4, 1.0 },
    { KILN_SIGMOID, -1e4, 0.0 },
    { KILN_TANH, 1.0, 0.7615941559557649 },
    { KILN_TANH, -1e4, -1.0 },
    { KILN_RELU, 3.0, 3.0 },
    { KILN_RELU, -3.0, 0.0 },
    { KILN_LEAKY_RELU, 3.0, 3.0 },
    { KILN_LEAKY_RELU, -3.0, -0.03 },
    { KILN_GELU, 1.0, 0.8413447460685429 },
    { KILN_GELU, -1.0, -0.15865525393145707 },
    { KILN_GELU, 1e4, 1e4 },
    { KILN_SILU, 1.0, 0.7310585786300049 },
    { KILN_SILU, -1.0, -0.2689414213699951 },
    { KILN_SILU, -1e4, 0.0 },
    { KILN_LINEAR, -2.5, -2.5 },
};

START_TEST(values_are_known)
{
    const double y = activation_of(values[_i].which)->f(values[_i].z);
    ck_assert_msg(fabs(y - values[_i].y) <= 4.0 * 0x1p-53 * fabs(values[_i].y), "%s(%g) = %.17g, not %.17g",
                  kiln_activation_name(values[_i].which), values[_i].z, y, values[_i].y);
}
END_TEST

/* Central differences: truncation h^2/6 sup|f'''| (at most 1 here), rounding 2^-53 |f| / h with a few ulp of f each. */
START_TEST(derivatives_are_right)
{
    const activation *act = activation_of((kiln_activation)_i);
    const double h = 6e-6;
    double sum = 0.0;
    for (double z = -9.03; z < 9.1; z += 0.0625) {
        const double difference = (act->f(z + h) - act->f(z - h)) / (2.0 * h);
        const double bound = h * h + 8.0 * 0x1p-53 * (fabs(act->f(z)) + fabs(z) + 1.0) / h;
        ck_assert_msg(fabs(act->d(z) - difference) <= bound, "%s'(%g) = %.12g, but its difference is %.12g", act->name, z,
                      act->d(z), difference);
        sum += fabs(act->d(z));
    }
    ck_assert(sum > 1.0);
}
END_TEST

/* The suprema in the table: no point of a sweep is above them, and some point is within one in a hundred. */
START_TEST(suprema_are_right)
{
    const activation *act = activation_of((kiln_activation)_i);
    double slope = 0.0, curvature = 0.0;
    const double h = 1e-4;
    for (double z = -12.0; z <= 12.0; z += 0.001) {
        slope = fmax(slope, fabs(act->d(z)));
        if (act->jump == 0.0)
            curvature = fmax(curvature, fabs(act->d(z + h) - act->d(z - h)) / (2.0 * h));
    }
    ck_assert_msg(slope <= act->lipschitz && slope >= 0.99 * act->lipschitz, "%s: sup|f'| is %g", act->name, slope);
    ck_assert_msg(curvature <= act->curvature && curvature >= 0.99 * act->curvature - 1e-9, "%s: sup|f''| is %g", act->name,
                  curvature);
    ck_assert_double_eq_tol(act->jump, fabs(act->d(1e-300) - act->d(-1e-300)), 1e-12);
}
END_TEST

START_TEST(extreme_inputs_stay_sane)
{
    static const double extremes[] = { 0.0, -0.0, 5e-324, -5e-324, 88.0, -88.0, 745.0, -746.0, 1e4, -1e4, 1e300, -1e300 };
    const activation *act = activation_of((kiln_activation)_i);
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
        ck_assert_msg(isfinite(act->f(extremes[i])), "%s(%g) = %g", act->name, extremes[i], act->f(extremes[i]));
        ck_assert_msg(isfinite(act->d(extremes[i])), "%s'(%g) = %g", act->name, extremes[i], act->d(extremes[i]));
    }
    ck_assert_msg(isnan(act->f(NAN)), "%s(NaN) is not NaN", act->name);
}
END_TEST

/* p sums to 1, is that of z + c too, and survives z that overflow exp. */
START_TEST(softmax_is_right)
{
    const double z[3] = { 1.0, 2.0, 3.0 }, shifted[3] = { 10001.0, 10002.0, 10003.0 }, wide[3] = { 1e4, -1e4, 1e4 };
    double p[3];
    softmax(3, z, p);
    ck_assert_double_eq_tol(p[0], 0.09003057317038046, 1e-15);
    ck_assert_double_eq_tol(p[2], 0.6652409557748219, 1e-15);
    softmax(3, shifted, p);
    ck_assert_double_eq_tol(p[1], 0.24472847105479764, 1e-15);
    softmax(3, wide, p);
    ck_assert_double_eq(p[0], 0.5);
    ck_assert_double_eq(p[1], 0.0);
    memcpy(p, z, sizeof p);
    softmax(3, p, p);
    ck_assert_double_eq_tol(p[0] + p[1] + p[2], 1.0, 4.0 * 0x1p-53);
}
END_TEST

START_TEST(names_go_both_ways)
{
    kiln_activation found;
    int count = 0;
    for (; kiln_activation_name((kiln_activation)count); count++) {
        ck_assert(kiln_activation_find(kiln_activation_name((kiln_activation)count), &found));
        ck_assert_int_eq((int)found, count);
    }
    ck_assert_int_eq(count, KILN_SOFTMAX + 1);
    ck_assert(!kiln_activation_find("Sigmoid", &found) && !kiln_activation_find("", &found) && !kiln_activation_find(NULL, &found));
    ck_assert_str_eq(kiln_activation_name(KILN_LEAKY_RELU), "leaky-relu");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("activation");
    TCase *tc = tcase_create("activation");
    tcase_add_loop_test(tc, values_are_known, 0, sizeof values / sizeof *values);
    tcase_add_loop_test(tc, derivatives_are_right, KILN_SIGMOID, KILN_SOFTMAX);
    tcase_add_loop_test(tc, suprema_are_right, KILN_SIGMOID, KILN_SOFTMAX);
    tcase_add_loop_test(tc, extreme_inputs_stay_sane, KILN_SIGMOID, KILN_SOFTMAX);
    tcase_add_test(tc, softmax_is_right);
    tcase_add_test(tc, names_go_both_ways);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

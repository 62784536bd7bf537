/* ROC and precision-recall curves and calibration: figures worked out by hand, and those of scikit-learn 1.9.1. */
#include "support.h"

#include <math.h>
#include <string.h>

/* Falling scores, three of them more than once. Of 5 positives and 5 negatives:
 *   score 0.9  0.8  0.7  0.55  0.5  0.2  0.1
 *   tp      1    2    3     3    4    4    5
 *   fp      0    1    1     2    4    5    5 */
enum { FEW = 10 };
static const double few[FEW] = { 0.5, 0.8, 0.9, 0.2, 0.8, 0.7, 0.5, 0.55, 0.1, 0.5 };
static const bool few_positive[FEW] = { true, true, true, false, false, true, false, false, true, false };

/* u of a double, times the few dozen operations of a figure. */
#define CLOSE(value, expected)                                                                                                     \
    ck_assert_msg(fabs((value) - (expected)) <= 1e-14, #value " is %.17g, should be %.17g", value, expected)

START_TEST(curves_are_what_they_are_by_hand)
{
    const kiln_threshold expected[] = { { 0.9, 1, 0 }, { 0.8, 2, 1 }, { 0.7, 3, 1 }, { 0.55, 3, 2 },
                                        { 0.5, 4, 4 }, { 0.2, 4, 5 }, { 0.1, 5, 5 } };
    kiln_curves c;
    kiln_error err;
    ck_assert_kiln(kiln_curves_measure(FEW, few, few_positive, &c, &err), err);
    ck_assert_uint_eq(c.positives, 5);
    ck_assert_uint_eq(c.negatives, 5);
    ck_assert_uint_eq(c.thresholds, 7);
    for (size_t i = 0; i < c.thresholds; i++) {
        ck_assert_double_eq(c.threshold[i].score, expected[i].score);
        ck_assert_uint_eq(c.threshold[i].true_positives, expected[i].true_positives);
        ck_assert_uint_eq(c.threshold[i].false_positives, expected[i].false_positives);
    }
    CLOSE(c.roc_auc, (1.5 + 3 + 2 * 3.5 + 4) / 25); /* trapezoids under tp, from fp to the next */
    CLOSE(c.average_precision, (1.0 + 2.0 / 3 + 3.0 / 4 + 4.0 / 8 + 5.0 / 10) / 5);
    kiln_curves_free(&c);
    ck_assert_ptr_null(c.threshold);
    kiln_curves_free(&c);
    kiln_curves_free(NULL);
}
END_TEST

/* A thousand scores by a formula, many of them equal, and what scikit-learn's functions say of them. */
enum { MANY = 1000 };
static double many[MANY];
static bool many_positive[MANY];

static void make_many(void)
{
    for (size_t i = 0; i < MANY; i++) {
        many[i] = (double)(i * 37 % 101) / 101;
        many_positive[i] = (double)(i * 53 % 97) / 97 + many[i] > 1.0;
    }
}

START_TEST(curves_are_those_of_scikit_learn)
{
    kiln_curves c;
    kiln_error err;
    make_many();
    ck_assert_kiln(kiln_curves_measure(MANY, many, many_positive, &c, &err), err);
    ck_assert_uint_eq(c.positives, 489);
    ck_assert_uint_eq(c.thresholds, 101);
    CLOSE(c.roc_auc, 0.83276105635127395);           /* roc_auc_score */
    CLOSE(c.average_precision, 0.82589552183648307); /* average_precision_score */
    kiln_curves_free(&c);
}
END_TEST

START_TEST(perfect_worthless_and_inverted_scores)
{
    const double score[] = { 3, 2, 1, 0 }, same[] = { 0.5, 0.5, 0.5, 0.5 };
    const bool positive[] = { true, true, false, false }, negative[] = { false, false, true, true };
    kiln_curves c;
    kiln_error err;
    ck_assert_kiln(kiln_curves_measure(4, score, positive, &c, &err), err);
    CLOSE(c.roc_auc, 1.0);
    CLOSE(c.average_precision, 1.0);
    kiln_curves_free(&c);
    ck_assert_kiln(kiln_curves_measure(4, score, negative, &c, &err), err);
    CLOSE(c.roc_auc, 0.0);
    CLOSE(c.average_precision, (1.0 / 3 + 2.0 / 4) / 2);
    kiln_curves_free(&c);
    ck_assert_kiln(kiln_curves_measure(4, same, positive, &c, &err), err);
    ck_assert_uint_eq(c.thresholds, 1);
    CLOSE(c.roc_auc, 0.5);
    CLOSE(c.average_precision, 0.5);
    kiln_curves_free(&c);
}
END_TEST

START_TEST(one_side_alone_has_no_areas)
{
    const double score[] = { 0.1, 0.2 };
    const bool all[] = { true, true }, none[] = { false, false };
    kiln_curves c;
    kiln_error err;
    ck_assert_kiln(kiln_curves_measure(2, score, all, &c, &err), err);
    ck_assert(isnan(c.roc_auc) && isnan(c.average_precision));
    kiln_curves_free(&c);
    ck_assert_kiln(kiln_curves_measure(2, score, none, &c, &err), err);
    ck_assert(isnan(c.roc_auc) && isnan(c.average_precision));
    kiln_curves_free(&c);
}
END_TEST

START_TEST(curves_refuse_what_has_no_place)
{
    const double score[] = { 0.5, NAN };
    const bool positive[] = { true, false };
    kiln_curves c = { .positives = 77 };
    kiln_error err;
    ck_assert_int_eq(kiln_curves_measure(2, score, positive, &c, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "score 1 is not a number: it has no place in a curve");
    ck_assert_int_eq(kiln_curves_measure(0, score, positive, &c, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "there are no scores to draw a curve of, should be at least one");
    ck_assert_uint_eq(c.positives, 77);
}
END_TEST

START_TEST(calibration_is_what_it_is_by_hand)
{
    /* Fifths: {0.1, 0.2}, none, {0.5 three times, 0.55}, {0.7, 0.8 twice}, {0.9}. An edge belongs to the bin below it. */
    const kiln_calibration_bin expected[5] = { { 2, 1, 0.15 }, { 0, 0, 0 }, { 4, 1, 0.5125 }, { 3, 2, 2.3 / 3 }, { 1, 1, 0.9 } };
    kiln_calibration_bin bin[5];
    kiln_error err;
    double error;
    ck_assert_kiln(kiln_calibration(FEW, few, few_positive, 5, bin, &error, &err), err);
    for (size_t b = 0; b < 5; b++) {
        ck_assert_uint_eq(bin[b].count, expected[b].count);
        ck_assert_uint_eq(bin[b].positives, expected[b].positives);
        CLOSE(bin[b].mean, expected[b].mean);
    }
    CLOSE(error, (2 * 0.35 + 4 * 0.2625 + 3 * 0.1 + 1 * 0.1) / 10);
    /* The ends. */
    const double ends[] = { 0.0, 1.0 };
    const bool right[] = { false, true };
    ck_assert_kiln(kiln_calibration(2, ends, right, 5, bin, &error, &err), err);
    ck_assert_uint_eq(bin[0].count, 1);
    ck_assert_uint_eq(bin[4].positives, 1);
    CLOSE(error, 0.0);
}
END_TEST

START_TEST(calibration_is_that_of_scikit_learn)
{
    /* calibration_curve(y, p, n_bins=10) */
    const double share[] = { 0.05504587155963303, 0.1414141414141414, 0.2222222222222222, 0.3434343434343434, 0.46464646464646464,
                             0.5555555555555556,  0.6666666666666666, 0.7171717171717171, 0.8080808080808081, 0.9595959595959596 };
    const double mean[] = { 0.04932328095194844, 0.15331533153315322, 0.2523252325232522, 0.3516351635163516, 0.45064506450645075,
                            0.5496549654965497,  0.6486648664866488,  0.7479747974797479, 0.8469846984698471, 0.9459945994599464 };
    kiln_calibration_bin bin[10];
    kiln_error err;
    double error;
    make_many();
    ck_assert_kiln(kiln_calibration(MANY, many, many_positive, 10, bin, &error, &err), err);
    for (size_t b = 0; b < 10; b++) {
        CLOSE((double)bin[b].positives / (double)bin[b].count, share[b]);
        CLOSE(bin[b].mean, mean[b]);
    }
}
END_TEST

START_TEST(calibration_refuses_what_is_no_probability)
{
    const double wrong[] = { 1.5, -0.1, NAN };
    const bool positive[] = { true };
    kiln_calibration_bin bin[2];
    kiln_error err;
    double error;
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(kiln_calibration(1, wrong + i, positive, 2, bin, &error, &err), KILN_EINVAL);
        ck_assert_ptr_nonnull(strstr(err.message, "should be 0 to 1"));
    }
    ck_assert_int_eq(kiln_calibration(1, wrong, positive, 0, bin, &error, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_calibration(0, wrong, positive, 2, bin, &error, &err), KILN_EINVAL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("curves");
    TCase *tc = tcase_create("curves");
    tcase_add_test(tc, curves_are_what_they_are_by_hand);
    tcase_add_test(tc, curves_are_those_of_scikit_learn);
    tcase_add_test(tc, perfect_worthless_and_inverted_scores);
    tcase_add_test(tc, one_side_alone_has_no_areas);
    tcase_add_test(tc, curves_refuse_what_has_no_place);
    tcase_add_test(tc, calibration_is_what_it_is_by_hand);
    tcase_add_test(tc, calibration_is_that_of_scikit_learn);
    tcase_add_test(tc, calibration_refuses_what_is_no_probability);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

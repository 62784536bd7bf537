/* Losses: known values, derivatives by central differences with every output activation, extreme z, and what is refused. */
#include "support.h"

#include "base/random.h"
#include "network/loss.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 5 };

/* Every pair that loss_check accepts. */
static const struct {
    kiln_loss loss;
    kiln_activation output;
} pairs[] = {
    { KILN_SSE, KILN_SIGMOID },   { KILN_SSE, KILN_SOFTMAX },           { KILN_SSE, KILN_LINEAR },
    { KILN_MSE, KILN_SIGMOID },   { KILN_MSE, KILN_SOFTMAX },           { KILN_MSE, KILN_LINEAR },
    { KILN_MAE, KILN_SIGMOID },   { KILN_MAE, KILN_SOFTMAX },           { KILN_MAE, KILN_LINEAR },
    { KILN_HUBER, KILN_SIGMOID }, { KILN_HUBER, KILN_SOFTMAX },         { KILN_HUBER, KILN_LINEAR },
    { KILN_BCE, KILN_SIGMOID },   { KILN_CROSS_ENTROPY, KILN_SOFTMAX },
};

enum { PAIRS = sizeof pairs / sizeof *pairs };

static double uniform(uint64_t index)
{
    return 2.0 * random_uniform(2, PHILOX_VERIFY, 0, index) - 1.0;
}

/* A central difference of step h: truncation h^2/6 f''' with |f'''| <= 20 for these (z within 3), rounding 2^-53 |L| / h with
 * some ten operations; samples within 10 h of a kink of mae and huber (|y - t| near 0, 1) are not looked at. */
START_TEST(derivatives_are_right)
{
    const kiln_loss loss = pairs[_i].loss;
    const kiln_activation output = pairs[_i].output;
    const double h = 6e-6;
    double sum = 0.0;
    for (uint64_t sample = 0; sample < 50; sample++) {
        double z[WIDTH], t[WIDTH], y[WIDTH], dz[WIDTH], margin = 1.0;
        for (size_t i = 0; i < WIDTH; i++)
            z[i] = 3.0 * uniform(sample * 100 + i);
        if (output == KILN_LINEAR)
            for (size_t i = 0; i < WIDTH; i++)
                t[i] = 2.0 * uniform(sample * 100 + 50 + i);
        else
            loss_target(WIDTH, (int32_t)(sample % WIDTH), t);
        output_activate(output, WIDTH, z, y);
        for (size_t i = 0; i < WIDTH; i++)
            margin = fmin(margin, fmin(fabs(y[i] - t[i]), fabs(fabs(y[i] - t[i]) - 1.0)));
        if ((loss == KILN_MAE || loss == KILN_HUBER) && margin < 10.0 * h)
            continue;
        const double value = loss_sample(loss, output, WIDTH, z, t, dz);
        ck_assert_double_eq(value, loss_sample(loss, output, WIDTH, z, t, NULL));
        for (size_t i = 0; i < WIDTH; i++) {
            const double at = z[i];
            z[i] = at + h;
            const double above = loss_sample(loss, output, WIDTH, z, t, NULL);
            z[i] = at - h;
            const double below = loss_sample(loss, output, WIDTH, z, t, NULL);
            z[i] = at;
            const double difference = (above - below) / (2.0 * h), bound = 4.0 * h * h + 16.0 * 0x1p-53 * (value + 1.0) / h;
            ck_assert_msg(fabs(dz[i] - difference) <= bound, "%s of %s: dz = %.12g, but its difference is %.12g",
                          kiln_loss_name(loss), kiln_activation_name(output), dz[i], difference);
            sum += fabs(dz[i]);
        }
    }
    ck_assert(sum > 1.0);
}
END_TEST

START_TEST(values_are_known)
{
    const double z[2] = { 0.5, -1.5 }, t[2] = { 2.0, -1.0 };
    double dz[2];
    ck_assert_double_eq(loss_sample(KILN_SSE, KILN_LINEAR, 2, z, t, dz), 2.5);
    ck_assert(dz[0] == -3.0 && dz[1] == -1.0);
    ck_assert_double_eq(loss_sample(KILN_MSE, KILN_LINEAR, 2, z, t, dz), 1.25);
    ck_assert(dz[0] == -1.5 && dz[1] == -0.5);
    ck_assert_double_eq(loss_sample(KILN_MAE, KILN_LINEAR, 2, z, t, dz), 1.0);
    ck_assert(dz[0] == -0.5 && dz[1] == -0.5);
    ck_assert_double_eq(loss_sample(KILN_HUBER, KILN_LINEAR, 2, z, t, dz), (1.0 + 0.125) / 2.0);
    ck_assert(dz[0] == -0.5 && dz[1] == -0.25);
    const double one[2] = { 1.0, 0.0 }, flat[2] = { 3.0, 3.0 };
    ck_assert_double_eq_tol(loss_sample(KILN_CROSS_ENTROPY, KILN_SOFTMAX, 2, flat, one, dz), 0.6931471805599453, 1e-15);
    ck_assert(dz[0] == -0.5 && dz[1] == 0.5);
    ck_assert_double_eq_tol(loss_sample(KILN_BCE, KILN_SIGMOID, 2, (double[]){ 0.0, 0.0 }, one, dz), 0.6931471805599453, 1e-15);
    ck_assert(dz[0] == -0.25 && dz[1] == 0.25);
}
END_TEST

/* z of +-1e4: the loss is |z| where the class is wrong, 0 where it is right, and everything is finite. */
START_TEST(extreme_logits_are_finite)
{
    double dz[3];
    const double z[3] = { 1e4, -1e4, 0.0 };
    for (int32_t label = 0; label < 3; label++) {
        static const double entropy[3] = { 0.0, 2e4, 1e4 };
        double t[3];
        loss_target(3, label, t);
        ck_assert_double_eq(loss_sample(KILN_CROSS_ENTROPY, KILN_SOFTMAX, 3, z, t, dz), entropy[label]);
        ck_assert_double_eq(dz[0], label == 0 ? 0.0 : 1.0);
    }
    for (int wrong = 0; wrong < 2; wrong++) {
        ck_assert_double_eq(loss_sample(KILN_BCE, KILN_SIGMOID, 1, &z[0], &(double){ wrong ? 0.0 : 1.0 }, dz), wrong ? 1e4 : 0.0);
        ck_assert_double_eq(dz[0], wrong ? 1.0 : 0.0);
        ck_assert_double_eq(loss_sample(KILN_BCE, KILN_SIGMOID, 1, &z[1], &(double){ wrong ? 1.0 : 0.0 }, dz), wrong ? 1e4 : 0.0);
        ck_assert_double_eq(dz[0], wrong ? -1.0 : 0.0);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        const double t[3] = { 0.0, 1.0, 0.0 }, loss = loss_sample(pairs[i].loss, pairs[i].output, 3, z, t, dz);
        ck_assert_msg(isfinite(loss) && isfinite(dz[0]) && isfinite(dz[1]) && isfinite(dz[2]), "%s of %s",
                      kiln_loss_name(pairs[i].loss), kiln_activation_name(pairs[i].output));
    }
}
END_TEST

START_TEST(a_diverged_z_gives_a_loss_that_is_not_finite)
{
    const double z[3] = { 1.0, NAN, 0.0 }, t[3] = { 0.0, 1.0, 0.0 };
    ck_assert(!isfinite(loss_sample(pairs[_i].loss, pairs[_i].output, 3, z, t, NULL)));
}
END_TEST

START_TEST(targets_are_one_hot)
{
    double t[3];
    loss_target(3, 2, t);
    ck_assert(t[0] == 0.0 && t[1] == 0.0 && t[2] == 1.0);
    loss_target(1, 1, t);
    ck_assert(t[0] == 1.0);
    loss_target(1, 0, t);
    ck_assert(t[0] == 0.0);
}
END_TEST

/* loss_check: output activation, width, classes (0: the samples have y of `values` values), and what it says. */
static const struct {
    kiln_loss loss;
    kiln_activation output;
    size_t width, classes, values;
    const char *says; /* NULL: nothing */
} checks[] = {
    { KILN_LOSS_AUTO, KILN_SOFTMAX, 3, 3, 0, NULL },
    { KILN_LOSS_AUTO, KILN_SIGMOID, 1, 2, 0, NULL },
    { KILN_LOSS_AUTO, KILN_LINEAR, 2, 0, 2, NULL },
    { KILN_SSE, KILN_SOFTMAX, 3, 3, 0, NULL },
    { KILN_BCE, KILN_SIGMOID, 2, 0, 2, NULL },
    { KILN_BCE, KILN_LINEAR, 2, 0, 2, "bce needs sigmoid outputs, the network's are linear" },
    { KILN_CROSS_ENTROPY, KILN_SIGMOID, 3, 3, 0, "cross-entropy needs softmax outputs, the network's are sigmoid" },
    { KILN_CROSS_ENTROPY, KILN_SOFTMAX, 3, 0, 3, "cross-entropy needs samples with classes, these have target values: use mse" },
    { KILN_LOSS_AUTO, KILN_SOFTMAX, 1, 2, 0,
      "the samples have 2 classes but the network has 1 softmax output: it needs one a class" },
    { KILN_MSE, KILN_SIGMOID, 4, 3, 0,
      "the samples have 3 classes but the network has 4 outputs: it needs one a class, or a single one for two classes" },
    { KILN_MSE, KILN_LINEAR, 2, 0, 3, "the samples have 3 target values each but the network has 2 outputs" },
    { KILN_MSE, KILN_LINEAR, 2, 0, 0,
      "the samples have neither labels nor target values, so there is nothing to learn from or compare with" },
    { (kiln_loss)99, KILN_LINEAR, 2, 0, 2, "there is no loss 99: they are 0 to 6" },
};

START_TEST(losses_that_do_not_fit_are_refused)
{
    kiln_error err = { 0 };
    kiln_network *network;
    const int32_t label = 0;
    const float y[4] = { 0 };
    const kiln_samples samples = { .count = 1,
                                   .classes = checks[_i].classes,
                                   .labels = checks[_i].classes ? &label : NULL,
                                   .outputs = checks[_i].values,
                                   .y = checks[_i].values ? y : NULL };
    const kiln_network_shape shape = { .layers = 1, .widths = (size_t[]){ 2, checks[_i].width }, .output = checks[_i].output };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    const kiln_status status = loss_check(checks[_i].loss, network, &samples, &err);
    ck_assert_int_eq(status, checks[_i].says ? KILN_EINVAL : KILN_OK);
    ck_assert_str_eq(err.message, checks[_i].says ? checks[_i].says : "");
    kiln_network_destroy(network);
}
END_TEST

START_TEST(auto_means_what_the_header_says)
{
    kiln_error err;
    const int32_t label = 0;
    const kiln_samples classes = { .classes = 2, .labels = &label }, values = { .outputs = 2, .y = &(float){ 0 } };
    static const struct {
        kiln_activation output;
        kiln_loss of_classes, of_values, of_labels;
    } rows[] = {
        { KILN_SOFTMAX, KILN_CROSS_ENTROPY, KILN_CROSS_ENTROPY, KILN_CROSS_ENTROPY },
        { KILN_SIGMOID, KILN_BCE, KILN_MSE, KILN_BCE },
        { KILN_LINEAR, KILN_MSE, KILN_MSE, KILN_MSE },
    };
    for (size_t i = 0; i < 3; i++) {
        kiln_network *network;
        const kiln_network_shape shape = { .layers = 1, .widths = (size_t[]){ 2, 2 }, .output = rows[i].output };
        ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
        ck_assert_int_eq(kiln_loss_resolve(KILN_LOSS_AUTO, network, &classes), rows[i].of_classes);
        ck_assert_int_eq(kiln_loss_resolve(KILN_LOSS_AUTO, network, &values), rows[i].of_values);
        ck_assert_int_eq(kiln_loss_resolve(KILN_HUBER, network, &values), KILN_HUBER);
        ck_assert_kiln(kiln_network_set_schema(network, &(kiln_schema){ .task = KILN_MULTILABEL }, &err), err);
        ck_assert_int_eq(kiln_loss_resolve(KILN_LOSS_AUTO, network, &values), rows[i].of_labels);
        kiln_network_destroy(network);
    }
}
END_TEST

START_TEST(names_go_both_ways)
{
    kiln_loss found;
    int count = 0;
    for (; kiln_loss_name((kiln_loss)count); count++) {
        ck_assert(kiln_loss_find(kiln_loss_name((kiln_loss)count), &found));
        ck_assert_int_eq((int)found, count);
    }
    ck_assert_int_eq(count, KILN_HUBER + 1);
    ck_assert(!kiln_loss_find("entropy", &found) && !kiln_loss_find(NULL, &found));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loss");
    TCase *tc = tcase_create("loss");
    tcase_add_loop_test(tc, derivatives_are_right, 0, PAIRS);
    tcase_add_test(tc, values_are_known);
    tcase_add_test(tc, extreme_logits_are_finite);
    tcase_add_loop_test(tc, a_diverged_z_gives_a_loss_that_is_not_finite, 0, PAIRS);
    tcase_add_test(tc, targets_are_one_hot);
    tcase_add_loop_test(tc, losses_that_do_not_fit_are_refused, 0, sizeof checks / sizeof *checks);
    tcase_add_test(tc, auto_means_what_the_header_says);
    tcase_add_test(tc, names_go_both_ways);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Every optimizer, twenty steps on the reference, against its formula written once more here; and options out of range. */
#include "support.h"
#include "training/optimizer.h"

#include <math.h>
#include <string.h>

/* One linear layer, 2 inputs and 1 output, on three samples: the gradient of the mean squared error is a few lines. */
enum { SAMPLES = 3, INPUTS = 2, PARAMETERS = 3, STEPS = 20 };

static const float x[SAMPLES][INPUTS] = { { 1.0f, 2.0f }, { -1.0f, 0.5f }, { 0.25f, -1.5f } };
static const float target[SAMPLES] = { 1.0f, -2.0f, 0.5f };
static const double start[PARAMETERS] = { 0.5, -0.75, 0.125 };

static void gradient(const double *w, double *g)
{
    memset(g, 0, PARAMETERS * sizeof *g);
    for (size_t s = 0; s < SAMPLES; s++) {
        const double x0 = (double)x[s][0], x1 = (double)x[s][1];
        const double slope = 2.0 * (x0 * w[0] + x1 * w[1] + w[2] - (double)target[s]) / SAMPLES;
        g[0] += slope * x0;
        g[1] += slope * x1;
        g[2] += slope;
    }
}

static void update(const kiln_training_options *o, int t, double *w, double *g, double *m, double *v)
{
    const double lr = o->learning_rate, b1 = o->momentum, b2 = o->beta2, eps = o->epsilon, decay = o->weight_decay;
    if (o->clip_norm > 0.0) {
        const double norm = sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
        for (size_t i = 0; norm > o->clip_norm && i < PARAMETERS; i++)
            g[i] *= o->clip_norm / norm;
    }
    for (size_t i = 0; i < PARAMETERS; i++) {
        if (o->optimizer == KILN_ADAMW)
            w[i] -= lr * decay * w[i];
        else
            g[i] += decay * w[i];
        switch (o->optimizer) {
        case KILN_SGD:
            w[i] -= lr * g[i];
            break;
        case KILN_MOMENTUM:
            m[i] = b1 * m[i] + g[i];
            w[i] -= lr * m[i];
            break;
        case KILN_NESTEROV:
            m[i] = b1 * m[i] + g[i];
            w[i] -= lr * (g[i] + b1 * m[i]);
            break;
        case KILN_RMSPROP:
            v[i] = b2 * v[i] + (1.0 - b2) * g[i] * g[i];
            w[i] -= lr * g[i] / (sqrt(v[i]) + eps);
            break;
        case KILN_ADAM:
        case KILN_ADAMW:
            m[i] = b1 * m[i] + (1.0 - b1) * g[i];
            v[i] = b2 * v[i] + (1.0 - b2) * g[i] * g[i];
            w[i] -= lr * (m[i] / (1.0 - pow(b1, t))) / (sqrt(v[i] / (1.0 - pow(b2, t))) + eps);
            break;
        }
    }
}

/* The options given, and what each stands for once its defaults are filled in. */
static const struct {
    kiln_training_options given, meant;
} cases[] = {
    { { .optimizer = KILN_SGD }, { .learning_rate = 0.01 } },
    { { .optimizer = KILN_SGD, .learning_rate = 0.1, .weight_decay = 0.1 }, { .learning_rate = 0.1 } },
    { { .optimizer = KILN_SGD, .learning_rate = 0.1, .clip_norm = 0.5 }, { .learning_rate = 0.1 } },
    { { .optimizer = KILN_MOMENTUM }, { .learning_rate = 0.01, .momentum = 0.9 } },
    { { .optimizer = KILN_MOMENTUM, .momentum = 0.5, .weight_decay = 0.1 }, { .learning_rate = 0.01, .momentum = 0.5 } },
    { { .optimizer = KILN_NESTEROV }, { .learning_rate = 0.01, .momentum = 0.9 } },
    { { .optimizer = KILN_RMSPROP }, { .learning_rate = 0.001, .beta2 = 0.99, .epsilon = 1e-8 } },
    { { .optimizer = KILN_RMSPROP, .beta2 = 0.9, .epsilon = 0.01 }, { .learning_rate = 0.001, .beta2 = 0.9, .epsilon = 0.01 } },
    { { .optimizer = KILN_ADAM }, { .learning_rate = 0.003, .momentum = 0.9, .beta2 = 0.999, .epsilon = 1e-8 } },
    { { .optimizer = KILN_ADAM, .weight_decay = 0.1, .learning_rate = 0.1 },
      { .learning_rate = 0.1, .momentum = 0.9, .beta2 = 0.999, .epsilon = 1e-8 } },
    { { .optimizer = KILN_ADAMW, .weight_decay = 0.1, .learning_rate = 0.1 },
      { .learning_rate = 0.1, .momentum = 0.9, .beta2 = 0.999, .epsilon = 1e-8 } },
};

START_TEST(an_optimizer_follows_its_formula)
{
    const kiln_samples samples = { .count = SAMPLES, .features = INPUTS, .x = x, .outputs = 1, .y = target };
    kiln_training_options given = cases[_i].given, meant = cases[_i].meant;
    kiln_network *network;
    kiln_error err;
    double w[PARAMETERS], g[PARAMETERS], m[PARAMETERS] = { 0 }, v[PARAMETERS] = { 0 }, trained[PARAMETERS];
    const kiln_network_shape shape = { .layers = 1, .widths = (const size_t[]){ INPUTS, 1 }, .output = KILN_LINEAR };
    ck_assert_kiln(kiln_network_create(&shape, &network, &err), err);
    ck_assert_kiln(kiln_network_set_layer(network, 0, start, start + 2, &err), err);
    given.epochs = STEPS;
    given.loss = KILN_MSE;
    given.no_shuffle = true;
    ck_assert_kiln(
        kiln_train(NULL, network, &samples, (kiln_subset){ NULL, SAMPLES }, (kiln_subset){ 0 }, &given, NULL, NULL, NULL, &err),
        err);
    ck_assert_kiln(kiln_network_get_layer(network, 0, trained, trained + 2, &err), err);
    meant.optimizer = given.optimizer;
    meant.weight_decay = given.weight_decay;
    meant.clip_norm = given.clip_norm;
    memcpy(w, start, sizeof w);
    for (int t = 1; t <= STEPS; t++) {
        gradient(w, g);
        update(&meant, t, w, g, m, v);
    }
    /* About 40 operations a step on numbers below 4, each off by u, and no step grows a difference more than twofold where an
     * update divides by a root of at least 1e-3: 20 * 40 * 4 * 2 / 1e-3 u is below 1e-9; without a division, below 1e-12. */
    const double bound = meant.beta2 > 0.0 ? 1e-9 : 1e-12;
    for (size_t i = 0; i < PARAMETERS; i++) {
        ck_assert_msg(fabs(trained[i] - w[i]) <= bound, "%s: parameter %zu is %.17g, should be %.17g",
                      kiln_optimizer_name(given.optimizer), i, trained[i], w[i]);
        ck_assert_msg(fabs(trained[i] - start[i]) > 1e-4, "parameter %zu did not move", i);
    }
    kiln_network_destroy(network);
}
END_TEST

START_TEST(defaults_are_filled_in)
{
    kiln_training_options o;
    kiln_error err;
    ck_assert_kiln(options_resolve(NULL, 1000, &o, &err), err);
    ck_assert_int_eq(o.optimizer, KILN_ADAM);
    ck_assert_uint_eq(o.epochs, 20);
    ck_assert_uint_eq(o.batch_size, 32);
    ck_assert_double_eq(o.learning_rate, 0.003);
    ck_assert_double_eq(o.momentum, 0.9);
    ck_assert_double_eq(o.beta2, 0.999);
    ck_assert_double_eq(o.epsilon, 1e-8);
    ck_assert_kiln(options_resolve(&(kiln_training_options){ .batch_size = 64 }, 10, &o, &err), err);
    ck_assert_uint_eq(o.batch_size, 10);
}
END_TEST

static const struct {
    kiln_training_options options;
    const char *sentence; /* the message's beginning */
} refused[] = {
    { { .learning_rate = -0.1 }, "learning rate is -0.1, should be a number above 0" },
    { { .learning_rate = NAN }, "learning rate is" },
    { { .learning_rate = INFINITY }, "learning rate is inf, should be a number above 0" },
    { { .momentum = 1.0 }, "momentum is 1, should be above 0 and below 1, or 0 for the default" },
    { { .momentum = -0.5 }, "momentum is -0.5, should be above 0 and below 1" },
    { { .beta2 = 1.5 }, "beta2 is 1.5, should be above 0 and below 1" },
    { { .epsilon = -1e-8 }, "epsilon is -1e-08, should be a number above 0" },
    { { .weight_decay = -1.0 }, "weight decay is -1, should be a number of 0 or more" },
    { { .warm_up = 1.0 }, "warm-up is 1, should be a share of all steps, 0 up to below 1" },
    { { .dropout = 1.0 }, "dropout is 1, should be a share of hidden activations, 0 up to below 1" },
    { { .clip_norm = -2.0 }, "clip norm is -2, should be a number of 0 or more" },
    { { .progress = NAN }, "progress interval is" },
    { { .optimizer = (kiln_optimizer)6 }, "optimizer is number 6, should be 0 (adam) to 5 (rmsprop)" },
    { { .schedule = (kiln_schedule)5 }, "schedule is number 5, should be 0 (constant) to 4 (one-cycle)" },
    { { .resume = true }, "resuming needs a checkpoint file, none is named" },
};

START_TEST(options_out_of_range_are_refused)
{
    kiln_training_options o = { .epochs = 77 };
    kiln_error err;
    ck_assert_int_eq(options_resolve(&refused[_i].options, 10, &o, &err), KILN_EINVAL);
    ck_assert_int_eq(err.status, KILN_EINVAL);
    ck_assert_msg(strncmp(err.message, refused[_i].sentence, strlen(refused[_i].sentence)) == 0, "%s", err.message);
    ck_assert_uint_eq(o.epochs, 77);
    ck_assert_int_eq(options_resolve(&refused[_i].options, 10, &o, NULL), KILN_EINVAL);
}
END_TEST

START_TEST(names_go_there_and_back)
{
    const char *expected[] = { "adam", "adamw", "sgd", "momentum", "nesterov", "rmsprop" };
    kiln_optimizer found;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_str_eq(kiln_optimizer_name((kiln_optimizer)i), expected[i]);
        ck_assert(kiln_optimizer_find(expected[i], &found));
        ck_assert_int_eq(found, (int)i);
        kiln_training_options o = { .optimizer = found };
        ck_assert_int_eq(options_resolve(&o, 10, &o, NULL), KILN_OK);
        ck_assert(kiln_optimizer_learning_rate(found) == o.learning_rate);
    }
    ck_assert(kiln_optimizer_learning_rate((kiln_optimizer)6) == 0.0);
    ck_assert_ptr_null(kiln_optimizer_name((kiln_optimizer)6));
    ck_assert(!kiln_optimizer_find("lion", &found));
    ck_assert(!kiln_optimizer_find(NULL, &found));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *tc = tcase_create("optimizer");
    tcase_add_loop_test(tc, an_optimizer_follows_its_formula, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tc, defaults_are_filled_in);
    tcase_add_loop_test(tc, options_out_of_range_are_refused, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tc, names_go_there_and_back);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

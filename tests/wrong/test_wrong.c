/* kiln_verify must fail when a kernel is wrong: each case breaks one kernel in one place and sees it fail.
 *
 * The kernels are copied to a folder with one text replaced, which must be there exactly once; with nothing replaced, the
 * network verifies. So neither the check nor this test of it can quietly stop meaning anything. A missing barrier is race.sh's:
 * PoCL adds barriers of its own to loops, so there a kernel without one comes out right. */
#include "devices.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Shape of the kernels, and strategy. */
typedef enum way { CPU_LAYERS, GPU_LAYERS, CPU_FUSED, GPU_FUSED } way;

typedef struct wrong_case {
    const char *what, *file, *find, *replace;
    way way;
} wrong_case;

static const wrong_case cases[] = {
    { "nothing", "gather.cl", "", "", CPU_LAYERS },
    { "nothing", "gather.cl", "", "", GPU_LAYERS },
    { "nothing", "network.cl", "", "", CPU_FUSED },
    { "wrong transpose of the last layer", "product.clh", "w[(size_t)min(input0 + i, in - 1) * out_stride + o]",
      "w[(size_t)min(min(input0 + i, in - 1) + 1, in - 1) * out_stride + o]", CPU_LAYERS },
    { "deltas of the last samples not passed on", "output_layer.cl", "backward_rows(from, end,", "backward_rows(from, end - 1,",
      CPU_LAYERS },
    { "nothing", "network.cl", "", "", GPU_FUSED },
    { "last sample dropped from the gradient", "product.clh", "realv slope[2];", "if (b + 1 == rows) continue; realv slope[2];",
      CPU_FUSED },
    { "first block of samples only", "network.cl", "FOR_EACH(i, columns * ceil_div(rows, BLOCK_ROWS))", "FOR_EACH(i, columns)",
      CPU_FUSED },
    { "the rate of another step", "network.cl", "rates += 3 * rate;", "rates += 3 * rate + 1;", GPU_FUSED },
    { "dropped bias", "product.clh", "z->sum = BIAS ? ", "z->sum = false ? ", GPU_FUSED },
    { "parameters not brought back", "network.cl", "copy_out(m.parameters, parameters, arena);", "", GPU_FUSED },
    { "missing 1/batch", "network.cl", "mean_loss ? convert_real(rows) : R(1.0)", "R(1.0)", CPU_FUSED },
    { "last element dropped", "product.clh", "k = 0; k < in; k++, weights", "k = 0; k + 1 < in; k++, weights", CPU_LAYERS },
    { "last element dropped", "tile.clh", "row < matrix.rows && column < matrix.columns",
      "row < matrix.rows && column + 1 < matrix.columns", GPU_LAYERS },
    { "last sample dropped from the gradient", "product.clh", "realv slope[2];", "if (b + 1 == rows) continue; realv slope[2];",
      CPU_LAYERS },
    { "wrong transpose", "product.clh", "to[r] = w + (size_t)min(input0 + r, in - 1) * out_stride;",
      "to[r] = w + (size_t)min(min(input0 + r, in - 1) + 1, in - 1) * out_stride;", CPU_LAYERS },
    { "wrong transpose", "dense_backward.cl", "w, out, in, 1, out_stride, out }", "w, out, in, in_stride, 1, out }", GPU_LAYERS },
    { "dropped bias", "product.clh", "z->sum[r][v] = BIAS ?", "z->sum[r][v] = false ?", CPU_LAYERS },
    { "dropped bias", "dense_forward.cl", "sum[i][j] = BIAS ?", "sum[i][j] = false ?", GPU_LAYERS },
    { "dropped bias gradient", "common.clh", "sum += load(from + (size_t)b * stride);", "", CPU_LAYERS },
    { "missing 1/batch", "loss.clh", "(output(s, o) - target(s, o)) / divisor", "(output(s, o) - target(s, o))", CPU_LAYERS },
    { "wrong sign", "loss.clh", "(output(s, o) - target(s, o)) / divisor", "(target(s, o) - output(s, o)) / divisor", CPU_LAYERS },
    { "wrong sign of the step", "optimizer.clh", "return w - o.lr * (*m * o.correction1)", "return w + o.lr * (*m * o.correction1)",
      CPU_LAYERS },
    { "no bias correction", "optimizer.clh", "o.lr * (*m * o.correction1)", "o.lr * (*m)", CPU_LAYERS },
    { "inputs rounded to half", "gather.clh", "store(value, to + i);",
      "{ ushort h[WIDTH]; PASTE(vstore_half, WIDTH)(value, 0, (half *)h); value = PASTE(vload_half, WIDTH)(0, (half *)h); } "
      "store(value, to + i);",
      CPU_LAYERS },
    { "factors rounded to half", "product.clh", "weight[v] = load(weights + v * WIDTH);",
      "{ ushort h[WIDTH]; PASTE(vstore_half, WIDTH)(load(weights + v * WIDTH), 0, (half *)h); weight[v] = "
      "PASTE(vload_half, WIDTH)(0, (half *)h); }",
      CPU_LAYERS },
    { "standardisation forgotten", "gather.clh", "value = (value - load_any(mean + i)) * load_any(scale + i);", "", CPU_LAYERS },
    { "derivative of another activation", "activation.clh", "return y * (R(1.0) - y);", "return fma(-y, y, (realv)(R(1.0)));",
      CPU_LAYERS },
    { "softmax without its sum", "loss.clh", "return load(s->each + o) / s->sum;", "return load(s->each + o);", CPU_LAYERS },
};

/* With samples of different weights. */
static const wrong_case weighted_cases[] = {
    { "nothing", "gather.cl", "", "", CPU_LAYERS },
    { "nothing", "gather.cl", "", "", GPU_LAYERS },
    { "nothing", "gather.cl", "", "", GPU_FUSED },
    { "weight forgotten in the loss", "loss.clh", "losses[b] = sums[b - from] * weight_of(weights, order[b]);",
      "losses[b] = sums[b - from];", GPU_LAYERS },
    { "weight forgotten in the gradient", "loss.clh", "(output(s, o) - target(s, o)) / divisor * s->weight",
      "(output(s, o) - target(s, o)) / divisor", CPU_LAYERS },
    { "nothing", "gather.cl", "", "", CPU_FUSED },
    { "weight of another sample", "loss.clh", "convert_real(weights[row])", "convert_real(weights[row ? row - 1 : 0])", CPU_FUSED },
};

/* Copies kernels/ into a folder of its own, with the case's replacement. */
static const char *broken_kernels(const wrong_case *c)
{
    static const char *const files[] = { "activation.clh",   "common.clh",        "epilogue.clh",      "tile.clh",
                                         "product.clh",      "loss.clh",          "optimizer.clh",     "gather.clh",
                                         "dense_forward.cl", "dense_backward.cl", "dense_gradient.cl", "gather.cl",
                                         "network.cl",       "output_layer.cl",   "loss.cl",           "optimizer.cl",
                                         "gradient_norm.cl", "shared/philox.h" };
    static char folder[512];
    char path[1024];
    snprintf(folder, sizeof folder, "%s/kernels", temporary_folder());
    snprintf(path, sizeof path, "%s/shared", folder);
    mkdir(folder, 0700);
    mkdir(path, 0700);
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        static char text[1 << 16];
        snprintf(path, sizeof path, "%s/%s", KILN_KERNEL_FOLDER, files[f]);
        FILE *from = fopen(path, "rb");
        ck_assert_msg(from != NULL, "%s", path);
        const size_t length = fread(text, 1, sizeof text - 1, from);
        fclose(from);
        text[length] = '\0';
        snprintf(path, sizeof path, "%s/%s", folder, files[f]);
        FILE *to = fopen(path, "wb");
        ck_assert_ptr_nonnull(to);
        const char *place = c->find[0] && strcmp(files[f], c->file) == 0 ? strstr(text, c->find) : NULL;
        if (c->find[0] && strcmp(files[f], c->file) == 0) {
            ck_assert_msg(place != NULL, "%s: '%s' is not there any more", c->file, c->find);
            ck_assert_msg(strstr(place + 1, c->find) == NULL, "%s: '%s' is there twice", c->file, c->find);
        }
        if (place) {
            fwrite(text, 1, (size_t)(place - text), to);
            fputs(c->replace, to);
            fputs(place + strlen(c->find), to);
        } else {
            fwrite(text, 1, length, to);
        }
        ck_assert_int_eq(fclose(to), 0);
    }
    return folder;
}

static void verify(const wrong_case *c, bool weights, kiln_verify_report *report)
{
    const size_t widths[] = { 21, 19, 11, 10 };
    const bool gpu = c->way == GPU_LAYERS || c->way == GPU_FUSED;
    const kiln_device_options options = { .gemm = KILN_GEMM_NATIVE,
                                          .shape = gpu ? KILN_SHAPE_GPU : KILN_SHAPE_CPU,
                                          .strategy = c->way == CPU_FUSED || c->way == GPU_FUSED ? KILN_STRATEGY_FUSED
                                                                                                 : KILN_STRATEGY_LAYERS,
                                          .tile = gpu ? 4 : 0,
                                          .vector = c->way == CPU_FUSED ? 16 : 8,
                                          .kernels = broken_kernels(c),
                                          .cache = "" };
    const kiln_verify_options checks = { .weights = weights, .training = { .loss = KILN_CROSS_ENTROPY } };
    float mean[21], scale[21];
    kiln_error err = { 0 };
    kiln_device *device;
    kiln_network *network;
    ck_assert_kiln(kiln_device_open("auto", &options, &device, &err), err);
    ck_assert_kiln(
        kiln_network_create(&(kiln_network_shape){ .layers = 3, .widths = widths, .output = KILN_SOFTMAX }, &network, &err), err);
    ck_assert_kiln(kiln_network_initialise(network, KILN_INIT_UNIFORM, 3, &err), err); /* biases too */
    for (size_t i = 0; i < 21; i++) {
        mean[i] = 0.1f * (float)i - 1.0f;
        scale[i] = 1.0f + 0.05f * (float)i;
    }
    ck_assert_kiln(kiln_network_set_standardisation(network, mean, scale, &err), err);
    ck_assert_kiln(kiln_verify(device, network, &checks, report, &err), err);
    kiln_network_destroy(network);
    kiln_device_close(device);
}

static void check(const wrong_case *c, bool weights)
{
    kiln_verify_report report;
    verify(c, weights, &report);
    const bool sound = !c->find[0];
    for (size_t r = 0; sound && r < report.rows; r++)
        ck_assert_msg(report.row[r].holds, "sound kernels: %s is off by %g bounds", report.row[r].name, report.row[r].share);
    ck_assert_msg(report.holds == sound, "%s in %s: the network verifies all the same", c->what, c->file);
    kiln_verify_report_free(&report);
}

START_TEST(verify_sees_a_wrong_kernel)
{
    check(&cases[_i], false);
}
END_TEST

START_TEST(verify_sees_a_wrong_weight)
{
    check(&weighted_cases[_i], true);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wrong kernels");
    TCase *tc = tcase_create("verify");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, verify_sees_a_wrong_kernel, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tc, verify_sees_a_wrong_weight, 0, sizeof weighted_cases / sizeof *weighted_cases);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

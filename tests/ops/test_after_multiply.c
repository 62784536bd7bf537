/* The three kernels that follow a matrix multiply by CLBlast, by themselves: their values on whole numbers, exactly, and
 * nothing written outside. CLBlast's own kernels cannot run where these should be seen running too, as in Oclgrind. */
#include "devices.h"
#include "support.h"

#include "backend/opencl/launch.h"

#include <stdlib.h>

enum { GUARD = 16, WHOLE = 16 }; /* numbers after each array that must stay; stride is a multiple of WHOLE: of any vector */
static const double guard = -77.0;

typedef struct shape {
    size_t rows, in, out;
} shape;

static const shape shapes[] = { { 1, 1, 1 }, { 5, 3, 8 }, { 7, 2, 9 }, { 33, 4, 17 }, { 2, 1, 64 } };

static size_t stride_of(size_t columns)
{
    return (columns + WHOLE - 1) / WHOLE * WHOLE;
}

/* An array on the device, with the values it had and the guard behind them. */
typedef struct array {
    double *values;
    size_t count;
    cl_mem buffer;
} array;

static void copy(opencl_device *device, array *a, bool to_device)
{
    const size_t total = a->count + GUARD;
    const bool wide = kiln_device_get_precision(&device->base) == KILN_F64;
    float *narrow = malloc(total * sizeof *narrow);
    void *raw = wide ? (void *)a->values : narrow;
    const size_t bytes = total * (wide ? sizeof *a->values : sizeof *narrow);
    kiln_error err = { 0 };
    for (size_t i = 0; i < total; i++)
        narrow[i] = (float)a->values[i];
    if (to_device)
        ck_assert_kiln(cl_write(device, a->buffer, 0, bytes, raw, &err), err);
    else
        ck_assert_kiln(cl_read(device, a->buffer, 0, bytes, raw, &err), err);
    if (!to_device && !wide)
        for (size_t i = 0; i < total; i++)
            a->values[i] = narrow[i];
    free(narrow);
}

/* Whole numbers in [-8, 8]; 0 in the columns past `columns`, as all padding is. */
static array make(opencl_device *device, size_t rows, size_t columns, unsigned salt)
{
    const size_t stride = stride_of(columns);
    array a = { malloc((rows * stride + GUARD) * sizeof(double)), rows * stride, NULL };
    kiln_error err = { 0 };
    for (size_t i = 0; i < a.count; i++)
        a.values[i] = i % stride < columns ? (double)((i * 7 + salt * 5) % 17) - 8.0 : 0.0;
    for (size_t i = 0; i < GUARD; i++)
        a.values[a.count + i] = guard;
    ck_assert_kiln(cl_buffer(device, (a.count + GUARD) * sizeof(double), "a test's array", &a.buffer, &err), err);
    copy(device, &a, true);
    return a;
}

static void drop(opencl_device *device, array *a)
{
    cl_release(device, &a->buffer);
    free(a->values);
}

/* Runs a kernel over (columns, rows), reads `a` back and sees the guard intact. */
static void run(opencl_device *device, const char *name, unsigned dimensions, const define *defines, const argument *arguments,
                size_t count, size_t columns, size_t rows, array *a)
{
    launch l = { 0 };
    kiln_error err = { 0 };
    const size_t items = (columns + device->vector - 1) / device->vector;
    ck_assert_kiln(launch_create(device, &l, name, dimensions, defines, arguments, count, NULL, &err), err);
    ck_assert_kiln(launch_run(device, &l, NULL, 0, items, rows, &err), err);
    copy(device, a, false);
    launch_free(device, &l);
    for (size_t i = 0; i < GUARD; i++)
        ck_assert_msg(a->values[a->count + i] == guard, "%s wrote past its array: %g", name, a->values[a->count + i]);
}

#define COUNT(arguments) (sizeof(arguments) / sizeof *(arguments))

/* y = relu(z + bias), fprime = 1 where that is above 0; relu since it is exact. */
static void check_layer_output(opencl_device *device, const shape *s, const char *label)
{
    const define defines[] = { { "ACTIVATION", "a_relu" }, { "TRAINING", "1" }, { "DROPOUT", "0" }, { "BIAS", "1" }, { 0 } };
    const size_t stride = stride_of(s->out);
    array y = make(device, s->rows, s->out, 1), slope = make(device, s->rows, s->out, 2), w = make(device, s->in + 1, s->out, 3);
    array z = make(device, s->rows, s->out, 1); /* what y holds before */
    const argument zero = arg_uint(0);
    const argument arguments[] = { arg_uint(s->rows),
                                   zero,
                                   arg_uint(s->in),
                                   arg_uint(s->out),
                                   arg_uint(stride),
                                   arg_ulong(0),
                                   arg_buffer(w.buffer),
                                   arg_buffer(y.buffer),
                                   arg_buffer(slope.buffer),
                                   zero,
                                   zero,
                                   zero,
                                   zero,
                                   arg_real(1.0) };
    run(device, "layer_output", 2, defines, arguments, COUNT(arguments), s->out, s->rows, &y);
    copy(device, &slope, false);
    for (size_t i = 0; i < y.count; i++) {
        const size_t column = i % stride;
        const double sum = z.values[i] + w.values[s->in * stride + column], exact = sum > 0.0 ? sum : 0.0;
        if (column < s->out)
            ck_assert_msg(y.values[i] == exact && slope.values[i] == (sum > 0.0),
                          "%s: layer_output %zux%zu: %zu is %g, %g; exact %g", label, s->rows, s->out, i, y.values[i],
                          slope.values[i], exact);
        else
            ck_assert_msg(slope.values[i] == 0.0, "%s: layer_output: the slope's padding is %g", label, slope.values[i]);
    }
    for (size_t i = 0; i < GUARD; i++)
        ck_assert_double_eq(slope.values[slope.count + i], guard);
    drop(device, &y);
    drop(device, &z);
    drop(device, &slope);
    drop(device, &w);
}

/* delta *= product */
static void check_multiply(opencl_device *device, const shape *s, const char *label)
{
    const define none[] = { { 0 } };
    array product = make(device, s->rows, s->out, 4), delta = make(device, s->rows, s->out, 5),
          before = make(device, s->rows, s->out, 5);
    const argument arguments[] = { arg_uint(s->rows), arg_uint(s->out), arg_uint(stride_of(s->out)), arg_buffer(product.buffer),
                                   arg_buffer(delta.buffer) };
    run(device, "multiply", 2, none, arguments, COUNT(arguments), s->out, s->rows, &delta);
    for (size_t i = 0; i < delta.count; i++)
        ck_assert_msg(delta.values[i] == product.values[i] * before.values[i], "%s: multiply %zux%zu: %zu is %g, exact %g", label,
                      s->rows, s->out, i, delta.values[i], product.values[i] * before.values[i]);
    drop(device, &product);
    drop(device, &delta);
    drop(device, &before);
}

/* The row `in` of a layer's gradient is the sum of delta over the samples; the other rows stay. */
static void check_bias_gradient(opencl_device *device, const shape *s, const char *label)
{
    const define none[] = { { 0 } };
    const size_t stride = stride_of(s->out);
    array delta = make(device, s->rows, s->out, 6), gradient = make(device, s->in + 1, s->out, 7),
          exact = make(device, s->in + 1, s->out, 7);
    for (size_t o = 0; o < s->out; o++)
        exact.values[s->in * stride + o] = 0.0;
    for (size_t i = 0; i < delta.count; i++)
        if (i % stride < s->out)
            exact.values[s->in * stride + i % stride] += delta.values[i];
    const argument arguments[] = { arg_uint(s->rows), arg_uint(s->in),          arg_uint(s->out),           arg_uint(stride),
                                   arg_ulong(0),      arg_buffer(delta.buffer), arg_buffer(gradient.buffer) };
    run(device, "bias_gradient", 1, none, arguments, COUNT(arguments), s->out, 1, &gradient);
    for (size_t i = 0; i < gradient.count; i++)
        ck_assert_msg(gradient.values[i] == exact.values[i], "%s: bias_gradient %zux%zu: %zu is %g, exact %g", label, s->rows,
                      s->out, i, gradient.values[i], exact.values[i]);
    drop(device, &delta);
    drop(device, &gradient);
    drop(device, &exact);
}

START_TEST(values_are_exact)
{
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device;
        kiln_error err = { 0 };
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        opencl_device *opened = (opencl_device *)device;
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
            check_layer_output(opened, &shapes[s], c[d].label);
            check_multiply(opened, &shapes[s], c[d].label);
            check_bias_gradient(opened, &shapes[s], c[d].label);
        }
        kiln_device_close(device);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("after a multiply by CLBlast");
    TCase *tc = tcase_create("whole numbers");
    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, values_are_exact);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

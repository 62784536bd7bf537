/* The two kernels that measure a device: that they compute what they say, so that what they count is really done. */
#include "devices.h"
#include "support.h"

#include "backend/opencl/launch.h"
#include "backend/opencl/peak.h"

enum { ITEMS = 11, TURNS = 3, COUNT = 37, ROOM = 17 * COUNT }; /* of both shapes' groups, none divides them */

static kiln_error err;

static void write_all(opencl_device *device, cl_mem buffer, size_t count, const double *values)
{
    float narrow[ROOM];
    for (size_t i = 0; i < count; i++)
        narrow[i] = (float)values[i];
    const bool wide = device->base.precision == KILN_F64;
    ck_assert_kiln(cl_write(device, buffer, 0, count * (wide ? sizeof *values : sizeof *narrow),
                            wide ? (const void *)values : (const void *)narrow, &err),
                   err);
}

static void read_all(opencl_device *device, cl_mem buffer, size_t count, double *values)
{
    float narrow[ROOM];
    const bool wide = device->base.precision == KILN_F64;
    ck_assert_kiln(
        cl_read(device, buffer, 0, count * (wide ? sizeof *values : sizeof *narrow), wide ? (void *)values : narrow, &err), err);
    for (size_t i = 0; i < count && !wide; i++)
        values[i] = narrow[i];
}

/* x -> 2 x + 1, three times, is 8 x + 7: whole numbers, exact. */
static void check_arithmetic(opencl_device *device, const char *label)
{
    const define none[] = { { 0 } };
    const double width = (double)device->vector;
    double values[ITEMS + 1];
    cl_mem out = NULL;
    launch l = { 0 };
    ck_assert_kiln(cl_buffer(device, sizeof values, "a test's array", &out, &err), err);
    for (size_t i = 0; i <= ITEMS; i++)
        values[i] = -77.0;
    write_all(device, out, ITEMS + 1, values);
    const argument arguments[] = { arg_uint(ITEMS), arg_uint(TURNS), arg_real(2.0), arg_real(1.0), arg_buffer(out) };
    ck_assert_kiln(launch_create(device, &l, "peak_arithmetic", 1, none, arguments, 5, NULL, &err), err);
    ck_assert_kiln(launch_run(device, &l, NULL, 0, ITEMS, 1, &err), err);
    read_all(device, out, ITEMS + 1, values);
    for (size_t i = 0; i < ITEMS; i++) {
        double exact = 0.0;
        for (size_t c = 0; c < PEAK_CHAINS; c++)
            exact += width * (8.0 * (double)(i + c) + 7.0);
        ck_assert_msg(values[i] == exact, "%s: item %zu is %g, exact %g", label, i, values[i], exact);
    }
    ck_assert_msg(values[ITEMS] == -77.0, "%s: written past the end: %g", label, values[ITEMS]);
    launch_free(device, &l);
    cl_release(device, &out);
}

/* y = a + 3 b, and nothing past the end. */
static void check_bandwidth(opencl_device *device, const char *label)
{
    const define none[] = { { 0 } };
    const size_t width = device->vector, run = device->gpu_shape ? 1 : 5, count = COUNT * width;
    double a[ROOM], b[ROOM], y[ROOM];
    cl_mem buffer[3] = { NULL };
    launch l = { 0 };
    for (size_t i = 0; i < ROOM; i++) {
        a[i] = (double)(i % 13);
        b[i] = (double)(i % 7) - 3.0;
        y[i] = -77.0;
    }
    const double *const values[] = { a, b, y };
    for (size_t i = 0; i < 3; i++) {
        ck_assert_kiln(cl_buffer(device, sizeof a, "a test's array", &buffer[i], &err), err);
        write_all(device, buffer[i], ROOM, values[i]);
    }
    const argument arguments[] = { arg_ulong(COUNT),      arg_ulong(run),        arg_real(3.0),
                                   arg_buffer(buffer[0]), arg_buffer(buffer[1]), arg_buffer(buffer[2]) };
    ck_assert_kiln(launch_create(device, &l, "peak_bandwidth", 1, none, arguments, 6, NULL, &err), err);
    ck_assert_kiln(launch_run(device, &l, NULL, 0, (COUNT + run - 1) / run, 1, &err), err);
    read_all(device, buffer[2], ROOM, y);
    for (size_t i = 0; i < ROOM; i++) {
        const double exact = i < count ? a[i] + 3.0 * b[i] : -77.0;
        ck_assert_msg(y[i] == exact, "%s: %zu of %zu is %g, exact %g", label, i, count, y[i], exact);
    }
    launch_free(device, &l);
    for (size_t i = 0; i < 3; i++)
        cl_release(device, &buffer[i]);
}

START_TEST(values_are_exact)
{
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device;
        ck_assert_kiln(kiln_device_open(c[d].which, &c[d].options, &device, &err), err);
        check_arithmetic((opencl_device *)device, c[d].label);
        check_bandwidth((opencl_device *)device, c[d].label);
        kiln_device_close(device);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("peaks");
    TCase *tc = tcase_create("whole numbers");
    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, values_are_exact);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

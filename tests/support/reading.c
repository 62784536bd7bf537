/* Reading data, for tests. */
#include "reading.h"
#include "support.h"

#include <math.h>
#include <string.h>

kiln_data *read_text(const char *text, const kiln_data_options *options)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", text, strlen(text)), options, &data, &err), err);
    return data;
}

kiln_error check_refused(const char *path, const kiln_data_options *options, kiln_status status, const char *sentence)
{
    kiln_error err;
    kiln_data *data;
    memset(&err, 0xff, sizeof err);
    const kiln_status found = kiln_data_read(path, options, &data, &err);
    ck_assert_msg(found == status, "%s instead of %s", kiln_status_name(found), kiln_status_name(status));
    ck_assert_ptr_null(data);
    ck_assert_msg(err.status == status && strstr(err.message, sentence), "'%s', should have '%s'", err.message, sentence);
    return err;
}

void check_text_refused(const char *text, const kiln_data_options *options, kiln_status status, const char *sentence)
{
    check_refused(temporary_file("t.csv", text, strlen(text)), options, status, sentence);
}

void check_x(const kiln_data *data, size_t count, size_t features, const float *expected)
{
    const kiln_samples *s = kiln_data_samples(data);
    const float *x = s->x;
    ck_assert_uint_eq(s->count, count);
    ck_assert_uint_eq(s->features, features);
    ck_assert_int_eq(s->element, KILN_ELEMENT_F32);
    for (size_t i = 0; i < count * features; i++)
        ck_assert_msg(x[i] == expected[i] || (isnan(x[i]) && isnan(expected[i])), "x[%zu] = %g, should be %g", i, (double)x[i],
                      (double)expected[i]);
}

void check_failing_calls(const char *path, const kiln_data_options *options, fault_kind kind, bool all_later, unsigned long least)
{
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        fault_set(kind, n, all_later, 0);
        const kiln_status status = kiln_data_read(path, options, &data, &err);
        failed = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == (!failed ? KILN_OK : kind == FAULT_FILE ? KILN_EIO : KILN_ENOMEM), "call %lu: %s", n, err.message);
        ck_assert_int_eq(status == KILN_OK, data != NULL);
        kiln_data_free(data);
        ck_assert_uint_lt(n, 10000);
        ck_assert(failed || n > least);
    }
}

/* Rows that are left out for a missing value: nothing in them counts. */
#include "base/fault.h"
#include "support.h"

#include <kiln/kiln.h>

#include <string.h>

static kiln_status read_dropping(const char *text, kiln_data **data, kiln_error *err)
{
    return kiln_data_read(temporary_file("t.csv", text, strlen(text)), &(kiln_data_options){ .missing = KILN_MISSING_DROP }, data,
                          err);
}

/* What a row that is left out has decides nothing: no column's type, no decimal mark, and none of its errors counts. */
static const struct {
    const char *text;
    size_t dropped;
    float x[4];
} left_out[] = {
    { "a,b,y\nunknown,,c0\n1.5,1,c1\n2,3,c0\n", 1, { 1.5f, 1, 2, 3 } },
    { "a,b,y\n1,2,?\n,unknown,c0\n1.5,1,c1\n2,3,c0\n", 2, { 1.5f, 1, 2, 3 } },
    { "a;b;y\n1,5;;c0\n1.5;1;c1\n2;3;c0\n", 1, { 1.5f, 1, 2, 3 } },
    { "a\tb\ty\n1,234\t\tc0\n1.5\t1\tc1\n2\t3\tc0\n", 1, { 1.5f, 1, 2, 3 } },
    { "a,b,y\n1.5,1,c1\nx,,c0\n2,3,c0\n", 1, { 1.5f, 1, 2, 3 } },
    { "a,b,y\n1.5,1,c1\n,inf,c0\n2,3,c0\n", 1, { 1.5f, 1, 2, 3 } },
    { "a,b,y\n2024-01-31,1e99,\n1.5,1,c1\n2,3,c0\n", 1, { 1.5f, 1, 2, 3 } },
    { "a,b,y\n1.5,1,c1\n2,3,c0\nx,\xff,NA", 1, { 1.5f, 1, 2, 3 } },
};

START_TEST(rows_left_out_decide_nothing)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(read_dropping(left_out[_i].text, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 2 && s->features == 2 && s->classes == 2);
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(((const float *)s->x)[i] == left_out[_i].x[i], "value %zu is %g", i, (double)((const float *)s->x)[i]);
    ck_assert_uint_eq(kiln_data_get_notes(data)->dropped, left_out[_i].dropped);
    kiln_data_free(data);
}
END_TEST

static const struct {
    const char *text, *sentence;
} staying[] = {
    { "a,b,y\n1.5,1,c1\nx,y,c0\n2,,c0\n", ":3: column 1 ('a'): 'x' is not a number" },
    { "a\tb\ty\n\t1,234\tc0\n1\t1,234\tc1\n2\t3\tc0\n", ":3: column 2 ('b'): a comma that could be decimal" },
    { "a,b,y\n1,2,c0\n,2,c1\n1,2\n", ":4: has 2 fields, the first row has 3" },
};

START_TEST(rows_that_stay_are_checked)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_int_eq(read_dropping(staying[_i].text, &data, &err), KILN_EDATA);
    ck_assert_msg(strstr(err.message, staying[_i].sentence), "%s", err.message);
    ck_assert_uint_eq(err.line, _i == 2 ? 4 : 3);
}
END_TEST

/* Memory that fails in a row that is left out is no error of the row. */
START_TEST(failing_calls_are_not_left_out)
{
    static const char text[] = "a,b,y\nred,,c0\nblue,1,c1\nred,3,c0\ngreen,4,\n";
    const char *path = temporary_file("t.csv", text, strlen(text));
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        fault_set(FAULT_MEMORY, n, false, 0);
        const kiln_status status = kiln_data_read(path, &(kiln_data_options){ .missing = KILN_MISSING_DROP }, &data, &err);
        failed = fault_count(FAULT_MEMORY) >= n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_OK || (failed && status == KILN_ENOMEM && err.message[0]));
        ck_assert(!data || (kiln_data_samples(data)->count == 2 && kiln_data_get_notes(data)->dropped == 2));
        kiln_data_free(data);
        ck_assert(failed || n > 10);
    }
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("dropped");
    TCase *tc = tcase_create("dropped");
    tcase_add_loop_test(tc, rows_left_out_decide_nothing, 0, COUNT(left_out));
    tcase_add_loop_test(tc, rows_that_stay_are_checked, 0, COUNT(staying));
    tcase_add_test(tc, failing_calls_are_not_left_out);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Missing values of a table: what they become, and that a network's model fills in the same. */
#include "reading.h"
#include "support.h"

#include <kiln/kiln.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The first four rows are trained on. Of a there are 1, 3, 8: mean 4, median 3; of b 10, 20, 60: mean 30, median 20; c has all of
 * 2, 2, 4, 8: mean 4, median 3. What the last two have, a hundred times as large, must not be seen in them. */
static const char holes[] = "a,b,colour,c,y\n"
                            "1,10,red,2,0.5\n"
                            "NA,20,,2,1.5\n"
                            "3,60,blue,4,2.5\n"
                            "8,?,red,8,3.5\n"
                            ",500,?,nan,4.5\n"
                            "100,600,red,800,5.5\n";
static const kiln_subset first_four = { NULL, 4 };

static const struct {
    kiln_missing how;
    float a, b, c;
} ways[] = { { KILN_MISSING_MEAN, 4, 30, 4 }, { KILN_MISSING_MEDIAN, 3, 20, 3 } };

START_TEST(training_samples_alone_fill)
{
    const float a = ways[_i].a, b = ways[_i].b, c = ways[_i].c;
    const kiln_data_options options = { .missing = ways[_i].how };
    kiln_error err = { 0 };
    kiln_data *data = read_text(holes, &options);
    check_x(data, 6, 5, (const float[]){ 1, 10,  0, 1, 2, /**/ NAN, 20,  0, 0, 2,   /**/ 3,   60,  1, 0, 4,
                                         8, NAN, 0, 1, 8, /**/ NAN, 500, 0, 0, NAN, /**/ 100, 600, 0, 1, 800 });
    ck_assert_int_eq(kiln_data_schema(data)->missing, KILN_MISSING_ERROR); /* nothing can be filled yet */
    ck_assert_kiln(kiln_data_fill(data, first_four, &err), err);
    check_x(data, 6, 5, (const float[]){ 1, 10, 0, 1, 2, /**/ a, 20,  0, 0, 2, /**/ 3,   60,  1, 0, 4,
                                         8, b,  0, 1, 8, /**/ a, 500, 0, 0, c, /**/ 100, 600, 0, 1, 800 });
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_int_eq(schema->missing, ways[_i].how);
    ck_assert(schema->column[0].fill == a && schema->column[1].fill == b && schema->column[3].fill == c);
    const size_t *missing = kiln_data_get_notes(data)->missing;
    ck_assert(missing[0] == 2 && missing[1] == 1 && missing[2] == 2 && missing[3] == 1);
    ck_assert_uint_eq(kiln_data_get_notes(data)->dropped, 0);

    /* The second time nothing happens; new data get the same values, at once. */
    ck_assert_kiln(kiln_data_fill(data, (kiln_subset){ NULL, 1 }, &err), err);
    ck_assert(schema->column[0].fill == a);
    kiln_data *new = read_text("c,b,a,colour,y\n,,,,9\n1,2,3,blue,9\n", &(kiln_data_options){ .schema = schema });
    check_x(new, 2, 5, (const float[]){ a, b, 0, 0, c, /**/ 3, 2, 1, 0, 1 });
    ck_assert_kiln(kiln_data_fill(new, (kiln_subset){ NULL, 2 }, &err), err);
    ck_assert(((const float *)kiln_data_samples(new)->x)[0] == a);
    kiln_data_free(new);
    check_text_refused("a,b,colour,c,y\n1,2,red,3,?\n", &(kiln_data_options){ .schema = schema }, KILN_EDATA,
                       ":2: column 5 ('y'): missing value '?': fill it in or leave the row out");
    kiln_data_free(data);
}
END_TEST

/* Rows in any order, and the median of an odd number. */
START_TEST(subsets_are_looked_up)
{
    const uint32_t rows[] = { 5, 2, 0 };
    kiln_error err = { 0 };
    kiln_data *data = read_text(holes, &(kiln_data_options){ .missing = KILN_MISSING_MEDIAN });
    ck_assert_kiln(kiln_data_fill(data, (kiln_subset){ rows, 3 }, &err), err);
    const kiln_column *column = kiln_data_schema(data)->column;
    ck_assert(column[0].fill == 3 && column[1].fill == 60 && column[3].fill == 4);
    kiln_data_free(data);
}
END_TEST

/* Indicators are for columns with a hole among the training samples: a and b, not c. */
START_TEST(indicators_follow_their_numbers)
{
    const kiln_data_options options = { .missing = KILN_MISSING_MEAN, .missing_indicator = true };
    kiln_error err = { 0 };
    kiln_data *data = read_text(holes, &options);
    ck_assert_uint_eq(kiln_data_samples(data)->features, 5);
    ck_assert_kiln(kiln_data_fill(data, first_four, &err), err);
    check_x(data, 6, 7, (const float[]){ 1, 0, 10, 0, 0, 1, 2, /**/ 4, 1, 20,  0, 0, 0, 2, /**/ 3,   0, 60,  0, 1, 0, 4,
                                         8, 0, 30, 1, 0, 1, 8, /**/ 4, 1, 500, 0, 0, 0, 4, /**/ 100, 0, 600, 0, 0, 1, 800 });
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert(schema->column[0].indicator && schema->column[1].indicator && !schema->column[3].indicator);

    /* Through a model file and back. */
    const size_t widths[] = { 7, 1 };
    const char *path = temporary_file("m.safetensors", NULL, 0);
    kiln_network *network, *loaded;
    ck_assert_kiln(
        kiln_network_create(&(kiln_network_shape){ .layers = 1, .widths = widths, .output = KILN_LINEAR }, &network, &err), err);
    ck_assert_kiln(kiln_network_set_schema(network, schema, &err), err);
    ck_assert_kiln(kiln_model_save(network, path, KILN_F32, &err), err);
    ck_assert_kiln(kiln_model_load(path, &loaded, &err), err);
    kiln_data *new = read_text("4,,blue,?\n?,2,red,1\n", &(kiln_data_options){ .schema = kiln_network_schema(loaded) });
    check_x(new, 2, 7, (const float[]){ 4, 0, 30, 1, 1, 0, 4, /**/ 4, 1, 2, 0, 0, 1, 1 });
    kiln_data_free(new);
    kiln_network_destroy(network);
    kiln_network_destroy(loaded);
    kiln_data_free(data);
}
END_TEST

START_TEST(rows_are_dropped)
{
    /* red is in rows only that go, as are the class "sour" and the first value of b, which is text all the same */
    static const char text[] = "a,b,colour,kind\n1,?,red,sour\n,x,red,sweet\n2,x,blue,sweet\n3,y,green,bitter\n4,y,green,NA\n";
    const kiln_data_options options = { .missing = KILN_MISSING_DROP };
    kiln_error err = { 0 };
    kiln_data *data = read_text(text, &options);
    const kiln_schema *schema = kiln_data_schema(data);
    check_x(data, 2, 5, (const float[]){ 2, 1, 0, 1, 0, /**/ 3, 0, 1, 0, 1 });
    ck_assert_uint_eq(kiln_data_get_notes(data)->dropped, 3);
    ck_assert_int_eq(schema->missing, KILN_MISSING_DROP);
    ck_assert_uint_eq(schema->classes, 2);
    ck_assert_str_eq(schema->class_name[0], "bitter");
    ck_assert(kiln_data_samples(data)->labels[0] == 1 && kiln_data_samples(data)->labels[1] == 0);
    ck_assert_kiln(kiln_data_fill(data, (kiln_subset){ NULL, 2 }, &err), err);

    static const char new[] = "a,b,colour,kind\n1,x,blue,sweet\n,x,blue,sweet\n";
    check_text_refused(
        new, &(kiln_data_options){ .schema = schema }, KILN_EDATA,
        ":3: column 1 ('a'): missing value: fill it in or leave the row out (a network trained with --missing mean fills it");
    kiln_data *kept = read_text(new, &(kiln_data_options){ .schema = schema, .missing = KILN_MISSING_DROP });
    ck_assert_uint_eq(kiln_data_samples(kept)->count, 1);
    ck_assert_uint_eq(kiln_data_get_notes(kept)->dropped, 1);
    kiln_data_free(kept);
    kiln_data_free(data);
}
END_TEST

START_TEST(what_cannot_be_filled_is_explained)
{
    const kiln_data_options mean = { .missing = KILN_MISSING_MEAN }, drop = { .missing = KILN_MISSING_DROP };
    kiln_error err = { 0 };
    check_text_refused("a,b,y\n1,,0.5\n2,?,1.5\n", &mean, KILN_EDATA,
                       ": column 2 ('b'): has no value in any row: leave it out (--ignore)");
    check_text_refused("a,b,y\n1,,0.5\n2,?,1.5\n", &drop, KILN_EDATA, ": column 2 ('b'): has no value in any row");
    check_text_refused("a,y\n1,\n2,?\n", &drop, KILN_EDATA, ": column 2 ('y'): has no value in any row, and is the target");
    check_text_refused("a,b,y\n1,,0.5\n?,2,1.5\n", &drop, KILN_EDATA,
                       ": a value is missing in every one of its 2 rows: none is left");
    check_text_refused("a,b,y\n1,2,0.5\n1,2,?\n", &mean, KILN_EDATA, ":3: column 3 ('y'): missing value '?'");
    check_text_refused("a,b,y\n1,2,0.5\ninf,2,3\n", &mean, KILN_EDATA, ":3: column 1 ('a'): 'inf' is not finite");

    kiln_data *data = read_text("a,b,y\n1,?,0.5\n2,3,1.5\n", &mean);
    ck_assert_int_eq(kiln_data_fill(data, (kiln_subset){ NULL, 1 }, &err), KILN_EDATA);
    ck_assert_str_eq(err.message, "column 2 ('b') has no value in any of the 1 training samples: leave it out (--ignore)");
    ck_assert_int_eq(kiln_data_fill(data, (kiln_subset){ NULL, 0 }, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_data_fill(data, (kiln_subset){ NULL, 3 }, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_data_fill(data, (kiln_subset){ (const uint32_t[]){ 2 }, 1 }, &err), KILN_EINVAL);
    ck_assert_kiln(kiln_data_fill(data, (kiln_subset){ NULL, 2 }, &err), err);
    check_x(data, 2, 2, (const float[]){ 1, 3, 2, 3 });
    kiln_data_free(data);
}
END_TEST

/* Schemas by hand that fill with what is no number, or do not fill what has an indicator. */
START_TEST(schemas_are_checked)
{
    const size_t widths[] = { 1, 1 };
    kiln_column column = { .fill = NAN };
    kiln_schema schema = { .columns = 1, .column = &column, .missing = KILN_MISSING_MEAN };
    kiln_error err = { 0 };
    kiln_network *network;
    ck_assert_kiln(kiln_network_create(&(kiln_network_shape){ .layers = 1, .widths = widths }, &network, &err), err);
    ck_assert_int_eq(kiln_network_set_schema(network, &schema, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "column 0 has no number for its missing values"));
    schema.missing = (kiln_missing)17;
    ck_assert_int_eq(kiln_network_set_schema(network, &schema, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "17"));
    column = (kiln_column){ .categories = 1, .category = (char *[]){ "a" }, .indicator = true };
    schema.missing = KILN_MISSING_MEAN;
    ck_assert_int_eq(kiln_network_set_schema(network, &schema, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "column 0 has an indicator"));
    kiln_network_destroy(network);
}
END_TEST

/* Each call for memory fails in turn: an error, no crash, no leak, and what was there before is still whole. */
START_TEST(every_failing_call_is_survived)
{
    const kiln_data_options options = { .missing = KILN_MISSING_MEDIAN, .missing_indicator = true, .ignore = "c", .target = "y" };
    const char *path = temporary_file("t.csv", holes, strlen(holes));
    static const float expected[] = { 1, 0, 10, 0, 0, 1 };
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        fault_set(FAULT_MEMORY, n, _i == 1, 0);
        kiln_status status = kiln_data_read(path, &options, &data, &err);
        if (status == KILN_OK)
            status = kiln_data_fill(data, first_four, &err);
        failed = fault_count(FAULT_MEMORY) >= n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_OK || (failed && status == KILN_ENOMEM && err.message[0]));
        if (data && status != KILN_OK)
            ck_assert_kiln(kiln_data_fill(data, first_four, &err), err);
        if (data)
            ck_assert_mem_eq(kiln_data_samples(data)->x, expected, sizeof expected);
        kiln_data_free(data);
        ck_assert(failed || n > 30);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fill");
    TCase *tc = tcase_create("fill");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, training_samples_alone_fill, 0, sizeof ways / sizeof *ways);
    tcase_add_test(tc, subsets_are_looked_up);
    tcase_add_test(tc, indicators_follow_their_numbers);
    tcase_add_test(tc, rows_are_dropped);
    tcase_add_test(tc, what_cannot_be_filled_is_explained);
    tcase_add_test(tc, schemas_are_checked);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

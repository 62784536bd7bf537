/* Columns of a table: which are read, what becomes of missing values, and that a network's model fills in the same. */
#include "network/schema.h"
#include "reading.h"
#include "support.h"

#include <kiln/kiln.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void check_x(const kiln_data *data, size_t count, size_t features, const float *expected)
{
    const kiln_samples *s = kiln_data_samples(data);
    const float *x = s->x;
    ck_assert_uint_eq(s->count, count);
    ck_assert_uint_eq(s->features, features);
    for (size_t i = 0; i < count * features; i++)
        ck_assert_msg(x[i] == expected[i] || (isnan(x[i]) && isnan(expected[i])), "x[%zu] = %g, should be %g", i, (double)x[i],
                      (double)expected[i]);
}

static void check_text_refused(const char *text, const kiln_data_options *options, kiln_status status, const char *sentence)
{
    check_refused(temporary_file("t.csv", text, strlen(text)), options, status, sentence);
}

/* --- which columns */

/* Lists, and the features they leave of a, b, "c,d" and e, of which e is the target. */
static const struct {
    const char *features, *ignore, *target;
    size_t columns;
    const char *first;
    size_t ignored, ignored_column[2];
} lists[] = {
    { "a", NULL, NULL, 1, "a", 2, { 1, 2 } },
    { "b,a", NULL, NULL, 2, "a", 1, { 2 } }, /* in the file's order */
    { " b , \"c,d\" ", NULL, NULL, 2, "b", 1, { 0 } },
    { "1,-2", NULL, NULL, 2, "b", 1, { 0 } },
    { "a,0,a", NULL, NULL, 1, "a", 2, { 1, 2 } },
    { NULL, "a", NULL, 2, "b", 1, { 0 } },
    { NULL, "-2,0", NULL, 1, "b", 2, { 0, 2 } },
    { NULL, "e,b", "a", 1, "c,d", 2, { 0, 2 } }, /* places do not count the target, here the first */
};

START_TEST(columns_are_chosen)
{
    const kiln_data_options options = { .features = lists[_i].features, .ignore = lists[_i].ignore, .target = lists[_i].target };
    kiln_data *data = read_text("a,b,\"c,d\",e\n1,2,3,4.5\n5,6,7,8.5\n", &options);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_uint_eq(schema->columns, lists[_i].columns);
    ck_assert_str_eq(schema->column[0].name, lists[_i].first);
    ck_assert_uint_eq(schema->ignored, lists[_i].ignored);
    for (size_t i = 0; i < schema->ignored; i++)
        ck_assert_uint_eq(schema->ignored_column[i], lists[_i].ignored_column[i]);
    ck_assert_uint_eq(kiln_data_samples(data)->features, lists[_i].columns);
    kiln_data_free(data);
}
END_TEST

static const struct {
    const char *features, *ignore;
    const char *sentence;
} wrong_lists[] = {
    { "hight", NULL, "no column 'hight'; did you mean 'height'?" },
    { NULL, "wdth,height", "no column 'wdth'; did you mean 'width'?" },
    { NULL, "quite another", "no column 'quite another': there are 'width', 'height', 'kind'" },
    { NULL, "c", "no column 'c': there are 'width', 'height', 'kind'" },
    { "3", NULL, "no column 3: there are 3, 0 to 2, and -1 is the last" },
    { NULL, "-4", "no column -4: there are 3" },
    { "width,kind", NULL, "column 'kind' is the target: --features is for the others (--target names another one)" },
    { NULL, "-1", "column '-1' is the target: --ignore is for the others" },
    { "width,,height", NULL, "the list of columns 'width,,height' (--features) has a comma with no name beside it" },
    { NULL, "width,", "(--ignore) has a comma with no name beside it" },
    { NULL, "", "(--ignore) has a comma with no name beside it" },
    { NULL, "width,height", "no column is left beside the target" },
    { "width", "height", "not by both" },
};

START_TEST(wrong_lists_are_explained)
{
    const kiln_data_options options = { .features = wrong_lists[_i].features, .ignore = wrong_lists[_i].ignore };
    check_text_refused("width,height,kind\n1,2,x\n3,4,y\n", &options, KILN_EINVAL, wrong_lists[_i].sentence);
}
END_TEST

START_TEST(names_need_a_header)
{
    check_text_refused("1,2,x\n3,4,y\n", &(kiln_data_options){ .ignore = "a" }, KILN_EINVAL,
                       "no column 'a': the file has no header; name columns by their places, 0 to 2");
    check_text_refused("a,b\n1,x\n", &(kiln_data_options){ .ignore = "b", .target = "b" }, KILN_EINVAL,
                       "column 'b' is the target: --ignore is for the others");
    static const unsigned char idx[] = { 0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7 };
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = temporary_file("t.idx", (const char *)idx, sizeof idx);
    ck_assert_int_eq(kiln_data_read(path, &(kiln_data_options){ .ignore = "0" }, &data, &err), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "is an IDX file: it has no columns to choose from"));
}
END_TEST

/* Numbers and dates that are text by the options are categories as they are written. */
START_TEST(columns_are_text_by_name)
{
    const kiln_data_options options = { .text = "code, -2", .task = KILN_REGRESSION },
                            filled = { .text = "code,date", .missing = KILN_MISSING_MEAN },
                            dropped = { .text = "0,1", .missing = KILN_MISSING_DROP }, twice = { .text = "a", .ignore = "a" };
    kiln_data *data = read_text("code,date,y\n1,2024-01-02,1\n01,10:30,2\n1.0,2024-01-02,3\n", &options);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_uint_eq(schema->columns, 2);
    ck_assert_uint_eq(schema->column[0].categories, 3);
    ck_assert_str_eq(schema->column[0].category[0], "01");
    ck_assert_str_eq(schema->column[0].category[2], "1.0");
    ck_assert_str_eq(schema->column[1].category[0], "10:30");
    check_x(data, 3, 5, (const float[]){ 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1 });
    kiln_data_free(data);
    data = read_text("code,date,y\n7,,1\n,NA,2\n7,1/2/24,3\n", &filled);
    check_x(data, 3, 2, (const float[]){ 1, 0, 0, 0, 1, 1 });
    kiln_data_free(data);
    check_text_refused("code,date,y\n7,,1\n,,2\n", &filled, KILN_EDATA, "column 2 ('date'): has no value in any row: leave it out");
    check_text_refused("1,,1\n2,,2\n", &dropped, KILN_EDATA, "missing in every one of its 2 rows");
    check_text_refused("a,b,y\n1,2,3\n", &twice, KILN_EINVAL, "column 1 ('a'): is not read: --text is for columns that are");
    check_text_refused("1,2,3\n", &(kiln_data_options){ .text = "2" }, KILN_EINVAL,
                       "column '2' is the target: --text is for the others");
    check_text_refused("1,2,3\n", &(kiln_data_options){ .text = "0,,1" }, KILN_EINVAL,
                       "(--text) has a comma with no name beside it");
}
END_TEST

/* What is ignored is not even looked at: dates, identifiers, holes. */
START_TEST(ignored_columns_may_hold_anything)
{
    kiln_data *data = read_text("when,a,y\n2024-01-31,1,0.5\n,2,1.5\n\xff,3,2.5\n", &(kiln_data_options){ .ignore = "when" });
    check_x(data, 3, 1, (const float[]){ 1, 2, 3 });
    kiln_data_free(data);
}
END_TEST

/* A network that read the second and fourth of five columns, the last its target: by name wherever they are; by place in files of
 * the same columns, with or without the target, and in files of its own columns only. */
START_TEST(networks_find_their_columns)
{
    static const struct {
        const char *text;
        bool target;
    } files[] = {
        { "id,a,note,b,y\n7,1,x,2,0.5\n8,3,x,4,1.5\n", true },
        { "b,y,more,a\n2,0.5,?,1\n4,1.5,?,3\n", true },
        { "a,b\n1,2\n3,4\n", false },
        { "7,1,x,2,0.5\n8,3,x,4,1.5\n", true },
        { "7,1,x,2\n8,3,x,4\n", false },
        { "1,2\n3,4\n", false },
        { "1,2,0.5\n3,4,1.5\n", true },
    };
    kiln_data *own = read_text("id,a,note,b,y\n1,10,p,20,3.5\n2,11,q,21,4.5\n", &(kiln_data_options){ .ignore = "note,id" });
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        kiln_data *data = read_text(files[i].text, &(kiln_data_options){ .schema = kiln_data_schema(own) });
        check_x(data, 2, 2, (const float[]){ 1, 2, 3, 4 });
        ck_assert_msg((kiln_data_samples(data)->y != NULL) == files[i].target, "file %zu", i);
        kiln_data_free(data);
    }
    check_text_refused("1,2,3,4,5,6\n1,2,3,4,5,6\n", &(kiln_data_options){ .schema = kiln_data_schema(own) }, KILN_EDATA,
                       "has 5 columns beside the target; the network reads 2");
    check_text_refused(files[0].text, &(kiln_data_options){ .schema = kiln_data_schema(own), .ignore = "id" }, KILN_EINVAL,
                       "the network says which columns it reads, and how: --features, --ignore and --text are for");
    kiln_data_free(own);
}
END_TEST

/* --- missing values */

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

/* --- decimal commas */

START_TEST(decimal_commas_are_read)
{
    static const char *const texts[] = {
        "a;b;y\n1,5;-2,25e1;0,5\n3;4;1,5\n", "a\tb\ty\n1,5\t-2,25e1\t0,5\n3\t4\t1,5\n",
        "\"a\";b;y\n\"1,5\";-22.5;0,5\n3;4;1,5\n", /* each column has a mark of its own */
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        kiln_data *data = read_text(texts[i], NULL);
        check_x(data, 2, 2, (const float[]){ 1.5f, -22.5f, 3, 4 });
        ck_assert(kiln_data_samples(data)->y[0] == 0.5f && kiln_data_samples(data)->y[1] == 1.5f);
        ck_assert(kiln_data_get_notes(data)->decimal_commas);
        kiln_data_free(data);
    }
    /* With semicolons a comma is decimal, whatever stands behind it; with tabs too, where one number shows it. */
    static const char *const thousands[] = { "a;y\n1,234;5\n2,500;6\n", "a\ty\n1,234\t5\n2,5\t6\n" };
    for (size_t i = 0; i < 2; i++) {
        kiln_data *data = read_text(thousands[i], NULL);
        check_x(data, 2, 1, (const float[]){ 1.234f, 2.5f });
        kiln_data_free(data);
    }
    kiln_data *data = read_text("1,5;2,5\n3,5;4,5\n", NULL); /* not a header */
    check_x(data, 2, 1, (const float[]){ 1.5f, 3.5f });
    kiln_data_free(data);
    data = read_text("a;y\n1.5;2\n3;4\n", NULL);
    ck_assert(!kiln_data_get_notes(data)->decimal_commas);
    kiln_data_free(data);
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

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("columns");
    TCase *tc = tcase_create("columns");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, columns_are_text_by_name);
    tcase_add_loop_test(tc, columns_are_chosen, 0, COUNT(lists));
    tcase_add_loop_test(tc, wrong_lists_are_explained, 0, COUNT(wrong_lists));
    tcase_add_test(tc, names_need_a_header);
    tcase_add_test(tc, ignored_columns_may_hold_anything);
    tcase_add_test(tc, networks_find_their_columns);
    tcase_add_loop_test(tc, training_samples_alone_fill, 0, COUNT(ways));
    tcase_add_test(tc, subsets_are_looked_up);
    tcase_add_test(tc, indicators_follow_their_numbers);
    tcase_add_test(tc, rows_are_dropped);
    tcase_add_test(tc, what_cannot_be_filled_is_explained);
    tcase_add_test(tc, schemas_are_checked);
    tcase_add_test(tc, decimal_commas_are_read);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Columns of a table: which are read, and how their numbers are written. */
#include "reading.h"
#include "support.h"

#include <kiln/kiln.h>

#include <string.h>

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
    tcase_add_test(tc, decimal_commas_are_read);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

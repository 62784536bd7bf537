/* libsvm's sparse text: rows made dense, targets as a CSV's, and every line that is wrong, with its place. */
#include "reading.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char *write_text(const char *text)
{
    return temporary_file("t.svm", text, strlen(text));
}

/* Texts that all say the same four samples of three features. */
static const char *const same[] = {
    "-1 1:1 3:2.5\n+1 2:-3\n-1\n1 1:4 2:5 3:6\n",
    "# about this file\n\n-1 1:1 3:2.5 # a comment\n+1 2:-3\r\n\n-1 \n1 1:4 2:5\t3:6",
    "\xef\xbb\xbf-1 1:1 3:2.5\n+1 2:-3\n-1\n1 1:4 2:5 3:6\n",
    "-1.0 1:1e0 3:25e-1\n1 2:-3 3:0\n-1#none\n+1e0 0001:4 2:5 3:+6\n#\n",
};

START_TEST(rows_become_dense)
{
    static const float expected[] = { 1, 0, 2.5f, 0, -3, 0, 0, 0, 0, 4, 5, 6 };
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(write_text(same[_i]), NULL, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 4 && s->features == 3 && s->element == KILN_ELEMENT_F32);
    for (size_t i = 0; i < 12; i++)
        ck_assert_msg(((const float *)s->x)[i] == expected[i], "value %zu is %g", i, (double)((const float *)s->x)[i]);
    ck_assert(s->classes == 2 && s->labels[0] == 0 && s->labels[1] == 1 && s->labels[2] == 0 && s->labels[3] == 1);
    ck_assert_str_eq(kiln_data_schema(data)->class_name[0], "-1");
    kiln_data_free(data);
}
END_TEST

START_TEST(other_labels_are_numbers)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(write_text("1.5 1:1\n-2e3 2:1\n"), NULL, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(!s->labels && s->outputs == 1 && s->y[0] == 1.5f && s->y[1] == -2000.0f);
    kiln_data_free(data);
    ck_assert_kiln(kiln_data_read(write_text(same[0]), &(kiln_data_options){ .no_target = true }, &data, &err), err);
    ck_assert(kiln_data_samples(data)->features == 3 && !kiln_data_samples(data)->labels);
    kiln_data_free(data);
}
END_TEST

/* A network of four features and the classes 7 and 8. */
START_TEST(a_network_decides)
{
    kiln_column column[4] = { { 0 } };
    char seven[] = "7", eight[] = "8", *names[] = { seven, eight }, red[] = "red", *colours[] = { red };
    kiln_schema schema = { .task = KILN_CLASSIFICATION, .columns = 4, .column = column, .classes = 2, .class_name = names };
    kiln_data_options options = { .schema = &schema };
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(write_text("8 1:1\n7 3:2\n"), &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->features == 4 && s->labels[0] == 1 && s->labels[1] == 0 && ((const float *)s->x)[6] == 2.0f);
    kiln_data_free(data);
    ck_assert_int_eq(kiln_data_read(write_text("8 1:1\n\n9 3:2\n"), &options, &data, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "t.svm:3: column 5: the network does not know the class '9', only '7', '8'"));
    options.no_target = true; /* a label that stands for none is no matter */
    ck_assert_kiln(kiln_data_read(write_text("0 1:1\n0 3:2\n"), &options, &data, &err), err);
    kiln_data_free(data);
    ck_assert_int_eq(kiln_data_read(write_text("8 5:1\n"), &options, &data, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "t.svm: has 5 features, the network reads 4"));
    column[1] = (kiln_column){ .categories = 1, .category = colours };
    ck_assert_int_eq(kiln_data_read(write_text("8 1:1\n"), &options, &data, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "t.svm: is of numbers alone, and the network reads texts in column 2"));
}
END_TEST

/* A network that left out the first of three columns: indices are those of its own file, and the label is always there. */
START_TEST(indices_count_what_is_left_out)
{
    static const char own_text[] = "1 1:9 2:1 3:2\n2 1:9 2:3 3:4\n", sparse[] = "1 2:1\n2 1:7 2:3\n";
    kiln_error err = { 0 };
    kiln_data *own, *data;
    ck_assert_kiln(
        kiln_data_read(write_text(own_text), &(kiln_data_options){ .ignore = "0", .task = KILN_CLASSIFICATION }, &own, &err), err);
    kiln_data_options options = { .schema = kiln_data_schema(own) };
    for (int targets = 1; targets >= 0; targets--)
        for (int i = 0; i < 2; i++) {
            options.no_target = !targets;
            ck_assert_kiln(kiln_data_read(write_text(i ? sparse : own_text), &options, &data, &err), err);
            const kiln_samples *s = kiln_data_samples(data);
            const float *x = s->x;
            ck_assert(s->count == 2 && s->features == 2 && x[0] == 1 && x[1] == (i ? 0 : 2) && x[2] == 3 && x[3] == (i ? 0 : 4));
            ck_assert(targets ? s->labels[0] == 0 && s->labels[1] == 1 : !s->labels);
            kiln_data_free(data);
        }
    ck_assert_int_eq(kiln_data_read(write_text("1 4:1\n"), &options, &data, &err), KILN_EDATA);
    ck_assert_msg(strstr(err.message, "t.svm: has 4 features, the network's own data have 3"), "%s", err.message);
    kiln_data_free(own);
}
END_TEST

/* Texts with spaces and colons that are tables all the same. */
static const char *const tables[] = {
    "1 2:30,2 3:30\n2,1\n", "1\t12:30\n2\t12:45\n", "name 1:2\nx 3\n", "1 2:\n3 4:\n", "1 :2\n", "1 2:3 x\n", "1:2 3:4\n", "1\n2\n",
};

START_TEST(tables_stay_tables)
{
    kiln_error err = { 0 };
    kiln_data *data = NULL;
    if (kiln_data_read(write_text(tables[_i]), &(kiln_data_options){ .target = "9" }, &data, &err) != KILN_OK)
        ck_assert_msg(!strstr(err.message, "libsvm"), "%s", err.message);
    kiln_data_free(data);
}
END_TEST

#define DIGITS_64 "1111111111111111111111111111111111111111111111111111111111111111"

static const struct {
    const char *text;
    kiln_task task;
    size_t line, column;
    const char *sentence;
} refused[] = {
    { "1 1:1\n1 x\n", 0, 2, 3, ":2: column 3: 'x' should be index:value" },
    { "1 1:1\n1 1:\n", 0, 2, 3, ":2: column 3: '1:' should be index:value" },
    { "1 1:1\n1 :1\n", 0, 2, 3, ":2: column 3: ':1' should be index:value" },
    { "1 1:1\n1 -1:1\n", 0, 2, 3, ":2: column 3: '-1:1' should be index:value" },
    { "1 1:1\n1 1.5:1\n", 0, 2, 3, ":2: column 3: '1.5:1' should be index:value" },
    { "1 1:1\n1 1 2:2\n", 0, 2, 3, ":2: column 3: '1' should be index:value" },
    { "1 1:1\nx 1:1\n", 0, 2, 1, ":2: column 1: 'x' should be a label: a finite number" },
    { "1 1:1\nnan 1:1\n", 0, 2, 1, ":2: column 1: 'nan' should be a label: a finite number" },
    { "1 1:1\n1,2 1:1\n", 0, 2, 1, ":2: column 1: '1,2' is a list of labels: a sample has one" },
    { "1 1:1 2:x\n", 0, 1, 7, ":1: column 7: '2:x' has a value that is no finite float32" },
    { "1 1:1 2:inf\n", 0, 1, 7, ":1: column 7: '2:inf' has a value that is no finite float32" },
    { "1 1:1 2:1e39\n", 0, 1, 7, ":1: column 7: '2:1e39' has a value that is no finite float32" },
    { "1 1:1 2:1:1\n", 0, 1, 7, ":1: column 7: '2:1:1' has a value that is no finite float32" },
    { "1 0:1\n", 0, 1, 3, ":1: column 3: '0:1' has index 0: indices count from 1" },
    { "1 2:1 2:1\n", 0, 1, 7, ":1: column 7: '2:1' has the index of the pair before it again" },
    { "1 2:1 1:1\n", 0, 1, 7, ":1: column 7: '1:1' has a smaller index than the pair before it" },
    { "1 qid:3 1:1\n", 0, 1, 3, ":1: column 3: 'qid:3' ranks samples within a query, which is not learnt: take it out" },
    { "1 1:1 1048576:1\n", 0, 1, 7, ":1: column 7: has more than the 1048575 features that are read" },
    { "1 99999999999999999999999999:1\n", 0, 1, 3, ":1: column 3: has more than the 1048575 features" },
    { "1 1:" DIGITS_64 DIGITS_64 "\n", 0, 1, 3, "1...' is too long for a label or index:value" },
    { "1 1:1\n1 \xff:1\n", 0, 2, 3, ":2: column 3: 'text that is not UTF-8' should be index:value" },
    { "1 1:1\n1.5 1:2\n", KILN_CLASSIFICATION, 2, 2, ":2: column 2: '1.5' is not a class: classes are texts or whole numbers" },
};

START_TEST(wrong_lines_are_refused)
{
    const kiln_data_options options = { .task = refused[_i].task };
    const kiln_error err = check_refused(write_text(refused[_i].text), &options, KILN_EDATA, refused[_i].sentence);
    ck_assert_uint_eq(err.line, refused[_i].line);
    ck_assert_uint_eq(err.column, refused[_i].column);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    check_refused(write_text(same[0]), &(kiln_data_options){ .target = "0" }, KILN_EINVAL,
                  ": is libsvm's sparse text, which has no column '0': its target begins each line");
    check_refused(write_text(same[0]), &(kiln_data_options){ .labels = "y" }, KILN_EINVAL,
                  ": is neither IDX nor NumPy, so it takes no file of labels");
    check_refused(temporary_file("t.svm", "1 1:1\n1 1:\0\n", 12), NULL, KILN_EDATA, ":2: has a NUL byte, which text has not");
}
END_TEST

/* Some KiB that would take some GiB. */
START_TEST(no_memory_is_taken_for_what_is_not_there)
{
    char text[32 * 1024] = "";
    struct rusage before, after;
    for (size_t i = 0, used = 0; i < 1000; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "1 1048575:%zu\n", i);
    const char *path = write_text(text);
    getrusage(RUSAGE_SELF, &before);
    check_refused(path, NULL, KILN_EDATA, ": 1000 samples of 1048575 features would take 4 GB as the dense float32");
    getrusage(RUSAGE_SELF, &after);
    ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 64 << 10, "took %ld KiB", after.ru_maxrss - before.ru_maxrss);
}
END_TEST

/* More than one block of the file, with a line across the border. */
START_TEST(large_files_are_read_whole)
{
    const size_t rows = 40000;
    char *text = malloc(rows * 32);
    kiln_error err = { 0 };
    kiln_data *data;
    size_t used = 0;
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < rows; i++)
        used += (size_t)snprintf(text + used, 32, "%zu.5 %zu:%zu\n", i, i % 7 + 1, i);
    const char *path = temporary_file("large.svm", text, used);
    free(text);
    ck_assert_kiln(kiln_data_read(path, NULL, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == rows && s->features == 7 && s->y);
    for (size_t i = 0; i < rows; i++)
        ck_assert(s->y[i] == (float)i + 0.5f && ((const float *)s->x)[i * 7 + i % 7] == (float)i);
    kiln_data_free(data);
}
END_TEST

/* One line that is longer than a block, cut inside a pair wherever blocks end. */
START_TEST(a_long_line_is_seen_as_what_it_is)
{
    enum { FEATURES = 60000 };
    char *text = malloc(FEATURES * 16);
    kiln_error err = { 0 };
    kiln_data *data;
    size_t used = 0;
    ck_assert_ptr_nonnull(text);
    used += (size_t)snprintf(text, 16, "1");
    for (size_t i = 1; i <= FEATURES; i++)
        used += (size_t)snprintf(text + used, 16, " %zu:1", i);
    for (size_t cut = 0; cut < 8; cut++) { /* a longer label moves the block's end through a pair */
        memmove(text + 1, text, used++);
        text[0] = '0';
        ck_assert_kiln(kiln_data_read(temporary_file("long.svm", text, used), NULL, &data, &err), err);
        ck_assert_uint_eq(kiln_data_samples(data)->features, FEATURES);
        kiln_data_free(data);
    }
    free(text);
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    const bool all_later = _i & 2;
    const char *path = write_text(same[0]);
    check_failing_calls(path, NULL, kind, all_later, 3);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("libsvm");
    TCase *tc = tcase_create("libsvm");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, rows_become_dense, 0, COUNT(same));
    tcase_add_test(tc, other_labels_are_numbers);
    tcase_add_test(tc, a_network_decides);
    tcase_add_test(tc, indices_count_what_is_left_out);
    tcase_add_loop_test(tc, tables_stay_tables, 0, COUNT(tables));
    tcase_add_loop_test(tc, wrong_lines_are_refused, 0, COUNT(refused));
    tcase_add_test(tc, wrong_use_is_refused);
    tcase_add_test(tc, no_memory_is_taken_for_what_is_not_there);
    tcase_add_test(tc, large_files_are_read_whole);
    tcase_add_test(tc, a_long_line_is_seen_as_what_it_is);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 4);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* CSV: what is read, with every value checked. What is refused is in test_csv_refused.c. */
#include "reading.h"
#include "support.h"

#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static void check_labels(const kiln_data *data, size_t classes, const int32_t *expected)
{
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert_ptr_nonnull(s->labels);
    ck_assert_ptr_null(s->y);
    ck_assert_uint_eq(s->classes, classes);
    for (size_t i = 0; i < s->count; i++)
        ck_assert_msg(s->labels[i] == expected[i], "label %zu is %ld, should be %ld", i, (long)s->labels[i], (long)expected[i]);
}

/* The same table of two samples, written in many ways. */
static const char *const ways[] = {
    "a,b,kind\n1,2.5,x\n-3,4e2,y\n",
    "a,b,kind\r\n1,2.5,x\r\n-3,4e2,y\r\n",
    "a,b,kind\r1,2.5,x\r-3,4e2,y",
    "\357\273\277a,b,kind\n1,2.5,x\n-3,4e2,y",
    "a;b;kind\n1;2.5;x\n-3;4e2;y\n\n\n",
    "a\tb\tkind\n1\t2.5\tx\n-3\t4e2\ty\n  \n",
    "\n\n a , b , kind \n +1 ,\"2.5\" ,x\n-3.0, 400.0 , \"y\" \n",
    "\"a\",\"b\",\"kind\"\n\"1\",\"25e-1\",\"x\"\r\n\"-3\",\"400\",\"y\"\r\n\r\n",
};

START_TEST(one_table_in_many_ways)
{
    kiln_data *data = read_text(ways[_i], NULL);
    const kiln_schema *schema = kiln_data_schema(data);
    check_x(data, 2, 2, (const float[]){ 1.0f, 2.5f, -3.0f, 400.0f });
    check_labels(data, 2, (const int32_t[]){ 0, 1 });
    ck_assert_int_eq(schema->task, KILN_CLASSIFICATION);
    ck_assert_uint_eq(schema->columns, 2);
    ck_assert_str_eq(schema->column[0].name, "a");
    ck_assert_str_eq(schema->column[1].name, "b");
    ck_assert_uint_eq(schema->targets, 1);
    ck_assert_str_eq(schema->target[0].name, "kind");
    ck_assert_str_eq(schema->class_name[0], "x");
    ck_assert_str_eq(schema->class_name[1], "y");
    kiln_data_free(data);
}
END_TEST

START_TEST(gzip_is_seen_by_content)
{
    const char *path = temporary_file("t.csv", NULL, 0);
    /* Two members that follow each other are one file. */
    for (int part = 0; part < 2; part++) {
        gzFile file = gzopen(path, part ? "ab" : "wb");
        ck_assert_ptr_nonnull(file);
        gzputs(file, part ? "-3,4e2,y\n" : "a,b,kind\n1,2.5,x\n");
        gzclose(file);
    }
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(path, NULL, &data, &err), err);
    check_x(data, 2, 2, (const float[]){ 1.0f, 2.5f, -3.0f, 400.0f });
    kiln_data_free(data);
}
END_TEST

START_TEST(standard_input_is_a_dash)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_ptr_nonnull(freopen(temporary_file("t.csv", ways[0], strlen(ways[0])), "rb", stdin));
    ck_assert_kiln(kiln_data_read("-", NULL, &data, &err), err);
    check_x(data, 2, 2, (const float[]){ 1.0f, 2.5f, -3.0f, 400.0f });
    kiln_data_free(data);
    char byte;
    ck_assert_msg(read(STDIN_FILENO, &byte, 1) == 0, "standard input was closed");
}
END_TEST

static volatile int alarmed;

static void on_alarm(int number)
{
    alarmed = number;
}

/* Nothing comes through a pipe: a signal that raises the flag ends the wait. */
START_TEST(waiting_ends_when_asked)
{
    const struct sigaction action = { .sa_handler = on_alarm };
    int ends[2];
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    alarm(1);
    const kiln_data_options options = { .stop = &alarmed };
    ck_assert_int_eq(kiln_data_read("-", &options, &data, &err), KILN_EINTERRUPTED);
    ck_assert_str_eq(err.message, "standard input: reading it was interrupted");
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* First rows, and whether they are a header: then there is one sample fewer. */
static const struct {
    const char *text;
    size_t samples;
    bool header;
} headers[] = {
    { "1,2,x\n3,4,y\n", 2, false },
    { "a,b,c\n3,4,y\n", 1, true },
    { "0,1,label\n3,4,5\n6,7,8\n", 2, true },    /* a text where there are numbers */
    { ",a,b\n0,1,2\n1,3,4\n", 2, true },         /* the first column has no name, as pandas writes it */
    { "sunny,hot,no\nrain,mild,no\n", 1, true }, /* texts only, all different: a header */
    { "p,x,p\ne,x,b\np,y,b\n", 3, false },       /* texts only, one twice: no header */
    { "5,6\n7,8\n", 2, false },
};

START_TEST(headers_are_found)
{
    kiln_data *data = read_text(headers[_i].text, NULL);
    ck_assert_uint_eq(kiln_data_samples(data)->count, headers[_i].samples);
    ck_assert_int_eq(kiln_data_schema(data)->target[0].name != NULL, headers[_i].header);
    kiln_data_free(data);
}
END_TEST

/* Target asked for, in a file with and without names; the column it is. */
static const struct {
    const char *text, *target;
    float first; /* the first feature of the first sample */
    float y;     /* the first target */
} targets[] = {
    { "a,b,c\n1.5,2.5,3.5\n", NULL, 1.5f, 3.5f }, { "a,b,c\n1.5,2.5,3.5\n", "a", 2.5f, 1.5f },
    { "a,b,c\n1.5,2.5,3.5\n", "-3", 2.5f, 1.5f }, { "a,b,c\n1.5,2.5,3.5\n", "1", 1.5f, 2.5f },
    { "1.5,2.5,3.5\n", "0", 2.5f, 1.5f },         { "1.5,2.5,3.5\n", "-1", 1.5f, 3.5f },
    { "2,1,x\n1.5,2.5,3.5\n", "1", 1.5f, 2.5f }, /* named so: the name counts, before the place */
};

START_TEST(targets_by_name_and_place)
{
    const kiln_data_options options = { .target = targets[_i].target };
    kiln_data *data = read_text(targets[_i].text, &options);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert_ptr_nonnull(s->y);
    ck_assert_uint_eq(s->outputs, 1);
    ck_assert(((const float *)s->x)[0] == targets[_i].first);
    ck_assert(s->y[0] == targets[_i].y);
    ck_assert_int_eq(kiln_data_schema(data)->task, KILN_REGRESSION);
    kiln_data_free(data);
}
END_TEST

START_TEST(texts_are_one_hot_and_sorted)
{
    kiln_data *data = read_text("colour,size,one,y\nred,1,k,0.5\nblue,2,k,1\n\"dark \"\"red\"\"\",3,k,2\nred,4,k,3\n", NULL);
    const kiln_schema *schema = kiln_data_schema(data);
    check_x(data, 4, 5, (const float[]){ 0, 0, 1, 1, 1, /**/ 1, 0, 0, 2, 1, /**/ 0, 1, 0, 3, 1, /**/ 0, 0, 1, 4, 1 });
    ck_assert_uint_eq(schema->columns, 3);
    ck_assert_uint_eq(schema->column[0].categories, 3);
    ck_assert_str_eq(schema->column[0].category[0], "blue");
    ck_assert_str_eq(schema->column[0].category[1], "dark \"red\"");
    ck_assert_str_eq(schema->column[0].category[2], "red");
    ck_assert_uint_eq(schema->column[1].categories, 0);
    ck_assert_uint_eq(schema->column[2].categories, 1);
    kiln_data_free(data);
    data = read_text("only,y\nk,0.5\nk,1\n", NULL);
    check_x(data, 2, 1, (const float[]){ 1, 1 });
    kiln_data_free(data);
}
END_TEST

/* Whole numbers with few values are classes, sorted as numbers; otherwise, or if asked for, they are not. */
START_TEST(classes_or_numbers)
{
    kiln_data *data = read_text("x,y\n1,10\n1,9\n1,-2\n1,10.0\n1,9\n1,9\n", NULL);
    check_labels(data, 3, (const int32_t[]){ 2, 1, 0, 2, 1, 1 });
    ck_assert_str_eq(kiln_data_schema(data)->class_name[0], "-2");
    ck_assert_str_eq(kiln_data_schema(data)->class_name[1], "9");
    ck_assert_str_eq(kiln_data_schema(data)->class_name[2], "10");
    kiln_data_free(data);

    static const char *const numbers[] = { "x,y\n1,10\n1,9\n1,2\n1,10\n1,9\n", /* more than half as many values as samples */
                                           "x,y\n1,1\n1,1\n1,1\n1,2.5\n" };
    for (size_t i = 0; i < 2; i++) {
        data = read_text(numbers[i], NULL);
        ck_assert_ptr_nonnull(kiln_data_samples(data)->y);
        ck_assert_ptr_null(kiln_data_samples(data)->labels);
        ck_assert_uint_eq(kiln_data_schema(data)->classes, 0);
        kiln_data_free(data);
    }
    data = read_text(numbers[0], &(kiln_data_options){ .task = KILN_CLASSIFICATION });
    check_labels(data, 3, (const int32_t[]){ 2, 1, 0, 2, 1 });
    kiln_data_free(data);
    data = read_text("x,y\n1,0\n1,1\n1,0\n1,1\n", &(kiln_data_options){ .task = KILN_REGRESSION });
    ck_assert(kiln_data_samples(data)->y[1] == 1.0f);
    kiln_data_free(data);
}
END_TEST

/* 20 values are few, 21 are not. */
START_TEST(few_is_twenty)
{
    for (int values = 20; values <= 21; values++) {
        char text[1024] = "x,y\n";
        for (int i = 0; i < 2 * values; i++)
            sprintf(text + strlen(text), "1,%d\n", i % values);
        kiln_data *data = read_text(text, NULL);
        ck_assert_uint_eq(kiln_data_samples(data)->classes, values == 20 ? 20 : 0);
        kiln_data_free(data);
    }
}
END_TEST

/* A program may have set a locale with decimal commas. */
START_TEST(locales_do_not_matter)
{
    static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR" };
    size_t i = 0;
    while (i < 4 && !setlocale(LC_NUMERIC, names[i]))
        i++;
    kiln_data *data = read_text("a,b\n0.12345678901234567890123,1.5\n", NULL);
    check_x(data, 1, 1, (const float[]){ 0.12345678901234567890123f });
    kiln_data_free(data);
    setlocale(LC_NUMERIC, "C");
}
END_TEST

START_TEST(examples_are_what_they_say)
{
    static const struct {
        const char *file;
        size_t count, features, classes, smallest;
    } examples[] = { { "digits.csv", 1437, 64, 10, 139 }, { "digits-test.csv", 360, 64, 10, 35 }, { "iris.csv", 150, 4, 3, 50 } };
    for (size_t e = 0; e < 3; e++) {
        char path[1024];
        kiln_error err = { 0 };
        kiln_data *data;
        size_t of_class[10] = { 0 };
        snprintf(path, sizeof path, "%s/../examples/%s", KILN_KERNEL_FOLDER, examples[e].file);
        ck_assert_kiln(kiln_data_read(path, NULL, &data, &err), err);
        const kiln_samples *s = kiln_data_samples(data);
        ck_assert_uint_eq(s->count, examples[e].count);
        ck_assert_uint_eq(s->features, examples[e].features);
        ck_assert_uint_eq(s->classes, examples[e].classes);
        for (size_t i = 0; i < s->count; i++)
            of_class[s->labels[i]]++;
        for (size_t c = 0; c < s->classes; c++)
            ck_assert_uint_ge(of_class[c], examples[e].smallest);
        kiln_data_free(data);
    }
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *tc = tcase_create("csv");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, one_table_in_many_ways, 0, COUNT(ways));
    tcase_add_test(tc, gzip_is_seen_by_content);
    tcase_add_test(tc, standard_input_is_a_dash);
    tcase_add_test(tc, waiting_ends_when_asked);
    tcase_add_loop_test(tc, headers_are_found, 0, COUNT(headers));
    tcase_add_loop_test(tc, targets_by_name_and_place, 0, COUNT(targets));
    tcase_add_test(tc, texts_are_one_hot_and_sorted);
    tcase_add_test(tc, classes_or_numbers);
    tcase_add_test(tc, few_is_twenty);
    tcase_add_test(tc, locales_do_not_matter);
    tcase_add_test(tc, examples_are_what_they_say);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

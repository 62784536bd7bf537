/* CSV: what is read, with every value checked; and for what is not, the sentence with its line and column. */
#include "base/fault.h"
#include "data/number.h"
#include "support.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static kiln_data *read_text(const char *text, const kiln_data_options *options)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", text, strlen(text)), options, &data, &err), err);
    return data;
}

static void check_x(const kiln_data *data, size_t count, size_t features, const float *expected)
{
    const kiln_samples *s = kiln_data_samples(data);
    const float *x = s->x;
    ck_assert_uint_eq(s->count, count);
    ck_assert_uint_eq(s->features, features);
    ck_assert_int_eq(s->element, KILN_ELEMENT_F32);
    for (size_t i = 0; i < count * features; i++)
        ck_assert_msg(x[i] == expected[i], "x[%zu] = %g, should be %g", i, (double)x[i], (double)expected[i]);
}

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
    ck_assert_str_eq(schema->target, "kind");
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
    ck_assert_int_eq(kiln_data_schema(data)->target != NULL, headers[_i].header);
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

#define Q "\""
#define LONG_50 "00000000000000000000000000000000000000000000000000"

static const struct {
    const char *text, *target;
    kiln_task task;
    kiln_status status;
    size_t line, column;
    const char *sentence; /* behind the file's name */
} refused[] = {
    { "a,b\n3,x\n4,y\nz,x\n", NULL, 0, KILN_EDATA, 4, 1, ":4: column 1 ('a'): 'z' is not a number" },
    { "1,2,x\n3,4w,x\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2: '4w' is not a number" },
    { "a,b\n3,x\n,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value: fill it in or leave the row out" },
    { "a,b\n3,x\n" Q Q ",y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value: fill it in" },
    { "a,b\n3,x\n4,\n", NULL, 0, KILN_EDATA, 3, 2, ":3: column 2 ('b'): missing value: fill it in" },
    { "a,b\n3,x\nNA,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value 'NA'" },
    { "a,b\n3,x\n?,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value '?'" },
    { "a,b\nnan,x\n3,y\n", NULL, 0, KILN_EDATA, 2, 1, ":2: column 1 ('a'): missing value 'nan'" },
    { "a,b\n3,x\n-inf,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value '-inf'" },
    { "a,b\n?,x\n3,y\n", NULL, 0, KILN_EDATA, 2, 1, ":2: column 1 ('a'): missing value '?'" },
    { "a,b\n3,x\n3,NA\n", NULL, 0, KILN_EDATA, 3, 2, ":3: column 2 ('b'): missing value 'NA'" },
    { "a,b\n3,1e39\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2 ('b'): '1e39' is beyond float32" },
    { "a,b\n3,1e999\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2 ('b'): '1e999' is beyond float32" },
    { "a,b\n0x10,1\n2,2\n", "0", 0, KILN_OK, 0, 0, NULL }, /* texts, so classes; not hexadecimal */
    { "a,b\n1,2\n1,2,3\n", NULL, 0, KILN_EDATA, 3, 0, ":3: has 3 fields, the first row has 2" },
    { "a,b\n1,2\n1\n", NULL, 0, KILN_EDATA, 3, 0, ":3: has 1 fields, the first row has 2" },
    { "a,b\n1,2,3\n", NULL, 0, KILN_EDATA, 2, 0, ":2: has 3 fields, the first row has 2" },
    { "a,b\n1\n", NULL, 0, KILN_EDATA, 2, 0, ":2: has 1 fields, the first row has 2" },
    { "a,b\n1,2\n\n3,4\n", NULL, 0, KILN_EDATA, 3, 0, ":3: is empty, between rows" },
    { "a,b\r\n1,2\r\n\r\n\r\n3,4\r\n", NULL, 0, KILN_EDATA, 3, 0, ":3: is empty, between rows" },
    /* the line is the file's, also behind a field of two lines */
    { "a,b\n" Q "x\ny" Q ",2\n" Q "x\r\ny" Q ",w\n", NULL, 0, KILN_EDATA, 5, 2, ":5: column 2 ('b'): 'w' is not a number" },
    { "a,b\n1," Q "x\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2: the quote that begins this field never ends" },
    { "a,b\n1,x" Q "y\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2: a quote inside a field" },
    { "a,b\n1," Q "x" Q "y\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2: a quote inside a field" },
    { "a,b,a\n1,2,3\n", NULL, 0, KILN_EDATA, 1, 3, ":1: column 3: is named 'a', as column 1 is: rename one of them" },
    { "a\n1\n2\n", NULL, 0, KILN_EDATA, 1, 0, ":1: has the target's column only" },
    { "a,b\n", NULL, 0, KILN_EDATA, 0, 0, ": has no samples" },
    { "\n\n\n", NULL, 0, KILN_EDATA, 0, 0, ": has no samples" },
    { "\xef\xbb\xbf", NULL, 0, KILN_EDATA, 0, 0, ": has no samples" },
    { "", NULL, 0, KILN_EDATA, 0, 0, ": is empty" },
    { "a,b\n1,\xff\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2 ('b'): a text that is not UTF-8" },
    { "a,b\n1,2\n1,\xff\n", NULL, 0, KILN_EDATA, 3, 2, ":3: column 2 ('b'): not a number, and not UTF-8 text either" },
    { "a,\xe9\n1,2\n", NULL, 0, KILN_EDATA, 1, 2, ":1: column 2: its name is not UTF-8" },
    { "a,b\n1,2\n", "c", 0, KILN_EINVAL, 0, 0, ": no column 'c': there are 'a', 'b'" },
    { "1,2\n1,2\n", "c", 0, KILN_EINVAL, 0, 0, ": no column 'c': the file has no header; name the target by its place, 0 to 1" },
    { "1,2\n1,2\n", "2", 0, KILN_EINVAL, 0, 0, ": no column 2: there are 2, 0 to 1, and -1 is the last" },
    { "1,2\n1,2\n", "-3", 0, KILN_EINVAL, 0, 0, ": no column -3: there are 2" },
    { "a,b\n1,x\n", NULL, KILN_REGRESSION, KILN_EDATA, 2, 2, ":2: column 2 ('b'): 'x' is not a number" },
    { "a,b\n1,1.5\n", NULL, KILN_CLASSIFICATION, KILN_EDATA, 2, 2, ":2: column 2 ('b'): '1.5' is not a class" },
    { "a,b\n1,\x1b[2J\n2,3\n", NULL, KILN_REGRESSION, KILN_EDATA, 2, 2, ":2: column 2 ('b'): '?[2J' is not a number" },
    { "a,b\n1," LONG_50 LONG_50 "w\n", NULL, KILN_REGRESSION, KILN_EDATA, 2, 2, "000...' is not a number" },
    { "PK\3\4", NULL, 0, KILN_EDATA, 0, 0, ": is a zip archive" },
    { "\x93NUMPY", NULL, 0, KILN_EDATA, 0, 0, ": is a NumPy array; what is read is CSV and IDX, plain or gzipped" },
    { "\x1f\x8b\x08", NULL, 0, KILN_EDATA, 0, 0, ": its gzip data end too early: the file is cut off" },
    { "\x1f\x8b\x01\x02\x03\x04\x05\x06\x07\x08", NULL, 0, KILN_EDATA, 0, 0, ": its gzip data are damaged: " },
};

static void check_refused(const char *path, const kiln_data_options *options, kiln_status status, size_t line, size_t column,
                          const char *sentence)
{
    kiln_error err;
    kiln_data *data;
    memset(&err, 0xff, sizeof err);
    const kiln_status found = kiln_data_read(path, options, &data, &err);
    if (found == KILN_OK)
        kiln_data_free(data);
    ck_assert_msg(found == status, "%s instead of %s: %s", kiln_status_name(found), kiln_status_name(status),
                  found ? err.message : "read");
    if (status == KILN_OK)
        return;
    ck_assert_ptr_null(data);
    ck_assert_int_eq(err.status, status);
    ck_assert_msg(strstr(err.message, sentence) && !strchr(err.message, '\n'), "'%s', should have '%s'", err.message, sentence);
    ck_assert_msg(err.line == line && err.column == column, "at %zu:%zu: %s", err.line, err.column, err.message);
}

START_TEST(what_is_refused_is_explained)
{
    const kiln_data_options options = { .target = refused[_i].target, .task = refused[_i].task };
    const char *path = temporary_file("t.csv", refused[_i].text, strlen(refused[_i].text));
    check_refused(path, &options, refused[_i].status, refused[_i].line, refused[_i].column, refused[_i].sentence);
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
    static volatile int raised = 1;
    const char *path = temporary_file("t.csv", "a,b\n1,2\n", 8);
    check_refused(temporary_file("no-such.csv", NULL, 0), NULL, KILN_EIO, 0, 0, "no-such.csv: cannot be opened: No such file");
    check_refused(temporary_folder(), NULL, KILN_EIO, 0, 0, ": is a folder, not a file");
    check_refused(path, &(kiln_data_options){ .stop = &raised }, KILN_EINTERRUPTED, 0, 0, ": reading it was interrupted");
    check_refused(path, &(kiln_data_options){ .labels = path }, KILN_EINVAL, 0, 0, "takes no file of labels");
    check_refused("-", &(kiln_data_options){ .labels = "-" }, KILN_EINVAL, 0, 0, "cannot both be read from standard input");
    check_refused(temporary_file("nul.csv", "a,b\n1,\0\n", 8), NULL, KILN_EDATA, 0, 0, ": has a NUL byte");
    if (geteuid() != 0) {
        chmod(path, 0);
        check_refused(path, NULL, KILN_EIO, 0, 0, ": cannot be opened: Permission denied");
    }
}
END_TEST

/* The limits, one step inside and one outside. */
START_TEST(limits)
{
    const size_t most = (size_t)4 << 20;
    char *text = malloc(most);
    ck_assert_ptr_nonnull(text);
    for (int categories = 256; categories <= 257; categories++) {
        size_t used = (size_t)sprintf(text, "id,y\n");
        for (int i = 0; i < categories; i++)
            used += (size_t)sprintf(text + used, "w%d,1.5\n", i);
        check_refused(temporary_file("t.csv", text, used), NULL, categories == 256 ? KILN_OK : KILN_EDATA, 258, 1,
                      ":258: column 1 ('id'): the 257th different text in this column: it looks like an identifier");
    }
    /* A quote that never ends is noticed before all of the file is in memory. */
    memset(text, 'x', most);
    memcpy(text, "a,b\n1,\"", 7);
    check_refused(temporary_file("t.csv", text, most), NULL, KILN_EDATA, 2, 2, "the quote that begins this field never ends");
    text[6] = 'x';
    check_refused(temporary_file("t.csv", text, most), NULL, KILN_EDATA, 2, 2, "a field of more than 1 MiB");
    memset(text, ',', most);
    check_refused(temporary_file("t.csv", text, most), NULL, KILN_EDATA, 1, 0, ":1: has more than the 1048576 columns");
    free(text);
}
END_TEST

/* Numbers as texts, and the doubles they are; what strtod reads besides is none. */
START_TEST(numbers_are_read_exactly)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "+7",
        "0.1",
        "3.141592653589793",
        "1e22",
        "1e23",
        "9007199254740993",
        ".5",
        "5.",
        "123e-2",
        "1E5",
        "1e+05",
        "2.2250738585072014e-308",
        "5e-324",
        "1.7976931348623157e308",
        "0.1e1",
        "1e-400",
        "1234567890123456789",
        "12345678901234567890",
        "0.30000000000000004",
        "179769313486231580793e289",
        "0000000000000000000000000000001.5",
    };
    static const char *const none[] = { "",   "-",   "+",   ".",     "e5",    "1e",  "1e+",     "0x1p3", "1 ",
                                        " 1", "1,5", "--1", "1.2.3", "1e5.0", "one", "infinit", "nano" };
    static const char *const not_finite[] = { "nan", "NaN", "-nan", "inf", "INF", "+Infinity" };
    const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    double value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert_msg(number_read(c_locale, texts[i], strlen(texts[i]), &value) == NUMBER_FINITE, "%s", texts[i]);
        const double expected = strtod(texts[i], NULL);
        ck_assert_msg(memcmp(&value, &expected, sizeof value) == 0, "%s: %.17g, not %.17g", texts[i], value, expected);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(number_read(c_locale, none[i], strlen(none[i]), &value) == NUMBER_NONE, "'%s'", none[i]);
    for (size_t i = 0; i < sizeof not_finite / sizeof *not_finite; i++)
        ck_assert_msg(number_read(c_locale, not_finite[i], strlen(not_finite[i]), &value) == NUMBER_NOT_FINITE, "'%s'",
                      not_finite[i]);
    /* Every number of digits and power of ten against strtod. */
    for (unsigned i = 0; i < 200000; i++) {
        char text[64];
        const unsigned long long mantissa = (unsigned long long)i * 0x9E3779B97F4A7C15u >> (i % 60);
        snprintf(text, sizeof text, "%llu.%ue%d", mantissa, i % 1000, (int)(i % 61) - 30);
        ck_assert(number_read(c_locale, text, strlen(text), &value) == NUMBER_FINITE);
        ck_assert_msg(value == strtod(text, NULL), "%s: %.17g, not %.17g", text, value, strtod(text, NULL));
    }
    ck_assert(number_fits_float((double)FLT_MAX) && number_fits_float(0x1.fffffefffffffp127) && !number_fits_float(0x1.ffffffp127));
    ck_assert(isfinite((float)0x1.fffffefffffffp127) && isinf((float)0x1.ffffffp127));
    ck_assert(!number_fits_float((double)NAN) && !number_fits_float((double)INFINITY));
    freelocale(c_locale);
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

static const char faulty[] = "colour,size,kind\nred,1.5,x\n\"bl\nue\",2,y\nred,12345678901234567890123,x\n";

/* Every beginning of a file is read or refused with a sentence. */
START_TEST(no_beginning_of_a_file_crashes)
{
    for (size_t length = 0; length <= strlen(faulty); length++) {
        kiln_error err = { 0 };
        kiln_data *data;
        const kiln_status status = kiln_data_read(temporary_file("t.csv", faulty, length), NULL, &data, &err);
        ck_assert(status == KILN_OK || (status == KILN_EDATA && err.message[0]));
        ck_assert_int_eq(status == KILN_OK, data != NULL);
        kiln_data_free(data);
    }
}
END_TEST

/* Each call for memory, and each to the file, fails in turn, alone or with all after it: an error, no crash, no leak. */
START_TEST(every_failing_call_is_survived)
{
    const bool compressed = _i & 1, all_later = _i & 2;
    const fault_kind kind = _i & 4 ? FAULT_FILE : FAULT_MEMORY;
    const char *path = temporary_file("t.csv", faulty, strlen(faulty));
    if (compressed) {
        gzFile file = gzopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        gzputs(file, faulty);
        gzclose(file);
    }
    unsigned long n = 0;
    kiln_status status;
    do {
        kiln_error err = { 0 };
        kiln_data *data;
        fault_set(kind, ++n, all_later, 0);
        status = kiln_data_read(path, NULL, &data, &err);
        const bool failed = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        if (status == KILN_OK)
            check_x(data, 3, 3, (const float[]){ 0, 1, 1.5f, 1, 0, 2, 0, 1, 12345678901234567890123.0f });
        else
            ck_assert_msg(failed && status == (kind == FAULT_FILE ? KILN_EIO : KILN_ENOMEM) && err.message[0], "%lu: %s", n,
                          err.message);
        kiln_data_free(data);
        if (!failed)
            break;
        ck_assert_uint_lt(n, 10000);
    } while (true);
    ck_assert_int_eq(status, KILN_OK);
    ck_assert_uint_gt(n, kind == FAULT_FILE ? 3 : 20);
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
    tcase_add_loop_test(tc, what_is_refused_is_explained, 0, COUNT(refused));
    tcase_add_test(tc, files_that_cannot_be_read);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, numbers_are_read_exactly);
    tcase_add_test(tc, locales_do_not_matter);
    tcase_add_test(tc, no_beginning_of_a_file_crashes);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 8);
    tcase_add_test(tc, examples_are_what_they_say);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* CSV: what is refused, with the sentence, its line and column; and failures of memory and files while reading. */
#include "base/fault.h"
#include "support.h"

#include <kiln/data.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define Q "\""
#define LONG_50 "00000000000000000000000000000000000000000000000000"

static const struct {
    const char *text, *target;
    kiln_task task;
    kiln_status status;
    size_t line, column;
    const char *sentence; /* behind the file's name */
} refused[] = {
    { "a,b\n3,x\n4,y\nz,x\n", NULL, 0, KILN_EDATA, 4, 1,
      ":4: column 1 ('a'): 'z' is not a number, as those before it are: write one, or take the column as text (--text)" },
    { "1,2,x\n3,4w,x\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2: '4w' is not a number" },
    { "a,b\n3,x\n,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value: fill it in or leave the row out" },
    { "a,b\n3,x\n" Q Q ",y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value: fill it in" },
    { "a,b\n3,x\n4,\n", NULL, 0, KILN_EDATA, 3, 2, ":3: column 2 ('b'): missing value: fill it in" },
    { "a,b\n3,x\nNA,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value 'NA'" },
    { "a,b\n3,x\n?,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value '?'" },
    { "a,b\nnan,x\n3,y\n", NULL, 0, KILN_EDATA, 2, 1, ":2: column 1 ('a'): missing value 'nan'" },
    { "a,b\n3,x\n-nan,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value '-nan'" },
    { "a,b\n3,x\n-inf,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): '-inf' is not finite" },
    { "a,b\nInfinity,x\n3,y\n", NULL, 0, KILN_EDATA, 2, 1, ":2: column 1 ('a'): 'Infinity' is not finite" },
    { "a,b\nred,x\nnan,y\n", NULL, 0, KILN_EDATA, 3, 1, ":3: column 1 ('a'): missing value 'nan'" },
    { "a,b\n2024-01-31,x\n2024-02-01,y\n", NULL, 0, KILN_EDATA, 2, 1,
      ":2: column 1 ('a'): '2024-01-31' looks like a date or a time, which is neither a number nor a category: split it into "
      "columns of numbers (year, month, day, hour), leave the column out (--ignore), or take it as text (--text)" },
    { "a,b\n1.2.2011,x\n2.2.2011,y\n", NULL, 0, KILN_EDATA, 2, 1, "'1.2.2011' looks like a date" },
    { "a,b\n1/2/11,x\n2/2/11,y\n", NULL, 0, KILN_EDATA, 2, 1, "'1/2/11' looks like a date" },
    { "a,b\n1812-10,x\n1812-11,y\n", NULL, 0, KILN_EDATA, 2, 1, "'1812-10' looks like a date" },
    { "a,b\n1.2.11,x\n1.2.12,y\n", NULL, 0, KILN_OK, 0, 0, NULL },   /* versions */
    { "a,b\n1234-10,x\n2999-11,y\n", NULL, 0, KILN_OK, 0, 0, NULL }, /* numbers of parts */
    { "a,b\n1,10:30\n2,11:00\n", NULL, 0, KILN_EDATA, 2, 2, "or name another target (--target)" },
    { "a,b\n" Q "1,5" Q ",x\n", NULL, 0, KILN_EDATA, 2, 1,
      ":2: column 1 ('a'): '1,5' looks like a number, but is not written as one: give it a decimal point" },
    { "a,b\n" Q "1,234,567.8" Q ",x\n", NULL, 0, KILN_EDATA, 2, 1, ":2: column 1 ('a'): '1,234,567.8' looks like a number" },
    { "a,b\n1,x\n" Q "1,234" Q ",x\n", NULL, 0, KILN_EDATA, 3, 1,
      ":3: column 1 ('a'): '1,234' is not a number: leave out what stands between thousands" },
    { "a;b\n1,5;x\n1.5;y\n", NULL, 0, KILN_EDATA, 3, 1,
      ":3: column 1 ('a'): '1.5' has a decimal point, and line 2 a decimal comma: write them all alike" },
    { "a;b\n1;x\n1.5;x\n2;x\n2,5;y\n", NULL, 0, KILN_EDATA, 5, 1, ":5: column 1 ('a'): '2,5' has a decimal comma, and line 3" },
    { "a\tb\n999\tx\n1,234\ty\n", NULL, 0, KILN_EDATA, 3, 1,
      ":3: column 1 ('a'): a comma that could be decimal or between thousands" },
    { "a,b,c\n1,?,x\n2,,y\n", NULL, 0, KILN_EDATA, 2, 2, "leave the row out (--missing mean, median or drop does it)" },
    { "a,b\n1,x\n2,\n", NULL, 0, KILN_EDATA, 3, 2, "leave the row out (--missing drop does it)" },
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
    { "1,2\n1,2\n", "c", 0, KILN_EINVAL, 0, 0, ": no column 'c': the file has no header; name columns by their places, 0 to 1" },
    { "1,2\n1,2\n", "2", 0, KILN_EINVAL, 0, 0, ": no column 2: there are 2, 0 to 1, and -1 is the last" },
    { "1,2\n1,2\n", "-3", 0, KILN_EINVAL, 0, 0, ": no column -3: there are 2" },
    { "a,b\n1,x\n", NULL, KILN_REGRESSION, KILN_EDATA, 2, 2, ":2: column 2 ('b'): 'x' is not a number" },
    { "a,b\n1,1.5\n", NULL, KILN_CLASSIFICATION, KILN_EDATA, 2, 2, ":2: column 2 ('b'): '1.5' is not a class" },
    { "a,b\n1,\x1b[2J\n2,3\n", NULL, KILN_REGRESSION, KILN_EDATA, 2, 2, ":2: column 2 ('b'): '?[2J' is not a number" },
    { "a,b\n1," LONG_50 LONG_50 "w\n", NULL, KILN_REGRESSION, KILN_EDATA, 2, 2, "000...' is not a number" },
    { "PK\3\4", NULL, 0, KILN_EDATA, 0, 0, ": its zip archive is cut off or damaged" },
    { "\x93NUMPY", NULL, 0, KILN_EDATA, 0, 0, ": ends inside its NumPy header" },
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
    static const float expected[] = { 0, 1, 1.5f, 1, 0, 2, 0, 1, 12345678901234567890123.0f };
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
            ck_assert_mem_eq(kiln_data_samples(data)->x, expected, sizeof expected);
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

int main(void)
{
    Suite *suite = suite_create("csv refused");
    TCase *tc = tcase_create("csv refused");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, what_is_refused_is_explained, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tc, files_that_cannot_be_read);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, no_beginning_of_a_file_crashes);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 8);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* NumPy's .npy: what is refused, with the sentence that says so, before memory is taken for what a header announces. */
#include "reading.h"
#include "support.h"

#include <stdio.h>
#include <sys/resource.h>

#define HEADER(descr, order, shape) "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }    \n"
#define BYTES(...)                                                                                                                 \
    sizeof((unsigned char[]){ __VA_ARGS__ }),                                                                                      \
    {                                                                                                                              \
        __VA_ARGS__                                                                                                                \
    }

static const char *six(void)
{
    return npy_file("x.npy", 1, HEADER("|u1", "False", "(3, 2)"), 0, "\1\2\3\4\5\6", 6);
}

static const char *write_labels(const char *header, const void *values, size_t bytes)
{
    return npy_file("y.npy", 1, header, 0, values, bytes);
}

#define SHAPED(shape) HEADER("|u1", "False", shape)

static const struct {
    const char *header;
    size_t announced; /* 0: the header's own length */
    size_t bytes;     /* of values, zeros */
    int version;
    const char *sentence;
} refused[] = {
    { SHAPED("(3, 2)"), 0, 5, 1, ": has " },               /* cut off */
    { SHAPED("(3, 2)"), 0, 7, 1, " values, which need " }, /* too long */
    { SHAPED("(3, 2)"), 300, 6, 1, ": ends inside its NumPy header" },
    { SHAPED("(3, 2)"), 0xffffff, 6, 2, ": announces a NumPy header of 16777215 bytes, more than the 65536 that are read" },
    { SHAPED("(3, 2)"), 20, 6, 1, ": its NumPy header has ''fo' where a text in quotes should be" },
    { SHAPED("(3, 2)"), 0, 6, 4, ": is of version 4.0 of NumPy's format; read are 1, 2 and 3" },
    { SHAPED("(3, 2)"), 0, 6, 0, ": is of version 0.0 of NumPy's format" },
    { SHAPED("()"), 0, 1, 1, ": is a single number (shape ())" },
    { SHAPED("(6,)"), 0, 6, 1, ": has one dimension, as labels have; samples have two or more (6 x 1, say)" },
    { SHAPED("(6)"), 0, 6, 1, ": its NumPy header has ', }    ?' where a comma behind the only dimension should be" },
    { SHAPED("(0, 2)"), 0, 0, 1, ": dimension 0 is 0: there are no values" },
    { SHAPED("(2, 0)"), 0, 0, 1, ": dimension 1 is 0: there are no values" },
    { SHAPED("(-1, 2)"), 0, 6, 1, ": its NumPy header has '-1, 2), }    ?' where a dimension should be" },
    { SHAPED("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 0, 1, 1, ": has more than 8 dimensions" },
    { SHAPED("(3, 99999999999999999999)"), 0, 6, 1, " has a dimension of more values than there are addresses" },
    { SHAPED("(4294967296, 4294967296)"), 0, 6, 1, ": announces 4294967296 x 4294967296 values, more than there are addresses" },
    { HEADER("<f8", "False", "(2147483648, 2147483648)"), 0, 6, 1, " values, more than there are addresses" },
    { SHAPED("(4294967296, 2)"), 0, 6, 1, " values, more samples than the 4294967295 that can be counted" },
    { SHAPED("(2147483647, 65536)"), 0, 6, 1, "bytes, its header announces 2147483647 x 65536 values, which need " },
    { HEADER("|O", "False", "(3, 2)"), 0, 6, 1, ": has Python objects in it, whose pickle runs code when it is loaded" },
    { HEADER("<U3", "False", "(3, 2)"), 0, 6, 1, ": has texts ('<U3'), not numbers; as the numbers of classes: python3 -c \"" },
    { HEADER("<c8", "False", "(3, 2)"), 0, 6, 1, ": has type '<c8', not b1, i1 to i8, u1 to u8, f2, f4 or f8; as f4: python3" },
    { HEADER("=f4", "False", "(3, 2)"), 0, 24, 1, ": has type '=f4', not " }, /* whose order of bytes? */
    { HEADER("|f4", "False", "(3, 2)"), 0, 24, 1, ": has type '|f4', not " },
    { "{'descr': [('a', '<f4'), ('b', '<i8')], 'fortran_order': False, 'shape': (3,), }", 0, 36, 1,
      ": has fields with names, not one type for all; as one: python3 -c \"import numpy as n, " },
    { "{'descr': [('a', '<f4'", 0, 36, 1, " where a bracket that closes should be" },
    { HEADER("<f4", "Maybe", "(3, 2)"), 0, 24, 1, " where True or False should be" },
    { "{'descr': '<f4', 'fortran_order': False, }", 0, 24, 1, ": its NumPy header has no 'shape'" },
    { "{'shape': (3, 2), 'fortran_order': False}", 0, 24, 1, ": its NumPy header has no 'descr'" },
    { "{'descr': '<f4', 'shape': (3, 2)}", 0, 24, 1, ": its NumPy header has no 'fortran_order'" },
    { "{'descr': '<f4', 'shape': (3, 2), 'shape': (3, 2), 'fortran_order': False}", 0, 24, 1, " header has 'shape' twice" },
    { "{'descr': '<f4', 'shape': (3, 2), 'name': 1}", 0, 24, 1, ": its NumPy header has the entry 'name', which is not known" },
    { "{'descr': '<f4 , shape: (3, 2)}", 0, 24, 1, " where a text in quotes should be" },
    { "{'descr': __import__('os')}", 0, 24, 1, ": its NumPy header has '__import__('os')}' where a text in quotes should be" },
    { "{'descr': '<f4' 'shape': (3, 2)}", 0, 24, 1, " where a comma should be" },
    { SHAPED("(3 2)"), 0, 6, 1, " where a comma should be" },
    { SHAPED("[3, 2]"), 0, 6, 1, " where a shape should be" },
    { HEADER("<f16", "False", "(3, 2)"), 0, 6, 1, ": has type '<f16', not " },
    { "['descr']", 0, 24, 1, ": its NumPy header has '['descr']' where an opening brace should be" },
    { SHAPED("(3, 2)") "x", 0, 6, 1, ": its NumPy header has 'x' where its end should be" },
    { "{'descr': '\xff'}", 0, 24, 1, ": its NumPy header is not text in UTF-8" },
};

START_TEST(damaged_arrays_are_refused)
{
    static const unsigned char zeros[64];
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    const char *path = npy_file("x.npy", refused[_i].version, refused[_i].header, refused[_i].announced, zeros, refused[_i].bytes);
    check_refused(path, NULL, KILN_EDATA, refused[_i].sentence);
    getrusage(RUSAGE_SELF, &after);
    ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 64 << 10, "took %ld KiB", after.ru_maxrss - before.ru_maxrss);
}
END_TEST

START_TEST(no_beginning_of_a_file_is_read)
{
    unsigned char file[256];
    FILE *whole = fopen(six(), "rb");
    ck_assert_ptr_nonnull(whole);
    const size_t count = fread(file, 1, sizeof file, whole);
    fclose(whole);
    ck_assert_uint_gt(count, 70);
    for (size_t n = 0; n < count; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        ck_assert_int_ne(kiln_data_read(temporary_file("cut.npy", file, n), NULL, &data, &err), KILN_OK);
        ck_assert(!data && err.message[0]);
    }
}
END_TEST

static const struct {
    const char *header;
    size_t bytes;
    unsigned char value[16];
    kiln_task task;
    const char *sentence;
} refused_labels[] = {
    { HEADER("|u1", "False", "(2,)"), BYTES(1, 2), 0, ": has 2 labels for 3 samples: one a sample is needed" },
    { HEADER("|u1", "False", "(3, 2)"), BYTES(1, 2, 3, 4, 5, 6), 0,
      ": has 3 x 2 labels for 3 samples: one a sample is needed (one-hot classes become that by NumPy's argmax(axis=1); several "
      "labels are multilabel)" },
    { HEADER("|u1", "False", "(3, 2, 1)"), BYTES(1, 2, 3, 4, 5, 6), KILN_REGRESSION,
      ": has 3 x 2 x 1 labels for 3 samples: one a sample is needed, or a row of them" },
    { HEADER("<f2", "False", "(3,)"), BYTES(0, 0x3c, 0, 0x38, 0, 0), KILN_CLASSIFICATION,
      ": label 1 is 0.5, should be a whole number" },
    { HEADER("<f2", "False", "(3,)"), BYTES(0, 0x3c, 0, 0x7e, 0, 0), 0, ": sample 1, value 0: nan is not a finite float32" },
    { HEADER("<f2", "False", "(3,)"), BYTES(0, 0x3c, 0, 0, 0, 0x7c), 0, ": sample 2, value 0: inf is not a finite float32" },
    { HEADER("|u1", "False", "(3, 2)"), BYTES(1, 0, 0, 0, 2, 1), KILN_MULTILABEL, ": sample 2, label 0 is 2, should be 0 or 1" },
    { HEADER("|S1", "False", "(3,)"), BYTES('a', 'b', 'c'), 0, ": has texts ('|S1'), not numbers; as the numbers of classes" },
};

START_TEST(damaged_labels_are_refused)
{
    const kiln_data_options options = {
        .labels = write_labels(refused_labels[_i].header, refused_labels[_i].value, refused_labels[_i].bytes),
        .task = refused_labels[_i].task,
    };
    check_refused(six(), &options, KILN_EDATA, refused_labels[_i].sentence);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    static const unsigned char zeros[12];
    const kiln_column column = { 0 };
    const kiln_schema schema = { .columns = 1, .column = (kiln_column *)&column };
    const char *labels = write_labels(HEADER("|u1", "False", "(3,)"), "\1\2\3", 3);
    check_refused(six(), &(kiln_data_options){ .array = "x" }, KILN_EINVAL, ": is no .npz archive, so it has no array 'x'");
    check_refused(six(), &(kiln_data_options){ .target = "2" }, KILN_EINVAL, ": no column 2: there are 2, 0 to 1");
    check_refused(six(), &(kiln_data_options){ .target = "a" }, KILN_EINVAL, ": no column 'a': the file has no header");
    check_refused(six(), &(kiln_data_options){ .target = "1", .labels = labels }, KILN_EINVAL,
                  ": is an array with labels beside it, which has no column '1'");
    check_refused(six(), &(kiln_data_options){ .schema = &schema, .labels = labels }, KILN_EDATA,
                  ": has 2 values a sample, the network reads 1");
    const char *narrow = npy_file("x.npy", 1, HEADER("<i2", "False", "(3, 1)"), 0, zeros, 6);
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_int_eq(kiln_data_read(narrow, NULL, &data, &err), KILN_EDATA);
    ck_assert_str_eq(strrchr(err.message, '/'), "/x.npy: has the target's column only: at least one more is needed");
    ck_assert_uint_eq(err.line, 0);
    const char *cube = npy_file("x.npy", 1, HEADER("|u1", "False", "(3, 2, 2)"), 0, zeros, 12);
    check_refused(cube, &(kiln_data_options){ .target = "1" }, KILN_EINVAL, ": has 3 dimensions, so it has no column '1'");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("npy refused");
    TCase *tc = tcase_create("npy refused");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, damaged_arrays_are_refused, 0, COUNT(refused));
    tcase_add_test(tc, no_beginning_of_a_file_is_read);
    tcase_add_loop_test(tc, damaged_labels_are_refused, 0, COUNT(refused_labels));
    tcase_add_test(tc, wrong_use_is_refused);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

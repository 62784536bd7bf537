/* NumPy's .npy: every type, order and version read, labels and tables, and what is refused, with the sentence that says so. */
#include "base/fault.h"
#include "support.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { FILE_MOST = 1024 };

/* A file of a version, a header and values; `announced` is the header's length where it is not its own. */
static const char *write_npy(const char *name, int version, const char *header, size_t announced, const void *values, size_t bytes)
{
    unsigned char file[FILE_MOST] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version };
    const size_t length = strlen(header), said = announced ? announced : length;
    size_t used = version == 1 ? 10 : 12;
    ck_assert_uint_le(used + length + bytes, sizeof file);
    file[8] = (unsigned char)said;
    file[9] = (unsigned char)(said >> 8);
    if (version > 1)
        file[10] = (unsigned char)(said >> 16);
    memcpy(file + used, header, length);
    used += length;
    if (bytes > 0)
        memcpy(file + used, values, bytes);
    return temporary_file(name, file, used + bytes);
}

#define HEADER(descr, order, shape) "{'descr': '" descr "', 'fortran_order': " order ", 'shape': " shape ", }    \n"
#define BYTES(...)                                                                                                                 \
    sizeof((unsigned char[]){ __VA_ARGS__ }),                                                                                      \
    {                                                                                                                              \
        __VA_ARGS__                                                                                                                \
    }

/* Three samples of two values, 1, 2, 3, 4, 5 and a last one, in each type. */
static const struct {
    const char *header;
    float last;
    size_t count;
    unsigned char value[48];
} every_type[] = {
    { HEADER("|u1", "False", "(3, 2)"), 255, BYTES(1, 2, 3, 4, 5, 255) },
    { HEADER("<u1", "False", "(3, 2)"), 255, BYTES(1, 2, 3, 4, 5, 255) },
    { HEADER("|i1", "False", "(3, 2)"), -128, BYTES(1, 2, 3, 4, 5, 0x80) },
    { HEADER("|b1", "False", "(3, 2)"), 0, BYTES(1, 1, 1, 1, 1, 0) },
    { HEADER("<u2", "False", "(3, 2)"), 65535, BYTES(1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255) },
    { HEADER(">u2", "False", "(3, 2)"), 65280, BYTES(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 255, 0) },
    { HEADER("<i2", "False", "(3, 2)"), -32768, BYTES(1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 0x80) },
    { HEADER(">i2", "False", "(3, 2)"), -2, BYTES(0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 255, 254) },
    { HEADER("<u4", "False", "(3, 2)"), 0x1p31f, BYTES(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0x80) },
    { HEADER(">i4", "False", "(3, 2)"), -2, BYTES(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 255, 255, 255, 254) },
    { HEADER("<u8", "False", "(3, 2)"), 0x1p63f,
      BYTES(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0x80) },
    { HEADER("<i8", "False", "(3, 2)"), -0x1p63f,
      BYTES(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0x80) },
    /* float16: 1 to 5, and the smallest there is, -2^-24 */
    { HEADER("<f2", "False", "(3, 2)"), -0x1p-24f, BYTES(0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 1, 0x80) },
    { HEADER(">f2", "False", "(3, 2)"), 65504, BYTES(0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 0, 0x7b, 0xff) },
    { HEADER("<f4", "False", "(3, 2)"), -0.5f,
      BYTES(0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, 0, 0, 0xa0, 0x40, 0, 0, 0, 0xbf) },
    { HEADER(">f4", "False", "(3, 2)"), -0.5f,
      BYTES(0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0x40, 0x40, 0, 0, 0x40, 0x80, 0, 0, 0x40, 0xa0, 0, 0, 0xbf, 0, 0, 0) },
    { HEADER(">f8", "False", "(3, 2)"), -0.5f,
      BYTES(0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 8, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0, 0, 0, 0, 0, 0, 0x40,
            0x14, 0, 0, 0, 0, 0, 0, 0xbf, 0xe0, 0, 0, 0, 0, 0, 0) },
    /* columns first, and one more dimension; keys in another order, double quotes, no comma behind the last, Python 2's longs */
    { HEADER("|i1", "True", "(3, 2)"), 9, BYTES(1, 3, 5, 2, 4, 9) },
    { "{\"shape\": (3L, 2L, 1), \"fortran_order\": False,\"descr\": \"|i1\"}", 9, BYTES(1, 2, 3, 4, 5, 9) },
};

START_TEST(every_type_is_read)
{
    const size_t type = (size_t)_i / 3;
    kiln_error err = { 0 };
    kiln_data *data;
    const kiln_data_options options = { .no_target = true };
    const char *path = write_npy("x.npy", _i % 3 + 1, every_type[type].header, 0, every_type[type].value, every_type[type].count);
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 3 && s->features == 2 && !s->labels && !s->y);
    ck_assert_int_eq(s->element, type < 2 ? KILN_ELEMENT_U8 : KILN_ELEMENT_F32);
    const bool truth = strstr(every_type[type].header, "b1") != NULL;
    for (size_t i = 0; i < 6; i++) {
        const float value = type < 2 ? (float)((const uint8_t *)s->x)[i] : ((const float *)s->x)[i];
        const float expected = i == 5 ? every_type[type].last : truth ? 1.0f : (float)(i + 1);
        ck_assert_msg(value == expected, "value %zu is %g", i, (double)value);
    }
    ck_assert_uint_eq(kiln_data_schema(data)->columns, 2);
    kiln_data_free(data);
}
END_TEST

/* 2 x 3 x 4 values that are their own place in the order of C, stored by columns. */
START_TEST(fortrans_order_is_turned)
{
    unsigned char values[24];
    size_t used = 0;
    kiln_error err = { 0 };
    kiln_data *data;
    for (unsigned k = 0; k < 4; k++)
        for (unsigned j = 0; j < 3; j++)
            for (unsigned i = 0; i < 2; i++)
                values[used++] = (unsigned char)(i * 12 + j * 4 + k);
    const char *path = write_npy("x.npy", 1, HEADER("|u1", "True", "(2, 3, 4)"), 0, values, sizeof values);
    ck_assert_kiln(kiln_data_read(path, NULL, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 2 && s->features == 12 && s->element == KILN_ELEMENT_U8);
    for (size_t i = 0; i < 24; i++)
        ck_assert_uint_eq(((const uint8_t *)s->x)[i], i);
    kiln_data_free(data);
}
END_TEST

static const char *six(void)
{
    return write_npy("x.npy", 1, HEADER("|u1", "False", "(3, 2)"), 0, "\1\2\3\4\5\6", 6);
}

static const char *write_labels(const char *header, const void *values, size_t bytes)
{
    return write_npy("y.npy", 1, header, 0, values, bytes);
}

START_TEST(integers_are_classes_and_other_numbers_are_not)
{
    static const float pairs[6] = { 1, 2, 3.5f, 4, 5, -6 };
    kiln_error err = { 0 };
    kiln_data *data;
    kiln_data_options options = { .labels = write_labels(HEADER("|i1", "False", "(3,)"), "\5\xff\5", 3) };
    ck_assert_kiln(kiln_data_read(six(), &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert(s->classes == 2 && s->labels[0] == 1 && s->labels[1] == 0 && s->labels[2] == 1);
    ck_assert_int_eq(schema->task, KILN_CLASSIFICATION);
    ck_assert_str_eq(schema->class_name[0], "-1");
    ck_assert_str_eq(schema->class_name[1], "5");
    kiln_data_free(data);

    options.labels = write_labels(HEADER("|i1", "False", "(3, 1)"), "\5\xff\5", 3);
    options.task = KILN_REGRESSION;
    ck_assert_kiln(kiln_data_read(six(), &options, &data, &err), err);
    s = kiln_data_samples(data);
    ck_assert(!s->labels && s->outputs == 1 && s->y[0] == 5.0f && s->y[1] == -1.0f);
    kiln_data_free(data);

    options.labels = write_labels(HEADER("<f4", "False", "(3, 2)"), pairs, sizeof pairs);
    options.task = KILN_TASK_AUTO;
    ck_assert_kiln(kiln_data_read(six(), &options, &data, &err), err);
    s = kiln_data_samples(data);
    ck_assert(!s->labels && s->outputs == 2 && s->y[2] == 3.5f && s->y[5] == -6.0f);
    ck_assert_int_eq(kiln_data_schema(data)->task, KILN_REGRESSION);
    kiln_data_free(data);
}
END_TEST

/* A matrix without labels is a table whose last column is the target, or that which is asked for. */
START_TEST(a_matrix_is_a_table)
{
    static const float values[] = { 1, 2, 7, 3, 4, 8, 5, 6, 7, 7, 8, 8 };
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = write_npy("t.npy", 1, HEADER("<f4", "False", "(4, 3)"), 0, values, sizeof values);
    ck_assert_kiln(kiln_data_read(path, NULL, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 4 && s->features == 2 && s->classes == 2 && s->labels[1] == 1 && s->labels[2] == 0);
    ck_assert(((const float *)s->x)[2] == 3.0f && ((const float *)s->x)[7] == 8.0f);
    ck_assert_str_eq(kiln_data_schema(data)->class_name[1], "8");

    /* The same network reads it with and without the target, and a target that it does not know is no matter where none is wanted.
     */
    static const float others[] = { 1, 2, 99, 3, 4, 98 };
    const kiln_schema *schema = kiln_data_schema(data);
    kiln_data *again;
    kiln_data_options options = { .schema = schema };
    ck_assert_kiln(kiln_data_read(path, &options, &again, &err), err);
    ck_assert_int_eq(kiln_data_samples(again)->labels[1], 1);
    kiln_data_free(again);
    path = write_npy("t.npy", 1, HEADER("<f4", "False", "(2, 3)"), 0, others, sizeof others);
    ck_assert_int_eq(kiln_data_read(path, &options, &again, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "t.npy:1: column 3: the network does not know the class '99', only '7', '8'"));
    options.no_target = true;
    ck_assert_kiln(kiln_data_read(path, &options, &again, &err), err);
    s = kiln_data_samples(again);
    ck_assert(s->features == 2 && !s->labels && ((const float *)s->x)[2] == 3.0f);
    kiln_data_free(again);
    kiln_data_free(data);

    options = (kiln_data_options){ .target = "0", .task = KILN_REGRESSION };
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    s = kiln_data_samples(data);
    ck_assert(s->y[0] == 1.0f && s->y[1] == 3.0f && ((const float *)s->x)[3] == 98.0f);
    kiln_data_free(data);
}
END_TEST

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
    { SHAPED("(3 2)"), 0, 6, 1, " where a comma should be" },
    { SHAPED("[3, 2]"), 0, 6, 1, " where a shape should be" },
    { SHAPED("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 0, 1, 1, ": has more than 8 dimensions" },
    { SHAPED("(3, 99999999999999999999)"), 0, 6, 1, " has a dimension of more values than there are addresses" },
    { SHAPED("(4294967296, 4294967296)"), 0, 6, 1, ": announces 4294967296 x 4294967296 values, more than there are addresses" },
    { HEADER("<f8", "False", "(2147483648, 2147483648)"), 0, 6, 1, " values, more than there are addresses" },
    { SHAPED("(4294967296, 2)"), 0, 6, 1, " values, more samples than the 4294967295 that can be counted" },
    { SHAPED("(2147483647, 65536)"), 0, 6, 1, "bytes, its header announces 2147483647 x 65536 values, which need " },
    { HEADER("|O", "False", "(3, 2)"), 0, 6, 1, ": has Python objects in it, whose pickle runs code when it is loaded" },
    { HEADER("<U3", "False", "(3, 2)"), 0, 6, 1, ": has texts ('<U3'), not numbers; as the numbers of classes: python3 -c \"" },
    { HEADER("<c8", "False", "(3, 2)"), 0, 6, 1, ": has type '<c8', not b1, i1 to i8, u1 to u8, f2, f4 or f8; as f4: python3" },
    { HEADER("<f16", "False", "(3, 2)"), 0, 6, 1, ": has type '<f16', not " },
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
    { "['descr']", 0, 24, 1, ": its NumPy header has '['descr']' where an opening brace should be" },
    { SHAPED("(3, 2)") "x", 0, 6, 1, ": its NumPy header has 'x' where its end should be" },
    { "{'descr': '\xff'}", 0, 24, 1, ": its NumPy header is not text in UTF-8" },
};

static void check_refused(const char *path, const kiln_data_options *options, kiln_status status, const char *sentence)
{
    kiln_error err;
    kiln_data *data;
    memset(&err, 0xff, sizeof err);
    const kiln_status found = kiln_data_read(path, options, &data, &err);
    ck_assert_msg(found == status, "%s instead of %s", kiln_status_name(found), kiln_status_name(status));
    ck_assert_ptr_null(data);
    ck_assert_msg(err.status == status && strstr(err.message, sentence), "'%s', should have '%s'", err.message, sentence);
}

START_TEST(damaged_arrays_are_refused)
{
    static const unsigned char zeros[64];
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    const char *path = write_npy("x.npy", refused[_i].version, refused[_i].header, refused[_i].announced, zeros, refused[_i].bytes);
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
      ": has 3 x 2 labels for 3 samples: one a sample is needed (one-hot classes become that by NumPy's argmax(axis=1))" },
    { HEADER("|u1", "False", "(3, 2, 1)"), BYTES(1, 2, 3, 4, 5, 6), KILN_REGRESSION, " (or rows of numbers to predict)" },
    { HEADER("<f2", "False", "(3,)"), BYTES(0, 0x3c, 0, 0x38, 0, 0), KILN_CLASSIFICATION,
      ": label 1 is 0.5, should be a whole number" },
    { HEADER("<f2", "False", "(3,)"), BYTES(0, 0x3c, 0, 0x7e, 0, 0), 0, ": sample 1, value 0: nan is not a finite float32" },
    { HEADER("<f2", "False", "(3,)"), BYTES(0, 0x3c, 0, 0, 0, 0x7c), 0, ": sample 2, value 0: inf is not a finite float32" },
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
    const char *cube = write_npy("x.npy", 1, HEADER("|u1", "False", "(3, 2, 2)"), 0, zeros, 12);
    check_refused(cube, &(kiln_data_options){ .target = "1" }, KILN_EINVAL, ": has 3 dimensions, so it has no column '1'");
}
END_TEST

/* A network of a number and a text column of two categories takes rows of three values as they are: one-hot. */
START_TEST(one_hot_rows_are_no_table)
{
    static const float values[] = { 7, 0, 1, 8, 1, 0 };
    char red[] = "red", blue[] = "blue", *colours[] = { blue, red };
    kiln_column columns[] = { { 0 }, { .categories = 2, .category = colours } };
    const kiln_schema schema = { .columns = 2, .column = columns };
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = write_npy("x.npy", 1, HEADER("<f4", "False", "(2, 3)"), 0, values, sizeof values);
    ck_assert_kiln(kiln_data_read(path, &(kiln_data_options){ .schema = &schema }, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 2 && s->features == 3 && !s->y && !s->labels && ((const float *)s->x)[3] == 8.0f);
    kiln_data_free(data);
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    static const float values[] = { 1, 2, 7, 3, 4, 8, 5, 6, 7, 7, 8, 8 };
    const bool all_later = _i & 2, is_table = _i & 4;
    const char *path = is_table ? write_npy("x.npy", 1, HEADER("<f4", "True", "(4, 3)"), 0, values, sizeof values) : six();
    const kiln_data_options options = { .labels = is_table ? NULL : write_labels(HEADER("|i1", "False", "(3,)"), "\5\xff\5", 3) };
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        fault_set(kind, n, all_later, 0);
        const kiln_status status = kiln_data_read(path, &options, &data, &err);
        failed = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == (!failed ? KILN_OK : kind == FAULT_FILE ? KILN_EIO : KILN_ENOMEM), "call %lu: %s", n, err.message);
        ck_assert_int_eq(status == KILN_OK, data != NULL);
        kiln_data_free(data);
        ck_assert_uint_lt(n, 10000);
        ck_assert(failed || n > 3);
    }
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("npy");
    TCase *tc = tcase_create("npy");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_type_is_read, 0, 3 * COUNT(every_type));
    tcase_add_test(tc, fortrans_order_is_turned);
    tcase_add_test(tc, integers_are_classes_and_other_numbers_are_not);
    tcase_add_test(tc, a_matrix_is_a_table);
    tcase_add_loop_test(tc, damaged_arrays_are_refused, 0, COUNT(refused));
    tcase_add_test(tc, no_beginning_of_a_file_is_read);
    tcase_add_loop_test(tc, damaged_labels_are_refused, 0, COUNT(refused_labels));
    tcase_add_test(tc, wrong_use_is_refused);
    tcase_add_test(tc, one_hot_rows_are_no_table);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 8);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

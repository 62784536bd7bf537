/* NumPy's .npy: every type, order and version read, labels and tables. */
#include "reading.h"
#include "support.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    const char *path = npy_file("x.npy", _i % 3 + 1, every_type[type].header, 0, every_type[type].value, every_type[type].count);
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
    const char *path = npy_file("x.npy", 1, HEADER("|u1", "True", "(2, 3, 4)"), 0, values, sizeof values);
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
    return npy_file("x.npy", 1, HEADER("|u1", "False", "(3, 2)"), 0, "\1\2\3\4\5\6", 6);
}

static const char *write_labels(const char *header, const void *values, size_t bytes)
{
    return npy_file("y.npy", 1, header, 0, values, bytes);
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
    ck_assert(kiln_data_schema(data)->task == KILN_REGRESSION && kiln_data_schema(data)->targets == 2);
    kiln_data_free(data);

    options.labels = write_labels(HEADER("|b1", "False", "(3, 2)"), "\1\0\0\0\1\1", 6);
    options.task = KILN_MULTILABEL;
    ck_assert_kiln(kiln_data_read(six(), &options, &data, &err), err);
    s = kiln_data_samples(data);
    ck_assert(!s->labels && s->outputs == 2 && s->y[0] == 1.0f && s->y[3] == 0.0f && s->y[5] == 1.0f);
    ck_assert(kiln_data_schema(data)->task == KILN_MULTILABEL && kiln_data_schema(data)->targets == 2);
    kiln_data_free(data);
}
END_TEST

/* A matrix without labels is a table whose last column is the target, or that which is asked for. */
START_TEST(a_matrix_is_a_table)
{
    static const float values[] = { 1, 2, 7, 3, 4, 8, 5, 6, 7, 7, 8, 8 };
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = npy_file("t.npy", 1, HEADER("<f4", "False", "(4, 3)"), 0, values, sizeof values);
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
    path = npy_file("t.npy", 1, HEADER("<f4", "False", "(2, 3)"), 0, others, sizeof others);
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

/* A network of a number and a text column of two categories takes rows of three values as they are: one-hot. */
START_TEST(one_hot_rows_are_no_table)
{
    static const float values[] = { 7, 0, 1, 8, 1, 0 };
    char red[] = "red", blue[] = "blue", *colours[] = { blue, red };
    kiln_column columns[] = { { 0 }, { .categories = 2, .category = colours } };
    const kiln_schema schema = { .columns = 2, .column = columns };
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = npy_file("x.npy", 1, HEADER("<f4", "False", "(2, 3)"), 0, values, sizeof values);
    ck_assert_kiln(kiln_data_read(path, &(kiln_data_options){ .schema = &schema }, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 2 && s->features == 3 && !s->y && !s->labels && ((const float *)s->x)[3] == 8.0f);
    kiln_data_free(data);
}
END_TEST

/* NaN is what NumPy has for a missing value; columns are left out by their places. */
START_TEST(missing_values_are_a_tables)
{
    static const unsigned char nan[] = { 0, 0, 0xc0, 0xff };
    float values[] = { 1, 0, 7.5f, 3, 4, 8, 5, 6, 9 };
    kiln_error err = { 0 };
    kiln_data *data;
    memcpy(&values[1], nan, sizeof nan);
    const char *path = npy_file("t.npy", 1, HEADER("<f4", "False", "(3, 3)"), 0, values, sizeof values);
    ck_assert_int_eq(kiln_data_read(path, NULL, &data, &err), KILN_EDATA);
    ck_assert_msg(strstr(err.message, "t.npy:1: column 2: missing value 'nan'"), "%s", err.message);
    ck_assert_kiln(kiln_data_read(path, &(kiln_data_options){ .missing = KILN_MISSING_DROP }, &data, &err), err);
    ck_assert(kiln_data_samples(data)->count == 2 && ((const float *)kiln_data_samples(data)->x)[0] == 3.0f);
    kiln_data_free(data);
    ck_assert_kiln(kiln_data_read(path, &(kiln_data_options){ .ignore = "1" }, &data, &err), err);
    ck_assert(kiln_data_samples(data)->count == 3 && kiln_data_samples(data)->features == 1);
    kiln_data_free(data);
}
END_TEST

/* Checks the numbers of three samples, and whether they have targets. */
static void check_rows(const char *path, const kiln_data_options *options, size_t features, const float *expected, bool targets)
{
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(path, options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 3 && s->features == features && s->element == KILN_ELEMENT_F32 && (s->y != NULL) == targets);
    for (size_t i = 0; i < 3 * features; i++)
        ck_assert_msg(((const float *)s->x)[i] == expected[i], "value %zu is %g", i, (double)((const float *)s->x)[i]);
    kiln_data_free(data);
}

static void read_filled(const char *path, const kiln_data_options *options, kiln_data **data)
{
    kiln_error err = { 0 };
    ck_assert_kiln(kiln_data_read(path, options, data, &err), err);
    ck_assert_kiln(kiln_data_fill(*data, (kiln_subset){ NULL, 3 }, &err), err);
}

/* Networks of two columns, one or both of which have an indicator: as many features as a table has columns with its target, or with
 * one that was left out, too. */
START_TEST(tables_are_known_before_indicators)
{
    static const float one[] = { 1, 5, 1, 3, 4, 0, 5, 6, 0 }, two[] = { 1, 0, 5, 1, 3, 0, 4, 0, 2, 1, 6, 0 };
    const float three_columns[] = { 1, NAN, 7.5f, 3, 4, 8, 5, 6, 9 }, two_columns[] = { 1, NAN, 3, 4, 5, 6 };
    const float four_columns[] = { 9, 1, NAN, 7.5f, 9, 3, 4, 8, 9, NAN, 6, 9 };
    kiln_data_options options = { .missing = KILN_MISSING_MEAN, .missing_indicator = true };
    kiln_data *own;
    const char *path = npy_file("t.npy", 1, HEADER("<f4", "False", "(3, 3)"), 0, three_columns, sizeof three_columns);
    read_filled(path, &options, &own);
    check_rows(path, &(kiln_data_options){ .schema = kiln_data_schema(own) }, 3, one, true);
    check_rows(path, &(kiln_data_options){ .schema = kiln_data_schema(own), .no_target = true }, 3, one, false);
    path = npy_file("t.npy", 1, HEADER("<f4", "False", "(3, 2)"), 0, two_columns, sizeof two_columns);
    check_rows(path, &(kiln_data_options){ .schema = kiln_data_schema(own) }, 3, one, false);
    kiln_data_free(own);

    options.ignore = "0";
    path = npy_file("t.npy", 1, HEADER("<f4", "False", "(3, 4)"), 0, four_columns, sizeof four_columns);
    read_filled(path, &options, &own);
    check_rows(path, &(kiln_data_options){ .schema = kiln_data_schema(own) }, 4, two, true);
    check_rows(path, &(kiln_data_options){ .schema = kiln_data_schema(own), .no_target = true }, 4, two, false);
    kiln_schema schema = *kiln_data_schema(own); /* rows as they are encoded fit no table where nothing was left out */
    schema.ignored = 0;
    path = npy_file("t.npy", 1, HEADER("<f4", "False", "(3, 4)"), 0, two, sizeof two);
    check_rows(path, &(kiln_data_options){ .schema = &schema }, 4, two, false);
    kiln_data_free(own);
}
END_TEST

/* NaN is filled in for a network, and in samples that have their labels beside them, as in a table. */
START_TEST(samples_beside_labels_are_filled)
{
    const float values[] = { 1, NAN, 3, 4, 5, 6 };
    static const float filled[] = { 1, 5, 3, 4, 5, 6 };
    const char *path = npy_file("x.npy", 1, HEADER("<f4", "False", "(3, 2)"), 0, values, sizeof values);
    kiln_data_options options = { .labels = write_labels(HEADER("|i1", "False", "(3,)"), "\5\xff\5", 3) };
    kiln_error err = { 0 };
    kiln_data *own, *again;
    ck_assert_int_eq(kiln_data_read(path, &options, &own, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "x.npy: sample 0, value 1: nan is not a finite float32"));
    options.missing = KILN_MISSING_DROP;
    ck_assert_int_eq(kiln_data_read(path, &options, &own, &err), KILN_EINVAL);
    ck_assert_msg(strstr(err.message, "x.npy: has its labels beside it, so no row can be left out (--missing drop)"), "%s",
                  err.message);
    options.missing = KILN_MISSING_MEAN;
    ck_assert_kiln(kiln_data_read(path, &options, &own, &err), err);
    ck_assert_kiln(kiln_data_fill(own, (kiln_subset){ NULL, 3 }, &err), err);
    const kiln_samples *s = kiln_data_samples(own);
    ck_assert(s->count == 3 && s->features == 2 && memcmp(s->x, filled, sizeof filled) == 0 && s->labels[1] == 0 &&
              s->classes == 2);
    ck_assert_int_eq(kiln_data_schema(own)->missing, KILN_MISSING_MEAN);

    options = (kiln_data_options){ .schema = kiln_data_schema(own), .labels = options.labels };
    ck_assert_kiln(kiln_data_read(path, &options, &again, &err), err);
    s = kiln_data_samples(again);
    ck_assert(memcmp(s->x, filled, sizeof filled) == 0 && s->labels[2] == 1);
    kiln_data_free(again);
    check_rows(path, &(kiln_data_options){ .schema = options.schema, .no_target = true }, 2, filled, false);
    check_rows(path, &(kiln_data_options){ .schema = options.schema }, 2, filled, false);
    kiln_data_free(own);
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    static const float values[] = { 1, 2, 7, 3, 4, 8, 5, 6, 7, 7, 8, 8 };
    const bool all_later = _i & 2, is_table = _i & 4;
    const char *path = is_table ? npy_file("x.npy", 1, HEADER("<f4", "True", "(4, 3)"), 0, values, sizeof values) : six();
    const kiln_data_options options = { .labels = is_table ? NULL : write_labels(HEADER("|i1", "False", "(3,)"), "\5\xff\5", 3) };
    check_failing_calls(path, &options, kind, all_later, 3);
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
    tcase_add_test(tc, missing_values_are_a_tables);
    tcase_add_test(tc, one_hot_rows_are_no_table);
    tcase_add_test(tc, tables_are_known_before_indicators);
    tcase_add_test(tc, samples_beside_labels_are_filled);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 8);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* IDX: every type read, and every damaged header refused with a sentence before memory is taken for what it announces. */
#include "reading.h"
#include "support.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

typedef struct bytes {
    size_t count;
    unsigned char at[256];
} bytes;

static const char *write_bytes(const char *name, const bytes *b)
{
    return temporary_file(name, b->at, b->count);
}

#define BYTES(...)                                                                                                                 \
    {                                                                                                                              \
        sizeof((unsigned char[]){ __VA_ARGS__ }),                                                                                  \
        {                                                                                                                          \
            __VA_ARGS__                                                                                                            \
        }                                                                                                                          \
    }
#define SIZE(n) 0, 0, 0, (n)

/* Three samples of 1 x 2 values, 1 to 6 or with a sign, in each type. */
static const bytes every_type[] = {
    BYTES(0, 0, 0x08, 3, SIZE(3), SIZE(1), SIZE(2), 1, 2, 3, 4, 5, 255),
    BYTES(0, 0, 0x09, 3, SIZE(3), SIZE(1), SIZE(2), 1, 2, 3, 4, 5, 0x80),
    BYTES(0, 0, 0x0b, 3, SIZE(3), SIZE(1), SIZE(2), 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0x80, 0),
    BYTES(0, 0, 0x0c, 3, SIZE(3), SIZE(1), SIZE(2), SIZE(1), SIZE(2), SIZE(3), SIZE(4), SIZE(5), 0xff, 0xff, 0xff, 0xfe),
    BYTES(0, 0, 0x0d, 3, SIZE(3), SIZE(1), SIZE(2), 0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0x40, 0x40, 0, 0, 0x40, 0x80, 0, 0, 0x40, 0xa0,
          0, 0, 0xbf, 0, 0, 0),
    BYTES(0, 0, 0x0e, 3, SIZE(3), SIZE(1), SIZE(2), 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x08, 0, 0, 0, 0,
          0, 0, 0x40, 0x10, 0, 0, 0, 0, 0, 0, 0x40, 0x14, 0, 0, 0, 0, 0, 0, 0xbf, 0xe0, 0, 0, 0, 0, 0, 0),
};
static const float last_value[] = { 255, -128, -32768, -2, -0.5f, -0.5f };

static const bytes labels = BYTES(0, 0, 0x08, 1, SIZE(3), 2, 0, 2);

static const char *write_gzip(const char *name, const bytes *b)
{
    const char *path = temporary_file(name, NULL, 0);
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, b->at, (unsigned)b->count), (int)b->count);
    gzclose(file);
    return path;
}

START_TEST(every_type_is_read)
{
    const size_t type = (size_t)_i / 2;
    kiln_error err = { 0 };
    kiln_data *data;
    const char *label_path = write_bytes("labels", &labels);
    const char *path = _i & 1 ? write_gzip("images.gz", &every_type[type]) : write_bytes("images", &every_type[type]);
    const kiln_data_options options = { .labels = label_path };
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert_uint_eq(s->count, 3);
    ck_assert_uint_eq(s->features, 2);
    ck_assert_int_eq(s->element, type == 0 ? KILN_ELEMENT_U8 : KILN_ELEMENT_F32);
    for (size_t i = 0; i < 6; i++) {
        const float value = type == 0 ? (float)((const uint8_t *)s->x)[i] : ((const float *)s->x)[i];
        ck_assert_msg(value == (i < 5 ? (float)(i + 1) : last_value[type]), "value %zu is %g", i, (double)value);
    }
    ck_assert_uint_eq(s->classes, 3);
    ck_assert(s->labels[0] == 2 && s->labels[1] == 0 && s->labels[2] == 2);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_int_eq(schema->task, KILN_CLASSIFICATION);
    ck_assert_uint_eq(schema->columns, 2);
    ck_assert_uint_eq(schema->classes, 3);
    ck_assert_ptr_null(schema->class_name);
    kiln_data_free(data);
}
END_TEST

START_TEST(pictures_are_what_has_rows_and_columns)
{
    const struct {
        bytes file;
        kiln_image image;
    } files[] = {
        { BYTES(0, 0, 0x08, 2, SIZE(1), SIZE(4), 1, 2, 3, 4), { 0, 0, 0 } },
        { BYTES(0, 0, 0x08, 3, SIZE(2), SIZE(1), SIZE(2), 1, 2, 3, 4), { 1, 2, 1 } },
        { BYTES(0, 0, 0x08, 4, SIZE(1), SIZE(2), SIZE(1), SIZE(3), 1, 2, 3, 4, 5, 6), { 2, 1, 3 } },
        { BYTES(0, 0, 0x08, 4, SIZE(1), SIZE(2), SIZE(3), SIZE(1), 1, 2, 3, 4, 5, 6), { 2, 3, 1 } },
        { BYTES(0, 0, 0x08, 4, SIZE(1), SIZE(3), SIZE(1), SIZE(2), 1, 2, 3, 4, 5, 6), { 0, 0, 0 } }, /* two channels */
        { BYTES(0, 0, 0x08, 5, SIZE(1), SIZE(1), SIZE(2), SIZE(2), SIZE(1), 1, 2, 3, 4), { 0, 0, 0 } },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        kiln_data *data;
        kiln_error err;
        ck_assert_kiln(kiln_data_read(write_bytes("pictures", &files[i].file), NULL, &data, &err), err);
        const kiln_image image = kiln_data_image(data);
        ck_assert_uint_eq(image.height, files[i].image.height);
        ck_assert_uint_eq(image.width, files[i].image.width);
        ck_assert_uint_eq(image.channels, files[i].image.channels);
        kiln_data_free(data);
    }
}
END_TEST

START_TEST(without_labels_there_is_no_target)
{
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = write_bytes("images", &every_type[0]);
    ck_assert_kiln(kiln_data_read(path, NULL, &data, &err), err);
    ck_assert(!kiln_data_samples(data)->labels && !kiln_data_samples(data)->y);
    kiln_data_free(data);
    /* Labels as numbers to predict. */
    const kiln_data_options options = { .labels = write_bytes("labels", &labels), .task = KILN_REGRESSION };
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(!s->labels && s->outputs == 1 && s->y[0] == 2.0f && s->y[1] == 0.0f && s->y[2] == 2.0f);
    kiln_data_free(data);
}
END_TEST

#define FF 0xff, 0xff, 0xff, 0xff

/* Damaged samples. The announced sizes are checked against the file, or against what came, so memory stays small. */
static const struct {
    bytes file;
    const char *sentence;
} refused[] = {
    { BYTES(0, 0), ": ends inside its IDX header" },
    { BYTES(0, 0, 8), ": ends inside its IDX header" },
    { BYTES(0, 0, 8, 3, 0, 0, 0, 1, 0, 0), ": ends inside its IDX header" },
    { BYTES(0, 0, 7, 2, SIZE(1), SIZE(1), 0), ": has IDX type 0x07; known are" },
    { BYTES(0, 0, 8, 0), ": has 0 dimensions, should be 1 to 8" },
    { BYTES(0, 0, 8, 9), ": has 9 dimensions, should be 1 to 8" },
    { BYTES(0, 0, 8, 255), ": has 255 dimensions, should be 1 to 8" },
    { BYTES(0, 0, 8, 1, SIZE(2), 1, 2), ": has one dimension, as labels have; samples have two or more" },
    { BYTES(0, 0, 8, 2, SIZE(0), SIZE(2)), ": dimension 0 is 0" },
    { BYTES(0, 0, 8, 2, SIZE(2), SIZE(0)), ": dimension 1 is 0" },
    { BYTES(0, 0, 8, 2, SIZE(0), FF), ": dimension 0 is 0" },
    /* a product that wraps to a small one, and one that wraps only in bytes */
    { BYTES(0, 0, 8, 3, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 4, 1), ": announces 2147483648 x 2147483648 x 4 values, more than" },
    { BYTES(0, 0, 8, 8, FF, FF, FF, FF, FF, FF, FF, FF, 1), "values, more than there are addresses" },
    { BYTES(0, 0, 0x0e, 2, 0x80, 0, 0, 0, 0x80, 0, 0, 0, 1), ": announces 2147483648 x 2147483648 values, more than" },
    /* more than the file has: by far, and by one; and less */
    { BYTES(0, 0, 8, 2, 0x7f, 0xff, 0xff, 0xff, 0, 1, 0, 0, 1), NULL },
    { BYTES(0, 0, 8, 2, SIZE(2), SIZE(2), 1, 2, 3), NULL },
    { BYTES(0, 0, 8, 2, SIZE(2), SIZE(2), 1, 2, 3, 4, 5), NULL },
    { BYTES(0, 0, 0x0b, 2, SIZE(2), SIZE(1), 1, 2, 3), NULL },
    { BYTES(0, 0, 0x0d, 2, SIZE(1), SIZE(2), 0, 0, 0, 0, 0x7f, 0xc0, 0, 0), ": sample 0, value 1: " },
    { BYTES(0, 0, 0x0d, 2, SIZE(2), SIZE(1), 0, 0, 0, 0, 0x7f, 0x80, 0, 0), ": sample 1, value 0: inf is not a finite float32" },
    { BYTES(0, 0, 0x0e, 2, SIZE(1), SIZE(1), 0x7f, 0xe0, 0, 0, 0, 0, 0, 0), ": sample 0, value 0: 8.98847e+307 is not a finite" },
};

START_TEST(damaged_samples_are_refused)
{
    const bytes *file = &refused[_i].file;
    const char *sentence = refused[_i].sentence;
    check_refused(write_bytes("images", file), NULL, KILN_EDATA, sentence ? sentence : " bytes, its header announces ");
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    const char *late = file->at[file->count - 1] == 5 ? ": has bytes behind the " : ": ends after ";
    check_refused(write_gzip("images.gz", file), NULL, KILN_EDATA, sentence ? sentence : late);
    getrusage(RUSAGE_SELF, &after);
    ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 64 << 10, "took %ld KiB", after.ru_maxrss - before.ru_maxrss);
}
END_TEST

static const struct {
    bytes file;
    const char *sentence;
} refused_labels[] = {
    { BYTES(0, 0, 8, 1, SIZE(2), 1, 2), ": has 2 labels for 3 samples: one a sample is needed" },
    { BYTES(0, 0, 8, 1, SIZE(4), 1, 2, 3, 4), ": has 4 labels for 3 samples" },
    { BYTES(0, 0, 8, 2, SIZE(3), SIZE(2), 1, 2, 3, 4, 5, 6), ": has 3 x 2 labels for 3 samples" },
    { BYTES(0, 0, 9, 1, SIZE(3), 1, 0xff, 3), ": label 1 is -1, should be a whole number from 0 to 65535" },
    { BYTES(0, 0, 0x0c, 1, SIZE(3), 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), ": label 1 is 65536, should be a whole number from 0" },
    { BYTES(0, 0, 0x0d, 1, SIZE(3), 0, 0, 0, 0, 0x3f, 0, 0, 0, 0, 0, 0, 0), ": label 1 is 0.5, should be a whole number" },
    { BYTES('a', ',', 'b', '\n'), ": is neither IDX nor NumPy (.npy, .npz), as files of labels are" },
    { BYTES(0, 0), ": ends inside its IDX header" },
};

START_TEST(damaged_labels_are_refused)
{
    const kiln_data_options options = { .labels = write_bytes("labels", &refused_labels[_i].file) };
    check_refused(write_bytes("images", &every_type[0]), &options, KILN_EDATA, refused_labels[_i].sentence);
}
END_TEST

START_TEST(wrong_use_is_refused)
{
    static volatile int raised = 1;
    const char *path = write_bytes("images", &every_type[0]);
    check_refused(path, &(kiln_data_options){ .target = "a" }, KILN_EINVAL, ": is an IDX file, which has no column 'a'");
    check_refused(path, &(kiln_data_options){ .labels = "no-such-file" }, KILN_EIO, "no-such-file: cannot be opened");
    check_refused(path, &(kiln_data_options){ .stop = &raised }, KILN_EINTERRUPTED, "interrupted");
}
END_TEST

/* What a network reads and knows. */
START_TEST(a_network_decides)
{
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = write_bytes("images", &every_type[0]);
    kiln_column columns[3] = { { 0 } };
    char names[][2] = { "2", "1", "0" };
    char *class_name[] = { names[0], names[1], names[2] };
    kiln_schema schema = { .task = KILN_CLASSIFICATION, .columns = 2, .column = columns, .classes = 3 };
    kiln_data_options options = { .labels = write_bytes("labels", &labels), .schema = &schema };

    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    ck_assert(kiln_data_samples(data)->labels[0] == 2 && kiln_data_samples(data)->labels[1] == 0);
    kiln_data_free(data);

    schema.class_name = class_name; /* the network's class 0 is called "2" */
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    ck_assert(kiln_data_samples(data)->labels[0] == 0 && kiln_data_samples(data)->labels[1] == 2);
    ck_assert_str_eq(kiln_data_schema(data)->class_name[1], "1");
    kiln_data_free(data);

    schema.classes = 2;
    check_refused(path, &options, KILN_EDATA, ": label 1 is 0, which is not one of the network's classes");
    schema.class_name = NULL;
    check_refused(path, &options, KILN_EDATA, ": label 0 is 2, should be a whole number from 0 to 1");
    schema.columns = 3;
    check_refused(path, &options, KILN_EDATA, ": has 2 values a sample, the network reads 3");
    options.no_target = true;
    schema.columns = 2;
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    ck_assert_ptr_null(kiln_data_samples(data)->labels);
    kiln_data_free(data);
}
END_TEST

START_TEST(what_a_network_does_not_say_the_file_decides)
{
    kiln_error err = { 0 };
    kiln_data *data;
    const kiln_schema nothing = { 0 };
    const kiln_data_options options = { .labels = write_bytes("labels", &labels), .schema = &nothing };
    ck_assert_kiln(kiln_data_read(write_bytes("images", &every_type[0]), &options, &data, &err), err);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_int_eq(schema->task, KILN_CLASSIFICATION);
    ck_assert_uint_eq(schema->classes, 3);
    ck_assert_uint_eq(schema->columns, 2);
    kiln_data_free(data);
}
END_TEST

START_TEST(no_beginning_of_a_file_is_read)
{
    const bytes *all = &every_type[_i];
    for (size_t count = 0; count < all->count; count++) {
        kiln_error err = { 0 };
        kiln_data *data;
        ck_assert_int_eq(kiln_data_read(temporary_file("images", all->at, count), NULL, &data, &err), KILN_EDATA);
        ck_assert(!data && err.message[0]);
    }
}
END_TEST

/* More values than one block or chunk has, in a type whose values straddle them. */
START_TEST(large_files_are_read_whole)
{
    const size_t count = 300001, head = 12;
    unsigned char *file = calloc(head + 8 * count, 1);
    ck_assert_ptr_nonnull(file);
    memcpy(file, (unsigned char[]){ 0, 0, 0x0e, 2, 0, 4, 0x93, 0xe1, 0, 0, 0, 1 }, head);
    for (size_t i = 0; i < count; i++) {
        const double value = (double)i * 0.5 - 7.0;
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (size_t b = 0; b < 8; b++)
            file[head + 8 * i + b] = (unsigned char)(bits >> (56 - 8 * b));
    }
    const char *plain = temporary_file("images", file, head + 8 * count), *packed = temporary_file("images.gz", NULL, 0);
    gzFile gz = gzopen(packed, "wb1");
    ck_assert_int_eq(gzwrite(gz, file, (unsigned)(head + 8 * count)), (int)(head + 8 * count));
    gzclose(gz);
    free(file);
    for (int pass = 0; pass < 2; pass++) {
        kiln_error err = { 0 };
        kiln_data *data;
        ck_assert_kiln(kiln_data_read(pass ? packed : plain, NULL, &data, &err), err);
        ck_assert_uint_eq(kiln_data_samples(data)->count, count);
        const float *x = kiln_data_samples(data)->x;
        for (size_t i = 0; i < count; i++)
            ck_assert_msg(x[i] == (float)((double)i * 0.5 - 7.0), "value %zu is %g", i, (double)x[i]);
        kiln_data_free(data);
    }
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    const bool all_later = _i & 2;
    const char *path = _i & 4 ? write_gzip("images.gz", &every_type[4]) : write_bytes("images", &every_type[4]);
    const kiln_data_options options = { .labels = write_bytes("labels", &labels) };
    check_failing_calls(path, &options, kind, all_later, 5);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("idx");
    TCase *tc = tcase_create("idx");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_type_is_read, 0, 2 * COUNT(every_type));
    tcase_add_test(tc, pictures_are_what_has_rows_and_columns);
    tcase_add_test(tc, without_labels_there_is_no_target);
    tcase_add_loop_test(tc, damaged_samples_are_refused, 0, COUNT(refused));
    tcase_add_loop_test(tc, damaged_labels_are_refused, 0, COUNT(refused_labels));
    tcase_add_test(tc, wrong_use_is_refused);
    tcase_add_test(tc, a_network_decides);
    tcase_add_test(tc, what_a_network_does_not_say_the_file_decides);
    tcase_add_loop_test(tc, no_beginning_of_a_file_is_read, 0, COUNT(every_type));
    tcase_add_test(tc, large_files_are_read_whole);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 8);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

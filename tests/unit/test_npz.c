/* NumPy's .npz: which arrays are taken, and archives that are damaged, lie about sizes, or are something else. The archives are
 * made here, byte by byte, so that they can be wrong in one place. */
#include "reading.h"
#include "support.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

enum { FILE_MOST = 1 << 16, ARRAY_MOST = 256, FILES_MOST = 8 };

/* One file of an archive, by NumPy's way but for what is set. */
typedef struct entry {
    const char *name;
    unsigned char bytes[ARRAY_MOST];
    size_t count;
    unsigned method, flags; /* 0 stored, 8 deflated; bit 0: encrypted */
    uint32_t said;          /* size in the directory; 0: the true one */
    uint32_t wrong;         /* added to the checksum */
} entry;

typedef struct archive_bytes {
    unsigned char at[FILE_MOST];
    size_t count;
} archive_bytes;

static void put(archive_bytes *to, uint32_t value, unsigned bytes)
{
    ck_assert_uint_le(to->count + bytes, FILE_MOST);
    for (unsigned b = 0; b < bytes; b++)
        to->at[to->count++] = (unsigned char)(value >> 8 * b);
}

static void put_bytes(archive_bytes *to, const void *bytes, size_t count)
{
    ck_assert_uint_le(to->count + count, FILE_MOST);
    memcpy(to->at + to->count, bytes, count);
    to->count += count;
}

/* What a file's own header and the directory have in common. */
static void put_description(archive_bytes *to, const entry *e, uint32_t packed)
{
    put(to, 20, 2);
    put(to, e->flags, 2);
    put(to, e->method, 2);
    put(to, 0, 4); /* when */
    put(to, (uint32_t)crc32(0, e->bytes, (uInt)e->count) + e->wrong, 4);
    put(to, packed, 4);
    put(to, e->said ? e->said : (uint32_t)e->count, 4);
    put(to, (uint32_t)strlen(e->name), 2);
    put(to, 0, 2);
}

static size_t pack(const entry *e, unsigned char packed[ARRAY_MOST])
{
    if (e->method != 8) {
        memcpy(packed, e->bytes, e->count);
        return e->count;
    }
    z_stream stream = {
        .next_in = (unsigned char *)e->bytes, .avail_in = (uInt)e->count, .next_out = packed, .avail_out = ARRAY_MOST
    };
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return ARRAY_MOST - stream.avail_out;
}

static void make_archive(archive_bytes *to, const entry *entries, size_t count)
{
    size_t place[FILES_MOST], length[FILES_MOST];
    to->count = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned char packed[ARRAY_MOST];
        length[i] = pack(&entries[i], packed);
        place[i] = to->count;
        put_bytes(to, "PK\3\4", 4);
        put_description(to, &entries[i], (uint32_t)length[i]);
        put_bytes(to, entries[i].name, strlen(entries[i].name));
        put_bytes(to, packed, length[i]);
    }
    const size_t directory = to->count;
    for (size_t i = 0; i < count; i++) {
        put_bytes(to, "PK\1\2\24\0", 6);
        put_description(to, &entries[i], (uint32_t)length[i]);
        put_bytes(to, "\0\0\0\0\0\0\0\0\0\0", 10);
        put(to, (uint32_t)place[i], 4);
        put_bytes(to, entries[i].name, strlen(entries[i].name));
    }
    const size_t size = to->count - directory;
    put_bytes(to, "PK\5\6\0\0\0\0", 8);
    put(to, (uint32_t)count, 2);
    put(to, (uint32_t)count, 2);
    put(to, (uint32_t)size, 4);
    put(to, (uint32_t)directory, 4);
    put(to, 0, 2);
}

static const char *write_archive(const entry *entries, size_t count)
{
    archive_bytes bytes;
    make_archive(&bytes, entries, count);
    return temporary_file("a.npz", bytes.at, bytes.count);
}

/* An array of unsigned bytes that count up from `first`. */
static entry array(const char *name, const char *shape, size_t values, unsigned first)
{
    entry e = { .name = name, .method = 8 };
    char header[ARRAY_MOST];
    const int length = snprintf(header, sizeof header, "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }\n", shape);
    memcpy(e.bytes, "\x93NUMPY\1\0", 8);
    e.bytes[8] = (unsigned char)length;
    memcpy(e.bytes + 10, header, (size_t)length);
    e.count = 10 + (size_t)length;
    for (size_t i = 0; i < values; i++)
        e.bytes[e.count++] = (unsigned char)(first + i);
    return e;
}

/* Which arrays are samples and labels: the first value of each tells them apart. */
static const struct {
    const char *names[4]; /* two samples of 10 and 20 on, their labels 1 and 2 */
    const char *array, *labels;
    bool test;
    size_t chosen; /* of names: 0 or 2; its labels are the one behind */
} choices[] = {
    { { "x_train", "y_train", "x_test", "y_test" }, NULL, NULL, false, 0 },
    { { "x_train", "y_train", "x_test", "y_test" }, NULL, NULL, true, 2 },
    { { "x_train", "y_train", "x_test", "y_test" }, "x_test", NULL, false, 2 },
    { { "x_train", "y_train", "x_test", "y_test" }, "x_train", NULL, true, 0 },
    { { "x_train", "y_train", "x_test", "y_test" }, NULL, "y_train", false, 0 },
    { { "x_test", "y_test", "X_train", "y_train" }, NULL, NULL, false, 2 },
    { { "train_images", "train_labels", "test_images", "test_labels" }, NULL, NULL, true, 2 },
    { { "X", "y", "extra", "more" }, NULL, NULL, false, 0 },
    { { "X", "y", "extra", "more" }, NULL, NULL, true, 0 },
    { { "data", "target", "extra", "more" }, NULL, NULL, false, 0 },
    { { "arr_0", "arr_1", "arr_2", "arr_3" }, NULL, NULL, false, 0 },
    { { "arr_0", "arr_1", "arr_2", "arr_3" }, "arr_2", "arr_3", false, 2 },
    { { "a", "b", "c", "d" }, "c", "d", false, 2 },
};

START_TEST(arrays_are_chosen_by_name)
{
    char names[4][32];
    entry entries[4];
    kiln_error err = { 0 };
    kiln_data *data;
    const kiln_data_options options = { .array = choices[_i].array, .labels = choices[_i].labels, .test = choices[_i].test };
    for (unsigned i = 0; i < 4; i++) {
        snprintf(names[i], sizeof names[i], "%s.npy", choices[_i].names[i]);
        entries[i] = i % 2 ? array(names[i], "(2,)", 2, 1 + i / 2) : array(names[i], "(2, 3)", 6, 10 + 5 * i);
        entries[i].method = i < 2 ? 8 : 0;
    }
    ck_assert_kiln(kiln_data_read(write_archive(entries, 4), &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    const unsigned chosen = (unsigned)choices[_i].chosen;
    ck_assert(s->count == 2 && s->features == 3 && s->element == KILN_ELEMENT_U8);
    ck_assert_uint_eq(((const uint8_t *)s->x)[0], 10 + 5 * chosen);
    ck_assert_uint_eq(((const uint8_t *)s->x)[5], 15 + 5 * chosen);
    ck_assert_str_eq(kiln_data_array(data), choices[_i].names[chosen]);
    ck_assert(s->labels && s->labels[0] == 0 && s->labels[1] == 1);
    ck_assert_str_eq(kiln_data_schema(data)->class_name[0], chosen ? "2" : "1");
    kiln_data_free(data);
}
END_TEST

START_TEST(labels_may_be_in_other_files)
{
    kiln_error err = { 0 };
    kiln_data *data;
    const entry samples = array("a.npy", "(2, 3)", 6, 10),
                labels[] = { array("y.npy", "(2,)", 2, 7), array("z.npy", "(1,)", 1, 1) };
    char path[512];
    snprintf(path, sizeof path, "%s", write_archive(labels, 2));
    archive_bytes bytes;
    make_archive(&bytes, &samples, 1);
    const char *other = temporary_file("b.npz", bytes.at, bytes.count);
    ck_assert_kiln(kiln_data_read(other, &(kiln_data_options){ .labels = path }, &data, &err), err);
    ck_assert_str_eq(kiln_data_schema(data)->class_name[1], "8");
    kiln_data_free(data);
    /* The only array is taken, whatever its name; bytes have no target unless one is asked for. */
    ck_assert_kiln(kiln_data_read(other, NULL, &data, &err), err);
    ck_assert(!kiln_data_samples(data)->labels && kiln_data_samples(data)->features == 3);
    kiln_data_free(data);
    ck_assert_kiln(kiln_data_read(other, &(kiln_data_options){ .target = "-1", .task = KILN_REGRESSION }, &data, &err), err);
    ck_assert(kiln_data_samples(data)->y[1] == 15.0f && kiln_data_samples(data)->features == 2);
    kiln_data_free(data);
}
END_TEST

static void check_refused_cheaply(const char *path, const kiln_data_options *options, kiln_status status, const char *sentence)
{
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    check_refused(path, options, status, sentence);
    getrusage(RUSAGE_SELF, &after);
    ck_assert_msg(after.ru_maxrss - before.ru_maxrss < 64 << 10, "took %ld KiB", after.ru_maxrss - before.ru_maxrss);
}

START_TEST(wrong_names_are_refused)
{
    const entry entries[] = { array("a.npy", "(2, 3)", 6, 1), array("b.npy", "(2,)", 2, 1) };
    char path[512];
    snprintf(path, sizeof path, "%s", write_archive(entries, 2));
    check_refused_cheaply(path, NULL, KILN_EDATA, "a.npz: which array has the samples? Name one: there are 'a', 'b'");
    check_refused_cheaply(path, &(kiln_data_options){ .array = "a" }, KILN_EDATA,
                          "a.npz: which array has the labels? Name one: there are");
    check_refused_cheaply(path, &(kiln_data_options){ .array = "c" }, KILN_EINVAL, "a.npz: no array 'c': there are 'a', 'b'");
    check_refused_cheaply(path, &(kiln_data_options){ .array = "a", .labels = "c" }, KILN_EINVAL, "a.npz: no array 'c': there are");
    check_refused_cheaply(path, &(kiln_data_options){ .array = "b", .labels = "b" }, KILN_EDATA,
                          "a.npz: b: has one dimension, as labels");
    check_refused_cheaply(path, &(kiln_data_options){ .array = "a", .target = "x" }, KILN_EINVAL, "a.npz: a: no column 'x'");
    const kiln_data_options labels = { .labels = path };
    check_refused_cheaply(temporary_file("x.npy", entries[0].bytes, entries[0].count), &labels, KILN_EDATA,
                          "a.npz: which array has the labels? Name one: there are 'a', 'b'");
    const entry twice[] = { entries[0], entries[1], entries[0] };
    check_refused_cheaply(write_archive(twice, 3), NULL, KILN_EDATA, "a.npz: has the array 'a' twice");
    entry odd = entries[0];
    odd.name = "\xff.npy";
    check_refused_cheaply(write_archive(&odd, 1), NULL, KILN_EDATA, "a.npz: has an array whose name is not text in UTF-8");
    odd.name = "a\nb.npy";
    check_refused_cheaply(write_archive(&odd, 1), NULL, KILN_EDATA, "a.npz: has an array whose name is not text");
}
END_TEST

START_TEST(wrong_sizes_are_refused)
{
    entry e = array("x.npy", "(2, 3)", 5, 1);
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA,
                          "a.npz: x: ends after 5 of the 2 x 3 values that its header announces");
    e = array("x.npy", "(2, 3)", 7, 1);
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA,
                          "a.npz: x: has bytes behind the 2 x 3 values that its header announces");
    /* Neither the array's header nor the archive's directory is believed: memory follows what came. */
    e = array("x.npy", "(1000000, 1000000)", 7, 1);
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, "a.npz: x: ends after 7 of the 1000000 x 1000000 values");
    e.said = 0xfffffff0;
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, "a.npz: x: ");
    e.method = 0;
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, "a.npz: x: ");
    e = array("x.npy", "(2, 3)", 6, 1);
    e.wrong = 1;
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, "a.npz: x: its zip archive is cut off or damaged: CRC error");
    e = array("x.npy", "(2, 3)", 6, 1);
    e.bytes[0] = 'x';
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, "a.npz: x: is not a NumPy array: those begin with \\x93NUMPY");
}
END_TEST

START_TEST(other_archives_are_refused)
{
    entry e = array("x.npy", "(2, 3)", 6, 1);
    e.flags = 1;
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, "a.npz: x: is encrypted");
    e.flags = 0;
    e.method = 14;
    check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA,
                          "a.npz: x: is packed by method 14; read are 0 (stored) and 8 (deflated)");
    static const char *const names[][2] = {
        { "xl/workbook.xml", ": is a workbook; save it as CSV, or: python3 -c \"import pandas; pandas.read_excel('" },
        { "model/data.pkl", ": is of PyTorch, a pickle in a zip archive, which is not read; a tensor of it as .npy: python3 " },
        { "table.csv", ": is a zip archive without NumPy arrays (.npy) in it: unpack it" },
        { ".npy", ": is a zip archive without NumPy arrays (.npy) in it" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        e = (entry){ .name = names[i][0] };
        check_refused_cheaply(write_archive(&e, 1), NULL, KILN_EDATA, names[i][1]);
    }
    check_refused_cheaply(write_archive(NULL, 0), NULL, KILN_EDATA, ": is a zip archive with nothing in it");
    const entry good = array("x.npy", "(2, 3)", 6, 1);
    archive_bytes bytes;
    make_archive(&bytes, &good, 1);
    const char *path = temporary_file("a.npz.gz", NULL, 0);
    gzFile file = gzopen(path, "wb");
    ck_assert_int_eq(gzwrite(file, bytes.at, (unsigned)bytes.count), (int)bytes.count);
    gzclose(file);
    check_refused_cheaply(path, NULL, KILN_EDATA, ": is a zip archive (.npz), which is read from its end: give the file itself");
}
END_TEST

START_TEST(no_beginning_of_a_file_is_read)
{
    const entry entries[] = { array("x.npy", "(2, 3)", 6, 1), array("y.npy", "(2,)", 2, 1) };
    archive_bytes bytes;
    make_archive(&bytes, entries, 2);
    for (size_t n = 0; n < bytes.count; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        ck_assert_int_ne(kiln_data_read(temporary_file("cut.npz", bytes.at, n), NULL, &data, &err), KILN_OK);
        ck_assert(!data && err.message[0]);
    }
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    const entry entries[] = { array("x.npy", "(2, 3)", 6, 1), array("y.npy", "(2,)", 2, 1) };
    const fault_kind kind = _i & 1 ? FAULT_FILE : FAULT_MEMORY;
    const bool all_later = _i & 2;
    const char *path = write_archive(entries, 2);
    check_failing_calls(path, NULL, kind, all_later, 5);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("npz");
    TCase *tc = tcase_create("npz");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, arrays_are_chosen_by_name, 0, COUNT(choices));
    tcase_add_test(tc, labels_may_be_in_other_files);
    tcase_add_test(tc, wrong_names_are_refused);
    tcase_add_test(tc, wrong_sizes_are_refused);
    tcase_add_test(tc, other_archives_are_refused);
    tcase_add_test(tc, no_beginning_of_a_file_is_read);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 4);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

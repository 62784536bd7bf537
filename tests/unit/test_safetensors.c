/* The safetensors container: what is written is read again, what is damaged is refused with a sentence, never with a crash. */
#include "base/fault.h"
#include "base/safetensors.h"
#include "support.h"

#include <dirent.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file of a header and `data` bytes 0, 1, 2 ...; freed by the caller. */
static unsigned char *container(const char *header, size_t data, size_t *count)
{
    const size_t length = strlen(header);
    *count = 8 + length + data;
    unsigned char *bytes = malloc(*count);
    ck_assert_ptr_nonnull(bytes);
    for (size_t b = 0; b < 8; b++)
        bytes[b] = (unsigned char)((uint64_t)length >> (8 * b));
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < data; i++)
        bytes[8 + length + i] = (unsigned char)i;
    return bytes;
}

/* Reads every value there is, so that a sanitizer sees a tensor that leaves its file. */
static void touch(const tensor_file *file)
{
    for (size_t i = 0; i < file->tensors; i++) {
        const tensor *t = &file->tensor[i];
        if (t->type == TENSOR_OTHER)
            continue;
        double *values = malloc(t->elements * sizeof *values + 1);
        ck_assert_ptr_nonnull(values);
        ck_assert(tensor_values(t, false, values));
        ck_assert(tensor_values(t, true, values) == (t->rank == 2));
        free(values);
    }
}

/* The parser may say yes or no to any bytes; a no has one sentence that begins with the file's name. */
static kiln_status parse_anything(const unsigned char *bytes, size_t count)
{
    tensor_file file;
    kiln_error err;
    memset(&err, 0xff, sizeof err);
    const kiln_status status = tensors_parse("t.safetensors", bytes, count, &file, &err);
    if (status == KILN_OK) {
        touch(&file);
    } else {
        ck_assert_int_eq(status, KILN_EDATA);
        ck_assert_int_eq(err.status, KILN_EDATA);
        ck_assert(strncmp(err.message, "t.safetensors: ", 15) == 0 && !strchr(err.message, '\n'));
        ck_assert_ptr_null(file.content);
        ck_assert_uint_eq(file.tensors, 0);
    }
    tensors_free(&file);
    return status;
}

static const char *const legal[] = {
    "{}",
    "{}   \n",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F64\",\"shape\":[0,7,9007199254740992],\"data_offsets\":[0,0]}}",
    "{\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[1,9]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}"
    "}",
    "{\"b\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[0,3]},\"empty\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":["
    "0,0]}}",
    "{\"\":{\"dtype\":\"F4\",\"shape\":[2,2],\"data_offsets\":[0,2]},\"c\":{\"dtype\":\"C64\",\"shape\":[1,1,1,1],\"data_offsets\":"
    "[2,10]}}",
    "{\"__metadata__\":{\"\":\"\",\"a\\u0001\":\"\\u00e9\"}}",
};
static const size_t legal_data[] = { 0, 0, 4, 0, 0, 9, 3, 10, 0 };

START_TEST(legal_files_are_read)
{
    size_t count;
    unsigned char *bytes = container(legal[_i], legal_data[_i], &count);
    ck_assert_msg(parse_anything(bytes, count) == KILN_OK, "refused: %s", legal[_i]);
    free(bytes);
}
END_TEST

#define TENSOR(name, dtype, shape, begin, end)                                                                                     \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":[" shape "],\"data_offsets\":[" begin "," end "]}"

/* Header, bytes of data, what the sentence must name. */
static const struct {
    const char *header;
    size_t data;
    const char *sentence;
} refused[] = {
    { "", 0, "the header does not begin with '{'" },
    { " {}", 0, "the header does not begin with '{'" },
    { "[]", 0, "the header does not begin with '{'" },
    { "{}}", 0, "the header is not JSON" },
    { "{}\1", 0, "the header is not JSON" },
    { "{", 0, "the header is not JSON" },
    { "{\"a\":\"\xff\"}", 0, "the header is not JSON" },
    { "{\"a\":NaN}", 0, "the header is not JSON" },
    { "{\"a\\u0000\":{}}", 0, "the header is not JSON" },
    { "{\"a\":[[[[[[[[0]]]]]]]]}", 0, "nests 9 brackets" },
    { "{" TENSOR("a", "F32", "1", "0", "4") "," TENSOR("a", "F32", "1", "4", "8") "}", 8, "duplicate" },
    { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "duplicate" },
    { "{\"__metadata__\":[]}", 0, "__metadata__ is not a JSON object" },
    { "{\"__metadata__\":{\"a\":1}}", 0, "__metadata__ holds something that is not a text" },
    { "{\"__metadata__\":{\"a\":{}}}", 0, "__metadata__ holds something that is not a text" },
    { "{}", 1, "has 1 bytes behind its last tensor" },
    { "{\"a\":1}", 0, "tensor 'a' is not described by" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "tensor 'a' is not described by" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"file\":\"/etc/passwd\"}}", 4,
      "tensor 'a' is not described by" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"offsets\":[0,4]}}", 4, "tensor 'a' has no data_offsets" },
    { "{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "tensor 'a' has no dtype" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,4]}}", 4, "tensor 'a' has no shape" },
    { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"0\":0,\"1\":4}}}", 4, "tensor 'a' has no data_offsets" },
    { "{\"a\\u001b[2J\":{}}", 0, "control characters" },
    { "{" TENSOR("a", "F33", "1", "0", "4") "}", 4, "tensor 'a' has no dtype" },
    { "{" TENSOR("a", "f32", "1", "0", "4") "}", 4, "tensor 'a' has no dtype" },
    { "{" TENSOR("a", "F32", "1,1,1,1,1", "0", "4") "}", 4, "has 5 dimensions" },
    { "{" TENSOR("a", "F32", "-1", "0", "4") "}", 4, "dimension 0 is not a whole number" },
    { "{" TENSOR("a", "F32", "1,1.0", "0", "4") "}", 4, "dimension 1 is not a whole number" },
    { "{" TENSOR("a", "F32", "1,\"1\"", "0", "4") "}", 4, "dimension 1 is not a whole number" },
    { "{" TENSOR("a", "F32", "9007199254740993", "0", "4") "}", 4, "dimension 0 is not a whole number" },
    { "{" TENSOR("a", "F32", "99999999999999999999", "0", "4") "}", 4, "the header is not JSON" },
    { "{" TENSOR("a", "F32", "9007199254740992,9007199254740992", "0", "4") "}", 4, "more elements than there are addresses" },
    { "{" TENSOR("a", "F32", "4294967296,4294967296", "0", "0") "}", 0, "more elements than there are addresses" },
    { "{" TENSOR("a", "F64", "2147483648,2147483648", "0", "0") "}", 0, "lies in 0 bytes, which its 4611686018427387904 elements" },
    { "{" TENSOR("a", "F32", "2", "0", "4") "}", 4, "lies in 4 bytes, which its 2 elements of F32 do not fill" },
    { "{" TENSOR("a", "F32", "0", "0", "4") "}", 4, "lies in 4 bytes, which its 0 elements of F32 do not fill" },
    { "{" TENSOR("a", "F4", "3", "0", "1") "}", 1, "lies in 1 bytes, which its 3 elements of F4 do not fill" },
    { "{" TENSOR("a", "F32", "1000000", "0", "4000000") "}", 4, "lies at bytes 0 to 4000000 of the data; the file has 4" },
    { "{" TENSOR("a", "F32", "1", "4", "0") "}", 4, "lies at bytes 4 to 0 of the data" },
    { "{" TENSOR("a", "F32", "1", "-4", "0") "}", 4, "tensor 'a' has no data_offsets" },
    { "{" TENSOR("a", "F32", "1", "0", "4.0") "}", 4, "tensor 'a' has no data_offsets" },
    { "{" TENSOR("a", "F32", "1", "0,2", "4") "}", 4, "tensor 'a' has no data_offsets" },
    { "{" TENSOR("a", "F32", "1", "9007199254740992", "9007199254740992") "}", 4, "lies at bytes 9007199254740992" },
    { "{" TENSOR("a", "F32", "1", "0", "4") "," TENSOR("b", "F32", "1", "0", "4") "}", 4, "they overlap" },
    { "{" TENSOR("a", "F32", "2", "0", "8") "," TENSOR("b", "F32", "1", "4", "8") "}", 8, "they overlap" },
    { "{" TENSOR("a", "F32", "1", "0", "4") "," TENSOR("b", "F32", "1", "8", "12") "}", 12, "there is a hole" },
    { "{" TENSOR("a", "F32", "1", "4", "8") "}", 8, "there is a hole" },
    { "{" TENSOR("a", "F32", "1", "0", "4") "}", 5, "has 1 bytes behind its last tensor" },
    { "{" TENSOR("a", "F32", "1", "0", "4") "}", 3, "the file has 3" },
};

START_TEST(malformed_files_are_refused)
{
    tensor_file file;
    kiln_error err;
    size_t count;
    unsigned char *bytes = container(refused[_i].header, refused[_i].data, &count);
    ck_assert_int_eq(parse_anything(bytes, count), KILN_EDATA);
    ck_assert_int_eq(tensors_parse("t", bytes, count, &file, &err), KILN_EDATA);
    ck_assert_msg(strstr(err.message, refused[_i].sentence) != NULL, "%s: '%s' is not in: %s", refused[_i].header,
                  refused[_i].sentence, err.message);
    free(bytes);
}
END_TEST

/* A declared length is compared with the file's before anything is made of it. */
START_TEST(header_lengths_are_not_believed)
{
    static const uint64_t lengths[] = { 3,         16 << 20,       (16 << 20) + 1, UINT32_MAX, (uint64_t)1 << 32,
                                        INT64_MAX, UINT64_MAX - 7, UINT64_MAX };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        unsigned char bytes[10] = "--------{}";
        for (size_t b = 0; b < 8; b++)
            bytes[b] = (unsigned char)(lengths[i] >> (8 * b));
        ck_assert_int_eq(parse_anything(bytes, sizeof bytes), KILN_EDATA);
    }
}
END_TEST

START_TEST(caps_hold)
{
    size_t count;
    char *header = malloc(1 << 20);
    ck_assert_ptr_nonnull(header);
    /* brackets without end, which a parser that recurses would follow */
    memset(header, '[', 1 << 19);
    memcpy(header, "{\"a\":", 5);
    header[1 << 19] = '\0';
    unsigned char *bytes = container(header, 0, &count);
    ck_assert_int_eq(parse_anything(bytes, count), KILN_EDATA);
    free(bytes);
    /* 4096 tensors, then 4097 */
    for (size_t tensors = 4096; tensors <= 4097; tensors++) {
        size_t used = (size_t)sprintf(header, "{");
        for (size_t i = 0; i < tensors; i++)
            used += (size_t)sprintf(header + used, "%s\"%zu\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%zu,%zu]}",
                                    i ? "," : "", i, i, i + 1);
        sprintf(header + used, "}");
        bytes = container(header, tensors, &count);
        ck_assert_int_eq(parse_anything(bytes, count), tensors == 4096 ? KILN_OK : KILN_EDATA);
        free(bytes);
    }
    /* a name of 256 bytes, then 257 */
    for (int name = 256; name <= 257; name++) {
        sprintf(header, "{\"%0*d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", name, 0);
        bytes = container(header, 1, &count);
        ck_assert_int_eq(parse_anything(bytes, count), name == 256 ? KILN_OK : KILN_EDATA);
        free(bytes);
    }
    free(header);
}
END_TEST

static const char sample[] = "{\"__metadata__\":{\"format\":\"pt\"}," TENSOR("0.weight", "F32", "2,3", "0", "24") "," TENSOR(
    "0.bias", "F64", "2", "24", "40") "} ";
enum { SAMPLE_DATA = 40 };

START_TEST(every_prefix_is_refused)
{
    size_t count;
    unsigned char *bytes = container(sample, SAMPLE_DATA, &count);
    ck_assert_int_eq(parse_anything(bytes, count), KILN_OK);
    for (size_t length = 0; length < count; length++)
        ck_assert_int_eq(parse_anything(bytes, length), KILN_EDATA);
    free(bytes);
}
END_TEST

START_TEST(every_byte_of_the_header_is_changed)
{
    size_t count, refusals = 0;
    unsigned char *bytes = container(sample, SAMPLE_DATA, &count);
    for (size_t i = 0; i < count - SAMPLE_DATA; i++) {
        const unsigned char before = bytes[i];
        for (unsigned change = 1; change < 256; change++) {
            bytes[i] = (unsigned char)(before ^ change);
            refusals += parse_anything(bytes, count) == KILN_EDATA;
        }
        bytes[i] = before;
    }
    ck_assert_uint_gt(refusals, 20000); /* most of about 48,000 changes; those to a name's letters make another legal file */
    free(bytes);
}
END_TEST

enum { ROWS = 173, COLUMNS = 131, ELEMENTS = ROWS * COLUMNS /* more than one block of the writer */ };

/* Whole numbers and what is special, float32 exact. */
static double number(size_t i)
{
    const double special[] = { 0.0, -0.0, INFINITY, -INFINITY, 0x1p-149, -0x1.fffffep127, 0x1p-126 };
    return i < 7 ? special[i] : (double)i - 5000.0;
}

static kiln_status save_sample(const char *path, kiln_error *err)
{
    static double values[ELEMENTS], narrow[3] = { 0.1, NAN, -0x1.fffffffffffffp1023 };
    for (size_t i = 0; i < ELEMENTS; i++)
        values[i] = number(i);
    const tensor_source sources[] = {
        { "f32", TENSOR_F32, 2, { ROWS, COLUMNS }, false, values },   { "f64", TENSOR_F64, 2, { ROWS, COLUMNS }, false, values },
        { "turned", TENSOR_F32, 2, { COLUMNS, ROWS }, true, values }, { "odd", TENSOR_F64, 1, { 3 }, false, narrow },
        { "scalar", TENSOR_F32, 0, { 0 }, false, values + 9 },        { "empty", TENSOR_F32, 2, { 4, 0 }, false, values },
        { "empty turned", TENSOR_F64, 2, { 0, 4 }, true, values },
    };
    const tensor_text texts[] = { { "format", "pt" }, { "\"quoted\" \xc3\xa9", "a\n{\"b\": \"\\\\\"}" } };
    return tensors_save(path, sources, sizeof sources / sizeof *sources, texts, 2, err);
}

START_TEST(a_file_round_trips)
{
    kiln_error err;
    tensor_file file;
    const char *path = temporary_file("round.safetensors", NULL, 0);
    ck_assert_kiln(save_sample(path, &err), err);
    ck_assert_kiln(tensors_load(path, &file, &err), err);
    ck_assert_uint_eq(file.tensors, 7);
    ck_assert_uint_eq(file.entries, 2);
    ck_assert_str_eq(tensors_metadata(&file, "format"), "pt");
    ck_assert_str_eq(tensors_metadata(&file, "\"quoted\" \xc3\xa9"), "a\n{\"b\": \"\\\\\"}");
    ck_assert_ptr_null(tensors_metadata(&file, "none"));
    ck_assert_ptr_null(tensors_find(&file, "none"));
    ck_assert_msg((size_t)(file.tensor[0].bytes - file.content) % 8 == 0, "the data are not aligned");
    double *values = malloc(ELEMENTS * sizeof *values), *turned = malloc(ELEMENTS * sizeof *turned);
    ck_assert(values && turned);
    static const char *const names[] = { "f32", "f64" };
    for (size_t which = 0; which < 2; which++) {
        const tensor *t = tensors_find(&file, names[which]);
        ck_assert_uint_eq(t->elements, ELEMENTS);
        ck_assert_uint_eq(t->rank, 2);
        ck_assert_uint_eq(t->shape[0], ROWS);
        ck_assert_uint_eq(t->shape[1], COLUMNS);
        ck_assert(tensor_values(t, false, values) && tensor_values(t, true, turned));
        for (size_t i = 0; i < ELEMENTS; i++) {
            const double expected = number(i);
            ck_assert(memcmp(&values[i], &expected, sizeof expected) == 0);
            ck_assert(memcmp(&turned[i % COLUMNS * ROWS + i / COLUMNS], &expected, sizeof expected) == 0);
        }
    }
    ck_assert(tensor_values(tensors_find(&file, "turned"), true, values));
    for (size_t i = 7; i < ELEMENTS; i++)
        ck_assert(values[i] == number(i));
    ck_assert(tensor_values(tensors_find(&file, "odd"), false, values));
    ck_assert(values[0] == 0.1 && isnan(values[1]) && values[2] == -0x1.fffffffffffffp1023);
    ck_assert(!tensor_values(tensors_find(&file, "odd"), true, values));
    ck_assert(tensor_values(tensors_find(&file, "scalar"), false, values) && values[0] == number(9));
    ck_assert_uint_eq(tensors_find(&file, "empty")->elements, 0);
    free(values);
    free(turned);
    tensors_free(&file);
    tensors_free(&file);
}
END_TEST

START_TEST(what_cannot_be_read_again_is_not_written)
{
    kiln_error err;
    const double value = 1.0;
    const char *path = temporary_file("kept.safetensors", "before", 6);
    const tensor_source bad = { "\xff", TENSOR_F32, 1, { 1 }, false, &value };
    ck_assert_int_eq(tensors_save(path, &bad, 1, NULL, 0, &err), KILN_EINVAL);
    ck_assert_int_eq(tensors_save(path, NULL, 0, &(tensor_text){ "a", "\xed\xa0\x80" }, 1, &err), KILN_EINVAL);
    ck_assert_int_eq(tensors_save(path, NULL, 0, &(tensor_text){ "a", "\xc0\x80" }, 1, &err), KILN_EINVAL);
    char *large = malloc(TENSOR_MAX_HEADER + 1);
    ck_assert_ptr_nonnull(large);
    memset(large, 'a', TENSOR_MAX_HEADER);
    large[TENSOR_MAX_HEADER] = '\0';
    ck_assert_int_eq(tensors_save(path, NULL, 0, &(tensor_text){ "a", large }, 1, &err), KILN_EINVAL);
    free(large);
    char content[7] = "";
    FILE *file = fopen(path, "rb");
    ck_assert(file && fread(content, 1, sizeof content, file) == 6);
    fclose(file);
    ck_assert_str_eq(content, "before");
}
END_TEST

START_TEST(files_that_are_none)
{
    kiln_error err;
    tensor_file file;
    ck_assert_int_eq(tensors_load(temporary_file("absent.safetensors", NULL, 0), &file, &err), KILN_EIO);
    tensors_free(&file);
    ck_assert_int_eq(tensors_load(temporary_folder(), &file, &err), KILN_EIO);
    ck_assert_int_eq(tensors_load(temporary_file("empty.safetensors", "", 0), &file, NULL), KILN_EDATA);
    ck_assert_int_eq(tensors_load(temporary_file("x.pt", "\x80\x02}q\0..........", 15), &file, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "is not a safetensors file"));
}
END_TEST

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

/* Each call of a kind fails once, or from then on: the right status, the old file or the new one, nothing left beside it. */
START_TEST(failures_are_survived)
{
    const fault_kind kind = _i / 2 == 0 ? FAULT_MEMORY : FAULT_FILE;
    const kiln_status expected = kind == FAULT_MEMORY ? KILN_ENOMEM : KILN_EIO;
    kiln_error err;
    tensor_file file;
    unsigned long n;
    for (n = 1;; n++) {
        const char *path = temporary_file("fault.safetensors", "before", 6);
        const size_t files = files_in(temporary_folder());
        fault_set(kind, n, _i % 2, 0);
        kiln_status status = save_sample(path, &err);
        fault_set(kind, 0, false, 0);
        ck_assert_uint_eq(files_in(temporary_folder()), files);
        if (status == KILN_OK)
            break;
        ck_assert_msg(status == expected, "call %lu: %s: %s", n, kiln_status_name(status), err.message);
        status = tensors_load(path, &file, &err);
        ck_assert_msg(status == KILN_OK || strstr(err.message, "it has 6 bytes"), "call %lu: neither old nor new: %s", n,
                      err.message);
        tensors_free(&file);
    }
    ck_assert_uint_gt(n, 2);
    const char *path = temporary_file("fault.safetensors", NULL, 0);
    for (n = 1;; n++) {
        fault_set(kind, n, _i % 2, 0);
        const kiln_status status = tensors_load(path, &file, &err);
        fault_set(kind, 0, false, 0);
        tensors_free(&file);
        if (status == KILN_OK)
            break;
        ck_assert_msg(status == expected, "call %lu: %s: %s", n, kiln_status_name(status), err.message);
    }
    ck_assert_uint_gt(n, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("safetensors");
    TCase *tc = tcase_create("safetensors");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, legal_files_are_read, 0, sizeof legal / sizeof *legal);
    tcase_add_loop_test(tc, malformed_files_are_refused, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tc, header_lengths_are_not_believed);
    tcase_add_test(tc, caps_hold);
    tcase_add_test(tc, every_prefix_is_refused);
    tcase_add_test(tc, every_byte_of_the_header_is_changed);
    tcase_add_test(tc, a_file_round_trips);
    tcase_add_test(tc, what_cannot_be_read_again_is_not_written);
    tcase_add_test(tc, files_that_are_none);
    tcase_add_loop_test(tc, failures_are_survived, 0, 4);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* JSON read strictly and written whole, also where jansson runs out of memory; and what counts as UTF-8. */
#include "base/json.h"
#include "base/safetensors.h"
#include "json_memory.h"
#include "network/network.h"
#include "support.h"
#include "training.h"
#include "training/checkpoint.h"
#include "training/settings.h"

#include <kiln/model.h>

#include <stdlib.h>
#include <string.h>

static kiln_error err;

static const struct {
    const char *text, *sentence; /* NULL: it is read */
} objects[] = {
    { "{}", NULL },
    { "{\"a\":[[[[[[[0]]]]]]]} \n", NULL },
    { "{\"[[[[[[[[[\":\"\\\"[[[[[[[[[\"}", NULL }, /* brackets in texts do not nest */
    { "{\"a\":[[[[[[[[0]]]]]]]]}", "t: the text nests 9 brackets, more than the 8 that are read" },
    { "{\"a\":1,\"a\":1}", "t: the text is not JSON: duplicate object key" },
    { "{\"a\":1}x", "t: the text is not JSON: end of file expected" },
    { "{\"a\":\"\\u0000\"}", "t: the text is not JSON: " },
    { "{\"a\":\"\xff\"}", "t: the text is not JSON: " },
    { "{\"a\":NaN}", "t: the text is not JSON: " },
    { "{\"a\":1e999}", "t: the text is not JSON: " },
    { "{\"a\":1", "t: the text is not JSON: " },
    { "[]", "t: the text does not begin with '{'" },
    { " {}", "t: the text does not begin with '{'" },
    { "", "t: the text does not begin with '{'" },
};

START_TEST(objects_are_read_strictly)
{
    json_t *object = NULL;
    const char *text = objects[_i].text, *sentence = objects[_i].sentence;
    const kiln_status status = json_read_object("t", "the text", text, strlen(text), &object, &err);
    ck_assert_int_eq(status, sentence ? KILN_EDATA : KILN_OK);
    ck_assert_msg(!sentence || strncmp(err.message, sentence, strlen(sentence)) == 0, "%s", err.message);
    json_decref(object);
}
END_TEST

START_TEST(utf8_is_told_from_other_bytes)
{
    static const char *const good[] = {
        "", "kiln", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xef\xbf\xbf", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"
    };
    static const char *const bad[] = { "\x80",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xc2",
                                       "\xc2 ",
                                       "\xe0\x9f\xbf",
                                       "\xe2\x82",
                                       "\xed\xa0\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xff" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(text_is_utf8(good[i]), "good text %zu", i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!text_is_utf8(bad[i]), "bad text %zu", i);
    ck_assert(text_is_printable("caf\xc3\xa9 \"1\"") && !text_is_printable("a\x1b[2J") && !text_is_printable("\x7f"));
}
END_TEST

/* --- jansson without memory */

/* Everything of the library that writes JSON. */

static kiln_status save_container(const char *path)
{
    static const double values[6] = { 1, 2, 3, 4, 5, 6 };
    const tensor_source sources[] = { { "turned", TENSOR_F32, 2, { 2, 3 }, true, values },
                                      { "scalar", TENSOR_F64, 0, { 0 }, false, values } };
    const tensor_text texts[] = { { "format", "pt" }, { "\"quoted\" \xc3\xa9", "a\n{\"b\": \"\\\\\"}" } };
    return tensors_save(path, sources, 2, texts, 2, &err);
}

static kiln_network *named_network(void)
{
    kiln_network *network = blob_network(1);
    kiln_column columns[] = { { .name = "width \"cm\"", .fill = 0.5f }, { .name = NULL } };
    const kiln_schema schema = { .task = KILN_CLASSIFICATION,
                                 .columns = 2,
                                 .column = columns,
                                 .targets = 1,
                                 .target = &(kiln_target){ .name = "kind" },
                                 .classes = 3,
                                 .class_name = (char *[]){ "a", "", "b,c" },
                                 .missing = KILN_MISSING_MEAN,
                                 .ignored = 1,
                                 .ignored_column = (size_t[]){ 2 } };
    ck_assert_kiln(kiln_network_set_schema(network, &schema, &err), err);
    ck_assert_kiln(kiln_network_set_standardisation(network, (const float[]){ 1, 2 }, (const float[]){ 3, 4 }, &err), err);
    return network;
}

static kiln_status save_model(const char *path)
{
    kiln_network *network = named_network();
    const kiln_status status = kiln_model_save(network, path, KILN_F64, &err);
    kiln_network_destroy(network);
    return status;
}

static kiln_status save_checkpoint(const char *path)
{
    kiln_network *network = named_network();
    const kiln_training_options options = { .learning_rate = 0.1, .batch_size = 7 };
    const kiln_subset all = { NULL, BLOB_SAMPLES }, none = { NULL, 0 };
    json_t *settings = settings_describe(network, KILN_F64, &options, blobs(), all, none);
    checkpoint file = { .path = path, .precision = KILN_F64, .device = "a device", .settings = settings };
    training_state state;
    kiln_status status = KILN_ENOMEM;
    ck_assert(state_create(&state, network->count, true, false, false));
    if (settings) {
        ck_assert_uint_eq(json_object_size(settings), 29); /* none may be left out: two runs would seem the same */
        status = checkpoint_save(&file, &state, &err);
    }
    state_free(&state);
    json_decref(settings);
    kiln_network_destroy(network);
    return status;
}

static kiln_status (*const savers[])(const char *path) = { save_container, save_model, save_checkpoint };

/* A file is written whole or not at all: with jansson's n-th call failing it is that of a run without failure, or absent. */
START_TEST(no_file_lacks_anything)
{
    tensor_file whole, file;
    const char *path = temporary_file("whole.safetensors", NULL, 0);
    ck_assert_kiln(savers[_i](path), err);
    ck_assert_kiln(tensors_load(path, &whole, &err), err);
    kiln_status status = KILN_ENOMEM;
    for (unsigned long n = 1; status != KILN_OK; n++) {
        path = temporary_file("json.safetensors", NULL, 0);
        remove(path);
        json_memory_fail(n);
        status = savers[_i](path);
        const unsigned long calls = json_memory_calls();
        json_memory_restore();
        ck_assert_msg(status == KILN_OK || status == KILN_ENOMEM, "call %lu: %s", n, err.message);
        ck_assert_msg((status == KILN_OK) == (calls < n), "call %lu failed unseen", n);
        ck_assert_int_eq(tensors_load(path, &file, NULL), status == KILN_OK ? KILN_OK : KILN_EIO);
        ck_assert(status != KILN_OK || (file.tensors == whole.tensors && file.entries == whole.entries));
        for (size_t i = 0; i < file.entries; i++)
            ck_assert_str_eq(file.value[i], whole.value[i]);
        tensors_free(&file);
    }
    tensors_free(&whole);
}
END_TEST

/* Reading stops at jansson's first failure; later ones are not for it to survive (2.14's lexer writes out of its buffer). */
START_TEST(reading_says_that_memory_ran_out)
{
    json_t *object = NULL;
    json_memory_fail(1);
    ck_assert_int_eq(json_read_object("t", "the text", "{\"a\":1}", 7, &object, &err), KILN_ENOMEM);
    json_memory_restore();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, objects_are_read_strictly, 0, sizeof objects / sizeof *objects);
    tcase_add_test(tc, utf8_is_told_from_other_bytes);
    tcase_add_loop_test(tc, no_file_lacks_anything, 0, sizeof savers / sizeof *savers);
    tcase_add_test(tc, reading_says_that_memory_ran_out);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Checkpoint files: what is written is read; what is damaged, cut off, or cannot be written is told and loses nothing. */
#include "base/fault.h"
#include "base/file.h"
#include "base/safetensors.h"
#include "support.h"
#include "training/checkpoint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { COUNT = 5 };

static char path[600], previous[620];
static json_t *settings;

static void set_up(void)
{
    snprintf(path, sizeof path, "%s/checkpoint", temporary_folder());
    snprintf(previous, sizeof previous, "%s.previous", path);
    unlink(path);
    unlink(previous);
    settings = json_pack("{s:i, s:f}", "batch size", 32, "learning rate", 0.1);
    ck_assert_ptr_nonnull(settings);
}

static void tear_down(void)
{
    json_decref(settings);
}

static checkpoint file_of(kiln_precision precision)
{
    return (checkpoint){ .path = path, .precision = precision, .device = "a \"device\"", .settings = settings };
}

/* A state of odd numbers, that tells two epochs apart. */
static training_state state_of(size_t epoch)
{
    training_state s;
    ck_assert(state_create(&s, COUNT, true, true, true));
    for (size_t i = 0; i < COUNT; i++) {
        s.parameters[i] = (double)(1.0f / (float)(3 + i + epoch)); /* exact in float32 */
        s.moment1[i] = -s.parameters[i];
        s.moment2[i] = 0x1p-100 * (double)(i + epoch);
        s.best[i] = (double)i;
    }
    s.epoch = epoch;
    s.step = 3;
    s.loss_sum = 0.1 + 1e-16;
    s.loss = 1.0 / 3.0;
    s.best_epoch = 1;
    s.best_loss = 5e-324;
    s.seconds = 12.5;
    s.training_seconds = 1e300;
    return s;
}

static bool same_number(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static bool same_state(const training_state *a, const training_state *b)
{
    const size_t bytes = COUNT * sizeof(double);
    return memcmp(a->parameters, b->parameters, bytes) == 0 && memcmp(a->moment1, b->moment1, bytes) == 0 &&
           memcmp(a->moment2, b->moment2, bytes) == 0 && memcmp(a->best, b->best, bytes) == 0 && a->epoch == b->epoch &&
           a->step == b->step && a->best_epoch == b->best_epoch && same_number(a->loss_sum, b->loss_sum) &&
           same_number(a->loss, b->loss) && same_number(a->validation_loss, b->validation_loss) &&
           same_number(a->validation_accuracy, b->validation_accuracy) && same_number(a->best_loss, b->best_loss) &&
           same_number(a->best_accuracy, b->best_accuracy) && same_number(a->seconds, b->seconds) &&
           same_number(a->training_seconds, b->training_seconds);
}

static void save(kiln_precision precision, size_t epoch)
{
    checkpoint file = file_of(precision);
    training_state s = state_of(epoch);
    kiln_error err;
    ck_assert_kiln(checkpoint_save(&file, &s, &err), err);
    state_free(&s);
}

/* Loads into a state that must be as it was where that fails. The epoch that was found; 0 where there is no file. */
static kiln_status load(kiln_precision precision, size_t *epoch, kiln_error *err)
{
    checkpoint file = file_of(precision);
    training_state s = state_of(77), before = state_of(77);
    bool found = true;
    const kiln_status status = checkpoint_load(&file, &s, &found, err);
    *epoch = status == KILN_OK && found ? s.epoch : 0;
    training_state expected = state_of(*epoch);
    ck_assert(same_state(&s, *epoch ? &expected : &before));
    state_free(&s);
    state_free(&before);
    state_free(&expected);
    return status;
}

static void assert_loads(size_t epoch)
{
    kiln_error err;
    size_t found;
    ck_assert_kiln(load(KILN_F64, &found, &err), err);
    ck_assert_uint_eq(found, epoch);
}

START_TEST(what_is_saved_is_loaded)
{
    const kiln_precision precision = _i == 0 ? KILN_F64 : KILN_F32;
    size_t epoch;
    kiln_error err;
    ck_assert_kiln(load(precision, &epoch, &err), err);
    ck_assert_uint_eq(epoch, 0);
    for (size_t e = 4; e < 7; e++) {
        save(precision, e);
        ck_assert_kiln(load(precision, &epoch, &err), err);
        ck_assert_uint_eq(epoch, e);
    }
    ck_assert_int_eq(rename(previous, path), 0); /* the one before the last is whole as well */
    ck_assert_kiln(load(precision, &epoch, &err), err);
    ck_assert_uint_eq(epoch, 5);
}
END_TEST

static void write_file(const char *to, const unsigned char *bytes, size_t count)
{
    FILE *file = fopen(to, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, count, file), count);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_file_cut_off_anywhere_is_refused)
{
    unsigned char *bytes;
    size_t count, epoch;
    kiln_error err;
    save(KILN_F64, 4);
    ck_assert_kiln(file_read(path, 1 << 20, &bytes, &count, &err), err);
    for (size_t length = 0; length < count; length++) {
        write_file(path, bytes, length);
        ck_assert_int_eq(load(KILN_F64, &epoch, &err), KILN_EDATA);
        ck_assert_msg(strncmp(err.message, path, strlen(path)) == 0, "%s", err.message);
    }
    free(bytes);
}
END_TEST

START_TEST(a_flipped_bit_is_found)
{
    unsigned char *bytes;
    size_t count, epoch, refused = 0;
    kiln_error err;
    save(KILN_F32, 4);
    ck_assert_kiln(file_read(path, 1 << 20, &bytes, &count, &err), err);
    for (size_t bit = 0; bit < count * 8; bit += 1 + bit % 3) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        write_file(path, bytes, count);
        /* load() checks that what it accepts is the state that was saved: a bit between the header's words may be any. */
        refused += load(KILN_F32, &epoch, &err) == KILN_EDATA;
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    ck_assert_msg(refused > count * 8 / 2 * 9 / 10, "%zu of about %zu", refused, count * 8 / 2);
    free(bytes);
}
END_TEST

START_TEST(a_damaged_file_gives_way_to_the_one_before)
{
    checkpoint file = file_of(KILN_F64);
    training_state s = state_of(1), six = state_of(6);
    bool found;
    kiln_error err;
    size_t epoch;
    save(KILN_F64, 4);
    save(KILN_F64, 5);
    write_file(path, (const unsigned char *)"nothing", 7);
    ck_assert_kiln(checkpoint_load(&file, &s, &found, &err), err);
    ck_assert(found && file.damaged);
    ck_assert_uint_eq(s.epoch, 4);
    /* The damaged file must not take the place of the good one before, if the next save fails. */
    fault_set(FAULT_FILE, 3, true, 0); /* the first two would keep the file that is replaced */
    ck_assert_int_eq(checkpoint_save(&file, &six, &err), KILN_EIO);
    fault_set(FAULT_FILE, 0, false, 0);
    assert_loads(4);
    ck_assert_kiln(checkpoint_save(&file, &six, &err), err);
    ck_assert(!file.damaged);
    assert_loads(6);
    write_file(path, (const unsigned char *)"nothing", 7);
    write_file(previous, (const unsigned char *)"nothing", 7);
    ck_assert_int_eq(load(KILN_F64, &epoch, &err), KILN_EDATA);
    ck_assert_msg(strncmp(err.message, path, strlen(path)) == 0 && !strstr(err.message, ".previous"), "%s", err.message);
    state_free(&s);
    state_free(&six);
}
END_TEST

START_TEST(the_previous_file_must_be_of_this_run_too)
{
    kiln_error err;
    size_t epoch;
    save(KILN_F64, 4);
    json_object_set_new(settings, "batch size", json_integer(64));
    save(KILN_F64, 5);
    assert_loads(5);
    write_file(path, (const unsigned char *)"nothing", 7);
    ck_assert_int_eq(load(KILN_F64, &epoch, &err), KILN_EDATA);
    ck_assert_msg(strstr(err.message, ".previous: checkpoint of another run: batch size is 32 there, 64 here") != NULL, "%s",
                  err.message);
}
END_TEST

START_TEST(other_files_are_no_checkpoints)
{
    static const unsigned char empty[] = "\2\0\0\0\0\0\0\0{}";
    kiln_error err;
    size_t epoch;
    write_file(path, empty, sizeof empty - 1);
    ck_assert_int_eq(load(KILN_F64, &epoch, &err), KILN_EDATA);
    ck_assert_msg(strstr(err.message, "is no checkpoint: its metadata has no \"kiln.checkpoint\"") != NULL, "%s", err.message);
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(load(KILN_F64, &epoch, &err), KILN_EIO);
    ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

/* Made on purpose, so that the checksum is right. */
START_TEST(its_json_is_read_strictly)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        { "{\"format\":1,\"format\":1}", "kiln.checkpoint is not JSON: duplicate object key" },
        { "{\"a\":[[[[[[[[0]]]]]]]]}", "kiln.checkpoint nests 9 brackets, more than the 8 that are read" },
        { "[]", "kiln.checkpoint does not begin with '{'" },
        { "{\"format\":2}", "checkpoint of format 2; this version of kiln reads format 1" },
        { "{\"format\":1,\"settings\":{\"batch size\":32,\"learning rate\":0.1}}", "the checkpoint's \"state\" is incomplete" },
    };
    kiln_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sum[9];
        size_t epoch;
        snprintf(sum, sizeof sum, "%08lx", crc32_z(0, (const unsigned char *)cases[i].text, strlen(cases[i].text)));
        const tensor_text texts[] = { { "kiln.checkpoint", cases[i].text }, { "kiln.checksum", sum } };
        ck_assert_kiln(tensors_save(path, NULL, 0, texts, 2, &err), err);
        ck_assert_int_eq(load(KILN_F64, &epoch, &err), KILN_EDATA);
        ck_assert_msg(strstr(err.message, cases[i].sentence) != NULL, "%s", err.message);
    }
}
END_TEST

START_TEST(a_save_that_fails_anywhere_loses_nothing)
{
    const fault_kind kind = _i == 0 ? FAULT_FILE : FAULT_MEMORY;
    kiln_error err;
    unsigned long n = 0, failed = 0;
    size_t epoch;
    for (bool faulted = true; faulted; n++) {
        ck_assert_uint_lt(n, 1000);
        unlink(path);
        unlink(previous);
        save(KILN_F64, 4);
        save(KILN_F64, 5);
        checkpoint file = file_of(KILN_F64);
        training_state s = state_of(6);
        fault_set(kind, n + 1, false, 0);
        const kiln_status status = checkpoint_save(&file, &s, &err);
        faulted = fault_count(kind) > n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == KILN_OK || (faulted && (status == KILN_EIO || status == KILN_ENOMEM)), "call %lu: %s", n + 1,
                      kiln_status_name(status));
        failed += status != KILN_OK;
        ck_assert_kiln(load(KILN_F64, &epoch, &err), err);
        ck_assert_msg(epoch == 6 || (epoch == 5 && status != KILN_OK), "call %lu: epoch %zu", n + 1, epoch);
        state_free(&s);
    }
    ck_assert_uint_ge(failed, 5);
}
END_TEST

START_TEST(a_load_that_fails_anywhere_changes_nothing)
{
    const fault_kind kind = _i == 0 ? FAULT_FILE : FAULT_MEMORY;
    kiln_error err;
    unsigned long n = 0, failed = 0;
    save(KILN_F64, 4);
    for (bool faulted = true; faulted; n++) {
        ck_assert_uint_lt(n, 1000);
        checkpoint file = file_of(KILN_F64);
        training_state s = state_of(77), before = state_of(77);
        bool found;
        fault_set(kind, n + 1, false, 0);
        const kiln_status status = checkpoint_load(&file, &s, &found, &err);
        faulted = fault_count(kind) > n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(status == KILN_OK || (faulted && status == (_i == 0 ? KILN_EIO : KILN_ENOMEM)), "call %lu: %s", n + 1,
                      kiln_status_name(status));
        ck_assert(status == KILN_OK || same_state(&s, &before));
        failed += status != KILN_OK;
        state_free(&s);
        state_free(&before);
    }
    ck_assert_uint_ge(failed, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *tc = tcase_create("checkpoint");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, what_is_saved_is_loaded, 0, 2);
    tcase_add_test(tc, a_file_cut_off_anywhere_is_refused);
    tcase_add_test(tc, a_flipped_bit_is_found);
    tcase_add_test(tc, a_damaged_file_gives_way_to_the_one_before);
    tcase_add_test(tc, the_previous_file_must_be_of_this_run_too);
    tcase_add_test(tc, other_files_are_no_checkpoints);
    tcase_add_test(tc, its_json_is_read_strictly);
    tcase_add_loop_test(tc, a_save_that_fails_anywhere_loses_nothing, 0, 2);
    tcase_add_loop_test(tc, a_load_that_fails_anywhere_changes_nothing, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Sizes, memory, numbers from bytes, status codes, and files that are written whole or not at all. */
#include "support.h"

#include "base/bytes.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static kiln_error err;

START_TEST(sizes_do_not_wrap)
{
    size_t result;
    ck_assert(size_product(3, 5, &result) && result == 15);
    ck_assert(size_product(0, SIZE_MAX, &result) && result == 0);
    ck_assert(!size_product(SIZE_MAX / 2 + 1, 2, &result));
    ck_assert(size_sum(SIZE_MAX - 1, 1, &result) && result == SIZE_MAX);
    ck_assert(!size_sum(SIZE_MAX, 1, &result));
}
END_TEST

START_TEST(memory_is_by_count_and_element)
{
    ck_assert_ptr_null(mem_alloc(SIZE_MAX / 2, 4));
    ck_assert_ptr_null(mem_zeroed(SIZE_MAX / 2, 4));
    void *nothing = mem_alloc(0, 8);
    ck_assert_ptr_nonnull(nothing);
    free(nothing);
    int *zeros = mem_zeroed(100, sizeof *zeros);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(zeros[i], 0);
    zeros[99] = 7;
    int *copy = mem_copy(zeros, 100, sizeof *zeros);
    ck_assert_mem_eq(copy, zeros, 100 * sizeof *zeros);
    int *more = mem_resize(copy, 200, sizeof *copy);
    ck_assert_int_eq(more[99], 7);
    ck_assert_ptr_null(mem_resize(more, SIZE_MAX, 2)); /* and `more` is still there */
    ck_assert_int_eq(more[99], 7);
    char *text = mem_text("kiln");
    ck_assert_str_eq(text, "kiln");
    ck_assert_ptr_null(mem_text(NULL));
    ck_assert_ptr_null(mem_copy(NULL, 1, 1));
    free(zeros);
    free(more);
    free(text);
}
END_TEST

START_TEST(bytes_become_numbers)
{
    static const unsigned char bytes[] = { 0xff, 1, 2, 3, 4, 5, 6, 7, 0x88 };
    static const unsigned char single[] = { 0xff, 0, 0, 0x20, 0xc0 }, twice[] = { 0xff, 0, 0, 0, 0, 0, 0, 4, 0xc0 };
    ck_assert_uint_eq(bytes_whole(bytes + 1, 2), 0x0201);
    ck_assert_uint_eq(bytes_whole(bytes + 1, 8), 0x8807060504030201);
    ck_assert(bytes_real(single + 1, 4) == -2.5);
    ck_assert(bytes_real(twice + 1, 8) == -2.5);
}
END_TEST

START_TEST(statuses_have_names)
{
    ck_assert_str_eq(kiln_status_name(KILN_OK), "KILN_OK");
    ck_assert_str_eq(kiln_status_name(KILN_EINTERRUPTED), "KILN_EINTERRUPTED");
    for (int status = KILN_OK; status <= KILN_EINTERRUPTED; status++)
        for (int other = KILN_OK; other < status; other++)
            ck_assert_str_ne(kiln_status_name((kiln_status)status), kiln_status_name((kiln_status)other));
    ck_assert_ptr_nonnull(kiln_status_name((kiln_status)77));
    ck_assert_ptr_nonnull(kiln_status_name((kiln_status)-1));
    ck_assert_str_eq(kiln_version(), KILN_VERSION);
}
END_TEST

/* Nothing is in the folder but what is named. */
static void only_file_is(const char *name)
{
    DIR *folder = opendir(temporary_folder());
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        if (entry->d_name[0] != '.')
            ck_assert_msg(name && strcmp(entry->d_name, name) == 0, "'%s' was left behind", entry->d_name);
    closedir(folder);
}

static void content_is(const char *path, const char *text)
{
    unsigned char *bytes = NULL;
    size_t count = 0;
    ck_assert_kiln(file_read(path, 1000, &bytes, &count, &err), err);
    ck_assert_uint_eq(count, strlen(text));
    ck_assert_str_eq((char *)bytes, text); /* there is a 0 behind the end */
    free(bytes);
}

static kiln_status write_whole(const char *path, const char *first, const char *second)
{
    file_writer *writer = NULL;
    kiln_status status = file_begin(path, &writer, &err);
    if (status != KILN_OK)
        return status;
    status = file_append(writer, first, strlen(first), &err);
    if (status == KILN_OK)
        status = file_append(writer, second, strlen(second), &err);
    if (status == KILN_OK)
        return file_commit(writer, &err);
    file_abandon(writer);
    return status;
}

START_TEST(files_appear_whole)
{
    struct stat about;
    const char *path = temporary_file("model", NULL, 0);
    ck_assert_kiln(write_whole(path, "one ", "two"), err);
    content_is(path, "one two");
    ck_assert_kiln(write_whole(path, "", "three"), err);
    content_is(path, "three");
    only_file_is("model");
    chmod(path, 0640);
    ck_assert_kiln(write_whole(path, "four", ""), err);
    stat(path, &about);
    ck_assert_uint_eq(about.st_mode & 0777, 0640);
}
END_TEST

START_TEST(a_new_file_has_what_the_umask_leaves)
{
    struct stat about;
    const char *path = temporary_file("model", NULL, 0);
    const mode_t before = umask(027);
    ck_assert_kiln(write_whole(path, "one", ""), err);
    ck_assert_uint_eq(umask(before), 027); /* and nobody has changed it */
    stat(path, &about);
    ck_assert_uint_eq(about.st_mode & 07777, 0640);
}
END_TEST

START_TEST(an_abandoned_file_leaves_nothing)
{
    file_writer *writer;
    const char *path = temporary_file("model", "before", 6);
    ck_assert_kiln(file_begin(path, &writer, &err), err);
    ck_assert_kiln(file_append(writer, "after", 5, &err), err);
    content_is(path, "before");
    file_abandon(writer);
    content_is(path, "before");
    only_file_is("model");
    file_abandon(NULL);
}
END_TEST

START_TEST(a_link_is_followed)
{
    struct stat about;
    const char *path = temporary_file("model", "before", 6), *link = temporary_file("link", NULL, 0);
    ck_assert_int_eq(symlink(path, link), 0);
    ck_assert_kiln(write_whole(link, "af", "ter"), err);
    content_is(path, "after");
    ck_assert_int_eq(lstat(link, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
}
END_TEST

START_TEST(what_cannot_be_written_is_said)
{
    file_writer *writer = NULL;
    const char *inside = temporary_file("absent/model", NULL, 0);
    ck_assert_int_eq(file_begin(inside, &writer, &err), KILN_EIO);
    ck_assert_ptr_nonnull(strstr(err.message, "absent/model: cannot be written: No such file or directory"));
    ck_assert_int_eq(file_begin(temporary_folder(), &writer, &err), KILN_EIO);
    ck_assert_ptr_nonnull(strstr(err.message, "is a folder"));
    ck_assert_int_eq(file_begin("/dev/null", &writer, &err), KILN_EIO);
    ck_assert_ptr_nonnull(strstr(err.message, "is a device or pipe"));
    ck_assert_ptr_null(writer);
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
    unsigned char *bytes = NULL;
    size_t count;
    ck_assert_int_eq(file_read(temporary_file("absent", NULL, 0), 10, &bytes, &count, &err), KILN_EIO);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot be opened: No such file or directory"));
    ck_assert_int_eq(file_read(temporary_folder(), 10, &bytes, &count, &err), KILN_EIO);
    ck_assert_ptr_nonnull(strstr(err.message, "is a folder"));
    ck_assert_int_eq(file_read(temporary_file("large", "12345", 5), 4, &bytes, &count, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, "has 5 bytes, more than the 4 that such a file may have"));
    ck_assert_ptr_null(bytes);
    ck_assert_kiln(file_read(temporary_file("empty", "", 0), 4, &bytes, &count, &err), err);
    ck_assert_uint_eq(count, 0);
    free(bytes);
}
END_TEST

/* Every file call, or allocation, of a write failing in turn: the file is the old one or the new one, whole, and no temporary
 * stays. `exists`: there is an old one. */
static void fail_each(fault_kind kind, kiln_status expected, bool exists)
{
    const char *path = temporary_file("model", NULL, 0);
    unsigned long n = 0;
    for (bool done = false; !done;) {
        remove(path);
        if (exists)
            temporary_file("model", "before", 6);
        fault_set(kind, ++n, false, 0);
        const kiln_status status = write_whole(path, "af", "ter");
        done = fault_count(kind) < n;
        fault_set(kind, 0, false, 0);
        ck_assert_int_eq(status, done ? KILN_OK : expected);
        if (access(path, F_OK) == 0) {
            unsigned char *bytes = NULL;
            size_t count;
            ck_assert_kiln(file_read(path, 100, &bytes, &count, &err), err);
            ck_assert_msg(strcmp((char *)bytes, "after") == 0 || (exists && strcmp((char *)bytes, "before") == 0), "'%s'", bytes);
            free(bytes);
        } else {
            ck_assert(!exists && !done);
        }
        only_file_is("model");
    }
    ck_assert_uint_gt(n, 3);
}

START_TEST(a_failing_disk_leaves_the_old_file)
{
    fail_each(FAULT_FILE, KILN_EIO, _i == 1);
}
END_TEST

START_TEST(failing_memory_leaves_the_old_file)
{
    fail_each(FAULT_MEMORY, KILN_ENOMEM, _i == 1);
}
END_TEST

START_TEST(a_failing_read_is_said)
{
    const char *path = temporary_file("model", "content", 7);
    unsigned long n = 0;
    for (bool done = false; !done;) {
        unsigned char *bytes = NULL;
        size_t count;
        fault_set(FAULT_FILE, ++n, false, 0);
        const kiln_status status = file_read(path, 100, &bytes, &count, &err);
        done = fault_count(FAULT_FILE) < n;
        fault_set(FAULT_FILE, 0, false, 0);
        ck_assert_int_eq(status, done ? KILN_OK : KILN_EIO);
        ck_assert(done == (bytes != NULL));
        free(bytes);
    }
    ck_assert_uint_gt(n, 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *tc = tcase_create("base");
    tcase_add_test(tc, sizes_do_not_wrap);
    tcase_add_test(tc, memory_is_by_count_and_element);
    tcase_add_test(tc, bytes_become_numbers);
    tcase_add_test(tc, statuses_have_names);
    tcase_add_test(tc, files_appear_whole);
    tcase_add_test(tc, a_new_file_has_what_the_umask_leaves);
    tcase_add_test(tc, an_abandoned_file_leaves_nothing);
    tcase_add_test(tc, a_link_is_followed);
    tcase_add_test(tc, what_cannot_be_written_is_said);
    tcase_add_test(tc, what_cannot_be_read_is_said);
    tcase_add_loop_test(tc, a_failing_disk_leaves_the_old_file, 0, 2);
    tcase_add_loop_test(tc, failing_memory_leaves_the_old_file, 0, 2);
    tcase_add_test(tc, a_failing_read_is_said);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Arrays that leave memory for a file: what is in them stays, whatever fails, and nothing is left behind. */
#include "base/fault.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/spill.h"
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 100000 };

static void fill(spill *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        ((uint32_t *)s->at)[i] = (uint32_t)(i * 2654435761u);
}

static void check(const spill *s, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_uint_eq(((const uint32_t *)s->at)[i], (uint32_t)(i * 2654435761u));
}

static size_t files_in(const char *folder)
{
    size_t count = 0;
    DIR *open = opendir(folder);
    ck_assert_ptr_nonnull(open);
    for (struct dirent *entry = readdir(open); entry; entry = readdir(open))
        count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

static void use_own_folder(void)
{
    ck_assert_int_eq(setenv("TMPDIR", temporary_folder(), 1), 0);
}

START_TEST(content_stays_from_memory_to_file)
{
    kiln_error err;
    spill_budget budget = { .most = 1000 * sizeof(uint32_t) };
    spill s = { .budget = &budget };
    ck_assert_kiln(spill_resize(&s, 500, sizeof(uint32_t), "numbers", &err), err);
    fill(&s, 0, 500);
    ck_assert_kiln(spill_resize(&s, 1000, sizeof(uint32_t), "numbers", &err), err);
    ck_assert(!spill_is_mapped(&s));
    ck_assert_uint_eq(budget.used, budget.most);
    fill(&s, 500, 1000);
    ck_assert_kiln(spill_resize(&s, 1001, sizeof(uint32_t), "numbers", &err), err);
    ck_assert(spill_is_mapped(&s));
    ck_assert_uint_eq(budget.used, 0);
    check(&s, 1000);
    ck_assert_kiln(spill_resize(&s, MANY, sizeof(uint32_t), "numbers", &err), err);
    fill(&s, 1000, MANY);
    check(&s, MANY);
    pages_release(s.at, s.bytes);
    check(&s, MANY);
    pages_prefetch(s.at, s.bytes);
    ck_assert_kiln(spill_resize(&s, 10, sizeof(uint32_t), "numbers", &err), err);
    check(&s, 10);
    ck_assert_kiln(spill_resize(&s, 20, sizeof(uint32_t), "numbers", &err), err);
    check(&s, 10);
    ck_assert_uint_eq(files_in(temporary_folder()), 0); /* it has no name */
    spill_free(&s);
    ck_assert_ptr_null(s.at);
    ck_assert_ptr_eq(s.budget, &budget);
}
END_TEST

START_TEST(arrays_share_a_budget)
{
    kiln_error err;
    spill_budget budget = { .most = 100 };
    spill a = { .budget = &budget }, b = { .budget = &budget };
    ck_assert_kiln(spill_resize(&a, 60, 1, "a", &err), err);
    ck_assert_kiln(spill_resize(&b, 60, 1, "b", &err), err);
    ck_assert(!spill_is_mapped(&a));
    ck_assert(spill_is_mapped(&b));
    spill_free(&a);
    ck_assert_uint_eq(budget.used, 0);
    ck_assert_kiln(spill_resize(&a, 100, 1, "a", &err), err);
    ck_assert(!spill_is_mapped(&a));
    memset(a.at, 7, 100);
    spill_free(&b);
    ck_assert_kiln(spill_copy(&b, &a, "b", &err), err);
    ck_assert(spill_is_mapped(&b));
    ck_assert_uint_eq(b.bytes, 100);
    ck_assert_mem_eq(a.at, b.at, 100);
    spill_free(&a);
    spill_free(&b);
    ck_assert_kiln(spill_copy(&a, &b, "nothing", &err), err);
    ck_assert_ptr_null(a.at);
    spill free_of_limits = { 0 };
    ck_assert_kiln(spill_resize(&free_of_limits, MANY, 1, "c", &err), err);
    ck_assert(!spill_is_mapped(&free_of_limits));
    spill_free(&free_of_limits);
}
END_TEST

START_TEST(part_of_a_file_is_an_array)
{
    kiln_error err;
    char *bytes = malloc(MANY);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < MANY; i++)
        bytes[i] = (char)(i % 101);
    const char *path = temporary_file("part", bytes, MANY);
    for (size_t place = 0; place < 10000; place += 3333) {
        spill s = { 0 };
        const int file = open(path, O_RDONLY | O_CLOEXEC);
        ck_assert_int_ge(file, 0);
        ck_assert_kiln(spill_map(&s, file, place, MANY - place, path, &err), err);
        close(file);
        ck_assert(spill_is_mapped(&s));
        ck_assert_mem_eq(s.at, bytes + place, MANY - place);
        pages_release(s.at, s.bytes);
        ck_assert_mem_eq(s.at, bytes + place, MANY - place);
        spill_free(&s);
    }
    free(bytes);
    unlink(path);
}
END_TEST

START_TEST(failures_leave_it_as_it_was)
{
    const fault_kind kind = _i ? FAULT_FILE : FAULT_MEMORY;
    unsigned long failed = 0;
    for (unsigned long n = 1;; n++) {
        kiln_error err = { 0 };
        spill_budget budget = { .most = 400 };
        spill s = { .budget = &budget };
        ck_assert_kiln(spill_resize(&s, 100, sizeof(uint32_t), "numbers", &err), err);
        fill(&s, 0, 100);
        size_t count = 100;
        fault_set(kind, n, false, 0);
        for (size_t wanted = 200; wanted <= 1600; wanted *= 2) {
            const kiln_status status = spill_resize(&s, wanted, sizeof(uint32_t), "numbers", &err);
            ck_assert(status == KILN_OK || status == (kind == FAULT_FILE ? KILN_EIO : KILN_ENOMEM));
            failed += status != KILN_OK;
            check(&s, count);
            if (status == KILN_OK)
                fill(&s, count, wanted);
            count = status == KILN_OK ? wanted : count;
        }
        const bool reached = fault_count(kind) >= n;
        fault_set(kind, 0, false, 0);
        spill_free(&s);
        ck_assert_uint_eq(budget.used, 0);
        ck_assert_uint_eq(files_in(temporary_folder()), 0);
        if (!reached)
            break;
        ck_assert_uint_eq(failed, n); /* none goes unseen */
    }
    ck_assert_uint_ge(failed, kind == FAULT_FILE ? 3 : 1);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_named)
{
    kiln_error err;
    spill_budget budget = { .most = 1 };
    spill s = { .budget = &budget };
    ck_assert_int_eq(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    ck_assert_int_eq(spill_resize(&s, MANY, 1, "numbers", &err), KILN_EIO);
    ck_assert_msg(strstr(err.message, "/nowhere/at/all") && strstr(err.message, "TMPDIR"), "%s", err.message);
    ck_assert_int_eq(spill_resize(&s, SIZE_MAX, 2, "numbers", &err), KILN_ENOMEM);
    spill_free(&s);
}
END_TEST

START_TEST(the_machine_has_memory)
{
    ck_assert_uint_gt(machine_memory(), (size_t)1 << 24);
    ck_assert_uint_le(machine_memory(), (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spill");
    TCase *tc = tcase_create("spill");
    tcase_add_checked_fixture(tc, use_own_folder, NULL);
    tcase_add_test(tc, content_stays_from_memory_to_file);
    tcase_add_test(tc, arrays_share_a_budget);
    tcase_add_test(tc, part_of_a_file_is_an_array);
    tcase_add_loop_test(tc, failures_leave_it_as_it_was, 0, 2);
    tcase_add_test(tc, a_folder_that_is_not_there_is_named);
    tcase_add_test(tc, the_machine_has_memory);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

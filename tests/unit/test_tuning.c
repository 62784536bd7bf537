/* What `kiln tune` keeps: CLBlast's rules for its parameters, the file there and back, and files that cannot be trusted. */
#include "json_memory.h"
#include "support.h"

#include "backend/opencl/tuning.h"
#include "base/fault.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static kiln_error err;

/* A device that is not there, whose cache is this process's folder. */
static opencl_device made_up(void)
{
    return (opencl_device){
        .base.info = { .name = "A \"GPU\"", .platform = "P", .driver = "1.2", .work_group = 256, .local_memory = 1 << 16 },
        .cache = (char *)temporary_folder()
    };
}

static clblast_parameters first_sets(void)
{
    clblast_parameters p = { .set = { [CLBLAST_ROUTINE] = true } };
    ck_assert(clblast_candidate(CLBLAST_DIRECT, 0, &p) && clblast_candidate(CLBLAST_INDIRECT, 0, &p));
    p.value[CLBLAST_ROUTINE][0] = 77;
    return p;
}

static tuning measured(void)
{
    return (tuning){ .date = "2026-11-25",
                     .parameters = first_sets(),
                     .products = 3,
                     .product = { { PRODUCT_FORWARD, 32, 64, 784, 1e-5, 2e-5 },
                                  { PRODUCT_GRADIENT, 784, 64, 32, 3e-5, 1e-5 },
                                  { PRODUCT_BACKWARD, 32, 784, 64, 0.1, 1.0 / 3.0 } } };
}

static void stored(const opencl_device *device, char **path)
{
    const tuning t = measured();
    ck_assert_kiln(tuning_store(device, &t, path, &err), err);
}

START_TEST(every_set_can_be_used)
{
    const kiln_device_info large = { .work_group = 1024, .local_memory = 1 << 16 },
                           small = { .work_group = 64, .local_memory = 8192 };
    size_t sets = 0, fit = 0;
    for (clblast_kernel kernel = CLBLAST_DIRECT; kernel <= CLBLAST_INDIRECT; kernel++)
        for (size_t i = 0; i < 64; i++) {
            clblast_parameters p = { 0 };
            if (!clblast_candidate(kernel, i, &p))
                break;
            const char *wrong = clblast_parameters_wrong(&p, &large, sizeof(float));
            ck_assert_msg(!wrong, "%s, set %zu: %s", clblast_kernel_name(kernel), i, wrong);
            sets++;
            fit += clblast_parameters_wrong(&p, &small, sizeof(float)) == NULL;
        }
    ck_assert_uint_ge(sets, 10);
    ck_assert_uint_ge(fit, 2);    /* weak devices have some to try, */
    ck_assert_uint_lt(fit, sets); /* but not those they have no room for */
}
END_TEST

/* Each of these values breaks a rule of the set that it is put into. */
static const struct {
    clblast_kernel kernel;
    const char *name;
    size_t value;
} broken[] = {
    { CLBLAST_DIRECT, "WGD", 0 },     { CLBLAST_DIRECT, "WGD", 33 },     { CLBLAST_DIRECT, "WGD", 257 },
    { CLBLAST_DIRECT, "WGD", 256 },   { CLBLAST_DIRECT, "KWID", 0 },     { CLBLAST_DIRECT, "KWID", 5 },
    { CLBLAST_DIRECT, "VWMD", 3 },    { CLBLAST_DIRECT, "VWND", 0 },     { CLBLAST_DIRECT, "VWND", 16 },
    { CLBLAST_DIRECT, "PADA", 2 },    { CLBLAST_DIRECT, "MDIMAD", 0 },   { CLBLAST_DIRECT, "MDIMAD", 5 },
    { CLBLAST_DIRECT, "NDIMBD", 1 },  { CLBLAST_DIRECT, "MDIMCD", 64 },  { CLBLAST_INDIRECT, "GEMMK", 1 },
    { CLBLAST_INDIRECT, "KREG", 2 },  { CLBLAST_INDIRECT, "KWG", 0 },    { CLBLAST_INDIRECT, "KWI", 0 },
    { CLBLAST_INDIRECT, "KWG", 24 },  { CLBLAST_INDIRECT, "MWG", 48 },   { CLBLAST_INDIRECT, "NWG", 100000 },
    { CLBLAST_INDIRECT, "VWM", 5 },   { CLBLAST_INDIRECT, "SA", 2 },     { CLBLAST_INDIRECT, "STRN", 9 },
    { CLBLAST_INDIRECT, "MDIMA", 1 }, { CLBLAST_INDIRECT, "NDIMC", 32 }, { CLBLAST_ROUTINE, "XGEMM_MIN_INDIRECT_SIZE", 1048577 },
};

START_TEST(broken_rules_are_seen)
{
    const opencl_device device = made_up();
    clblast_parameters p = first_sets();
    ck_assert_ptr_null(clblast_parameters_wrong(&p, &device.base.info, sizeof(float)));
    size_t i = 0;
    while (strcmp(clblast_parameter_name(broken[_i].kernel, i), broken[_i].name) != 0)
        i++;
    p.value[broken[_i].kernel][i] = broken[_i].value;
    ck_assert_msg(clblast_parameters_wrong(&p, &device.base.info, sizeof(float)) != NULL, "%s %zu", broken[_i].name,
                  broken[_i].value);
}
END_TEST

/* _i: with parameters, or with CLBlast's own. */
START_TEST(what_is_stored_comes_back)
{
    const opencl_device device = made_up();
    tuning t = measured(), *found = NULL;
    char *path = NULL, *removed = NULL;
    if (_i)
        t.parameters = (clblast_parameters){ 0 };
    ck_assert_kiln(tuning_load(&device, &found, &err), err);
    ck_assert_ptr_null(found);
    ck_assert_kiln(tuning_store(&device, &t, &path, &err), err);
    ck_assert_kiln(tuning_load(&device, &found, &err), err);
    ck_assert_ptr_nonnull(found);
    ck_assert_str_eq(found->date, t.date);
    ck_assert_uint_eq(found->products, t.products);
    for (size_t i = 0; i < t.products; i++) {
        const tuned_product *a = &found->product[i], *b = &t.product[i];
        ck_assert(a->kind == b->kind && a->m == b->m && a->n == b->n && a->k == b->k);
        ck_assert(a->own == b->own && a->clblast == b->clblast);
    }
    for (clblast_kernel kernel = 0; kernel < CLBLAST_KERNELS; kernel++) {
        ck_assert(found->parameters.set[kernel] == t.parameters.set[kernel]);
        for (size_t i = 0; clblast_parameter_name(kernel, i); i++)
            ck_assert_uint_eq(found->parameters.value[kernel][i], t.parameters.value[kernel][i]);
    }
    ck_assert_kiln(tuning_clear(&device, &removed, &err), err);
    ck_assert_str_eq(removed, path);
    free(removed);
    free(found);
    ck_assert_kiln(tuning_load(&device, &found, &err), err);
    ck_assert_ptr_null(found);
    ck_assert_kiln(tuning_clear(&device, &removed, &err), err);
    ck_assert_ptr_null(removed);
    free(path);
}
END_TEST

/* Another name, platform, driver or precision has another file; and a file that was copied there is not taken for its own. */
START_TEST(another_device_has_nothing)
{
    const opencl_device device = made_up();
    opencl_device other = made_up();
    char *path = NULL, *theirs = NULL;
    unsigned char *text;
    size_t bytes;
    tuning *found = NULL;
    kiln_device_info *info = &other.base.info;
    char *const fields[] = { info->name, info->platform, info->driver };
    stored(&device, &path);
    if (_i < 3)
        strcat(fields[_i], "x");
    else
        other.base.precision = KILN_F64;
    ck_assert_kiln(tuning_load(&other, &found, &err), err);
    ck_assert_ptr_null(found);
    stored(&other, &theirs);
    ck_assert_str_ne(path, theirs);
    ck_assert_kiln(file_read(path, 1 << 20, &text, &bytes, &err), err);
    FILE *copy = fopen(theirs, "wb");
    ck_assert_uint_eq(fwrite(text, 1, bytes, copy), bytes);
    fclose(copy);
    ck_assert_kiln(tuning_load(&other, &found, &err), err);
    ck_assert_ptr_null(found);
    unlink(theirs);
    free(text);
    free(theirs);
    free(path);
}
END_TEST

/* A text in the file, and what takes its place; NULL: nothing but that is the file. */
static const struct {
    const char *text, *put;
} damages[] = {
    { "{", "" },
    { "}", "" },
    { NULL, "" },
    { NULL, "[]" },
    { NULL, "{" },
    { "\"version\": 1", "\"version\": 2" },
    { "\"version\": 1", "\"version\": \"1\"" },
    { "\"date\": \"2026-11-25\"", "\"date\": 5" },
    { "2026-11-25", "2026-11-25 at some hour" },
    { "2026-11-25", "\\u001b[2J" },
    { "\"WGD\": 32", "\"WGD\": 31" },
    { "\"WGD\": 32", "\"WGD\": -32" },
    { "\"WGD\": 32", "\"WGD\": 32.0" },
    { "\"WGD\": 32", "\"WGD\": 18446744073709551615" },
    { "\"WGD\": 32", "\"WGD\": null" },
    { "\"WGD\": 32", "\"DWG\": 32" },
    { "\"Xgemm\": {", "\"Xgemm\": 7, \"Ygemm\": {" },
    { "\"clblast\": {", "\"blast\": {" },
    { "\"XGEMM_MIN_INDIRECT_SIZE\": 77", "\"XGEMM_MIN_INDIRECT_SIZE\": 1e9" },
    { "\"products\": [", "\"products\": [], \"others\": [" },
    { "\"products\": [", "\"products\": [ 3," },
    { "\"products\": [", "\"products\": 1, \"others\": [" },
    { "\"kind\": \"forward\"", "\"kind\": \"sideways\"" },
    { "\"m\": 32", "\"m\": 0" },
    { "\"k\": 784", "\"k\": 99999999999" },
    { "\"own_seconds\": ", "\"own_seconds\": -" },
    { "\"own_seconds\": ", "\"own_seconds\": 0, \"other\": " },
    { "\"own_seconds\": ", "\"own_seconds\": \"\", \"other\": " },
    { "\"clblast_seconds\": ", "\"clblast_seconds\": 1e999, \"other\": " },
};

START_TEST(damaged_files_are_refused)
{
    const opencl_device device = made_up();
    char *path = NULL;
    unsigned char *text;
    size_t bytes;
    tuning *found = NULL;
    stored(&device, &path);
    ck_assert_kiln(file_read(path, 1 << 20, &text, &bytes, &err), err);
    const char *at = damages[_i].text ? strstr((char *)text, damages[_i].text) : (char *)text + bytes;
    ck_assert_ptr_nonnull(at);
    FILE *file = fopen(path, "wb");
    if (damages[_i].text)
        fwrite(text, 1, (size_t)(at - (char *)text), file);
    fputs(damages[_i].put, file);
    fputs(at + (damages[_i].text ? strlen(damages[_i].text) : 0), file);
    fclose(file);
    ck_assert_int_eq(tuning_load(&device, &found, &err), KILN_EDATA);
    ck_assert_ptr_null(found);
    ck_assert_msg(strstr(err.message, path) == err.message && strstr(err.message, "'kiln tune --clear'"), "%s", err.message);
    ck_assert_msg(strchr(err.message, '\033') == NULL, "a control character");
    unlink(path);
    free(text);
    free(path);
}
END_TEST

/* Any shorter file is refused too, or is no file of this device. */
START_TEST(shorter_files_are_refused)
{
    const opencl_device device = made_up();
    char *path = NULL;
    tuning *found = NULL;
    unsigned char *text;
    size_t bytes;
    stored(&device, &path);
    ck_assert_kiln(file_read(path, 1 << 20, &text, &bytes, &err), err);
    for (size_t length = bytes; length-- > 0;) {
        ck_assert_int_eq(truncate(path, (off_t)length), 0);
        ck_assert_int_eq(tuning_load(&device, &found, &err), KILN_EDATA);
    }
    unlink(path);
    free(text);
    free(path);
}
END_TEST

/* _i: memory, or file calls, failing in turn while it is stored and read. */
START_TEST(failures_are_said)
{
    const fault_kind kind = _i ? FAULT_FILE : FAULT_MEMORY;
    const opencl_device device = made_up();
    const tuning t = measured();
    unsigned long n = 0;
    for (bool done = false; !done;) {
        tuning *found = NULL;
        char *path = NULL;
        fault_set(kind, ++n, false, 0);
        kiln_status status = tuning_store(&device, &t, &path, &err);
        if (status == KILN_OK)
            status = tuning_load(&device, &found, &err);
        done = fault_count(kind) < n;
        fault_set(kind, 0, false, 0);
        ck_assert_msg(done == (status == KILN_OK), "call %lu: %s", n, err.message);
        ck_assert(status == KILN_OK || status == KILN_ENOMEM || status == KILN_EIO);
        free(found);
        free(path);
    }
    ck_assert_uint_gt(n, 5);
}
END_TEST

/* With the n-th call of jansson for memory failing the file is as it was. */
START_TEST(no_file_lacks_anything)
{
    const opencl_device device = made_up();
    tuning t = measured(), *found = NULL;
    char *path = NULL;
    kiln_status status = KILN_ENOMEM;
    stored(&device, &path);
    free(path);
    strcpy(t.date, "later");
    for (unsigned long n = 1; status != KILN_OK; n++) {
        json_memory_fail(n);
        status = tuning_store(&device, &t, &path, &err);
        const unsigned long calls = json_memory_calls();
        json_memory_restore();
        ck_assert_msg((status == KILN_OK) == (calls < n), "call %lu failed unseen", n);
        ck_assert_kiln(tuning_load(&device, &found, &err), err);
        ck_assert_str_eq(found->date, status == KILN_OK ? "later" : "2026-11-25");
        ck_assert_uint_eq(found->products, 3);
        free(found);
        free(path);
    }
}
END_TEST

START_TEST(without_a_folder_there_is_nothing)
{
    opencl_device device = made_up();
    const tuning t = measured();
    tuning *found = NULL;
    char *path = NULL;
    device.cache = NULL;
    ck_assert_kiln(tuning_load(&device, &found, &err), err);
    ck_assert_ptr_null(found);
    ck_assert_int_eq(tuning_store(&device, &t, &path, &err), KILN_EIO);
    ck_assert_ptr_null(path);
}
END_TEST

START_TEST(plans_go_by_what_is_near)
{
    const tuning t = measured(); /* forward: own twice as fast; gradient: CLBlast three times; backward: own, and far slower */
    const tuned_product forward = { .kind = PRODUCT_FORWARD, .m = 32, .n = 64, .k = 784 },
                        gradient = { .kind = PRODUCT_GRADIENT, .m = 784, .n = 64, .k = 32 },
                        near = { .kind = PRODUCT_GRADIENT, .m = 700, .n = 70, .k = 32 }, both[] = { forward, gradient },
                        larger[] = { { .kind = PRODUCT_FORWARD, .m = 32 * 3, .n = 64, .k = 784 }, gradient };
    bool exact;
    ck_assert(!tuning_prefers_clblast(&t, &forward, 1, &exact) && exact);
    ck_assert(tuning_prefers_clblast(&t, &gradient, 1, &exact) && exact);
    ck_assert(tuning_prefers_clblast(&t, &near, 1, &exact) && !exact);
    ck_assert(tuning_prefers_clblast(&t, both, 2, &exact) && exact);     /* 4e-5 own, 3e-5 CLBlast */
    ck_assert(!tuning_prefers_clblast(&t, larger, 2, &exact) && !exact); /* 6e-5 own, 7e-5 CLBlast */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tuning");
    TCase *tc = tcase_create("tuning");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_set_can_be_used);
    tcase_add_loop_test(tc, broken_rules_are_seen, 0, sizeof broken / sizeof *broken);
    tcase_add_loop_test(tc, what_is_stored_comes_back, 0, 2);
    tcase_add_loop_test(tc, another_device_has_nothing, 0, 4);
    tcase_add_loop_test(tc, damaged_files_are_refused, 0, sizeof damages / sizeof *damages);
    tcase_add_test(tc, shorter_files_are_refused);
    tcase_add_loop_test(tc, failures_are_said, 0, 2);
    tcase_add_test(tc, no_file_lacks_anything);
    tcase_add_test(tc, without_a_folder_there_is_nothing);
    tcase_add_test(tc, plans_go_by_what_is_near);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* What holds of every OpenCL device besides its numbers: choosing it, the same bits every time, streaming, several threads,
 * the program cache, and every failing call. */
#include "backend/opencl/cache.h"
#include "base/fault.h"
#include "devices.h"
#include "run.h"
#include "support.h"

#include <CL/cl.h>

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMETERS = 20 * 23 + 24 * 5, STEPS = 6 };

static kiln_device *open_case(const device_case *c)
{
    kiln_error err = { 0 };
    kiln_device *device;
    ck_assert_kiln(kiln_device_open(c->which, &c->options, &device, &err), err);
    return device;
}

START_TEST(same_seed_gives_the_same_bits)
{
    double first[PARAMETERS], again[PARAMETERS];
    kiln_error err = { 0 };
    size_t cases;
    const device_case *c = device_cases(&cases);
    ck_assert_uint_eq(run_small_parameters(), PARAMETERS);
    for (size_t d = 0; d < cases; d++) {
        kiln_device *device = open_case(&c[d]);
        ck_assert_kiln(run_small(device, STEPS, first, NULL, &err), err);
        ck_assert_kiln(run_small(device, STEPS, again, NULL, &err), err);
        ck_assert_msg(memcmp(first, again, sizeof first) == 0, "%s: two runs of one seed differ", c[d].label);
        kiln_device_close(device);
    }
}
END_TEST

START_TEST(streaming_changes_nothing)
{
    double resident[PARAMETERS], streamed[PARAMETERS];
    kiln_error err = { 0 };
    const kiln_device_options whole = { .cache = "" }, chunks = { .cache = "", .resident_limit = 2000 }; /* one batch a chunk */
    kiln_device *device;
    ck_assert_kiln(kiln_device_open("auto", &whole, &device, &err), err);
    ck_assert_kiln(run_small(device, STEPS, resident, NULL, &err), err);
    kiln_device_close(device);
    ck_assert_kiln(kiln_device_open("auto", &chunks, &device, &err), err);
    ck_assert_kiln(run_small(device, STEPS, streamed, NULL, &err), err);
    kiln_device_close(device);
    ck_assert_msg(memcmp(resident, streamed, sizeof resident) == 0, "streamed samples train other weights than resident ones");
}
END_TEST

/* How many OpenCL calls the evaluation of 512 samples takes in a plan for training with a batch. */
static unsigned long calls_of_evaluation(kiln_device *device, size_t batch)
{
    enum { SAMPLES = 512 };
    static float x[SAMPLES * 3], y[SAMPLES];
    double losses[SAMPLES];
    kiln_error err = { 0 };
    struct kiln_network network = { .layers = 2, .widths = { 3, 5, 1 }, .hidden = KILN_RELU, .output = KILN_LINEAR, .bias = true };
    const plan_spec spec = { .network = &network, .batch = batch, .training = true, .loss = KILN_SSE, .optimizer = KILN_SGD };
    const kiln_samples samples = { .count = SAMPLES, .features = 3, .x = x, .outputs = 1, .y = y };
    plan *p;
    ck_assert_kiln(device->ops->plan(device, &spec, &p, &err), err);
    ck_assert_kiln(p->ops->attach(p, &samples, &err), err);
    ck_assert_kiln(p->ops->order(p, PLAN_EVALUATE, NULL, SAMPLES, &err), err);
    fault_set(FAULT_OPENCL, 0, false, 0);
    ck_assert_kiln(p->ops->evaluate(p, 0, SAMPLES, &(evaluation){ .loss = losses }, &err), err);
    const unsigned long calls = fault_count(FAULT_OPENCL);
    p->ops->destroy(p);
    return calls;
}

/* Else validation would take longer than training where batches are small. */
START_TEST(evaluation_is_not_in_small_batches)
{
    size_t cases;
    const device_case *c = device_cases(&cases);
    for (size_t d = 0; d < cases; d++) {
        const kiln_device_options *o = &c[d].options;
        const bool local = o->shape == KILN_SHAPE_GPU && o->strategy == KILN_STRATEGY_FUSED; /* memory that holds a batch */
        if (local || o->resident_limit || o->gemm == KILN_GEMM_CLBLAST)
            continue;
        kiln_device *device = open_case(&c[d]);
        const unsigned long small = calls_of_evaluation(device, 4), large = calls_of_evaluation(device, 256);
        ck_assert_msg(small == large, "%s: %lu calls with batches of 4, %lu with batches of 256", c[d].label, small, large);
        kiln_device_close(device);
    }
}
END_TEST

typedef struct thread_run {
    double parameters[PARAMETERS];
    kiln_status status;
    kiln_error err;
} thread_run;

static void *run_in_thread(void *argument)
{
    thread_run *run = argument;
    kiln_device *device;
    run->status = kiln_device_open("auto", &(kiln_device_options){ .cache = "" }, &device, &run->err);
    if (run->status == KILN_OK) {
        run->status = run_small(device, STEPS, run->parameters, NULL, &run->err);
        kiln_device_close(device);
    }
    return NULL;
}

START_TEST(two_threads_train_as_one_does)
{
    static thread_run alone, together[2];
    pthread_t thread[2];
    run_in_thread(&alone);
    ck_assert_kiln(alone.status, alone.err);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, run_in_thread, &together[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
        ck_assert_kiln(together[i].status, together[i].err);
        ck_assert(memcmp(alone.parameters, together[i].parameters, sizeof alone.parameters) == 0);
    }
}
END_TEST

/* Damages every file of a folder at one place; how many there are. */
static size_t damage(const char *folder, long place)
{
    size_t files = 0;
    char path[1024];
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "r+b");
        ck_assert_ptr_nonnull(file);
        fseek(file, place, place < 0 ? SEEK_END : SEEK_SET);
        const int byte = fgetc(file);
        fseek(file, -1, SEEK_CUR);
        fputc(byte ^ 0x55, file);
        fclose(file);
        files++;
    }
    closedir(entries);
    return files;
}

START_TEST(damaged_cache_is_rebuilt)
{
    static const long places[] = { 9, 60, -100 }; /* a length, the key, the binary */
    double first[PARAMETERS], again[PARAMETERS];
    char folder[512];
    kiln_error err = { 0 };
    kiln_device *device;
    snprintf(folder, sizeof folder, "%s/cache", temporary_folder());
    const kiln_device_options options = { .cache = folder };
    for (size_t round = 0; round <= sizeof places / sizeof *places; round++) {
        ck_assert_kiln(kiln_device_open("auto", &options, &device, &err), err);
        ck_assert_kiln(run_small(device, STEPS, round ? again : first, NULL, &err), err);
        kiln_device_close(device);
        ck_assert_msg(round == 0 || memcmp(first, again, sizeof first) == 0, "damage at %ld changed the result", places[round - 1]);
        if (round < sizeof places / sizeof *places)
            ck_assert_uint_gt(damage(folder, places[round]), 0);
    }
}
END_TEST

START_TEST(cache_gives_back_what_it_was_given)
{
    size_t bytes = 0;
    char *folder = cache_folder(temporary_file("programs/deep", NULL, 0));
    ck_assert_ptr_nonnull(folder);
    cache_store(folder, "key", 3, (const unsigned char *)"binary", 6);
    unsigned char *binary = cache_load(folder, "key", 3, &bytes);
    ck_assert_ptr_nonnull(binary);
    ck_assert_uint_eq(bytes, 6);
    ck_assert_int_eq(memcmp(binary, "binary", 6), 0);
    free(binary);
    ck_assert_ptr_null(cache_load(folder, "kez", 3, &bytes));
    damage(folder, 34); /* within the key */
    ck_assert_ptr_null(cache_load(folder, "key", 3, &bytes));
    free(folder);
    ck_assert_ptr_null(cache_folder(""));
}
END_TEST

START_TEST(devices_are_chosen_by_index_kind_and_name)
{
    kiln_device_info *info;
    kiln_error err = { 0 };
    kiln_device *device;
    size_t count;
    char part[8] = "";
    ck_assert_kiln(kiln_device_list(&info, &count, &err), err);
    ck_assert_uint_gt(count, 0);
    ck_assert_kiln(kiln_device_open("0", NULL, &device, &err), err);
    ck_assert_str_eq(kiln_device_get_info(device)->name, info[0].name);
    kiln_device_close(device);
    for (size_t i = 0; i + 1 < sizeof part && info[0].name[i]; i++)
        part[i] = (char)(info[0].name[i] >= 'a' && info[0].name[i] <= 'z' ? info[0].name[i] - 32 : info[0].name[i]);
    ck_assert_kiln(kiln_device_open(part, NULL, &device, &err), err);
    kiln_device_close(device);
    ck_assert_int_eq(kiln_device_open("999", NULL, &device, &err), KILN_ENODEVICE);
    ck_assert_int_eq(kiln_device_open("no such device", NULL, &device, &err), KILN_ENODEVICE);
    ck_assert_ptr_nonnull(strstr(err.message, "no OpenCL device 'no such device'; there are: 0 "));
    ck_assert_int_eq(kiln_device_open("0", &(kiln_device_options){ .tile = 33 }, &device, &err), KILN_EINVAL);
    ck_assert_int_eq(kiln_device_open("0", &(kiln_device_options){ .vector = 5 }, &device, &err), KILN_EINVAL);
    ck_assert_str_eq(err.message, "vectors of 5 numbers: kernels have 8 or 16");
    free(info);
}
END_TEST

START_TEST(too_large_a_network_is_refused_before_it_is_made)
{
    const size_t widths[] = { 1000000, 2000000, 10 }; /* 8 TB of weights */
    kiln_error err = { 0 };
    kiln_device *device;
    plan *p;
    struct kiln_network network = { .layers = 2, .widths = { widths[0], widths[1], widths[2] }, .bias = true };
    const plan_spec spec = { .network = &network, .batch = 32, .training = true, .loss = KILN_SSE, .optimizer = KILN_SGD };
    ck_assert_kiln(kiln_device_open("auto", NULL, &device, &err), err);
    ck_assert_int_eq(device->ops->plan(device, &spec, &p, &err), KILN_ENOMEM);
    ck_assert_ptr_nonnull(strstr(err.message, "the parameters needs 8000"));
    kiln_device_close(device);
}
END_TEST

START_TEST(stop_flag_is_seen_between_builds)
{
    static const volatile int raised = 1;
    kiln_error err = { 0 };
    kiln_device *device;
    plan *p;
    struct kiln_network network = { .layers = 1, .widths = { 3, 2 }, .bias = true };
    const plan_spec spec = { .network = &network, .batch = 4, .loss = KILN_SSE, .stop = &raised };
    ck_assert_kiln(kiln_device_open("auto", &(kiln_device_options){ .cache = "" }, &device, &err), err);
    ck_assert_int_eq(device->ops->plan(device, &spec, &p, &err), KILN_EINTERRUPTED);
    kiln_device_close(device);
}
END_TEST

/* One run with call n failing; whether it came through without meeting that call. */
static bool run_with_fault(const kiln_device_options *options, unsigned long n, bool all_later, int code, unsigned long *failures)
{
    double parameters[PARAMETERS];
    kiln_error err = { 0 };
    kiln_device *device;
    fault_set(FAULT_OPENCL, n, all_later, code);
    kiln_status status = kiln_device_open("auto", options, &device, &err);
    if (status == KILN_OK) {
        status = run_small(device, 2, parameters, NULL, &err);
        kiln_device_close(device);
    }
    const bool through = fault_count(FAULT_OPENCL) < n;
    fault_set(FAULT_OPENCL, 0, false, 0);
    ck_assert_msg(!through || status == KILN_OK, "%s", err.message);
    /* what fails for the resident data set is mended by a copy of it, or by streaming */
    ck_assert_msg(through || status == KILN_EDEVICE || status == KILN_ENOMEM || status == KILN_OK, "call %lu: %s", n, err.message);
    ck_assert_msg(status == KILN_OK || err.message[0], "call %lu failed without a word", n);
    *failures += status != KILN_OK;
    return through;
}

/* Every OpenCL call fails in turn, with each of the codes seen in the field; nothing crashes or hangs, and the run says so. */
START_TEST(every_failing_call_ends_cleanly)
{
    static const int codes[] = { CL_MEM_OBJECT_ALLOCATION_FAILURE,
                                 CL_MAP_FAILURE,
                                 CL_OUT_OF_RESOURCES,
                                 CL_OUT_OF_HOST_MEMORY,
                                 CL_BUILD_PROGRAM_FAILURE,
                                 CL_INVALID_COMMAND_QUEUE,
                                 CL_INVALID_WORK_GROUP_SIZE,
                                 CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST };
    char folder[512];
    snprintf(folder, sizeof folder, "%s/programs", temporary_folder()); /* else nearly all of the time is spent building */
    for (int streamed = 0; streamed < 2; streamed++) {
        const kiln_device_options options = { .cache = folder, .resident_limit = streamed ? 2000 : 0 };
        unsigned long failures = 0;
        /* every 7th call with each code, beginning at another one, so that every call has its turn */
        for (unsigned long n = 1 + (unsigned long)_i; !run_with_fault(&options, n, n % 2, codes[_i], &failures); n += 7)
            ;
        ck_assert_uint_gt(failures, 20);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("devices");
    TCase *tc = tcase_create("devices");
    tcase_set_timeout(tc, 200);
    tcase_add_test(tc, same_seed_gives_the_same_bits);
    if (!test_small()) {
        tcase_add_test(tc, streaming_changes_nothing);
        tcase_add_test(tc, evaluation_is_not_in_small_batches);
        tcase_add_test(tc, two_threads_train_as_one_does);
        tcase_add_test(tc, damaged_cache_is_rebuilt);
        tcase_add_test(tc, cache_gives_back_what_it_was_given);
        tcase_add_test(tc, devices_are_chosen_by_index_kind_and_name);
        tcase_add_test(tc, too_large_a_network_is_refused_before_it_is_made);
        tcase_add_test(tc, stop_flag_is_seen_between_builds);
        tcase_add_loop_test(tc, every_failing_call_ends_cleanly, 0, 7);
    }
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

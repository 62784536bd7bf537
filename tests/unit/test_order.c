/* The order of an epoch: each sample once, by seed and epoch alone; and by blocks where samples are on a disk. */
#include "base/random.h"
#include "support.h"
#include "training/order.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 1000 };

static kiln_samples disk(size_t count, size_t window, size_t block)
{
    return (kiln_samples){ .count = count, .features = 1, .window = window, .block = block };
}

/* An order of the samples that `rows` (`count` of them; NULL: all) are. */
static void make(const kiln_samples *s, const uint32_t *rows, size_t count, uint64_t seed, uint64_t epoch, uint32_t *order)
{
    uint32_t *runs = calloc(order_runs(s, count) + 1, sizeof *runs);
    ck_assert_ptr_nonnull(runs);
    runs[order_runs(s, count)] = 0xdeadbeef;
    memset(order, 0xff, MOST * sizeof *order);
    order_make(s, (kiln_subset){ rows, count }, seed, epoch, runs, order);
    ck_assert_uint_eq(runs[order_runs(s, count)], 0xdeadbeef);
    free(runs);
}

START_TEST(each_sample_comes_once)
{
    static const size_t counts[] = { 1, 2, 7, 64, 97, MOST }, windows[] = { 0, 1, 5, 16, 97, MOST + 1 },
                        blocks[] = { 1, 3, 8, 200 };
    for (size_t c = 0; c < 6; c++)
        for (size_t w = 0; w < 6; w++)
            for (size_t b = 0; b < 4; b++) {
                const kiln_samples s = disk(2 * MOST, windows[w], windows[w] ? blocks[b] : 0);
                uint32_t rows[MOST], order[MOST];
                size_t seen[2 * MOST] = { 0 };
                for (size_t i = 0; i < counts[c]; i++)
                    rows[i] = (uint32_t)(2 * i + 1);
                make(&s, rows, counts[c], 3, 4, order);
                for (size_t i = 0; i < counts[c]; i++) {
                    ck_assert_uint_lt(order[i], 2 * counts[c]);
                    seen[order[i]]++;
                }
                for (size_t i = 0; i < counts[c]; i++)
                    ck_assert_msg(seen[rows[i]] == 1, "%zu of %zu, window %zu, block %zu: %zu times", i, counts[c], windows[w],
                                  blocks[b], seen[rows[i]]);
            }
}
END_TEST

START_TEST(seed_and_epoch_decide)
{
    const kiln_samples s = disk(MOST, 100, 10);
    uint32_t one[MOST], same[MOST], epoch[MOST], seed[MOST];
    make(&s, NULL, MOST, 1, 1, one);
    make(&s, NULL, MOST, 1, 1, same);
    make(&s, NULL, MOST, 1, 2, epoch);
    make(&s, NULL, MOST, 2, 1, seed);
    ck_assert_mem_eq(one, same, sizeof one);
    ck_assert_mem_ne(one, epoch, sizeof one);
    ck_assert_mem_ne(one, seed, sizeof one);
}
END_TEST

/* What fits a window, or is in memory, is shuffled as ever. */
START_TEST(a_window_for_all_is_a_whole_shuffle)
{
    static const size_t windows[] = { 0, MOST, MOST + 5 };
    uint32_t plain[MOST], order[MOST];
    for (size_t i = 0; i < MOST; i++)
        plain[i] = (uint32_t)i;
    random_shuffle(9, PHILOX_SHUFFLE, 2, plain, MOST);
    for (size_t i = 0; i < 3; i++) {
        const kiln_samples s = disk(MOST, windows[i], 7);
        make(&s, NULL, MOST, 9, 2, order);
        ck_assert_mem_eq(order, plain, sizeof plain);
    }
}
END_TEST

/* A window reads no more blocks than its samples can be from; runs and samples move far all the same. */
START_TEST(windows_are_of_few_blocks)
{
    enum { WINDOW = 100, BLOCK = 20 };
    const kiln_samples s = disk(MOST, WINDOW, BLOCK);
    uint32_t order[MOST];
    size_t stayed = 0, beside = 0;
    make(&s, NULL, MOST, 5, 0, order);
    for (size_t first = 0; first < MOST; first += WINDOW) {
        bool block[MOST / BLOCK] = { false };
        size_t blocks = 0;
        for (size_t i = first; i < first + WINDOW; i++) {
            blocks += !block[order[i] / BLOCK];
            block[order[i] / BLOCK] = true;
            stayed += order[i] == i;
            beside += i > first && order[i] == order[i - 1] + 1;
        }
        ck_assert_uint_eq(blocks, WINDOW / BLOCK);
    }
    /* Of a random order 1 place in MOST is expected to stay, of one within windows 1 in WINDOW to be behind its neighbour: 1 and 10
     * in all; more than 40 have a chance below 1e-11 (Poisson). */
    ck_assert_uint_le(stayed, 40);
    ck_assert_uint_le(beside, 40);
}
END_TEST

START_TEST(reading_ahead_asks_for_what_is_there)
{
    enum { COUNT = 5000, FEATURES = 3 };
    static float x[COUNT * FEATURES];
    kiln_samples s = disk(COUNT, 100, 30);
    s.features = FEATURES;
    s.x = x;
    const uint32_t order[] = { 0, 31, 4999 };
    ck_assert_uint_eq(order_blocks(&s), 167);
    bool needed[168];
    needed[167] = true;
    x[COUNT * FEATURES - 1] = 5.0f;
    order_prefetch(&s, order, 3, needed);
    for (size_t b = 0; b < 167; b++)
        ck_assert_msg(needed[b] == (b < 2 || b == 166), "block %zu", b);
    ck_assert(needed[167]);
    ck_assert(x[COUNT * FEATURES - 1] == 5.0f);
    s.window = 0;
    ck_assert_uint_eq(order_blocks(&s), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("order");
    TCase *tc = tcase_create("order");
    tcase_add_test(tc, each_sample_comes_once);
    tcase_add_test(tc, seed_and_epoch_decide);
    tcase_add_test(tc, a_window_for_all_is_a_whole_shuffle);
    tcase_add_test(tc, windows_are_of_few_blocks);
    tcase_add_test(tc, reading_ahead_asks_for_what_is_there);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* Random numbers: Random123's known answers, and what is drawn from them. */
#include "support.h"

#include "base/random.h"

#include <stdlib.h>

static const struct {
    uint32_t key[2], counter[4], answer[4];
} known[] = {
    { { 0, 0 }, { 0, 0, 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
    { { 0xffffffff, 0xffffffff },
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
      { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
    { { 0xa4093822, 0x299f31d0 },
      { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
      { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

START_TEST(philox_gives_the_known_answers)
{
    philox_words counter;
    for (int i = 0; i < 4; i++)
        counter.w[i] = known[_i].counter[i];
    const philox_words words = philox(known[_i].key[0], known[_i].key[1], counter);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(words.w[i], known[_i].answer[i]);
}
END_TEST

START_TEST(words_are_keyed_by_seed_and_purpose)
{
    const uint64_t seed = 0x0123456789abcdefu;
    const philox_words words = random_words(seed, PHILOX_DROPOUT, 1, 2, 3, 4);
    const philox_words same = philox(0x89abcdefu, 0x01234567u ^ PHILOX_DROPOUT, (philox_words){ { 1, 2, 3, 4 } });
    const philox_words other = random_words(seed, PHILOX_SHUFFLE, 1, 2, 3, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(words.w[i], same.w[i]);
    ck_assert_uint_ne(words.w[0], other.w[0]);
}
END_TEST

/* Mean of n uniform numbers: 1/2 with standard deviation sqrt(1/(12 n)); six of them are never left by chance. */
START_TEST(uniform_numbers_are_uniform)
{
    enum { COUNT = 100000, BINS = 16 };
    double sum = 0.0;
    size_t bins[BINS] = { 0 };
    for (uint64_t i = 0; i < COUNT; i++) {
        const double x = random_uniform(7, PHILOX_INITIALISE, 3, i);
        ck_assert(x >= 0.0 && x < 1.0);
        sum += x;
        bins[(size_t)(x * BINS)]++;
    }
    ck_assert_double_eq_tol(sum / COUNT, 0.5, 6.0 * 9.13e-4);
    for (int i = 0; i < BINS; i++) /* binomial: 6250 +- 6 x 76.5 */
        ck_assert_msg(bins[i] > 5790 && bins[i] < 6710, "bin %d has %zu of 100000", i, bins[i]);
}
END_TEST

START_TEST(a_shuffle_is_a_permutation)
{
    static const size_t counts[] = { 0, 1, 2, 3, 17, 1000 };
    const size_t count = counts[_i];
    uint32_t rows[1000], other[1000], seen[1000] = { 0 };
    for (size_t i = 0; i < count; i++)
        rows[i] = other[i] = (uint32_t)i;
    random_shuffle(11, PHILOX_SHUFFLE, 5, rows, count);
    random_shuffle(11, PHILOX_SHUFFLE, 6, other, count);
    size_t moved = 0, differ = 0;
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_lt(rows[i], count);
        ck_assert_uint_eq(seen[rows[i]]++, 0);
        moved += rows[i] != i;
        differ += rows[i] != other[i];
    }
    if (count == 1000) {
        ck_assert_uint_gt(moved, 900);
        ck_assert_uint_gt(differ, 900);
    }
}
END_TEST

/* Each of the 6 orders of 3 is as likely: 6000 draws, 1000 +- 6 x 28.9 each. */
START_TEST(shuffles_are_without_bias)
{
    size_t orders[27] = { 0 };
    for (uint64_t stream = 0; stream < 6000; stream++) {
        uint32_t rows[3] = { 0, 1, 2 };
        random_shuffle(3, PHILOX_SHUFFLE, stream, rows, 3);
        orders[rows[0] * 9 + rows[1] * 3 + rows[2]]++;
    }
    static const size_t all[] = { 5, 7, 11, 15, 19, 21 };
    for (int i = 0; i < 6; i++)
        ck_assert_msg(orders[all[i]] > 826 && orders[all[i]] < 1174, "order %zu came %zu times", all[i], orders[all[i]]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *tc = tcase_create("random");
    tcase_add_loop_test(tc, philox_gives_the_known_answers, 0, sizeof known / sizeof *known);
    tcase_add_test(tc, words_are_keyed_by_seed_and_purpose);
    tcase_add_test(tc, uniform_numbers_are_uniform);
    tcase_add_loop_test(tc, a_shuffle_is_a_permutation, 0, 6);
    tcase_add_test(tc, shuffles_are_without_bias);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

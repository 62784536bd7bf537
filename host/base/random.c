/* Random numbers that follow from a seed, a purpose and a position alone. */
#include "base/random.h"

philox_words random_words(uint64_t seed, uint32_t purpose, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3)
{
    return philox((uint32_t)seed, (uint32_t)(seed >> 32) ^ purpose, (philox_words){ { c0, c1, c2, c3 } });
}

static uint64_t random_wide(uint64_t seed, uint32_t purpose, uint64_t stream, uint64_t index)
{
    const philox_words r =
        random_words(seed, purpose, (uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream, (uint32_t)(stream >> 32));
    return (uint64_t)r.w[1] << 32 | r.w[0];
}

double random_uniform(uint64_t seed, uint32_t purpose, uint64_t stream, uint64_t index)
{
    return (double)(random_wide(seed, purpose, stream, index) >> 11) * 0x1p-53;
}

void random_shuffle(uint64_t seed, uint32_t purpose, uint64_t stream, uint32_t *rows, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        /* 64 random bits modulo i <= 2^32: each place is as likely as any other to 2^-32. */
        const size_t j = (size_t)(random_wide(seed, purpose, stream, i) % i);
        const uint32_t row = rows[i - 1];
        rows[i - 1] = rows[j];
        rows[j] = row;
    }
}

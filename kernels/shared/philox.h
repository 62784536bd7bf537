/* Philox 4x32-10, the counter-based random numbers of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3"
 * (SC11): four words that depend on a key and a counter alone. Read by host C and by OpenCL C, so both draw the same. */
#ifndef KILN_PHILOX_H
#define KILN_PHILOX_H

#ifdef __OPENCL_C_VERSION__
typedef uint philox_word;
typedef ulong philox_wide;
#else
#include <stdint.h>
typedef uint32_t philox_word;
typedef uint64_t philox_wide;
#endif

typedef struct philox_words {
    philox_word w[4];
} philox_words;

/* What numbers are drawn for: a key's high word is the seed's, mixed with one of these. */
#define PHILOX_INITIALISE 0x696e6974u
#define PHILOX_SHUFFLE 0x73687566u
#define PHILOX_RUNS 0x72756e73u
#define PHILOX_DROPOUT 0x64726f70u
#define PHILOX_SPLIT 0x73706c69u
#define PHILOX_VERIFY 0x76657269u
#define PHILOX_IMPORTANCE 0x696d706fu
#define PHILOX_FOLDS 0x666f6c64u

inline static philox_words philox(philox_word key0, philox_word key1, philox_words counter)
{
    for (int round = 0; round < 10; round++) {
        const philox_wide a = (philox_wide)0xD2511F53u * counter.w[0];
        const philox_wide b = (philox_wide)0xCD9E8D57u * counter.w[2];
        const philox_word c1 = counter.w[1], c3 = counter.w[3];
        counter.w[0] = (philox_word)(b >> 32) ^ c1 ^ key0;
        counter.w[1] = (philox_word)b;
        counter.w[2] = (philox_word)(a >> 32) ^ c3 ^ key1;
        counter.w[3] = (philox_word)a;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return counter;
}

#endif

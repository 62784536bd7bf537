/* Random numbers that follow from a seed, a purpose and a position alone. */
#ifndef KILN_BASE_RANDOM_H
#define KILN_BASE_RANDOM_H

#include "philox.h"

#include <stddef.h>
#include <stdint.h>

/* The four words of a position, for a purpose (PHILOX_SHUFFLE ...). */
philox_words random_words(uint64_t seed, uint32_t purpose, uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3);

/* Uniform in [0, 1), 53 bits; the number at (stream, index). */
double random_uniform(uint64_t seed, uint32_t purpose, uint64_t stream, uint64_t index);

/* Puts rows in random order (Fisher and Yates), without bias; `stream` tells orders of one seed apart, as an epoch's number. */
void random_shuffle(uint64_t seed, uint32_t purpose, uint64_t stream, uint32_t *rows, size_t count);

#endif

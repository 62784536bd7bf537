/* Samples in a file that is mapped to memory: how much of it stays there. */
#ifndef KILN_NETWORK_READING_H
#define KILN_NETWORK_READING_H

#include <kiln/data.h>

/* Bytes of one sample's features. */
size_t reading_row(const kiln_samples *samples);

/* How far samples are apart, one of `count` from the next, that are taken in the file's order. */
size_t reading_spacing(const kiln_samples *samples, size_t count);

/* Counts samples that were read or passed, and gives the pages of the file back after each window of them. *read begins with 0.
 * Does nothing for samples in memory. */
void reading_count(const kiln_samples *samples, size_t count, size_t *read);

#endif

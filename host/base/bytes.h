/* Numbers in files, from bytes of any alignment, the least first. */
#ifndef KILN_BASE_BYTES_H
#define KILN_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* A whole number of up to 8 bytes. */
uint64_t bytes_whole(const unsigned char *bytes, size_t size);

/* A float32 or float64 number: size is 4 or 8. */
double bytes_real(const unsigned char *bytes, size_t size);

#endif

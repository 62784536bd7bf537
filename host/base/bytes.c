/* Numbers in files. */
#include "base/bytes.h"

#include <string.h>

uint64_t bytes_whole(const unsigned char *bytes, size_t size)
{
    uint64_t whole = 0;
    for (size_t b = size; b-- > 0;)
        whole = whole << 8 | bytes[b];
    return whole;
}

double bytes_real(const unsigned char *bytes, size_t size)
{
    const uint64_t bits = bytes_whole(bytes, size);
    const uint32_t low = (uint32_t)bits;
    double wide;
    float narrow;
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&narrow, &low, sizeof narrow);
    return size == 8 ? wide : (double)narrow;
}

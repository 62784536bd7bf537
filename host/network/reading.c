/* Samples in a file that is mapped to memory: their pages are given back from time to time, so that no more than a window of them
 * is the process's. The system may keep what it has room for, and then no disk is asked again. */
#include "network/reading.h"

#include "base/spill.h"

size_t reading_row(const kiln_samples *samples)
{
    return samples->features * (samples->element == KILN_ELEMENT_U8 ? 1 : sizeof(float));
}

size_t reading_spacing(const kiln_samples *samples, size_t count)
{
    return count < samples->count && count > 0 ? samples->count / count : 1;
}

void reading_count(const kiln_samples *samples, size_t count, size_t *read)
{
    if (samples->window == 0)
        return;
    *read += count;
    if (*read < samples->window)
        return;
    pages_release(samples->x, samples->count * reading_row(samples));
    *read = 0;
}

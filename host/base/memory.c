/* Sizes that cannot wrap, and memory by count and element. */
#include "base/memory.h"

#include "base/fault.h"

#include <stdlib.h>
#include <string.h>

bool size_product(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}

bool size_sum(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

void *mem_alloc(size_t count, size_t element)
{
    return mem_resize(NULL, count, element);
}

void *mem_zeroed(size_t count, size_t element)
{
    size_t bytes;
    if (!size_product(count, element, &bytes) || fault(FAULT_MEMORY))
        return NULL;
    return calloc(1, bytes ? bytes : 1);
}

void *mem_resize(void *memory, size_t count, size_t element)
{
    size_t bytes;
    if (!size_product(count, element, &bytes) || fault(FAULT_MEMORY))
        return NULL;
    return realloc(memory, bytes ? bytes : 1);
}

void *mem_copy(const void *memory, size_t count, size_t element)
{
    if (!memory)
        return NULL;
    void *copy = mem_alloc(count, element);
    if (copy)
        memcpy(copy, memory, count * element);
    return copy;
}

char *mem_text(const char *text)
{
    return text ? mem_copy(text, strlen(text) + 1, 1) : NULL;
}

/* jansson's own memory, which fails on purpose. */
#include "json_memory.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

static unsigned long calls, fails_at;

static void *failing_malloc(size_t bytes)
{
    if (++calls != fails_at)
        return malloc(bytes);
    errno = ENOMEM;
    return NULL;
}

void json_memory_fail(unsigned long n)
{
    json_set_alloc_funcs(failing_malloc, free);
    calls = 0;
    fails_at = n;
}

unsigned long json_memory_calls(void)
{
    return calls;
}

void json_memory_restore(void)
{
    json_set_alloc_funcs(malloc, free);
}

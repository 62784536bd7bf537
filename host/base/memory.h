/* Sizes that cannot wrap, and memory by count and element. Everything here is freed with free(). */
#ifndef KILN_BASE_MEMORY_H
#define KILN_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* a * b and a + b; false, and *result undefined, when they do not fit. The only way a size from a file is computed. */
bool size_product(size_t a, size_t b, size_t *result);
bool size_sum(size_t a, size_t b, size_t *result);

/* Room for count elements; NULL when there is none or the size wraps. Never NULL for count 0. */
void *mem_alloc(size_t count, size_t element);
void *mem_zeroed(size_t count, size_t element);

/* Resizes as realloc does; on NULL the old memory is still there. */
void *mem_resize(void *memory, size_t count, size_t element);

/* A copy of count elements, and of a text; NULL for NULL or where there is no room. */
void *mem_copy(const void *memory, size_t count, size_t element);
char *mem_text(const char *text);

#endif

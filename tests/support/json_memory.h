/* jansson's own memory, which fails on purpose. */
#ifndef KILN_TEST_JSON_MEMORY_H
#define KILN_TEST_JSON_MEMORY_H

/* From now on jansson's n-th call for memory fails; 0: none. */
void json_memory_fail(unsigned long n);

/* Its calls since then. */
unsigned long json_memory_calls(void);

/* Malloc alone, as before. */
void json_memory_restore(void);

#endif

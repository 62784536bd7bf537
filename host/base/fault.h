/* Failing on purpose, so that every path for a failure is tested. Nothing of it is in a build without KILN_FAULTS. */
#ifndef KILN_BASE_FAULT_H
#define KILN_BASE_FAULT_H

#include <stdbool.h>

typedef enum fault_kind { FAULT_MEMORY, FAULT_FILE, FAULT_OPENCL, FAULT_KINDS } fault_kind;

#ifdef KILN_FAULTS
/* In this thread, the n-th call (from 1) of a kind fails from now on; n = 0: none. `all_later`: the ones after it too.
 * `code` is what an OpenCL call then returns. */
void fault_set(fault_kind kind, unsigned long n, bool all_later, int code);

/* How many calls of a kind this thread has made since fault_set. */
unsigned long fault_count(fault_kind kind);

/* Counts a call; true if it is to fail. */
bool fault(fault_kind kind);
int fault_code(fault_kind kind);
#else
static inline bool fault(fault_kind kind)
{
    (void)kind;
    return false;
}
static inline int fault_code(fault_kind kind)
{
    (void)kind;
    return 0;
}
#endif

#endif

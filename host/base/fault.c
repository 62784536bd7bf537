/* The failing side of the tables for memory, files and OpenCL: a counter a thread and kind. */
#include "base/fault.h"

#ifdef KILN_FAULTS
static _Thread_local struct {
    unsigned long calls, n;
    bool all_later;
    int code;
} faults[FAULT_KINDS];

void fault_set(fault_kind kind, unsigned long n, bool all_later, int code)
{
    faults[kind].calls = 0;
    faults[kind].n = n;
    faults[kind].all_later = all_later;
    faults[kind].code = code;
}

unsigned long fault_count(fault_kind kind)
{
    return faults[kind].calls;
}

bool fault(fault_kind kind)
{
    const unsigned long call = ++faults[kind].calls;
    return faults[kind].n != 0 && (call == faults[kind].n || (faults[kind].all_later && call > faults[kind].n));
}

int fault_code(fault_kind kind)
{
    return faults[kind].code;
}
#else
typedef int nothing_here; /* ISO C forbids an empty translation unit */
#endif

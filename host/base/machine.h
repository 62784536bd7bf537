/* What this process has of the machine. */
#ifndef KILN_BASE_MACHINE_H
#define KILN_BASE_MACHINE_H

#include <stddef.h>

/* Bytes of memory: the machine's, or what its container (cgroup) leaves to it where that is less. */
size_t machine_memory(void);

#endif

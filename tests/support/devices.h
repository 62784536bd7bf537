/* Every way to run on this machine: each OpenCL device, with each shape of kernel, tile and matrix multiply. */
#ifndef KILN_TEST_DEVICES_H
#define KILN_TEST_DEVICES_H

#include <kiln/device.h>

#include <stdbool.h>

typedef struct device_case {
    char which[24]; /* index, for kiln_device_open */
    char label[200];
    kiln_device_options options;
} device_case;

/* All cases, counted in *count; static memory. KILN_TEST_DEVICE restricts them to devices whose name or platform has that
 * text; KILN_TEST_SMALL to one case of each shape (for interpreters such as Oclgrind).
 * Fails the test where there is no OpenCL device at all. */
const device_case *device_cases(size_t *count);

/* Whether tests should keep to small sizes. */
bool test_small(void);

#endif

/* The reference backend: plain C in double precision, written to be read. It is what every other device is checked against. */
#ifndef KILN_REFERENCE_H
#define KILN_REFERENCE_H

#include "backend/backend.h"

kiln_status reference_open(const kiln_device_options *options, kiln_device **device, kiln_error *err);

#endif

/* What `kiln verify` found, as tables and as JSON. */
#ifndef KILN_CLI_VERIFY_REPORT_H
#define KILN_CLI_VERIFY_REPORT_H

#include <jansson.h>
#include <kiln/kiln.h>
#include <stdbool.h>

/* One device, and what was found. */
typedef struct verified {
    kiln_device_info info;
    kiln_verify_report report;
    char trouble[1024]; /* why there is no report; "" where there is one */
    bool skipped;       /* the device lacks the precision that was asked for: no fault of its */
} verified;

typedef struct verification {
    kiln_network *network;
    kiln_verify_options options;
    kiln_verify_report reference;
    size_t devices;
    verified *device; /* (devices) */
    double seconds;
} verification;

/* Whether the reference and every device hold, and at least one device was checked. */
bool verification_holds(const verification *v);

void print_verification(const verification *v);

/* model: its file, NULL without; all: whether every device was asked for. */
json_t *verification_json(const char *model, bool all, const verification *v);

#endif

/* What `kiln tune` found, and forgot, as text and as JSON. */
#ifndef KILN_CLI_TUNE_REPORT_H
#define KILN_CLI_TUNE_REPORT_H

#include "setup.h"

#include <jansson.h>

void print_tuning(const training *t, const kiln_tuning *found);
json_t *tuning_json(const training *t, const kiln_tuning *found);

/* path: the file that was removed; NULL where there was none. */
void print_cleared(const kiln_device *device, const char *path);
json_t *cleared_json(const kiln_device *device, const char *path);

#endif

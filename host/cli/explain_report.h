/* What `kiln explain` found, as a table and as JSON. */
#ifndef KILN_CLI_EXPLAIN_REPORT_H
#define KILN_CLI_EXPLAIN_REPORT_H

#include "setup.h"

#include <jansson.h>

/* model: the device that was predicted; NULL where a real one was measured. */
void print_explanation(const training *t, const kiln_device_model *model, const kiln_explanation *e);
json_t *explanation_json(const training *t, const kiln_device_model *model, const kiln_explanation *e);

#endif

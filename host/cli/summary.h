/* What `kiln train` says before it trains and after. */
#ifndef KILN_CLI_SUMMARY_H
#define KILN_CLI_SUMMARY_H

#include "setup.h"

#include <jansson.h>

/* What was measured after training; count 0 where it was not. Losses and errors are in the targets' own units. */
typedef struct figures {
    kiln_metrics train, validation, test;
} figures;

/* The device, data, network and settings, on standard error. */
void summary_announce(const training *t);

/* Measures the trained network: on the validation and test samples there are; on the training samples where there is
 * neither, or where their loss was in other units. */
kiln_status summary_measure(const training *t, figures *measured, kiln_error *err);
void summary_free(figures *measured);

/* The results as text on standard output, or as the JSON object that --json promises. */
void summary_print(const training *t, const figures *measured);
json_t *summary_json(const training *t, const figures *measured);

#endif

/* Where a training goes on from: the network of --from. */
#ifndef KILN_CLI_START_H
#define KILN_CLI_START_H

#include "setup.h"

/* Reads the network that --from names. KILN_EINVAL where --activation says other than the file, or is needed and not there. */
kiln_status start_load(const train_arguments *arguments, kiln_network **from, kiln_error *err);

/* Has data read for that network, where it knows columns or classes; without a network, nothing changes. */
void start_options(const kiln_network *from, kiln_data_options *options);

/* Makes a network with another one's layers and standardisation, in its shape but for the outputs' activation. */
kiln_status start_copy(const kiln_network *from, const kiln_network_shape *shape, const kiln_schema *schema, kiln_network **copy,
                       kiln_error *err);

/* Makes t->network: the layers and standardisation of t->from, the outputs' activation that data and options need, the data's
 * schema. */
kiln_status start_network(training *t, kiln_error *err);

#endif

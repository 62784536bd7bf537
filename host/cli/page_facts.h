/* "What was run", for the page: the same words for every command. */
#ifndef KILN_CLI_PAGE_FACTS_H
#define KILN_CLI_PAGE_FACTS_H

#include "setup.h"

#include <stdio.h>

/* Facts about a device, a data set and a network. */
void facts_device(FILE *to, const kiln_device *device);
void facts_data(FILE *to, const char *file, const kiln_data *data);
void facts_network(FILE *to, const kiln_network *network);

/* Facts about a whole training; user is its `training`. */
void facts_training(FILE *to, const void *user);

#endif

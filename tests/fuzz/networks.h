/* What must hold of a network from any file. */
#ifndef KILN_FUZZ_NETWORKS_H
#define KILN_FUZZ_NETWORKS_H

#include "network/network.h"

#include <math.h>
#include <stdlib.h>

/* A network that loads holds finite numbers only. */
static void check_network(const kiln_network *network)
{
    for (size_t i = 0; i < network->count; i++)
        if (!isfinite(network->parameters[i]))
            abort();
    for (size_t i = 0; network->mean && i < network->widths[0]; i++)
        if (!isfinite(network->mean[i]) || !isfinite(network->scale[i]))
            abort();
}

#endif

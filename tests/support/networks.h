/* What tests of networks share: comparing two of them. */
#ifndef KILN_TEST_NETWORKS_H
#define KILN_TEST_NETWORKS_H

#include <kiln/kiln.h>

/* Asserts that two networks are the same in everything: shape, parameters and standardisation bit for bit, schema. */
void same_network(const kiln_network *a, const kiln_network *b);

#endif

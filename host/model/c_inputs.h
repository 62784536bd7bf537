/* What programs give an exported C file: x, with a place a number and one a category of a text column. */
#ifndef KILN_MODEL_C_INPUTS_H
#define KILN_MODEL_C_INPUTS_H

#include "model/source.h"

#include <kiln/network.h>

/* Whether missing numbers, NaN in x, are filled in, so that features are made of x before anything else. */
bool c_fills(const kiln_network *network);

/* Places of x: the network's features, but for its indicators, which are made of the numbers they belong to. */
size_t c_inputs(const kiln_network *network);

/* Where c_fills: the function NAME_features(x, features). */
void c_write_features(source *s, const kiln_network *network, const char *name, const char *upper);

/* NAME_feature_name(place): what x holds, where its columns have names. */
void c_write_feature_names(source *s, const kiln_schema *schema, const char *name);

#endif

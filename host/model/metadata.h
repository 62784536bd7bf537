/* What a model file says of a network besides its parameters: a JSON object under "kiln" in the file's metadata.
 *
 *   version  1                          mean, scale  [numbers], where inputs are standardised
 *   widths   [in, ..., out]             task         "classification" or "regression", where it is known
 *   hidden, output  activations' words  columns      [{ "name": text, "categories": [texts] }], both where there are any
 *   bias     true or false              target       the target column's name
 *                                       classes      [names], or their number where they have no names
 *                                       missing      "mean", "median" or "drop", where missing values are no error; a column of
 *                                                    numbers then has the number they become as its "missing", and where it has a
 *                                                    feature that says so, "indicator": true
 *                                       ignored      [places] of columns that are not read, the target not counted */
#ifndef KILN_MODEL_METADATA_H
#define KILN_MODEL_METADATA_H

#include "network/network.h"

#include <jansson.h>

#define METADATA_KEY "kiln"

/* Writes shape, standardisation and schema; *text is freed with free(). Returns KILN_ENOMEM, KILN_EINVAL (a text is not UTF-8). */
kiln_status metadata_write(const char *path, const kiln_network *network, char **text, kiln_error *err);

/* Parses the text; *metadata is the caller's reference. Returns KILN_EDATA, KILN_ENOMEM, KILN_EUNSUPPORTED (a later version). */
kiln_status metadata_parse(const char *path, const char *text, json_t **metadata, kiln_error *err);

/* Reads the shape. widths has room for NETWORK_MAX_LAYERS + 1; shape->widths points to it. Returns KILN_EDATA. */
kiln_status metadata_read_shape(const char *path, const json_t *metadata, size_t *widths, kiln_network_shape *shape,
                                kiln_error *err);

/* Reads standardisation and schema into a network of that shape. Returns KILN_EDATA, KILN_ENOMEM. */
kiln_status metadata_read_meaning(const char *path, const json_t *metadata, kiln_network *network, kiln_error *err);

/* The schema's members of the object: set in it, or read from it. *schema is emptied with schema_free, whatever is returned. */
kiln_status schema_to_json(const char *path, const kiln_schema *schema, json_t *metadata, kiln_error *err);
kiln_status schema_from_json(const char *path, const json_t *metadata, kiln_schema *schema, kiln_error *err);

#endif

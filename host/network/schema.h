/* Copies of a schema: what a network's inputs and outputs mean. */
#ifndef KILN_NETWORK_SCHEMA_H
#define KILN_NETWORK_SCHEMA_H

#include <kiln/data.h>

/* Copies every string; *copy is freed with schema_free. Returns KILN_ENOMEM, *copy then empty. */
kiln_status schema_copy(const kiln_schema *schema, kiln_schema *copy, kiln_error *err);

/* Frees what a schema holds, and empties it. */
void schema_free(kiln_schema *schema);

/* Texts that stand for a missing value; so does nan, in any case. */
enum { SCHEMA_MISSING = 8 };
extern const char *const schema_missing[SCHEMA_MISSING];

/* Features a column makes: one a number and one its indicator, one a category of a text column. */
size_t column_features(const kiln_column *column);

/* Whether missing values are filled in, so that none is an error. */
bool schema_fills(const kiln_schema *schema);

/* Features its columns make. False when the sum wraps. */
bool schema_features(const kiln_schema *schema, size_t *features);

#endif

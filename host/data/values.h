/* Rows of numbers without names, as a NumPy table or libsvm text has them, taken as the rows of a CSV without a header are. */
#ifndef KILN_DATA_VALUES_H
#define KILN_DATA_VALUES_H

#include "data/table.h"

/* Begins a table of `columns` numbers a row: which is the target follows from the options, and from the network's columns.
 *
 * t     zeroed; emptied with table_free, after a failure too. path and options are borrowed as long as it lives.
 *
 * Returns KILN_EINVAL, KILN_EDATA, KILN_ENOMEM. */
kiln_status values_open(table *t, const char *path, const kiln_data_options *options, size_t columns, kiln_error *err);

/* Adds a row of numbers that are finite, or NaN where a value is missing. `line` is its place for messages, from 1. Returns
 * KILN_EDATA, KILN_ENOMEM. */
kiln_status values_row(table *t, size_t line, const double *row, kiln_error *err);

#endif

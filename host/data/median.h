/* Medians of columns, in as much memory for many samples as for few. */
#ifndef KILN_DATA_MEDIAN_H
#define KILN_DATA_MEDIAN_H

#include <kiln/data.h>

/* The medians of some float32 features over a subset; of an even number of values the mean of the two in the middle. NaN is no
 * value.
 *
 * offset  (columns) the features, each of which has at least one value.
 * median  (columns)
 *
 * Returns KILN_ENOMEM. */
kiln_status medians(const kiln_samples *samples, kiln_subset subset, size_t columns, const size_t *offset, double *median,
                    kiln_error *err);

#endif

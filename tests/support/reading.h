/* What tests of reading data share: texts that are read, files that are refused, calls that fail. */
#ifndef KILN_TEST_READING_H
#define KILN_TEST_READING_H

#include "base/fault.h"

#include <kiln/kiln.h>
#include <stdbool.h>

/* The samples of a CSV text. */
kiln_data *read_text(const char *text, const kiln_data_options *options);

/* Checks that a file is refused with a status and a sentence; returns the whole error. */
kiln_error check_refused(const char *path, const kiln_data_options *options, kiln_status status, const char *sentence);

/* The same of a CSV text. */
void check_text_refused(const char *text, const kiln_data_options *options, kiln_status status, const char *sentence);

/* Checks that samples are these float32 numbers (count, features); NaN is equal to NaN. */
void check_x(const kiln_data *data, size_t count, size_t features, const float *expected);

/* Reads a file with its first call of a kind failing, then its second ..., or all from there on: each is told, and there are more
 * than `least`. */
void check_failing_calls(const char *path, const kiln_data_options *options, fault_kind kind, bool all_later, unsigned long least);

#endif

/* What a cross-validation found: a row a fold, mean and standard deviation; as text, as a line, as JSON. */
#ifndef KILN_CLI_CROSS_VALIDATION_REPORT_H
#define KILN_CLI_CROSS_VALIDATION_REPORT_H

#include "cross_validation.h"

#include <jansson.h>

enum { CROSS_VALIDATION_LINE = 512 };

/* Prints the folds done, and of classes the confusion matrix of all samples that were held out; nothing where none is done. */
void cross_validation_print(const cross_validation *made, const kiln_schema *schema);

/* "5 folds: accuracy 95.33 % +- 2.98 %, macro F1 ..." */
void cross_validation_line(const cross_validation *made, char text[CROSS_VALIDATION_LINE]);

/* The same for --json; null for NULL. */
json_t *cross_validation_json(const cross_validation *made);

#endif

/* Parts of the page's worst mistakes. */
#ifndef KILN_CLI_PAGE_MISTAKES_H
#define KILN_CLI_PAGE_MISTAKES_H

#include "page_parts.h"

enum { MISTAKE_TARGETS = 4 }; /* that are shown of one sample */

/* Of a sample's labels: those it has; those of them that were not predicted; those that were, and that it has not. */
typedef enum mistaken { LABELS_TRUE, LABELS_MISSED, LABELS_WRONG } mistaken;

/* How many there are; and their names, with the probability of those that are mistakes. */
size_t mistake_labels_count(const page *p, const page_analysis *found, size_t place, mistaken which);
void mistake_labels(FILE *to, const page *p, const page_analysis *found, size_t place, mistaken which);

/* The mistakes, one a row: what was true and predicted, the loss, and the columns where there are few. */
void mistake_table(FILE *to, const page *p, const page_analysis *found);

#endif

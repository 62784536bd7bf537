/* The units that losses of single samples are in. */
#ifndef KILN_CLI_PAGE_UNITS_H
#define KILN_CLI_PAGE_UNITS_H

#include "page_parts.h"
#include "target.h"

/* What losses and importance are measured with. */
typedef struct page_units {
    const kiln_network *network; /* the page's, or `own` */
    kiln_samples samples;        /* the page's, with targets in the units */
    kiln_network *own;           /* a copy whose outputs are in units of each target's deviation; NULL where there is none */
    target_scale scale;
} page_units;

/* To be freed with page_units_free, whatever it returns. */
kiln_status page_units_choose(const page *p, page_units *units, kiln_error *err);
void page_units_free(page_units *units);

#endif

/* The report as a page: one HTML file with everything in it, for --report. */
#ifndef KILN_CLI_PAGE_H
#define KILN_CLI_PAGE_H

#include "page_history.h"

#include <kiln/kiln.h>
#include <stdio.h>

enum { PAGE_FIGURES = 3 };

/* What was typed. */
typedef struct page_command {
    const char *name; /* "train" */
    int count;
    char **words; /* (count) behind the name */
} page_command;

/* Samples that were measured. */
typedef struct page_figures {
    const char *label; /* "validation" */
    const kiln_metrics *metrics;
} page_figures;

typedef struct page {
    page_command command;
    const char *data_file;
    const char *notice;                        /* a sentence to begin with; NULL: none */
    void (*facts)(FILE *to, const void *user); /* writes html_facts: what was run */
    const void *user;
    const page_history *history; /* NULL: nothing was trained */
    const char *loss_note;       /* what the curves' losses are; NULL: nothing to say */
    size_t figures;
    page_figures figure[PAGE_FIGURES]; /* the last is what is looked at closely; none: nothing but the network is */
    kiln_device *device;
    const kiln_network *network;
    const kiln_data *data; /* what the last figures are of: these samples of it */
    kiln_subset subset;
    kiln_loss loss;
    uint64_t seed;
} page;

/* Looks at the samples once more, and writes the file, whole or not at all. */
kiln_status page_write(const char *path, const page *p, kiln_error *err);

#endif

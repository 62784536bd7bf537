/* The parts of a page, and what was found out for them. */
#ifndef KILN_CLI_PAGE_PARTS_H
#define KILN_CLI_PAGE_PARTS_H

#include "page.h"

enum { CALIBRATION_BINS = 10, MISTAKES_MOST = 20, PAGE_NAME = 256 };

/* What the page shows of single samples. Zeroed where nothing was measured. */
typedef struct page_analysis {
    kiln_subset subset; /* of page.data: all that were measured, or some of very many, evenly */
    uint32_t *rows;     /* (subset.count) */
    size_t width;       /* outputs of the network */
    double *outputs;    /* (subset.count, width) */
    double *losses;     /* (subset.count) */
    bool in_deviations; /* losses, and importance, are of targets in units of their standard deviations */

    size_t curves;        /* 1 for two classes: of class 1; else one a class or label, the first of many */
    kiln_curves *curve;   /* (curves) */
    bool has_calibration; /* outputs are probabilities; of labels, all of them together */
    kiln_calibration_bin calibration[CALIBRATION_BINS];
    double calibration_error;

    kiln_importance importance; /* columns 0 where it would take too long */
    size_t importance_samples, importance_repeats;

    size_t mistakes;
    size_t mistake[MISTAKES_MOST]; /* places in the subset, by falling loss */

    kiln_image image; /* zeroes: samples are no pictures */
    double low, high; /* their values' range */
} page_analysis;

kiln_status page_analyse(const page *p, page_analysis *found, kiln_error *err);
void page_analysis_free(page_analysis *found);

/* The data file without its folders. */
const char *page_file_name(const page *p);

/* Whether what was measured is multi-label: outputs say which of several labels a sample has. */
bool page_has_labels(const page *p);

/* The class a sample is of, the one that was predicted, and what the network gave a class. */
size_t page_true_class(const page *p, const page_analysis *found, size_t place);
size_t page_predicted_class(const page_analysis *found, size_t place);
double page_class_output(const page_analysis *found, size_t place, size_t class);

/* A feature of a sample. */
double page_feature(const page *p, size_t row, size_t feature);

/* The name of a column or of its number, from 1, written into `number`. */
const char *page_column_name(const kiln_schema *schema, size_t column, char number[32]);

/* The name of what an output predicts: its column's, or a number from 1; and of a label that is not yes or no, which of the two. */
const char *page_target_name(const page *p, size_t output, char text[PAGE_NAME]);

/* A target as the file has it; of a label, 1 or 0. */
double page_true_output(const page *p, const page_analysis *found, size_t place, size_t output);

/* A sentence about what losses are in, or nothing. */
const char *page_loss_units(const page_analysis *found);

/* Part of the analysis: curves and calibration. */
kiln_status page_measure_scores(const page *p, page_analysis *found, kiln_error *err);

/* How R2 is printed: at most 1, but of a bad network anything below 0. */
const char *page_r2_format(double r2);

/* A figure: how many of the values are where. */
void page_histogram(FILE *to, const char *caption, const char *label, const char *counted, size_t count, const double *values);

/* Each writes its sections, or nothing where there is nothing to say. */
void page_run(FILE *to, const page *p);
void page_tiles(FILE *to, const page *p); /* of the run */
void page_all_figures(FILE *to, const page *p, const page_analysis *found);
void page_training(FILE *to, const page *p);
void page_classes(FILE *to, const page *p, const page_analysis *found);
void page_labels(FILE *to, const page *p, const page_analysis *found);
void page_class_curves(FILE *to, const page *p, const page_analysis *found);
void page_targets(FILE *to, const page *p, const page_analysis *found);
void page_mistakes(FILE *to, const page *p, const page_analysis *found);
void page_importance(FILE *to, const page *p, const page_analysis *found);
kiln_status page_weights(FILE *to, const page *p, kiln_error *err);

#endif

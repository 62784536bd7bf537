/* A trained network looked at more closely: each sample's loss, ROC and precision-recall curves, calibration, importance. */
#ifndef KILN_EVALUATION_H
#define KILN_EVALUATION_H

#include <kiln/training.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The loss of each sample, whatever its weight.
 *
 * loss     KILN_LOSS_AUTO: as for training.
 * losses   (subset.count), in the subset's order; contents undefined on failure.
 *
 * Returns what kiln_evaluate does. */
kiln_status kiln_sample_losses(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                               kiln_loss loss, kiln_stop *stop, double *losses, kiln_error *err);

/* What is told apart when all samples with at least this score are taken for positive. */
typedef struct kiln_threshold {
    double score;
    size_t true_positives, false_positives;
} kiln_threshold;

/* How well a score tells positive samples from negative ones. A point of the ROC curve is (false_positives / negatives,
 * true_positives / positives), one of the precision-recall curve (true_positives / positives, true_positives / both). */
typedef struct kiln_curves {
    size_t positives, negatives;
    double roc_auc; /* the trapezoids below the ROC curve: of a random pair, how often the positive has the higher score */
    double average_precision;  /* sum of (recall - recall before) * precision, as in scikit-learn; no interpolation */
    size_t thresholds;         /* different scores */
    kiln_threshold *threshold; /* (thresholds) by falling score */
} kiln_curves;

/* Measures the curves; areas are NaN where there are no positives or no negatives.
 *
 * score, positive  (count).
 * curves           freed with kiln_curves_free; unchanged on failure.
 *
 * Returns KILN_EINVAL (no samples, a score that is no number), KILN_ENOMEM. */
kiln_status kiln_curves_measure(size_t count, const double *score, const bool *positive, kiln_curves *curves, kiln_error *err);

/* Frees what curves hold, and zeroes them. NULL is fine. */
void kiln_curves_free(kiln_curves *curves);

/* Samples whose probability of being positive is in one interval. */
typedef struct kiln_calibration_bin {
    size_t count, positives;
    double mean; /* of their probabilities; 0 where there are none */
} kiln_calibration_bin;

/* Do the probabilities hold? Of samples said to be positive with 0.8, eight in ten should be.
 *
 * probability, positive  (count), probabilities 0 to 1.
 * bin                    (bins) b is for probabilities above b / bins up to (b + 1) / bins; the first takes 0 too.
 * error                  expected calibration error: mean over the samples of |share of positives - mean probability| in their bin.
 *
 * Returns KILN_EINVAL. */
kiln_status kiln_calibration(size_t count, const double *probability, const bool *positive, size_t bins, kiln_calibration_bin *bin,
                             double *error, kiln_error *err);

/* Zeroed options are the defaults. */
typedef struct kiln_importance_options {
    kiln_loss loss;
    size_t repeats; /* orders that each column is put in; 0: 5 */
    uint64_t seed;  /* of the orders */
    kiln_stop *stop;
} kiln_importance_options;

/* What a network loses when one column of the table is in another order, so that it says nothing about its row.
 * Mean and standard deviation over the repeats; positive where the column helps. */
typedef struct kiln_column_importance {
    size_t feature, features; /* its first feature, and how many: texts, and a number and its indicator, move as a whole */
    double loss_rise, loss_deviation;
    double accuracy_drop, accuracy_deviation; /* NaN for regression and multi-label */
} kiln_column_importance;

/* How much a network goes by each column. */
typedef struct kiln_importance {
    double loss, accuracy; /* with every column in its place; accuracy NaN for regression and multi-label */
    size_t columns;
    kiln_column_importance *column; /* (columns) in the table's order: those of the network's schema, else one a feature */
} kiln_importance;

/* Permutation importance (Breiman 2001), best measured on samples that were not trained on. Each counts as one, whatever its
 * weight. It runs the network on
 * columns * repeats * subset.count samples, and holds some copies of the subset, 64 MiB or one.
 *
 * options     NULL: the defaults.
 * importance  freed with kiln_importance_free; unchanged on failure.
 *
 * Returns what kiln_evaluate does. */
kiln_status kiln_permutation_importance(kiln_device *device, const kiln_network *network, const kiln_samples *samples,
                                        kiln_subset subset, const kiln_importance_options *options, kiln_importance *importance,
                                        kiln_error *err);

/* Frees what an importance holds, and zeroes it. NULL is fine. */
void kiln_importance_free(kiln_importance *importance);

#ifdef __cplusplus
}
#endif
#endif

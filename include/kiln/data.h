/* Samples: from files, or from arrays the caller has. */
#ifndef KILN_DATA_H
#define KILN_DATA_H

#include <kiln/status.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a network's outputs are for. */
typedef enum kiln_task {
    KILN_TASK_AUTO,
    KILN_CLASSIFICATION, /* one of several classes */
    KILN_REGRESSION,     /* numbers, one an output */
    KILN_MULTILABEL,     /* any of several labels: each output says whether a sample has its label, 1, or not, 0 */
} kiln_task;

/* What a missing value of a feature becomes. */
typedef enum kiln_missing {
    KILN_MISSING_ERROR,  /* an error */
    KILN_MISSING_MEAN,   /* the column's mean over the training samples; in a text column none of the categories: 0 for each */
    KILN_MISSING_MEDIAN, /* the same with the median */
    KILN_MISSING_DROP,   /* its row is left out; also where the target is what is missing */
} kiln_missing;

/* What samples are made of: float32, or bytes as images are. */
typedef enum kiln_element { KILN_ELEMENT_F32, KILN_ELEMENT_U8 } kiln_element;

/* A view of samples; owns nothing. Classification has labels; regression has y, and so has multi-label, of 0 and 1;
 * prediction needs neither. That y are a multi-label's is in the network's schema: {.task = KILN_MULTILABEL}. */
typedef struct kiln_samples {
    size_t count;          /* samples */
    size_t features;       /* values of one sample, as the network's input */
    kiln_element element;  /* what x points to */
    const void *x;         /* (count, features), row-major, not standardised */
    size_t outputs;        /* targets of one sample in y; 0 without y */
    const float *y;        /* (count, outputs), or NULL */
    size_t classes;        /* 0 without labels */
    const int32_t *labels; /* (count) class of each sample, 0 to classes - 1, or NULL */
    const float *weight;   /* (count) how much each sample counts, 0 or more, or NULL: all 1. A sample of weight 2 counts as two */

    /* Where x lies in a file that is mapped to memory (mmap, MAP_SHARED); both 0 elsewhere. Its pages are then given back after use
     * (MADV_DONTNEED), and training shuffles by blocks: see kiln_train. */
    size_t window; /* samples that there is memory for at a time */
    size_t block;  /* samples that are read together */
} kiln_samples;

/* Some of the samples, in an order. Owns nothing. */
typedef struct kiln_subset {
    const uint32_t *rows; /* (count) sample indices; NULL: 0 to count - 1 */
    size_t count;
} kiln_subset;

/* One column of the table a network reads. */
typedef struct kiln_column {
    char *name;        /* NULL where the file names no columns */
    size_t categories; /* 0: a number; else a text column, one-hot encoded */
    char **category;   /* (categories) its texts, in the order of their one-hot positions */
    float fill;        /* a number's, where the schema's `missing` is mean or median: what a missing value becomes */
    bool indicator;    /* one more feature follows the number: 1 where its value was missing, else 0 */
} kiln_column;

/* One column that a network learns to predict. */
typedef struct kiln_target {
    char *name;     /* NULL where the file names no columns */
    char *label[2]; /* multi-label: the texts that stand for 0 and 1; both NULL: the numbers do */
} kiln_target;

/* What a network's inputs and outputs mean; travels inside its model file.
 * Columns say how a table's row becomes features: a number is one feature, a text column one a category. */
typedef struct kiln_schema {
    kiln_task task; /* KILN_TASK_AUTO where it is not known */
    size_t columns; /* 0 where it is not known */
    kiln_column *column;
    size_t targets; /* target columns: one, or one an output of regression and multi-label; 0 where they are not known */
    kiln_target *target;
    size_t classes;    /* 0 for regression and multi-label */
    char **class_name; /* (classes), NULL where the classes have no names: their numbers then */
    kiln_missing missing;
    size_t ignored;         /* columns that the training file had, and the network does not read; that of weights is one */
    size_t *ignored_column; /* (ignored) their places, ascending, from 0, the target not counted */
} kiln_schema;

/* What was met while a file was read; for a person to see. */
typedef struct kiln_data_notes {
    size_t dropped;        /* rows left out for a missing value */
    const size_t *missing; /* (the schema's columns) values that were missing in the rows that are samples; NULL: none */
    bool decimal_commas;   /* some numbers were written with them */
    size_t memory;         /* bytes that the samples may take: the options', or half of what there is */
} kiln_data_notes;

/* A data set read from a file. */
typedef struct kiln_data kiln_data;

/* Zeroed options are the defaults. All strings are borrowed for the call. */
typedef struct kiln_data_options {
    const char *labels;  /* IDX, NumPy: the file of labels; .npz: an array in it, or a file; NULL: none, or an array's usual name */
    const char *array;   /* .npz: the array of samples; NULL: that of a usual name, else the only one */
    bool test;           /* .npz: of arrays with usual names the test part comes first, not the train part */
    const char *target;  /* tables: the target column, by name, or by index from 0 (-1: the last); several with commas between, in
                            quotes where a name has one: a,"b,c",-1; NULL: the last */
    bool no_target;      /* every column is a feature; but targets that the schema names, or, without names, the last columns where
                            there are as many more than the schema has, are dropped */
    const char *weights; /* tables: the column of samples' weights, named as a target is, which is then no feature, nor the last
                            column where targets are; finite numbers, 0 or more. NULL: none, every sample weighs the same */
    const char *features, *ignore; /* tables without a schema: columns to read, or not to read, named as targets are, with commas
                                      between, in quotes where a name has one: a,"b,c",-2. NULL: all, none. Not both */
    const char *text;     /* tables without a schema: features, named the same way, whose values are text, whatever they look like:
                             codes, dates. NULL: none */
    kiln_missing missing; /* without a schema: what a missing value becomes. With one the schema says; only DROP adds to it:
                             what would be an error leaves the row out */
    bool missing_indicator; /* without a schema, mean and median: see kiln_column.indicator */
    kiln_task task;
    const kiln_schema *schema; /* read for a network: columns are matched by name where both have names, else by place; classes get
                                  the network's numbers. A target the network does not know is an error. NULL: the file decides */
    kiln_stop *stop;           /* looked at between blocks; NULL: never */
    size_t memory; /* bytes that the samples may take of memory; 0: half of what the machine, or the process's container, has */
} kiln_data_options;

/* Reads a data set: CSV, libsvm's sparse text, NumPy's .npy and .npz, or IDX, told apart by content; plain or gzipped; "-" is
 * standard input. A .npz is a plain file.
 *
 * path      the file.
 * options   NULL: the defaults.
 * *data     to be freed with kiln_data_free.
 *
 * CSV: separators are , ; or tab, whichever the first line has most of; fields may be quoted (RFC 4180); spaces around them are
 * dropped; text is UTF-8. The first row is a header when options->target, options->weights or all of the schema's columns are named
 * in it; or when it has a text where the second row has a number; or when neither row has a number and its fields all differ (but
 * not for a schema with other names). A column whose first value is a number is numeric; any other is text and becomes one feature
 * for each of its texts, sorted, at most 256. Where the separator is ; or tab, a number may have a decimal comma; in one column all
 * have the same mark. (With tabs, a column whose commas could all be thousands' is refused.) A column whose first text is a date, a
 * time, or a number with marks between thousands is refused, unless options->text has it: then it is text, and 1 and 1.0 differ. An
 * empty field, NA, N/A, n/a, <NA>, null, NULL, ? and nan are missing values; infinities are errors.
 *
 * With options->missing mean or median, missing numbers are NaN until kiln_data_fill, which is to be called before they are learned
 * from. With a schema they are filled at once.
 *
 * With a schema whose network ignores columns, and without names, a file has the columns that the network's own file had, with or
 * without the target; or only those that are read, without or with the target. What fits first in this order is taken.
 *
 * IDX and .npy: the first dimension counts samples, the others are one sample's values in one row; unsigned bytes stay so, other
 * types become float32. IDX's labels are the numbers of classes, from 0. NumPy's are classes where they are integers, numbered in
 * order and named by their text, and else numbers to predict, one or more a sample; options->task overrides, and multi-label takes
 * 0 and 1, one or more a sample. A .npy of two dimensions is, without labels, a table without a header: its last column is the
 * target, but for unsigned bytes without options->target. Such a matrix is a table, too, where missing numbers are filled in: NaN
 * is one, also in samples with labels beside them, of which no row can be left out.
 *
 * .npz: usual names are x, X, data, features, images, inputs and arr_0 for samples; y, Y, labels, label, target, targets and arr_1
 * for their labels; each with _train or _test behind, or train_ or test_ before. The train part is
 * read first, with options->test the test part.
 *
 * libsvm: absent values are 0, the number of features is the largest index, or the schema's with the columns that it ignores, among
 * which an index is a place in the network's own file; the target begins each line, and is taken as a CSV's is.
 *
 * With options->schema and targets that are absent from the file (by name; or, without names, as many columns as the network
 * reads), the data have no targets; kiln_samples then has neither y nor labels. Without names, the last columns are the targets.
 * For CSV without a schema, classification or regression follows from options->task, or from the target: text, or whole numbers
 * with at most 20 different values (and no more than half as many as samples) are classes. Classes are sorted, numbers as numbers,
 * and named by their text.
 * Several targets are multi-label where each has two values only, 0 and 1 or two texts (sorted: "no" is 0, "yes" is 1), or where
 * options->task says so; else all are numbers, for regression.
 *
 * Returns KILN_EIO, KILN_EDATA (err->line and err->column say where), KILN_EINVAL (no such target column),
 * KILN_ENOMEM, KILN_EINTERRUPTED. */
kiln_status kiln_data_read(const char *path, const kiln_data_options *options, kiln_data **data, kiln_error *err);

/* Samples that need more than options->memory lie in a file that is mapped to memory: IDX's bytes and NumPy's uint8 and float32, in
 * the order of C and of the machine's bytes, in their own, where that is plain; it must not be cut short while it is used. All else
 * is written to a temporary file in the folder that TMPDIR names, or in /var/tmp; it has no name, and is gone with the data set.
 * Beside the samples, index arrays of 4 bytes a sample are needed. */

/* Frees a data set. NULL is fine. */
void kiln_data_free(kiln_data *data);

/* The samples; valid until the data set is freed. */
const kiln_samples *kiln_data_samples(const kiln_data *data);

/* The array of an .npz that the samples are; NULL for other files. Valid until the data set is freed. */
const char *kiln_data_array(const kiln_data *data);

/* What the columns mean; valid until the data set is freed. */
const kiln_schema *kiln_data_schema(const kiln_data *data);

/* What was met while reading; valid until the data set is freed. */
const kiln_data_notes *kiln_data_get_notes(const kiln_data *data);

/* Gives missing numbers the mean or median of those samples that a network will learn from, as the options said when the data were
 * read, and notes the values in the schema. The other samples have no influence on them. Columns with a missing value among those
 * samples get their indicator then, where the options asked for it: samples and schema are to be looked at anew. Does nothing where
 * nothing was to be filled, and the second time.
 *
 * Returns KILN_EINVAL (no samples, or not the data's), KILN_EDATA (a column has no value in any of them), KILN_ENOMEM. */
kiln_status kiln_data_fill(kiln_data *data, kiln_subset train, kiln_error *err);

/* How the values of a sample are a picture: row by row, a pixel's channels together. */
typedef struct kiln_image {
    size_t height, width, channels; /* channels 1 (grey) or 3 (red, green, blue); all 0 where the file does not say */
} kiln_image;

/* Whether the samples are pictures, as those of an IDX file or a NumPy array of three dimensions, or four of which the last is 1 or
 * 3, are. */
kiln_image kiln_data_image(const kiln_data *data);

/* Copies a data set, filled or not: so that it can be filled for other samples.
 * *copy is to be freed with kiln_data_free; NULL on failure. It has of options->memory what is left. Returns KILN_ENOMEM, KILN_EIO.
 */
kiln_status kiln_data_copy(const kiln_data *data, kiln_data **copy, kiln_error *err);

/* Splits samples in two, by seed alone: the same on every machine.
 *
 * samples   with labels: each class is split in the same proportion, to within one sample, and one of it stays in `train`.
 * fraction  share that goes to `held_out`, 0 up to below 1. At least one sample stays in `train`.
 * *train, *held_out  rows, ascending, are one allocation each, freed by the caller with free((void *)subset.rows), NULL when empty.
 *
 * Returns KILN_EINVAL, KILN_ENOMEM. */
kiln_status kiln_split(const kiln_samples *samples, double fraction, uint64_t seed, kiln_subset *train, kiln_subset *held_out,
                       kiln_error *err);

/* The same for some of the samples: both parts' rows are in the subset's order. */
kiln_status kiln_split_subset(const kiln_samples *samples, kiln_subset subset, double fraction, uint64_t seed, kiln_subset *train,
                              kiln_subset *held_out, kiln_error *err);

/* Deals samples into folds for cross-validation, by seed alone: each sample is held out in one of them.
 *
 * samples  with labels: each fold has the same number of samples of each class, to within one; a class with fewer samples than
 *          there are folds is then absent from some. Folds themselves differ in size by one at most.
 * folds    2 up to the number of samples, where each fold holds out one.
 * fold     (samples->count) where each sample is held out, 0 to folds - 1; unchanged on failure.
 *
 * Returns KILN_EINVAL, KILN_ENOMEM. */
kiln_status kiln_folds(const kiln_samples *samples, size_t folds, uint64_t seed, uint32_t *fold, kiln_error *err);

/* The two parts of one fold.
 *
 * fold   (count) of kiln_folds, or by what a caller knows: the patient that each sample is of, the year.
 * which  the fold whose samples are held out; all others are in `train`.
 * *train, *held_out  as of kiln_split.
 *
 * Returns KILN_EINVAL (one of the parts would be empty), KILN_ENOMEM. */
kiln_status kiln_fold(size_t count, const uint32_t *fold, uint32_t which, kiln_subset *train, kiln_subset *held_out,
                      kiln_error *err);

#ifdef __cplusplus
}
#endif
#endif

/* A table while it is read: what each column of the file is, and the cells so far. No idea of separators and quotes. */
#ifndef KILN_DATA_TABLE_H
#define KILN_DATA_TABLE_H

#include "base/spill.h"
#include "base/status.h"
#include "data/data.h"
#include "data/dictionary.h"
#include "data/names.h"
#include "data/number.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

enum { TABLE_MAX_COLUMNS = 1 << 20, TABLE_MAX_CATEGORIES = 256 };

typedef enum column_kind {
    COLUMN_IGNORED,
    COLUMN_OPEN,    /* a feature, number or text as its first value will be */
    COLUMN_NUMBER,  /* a feature */
    COLUMN_TEXT,    /* a feature; its texts are numbered in the order in which they come */
    COLUMN_KNOWN,   /* a feature whose texts are the network's */
    TARGET_OPEN,    /* a target, number or text as its first value will be */
    TARGET_NUMBER,  /* regression, whole numbers that are classes, or 0 and 1 that are a label */
    TARGET_TEXT,    /* classes, or the two texts of a label, numbered in the order in which they come */
    TARGET_KNOWN,   /* classes, or the two texts of a label, that are the network's */
    TARGET_COUNTED, /* classes that are the network's, 0 to classes - 1 without names */
    COLUMN_WEIGHT,  /* how much each sample counts */
} column_kind;

typedef struct table_column {
    column_kind kind;
    size_t place;      /* of a feature among the features, of a target among the targets */
    const char *name;  /* borrowed from table.names; NULL without a header */
    dictionary texts;  /* its categories or classes */
    char mark;         /* between its numbers' digits: a comma, a point, 0 where none has had one yet */
    size_t mark_line;  /* where the first one is */
    bool ungrouped;    /* some number's comma cannot be one between thousands */
    bool valued;       /* some row has a value, though it may be left out */
    bool settled;      /* by the row that is being read, which may be left out */
    size_t kept_texts; /* those of rows that stay, and so are the next two */
    char kept_mark;
    bool kept_ungrouped;
} table_column;

typedef struct table {
    const char *path;                 /* for messages */
    const kiln_data_options *options; /* never NULL */
    kiln_task task;                   /* the options' or the network's */
    locale_t c_locale;
    char separator;   /* of fields; numbers may have decimal commas where it is none */
    bool fills;       /* a feature's missing value is not an error, but NaN in its cell */
    dictionary names; /* of the header */
    size_t columns;   /* of the file */
    table_column *column;
    size_t *feature; /* (features) the column each is in */
    size_t features; /* columns that are features */
    names asked;     /* the targets that the options name */
    size_t targets;  /* columns that are targets; 0 where there are none */
    size_t *target;  /* (targets) the column each is in */
    bool weighted;   /* one column has weights */
    size_t rows, room;
    size_t dropped;     /* rows with a missing value that were left out */
    bool dropping;      /* the row that is being read has one */
    kiln_error failure; /* of the row that is being read, where such rows are left out: an error only if this one stays */
    bool missing;       /* some cell is NaN */
    float *cell;        /* (room, features) numbers, and the numbers of texts; in `cells` */
    double *label;      /* (room, targets) the targets', the same way; NULL where there are none; in `labels` */
    float *weight;      /* (room) samples' weights; NULL where there are none; in `weights` */
    spill cells, labels, weights;
    size_t passed; /* bytes of cells since their pages were given back */
} table;

/* One row as it stands in the file, before the columns are known. */
typedef struct table_texts {
    size_t line; /* on which the row begins; 0 where a file has none */
    size_t count;
    char *const *text; /* (count) */
} table_texts;

/* Decides from the file's first two rows whether there is a header, and what each column is (layout.c).
 * second->count is 0 where there is no second row. Returns KILN_EDATA, KILN_EINVAL, KILN_ENOMEM. */
kiln_status table_layout(table *t, const table_texts *first, const table_texts *second, bool *header, kiln_error *err);

/* Takes apart what the options say of targets, once the first row's names are in t->names (targets.c). Returns KILN_ENOMEM. */
kiln_status table_ask_targets(table *t, kiln_error *err);

/* Whether the options name a column, not by its place, that the first row has. */
bool table_asks_for_name(const table *t);

/* Finds the column of weights, which becomes COLUMN_WEIGHT, where the options name one (selection.c). Returns KILN_EINVAL. */
kiln_status table_find_weights(table *t, bool header, kiln_error *err);

/* Finds the targets' columns, which become TARGET_OPEN. Returns KILN_EINVAL, KILN_EDATA, KILN_ENOMEM. */
kiln_status table_find_targets(table *t, bool header, kiln_error *err);

/* Decides what each of them is, once the features are laid. Returns KILN_EINVAL, KILN_ENOMEM. */
kiln_status table_lay_targets(table *t, kiln_error *err);

/* Whether each target is a number or a label by itself, as in a network of several targets; else a single one is classes, too. */
bool table_has_several(const table *t);

/* Gives a column texts whose numbers are the network's. Returns KILN_EINVAL, KILN_ENOMEM. */
kiln_status table_know_texts(table *t, table_column *c, char *const *texts, size_t count, kiln_error *err);

/* Whether a network's schema names every column it reads. */
bool table_names_columns(const kiln_schema *schema);

/* The column that a person means, by its name, or by its place: from 0, or from -1 for the last (selection.c). Returns KILN_EINVAL.
 */
kiln_status table_find_column(const table *t, bool header, const char *asked, size_t *column, kiln_error *err);

/* Which columns are features, where they go by their places (selection.c): all but the target, and but those that the options leave
 * out, or that the network's own file had and it does not read. *selected (columns) is freed by the caller, whatever is returned.
 * Returns KILN_EINVAL (no such column, or the target), KILN_ENOMEM. */
kiln_status table_select(const table *t, bool header, bool **selected, kiln_error *err);

/* Makes text of the features that the options call so (selection.c). Returns KILN_EINVAL (no such column, or not one that is read),
 * KILN_ENOMEM. */
kiln_status table_take_texts(table *t, bool header, kiln_error *err);

/* Reads a number as this file writes them; *comma says whether it has a decimal comma. */
number_kind table_number(const table *t, const char *text, size_t length, double *value, bool *comma);

/* Makes room for one more row. Returns KILN_ENOMEM, KILN_EDATA (too many). */
kiln_status table_reserve(table *t, kiln_error *err);

/* Puts one field of the row that is being read in its place: length bytes and a 0. Returns KILN_EDATA, KILN_ENOMEM. Where rows with
 * a missing value are left out, what is wrong in a row is said when it is complete. */
kiln_status table_field(table *t, size_t line, size_t column, const char *text, size_t length, kiln_error *err);

/* The row is complete; it stays, unless a value is missing that has to be there. Returns KILN_EDATA. */
kiln_status table_row_done(table *t, kiln_error *err);

/* Turns the table into a data set (encode.c). The table's cells may be gone after it. */
kiln_status table_encode(table *t, kiln_data *data, kiln_error *err);

/* The targets of a table whose features are encoded (encode_targets.c). */
kiln_status table_encode_targets(table *t, kiln_data *data, kiln_error *err);

/* Frees what a table holds. */
void table_free(table *t);

/* Fails at a field: "FILE:LINE: column N ('name'): what"; line 0 is the whole column's. */
kiln_status table_fail(const table *t, kiln_status status, size_t line, size_t column, kiln_error *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Lists texts for a message: 'a', 'b', 'c' and 7 more. Returns `list`. */
enum { TABLE_LIST = 400 };
const char *table_list(char *const *texts, size_t count, char list[TABLE_LIST]);

#endif

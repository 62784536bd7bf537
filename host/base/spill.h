/* Arrays that grow in memory, and where they pass what there is for them, in a temporary file that is mapped to memory: the system
 * then keeps of them what it has room for. */
#ifndef KILN_BASE_SPILL_H
#define KILN_BASE_SPILL_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

/* What some arrays may take of memory together. */
typedef struct spill_budget {
    size_t most, used; /* bytes */
} spill_budget;

/* Zeroed but for the budget, it is empty. */
typedef struct spill {
    spill_budget *budget; /* NULL: all of memory */
    void *at;             /* the elements; NULL before the first spill_resize */
    size_t bytes;
    void *mapping; /* where it is in a file; `at` may lie behind its beginning */
    size_t mapped; /* bytes of the mapping; 0: in memory */
    int file;      /* the temporary file; only where it is in one, which is not the user's */
    bool borrowed; /* the file is the user's: it is read, and neither written nor resized */
} spill;

/* Resizes as realloc does; after a failure the array is as it was. `what` names it in messages.
 * Returns KILN_ENOMEM, KILN_EIO (the disk is full; the message says which folder). */
kiln_status spill_resize(spill *s, size_t count, size_t element, const char *what, kiln_error *err);

/* Makes an empty array as another one is, by its own budget. Returns as spill_resize. */
kiln_status spill_copy(spill *s, const spill *from, const char *what, kiln_error *err);

/* Makes an empty array of bytes that are in an open file, without a copy. The file may be closed afterwards. What is taken off its
 * end while the array is used ends the program (SIGBUS), as is the way of mapped files. Returns KILN_EIO. */
kiln_status spill_map(spill *s, int file, size_t place, size_t bytes, const char *what, kiln_error *err);

/* Whether so many bytes more are more than the budget has. */
bool spill_exceeds(const spill_budget *budget, size_t bytes);

/* Whether the array is in a file. */
bool spill_is_mapped(const spill *s);

/* Counts bytes that a pass over the array has gone through, and gives its pages back after each quarter of the budget; they are
 * read again when they are needed. *passed begins with 0. Does nothing for an array in memory. */
void spill_passed(const spill *s, size_t bytes, size_t *passed);

/* Frees what it holds and empties it; the budget stays. */
void spill_free(spill *s);

/* Gives pages of a mapped file back; they are read again when they are needed. The bytes must lie in a shared mapping of a file. */
void pages_release(const void *at, size_t bytes);

/* Says that bytes of a mapped file are needed soon. Of any memory, this only costs time. */
void pages_prefetch(const void *at, size_t bytes);

#endif

/* A curve in a line of text: what a value has been so far, in blocks of eight heights. */
#ifndef KILN_CLI_SPARKLINE_H
#define KILN_CLI_SPARKLINE_H

#include <stdbool.h>
#include <stddef.h>

enum { SPARKLINE_MOST = 64, SPARKLINE_BYTES = 3 * SPARKLINE_MOST + 1 };

/* All zero is an empty one. It takes any number of values: neighbours become their mean where there is no more room. */
typedef struct sparkline {
    double mean[SPARKLINE_MOST]; /* of `each` values, the last one of 1 up to that many */
    size_t count, each;
    size_t in_last; /* values that the last mean is of */
} sparkline;

/* Adds a value; one that is no number is left out. */
void sparkline_add(sparkline *s, double value);

/* Draws all of it in exactly `columns` columns, at most SPARKLINE_MOST; on the right are blanks where there are fewer values. */
void sparkline_draw(const sparkline *s, size_t columns, char text[SPARKLINE_BYTES]);

/* Whether the user's locale has the blocks: its characters are UTF-8. */
bool sparkline_possible(void);

#endif

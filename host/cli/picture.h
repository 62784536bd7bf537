/* Small pictures inside a page, as PNG in the address itself. */
#ifndef KILN_CLI_PICTURE_H
#define KILN_CLI_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct picture {
    size_t width, height;
    size_t channels;             /* 1: grey, 3: colours, 4: colours and opacity */
    const unsigned char *pixels; /* (height, width, channels) */
} picture;

/* Writes "data:image/png;base64,..." False where there is no memory for it. */
bool picture_write(FILE *to, const picture *shown);

#endif

/* What samples and classes weigh in a training, as text and as JSON. */
#ifndef KILN_CLI_WEIGHTS_H
#define KILN_CLI_WEIGHTS_H

#include "setup.h"

#include <jansson.h>

/* "column 'w', 0.1 to 5; classes balanced, 0.6 to 3.2", of the training samples; empty where all weigh the same. */
enum { WEIGHTS_TEXT = 400 };
void weights_text(const training *t, char text[WEIGHTS_TEXT]);

/* The column and the least and largest weight of the training samples; the weight of each class. null where there are none. */
json_t *weights_json(const training *t);
json_t *class_weights_json(const training *t);

#endif

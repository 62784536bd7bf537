/* The inside of model files, for tests and fuzzing. */
#ifndef KILN_MODEL_INSIDE_H
#define KILN_MODEL_INSIDE_H

#include <kiln/model.h>

/* kiln_model_load of a file that is already in memory; `path` is for messages. */
kiln_status model_parse(const char *path, const unsigned char *bytes, size_t count, kiln_network **network, kiln_error *err);

#endif

/* The inside of model files, for tests and fuzzing, and for each other. */
#ifndef KILN_MODEL_INSIDE_H
#define KILN_MODEL_INSIDE_H

#include "base/safetensors.h"

#include <kiln/model.h>

/* kiln_model_load of a file that is already in memory; `path` is for messages. */
kiln_status model_parse(const char *path, const unsigned char *bytes, size_t count, kiln_network **network, kiln_error *err);

/* A network of a safetensors file's tensors and metadata; and of tensors alone, named as PyTorch's nn.Sequential names them, with
 * these activations. */
kiln_status model_of_tensors(const char *path, const tensor_file *file, kiln_network **network, kiln_error *err);
kiln_status model_of_sequential(const char *path, const tensor_file *file, kiln_activation hidden, kiln_activation output,
                                kiln_network **network, kiln_error *err);

/* A file that could not be loaded again must not take a good one's place: KILN_EINVAL where a parameter is not finite. */
kiln_status model_check_finite(const kiln_network *network, const char *path, kiln_precision precision, kiln_error *err);

#endif

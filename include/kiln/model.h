/* A network <-> a file. */
#ifndef KILN_MODEL_H
#define KILN_MODEL_H

#include <kiln/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes a network as safetensors, whole or not at all.
 *
 * Weights are named and shaped as PyTorch's nn.Sequential(Linear, activation, Linear, ...) has them: "0.weight" (out, in),
 * "0.bias" (out), "2.weight" ... Shape, standardisation and schema are JSON in the file's metadata, under "kiln".
 *
 * precision  of the weights in the file.
 *
 * Returns KILN_EIO, KILN_ENOMEM, KILN_EINVAL (a parameter is not finite in that precision, a name in the schema is not UTF-8). */
kiln_status kiln_model_save(const kiln_network *network, const char *path, kiln_precision precision, kiln_error *err);

/* Reads a network. *network is to be freed with kiln_network_destroy.
 * Returns KILN_EIO, KILN_EDATA (not such a file, or damaged), KILN_EUNSUPPORTED (from a later version), KILN_ENOMEM. */
kiln_status kiln_model_load(const char *path, kiln_network **network, kiln_error *err);

/* Sets a network's parameters from a safetensors file, by name and shape as above; metadata is not needed, so a file
 * saved by PyTorch serves. F32 and F64 tensors; the network is unchanged on failure.
 * Returns KILN_EIO, KILN_EDATA (a tensor is missing, has another shape, is none of the network's, or holds
 * what is not a finite number), KILN_ENOMEM. */
kiln_status kiln_model_load_parameters(const char *path, kiln_network *network, kiln_error *err);

#ifdef __cplusplus
}
#endif
#endif

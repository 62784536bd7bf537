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

/* Reads a network: a model of kiln's, or ONNX. *network is to be freed with kiln_network_destroy.
 *
 * Of ONNX, what other programs wrote is read too, if it is a multilayer perceptron: Gemm, or MatMul and Add; the activations that
 * kiln has, one for all hidden layers; before them Sub, then Mul or Div, by constants, or Scaler: a standardisation. Such a network
 * has no schema. One that kiln wrote comes back bit for bit, with all it had.
 *
 * Returns KILN_EIO, KILN_EDATA (not such a file, or damaged), KILN_EUNSUPPORTED (from a later version; an operator that is none
 * of the above, named with its node), KILN_ENOMEM. */
kiln_status kiln_model_load(const char *path, kiln_network **network, kiln_error *err);

/* Reads a network as kiln_model_load does, and what PyTorch saved of an nn.Sequential of Linear layers as well: safetensors without
 * kiln's metadata, "N.weight" (out, in) and "N.bias" (out), all behind the same prefix or none, in the order of N.
 *
 * hidden, output  the activations where the file does not say, as PyTorch's does not; *said is false then.
 *
 * Returns what kiln_model_load does. */
kiln_status kiln_model_import(const char *path, kiln_activation hidden, kiln_activation output, bool *said, kiln_network **network,
                              kiln_error *err);

/* Sets a network's parameters from a safetensors file, by name and shape as above; metadata is not needed, so a file
 * saved by PyTorch serves. F32 and F64 tensors; the network is unchanged on failure.
 * Returns KILN_EIO, KILN_EDATA (a tensor is missing, has another shape, is none of the network's, or holds
 * what is not a finite number), KILN_ENOMEM. */
kiln_status kiln_model_load_parameters(const char *path, kiln_network *network, kiln_error *err);

/* Zeroed fields are the defaults. */
typedef struct kiln_onnx_options {
    kiln_precision precision; /* of weights and inputs */
    int opset;                /* version of ONNX's operators, 13 to 22; 0: 17 */
} kiln_onnx_options;

/* Writes a network as ONNX, whole or not at all, with its preprocessing as nodes, so that it takes rows as they are in the data.
 *
 * Inputs:  "X" (N, columns) where all columns are numbers; else one (N, 1) a column, with its name, numbers or strings. Where the
 *          network fills in missing values, they are NaN, or the strings "", "NA", "N/A", "n/a", "<NA>", "null", "NULL", "?",
 *          "nan", "NaN", "NAN"; indicators are made of them inside.
 * Outputs: for classes "label" (N), integers where all classes' names are, else strings, and "probabilities" (N, classes) ("scores"
 *          after linear outputs); for several labels "label" (N, labels), 0 and 1 or their texts, and
 *          "probabilities" (N, labels); for regression "variable" (N, out); else "output" (N, out). The label is what
 *          kiln_predicted_class says.
 * The metadata have "kiln" as in kiln's own files.
 *
 * options  NULL: the defaults.
 *
 * Returns KILN_EIO, KILN_ENOMEM, KILN_EINVAL (a parameter is not finite in that precision, a name is not UTF-8, an opset). */
kiln_status kiln_model_export_onnx(const kiln_network *network, const char *path, const kiln_onnx_options *options,
                                   kiln_error *err);

/* Writes a network as one C99 file, which is C++ too and needs nothing but math.h: constants and
 *   static inline void NAME_predict(const float *x, float *y)   y = the network's outputs for the raw features x
 *   static inline int NAME_class(const float *x)                the predicted class's number; for classification
 *   static inline void NAME_labels(const float *x, int *labels) 1 for each label whose output is 1/2 or more, else 0
 *   static inline const char *NAME_class_name(int), NAME_feature_name(int), NAME_output_name(int)   where these have names
 * Where the network fills in missing values, a missing number is NaN in x; indicators are made of that, x has no place for them.
 *
 * name  of what is in the file; NULL: the file's, with '_' where C has no such character.
 *
 * Returns KILN_EIO, KILN_ENOMEM, KILN_EINVAL (a parameter is no finite float32, name is no C name). */
kiln_status kiln_model_export_c(const kiln_network *network, const char *path, const char *name, kiln_error *err);

/* Writes a network as kiln_model_save does, with its standardisation inside the first layer: PyTorch's nn.Sequential, which knows
 * no metadata, then takes raw features. Where that needs biases and the network has none, all layers get them. */
kiln_status kiln_model_export_pytorch(const kiln_network *network, const char *path, kiln_precision precision, kiln_error *err);

#ifdef __cplusplus
}
#endif
#endif

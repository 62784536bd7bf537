/* A network from ONNX. */
#ifndef KILN_MODEL_ONNX_READ_H
#define KILN_MODEL_ONNX_READ_H

#include <kiln/network.h>

/* Makes a network of a file's content. Returns KILN_EDATA, KILN_EUNSUPPORTED, KILN_ENOMEM. */
kiln_status onnx_parse(const char *path, const unsigned char *bytes, size_t count, kiln_network **network, kiln_error *err);

#endif

/* A network for PyTorch alone, which reads tensors and no metadata: the standardisation goes into the first layer. */
#include "base/memory.h"
#include "model/model.h"
#include "network/network.h"

#include <stdlib.h>
#include <string.h>

/* ((x - mean) * scale) . w + b  =  x . (scale w) + (b - (mean scale) . w) */
static void fold_standardisation(const kiln_network *network, double *weights, double *bias)
{
    const size_t in = network->widths[0], out = network->widths[1];
    for (size_t i = 0; i < in; i++)
        for (size_t o = 0; o < out; o++) {
            weights[i * out + o] *= (double)network->scale[i];
            bias[o] -= (double)network->mean[i] * weights[i * out + o];
        }
}

kiln_status kiln_model_export_pytorch(const kiln_network *network, const char *path, kiln_precision precision, kiln_error *err)
{
    kiln_network *folded = NULL;
    kiln_network_shape shape = kiln_network_get_shape(network);
    if (!network->mean)
        return kiln_model_save(network, path, precision, err);
    shape.no_bias = false;
    kiln_status status = kiln_network_create(&shape, &folded, err);
    if (status == KILN_OK)
        status = kiln_network_set_schema(folded, &network->schema, err);
    if (status != KILN_OK)
        goto done;
    for (size_t l = 0; l < network->layers; l++) {
        const double *from = network->parameters + network_layer_offset(network, l);
        memcpy(folded->parameters + network_layer_offset(folded, l), from, network_layer_size(network, l) * sizeof *from);
    }
    fold_standardisation(network, folded->parameters, folded->parameters + folded->widths[0] * folded->widths[1]);
    status = kiln_model_save(folded, path, precision, err);
done:
    kiln_network_destroy(folded);
    return status;
}

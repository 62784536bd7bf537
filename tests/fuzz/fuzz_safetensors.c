/* libFuzzer: any bytes as a safetensors file, its tensors read in either order, as a model, and as PyTorch's nn.Sequential. */
#include "base/safetensors.h"
#include "model/model.h"
#include "networks.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void read_tensors(const uint8_t *bytes, size_t count)
{
    tensor_file file;
    kiln_network *network = NULL;
    kiln_error err;
    if (tensors_parse("fuzz", bytes, count, &file, &err) != KILN_OK)
        return;
    for (size_t i = 0; i < file.tensors; i++) {
        const tensor *t = &file.tensor[i];
        double *values = malloc(t->type == TENSOR_OTHER ? 1 : t->elements * sizeof *values + 1);
        if (values)
            tensor_values(t, i % 2, values);
        free(values);
    }
    if (model_of_sequential("fuzz", &file, KILN_RELU, KILN_LINEAR, &network, &err) == KILN_OK)
        check_network(network);
    kiln_network_destroy(network);
    tensors_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    kiln_network *network = NULL;
    kiln_error err;
    read_tensors(bytes, count);
    if (model_parse("fuzz", bytes, count, &network, &err) == KILN_OK)
        check_network(network);
    kiln_network_destroy(network);
    return 0;
}

/* libFuzzer: any bytes as ONNX. What is read is a network of finite numbers. */
#include "model/onnx_read.h"
#include "networks.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    kiln_network *network = NULL;
    kiln_error err = { 0 };
    const kiln_status status = onnx_parse("fuzz", bytes, count, &network, &err);
    if (status == KILN_OK)
        check_network(network);
    else if (network || !err.message[0] || (status != KILN_EDATA && status != KILN_EUNSUPPORTED))
        abort();
    kiln_network_destroy(network);
    return 0;
}

/* First parameters of a network, drawn from (seed, layer, element) alone. */
#include "base/random.h"
#include "base/status.h"
#include "network/network.h"

#include <math.h>
#include <string.h>

static const char *const names[] = {
    [KILN_INIT_AUTO] = "auto",
    [KILN_INIT_XAVIER] = "xavier",
    [KILN_INIT_HE] = "he",
    [KILN_INIT_UNIFORM] = "uniform",
};

enum { WAYS = sizeof names / sizeof *names };

const char *kiln_initialisation_name(kiln_initialisation how)
{
    return (size_t)how < WAYS ? names[how] : NULL;
}

bool kiln_initialisation_find(const char *name, kiln_initialisation *how)
{
    for (size_t i = 0; name && i < WAYS; i++)
        if (strcmp(name, names[i]) == 0) {
            *how = (kiln_initialisation)i;
            return true;
        }
    return false;
}

/* He's derivation is for activations that are 0, or nearly, for half of all z. */
static kiln_initialisation resolve(kiln_initialisation how, kiln_activation activation)
{
    if (how != KILN_INIT_AUTO)
        return how;
    switch (activation) {
    case KILN_RELU:
    case KILN_LEAKY_RELU:
    case KILN_GELU:
    case KILN_SILU:
        return KILN_INIT_HE;
    default:
        return KILN_INIT_XAVIER;
    }
}

static double limit(kiln_initialisation how, double in, double out)
{
    switch (how) {
    case KILN_INIT_HE:
        return sqrt(6.0 / in);
    case KILN_INIT_UNIFORM:
        return 1.0 / sqrt(in);
    default:
        return sqrt(6.0 / (in + out));
    }
}

kiln_status kiln_network_initialise(kiln_network *network, kiln_initialisation how, uint64_t seed, kiln_error *err)
{
    if ((size_t)how >= WAYS)
        return kiln_fail(err, KILN_EINVAL, "there is no initialisation %d: they are 0 to %d", (int)how, WAYS - 1);
    for (size_t layer = 0; layer < network->layers; layer++) {
        const size_t in = network->widths[layer], out = network->widths[layer + 1];
        const kiln_initialisation way = resolve(how, network_activation(network, layer));
        const double most = limit(way, (double)in, (double)out);
        double *parameters = network->parameters + network_layer_offset(network, layer);
        for (size_t i = 0; i < network_layer_size(network, layer); i++) {
            const bool is_zero = i >= in * out && way != KILN_INIT_UNIFORM;
            const double uniform = 2.0 * random_uniform(seed, PHILOX_INITIALISE, layer, i) - 1.0;
            parameters[i] = is_zero ? 0.0 : (double)(float)(most * uniform);
        }
    }
    return KILN_OK;
}

/* The units that losses of single samples are in. Of several numbers it is each one's deviation: prices of some hundred thousand
 * would hide whatever goes wrong with a share. */
#include "page_units.h"

#include "start.h"

kiln_status page_units_choose(const page *p, page_units *units, kiln_error *err)
{
    const kiln_samples *samples = kiln_data_samples(p->data);
    const kiln_network_shape shape = kiln_network_get_shape(p->network);
    *units = (page_units){ .network = p->network, .samples = *samples };
    if (samples->labels || page_has_labels(p) || samples->outputs < 2 || shape.output != KILN_LINEAR)
        return KILN_OK;
    kiln_status status = target_measure(samples, p->subset, !shape.no_bias, &units->scale, &units->samples, err);
    if (status == KILN_OK)
        status = start_copy(p->network, &shape, kiln_network_schema(p->network), &units->own, err);
    if (status == KILN_OK)
        status = target_unfold(&units->scale, units->own, err);
    units->network = units->own;
    return status;
}

void page_units_free(page_units *units)
{
    kiln_network_destroy(units->own);
    target_free(&units->scale);
}

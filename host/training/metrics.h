/* What every sample gives a network, for figures that are made of single samples. */
#ifndef KILN_TRAINING_METRICS_H
#define KILN_TRAINING_METRICS_H

#include "backend/backend.h"

#include <kiln/training.h>

/* Checks samples as kiln_evaluate does. */
kiln_status evaluation_check(const kiln_network *network, const kiln_samples *samples, kiln_subset subset, kiln_loss loss,
                             kiln_error *err);

/* Runs the network on samples that were checked; what `into` points to has room for subset.count of them. */
kiln_status evaluate_samples(kiln_device *device, const kiln_network *network, const kiln_samples *samples, kiln_subset subset,
                             kiln_loss loss, kiln_stop *stop, const evaluation *into, kiln_error *err);

#endif

/* A run's settings as JSON: what two runs must share for one to go on from the other's checkpoint. */
#ifndef KILN_TRAINING_SETTINGS_H
#define KILN_TRAINING_SETTINGS_H

#include "network/network.h"

#include <jansson.h>
#include <kiln/training.h>

/* Describes a run: names as a person would say them ("batch size"), in a fixed order; data and standardisation by fingerprint.
 * options are resolved. NULL where there is no memory; freed with json_decref. */
json_t *settings_describe(const kiln_network *network, kiln_precision precision, const kiln_training_options *options,
                          const kiln_samples *samples, kiln_subset train, kiln_subset validation);

/* Whether a run with settings `here` may go on from a checkpoint at `path` made with settings `there`. The number of epochs
 * may differ where the schedule does not depend on it. Returns KILN_EDATA, naming the first setting that differs. */
kiln_status settings_compare(const char *path, const json_t *there, const json_t *here, bool epochs_may_differ, kiln_error *err);

#endif

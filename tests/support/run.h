/* A small training run straight on a backend: what it leaves in the parameters. */
#ifndef KILN_TEST_RUN_H
#define KILN_TEST_RUN_H

#include "backend/backend.h"

/* Trains a 19-23-5 softmax network with Adam and dropout for `steps` steps of 7 made-up samples; parameters (count) and the
 * losses of all samples seen (7 steps) are written where asked for. The first failure of any call is returned. */
kiln_status run_small(kiln_device *device, size_t steps, double *parameters, double *losses, kiln_error *err);

/* Parameters of that network. */
size_t run_small_parameters(void);

#endif

/* The learning rate of each step. */
#ifndef KILN_TRAINING_SCHEDULE_H
#define KILN_TRAINING_SCHEDULE_H

#include <kiln/training.h>

/* The rate of step `step` (from 0) of `total`, for a schedule that starts from or rises to `rate`.
 * warm_up: the share of all steps over which it is multiplied by a line that reaches 1 at the last of them; never 0. */
double schedule_rate(kiln_schedule schedule, double rate, double warm_up, uint64_t step, uint64_t total);

/* Whether the rate of a step depends on how many there are in all, so that a run cannot be made longer later. */
bool schedule_needs_total(kiln_schedule schedule, double warm_up);

#endif

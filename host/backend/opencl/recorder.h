/* Launches seen on their way into the queue: what each computes, and the event its time is read from. */
#ifndef KILN_OPENCL_RECORDER_H
#define KILN_OPENCL_RECORDER_H

#include "backend/opencl/context.h"

/* What one launch of a training step does to a whole batch. Operations are counted as the formula has them, a function such
 * as exp as one; of a product 2 m n k, whatever else its kernel does. Bytes: every number read or written once. */
typedef struct launch_work {
    char what[40];      /* "layer 1 forward"; "" where nobody has described it */
    const char *kernel; /* its name, or CLBlast's routine */
    size_t m, n, k;     /* a product (m, k) . (k, n); else m elements, n and k 0 */
    double flops, bytes;
} launch_work;

/* More than the launches of a step of the deepest network: some six a layer, and four. */
enum { RECORDS_MOST = 8 * NETWORK_MAX_LAYERS };

typedef struct launch_record {
    const launch_work *work; /* the launch's own, valid while its plan is */
    cl_event event;          /* NULL where dry */
} launch_record;

/* While a device points to one, launches are recorded, up to RECORDS_MOST. */
typedef struct launch_recorder {
    bool dry; /* launches are recorded, but not enqueued */
    size_t count;
    launch_record at[RECORDS_MOST];
} launch_recorder;

/* Records a launch that is about to be enqueued. *event: where its event goes, NULL where nobody records.
 * Returns false when it is not to be enqueued at all. */
bool recorder_add(launch_recorder *recorder, const launch_work *work, cl_event **event);

/* Waits for the launches recorded, and gives the time each took.
 *
 * seconds  (recorder->count) from START to END. A call of CLBlast may be several kernels, of which it hands out the last one's
 *          event: its time counts from the end of the launch before. */
kiln_status recorder_times(opencl_device *device, const launch_recorder *recorder, double *seconds, kiln_error *err);

/* Puts a queue with profiling in the place of the device's; and the device's own, `plain`, back. */
kiln_status recorder_profile(opencl_device *device, cl_command_queue *plain, kiln_error *err);
void recorder_profile_end(opencl_device *device, cl_command_queue plain);

/* The median of 1 or more times, which are sorted. */
double recorder_median(double *seconds, size_t count);

/* Forgets what was recorded. */
void recorder_clear(const opencl_device *device, launch_recorder *recorder);

#endif

/* What tests of training share: a small problem, and a reference device that stops or fails where a test wants it to. */
#ifndef KILN_TEST_TRAINING_H
#define KILN_TEST_TRAINING_H

#include <kiln/kiln.h>

enum { BLOB_FEATURES = 2, BLOB_CLASSES = 3, BLOB_SAMPLES = 96 };

/* Three clouds of points around (0, 0), (3, 0) and (0, 3), a class each, in turn. The same every time; made on the
 * first call, which threads must not make. */
const kiln_samples *blobs(void);

/* A network for them, initialised from a seed: 2-7-3, tanh and softmax. */
kiln_network *blob_network(uint64_t seed);

/* What a hooked device counts, and where it acts; 0: nowhere. */
typedef struct hooks {
    size_t steps;            /* steps trained */
    size_t evaluations;      /* calls of evaluate */
    size_t calls_after_fail; /* of anything but destroy, once a call has failed */
    size_t stop_at_step;     /* raises `stop` once that many steps are done */
    size_t stop_at_evaluate; /* raises it in that call of evaluate */
    size_t fail_at_step;     /* the call that would train it returns KILN_EDEVICE, and so does every later one */
    double seconds;          /* that each call of train takes at least */
    volatile int stop;
    bool failed;
} hooks;

/* The hooks of this process's hooked device: one device, one test, one thread at a time. */
extern hooks hook;

/* Puts the hooks, all at rest, around an open device. */
void hook_device(kiln_device *device);

/* The reference with hooks. Closed with kiln_device_close. */
kiln_device *hooked_device(void);

#endif

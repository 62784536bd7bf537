/* Whose matrix products are fastest on a device, kiln's own kernels' or CLBlast's, and with which of CLBlast's parameters. */
#ifndef KILN_TUNE_H
#define KILN_TUNE_H

#include <kiln/network.h>
#include <kiln/training.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One product of a training step. Seconds are medians, and include what follows the product: bias, activation, update. */
typedef struct kiln_tuned_product {
    char what[40];  /* "layer 1 forward" */
    size_t m, n, k; /* (m, k) . (k, n) */
    double own;     /* by kiln's own kernels */
    double before;  /* by CLBlast, as it was before: with its own parameters, but after kiln_tune in the same process */
    double clblast; /* by CLBlast, with the best parameters */
} kiln_tuned_product;

/* One of CLBlast's parameters. */
typedef struct kiln_tuned_parameter {
    const char *kernel, *name; /* "XgemmDirect", "WGD" */
    size_t value;
} kiln_tuned_parameter;

enum { KILN_TUNED_PARAMETERS = 32 };

/* What was measured, and what is used from now on. */
typedef struct kiln_tuning {
    size_t products;
    kiln_tuned_product *product;                           /* (products) in the order of a step */
    double own, before, clblast;                           /* all products together */
    size_t parameters;                                     /* 0: none that was tried is better than CLBlast's own */
    kiln_tuned_parameter parameter[KILN_TUNED_PARAMETERS]; /* the best ones */
    size_t tried, sets;                                    /* sets of parameters measured, and there are to measure */
    bool use_clblast;                                      /* what plans of this network use from now on */
    bool whole_steps; /* but this network trains whole steps in one launch, where the strategy is as the device was opened with */
    char date[16];    /* 2026-11-25 */
    char *path;       /* the file it is kept in */
} kiln_tuning;

/* What is about to be measured: "CLBlast, set 3 of 14". */
typedef void (*kiln_tune_report)(void *user, const char *what);

/* Zeroed options are the defaults. */
typedef struct kiln_tune_options {
    kiln_training_options training; /* as for kiln_train; its batch size is that of the products */
    double seconds;          /* in which sets are tried, but for kiln's own kernels and CLBlast as it is, which always are; 0: 60 */
    size_t sets;             /* most to try; 0: all */
    kiln_tune_report report; /* may be NULL */
    void *user;
    kiln_stop *stop;
} kiln_tune_options;

/* Measures the products that training a network takes, by kiln's own kernels and by CLBlast with several sets of parameters, and
 * keeps the result in the device's cache folder. From then on KILN_GEMM_AUTO chooses by it on devices of the same name, platform,
 * driver and precision, for other networks too, by the nearest sizes; and CLBlast has those parameters, with KILN_GEMM_CLBLAST too.
 *
 * device   opened with KILN_GEMM_AUTO or any other; CLBlast compiles for seconds a set, on CPUs longer.
 * network  its shape matters, and its parameters are what is multiplied; unchanged.
 * options  NULL: the defaults.
 * tuning   freed with kiln_tuning_free; unchanged on failure.
 *
 * CLBlast keeps parameters for the whole process: those of the set tried last stay until a plan is made that has others.
 * Returns KILN_EUNSUPPORTED for the reference, which has one way to multiply; KILN_EINVAL, KILN_ENOMEM, KILN_EDEVICE,
 * KILN_EINTERRUPTED (nothing is kept); KILN_EIO (the file cannot be written, or the device has no cache folder). */
kiln_status kiln_tune(kiln_device *device, const kiln_network *network, const kiln_tune_options *options, kiln_tuning *tuning,
                      kiln_error *err);

/* Forgets what kiln_tune kept for this device and its precision. *path: the file that was removed, freed with free(); NULL where
 * there was none. Returns KILN_EUNSUPPORTED for the reference; KILN_EIO. */
kiln_status kiln_tune_clear(kiln_device *device, char **path, kiln_error *err);

/* Frees what a tuning holds, and zeroes it. NULL is fine. */
void kiln_tuning_free(kiln_tuning *tuning);

#ifdef __cplusplus
}
#endif
#endif

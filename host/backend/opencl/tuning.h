/* What `kiln tune` found on a device, kept in the cache folder for later plans on it.
 *
 * One file a device, driver and precision: FOLDER/HASH.tune.json. It is read as what comes from outside: names of the device must
 * match, every number is looked at, and parameters go through clblast_parameters_wrong. */
#ifndef KILN_OPENCL_TUNING_H
#define KILN_OPENCL_TUNING_H

#include "backend/opencl/clblast_parameters.h"
#include "backend/opencl/context.h"

typedef enum product_kind { PRODUCT_FORWARD, PRODUCT_BACKWARD, PRODUCT_GRADIENT } product_kind;

enum { TUNED_MOST = 3 * NETWORK_MAX_LAYERS };

/* A product (m, k) . (k, n) of a layer, and the seconds it took with all that follows it: bias, activation, update. */
typedef struct tuned_product {
    product_kind kind;
    size_t m, n, k;
    double own, clblast; /* by kiln's own kernels; by CLBlast with these parameters */
} tuned_product;

typedef struct tuning {
    char date[16];                 /* 2026-11-25 */
    clblast_parameters parameters; /* none set: CLBlast's own were best */
    size_t products;
    tuned_product product[TUNED_MOST];
} tuning;

/* Reads what is stored for this device; NULL where there is nothing. Freed with free().
 * KILN_EDATA, KILN_EIO: a file that is damaged, or cannot be read; the message names it, and says what to do. */
kiln_status tuning_load(const opencl_device *device, tuning **found, kiln_error *err);

/* Fails early where nothing could be stored: no folder, or one that cannot be written to. */
kiln_status tuning_possible(const opencl_device *device, kiln_error *err);

/* Stores it, in place of what was there. *path: the file, freed by the caller. */
kiln_status tuning_store(const opencl_device *device, const tuning *made, char **path, kiln_error *err);

/* Forgets it. *path: the file that was removed, freed by the caller; NULL where there was none. */
kiln_status tuning_clear(const opencl_device *device, char **path, kiln_error *err);

/* Whether CLBlast takes less time than kiln's own kernels for these products together. Each is taken to go as fast as the measured
 * one that is nearest in kind and size. *exact: all of them were measured themselves. */
bool tuning_prefers_clblast(const tuning *t, const tuned_product *products, size_t count, bool *exact);

#endif

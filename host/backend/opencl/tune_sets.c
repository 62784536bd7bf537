/* Measuring CLBlast: as it is, and with set after set of parameters.
 *
 * A set is of one of its two kernels, which then takes every product. The best set of each, and the size from which on the second
 * kernel is used, are put together from the times of single products, and measured once more. */
#include "backend/opencl/tuner.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* tuner_measure for CLBlast, which compiles first. */
static kiln_status measure(tuner *t, opencl_plan *p, double *seconds, kiln_error *err)
{
    const double began = tuner_now();
    const kiln_status status = tuner_measure(t, p, seconds, err);
    t->longest = fmax(t->longest, tuner_now() - began);
    return status;
}

/* Whether another set is wanted, and there is time for it, and for the best ones together. */
static bool goes_on(const tuner *t)
{
    const size_t most = t->options->sets;
    return (most == 0 || t->tried < most) && tuner_now() + 2 * t->longest < t->deadline;
}

size_t tuner_sets(const tuner *t)
{
    const size_t number = t->device->base.precision == KILN_F64 ? sizeof(cl_double) : sizeof(cl_float);
    size_t count = 0;
    for (clblast_kernel kernel = CLBLAST_DIRECT; kernel <= CLBLAST_INDIRECT; kernel++) {
        clblast_parameters parameters = { 0 };
        for (size_t i = 0; i < SETS_MOST && clblast_candidate(kernel, i, &parameters); i++)
            count += clblast_parameters_wrong(&parameters, &t->device->base.info, number) == NULL;
    }
    return count;
}

/* Measures a set of one kernel. A set that CLBlast refuses on this device is left out. */
static kiln_status try_set(tuner *t, opencl_plan *p, clblast_kernel kernel, size_t which, kiln_error *err)
{
    tuned_set *set = &t->set[kernel][t->sets[kernel]];
    const size_t number = p->number;
    char what[64];
    *set = (tuned_set){ .parameters = { .set = { [CLBLAST_ROUTINE] = true } } };
    set->parameters.value[CLBLAST_ROUTINE][0] = kernel == CLBLAST_DIRECT ? CLBLAST_ALL_DIRECT : CLBLAST_ALL_INDIRECT;
    if (!clblast_candidate(kernel, which, &set->parameters) ||
        clblast_parameters_wrong(&set->parameters, &t->device->base.info, number))
        return KILN_OK;
    snprintf(what, sizeof what, "CLBlast, set %zu of %zu", ++t->tried, tuner_sets(t));
    kiln_status status = tuner_announce(t, what, err);
    if (status == KILN_OK)
        status = gemm_clblast_override(t->device, &set->parameters, err);
    if (status == KILN_OK)
        status = measure(t, p, set->seconds, err);
    if (status == KILN_OK)
        t->sets[kernel]++;
    return status == KILN_EDEVICE && !t->device->lost ? KILN_OK : status;
}

/* The seconds of all products where those smaller than size^3 take a set of the direct kernel, others one of the indirect. */
static double together(const tuner *t, const tuned_set *direct, const tuned_set *indirect, double size)
{
    double seconds = 0;
    for (size_t i = 0; i < t->count; i++) {
        const double cube = (double)t->product[i].m * (double)t->product[i].n * (double)t->product[i].k;
        seconds += (cube < size * size * size ? direct : indirect)->seconds[i];
    }
    return seconds;
}

/* Makes t->best the sets and the size that are fastest together; false where there is none of either kernel. */
static bool combine(tuner *t)
{
    double least = INFINITY;
    for (size_t d = 0; d < t->sets[CLBLAST_DIRECT]; d++)
        for (size_t i = 0; i < t->sets[CLBLAST_INDIRECT]; i++)
            for (size_t j = 0; j <= t->count; j++) { /* a size just above each product, or 0 */
                const tuned_set *direct = &t->set[CLBLAST_DIRECT][d], *indirect = &t->set[CLBLAST_INDIRECT][i];
                const tuned_product *p = &t->product[j < t->count ? j : 0];
                const double size = j < t->count ? floor(cbrt((double)p->m * (double)p->n * (double)p->k)) + 1 : 0;
                const double seconds = together(t, direct, indirect, size);
                if (seconds < least && size <= CLBLAST_ALL_DIRECT) {
                    least = seconds;
                    t->best.parameters = direct->parameters;
                    t->best.parameters.set[CLBLAST_INDIRECT] = true;
                    memcpy(t->best.parameters.value[CLBLAST_INDIRECT], indirect->parameters.value[CLBLAST_INDIRECT],
                           sizeof t->best.parameters.value[CLBLAST_INDIRECT]);
                    t->best.parameters.value[CLBLAST_ROUTINE][0] = (size_t)size;
                }
            }
    return least < INFINITY;
}

/* Of one kernel alone: the best of its sets, for all products. */
static bool best_alone(tuner *t)
{
    double least = INFINITY;
    for (clblast_kernel kernel = CLBLAST_DIRECT; kernel <= CLBLAST_INDIRECT; kernel++)
        for (size_t i = 0; i < t->sets[kernel]; i++) {
            const double seconds = tuner_sum(t->set[kernel][i].seconds, t->count);
            if (seconds < least) {
                least = seconds;
                t->best = t->set[kernel][i];
            }
        }
    return least < INFINITY;
}

/* The best of what was tried, measured; CLBlast's own parameters where nothing is better. */
static kiln_status conclude(tuner *t, opencl_plan *p, kiln_error *err)
{
    kiln_status status = KILN_OK;
    if (combine(t)) {
        status = tuner_announce(t, "CLBlast, the best sets together", err);
        if (status == KILN_OK)
            status = gemm_clblast_override(t->device, &t->best.parameters, err);
        if (status == KILN_OK)
            status = measure(t, p, t->best.seconds, err);
        if (status != KILN_OK)
            return status;
    } else if (!best_alone(t)) {
        memcpy(t->best.seconds, t->before, sizeof t->before);
    }
    if (tuner_sum(t->best.seconds, t->count) >= tuner_sum(t->before, t->count)) {
        t->best.parameters = (clblast_parameters){ 0 };
        memcpy(t->best.seconds, t->before, sizeof t->before);
    }
    return status;
}

kiln_status tuner_clblast(tuner *t, kiln_error *err)
{
    plan *made = NULL;
    kiln_status status = tuner_announce(t, "CLBlast as it is", err);
    if (status == KILN_OK)
        status = tuner_make_plan(t, true, &made, err);
    opencl_plan *p = (opencl_plan *)made;
    if (status == KILN_OK)
        status = measure(t, p, t->before, err);
    for (size_t i = 0; status == KILN_OK && i < SETS_MOST; i++)
        for (clblast_kernel kernel = CLBLAST_DIRECT; kernel <= CLBLAST_INDIRECT && status == KILN_OK; kernel++)
            if (goes_on(t))
                status = try_set(t, p, kernel, i, err);
    if (status == KILN_OK)
        status = conclude(t, p, err);
    if (made)
        plan_destroy(made);
    return status;
}

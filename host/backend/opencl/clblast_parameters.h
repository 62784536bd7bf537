/* The parameters of CLBlast's matrix multiply: their names, which values its kernels can be built with, and sets worth trying. */
#ifndef KILN_OPENCL_CLBLAST_PARAMETERS_H
#define KILN_OPENCL_CLBLAST_PARAMETERS_H

#include <kiln/device.h>

/* What CLBlast keeps parameters of: a kernel that takes matrices as they lie, one that wants them copied into whole tiles first,
 * and the size from which on the second is used. */
typedef enum clblast_kernel { CLBLAST_DIRECT, CLBLAST_INDIRECT, CLBLAST_ROUTINE, CLBLAST_KERNELS } clblast_kernel;

enum { CLBLAST_PARAMETERS_MOST = 16 };

/* Values in the order of clblast_parameter_name; of kernels that are not set, CLBlast's own hold. */
typedef struct clblast_parameters {
    bool set[CLBLAST_KERNELS];
    size_t value[CLBLAST_KERNELS][CLBLAST_PARAMETERS_MOST];
} clblast_parameters;

/* CLBLAST_ROUTINE's value is a size: products with m n k below its cube take the direct kernel. All of them, or none: */
enum { CLBLAST_ALL_DIRECT = 1 << 20, CLBLAST_ALL_INDIRECT = 0 };

/* CLBlast's name for a kernel, "XgemmDirect", and for its i-th parameter, "WGD"; NULL past the last. */
const char *clblast_kernel_name(clblast_kernel kernel);
const char *clblast_parameter_name(clblast_kernel kernel, size_t i);

/* Sets that tuning tries, `which` from 0 on: of the direct or of the indirect kernel, which is then set; false past
 * the last. */
bool clblast_candidate(clblast_kernel kernel, size_t which, clblast_parameters *parameters);

/* What is wrong with parameters on a device, whose numbers have `number` bytes: the rule that is broken, for a message; NULL
 * where CLBlast can use them. Values may come from a file: all are looked at. */
const char *clblast_parameters_wrong(const clblast_parameters *parameters, const kiln_device_info *device, size_t number);

#endif

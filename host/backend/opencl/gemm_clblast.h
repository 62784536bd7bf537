/* Matrix multiply by CLBlast. */
#ifndef KILN_OPENCL_GEMM_CLBLAST_H
#define KILN_OPENCL_GEMM_CLBLAST_H

#include "backend/opencl/clblast_parameters.h"
#include "backend/opencl/recorder.h"

/* A matrix in a buffer: from `offset` on, `stride` numbers from row to row; transposed: used as its transpose. */
typedef struct gemm_matrix {
    cl_mem buffer;
    size_t offset, stride;
    bool transposed;
} gemm_matrix;

/* What its products are called where launches are listed. */
extern const char gemm_clblast_name[];

/* c (m, n) = a (m, k) . b (k, n), on the device's queue, in its precision; `work` describes it to a recorder. */
kiln_status gemm_clblast(opencl_device *device, const launch_work *work, size_t m, size_t n, size_t k, gemm_matrix a, gemm_matrix b,
                         gemm_matrix c, kiln_error *err);

/* Has CLBlast use these parameters for products on this device in its precision. CLBlast keeps them for the whole process, whatever
 * handle sets them, and cannot be asked for its own again; they change how fast its products are, never whether they are right. */
kiln_status gemm_clblast_override(opencl_device *device, const clblast_parameters *parameters, kiln_error *err);

/* Frees what CLBlast keeps of compiled programs; before the context is released. */
void gemm_clblast_clear(void);

#endif

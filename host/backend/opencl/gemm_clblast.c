/* Matrix multiply by CLBlast, with a lock and a guard around what 1.5.3 does wrong.
 *
 * The lock: first calls from several threads race in its program cache. The guard: it prints a compiler's log to stdout, where
 * results go; so stdout leads to stderr while a call may compile. */
#include "backend/opencl/gemm_clblast.h"

#include <clblast_c.h>

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

const char gemm_clblast_name[] = "CLBlast gemm";

static CLBlastStatusCode multiply(opencl_device *device, size_t m, size_t n, size_t k, gemm_matrix a, gemm_matrix b, gemm_matrix c,
                                  cl_event *event)
{
    const CLBlastTranspose ta = a.transposed ? CLBlastTransposeYes : CLBlastTransposeNo,
                           tb = b.transposed ? CLBlastTransposeYes : CLBlastTransposeNo;
    if (device->base.precision == KILN_F64)
        return CLBlastDgemm(CLBlastLayoutRowMajor, ta, tb, m, n, k, 1.0, a.buffer, a.offset, a.stride, b.buffer, b.offset, b.stride,
                            0.0, c.buffer, c.offset, c.stride, &device->queue, event);
    return CLBlastSgemm(CLBlastLayoutRowMajor, ta, tb, m, n, k, 1.0f, a.buffer, a.offset, a.stride, b.buffer, b.offset, b.stride,
                        0.0f, c.buffer, c.offset, c.stride, &device->queue, event);
}

kiln_status gemm_clblast(opencl_device *device, const launch_work *work, size_t m, size_t n, size_t k, gemm_matrix a, gemm_matrix b,
                         gemm_matrix c, kiln_error *err)
{
    cl_event *event;
    if (!recorder_add(device->recorder, work, &event))
        return KILN_OK;
    pthread_mutex_lock(&lock);
    const bool guard = !device->clblast_ready;
    int results = -1;
    if (guard) {
        fflush(stdout);
        results = dup(STDOUT_FILENO);
        if (results >= 0)
            dup2(STDERR_FILENO, STDOUT_FILENO);
    }
    const cl_int code = cl_code((cl_int)multiply(device, m, n, k, a, b, c, event));
    if (guard && results >= 0) {
        fflush(stdout);
        dup2(results, STDOUT_FILENO);
        close(results);
    }
    device->clblast_ready = true; /* there is something to clear, whatever came of it */
    pthread_mutex_unlock(&lock);
    if (code == CL_SUCCESS)
        return KILN_OK;
    return cl_fail(device, err, device->base.precision == KILN_F64 ? "CLBlastDgemm" : "CLBlastSgemm", code,
                   "%zu x %zu x %zu; --gemm native does without CLBlast", m, n, k);
}

void gemm_clblast_clear(void)
{
    pthread_mutex_lock(&lock);
    CLBlastClearCache();
    pthread_mutex_unlock(&lock);
}

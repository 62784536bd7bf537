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

/* Codes of CLBlast's own, about arguments and parameters: they say nothing of the device. */
static bool is_refusal(cl_int code)
{
    return (code <= CLBlastInsufficientMemoryY && code >= CLBlastNotImplemented) ||
           (code <= CLBlastDatabaseError && code >= CLBlastInsufficientMemoryTemp);
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
    device->clblast_used = true; /* there is something to clear, whatever came of it */
    device->clblast_ready = true;
    pthread_mutex_unlock(&lock);
    if (code == CL_SUCCESS)
        return KILN_OK;
    const char *call = device->base.precision == KILN_F64 ? "CLBlastDgemm" : "CLBlastSgemm";
    if (is_refusal(code))
        return kiln_fail(err, KILN_EDEVICE, "%s: %s refused %zu x %zu x %zu, by its code %d; --gemm native does without CLBlast",
                         device->base.info.name, call, m, n, k, (int)code);
    return cl_fail(device, err, call, code, "%zu x %zu x %zu; --gemm native does without CLBlast", m, n, k);
}

kiln_status gemm_clblast_override(opencl_device *device, const clblast_parameters *parameters, kiln_error *err)
{
    const CLBlastPrecision precision = device->base.precision == KILN_F64 ? CLBlastPrecisionDouble : CLBlastPrecisionSingle;
    cl_int code = CL_SUCCESS;
    device->clblast_ready = false;
    for (clblast_kernel kernel = 0; kernel < CLBLAST_KERNELS && code == CL_SUCCESS; kernel++) {
        const char *names[CLBLAST_PARAMETERS_MOST];
        size_t count = 0;
        for (const char *name; (name = clblast_parameter_name(kernel, count)); count++)
            names[count] = name;
        if (!parameters->set[kernel])
            continue;
        pthread_mutex_lock(&lock);
        code = cl_code((cl_int)CLBlastOverrideParameters(device->id, clblast_kernel_name(kernel), precision, count, names,
                                                         parameters->value[kernel]));
        pthread_mutex_unlock(&lock);
        if (code != CL_SUCCESS)
            kiln_fail(err, KILN_EDEVICE,
                      "%s: CLBlast refused parameters for %s, by its code %d: 'kiln tune' measures anew, and 'kiln tune --clear' "
                      "goes back to CLBlast's own",
                      device->base.info.name, clblast_kernel_name(kernel), (int)code);
    }
    return code == CL_SUCCESS ? KILN_OK : KILN_EDEVICE;
}

void gemm_clblast_clear(void)
{
    pthread_mutex_lock(&lock);
    CLBlastClearCache();
    pthread_mutex_unlock(&lock);
}

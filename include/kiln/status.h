/* Status codes and the error that explains them. */
#ifndef KILN_STATUS_H
#define KILN_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these headers. */
#define KILN_VERSION "0.1.0"

/* How a call ended. */
typedef enum kiln_status {
    KILN_OK = 0,       /* done */
    KILN_EINVAL,       /* an argument is outside what the function accepts */
    KILN_ENOMEM,       /* host memory ran out */
    KILN_EIO,          /* a file could not be opened, read or written */
    KILN_EDATA,        /* a file's content is not what it should be */
    KILN_ENODEVICE,    /* no OpenCL device of the kind asked for */
    KILN_EDEVICE,      /* an OpenCL call failed */
    KILN_EUNSUPPORTED, /* the device, or this version, cannot do that */
    KILN_EDIVERGED,    /* the loss became NaN or infinite */
    KILN_EINTERRUPTED, /* the caller's stop flag was raised */
} kiln_status;

/* What went wrong, for the person who must mend it. Lives with the caller; every function that takes one
 * accepts NULL, and leaves it alone on success. */
typedef struct kiln_error {
    kiln_status status;
    size_t line, column; /* place in a text file, from 1; 0 where there is none */
    char message[1024];  /* one sentence, more lines only for a compiler's log; no newline at the end */
} kiln_error;

/* The name of a status, "KILN_EDATA" for KILN_EDATA; never NULL. */
const char *kiln_status_name(kiln_status status);

/* The version of the library that is linked, as KILN_VERSION is of the header. */
const char *kiln_version(void);

/* A flag that ends long work: the library looks at it between training steps, kernel builds, blocks of data
 * and of validation, and returns KILN_EINTERRUPTED (training: after saving) once it is not 0. A signal
 * handler may set it. NULL where nothing ends the work. */
typedef const volatile int kiln_stop;

#ifdef __cplusplus
}
#endif
#endif

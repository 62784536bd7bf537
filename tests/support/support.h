/* What tests share: running a Check suite, temporary files, comparing errors. */
#ifndef KILN_TEST_SUPPORT_H
#define KILN_TEST_SUPPORT_H

#include <check.h>
#include <kiln/kiln.h>

#include <stddef.h>

/* Runs a suite in this process's children, or in this process under KILN_TEST_NOFORK; the exit status for main(). */
int run_suite(Suite *suite);

/* A folder of its own for this process, made on first use and removed with its files at exit; owned by the support. */
const char *temporary_folder(void);

/* The path of a file in it, one of a few static buffers; with content, the file is written. */
const char *temporary_file(const char *name, const void *content, size_t bytes);

/* The path of a .npy file of a version, with a header and values; `announced` is the header's length where it is not its own, else
 * 0. At most 1 KiB. */
const char *npy_file(const char *name, int version, const char *header, size_t announced, const void *values, size_t bytes);

/* gamma(n) = n u / (1 - n u) for float32 and float64 (Higham 2002, section 3.1). */
double gamma_f32(double n);
double gamma_f64(double n);

#define ck_assert_kiln(call, err) ck_assert_msg((call) == KILN_OK, "%s: %s", #call, (err).message)

#endif

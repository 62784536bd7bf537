/* What tests share: running a Check suite, temporary files, comparing errors. */
#define _XOPEN_SOURCE 700
#include "support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int run_suite(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    if (getenv("KILN_TEST_NOFORK"))
        srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner), run = srunner_ntests_run(runner);
    srunner_free(runner);
    return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static char folder[256];
static pid_t folder_owner;

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

static void remove_folder(void)
{
    if (folder[0] && getpid() == folder_owner)
        nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *temporary_folder(void)
{
    if (!folder[0] || getpid() != folder_owner) {
        const char *base = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/kiln-test-XXXXXX", base ? base : "/tmp");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(EXIT_FAILURE);
        }
        folder_owner = getpid();
        atexit(remove_folder);
    }
    return folder;
}

const char *temporary_file(const char *name, const void *content, size_t bytes)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", temporary_folder(), name);
    if (content) {
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(content, 1, bytes, file) != bytes || fclose(file) != 0) {
            perror(path);
            exit(EXIT_FAILURE);
        }
    }
    return path;
}

const char *npy_file(const char *name, int version, const char *header, size_t announced, const void *values, size_t bytes)
{
    unsigned char file[1024] = { 0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version };
    const size_t length = strlen(header), said = announced ? announced : length;
    size_t used = version == 1 ? 10 : 12;
    ck_assert_uint_le(used + length + bytes, sizeof file);
    file[8] = (unsigned char)said;
    file[9] = (unsigned char)(said >> 8);
    if (version > 1)
        file[10] = (unsigned char)(said >> 16);
    memcpy(file + used, header, length);
    used += length;
    if (bytes > 0)
        memcpy(file + used, values, bytes);
    return temporary_file(name, file, used + bytes);
}

static double gamma_u(double n, double u)
{
    return n * u / (1.0 - n * u);
}

double gamma_f32(double n)
{
    return gamma_u(n, 0x1p-24);
}

double gamma_f64(double n)
{
    return gamma_u(n, 0x1p-53);
}

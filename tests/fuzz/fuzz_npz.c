/* Any bytes as an archive of arrays: what it holds by usual names, by one name, and as the labels of three samples. */
#define _GNU_SOURCE
#include "content.h"
#include "samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t samples[] = { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6 };
    static const kiln_schema nothing = { 0 };
    static const kiln_data_options options[] = {
        { 0 },
        { .array = "x", .labels = "y" },
        { .no_target = true },
        { .schema = &nothing, .test = true },
    };
    char path[CONTENT_PATH], samples_path[CONTENT_PATH];
    const int descriptor = content_file(data, size, path), other = content_file(samples, sizeof samples, samples_path);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        read_and_check(path, &options[i]);
    read_and_check(samples_path, &(kiln_data_options){ .labels = path });
    close(descriptor);
    close(other);
    return 0;
}

/* Any bytes as samples, and as the labels of three samples. */
#define _GNU_SOURCE
#include "content.h"
#include "samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t samples[] = { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6 };
    char path[CONTENT_PATH], samples_path[CONTENT_PATH];
    const int descriptor = content_file(data, size, path), other = content_file(samples, sizeof samples, samples_path);
    read_and_check(path, NULL);
    read_and_check(path, &(kiln_data_options){ .memory = 1 }); /* all on disk */
    read_and_check(samples_path, &(kiln_data_options){ .labels = path });
    read_and_check(samples_path, &(kiln_data_options){ .labels = path, .task = KILN_REGRESSION });
    close(descriptor);
    close(other);
    return 0;
}

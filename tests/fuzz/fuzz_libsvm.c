/* Any bytes behind a line of libsvm's sparse text, which makes them be read as that; and as they are. */
#define _GNU_SOURCE
#include "content.h"
#include "samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char first[] = "1 1:1\n";
    static char no[] = "-1", yes[] = "1";
    static char *answers[] = { no, yes };
    static kiln_column columns[3];
    static const kiln_schema schema = {
        .task = KILN_CLASSIFICATION, .columns = 3, .column = columns, .classes = 2, .class_name = answers
    };
    static size_t first_column[] = { 0 };
    static const kiln_schema ignoring = { .task = KILN_CLASSIFICATION,
                                          .columns = 2,
                                          .column = columns,
                                          .classes = 2,
                                          .class_name = answers,
                                          .ignored = 1,
                                          .ignored_column = first_column };
    static const kiln_data_options options[] = {
        { .schema = &ignoring },
        { .schema = &ignoring, .no_target = true },
        { 0 },
        { .task = KILN_REGRESSION },
        { .task = KILN_CLASSIFICATION },
        { .schema = &schema },
        { .no_target = true },
    };
    char path[CONTENT_PATH], led_path[CONTENT_PATH];
    uint8_t *led = malloc(sizeof first - 1 + size);
    if (!led)
        return 0;
    memcpy(led, first, sizeof first - 1);
    if (size > 0)
        memcpy(led + sizeof first - 1, data, size);
    const int descriptor = content_file(data, size, path), other = content_file(led, sizeof first - 1 + size, led_path);
    read_and_check(path, &(kiln_data_options){ 0 });
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        read_and_check(led_path, &options[i]);
    close(descriptor);
    close(other);
    free(led);
    return 0;
}

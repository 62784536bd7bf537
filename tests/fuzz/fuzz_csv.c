/* Any bytes as a table: with nothing known, for each task, and for a network with names. */
#define _GNU_SOURCE
#include "content.h"
#include "samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char a[] = "a", b[] = "b", red[] = "red", blue[] = "blue", no[] = "no", yes[] = "yes", kind[] = "kind";
    static kiln_target target[] = { { .name = kind } }, labels[] = { { .name = a, .label = { no, yes } }, { .name = kind } };
    static char *colours[] = { blue, red }, *answers[] = { no, yes };
    static kiln_column columns[] = { { a, 0, NULL }, { b, 2, colours } };
    static const kiln_schema schema = { KILN_CLASSIFICATION, 2, columns, 1, target, 2, answers };
    static const kiln_schema several = {
        .task = KILN_MULTILABEL, .columns = 1, .column = columns + 1, .targets = 2, .target = labels
    };
    static const kiln_data_options options[] = {
        { 0 },
        { .task = KILN_REGRESSION, .target = "0" },
        { .task = KILN_CLASSIFICATION, .target = "a" },
        { .target = "a,-1" },
        { .task = KILN_REGRESSION, .target = "0,1,2" },
        { .task = KILN_MULTILABEL, .target = "0, \"b\"" },
        { .schema = &several },
        { .no_target = true },
        { .schema = &schema },
        { .schema = &schema, .no_target = true },
    };
    char path[CONTENT_PATH];
    const int descriptor = content_file(data, size, path);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        read_and_check(path, &options[i]);
    close(descriptor);
    return 0;
}

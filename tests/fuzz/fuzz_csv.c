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
    static kiln_column columns[] = { { .name = a }, { .name = b, .categories = 2, .category = colours } };
    static const kiln_schema several = {
        .task = KILN_MULTILABEL, .columns = 1, .column = columns + 1, .targets = 2, .target = labels
    };
    static kiln_column filled[] = { { .name = a, .fill = 0.5f, .indicator = true },
                                    { .name = b, .categories = 2, .category = colours } };
    static size_t first[] = { 0 };
    static const kiln_schema schema = { .task = KILN_CLASSIFICATION,
                                        .columns = 2,
                                        .column = columns,
                                        .targets = 1,
                                        .target = target,
                                        .classes = 2,
                                        .class_name = answers };
    static const kiln_schema filling = { .task = KILN_CLASSIFICATION,
                                         .columns = 2,
                                         .column = filled,
                                         .targets = 1,
                                         .target = target,
                                         .classes = 2,
                                         .class_name = answers,
                                         .missing = KILN_MISSING_MEAN,
                                         .ignored = 1,
                                         .ignored_column = first };
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
        { .missing = KILN_MISSING_MEAN, .missing_indicator = true, .ignore = "a" },
        { .missing = KILN_MISSING_MEDIAN, .features = "0,\"b\"", .target = "-1" },
        { .missing = KILN_MISSING_DROP, .task = KILN_CLASSIFICATION },
        { .missing = KILN_MISSING_MEDIAN, .missing_indicator = true, .memory = 1 }, /* all on disk */
        { .weights = "-1" },
        { .weights = "w" },
        { .weights = "b", .ignore = "a", .missing = KILN_MISSING_DROP },
        { .schema = &filling, .weights = "0" },
        { .schema = &several, .weights = "a" },
        { .text = "a,-2", .missing = KILN_MISSING_MEAN },
        { .schema = &filling },
        { .schema = &filling, .missing = KILN_MISSING_DROP, .no_target = true },
    };
    char path[CONTENT_PATH];
    const int descriptor = content_file(data, size, path);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        read_and_check(path, &options[i]);
    close(descriptor);
    return 0;
}

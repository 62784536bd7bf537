/* Any bytes as a NumPy array: as samples, as a table with a target, for networks, beside three labels, and as the labels of three
 * samples. */
#define _GNU_SOURCE
#include "content.h"
#include "samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t samples[] = { 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6 };
    static const uint8_t labels[] = { 0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 1 };
    static char no[] = "0", yes[] = "1";
    static char *answers[] = { no, yes };
    static kiln_column columns[2];
    static const kiln_schema schema = {
        .task = KILN_CLASSIFICATION, .columns = 2, .column = columns, .classes = 2, .class_name = answers
    };
    static kiln_column filled[2] = { { .fill = 0.5f, .indicator = true }, { .fill = -2.0f } };
    static size_t ignored[] = { 1 };
    static const kiln_schema filling = { .task = KILN_REGRESSION,
                                         .columns = 2,
                                         .column = filled,
                                         .missing = KILN_MISSING_MEAN,
                                         .ignored = 1,
                                         .ignored_column = ignored };
    static const kiln_data_options options[] = {
        { 0 },
        { .task = KILN_REGRESSION, .target = "0" },
        { .no_target = true },
        { .no_target = true, .memory = 1 }, /* all on disk */
        { .task = KILN_REGRESSION, .memory = 1 },
        { .schema = &schema },
        { .schema = &schema, .no_target = true },
        { .schema = &filling },
        { .schema = &filling, .no_target = true },
        { .missing = KILN_MISSING_DROP },
    };
    char path[CONTENT_PATH], samples_path[CONTENT_PATH], labels_path[CONTENT_PATH];
    const int descriptor = content_file(data, size, path), other = content_file(samples, sizeof samples, samples_path);
    const int beside = content_file(labels, sizeof labels, labels_path);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        read_and_check(path, &options[i]);
    read_and_check(path, &(kiln_data_options){ .labels = labels_path, .missing = KILN_MISSING_MEDIAN });
    read_and_check(path, &(kiln_data_options){ .labels = labels_path, .schema = &filling });
    read_and_check(samples_path, &(kiln_data_options){ .labels = path });
    read_and_check(samples_path, &(kiln_data_options){ .labels = path, .task = KILN_REGRESSION });
    read_and_check(samples_path, &(kiln_data_options){ .labels = path, .task = KILN_MULTILABEL });
    read_and_check(samples_path, &(kiln_data_options){ .labels = path, .schema = &schema });
    close(descriptor);
    close(other);
    close(beside);
    return 0;
}

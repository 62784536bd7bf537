/* NumPy's .npz: which of its arrays are the samples, and which their labels. */
#include "base/memory.h"
#include "data/archive.h"
#include "data/array.h"
#include "data/data.h"
#include "data/number.h"
#include "data/table.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME = 64 };

/* How archives call the parts that they are split in, and what is in each; np.savez calls arrays without names arr_0 and arr_1. */
static const struct part {
    const char *before, *behind;
} parts[] = { { "", "_train" }, { "train_", "" }, { "", "" }, { "", "_test" }, { "test_", "" } };
enum { PARTS = sizeof parts / sizeof *parts };

static const char *const samples_names[] = { "x", "X", "data", "features", "images", "inputs", "arr_0", NULL };
static const char *const labels_names[] = { "y", "Y", "labels", "label", "target", "targets", "arr_1", NULL };

bool npz_begins(const unsigned char *bytes, size_t count)
{
    return count >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

/* The array of one of some names, in a part. */
static bool find(const archive *a, const char *const *stems, const struct part *part, size_t *place)
{
    char name[NAME];
    for (; *stems; stems++) {
        snprintf(name, sizeof name, "%s%s%s", part->before, *stems, part->behind);
        if (archive_find(a, name, place))
            return true;
    }
    return false;
}

/* Says which there are. `what`: "samples" or "labels". */
static kiln_status fail_choice(const input *in, const archive *a, const char *asked, const char *what, kiln_error *err)
{
    char list[TABLE_LIST], shown[TEXT_SHOWN];
    table_list(archive_names(a), archive_count(a), list);
    if (asked)
        return kiln_fail(err, KILN_EINVAL, "%s: no array '%s': there are %s", input_name(in), text_show(asked, shown), list);
    return kiln_fail(err, KILN_EDATA, "%s: which array has the %s? Name one: there are %s", input_name(in), what, list);
}

/* The samples: the array asked for, else that of a usual name, the test part first where that is asked for, else the
 * only one. */
static kiln_status choose_samples(const input *in, const archive *a, const kiln_data_options *options, size_t *place,
                                  kiln_error *err)
{
    if (options->array)
        return archive_find(a, options->array, place) ? KILN_OK : fail_choice(in, a, options->array, NULL, err);
    for (size_t i = 0; i < PARTS; i++)
        if (find(a, samples_names, &parts[options->test ? PARTS - 1 - i : i], place))
            return KILN_OK;
    *place = 0;
    return archive_count(a) == 1 ? KILN_OK : fail_choice(in, a, NULL, "samples", err);
}

/* The part that a name says it is of; NULL where it is none of the usual names. */
static const struct part *part_of(const char *name, const char *const *stems)
{
    char usual[NAME];
    for (size_t i = 0; i < PARTS; i++)
        for (size_t n = 0; stems[n]; n++) {
            snprintf(usual, sizeof usual, "%s%s%s", parts[i].before, stems[n], parts[i].behind);
            if (strcmp(usual, name) == 0)
                return &parts[i];
        }
    return NULL;
}

static kiln_status load_labels(archive *a, size_t place, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    input *array = NULL;
    kiln_status status = archive_array(a, place, options->stop, &array, err);
    if (status == KILN_OK)
        status = labels_load(array, options, data, err);
    input_close(array);
    return status;
}

static kiln_status load_arrays(archive *a, const input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    input *array = NULL;
    size_t place = 0, labels = 0;
    kiln_status status = choose_samples(in, a, options, &place, err);
    if (status != KILN_OK)
        return status;
    const char *name = archive_names(a)[place];
    const struct part *part = part_of(name, samples_names);
    const bool inside = options->labels ? archive_find(a, options->labels, &labels)
                                        : !options->target && part && find(a, labels_names, part, &labels);
    if (options->labels && !inside && strcmp(options->labels, "-") != 0 && access(options->labels, F_OK) != 0)
        return fail_choice(in, a, options->labels, NULL, err); /* neither an array nor a file */
    if (!inside && !options->labels && !options->target && !options->no_target && archive_count(a) > 1)
        return fail_choice(in, a, NULL, "labels", err);
    data->array = mem_text(name);
    if (!data->array)
        return kiln_fail_memory(err, 0, input_name(in));
    status = archive_array(a, place, options->stop, &array, err);
    if (status == KILN_OK)
        status = samples_load(array, options, inside || options->labels, data, err);
    input_close(array);
    if (status != KILN_OK || options->no_target)
        return status;
    if (inside)
        return load_labels(a, labels, options, data, err);
    return options->labels ? labels_load_file(options, data, err) : KILN_OK;
}

kiln_status npz_load(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    archive *a = NULL;
    kiln_status status = archive_open(in, &a, err);
    if (status == KILN_OK)
        status = load_arrays(a, in, options, data, err);
    archive_close(a);
    return status;
}

kiln_status npz_labels(input *in, const kiln_data_options *options, kiln_data *data, kiln_error *err)
{
    archive *a = NULL;
    size_t place = 0;
    bool found = false;
    kiln_status status = archive_open(in, &a, err);
    if (status != KILN_OK)
        return status;
    for (size_t i = 0; !found && i < PARTS; i++)
        found = find(a, labels_names, &parts[options->test ? PARTS - 1 - i : i], &place);
    if (found || archive_count(a) == 1)
        status = load_labels(a, place, options, data, err);
    else
        status = fail_choice(in, a, NULL, "labels", err);
    archive_close(a);
    return status;
}

/* Checkpoints: a training state <-> a file that is whole, checked, and of the same run. */
#include "training/checkpoint.h"

#include "base/fault.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/safetensors.h"
#include "training/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { ARRAYS = 4, FORMAT = 1 };

static const char text_key[] = "kiln.checkpoint", sum_key[] = "kiln.checksum";
static const char *const array_names[ARRAYS] = { "parameters", "moment1", "moment2", "best" };

/* The state's arrays in the order of their names. */
typedef struct arrays {
    double **of[ARRAYS];
} arrays;

static arrays arrays_of(training_state *state)
{
    return (arrays){ { &state->parameters, &state->moment1, &state->moment2, &state->best } };
}

bool state_create(training_state *state, size_t count, bool moment1, bool moment2, bool best)
{
    *state = (training_state){
        .count = count, .loss = NAN, .validation_loss = NAN, .validation_accuracy = NAN, .best_loss = NAN, .best_accuracy = NAN
    };
    const bool wanted[ARRAYS] = { true, moment1, moment2, best };
    const arrays all = arrays_of(state);
    for (size_t i = 0; i < ARRAYS; i++)
        if (wanted[i] && !(*all.of[i] = mem_zeroed(count, sizeof(double))))
            return false;
    return true;
}

void state_free(training_state *state)
{
    const arrays all = arrays_of(state);
    for (size_t i = 0; i < ARRAYS; i++)
        free(*all.of[i]);
    *state = (training_state){ 0 };
}

/* --- the place as JSON; a number that is not known is null */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static bool read_number(const json_t *place, const char *name, double *value)
{
    const json_t *found = json_object_get(place, name);
    *value = json_is_real(found) ? json_real_value(found) : NAN;
    return json_is_real(found) || json_is_null(found);
}

static bool read_count(const json_t *place, const char *name, size_t *value)
{
    const json_t *found = json_object_get(place, name);
    *value = (size_t)json_integer_value(found);
    return json_is_integer(found) && json_integer_value(found) >= 0;
}

static json_t *state_describe(const training_state *s)
{
    return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "epoch", (json_int_t)s->epoch, "step",
                     (json_int_t)s->step, "loss sum", number(s->loss_sum), "loss", number(s->loss), "validation loss",
                     number(s->validation_loss), "validation accuracy", number(s->validation_accuracy), "best epoch",
                     (json_int_t)s->best_epoch, "best loss", number(s->best_loss), "best accuracy", number(s->best_accuracy),
                     "seconds", number(s->seconds), "training seconds", number(s->training_seconds));
}

static bool state_read(const json_t *place, training_state *s)
{
    return read_count(place, "epoch", &s->epoch) && read_count(place, "step", &s->step) &&
           read_count(place, "best epoch", &s->best_epoch) && read_number(place, "loss sum", &s->loss_sum) &&
           read_number(place, "loss", &s->loss) && read_number(place, "validation loss", &s->validation_loss) &&
           read_number(place, "validation accuracy", &s->validation_accuracy) && read_number(place, "best loss", &s->best_loss) &&
           read_number(place, "best accuracy", &s->best_accuracy) && read_number(place, "seconds", &s->seconds) &&
           read_number(place, "training seconds", &s->training_seconds);
}

/* --- the checksum: over the JSON text and the arrays' bytes as they are on file */

static unsigned long checksum_values(unsigned long sum, kiln_precision precision, const double *values, size_t count)
{
    if (precision == KILN_F64)
        return crc32_z(sum, (const unsigned char *)values, count * sizeof *values);
    float block[1024];
    for (size_t i = 0; i < count;) {
        size_t n = 0;
        while (n < sizeof block / sizeof *block && i < count)
            block[n++] = (float)values[i++];
        sum = crc32_z(sum, (const unsigned char *)block, n * sizeof *block);
    }
    return sum;
}

static unsigned long checksum_text(const char *text)
{
    return crc32_z(0, (const unsigned char *)text, strlen(text));
}

/* --- writing */

static char *previous_path(const char *path)
{
    static const char suffix[] = ".previous";
    size_t length;
    char *name = size_sum(strlen(path), sizeof suffix, &length) ? mem_alloc(length, 1) : NULL;
    if (name)
        snprintf(name, length, "%s%s", path, suffix);
    return name;
}

/* Makes FILE.previous a second name of FILE, which the next save leaves to it. `path` is there at every moment. A file system
 * without hard links keeps one generation, which is still replaced whole or not at all: so failing is fine. */
static kiln_status keep_previous(const char *path, kiln_error *err)
{
    char *previous = previous_path(path), *fresh = previous ? previous_path(previous) : NULL;
    if (!fresh) {
        free(previous);
        return kiln_fail_memory(err, 0, path);
    }
    unlink(fresh);
    if (!fault(FAULT_FILE) && linkat(AT_FDCWD, path, AT_FDCWD, fresh, AT_SYMLINK_FOLLOW) == 0) {
        if (!fault(FAULT_FILE))
            (void)!rename(fresh, previous);
        unlink(fresh); /* still there where both were names of one file already */
    }
    free(previous);
    free(fresh);
    return KILN_OK;
}

static char *describe(const checkpoint *file, const training_state *state)
{
    const char *device = text_is_utf8(file->device) ? file->device : "";
    json_t *root = json_pack("{s:i, s:s, s:O, s:o}", "format", FORMAT, "device", device, "settings", file->settings, "state",
                             state_describe(state));
    char *text = root ? json_write(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

kiln_status checkpoint_save(checkpoint *file, const training_state *state, kiln_error *err)
{
    const double *const values[ARRAYS] = { state->parameters, state->moment1, state->moment2, state->best };
    tensor_source sources[ARRAYS];
    size_t tensors = 0;
    char sum_text[9];
    char *text = describe(file, state);
    if (!text)
        return kiln_fail_memory(err, 0, file->path);
    unsigned long sum = checksum_text(text);
    for (size_t i = 0; i < ARRAYS; i++) {
        if (!values[i])
            continue;
        sources[tensors++] = (tensor_source){ .name = array_names[i],
                                              .type = file->precision == KILN_F64 ? TENSOR_F64 : TENSOR_F32,
                                              .rank = 1,
                                              .shape = { state->count },
                                              .values = values[i] };
        sum = checksum_values(sum, file->precision, values[i], state->count);
    }
    snprintf(sum_text, sizeof sum_text, "%08lx", sum & 0xffffffff);
    const tensor_text texts[] = { { text_key, text }, { sum_key, sum_text } };
    kiln_status status = file->damaged ? KILN_OK : keep_previous(file->path, err);
    if (status == KILN_OK)
        status = tensors_save(file->path, sources, tensors, texts, sizeof texts / sizeof *texts, err);
    if (status == KILN_OK)
        file->damaged = false;
    free(text);
    return status;
}

/* --- reading */

/* A file that holds what it was written with: its checksum is right. */
typedef struct whole_file {
    tensor_file content;
    json_t *root;
} whole_file;

static void whole_free(whole_file *whole)
{
    tensors_free(&whole->content);
    json_decref(whole->root);
    *whole = (whole_file){ 0 };
}

static unsigned long checksum_file(const tensor_file *content, const char *text)
{
    unsigned long sum = checksum_text(text);
    for (size_t i = 0; i < ARRAYS; i++) {
        const tensor *t = tensors_find(content, array_names[i]);
        if (t && t->type != TENSOR_OTHER)
            sum = crc32_z(sum, t->bytes, t->elements * (t->type == TENSOR_F64 ? sizeof(double) : sizeof(float)));
    }
    return sum & 0xffffffff;
}

/* KILN_EDATA: damaged, or no checkpoint at all. */
static kiln_status read_whole(const char *path, whole_file *whole, kiln_error *err)
{
    *whole = (whole_file){ 0 };
    kiln_status status = tensors_load(path, &whole->content, err);
    if (status != KILN_OK)
        return status;
    const char *text = tensors_metadata(&whole->content, text_key), *sum = tensors_metadata(&whole->content, sum_key);
    char expected[9];
    if (!text || !sum) {
        status = kiln_fail(err, KILN_EDATA, "%s: is no checkpoint: its metadata has no \"%s\"", path, text ? sum_key : text_key);
        goto done;
    }
    snprintf(expected, sizeof expected, "%08lx", checksum_file(&whole->content, text));
    if (strcmp(sum, expected) != 0) {
        status = kiln_fail(err, KILN_EDATA, "%s: damaged checkpoint: its checksum is %.8s, its content's %s", path, sum, expected);
        goto done;
    }
    status = json_read_object(path, text_key, text, strlen(text), &whole->root, err);
done:
    if (status != KILN_OK)
        whole_free(whole);
    return status;
}

static kiln_status check_format(const char *path, const whole_file *whole, kiln_error *err)
{
    const json_t *format = json_object_get(whole->root, "format");
    if (json_is_integer(format) && json_integer_value(format) == FORMAT)
        return KILN_OK;
    return kiln_fail(err, KILN_EDATA, "%s: checkpoint of format %" JSON_INTEGER_FORMAT "; this version of kiln reads format %d",
                     path, json_integer_value(format), (int)FORMAT);
}

/* Reads everything beside the state first, so that a failure leaves it alone. */
static kiln_status take_state(const char *path, const whole_file *whole, kiln_precision precision, training_state *state,
                              kiln_error *err)
{
    kiln_status status = KILN_OK;
    training_state fresh;
    const arrays into = arrays_of(&fresh);
    if (!state_create(&fresh, state->count, state->moment1, state->moment2, state->best)) {
        status = kiln_fail_memory(err, 0, path);
        goto done;
    }
    if (!state_read(json_object_get(whole->root, "state"), &fresh)) {
        status = kiln_fail(err, KILN_EDATA, "%s: the checkpoint's \"state\" is incomplete", path);
        goto done;
    }
    for (size_t i = 0; i < ARRAYS; i++) {
        if (!*into.of[i])
            continue;
        const tensor *t = tensors_find(&whole->content, array_names[i]);
        if (!t || t->elements != fresh.count || t->type != (precision == KILN_F64 ? TENSOR_F64 : TENSOR_F32) ||
            !tensor_values(t, false, *into.of[i])) {
            status =
                kiln_fail(err, KILN_EDATA, "%s: the checkpoint has no \"%s\" of %zu values", path, array_names[i], fresh.count);
            goto done;
        }
    }
    const training_state old = *state;
    *state = fresh;
    fresh = old;
done:
    state_free(&fresh);
    return status;
}

static kiln_status take(const checkpoint *file, const char *path, const whole_file *whole, training_state *state, kiln_error *err)
{
    kiln_status status = check_format(path, whole, err);
    if (status == KILN_OK)
        status = settings_compare(path, json_object_get(whole->root, "settings"), file->settings, file->epochs_may_differ, err);
    return status == KILN_OK ? take_state(path, whole, file->precision, state, err) : status;
}

static bool absent(const char *path)
{
    return access(path, F_OK) != 0 && errno == ENOENT;
}

kiln_status checkpoint_load(checkpoint *file, training_state *state, bool *found, kiln_error *err)
{
    whole_file whole = { 0 };
    char *previous = NULL;
    *found = !absent(file->path);
    if (!*found)
        return KILN_OK;
    kiln_status status = read_whole(file->path, &whole, err);
    if (status == KILN_OK) {
        status = take(file, file->path, &whole, state, err);
        goto done;
    }
    if (status != KILN_EDATA)
        goto done;
    previous = previous_path(file->path);
    if (!previous) {
        status = kiln_fail_memory(err, 0, file->path);
        goto done;
    }
    if (read_whole(previous, &whole, NULL) != KILN_OK)
        goto done; /* the first file's fault is the one to be told */
    status = take(file, previous, &whole, state, err);
    file->damaged = status == KILN_OK;
done:
    whole_free(&whole);
    free(previous);
    return status;
}

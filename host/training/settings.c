/* A run's settings as JSON, and the comparison of two. */
#include "training/settings.h"

#include "base/json.h"
#include "base/status.h"
#include "network/reading.h"
#include "training/order.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCHS "number of epochs"

enum { PART = 1 << 20 /* bytes hashed at a time, a multiple of 8 */ };

/* Mixes bytes into a hash, eight at a time. Each step is a bijection of the hash, so no single change is ever lost. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < count; i += 8) {
        uint64_t word = 0;
        memcpy(&word, from + i, count - i < 8 ? count - i : 8);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    return hash;
}

static uint64_t finish(uint64_t hash, size_t count)
{
    return (hash ^ count) * UINT64_C(0x9E3779B97F4A7C15);
}

static uint64_t fingerprint(uint64_t hash, const void *bytes, size_t count)
{
    return finish(mix(hash, bytes, count), count);
}

/* The same of samples that may be on a disk, a part after the other. */
static uint64_t fingerprint_features(const kiln_samples *s)
{
    const unsigned char *x = s->x;
    const size_t bytes = s->count * reading_row(s);
    uint64_t hash = 0;
    size_t read = 0;
    for (size_t first = 0; first < bytes; first += PART) {
        hash = mix(hash, x + first, bytes - first < PART ? bytes - first : PART);
        reading_count(s, PART / reading_row(s), &read);
    }
    return finish(hash, bytes);
}

static uint64_t fingerprint_subset(uint64_t hash, kiln_subset subset)
{
    return subset.rows ? fingerprint(hash, subset.rows, subset.count * sizeof *subset.rows) : hash;
}

static uint64_t fingerprint_samples(const kiln_samples *s, kiln_subset train, kiln_subset validation)
{
    uint64_t hash = fingerprint_features(s);
    if (s->labels)
        hash = fingerprint(hash, s->labels, s->count * sizeof *s->labels);
    else if (s->y)
        hash = fingerprint(hash, s->y, s->count * s->outputs * sizeof *s->y);
    return fingerprint_subset(fingerprint_subset(hash, train), validation);
}

static json_t *hexadecimal(uint64_t value)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    return json_string(text);
}

static json_t *standardisation(const kiln_network *network)
{
    if (!network->mean)
        return json_string("none");
    const size_t bytes = network->widths[0] * sizeof(float);
    return hexadecimal(fingerprint(fingerprint(0, network->mean, bytes), network->scale, bytes));
}

static json_t *weights(const kiln_samples *samples)
{
    return samples->weight ? hexadecimal(fingerprint(0, samples->weight, samples->count * sizeof *samples->weight))
                           : json_string("none");
}

static json_t *layer_widths(const kiln_network *network)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i <= network->layers; i++)
        if (json_array_append_new(array, json_integer((json_int_t)network->widths[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    return array;
}

static json_t *whole(size_t value)
{
    return json_integer((json_int_t)value);
}

json_t *settings_describe(const kiln_network *network, kiln_precision precision, const kiln_training_options *options,
                          const kiln_samples *samples, kiln_subset train, kiln_subset validation)
{
    const kiln_training_options *o = options;
    const bool blocks = !o->no_shuffle && order_runs(samples, train.count) > 0;
    struct {
        const char *name;
        json_t *value;
    } settings[] = {
        { "layer widths", layer_widths(network) },
        { "hidden activation", json_string(kiln_activation_name(network->hidden)) },
        { "output activation", json_string(kiln_activation_name(network->output)) },
        { "use of biases", json_boolean(network->bias) },
        { "precision", json_string(precision == KILN_F64 ? "f64" : "f32") },
        { "loss", json_string(kiln_loss_name(o->loss)) },
        { "optimizer", json_string(kiln_optimizer_name(o->optimizer)) },
        { "learning rate", json_real(o->learning_rate) },
        { "momentum", json_real(o->momentum) },
        { "beta2", json_real(o->beta2) },
        { "epsilon", json_real(o->epsilon) },
        { "weight decay", json_real(o->weight_decay) },
        { "schedule", json_string(kiln_schedule_name(o->schedule)) },
        { "warm-up", json_real(o->warm_up) },
        { "dropout", json_real(o->dropout) },
        { "clip norm", json_real(o->clip_norm) },
        { "batch size", whole(o->batch_size) },
        { "patience", whole(o->patience) },
        { "shuffling", json_boolean(!o->no_shuffle) },
        { "number of samples shuffled together (by memory)", blocks ? whole(samples->window) : json_string("all") },
        { "number of samples in a block (by memory)", whole(blocks ? samples->block : 1) },
        { "seed", json_sprintf("%" PRIu64, o->seed) },
        { "number of training samples", whole(train.count) },
        { "number of validation samples", whole(validation.count) },
        { "class weights", json_string(o->class_weight == KILN_CLASS_WEIGHT_BALANCED ? "balanced" : "none") },
        { "fingerprint of the weights", weights(samples) },
        { "fingerprint of the standardisation", standardisation(network) },
        { "fingerprint of the data", hexadecimal(fingerprint_samples(samples, train, validation)) },
        { EPOCHS, whole(o->epochs) },
    };
    json_t *object = json_object();
    bool complete = object != NULL;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (json_object_set_new(object, settings[i].name, settings[i].value) != 0)
            complete = false;
    if (complete)
        return object;
    json_decref(object);
    return NULL;
}

static kiln_status fail_setting(const char *path, const char *name, const json_t *there, const json_t *here, const char *why,
                                kiln_error *err)
{
    const size_t flags = JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(12);
    char *theirs = there ? json_write(there, flags) : NULL, *ours = json_write(here, flags);
    const kiln_status status = kiln_fail(err, KILN_EDATA, "%s: checkpoint of another run: %s is %s there, %s here%s", path, name,
                                         theirs ? theirs : "missing", ours ? ours : "another", why);
    free(theirs);
    free(ours);
    return status;
}

kiln_status settings_compare(const char *path, const json_t *there, const json_t *here, bool epochs_may_differ, kiln_error *err)
{
    json_t *unchanging = (json_t *)here; /* jansson walks an object through a pointer that is not const, but leaves it as it is */
    const char *name;
    json_t *value;
    json_object_foreach(unchanging, name, value)
    {
        const json_t *theirs = json_object_get(there, name);
        const bool epochs = strcmp(name, EPOCHS) == 0;
        if ((epochs && epochs_may_differ) || json_equal(theirs, value))
            continue;
        return fail_setting(path, name, theirs, value, epochs ? ", and the learning rate's schedule depends on it" : "", err);
    }
    return KILN_OK;
}

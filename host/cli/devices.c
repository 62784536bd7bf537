/* kiln devices: where networks can run. */
#include "command.h"
#include "device.h"
#include "message.h"
#include "output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct devices_arguments {
    bool json;
} devices_arguments;

static const option rows[] = {
    { .help = "options" },
    { "json", NULL, NULL, OPTION_SWITCH, offsetof(devices_arguments, json), .help = "print one JSON object" },
    { 0 },
};

static void precisions(const kiln_device_info *device, char text[16])
{
    if (device->kind == KILN_DEVICE_REFERENCE)
        strcpy(text, "f64");
    else
        snprintf(text, 16, "f32%s%s", device->f64 ? " f64" : "", device->f16 ? " f16" : "");
}

/* A device is a block of lines: driver texts are too long for a column each. */
static void print_device(const char *index, const kiln_device_info *device)
{
    char text[16];
    precisions(device, text);
    printf("%-9s %s\n", index, device->name);
    if (device->kind == KILN_DEVICE_REFERENCE)
        return;
    printf("%-9s %s, %s\n", "", device_kind_name(device->kind), text);
    printf("%-9s platform %s, driver %s\n", "", device->platform, device->driver);
    printf("%-9s %.1f GiB memory, %" PRIu64 " KiB local, %" PRIu32 " compute units\n", "", (double)device->memory / 0x1p30,
           device->local_memory / 1024, device->compute_units);
}

static json_t *device_json(size_t index, const kiln_device_info *device)
{
    const bool reference = device->kind == KILN_DEVICE_REFERENCE;
    json_t *object = json_object(), *numbers = json_array();
    json_object_set_new(object, "index", reference ? json_null() : json_integer((json_int_t)index));
    json_object_set_new(object, "platform", text_or_null(device->platform));
    json_object_set_new(object, "device", text_or_null(device->name));
    json_object_set_new(object, "kind", json_string(device_kind_name(device->kind)));
    json_object_set_new(object, "driver", text_or_null(device->driver));
    json_object_set_new(object, "version", text_or_null(device->version));
    json_object_set_new(object, "memory", json_integer((json_int_t)device->memory));
    json_object_set_new(object, "allocation", json_integer((json_int_t)device->allocation));
    json_object_set_new(object, "local_memory", json_integer((json_int_t)device->local_memory));
    json_object_set_new(object, "compute_units", json_integer((json_int_t)device->compute_units));
    json_object_set_new(object, "work_group", json_integer((json_int_t)device->work_group));
    if (!reference)
        json_array_append_new(numbers, json_string("f32"));
    if (reference || device->f64)
        json_array_append_new(numbers, json_string("f64"));
    if (device->f16)
        json_array_append_new(numbers, json_string("f16"));
    json_object_set_new(object, "precisions", numbers);
    return object;
}

static void print_devices(const kiln_device_info *devices, size_t count, const kiln_device_info *reference)
{
    char index[24];
    for (size_t i = 0; i < count; i++) {
        snprintf(index, sizeof index, "%zu", i);
        print_device(index, &devices[i]);
    }
    print_device("reference", reference);
    if (count == 0)
        say("no OpenCL device found: %s", device_remedy);
}

static json_t *devices_json(const kiln_device_info *devices, size_t count, const kiln_device_info *reference)
{
    json_t *object = json_object(), *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, device_json(i, &devices[i]));
    json_array_append_new(array, device_json(count, reference));
    json_object_set_new(object, "devices", array);
    return object;
}

static int run(const command *self, int argc, char **argv)
{
    devices_arguments arguments = { 0 };
    operands given;
    kiln_device_info *devices = NULL;
    kiln_device *reference = NULL;
    size_t count = 0;
    kiln_error err = { 0 };
    const int code = options_parse(self, argc, argv, &arguments, &given);
    if (code != OPTIONS_GO_ON)
        return code;
    kiln_status status = kiln_device_list(&devices, &count, &err);
    if (status == KILN_OK)
        status = kiln_device_open("reference", NULL, &reference, &err);
    if (status == KILN_OK && arguments.json)
        status = print_json(devices_json(devices, count, kiln_device_get_info(reference)), &err);
    else if (status == KILN_OK)
        print_devices(devices, count, kiln_device_get_info(reference));
    kiln_device_close(reference);
    free(devices);
    return status == KILN_OK ? EXIT_WORKED : say_failure(status, &err);
}

static const char *const examples[] = { "kiln devices", "kiln devices --json", "kiln train iris.csv --device 0", NULL };

const command devices_command = {
    .name = "devices",
    .operands = "",
    .summary = "lists the OpenCL devices that networks can run on",
    .explanation = "The index in front, or a part of a name, is what --device takes.",
    .examples = examples,
    .options = rows,
    .run = run,
};

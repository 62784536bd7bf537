/* What `kiln verify` found, as tables and as JSON. */
#include "verify_report.h"

#include "output.h"
#include "report.h"

#include <math.h>
#include <stdio.h>

bool verification_holds(const verification *v)
{
    bool all = v->reference.holds;
    size_t checked = 0;
    for (size_t i = 0; i < v->devices; i++) {
        checked += !v->device[i].skipped;
        all = all && (v->device[i].skipped || (!v->device[i].trouble[0] && v->device[i].report.holds));
    }
    return all && checked > 0;
}

static void print_share(double share)
{
    if (isnan(share))
        printf("%9s", "-");
    else if (share >= 1000.0)
        printf("%9.1e", share);
    else
        printf("%9.4f", share);
}

static void print_report(const kiln_verify_report *report, bool is_device)
{
    printf("  %-32s%10s%11s%9s", "", "elements", "error", "of bound");
    printf(is_device ? "%9s%11s\n" : "\n", "rms", "drift");
    for (size_t i = 0; i < report->rows; i++) {
        const kiln_verify_row *row = &report->row[i];
        printf("  %-32s%10zu%11.2e", row->name, row->elements, row->error);
        print_share(row->share);
        if (is_device) {
            print_share(row->rms);
            if (isnan(row->drift))
                printf("%11s", "-");
            else
                printf("%11.2e", row->drift);
        }
        printf("  %s\n", row->holds ? "ok" : "WRONG");
    }
}

void print_verification(const verification *v)
{
    char text[1024];
    size_t failed = 0, skipped = 0;
    shape_text(v->network, text, sizeof text);
    printf("network %s, %zu parameters, %zu steps of %zu samples\n\n", text, kiln_network_parameters(v->network), v->options.steps,
           v->options.batch);
    printf("the reference's gradients beside central differences of its loss\n");
    print_report(&v->reference, false);
    for (size_t i = 0; i < v->devices; i++) {
        const verified *d = &v->device[i];
        printf("\n%s (%s) beside the reference\n", d->info.name, d->info.platform);
        if (d->trouble[0])
            printf("  %s: %s\n", d->skipped ? "left out" : "FAILED", d->trouble);
        else
            print_report(&d->report, true);
        failed += !d->skipped && (d->trouble[0] || !d->report.holds);
        skipped += d->skipped;
    }
    printf("\n'of bound' and 'rms' are shares of what rounding may do: up to 1 is right. 'drift' is for information.\n");
    if (verification_holds(v))
        printf("verified: all is within its bound on %zu device%s\n", v->devices - skipped, v->devices - skipped == 1 ? "" : "s");
    else if (!v->reference.holds)
        printf("NOT VERIFIED: the reference itself is wrong\n");
    else
        printf("NOT VERIFIED: %zu of %zu devices\n", v->devices == skipped ? skipped : failed, v->devices);
}

static json_t *report_json(const kiln_verify_report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->rows; i++) {
        const kiln_verify_row *row = &report->row[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", text_or_null(row->name));
        json_object_set_new(object, "elements", json_integer((json_int_t)row->elements));
        json_object_set_new(object, "error", number_or_null(row->error));
        json_object_set_new(object, "share", number_or_null(row->share));
        json_object_set_new(object, "rms", number_or_null(row->rms));
        json_object_set_new(object, "drift", number_or_null(row->drift));
        json_object_set_new(object, "holds", json_boolean(row->holds));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *device_json(const verified *d)
{
    json_t *object = json_object();
    json_object_set_new(object, "device", text_or_null(d->info.name));
    json_object_set_new(object, "platform", text_or_null(d->info.platform));
    json_object_set_new(object, "driver", text_or_null(d->info.driver));
    json_object_set_new(object, "holds", json_boolean(!d->trouble[0] && d->report.holds));
    json_object_set_new(object, "skipped", json_boolean(d->skipped));
    json_object_set_new(object, "error", text_or_null(d->trouble[0] ? d->trouble : NULL));
    json_object_set_new(object, "rows", report_json(&d->report));
    return object;
}

json_t *verification_json(const char *model, bool all, const verification *v)
{
    json_t *object = json_object(), *reference = json_object(), *devices = json_array();
    for (size_t i = 0; i < v->devices; i++)
        json_array_append_new(devices, device_json(&v->device[i]));
    json_object_set_new(reference, "holds", json_boolean(v->reference.holds));
    json_object_set_new(reference, "rows", report_json(&v->reference));
    json_object_set_new(object, "kiln", json_string(kiln_version()));
    json_object_set_new(object, "device", text_or_null(all ? "all" : v->device[0].info.name));
    json_object_set_new(object, "model", text_or_null(model));
    json_object_set_new(object, "network", shape_json(v->network));
    json_object_set_new(object, "parameters", json_integer((json_int_t)kiln_network_parameters(v->network)));
    json_object_set_new(object, "steps", json_integer((json_int_t)v->options.steps));
    json_object_set_new(object, "batch_size", json_integer((json_int_t)v->options.batch));
    json_object_set_new(object, "seconds", number_or_null(v->seconds));
    json_object_set_new(object, "holds", json_boolean(verification_holds(v)));
    json_object_set_new(object, "reference", reference);
    json_object_set_new(object, "devices", devices);
    return object;
}

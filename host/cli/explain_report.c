/* What `kiln explain` found, as a table and as JSON. */
#include "explain_report.h"

#include "output.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { SHAPE_MOST = 1024 };

static void print_head(const training *t, const kiln_device_model *model, const kiln_explanation *e)
{
    char text[SHAPE_MOST];
    const bool f64 = kiln_device_get_precision(t->device) == KILN_F64;
    const kiln_device_info *info = kiln_device_get_info(t->device);
    shape_text(t->network, text, sizeof text);
    printf("one training step: network %s, %zu parameters, a batch of %zu, %s\n", text, kiln_network_parameters(t->network),
           e->batch, f64 ? "f64" : "f32");
    if (model)
        printf("PREDICTED for a device that is not there: %g GFLOP/s, %g GB/s, %g us a launch\n\n", model->gflops, model->gbs,
               model->launch_us);
    else
        printf("measured on %s (%s): at most %.1f GFLOP/s and %.1f GB/s\n\n", info->name, info->platform, 1e-9 * e->peak_flops,
               1e-9 * e->peak_bytes);
}

static void print_row(size_t number, const kiln_explain_row *row)
{
    char shape[64];
    if (row->n)
        snprintf(shape, sizeof shape, "%zu x %zu x %zu", row->m, row->n, row->k);
    else
        snprintf(shape, sizeof shape, "%zu", row->m);
    const double rate = row->seconds > 0 ? 1e-9 / row->seconds : 0;
    printf("%3zu  %-33s%-16s%18s%10.3f%10.1f%10.2f%9.2f%9.2f%8.1f %%  %s\n", number, row->what, row->kernel, shape,
           1e-6 * row->flops, 1e-3 * row->bytes, 1e6 * row->seconds, row->flops * rate, row->bytes * rate, 100 * row->share,
           row->by_bytes ? "bytes" : "operations");
}

static void print_totals(const kiln_explanation *e, const kiln_device_model *model)
{
    const double kernels = 1e6 * e->kernel_seconds, step = 1e6 * e->step_seconds, between = step - kernels;
    if (e->steps_a_launch > 1)
        printf("\n%-26s%12zu, the table is of one\n", "steps a launch", e->steps_a_launch);
    else
        printf("\n%-26s%12zu\n", "launches a step", e->rows);
    printf("%-26s%12.2f us%s\n", "all launches together", kernels, model ? ", each with what launching costs" : "");
    printf("%-26s%12.2f us: %.0f samples a second\n", "a step", step, e->samples_per_second);
    const double launching = model ? model->launch_us * (double)e->rows / (double)e->steps_a_launch : 0;
    if (model)
        printf("%-26s%12.2f us, %.0f %% of the step\n", "launching alone", launching, step > 0 ? 100 * launching / step : 0);
    else if (between > 0)
        printf("%-26s%12.2f us, %.2f us a launch: what launching costs\n", "between the launches", between,
               between * (double)e->steps_a_launch / (double)(e->rows ? e->rows : 1));
    else
        printf("%-26s%12s: launching costs nothing beside them, and profiling a little\n", "between the launches", "0");
}

void print_explanation(const training *t, const kiln_device_model *model, const kiln_explanation *e)
{
    print_head(t, model, e);
    printf("%3s  %-33s%-16s%18s%10s%10s%10s%9s%9s%10s  %s\n", "", "launch", "kernel", "m x n x k", "Mflop", "kB", "us", "GFLOP/s",
           "GB/s", "of peak", "bound by");
    for (size_t i = 0; i < e->rows; i++)
        print_row(i + 1, &e->row[i]);
    print_totals(e, model);
    printf("\n");
    for (size_t i = 0; i < e->choices; i++)
        printf("%s: %s, since %s\n", e->choice[i].what, e->choice[i].chosen, e->choice[i].why);
    printf("\n'of peak' is the least time for the operations or the bytes, whichever is longer, over the time.%s\n",
           model ? "" : "\nIt may pass 100 % where numbers stay in caches: the peak is that of the memory.");
}

static json_t *row_json(const kiln_explain_row *row)
{
    json_t *object = json_object();
    json_object_set_new(object, "what", text_or_null(row->what));
    json_object_set_new(object, "kernel", text_or_null(row->kernel));
    json_object_set_new(object, "m", json_integer((json_int_t)row->m));
    json_object_set_new(object, "n", row->n ? json_integer((json_int_t)row->n) : json_null());
    json_object_set_new(object, "k", row->n ? json_integer((json_int_t)row->k) : json_null());
    json_object_set_new(object, "flops", number_or_null(row->flops));
    json_object_set_new(object, "bytes", number_or_null(row->bytes));
    json_object_set_new(object, "seconds", number_or_null(row->seconds));
    json_object_set_new(object, "flops_per_second", number_or_null(row->flops / row->seconds));
    json_object_set_new(object, "bytes_per_second", number_or_null(row->bytes / row->seconds));
    json_object_set_new(object, "share", number_or_null(row->share));
    json_object_set_new(object, "bound_by", json_string(row->by_bytes ? "bytes" : "operations"));
    return object;
}

static json_t *choice_json(const kiln_explain_choice *choice)
{
    json_t *object = json_object();
    json_object_set_new(object, "what", text_or_null(choice->what));
    json_object_set_new(object, "chosen", text_or_null(choice->chosen));
    json_object_set_new(object, "why", text_or_null(choice->why));
    return object;
}

static json_t *model_json(const kiln_device_model *model)
{
    if (!model)
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "gflops", number_or_null(model->gflops));
    json_object_set_new(object, "gbs", number_or_null(model->gbs));
    json_object_set_new(object, "launch_us", number_or_null(model->launch_us));
    return object;
}

json_t *explanation_json(const training *t, const kiln_device_model *model, const kiln_explanation *e)
{
    json_t *object = json_object(), *rows = json_array(), *choices = json_array();
    for (size_t i = 0; i < e->rows; i++)
        json_array_append_new(rows, row_json(&e->row[i]));
    for (size_t i = 0; i < e->choices; i++)
        json_array_append_new(choices, choice_json(&e->choice[i]));
    json_object_set_new(object, "kiln", json_string(kiln_version()));
    json_object_set_new(object, "device", text_or_null(model ? NULL : kiln_device_get_info(t->device)->name));
    json_object_set_new(object, "device_model", model_json(model));
    json_object_set_new(object, "precision", json_string(kiln_device_get_precision(t->device) == KILN_F64 ? "f64" : "f32"));
    json_object_set_new(object, "network", shape_json(t->network));
    json_object_set_new(object, "parameters", json_integer((json_int_t)kiln_network_parameters(t->network)));
    json_object_set_new(object, "batch", json_integer((json_int_t)e->batch));
    json_object_set_new(object, "steps_a_launch", json_integer((json_int_t)e->steps_a_launch));
    json_object_set_new(object, "measured", json_boolean(e->measured));
    json_object_set_new(object, "peak_flops", number_or_null(e->peak_flops));
    json_object_set_new(object, "peak_bytes", number_or_null(e->peak_bytes));
    json_object_set_new(object, "launches", rows);
    json_object_set_new(object, "kernel_seconds", number_or_null(e->kernel_seconds));
    json_object_set_new(object, "step_seconds", number_or_null(e->step_seconds));
    json_object_set_new(object, "samples_per_second", number_or_null(e->samples_per_second));
    json_object_set_new(object, "choices", choices);
    return object;
}

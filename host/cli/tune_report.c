/* What `kiln tune` found, and forgot, as text and as JSON. */
#include "tune_report.h"

#include "choices.h"
#include "output.h"
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { SHAPE_MOST = 1024 };

static const char own_kernels[] = "own kernels";

static const char *precision_of(const kiln_device *device)
{
    return choice_precision((int)kiln_device_get_precision(device));
}

static void print_times(double own, double before, double clblast, bool tuned)
{
    printf("%12.2f%12.2f", 1e6 * own, 1e6 * before);
    if (tuned)
        printf("%12.2f", 1e6 * clblast);
    printf("  %s\n", clblast < own ? "CLBlast" : own_kernels);
}

static void print_parameters(const kiln_tuning *found)
{
    const char *kernel = NULL;
    for (size_t i = 0; i < found->parameters; i++) {
        const kiln_tuned_parameter *p = &found->parameter[i];
        if (!kernel || strcmp(kernel, p->kernel) != 0)
            printf("\n%-12s", p->kernel);
        printf(" %s %zu", p->name, p->value);
        kernel = p->kernel;
    }
    printf("%s", found->parameters ? "\n" : "");
}

void print_tuning(const training *t, const kiln_tuning *found)
{
    char text[SHAPE_MOST];
    const kiln_device_info *info = kiln_device_get_info(t->device);
    const bool tuned = found->parameters > 0;
    shape_text(t->network, text, sizeof text);
    printf("products of one training step: network %s, a batch of %zu, %s\n", text, t->options.batch_size, precision_of(t->device));
    printf("measured on %s (%s), with %zu of %zu sets of CLBlast's parameters\n\n", info->name, info->platform, found->tried,
           found->sets);
    printf("%-22s%18s%12s%12s", "product", "m x n x k", "own us", "CLBlast us");
    printf("%s  faster\n", tuned ? "    tuned us" : "");
    for (size_t i = 0; i < found->products; i++) {
        const kiln_tuned_product *p = &found->product[i];
        snprintf(text, sizeof text, "%zu x %zu x %zu", p->m, p->n, p->k);
        printf("%-22s%18s", p->what, text);
        print_times(p->own, p->before, p->clblast, tuned);
    }
    printf("%-40s", "all together");
    print_times(found->own, found->before, found->clblast, tuned);
    print_parameters(found);
    printf("\nEach with bias, activation and update.%s\n",
           tuned          ? ""
           : found->tried ? " No set of parameters that was tried is better than CLBlast's own."
                          : " CLBlast has its own parameters: there was no time for others.");
    printf("--gemm auto takes %s from now on, by %s\n",
           !found->use_clblast ? "kiln's own kernels"
           : tuned             ? "CLBlast with these parameters"
                               : "CLBlast with its own parameters",
           found->path);
    if (found->whole_steps)
        printf("This network trains whole steps in one launch, which takes none of them, but with --strategy layers.\n");
}

static json_t *product_json(const kiln_tuned_product *p)
{
    json_t *object = json_object();
    json_object_set_new(object, "what", text_or_null(p->what));
    json_object_set_new(object, "m", json_integer((json_int_t)p->m));
    json_object_set_new(object, "n", json_integer((json_int_t)p->n));
    json_object_set_new(object, "k", json_integer((json_int_t)p->k));
    json_object_set_new(object, "own_seconds", number_or_null(p->own));
    json_object_set_new(object, "clblast_seconds", number_or_null(p->before));
    json_object_set_new(object, "tuned_seconds", number_or_null(p->clblast));
    json_object_set_new(object, "faster", json_string(p->clblast < p->own ? "clblast" : "native"));
    return object;
}

static json_t *parameters_json(const kiln_tuning *found)
{
    json_t *object = json_object();
    for (size_t i = 0; i < found->parameters; i++) {
        const kiln_tuned_parameter *p = &found->parameter[i];
        if (!json_object_get(object, p->kernel))
            json_object_set_new(object, p->kernel, json_object());
        json_object_set_new(json_object_get(object, p->kernel), p->name, json_integer((json_int_t)p->value));
    }
    return object;
}

static json_t *device_json(const kiln_device *device)
{
    json_t *object = json_object();
    json_object_set_new(object, "kiln", json_string(kiln_version()));
    json_object_set_new(object, "device", text_or_null(kiln_device_get_info(device)->name));
    json_object_set_new(object, "driver", text_or_null(kiln_device_get_info(device)->driver));
    json_object_set_new(object, "precision", json_string(precision_of(device)));
    return object;
}

json_t *tuning_json(const training *t, const kiln_tuning *found)
{
    json_t *object = device_json(t->device), *products = json_array();
    for (size_t i = 0; i < found->products; i++)
        json_array_append_new(products, product_json(&found->product[i]));
    json_object_set_new(object, "network", shape_json(t->network));
    json_object_set_new(object, "batch", json_integer((json_int_t)t->options.batch_size));
    json_object_set_new(object, "products", products);
    json_object_set_new(object, "own_seconds", number_or_null(found->own));
    json_object_set_new(object, "clblast_seconds", number_or_null(found->before));
    json_object_set_new(object, "tuned_seconds", number_or_null(found->clblast));
    json_object_set_new(object, "parameters", parameters_json(found));
    json_object_set_new(object, "tried", json_integer((json_int_t)found->tried));
    json_object_set_new(object, "sets", json_integer((json_int_t)found->sets));
    json_object_set_new(object, "chosen", json_string(choice_gemm(found->use_clblast ? KILN_GEMM_CLBLAST : KILN_GEMM_NATIVE)));
    json_object_set_new(object, "whole_steps", json_boolean(found->whole_steps));
    json_object_set_new(object, "date", text_or_null(found->date));
    json_object_set_new(object, "file", text_or_null(found->path));
    return object;
}

void print_cleared(const kiln_device *device, const char *path)
{
    if (path)
        printf("removed %s\n", path);
    else
        printf("nothing was kept for %s, %s\n", kiln_device_get_info(device)->name, precision_of(device));
}

json_t *cleared_json(const kiln_device *device, const char *path)
{
    json_t *object = device_json(device);
    json_object_set_new(object, "removed", text_or_null(path));
    return object;
}

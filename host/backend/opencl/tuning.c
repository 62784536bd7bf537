/* What `kiln tune` found, on disk as JSON, and asked for plans; the header is the contract. */
#include "backend/opencl/tuning.h"

#include "backend/opencl/cache.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VERSION = 1, FILE_LARGEST = 1 << 20 };

static const char *const kinds[] = {
    [PRODUCT_FORWARD] = "forward", [PRODUCT_BACKWARD] = "backward", [PRODUCT_GRADIENT] = "gradient"
};

/* What a file is of: each must be the same in the file and on the device. */
typedef struct identity {
    const char *name, *value;
} identity;

enum { IDENTITIES = 4 };

static void identify(const opencl_device *device, identity *into)
{
    const kiln_device_info *info = &device->base.info;
    into[0] = (identity){ "device", info->name };
    into[1] = (identity){ "platform", info->platform };
    into[2] = (identity){ "driver", info->driver };
    into[3] = (identity){ "precision", device->base.precision == KILN_F64 ? "f64" : "f32" };
}

/* The file of this device; NULL without a cache folder, or memory. */
static char *path_of(const opencl_device *device)
{
    char key[1024] = "";
    identity all[IDENTITIES];
    identify(device, all);
    for (size_t i = 0; i < IDENTITIES; i++) {
        const size_t used = strlen(key);
        snprintf(key + used, sizeof key - used, "%s\n", all[i].value);
    }
    return device->cache ? cache_path(device->cache, key, strlen(key), "tune.json") : NULL;
}

static kiln_status damaged(kiln_error *err, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));

static kiln_status damaged(kiln_error *err, const char *path, const char *format, ...)
{
    char what[256];
    va_list values;
    va_start(values, format);
    vsnprintf(what, sizeof what, format, values);
    va_end(values);
    return kiln_fail(err, KILN_EDATA,
                     "%s: is not what 'kiln tune' wrote: %s; 'kiln tune --clear' forgets it, and --gemm native does without", path,
                     what);
}

static bool read_size(const json_t *object, const char *key, size_t most, size_t *value)
{
    const json_t *number = json_object_get(object, key);
    const json_int_t whole = json_integer_value(number);
    *value = (size_t)whole;
    return json_is_integer(number) && whole >= 0 && (size_t)whole <= most;
}

static bool read_seconds(const json_t *object, const char *key, double *value)
{
    const json_t *number = json_object_get(object, key);
    *value = json_number_value(number);
    return json_is_number(number) && isfinite(*value) && *value > 0;
}

static kiln_status read_parameters(const opencl_device *device, const char *path, const json_t *object, clblast_parameters *into,
                                   kiln_error *err)
{
    if (!json_is_object(object))
        return damaged(err, path, "it has no parameters");
    for (clblast_kernel kernel = 0; kernel < CLBLAST_KERNELS; kernel++) {
        const json_t *values = json_object_get(object, clblast_kernel_name(kernel));
        const char *name;
        into->set[kernel] = values != NULL;
        for (size_t i = 0; values && (name = clblast_parameter_name(kernel, i)); i++)
            if (!read_size(values, name, CLBLAST_ALL_DIRECT, &into->value[kernel][i]))
                return damaged(err, path, "%s has no whole number %s", clblast_kernel_name(kernel), name);
    }
    const size_t number = device->base.precision == KILN_F64 ? sizeof(cl_double) : sizeof(cl_float);
    const char *wrong = clblast_parameters_wrong(into, &device->base.info, number);
    return wrong ? damaged(err, path, "CLBlast cannot use its parameters: it must be that %s", wrong) : KILN_OK;
}

static bool read_kind(const char *word, product_kind *kind)
{
    for (size_t i = 0; word && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(word, kinds[i]) == 0) {
            *kind = (product_kind)i;
            return true;
        }
    return false;
}

static kiln_status read_products(const char *path, const json_t *list, tuning *into, kiln_error *err)
{
    into->products = json_array_size(list);
    if (into->products < 1 || into->products > TUNED_MOST)
        return damaged(err, path, "it has not from 1 to %d products", TUNED_MOST);
    for (size_t i = 0; i < into->products; i++) {
        const json_t *object = json_array_get(list, i);
        tuned_product *p = &into->product[i];
        if (!read_kind(json_string_value(json_object_get(object, "kind")), &p->kind) || !read_size(object, "m", INT32_MAX, &p->m) ||
            !read_size(object, "n", INT32_MAX, &p->n) || !read_size(object, "k", INT32_MAX, &p->k) || !p->m || !p->n || !p->k ||
            !read_seconds(object, "own_seconds", &p->own) || !read_seconds(object, "clblast_seconds", &p->clblast))
            return damaged(err, path, "its product %zu lacks a kind, sizes or times above 0", i);
    }
    return KILN_OK;
}

static kiln_status read_all(const opencl_device *device, const char *path, const json_t *root, tuning *into, kiln_error *err)
{
    size_t version;
    const char *date = json_string_value(json_object_get(root, "date"));
    if (!read_size(root, "version", VERSION, &version) || version != VERSION)
        return damaged(err, path, "its version is not %d", VERSION);
    if (!date || strlen(date) >= sizeof into->date || !text_is_printable(date))
        return damaged(err, path, "it has no date");
    strcpy(into->date, date);
    const kiln_status status = read_parameters(device, path, json_object_get(root, "clblast"), &into->parameters, err);
    return status == KILN_OK ? read_products(path, json_object_get(root, "products"), into, err) : status;
}

/* Whether the file is of this device; names that hash alike, or a file that was copied, are not. */
static bool is_of(const opencl_device *device, const json_t *root)
{
    identity all[IDENTITIES];
    identify(device, all);
    for (size_t i = 0; i < IDENTITIES; i++) {
        const char *value = json_string_value(json_object_get(root, all[i].name));
        if (!value || strcmp(value, all[i].value) != 0)
            return false;
    }
    return true;
}

kiln_status tuning_load(const opencl_device *device, tuning **found, kiln_error *err)
{
    unsigned char *text = NULL;
    size_t bytes = 0;
    json_t *root = NULL;
    tuning *made = NULL;
    kiln_error why = { 0 };
    kiln_status status = KILN_OK;
    char *path = path_of(device);
    *found = NULL;
    if (device->cache && !path)
        status = kiln_fail_memory(err, 0, "what 'kiln tune' found");
    if (!path || access(path, F_OK) != 0)
        goto done;
    status = file_read(path, FILE_LARGEST, &text, &bytes, err);
    if (status != KILN_OK)
        goto done;
    status = json_read_object(path, "what 'kiln tune' found", (const char *)text, bytes, &root, &why);
    if (status != KILN_OK) {
        kiln_fail(err, status, "%s; 'kiln tune --clear' forgets it, and --gemm native does without", why.message);
        goto done;
    }
    if (!is_of(device, root))
        goto done;
    made = mem_zeroed(1, sizeof *made);
    status = made ? read_all(device, path, root, made, err) : kiln_fail_memory(err, 0, path);
    if (status == KILN_OK) {
        *found = made;
        made = NULL;
    }
done:
    free(made);
    json_decref(root);
    free(text);
    free(path);
    return status;
}

kiln_status tuning_possible(const opencl_device *device, kiln_error *err)
{
    if (!device->cache)
        return kiln_fail(err, KILN_EIO, "there is no folder to keep the result in: set XDG_CACHE_HOME or HOME");
    if (access(device->cache, W_OK | X_OK) != 0)
        return kiln_fail(err, KILN_EIO, "%s: the result cannot be kept in this folder: %s", device->cache, strerror(errno));
    return KILN_OK;
}

/* NULL without memory, as the next ones. */
static json_t *parameters_json(const clblast_parameters *parameters)
{
    json_t *object = json_object();
    bool failed = !object;
    for (clblast_kernel kernel = 0; kernel < CLBLAST_KERNELS; kernel++) {
        json_t *values = parameters->set[kernel] ? json_object() : NULL;
        const char *name;
        for (size_t i = 0; values && (name = clblast_parameter_name(kernel, i)); i++)
            failed |= json_object_set_new(values, name, json_integer((json_int_t)parameters->value[kernel][i])) != 0;
        if (parameters->set[kernel])
            failed |= json_object_set_new(object, clblast_kernel_name(kernel), values) != 0;
    }
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *product_json(const tuned_product *p)
{
    json_t *object = json_object();
    if (!json_object_set_new(object, "kind", json_string(kinds[p->kind])) &&
        !json_object_set_new(object, "m", json_integer((json_int_t)p->m)) &&
        !json_object_set_new(object, "n", json_integer((json_int_t)p->n)) &&
        !json_object_set_new(object, "k", json_integer((json_int_t)p->k)) &&
        !json_object_set_new(object, "own_seconds", json_real(p->own)) &&
        !json_object_set_new(object, "clblast_seconds", json_real(p->clblast)))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *tuning_json(const opencl_device *device, const tuning *t)
{
    identity all[IDENTITIES];
    json_t *root = json_object(), *products = json_array();
    bool failed = json_object_set_new(root, "version", json_integer(VERSION)) != 0;
    identify(device, all);
    for (size_t i = 0; i < IDENTITIES; i++)
        failed |= json_object_set_new(root, all[i].name, json_string(all[i].value)) != 0;
    failed |= json_object_set_new(root, "date", json_string(t->date)) != 0;
    failed |= json_object_set_new(root, "clblast", parameters_json(&t->parameters)) != 0;
    for (size_t i = 0; i < t->products; i++)
        failed |= json_array_append_new(products, product_json(&t->product[i])) != 0;
    failed |= json_object_set_new(root, "products", products) != 0;
    if (!failed)
        return root;
    json_decref(root);
    return NULL;
}

kiln_status tuning_store(const opencl_device *device, const tuning *made, char **path, kiln_error *err)
{
    file_writer *writer = NULL;
    json_t *root = NULL;
    char *text = NULL;
    kiln_status status = tuning_possible(device, err);
    *path = NULL;
    if (status != KILN_OK)
        return status;
    *path = path_of(device);
    if (!*path)
        return kiln_fail_memory(err, 0, "what 'kiln tune' found");
    root = tuning_json(device, made);
    text = root ? json_write(root, JSON_INDENT(2)) : NULL;
    status = text ? file_begin(*path, &writer, err) : kiln_fail_memory(err, 0, *path);
    if (status == KILN_OK)
        status = file_append(writer, text, strlen(text), err);
    if (status == KILN_OK)
        status = file_commit(writer, err);
    else
        file_abandon(writer);
    json_decref(root);
    free(text);
    return status;
}

kiln_status tuning_clear(const opencl_device *device, char **path, kiln_error *err)
{
    char *file = path_of(device);
    kiln_status status = KILN_OK;
    *path = NULL;
    if (file && unlink(file) == 0) {
        *path = file;
        return KILN_OK;
    }
    if (file && errno != ENOENT)
        status = kiln_fail(err, KILN_EIO, "%s: cannot be removed: %s", file, strerror(errno));
    free(file);
    return status;
}

/* How far products are apart: the factors between their sizes, as logarithms; another kind reads memory in another order. */
static double distance(const tuned_product *a, const tuned_product *b)
{
    const double m = fabs(log((double)a->m / (double)b->m)), n = fabs(log((double)a->n / (double)b->n)),
                 k = fabs(log((double)a->k / (double)b->k));
    return m + n + k + (a->kind != b->kind ? 3.0 : 0.0);
}

bool tuning_prefers_clblast(const tuning *t, const tuned_product *products, size_t count, bool *exact)
{
    double own = 0, clblast = 0;
    *exact = true;
    for (size_t i = 0; i < count; i++) {
        const tuned_product *p = &products[i], *nearest = &t->product[0];
        for (size_t j = 1; j < t->products; j++)
            if (distance(p, &t->product[j]) < distance(p, nearest))
                nearest = &t->product[j];
        const double times =
            (double)p->m / (double)nearest->m * ((double)p->n / (double)nearest->n) * ((double)p->k / (double)nearest->k);
        own += times * nearest->own;
        clblast += times * nearest->clblast;
        *exact = *exact && distance(p, nearest) == 0;
    }
    return clblast < own;
}

/* What tests of networks share. */
#include "networks.h"

#include "network/network.h"
#include "support.h"

#include <string.h>

static void same_text(const char *a, const char *b)
{
    ck_assert((a == NULL) == (b == NULL));
    if (a)
        ck_assert_str_eq(a, b);
}

static void same_texts(char *const *a, char *const *b, size_t count)
{
    ck_assert((a == NULL) == (b == NULL));
    for (size_t i = 0; a && i < count; i++)
        ck_assert_str_eq(a[i], b[i]);
}

static void same_schema(const kiln_schema *a, const kiln_schema *b)
{
    ck_assert_int_eq(a->task, b->task);
    ck_assert_uint_eq(a->columns, b->columns);
    for (size_t i = 0; i < a->columns; i++) {
        same_text(a->column[i].name, b->column[i].name);
        ck_assert_uint_eq(a->column[i].categories, b->column[i].categories);
        same_texts(a->column[i].category, b->column[i].category, a->column[i].categories);
        ck_assert(a->column[i].fill == b->column[i].fill && a->column[i].indicator == b->column[i].indicator);
    }
    ck_assert_uint_eq(a->targets, b->targets);
    for (size_t i = 0; i < a->targets; i++) {
        same_text(a->target[i].name, b->target[i].name);
        same_text(a->target[i].label[0], b->target[i].label[0]);
        same_text(a->target[i].label[1], b->target[i].label[1]);
    }
    ck_assert_uint_eq(a->classes, b->classes);
    same_texts(a->class_name, b->class_name, a->classes);
    ck_assert_int_eq(a->missing, b->missing);
    ck_assert_uint_eq(a->ignored, b->ignored);
    for (size_t i = 0; i < a->ignored; i++)
        ck_assert_uint_eq(a->ignored_column[i], b->ignored_column[i]);
}

void same_network(const kiln_network *a, const kiln_network *b)
{
    ck_assert_uint_eq(a->layers, b->layers);
    ck_assert_mem_eq(a->widths, b->widths, (a->layers + 1) * sizeof *a->widths);
    ck_assert_int_eq(a->hidden, b->hidden);
    ck_assert_int_eq(a->output, b->output);
    ck_assert_int_eq(a->bias, b->bias);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_mem_eq(a->parameters, b->parameters, a->count * sizeof *a->parameters);
    ck_assert((a->mean == NULL) == (b->mean == NULL) && (a->scale == NULL) == (b->scale == NULL));
    if (a->mean) {
        ck_assert_mem_eq(a->mean, b->mean, a->widths[0] * sizeof *a->mean);
        ck_assert_mem_eq(a->scale, b->scale, a->widths[0] * sizeof *a->scale);
    }
    same_schema(&a->schema, &b->schema);
}

/* Schemas: copies, and tables read for a network: by name, by place, with its categories and classes. */
#include "base/fault.h"
#include "network/schema.h"
#include "support.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Reads size, colour (blue, red) and weight; tells "no" from "yes". */
static char name_size[] = "size", name_colour[] = "colour", name_weight[] = "weight", name_ripe[] = "ripe";
static kiln_target ripe = { .name = name_ripe };
static char blue[] = "blue", red[] = "red", no[] = "no", yes[] = "yes";
static char *colours[] = { blue, red }, *answers[] = { no, yes };

static void make_schema(kiln_schema *schema, kiln_column column[3], bool named)
{
    memset(column, 0, 3 * sizeof *column);
    *schema = (kiln_schema){ .task = KILN_CLASSIFICATION, .columns = 3, .column = column, .classes = 2, .class_name = answers };
    column[1].categories = 2;
    column[1].category = colours;
    if (named) {
        column[0].name = name_size;
        column[1].name = name_colour;
        column[2].name = name_weight;
        schema->targets = 1;
        schema->target = &ripe;
    }
}

START_TEST(copies_are_deep_and_whole)
{
    kiln_column column[3];
    kiln_schema schema, copy;
    kiln_error err = { 0 };
    size_t features;
    make_schema(&schema, column, true);
    ck_assert_kiln(schema_copy(&schema, &copy, &err), err);
    ck_assert_uint_eq(copy.columns, 3);
    ck_assert(copy.column[0].name != name_size && copy.class_name[0] != no);
    ck_assert_str_eq(copy.column[0].name, "size");
    ck_assert_uint_eq(copy.column[0].categories, 0);
    ck_assert_str_eq(copy.column[1].category[0], "blue");
    ck_assert_str_eq(copy.column[1].category[1], "red");
    ck_assert(copy.targets == 1 && copy.target[0].name != name_ripe);
    ck_assert_str_eq(copy.target[0].name, "ripe");
    ck_assert_uint_eq(copy.classes, 2);
    ck_assert_str_eq(copy.class_name[1], "yes");
    ck_assert_int_eq(copy.task, KILN_CLASSIFICATION);
    ck_assert(schema_features(&copy, &features) && features == 4);
    schema_free(&copy);
    ck_assert(!copy.column && !copy.columns && !copy.target && !copy.class_name && !copy.classes);
    schema_free(&copy);

    /* nothing known, and classes without names */
    schema = (kiln_schema){ .classes = 10 };
    ck_assert_kiln(schema_copy(&schema, &copy, &err), err);
    ck_assert(copy.classes == 10 && !copy.class_name && !copy.column);
    ck_assert(schema_features(&copy, &features) && features == 0);
    schema_free(&copy);

    kiln_column huge[] = { { .categories = SIZE_MAX }, { 0 } };
    ck_assert(!schema_features(&(kiln_schema){ .columns = 2, .column = huge }, &features));
}
END_TEST

START_TEST(a_copy_that_fails_is_empty)
{
    kiln_column column[3];
    kiln_schema schema;
    kiln_status status = KILN_ENOMEM;
    unsigned long n = 0;
    make_schema(&schema, column, true);
    while (status != KILN_OK) {
        kiln_schema copy;
        kiln_error err = { 0 };
        fault_set(FAULT_MEMORY, ++n, false, 0);
        status = schema_copy(&schema, &copy, &err);
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_OK ||
                  (status == KILN_ENOMEM && !copy.column && !copy.target && !copy.class_name && err.message[0]));
        schema_free(&copy);
        ck_assert_uint_lt(n, 100);
    }
    ck_assert_uint_gt(n, 10);
}
END_TEST

/* Tables for the network, what of it and which target is wanted; the two samples are always the same. */
static const struct {
    const char *text;
    bool named; /* the network has names */
    const char *target;
    bool no_target;
    bool labels; /* there are some */
} readable[] = {
    { "size,colour,weight,ripe\n1,red,2,yes\n3,blue,4,no\n", true, NULL, false, true },
    { "size,colour,weight,ripe\n1,red,2,yes\n3,blue,4,no\n", false, NULL, false, true },
    { "ripe,weight,extra,colour,size\nyes,2,junk,red,1\nno,4,,blue,3\n", true, NULL, false, true },
    { "weight,colour,size\n2,red,1\n4,blue,3\n", true, NULL, false, false },
    { "answer,weight,colour,size\nyes,2,red,1\nno,4,blue,3\n", true, "answer", false, true },
    { "weight,colour,size,ripe\n2,red,1,\n4,blue,3,unheard-of\n", true, NULL, true, false },
    { "1,red,2,yes\n3,blue,4,no\n", true, NULL, false, true },
    { "1,red,2\n3,blue,4\n", true, NULL, false, false },
    { "1,red,2\n3,blue,4\n", true, NULL, true, false },
    { "yes,1,red,2\nno,3,blue,4\n", true, "0", false, true },
    { "1,red,2\n3,blue,4\n", false, NULL, true, false },
    { "1,red,2,yes\n3,blue,4,unheard-of\n", true, NULL, true, false },
    { "size,colour,weight,ripe\n1,red,2,\n3,blue,4,\n", false, NULL, true, false },
};

START_TEST(tables_are_read_as_the_network_does)
{
    static const float expected[] = { 1, 0, 1, 2, 3, 1, 0, 4 };
    kiln_column column[3];
    kiln_schema schema;
    kiln_error err = { 0 };
    kiln_data *data;
    make_schema(&schema, column, readable[_i].named);
    const kiln_data_options options = { .schema = &schema, .target = readable[_i].target, .no_target = readable[_i].no_target };
    const char *path = temporary_file("t.csv", readable[_i].text, strlen(readable[_i].text));
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert_uint_eq(s->count, 2);
    ck_assert_uint_eq(s->features, 4);
    for (size_t i = 0; i < 8; i++)
        ck_assert_msg(((const float *)s->x)[i] == expected[i], "x[%zu] = %g", i, (double)((const float *)s->x)[i]);
    ck_assert_int_eq(s->labels != NULL, readable[_i].labels);
    ck_assert(!s->labels || (s->classes == 2 && s->labels[0] == 1 && s->labels[1] == 0));
    ck_assert_ptr_null(s->y);
    ck_assert_str_eq(kiln_data_schema(data)->column[1].category[1], "red");
    kiln_data_free(data);
}
END_TEST

static const struct {
    const char *text;
    const char *target;
    kiln_task task;
    kiln_status status;
    size_t line, column;
    const char *sentence;
} refused[] = {
    { "size,colour,ripe\n1,red,yes\n", NULL, 0, KILN_EDATA, 1, 0,
      ":1: no column 'weight', which the network reads; there are 'size', 'colour', 'ripe'" },
    { "size,colour,weight,ripe\n1,green,2,yes\n", NULL, 0, KILN_EDATA, 2, 2,
      ":2: column 2 ('colour'): the network does not know the category 'green', only 'blue', 'red'" },
    { "size,colour,weight,ripe\n1,red,2,perhaps\n", NULL, 0, KILN_EDATA, 2, 4,
      ":2: column 4 ('ripe'): the network does not know the class 'perhaps', only 'no', 'yes'" },
    { "size,colour,weight,ripe\n1,red,2,7\n", NULL, 0, KILN_EDATA, 2, 4, "does not know the class '7'" },
    { "size,colour,weight,ripe\n1,,2,no\n", NULL, 0, KILN_EDATA, 2, 2, ":2: column 2 ('colour'): missing value" },
    { "ripe,weight,colour,size\nyes,2,red,w\n", NULL, 0, KILN_EDATA, 2, 4, ":2: column 4 ('size'): 'w' is not a number" },
    { "1,red,2,yes,more\n1,red,2,yes,more\n", NULL, 0, KILN_EDATA, 1, 0,
      ":1: has 4 columns beside the target; the network reads 3" },
    { "1,red\n2,red\n", NULL, 0, KILN_EDATA, 1, 0, ":1: has 2 columns; the network reads 3" },
    { "1,red,2\n3,red,4\n", "0", 0, KILN_EDATA, 1, 0, ":1: has 2 columns beside the target; the network reads 3" },
    { "size,colour,weight,ripe\n1,red,2,yes\n", "size", 0, KILN_EINVAL, 0, 0,
      ": column 'size' cannot be the target: it is one of the network's inputs" },
    { "size,colour,weight,ripe\n1,red,2,yes\n", "mass", 0, KILN_EINVAL, 0, 0, ": no column 'mass': there are 'size'" },
    { "1,red,2,yes\n", NULL, KILN_REGRESSION, KILN_EINVAL, 0, 0, "the network is for classification, not for regression" },
};

START_TEST(what_the_network_cannot_read_is_explained)
{
    kiln_column column[3];
    kiln_schema schema;
    kiln_error err;
    kiln_data *data;
    memset(&err, 0xff, sizeof err);
    make_schema(&schema, column, true);
    const kiln_data_options options = { .schema = &schema, .target = refused[_i].target, .task = refused[_i].task };
    const char *path = temporary_file("t.csv", refused[_i].text, strlen(refused[_i].text));
    const kiln_status status = kiln_data_read(path, &options, &data, &err);
    ck_assert_msg(status == refused[_i].status, "%s", status ? err.message : "read");
    ck_assert_msg(strstr(err.message, refused[_i].sentence), "'%s', should have '%s'", err.message, refused[_i].sentence);
    ck_assert_msg(err.line == refused[_i].line && err.column == refused[_i].column, "at %zu:%zu", err.line, err.column);
}
END_TEST

/* Classes that are numbers: known by their value, whatever their writing; without names, 0 to classes - 1. */
START_TEST(classes_that_are_numbers)
{
    static const char text[] = "x,y\n1,10\n2,9.0\n3,1e1\n", wrong[] = "x,y\n1,10\n2,8\n", small[] = "x,y\n1,1\n2,0.0\n";
    char nine[] = "9", ten[] = "10", *names[] = { nine, ten };
    kiln_column column[1] = { { 0 } };
    kiln_schema schema = { .task = KILN_CLASSIFICATION, .columns = 1, .column = column, .classes = 2, .class_name = names };
    const kiln_data_options options = { .schema = &schema };
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", text, strlen(text)), &options, &data, &err), err);
    const int32_t *labels = kiln_data_samples(data)->labels;
    ck_assert(labels[0] == 1 && labels[1] == 0 && labels[2] == 1);
    kiln_data_free(data);
    ck_assert_int_eq(kiln_data_read(temporary_file("t.csv", wrong, strlen(wrong)), &options, &data, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, ":3: column 2 ('y'): the network does not know the class '8', only '9', '10'"));
    schema.class_name = NULL;
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", small, strlen(small)), &options, &data, &err), err);
    ck_assert(kiln_data_samples(data)->labels[0] == 1 && kiln_data_samples(data)->labels[1] == 0);
    kiln_data_free(data);
    ck_assert_int_eq(kiln_data_read(temporary_file("t.csv", wrong, strlen(wrong)), &options, &data, &err), KILN_EDATA);
    ck_assert_ptr_nonnull(strstr(err.message, ":2: column 2 ('y'): '10' is not one of the network's classes, 0 to 1"));
    /* A schema that names a class twice has no order to go by. */
    names[1] = nine;
    schema.class_name = names;
    ck_assert_int_eq(kiln_data_read(temporary_file("t.csv", small, strlen(small)), &options, &data, &err), KILN_EINVAL);
}
END_TEST

/* A regression network; and one that says nothing about its columns. */
START_TEST(other_networks)
{
    static const char numbers[] = "x,y\n1,1\n2,0\n3,1\n4,0\n";
    kiln_column column[1] = { { 0 } };
    kiln_schema schema = { .task = KILN_REGRESSION, .columns = 1, .column = column };
    const kiln_data_options options = { .schema = &schema };
    kiln_error err = { 0 };
    kiln_data *data;
    const char *path = temporary_file("t.csv", numbers, strlen(numbers));
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    ck_assert(kiln_data_samples(data)->y && !kiln_data_samples(data)->labels && kiln_data_samples(data)->y[2] == 1.0f);
    kiln_data_free(data);
    schema = (kiln_schema){ 0 };
    ck_assert_kiln(kiln_data_read(path, &options, &data, &err), err);
    ck_assert(kiln_data_samples(data)->labels && kiln_data_samples(data)->classes == 2);
    ck_assert_uint_eq(kiln_data_schema(data)->columns, 1);
    kiln_data_free(data);
}
END_TEST

/* Texts only, all different, would be a header; but a network with other names takes them for a sample. */
START_TEST(a_table_of_texts_without_names)
{
    static const char text[] = "red,yes\nblue,no\n";
    kiln_column column[3];
    kiln_schema schema;
    kiln_error err = { 0 };
    kiln_data *data;
    make_schema(&schema, column, true);
    schema.column = column + 1;
    schema.columns = 1;
    const kiln_data_options options = { .schema = &schema };
    ck_assert_kiln(kiln_data_read(temporary_file("t.csv", text, strlen(text)), &options, &data, &err), err);
    ck_assert_uint_eq(kiln_data_samples(data)->count, 2);
    kiln_data_free(data);
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    kiln_column column[3];
    kiln_schema schema;
    make_schema(&schema, column, true);
    const kiln_data_options options = { .schema = &schema };
    const char *path = temporary_file("t.csv", readable[2].text, strlen(readable[2].text));
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        fault_set(FAULT_MEMORY, n, _i == 1, 0);
        const kiln_status status = kiln_data_read(path, &options, &data, &err);
        failed = fault_count(FAULT_MEMORY) >= n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_ENOMEM || status == KILN_OK);
        ck_assert(failed || status == KILN_OK);
        kiln_data_free(data);
        ck_assert_uint_lt(n, 10000);
        ck_assert(failed || n > 30);
    }
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *tc = tcase_create("schema");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, copies_are_deep_and_whole);
    tcase_add_test(tc, a_copy_that_fails_is_empty);
    tcase_add_loop_test(tc, tables_are_read_as_the_network_does, 0, COUNT(readable));
    tcase_add_loop_test(tc, what_the_network_cannot_read_is_explained, 0, COUNT(refused));
    tcase_add_test(tc, classes_that_are_numbers);
    tcase_add_test(tc, other_networks);
    tcase_add_test(tc, a_table_of_texts_without_names);
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

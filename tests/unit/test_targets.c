/* Several targets: which columns they are, and whether they are numbers or labels; without a network, and for one. */
#include "base/fault.h"
#include "data/names.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static kiln_status read_table(const char *text, const kiln_data_options *options, kiln_data **data, kiln_error *err)
{
    return kiln_data_read(temporary_file("t.csv", text, strlen(text)), options, data, err);
}

static const struct {
    const char *text;
    size_t count;
    const char *name[3];
} lists[] = {
    { "a", 1, { "a" } },
    { "a,b", 2, { "a", "b" } },
    { " a b ,  c", 2, { "a b", "c" } },
    { "\"b,c\",d", 2, { "b,c", "d" } },
    { "\" b\" ,\"say \"\"so\"\"\"", 2, { " b", "say \"so\"" } },
    { ",", 2, { "", "" } },
    { "", 1, { "" } },
    { "\"a,b", 1, { "a,b" } },
    { "-1,2,-3", 3, { "-1", "2", "-3" } },
};

START_TEST(lists_are_split_at_commas)
{
    names list;
    ck_assert(names_split(lists[_i].text, &list));
    ck_assert_uint_eq(list.count, lists[_i].count);
    for (size_t i = 0; i < list.count; i++)
        ck_assert_str_eq(list.name[i], lists[_i].name[i]);
    names_free(&list);
    ck_assert(!list.name && !list.count);
    bool whole = false;
    for (unsigned long n = 1; !whole; n++) {
        fault_set(FAULT_MEMORY, n, false, 0);
        whole = names_split(lists[_i].text, &list);
        fault_set(FAULT_MEMORY, 0, false, 0);
        names_free(&list);
        ck_assert(!whole || n == lists[_i].count + 3); /* the list, a buffer, and each name */
    }
}
END_TEST

/* What of a table is wanted, and what comes of it: two samples, their first feature, and their targets. */
static const struct {
    const char *text, *target;
    kiln_task task, found;
    size_t targets;
    const char *name[2], *label[2]; /* the targets' names; the texts of the first, NULL for 0 and 1 */
    float x[2], y[2][2];
} readable[] = {
    { "a,b,c\n1,2.5,7\n2,3.5,-8\n",
      "b,c",
      0,
      KILN_REGRESSION,
      2,
      { "b", "c" },
      { NULL, NULL },
      { 1, 2 },
      { { 2.5f, 7 }, { 3.5f, -8 } } },
    { "a,b,c\n1,2.5,7\n2,3.5,-8\n",
      "-1,0",
      0,
      KILN_REGRESSION,
      2,
      { "c", "a" },
      { NULL, NULL },
      { 2.5f, 3.5f },
      { { 7, 1 }, { -8, 2 } } },
    { "1,2.5,7\n2,3.5,-8\n",
      "1, -1",
      0,
      KILN_REGRESSION,
      2,
      { NULL, NULL },
      { NULL, NULL },
      { 1, 2 },
      { { 2.5f, 7 }, { 3.5f, -8 } } },
    { "a,\"b,b\",c\n1,2.5,7\n2,3.5,-8\n",
      "c,\"b,b\"",
      0,
      KILN_REGRESSION,
      2,
      { "c", "b,b" },
      { NULL, NULL },
      { 1, 2 },
      { { 7, 2.5f }, { -8, 3.5f } } },
    { "a,\"b,c\",c\n1,2.5,7\n2,3.5,-8\n",
      "b,c",
      0,
      KILN_REGRESSION,
      1,
      { "b,c", NULL },
      { NULL, NULL },
      { 1, 2 },
      { { 2.5f }, { 3.5f } } },
    { "a,b,c\n1,0,1\n2,1,0\n", "b,c", 0, KILN_MULTILABEL, 2, { "b", "c" }, { NULL, NULL }, { 1, 2 }, { { 0, 1 }, { 1, 0 } } },
    { "a,b,c\n1,0,0\n2,0.0,-0\n", "b,c", 0, KILN_MULTILABEL, 2, { "b", "c" }, { NULL, NULL }, { 1, 2 }, { { 0, 0 }, { 0, 0 } } },
    { "a,b,c\n1,0,1\n2,1,0\n",
      "b,c",
      KILN_REGRESSION,
      KILN_REGRESSION,
      2,
      { "b", "c" },
      { NULL, NULL },
      { 1, 2 },
      { { 0, 1 }, { 1, 0 } } },
    { "a,b,c\n1,0,1\n2,1,2\n", "b,c", 0, KILN_REGRESSION, 2, { "b", "c" }, { NULL, NULL }, { 1, 2 }, { { 0, 1 }, { 1, 2 } } },
    { "a,b,c\n1,yes,1\n2,no,0\n", "b,c", 0, KILN_MULTILABEL, 2, { "b", "c" }, { "no", "yes" }, { 1, 2 }, { { 1, 1 }, { 0, 0 } } },
    { "b,a,c\ntrue,1,x\nfalse,2,y\n",
      "b,c",
      0,
      KILN_MULTILABEL,
      2,
      { "b", "c" },
      { "false", "true" },
      { 1, 2 },
      { { 1, 0 }, { 0, 1 } } },
    { "a,b\n1,1\n2,0\n", "b", KILN_MULTILABEL, KILN_MULTILABEL, 1, { "b", NULL }, { NULL, NULL }, { 1, 2 }, { { 1 }, { 0 } } },
    { "a,b\n1,on\n2,off\n", NULL, KILN_MULTILABEL, KILN_MULTILABEL, 1, { "b", NULL }, { "off", "on" }, { 1, 2 }, { { 1 }, { 0 } } },
};

START_TEST(several_targets_are_numbers_or_labels)
{
    const kiln_data_options options = { .target = readable[_i].target, .task = readable[_i].task };
    const size_t targets = readable[_i].targets;
    kiln_error err = { 0 };
    kiln_data *data;
    ck_assert_kiln(read_table(readable[_i].text, &options, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_int_eq(schema->task, readable[_i].found);
    ck_assert(s->count == 2 && s->outputs == targets && schema->targets == targets && !s->labels && schema->classes == 0);
    for (size_t i = 0; i < targets; i++) {
        const char *name = readable[_i].name[i];
        ck_assert(name ? strcmp(schema->target[i].name, name) == 0 : !schema->target[i].name);
        ck_assert(s->y[i] == readable[_i].y[0][i] && s->y[targets + i] == readable[_i].y[1][i]);
    }
    for (size_t i = 0; i < 2; i++) {
        const char *label = readable[_i].label[i];
        ck_assert(label ? strcmp(schema->target[0].label[i], label) == 0 : !schema->target[0].label[i]);
        ck_assert(((const float *)s->x)[i * s->features] == readable[_i].x[i]);
    }
    kiln_data_free(data);
}
END_TEST

static const struct {
    const char *text, *target;
    kiln_task task;
    kiln_status status;
    const char *sentence;
} refused[] = {
    { "a,b,c\n1,2,3\n", "b,b", 0, KILN_EINVAL, ": 'b' names column 2, which is a target already: name each once" },
    { "a,b,c\n1,2,3\n", "b,-2", 0, KILN_EINVAL, ": '-2' names column 2, which is a target already" },
    { "a,b,c\n1,2,3\n", "b,d", 0, KILN_EINVAL, ": no column 'd': there are 'a', 'b', 'c'" },
    { "a,b,c\n1,2,3\n", "b,", 0, KILN_EINVAL, ": no column ''" },
    { "a,b,c\n1,2,3\n", "b,3", 0, KILN_EINVAL, ": no column 3: there are 3, 0 to 2" },
    { "1,2,3\n1,2,3\n", "0,x", 0, KILN_EINVAL, ": no column 'x': the file has no header" },
    { "a,b\n1,2\n", "a,b", 0, KILN_EDATA, ":1: has the targets' columns only" },
    { "a,b,c\n1,2,x\n1,3,y\n", "b,c", 0, KILN_EDATA,
      ": of the targets 'c' has texts and 'b' has numbers: several targets are all numbers (regression), or each has two values" },
    { "1,2,x\n1,3,y\n", "1,2", 0, KILN_EDATA, ": of the targets column 3 has texts and column 2 has numbers" },
    { "a,b,c\n1,x,0\n1,y,0\n1,z,1\n", "b,c", 0, KILN_EDATA,
      ":4: column 2 ('b'): 'z' is a third value beside 'x', 'y': each of several targets is a number, or a label of two values" },
    { "a,b,c\n1,x,0\n1,x,0\n", "b,c", 0, KILN_EDATA, ": the label 'b' is 'x' in every row" },
    { "a,b,c\n1,x,0\n1,,0\n", "b,c", 0, KILN_EDATA, ":3: column 2 ('b'): missing value" },
    { "a,b,c\n1,x,0\n1,y,0\n1,NA,0\n", "b,c", 0, KILN_EDATA, ":4: column 2 ('b'): missing value 'NA'" },
    { "a,b,c\n1,0,2\n", "b,c", KILN_MULTILABEL, KILN_EDATA,
      ":2: column 3 ('c'): '2' is not a label: labels are 0 and 1, or two texts" },
    { "a,b,c\n1,2,x\n", "b,c", KILN_REGRESSION, KILN_EDATA, ":2: column 3 ('c'): 'x' is not a number" },
    { "a,b,c\n1,0,1\n", "b,c", KILN_CLASSIFICATION, KILN_EINVAL, ": classification has one target, not 2: several are numbers" },
};

START_TEST(what_cannot_be_several_targets_is_explained)
{
    const kiln_data_options options = { .target = refused[_i].target, .task = refused[_i].task };
    kiln_error err = { 0 };
    kiln_data *data;
    const kiln_status status = read_table(refused[_i].text, &options, &data, &err);
    ck_assert_msg(status == refused[_i].status, "%s", status ? err.message : "read");
    ck_assert_msg(strstr(err.message, refused[_i].sentence), "'%s', should have '%s'", err.message, refused[_i].sentence);
    ck_assert_ptr_null(data);
}
END_TEST

/* Tables for a network that reads a, and tells whether dog (no, yes) and cat (0, 1); without names for the unnamed one. */
static const struct {
    const char *text, *target;
    bool unnamed, no_target;
    kiln_status status; /* KILN_OK: two samples, of which the first has no dog but a cat, the second the reverse */
    size_t outputs;
    const char *sentence;
} known[] = {
    { "a,dog,cat\n1,no,1\n2,yes,0\n", NULL, false, false, KILN_OK, 2, NULL },
    { "cat,more,a,dog\n1.0,x,1,no\n0,x,2,yes\n", NULL, false, false, KILN_OK, 2, NULL },
    { "a\n1\n2\n", NULL, false, false, KILN_OK, 0, NULL },
    { "a,dog\n1,?\n2,what\n", NULL, false, true, KILN_OK, 0, NULL },
    { "a,one,two\n1,no,1\n2,yes,0\n", "one,two", false, false, KILN_OK, 2, NULL },
    { "1,no,1\n2,yes,0\n", NULL, true, false, KILN_OK, 2, NULL },
    { "no,1,1\nyes,2,0\n", "0,2", true, false, KILN_OK, 2, NULL },
    { "1\n2\n", NULL, true, false, KILN_OK, 0, NULL },
    { "a,dog\n1,no\n2,yes\n", NULL, false, false, KILN_EDATA, 0, ": no column 'cat', which is one of the network's 2 targets" },
    { "a,dog,cat\n1,no,1\n", "dog", false, false, KILN_EINVAL, 0, ": 1 target is named, the network has 2" },
    { "a,dog,cat\n1,perhaps,1\n", NULL, false, false, KILN_EDATA, 0,
      ":2: column 2 ('dog'): the network does not know the label 'perhaps', only 'no', 'yes'" },
    { "a,dog,cat\n1,no,2\n", NULL, false, false, KILN_EDATA, 0, ":2: column 3 ('cat'): '2' is not a label" },
    { "a,dog,cat\n1,no,1\n", "a,cat", false, false, KILN_EINVAL, 0, ": column 'a' cannot be the target" },
    { "1,no\n2,yes\n", NULL, true, false, KILN_EDATA, 0, ":1: has 0 columns beside the targets; the network reads 1" },
};

START_TEST(several_targets_of_a_network)
{
    static char a[] = "a", dog[] = "dog", cat[] = "cat", no[] = "no", yes[] = "yes";
    kiln_column column[] = { { .name = known[_i].unnamed ? NULL : a } };
    kiln_target target[] = { { .name = dog, .label = { no, yes } }, { .name = cat } };
    const kiln_schema schema = { .task = KILN_MULTILABEL, .columns = 1, .column = column, .targets = 2, .target = target };
    const kiln_data_options options = { .schema = &schema, .target = known[_i].target, .no_target = known[_i].no_target };
    kiln_error err = { 0 };
    kiln_data *data;
    if (known[_i].unnamed)
        target[0].name = target[1].name = NULL;
    const kiln_status status = read_table(known[_i].text, &options, &data, &err);
    ck_assert_msg(status == known[_i].status, "%s", status ? err.message : "read");
    if (status != KILN_OK) {
        ck_assert_msg(strstr(err.message, known[_i].sentence), "'%s', should have '%s'", err.message, known[_i].sentence);
        return;
    }
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 2 && s->features == 1 && s->outputs == known[_i].outputs && (s->y != NULL) == (s->outputs > 0));
    ck_assert(((const float *)s->x)[0] == 1.0f && ((const float *)s->x)[1] == 2.0f);
    ck_assert(!s->y || memcmp(s->y, (const float[]){ 0, 1, 1, 0 }, 4 * sizeof *s->y) == 0);
    ck_assert_str_eq(kiln_data_schema(data)->target[0].label[1], "yes");
    ck_assert_uint_eq(kiln_data_schema(data)->targets, 2);
    kiln_data_free(data);
}
END_TEST

START_TEST(every_failing_call_is_survived)
{
    static const char text[] = "dog,a,cat\nyes,1,0\nno,2,1\n";
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        kiln_error err = { 0 };
        kiln_data *data;
        const char *path = temporary_file("t.csv", text, strlen(text));
        fault_set(FAULT_MEMORY, n, _i == 1, 0);
        const kiln_status status = kiln_data_read(path, &(kiln_data_options){ .target = "dog,cat" }, &data, &err);
        failed = fault_count(FAULT_MEMORY) >= n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_ENOMEM || status == KILN_OK);
        ck_assert(failed || status == KILN_OK);
        kiln_data_free(data);
        ck_assert(failed || n > 25);
    }
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

int main(void)
{
    Suite *suite = suite_create("targets");
    TCase *tc = tcase_create("targets");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, lists_are_split_at_commas, 0, COUNT(lists));
    tcase_add_loop_test(tc, several_targets_are_numbers_or_labels, 0, COUNT(readable));
    tcase_add_loop_test(tc, what_cannot_be_several_targets_is_explained, 0, COUNT(refused));
    tcase_add_loop_test(tc, several_targets_of_a_network, 0, COUNT(known));
    tcase_add_loop_test(tc, every_failing_call_is_survived, 0, 2);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

/* A table's column of weights: found by name and place, no feature, checked, and known to a network that reads the file again. */
#include "base/fault.h"
#include "network/schema.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kiln_error err;

static kiln_status read_text(const char *text, const kiln_data_options *options, kiln_data **data)
{
    return kiln_data_read(temporary_file("t.csv", text, strlen(text)), options, data, &err);
}

static const char named[] = "a,w,b,kind\n1,0.5,2,x\n3,0,4,y\n5,2e1,6,x\n", bare[] = "1,0.5,2,7\n3,0,4,8\n5,2e1,6,7\n";

/* What options ask of both files, with the target the last or, where it is the weights' neighbour, not. */
static const struct {
    const char *weights, *target, *file;
    size_t columns;
    float first, last;
} found[] = {
    { "w", NULL, named, 2, 0.5f, 20.0f },
    { "1", NULL, named, 2, 0.5f, 20.0f },
    { "-3", "kind", named, 2, 0.5f, 20.0f },
    { "1", NULL, bare, 2, 0.5f, 20.0f },
    { "1", "3", bare, 2, 0.5f, 20.0f },
    { "-1", NULL, bare, 2, 7.0f, 7.0f },
    { "w", "kind", "kind,w,a\nx,1,2\ny,3,4\n", 1, 1.0f, 3.0f },
    { "a", NULL, "a,b,c\n1,2,3\n2,3,4\n", 1, 1.0f, 2.0f },
    { "c", NULL, "a,b,c\n1,2,3\n2,3,4\n", 1, 3.0f, 4.0f },
};

START_TEST(weights_are_a_column_by_name_or_place)
{
    kiln_data *data;
    const kiln_data_options options = { .weights = found[_i].weights, .target = found[_i].target };
    ck_assert_kiln(read_text(found[_i].file, &options, &data), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert_ptr_nonnull(s->weight);
    ck_assert(s->weight[0] == found[_i].first && s->weight[s->count - 1] == found[_i].last);
    ck_assert_uint_eq(s->features, found[_i].columns);
    ck_assert_uint_eq(kiln_data_schema(data)->ignored, 1);
    ck_assert(s->labels || s->y);
    kiln_data *copy;
    ck_assert_kiln(kiln_data_copy(data, &copy, &err), err);
    ck_assert_mem_eq(kiln_data_samples(copy)->weight, s->weight, s->count * sizeof *s->weight);
    ck_assert_ptr_ne(kiln_data_samples(copy)->weight, s->weight);
    kiln_data_free(copy);
    kiln_data_free(data);
    ck_assert_kiln(read_text(found[_i].file, &(kiln_data_options){ .target = found[_i].target }, &data), err);
    ck_assert_ptr_null(kiln_data_samples(data)->weight);
    kiln_data_free(data);
}
END_TEST

/* The last column is the target, but for that of weights. */
START_TEST(the_target_is_the_last_other_column)
{
    kiln_data *data;
    ck_assert_kiln(read_text("a,t,w\n1,2.5,3\n4,5.5,6\n", &(kiln_data_options){ .weights = "w" }, &data), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->outputs == 1 && s->y[0] == 2.5f && s->y[1] == 5.5f && s->weight[1] == 6.0f);
    ck_assert_str_eq(kiln_data_schema(data)->target[0].name, "t");
    kiln_data_free(data);
}
END_TEST

/* A network's own file is read again, with the weights and without, with names and without, other columns left out too. */
START_TEST(a_network_knows_the_column)
{
    static const char *const files[] = { "a,id,b,w,t\n1,90,2,0.5,1.5\n3,91,4,2,2.5\n", "1,90,2,0.5,1.5\n3,91,4,2,2.5\n" };
    kiln_data *data, *again;
    ck_assert_kiln(read_text(files[_i], &(kiln_data_options){ .weights = "3", .ignore = "1" }, &data), err);
    const kiln_schema *schema = kiln_data_schema(data);
    ck_assert_uint_eq(schema->ignored, 2);
    for (int weighted = 0; weighted < 2; weighted++) {
        const kiln_data_options options = { .schema = schema, .weights = weighted ? "3" : NULL };
        ck_assert_kiln(read_text(files[_i], &options, &again), err);
        const kiln_samples *s = kiln_data_samples(again);
        const float *x = s->x;
        ck_assert(s->features == 2 && x[0] == 1.0f && x[1] == 2.0f && x[2] == 3.0f && x[3] == 4.0f && s->y[1] == 2.5f);
        ck_assert(weighted ? s->weight[0] == 0.5f && s->weight[1] == 2.0f : !s->weight);
        kiln_data_free(again);
    }
    /* weights that its own file had not: one column more */
    const char *more = _i ? "1,2,1.5,9\n3,4,2.5,8\n" : "a,b,t,n\n1,2,1.5,9\n3,4,2.5,8\n";
    ck_assert_kiln(read_text(more, &(kiln_data_options){ .schema = schema, .weights = "3" }, &again), err);
    ck_assert(kiln_data_samples(again)->weight[0] == 9.0f && kiln_data_samples(again)->y[0] == 1.5f);
    kiln_data_free(again);
    kiln_data_free(data);
}
END_TEST

START_TEST(a_row_without_a_weight_is_left_out_if_asked_for)
{
    kiln_data *data;
    const kiln_data_options options = { .weights = "w", .missing = KILN_MISSING_DROP };
    ck_assert_kiln(read_text("a,w,t\n1,1,1.5\n2,,2.5\n3,4,3.5\n", &options, &data), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->count == 2 && s->weight[0] == 1.0f && s->weight[1] == 4.0f && s->y[1] == 3.5f);
    kiln_data_free(data);
}
END_TEST

static const struct {
    const char *file;
    kiln_data_options options;
    kiln_status status;
    const char *said;
} refused[] = {
    { named, { .weights = "v" }, KILN_EINVAL, "no column 'v'" },
    { named, { .weights = "4" }, KILN_EINVAL, "no column 4: there are 4, 0 to 3" },
    { named, { .weights = "w", .target = "w" }, KILN_EINVAL, "'w' cannot be the target: it has the weights" },
    { named, { .weights = "w", .ignore = "w" }, KILN_EINVAL, "column 'w' has the weights: --ignore is for the others" },
    { named, { .weights = "w", .features = "w,a" }, KILN_EINVAL, "column 'w' has the weights: --features is for the others" },
    { "a,w\n1,2\n2,3\n", { .weights = "w" }, KILN_EINVAL, "no column is left beside the target" },
    { "a,w,t\n1,1,2\n3,-0.5,4\n",
      { .weights = "w" },
      KILN_EDATA,
      ":3: column 2 ('w'): '-0.5' is below 0: a sample's weight is 0 or more" },
    { "a,w,t\n1,1,2\n3,inf,4\n", { .weights = "w" }, KILN_EDATA, ":3: column 2 ('w'): 'inf' is not finite" },
    { "a,w,t\n1,1,2\n3,heavy,4\n", { .weights = "w" }, KILN_EDATA, ":3: column 2 ('w'): 'heavy' is not a number" },
    { "a,w,t\n1,,2\n3,1,4\n", { .weights = "w" }, KILN_EDATA, ":2: column 2 ('w'): missing value: fill it in" },
    { "a,w,t\n1,,2\n3,1,4\n", { .weights = "w", .missing = KILN_MISSING_MEAN }, KILN_EDATA, ":2: column 2 ('w'): missing value" },
    { "1 1:2\n0 2:3\n", { .weights = "0" }, KILN_EINVAL, "is libsvm's sparse text, which has no column '0' of weights" },
};

START_TEST(what_cannot_weigh_is_refused)
{
    kiln_data *data;
    ck_assert_int_eq(read_text(refused[_i].file, &refused[_i].options, &data), refused[_i].status);
    ck_assert_msg(strstr(err.message, refused[_i].said), "'%s', should have '%s'", err.message, refused[_i].said);
}
END_TEST

START_TEST(a_networks_input_does_not_weigh)
{
    kiln_data *data, *again = NULL;
    ck_assert_kiln(read_text("a,b,t\n1,2,1.5\n3,4,2.5\n", NULL, &data), err);
    const kiln_data_options options = { .schema = kiln_data_schema(data), .weights = "b" },
                            target = { .schema = kiln_data_schema(data), .weights = "t" };
    ck_assert_int_eq(read_text("a,b,t\n1,2,1.5\n3,4,2.5\n", &options, &again), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "column 'b' cannot be the weights: it is one of the network's inputs"));
    ck_assert_int_eq(read_text("a,b,t\n1,2,1.5\n3,4,2.5\n", &target, &again), KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "'t' cannot be the target: it has the weights"));
    kiln_data_free(data);
}
END_TEST

/* A matrix is a table without names. */
START_TEST(a_matrix_has_a_column_of_weights)
{
    const double values[2][4] = { { 1, 0.5, 2, 1.5 }, { 3, 2, 4, 2.5 } };
    kiln_data *data;
    const char *path =
        npy_file("m.npy", 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 4), }", 0, values, sizeof values);
    ck_assert_kiln(kiln_data_read(path, &(kiln_data_options){ .weights = "1" }, &data, &err), err);
    const kiln_samples *s = kiln_data_samples(data);
    ck_assert(s->features == 2 && s->weight[0] == 0.5f && s->weight[1] == 2.0f && s->y[0] == 1.5f);
    kiln_data_free(data);
    const unsigned char idx[] = { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7 };
    ck_assert_int_eq(kiln_data_read(temporary_file("i.idx", idx, sizeof idx), &(kiln_data_options){ .weights = "0" }, &data, &err),
                     KILN_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "is an IDX file: it has no column '0' of weights"));
}
END_TEST

/* Some failures are mended on the way (libcsv asks again): the weights are right then, too. */
START_TEST(memory_that_runs_out_is_said)
{
    unsigned long n = 0;
    for (bool failed = true; failed;) {
        kiln_data *data;
        fault_set(FAULT_MEMORY, ++n, false, 0);
        const kiln_status status = read_text(named, &(kiln_data_options){ .weights = "w" }, &data);
        failed = fault_count(FAULT_MEMORY) >= n;
        fault_set(FAULT_MEMORY, 0, false, 0);
        ck_assert(status == KILN_OK || (failed && status == KILN_ENOMEM && err.message[0]));
        ck_assert(status != KILN_OK || kiln_data_samples(data)->weight[2] == 20.0f);
        kiln_data_free(data);
    }
    ck_assert_uint_gt(n, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weight column");
    TCase *tc = tcase_create("weight column");
    tcase_add_loop_test(tc, weights_are_a_column_by_name_or_place, 0, sizeof found / sizeof *found);
    tcase_add_test(tc, the_target_is_the_last_other_column);
    tcase_add_loop_test(tc, a_network_knows_the_column, 0, 2);
    tcase_add_test(tc, a_row_without_a_weight_is_left_out_if_asked_for);
    tcase_add_loop_test(tc, what_cannot_weigh_is_refused, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tc, a_networks_input_does_not_weigh);
    tcase_add_test(tc, a_matrix_has_a_column_of_weights);
    tcase_add_test(tc, memory_that_runs_out_is_said);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

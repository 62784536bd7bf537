/* TOML as options need it: values as they are meant, and every kind of error with its line. */
#include "toml.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that parses, and the value of its only entry: of a list its texts with | between them. */
static const struct {
    const char *file;
    toml_type type;
    const char *text;
} values[] = {
    { "a=1", TOML_NUMBER, "1" },
    { "a = -17 # comment", TOML_NUMBER, "-17" },
    { "a = +0.5e-3\r\n", TOML_NUMBER, "+0.5e-3" },
    { "\n\n  \"a\"\t=\t1_000_000  ", TOML_NUMBER, "1000000" },
    { "'a' = 6.02E+2_3", TOML_NUMBER, "6.02E+23" },
    { "a = true", TOML_BOOLEAN, "true" },
    { "a = false", TOML_BOOLEAN, "false" },
    { "a = \"\"", TOML_TEXT, "" },
    { "a = \"#=[]\"", TOML_TEXT, "#=[]" },
    { "a = \"\\b\\t\\n\\f\\r\\\"\\\\\"", TOML_TEXT, "\b\t\n\f\r\"\\" },
    { "a = \"\\u0041\\u00e9\\u20AC\\U0001F600\"", TOML_TEXT, "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80" },
    { "a = \"\xC3\xA9\"", TOML_TEXT, "\xC3\xA9" },
    { "a = 'C:\\new \"x\"'", TOML_TEXT, "C:\\new \"x\"" },
    { "a = []", TOML_LIST, "" },
    { "a = [64,32]", TOML_LIST, "64|32" },
    { "a = [ # one\n \"x\" ,\r\n 'y'\n,]\n# end", TOML_LIST, "x|y" },
};

START_TEST(values_mean_what_they_say)
{
    toml_file file;
    toml_problem problem;
    char joined[64] = "";
    ck_assert_msg(toml_parse(values[_i].file, strlen(values[_i].file), &file, &problem), "%zu: %s", problem.line, problem.sentence);
    ck_assert_uint_eq(file.entries, 1);
    ck_assert_str_eq(file.entry[0].key, "a");
    ck_assert_int_eq(file.entry[0].type, values[_i].type);
    const char *text = file.entry[0].text;
    for (size_t i = 0; i < file.entry[0].count; i++, text += strlen(text) + 1) {
        const size_t used = strlen(joined);
        snprintf(joined + used, sizeof joined - used, "%s%s", i ? "|" : "", text);
    }
    ck_assert_str_eq(joined, values[_i].text);
    toml_free(&file);
    ck_assert_ptr_null(file.texts);
}
END_TEST

static const struct {
    const char *file;
    size_t line;
    const char *sentence; /* how it begins */
} errors[] = {
    { "a", 1, "'=' is missing behind a" },
    { "a b = 1", 1, "'=' is missing behind a" },
    { "a =", 1, "a value is missing" },
    { "a = # 1", 1, "a value is missing" },
    { "\n= 1", 2, "this line is not 'name = value'" },
    { "a = 1 b = 2", 1, "something is behind the value of a" },
    { "a = 1\na = 2", 2, "a was given in line 1 already" },
    { "a = 01", 1, "'01' is no value" },
    { "a = 1.", 1, "'1.' is no value" },
    { "a = .5", 1, "'.5' is no value" },
    { "a = 1__0", 1, "'1__0' is no value" },
    { "a = _1", 1, "'_1' is no value" },
    { "a = 1_", 1, "'1_' is no value" },
    { "a = 1e", 1, "'1e' is no value" },
    { "a = 0x10", 1, "'0x10' is no value" },
    { "a = inf", 1, "'inf' is no value" },
    { "a = True", 1, "'True' is no value" },
    { "a = 2026-11-25", 1, "'2026-11-25' is no value" },
    { "a = \"x", 1, "a text without its closing \"" },
    { "a = 'x\n'", 1, "a text without its closing '" },
    { "a = \"x\\", 1, "\\ means nothing in a text" },
    { "a = \"\\x41\"", 1, "\\x means nothing in a text" },
    { "a = \"\\u12\"", 1, "\\u needs 4 hexadecimal digits" },
    { "a = \"\\U0001F6\"", 1, "\\U needs 8 hexadecimal digits" },
    { "a = \"\\u0000\"", 1, "\\u0000 is no character" },
    { "a = \"\\uD800\"", 1, "\\uD800 is no character" },
    { "a = \"\\U00110000\"", 1, "\\U00110000 is no character" },
    { "a = \"\"\"x\"\"\"", 1, "texts of several lines are not used here" },
    { "a = '''x'''", 1, "texts of several lines are not used here" },
    { "a = \"\x01\"", 1, "a control character in a text" },
    { "a = 1 # \x01", 1, "a control character in a comment" },
    { "a = 1\rb = 2", 1, "something is behind the value of a" },
    { "a = [1", 1, "a list without its closing ]" },
    { "a = [1 2]", 1, "a list without its closing ]" },
    { "a = [1,\n,]", 2, "a value is missing" },
    { "a = [\n\n[1]]", 3, "a list in a list is not used here" },
    { "[a]", 1, "tables such as [name] are not used here" },
    { "a.b = 1", 1, "keys with dots are not used here: a" },
    { "a = {}", 1, "'{}' is no value" },
    { "a = \"\xFF\"", 0, "is no text in UTF-8" },
};

START_TEST(errors_have_their_line)
{
    toml_file file;
    toml_problem problem;
    ck_assert(!toml_parse(errors[_i].file, strlen(errors[_i].file), &file, &problem));
    ck_assert_msg(strncmp(problem.sentence, errors[_i].sentence, strlen(errors[_i].sentence)) == 0, "%s: %s", errors[_i].file,
                  problem.sentence);
    ck_assert_uint_eq(problem.line, errors[_i].line);
    ck_assert_ptr_null(file.texts);
}
END_TEST

START_TEST(a_nul_in_the_file_is_not_its_end)
{
    toml_file file;
    toml_problem problem;
    ck_assert(!toml_parse("a = 1\0\nb = 2", 13, &file, &problem));
    ck_assert_uint_eq(problem.line, 1);
    ck_assert(toml_parse("", 0, &file, &problem));
    ck_assert_uint_eq(file.entries, 0);
    toml_free(&file);
}
END_TEST

START_TEST(more_entries_than_there_is_room_for)
{
    char text[(TOML_ENTRIES + 1) * 10] = "";
    size_t used = 0;
    toml_file file;
    toml_problem problem;
    for (size_t i = 0; i < TOML_ENTRIES; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "k%zu=%zu\n", i, i);
    ck_assert(toml_parse(text, used, &file, &problem));
    ck_assert_uint_eq(file.entries, TOML_ENTRIES);
    ck_assert_str_eq(file.entry[TOML_ENTRIES - 1].key, "k255");
    ck_assert_uint_eq(file.entry[TOML_ENTRIES - 1].line, TOML_ENTRIES);
    toml_free(&file);
    used += (size_t)snprintf(text + used, sizeof text - used, "more=1");
    ck_assert(!toml_parse(text, used, &file, &problem));
    ck_assert_str_eq(problem.sentence, "more than 256 entries");
    ck_assert_uint_eq(problem.line, TOML_ENTRIES + 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("toml");
    TCase *tc = tcase_create("toml");
    tcase_add_loop_test(tc, values_mean_what_they_say, 0, sizeof values / sizeof *values);
    tcase_add_loop_test(tc, errors_have_their_line, 0, sizeof errors / sizeof *errors);
    tcase_add_test(tc, a_nul_in_the_file_is_not_its_end);
    tcase_add_test(tc, more_entries_than_there_is_room_for);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}

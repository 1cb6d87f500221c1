/* codes_test.c - every code is explained, each example gets its code, and what is said of it is
 * what codes.golden holds.
 *
 * After a change that is meant, the text to keep is in convert_codes.actual, where the test
 * runs. */
#include "cases.h"

#define GOLDEN WEIR_SOURCE_DIR "/tests/convert/codes.golden"
#define ACTUAL "convert_codes.actual"
#define GOLDEN_MAX 32768

/* What stands for an example that is only described. */
static const struct {
    const char *code, *text;
} sketches[] = {
    {"C701", "city = 'K\xf6ln'"             },
    {"C704", "((((((((((((((((((((((((((((("},
};

static const char *example_of(const struct weir_convert_code *code)
{
    for (size_t i = 0; code->sketch && i < COUNT(sketches); i++)
        if (strcmp(sketches[i].code, code->code) == 0)
            return sketches[i].text;
    assert_false(code->sketch);
    return code->example;
}

/* What is said of the example under that code. */
static struct weir_diag say(const struct weir_convert_code *code)
{
    struct weir_str text = weir_str_of(example_of(code));
    enum weir_severity severity =
        code->code[0] == 'W' ? WEIR_SEVERITY_WARNING : WEIR_SEVERITY_ERROR;
    struct weir_diags diags;
    char *out = NULL;
    enum weir_err err = weir_convert(&out, text, code->dialect, &diags, NULL);

    free(out);
    assert_int_equal(err == WEIR_OK, code->code[0] == 'W');
    for (size_t i = 0; i < diags.count; i++) {
        assert_int_equal(diags.v[i].severity, severity);
        if (strcmp(diags.v[i].code, code->code) == 0)
            return diags.v[i];
    }
    fail_msg("%s: %s: it does not get this code", code->code, code->example);
    return diags.v[0];
}

static void codes_are_in_order_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < weir_convert_code_count(); i++) {
        const struct weir_convert_code *code = weir_convert_code_at(i);

        assert_int_equal(strlen(code->code), 4);
        assert_true(code->title[0] != '\0' && code->text[0] != '\0' && code->example[0] != '\0');
        assert_true(i == 0 || strcmp(weir_convert_code_at(i - 1)->code, code->code) < 0);
        assert_ptr_equal(weir_convert_code_find(weir_str_of(code->code)), code);
        assert_null(weir_diag_code_find(weir_str_of(code->code)));
    }
    assert_null(weir_convert_code_find(WEIR_STR("C999")));
    assert_null(weir_convert_code_find(WEIR_STR("")));
}

static size_t put_golden(char *out, size_t size, const struct weir_convert_code *code)
{
    struct weir_diag diag = say(code);
    size_t len;

    if (code->sketch)
        return (size_t)snprintf(out, size, "error[%s]: %s\n  at %u, %u bytes\n\n", diag.code,
                                diag.message, diag.offset, diag.length);
    len = weir_diag_render(out, size, weir_str_of(code->example), &diag);
    assert_true(len + 1 < size);
    return len + (size_t)snprintf(out + len, size - len, "\n");
}

static void what_is_said_is_golden(void **state)
{
    static char actual[GOLDEN_MAX], expected[GOLDEN_MAX];
    FILE *file = fopen(GOLDEN, "rb");
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < weir_convert_code_count(); i++)
        len += put_golden(actual + len, sizeof actual - len, weir_convert_code_at(i));
    assert_true(len < sizeof actual);
    if (file != NULL) {
        expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
        fclose(file);
    }
    if (strcmp(expected, actual) == 0)
        return;
    file = fopen(ACTUAL, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(actual, 1, len, file), len);
    fclose(file);
    fail_msg("what is said differs: diff " GOLDEN " " ACTUAL);
}

/* A code that the tables know and the list does not has been forgotten. */
static void what_is_given_is_explained(void **state)
{
    (void)state;
    for (unsigned d = 0; d < WEIR_DIALECT_COUNT; d++) {
        FILE *file = open_cases((enum weir_dialect)d);
        struct one_case c;

        while (next_case(file, &c)) {
            if (c.error[0] != '\0')
                assert_non_null(weir_convert_code_find((struct weir_str){c.error, 4}));
            for (size_t at = 0; at < strlen(c.warns); at += 5) {
                const struct weir_str code = {c.warns + at, 4};

                /* W6xx are those of filters */
                assert_true(weir_convert_code_find(code) != NULL ||
                            weir_diag_code_find(code) != NULL);
            }
        }
        fclose(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_in_order_and_found),
        cmocka_unit_test(what_is_said_is_golden),
        cmocka_unit_test(what_is_given_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

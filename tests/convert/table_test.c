/* table_test.c - cases/<dialect>.cases: what comes out for what goes in, or where and why nothing
 * does. */
#include "cases.h"

static void check_warnings(const struct one_case *c, const struct weir_diags *diags)
{
    char codes[LINE_MAX_BYTES] = "";

    for (size_t i = 0; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];
        size_t len = strlen(codes);

        snprintf(codes + len, sizeof codes - len, "%s%s", len == 0 ? "" : " ", diag->code);
        assert_int_equal(diag->severity, WEIR_SEVERITY_WARNING);
        assert_true(diag->length != 0);
        assert_true(diag->offset + diag->length <= strlen(c->in));
    }
    if (strcmp(codes, c->warns) != 0)
        fail_msg("%s: warnings '%s', expected '%s'", c->in, codes, c->warns);
}

static void check_error(const struct one_case *c, const struct weir_diags *diags)
{
    const struct weir_diag *diag = &diags->v[0];
    char error[LINE_MAX_BYTES];

    assert_int_equal(diags->count, 1);
    assert_int_equal(diag->severity, WEIR_SEVERITY_ERROR);
    assert_true(diag->message[0] != '\0');
    snprintf(error, sizeof error, "%s %u %u", diag->code, diag->offset, diag->length);
    if (strcmp(error, c->error) != 0)
        fail_msg("%s: %s: %s, expected '%s'", c->in, error, diag->message, c->error);
}

static void check_case(enum weir_dialect dialect, const struct one_case *c)
{
    struct weir_diags diags;
    char *out = NULL;
    enum weir_err err = weir_convert(&out, weir_str_of(c->in), dialect, &diags, NULL);

    if (err != WEIR_OK) {
        assert_null(out);
        check_error(c, &diags);
        return;
    }
    if (c->out[0] == '\0' || strcmp(out, c->out) != 0)
        fail_msg("%s:\n%s, expected\n%s%s", c->in, out, c->out, c->error);
    check_warnings(c, &diags);
    free(out);
}

static void check_file(enum weir_dialect dialect, size_t least)
{
    FILE *file = open_cases(dialect);
    struct one_case c;
    size_t count = 0;

    for (; next_case(file, &c); count++)
        check_case(dialect, &c);
    fclose(file);
    assert_in_range(count, least, SIZE_MAX);
}

static void converts_jms(void **state)
{
    (void)state;
    check_file(WEIR_DIALECT_JMS, 70);
}

static void converts_pubsub(void **state)
{
    (void)state;
    check_file(WEIR_DIALECT_PUBSUB, 30);
}

static void converts_eventbridge(void **state)
{
    (void)state;
    check_file(WEIR_DIALECT_EVENTBRIDGE, 60);
}

static void converts_padres(void **state)
{
    (void)state;
    check_file(WEIR_DIALECT_PADRES, 25);
}

static void converts_siena(void **state)
{
    (void)state;
    check_file(WEIR_DIALECT_SIENA, 25);
}

/* What a line of a file cannot hold. */
static void reads_control_characters(void **state)
{
    static const struct {
        enum weir_dialect dialect;
        const char *in, *out;
    } cases[] = {
        {WEIR_DIALECT_JMS,         "a\n=\t'x\ny'",                      "a = 'x\ny'"              },
        {WEIR_DIALECT_PUBSUB,      "attributes.a\n=\n\"\\n\\t\\\\\"",   "a = '\n\t\\'"            },
        {WEIR_DIALECT_EVENTBRIDGE, "{\n\"a\":\t[\"\\n\\u0009\\b\"]\r}", "a = '\n\t\b'"            },
        {WEIR_DIALECT_PADRES,      "[a,eq,x]\n[b,=,1]\n",               "a = 'x' AND b = 1"       },
        {WEIR_DIALECT_SIENA,       "filter{\na=\"\\n\\v\"\tb any\n}",   "a = '\n\v' AND EXISTS(b)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weir_diags diags;
        char *out = NULL;

        assert_int_equal(
            weir_convert(&out, weir_str_of(cases[i].in), cases[i].dialect, &diags, NULL), WEIR_OK);
        assert_string_equal(out, cases[i].out);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(converts_jms),         cmocka_unit_test(converts_pubsub),
        cmocka_unit_test(converts_eventbridge), cmocka_unit_test(converts_padres),
        cmocka_unit_test(converts_siena),       cmocka_unit_test(reads_control_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

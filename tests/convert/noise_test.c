/* noise_test.c - the texts of the tables, cut short and with bytes and pieces changed: a filter in
 * its canonical form comes out, or one error with a place in the text. */
#include "cases.h"
#include "oom.h"

static void check_result(struct weir_str text, enum weir_err err, const char *out,
                         const struct weir_diags *diags)
{
    struct weir_diags compiled;
    struct weir_filter *filter;
    char again[WEIR_FILTER_TEXT_MAX + 1];

    for (size_t i = 0; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];

        if (diag->offset > text.len || diag->length > text.len - diag->offset ||
            (diag->severity == WEIR_SEVERITY_ERROR) != (err != WEIR_OK) ||
            (diag->code[0] == 'C') != (err != WEIR_OK) ||
            !weir_str_is_text(weir_str_of(diag->message)) ||
            !weir_str_is_text(weir_str_of(diag->suggestion)))
            fail_msg("%.*s: %s", (int)text.len, text.ptr, diag->message);
    }
    if (err != WEIR_OK) {
        assert_int_equal(diags->count, 1);
        assert_null(out);
        return;
    }
    if (weir_filter_compile(&filter, weir_str_of(out), &compiled, NULL) != WEIR_OK)
        fail_msg("%.*s: %s", (int)text.len, text.ptr, out);
    weir_filter_print(again, sizeof again, filter);
    assert_string_equal(again, out);
    weir_filter_destroy(filter);
}

static void check(enum weir_dialect dialect, const char *bytes, size_t len)
{
    struct weir_str text = {bytes, len};
    struct weir_diags diags;
    char *out = NULL;
    enum weir_err err = weir_convert(&out, text, dialect, &diags, NULL);

    check_result(text, err, out, &diags);
    free(out);
}

static void check_changed(enum weir_dialect dialect, const char *in)
{
    static const char noise[] = "x'\"5(){}[],:=-*\\n ~.";
    size_t len = strlen(in);
    char text[LINE_MAX_BYTES];

    for (size_t at = 0; at < len; at++) {
        check(dialect, in, at);
        memcpy(text, in, len);
        for (size_t i = 0; i < sizeof noise - 1; i++) {
            text[at] = noise[i];
            if (weir_str_is_text((struct weir_str){text, len}))
                check(dialect, text, len);
        }
        memmove(text + at, in + at + 1, len - at - 1);
        if (weir_str_is_text((struct weir_str){text, len - 1}))
            check(dialect, text, len - 1);
    }
}

/* The text with a token more at each place where one may begin. */
static void check_longer(enum weir_dialect dialect, const char *in)
{
    static const char *const tokens[] = {"NOT ", "'x' ", "5 ",    "a ", "IN ",  "IS ",
                                         "AND ", "NULL", "\"x\"", "[",  "null", "true",
                                         "{",    "(",    "LIKE ", "- "};
    size_t len = strlen(in);
    char text[LINE_MAX_BYTES + 8];

    for (size_t at = 0; at <= len; at++) {
        if (at != 0 && in[at - 1] != ' ' && strchr("[({,:", in[at - 1]) == NULL)
            continue;
        for (size_t i = 0; i < COUNT(tokens); i++) {
            int size = snprintf(text, sizeof text, "%.*s%s%s", (int)at, in, tokens[i], in + at);

            check(dialect, text, (size_t)size);
        }
    }
}

static void survives_noise(void **state)
{
    (void)state;
    for (unsigned d = 0; d < WEIR_DIALECT_COUNT; d++) {
        enum weir_dialect dialect = (enum weir_dialect)d;
        FILE *file = open_cases(dialect);
        struct one_case c;

        while (next_case(file, &c)) {
            check_changed(dialect, c.in);
            check_longer(dialect, c.in);
        }
        fclose(file);
    }
}

/* Every text of the tables, with each of its allocations failing once. */
static void survives_lack_of_memory(void **state)
{
    (void)state;
    for (unsigned d = 0; d < WEIR_DIALECT_COUNT; d++) {
        FILE *file = open_cases((enum weir_dialect)d);
        struct one_case c;

        while (next_case(file, &c)) {
            enum weir_err err = WEIR_ENOMEM;

            for (size_t n = 0; err == WEIR_ENOMEM; n++) {
                struct weir_diags diags;
                struct oom oom;
                char *out = NULL;

                oom_init(&oom, n);
                err =
                    weir_convert(&out, weir_str_of(c.in), (enum weir_dialect)d, &diags, &oom.alloc);
                if (err == WEIR_ENOMEM)
                    assert_int_equal(diags.count, 0);
                else
                    assert_int_equal(err == WEIR_OK, c.error[0] == '\0');
                if (err == WEIR_OK)
                    oom.alloc.release(oom.alloc.context, out);
                assert_int_equal(oom.live_count, 0);
            }
        }
        fclose(file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_noise),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

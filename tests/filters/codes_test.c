/* codes_test.c - every code is explained, each example says what it is an example of, and what the
 * compiler says to it is what codes.golden holds.
 *
 * After a change that is meant, the text to keep is in codes.actual, where the test runs. */
#include "support.h"

#include <weir/normal.h>

#include <stdio.h>

#define GOLDEN WEIR_SOURCE_DIR "/tests/filters/codes.golden"
#define GOLDEN_MAX 65536
#define SKETCH_MAX 8192

/* What stands for an example that is only described. */
static const struct {
    const char *code, *begin, *part;
    size_t count;
    const char *end;
} sketches[] = {
    {"F101", "symbol = 'caf\xe9'", "",      0,    ""         },
    {"F102", "symbol = 'IBM",      "0",     0,    "\1'"      }, /* \1 stands for a zero byte */
    {"F401", "symbol = '",         "A",     4096, "'"        },
    {"F402", "",                   "(",     33,   "price > 5"},
    {"F403", "x = 1",              "||x=1", 256,  ""         },
    {"F404", "x IN (1",            ",1",    256,  ")"        },
    {"F405", "",                   "a",     256,  " = 1"     },
    {"F406", "symbol MATCHES '",   "a",     513,  "'"        },
    {"F407", "a",                  "+a",    33,   " > 0"     },
};

static struct weir_str sketch(char *out, const char *code)
{
    size_t len = 0;

    for (size_t i = 0; i < COUNT(sketches); i++) {
        if (strcmp(sketches[i].code, code) != 0)
            continue;
        len += (size_t)snprintf(out, SKETCH_MAX, "%s", sketches[i].begin);
        for (size_t k = 0; k < sketches[i].count; k++)
            len += (size_t)snprintf(out + len, SKETCH_MAX - len, "%s", sketches[i].part);
        len += (size_t)snprintf(out + len, SKETCH_MAX - len, "%s", sketches[i].end);
        assert_true(len < SKETCH_MAX);
        for (size_t k = 0; k < len; k++)
            out[k] = out[k] == '\1' ? '\0' : out[k];
        return (struct weir_str){out, len};
    }
    fail_msg("%s: a sketch without a filter", code);
    return WEIR_STR("");
}

static void diagnose(struct weir_diags *diags, struct weir_str text)
{
    struct weir_filter *filter;

    if (weir_filter_compile(&filter, text, diags, NULL) != WEIR_OK)
        return;
    assert_int_equal(weir_filter_warn(diags, filter, NULL), WEIR_OK);
    weir_filter_destroy(filter);
}

static void examples_are_examples(void **state)
{
    static char buffer[SKETCH_MAX];

    (void)state;
    for (size_t i = 0; i < weir_diag_code_count(); i++) {
        const struct weir_diag_code *code = weir_diag_code_at(i);
        struct weir_diags diags;

        diagnose(&diags, code->sketch ? sketch(buffer, code->code) : weir_str_of(code->wrong));
        if (diags.count != 1 || strcmp(diags.v[0].code, code->code) != 0)
            fail_msg("%s: %s: %zu diagnostics, first %s", code->code, code->wrong, diags.count,
                     diags.count > 0 ? diags.v[0].code : "none");
        assert_int_equal(diags.v[0].severity,
                         code->code[0] == 'W' ? WEIR_SEVERITY_WARNING : WEIR_SEVERITY_ERROR);
        diagnose(&diags, weir_str_of(code->right));
        if (diags.count != 0)
            fail_msg("%s: %s: %s", code->code, code->right, diags.v[0].message);
    }
}

static void codes_are_in_order_and_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < weir_diag_code_count(); i++) {
        const struct weir_diag_code *code = weir_diag_code_at(i);

        assert_int_equal(strlen(code->code), 4);
        assert_true(code->title[0] != '\0' && code->text[0] != '\0' && code->wrong[0] != '\0' &&
                    code->right[0] != '\0');
        assert_true(i == 0 || strcmp(weir_diag_code_at(i - 1)->code, code->code) < 0);
        assert_ptr_equal(weir_diag_code_find(weir_str_of(code->code)), code);
    }
    assert_null(weir_diag_code_find(WEIR_STR("F999")));
    assert_null(weir_diag_code_find(WEIR_STR("F20")));
    assert_null(weir_diag_code_find(WEIR_STR("")));
}

/* Of a sketch, which is long or no text, the head and the place. */
static size_t put_golden(char *out, size_t size, const struct weir_diag_code *code)
{
    static char buffer[SKETCH_MAX];
    struct weir_str text = code->sketch ? sketch(buffer, code->code) : weir_str_of(code->wrong);
    struct weir_diags diags;
    size_t len;

    diagnose(&diags, text);
    assert_int_equal(diags.count, 1);
    if (!code->sketch) {
        len = weir_diag_render(out, size, text, &diags.v[0]);
        return len + (size_t)snprintf(out + len, size - len, "\n");
    }
    return (size_t)snprintf(out, size, "error[%s]: %s\n  at %u, %u bytes\n\n", diags.v[0].code,
                            diags.v[0].message, (unsigned)diags.v[0].offset,
                            (unsigned)diags.v[0].length);
}

static void what_is_said_is_golden(void **state)
{
    static char actual[GOLDEN_MAX], expected[GOLDEN_MAX];
    FILE *file = fopen(GOLDEN, "rb");
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < weir_diag_code_count(); i++)
        len += put_golden(actual + len, sizeof actual - len, weir_diag_code_at(i));
    assert_true(len < sizeof actual);
    if (file != NULL) {
        expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
        fclose(file);
    }
    if (strcmp(expected, actual) == 0)
        return;
    file = fopen("codes.actual", "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(actual, 1, len, file), len);
    fclose(file);
    fail_msg("what is said differs: diff " GOLDEN " codes.actual");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_in_order_and_found),
        cmocka_unit_test(examples_are_examples),
        cmocka_unit_test(what_is_said_is_golden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

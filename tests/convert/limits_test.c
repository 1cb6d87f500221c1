/* limits_test.c - limits of text, depth and result; no memory. */
#include "oom.h"
#include "support.h"

static void expect(enum weir_dialect dialect, struct weir_str text, enum weir_err err,
                   const char *code)
{
    struct weir_diags diags;
    char *out = NULL;

    assert_int_equal(weir_convert(&out, text, dialect, &diags, NULL), err);
    if (code != NULL)
        assert_string_equal(diags.v[0].code, code);
    free(out);
}

/* `count` times the same, with something before and after. */
static struct weir_str repeated(char *out, size_t size, const char *before, const char *part,
                                size_t count, const char *after)
{
    size_t len = (size_t)snprintf(out, size, "%s", before);

    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(out + len, size - len, "%s", part);
    len += (size_t)snprintf(out + len, size - len, "%s", after);
    assert_true(len < size);
    return (struct weir_str){out, len};
}

static void bounds_everything(void **state)
{
    static char text[1 << 20];
    static const struct {
        enum weir_dialect dialect;
        const char *before, *part;
        size_t count;
        const char *after, *code;
    } cases[] = {
        {WEIR_DIALECT_JMS,         "a = '",        "x",                   4080,  "'",     NULL  },
        {WEIR_DIALECT_JMS,         "a = '",        "x",                   4095,  "'",     "C704"},
        {WEIR_DIALECT_JMS,         "a = '",        "x",                   16400, "'",     "C704"},
        {WEIR_DIALECT_JMS,         "a",            "b",                   254,   " = 1",  NULL  },
        {WEIR_DIALECT_JMS,         "a",            "b",                   255,   " = 1",  "C706"},
        {WEIR_DIALECT_JMS,         "",             "NOT ",                24,    "a = 1", NULL  },
        {WEIR_DIALECT_JMS,         "",             "NOT ",                25,    "a = 1", "C704"},
        {WEIR_DIALECT_JMS,         "",             "(",                   16000, "",      "C704"},
        {WEIR_DIALECT_JMS,         "a > ",         "- ",                  8000,  "1",     "C704"},
        {WEIR_DIALECT_JMS,         "a=1",          " OR a=1",             255,   "",      NULL  },
        {WEIR_DIALECT_JMS,         "a=1",          " OR a=1",             256,   "",      "C707"},
        {WEIR_DIALECT_JMS,         "a = 1",        ".e",                  8000,  "",      "C705"},
        {WEIR_DIALECT_JMS,         "a = ",         "1",                   16000, ".",     "C705"},
        {WEIR_DIALECT_PUBSUB,      "",             "(",                   16000, "",      "C704"},
        {WEIR_DIALECT_PUBSUB,      "",             "-",                   16000, "",      "C704"},
        {WEIR_DIALECT_PUBSUB,      "attributes:a", " OR attributes:a",    900,   "",      "C707"},
        {WEIR_DIALECT_EVENTBRIDGE, "",             "{\"a\":",             3000,  "",      "C704"},
        {WEIR_DIALECT_EVENTBRIDGE, "",             "{\"$or\":[",          1800,  "",      "C704"},
        {WEIR_DIALECT_EVENTBRIDGE, "{\"a\":[1",    ",1",                  255,   "]}",    NULL  },
        {WEIR_DIALECT_EVENTBRIDGE, "{\"a\":[",     "{\"exists\":true},",  900,   "1]}",   "C707"},
        {WEIR_DIALECT_EVENTBRIDGE, "{\"a\":[",     "{\"prefix\":\"a\"},", 1000,  "1]}",   "C704"},
        {WEIR_DIALECT_PADRES,      "",             "[a,=,1]",             256,   "",      NULL  },
        {WEIR_DIALECT_PADRES,      "",             "[a,=,1]",             257,   "",      "C704"},
        {WEIR_DIALECT_SIENA,       "",             "a=1 ",                256,   "",      NULL  },
        {WEIR_DIALECT_SIENA,       "",             "a=1 ",                257,   "",      "C707"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weir_str in = repeated(text, sizeof text, cases[i].before, cases[i].part,
                                      cases[i].count, cases[i].after);
        struct weir_diags diags;
        char *out = NULL;
        enum weir_err err = weir_convert(&out, in, cases[i].dialect, &diags, NULL);

        if ((err == WEIR_OK) != (cases[i].code == NULL))
            fail_msg("case %zu: %s: %s", i, weir_err_text(err), diags.v[0].message);
        if (cases[i].code != NULL && strcmp(diags.v[0].code, cases[i].code) != 0)
            fail_msg("case %zu: %s: %s", i, diags.v[0].code, diags.v[0].message);
        if (out != NULL)
            assert_true(strlen(out) <= WEIR_FILTER_TEXT_MAX);
        free(out);
    }
    expect(WEIR_DIALECT_JMS, (struct weir_str){"a\0b", 3}, WEIR_ESYNTAX, "C701");
    expect(WEIR_DIALECT_EVENTBRIDGE,
           repeated(text, sizeof text, "{\"a\":[{\"equals-ignore-case\":\"", "x", 128, "\"}]}"),
           WEIR_ELIMIT, "C707");
    expect(WEIR_DIALECT_EVENTBRIDGE, WEIR_STR("{\"a\": [\"\n\"]}"), WEIR_ESYNTAX, "C702");
    expect(WEIR_DIALECT_PUBSUB, (struct weir_str){"\xff", 1}, WEIR_ESYNTAX, "C701");
    expect(WEIR_DIALECT_SIENA, (struct weir_str){NULL, 0}, WEIR_OK, NULL);
}

/* What the compiler says of its text is shown where it came from. */
static void places_errors_of_the_compiler(void **state)
{
    struct weir_diags diags;
    char *out = NULL;

    (void)state;
    assert_int_equal(
        weir_convert(&out, WEIR_STR("a = 1 OR b = 1 / 0 OR c = 2"), WEIR_DIALECT_JMS, &diags, NULL),
        WEIR_ETYPE);
    assert_string_equal(diags.v[0].code, "C707");
    assert_int_equal(diags.v[0].offset, 9);
    assert_non_null(strstr(diags.v[0].message, "F306"));
}

static void survives_lack_of_memory(void **state)
{
    static const struct {
        enum weir_dialect dialect;
        const char *text;
    } cases[] = {
        {WEIR_DIALECT_JMS,         "NOT (a = 1.5 AND b LIKE 'x_')"             },
        {WEIR_DIALECT_PUBSUB,      "-attributes.\"a\" = \"x\" AND attributes:b"},
        {WEIR_DIALECT_EVENTBRIDGE,
         "{\"a\": {\"b\": [\"x\", {\"equals-ignore-case\": \"y\"}]}, \"$or\": [{\"c\": [1]}, "
         "{\"d\": [null]}]}"                                                   },
        {WEIR_DIALECT_PADRES,      "[a,eq,'x'],[b,>,3]"                        },
        {WEIR_DIALECT_SIENA,       "filter{ a >* \"x\" \"b\" = 3}"             },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum weir_err err = WEIR_ENOMEM;

        for (size_t n = 0; err != WEIR_OK; n++) {
            struct weir_diags diags;
            struct oom oom;
            char *out = NULL;

            oom_init(&oom, n);
            err = weir_convert(&out, weir_str_of(cases[i].text), cases[i].dialect, &diags,
                               &oom.alloc);
            if (err == WEIR_OK) {
                assert_true(n > 3);
                oom.alloc.release(oom.alloc.context, out);
            } else {
                if (err != WEIR_ENOMEM)
                    fail_msg("%s: after %zu: %s", cases[i].text, n, diags.v[0].message);
                assert_int_equal(diags.count, 0);
                assert_null(out);
            }
            assert_int_equal(oom.live_count, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_everything),
        cmocka_unit_test(places_errors_of_the_compiler),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* base_test.c - byte strings, text and error texts. */
#include <weir/base.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define S(literal)                     \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

static void error_texts(void **state)
{
#define CODE(name, text) name,
    static const enum weir_err errors[] = {WEIR_ERR_LIST(CODE)};
#undef CODE
    const size_t count = sizeof errors / sizeof errors[0];

    (void)state;
    assert_string_equal(weir_err_text(WEIR_OK), "no error");
    assert_string_equal(weir_err_text(WEIR_ENOMEM), "out of memory");
    assert_string_equal(weir_err_text(WEIR_EIO), "input or output failed");
    assert_string_equal(weir_err_text((enum weir_err)9999), "unknown error");
    for (size_t i = 0; i < count; i++) {
        assert_true(weir_err_text(errors[i])[0] != '\0');
        assert_string_not_equal(weir_err_text(errors[i]), "unknown error");
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(weir_err_text(errors[i]), weir_err_text(errors[j]));
    }
}

static void order_of_strings(void **state)
{
    static const struct {
        struct weir_str low, high;
    } cases[] = {
        {{NULL, 0}, S("a")   },
        {S("a"),    S("b")   },
        {S("a"),    S("aa")  },
        {S("ab"),   S("b")   },
        {S("z"),    S("\xC3")},
        {S("\x7F"), S("\x80")},
        {S("A"),    S("a")   },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(weir_str_compare(cases[i].low, cases[i].high) < 0);
        assert_true(weir_str_compare(cases[i].high, cases[i].low) > 0);
        assert_int_equal(weir_str_compare(cases[i].low, cases[i].low), 0);
        assert_false(weir_str_equal(cases[i].low, cases[i].high));
        assert_true(weir_str_equal(cases[i].high, cases[i].high));
    }
    assert_int_equal(weir_str_of("four").len, 4);
}

static void text(void **state)
{
    static const struct {
        struct weir_str bytes;
        bool is_text;
    } cases[] = {
        {{NULL, 0},                     true },
        {S("plain"),                    true },
        {S("a\0b"),                     false},
        {S("\x7F"),                     true },
        {S("\x80"),                     false},
        {S("\xBF"),                     false},
        {S("\xC0\x80"),                 false},
        {S("\xC1\xBF"),                 false},
        {S("\xC2\x80"),                 true },
        {S("\xC2"),                     false},
        {S("\xC2\x41"),                 false},
        {S("\xDF\xBF"),                 true },
        {S("\xE0\x9F\xBF"),             false},
        {S("\xE0\xA0\x80"),             true },
        {S("\xED\x9F\xBF"),             true },
        {S("\xED\xA0\x80"),             false},
        {S("\xEE\x80\x80"),             true },
        {S("\xEF\xBF\xBF"),             true },
        {S("\xEF\xBF"),                 false},
        {S("\xF0\x8F\xBF\xBF"),         false},
        {S("\xF0\x90\x80\x80"),         true },
        {S("\xF4\x8F\xBF\xBF"),         true },
        {S("\xF4\x90\x80\x80"),         false},
        {S("\xF0\x90\x80"),             false},
        {S("\xF0\x90\x80\xC0"),         false},
        {S("\xF5\x80\x80\x80"),         false},
        {S("\xFF"),                     false},
        {S("ok \xE2\x82\xAC and \xFE"), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (weir_str_is_text(cases[i].bytes) != cases[i].is_text)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_texts),
        cmocka_unit_test(order_of_strings),
        cmocka_unit_test(text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

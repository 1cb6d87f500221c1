/* text_test.c - writing text that may be cut, one character at a time. */
#include "support.h"

#include "lex.h"
#include "width.h"

#include <weir/text.h>

#define T(literal)                     \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

static const struct {
    const char *utf8;
    uint32_t code;
} characters[] = {
    {"\x01",             0x01    },
    {"a",                'a'     },
    {"\x7f",             0x7f    },
    {"\xc2\x80",         0x80    },
    {"\xdf\xbf",         0x7ff   },
    {"\xe0\xa0\x80",     0x800   },
    {"\xef\xbf\xbf",     0xffff  },
    {"\xf0\x90\x80\x80", 0x10000 },
    {"\xf4\x8f\xbf\xbf", 0x10ffff},
};

static void codes_and_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++) {
        const struct weir_str utf8 = weir_str_of(characters[i].utf8);
        struct weiri_char c = weiri_char_at(utf8, 0);
        char out[5];
        struct weiri_text t = weiri_text_begin(out, sizeof out);

        weiri_text_put_code(&t, characters[i].code);
        assert_int_equal(weiri_text_end(&t), utf8.len);
        assert_string_equal(out, characters[i].utf8);
        assert_int_equal(weiri_text_only_code(utf8), characters[i].code);
        assert_true(c.valid);
        assert_int_equal(c.code, characters[i].code);
        assert_int_equal(c.length, utf8.len);
    }
}

static void what_is_not_one_character(void **state)
{
    static const char *const texts[] = {"",      "ab",   "a\xc3\xa9",       "\xc3\xa9\x61",
                                        "abcde", "\xff", "\xc3\xa9\xc3\xa9"};

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(weiri_text_only_code(weir_str_of(texts[i])), 0);
}

static void bytes_that_are_no_character(void **state)
{
    static const struct weir_str texts[] = {
        {"\xff",                 1},
        {"\xc3",                 1},
        {"\xe2\x82",             2},
        {"\xf0\x90\x80",         3},
        {"\x80xyz",              4},
        {"\xc3xyzxyz",           7},
        {"\xf8\x80\x80\x80\x80", 5},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct weiri_char c = weiri_char_at(texts[i], 0);

        assert_false(c.valid);
        assert_int_equal(c.length, 1);
    }
    assert_true(weiri_char_at(WEIR_STR("\0"), 0).valid);
    assert_int_equal(weiri_char_at(WEIR_STR("\0"), 0).length, 1);
}

static void widths(void **state)
{
    static const struct {
        uint32_t code;
        unsigned width;
    } expected[] = {
        {'a',      1},
        {0x2ff,    1},
        {0x300,    0},
        {0x36f,    0},
        {0x370,    1},
        {0x1100,   2},
        {0x115f,   2},
        {0x1160,   0},
        {0x200d,   0},
        {0x4e00,   2},
        {0xa4cf,   2},
        {0xac00,   2},
        {0xff01,   2},
        {0xff61,   1},
        {0x1f600,  2},
        {0x20000,  2},
        {0x3fffd,  2},
        {0x3fffe,  1},
        {0xe0001,  0},
        {0x10ffff, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        if (weiri_char_width(expected[i].code) != expected[i].width)
            fail_msg("U+%04X", expected[i].code);
    }
}

/* Whatever the room, what is there is a beginning of the whole, and text. */
static void cuts_between_characters(void **state)
{
    static const char whole[] = "a''b\xc3\xa9\xe2\x82\xac-9223372036854775808xxx\xf0\x90\x80\x80";

    (void)state;
    for (size_t size = 0; size <= sizeof whole + 1; size++) {
        char out[sizeof whole + 2];
        struct weiri_text t = weiri_text_begin(size == 0 ? NULL : out, size);

        memset(out, '#', sizeof out);
        weiri_text_put_quoted(&t, (struct weir_str){NULL, 0}, '\'');
        weiri_text_put_char(&t, 'b');
        weiri_text_put(&t, (struct weir_str){NULL, 0});
        weiri_text_put(&t, WEIR_STR("\xc3\xa9"));
        weiri_text_put_code(&t, 0x20ac);
        weiri_text_put_int(&t, INT64_MIN);
        weiri_text_fill(&t, 'x', 3);
        weiri_text_put_code(&t, 0x10000);
        assert_int_equal(weiri_text_end(&t), sizeof whole - 2);
        assert_int_equal(out[size], '#');
        if (size == 0)
            continue;
        assert_true(strlen(out) < size);
        assert_true(weir_str_is_text(weir_str_of(out)));
        assert_memory_equal(out, whole + 1, strlen(out));
        assert_true(strlen(out) + 4 >= (size < sizeof whole ? size : sizeof whole));
    }
}

static void shows_what_a_terminal_would_not(void **state)
{
    static const struct {
        struct weir_str text;
        const char *shown;
    } cases[] = {
        {T("plain \xc3\xa9\xe6\x97\xa5"),           "plain \xc3\xa9\xe6\x97\xa5"},
        {T("a\tb\nc\r\x1b[31m"),                    "a?b?c??[31m"               },
        {T("a\0b\x7f"),                             "a?b?"                      },
        {T("\xc2\x9b"
           "1m\xc2\xa0"),
         "?1m\xc2\xa0"                                                          }, /* CSI, a no-break space */
        {T("\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf"), "??\xe2\x80\xaf"            },
        {T("x\xff\xc3"),                            "x??"                       },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[64];
        struct weiri_text t = weiri_text_begin(out, sizeof out);

        weiri_text_put_visible(&t, cases[i].text);
        (void)weiri_text_end(&t);
        assert_string_equal(out, cases[i].shown);
    }
}

static void names_that_need_no_quotes(void **state)
{
    static const struct {
        const char *name;
        bool plain;
    } names[] = {
        {"a",        true },
        {"_A9",      true },
        {"a.b.c",    true },
        {"a.in",     true },
        {"$type",    true },
        {"",         false},
        {"$",        false},
        {"$a.b",     false},
        {"$9",       false},
        {"9a",       false},
        {"a.",       false},
        {".a",       false},
        {"a..b",     false},
        {"a.9",      false},
        {"a b",      false},
        {"a-b",      false},
        {"in",       false},
        {"Exists",   false},
        {"\xc3\xa9", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (weiri_is_plain_name(weir_str_of(names[i].name)) != names[i].plain)
            fail_msg("'%s'", names[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_and_characters),
        cmocka_unit_test(what_is_not_one_character),
        cmocka_unit_test(bytes_that_are_no_character),
        cmocka_unit_test(widths),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(names_that_need_no_quotes),
        cmocka_unit_test(shows_what_a_terminal_would_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* locate_test.c - from a JSON pointer to a place in the text. */
#include <weir/locate.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] = " {\n"
                           "  \"a\": {\"b\": [10, -2.5e3, {\"c\": null}, []]},\n"
                           "  \"x/y~z\": true, \"q\\\"r\": 1, \"\": 2,\n"
                           "  \"s\": \"a \\\" \\\\\", \"\xC3\xA9\": \"\xE2\x82\xAC\", \"t\": 7,\n"
                           "  \"deep\": [[[{}], {\"k\" : [ ] }], 5]\n"
                           "}";

static const struct {
    const char *pointer;
    uint32_t line, column;
} cases[] = {
    {"",                                1, 2 },
    {"/a",                              2, 8 },
    {"/a/b",                            2, 14},
    {"/a/b/0",                          2, 15},
    {"/a/b/1",                          2, 19},
    {"/a/b/2",                          2, 27},
    {"/a/b/2/c",                        2, 33},
    {"/a/b/3",                          2, 40},
    {"/x~1y~0z",                        3, 12},
    {"/",                               3, 33},
    {"/s",                              4, 8 },
    {"/\xC3\xA9",                       4, 24},
    {"/t",                              4, 34},
    {"/deep/0",                         5, 12},
    {"/deep/0/1/k",                     5, 26},
    {"/deep/1",                         5, 34},
 /* what is not there: the innermost value around it */
    {"/none",                           1, 2 },
    {"/a/none",                         2, 8 },
    {"/a/b/4",                          2, 14},
    {"/a/b/2/c/d",                      2, 33},
    {"/a/b/3/0",                        2, 40},
    {"/t/0",                            4, 34},
    {"/aa",                             1, 2 },
    {"/x~1y~0",                         1, 2 },
    {"/q\"r",                           1, 2 },
    {"/deep/0/0/0/k",                   5, 14},
    {"none",                            1, 2 },
 /* an index is digits without a leading zero (RFC 6901, section 4) */
    {"/a/b/",                           2, 14},
    {"/a/b/x",                          2, 14},
    {"/a/b/1x",                         2, 14},
    {"/a/b/01",                         2, 14},
    {"/a/b/-",                          2, 14},
    {"/a/b/99999999999999999999999999", 2, 14},
    {"/a/b/18446744073709551616",       2, 14}, /* 2^64 is not 0 */
};

static void finds_the_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct weir_place place = weir_json_locate(weir_str_of(text), cases[i].pointer);

        if (place.line != cases[i].line || place.column != cases[i].column)
            fail_msg("%s: line %u, column %u", cases[i].pointer, place.line, place.column);
    }
}

/* A tilde at the end of a pointer is no escape; it must not be read beyond. */
static void reads_no_escape_beyond_the_pointer(void **state)
{
    const struct weir_str tilde = WEIR_STR("{\"b\":0,\"a~\":1}");

    (void)state;
    assert_int_equal(weir_json_locate(tilde, "/a~").column, 13);
    assert_int_equal(weir_json_locate(tilde, "/a~/x").column, 13);
}

/* In a block of exactly its size, so that the address sanitizer sees reads beyond it. */
static void stays_within_any_text(void **state)
{
    const size_t len = sizeof text - 1;

    (void)state;
    for (size_t cut = 0; cut <= len; cut++) {
        for (size_t changed = 0; changed < 6; changed++) {
            char *copy = malloc(cut > 0 ? cut : 1);

            assert_non_null(copy);
            memcpy(copy, text, cut);
            if (cut > 0)
                copy[cut / 2] = "{]\\\"\0,"[changed];
            for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                struct weir_place place =
                    weir_json_locate((struct weir_str){copy, cut}, cases[i].pointer);

                assert_true(place.line >= 1 && place.line <= 7);
                assert_true(place.column >= 1 && place.column <= len + 1);
            }
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_place),
        cmocka_unit_test(reads_no_escape_beyond_the_pointer),
        cmocka_unit_test(stays_within_any_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* render_test.c - diagnostics as lines with a caret: long texts, odd characters, lines' ends; and
 * which records are kept when there are too many. */
#include "support.h"

#define T(literal)                     \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

static const struct {
    struct weir_str text;
    const char *rendered;
} pictures[] = {
    {T("a >= \r"),                                                                          /* the caret stays within what is shown */
     "error[F203]: expected a value after '>='\n"
     "  1 | a >= \n"
     "    |      ^ end of the filter here\n"
     "  help: write a number, e.g. a >= 100.0\n"                         },
    {T("TRUE = 'x\ny' AND b"),                                                              /* over two lines: underlined to the end of the first */
     "error[F301]: a bool and a string never compare\n"
     "  1 | TRUE = 'x\n"
     "    | ^^^^^^^^^\n"
     "  help: names and numbers are written without quotes\n"},
    {T("a = 'x\xff\xfe\xe2\x82"
       "abcde' b"),                                                                    /* no UTF-8: shown, byte by byte */
     "error[F101]: the text is not UTF-8\n"
     "  1 | a = 'x????abcde' b\n"
     "    |       ^\n"                                             },
    {T("a = 'x\0y'"),                                                                       "error[F102]: the text has a zero byte\n"
                      "  1 | a = 'x?y'\n"
                      "    |       ^\n"                               },
    {T("`\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5"
       "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5` >"), /* 41 bytes
     are cut to
     36,
     between
     characters
     */
     "error[F203]: expected a value after '>'\n"
     "  1 | `\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5"
     "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5` >\n"
     "    |                               ^ end of the filter here\n"
     "  help: write a number, e.g. `\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5"
     "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5... > 100.0\n"},
};

static size_t render_first(char *out, size_t size, struct weir_str text)
{
    struct weir_filter *filter;
    struct weir_diags diags;

    assert_int_not_equal(weir_filter_compile(&filter, text, &diags, NULL), WEIR_OK);
    assert_true(diags.count > 0);
    return weir_diag_render(out, size, text, &diags.v[0]);
}

static void renders_odd_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pictures); i++) {
        char out[1024];
        size_t len = render_first(out, sizeof out, pictures[i].text);

        assert_string_equal(out, pictures[i].rendered);
        assert_int_equal(len, strlen(out));
        assert_true(weir_str_is_text(weir_str_of(out)));
    }
}

/* Line numbers of one digit to four stay right of the same gutter. */
static void renders_lines_of_any_number(void **state)
{
    static const struct {
        size_t lines;
        const char *rendered;
    } cases[] = {
        {9,    "error[F205]: this ')' closes nothing\n  9 | )\n    | ^\n"  },
        {10,   "error[F205]: this ')' closes nothing\n 10 | )\n    | ^\n"  },
        {999,  "error[F205]: this ')' closes nothing\n999 | )\n    | ^\n"  },
        {1000, "error[F205]: this ')' closes nothing\n1000 | )\n     | ^\n"},
        {4001, "error[F205]: this ')' closes nothing\n4001 | )\n     | ^\n"},
    };
    static char text[4096];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[256];

        memset(text, '\n', cases[i].lines);
        text[0] = 'a';
        text[cases[i].lines] = ')';
        (void)render_first(out, sizeof out, (struct weir_str){text, cases[i].lines + 1});
        assert_string_equal(out, cases[i].rendered);
    }
}

static void places_beyond_the_text_are_its_end(void **state)
{
    struct weir_place place = weir_diag_place(WEIR_STR("ab\ncd"), 100);

    (void)state;
    assert_int_equal(place.line, 2);
    assert_int_equal(place.column, 3);
    place = weir_diag_place((struct weir_str){NULL, 0}, 1);
    assert_int_equal(place.line, 1);
    assert_int_equal(place.column, 1);
}

/* Five records at most: an error takes the place of a warning, never the other way round. */
static void errors_take_the_place_of_warnings(void **state)
{
    static const char warning[] = "a NOT IN (1, 'x')", error[] = "b > TRUE";
    struct weir_filter *filter;

    (void)state;
    for (size_t warnings = 0; warnings <= WEIR_DIAGS_MAX + 1; warnings++) {
        for (size_t errors = 0; errors <= WEIR_DIAGS_MAX + 1; errors++) {
            size_t shown = errors < WEIR_DIAGS_MAX ? errors : WEIR_DIAGS_MAX;
            size_t room = WEIR_DIAGS_MAX - shown;
            char text[1024];
            size_t len = (size_t)snprintf(text, sizeof text, "TRUE");
            struct weir_diags diags;
            enum weir_err err;

            for (size_t i = 0; i < warnings + errors; i++) {
                /* the warnings in the middle */
                bool warns = i >= errors / 2 && i < errors / 2 + warnings;

                len += (size_t)snprintf(text + len, sizeof text - len, " AND %s",
                                        warns ? warning : error);
            }
            err = weir_filter_compile(&filter, (struct weir_str){text, len}, &diags, NULL);
            assert_int_equal(err, errors == 0 ? WEIR_OK : WEIR_ETYPE);
            assert_int_equal(diags.count, shown + (warnings < room ? warnings : room));
            for (size_t i = 0; i < diags.count; i++) {
                assert_string_equal(diags.v[i].code, i < shown ? "F302" : "W601");
                if (i != 0 && i != shown)
                    assert_true(diags.v[i].offset > diags.v[i - 1].offset);
            }
            if (err == WEIR_OK)
                weir_filter_destroy(filter);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_odd_characters),
        cmocka_unit_test(renders_lines_of_any_number),
        cmocka_unit_test(places_beyond_the_text_are_its_end),
        cmocka_unit_test(errors_take_the_place_of_warnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

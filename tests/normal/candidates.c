/* candidates.c - the values that a search for witnesses tries: what every attribute is tried with,
 * and the neighbourhood of each constant that it is compared with. */
#include "support.h"

#include <inttypes.h>
#include <weir/limits.h>

#include "candidates.h"

#define COMMON_COUNT 9
#define PER_ATTRIBUTE_MAX 1024

struct gathered {
    struct weir_filter *filter;
    struct weiri_pool pool;
    struct weiri_candidates candidates;
};

static void gather(struct gathered *g, const char *text)
{
    g->filter = must_compile(text);
    weiri_pool_init(&g->pool, NULL);
    g->candidates = (struct weiri_candidates){.pool = &g->pool};
    assert_true(weiri_candidates_gather(&g->candidates, weir_filter_tree(g->filter)));
}

static void dispose(struct gathered *g)
{
    weiri_pool_fini(&g->pool);
    weir_filter_destroy(g->filter);
}

static void print_values(char *out, size_t size, const struct weiri_candidate_list *list,
                         uint32_t first)
{
    size_t len = 0;

    out[0] = '\0';
    for (uint32_t i = first; i < list->count; i++) {
        const struct weir_node node = {.kind = WEIR_NODE_LITERAL, .literal = list->v[i]};

        len += (size_t)snprintf(out + len, size - len, "%s", i > first ? " " : "");
        len += weir_node_print(out + len, size - len, &node);
    }
}

static void every_attribute_has_a_value_of_each_kind(void **state)
{
    struct gathered g;
    char text[512];

    (void)state;
    gather(&g, "EXISTS(x)");
    assert_int_equal(g.candidates.count, 1);
    assert_int_equal(g.candidates.attrs[0].count, COMMON_COUNT);
    print_values(text, sizeof text, &g.candidates.attrs[0], 0);
    assert_string_equal(text, "0 1 -1 0.5 FALSE TRUE TIMESTAMP '1970-01-01T00:00:00Z' '' 'a'");
    dispose(&g);
}

static const struct {
    const char *text, *values; /* beyond the common ones */
} neighbourhoods[] = {
    {"x = 5",                                  "4.5 5.5 5.0 5 4 6"                                                           },
    {"x > 5.5",                                "5.5 5.500000000000001 5.499999999999999 4.5 5.5 5.0 5 4 6"                   },
    {"x = 0.0",                                "0.0 5e-324 -5e-324 -0.5 0.5 0.0 0 -1 1"                                      },
    {"x = 0.5",                                "0.5 0.5000000000000001 0.49999999999999994 -0.5 0.5 0.0 0 -1 1"              },
    {"x = -0.5",                               "-0.5 -0.5000000000000001 -0.49999999999999994 -0.5 0.5 0.0 0 -1 1"           },
    {"x = 4503599627370495",
     "4503599627370494.5 4503599627370495.5 4503599627370495.0 4503599627370495 4503599627370494 4503599627370496"           },
    {"x = 4503599627370496",                   "4503599627370496 4503599627370495 4503599627370497"                          },
    {"x = -4503599627370495",
     "-4503599627370495.5 -4503599627370494.5 -4503599627370495.0 -4503599627370495 -4503599627370496 -4503599627370494"     },
    {"x = -4503599627370496",                  "-4503599627370496 -4503599627370497 -4503599627370495"                       },
    {"x = 9223372036854775807",                "9223372036854775807 9223372036854775806 -9223372036854775808"                },
    {"x = -9223372036854775808",               "-9223372036854775808 9223372036854775807 -9223372036854775807"               },
    {"x = 9e18",
     "9e+18 9.000000000000001e+18 8.999999999999999e+18 9000000000000000000 8999999999999999999 9000000000000000001"         },
    {"x = -9e18",
     "-9e+18 -9.000000000000001e+18 -8.999999999999999e+18 -9000000000000000000 -9000000000000000001 -8999999999999999999"   },
    {"x = 9.1e18",                             "9.1e+18 9.100000000000001e+18 9.099999999999999e+18"                         },
    {"x = -9.1e18",                            "-9.1e+18 -9.100000000000001e+18 -9.099999999999999e+18"                      },
    {"x = 1.7976931348623157e308",             "1.7976931348623157e+308 1.7976931348623155e+308"                             },
    {"x = TRUE",                               ""                                                                            },
    {"x = TIMESTAMP '2020-01-01T00:00:00Z'",
     "TIMESTAMP '2020-01-01T00:00:00Z' TIMESTAMP '2019-12-31T23:59:59.999999999Z' TIMESTAMP '2020-01-01T00:00:00.000000001Z'"},
    {"x = ''",                                 "'' '' 'a' 'a' '~'"                                                           },
    {"x = 'b'",                                "'b' '' 'ba' 'ab' 'b~' 'c'"                                                   },
    {"x = 'bc'",                               "'bc' 'b' 'bca' 'abc' 'bc~' 'bd'"                                             },
    {"x = 'b\xc3\xa9'",                        "'b\xc3\xa9' 'b' 'b\xc3\xa9"
                        "a' 'ab\xc3\xa9' 'b\xc3\xa9~' 'b\xc3\xaa'"                                    },
    {"x = '\xf4\x8f\xbf\xbf'",                 "'\xf4\x8f\xbf\xbf' '' '\xf4\x8f\xbf\xbf"
                               "a' 'a\xf4\x8f\xbf\xbf' '\xf4\x8f\xbf\xbf~'"                    },
    {"x STARTS WITH 'b' AND x ENDS WITH 'cd'",
     "'b' '' 'ba' 'ab' 'b~' 'c' 'cd' 'c' 'cda' 'acd' 'cd~' 'ce' 'cdb' 'bcd' 'cd~b' 'b~cd'"                                   },
    {"x IN (3, 7)",                            "2.5 3.5 3.0 3 2 4 6.5 7.5 7.0 7 6 8"                                         },
    {"x IN ('b', 'c')",
     "'b' '' 'ba' 'ab' 'b~' 'c' 'c' '' 'ca' 'ac' 'c~' 'd' 'cb' 'bc' 'c~b' 'b~c'"                                             },
    {"x BETWEEN 3 AND 7",                      "2.5 3.5 3.0 3 2 4 6.5 7.5 7.0 7 6 8"                                         },
    {"x LIKE 'b%'",                            "'b' '' 'ba' 'ab' 'b~' 'c'"                                                   },
    {"x STARTS WITH 'b'",                      "'b' '' 'ba' 'ab' 'b~' 'c'"                                                   },
    {"x ENDS WITH 'b'",                        "'b' '' 'ba' 'ab' 'b~' 'c'"                                                   },
    {"x CONTAINS 'b'",                         "'b' '' 'ba' 'ab' 'b~' 'c'"                                                   },
    {"x MATCHES 'b'",                          "'b' '' 'ba' 'ab' 'b~' 'c'"                                                   },
    {"NOT (x > 3 AND x IS NULL)",              "2.5 3.5 3.0 3 2 4"                                                           },
    {"x + 3 > 7",                              "2.5 3.5 3.0 3 2 4 6.5 7.5 7.0 7 6 8"                                         },
    {"3 < x OR FALSE",                         "2.5 3.5 3.0 3 2 4"                                                           },
};

static void constants_have_neighbourhoods(void **state)
{
    char text[1024];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(neighbourhoods); i++) {
        struct gathered g;

        gather(&g, neighbourhoods[i].text);
        print_values(text, sizeof text, &g.candidates.attrs[0], COMMON_COUNT);
        if (strcmp(text, neighbourhoods[i].values) != 0)
            fail_msg("%s\n  gives %s\n  expect %s", neighbourhoods[i].text, text,
                     neighbourhoods[i].values);
        dispose(&g);
    }
}

static void attributes_are_found_by_name(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    struct gathered g;
    char text[128], expected[128];

    (void)state;
    gather(&g,
           "j = 9 AND i = 8 AND (a = 0 OR b = 1 AND NOT h = 7) AND c < 2 AND g = 6 AND d > 3 AND "
           "(f = 5 OR e = 4) AND j > e");
    assert_int_equal(g.candidates.count, COUNT_OF(names));
    for (uint32_t i = 0; i < COUNT_OF(names); i++) {
        assert_true(weir_str_equal(g.candidates.attrs[i].name, weir_str_of(names[i])));
        print_values(text, sizeof text, &g.candidates.attrs[i], COMMON_COUNT);
        (void)snprintf(expected, sizeof expected, "%s%d.5 %u.5 %u.0 %u %d %u", i == 0 ? "-" : "",
                       i == 0 ? 0 : (int)i - 1, i, i, i, (int)i - 1, i + 1);
        assert_string_equal(text, expected);
    }
    dispose(&g);
}

/* An attribute compared with another has the constants of both sides. */
static void attributes_share_the_constants_of_a_predicate(void **state)
{
    struct gathered g;
    char text[128];

    (void)state;
    gather(&g, "y + 3 > x");
    assert_int_equal(g.candidates.count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        print_values(text, sizeof text, &g.candidates.attrs[i], COMMON_COUNT);
        assert_string_equal(text, "2.5 3.5 3.0 3 2 4");
    }
    dispose(&g);
}

static void values_of_an_attribute_are_limited(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX];
    size_t len = (size_t)snprintf(text, sizeof text, "x IN (0");
    struct gathered g;

    (void)state;
    for (int i = 1; i < WEIR_FILTER_LEAVES_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ", %d", i);
    (void)snprintf(text + len, sizeof text - len, ")");
    gather(&g, text);
    assert_int_equal(g.candidates.attrs[0].count, PER_ATTRIBUTE_MAX);
    for (uint32_t i = 3; i < PER_ATTRIBUTE_MAX - COMMON_COUNT; i += 6) {
        const struct weir_value *value = &g.candidates.attrs[0].v[COMMON_COUNT + i];

        assert_true(value->type == WEIR_INT && value->u.integer == i / 6);
    }
    dispose(&g);
}

/* Eight texts of an attribute are tried before and behind each later one. */
static void pairs_of_texts_are_limited(void **state)
{
    struct gathered g;

    (void)state;
    gather(&g, "x IN ('ba', 'bb', 'bc', 'bd', 'be', 'bf', 'bg', 'bh', 'bi', 'bj')");
    assert_int_equal(g.candidates.attrs[0].text_count, WEIRI_TEXTS_PAIRED_MAX);
    assert_int_equal(g.candidates.attrs[0].count,
                     COMMON_COUNT + 10 * 6 + 4 * (0 + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 8));
    dispose(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attribute_has_a_value_of_each_kind),
        cmocka_unit_test(constants_have_neighbourhoods),
        cmocka_unit_test(attributes_are_found_by_name),
        cmocka_unit_test(attributes_share_the_constants_of_a_predicate),
        cmocka_unit_test(values_of_an_attribute_are_limited),
        cmocka_unit_test(pairs_of_texts_are_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

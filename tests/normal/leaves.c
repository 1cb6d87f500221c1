/* leaves.c - predicates that domains say only in part, or say without looking: constants on either
 * side, empty texts, arithmetic. */
#include "support.h"

static const struct {
    const char *text, *form;
} forms[] = {
  /* a constant between attributes, and between constants */
    {"5 BETWEEN a AND b",         "a <= 5 AND b >= 5"                                                     },
    {"5 NOT BETWEEN a AND b",     "a > 5 OR b < 5"                                                        },
    {"5 BETWEEN a AND 9",         "a <= 5"                                                                },
    {"5 BETWEEN a AND 5",         "a <= 5"                                                                },
    {"5 BETWEEN a AND 4.5",       "FALSE"                                                                 },
    {"5 NOT BETWEEN a AND 9",     "a > 5"                                                                 },
    {"5 NOT BETWEEN a AND 3",     "TRUE"                                                                  },
    {"'b' BETWEEN 'a' AND x",     "x >= 'b'"                                                              },
    {"'b' BETWEEN 'c' AND x",     "FALSE"                                                                 },
 /* operands on either side */
    {"a < b + 1",                 "(a IS INT OR a IS DOUBLE) AND (b IS INT OR b IS DOUBLE) AND a < b + 1" },
    {"b + 1 > a",                 "(a IS INT OR a IS DOUBLE) AND (b IS INT OR b IS DOUBLE) AND a < b + 1" },
    {"5 < a + b",                 "(a IS INT OR a IS DOUBLE) AND (b IS INT OR b IS DOUBLE) AND a + b > 5" },
    {"a BETWEEN b + 1 AND c",
     "(a IS INT OR a IS DOUBLE) AND (b IS INT OR b IS DOUBLE) AND EXISTS(c) AND a <= c AND a >= b "
     "+ 1"                                                                                                },
    {"1 + x IN (2)",              "(x IS INT OR x IS DOUBLE) AND 1 + x IN (2)"                            },
    {"x > y OR x < y",            "EXISTS(x) AND EXISTS(y) AND x < y OR EXISTS(x) AND EXISTS(y) AND x > y"},
    {"a + a > b",                 "(a IS INT OR a IS DOUBLE) AND (b IS INT OR b IS DOUBLE) AND a + a > b" },
    {"x % 2 = 1",                 "x IS INT AND x % 2 = 1"                                                },
    {"x % 2 = 1 AND x IS STRING", "FALSE"                                                                 },
    {"x IS STRING AND x > y",     "x IS STRING AND EXISTS(y) AND x > y"                                   },
 /* texts that say nothing */
    {"x CONTAINS ''",             "x IS STRING"                                                           },
    {"x NOT CONTAINS ''",         "FALSE"                                                                 },
    {"x STARTS WITH ''",          "x IS STRING"                                                           },
    {"x NOT STARTS WITH ''",      "FALSE"                                                                 },
    {"x ENDS WITH ''",            "x IS STRING"                                                           },
    {"x NOT ENDS WITH ''",        "FALSE"                                                                 },
    {"x LIKE '%'",                "x IS STRING"                                                           },
    {"x NOT LIKE '%'",            "FALSE"                                                                 },
    {"x NOT LIKE 'a_%'",          "x IS STRING AND x NOT LIKE 'a_%'"                                      },
    {"x LIKE '%b%a%'",            "x CONTAINS 'a' AND x CONTAINS 'b' AND x LIKE '%b%a%'"                  },
    {"x LIKE '%a%b%a%'",          "x CONTAINS 'a' AND x CONTAINS 'b' AND x LIKE '%a%b%a%'"                },
    {"x LIKE '%a%a%'",            "x CONTAINS 'a' AND x LIKE '%a%a%'"                                     },
    {"x LIKE '%q%a%ab%z_'",
     "x CONTAINS 'ab' AND x CONTAINS 'q' AND x CONTAINS 'z' AND x LIKE '%q%a%ab%z_'"                      },
    {"x MATCHES 'a'",             "x IS STRING AND x MATCHES 'a'"                                         },
    {"x NOT MATCHES '^a'",        "x IS STRING AND x NOT MATCHES '^a'"                                    },
};

static void predicates_have_their_forms(void **state)
{
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct weir_normal *normal = must_normalise(forms[i].text), *again;

        weir_normal_print(text, sizeof text, normal);
        if (strcmp(text, forms[i].form) != 0 || !weir_normal_is_exact(normal))
            fail_msg("%s\n   gives %s (%sexact)\n  expect %s", forms[i].text, text,
                     weir_normal_is_exact(normal) ? "" : "not ", forms[i].form);
        assert_int_equal(
            weir_normal_decode(&again, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(normal), NULL),
            WEIR_OK);
        weir_normal_destroy(again);
        weir_normal_destroy(normal);
    }
}

/* Of a LIKE with many runs its longest are kept, and of texts that it has twice one. */
static void the_longest_runs_are_said(void **state)
{
    char text[1024] = "x LIKE '%", form[4096];
    struct weir_normal *normal;
    unsigned said = 0;

    (void)state;
    for (int i = 0; i < 40; i++) {
        const size_t len = strlen(text);

        (void)snprintf(text + len, sizeof text - len, "%c%c%s%%", 'a' + i / 8, 'p' + i % 8,
                       i < 8 ? "" : "~");
    }
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "hw~%%'");
    normal = must_normalise(text);
    assert_true(weir_normal_print(form, sizeof form, normal) < sizeof form);
    for (const char *at = form; (at = strstr(at, "CONTAINS '")) != NULL; at++) {
        said++;
        assert_int_equal(at[strlen("CONTAINS 'ab")], '~');
    }
    assert_int_equal(said, 32);
    weir_normal_destroy(normal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predicates_have_their_forms),
        cmocka_unit_test(the_longest_runs_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* prints.c - normal forms as text: every kind of set, and text that is cut. */
#include "support.h"

#include <weir/limits.h>

static const struct {
    const char *text, *form;
} forms[] = {
  /* kinds */
    {"x IS NULL",                                                                          "x IS NULL"                                                 },
    {"EXISTS(x)",                                                                          "EXISTS(x)"                                                 },
    {"x IS BOOL",                                                                          "x IS BOOL"                                                 },
    {"x IS INT",                                                                           "x IS INT"                                                  },
    {"x IS DOUBLE",                                                                        "x IS DOUBLE"                                               },
    {"x IS STRING",                                                                        "x IS STRING"                                               },
    {"x IS TIMESTAMP",                                                                     "x IS TIMESTAMP"                                            },
    {"x IS NOT BOOL",                                                                      "x IS NOT BOOL"                                             },
    {"x IS NOT INT",                                                                       "x IS NOT INT"                                              },
    {"x IS NOT DOUBLE",                                                                    "x IS NOT DOUBLE"                                           },
    {"x IS NOT STRING",                                                                    "x IS NOT STRING"                                           },
    {"x IS NOT TIMESTAMP",                                                                 "x IS NOT TIMESTAMP"                                        },
    {"EXISTS(x) AND x IS NOT STRING",                                                      "(x IS BOOL OR x IS INT OR x IS DOUBLE OR x IS TIMESTAMP)"  },
    {"EXISTS(x) AND x IS NOT BOOL",                                                        "(x IS INT OR x IS DOUBLE OR x IS STRING OR x IS TIMESTAMP)"},
    {"x = TRUE",                                                                           "x = TRUE"                                                  },
    {"x <> TRUE",                                                                          "x = FALSE"                                                 },
    {"x IS NULL OR x = TRUE",                                                              "(x IS NULL OR x = TRUE)"                                   },
    {"x IS NULL OR x IS INT OR x IS STRING",                                               "(x IS NULL OR x IS INT OR x IS STRING)"                    },
 /* numbers */
    {"x = 5",                                                                              "x = 5"                                                     },
    {"x <> 5",                                                                             "x <> 5"                                                    },
    {"x NOT IN (5, 6)",                                                                    "x NOT IN (5, 6)"                                           },
    {"x IN (5, 6)",                                                                        "x IN (5, 6)"                                               },
    {"x < 5",                                                                              "x < 5"                                                     },
    {"x <= 5",                                                                             "x <= 5"                                                    },
    {"x > 5",                                                                              "x > 5"                                                     },
    {"x >= 5",                                                                             "x >= 5"                                                    },
    {"x >= 5 AND x <= 6",                                                                  "x BETWEEN 5 AND 6"                                         },
    {"x > 5 AND x <= 6",                                                                   "x > 5 AND x <= 6"                                          },
    {"x >= 5 AND x < 6",                                                                   "x >= 5 AND x < 6"                                          },
    {"x > 5 AND x < 6",                                                                    "x > 5 AND x < 6"                                           },
    {"x <> 5 AND x > 3",                                                                   "(x > 3 AND x < 5 OR x > 5)"                                },
    {"x <> 5 AND x < 7",                                                                   "(x < 5 OR x > 5 AND x < 7)"                                },
    {"x < 5 OR x > 6",                                                                     "(x < 5 OR x > 6)"                                          },
    {"x < 5 OR x >= 6 AND x <> 7",                                                         "(x < 5 OR x >= 6 AND x < 7 OR x > 7)"                      },
    {"x < 5 OR x > 5 AND x < 8 OR x >= 9",                                                 "(x < 5 OR x > 5 AND x < 8 OR x >= 9)"                      },
    {"x = 1 OR x > 5",                                                                     "(x = 1 OR x > 5)"                                          },
    {"x = 1 OR x = 3 OR x > 5",                                                            "(x IN (1, 3) OR x > 5)"                                    },
    {"x IS DOUBLE AND x < 2.5",                                                            "x IS DOUBLE AND x < 2.5"                                   },
    {"x IS INT AND (x = 1 OR x > 5)",                                                      "x IS INT AND (x = 1 OR x > 5)"                             },
    {"x IS INT AND (x = 1 OR x > 5) OR x = TRUE",                                          "(x = TRUE OR x IS INT AND (x = 1 OR x > 5))"               },
    {"x IS INT AND x > 5 OR x IS NULL",                                                    "(x IS NULL OR x IS INT AND x > 5)"                         },
    {"x IS INT OR x IS DOUBLE OR x = 'a'",                                                 "(x IS INT OR x IS DOUBLE OR x = 'a')"                      },
 /* strings */
    {"x <> 'a'",                                                                           "x <> 'a'"                                                  },
    {"x NOT IN ('a', 'b')",                                                                "x NOT IN ('a', 'b')"                                       },
    {"x > 'a'",                                                                            "x > 'a'"                                                   },
    {"x < 'b'",                                                                            "x < 'b'"                                                   },
    {"x <= 'b'",                                                                           "x <= 'b'"                                                  },
    {"x >= 'a' AND x <= 'b'",                                                              "x BETWEEN 'a' AND 'b'"                                     },
    {"x > '' AND x < 'b'",                                                                 "x > '' AND x < 'b'"                                        },
    {"x <> ''",                                                                            "x > ''"                                                    },
    {"x IN ('', 'a')",                                                                     "x IN ('', 'a')"                                            },
    {"x STARTS WITH 'ab'",                                                                 "x STARTS WITH 'ab'"                                        },
    {"x NOT STARTS WITH 'ab'",                                                             "(x < 'ab' OR x >= 'ac')"                                   },
    {"x > 'ab' AND x < 'ac'",                                                              "x > 'ab' AND x < 'ac'"                                     },
    {"x >= 'ab' AND x <= 'ac'",                                                            "x BETWEEN 'ab' AND 'ac'"                                   },
    {"x CONTAINS 'a'",                                                                     "x CONTAINS 'a'"                                            },
    {"x CONTAINS 'a' AND x > 'b'",                                                         "x > 'b' AND x CONTAINS 'a'"                                },
    {"x CONTAINS 'a' AND (x < 'b' OR x > 'c')",                                            "(x < 'b' OR x > 'c') AND x CONTAINS 'a'"                   },
    {"x CONTAINS 'a' AND x ENDS WITH 'b' AND x NOT CONTAINS 'c' AND x NOT ENDS WITH 'bb'",
     "x CONTAINS 'a' AND x ENDS WITH 'b' AND x NOT CONTAINS 'c' AND x NOT ENDS WITH 'bb'"                                                              },
    {"x IS NULL OR x CONTAINS 'a' AND x > 'b'",                                            "(x IS NULL OR x > 'b' AND x CONTAINS 'a')"                 },
    {"x IS NULL OR x CONTAINS 'a' AND (x < 'b' OR x > 'c')",
     "(x IS NULL OR (x < 'b' OR x > 'c') AND x CONTAINS 'a')"                                                                                          },
    {"x = 1 OR x CONTAINS 'a' AND (x < 'b' OR x > 'c') OR x IS TIMESTAMP",
     "(x = 1 OR (x < 'b' OR x > 'c') AND x CONTAINS 'a' OR x IS TIMESTAMP)"                                                                            },
 /* timestamps */
    {"x < TIMESTAMP '2020-01-01T00:00:00Z'",                                               "x < TIMESTAMP '2020-01-01T00:00:00Z'"                      },
    {"x <> TIMESTAMP '2020-01-01T00:00:00Z'",                                              "x <> TIMESTAMP '2020-01-01T00:00:00Z'"                     },
    {"x < 'a' OR x IS TIMESTAMP",                                                          "(x < 'a' OR x IS TIMESTAMP)"                               },
 /* names, and several attributes */
    {"`a b` = 1",                                                                          "`a b` = 1"                                                 },
    {"EXISTS(`a b`)",                                                                      "EXISTS(`a b`)"                                             },
    {"(x < 5 OR x > 6) AND y = 1 AND z MATCHES 'a' AND z MATCHES 'b'",
     "(x < 5 OR x > 6) AND y = 1 AND z IS STRING AND z MATCHES 'a' AND z MATCHES 'b'"                                                                  },
    {"x = 1 OR y = 1 OR z = 1",                                                            "x = 1 OR y = 1 OR z = 1"                                   },
};

static void every_set_has_its_text(void **state)
{
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct weir_normal *normal = must_normalise(forms[i].text), *again;
        const size_t len = weir_normal_print(text, sizeof text, normal);

        assert_int_equal(len, strlen(text));
        if (strcmp(text, forms[i].form) != 0)
            fail_msg("%s\n   gives %s\n  expect %s", forms[i].text, text, forms[i].form);
        again = must_normalise(text);
        assert_true(weir_str_equal(weir_normal_bytes(normal), weir_normal_bytes(again)));
        weir_normal_destroy(again);
        weir_normal_destroy(normal);
    }
}

/* A list holds as many values as a filter; a set has as many lists as it needs. */
static void long_sets_become_several_lists(void **state)
{
    enum { COUNT = 2 * WEIR_FILTER_LEAVES_MAX };
    static struct weir_interval points[COUNT];
    static char text[COUNT * 8], expected[COUNT * 8];

    (void)state;
    for (uint32_t count = COUNT - 1; count <= COUNT; count++) {
        const struct weir_constraint constraint = {
            WEIR_STR("x"), {.kinds = WEIR_KIND_INT | WEIR_KIND_DOUBLE, .numbers = {points, count}}
        };
        size_t len = 0;

        for (uint32_t i = 0; i < count; i++) {
            const struct weir_end end = {true, true, weir_value_int(i)};

            points[i] = (struct weir_interval){end, end};
            len += (size_t)snprintf(expected + len, sizeof expected - len, "%s%u",
                                    i == 0                        ? "(x IN ("
                                    : i == WEIR_FILTER_LEAVES_MAX ? ") OR x IN ("
                                                                  : ", ",
                                    (unsigned)i);
        }
        (void)snprintf(expected + len, sizeof expected - len, "))");
        len = weir_constraint_print(text, sizeof text, &constraint);
        assert_string_equal(text, expected);
        assert_int_equal(len, strlen(expected));
    }
}

typedef size_t (*print_fn)(char *out, size_t size, const struct weir_normal *normal);

static size_t print_conjunction(char *out, size_t size, const struct weir_normal *normal)
{
    return weir_conjunction_print(out, size, weir_normal_at(normal, 0));
}

static size_t print_constraint(char *out, size_t size, const struct weir_normal *normal)
{
    return weir_constraint_print(out, size, &weir_normal_at(normal, 0)->constraints[0]);
}

/* Whatever the size: so much of it as has room, terminated, and nothing beyond. */
static void text_is_cut_at_size(void **state)
{
    static const print_fn prints[] = {weir_normal_print, print_conjunction, print_constraint};
    struct weir_normal *normal =
        must_normalise("(x IN (1, 2) OR x > 'b' AND x CONTAINS 'a') AND y > z AND z MATCHES 'q'");
    char whole[256], cut[256];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(prints); i++) {
        const size_t len = prints[i](whole, sizeof whole, normal);

        for (size_t size = 0; size <= len + 1; size++) {
            memset(cut, 'X', sizeof cut);
            assert_int_equal(prints[i](cut, size, normal), len);
            assert_int_equal(cut[size], 'X');
            if (size == 0)
                continue;
            assert_int_equal(strlen(cut), size - 1);
            assert_memory_equal(cut, whole, size - 1);
        }
    }
    weir_normal_destroy(normal);
}

/* A printer that prints nothing still leaves a text. */
static void the_text_of_nothing_is_terminated(void **state)
{
    const struct weir_constraint nothing = {WEIR_STR("x"), {0}};
    char text[] = "X";

    (void)state;
    assert_int_equal(weir_constraint_print(text, sizeof text, &nothing), 0);
    assert_string_equal(text, "");
}

/* As a conjunction in the making may have them. */
static void residuals_stand_alone(void **state)
{
    const struct weir_residual residuals[] = {
        {WEIR_STR("x < y"), NULL},
        {WEIR_STR("y < z"), NULL}
    };
    const struct weir_conjunction conjunction = {.residuals = residuals, .residual_count = 2};
    char text[64];

    (void)state;
    weir_conjunction_print(text, sizeof text, &conjunction);
    assert_string_equal(text, "x < y AND y < z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_set_has_its_text),
        cmocka_unit_test(long_sets_become_several_lists),
        cmocka_unit_test(text_is_cut_at_size),
        cmocka_unit_test(the_text_of_nothing_is_terminated),
        cmocka_unit_test(residuals_stand_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* print_test.c - each form of the grammar and its canonical text. */
#include "same_tree.h"
#include "support.h"

static const struct {
    const char *text, *canonical; /* NULL: already canonical */
} cases[] = {
    {"",                                                                                   "TRUE"                                        },
    {"  -- nothing\n",                                                                     "TRUE"                                        },
    {"true",                                                                               "TRUE"                                        },
    {"FALSE",                                                                              NULL                                          },
    {"a",                                                                                  NULL                                          },
    {"a = TRUE",                                                                           NULL                                          },
    {"(((a)))",                                                                            "a"                                           },
    {"a and b or c",                                                                       "a AND b OR c"                                },
    {"a && (b || c)",                                                                      "a AND (b OR c)"                              },
    {"a or (b or c) or (d and e)",                                                         "a OR b OR c OR d AND e"                      },
    {"a AND (b AND (c AND d))",                                                            "a AND b AND c AND d"                         },
    {"!a AND !!b",                                                                         "NOT a AND NOT NOT b"                         },
    {"a&&!b",                                                                              "a AND NOT b"                                 },
    {"NOT (a AND b)",                                                                      NULL                                          },
    {"NOT (a = 5)",                                                                        "NOT a = 5"                                   },
    {"NOT a = 5 AND b",                                                                    NULL                                          },
    {"TRUE AND FALSE",                                                                     "FALSE"                                       },
    {"a AND TRUE",                                                                         NULL                                          },
    {"NOT FALSE",                                                                          "TRUE"                                        },
 /* comparisons */
    {"a==1 AND a!=2 AND a<>3",                                                             "a = 1 AND a <> 2 AND a <> 3"                 },
    {"a<1 AND a<=2 AND a>3 AND a>=4",                                                      "a < 1 AND a <= 2 AND a > 3 AND a >= 4"       },
    {"5 < a AND 6 >= a AND 'x' = a",                                                       "a > 5 AND a <= 6 AND a = 'x'"                },
    {"1 < 2",                                                                              "TRUE"                                        },
    {"'a' = \"b\"",                                                                        "FALSE"                                       },
    {"5 = 5.0",                                                                            "TRUE"                                        },
    {"bid > ask",                                                                          NULL                                          },
    {"(a) = 5",                                                                            "a = 5"                                       },
 /* literals */
    {"a = 1_000 OR a = 0xFF OR a = 0x7fff_ffff",                                           "a = 1000 OR a = 255 OR a = 2147483647"       },
    {"a = 0xAbCdEf OR a = 0Xa_0",                                                          "a = 11259375 OR a = 160"                     },
    {"a LIKE 'x!%\\#~^@&+=:;,.|/' ESCAPE '!'",                                             "a = 'x%\\#~^@&+=:;,.|/'"                     },
    {"a LIKE '%\\!#~^@&+=:;,.|/$%_' ESCAPE '$'",                                           "a LIKE '%\\\\!#~^@&+=:;,.|/\\%_' ESCAPE '\\'"},
    {"a = -9223372036854775808",                                                           NULL                                          },
    {"a = - 5 OR a = +5",                                                                  "a = -5 OR a = 5"                             },
    {"a = -0x8000000000000000",                                                            "a = -9223372036854775808"                    },
    {"a = 1.50 OR a = .5 OR a = 5. OR a = 1e3",                                            "a = 1.5 OR a = 0.5 OR a = 5.0 OR a = 1000.0" },
    {"a = 1_0.2_5e+1_0",                                                                   "a = 102500000000.0"                          },
    {"a = -0.0",                                                                           "a = 0.0"                                     },
    {"a = 0.1",                                                                            NULL                                          },
    {"a = 2.2250738585072011e-308",                                                        "a = 2.225073858507201e-308"                  },
    {"a = \"it's\"",                                                                       "a = 'it''s'"                                 },
    {"a = 'say \"x\"' OR a = \"say \"\"x\"\"\"",                                           "a = 'say \"x\"' OR a = 'say \"x\"'"          },
    {"a = ''",                                                                             NULL                                          },
    {"a = TIMESTAMP '2013-10-07T11:30:00.100+02:00'",                                      "a = TIMESTAMP '2013-10-07T09:30:00.1Z'"      },
 /* names */
    {"a.b.c = 1",                                                                          NULL                                          },
    {"order.in = 1",                                                                       NULL                                          },
    {"`in` = 1 AND `x y` = 2 AND `a` = 3",                                                 "`in` = 1 AND `x y` = 2 AND a = 3"            },
    {"`a``b` = 1",                                                                         NULL                                          },
    {"`\xc3\xa9` = 1",                                                                     NULL                                          },
    {"$type = 'tick' AND $ts > TIMESTAMP '2013-10-07T09:30:00Z' AND $id = $origin",        NULL                                          },
    {"`$type` = 'tick'",                                                                   "$type = 'tick'"                              },
 /* arithmetic */
    {"a + b * c - d / e % f > 0",                                                          NULL                                          },
    {"(a + b) * c > 0",                                                                    NULL                                          },
    {"a - (b - c) > 0",                                                                    NULL                                          },
    {"(a - b) - c > 0",                                                                    "a - b - c > 0"                               },
    {"a * (b / c) > 0",                                                                    NULL                                          },
    {"-a > 0 AND -(a + b) > 0",                                                            NULL                                          },
    {"-(-a) > 0",                                                                          NULL                                          },
    {"a * -b / -5 > 0",                                                                    NULL                                          },
    {"a - -5 > -b",                                                                        NULL                                          },
    {"+a > 0",                                                                             "a + 0 > 0"                                   },
    {"a > 1 + 2 * 3",                                                                      "a > 7"                                       },
    {"a > 7 / 2 AND a > -7 / 2 AND a > -7 % 3",                                            "a > 3 AND a > -3 AND a > -1"                 },
    {"a > 7 / 2.0",                                                                        "a > 3.5"                                     },
    {"a + (1 + 2) > 0",                                                                    "a + 3 > 0"                                   },
    {"a--b\n> 1",                                                                          "a > 1"                                       },
    {"a > -(2)",                                                                           "a > -2"                                      },
 /* sets and ranges */
    {"a IN (3, 1, 2, 1)",                                                                  "a IN (1, 2, 3)"                              },
    {"a IN (5.0, 5, 'x', -1, TRUE)",                                                       "a IN (TRUE, -1, 5, 'x')"                     },
    {"a NOT IN ('y','x')",                                                                 "a NOT IN ('x', 'y')"                         },
    {"5 IN (1, 5)",                                                                        "TRUE"                                        },
    {"a BETWEEN 1 AND 5 AND b",                                                            NULL                                          },
    {"a NOT BETWEEN b + 1 AND c",                                                          NULL                                          },
    {"3 BETWEEN 1 AND 5",                                                                  "TRUE"                                        },
    {"3 BETWEEN a AND b",                                                                  NULL                                          },
 /* strings */
    {"a STARTS WITH 'x' AND a NOT ENDS WITH 'y' AND a CONTAINS 'z'",                       NULL                                          },
    {"hasPrefix(a,'x') OR startsWith(a, 'x') OR begins-with(a,'x') OR BEGINS-WITH(a,'x')",
     "a STARTS WITH 'x' OR a STARTS WITH 'x' OR a STARTS WITH 'x' OR a STARTS WITH 'x'"                                                  },
    {"hasSuffix(a,'x') OR endsWith(a,'x') OR ends-with(a,'x')",
     "a ENDS WITH 'x' OR a ENDS WITH 'x' OR a ENDS WITH 'x'"                                                                             },
    {"contains(a, 'x') AND NOT contains(a, 'y')",                                          "a CONTAINS 'x' AND NOT a CONTAINS 'y'"       },
    {"'abc' CONTAINS 'b'",                                                                 "TRUE"                                        },
    {"a LIKE 'IB%'",                                                                       "a STARTS WITH 'IB'"                          },
    {"a NOT LIKE '%M'",                                                                    "a NOT ENDS WITH 'M'"                         },
    {"a LIKE '%%B%'",                                                                      "a CONTAINS 'B'"                              },
    {"a LIKE '%' OR a LIKE ''",                                                            "a STARTS WITH '' OR a = ''"                  },
    {"a LIKE 'IBM'",                                                                       "a = 'IBM'"                                   },
    {"a NOT LIKE 'IBM'",                                                                   "a <> 'IBM'"                                  },
    {"a LIKE 'I_M'",                                                                       NULL                                          },
    {"a LIKE 'a%b%'",                                                                      NULL                                          },
    {"a LIKE '%_%_'",                                                                      "a LIKE '__%'"                                },
    {"a LIKE '10!%' ESCAPE '!'",                                                           "a = '10%'"                                   },
    {"a LIKE '10!%%' ESCAPE '!'",                                                          "a STARTS WITH '10%'"                         },
    {"a LIKE '!_!!_%x' ESCAPE '!'",                                                        "a LIKE '\\_!_%x' ESCAPE '\\'"                },
    {"a LIKE '\\#%_' ESCAPE '#'",                                                          "a LIKE '\\!%_' ESCAPE '!'"                   },
    {"a LIKE '\xc3\xa9%_' ESCAPE '\xc3\xa9'",                                              "a LIKE '\\%_' ESCAPE '\\'"                   },
    {"a LIKE 'x!_' ESCAPE '''' OR b",                                                      "a LIKE 'x!_' OR b"                           },
    {"a MATCHES '^I.M$' AND a =~ 'x' AND a !~ 'y'",
     "a MATCHES '^I.M$' AND a MATCHES 'x' AND a NOT MATCHES 'y'"                                                                         },
 /* presence and types */
    {"exists ( a.b )",                                                                     "EXISTS(a.b)"                                 },
    {"NOT EXISTS(`x y`)",                                                                  NULL                                          },
    {"a IS NULL AND b is not null",                                                        "a IS NULL AND b IS NOT NULL"                 },
    {"a IS STRING AND a IS INT AND a IS NOT DOUBLE AND a IS BOOL AND a IS TIMESTAMP",      NULL                                          },
    {"(a) IS NULL",                                                                        "a IS NULL"                                   },
};

static void prints_canonical_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *canonical = cases[i].canonical == NULL ? cases[i].text : cases[i].canonical;
        struct weir_filter *filter, *again;
        char printed[4096];

        filter = must_compile(cases[i].text);
        (void)weir_filter_print(printed, sizeof printed, filter);
        assert_string_equal(printed, canonical);
        again = must_compile(printed);
        if (!same_tree(weir_filter_tree(filter), weir_filter_tree(again)))
            fail_msg("%s: another tree after printing", cases[i].text);
        weir_filter_destroy(again);
        weir_filter_destroy(filter);
    }
}

static void cuts_at_the_size(void **state)
{
    struct weir_filter *filter = must_compile("a = 'x\xc3\xa9'");
    char out[16];

    (void)state;
    assert_int_equal(weir_filter_print(NULL, 0, filter), 9);
    assert_int_equal(weir_filter_print(out, 8, filter), 9);
    assert_string_equal(out, "a = 'x");
    assert_int_equal(weir_filter_print(out, 9, filter), 9);
    assert_string_equal(out, "a = 'x\xc3\xa9");
    weir_filter_destroy(filter);
}

static void keeps_its_text(void **state)
{
    char text[] = "a = 'b'";
    struct weir_filter *filter = must_compile(text);
    struct weir_str kept;

    (void)state;
    memset(text, '!', sizeof text - 1);
    kept = weir_filter_text(filter);
    assert_int_equal(kept.len, 7);
    assert_memory_equal(kept.ptr, "a = 'b'", 7);
    weir_filter_destroy(filter);
}

static void printed_text_may_be_longer(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX + 1], printed[4 * WEIR_FILTER_TEXT_MAX];
    struct weir_filter *filter, *again;
    struct weir_diags diags;
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 256; i++) {
        static const char part[] = "&&!!!a<1e9*bc+-1";
        size_t skipped = i == 0 ? 2 : 0, part_len = sizeof part - 1 - skipped;

        memcpy(text + len, part + skipped, part_len);
        len += part_len;
    }
    text[len] = '\0';
    filter = must_compile(text);
    len = weir_filter_print(printed, sizeof printed, filter);
    assert_true(len > WEIR_FILTER_TEXT_MAX && len < sizeof printed);
    assert_int_equal(weir_filter_compile(&again, weir_str_of(printed), &diags, NULL), WEIR_ELIMIT);
    assert_int_equal(weir_filter_compile_printed(&again, weir_str_of(printed), &diags, NULL),
                     WEIR_OK);
    assert_true(same_tree(weir_filter_tree(filter), weir_filter_tree(again)));
    weir_filter_destroy(again);
    weir_filter_destroy(filter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_canonical_text),
        cmocka_unit_test(cuts_at_the_size),
        cmocka_unit_test(keeps_its_text),
        cmocka_unit_test(printed_text_may_be_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

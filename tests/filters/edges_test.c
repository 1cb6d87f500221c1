/* edges_test.c - where one token, construct or limit ends and the next begins: what is accepted
 * there, as canonical text, and what is refused, and why. */
#include "support.h"

static const struct {
    const char *text, *canonical;
} accepted[] = {
  /* blanks and comments */
    {"a\f=\v1\r\n\t",                                                         "a = 1"                              },
    {"-- only this",                                                          "TRUE"                               },
    {"a -- one\n-- two\n= --\n1 -- end",                                      "a = 1"                              },
    {"a - - -- minus\n1 > 0",                                                 "a - -1 > 0"                         },
    {"a -b > 1",                                                              "a - b > 1"                          },
 /* operators that touch */
    {"a||!b",                                                                 "a OR NOT b"                         },
    {"a&&!!b",                                                                "a AND NOT NOT b"                    },
    {"a|| !b",                                                                "a OR NOT b"                         },
    {"!(a)&&b",                                                               "NOT a AND b"                        },
    {"a=-1&&b=+2",                                                            "a = -1 AND b = 2"                   },
    {"a!~'x'",                                                                "a NOT MATCHES 'x'"                  },
    {"a<>-b",                                                                 "a <> -b"                            },
 /* numbers */
    {"a = 0x1e+5",                                                            "a = 35"                             },
    {"a = 0xE-0Xf",                                                           "a = -1"                             },
    {"a = 1e5+1",                                                             "a = 100001.0"                       },
    {"a = 1.e2 OR a = 1E+2 OR a = .1e+3",                                     "a = 100.0 OR a = 100.0 OR a = 100.0"},
    {"a = 5.-1",                                                              "a = 4.0"                            },
    {"a = 9223372036854775807",                                               NULL                                 },
    {"a = 0x7fffffffffffffff",                                                "a = 9223372036854775807"            },
    {"a = 0X8 OR a = -0x8000_0000_0000_0000",                                 "a = 8 OR a = -9223372036854775808"  },
    {"a = 4.9e-324 OR a = 1e-400",                                            "a = 5e-324 OR a = 0.0"              },
    {"a > 1.7976931348623157e308",                                            "a > 1.7976931348623157e+308"        },
    {"a IN (+1, -1, +1.5, -1.5, -9223372036854775808)",
     "a IN (-9223372036854775808, -1.5, -1, 1, 1.5)"                                                               },
    {"a = TRUE AND b <> FALSE",                                               NULL                                 },
 /* names and functions */
    {"begins - with_ > 1",                                                    "begins - with_ > 1"                 },
    {"`begins-with` = 1 AND `with` = 2",                                      NULL                                 },
    {"Starts-With\n(a, 'x')",                                                 "a STARTS WITH 'x'"                  },
    {"begins - `with` > 1",                                                   NULL                                 },
    {"beginsWith(a.b, 'x')",                                                  "a.b STARTS WITH 'x'"                },
    {"a.contains = 1",                                                        NULL                                 },
 /* whole subtrees of constants */
    {"NOT (1 > 2 OR 'b' < 'a')",                                              "TRUE"                               },
    {"'abc' LIKE '_b%' AND 'abc' NOT LIKE '%c_'",                             "TRUE"                               },
    {"'abc' STARTS WITH 'ab' AND 'abc' ENDS WITH 'bc' AND 'abc' CONTAINS ''", "TRUE"                               },
    {"'ab' STARTS WITH 'abc' OR 'ab' ENDS WITH 'xb' OR 'ab' ENDS WITH 'aab'", "FALSE"                              },
    {"1.5 IN (1, 1.5) AND 2 NOT IN (1, 3)",                                   "TRUE"                               },
    {"2 BETWEEN 1 AND 1.5",                                                   "FALSE"                              },
    {"TIMESTAMP '2013-10-07T09:30:00Z' < TIMESTAMP '2013-10-07T09:30:01Z'",   "TRUE"                               },
 /* what may stand where */
    {"(((a))) = ((b + 1))",                                                   "a = b + 1"                          },
    {"((a)) LIKE 'x_'",                                                       "a LIKE 'x_'"                        },
    {"a LIKE '\xf0\x9f\x98\x80_%\xf0\x9f\x98\x80' OR b",                      NULL                                 },
    {"a LIKE '\xe2\x82\xac_\xe2\x82\xac_' ESCAPE '\xe2\x82\xac'",             "a = '__'"                           },
    {"a LIKE '\xe2\x82\xac_\xe2\x82\xac\xe2\x82\xac_' ESCAPE '\xe2\x82\xac'",
     "a LIKE '\\_\xe2\x82\xac_' ESCAPE '\\'"                                                                       },
    {"a LIKE '*_' AND b LIKE '*%x' AND c LIKE 'x*' ESCAPE '!'",
     "a LIKE '*_' AND b LIKE '*%x' AND c = 'x*'"                                                                   },
    {"'a b' = 'x'",                                                           "FALSE"                              },
 /* regular expressions that look like what is refused */
    {"a MATCHES '(?P<n>x)(?-i)(?''q''y)(?<!z)(?|v|w)'",                       NULL                                 },
    {"a MATCHES '\\x{aF}{2}\\o{101}\\xAB\\p{Lu}{3}'",                         NULL                                 },
    {"a MATCHES '[(]\\(\\\\.{2,}x{,5}'",                                      NULL                                 },
};

static const struct {
    const char *code, *text;
    uint32_t offset, length;
    const char *message;
} refused[] = {
    {"F101", "a = 'x\xff plus'",            6,  1,  "the text is not UTF-8"                           },
    {"F101", "a = '\xf0\x9f\x98'",          5,  1,  "the text is not UTF-8"                           },
    {"F106", "a =! 1",                      2,  2,  "'=!' is not an operator, did you mean '!='?"     },
    {"F106", "a |! b",                      2,  1,  "'|' is not an operator, did you mean '||'?"      },
    {"F106", "a ^ 1",                       2,  1,  "'^' is not an operator"                          },
    {"F106", "a !!~ 'x'",                   2,  3,  "'!!~' is not an operator, did you mean '!~'?"    },
    {"F107", "a = \xc3\xa9",                4,  2,  NULL                                              },
    {"F107", "a = \xc3\xa9t\xc3\xa9_9 + 1", 4,  7,  NULL                                              },
    {"F107", "a.",                          0,  2,  NULL                                              },
    {"F107", "a = {",                       4,  1,  "'{' has no meaning here"                         },
    {"F108", "a = 1_",                      4,  2,  "'1_' is not a number"                            },
    {"F108", "a = 1_a",                     4,  3,  "'1_a' is not a number"                           },
    {"F108", "a = 1._5",                    4,  4,  "'1._5' is not a number"                          },
    {"F108", "a = .5_",                     4,  3,  "'.5_' is not a number"                           },
    {"F108", "a = 1e+_5",                   4,  5,  "'1e+_5' is not a number"                         },
    {"F108", "a = 1e-",                     4,  3,  "'1e-' is not a number"                           },
    {"F108", "a = 0x1G",                    4,  4,  "'0x1G' is not a number"                          },
    {"F108", "a = 0x1.5",                   4,  5,  "'0x1.5' is not a number"                         },
    {"F108", "a = 1e5e5",                   4,  5,  "'1e5e5' is not a number"                         },
    {"F109", "a = 18446744073709551617",    4,  20, "the number is too large for an int"              },
    {"F109", "a = 0xffffffffffffffffff",    4,  20, "the number is too large for an int"              },
    {"F109", "a IN (9223372036854775808)",  6,  19, "the number is too large for an int"              },
    {"F201", "a AND AND b",                 6,  3,  "expected a condition after 'AND'"                },
    {"F201", "NOT",                         3,  0,  "expected a condition after 'NOT'"                },
    {"F201", ",",                           0,  1,  "expected a condition"                            },
    {"F202", "a IS NULL + 5",               10, 1,  "expected AND or OR after 'NULL'"                 },
    {"F202", "(a IS NULL * 2) AND b",       11, 1,  "expected AND or OR after 'NULL'"                 },
    {"F202", "(a b AND c) OR d",            3,  1,  NULL                                              },
    {"F202", "a, b",                        1,  1,  NULL                                              },
    {"F203", "a = with",                    4,  4,  "expected a value after '='"                      },
    {"F203", "begins-with",                 7,  4,  "expected a value after '-'"                      },
    {"F203", "a + with > 1",                4,  4,  "expected a value after '+'"                      },
    {"F203", "a = (b BETWEEN )",            15, 1,  "expected a value after 'BETWEEN'"                },
    {"F201", "(,) + 1 > 0",                 1,  1,  "expected a condition after '('"                  },
    {"F203", "a <> )",                      5,  1,  "expected a value after '<>'"                     },
    {"F211", "begins-withx(a, 'b')",        7,  5,  "there is no function 'withx'"                    },
    {"F203", "a = 1 * AND b",               8,  3,  "expected a value after '*'"                      },
    {"F203", "a BETWEEN 1 AND",             15, 0,  "expected a value after 'AND'"                    },
    {"F203", "a = EXISTS(b)",               4,  6,  "expected a value after '='"                      },
    {"F203", "a = b + NOT c",               8,  3,  "expected a value after '+'"                      },
    {"F203", "a = -+b",                     5,  1,  "expected a value after '-'"                      },
    {"F206", "a = 1 = 2",                   6,  1,  "a comparison cannot follow a comparison"         },
    {"F206", "a IS NULL IS NULL",           10, 2,  "a comparison cannot follow a comparison"         },
    {"F206", "a IN (1) LIKE 'x'",           9,  4,  "a comparison cannot follow a comparison"         },
    {"F208", "a IN (+)",                    7,  1,  "expected a literal after '+'"                    },
    {"F208", "a IN (- TRUE)",               8,  4,  "expected a literal after '-'"                    },
    {"F208", "a IN (1,)",                   8,  1,  "expected a literal after ','"                    },
    {"F208", "a IN (1",                     7,  0,  "expected ',' or ')' after '1'"                   },
    {"F203", "foo-with(a, 'b')",            4,  4,  "expected a value after '-'"                      },
    {"F301", "TRUE = 1",                    0,  8,  "a bool and a number never compare"               },
    {"F302", "TRUE < a",                    0,  4,  "bools have no order"                             },
    {"F304", "a % (1 + 1.5) = 0",           5,  7,  "% takes ints only"                               },
    {"F309", "a LIKE 'x' ESCAPE '_'",       18, 3,  "ESCAPE takes one character, neither % nor _"     },
    {"F309", "a LIKE 'x' ESCAPE ''",        18, 2,  "ESCAPE takes one character, neither % nor _"     },
    {"F310", "a LIKE 'x!' ESCAPE '!'",      0,  22,
     "the escape character must stand before %, _ or itself"                                          },
    {"F203", "a <",                         3,  0,  "expected a value after '<'"                      },
    {"F501", "a =~ '(*1)'",                 9,  1,  NULL                                              },
    {"F501", "a =~ 'x{65536}'",             13, 1,  NULL                                              },
    {"F501", "a =~ '\\x{4G}'",              10, 1,  NULL                                              },
    {"F501", "a =~ '\\x{4'",                9,  1,  NULL                                              },
    {"F501", "a =~ '\\x{F'",                9,  1,  NULL                                              },
    {"F501", "a =~ '\\x{f~}'",              10, 1,  NULL                                              },
    {"F501", "a =~ '(*[)'",                 8,  1,  NULL                                              },
    {"F501", "a =~ '(*{)'",                 8,  1,  NULL                                              },
    {"F501", "a =~ '(*'",                   7,  1,  NULL                                              },
    {"F502", "a =~ '(*zz'",                 6,  1,  NULL                                              },
    {"F502", "a =~ '(*Zz'",                 6,  1,  NULL                                              },
    {"F502", "a =~ 'x(*pla:y)'",            7,  1,  "regular expression: a verb (*...) is not allowed"},
    {"F502", "a =~ '(*:m)'",                6,  1,  "regular expression: a verb (*...) is not allowed"},
    {"F502", "a =~ '(?0)'",                 6,  1,  "regular expression: recursion is not allowed"    },
    {"F502", "a =~ '\\Q(?1)\\E'",           8,  1,  "regular expression: recursion is not allowed"    },
    {"F501", "a =~ '('",                    7,  1,  NULL                                              },
    {"F501", "a =~ \"\"\"(\"",              9,  1,  NULL                                              },
    {"F501", "a =~ '''' AND b =~ '('''",    23, 1,  NULL                                              },
};

static void accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        const char *canonical =
            accepted[i].canonical != NULL ? accepted[i].canonical : accepted[i].text;
        struct weir_filter *filter = must_compile(accepted[i].text);
        char printed[512];

        (void)weir_filter_print(printed, sizeof printed, filter);
        if (strcmp(printed, canonical) != 0)
            fail_msg("%s: %s", accepted[i].text, printed);
        weir_filter_destroy(filter);
    }
}

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct weir_filter *filter = NULL;
        struct weir_diags diags;
        const struct weir_diag *diag = &diags.v[0];
        enum weir_err err =
            weir_filter_compile(&filter, weir_str_of(refused[i].text), &diags, NULL);

        if (err == WEIR_OK || diags.count != 1 || strcmp(diag->code, refused[i].code) != 0 ||
            diag->offset != refused[i].offset || diag->length != refused[i].length ||
            (refused[i].message != NULL && strcmp(diag->message, refused[i].message) != 0))
            fail_msg("%s: %zu: %s at %u, %u: %s", refused[i].text, diags.count, diag->code,
                     diag->offset, diag->length, diag->message);
    }
}

/* begin, then count times part, then end. */
static enum weir_err compile_repeated(struct weir_diags *diags, const char *begin, const char *part,
                                      size_t count, const char *end)
{
    static char text[WEIR_FILTER_TEXT_MAX + 1];
    struct weir_filter *filter = NULL;
    size_t len = strlen(begin);
    enum weir_err err;

    assert_true(len + count * strlen(part) + strlen(end) < sizeof text);
    memcpy(text, begin, len);
    for (size_t i = 0; i < count; i++, len += strlen(part))
        memcpy(text + len, part, strlen(part));
    memcpy(text + len, end, strlen(end) + 1);
    err = weir_filter_compile(&filter, weir_str_of(text), diags, NULL);
    weir_filter_destroy(filter);
    return err;
}

/* The limits count alike wherever the conditions and the nesting are. */
static void limits_in_odd_places(void **state)
{
    static const struct {
        const char *code, *begin, *part;
        size_t allowed;
        const char *end;
    } cases[] = {
        {"F403", "", "a||", 156,
         "(b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b||"
         "b||b||b||b||b||b||b||b||b||b)"            }, /* merged, as one OR */
        {"F403", "", "a&&", 254, "(b||c)"           },
        {"F402", "", "(",   31,  "hasPrefix(a,'x')" },
        {"F402", "", "!(",  15,  "!hasPrefix(a,'x')"},
    };
    struct weir_diags diags;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t more = cases[i].allowed + 1;
        char end[1024];
        size_t len = (size_t)snprintf(end, sizeof end, "%s", cases[i].end);

        if (cases[i].part[strlen(cases[i].part) - 1] == '(') {
            memset(end + len, ')', cases[i].allowed);
            end[len + cases[i].allowed] = '\0';
        }
        if (compile_repeated(&diags, cases[i].begin, cases[i].part, cases[i].allowed, end) !=
            WEIR_OK)
            fail_msg("%s: %s %s", cases[i].code, diags.v[0].code, diags.v[0].message);
        assert_int_equal(
            compile_repeated(&diags, cases[i].begin, cases[i].part, more, cases[i].end),
            WEIR_ELIMIT);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.v[0].code, cases[i].code);
    }
    /* so many that the parser, which holds no more than the limit, stops by itself */
    for (size_t count = 255; count <= 260; count++) {
        assert_int_equal(compile_repeated(&diags, "", "a&&", count, "(b||c||d)"), WEIR_ELIMIT);
        assert_string_equal(diags.v[0].code, "F403");
        assert_int_equal(compile_repeated(&diags, "", "a||", count, "(b||c||d)"), WEIR_ELIMIT);
        assert_string_equal(diags.v[0].code, "F403");
        assert_int_equal(compile_repeated(&diags, "", "a||", count - 98, cases[0].end),
                         WEIR_ELIMIT);
        assert_string_equal(diags.v[0].code, "F403");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(limits_in_odd_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

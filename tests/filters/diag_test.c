/* diag_test.c - every code of the compiler: where it points, and how it looks. */
#include "support.h"

static const struct {
    const char *code, *text;
    uint32_t offset, length;
    enum weir_err err;
    const char *message;
} cases[] = {
  /* lexical */
    {"F101", "a = 'x\xff'",                                             6,  1,  WEIR_ESYNTAX, "the text is not UTF-8"                           },
    {"F103", "b AND a = 'x",                                            10, 1,  WEIR_ESYNTAX, "unclosed string"                                 },
    {"F103", "a = \"it''s",                                             4,  1,  WEIR_ESYNTAX, "unclosed string"                                 },
    {"F104", "`a = 5",                                                  0,  1,  WEIR_ESYNTAX, "unclosed name"                                   },
    {"F105", "`` = 5",                                                  0,  2,  WEIR_ESYNTAX, "an empty name"                                   },
    {"F105", "$ = 5",                                                   0,  1,  WEIR_ESYNTAX, "expected a name after '$'"                       },
    {"F106", "a ==> 5",                                                 2,  3,  WEIR_ESYNTAX, "'==>' is not an operator, did you mean '>='?"    },
    {"F106", "a =< 5",                                                  2,  2,  WEIR_ESYNTAX, "'=<' is not an operator, did you mean '<='?"     },
    {"F106", "a === 5",                                                 2,  3,  WEIR_ESYNTAX, "'===' is not an operator, did you mean '='?"     },
    {"F106", "a ~ 'x'",                                                 2,  1,  WEIR_ESYNTAX, "'~' is not an operator, did you mean '=~'?"      },
    {"F106", "a & b",                                                   2,  1,  WEIR_ESYNTAX, "'&' is not an operator, did you mean '&&'?"      },
    {"F106", "a &=| b",                                                 2,  3,  WEIR_ESYNTAX, "'&=|' is not an operator"                        },
    {"F107", "a = 5;",                                                  5,  1,  WEIR_ESYNTAX, "';' has no meaning here"                         },
    {"F107", "\xe6\x97\xa5\xe6\x9c\xac = 5",                            0,  6,  WEIR_ESYNTAX,
     "'\xe6\x97\xa5\xe6\x9c\xac' has other letters than A to Z"                                                                                 },
    {"F107", "a = \x01",                                                4,  1,  WEIR_ESYNTAX, "a control character has no meaning here"         },
    {"F107", "a =~ \xe2\x80\x98(a'",                                    5,  6,  WEIR_ESYNTAX, "typographic quotes have no meaning here"         },
    {"F107", "a =~ \xe2\x80\x9c(\xe2\x80\x9d",                          5,  7,  WEIR_ESYNTAX,
     "typographic quotes have no meaning here"                                                                                                  },
    {"F108", "a = 12abc",                                               4,  5,  WEIR_ESYNTAX, "'12abc' is not a number"                         },
    {"F108", "a = 1__0",                                                4,  4,  WEIR_ESYNTAX, "'1__0' is not a number"                          },
    {"F108", "a = 0x",                                                  4,  2,  WEIR_ESYNTAX, "'0x' is not a number"                            },
    {"F108", "a = 1.2.3",                                               4,  5,  WEIR_ESYNTAX, "'1.2.3' is not a number"                         },
    {"F108", "a = 1e",                                                  4,  2,  WEIR_ESYNTAX, "'1e' is not a number"                            },
    {"F108", "a = 0x_1",                                                4,  4,  WEIR_ESYNTAX, "'0x_1' is not a number"                          },
    {"F108", "a = 0x1_",                                                4,  4,  WEIR_ESYNTAX, "'0x1_' is not a number"                          },
    {"F108", "a = 0x1__2",                                              4,  6,  WEIR_ESYNTAX, "'0x1__2' is not a number"                        },
    {"F108", "a = 0x1g",                                                4,  4,  WEIR_ESYNTAX, "'0x1g' is not a number"                          },
    {"F108", "a = 1_.5",                                                4,  4,  WEIR_ESYNTAX, "'1_.5' is not a number"                          },
    {"F108", "a = 1.5_",                                                4,  4,  WEIR_ESYNTAX, "'1.5_' is not a number"                          },
    {"F108", "a = 1.5__5",                                              4,  6,  WEIR_ESYNTAX, "'1.5__5' is not a number"                        },
    {"F109", "a = 9223372036854775808",                                 4,  19, WEIR_ESYNTAX, "the number is too large for an int"              },
    {"F109", "a = -0x8000000000000001",                                 5,  18, WEIR_ESYNTAX, "the number is too large for an int"              },
    {"F109", "a = 1e309",                                               4,  5,  WEIR_ESYNTAX, "the number is too large for a double"            },
    {"F110", "a = TIMESTAMP 'today'",                                   14, 7,  WEIR_ESYNTAX,
     "'today' is not an RFC 3339 timestamp of the years 1678 to 2261"                                                                           },
 /* grammar */
    {"F201", "a AND",                                                   5,  0,  WEIR_ESYNTAX, "expected a condition after 'AND'"                },
    {"F201", "OR a",                                                    0,  2,  WEIR_ESYNTAX, "expected a condition"                            },
    {"F201", "()",                                                      1,  1,  WEIR_ESYNTAX, "expected a condition after '('"                  },
    {"F201", "int = 5",                                                 0,  3,  WEIR_ESYNTAX, "expected a condition"                            },
    {"F202", "a = 1 b = 2",                                             6,  1,  WEIR_ESYNTAX, "expected AND or OR after '1'"                    },
    {"F202", "(a = 1 b = 2)",                                           7,  1,  WEIR_ESYNTAX, "expected AND or OR after '1'"                    },
    {"F202", "a ! IN (1)",                                              2,  1,  WEIR_ESYNTAX, "expected a comparison, AND or OR after 'a'"      },
    {"F202", "a ! BETWEEN 1 AND 2",                                     2,  1,  WEIR_ESYNTAX,
     "expected a comparison, AND or OR after 'a'"                                                                                               },
    {"F203", "symbol = 'IBM' AND price >= AND volume > 0",              28, 3,  WEIR_ESYNTAX,
     "expected a value after '>='"                                                                                                              },
    {"F203", "a = NOT b",                                               4,  3,  WEIR_ESYNTAX, "expected a value after '='"                      },
    {"F203", "a = 1 + ",                                                8,  0,  WEIR_ESYNTAX, "expected a value after '+'"                      },
    {"F203", "begins-with = 1",                                         7,  4,  WEIR_ESYNTAX, "expected a value after '-'"                      },
    {"F203", "a - ends-with > 1",                                       4,  4,  WEIR_ESYNTAX, "expected a value after '-'"                      },
    {"F203", "a = - - 5",                                               6,  1,  WEIR_ESYNTAX, "expected a value after '-'"                      },
    {"F204", "a AND (b = 1",                                            6,  1,  WEIR_ESYNTAX, "unclosed '('"                                    },
    {"F205", "a = 1) AND b",                                            5,  1,  WEIR_ESYNTAX, "this ')' closes nothing"                         },
    {"F206", "1 < a < 5",                                               6,  1,  WEIR_ESYNTAX, "a comparison cannot follow a comparison"         },
    {"F207", "a LIKE 5",                                                7,  1,  WEIR_ESYNTAX, "expected a string after 'LIKE'"                  },
    {"F207", "timestamp > 5",                                           10, 1,  WEIR_ESYNTAX, "expected a string after 'timestamp'"             },
    {"F207", "a LIKE 'x' ESCAPE y",                                     18, 1,  WEIR_ESYNTAX, "expected a string after 'ESCAPE'"                },
    {"F208", "a IN 5",                                                  5,  1,  WEIR_ESYNTAX, "expected '(' after 'IN'"                         },
    {"F208", "a IN ()",                                                 6,  1,  WEIR_ESYNTAX, "expected a literal after '('"                    },
    {"F208", "a IN (1 2)",                                              8,  1,  WEIR_ESYNTAX, "expected ',' or ')' after '1'"                   },
    {"F208", "a IN (b)",                                                6,  1,  WEIR_ESYNTAX, "expected a literal after '('"                    },
    {"F209", "a BETWEEN 1, 2",                                          11, 1,  WEIR_ESYNTAX, "expected AND after '1'"                          },
    {"F210", "a IS 5",                                                  2,  4,  WEIR_ESYNTAX, "expected NULL or a type after 'IS'"              },
    {"F210", "a IS ! INT",                                              5,  1,  WEIR_ESYNTAX, "expected NULL or a type after 'IS'"              },
    {"F210", "a NOT ! IN (1)",                                          6,  1,  WEIR_ESYNTAX,
     "expected IN, BETWEEN, LIKE or another word after 'NOT'"                                                                                   },
    {"F210", "a NOT 5",                                                 6,  1,  WEIR_ESYNTAX,
     "expected IN, BETWEEN, LIKE or another word after 'NOT'"                                                                                   },
    {"F211", "foo(a)",                                                  0,  3,  WEIR_ESYNTAX, "there is no function 'foo'"                      },
    {"F212", "a STARTS 'x'",                                            9,  3,  WEIR_ESYNTAX, "expected WITH after 'STARTS'"                    },
    {"F212", "hasPrefix(a)",                                            11, 1,  WEIR_ESYNTAX, "expected ',' after 'a'"                          },
    {"F213", "EXISTS a",                                                7,  1,  WEIR_ESYNTAX, "expected '(' after 'EXISTS'"                     },
    {"F213", "EXISTS(a",                                                8,  0,  WEIR_ESYNTAX, "expected ')' after 'a'"                          },
    {"F213", "contains = 5",                                            9,  1,  WEIR_ESYNTAX, "expected '(' after 'contains'"                   },
    {"F203", "a = contains(b, 'x')",                                    4,  8,  WEIR_ESYNTAX, "expected a value after '='"                      },
    {"F207", "hasPrefix(a, 5)",                                         13, 1,  WEIR_ESYNTAX, "expected a string after ','"                     },
    {"F212", "hasPrefix(a, 'x'",                                        16, 0,  WEIR_ESYNTAX, "expected ')' after 'x'"                          },
    {"F208", "a IN (-'x')",                                             7,  3,  WEIR_ESYNTAX, "expected a literal after '-'"                    },
    {"F202", "(a b) AND c",                                             3,  1,  WEIR_ESYNTAX, "expected a comparison, AND or OR after 'a'"      },
    {"F202", "(a b OR c) AND d",                                        3,  1,  WEIR_ESYNTAX, "expected a comparison, AND or OR after 'a'"      },
    {"F202", "`contains` (b)",                                          11, 1,  WEIR_ESYNTAX,
     "expected a comparison, AND or OR after '`contains`'"                                                                                      },
    {"F213", "EXISTS('a')",                                             7,  3,  WEIR_ESYNTAX, "expected an attribute after '('"                 },
 /* types */
    {"F301", "5 = 'x'",                                                 0,  7,  WEIR_ETYPE,   "a number and a string never compare"             },
    {"F301", "$ts > 5",                                                 0,  7,  WEIR_ETYPE,   "a timestamp and a number never compare"          },
    {"F301", "a BETWEEN 1 AND 'x'",                                     0,  19, WEIR_ETYPE,   "a number and a string never compare"             },
    {"F301", "$type IN ('x', 5)",                                       0,  17, WEIR_ETYPE,   "a string and a number never compare"             },
    {"F301", "'x' BETWEEN 1 AND 2",                                     0,  19, WEIR_ETYPE,   "a string and a number never compare"             },
    {"F301", "'x' BETWEEN a AND 2",                                     0,  19, WEIR_ETYPE,   "a string and a number never compare"             },
    {"F302", "TRUE BETWEEN a AND b",                                    0,  4,  WEIR_ETYPE,   "bools have no order"                             },
    {"F302", "a BETWEEN b AND TRUE",                                    16, 4,  WEIR_ETYPE,   "bools have no order"                             },
    {"F302", "a > TRUE",                                                4,  4,  WEIR_ETYPE,   "bools have no order"                             },
    {"F302", "a BETWEEN FALSE AND TRUE",                                10, 5,  WEIR_ETYPE,   "bools have no order"                             },
    {"F303", "a + 'x' = 5",                                             4,  3,  WEIR_ETYPE,   "there is no arithmetic on a string"              },
    {"F303", "+'x' = 5",                                                1,  3,  WEIR_ETYPE,   "there is no arithmetic on a string"              },
    {"F303", "$ts - 1 > 5",                                             0,  3,  WEIR_ETYPE,   "there is no arithmetic on a timestamp"           },
    {"F304", "a % 2.5 = 0",                                             4,  3,  WEIR_ETYPE,   "% takes ints only"                               },
    {"F305", "a > 9223372036854775807 + 1",                             4,  23, WEIR_ETYPE,   "this constant overflows"                         },
    {"F305", "a > 1e308 * 10",                                          4,  10, WEIR_ETYPE,   "this constant overflows"                         },
    {"F306", "a > 1 / 0",                                               4,  5,  WEIR_ETYPE,   "division by zero"                                },
    {"F306", "a > 1 / 0.0",                                             4,  7,  WEIR_ETYPE,   "division by zero"                                },
    {"F307", "5",                                                       0,  1,  WEIR_ETYPE,   "a value cannot stand where a condition is needed"},
    {"F307", "b AND a + 1",                                             6,  5,  WEIR_ETYPE,   "a value cannot stand where a condition is needed"},
    {"F308", "(a = 1) + 2 > 0",                                         1,  5,  WEIR_ETYPE,
     "a condition cannot stand where a value is needed"                                                                                         },
    {"F308", "a = (b OR c)",                                            5,  6,  WEIR_ETYPE,   "a condition cannot stand where a value is needed"},
    {"F309", "a LIKE 'x' ESCAPE 'yz'",                                  18, 4,  WEIR_ETYPE,
     "ESCAPE takes one character, neither % nor _"                                                                                              },
    {"F309", "a LIKE 'x' ESCAPE '%'",                                   18, 3,  WEIR_ETYPE,
     "ESCAPE takes one character, neither % nor _"                                                                                              },
    {"F310", "a LIKE 'x!y' ESCAPE '!'",                                 0,  23, WEIR_ETYPE,
     "the escape character must stand before %, _ or itself"                                                                                    },
    {"F311", "a + 1 IS NULL",                                           0,  5,  WEIR_ETYPE,
     "only an attribute can be asked whether it is there or of which type it is"                                                                },
    {"F312", "$foo = 1",                                                0,  4,  WEIR_ETYPE,   "there is no attribute '$foo'"                    },
    {"F313", "$hops > 3",                                               0,  5,  WEIR_ETYPE,   "$hops cannot be used in a filter"                },
    {"F314", "a + 1 LIKE 'x'",                                          0,  5,  WEIR_ETYPE,   "a number is no string"                           },
    {"F315", "'abc' MATCHES 'b'",                                       0,  5,  WEIR_ETYPE,   "MATCHES takes an attribute on its left"          },
 /* regular expressions */
    {"F501", "a MATCHES 'x(b'",                                         14, 1,  WEIR_ESYNTAX,
     "regular expression: missing closing parenthesis"                                                                                          },
    {"F501", "a MATCHES 'it''s[' AND b",                                17, 1,  WEIR_ESYNTAX,
     "regular expression: missing terminating ] for character class"                                                                            },
    {"F502", "a MATCHES '(*ACCEPT)'",                                   11, 1,  WEIR_ESYNTAX,
     "regular expression: a verb (*...) is not allowed"                                                                                         },
    {"F502", "a MATCHES '(?-1)'",                                       11, 1,  WEIR_ESYNTAX,
     "regular expression: recursion is not allowed"                                                                                             },
    {"F502", "a MATCHES '(?P>n)'",                                      11, 1,  WEIR_ESYNTAX,
     "regular expression: recursion is not allowed"                                                                                             },
    {"F502", "a MATCHES '(x)\\1'",                                      14, 1,  WEIR_ESYNTAX,
     "regular expression: a back reference is not allowed"                                                                                      },
    {"F503", "a =~ '(?:(?:xy){40}){40}' AND b =~ '(?:(?:xy){40}){40}'", 30, 25, WEIR_ESYNTAX,
     "the patterns of this filter take more than 65536 bytes when compiled"                                                                     },
};

static enum weir_err compile(struct weir_str text, struct weir_diags *diags)
{
    struct weir_filter *filter = NULL;
    enum weir_err err = weir_filter_compile(&filter, text, diags, NULL);

    assert_int_equal(filter != NULL, err == WEIR_OK);
    weir_filter_destroy(filter);
    return err;
}

static void points_at_the_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct weir_diags diags;
        enum weir_err err = compile(weir_str_of(cases[i].text), &diags);
        const struct weir_diag *diag = &diags.v[0];

        if (err != cases[i].err || diags.count != 1)
            fail_msg("%s: %s, %zu diagnostics", cases[i].text, weir_err_text(err), diags.count);
        if (strcmp(diag->code, cases[i].code) != 0 || diag->offset != cases[i].offset ||
            diag->length != cases[i].length || strcmp(diag->message, cases[i].message) != 0)
            fail_msg("%s: %s at %u, %u: %s", cases[i].text, diag->code, diag->offset, diag->length,
                     diag->message);
    }
}

/* Builds "begin" + count times "part" + "end". */
static struct weir_str repeated(char *out, const char *begin, const char *part, size_t count,
                                const char *end)
{
    size_t len = strlen(begin), part_len = strlen(part);

    memcpy(out, begin, len);
    for (size_t i = 0; i < count; i++, len += part_len)
        memcpy(out + len, part, part_len);
    memcpy(out + len, end, strlen(end));
    return (struct weir_str){out, len + strlen(end)};
}

static void keeps_to_the_limits(void **state)
{
    static const struct {
        const char *code, *begin, *part;
        size_t allowed; /* parts that are still good */
        const char *end;
        uint32_t offset;
    } limits[] = {
        {"F401", "a",       " ",     4095, "",     4096},
        {"F402", "",        "!",     32,   "a",    32  },
        {"F407", "a",       "+b",    32,   " > 0", 0   },
        {"F403", "a",       " OR a", 255,  "",     0   },
        {"F403", "a",       "=1&&b", 255,  "",     0   },
        {"F404", "a IN (0", ",1",    255,  ")",    0   },
        {"F405", "",        "a",     255,  " = 1", 0   },
        {"F406", "a =~ '",  "a",     512,  "'",    0   },
    };
    static char text[8192];
    struct weir_diags diags;

    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        size_t more = limits[i].allowed + 1;
        struct weir_str good;

        good = repeated(text, limits[i].begin, limits[i].part, limits[i].allowed, limits[i].end);
        if (compile(good, &diags) != WEIR_OK)
            fail_msg("%s: %s: %s", limits[i].code, diags.v[0].code, diags.v[0].message);
        assert_int_equal(
            compile(repeated(text, limits[i].begin, limits[i].part, more, limits[i].end), &diags),
            WEIR_ELIMIT);
        assert_int_equal(diags.count, 1);
        assert_string_equal(diags.v[0].code, limits[i].code);
        if (limits[i].offset != 0)
            assert_int_equal(diags.v[0].offset, limits[i].offset);
    }
}

static void deep_nesting_is_allowed_and_bounded(void **state)
{
    char text[256];
    struct weir_diags diags;

    (void)state;
    memset(text, '(', 32);
    text[32] = 'a';
    memset(text + 33, ')', 32);
    assert_int_equal(compile((struct weir_str){text, 65}, &diags), WEIR_OK);
    memset(text, '(', 33);
    text[33] = 'a';
    memset(text + 34, ')', 33);
    assert_int_equal(compile((struct weir_str){text, 67}, &diags), WEIR_ELIMIT);
    assert_string_equal(diags.v[0].code, "F402");
}

static void a_zero_byte_is_no_text(void **state)
{
    struct weir_diags diags;

    (void)state;
    assert_int_equal(compile(WEIR_STR("a = 'x\0'"), &diags), WEIR_ESYNTAX);
    assert_string_equal(diags.v[0].code, "F102");
    assert_int_equal(diags.v[0].offset, 6);
}

static void reports_independent_mistakes_in_order(void **state)
{
    static const char text[] = "a >= AND b = ) OR (c < AND d > TRUE) OR e = 'x' + 1 AND $no = 1 "
                               "AND f LIKE 5 AND g IN ()";
    struct weir_diags diags;

    (void)state;
    assert_int_equal(compile(weir_str_of(text), &diags), WEIR_ESYNTAX);
    assert_int_equal(diags.count, WEIR_DIAGS_MAX);
    for (size_t i = 1; i < diags.count; i++)
        assert_true(diags.v[i].offset > diags.v[i - 1].offset);
}

static void warns(void **state)
{
    struct weir_diags diags;

    (void)state;
    assert_int_equal(compile(WEIR_STR("b AND a NOT IN (1, 'x')"), &diags), WEIR_OK);
    assert_int_equal(diags.count, 1);
    assert_string_equal(diags.v[0].code, "W601");
    assert_int_equal(diags.v[0].severity, WEIR_SEVERITY_WARNING);
    assert_int_equal(diags.v[0].offset, 6);
    assert_int_equal(compile(WEIR_STR("a NOT IN (1, 2.5) AND b IN (1, 'x')"), &diags), WEIR_OK);
    assert_int_equal(diags.count, 0);
}

static const struct {
    const char *text, *rendered;
} pictures[] = {
    {"symbol = 'IBM' AND price >= AND volume > 0",
     "error[F203]: expected a value after '>='\n"
     "  1 | symbol = 'IBM' AND price >= AND volume > 0\n"
     "    |                             ^^^ keyword AND here\n"
     "  help: write a number, e.g. price >= 100.0\n"                                       },
    {"a = 1 AND\n\tb ==> 5\nAND c",                "error[F106]: '==>' is not an operator, did you mean '>='?\n"
                                    "  2 |     b ==> 5\n"
                                    "    |       ^^^\n"
                                    "  help: write >=\n"},
    {"a = '\xe6\x97\xa5\xe6\x9c\xac' b",           /* two wide characters */
     "error[F202]: expected AND or OR after '\xe6\x97\xa5\xe6\x9c\xac'\n"
     "  1 | a = '\xe6\x97\xa5\xe6\x9c\xac' b\n"
     "    |            ^ b here\n"                 },
    {"a = 'e\xcc\x81' b",                          /* a combining accent */
     "error[F202]: expected AND or OR after 'e\xcc\x81'\n"
     "  1 | a = 'e\xcc\x81' b\n"
     "    |         ^ b here\n"                                   },
    {"\xe6\x97\xa5 = 5",                           "error[F107]: '\xe6\x97\xa5' has other letters than A to Z\n"
                         "  1 | \xe6\x97\xa5 = 5\n"
                         "    | ^^\n"
                         "  help: write `\xe6\x97\xa5`\n"          },
    {"a >= ",                                      "error[F203]: expected a value after '>='\n"
              "  1 | a >= \n"
              "    |      ^ end of the filter here\n"
              "  help: write a number, e.g. a >= 100.0\n"                     },
    {"a = 5 \x1b[31m",                             "error[F107]: a control character has no meaning here\n"
                       "  1 | a = 5 ?[31m\n"
                       "    |       ^\n"                             },
    {"a = 'x\r\nb",                                /* the caret is at the opening quote */
     "error[F103]: unclosed string\n"
     "  1 | a = 'x\n"
     "    |     ^ it begins here\n"
     "  help: end it with '; inside, a quote is written twice\n"        },
};

static void renders(void **state)
{
    char out[1024];

    (void)state;
    for (size_t i = 0; i < COUNT(pictures); i++) {
        struct weir_str text = weir_str_of(pictures[i].text);
        struct weir_diags diags;
        size_t len;

        (void)compile(text, &diags);
        assert_true(diags.count > 0);
        len = weir_diag_render(out, sizeof out, text, &diags.v[0]);
        assert_string_equal(out, pictures[i].rendered);
        assert_int_equal(len, strlen(out));
    }
}

static void renders_two_places(void **state)
{
    struct weir_diag diag = {.code = "W602",
                             .severity = WEIR_SEVERITY_WARNING,
                             .offset = 0,
                             .length = 5,
                             .other_offset = 10,
                             .other_length = 5,
                             .message = "never true"};
    char out[256];

    (void)state;
    (void)weir_diag_render(out, sizeof out, WEIR_STR("a > 5 AND a < 3"), &diag);
    assert_string_equal(out, "warning[W602]: never true\n"
                             "  1 | a > 5 AND a < 3\n"
                             "    | ^^^^^     -----\n");
    (void)weir_diag_render(out, sizeof out, WEIR_STR("a > 5 AND\na < 3"), &diag);
    assert_string_equal(out, "warning[W602]: never true\n"
                             "  1 | a > 5 AND\n"
                             "    | ^^^^^\n"
                             "  2 | a < 3\n"
                             "    | -----\n");
}

static void places(void **state)
{
    static const struct weir_str text = {"a\n\xc3\xa9\xe6\x97\xa5"
                                         "b\n\n",
                                         10};
    static const struct {
        uint32_t offset, line, column;
    } expected[] = {
        {0,  1, 1},
        {1,  1, 2},
        {2,  2, 1},
        {4,  2, 2},
        {7,  2, 3},
        {8,  2, 4},
        {9,  3, 1},
        {10, 4, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct weir_place place = weir_diag_place(text, expected[i].offset);

        assert_int_equal(place.line, expected[i].line);
        assert_int_equal(place.column, expected[i].column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_at_the_mistake),
        cmocka_unit_test(keeps_to_the_limits),
        cmocka_unit_test(deep_nesting_is_allowed_and_bounded),
        cmocka_unit_test(a_zero_byte_is_no_text),
        cmocka_unit_test(reports_independent_mistakes_in_order),
        cmocka_unit_test(warns),
        cmocka_unit_test(renders),
        cmocka_unit_test(renders_two_places),
        cmocka_unit_test(places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

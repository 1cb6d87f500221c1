/* odd_test.c - what people write who come from elsewhere: other quotes, blanks, letters and signs,
 * and words that are nearly right.  One mistake is told once, with what to write instead. */
#include "support.h"

#include "compiler.h"

#include <weir/text.h>

static const struct {
    const char *text, *code;
    uint32_t offset, length;
    size_t count; /* of mistakes */
    const char *suggestion;
} mistakes[] = {
    {"a = \xc2\xabx\xc2\xbb",                                                                                     "F107", 4,  5,   1, "write 'x'"                                                          },
    {"a = \xe2\x80\xb9x\xe2\x80\xba",                                                                             "F107", 4,  7,   1, "write 'x'"                                                          },
    {"a = \xc2\xb4x\xc2\xb4",                                                                                     "F107", 4,  5,   1, "write 'x'"                                                          },
    {"a = \xe3\x80\x8cx\xe3\x80\x8d",                                                                             "F107", 4,  7,   1, "write 'x'"                                                          },
    {"a = \xe2\x80\x9cit's\xe2\x80\x9d",                                                                          "F107", 4,  10,  1, "write \"it's\""                                                     },
    {"a = \xe2\x80\x9cx",                                                                                         "F107", 4,  3,   1, "strings are in ' or \""                                             },
    {"a = \xe2\x80\x9cx\x0a\xe2\x80\x9d AND b",                                                                   "F107", 4,  3,   2, "strings are in ' or \""                                             },
    {"a.> = 1",                                                                                                   "F107", 0,  3,   1,
     "names have no wild cards: each attribute is named; for a topic write e.g. topic STARTS WITH 'a.'"                                                                                                    },
    {"a.*.b = 1",                                                                                                 "F107", 0,  5,   1,
     "names have no wild cards: each attribute is named; for a topic write e.g. topic STARTS WITH 'a.'"                                                                                                    },
    {"a..b > 5",                                                                                                  "F107", 0,  4,   1, "a name has a letter after each dot; as it is, write `a..b`"         },
    {"a.9 = 1",                                                                                                   "F107", 0,  3,   1, "a name has a letter after each dot; as it is, write `a.9`"          },
    {"]",                                                                                                         "F107", 0,  1,   1, ""                                                                   },
    {"a = 1]",                                                                                                    "F107", 5,  1,   1, ""                                                                   },
    {"a = [1]",                                                                                                   "F107", 4,  1,   1,
     "a list is written in ( ), a name with other characters in backticks"                                                                                                                                 },
    {"  {\"a\": 1}",                                                                                              "F107", 2,  1,   1,
     "'weir filter fmt --from-json' reads the JSON form, 'weir filter convert' event patterns"                                                                                                             },
    {"[{\"a\": 1}]",                                                                                              "F107", 0,  1,   1,
     "'weir filter fmt --from-json' reads the JSON form, 'weir filter convert' event patterns"                                                                                                             },
    {"{}",                                                                                                        "F107", 0,  1,   1,
     "'weir filter fmt --from-json' reads the JSON form, 'weir filter convert' event patterns"                                                                                                             },
    {"{ }",                                                                                                       "F107", 0,  1,   1,
     "'weir filter fmt --from-json' reads the JSON form, 'weir filter convert' event patterns"                                                                                                             },
    {"[\xc3\xa9]",                                                                                                "F107", 0,  1,   2,
     "a list is written in ( ), a name with other characters in backticks"                                                                                                                                 },
    {"[ 1 ]",                                                                                                     "F107", 0,  1,   1,
     "a list is written in ( ), a name with other characters in backticks"                                                                                                                                 },
    {"a = {\xc3\xa9}",                                                                                            "F107", 4,  1,   2,
     "a list is written in ( ), a name with other characters in backticks"                                                                                                                                 },
    {"a = \x7f",                                                                                                  "F107", 4,  1,   1, ""                                                                   },
    {"a \xc3\x97 2 > 1",                                                                                          "F106", 2,  2,   1, "write *"                                                            },
    {"a\xc3\xa9 = 1",                                                                                             "F107", 0,  3,   1, "write `a\xc3\xa9`"                                                  },
    {"\xc3\xa9"
     "a\xc3\x97"
     "b = 1",                                                                                                "F107", 0,  3,   2,
     "write `\xc3\xa9"
     "a`"                                                                                                                                                                                                  },
    {"\xef\xbd\x81 = 1",                                                                                          "F107", 0,  3,   1, "write `\xef\xbd\x81`"                                               },
    {"a \xef\xbc\x9d 1",                                                                                          "F107", 2,  3,   1, "write ="                                                            },
    {"a \xe2\x86\x92 b",                                                                                          "F107", 2,  3,   1, ""                                                                   },
    {"a = 1\xe3\x80\x81",                                                                                         "F107", 5,  3,   1, ""                                                                   },
    {"IBM' = a",                                                                                                  "F103", 3,  1,   1, "end it with '; inside, a quote is written twice"                    },
    {"a = IBM'",                                                                                                  "F103", 7,  1,   1, "a string begins with ' too"                                         },
    {"a = IBM\"",                                                                                                 "F103", 7,  1,   1, "a string begins with \" too"                                        },
    {"a = 'x\"",                                                                                                  "F103", 4,  1,   1, "end it with ' as it begins, not with \""                            },
    {"a = \"x'",                                                                                                  "F103", 4,  1,   1, "end it with \" as it begins, not with '"                            },
    {"a = '",                                                                                                     "F103", 4,  1,   1, "end it with '; inside, a quote is written twice"                    },
    {"begins-with",                                                                                               "F203", 7,  4,   1, "write a name that has a dash in backticks"                          },
    {"foo-with(a, 'x')",                                                                                          "F203", 4,  4,   1, "write a name that has a dash in backticks"                          },
    {"a <=> b",                                                                                                   "F106", 2,  3,   1, "write ="                                                            },
    {"a :: b",                                                                                                    "F106", 2,  2,   1, ""                                                                   },
    {"a /* x */ = 1",                                                                                             "F106", 2,  2,   1, "a comment begins with --"                                           },
    {"a /* x = 1",                                                                                                "F106", 2,  2,   1, "a comment begins with --"                                           },
    {"a // x = 1",                                                                                                "F106", 2,  2,   1, "a comment begins with --"                                           },
    {"a /= 1",                                                                                                    "F106", 2,  2,   1, "a filter assigns nothing; write ="                                  },
    {"a = :x",                                                                                                    "F107", 4,  1,   1, "there are no parameters; write the value itself"                    },
    {":x = a",                                                                                                    "F107", 0,  1,   1, "there are no parameters; write the value itself"                    },
    {"a:x",                                                                                                       "F106", 1,  1,   1, "write ="                                                            },
    {"NULL = a",                                                                                                  "F201", 0,  4,   1, "write e.g. price IS NULL"                                           },
    {"NULL",                                                                                                      "F201", 0,  4,   1, "to use a keyword as a name write `NULL`"                            },
    {"NULL \xc3\xa9",                                                                                             "F201", 0,  4,   2, "to use a keyword as a name write `NULL`"                            },
    {"NULL AND a",                                                                                                "F201", 0,  4,   1, "to use a keyword as a name write `NULL`"                            },
    {"a AND NULL < 5",                                                                                            "F201", 6,  4,   1, "write e.g. price IS NULL"                                           },
    {"a = 1 AND > 5",                                                                                             "F201", 10, 1,   1, "name the attribute again, e.g. a > ..."                             },
    {"a = 1 OR LIKE 'x'",                                                                                         "F201", 9,  4,   1, "name the attribute again, e.g. a LIKE ..."                          },
    {"a IS NULL AND > 5",                                                                                         "F201", 14, 1,   1, "leave out AND, or write a condition"                                },
    {"(a OR b) AND > 5",                                                                                          "F201", 13, 1,   1, "leave out AND, or write a condition"                                },
    {"a AND > 5",                                                                                                 "F201", 6,  1,   1, "leave out AND, or write a condition"                                },
    {"AND > 5",                                                                                                   "F201", 0,  3,   2, ""                                                                   },
    {"a = 1 AND NOT > 5",                                                                                         "F201", 14, 1,   1, ""                                                                   },
    {"IN (1)",                                                                                                    "F201", 0,  2,   1,
     "name the attribute first, e.g. symbol LIKE 'IB%'; as a name a keyword is written `IN`"                                                                                                               },
    {"LIKE 'x'",                                                                                                  "F201", 0,  4,   1,
     "name the attribute first, e.g. symbol LIKE 'IB%'; as a name a keyword is written `LIKE`"                                                                                                             },
    {"WITH = 1",                                                                                                  "F201", 0,  4,   1, "to use a keyword as a name write `WITH`"                            },
    {"ESCAPE 'x'",                                                                                                "F201", 0,  6,   1, "to use a keyword as a name write `ESCAPE`"                          },
    {"in = 5",                                                                                                    "F201", 0,  2,   1, "to use a keyword as a name write `in`"                              },
    {"a = 1 AND in = 5",                                                                                          "F201", 10, 2,   1, "name the attribute again, e.g. a in ..."                            },
    {"a <> NULL",                                                                                                 "F203", 2,  7,   1, "write IS NOT NULL"                                                  },
    {"a < NULL",                                                                                                  "F203", 4,  4,   1, "write a number, e.g. a < 100.0"                                     },
    {"a LIKE x'y'",                                                                                               "F207", 7,  1,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a LIKE x\"y\"",                                                                                             "F207", 7,  1,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a LIKE x`y`",                                                                                               "F207", 7,  1,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a LIKE",                                                                                                    "F207", 6,  0,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a LIKE AND b",                                                                                              "F207", 7,  3,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a LIKE = 'x'",                                                                                              "F207", 7,  1,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a =~ /x+/",                                                                                                 "F207", 5,  4,   1, "write 'x+'"                                                         },
    {"a =~ /x",                                                                                                   "F207", 5,  2,   1, "write '/x'"                                                         },
    {"a LIKE (x)",                                                                                                "F207", 7,  1,   1, "write a pattern, e.g. LIKE 'IB%'"                                   },
    {"a IS `integer`",                                                                                            "F210", 5,  9,   1, ""                                                                   },
    {"a IS integer",                                                                                              "F210", 5,  7,   1, "write INT"                                                          },
    {"a IS AND b",                                                                                                "F210", 5,  3,   1, ""                                                                   },
    {"a IN (1) = 2",                                                                                              "F206", 9,  1,   1, "join two with AND, e.g. 5 < a AND a < 9"                            },
    {"a = 1,000",                                                                                                 "F108", 4,  5,   1, "write 1000"                                                         },
    {"a = 1,000,000",                                                                                             "F108", 4,  9,   1, "write 1000000"                                                      },
    {"a = 1 ,000",                                                                                                "F202", 6,  1,   1, "conditions are joined with AND; a list stands after IN"             },
    {"a = 1,00",                                                                                                  "F202", 5,  1,   1, "conditions are joined with AND; a list stands after IN"             },
    {"a = b,000",                                                                                                 "F202", 5,  1,   1, "conditions are joined with AND; a list stands after IN"             },
    {"a = 1,0000",                                                                                                "F202", 5,  1,   1, "conditions are joined with AND; a list stands after IN"             },
    {"a = 'O'Brien'",                                                                                             "F202", 7,  5,   1, "a quote within a string is written twice: 'O''Brien'"               },
    {"a = \"O\"Brien\"",                                                                                          "F202", 7,  5,   1,
     "a quote within a string is written twice: \"O\"\"Brien\""                                                                                                                                            },
    {"a = 'O'5'",                                                                                                 "F202", 7,  1,   1, "a quote within a string is written twice: 'O''5'"                   },
    {"a = 'O' Brien",                                                                                             "F202", 8,  5,   1, ""                                                                   },
    {"a = 'O'\xc3\xa9'",                                                                                          "F107", 7,  2,   1, "write `\xc3\xa9`"                                                   },
    {"a = 'x'\x0a'y",                                                                                             "F103", 8,  1,   1, "end it with '; inside, a quote is written twice"                    },
    {"a foo 5",                                                                                                   "F202", 2,  3,   1, ""                                                                   },
    {"thisisaverylongnameoffunctionthatnobodyhasindeedforsure(a)",                                                "F211", 0,  55,  1,
     "the functions are hasPrefix, hasSuffix, contains and EXISTS"                                                                                                                                         },
    {"a.b.hasPrefix('x')",                                                                                        "F211", 0,  13,  1,
     "an attribute stands within the parentheses, e.g. hasPrefix(symbol, 'IB')"                                                                                                                            },
    {"a isnt 5",                                                                                                  "F202", 2,  4,   1, ""                                                                   },
    {"a = b = c",                                                                                                 "F206", 6,  1,   1, "join two with AND: a = b AND b = ..."                               },
    {"a NOT = 5",                                                                                                 "F210", 2,  5,   1, "write <>"                                                           },
    {"a NOT NULL",                                                                                                "F210", 2,  8,   1, "write IS NOT NULL"                                                  },
    {"a NOT foo",                                                                                                 "F210", 6,  3,   1, ""                                                                   },
    {"5 OR a",                                                                                                    "F307", 0,  1,   1, "compare it with something, e.g. with = or >"                        },
    {"'x' OR a",                                                                                                  "F307", 0,  3,   1, "compare it with something, e.g. with = or >"                        },
    {"a = 1 OR 'y'",                                                                                              "F307", 9,  3,   1, "write a = 'y'"                                                      },
    {"a OR 'y'",                                                                                                  "F307", 5,  3,   1, "compare it with something, e.g. with = or >"                        },
    {"a + 1 = 2 OR 3",                                                                                            "F307", 13, 1,   1, "compare it with something, e.g. with = or >"                        },
    {"a < 1 OR b + 1",                                                                                            "F307", 9,  5,   1, "compare it with something, e.g. with = or >"                        },
    {"a = \xe2\x80\x9cx\xe2\x80\x9d",                                                                             "F107", 4,  7,   1, "write 'x'"                                                          },
    {"a.b.> = 1",                                                                                                 "F107", 0,  5,   1,
     "names have no wild cards: each attribute is named; for a topic write e.g. topic STARTS WITH 'a.'"                                                                                                    },
    {"a = x\xe2\x80\xba",                                                                                         "F107", 5,  3,   1, "strings are in ' or \""                                             },
    {"a = 1 /",                                                                                                   "F203", 7,  0,   1, ""                                                                   },
    {"a /* x * y */ = 1",                                                                                         "F106", 2,  2,   1, "a comment begins with --"                                           },
    {"a // x\x0a= 1",                                                                                             "F106", 2,  2,   1, "a comment begins with --"                                           },
    {"a ** 2 > 1",                                                                                                "F106", 2,  2,   1, "there is no power; write a product"                                 },
    {"a -> b",                                                                                                    "F106", 2,  2,   1, "the parts of a name are joined by ."                                },
    {"a += 1",                                                                                                    "F106", 2,  2,   1, "a filter assigns nothing; write ="                                  },
    {"a IN (1, NULL)",                                                                                            "F208", 9,  4,   1, "take it out, and ask besides with IS NULL"                          },
    {"a IN (1,,2)",                                                                                               "F208", 8,  1,   1, "leave out the comma, or write a value"                              },
    {"a IN (b)",                                                                                                  "F208", 6,  1,   1, "write 'b'; attributes are compared with ="                          },
    {"a IN (,)",                                                                                                  "F208", 6,  1,   1, ""                                                                   },
    {"(5) = NULL",                                                                                                "F203", 4,  6,   1, "write IS NULL"                                                      },
    {"a =",                                                                                                       "F203", 3,  0,   1, "write a value, e.g. a = 'text'"                                     },
    {"a = 'x' 'y'",                                                                                               "F202", 8,  3,   1, ""                                                                   },
    {"a LIKE x",                                                                                                  "F207", 7,  1,   1, "write 'x'"                                                          },
    {"a LIKE x, y",                                                                                               "F207", 7,  1,   1, "write 'x'"                                                          },
    {"a LIKE 5",                                                                                                  "F207", 7,  1,   1, "write '5'"                                                          },
    {"a = (NOT b)",                                                                                               "F308", 5,  5,   1,
     "conditions are joined with AND, OR and NOT and compared with nothing"                                                                                                                                },
    {"a . b = 1",                                                                                                 "F107", 2,  1,   1,
     "a name has a letter on both sides of a dot; write others in backticks"                                                                                                                               },
    {".a = 1",                                                                                                    "F107", 0,  2,   1, "a name has a letter after each dot; as it is, write `.a`"           },
    {"a = .",                                                                                                     "F107", 4,  1,   1,
     "a name has a letter on both sides of a dot; write others in backticks"                                                                                                                               },
    {"a = 5.a",                                                                                                   "F108", 4,  3,   1, "write e.g. 42, 1_000, 0xff, 1.5 or 2e-3"                            },
    {"a$b = 1",                                                                                                   "F202", 1,  2,   1, ""                                                                   },
    {"a@b = 1",                                                                                                   "F107", 1,  1,   1, "names with other characters are written in backticks"               },
    {"a#b = 1",                                                                                                   "F107", 1,  1,   1, "a comment begins with --"                                           },
    {"a/# = 1",                                                                                                   "F107", 2,  1,   1,
     "there are no wild cards of topics: compare an attribute, e.g. topic STARTS WITH 'a/'"                                                                                                                },
    {"a?b",                                                                                                       "F107", 1,  1,   1, "there are no parameters; write the value itself"                    },
    {"$foo-bar = 1",                                                                                              "F312", 0,  4,   1,
     "names that begin with $ are set by the overlay: $id, $origin, $publisher, $ts, $type"                                                                                                                },
    {"$Type = 'x'",                                                                                               "F312", 0,  5,   1, "write $type"                                                        },
    {"$publishr = 'x'",                                                                                           "F312", 0,  9,   1, "write $publisher"                                                   },
    {"a === 5",                                                                                                   "F106", 2,  3,   1, "write ="                                                            },
    {"b ISNULL",                                                                                                  "F214", 2,  6,   1, "write IS NULL"                                                      },
    {"a EXISTS",                                                                                                  "F213", 0,  8,   1, "write EXISTS(a)"                                                    },
    {"a.b EXISTS AND c",                                                                                          "F213", 0,  10,  1, "write EXISTS(a.b)"                                                  },
    {"1,000 = a",                                                                                                 "F108", 0,  5,   1, "write 1000"                                                         },
    {"a = \"x\"y\" OR b",                                                                                         "F202", 7,  1,   1, "a quote within a string is written twice: \"x\"\"y\""               },
    {"a = `x`y`",                                                                                                 "F202", 7,  1,   2, ""                                                                   },
    {"a = 'x'5",                                                                                                  "F202", 7,  1,   1, "a quote within a string is written twice: 'x''5'"                   },
    {"hasPrefix(a 'x')",                                                                                          "F212", 12, 3,   1,
     "it takes an attribute and a string, e.g. (symbol, 'IB')"                                                                                                                                             },
    {"a hasPrefix 'x'",                                                                                           "F214", 2,  9,   1, "write STARTS WITH"                                                  },
    {"contains(a, b)",                                                                                            "F207", 12, 1,   1, "write 'b'"                                                          },
    {"exists a",                                                                                                  "F213", 7,  1,   1, "write e.g. EXISTS(price)"                                           },
    {"exists(a, b)",                                                                                              "F213", 8,  1,   1, "EXISTS takes one name alone"                                        },
    {"NOT",                                                                                                       "F201", 3,  0,   1, ""                                                                   },
    {"a BETWEEN 1, 2",                                                                                            "F209", 11, 1,   1, "write e.g. BETWEEN 1 AND 9"                                         },
    {"a BETWEEN (1, 2)",                                                                                          "F209", 12, 1,   1, "write e.g. BETWEEN 1 AND 9"                                         },
    {"a is not nul",                                                                                              "F210", 9,  3,   1, "write NULL"                                                         },
    {"a not between 1",                                                                                           "F209", 15, 0,   1, "write e.g. BETWEEN 1 AND 9"                                         },
    {"a = 1,000-5",                                                                                               "F108", 4,  5,   1, "write 1000"                                                         },
    {"a = 1,000:5",                                                                                               "F108", 4,  5,   2, "write 1000"                                                         },
    {"a = 'O'Brien",                                                                                              "F202", 7,  5,   1, "a quote within a string is written twice: 'O''Brien'"               },
    {"a = \"O'\"Brien",                                                                                           "F202", 8,  5,   1,
     "a quote within a string is written twice: \"O'\"\"Brien\""                                                                                                                                           },
    {"a = \xe2\x80\x98x\"y\xe2\x80\x99",                                                                          "F107", 4,  9,   1, "write 'x\"y'"                                                       },
    {".b.> = 1",                                                                                                  "F107", 0,  4,   1,
     "names have no wild cards: each attribute is named; for a topic write e.g. topic STARTS WITH 'a.'"                                                                                                    },
    {".> = 1",                                                                                                    "F107", 0,  1,   1,
     "a name has a letter on both sides of a dot; write others in backticks"                                                                                                                               },
    {"a.b.c> = 1",                                                                                                "F203", 7,  1,   1, "write a number, e.g. a.b.c > 100.0"                                 },
    {"a' = 5",                                                                                                    "F103", 1,  1,   1, "end it with '; inside, a quote is written twice"                    },
    {"IBM'",                                                                                                      "F103", 3,  1,   1, "a string begins with ' too"                                         },
    {"a = OR 'y'",                                                                                                "F203", 4,  2,   1, "write a value, e.g. a = 'text'"                                     },
    {"(a AND) OR 'y'",                                                                                            "F201", 6,  1,   2, "leave out AND, or write a condition"                                },
    {"a IN (1) OR 'y'",                                                                                           "F307", 12, 3,   1, "compare it with something, e.g. with = or >"                        },
    {"a LIKE /x",                                                                                                 "F207", 7,  2,   1, "write '/x'"                                                         },
    {"a LIKE /",                                                                                                  "F207", 7,  1,   1, "write '/'"                                                          },
    {"[",                                                                                                         "F107", 0,  1,   1, "a list is written in ( ), a name with other characters in backticks"},
    {"{",                                                                                                         "F107", 0,  1,   1, "a list is written in ( ), a name with other characters in backticks"},
    {"{ x",                                                                                                       "F107", 0,  1,   1, "a list is written in ( ), a name with other characters in backticks"},
    {"{'a': 1}",                                                                                                  "F107", 0,  1,   2,
     "a list is written in ( ), a name with other characters in backticks"                                                                                                                                 },
    {"a IS int5",                                                                                                 "F210", 5,  4,   1, "write INT"                                                          },
    {"a IS xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
     "F210",                                                                                                              5,  100, 1, ""                                                                   },
    {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx(a)",
     "F211",                                                                                                              0,  100, 1, "the functions are hasPrefix, hasSuffix, contains and EXISTS"        },
    {"a xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 5",
     "F202",                                                                                                              2,  100, 1, ""                                                                   },
    {"a$ = 5",                                                                                                    "F105", 1,  1,   1, ""                                                                   },
    {"a = 'x'$",                                                                                                  "F105", 7,  1,   1, ""                                                                   },
    {"a = 'x'\"y\"",                                                                                              "F202", 7,  3,   1, ""                                                                   },
    {"a = (b) OR 5",                                                                                              "F307", 11, 1,   1, "write a = 5"                                                        },
    {"a OR b OR 5",                                                                                               "F307", 10, 1,   1, "compare it with something, e.g. with = or >"                        },
    {"a = 1,00x",                                                                                                 "F202", 5,  1,   2, "conditions are joined with AND; a list stands after IN"             },
    {"a = \"x\"y\x0az\"",                                                                                         "F202", 7,  1,   1, "a quote within a string is written twice: \"x\"\"y\""               },
    {"IS NULL",                                                                                                   "F201", 0,  2,   1,
     "name the attribute first, e.g. symbol LIKE 'IB%'; as a name a keyword is written `IS`"                                                                                                               },
    {"a AND IS NULL",                                                                                             "F201", 6,  2,   1,
     "name the attribute first, e.g. symbol LIKE 'IB%'; as a name a keyword is written `IS`"                                                                                                               },
    {"NOT IN (5)",                                                                                                "F201", 4,  2,   1,
     "name the attribute first, e.g. symbol LIKE 'IB%'; as a name a keyword is written `IN`"                                                                                                               },
    {"a = 1 AND NOT IN (5)",                                                                                      "F201", 14, 2,   1,
     "name the attribute first, e.g. symbol LIKE 'IB%'; as a name a keyword is written `IN`"                                                                                                               },
    {"\xc3\xa9\xef\xbb\xbf = 1",                                                                                  "F107", 0,  2,   2, "write `\xc3\xa9`"                                                   },
    {"a..b>5",                                                                                                    "F107", 0,  4,   1, "a name has a letter after each dot; as it is, write `a..b`"         },
    {"a = 1.2.3f",                                                                                                "F108", 4,  6,   1, "write e.g. 42, 1_000, 0xff, 1.5 or 2e-3"                            },
    {"a = 5f",                                                                                                    "F108", 4,  2,   1, "write 5; a number has no suffix"                                    },
    {"a LIKE /xy",                                                                                                "F207", 7,  3,   1, "write '/xy'"                                                        },
    {"a = 1,0,000",                                                                                               "F202", 5,  1,   1, "conditions are joined with AND; a list stands after IN"             },
    {"a = TIMESTAMP '2013-10-07T09:30:00.000000000000000000Z'",                                                   "F110", 14, 41,  1,
     "write e.g. '2013-10-07T09:30:00.123Z'"                                                                                                                                                               },
    {"a = AND 5",                                                                                                 "F203", 4,  3,   1, "write a value, e.g. a = 'text'"                                     },
    {"'a b' = 5",                                                                                                 "F301", 0,  9,   1, "names and numbers are written without quotes"                       },
    {"a = IBM'x",                                                                                                 "F103", 7,  1,   1, "end it with '; inside, a quote is written twice"                    },
    {"a = \xe2\x80\x9cx'y\"z\xe2\x80\x9d",                                                                        "F107", 4,  11,  1,
     "strings are in '; inside, a quote is written twice"                                                                                                                                                  },
    {"'abc",                                                                                                      "F103", 0,  1,   1, "end it with '; inside, a quote is written twice"                    },
    {"(,) OR 5",                                                                                                  "F201", 1,  1,   1, ""                                                                   },
    {"a = \xe2\x80\x9cx\xe2\x80\x9dy",                                                                            "F107", 4,  7,   2, "write 'x'"                                                          },
    {"a = \xe2\x80\x9cx\xe2\x80\x9d OR 5",                                                                        "F107", 4,  7,   2, "write 'x'"                                                          },
};

static size_t diagnose(struct weir_diags *diags, const char *text)
{
    struct weir_filter *filter;

    assert_int_not_equal(weir_filter_compile(&filter, weir_str_of(text), diags, NULL), WEIR_OK);
    return diags->count;
}

static void says_what_to_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct weir_diags diags;
        const struct weir_diag *diag = &diags.v[0];

        if (diagnose(&diags, mistakes[i].text) != mistakes[i].count ||
            strcmp(diag->code, mistakes[i].code) != 0 || diag->offset != mistakes[i].offset ||
            diag->length != mistakes[i].length ||
            strcmp(diag->suggestion, mistakes[i].suggestion) != 0)
            fail_msg("%s: %zu: %s at %u, %u: %s", mistakes[i].text, diags.count, diag->code,
                     diag->offset, diag->length, diag->suggestion);
    }
}

/* "before", the character, "after". */
static const char *with_character(char *out, size_t size, const char *before, uint32_t code,
                                  const char *after)
{
    struct weiri_text t = weiri_text_begin(out, size);

    weiri_text_put(&t, weir_str_of(before));
    weiri_text_put_code(&t, code);
    weiri_text_put(&t, weir_str_of(after));
    assert_true(weiri_text_end(&t) < size);
    return out;
}

enum kind { LETTER, QUOTE, BLANK, HIDDEN, OPERATOR, OTHER };

static const struct {
    uint32_t first, last;
    enum kind kind;
} characters[] = {
    {0x80,   0x9f,   OTHER   },
    {0xa0,   0xa0,   BLANK   },
    {0xa1,   0xa1,   OTHER   },
    {0xaa,   0xaa,   LETTER  },
    {0xab,   0xab,   QUOTE   },
    {0xac,   0xac,   OPERATOR},
    {0xad,   0xad,   HIDDEN  },
    {0xb4,   0xb4,   QUOTE   },
    {0xba,   0xba,   LETTER  },
    {0xbb,   0xbb,   QUOTE   },
    {0xbf,   0xbf,   OTHER   },
    {0xc0,   0xd6,   LETTER  },
    {0xd7,   0xd7,   OPERATOR},
    {0xd8,   0xf6,   LETTER  },
    {0xf7,   0xf7,   OPERATOR},
    {0xf8,   0x2ff,  LETTER  },
    {0x370,  0x370,  LETTER  },
    {0x1680, 0x1680, BLANK   },
    {0x2000, 0x200a, BLANK   },
    {0x200b, 0x200f, HIDDEN  },
    {0x2010, 0x2014, OPERATOR},
    {0x2015, 0x2017, OTHER   },
    {0x2018, 0x201f, QUOTE   },
    {0x2020, 0x2027, OTHER   },
    {0x2028, 0x2029, BLANK   },
    {0x202a, 0x202e, HIDDEN  },
    {0x202f, 0x202f, BLANK   },
    {0x2032, 0x2033, QUOTE   },
    {0x2039, 0x203a, QUOTE   },
    {0x205f, 0x205f, BLANK   },
    {0x2060, 0x206f, HIDDEN  },
    {0x2190, 0x2190, OTHER   },
    {0x2264, 0x2265, OPERATOR},
    {0x22ff, 0x22ff, OTHER   },
    {0x3000, 0x3000, BLANK   },
    {0x3001, 0x3001, OTHER   },
    {0x300c, 0x300f, QUOTE   },
    {0x301f, 0x301f, OTHER   },
    {0x3042, 0x3042, LETTER  },
    {0x4e00, 0x4e01, LETTER  },
    {0xfeff, 0xfeff, HIDDEN  },
    {0xff01, 0xff0f, OTHER   },
    {0xff10, 0xff19, LETTER  },
    {0xff1a, 0xff20, OTHER   },
    {0xff21, 0xff3a, LETTER  },
    {0xff3b, 0xff3e, OTHER   },
    {0xff3f, 0xff3f, LETTER  },
    {0xff40, 0xff40, OTHER   },
    {0xff41, 0xff5a, LETTER  },
    {0xff66, 0xff66, LETTER  },
    {0xff5b, 0xff5e, OTHER   },
};

/* As the language has no such character, each is a mistake, of the kind that it is. */
static void check_character(uint32_t code, enum kind kind)
{
    static const char *const codes[] = {"F107", "F107", "F107", "F107", "F106", "F107"};
    char text[64], expected[WEIR_DIAG_ARG_MAX] = "";
    struct weir_diags diags;
    const struct weir_diag *diag = &diags.v[0];

    (void)diagnose(&diags, with_character(text, sizeof text, "a > ", code, " AND b"));
    if (strcmp(diag->code, codes[kind]) != 0 || diag->offset != 4)
        fail_msg("U+%04X: %s at %u: %s", code, diag->code, diag->offset, diag->message);
    if (kind == LETTER)
        (void)with_character(expected, sizeof expected, "write `", code, "`");
    else if (kind == QUOTE)
        (void)snprintf(expected, sizeof expected, "strings are in ' or \"");
    else if (kind == BLANK)
        (void)snprintf(expected, sizeof expected, "put a plain blank there");
    else if (kind == HIDDEN)
        (void)snprintf(expected, sizeof expected, "remove it");
    else if (kind == OPERATOR)
        (void)snprintf(expected, sizeof expected, "write ");
    else if (code >= 0xff01 && code <= 0xff5e) /* full-width ASCII */
        (void)snprintf(expected, sizeof expected, "write %c", (char)(code - 0xfee0));
    if (strncmp(diag->suggestion, expected, strlen(expected)) != 0 ||
        (expected[0] == '\0' && diag->suggestion[0] != '\0'))
        fail_msg("U+%04X: %s", code, diag->suggestion);
}

static void knows_characters_of_each_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++) {
        for (uint32_t code = characters[i].first; code <= characters[i].last; code++)
            check_character(code, characters[i].kind);
    }
}

static void takes_what_quotes_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(characters); i++) {
        for (uint32_t code = characters[i].first;
             characters[i].kind == QUOTE && code <= characters[i].last; code++) {
            char begin[32], text[64];
            struct weir_diags diags;

            (void)with_character(begin, sizeof begin, "a = ", code, "x y");
            assert_int_equal(
                diagnose(&diags, with_character(text, sizeof text, begin, code, " AND b")), 1);
            assert_string_equal(diags.v[0].suggestion, "write 'x y'");
        }
    }
}

/* A run of blanks and of what is not shown is one mistake, at the end of the text too. */
static void passes_over_invisible_runs(void **state)
{
    struct weir_diags diags;

    (void)state;
    assert_int_equal(diagnose(&diags, "a\xc2\xa0\xe2\x80\x8b\xe3\x80\x80= 1"), 1);
    assert_int_equal(diags.v[0].offset, 1);
    assert_int_equal(diags.v[0].length, 8);
    assert_int_equal(diagnose(&diags, "a = 1\xc2\xa0\xef\xbb\xbf"), 1);
    assert_int_equal(diags.v[0].length, 5);
    assert_int_equal(diagnose(&diags, "\xef\xbb\xbf"
                                      "a = 1"),
                     1);
    assert_non_null(strstr(diags.v[0].message, "a byte order mark"));
}

/* Nothing of the filter's text that is quoted in a message acts on a terminal. */
static void shows_nothing_that_acts_on_a_terminal(void **state)
{
    static const uint32_t codes[] = {0x01,   0x09,   0x0a,   0x1b,   0x1f,   0x7f,   0x80,
                                     0x9b,   0x9f,   0xad,   0x200b, 0x200e, 0x200f, 0x2028,
                                     0x202a, 0x202e, 0x2060, 0x2066, 0x206f, 0xfeff};

    (void)state;
    for (size_t i = 0; i < COUNT(codes); i++) {
        char before[32], text[64], character[8], rendered[1024];
        struct weir_diags diags;

        (void)with_character(before, sizeof before, "a = 'x", codes[i], "y'");
        (void)with_character(text, sizeof text, before, 'z', " > 1");
        (void)with_character(character, sizeof character, "", codes[i], "");
        assert_true(diagnose(&diags, text) > 0);
        if (strstr(diags.v[0].message, "x?y") == NULL ||
            strstr(diags.v[0].suggestion, character) != NULL)
            fail_msg("U+%04X: %s", codes[i], diags.v[0].message);
        (void)weir_diag_render(rendered, sizeof rendered, weir_str_of(text), &diags.v[0]);
        if (codes[i] != '\n')
            assert_null(strstr(rendered, character));
    }
}

static void long_texts_are_cut_between_characters(void **state)
{
    char field[WEIR_DIAG_ARG_MAX], text[WEIR_DIAG_ARG_MAX + 8] = "";

    (void)state;
    for (size_t len = WEIR_DIAG_ARG_MAX - 8; len < WEIR_DIAG_ARG_MAX; len++) {
        memset(text, 'x', len);
        memcpy(text + len, "\xe2\x82\xac", sizeof "\xe2\x82\xac");
        weiri_diag_text(field, "%s", text);
        assert_true(weir_str_is_text(weir_str_of(field)));
        if (strlen(text) < WEIR_DIAG_ARG_MAX)
            assert_string_equal(field, text);
        else
            assert_string_equal(field + strlen(field) - 3, "...");
        assert_memory_equal(field, text, strlen(field) - 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_to_write),
        cmocka_unit_test(knows_characters_of_each_kind),
        cmocka_unit_test(takes_what_quotes_hold),
        cmocka_unit_test(passes_over_invisible_runs),
        cmocka_unit_test(shows_nothing_that_acts_on_a_terminal),
        cmocka_unit_test(long_texts_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* tree_test.c - filters to and from the JSON of their trees. */
#include "support.h"

#include "oom.h"
#include "same_tree.h"

#include <cmocka.h>
#include <stdlib.h>

#include <weir/json.h>

#define JSON_MAX 65536
#define E10 "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"
#define E50 E10 E10 E10 E10 E10

static const char *to_json(const struct weir_filter *filter)
{
    static char out[JSON_MAX];
    size_t len = weir_filter_to_json(out, sizeof out, filter);

    assert_true(len < sizeof out);
    assert_int_equal(len, strlen(out));
    return out;
}

static struct weir_filter *from_json(const char *json)
{
    struct weir_json_problem problem;
    struct weir_filter *filter;

    if (weir_filter_from_json(&filter, weir_str_of(json), &problem, NULL) != WEIR_OK)
        fail_msg("%s: %s", json, problem.text);
    return filter;
}

static const struct {
    const char *text, *json;
} cases[] = {
    {"",                                                  "true"                                                                 },
    {"FALSE",                                             "false"                                                                },
    {"halted",                                            "{\"attr\":\"halted\"}"                                                },
    {"NOT a",                                             "{\"op\":\"not\",\"args\":[{\"attr\":\"a\"}]}"                         },
    {"`x \"y` = 'it''s \"\\'",
     "{\"op\":\"=\",\"args\":[{\"attr\":\"x \\\"y\"},\"it's \\\"\\\\\"]}"                                                        },
    {"symbol = 'IBM' AND price > 100.0",
     "{\"op\":\"and\",\"args\":[{\"op\":\"=\",\"args\":[{\"attr\":\"symbol\"},\"IBM\"]},"
     "{\"op\":\">\",\"args\":[{\"attr\":\"price\"},100.0]}]}"                                                                    },
    {"a <> TRUE OR t < TIMESTAMP '2013-10-07T09:30:00Z'",
     "{\"op\":\"or\",\"args\":[{\"op\":\"<>\",\"args\":[{\"attr\":\"a\"},true]},"
     "{\"op\":\"<\",\"args\":[{\"attr\":\"t\"},{\"$timestamp\":\"2013-10-07T09:30:00Z\"}]}]}"                                    },
    {"a NOT IN (2, 1.5)",
     "{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}],\"values\":[1.5,2],\"not\":true}"                                               },
    {"a BETWEEN b AND -c * 2 % 3",
     "{\"op\":\"between\",\"args\":[{\"attr\":\"a\"},{\"attr\":\"b\"},{\"op\":\"%\",\"args\":[{\"op\":"
     "\"*\",\"args\":[{\"op\":\"negate\",\"args\":[{\"attr\":\"c\"}]},2]},3]}]}"                                                 },
    {"a LIKE '_!%' ESCAPE '!'",
     "{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"_\\\\%\",\"escape\":\"\\\\\"}"                                  },
    {"a STARTS WITH 'x'",                                 "{\"op\":\"starts_with\",\"args\":[{\"attr\":\"a\"}],\"text\":\"x\"}"  },
    {"a NOT ENDS WITH 'x'",
     "{\"op\":\"ends_with\",\"args\":[{\"attr\":\"a\"}],\"text\":\"x\",\"not\":true}"                                            },
    {"a CONTAINS ''",                                     "{\"op\":\"contains\",\"args\":[{\"attr\":\"a\"}],\"text\":\"\"}"      },
    {"a =~ '^x+$'",                                       "{\"op\":\"matches\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"^x+$\"}"},
    {"EXISTS($ts)",                                       "{\"op\":\"exists\",\"args\":[{\"attr\":\"$ts\"}]}"                    },
    {"a IS NULL",                                         "{\"op\":\"is\",\"args\":[{\"attr\":\"a\"}],\"type\":\"null\"}"        },
    {"a IS NOT DOUBLE",
     "{\"op\":\"is\",\"args\":[{\"attr\":\"a\"}],\"type\":\"double\",\"not\":true}"                                              },
    {"a + 1 >= b - -9223372036854775808",
     "{\"op\":\">=\",\"args\":[{\"op\":\"+\",\"args\":[{\"attr\":\"a\"},1]},"
     "{\"op\":\"-\",\"args\":[{\"attr\":\"b\"},-9223372036854775808]}]}"                                                         },
};

static void writes_and_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct weir_filter *filter = must_compile(cases[i].text), *again;

        if (strcmp(to_json(filter), cases[i].json) != 0)
            fail_msg("%s\n   gives %s\n  expect %s", cases[i].text, to_json(filter), cases[i].json);
        again = from_json(cases[i].json);
        assert_true(same_tree(weir_filter_tree(filter), weir_filter_tree(again)));
        weir_filter_destroy(again);
        weir_filter_destroy(filter);
    }
}

/* What a program may write though the writer never does. */
static void reads_what_is_not_canonical(void **state)
{
    static const struct {
        const char *json, *text;
    } others[] = {
        {"{\"op\":\"=\",\"args\":[{\"attr\":\"a\"},{\"op\":\"negate\",\"args\":[-5]}]}",                                  "a = 5"              },
        {"{\"op\":\"=\",\"args\":[{\"op\":\"-\",\"args\":[{\"attr\":\"a\"},-5]},1]}",                                     "a - -5 = 1"         },
        {"{\"op\":\"and\",\"args\":[{\"op\":\"and\",\"args\":[{\"attr\":\"a\"}]},{\"attr\":\"b\"}]}",
         "a AND b"                                                                                                                             },
        {"{\"op\":\"or\",\"args\":[{\"attr\":\"a\"}]}",                                                                   "a"                  },
        {" { \"args\" : [ { \"attr\" : \"a\" }, 5 ], \"op\" : \"=\" } \n",                                                "a = 5"              },
        {"{\"op\":\"=\",\"args\":[5,{\"attr\":\"begins-with\"}]}",                                                        "`begins-with` = 5"  },
        {"{\"op\":\"is\",\"args\":[{\"attr\":\"a\"}],\"type\":\"int\",\"not\":false}",                                    "a IS INT"           },
        {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"x%\"}",                                              "a STARTS WITH 'x'"  },
        {"{\"op\":\"=\",\"args\":[{\"op\":\"negate\",\"args\":[{\"op\":\"negate\",\"args\":[{\"attr\":\"a\"}]}]},1]}",
         "-(-a) = 1"                                                                                                                           },
        {"{\"op\":\"=\",\"args\":[{\"op\":\"-\",\"args\":[1,{\"op\":\"negate\",\"args\":[{\"attr\":\"a\"}]}]},1]}",
         "1 - -a = 1"                                                                                                                          },
        {"{\"op\":\"=\",\"args\":[{\"op\":\"*\",\"args\":[-5,{\"attr\":\"a\"}]},1]}",                                     "-5 * a = 1"         },
        {"{\"op\":\"=\",\"args\":[{\"attr\":\"a\"},\"--x\\n\\t'\\u0001\"]}",                                              "a = '--x\n\t''\001'"},
        {"{\"op\":\"contains\",\"args\":[{\"attr\":\"a\"}],\"text\":\"\\u20ac\",\"not\":true}",
         "a NOT CONTAINS '\xE2\x82\xAC'"                                                                                                       },
        {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"\\u20ac%_x\\u20ac\\u20ac\",\"escape\":\"\\u20ac\"}",
         "a LIKE '\\%_x\xE2\x82\xAC' ESCAPE '\\'"                                                                                              },
        {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"_'%\",\"escape\":\"'\"}",
         "a LIKE '_\\%' ESCAPE '\\'"                                                                                                           },
        {"{\"attr\":\"a` OR `b\"}",                                                                                       "`a`` OR ``b`"       },
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct weir_filter *filter = from_json(others[i].json);

        weir_filter_print(text, sizeof text, filter);
        assert_string_equal(text, others[i].text);
        weir_filter_destroy(filter);
    }
}

static const struct {
    const char *json;
    enum weir_err err;
    const char *problem; /* the beginning */
} mistakes[] = {
    {"",                                                                                    WEIR_ESYNTAX, ""                                         },
    {"{",                                                                                   WEIR_ESYNTAX, ""                                         },
    {"null",                                                                                WEIR_ESYNTAX, "null is no value"                         },
    {"[]",                                                                                  WEIR_ESYNTAX, "an array in the place of one value"       },
    {"{}",                                                                                  WEIR_ESYNTAX, "an object without \"op\""                 },
    {"5",                                                                                   WEIR_ETYPE,   "F307: "                                   },
    {"1e400",                                                                               WEIR_ELIMIT,  ""                                         },
    {"\"\\u0000\"",                                                                         WEIR_EINVAL,  ""                                         },
    {"{\"attr\":5}",                                                                        WEIR_ESYNTAX, "/attr: not a string"                      },
    {"{\"attr\":\"\"}",                                                                     WEIR_EINVAL,  "an empty name"                            },
    {"{\"attr\":\"a\",\"x\":1}",                                                            WEIR_ESYNTAX, "a member beside \"attr\""                 },
    {"{\"attr\":\"a\",\"attr\":\"b\"}",                                                     WEIR_EINVAL,  ""                                         },
    {"{\"op\":\"xor\",\"args\":[true]}",                                                    WEIR_ESYNTAX, "/op: not an operation"                    },
    {"{\"op\":5,\"args\":[true]}",                                                          WEIR_ESYNTAX, "/op: not an operation"                    },
    {"{\"op\":\"and\"}",                                                                    WEIR_ESYNTAX, "/args: not an array"                      },
    {"{\"op\":\"and\",\"args\":[]}",                                                        WEIR_ESYNTAX, "/args: not an array"                      },
    {"{\"op\":\"=\",\"args\":[{\"attr\":\"a\"}]}",                                          WEIR_ESYNTAX, "/args: not an array"                      },
    {"{\"op\":\"not\",\"args\":[{\"op\":\"or\",\"args\":[true,null]}]}",                    WEIR_ESYNTAX,
     "/args/0/args/1: null is no value"                                                                                                              },
    {"{\"op\":\"and\",\"args\":[true],\"not\":true}",                                       WEIR_ESYNTAX,
     "/not: the operation has no such member"                                                                                                        },
    {"{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}]}",                                         WEIR_ESYNTAX, "/values: not an array"                    },
    {"{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}],\"values\":[]}",                           WEIR_ESYNTAX,
     "/values: not an array"                                                                                                                         },
    {"{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}],\"values\":[1,[2]]}",                      WEIR_ESYNTAX,
     "/values/1: an array"                                                                                                                           },
    {"{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}],\"values\":[{\"attr\":\"b\"}]}",           WEIR_ESYNTAX,
     "/values/0: an object without"                                                                                                                  },
    {"{\"op\":\"is\",\"args\":[{\"attr\":\"a\"}],\"type\":\"float\"}",                      WEIR_EINVAL,
     "/type: not a type"                                                                                                                             },
    {"{\"op\":\"is\",\"args\":[{\"attr\":\"a\"}]}",                                         WEIR_ESYNTAX, "/type: is missing"                        },
    {"{\"op\":\"exists\",\"args\":[5]}",                                                    WEIR_ESYNTAX, "F213: "                                   },
    {"{\"op\":\"exists\",\"args\":[{\"attr\":\"a\"}],\"not\":true}",                        WEIR_ESYNTAX,
     "/not: the operation has no such member"                                                                                                        },
    {"{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}],\"values\":[1],\"nor\":true}",             WEIR_ESYNTAX,
     "/nor: the operation has no such member"                                                                                                        },
    {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"x\",\"escape\":5}",        WEIR_ESYNTAX,
     "/escape: not a string"                                                                                                                         },
    {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"x\",\"escape\":\"\"}",     WEIR_EINVAL,
     "/escape: not one character"                                                                                                                    },
    {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"x\",\"escape\":\"%\"}",    WEIR_ETYPE,
     "F309: "                                                                                                                                        },
    {"{\"op\":\"matches\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"x\",\"escape\":\"!\"}",
     WEIR_ESYNTAX,                                                                                        "/escape: the operation has no such member"},
    {"{\"op\":\"and\",\"args\":{\"attr\":\"a\"}}",                                          WEIR_ESYNTAX, "/args: not an array"                      },
    {"{\"op\":\"in\",\"args\":[{\"attr\":\"a\"}],\"values\":1}",                            WEIR_ESYNTAX,
     "/values: not an array"                                                                                                                         },
    {"{\"op\":\"contains\",\"args\":[{\"attr\":\"a\"}],\"text\":null}",                     WEIR_ESYNTAX,
     "/text: not a string"                                                                                                                           },
    {"{\"op\":\"contains\",\"args\":[{\"attr\":\"a\"}],\"text\":\"x\",\"not\":null}",       WEIR_ESYNTAX,
     "/not: not a bool"                                                                                                                              },
    {"{\"op\":\"exists\",\"args\":[{\"attr\":\"a\"}],\"x/y~\":1}",                          WEIR_ESYNTAX,
     "/x~1y~0: the operation has no such member"                                                                                                     },
    {"{\"op\":\"exists\",\"args\":[{\"attr\":\"a\"}],\"x" E50 "\":1}",                      WEIR_ESYNTAX,
     "/x" E10
     "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9: the operation has no such member"                                    },
    {"{\"op\":\"starts_with\",\"args\":[5],\"text\":\"x" E50 "\"}",                         WEIR_ETYPE,   "F314: "                                   },
    {"{\"op\":\"starts_with\",\"args\":[5],\"text\":\"" E50 "\"}",                          WEIR_ETYPE,   "F314: "                                   },
    {"{\"op\":\"=\",\"args\":[5,\"x" E50 "\"]}",                                            WEIR_ETYPE,   "F301: "                                   },
    {"{\"op\":\"=\",\"args\":[5,\"" E50 "\"]}",                                             WEIR_ETYPE,   "F301: "                                   },
    {"{\"op\":\"contains\",\"args\":[{\"attr\":\"a\"}],\"text\":\"x\",\"not\":1}",          WEIR_ESYNTAX,
     "/not: not a bool"                                                                                                                              },
    {"{\"op\":\"like\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"x\",\"escape\":\"ab\"}",
     WEIR_EINVAL,                                                                                         "/escape: not one character"               },
    {"{\"op\":\"matches\",\"args\":[{\"attr\":\"a\"}],\"pattern\":\"(\"}",                  WEIR_ESYNTAX, "F501: "                                   },
    {"{\"op\":\"=\",\"args\":[5,\"x\"]}",                                                   WEIR_ETYPE,
     "F301: a number and a string never compare: 5 = 'x'"                                                                                            },
    {"{\"op\":\"=\",\"args\":[{\"attr\":\"a\"},{\"$timestamp\":\"today\"}]}",               WEIR_EINVAL,
     "/args/1: $timestamp"                                                                                                                           },
};

static void refuses_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct weir_json_problem problem = {.text = ""};
        struct weir_filter *filter = NULL;
        enum weir_err err =
            weir_filter_from_json(&filter, weir_str_of(mistakes[i].json), &problem, NULL);

        if (err != mistakes[i].err || filter != NULL || problem.text[0] == '\0' ||
            !weir_str_is_text(weir_str_of(problem.text)) ||
            strncmp(problem.text, mistakes[i].problem, strlen(mistakes[i].problem)) != 0)
            fail_msg("%s: %s: %s", mistakes[i].json, weir_err_text(err), problem.text);
        assert_int_equal(weir_filter_from_json(&filter, weir_str_of(mistakes[i].json), NULL, NULL),
                         err);
    }
}

/* `count` times begin, then middle, then `count` times end. */
static enum weir_err read_repeated(const char *begin, const char *middle, const char *end,
                                   size_t count, struct weir_json_problem *problem)
{
    size_t size = count * (strlen(begin) + strlen(end)) + strlen(middle) + 1, len = 0;
    char *text = malloc(size);
    struct weir_filter *filter;
    enum weir_err err;

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s", begin);
    len += (size_t)snprintf(text + len, size - len, "%s", middle);
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s", end);
    err = weir_filter_from_json(&filter, (struct weir_str){text, len}, problem, NULL);
    if (err == WEIR_OK)
        weir_filter_destroy(filter);
    free(text);
    return err;
}

static enum weir_err read_long_name(size_t len, struct weir_json_problem *problem)
{
    char text[20100];
    struct weir_filter *filter;
    int written = snprintf(text, sizeof text, "{\"attr\":\"%*s\"}", (int)len, "x");

    for (char *c = text; *c != '\0'; c++)
        *c = *c == ' ' ? 'x' : *c;
    return weir_filter_from_json(&filter, (struct weir_str){text, (size_t)written}, problem, NULL);
}

static void keeps_to_the_limits(void **state)
{
    static const char begin[] = "{\"op\":\"not\",\"args\":[", middle[] = "{\"attr\":\"a\"}";
    struct weir_json_problem problem;

    (void)state;
    assert_int_equal(read_repeated(begin, middle, "]}", 32, &problem), WEIR_OK);
    assert_int_equal(read_repeated(begin, middle, "]}", 33, &problem), WEIR_ELIMIT);
    assert_memory_equal(problem.text, "F402", 4);
    assert_int_equal(read_repeated(begin, middle, "]}", 5000, &problem), WEIR_ELIMIT);
    assert_memory_equal(problem.text, "nested", 6);
    assert_int_equal(read_repeated("[", "", "]", 100000, &problem), WEIR_ELIMIT);
    assert_int_equal(read_repeated(",", "", "", 40000, &problem), WEIR_ELIMIT);
    assert_int_equal(read_repeated(" ", "true", "", 300000, &problem), WEIR_ELIMIT);
    assert_int_equal(read_repeated(" ", "true", "", 200000, &problem), WEIR_OK);
    /* As text it is too long for the compiler, which would have to copy it. */
    assert_int_equal(read_long_name(256, &problem), WEIR_ELIMIT);
    assert_memory_equal(problem.text, "F405", 4);
    assert_int_equal(read_long_name(20000, &problem), WEIR_ELIMIT);
    assert_memory_equal(problem.text, "a filter of 20000 bytes", 23);
}

static void random_trees_stay_equal(void **state)
{
    const char *scale = getenv("WEIR_TEST_SCALE");
    unsigned long rounds = 30 * (scale != NULL ? strtoul(scale, NULL, 10) : 100);

    (void)state;
    for (uint64_t seed = 1; seed <= rounds; seed++) {
        struct random_source r = {seed};
        char text[8192];
        struct weir_filter *filter =
            support_compile_random(text, sizeof text, &r, (int)random_below(&r, 4));
        struct weir_filter *again;

        if (filter == NULL)
            continue;
        again = from_json(to_json(filter));
        if (!same_tree(weir_filter_tree(filter), weir_filter_tree(again)))
            fail_msg("seed %llu: %s: %s", (unsigned long long)seed, text, to_json(again));
        weir_filter_destroy(again);
        weir_filter_destroy(filter);
    }
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum weir_err err = WEIR_ENOMEM;
        struct weir_filter *filter = NULL;
        struct oom oom;

        for (size_t n = 0; err != WEIR_OK; n++) {
            oom_init(&oom, n);
            err = weir_filter_from_json(&filter, weir_str_of(cases[i].json), NULL, &oom.alloc);
            if (err != WEIR_OK) {
                assert_int_equal(err, WEIR_ENOMEM);
                assert_null(filter);
                assert_int_equal(oom.live_count, 0);
            }
        }
        weir_filter_destroy(filter);
        assert_int_equal(oom.live_count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads),        cmocka_unit_test(reads_what_is_not_canonical),
        cmocka_unit_test(refuses_mistakes),        cmocka_unit_test(keeps_to_the_limits),
        cmocka_unit_test(random_trees_stay_equal), cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* forms.c - what normal forms look like, their limits, their bytes, and the answers with
 * witnesses. */
#include "support.h"

#include "measured.h"
#include "oom.h"

static const struct {
    const char *text, *form;
} forms[] = {
    {"",                                                                                   "TRUE"                                                                 },
    {"x = 1 OR x = 2",                                                                     "x IN (1, 2)"                                                          },
    {"x = 5.0",                                                                            "x = 5"                                                                },
    {"5 < x",                                                                              "x > 5"                                                                },
    {"NOT x > 5",                                                                          "x <= 5"                                                               },
    {"NOT (x > 5 AND y = 1)",                                                              "x <= 5 OR y <> 1"                                                     },
    {"x > 5 AND x > 7",                                                                    "x > 7"                                                                },
    {"x >= 5 AND x <= 5",                                                                  "x = 5"                                                                },
    {"price > 10 AND price < 5",                                                           "FALSE"                                                                },
    {"x < 5 OR x >= 5",                                                                    "(x IS INT OR x IS DOUBLE)"                                            },
    {"x <> 1 OR x <> 2",                                                                   "(x IS INT OR x IS DOUBLE)"                                            },
    {"x IS NULL OR EXISTS(x)",                                                             "TRUE"                                                                 },
    {"NOT x IS INT",                                                                       "x IS NOT INT"                                                         },
    {"x NOT IN (1, 'a')",                                                                  "FALSE"                                                                },
    {"x IN (1, 'a', TRUE)",                                                                "(x = TRUE OR x = 1 OR x = 'a')"                                       },
    {"x >= ''",                                                                            "x IS STRING"                                                          },
    {"x < ''",                                                                             "FALSE"                                                                },
    {"x LIKE 'ab%'",                                                                       "x STARTS WITH 'ab'"                                                   },
    {"x LIKE '%ab'",                                                                       "x ENDS WITH 'ab'"                                                     },
    {"x NOT LIKE '%ab%'",                                                                  "x NOT CONTAINS 'ab'"                                                  },
    {"x LIKE 'ab'",                                                                        "x = 'ab'"                                                             },
    {"x LIKE '%'",                                                                         "x IS STRING"                                                          },
    {"x STARTS WITH 'ab' AND x STARTS WITH 'abc'",                                         "x STARTS WITH 'abc'"                                                  },
    {"x STARTS WITH 'ab' AND x STARTS WITH 'ac'",                                          "FALSE"                                                                },
    {"x CONTAINS 'b' AND x STARTS WITH 'ab'",                                              "x STARTS WITH 'ab'"                                                   },
    {"x CONTAINS 'b' AND x IN ('a', 'ab', 'b')",                                           "x IN ('ab', 'b')"                                                     },
    {"x CONTAINS 'b' AND x <> 'a'",                                                        "x CONTAINS 'b'"                                                       },
    {"x ENDS WITH 'ab' AND x ENDS WITH 'b'",                                               "x ENDS WITH 'ab'"                                                     },
    {"x ENDS WITH 'a' AND x ENDS WITH 'b'",                                                "FALSE"                                                                },
    {"x CONTAINS 'ab' AND x NOT CONTAINS 'b'",                                             "FALSE"                                                                },
    {"x IS INT AND x > 5",                                                                 "x IS INT AND x > 5"                                                   },
    {"x > 5 OR x > 3 AND y = 1",                                                           "x > 3 AND y = 1 OR x > 5"                                             },
    {"x > 5 OR x > 6 AND y = 1",                                                           "x > 5"                                                                },
    {"ask < bid",                                                                          "EXISTS(ask) AND EXISTS(bid) AND ask < bid"                            },
    {"NOT ask < bid",                                                                      "EXISTS(ask) AND EXISTS(bid) AND ask >= bid"                           },
    {"b - a < 1",                                                                          "(a IS INT OR a IS DOUBLE) AND (b IS INT OR b IS DOUBLE) AND b - a < 1"},
    {"x MATCHES '^ab.'",                                                                   "x STARTS WITH 'ab' AND x MATCHES '^ab.'"                              },
    {"halted AND NOT open",                                                                "halted = TRUE AND open = FALSE"                                       },
    {"x NOT BETWEEN 1 AND 2",                                                              "(x < 1 OR x > 2)"                                                     },
    {"x NOT CONTAINS 'ab' AND x NOT CONTAINS 'b'",                                         "x NOT CONTAINS 'b'"                                                   },
    {"x NOT ENDS WITH 'ab' AND x NOT ENDS WITH 'b'",                                       "x NOT ENDS WITH 'b'"                                                  },
    {"x CONTAINS 'abc' AND x CONTAINS 'b'",                                                "x CONTAINS 'abc'"                                                     },
    {"x = 'cab' OR x > 'd' AND x ENDS WITH 'b'",                                           "(x = 'cab' OR x > 'd') AND x ENDS WITH 'b'"                           },
    {"x = 'cab' OR x > 'd' AND x NOT CONTAINS 'b'",                                        "x = 'cab' OR x > 'd' AND x NOT CONTAINS 'b'"                          },
    {"x > y AND z > x AND x > y",                                                          "EXISTS(x) AND EXISTS(y) AND EXISTS(z) AND x < z AND x > y"            },
    {"x IS NOT DOUBLE AND x IN (5, 'b') OR x IN (5, 6, 'a')",                              "(x IN (5, 6) OR x IN ('a', 'b'))"                                     },
    {"x IN (5, 6, 'a') OR x IS NOT DOUBLE AND x IN (5, 'b')",                              "(x IN (5, 6) OR x IN ('a', 'b'))"                                     },
    {"x IS NOT INT AND x IN (5.0, 'b') OR x IS NOT DOUBLE AND x IN (5, 'a')",
     "(x = 5 OR x IN ('a', 'b'))"                                                                                                                                 },
    {"x CONTAINS 'q' AND x CONTAINS 'r' AND x CONTAINS 'q'",                               "x CONTAINS 'q' AND x CONTAINS 'r'"                                    },
    {"x > 'd' AND x ENDS WITH 'b' OR x = 'cab'",                                           "(x = 'cab' OR x > 'd') AND x ENDS WITH 'b'"                           },
    {"x CONTAINS 'a' OR x CONTAINS 'b'",                                                   "x CONTAINS 'a' OR x CONTAINS 'b'"                                     },
    {"x ENDS WITH 'a' OR x ENDS WITH 'b'",                                                 "x ENDS WITH 'a' OR x ENDS WITH 'b'"                                   },
    {"x NOT CONTAINS 'a' OR x NOT CONTAINS 'b'",                                           "x NOT CONTAINS 'a' OR x NOT CONTAINS 'b'"                             },
    {"x NOT ENDS WITH 'a' OR x NOT ENDS WITH 'b'",                                         "x NOT ENDS WITH 'a' OR x NOT ENDS WITH 'b'"                           },
    {"x > 'c' AND x CONTAINS 'a' OR x < 'b' AND x CONTAINS 'b'",
     "x < 'b' AND x CONTAINS 'b' OR x > 'c' AND x CONTAINS 'a'"                                                                                                   },
    {"x > 'c' AND x CONTAINS 'a' OR x < 'b' AND x CONTAINS 'a'",
     "(x < 'b' OR x > 'c') AND x CONTAINS 'a'"                                                                                                                    },
    {"x IS NULL AND y = 1 AND z = 2 OR EXISTS(x) AND z = 2 AND y = 1",                     "y = 1 AND z = 2"                                                      },
    {"w = 0 AND x IS NULL AND y = 1 AND z = 2 OR w = 0 AND EXISTS(x) AND z = 2 AND y = 1",
     "w = 0 AND y = 1 AND z = 2"                                                                                                                                  },
    {"x >= 'ab' AND x < 'ac'",                                                             "x STARTS WITH 'ab'"                                                   },
    {"x >= 'ab' AND x < 'xc'",                                                             "x >= 'ab' AND x < 'xc'"                                               },
    {"x BETWEEN a AND 3",                                                                  "EXISTS(a) AND x <= 3 AND a <= x"                                      },
};

static void printed_forms(void **state)
{
    char text[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        struct weir_normal *normal = must_normalise(forms[i].text);

        assert_true(weir_normal_print(text, sizeof text, normal) == strlen(text));
        if (strcmp(text, forms[i].form) != 0)
            fail_msg("%s\n   gives %s\n  expect %s", forms[i].text, text, forms[i].form);
        assert_true(weir_normal_is_exact(normal));
        assert_int_equal(weir_normal_is_never(normal), strcmp(text, "FALSE") == 0);
        assert_int_equal(weir_normal_is_always(normal), strcmp(text, "TRUE") == 0);
        weir_normal_destroy(normal);
    }
}

static void print_is_cut_at_size(void **state)
{
    struct weir_normal *normal = must_normalise("x IN (1, 2) AND y STARTS WITH 'abc'");
    char whole[128], cut[128];
    size_t len = weir_normal_print(whole, sizeof whole, normal);

    (void)state;
    for (size_t size = 1; size <= len + 1; size++) {
        memset(cut, 'X', sizeof cut);
        assert_int_equal(weir_normal_print(cut, size, normal), len);
        assert_int_equal(strlen(cut), size - 1);
        assert_memory_equal(cut, whole, size - 1);
        assert_int_equal(cut[size], 'X');
    }
    weir_normal_destroy(normal);
}

static struct weir_normal *normalise_within_limits(const char *text)
{
    struct weir_filter *filter = must_compile(text);
    struct weir_normal *normal, *copy;
    struct oom oom;
    uint64_t steps;

    oom_init(&oom, SIZE_MAX);
    assert_int_equal(
        weiri_normal_create_measured(&normal, &steps, filter, WEIR_ROLE_SUBSCRIPTION, &oom.alloc),
        WEIR_OK);
    assert_in_range(steps, 1, WEIRI_CREATE_STEPS_MAX);
    assert_in_range(oom.peak_size, 1, WEIR_NORMAL_MEMORY_MAX);
    assert_int_equal(weir_normal_copy(&copy, normal, NULL), WEIR_OK);
    weir_normal_destroy(normal);
    assert_int_equal(oom.live_size, 0);
    weir_filter_destroy(filter);
    return copy;
}

/* (a1 OR b1) AND (a2 OR b2) AND ... is 2^n conjunctions. */
static void bombs_become_hulls_within_limits(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX];
    struct weir_normal *normal;
    size_t len = 0;

    (void)state;
    for (int i = 0; i < 60; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "%s(a%d > %d OR b%d = 'x' OR x IN (%d, 7))", i > 0 ? " AND " : "",
                                i, i, i, i);
    normal = normalise_within_limits(text);
    assert_false(weir_normal_is_exact(normal));
    assert_in_range(weir_normal_count(normal), 1, WEIR_CONJUNCTIONS_MAX);
    weir_normal_destroy(normal);

    len = 0;
    for (int i = 0; i < 120; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s(x <> %d AND y%d > 1)",
                                i > 0 ? " OR " : "", i, i % 60);
    normal = normalise_within_limits(text);
    assert_in_range(weir_normal_count(normal), 1, WEIR_CONJUNCTIONS_MAX);
    weir_normal_destroy(normal);
}

/* `1e15` prints as `1000000000000000.0`: the residual's text is longer than a filter may be. */
static void long_residuals_travel(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX];
    struct weir_normal *normal, *again;
    size_t len = (size_t)snprintf(text, sizeof text, "x + 1 IN (0");

    (void)state;
    for (int i = 1; i < WEIR_FILTER_LEAVES_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ", %de13", i);
    (void)snprintf(text + len, sizeof text - len, ")");
    normal = must_normalise(text);
    assert_true(weir_normal_is_exact(normal));
    assert_true(weir_normal_at(normal, 0)->residuals[0].text.len > WEIR_FILTER_TEXT_MAX);
    assert_int_equal(
        weir_normal_decode(&again, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(normal), NULL),
        WEIR_OK);
    assert_true(weir_normal_covers(normal, again, NULL));
    weir_normal_destroy(again);
    weir_normal_destroy(normal);
}

static void hull_keeps_what_all_demand(void **state)
{
    char text[WEIR_FILTER_TEXT_MAX];
    struct weir_normal *normal;
    size_t len =
        (size_t)snprintf(text, sizeof text, "s = 'x' AND p =~ 'a' AND p =~ 'b' AND (FALSE");

    (void)state;
    for (int i = 0; i < 190; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, " OR a%d=1", i);
    snprintf(text + len, sizeof text - len, ")");
    normal = must_normalise(text);
    assert_false(weir_normal_is_exact(normal));
    weir_normal_print(text, sizeof text, normal);
    assert_string_equal(text, "p IS STRING AND s = 'x' AND p MATCHES 'a' AND p MATCHES 'b'");
    weir_normal_destroy(normal);
}

static void equal_filters_have_equal_bytes(void **state)
{
    static const char *const pairs[][2] = {
        {"s =~ 'a' OR s =~ 'b'",              "s =~ 'b' OR s =~ 'a'"              },
        {"s =~ 'a' AND s =~ 'b' OR s =~ 'c'", "s =~ 'c' OR s =~ 'b' AND s =~ 'a'" },
        {"x > 5 AND y = 1 OR z",              "z = TRUE OR 1 = y AND NOT x <= 5.0"},
        {"x IN (3, 1, 2)",                    "x = 2 OR x = 1 OR x = 3.0"         },
        {"x BETWEEN 1 AND 5",                 "x <= 5 AND x >= 1"                 },
        {"s LIKE 'a%'",                       "s >= 'a' AND s < 'b'"              },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct weir_normal *a = must_normalise(pairs[i][0]), *b = must_normalise(pairs[i][1]);

        if (!weir_str_equal(weir_normal_bytes(a), weir_normal_bytes(b)))
            fail_msg("%s and %s differ", pairs[i][0], pairs[i][1]);
        weir_normal_destroy(a);
        weir_normal_destroy(b);
    }
}

static const char *const encoded_texts[] = {
    "",
    "FALSE",
    "x = 1 OR y STARTS WITH 'abc' AND z NOT IN (1.5, 2)",
    "x MATCHES '^a' AND bid > ask OR t < TIMESTAMP '2020-01-01T00:00:00Z' AND s CONTAINS 'q'",
    "x IS NOT INT OR s ENDS WITH 'z' AND s NOT CONTAINS 'y' AND s NOT ENDS WITH 'qz' OR x % 2 = 0",
};

/* Any change of one byte gives another form with just those bytes, or is refused. */
static void damaged_bytes_are_refused_or_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encoded_texts); i++) {
        struct weir_normal *normal = must_normalise(encoded_texts[i]), *other;
        struct weir_str bytes = weir_normal_bytes(normal);
        char copy[1024];

        assert_in_range(bytes.len, 1, sizeof copy);
        memcpy(copy, bytes.ptr, bytes.len);
        for (size_t len = 0; len < bytes.len; len++)
            assert_int_not_equal(weir_normal_decode(&other, WEIR_ROLE_SUBSCRIPTION,
                                                    (struct weir_str){copy, len}, NULL),
                                 WEIR_OK);
        for (size_t at = 0; at < bytes.len; at++) {
            for (int change = 1; change < 256; change += 7) {
                copy[at] = (char)(bytes.ptr[at] ^ change);
                if (weir_normal_decode(&other, WEIR_ROLE_SUBSCRIPTION,
                                       (struct weir_str){copy, bytes.len}, NULL) == WEIR_OK) {
                    assert_memory_equal(weir_normal_bytes(other).ptr, copy, bytes.len);
                    weir_normal_destroy(other);
                }
            }
            copy[at] = bytes.ptr[at];
        }
        weir_normal_destroy(normal);
    }
}

static void create_survives_want_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encoded_texts); i++) {
        struct weir_filter *filter = must_compile(encoded_texts[i]);
        struct weir_normal *normal = NULL;
        enum weir_err err = WEIR_ENOMEM;
        struct oom oom;

        for (size_t n = 0; err != WEIR_OK; n++) {
            oom_init(&oom, n);
            err = weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, &oom.alloc);
            if (err != WEIR_OK) {
                assert_int_equal(err, WEIR_ENOMEM);
                assert_null(normal);
                assert_int_equal(oom.live_count, 0);
            }
        }
        weir_normal_destroy(normal);
        assert_int_equal(oom.live_count, 0);
        weir_filter_destroy(filter);
    }
}

static void decode_survives_want_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(encoded_texts); i++) {
        struct weir_normal *normal = must_normalise(encoded_texts[i]), *copy = NULL;
        enum weir_err err = WEIR_ENOMEM;
        struct oom oom;

        for (size_t n = 0; err != WEIR_OK; n++) {
            oom_init(&oom, n);
            err = weir_normal_decode(&copy, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(normal),
                                     &oom.alloc);
            if (err != WEIR_OK) {
                assert_int_equal(err, WEIR_ENOMEM);
                assert_int_equal(oom.live_count, 0);
            }
        }
        weir_normal_destroy(copy);
        assert_int_equal(oom.live_count, 0);
        weir_normal_destroy(normal);
    }
}

/* ---- answers for people */

static const struct {
    const char *wide, *narrow;
    enum weir_answer answer;
} answers[] = {
    {"x > 5",                                  "x > 6",                                   WEIR_ANSWER_YES    },
    {"x > 6",                                  "x > 5",                                   WEIR_ANSWER_NO     },
    {"x <= 'abc'",                             "x STARTS WITH 'ab'",                      WEIR_ANSWER_NO     },
    {"x > 5 AND y = 1 OR x < 3",               "x > 5",                                   WEIR_ANSWER_NO     },
    {"x CONTAINS 'abc'",                       "x STARTS WITH 'ab' AND x ENDS WITH 'cd'", WEIR_ANSWER_NO     },
    {"bid > ask",                              "bid >= ask",                              WEIR_ANSWER_NO     },
    {"x IS NOT NULL",                          "y = 1",                                   WEIR_ANSWER_NO     },
    {"x NOT LIKE 'a_c'",                       "x STARTS WITH 'a'",                       WEIR_ANSWER_NO     },
    {"x > 5 OR x <= 5 AND y = 1 OR y <> 1",    "EXISTS(y) AND x IS INT AND y IS INT",
     WEIR_ANSWER_UNKNOWN                                                                                     },
    {"a + 0 > 5",                              "a > 5",                                   WEIR_ANSWER_UNKNOWN},
    {"$ts > TIMESTAMP '2020-01-01T00:00:00Z'", "TRUE",                                    WEIR_ANSWER_UNKNOWN},
};

static void covers_shows_a_counter_example(void **state)
{
    struct weir_scratch *scratch = must_scratch();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct weir_filter *wide = must_compile(answers[i].wide);
        struct weir_filter *narrow = must_compile(answers[i].narrow);
        enum weir_answer answer;
        uint8_t *witness;
        size_t size;

        assert_int_equal(weir_filter_covers(&answer, &witness, &size, wide, narrow, NULL), WEIR_OK);
        if (answer != answers[i].answer)
            fail_msg("%s covers %s: %d", answers[i].wide, answers[i].narrow, (int)answer);
        assert_true((witness != NULL) == (answer == WEIR_ANSWER_NO));
        if (witness != NULL) {
            struct weir_notification n;

            assert_int_equal(weir_notification_open(&n, witness, size, NULL), WEIR_OK);
            assert_int_equal(weir_filter_eval(narrow, &n, scratch), WEIR_TRUE);
            assert_int_not_equal(weir_filter_eval(wide, &n, scratch), WEIR_TRUE);
        }
        free(witness);
        weir_filter_destroy(wide);
        weir_filter_destroy(narrow);
    }
    weir_scratch_destroy(scratch);
}

static const struct {
    const char *adv, *sub;
    enum weir_answer answer;
} meetings[] = {
    {"price > 5",                 "price < 5",             WEIR_ANSWER_NO     },
    {"price > 5",                 "price <= 5.5",          WEIR_ANSWER_YES    },
    {"price > 5 AND EXISTS(qty)", "price < 7 AND qty = 3", WEIR_ANSWER_YES    },
    {"s STARTS WITH 'ab'",        "s ENDS WITH 'xy'",      WEIR_ANSWER_YES    },
    {"bid > 0 AND ask > 0",       "bid > ask",             WEIR_ANSWER_YES    },
    {"TRUE",                      "x = 1",                 WEIR_ANSWER_YES    },
    {"x > 1",                     "x * x < 0",             WEIR_ANSWER_UNKNOWN},
};

static void intersects_shows_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(meetings); i++) {
        struct weir_filter *adv = must_compile(meetings[i].adv);
        struct weir_filter *sub = must_compile(meetings[i].sub);
        enum weir_answer answer;
        uint8_t *witness;
        size_t size;

        assert_int_equal(weir_filter_intersects(&answer, &witness, &size, adv, sub, NULL), WEIR_OK);
        if (answer != meetings[i].answer)
            fail_msg("%s intersects %s: %d", meetings[i].adv, meetings[i].sub, (int)answer);
        assert_true((witness != NULL) == (answer == WEIR_ANSWER_YES));
        free(witness);
        weir_filter_destroy(adv);
        weir_filter_destroy(sub);
    }
}

static void answers_survive_want_of_memory(void **state)
{
    struct weir_filter *wide = must_compile("x > 6 AND s CONTAINS 'ab'");
    struct weir_filter *narrow = must_compile("x > 5");
    enum weir_answer answer;
    enum weir_err err = WEIR_ENOMEM;
    uint8_t *witness = NULL;
    struct oom oom;

    (void)state;
    for (size_t n = 0; err != WEIR_OK; n++) {
        oom_init(&oom, n);
        err = weir_filter_covers(&answer, &witness, NULL, wide, narrow, &oom.alloc);
        if (err != WEIR_OK) {
            assert_int_equal(err, WEIR_ENOMEM);
            assert_null(witness);
            assert_int_equal(oom.live_count, 0);
        }
    }
    assert_int_equal(answer, WEIR_ANSWER_NO);
    oom_release(&oom, witness);
    assert_int_equal(oom.live_count, 0);
    weir_filter_destroy(wide);
    weir_filter_destroy(narrow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_forms),
        cmocka_unit_test(print_is_cut_at_size),
        cmocka_unit_test(bombs_become_hulls_within_limits),
        cmocka_unit_test(long_residuals_travel),
        cmocka_unit_test(hull_keeps_what_all_demand),
        cmocka_unit_test(equal_filters_have_equal_bytes),
        cmocka_unit_test(damaged_bytes_are_refused_or_canonical),
        cmocka_unit_test(create_survives_want_of_memory),
        cmocka_unit_test(decode_survives_want_of_memory),
        cmocka_unit_test(covers_shows_a_counter_example),
        cmocka_unit_test(intersects_shows_an_example),
        cmocka_unit_test(answers_survive_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

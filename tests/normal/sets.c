/* sets.c - intervals, texts and the operations on domains, each on its own.
 *
 * Domains are written as filters over one attribute.  What an operation gives is compared with the
 * expected filter, in both orders of its operands, and with membership of a universe of values. */
#include "support.h"

#include "domains.h"
#include "pattern.h"
#include "strings.h"
#include "text.h"

#define TEXT_SIZE 512
#define LETTERS "abc"
#define LENGTH_MAX 4

/* ---- intervals */

static struct weir_interval between(int low, bool low_closed, int high, bool high_closed)
{
    return (struct weir_interval){
        {true, low_closed,  weir_value_int(low) },
        {true, high_closed, weir_value_int(high)}
    };
}

static void intervals_follow_when_not_empty_and_apart(void **state)
{
    const struct weir_interval empty = between(5, true, 5, false),
                               point = between(5, true, 5, true);
    const struct weir_interval low = between(1, true, 2, false),
                               touching = between(2, true, 3, true);
    const struct weir_interval apart = between(2, false, 3, true),
                               inside = between(1, true, 1, true);

    (void)state;
    assert_true(weiri_interval_follows(&point, NULL));
    assert_false(weiri_interval_follows(&empty, NULL));
    assert_false(weiri_interval_follows(&empty, &low));
    assert_false(weiri_interval_follows(&touching, &low));
    assert_true(weiri_interval_follows(&apart, &low));
    assert_false(weiri_interval_follows(&inside, &apart));
    assert_false(weiri_interval_follows(&point, &point));
}

static void a_set_is_less_than_one_that_begins_like_it(void **state)
{
    const struct weir_interval v[] = {between(1, true, 2, false), between(3, true, 3, true)};
    const struct weir_intervals one = {v, 1}, two = {v, 2};

    (void)state;
    assert_true(weiri_intervals_compare(&one, &two) < 0);
    assert_true(weiri_intervals_compare(&two, &one) > 0);
    assert_int_equal(weiri_intervals_compare(&two, &two), 0);
    assert_false(weiri_intervals_equal(&one, &two));
}

static void only_a_missing_point_between_is_a_missed_point(void **state)
{
    const struct weir_interval open = between(1, true, 2, false),
                               closed = between(1, true, 2, true);
    const struct weir_interval next = between(2, false, 3, true), at = between(2, true, 3, true);
    const struct weir_interval later = between(3, false, 4, true);
    struct weir_interval up = open, down = next;

    (void)state;
    assert_true(weiri_intervals_miss_point(&open, &next));
    assert_false(weiri_intervals_miss_point(&closed, &next));
    assert_false(weiri_intervals_miss_point(&open, &at));
    assert_false(weiri_intervals_miss_point(&open, &later));
    up.high.bounded = false;
    assert_false(weiri_intervals_miss_point(&up, &next));
    down.low.bounded = false;
    assert_false(weiri_intervals_miss_point(&open, &down));
}

static void only_two_closed_equal_ends_are_a_point(void **state)
{
    struct weir_interval interval = between(1, true, 1, true);

    (void)state;
    assert_true(weiri_interval_is_point(&interval));
    interval.high.bounded = false;
    assert_false(weiri_interval_is_point(&interval));
    interval = between(1, true, 1, true);
    interval.low.bounded = false;
    assert_false(weiri_interval_is_point(&interval));
    for (int closed = 0; closed < 3; closed++) {
        interval = between(1, (closed & 1) != 0, 1, (closed & 2) != 0);
        assert_false(weiri_interval_is_point(&interval));
    }
    interval = between(1, true, 2, true);
    assert_false(weiri_interval_is_point(&interval));
}

/* ---- texts: what lies beyond their end is not theirs */

static void texts_end_where_they_end(void **state)
{
    const char accents[] = "a\xc3\xa9", letters[] = "abcd";
    struct weir_interval interval = {
        {true, true,  weir_value_string((struct weir_str){letters, 2})},
        {true, false, weir_value_string(WEIR_STR("abd"))              }
    };

    (void)state;
    assert_int_equal(weiri_text_boundary((struct weir_str){accents, 2}, 2), 2);
    assert_int_equal(weiri_text_boundary((struct weir_str){accents, 3}, 2), 1);
    assert_int_equal(weiri_text_boundary((struct weir_str){accents + 2, 1}, 0), 0);
    assert_int_equal(weiri_text_step((struct weir_str){accents, 2}, 1), 1);
    assert_int_equal(weiri_text_step((struct weir_str){accents, 3}, 1), 2);
    assert_true(weir_str_equal(weiri_text_sure_prefix(&interval), WEIR_STR("ab")));
    interval.high.value = weir_value_string(WEIR_STR("abcd"));
    assert_true(weir_str_equal(weiri_text_sure_prefix(&interval), WEIR_STR("ab")));
}

static void texts_start_and_end_with_no_more_than_they_have(void **state)
{
    (void)state;
    assert_true(weiri_text_starts(WEIR_STR("ab"), WEIR_STR("")));
    assert_true(weiri_text_starts(WEIR_STR("ab"), WEIR_STR("ab")));
    assert_false(weiri_text_starts(WEIR_STR("ab"), WEIR_STR("abc")));
    assert_false(weiri_text_starts(WEIR_STR("ab"), WEIR_STR("b")));
    assert_true(weiri_text_ends(WEIR_STR("ab"), WEIR_STR("")));
    assert_true(weiri_text_ends(WEIR_STR("ab"), WEIR_STR("ab")));
    assert_false(weiri_text_ends(WEIR_STR("ab"), WEIR_STR("cab")));
    assert_false(weiri_text_ends(WEIR_STR("ab"), WEIR_STR("a")));
}

/* What escapes nothing, as no filter has it, stands for itself. */
static void patterns_may_end_with_their_escape(void **state)
{
    struct weiri_pool pool;
    struct weiri_like like;
    char prefix[8];

    (void)state;
    weiri_pool_init(&pool, NULL);
    assert_true(weiri_like_read(&like, WEIR_STR("%a!"), '!', &pool));
    assert_true(weir_str_equal(like.last, WEIR_STR("a!")));
    weiri_pool_fini(&pool);
    assert_int_equal(weiri_regex_prefix(prefix, (struct weir_str){"^a\\.", 3}), 1);
    assert_memory_equal(prefix, "a", 1);
}

/* ---- domains */

static struct weir_domain domain_of(const struct weir_normal *normal)
{
    if (weir_normal_is_always(normal))
        return weiri_domain_of_kinds(WEIR_KIND_ALL);
    if (weir_normal_is_never(normal))
        return (struct weir_domain){0};
    assert_int_equal(weir_normal_count(normal), 1);
    assert_int_equal(weir_normal_at(normal, 0)->constraint_count, 1);
    return weir_normal_at(normal, 0)->constraints[0].domain;
}

enum operation { INTERSECT, UNITE };

static void apply(enum operation operation, const char *left, const char *right,
                  const char *expected, bool exact)
{
    struct weir_normal *a = must_normalise(left), *b = must_normalise(right);
    struct weir_normal *c = must_normalise(expected);
    const struct weir_domain one = domain_of(a), other = domain_of(b), wanted = domain_of(c);
    struct weir_domain out;
    struct weiri_pool pool;
    bool was_exact = true;

    weiri_pool_init(&pool, NULL);
    assert_true(operation == INTERSECT ? weiri_domain_intersect(&out, &one, &other, &pool)
                                       : weiri_domain_unite(&out, &was_exact, &one, &other, &pool));
    if (weiri_domain_compare(&out, &wanted) != 0 || was_exact != exact) {
        char text[TEXT_SIZE];
        const struct weir_constraint constraint = {WEIR_STR("x"), out};

        weir_constraint_print(text, sizeof text, &constraint);
        fail_msg("%s\n  with %s\n  gives %s, %sexact\n  expect %s", left, right, text,
                 was_exact ? "" : "not ", expected);
    }
    weiri_pool_fini(&pool);
    weir_normal_destroy(a);
    weir_normal_destroy(b);
    weir_normal_destroy(c);
}

static const struct {
    const char *a, *b, *both;
} intersections[] = {
    {"x ENDS WITH 'ab'",                     "x NOT ENDS WITH 'b'",                  "FALSE"                                                  },
    {"x ENDS WITH 'ab'",                     "x NOT CONTAINS 'a'",                   "FALSE"                                                  },
    {"x ENDS WITH 'ab'",                     "x ENDS WITH 'cb'",                     "FALSE"                                                  },
    {"x CONTAINS 'ab'",                      "x NOT CONTAINS 'b'",                   "FALSE"                                                  },
    {"x ENDS WITH 'ab'",                     "x NOT ENDS WITH 'aab'",                "x ENDS WITH 'ab' AND x NOT ENDS WITH 'aab'"             },
    {"x NOT ENDS WITH 'ab'",                 "x NOT CONTAINS 'b'",                   "x NOT CONTAINS 'b'"                                     },
    {"x ENDS WITH 'a'",                      "x NOT ENDS WITH 'b'",                  "x ENDS WITH 'a'"                                        },
    {"x NOT CONTAINS 'a'",                   "x NOT CONTAINS 'ba'",                  "x NOT CONTAINS 'a'"                                     },
    {"x NOT CONTAINS 'b'",                   "x NOT CONTAINS 'ab'",                  "x NOT CONTAINS 'b'"                                     },
    {"x NOT ENDS WITH 'a'",                  "x NOT ENDS WITH 'ba'",                 "x NOT ENDS WITH 'a'"                                    },
    {"x NOT ENDS WITH 'b'",                  "x NOT ENDS WITH 'ab'",                 "x NOT ENDS WITH 'b'"                                    },
    {"x CONTAINS 'a'",                       "x CONTAINS 'bab'",                     "x CONTAINS 'bab'"                                       },
    {"x CONTAINS 'b'",                       "x ENDS WITH 'abc'",                    "x ENDS WITH 'abc'"                                      },
    {"x ENDS WITH 'b'",                      "x ENDS WITH 'ab'",                     "x ENDS WITH 'ab'"                                       },
    {"x ENDS WITH 'b'",                      "x ENDS WITH 'bb'",                     "x ENDS WITH 'bb'"                                       },
    {"x NOT CONTAINS 'ab'",                  "x STARTS WITH 'cab'",                  "FALSE"                                                  },
    {"x NOT CONTAINS 'ab'",                  "x STARTS WITH 'ca'",                   "x STARTS WITH 'ca' AND x NOT CONTAINS 'ab'"             },
    {"x NOT ENDS WITH 'b'",                  "x IN ('ab', 'a', 'b')",                "x = 'a'"                                                },
    {"x NOT ENDS WITH 'b'",                  "x <> 'ab'",                            "x NOT ENDS WITH 'b'"                                    },
    {"x ENDS WITH 'b'",                      "x <> 'ab'",                            "x ENDS WITH 'b' AND x <> 'ab'"                          },
    {"x CONTAINS 'b'",                       "x NOT IN ('a', 'ab')",                 "x CONTAINS 'b' AND x <> 'ab'"                           },
    {"x CONTAINS 'a' OR x = 1",              "x < 'b' OR x = 2",                     "x CONTAINS 'a' AND x < 'b'"                             },
    {"x CONTAINS 'a'",                       "x STARTS WITH 'ca'",                   "x STARTS WITH 'ca'"                                     },
    {"x CONTAINS 'a'",                       "x >= 'b' AND x < 'd'",                 "x >= 'b' AND x < 'd' AND x CONTAINS 'a'"                },
    {"x IS INT",                             "x > 5",                                "x IS INT AND x > 5"                                     },
    {"x > 5",                                "x > 'a'",                              "FALSE"                                                  },
    {"x < 5",                                "x > 5",                                "FALSE"                                                  },
    {"x <= 5",                               "x >= 5",                               "x = 5"                                                  },
    {"x < TIMESTAMP '2020-01-01T00:00:00Z'", "x IS TIMESTAMP",
     "x < TIMESTAMP '2020-01-01T00:00:00Z'"                                                                                                   },
    {"x < TIMESTAMP '2020-01-01T00:00:00Z'", "x > TIMESTAMP '2020-01-01T00:00:00Z'", "FALSE"                                                  },
    {"x < TIMESTAMP '2020-01-01T00:00:00Z'", "x > 'a'",                              "FALSE"                                                  },
    {"x IS NOT STRING",                      "x IS NOT INT",                         "x IS NULL OR x IS BOOL OR x IS DOUBLE OR x IS TIMESTAMP"},
    {"EXISTS(x)",                            "x IS NULL OR x = TRUE",                "x = TRUE"                                               },
};

static void intersections_are_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(intersections); i++) {
        apply(INTERSECT, intersections[i].a, intersections[i].b, intersections[i].both, true);
        apply(INTERSECT, intersections[i].b, intersections[i].a, intersections[i].both, true);
    }
}

static const struct {
    const char *a, *b, *either;
    bool exact;
} unions[] = {
    {"x = 1",                                "x = 2",                                                   "x IN (1, 2)",                               true },
    {"x < 5",                                "x >= 5",                                                  "x IS INT OR x IS DOUBLE",                   true },
    {"x < 5",                                "x > 5",                                                   "x <> 5",                                    true },
    {"x < 5 OR x = 7",                       "x IN (5, 6)",                                             "x <= 5 OR x IN (6, 7)",                     true },
    {"x < 'b'",                              "x = TRUE",                                                "x < 'b' OR x = TRUE",                       true },
    {"x CONTAINS 'b'",                       "x = 1",                                                   "x CONTAINS 'b' OR x = 1",                   true },
    {"x CONTAINS 'b'",                       "x CONTAINS 'abc'",                                        "x CONTAINS 'b'",                            true },
    {"x CONTAINS 'a'",                       "x CONTAINS 'bab'",                                        "x CONTAINS 'a'",                            true },
    {"x ENDS WITH 'a'",                      "x ENDS WITH 'ba'",                                        "x ENDS WITH 'a'",                           true },
    {"x NOT CONTAINS 'a'",                   "x NOT CONTAINS 'ab'",                                     "x NOT CONTAINS 'ab'",                       true },
    {"x NOT ENDS WITH 'b'",                  "x NOT ENDS WITH 'ab'",                                    "x NOT ENDS WITH 'ab'",                      true },
    {"x > 'a'",                              "x CONTAINS 'b' AND x > 'b'",                              "x > 'a'",                                   true },
    {"x = 'xb'",                             "x < 'd' AND x ENDS WITH 'b'",                             "(x < 'd' OR x = 'xb') AND x ENDS WITH 'b'", true },
    {"x = 'a'",                              "x < 'd' AND x ENDS WITH 'b'",                             "x < 'd'",                                   false},
    {"x < 'b' AND x CONTAINS 'b'",           "x > 'c' AND x CONTAINS 'b'",
     "(x < 'b' OR x > 'c') AND x CONTAINS 'b'",                                                                                                      true },
    {"x < 'b' AND x CONTAINS 'a'",           "x > 'd' AND x CONTAINS 'a' AND x CONTAINS 'c'",
     "(x < 'b' OR x > 'd') AND x CONTAINS 'a'",                                                                                                      false},
    {"x < 'b' AND x CONTAINS 'a'",           "x > 'd' AND x CONTAINS 'c'",                              "x < 'b' OR x > 'd'",                        false},
    {"x < 'b' AND x NOT CONTAINS 'c'",       "x > 'd' AND x NOT CONTAINS 'c' AND x NOT CONTAINS 'a'",
     "(x < 'b' OR x > 'd') AND x NOT CONTAINS 'c'",                                                                                                  false},
    {"x < 'b' AND x NOT ENDS WITH 'c'",      "x > 'd' AND x NOT ENDS WITH 'c' AND x NOT ENDS WITH 'a'",
     "(x < 'b' OR x > 'd') AND x NOT ENDS WITH 'c'",                                                                                                 false},
    {"x < 'b' AND x ENDS WITH 'c'",          "x > 'd' AND x ENDS WITH 'c' AND x CONTAINS 'a'",
     "(x < 'b' OR x > 'd') AND x ENDS WITH 'c'",                                                                                                     false},
    {"x IS INT",                             "x IS DOUBLE",                                             "x IS INT OR x IS DOUBLE",                   true },
    {"x IS INT AND x > 5",                   "x > 3",                                                   "x > 3",                                     true },
    {"x IS INT AND x > 3",                   "x IS DOUBLE AND x > 3",                                   "x > 3",                                     true },
    {"x IS INT AND x > 3",                   "x IS DOUBLE AND x > 5",                                   "x > 3",                                     false},
    {"x IS INT AND x > 3",                   "x > 5",                                                   "x > 3",                                     false},
    {"x IS INT AND x > 3",                   "x = 'a'",                                                 "x IS INT AND x > 3 OR x = 'a'",             true },
    {"x < TIMESTAMP '2020-01-01T00:00:00Z'", "x >= TIMESTAMP '2020-01-01T00:00:00Z'",
     "x IS TIMESTAMP",                                                                                                                               true },
    {"x IS NULL",                            "EXISTS(x)",                                               "TRUE",                                      true },
};

static void unions_are_exact_or_hulls(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(unions); i++) {
        apply(UNITE, unions[i].a, unions[i].b, unions[i].either, unions[i].exact);
        apply(UNITE, unions[i].b, unions[i].a, unions[i].either, unions[i].exact);
    }
}

static const struct {
    const char *a, *b;
    bool a_includes_b, b_includes_a, meet;
} relations[] = {
    {"x CONTAINS 'b'",                                "x CONTAINS 'ab'",                                  true,  false, true },
    {"x CONTAINS 'b'",                                "x ENDS WITH 'ab'",                                 true,  false, true },
    {"x CONTAINS 'b'",                                "x STARTS WITH 'ab'",                               true,  false, true },
    {"x CONTAINS 'b'",                                "x IN ('ab', 'b')",                                 true,  false, true },
    {"x CONTAINS 'b'",                                "x IN ('ab', 'a')",                                 false, false, true },
    {"x ENDS WITH 'b'",                               "x ENDS WITH 'ab'",                                 true,  false, true },
    {"x ENDS WITH 'b'",                               "x IN ('ab', 'b')",                                 true,  false, true },
    {"x ENDS WITH 'b'",                               "x IN ('ab', 'a')",                                 false, false, true },
    {"x ENDS WITH 'b'",                               "x STARTS WITH 'ab'",                               false, false, true },
    {"x NOT CONTAINS 'ab'",                           "x NOT CONTAINS 'b'",                               true,  false, true },
    {"x NOT CONTAINS 'b'",                            "x IN ('c', 'a')",                                  true,  false, true },
    {"x NOT CONTAINS 'b'",                            "x IN ('c', 'ab')",                                 false, false, true },
    {"x NOT CONTAINS 'b'",                            "x ENDS WITH 'ab'",                                 false, false, false},
    {"x NOT CONTAINS 'b'",                            "x CONTAINS 'ab'",                                  false, false, false},
    {"x NOT CONTAINS 'b'",                            "x = 'ab'",                                         false, false, false},
    {"x NOT CONTAINS 'b'",                            "x STARTS WITH 'ab'",                               false, false, false},
    {"x NOT ENDS WITH 'ab'",                          "x NOT ENDS WITH 'b'",                              true,  false, true },
    {"x NOT ENDS WITH 'b'",                           "x NOT CONTAINS 'b'",                               true,  false, true },
    {"x NOT ENDS WITH 'b'",                           "x ENDS WITH 'a'",                                  true,  false, true },
    {"x NOT ENDS WITH 'b'",                           "x ENDS WITH 'ab'",                                 false, false, false},
    {"x NOT ENDS WITH 'b'",                           "x = 'a'",                                          true,  false, true },
    {"x NOT ENDS WITH 'b'",                           "x = 'ab'",                                         false, false, false},
    {"x ENDS WITH 'ab'",                              "x ENDS WITH 'cb'",                                 false, false, false},
    {"x ENDS WITH 'ab'",                              "x CONTAINS 'c'",                                   false, false, true },
    {"x > 'a'",                                       "x >= 'a' AND x NOT CONTAINS 'a'",                  true,  false, true },
    {"x <> 'ab'",                                     "x CONTAINS 'c'",                                   true,  false, true },
    {"x <> 'ab'",                                     "x NOT CONTAINS 'a'",                               true,  false, true },
    {"x <> 'ab'",                                     "x ENDS WITH 'ab'",                                 false, false, true },
    {"x NOT STARTS WITH 'ab'",                        "x NOT CONTAINS 'b'",                               true,  false, true },
    {"x NOT STARTS WITH 'ab'",                        "x CONTAINS 'ab'",                                  false, false, true },
    {"x < 'b'",                                       "x CONTAINS 'c' AND x > 'c'",                       false, false, false},
    {"x IS INT",                                      "x IS DOUBLE",                                      false, false, false},
    {"x IS INT",                                      "x = 5",                                            false, false, true },
    {"x <> 5",                                        "x > 5",                                            true,  false, true },
    {"x < 5",                                         "x > 5",                                            false, false, false},
    {"x <= 5",                                        "x >= 5",                                           false, false, true },
    {"x IS NULL OR x = 1",                            "x IS NULL OR x = 2",                               false, false, true },
    {"x = TRUE",                                      "x = FALSE",                                        false, false, false},
    {"x IS BOOL",                                     "x = FALSE",                                        true,  false, true },
    {"x = TRUE OR x = 1",                             "x = 1",                                            true,  false, true },
    {"x IS NOT INT",                                  "x IS DOUBLE AND x > 1",                            true,  false, true },
    {"x < TIMESTAMP '2020-01-01T00:00:00Z' OR x = 1", "x <= TIMESTAMP '2020-01-01T00:00:00Z'",
     false,                                                                                                      false, true },
    {"x < TIMESTAMP '2020-01-01T00:00:00Z'",          "x >= TIMESTAMP '2020-01-01T00:00:00Z' OR x = 'a'",
     false,                                                                                                      false, false},
};

static void domains_include_and_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(relations); i++) {
        struct weir_normal *na = must_normalise(relations[i].a);
        struct weir_normal *nb = must_normalise(relations[i].b);
        const struct weir_domain a = domain_of(na), b = domain_of(nb);

        if (weiri_domain_includes(&a, &b, WEIR_KIND_ALL) != relations[i].a_includes_b ||
            weiri_domain_includes(&b, &a, WEIR_KIND_ALL) != relations[i].b_includes_a ||
            weiri_domain_meets(&a, &b, WEIR_KIND_ALL) != relations[i].meet ||
            weiri_domain_meets(&b, &a, WEIR_KIND_ALL) != relations[i].meet)
            fail_msg("%s and %s", relations[i].a, relations[i].b);
        weir_normal_destroy(na);
        weir_normal_destroy(nb);
    }
}

static const struct {
    const char *less, *greater;
} orders[] = {
    {"x IS NULL",                                  "x = FALSE"                                 },
    {"x = 1",                                      "x = 2"                                     },
    {"x = 1",                                      "x = 'a'"                                   },
    {"x = 'a'",                                    "x = 'b'"                                   },
    {"x = TIMESTAMP '2020-01-01T00:00:00Z'",       "x = TIMESTAMP '2020-01-01T00:00:01Z'"      },
    {"x = 1 OR x = 'b'",                           "x = 2 OR x = 'a'"                          },
    {"x > 'a'",                                    "x > 'a' AND x CONTAINS 'b'"                },
    {"x CONTAINS 'a'",                             "x CONTAINS 'b'"                            },
    {"x CONTAINS 'a'",                             "x CONTAINS 'a' AND x CONTAINS 'b'"         },
    {"x CONTAINS 'a' AND x CONTAINS 'c'",          "x CONTAINS 'b'"                            },
    {"x CONTAINS 'a' AND x ENDS WITH 'c'",         "x CONTAINS 'b' AND x ENDS WITH 'a'"        },
    {"x ENDS WITH 'a'",                            "x ENDS WITH 'b'"                           },
    {"x ENDS WITH 'a' AND x NOT CONTAINS 'c'",     "x ENDS WITH 'b' AND x NOT CONTAINS 'd'"    },
    {"x NOT CONTAINS 'a'",                         "x NOT CONTAINS 'b'"                        },
    {"x NOT CONTAINS 'a' AND x NOT ENDS WITH 'c'", "x NOT CONTAINS 'b' AND x NOT ENDS WITH 'a'"},
    {"x NOT ENDS WITH 'a'",                        "x NOT ENDS WITH 'b'"                       },
};

static void domains_are_ordered(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct weir_normal *na = must_normalise(orders[i].less);
        struct weir_normal *nb = must_normalise(orders[i].greater);
        const struct weir_domain a = domain_of(na), b = domain_of(nb);

        if (weiri_domain_compare(&a, &b) >= 0 || weiri_domain_compare(&b, &a) <= 0 ||
            weiri_domain_compare(&a, &a) != 0)
            fail_msg("%s and %s", orders[i].less, orders[i].greater);
        weir_normal_destroy(na);
        weir_normal_destroy(nb);
    }
}

/* One for itself, one for each interval and each entry of a list. */
static void domains_weigh_their_parts(void **state)
{
    struct weir_normal *normal = must_normalise(
        "x IN (1, 3, 5) OR x IN (TIMESTAMP '2020-01-01T00:00:00Z', TIMESTAMP "
        "'2020-01-01T00:00:01Z') OR x NOT IN ('z', 'zz') AND x CONTAINS 'a' AND x CONTAINS 'b' AND "
        "x ENDS WITH 'c' AND x NOT CONTAINS 'd' AND x NOT CONTAINS 'e' AND x NOT CONTAINS 'f' AND "
        "x NOT ENDS WITH 'ac' AND x NOT ENDS WITH 'bc' AND x NOT ENDS WITH 'cc' AND x <> 'abc'");
    const struct weir_domain domain = domain_of(normal);

    (void)state;
    assert_int_equal(domain.strings.count, 1);
    assert_int_equal(weiri_domain_weight(&domain), 1 + 3 + 2 + 1 + 2 + 1 + 3 + 3);
    weir_normal_destroy(normal);
}

static void numbers_that_are_ints_become_ints(void **state)
{
    static const struct {
        double real;
        int64_t integer;
        bool is_int;
    } cases[] = {
        {0.0,                    0,         true },
        {5.0,                    5,         true },
        {0.5,                    0,         false},
        {-9223372036854775808.0, INT64_MIN, true },
        {9223372036854775808.0,  0,         false},
        {-1e300,                 0,         false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct weir_value value = weir_domain_value(weir_value_double(cases[i].real));

        assert_int_equal(value.type, cases[i].is_int ? WEIR_INT : WEIR_DOUBLE);
        if (cases[i].is_int)
            assert_true(value.u.integer == cases[i].integer);
    }
    assert_int_equal(weir_domain_value(weir_value_timestamp(5)).type, WEIR_TIMESTAMP);
}

/* ---- every operation against membership */

static const char *const parts[] = {
    "x > 'a' AND x < 'b'",
    "x STARTS WITH 'ab'",
    "x <> 'ab'",
    "x NOT IN ('a', 'ab', 'b')",
    "x IN ('a', 'ab', 'cab')",
    "x CONTAINS 'b'",
    "x CONTAINS 'ab'",
    "x CONTAINS 'a' AND x CONTAINS 'c'",
    "x ENDS WITH 'b'",
    "x ENDS WITH 'ab'",
    "x NOT CONTAINS 'b'",
    "x NOT CONTAINS 'ab'",
    "x NOT ENDS WITH 'b'",
    "x NOT ENDS WITH 'ab'",
    "x < 'b' AND x CONTAINS 'b'",
    "x > 'b' AND x ENDS WITH 'b'",
    "x <= 'b' AND x NOT CONTAINS 'ab'",
    "x >= 'ab' AND x NOT ENDS WITH 'b' AND x CONTAINS 'c'",
    "x STARTS WITH 'a' AND x NOT CONTAINS 'b' AND x NOT ENDS WITH 'c'",
    "x > 1",
    "x <= 2",
    "x <> 2",
    "x IS INT AND x > 1",
    "x IS DOUBLE AND x < 2.5",
    "x IN (1, 2.5, 3)",
    "x IS NULL OR x < 2",
    "x = TRUE OR x > 'b'",
    "EXISTS(x)",
    "x IS NOT STRING",
};

static void check_value(const struct weir_domain *a, const struct weir_domain *b,
                        const struct weir_domain *both, const struct weir_domain *either,
                        bool exact, const struct weir_value *value, const char *text)
{
    const bool in_a = weir_domain_has(a, value), in_b = weir_domain_has(b, value);

    if (weir_domain_has(both, value) != (in_a && in_b))
        fail_msg("intersection of %s", text);
    if ((in_a || in_b) && !weir_domain_has(either, value))
        fail_msg("union of %s", text);
    if (exact && !in_a && !in_b && weir_domain_has(either, value))
        fail_msg("exact union of %s", text);
    if (in_b && !in_a && weiri_domain_includes(a, b, WEIR_KIND_ALL))
        fail_msg("inclusion of %s", text);
    if (in_a && in_b && !weiri_domain_meets(a, b, WEIR_KIND_ALL))
        fail_msg("meeting of %s", text);
}

static void check_strings(const struct weir_domain *a, const struct weir_domain *b,
                          const struct weir_domain *both, const struct weir_domain *either,
                          bool exact, const char *text)
{
    char letters[LENGTH_MAX];
    const size_t base = strlen(LETTERS);

    for (size_t len = 0, total = 1; len <= LENGTH_MAX; len++, total *= base) {
        for (size_t n = 0; n < total; n++) {
            struct weir_value value = weir_value_string((struct weir_str){letters, len});

            for (size_t i = 0, rest = n; i < len; i++, rest /= base)
                letters[i] = LETTERS[rest % base];
            check_value(a, b, both, either, exact, &value, text);
        }
    }
}

static void check_pair(const struct weir_domain *a, const struct weir_domain *b, const char *text)
{
    static const struct weir_value others[] = {
        {WEIR_INT,       {.integer = 0}    },
        {WEIR_INT,       {.integer = 1}    },
        {WEIR_INT,       {.integer = 2}    },
        {WEIR_INT,       {.integer = 3}    },
        {WEIR_DOUBLE,    {.real = 1.0}     },
        {WEIR_DOUBLE,    {.real = 1.5}     },
        {WEIR_DOUBLE,    {.real = 2.5}     },
        {WEIR_DOUBLE,    {.real = 3.0}     },
        {WEIR_BOOL,      {.boolean = false}},
        {WEIR_BOOL,      {.boolean = true} },
        {WEIR_TIMESTAMP, {.integer = 0}    },
    };
    struct weir_domain both, either;
    struct weiri_pool pool;
    bool exact;

    weiri_pool_init(&pool, NULL);
    assert_true(weiri_domain_intersect(&both, a, b, &pool));
    assert_true(weiri_domain_unite(&either, &exact, a, b, &pool));
    check_value(a, b, &both, &either, exact, NULL, text);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        check_value(a, b, &both, &either, exact, &others[i], text);
    if ((a->kinds & b->kinds & WEIR_KIND_STRING) != 0)
        check_strings(a, b, &both, &either, exact, text);
    assert_true(weiri_domain_includes(a, &both, WEIR_KIND_ALL));
    assert_true(weiri_domain_includes(&either, a, WEIR_KIND_ALL));
    weiri_pool_fini(&pool);
}

static void operations_agree_with_membership(void **state)
{
    struct weir_normal *normals[COUNT_OF(parts)];
    char text[TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        normals[i] = must_normalise(parts[i]);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        for (size_t j = 0; j < COUNT_OF(parts); j++) {
            const struct weir_domain a = domain_of(normals[i]), b = domain_of(normals[j]);

            (void)snprintf(text, sizeof text, "%s and %s", parts[i], parts[j]);
            check_pair(&a, &b, text);
        }
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        weir_normal_destroy(normals[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_follow_when_not_empty_and_apart),
        cmocka_unit_test(a_set_is_less_than_one_that_begins_like_it),
        cmocka_unit_test(only_a_missing_point_between_is_a_missed_point),
        cmocka_unit_test(only_two_closed_equal_ends_are_a_point),
        cmocka_unit_test(texts_end_where_they_end),
        cmocka_unit_test(texts_start_and_end_with_no_more_than_they_have),
        cmocka_unit_test(patterns_may_end_with_their_escape),
        cmocka_unit_test(intersections_are_canonical),
        cmocka_unit_test(unions_are_exact_or_hulls),
        cmocka_unit_test(domains_include_and_meet),
        cmocka_unit_test(domains_are_ordered),
        cmocka_unit_test(domains_weigh_their_parts),
        cmocka_unit_test(numbers_that_are_ints_become_ints),
        cmocka_unit_test(operations_agree_with_membership),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

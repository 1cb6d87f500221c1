/* covers.c - covering, by the table of the design and by examples.
 *
 * The table is over a dense order: every cell is computed anew here from its condition, and the
 * algebra must say just that. */
#include "support.h"

enum operator{ EQ, NE, LT, LE, GT, GE, PREFIX, SUFFIX, SUBSTRING, OPERATOR_COUNT };

static const char *const operator_texts[] = {"=",  "<>",          "<",         "<=",      ">",
                                             ">=", "STARTS WITH", "ENDS WITH", "CONTAINS"};

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
    return strlen(s) >= strlen(with) && strcmp(s + strlen(s) - strlen(with), with) == 0;
}

static bool contains(const char *s, const char *part)
{
    return strstr(s, part) != NULL;
}

/* Does `x c1 a` cover `x c2 b`, when `order` is a against b? */
static bool ordered_cell(enum operator c1, enum operator c2, int order)
{
    switch (c1) {
    case EQ: return c2 == EQ && order == 0;
    case NE:
        return (c2 == EQ && order != 0) || (c2 == NE && order == 0) || (c2 == LT && order >= 0) ||
               (c2 == LE && order > 0) || (c2 == GT && order <= 0) || (c2 == GE && order < 0);
    case LT: return (c2 == EQ && order > 0) || (c2 == LT && order >= 0) || (c2 == LE && order > 0);
    case LE: return (c2 == EQ || c2 == LT || c2 == LE) && order >= 0;
    case GT: return (c2 == EQ && order < 0) || (c2 == GT && order <= 0) || (c2 == GE && order < 0);
    case GE: return (c2 == EQ || c2 == GT || c2 == GE) && order <= 0;
    default: return false;
    }
}

static bool text_cell(enum operator c1, const char *a, enum operator c2, const char *b)
{
    if (c2 < PREFIX && c1 < PREFIX)
        return ordered_cell(c1, c2, strcmp(a, b));
    switch (c1) {
    case NE:
        return c2 == PREFIX   ? !starts(a, b)
               : c2 == SUFFIX ? !ends(a, b)
                              : c2 == SUBSTRING && !contains(a, b);
    case LT:
    case LE: return c2 == PREFIX && strcmp(a, b) > 0 && !starts(a, b);
    case GT: return c2 == PREFIX && strcmp(b, a) > 0;
    case GE: return c2 == PREFIX && strcmp(b, a) >= 0;
    case PREFIX: return (c2 == EQ || c2 == PREFIX) && starts(b, a);
    case SUFFIX: return (c2 == EQ || c2 == SUFFIX) && ends(b, a);
    case SUBSTRING: return (c2 == EQ || c2 >= PREFIX) && contains(b, a);
    default: return false;
    }
}

static bool covers(const char *wide, const char *narrow)
{
    struct weir_normal *a = must_normalise(wide), *b = must_normalise(narrow);
    bool result = weir_normal_covers(a, b, NULL);

    weir_normal_destroy(a);
    weir_normal_destroy(b);
    return result;
}

static bool intersects(const char *adv, const char *sub)
{
    struct weir_normal *a = must_advertise(adv), *b = must_normalise(sub);
    bool result = weir_normal_intersects(a, b, NULL);

    weir_normal_destroy(a);
    weir_normal_destroy(b);
    return result;
}

static void table_of_strings(void **state)
{
    static const char *const texts[] = {"a", "ab", "abc", "b", "bab", "cab", "ac"};
    char wide[64], narrow[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts) * OPERATOR_COUNT; i++) {
        const enum operator c1 =(enum operator)(i % OPERATOR_COUNT);
        const char *a = texts[i / OPERATOR_COUNT];

        snprintf(wide, sizeof wide, "x %s '%s'", operator_texts[c1], a);
        assert_true(covers("x IS STRING", wide));
        assert_true(covers("EXISTS(x)", wide));
        assert_false(covers(wide, "x IS STRING"));
        for (size_t j = 0; j < COUNT_OF(texts) * OPERATOR_COUNT; j++) {
            const enum operator c2 =(enum operator)(j % OPERATOR_COUNT);
            const char *b = texts[j / OPERATOR_COUNT];

            snprintf(narrow, sizeof narrow, "x %s '%s'", operator_texts[c2], b);
            if (covers(wide, narrow) != text_cell(c1, a, c2, b))
                fail_msg("%s covers %s: expected %d", wide, narrow, text_cell(c1, a, c2, b));
        }
    }
}

static void table_of_numbers(void **state)
{
    static const double numbers[] = {-1, 0, 0.5, 1, 1.5, 2};
    static const char *const texts[] = {"-1", "0", "0.5", "1.0", "1.5", "2"};
    char wide[64], narrow[64];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts) * PREFIX; i++) {
        const enum operator c1 =(enum operator)(i % PREFIX);

        snprintf(wide, sizeof wide, "x %s %s", operator_texts[c1], texts[i / PREFIX]);
        assert_true(covers("x IS INT OR x IS DOUBLE", wide));
        assert_false(covers("x IS INT", wide));
        for (size_t j = 0; j < COUNT_OF(texts) * PREFIX; j++) {
            const enum operator c2 =(enum operator)(j % PREFIX);
            const double a = numbers[i / PREFIX], b = numbers[j / PREFIX];
            const bool expected = ordered_cell(c1, c2, a < b ? -1 : a > b);

            snprintf(narrow, sizeof narrow, "x %s %s", operator_texts[c2], texts[j / PREFIX]);
            if (covers(wide, narrow) != expected)
                fail_msg("%s covers %s: expected %d", wide, narrow, expected);
        }
    }
}

static const struct {
    const char *wide, *narrow;
    bool covers;
} cover_cases[] = {
    {"TRUE",                                  "price > 10",                             true },
    {"price > 10",                            "TRUE",                                   false},
    {"price > 10",                            "FALSE",                                  true },
    {"price > 10",                            "price > 10 AND qty = 1",                 true },
    {"price > 10 AND qty = 1",                "price > 10",                             false},
    {"price > 10",                            "price = '11'",                           false},
    {"NOT EXISTS(x)",                         "x IS NULL",                              true },
    {"x IS NOT INT",                          "x IS NULL",                              true },
    {"x IS NOT INT",                          "x = 'a'",                                true },
    {"x IS NOT INT",                          "x = 5",                                  false},
    {"x IS NOT INT",                          "x IS DOUBLE AND x = 5",                  true },
    {"x IN (1, 2, 3)",                        "x = 2.0",                                true },
    {"x = 1 OR x = 2",                        "x IN (1, 2)",                            true },
    {"x <= 9007199254740992",                 "x <= 9007199254740993",                  false},
    {"x < 9007199254740993",                  "x <= 9007199254740992.0",                true },
    {"x > 5",                                 "x BETWEEN 6 AND 7 OR x = 5.5",           true },
    {"x < 5 OR x > 3",                        "x = 4",                                  true },
    {"x < 5 OR x > 3",                        "x = 'a'",                                false},
    {"x NOT IN (1, 2)",                       "x > 2",                                  true },
    {"x NOT CONTAINS 'ab'",                   "x NOT CONTAINS 'b'",                     true },
    {"x NOT CONTAINS 'b'",                    "x NOT CONTAINS 'ab'",                    false},
    {"x NOT ENDS WITH 'ab'",                  "x ENDS WITH 'cb'",                       true },
    {"x NOT ENDS WITH 'b'",                   "x NOT CONTAINS 'b'",                     true },
    {"x NOT STARTS WITH 'ab'",                "x NOT CONTAINS 'b'",                     true },
    {"x CONTAINS 'b'",                        "x STARTS WITH 'ab' AND x ENDS WITH 'c'", true },
    {"x LIKE 'a%'",                           "x LIKE 'ab%c'",                          true },
    {"x LIKE 'a%c'",                          "x LIKE 'a%c' AND x LIKE '%b%'",          true },
    {"x STARTS WITH 'ab'",                    "x MATCHES '^abc+'",                      true },
    {"x STARTS WITH 'abc'",                   "x MATCHES '^abc?'",                      false},
    {"x STARTS WITH 'ab'",                    "x MATCHES '^ab|c'",                      false},
    {"bid > ask",                             "bid > ask AND x = 1",                    true },
    {"bid > ask",                             "ask < bid",                              true },
    {"bid > ask",                             "NOT bid <= ask",                         true },
    {"bid > ask",                             "bid >= ask",                             false},
    {"a + 1 > 2",                             "2 < a + 1",                              true },
    {"x MATCHES 'a'",                         "NOT x NOT MATCHES 'a'",                  true },
    {"t >= TIMESTAMP '2020-01-01T00:00:00Z'", "t > TIMESTAMP '2020-01-01T00:00:01Z'",   true },
    {"t >= TIMESTAMP '2020-01-01T00:00:00Z'", "t > 5",                                  false},
    {"halted",                                "halted = TRUE",                          true },
    {"x NOT CONTAINS 'b'",                    "x IN ('a', 'c')",                        true },
    {"x NOT CONTAINS 'b'",                    "x IN ('a', 'cb')",                       false},
    {"x NOT ENDS WITH 'b'",                   "x IN ('a', 'bc')",                       true },
    {"x NOT ENDS WITH 'b'",                   "x IN ('a', 'cb')",                       false},
    {"x > 'a' AND x NOT CONTAINS 'b'",        "x > 'a'",                                false},
    {"x ENDS WITH 'b'",                       "x IN ('ab', 'b')",                       true },
    {"x CONTAINS 'b'",                        "x IN ('abc', 'a')",                      false},
    {"a > b AND c > d",                       "a > b",                                  false},
    {"a > b",                                 "a > b AND c > d AND e > f",              true },
    {"c > d",                                 "a > b AND c > d AND e > f",              true },
    {"c > x",                                 "a > b AND c > d AND e > f",              false},
    {"NOT halted",                            "halted = FALSE",                         true },
    {"halted IS BOOL",                        "halted <> TRUE",                         true },
};

static void cover_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cover_cases); i++) {
        if (covers(cover_cases[i].wide, cover_cases[i].narrow) != cover_cases[i].covers)
            fail_msg("%s covers %s: expected %d", cover_cases[i].wide, cover_cases[i].narrow,
                     cover_cases[i].covers);
    }
}

/* ---- mistakes found in the field's own code */

static void upper_bound_does_not_cover_longer_prefix(void **state)
{
    (void)state;
    assert_false(covers("x <= 'abc'", "x STARTS WITH 'ab'")); /* "abz" */
    assert_true(covers("x < 'ac'", "x STARTS WITH 'ab'"));
}

static void two_bounds_cover_themselves(void **state)
{
    (void)state;
    assert_true(covers("x > 1 AND x < 3", "x > 1 AND x < 3"));
    assert_true(covers("x > 1 AND x < 3", "x < 3 AND x > 1"));
}

static void fractions_are_not_rounded(void **state)
{
    (void)state;
    assert_false(covers("x <= 0.5", "x < 1.5"));
    assert_true(covers("x < 1.5", "x <= 0.5"));
}

static void exclusion_intersects_what_leaves_room(void **state)
{
    (void)state;
    assert_true(intersects("x <> 5", "x > 5"));
    assert_true(intersects("x <> 5", "x <> 5"));
    assert_false(intersects("x <> 5", "x = 5"));
}

static void equal_numbers_have_equal_summaries(void **state)
{
    struct weir_normal *a = must_normalise("x = 5"), *b = must_normalise("x = 5.0");

    (void)state;
    assert_int_equal(weir_normal_summary(a), weir_normal_summary(b));
    assert_true(weir_str_equal(weir_normal_bytes(a), weir_normal_bytes(b)));
    weir_normal_destroy(a);
    weir_normal_destroy(b);
}

/* A value of its own is a demand that the mere name is not, equal values are the same, others are
 * not. */
static void demands_tell_single_values(void **state)
{
    static const char *const texts[] = {"EXISTS(x)", "x > 5", "x = 5", "x = 5.0", "x = 6", "y = 5"};
    uint64_t name[COUNT_OF(texts)], value[COUNT_OF(texts)];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct weir_normal *normal = must_normalise(texts[i]);
        const struct weir_conjunction *c = weir_normal_at(normal, 0);

        assert_int_equal(weir_conjunction_demands(c), 2);
        name[i] = weir_conjunction_demand(c, WEIR_ROLE_SUBSCRIPTION, 0);
        value[i] = weir_conjunction_demand(c, WEIR_ROLE_SUBSCRIPTION, 1);
        assert_int_equal(weir_conjunction_demand(c, WEIR_ROLE_ADVERTISEMENT, 0), 0);
        weir_normal_destroy(normal);
    }
    for (size_t i = 1; i < 5; i++)
        assert_true(name[i] == name[0]);
    assert_true(name[5] != name[0] && name[0] != 0);
    assert_true(value[0] == 0 && value[1] == 0);
    assert_true(value[2] != 0 && value[2] == value[3] && value[2] != name[2]);
    assert_true(value[4] != value[2] && value[5] != value[2] && value[4] != 0);
}

static void residuals_are_demanded(void **state)
{
    struct weir_normal *normal = must_normalise("x > y"), *other = must_normalise("x > z");
    const struct weir_conjunction *a = weir_normal_at(normal, 0), *b = weir_normal_at(other, 0);
    uint32_t last = weir_conjunction_demands(a) - 1;

    (void)state;
    assert_int_equal(a->residual_count, 1);
    assert_true(weir_conjunction_demand(a, WEIR_ROLE_SUBSCRIPTION, last) != 0);
    assert_true(weir_conjunction_demand(a, WEIR_ROLE_SUBSCRIPTION, last) ==
                weir_conjunction_demand(a, WEIR_ROLE_ADVERTISEMENT, last));
    assert_true(
        weir_conjunction_demand(a, WEIR_ROLE_SUBSCRIPTION, last) !=
        weir_conjunction_demand(b, WEIR_ROLE_SUBSCRIPTION, weir_conjunction_demands(b) - 1));
    weir_normal_destroy(normal);
    weir_normal_destroy(other);
}

/* A value of its own sets a bit that the mere name does not: without it the table searches in vain.
 */
static void summaries_tell_single_values(void **state)
{
    static const char *const singles[] = {"x = 5", "x = 0.5", "x = 'a'",
                                          "x = TIMESTAMP '2020-01-01T00:00:00Z'"};
    struct weir_normal *present = must_normalise("EXISTS(x)"), *range = must_normalise("x > 5");

    (void)state;
    assert_int_equal(weir_normal_summary(present), weir_normal_summary(range));
    for (size_t i = 0; i < COUNT_OF(singles); i++) {
        struct weir_normal *single = must_normalise(singles[i]);

        assert_true((weir_normal_summary(single) & ~weir_normal_summary(present)) != 0);
        assert_int_equal(weir_normal_summary(present) & ~weir_normal_summary(single), 0);
        weir_normal_destroy(single);
    }
    weir_normal_destroy(present);
    weir_normal_destroy(range);
}

static void longer_prefix_is_inside_exclusion(void **state)
{
    (void)state;
    assert_true(covers("x <> 'abc'", "x STARTS WITH 'abcd'"));
    assert_false(covers("x <> 'abc'", "x STARTS WITH 'ab'"));
}

/* ---- advertisements */

static const struct {
    const char *adv, *sub;
    bool intersects;
} intersect_cases[] = {
    {"price > 5",                            "price > 3",                              true },
    {"price > 5",                            "price < 3",                              false},
    {"price > 5",                            "qty = 1",                                false},
    {"price > 5",                            "qty IS NULL",                            true },
    {"price > 5",                            "NOT EXISTS(qty) AND price > 1",          true },
    {"price > 5",                            "TRUE",                                   true },
    {"price > 5",                            "FALSE",                                  false},
    {"TRUE",                                 "qty = 1",                                true },
    {"TRUE",                                 "FALSE",                                  false},
    {"FALSE",                                "qty = 1",                                false},
    {"price > 5",                            "$ts > TIMESTAMP '2020-01-01T00:00:00Z'", true },
    {"price > 5",                            "$type = 'quote'",                        true },
    {"$type = 'quote' AND price > 5",        "$type = 'trade'",                        false},
    {"$type = 'quote' AND price > 5",        "$type STARTS WITH 'q'",                  true },
    {"s STARTS WITH 'ab'",                   "s STARTS WITH 'ac'",                     false},
    {"s STARTS WITH 'ab'",                   "s NOT CONTAINS 'b'",                     false},
    {"s ENDS WITH 'ab'",                     "s ENDS WITH 'cb'",                       false},
    {"s ENDS WITH 'ab'",                     "s ENDS WITH 'b'",                        true },
    {"s CONTAINS 'ab'",                      "s NOT CONTAINS 'b'",                     false},
    {"s = 'abc'",                            "s MATCHES 'z'",                          true },
    {"bid > 0 AND ask > 0",                  "bid > ask",                              true },
    {"x IS INT",                             "x IS DOUBLE",                            false},
    {"x = 1 OR y = 1",                       "x = 2 OR y = 1",                         true },
    {"t < TIMESTAMP '2020-01-01T00:00:00Z'", "t > TIMESTAMP '2020-01-01T00:00:00Z'",   false},
    {"t < TIMESTAMP '2020-01-01T00:00:00Z'", "t > TIMESTAMP '2019-01-01T00:00:00Z'",   true },
    {"x < 5",                                "x > 5",                                  false},
    {"x IN (TRUE, 5)",                       "x IN (FALSE, 6)",                        false},
};

static void intersect_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(intersect_cases); i++) {
        if (intersects(intersect_cases[i].adv, intersect_cases[i].sub) !=
            intersect_cases[i].intersects)
            fail_msg("%s intersects %s: expected %d", intersect_cases[i].adv,
                     intersect_cases[i].sub, intersect_cases[i].intersects);
    }
}

static const struct {
    const char *wide, *narrow;
    bool covers;
} adv_cases[] = {
    {"price > 0 AND EXISTS(qty)",                       "price > 5",                              true },
    {"price > 5",                                       "price > 5 AND EXISTS(qty)",              false},
    {"TRUE",                                            "price > 5",                              true },
    {"price > 5",                                       "TRUE",                                   false},
    {"$type = 'q' AND EXISTS(x)",                       "EXISTS(x)",                              false},
    {"EXISTS(x)",                                       "$type = 'q' AND EXISTS(x)",              true },
    {"bid > ask",                                       "bid > ask",                              true },
    {"bid > ask",                                       "EXISTS(bid) AND EXISTS(ask)",            false},
    {"EXISTS(bid) AND EXISTS(ask)",                     "bid > ask",                              true },
    {"EXISTS(x)",                                       "x > 5 OR x IS NULL",                     true },
    {"x > 5",                                           "x IS NULL",                              true },
    {"x > 5",                                           "$ts > TIMESTAMP '2020-01-01T00:00:00Z'", true },
    {"x > 5 AND x IS NULL",                             "x > 5",                                  false},
    {"x > 5",                                           "x > 5 AND x < 3",                        true },
    {"x > 5 AND y IS NULL",                             "x > 6",                                  true },
    {"x > 5 AND $type <> 'a' OR x > 5 AND $type = 'a'", "x > 6",                                  true },
};

static void adv_cover_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(adv_cases); i++) {
        struct weir_normal *wide = must_advertise(adv_cases[i].wide);
        struct weir_normal *narrow = must_advertise(adv_cases[i].narrow);

        if (weir_normal_covers(wide, narrow, NULL) != adv_cases[i].covers)
            fail_msg("%s covers %s: expected %d", adv_cases[i].wide, adv_cases[i].narrow,
                     adv_cases[i].covers);
        weir_normal_destroy(wide);
        weir_normal_destroy(narrow);
    }
}

static void spent_work_gives_the_safe_answers(void **state)
{
    struct weir_normal *wide = must_normalise("x > 5"), *narrow = must_normalise("x > 6");
    struct weir_normal *apart = must_normalise("x < 5"), *adv = must_advertise("x > 5");
    uint32_t work = 0;

    (void)state;
    assert_true(weir_normal_covers(wide, narrow, NULL));
    assert_false(weir_normal_covers(wide, narrow, &work));
    assert_true(weir_normal_covers(wide, wide, &work));
    assert_false(weir_normal_intersects(adv, apart, NULL));
    assert_true(weir_normal_intersects(adv, apart, &work));
    weir_normal_destroy(wide);
    weir_normal_destroy(narrow);
    weir_normal_destroy(apart);
    weir_normal_destroy(adv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_of_strings),
        cmocka_unit_test(table_of_numbers),
        cmocka_unit_test(cover_examples),
        cmocka_unit_test(upper_bound_does_not_cover_longer_prefix),
        cmocka_unit_test(two_bounds_cover_themselves),
        cmocka_unit_test(fractions_are_not_rounded),
        cmocka_unit_test(exclusion_intersects_what_leaves_room),
        cmocka_unit_test(equal_numbers_have_equal_summaries),
        cmocka_unit_test(summaries_tell_single_values),
        cmocka_unit_test(demands_tell_single_values),
        cmocka_unit_test(residuals_are_demanded),
        cmocka_unit_test(longer_prefix_is_inside_exclusion),
        cmocka_unit_test(intersect_examples),
        cmocka_unit_test(adv_cover_examples),
        cmocka_unit_test(spent_work_gives_the_safe_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* lowers.c - from trees to disjunctions: what becomes of them where work, room or memory runs out,
 * and what it costs. */
#include "lowering.h"

static const char *const texts[] = {
    "a = 1",
    "a = 1 AND a = 2",
    "a = 1 OR a = 2 OR b = 3",
    "(a = 1 OR b = 1) AND c = 1",
    "(a = 1 OR b = 1) AND (c = 1 OR d = 1)",
    "(a = 1 AND x = 1 OR a = 2 AND x = 2) AND (b = 1 AND x IN (2, 3) OR b = 2 AND x = 1)",
    "(a = 1 AND x = 1 OR b = 1 AND x = 1) AND (a = 2 AND x = 2 OR b = 2 AND x = 2)",
    "(a = 1 AND a = 2 OR b = 1 AND b = 2) AND (c = 1 OR d = 1)",
    "(a = 1 OR b = 1) AND (a = 1 OR c = 1) AND (b = 1 OR c = 1) AND d = 1",
    "(x > y AND a = 1 OR x > y AND b = 1) AND (c = 1 OR d = 1) OR x > y AND e = 1",
    "(a = 1 OR b = 1) AND (a = 1 OR b = 1 OR c = 1)",
    "(a < 5 OR b = 1 OR c = 1) AND (a > 3 OR b = 2 OR d = 1) AND NOT (a = 4 OR c = 1 AND d = 1)",
    "(a = 1 AND a = 2 OR b = 1 AND b = 2) AND (a = 3 AND b = 3 OR a = 4 AND b = 4)",
    "TRUE OR a = 1 OR b = 1",
    "(TRUE OR a = 1) AND c = 1 OR b = 1",
    "FALSE AND (a = 1 OR b = 1)",
    "($type = 'p' AND a = 1 OR $type = 'q' AND b = 1) AND ($type = 'p' OR c = 1)",
};

/* ---- less work */

static bool absorbs_all(const struct lowered *wide, const struct lowered *narrow)
{
    struct weiri_meter meter = {.left = UINT32_MAX};
    const struct weiri_workshop shop = {
        .meter = &meter, .role = narrow->shop.role, .settled = true};

    for (uint32_t i = 0; i < narrow->d.count; i++) {
        bool absorbed = false;

        for (uint32_t k = 0; k < wide->d.count && !absorbed; k++)
            absorbed = weiri_conjunction_absorbs(&wide->d.v[k], &narrow->d.v[i], &shop);
        if (!absorbed)
            return false;
    }
    return true;
}

static bool equal(const struct weiri_disjunction *a, const struct weiri_disjunction *b)
{
    bool same = a->count == b->count;

    for (uint32_t i = 0; i < a->count && same; i++)
        same = weiri_conjunction_compare(&a->v[i], &b->v[i]) == 0;
    return same;
}

static bool is_reduced(struct lowered *l)
{
    struct weiri_disjunction again = {0};

    l->meter.left = UINT32_MAX;
    l->shop.memory = 0;
    l->shop.settled = true;
    for (uint32_t i = 0; i < l->d.count; i++)
        assert_true(weiri_disjunction_push(&again, &l->d.v[i], &l->shop));
    assert_true(weiri_disjunction_reduce(&again, &l->shop));
    return equal(&again, &l->d);
}

static void check_less_work(const char *text, enum weir_filter_role role)
{
    struct lowered whole, none;

    must_lower(&whole, text, role, UINT32_MAX);
    must_lower(&none, text, role, 0);
    assert_true(whole.exact);
    for (uint32_t work = 0; work <= whole.meter.steps + 1; work++) {
        struct lowered some;

        must_lower(&some, text, role, work);
        if (some.exact && !equal(&some.d, &whole.d))
            fail_msg("%s with %u steps: said to be exact", text, work);
        if (!absorbs_all(&some, &whole) || !absorbs_all(&none, &some))
            fail_msg("%s with %u steps: not between the form and its hull", text, work);
        if (!is_reduced(&some))
            fail_msg("%s with %u steps: not canonical", text, work);
        if (work > whole.meter.steps && !some.exact)
            fail_msg("%s: not exact with all steps that it takes", text);
        lowered_fini(&some);
    }
    lowered_fini(&whole);
    lowered_fini(&none);
}

static void less_work_makes_wider_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        check_less_work(texts[i], WEIR_ROLE_SUBSCRIPTION);
        check_less_work(texts[i], WEIR_ROLE_ADVERTISEMENT);
    }
}

/* ---- hulls */

static void check_form(const char *text, enum weir_filter_role role, uint32_t work,
                       const char *form)
{
    char printed[8192];
    struct lowered l;

    must_lower(&l, text, role, work);
    print_conjunctions(printed, sizeof printed, l.d.v, l.d.count);
    if (strcmp(printed, form) != 0)
        fail_msg("%s\n   gives %s\n  expect %s", text, printed, form);
    lowered_fini(&l);
}

/* Hulls of the factors are intersected, where there is no work left to multiply them. */
static void factors_have_hulls(void **state)
{
    static const struct {
        const char *text, *subscription, *advertisement;
    } hulls[] = {
        {"(a = 1 AND x = 1 OR a = 2 AND x = 2) AND (b = 1 AND x IN (2, 3) OR b = 2 AND x = 1)",
         "a IN (1, 2) AND b IN (1, 2) AND x IN (1, 2)",                                                 "a IN (1, 2) AND b IN (1, 2) AND x IN (1, 2)"                                                                      },
        {"(a = 1 AND x = 1 OR b = 1 AND x = 1) AND (a = 2 AND x = 2 OR b = 2 AND x = 2)",       "",     ""                                                                                                                 },
        {"(a = 1 AND x = 1 OR b = 1 AND x = 1) AND (a = 2 AND y = 2 OR b = 2 AND y = 2)",
         "x = 1 AND y = 2",                                                                             "EXISTS(a) AND EXISTS(b) AND x = 1 AND y = 2"                                                                      },
        {"(a = 1 AND x = 1 OR a = 2 AND x = 2) AND b = 1 AND (c = 1 OR c = 2) OR d = 1",        "TRUE",
         "a IN (1, 2) AND b = 1 AND c IN (1, 2) AND d = 1 AND x IN (1, 2)"                                                                                                                                                 },
        {"(x > y AND a = 1 OR x > y AND b = 1) AND (x > z AND c = 1 OR x > z AND d = 1)",
         "EXISTS(x) AND EXISTS(y) AND EXISTS(z) AND x > y AND x > z",                                   "EXISTS(a) AND EXISTS(b) AND EXISTS(c) AND EXISTS(d) AND EXISTS(x) AND EXISTS(y) AND EXISTS(z) AND x > y AND x > z"},
        {"($type = 'p' AND a = 1 OR $type = 'q' AND a = 2) AND (a > 1 OR c = 1)",
         "$type IN ('p', 'q') AND a IN (1, 2)",                                                         "$type IN ('p', 'q') AND a IN (1, 2) AND EXISTS(c)"                                                                },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(hulls); i++) {
        check_form(hulls[i].text, WEIR_ROLE_SUBSCRIPTION, 0, hulls[i].subscription);
        check_form(hulls[i].text, WEIR_ROLE_ADVERTISEMENT, 0, hulls[i].advertisement);
    }
}

/* ---- limits */

/* `each`, printed with its number three times, `count` times. */
static void repeat(char *out, size_t size, const char *each, const char *glue, int count)
{
    size_t len = 0;

    for (int i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, size - len, "%s", i > 0 ? glue : "");
        len += (size_t)snprintf(out + len, size - len, each, i, i, i);
    }
}

static void assert_count(const char *text, uint32_t count, bool exact)
{
    struct lowered l;

    must_lower(&l, text, WEIR_ROLE_SUBSCRIPTION, UINT32_MAX);
    assert_int_equal(l.d.count, count);
    assert_int_equal(l.exact, exact);
    lowered_fini(&l);
}

static void as_many_conjunctions_as_may_be(void **state)
{
    char text[8192];

    (void)state;
    repeat(text, sizeof text, "a%d = 1", " OR ", WEIR_CONJUNCTIONS_MAX);
    assert_count(text, WEIR_CONJUNCTIONS_MAX, true);
    repeat(text, sizeof text, "a%d = 1", " OR ", WEIR_CONJUNCTIONS_MAX + 1);
    assert_count(text, 1, false);
    repeat(text, sizeof text, "(a%d = 1 OR b%d = 1)", " AND ", 7);
    assert_count(text, 128, true);
    repeat(text, sizeof text, "(a%d = 1 OR b%d = 1)", " AND ", 8);
    assert_count(text, 128, false);
}

/* Of factors of one size those are multiplied that come first; nothing is known of the last. */
static void factors_come_in_order(void **state)
{
    static const char *const orders[] = {
        "(a0 = 1 OR b0 = 1)",
        "(a8 = 1 OR b8 = 1)",
    };
    char text[1024], rest[512];

    (void)state;
    repeat(rest, sizeof rest, " AND (a1%d = 1 OR b1%d = 1)", "", 6);
    for (int reversed = 0; reversed < 2; reversed++) {
        const struct weir_conjunction *one;
        struct lowered l;

        (void)snprintf(text, sizeof text, "%s%s AND %s", orders[reversed], rest,
                       orders[1 - reversed]);
        must_lower(&l, text, WEIR_ROLE_SUBSCRIPTION, UINT32_MAX);
        assert_int_equal(l.d.count, 128);
        one = &l.d.v[0];
        assert_non_null(weiri_conjunction_find(one, WEIR_STR("a0")));
        for (uint32_t i = 0; i < l.d.count; i++) {
            assert_null(weiri_conjunction_find(&l.d.v[i], WEIR_STR("a8")));
            assert_null(weiri_conjunction_find(&l.d.v[i], WEIR_STR("b8")));
        }
        lowered_fini(&l);
    }
}

/* 16 and 32 conjunctions have 512 pairs, of which 16 are not empty. */
static void as_many_pairs_as_may_be(void **state)
{
    char text[8192], few[2048], many[4096];

    (void)state;
    repeat(few, sizeof few, "x = %d AND y = %d AND z = %d", " OR ", 16);
    for (int count = 32; count <= 33; count++) {
        repeat(many, sizeof many, "x = %d AND y = %d AND w = %d", " OR ", count);
        (void)snprintf(text, sizeof text, "(%s) AND (%s)", many, few);
        assert_count(text, 16, count == 32);
    }
}

/* A product is given up where the work ends, and costs what is left of it. */
static void products_stop_where_work_ends(void **state)
{
    char text[8192], few[2048], many[4096];
    struct lowered whole, none;

    (void)state;
    repeat(few, sizeof few, "x = %d AND y = %d AND z = %d", " OR ", 16);
    repeat(many, sizeof many, "x = %d AND y = %d AND w = %d", " OR ", 32);
    (void)snprintf(text, sizeof text, "(%s) AND (%s)", many, few);
    must_lower(&whole, text, WEIR_ROLE_SUBSCRIPTION, UINT32_MAX);
    must_lower(&none, text, WEIR_ROLE_SUBSCRIPTION, 0);
    for (uint32_t work = 0; work < whole.meter.steps; work += 500) {
        struct lowered some;

        must_lower(&some, text, WEIR_ROLE_SUBSCRIPTION, work);
        if (some.meter.steps > work + none.meter.steps)
            fail_msg("%llu steps instead of %u", (unsigned long long)some.meter.steps, work);
        lowered_fini(&some);
    }
    lowered_fini(&whole);
    lowered_fini(&none);
}

/* Operands that are the same as far as the shorter goes. */
static void terms_that_begin_alike(void **state)
{
    static const char *const alike[] = {
        "(a = 1 OR b = 1 OR c = 1 OR d = 1) AND (a = 1 OR b = 1 OR c = 1 OR d = 1 OR e = 1)",
        "(a = 1 OR b = 1 OR c = 1 OR d = 1 OR e = 1) AND (a = 1 OR b = 1 OR c = 1 OR d = 1)",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(alike); i++)
        assert_count(alike[i], 4, true);
}

/* Without residuals a form is wider than its filter, where there were any. */
static void domains_alone_are_not_exact(void **state)
{
    (void)state;
    for (int compared = 0; compared < 2; compared++) {
        struct lowered l;

        must_lower(&l, compared ? "x > 0 AND x > y" : "x > 0 AND EXISTS(y)", WEIR_ROLE_SUBSCRIPTION,
                   UINT32_MAX);
        l.shop.domains_only = true;
        assert_true(weiri_lower(&l.d, &l.exact, weir_filter_tree(l.filter), &l.shop, NULL));
        assert_int_equal(l.exact, !compared);
        lowered_fini(&l);
    }
}

/* ---- steps and bytes */

/* One for each pair that is looked at and each part that is compared, eight for each that is
 * copied: more would be a waste, and less has not been counted. */
static void steps_are_counted(void **state)
{
    static const uint64_t steps[COUNT_OF(texts)][2] = {
        {8,    8  },
        {68,   68 },
        {90,   146},
        {102,  54 },
        {268,  74 },
        {728,  497},
        {490,  300},
        {160,  176},
        {707,  128},
        {699,  379},
        {319,  92 },
        {2381, 166},
        {178,  178},
        {0,    0  },
        {21,   37 },
        {0,    0  },
        {384,  202},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct lowered all, none;

        must_lower(&all, texts[i], WEIR_ROLE_SUBSCRIPTION, UINT32_MAX);
        must_lower(&none, texts[i], WEIR_ROLE_SUBSCRIPTION, 0);
        if (all.meter.steps != steps[i][0] || none.meter.steps != steps[i][1])
            fail_msg("%s: %llu steps, %llu without a budget", texts[i],
                     (unsigned long long)all.meter.steps, (unsigned long long)none.meter.steps);
        lowered_fini(&all);
        lowered_fini(&none);
    }
}

static size_t bytes_for(const char *text)
{
    struct lowered l;
    size_t taken;

    must_lower(&l, text, WEIR_ROLE_SUBSCRIPTION, UINT32_MAX);
    taken = l.pool.taken;
    lowered_fini(&l);
    return taken;
}

/* The product of 128 takes the most; that of 256 would take three times as much, and what is spent
 * on reducing 129 that stay 129 is more than 8 KiB. */
static void what_does_not_fit_leaves_nothing(void **state)
{
    char text[8192];
    size_t fits;

    (void)state;
    repeat(text, sizeof text, "(a%d = 1 OR b%d = 1)", " AND ", 7);
    fits = bytes_for(text);
    repeat(text, sizeof text, "(a%d = 1 OR b%d = 1)", " AND ", 8);
    assert_in_range(bytes_for(text), fits, 2 * fits);
    repeat(text, sizeof text, "a%d = 1", " OR ", WEIR_CONJUNCTIONS_MAX);
    fits = bytes_for(text);
    repeat(text, sizeof text, "a%d = 1", " OR ", WEIR_CONJUNCTIONS_MAX + 1);
    assert_in_range(bytes_for(text), 0, fits + 8192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(less_work_makes_wider_forms),
        cmocka_unit_test(factors_have_hulls),
        cmocka_unit_test(as_many_conjunctions_as_may_be),
        cmocka_unit_test(factors_come_in_order),
        cmocka_unit_test(as_many_pairs_as_may_be),
        cmocka_unit_test(products_stop_where_work_ends),
        cmocka_unit_test(terms_that_begin_alike),
        cmocka_unit_test(domains_alone_are_not_exact),
        cmocka_unit_test(steps_are_counted),
        cmocka_unit_test(what_does_not_fit_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

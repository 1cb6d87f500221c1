/* want.c - every step of the normal form, when memory runs out within it.
 *
 * A pool of a few bytes that cannot grow ends the work at each place where memory is taken.  One
 * that holds each thing in a chunk of its own does so too, and gives all that is asked for next. */
#include "support.h"

#include "candidates.h"
#include "lower.h"
#include "pattern.h"
#include "strings.h"
#include "text.h"
#include "widen.h"

#include "oom.h"

#define ROOM_MAX 65536u
#define ROOM_STEP 16u /* the pool's alignment: what it takes is a multiple of that */

struct small_pool {
    struct weiri_pool pool;
    struct oom oom;
    void *room;
};

static void small_pool_init(struct small_pool *small, size_t size)
{
    oom_init(&small->oom, 0);
    small->room = malloc(size + 1);
    assert_non_null(small->room);
    small->pool = (struct weiri_pool){.alloc = &small->oom.alloc, .at = small->room, .left = size};
}

static void small_pool_fini(struct small_pool *small)
{
    assert_null(small->pool.chunks);
    free(small->room);
}

/* Tells whether it had enough memory; then `result` is its comparison with what it ought to be. */
typedef bool (*step_fn)(void *context, struct weiri_pool *pool, int *result);

/* Fails up to some size of the pool and succeeds beyond it. */
static void check_step(const char *name, step_fn step, void *context, bool takes_memory)
{
    size_t size = 0;

    for (;; size += ROOM_STEP) {
        struct small_pool small;
        int result = -1;
        bool enough;

        assert_in_range(size, 0, ROOM_MAX);
        small_pool_init(&small, size);
        enough = step(context, &small.pool, &result);
        small_pool_fini(&small);
        if (enough && result != 0)
            fail_msg("%s: wrong with %zu bytes", name, size);
        if (enough)
            break;
    }
    if (takes_memory != (size > 0))
        fail_msg("%s: succeeds with %zu bytes", name, size);
    for (size_t n = 0, refused = 1; refused > 0; n++) {
        struct weiri_pool pool;
        struct oom oom;
        int result = -1;
        bool enough;

        oom_init_once(&oom, n);
        weiri_pool_init(&pool, &oom.alloc);
        enough = step(context, &pool, &result);
        weiri_pool_fini(&pool);
        refused = oom.refused;
        if (enough != (refused == 0) || (enough && result != 0) || oom.live_count != 0)
            fail_msg("%s: %s without allocation %zu", name, enough ? "succeeds" : "fails", n);
    }
}

/* ---- texts and patterns */

static bool prefix_step(void *context, struct weiri_pool *pool, int *result)
{
    const char *prefix = context;
    struct weir_interval interval;

    if (!weiri_text_prefix(&interval, weir_str_of(prefix), pool))
        return false;
    *result = !weir_str_equal(interval.low.value.u.string, weir_str_of(prefix)) ||
              interval.high.bounded != (prefix[0] != '\0');
    return true;
}

static bool like_step(void *context, struct weiri_pool *pool, int *result)
{
    struct weiri_like like;

    if (!weiri_like_read(&like, weir_str_of(context), 0, pool))
        return false;
    *result = like.inner_count != 1 || !weir_str_equal(like.inner[0], WEIR_STR("b"));
    return true;
}

static void prefixes_and_patterns(void **state)
{
    (void)state;
    check_step("prefix", prefix_step, (char[]){"abc"}, true);
    check_step("no prefix", prefix_step, (char[]){""}, false);
    check_step("pattern", like_step, (char[]){"a%b%c"}, true);
}

struct gathered {
    const struct weir_filter *filter;
    struct weiri_candidates expected;
};

static bool gather_step(void *context, struct weiri_pool *pool, int *result)
{
    struct gathered *g = context;
    struct weiri_candidates found = {.pool = pool};

    if (!weiri_candidates_gather(&found, weir_filter_tree(g->filter)))
        return false;
    *result = found.count != g->expected.count;
    for (uint32_t i = 0; i < found.count && *result == 0; i++) {
        const struct weiri_candidate_list *one = &found.attrs[i], *other = &g->expected.attrs[i];

        *result = one->count != other->count || !weir_str_equal(one->name, other->name);
    }
    return true;
}

static void check_candidates(const char *text)
{
    struct weir_filter *filter = must_compile(text);
    struct weiri_pool pool;
    struct gathered g = {filter, {.pool = &pool}};

    weiri_pool_init(&pool, NULL);
    assert_true(weiri_candidates_gather(&g.expected, weir_filter_tree(filter)));
    check_step(text, gather_step, &g, true);
    weiri_pool_fini(&pool);
    weir_filter_destroy(filter);
}

/* A list grows at its 33rd value: what stands before makes that any of those of the last one. */
static void candidates(void **state)
{
    static const char *const before[] = {"", "'', ", "'b', 'c', "};
    static const char *const last[] = {"7", "7.5", "'d'", "TIMESTAMP '2020-01-01T00:00:00Z'"};
    char text[256];

    (void)state;
    check_candidates("EXISTS(x)");
    check_candidates("y LIKE 'b%' OR y BETWEEN 3 AND 4 AND y + 1 > x AND y IN (5, 6)");
    for (size_t i = 0; i < COUNT_OF(before) * COUNT_OF(last); i++) {
        size_t len = (size_t)snprintf(text, sizeof text, "x IN (%s", before[i / COUNT_OF(last)]);

        for (int ints = 0; ints <= 3; ints++) {
            (void)snprintf(text + len, sizeof text - len, "%s)", last[i % COUNT_OF(last)]);
            check_candidates(text);
            len += (size_t)snprintf(text + len, sizeof text - len, "%d, ", ints);
        }
    }
}

/* ---- domains */

struct domain_case {
    const struct weir_domain *a, *b;
    struct weir_domain expected;
    bool exact;
};

static const struct weir_domain *domain_of(const struct weir_normal *normal)
{
    return &weir_normal_at(normal, 0)->constraints[0].domain;
}

static bool intersect_step(void *context, struct weiri_pool *pool, int *result)
{
    struct domain_case *c = context;
    struct weir_domain out;

    if (!weiri_domain_intersect(&out, c->a, c->b, pool))
        return false;
    *result = weiri_domain_compare(&out, &c->expected);
    return true;
}

static bool unite_step(void *context, struct weiri_pool *pool, int *result)
{
    struct domain_case *c = context;
    struct weir_domain out;
    bool exact;

    if (!weiri_domain_unite(&out, &exact, c->a, c->b, pool))
        return false;
    *result = weiri_domain_compare(&out, &c->expected) != 0 || exact != c->exact;
    return true;
}

static bool tidy_step(void *context, struct weiri_pool *pool, int *result)
{
    struct domain_case *c = context;
    struct weir_domain out = *c->a;

    if (!weiri_domain_tidy(&out, pool))
        return false;
    *result = weiri_domain_compare(&out, &c->expected);
    return true;
}

static bool subtract_step(void *context, struct weiri_pool *pool, int *result)
{
    struct domain_case *c = context;
    struct weir_intervals out;

    if (!weiri_intervals_subtract(&out, &c->a->numbers, &c->b->numbers, pool))
        return false;
    *result = weiri_intervals_compare(&out, &c->expected.numbers);
    return true;
}

static const struct {
    const char *a, *b;
} domain_pairs[] = {
    {"x IN (1, 2) OR x IN ('a', 'b') OR x IN (TIMESTAMP '2020-01-01T00:00:00Z')",
     "x > 1 OR x > 'a' OR x > TIMESTAMP '2019-01-01T00:00:00Z'"                                               },
    {"x CONTAINS 'a' AND x ENDS WITH 'b' AND x > 'b'",
     "x NOT CONTAINS 'c' AND x NOT ENDS WITH 'd' AND x CONTAINS 'q' AND x ENDS WITH 'b'"                      },
    {"x NOT CONTAINS 'b' AND x NOT ENDS WITH 'c' AND x > 'a'",
     "x NOT CONTAINS 'c' AND x NOT ENDS WITH 'd' AND x < 'c'"                                                 },
    {"x CONTAINS 'a' AND x CONTAINS 'c' AND x < 'b'",                             "x CONTAINS 'a' AND x > 'd'"},
    {"x CONTAINS 'b'",                                                            "x NOT IN ('a', 'ab')"      },
    {"x CONTAINS 'b'",                                                            "x STARTS WITH 'ab'"        },
    {"x = 'cab'",                                                                 "x ENDS WITH 'b'"           },
    {"x IS INT AND x > 5",                                                        "x IS DOUBLE AND x < 3"     },
};

static void domains(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(domain_pairs); i++) {
        struct weir_normal *a = must_normalise(domain_pairs[i].a);
        struct weir_normal *b = must_normalise(domain_pairs[i].b);
        struct domain_case c = {.a = domain_of(a), .b = domain_of(b)};
        struct weiri_pool pool;

        weiri_pool_init(&pool, NULL);
        assert_true(weiri_domain_intersect(&c.expected, c.a, c.b, &pool));
        check_step("intersect", intersect_step, &c, (c.a->kinds & c.b->kinds) != 0);
        assert_true(weiri_domain_unite(&c.expected, &c.exact, c.a, c.b, &pool));
        check_step("unite", unite_step, &c, true);
        c.expected = *c.a;
        check_step("tidy", tidy_step, &c, weiri_strings_listed(c.a));
        assert_true(
            weiri_intervals_subtract(&c.expected.numbers, &c.a->numbers, &c.b->numbers, &pool));
        check_step("subtract", subtract_step, &c, true);
        weiri_pool_fini(&pool);
        weir_normal_destroy(a);
        weir_normal_destroy(b);
    }
}

/* ---- whole filters */

struct lowered {
    const struct weir_filter *filter;
    enum weir_filter_role role;
    uint32_t work; /* steps before hulls are made */
    struct weiri_disjunction expected;
    bool exact;
};

static bool lower(struct weiri_disjunction *out, bool *exact, const struct lowered *l,
                  struct weiri_pool *pool)
{
    struct weiri_meter meter = {.left = l->work};
    struct weiri_workshop shop = {.pool = pool, .meter = &meter, .role = l->role};
    bool done = weiri_lower(out, exact, weir_filter_tree(l->filter), &shop, NULL);

    assert_int_equal(shop.out_of_memory, !done);
    return done;
}

static bool lower_step(void *context, struct weiri_pool *pool, int *result)
{
    struct lowered *l = context;
    struct weiri_disjunction out;
    bool exact;

    if (!lower(&out, &exact, l, pool))
        return false;
    *result = exact != l->exact || out.count != l->expected.count;
    for (uint32_t i = 0; i < out.count && *result == 0; i++)
        *result = weiri_conjunction_compare(&out.v[i], &l->expected.v[i]);
    return true;
}

static const char *const texts[] = {
    "x = 1",
    "x = 1 OR y = 2 AND z = 3",
    "x = 1 OR x = 2 OR x > 5 AND x <= 7.5 OR NOT x = TRUE",
    "x LIKE '%a%b_c%' AND NOT y LIKE 'a_%z'",
    "x LIKE 'a%' AND y LIKE '%a' AND z LIKE '%a%' AND x NOT LIKE 'b%' AND y NOT LIKE '%b'",
    "x STARTS WITH 'ab' OR NOT x ENDS WITH 'c' AND x CONTAINS 'd' AND NOT x CONTAINS 'e'",
    "x > y AND NOT y + 1 <= x * 2 AND x % 2 IN (0, 1) AND NOT x BETWEEN y AND z",
    "x MATCHES '^abc' AND NOT (x MATCHES 'b$' AND x > 'a')",
    "(a = 1 OR b = 1) AND (c = 1 OR d = 1) AND (e = 'x' OR NOT EXISTS(f))",
    "x IS INT AND x > 3 OR x IS NOT STRING OR x IS NULL",
    "x NOT IN (1, 2) OR t < TIMESTAMP '2020-01-01T00:00:00Z' OR x <> 'a' AND x <> 'b'",
    "t NOT IN (TIMESTAMP '2020-01-01T00:00:00Z') AND s NOT IN ('a') AND x > y AND x > z",
    "x > y AND a = 1 OR x > y AND a = 2 OR b = 1 OR c = 1 OR d = 1 OR e = 1 OR f = 1",
    "$type = 'a' AND x = 1 OR $type <> 'b' AND y = 2 OR $id = 'c' OR $ts IS NOT NULL AND x = 3",
    "(a = 1 OR b = 2) AND (b = 3 OR c = 4) AND (c = 5 OR d = 6) AND (d = 7 OR a = 8) AND e = 9",
    "x = 1 AND (x = 2 OR x = 3) AND (y = 1 OR z = 1)",
};

/* From enough for all of it to nothing, where all are hulls. */
static const uint32_t works[] = {UINT32_MAX, 1000, 300, 150, 0};

static void check_filter(const char *text, enum weir_filter_role role, uint32_t work)
{
    struct weir_filter *filter = must_compile(text);
    struct lowered l = {.filter = filter, .role = role, .work = work};
    struct weiri_pool pool;

    weiri_pool_init(&pool, NULL);
    assert_true(lower(&l.expected, &l.exact, &l, &pool));
    check_step(text, lower_step, &l, true);
    weiri_pool_fini(&pool);
    weir_filter_destroy(filter);
}

static void filters(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        for (size_t k = 0; k < COUNT_OF(works); k++) {
            check_filter(texts[i], WEIR_ROLE_SUBSCRIPTION, works[k]);
            check_filter(texts[i], WEIR_ROLE_ADVERTISEMENT, works[k]);
        }
    }
}

/* Each of two conjunctions has what the other lacks. */
static bool hull_step(void *context, struct weiri_pool *pool, int *result)
{
    struct lowered *l = context;
    struct weiri_meter meter = {.left = UINT32_MAX};
    struct weiri_workshop shop = {.pool = pool, .meter = &meter};
    struct weir_conjunction out;
    bool done = weiri_conjunction_hull(&out, l->expected.v, l->expected.count, &shop);

    assert_int_equal(shop.out_of_memory, !done);
    *result = !done || out.constraint_count != 3 || out.residual_count != 1;
    return done;
}

static void hulls(void **state)
{
    struct weir_filter *filter =
        must_compile("x > y AND x > z AND a = 1 OR x > y AND y > z AND b = 1");
    struct lowered l = {.filter = filter, .work = UINT32_MAX};
    struct weiri_pool pool;

    (void)state;
    weiri_pool_init(&pool, NULL);
    assert_true(lower(&l.expected, &l.exact, &l, &pool));
    check_step("hull", hull_step, &l, true);
    weiri_pool_fini(&pool);
    weir_filter_destroy(filter);
}

struct widened {
    struct lowered from;
    struct weiri_widened expected;
};

static bool widen(struct weiri_widened *out, const struct widened *w, struct weiri_pool *pool)
{
    struct weiri_meter meter = {.left = UINT32_MAX};
    struct weiri_workshop shop = {
        .pool = pool, .meter = &meter, .role = w->from.role, .settled = true};
    bool done = weiri_widen(out, w->from.expected.v, w->from.expected.count, &shop);

    assert_int_equal(shop.out_of_memory, !done);
    return done;
}

static bool widen_step(void *context, struct weiri_pool *pool, int *result)
{
    const struct widened *w = context;
    struct weiri_widened out;

    if (!widen(&out, w, pool))
        return false;
    *result = out.count != w->expected.count;
    for (uint32_t i = 0; i < out.count && *result == 0; i++)
        *result = weiri_conjunction_compare(&out.v[i], &w->expected.v[i]);
    return true;
}

static void check_widened(const char *text, enum weir_filter_role role)
{
    struct weir_filter *filter = must_compile(text);
    struct widened w = {
        .from = {.filter = filter, .role = role, .work = UINT32_MAX}
    };
    struct weiri_pool pool;

    weiri_pool_init(&pool, NULL);
    assert_true(lower(&w.from.expected, &w.from.exact, &w.from, &pool));
    assert_true(widen(&w.expected, &w, &pool));
    for (uint32_t i = 0; i < w.expected.count; i++) {
        struct weiri_meter meter = {.left = UINT32_MAX};
        const struct weiri_workshop shop = {.meter = &meter, .role = role, .settled = true};

        for (uint32_t k = 0; k < w.from.expected.count; k++)
            assert_true(weiri_conjunction_absorbs(&w.expected.v[i], &w.from.expected.v[k], &shop));
    }
    check_step(text, widen_step, &w, true);
    weiri_pool_fini(&pool);
    weir_filter_destroy(filter);
}

/* Long sets are filled, attributes freed, and what all say stays. */
static void widened(void **state)
{
    static const char *const wide[] = {
        "x = 1 AND y = 2 OR x = 3 AND y = 4",
        "a = 1 AND x IN (1, 3, 5, 7) OR a = 2 AND x IN (9, 11, 13, 15)",
        "a = 1 AND s IN ('pa', 'pb', 'pd', 'pz') OR a = 2 AND s IN ('pe', 'pg')",
        "a = 1 AND s IN ('a', 'c', 'e', 'g') OR a = 2 AND s IN ('i', 'k')",
        "a = 1 AND x NOT IN (1, 3, 5, 7) OR a = 2 AND x NOT IN (1, 3, 5, 7, 9)",
        "a = 1 AND t NOT IN (TIMESTAMP '2020-01-01T00:00:00Z', TIMESTAMP '2021-01-01T00:00:00Z',"
        " TIMESTAMP '2022-01-01T00:00:00Z') OR a = 2 AND t IS TIMESTAMP AND x > y",
        "x > y AND a = 1 AND $type = 'p' OR x > y AND b = 1 AND $type = 'q'",
        "a=1 AND b=1 AND c=1 AND d=1 AND e=1 AND f=1 AND g=1 AND h=1 AND i=1 AND j=1 AND k=1 OR "
        "a=2 AND b=2 AND c=2 AND d=2 AND e=2 AND f=2 AND g=2 AND h=2 AND i=2 AND j=2 AND k=2",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wide); i++) {
        check_widened(wide[i], WEIR_ROLE_SUBSCRIPTION);
        check_widened(wide[i], WEIR_ROLE_ADVERTISEMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_and_patterns),
        cmocka_unit_test(candidates),
        cmocka_unit_test(domains),
        cmocka_unit_test(filters),
        cmocka_unit_test(hulls),
        cmocka_unit_test(widened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

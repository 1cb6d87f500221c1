/* differential.c - the matcher against the evaluators, with filters coming and going.
 *
 * Exact forms must match just where the tree evaluator says TRUE, hulls where their normal form
 * does. */
#include "normal/support.h"

#include <weir/matcher.h>

#define HELD_MAX 300
#define TEXT_MAX 8192

struct held {
    struct weir_filter *filter;
    struct weir_normal *normal;
    uint32_t id, group;
};

struct world {
    struct random_source r;
    uint64_t seed;
    struct weir_matcher *matcher;
    struct weir_match_scratch *scratch;
    struct weir_scratch *eval;
    struct held held[HELD_MAX];
    size_t count;
};

static void add_one(struct world *w)
{
    static char text[TEXT_MAX];
    struct held *held = &w->held[w->count];

    if (w->count > 0 && random_chance(&w->r, 20)) { /* the same filter once more */
        struct weir_diags diags;
        const struct weir_filter *other = w->held[random_below(&w->r, w->count)].filter;

        assert_int_equal(weir_filter_compile(&held->filter, weir_filter_text(other), &diags, NULL),
                         WEIR_OK);
    } else {
        do
            held->filter =
                support_compile_random(text, sizeof text, &w->r, (int)random_below(&w->r, 3));
        while (held->filter == NULL);
    }
    assert_int_equal(weir_normal_create(&held->normal, held->filter, WEIR_ROLE_SUBSCRIPTION, NULL),
                     WEIR_OK);
    held->group = (uint32_t)random_below(&w->r, 12);
    do
        held->id = random_chance(&w->r, 50) ? (uint32_t)random_below(&w->r, 1000)
                                            : (uint32_t)random_u64(&w->r);
    while (weir_matcher_add(w->matcher, held->id, held->group, held->normal) == WEIR_EEXIST);
    w->count++;
}

static void remove_one(struct world *w)
{
    size_t i = random_below(&w->r, w->count);

    assert_true(weir_matcher_remove(w->matcher, w->held[i].id));
    assert_false(weir_matcher_remove(w->matcher, w->held[i].id));
    weir_normal_destroy(w->held[i].normal);
    weir_filter_destroy(w->held[i].filter);
    w->held[i] = w->held[--w->count];
}

static bool found(struct weir_matches matches, uint32_t id)
{
    for (size_t i = 0; i < matches.count; i++) {
        if (matches.v[i] == id)
            return true;
    }
    return false;
}

static bool should_match(struct world *w, const struct held *held,
                         const struct weir_notification *n)
{
    bool by_tree = weir_filter_eval(held->filter, n, w->eval) == WEIR_TRUE;

    if (weir_normal_is_exact(held->normal))
        return by_tree;
    return weir_normal_eval(held->normal, n, w->eval) == WEIR_TRUE;
}

static void fail_at(const struct world *w, const char *what, struct weir_str text,
                    const struct weir_notification *n)
{
    char printed[1024];

    support_print_notification(printed, sizeof printed, n);
    fail_msg("seed %llu: %s: %.*s on %s", (unsigned long long)w->seed, what, (int)text.len,
             text.ptr, printed);
}

static void check_ids(struct world *w, const struct weir_notification *n, bool *group_found)
{
    struct weir_matches matches = weir_matcher_match(w->matcher, n, WEIR_UNDECIDED_NO, w->scratch);
    size_t expected = 0;

    for (size_t i = 0; i < w->count; i++) {
        const struct held *held = &w->held[i];

        if (should_match(w, held, n) != found(matches, held->id))
            fail_at(w, "wrong answer", weir_filter_text(held->filter), n);
        if (found(matches, held->id)) {
            expected++;
            group_found[held->group] = true;
        }
    }
    assert_int_equal(matches.count, expected);
    weir_match_scratch_sort(w->scratch);
    for (size_t i = 1; i < matches.count; i++)
        assert_true(matches.v[i - 1] < matches.v[i]);
}

static void check_groups(struct world *w, const struct weir_notification *n,
                         const bool *group_found)
{
    const uint32_t skip = random_chance(&w->r, 30) ? UINT32_MAX : (uint32_t)random_below(&w->r, 12);
    struct weir_matches groups =
        weir_matcher_match_groups(w->matcher, n, skip, WEIR_UNDECIDED_NO, w->scratch);
    size_t expected = 0;

    for (uint32_t g = 0; g < 12; g++) {
        if (found(groups, g) != (group_found[g] && g != skip))
            fail_at(w, "wrong group", WEIR_STR(""), n);
        expected += group_found[g] && g != skip;
    }
    assert_int_equal(groups.count, expected);
    weir_match_scratch_sort(w->scratch);
    for (size_t i = 1; i < groups.count; i++)
        assert_true(groups.v[i - 1] < groups.v[i]);
}

static void run_world(uint64_t seed)
{
    static struct world w;

    w = (struct world){.r = {seed}, .seed = seed, .eval = must_scratch()};
    assert_int_equal(weir_matcher_create(&w.matcher, NULL), WEIR_OK);
    assert_int_equal(weir_match_scratch_create(&w.scratch, NULL), WEIR_OK);
    for (int step = 0; step < 300; step++) {
        struct weir_notification n;
        bool group_found[12] = {false};
        uint8_t *bytes;

        if (w.count < HELD_MAX && (w.count == 0 || random_chance(&w.r, step < 200 ? 70 : 30)))
            add_one(&w);
        else
            remove_one(&w);
        assert_int_equal(weir_matcher_count(w.matcher), w.count);
        assert_int_equal(weir_match_scratch_reserve(w.scratch, w.matcher), WEIR_OK);
        bytes = support_notification(&n, &w.r);
        check_ids(&w, &n, group_found);
        check_groups(&w, &n, group_found);
        free(bytes);
    }
    if (seed % 2 == 0) {
        while (w.count > 0)
            remove_one(&w);
    }
    weir_matcher_destroy(w.matcher);
    for (; w.count > 0; w.count--) {
        weir_normal_destroy(w.held[w.count - 1].normal);
        weir_filter_destroy(w.held[w.count - 1].filter);
    }
    weir_match_scratch_destroy(w.scratch);
    weir_scratch_destroy(w.eval);
}

static void agrees_with_the_evaluators(void **state)
{
    (void)state;
    for (size_t i = 0; i < random_rounds(30); i++)
        run_world(500 + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_evaluators),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

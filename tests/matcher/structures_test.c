/* structures_test.c - each structure of the index, filled, thinned out, filled again and emptied,
 * against the normal forms one by one; with memory failing and without; and that each has been
 * reached. */
#include "oom.h"
#include "scan.h"
#include "structures.h"

#include <weir/matcher.h>

#define HELD_MAX 1600
#define TEXT_MAX 4096
#define GROUPS 20u

static const struct shape shapes[] = {
    {"one key, few columns",  {100, 0, 0, 0, 0, 0},   1, 2,  300,  1, 450 },
    {"one key, many columns", {100, 0, 0, 0, 0, 0},   1, 40, 30,   1, 300 },
    {"ranges",                {0, 100, 0, 0, 0, 0},   1, 3,  900,  1, 1500},
    {"ranges, constants",     {0, 100, 0, 0, 0, 0},   2, 12, 4000, 1, 800 },
    {"texts",                 {0, 0, 100, 0, 0, 0},   1, 3,  40,   1, 300 },
    {"many attributes",       {0, 20, 0, 80, 0, 0},   5, 3,  40,   2, 400 },
    {"residuals",             {0, 0, 0, 0, 5, 95},    1, 2,  900,  1, 200 },
    {"all kinds",             {25, 25, 25, 0, 25, 0}, 5, 6,  40,   5, 300 },
};

struct held {
    struct weir_normal *normal;
    uint32_t id, group;
};

struct world {
    struct random_source r;
    uint64_t seed;
    const struct shape *shape;
    struct oom oom;
    struct weir_matcher *m;
    struct weir_match_scratch *scratch;
    struct weir_scratch *eval;
    struct held held[HELD_MAX];
    size_t count;
    bool shared;
    struct reached reached;
};

static void check_failed(const struct world *w, const char *what)
{
    fail_msg("%s, seed %llu: %s", w->shape->name, (unsigned long long)w->seed, what);
}

static int compare_numbers(const void *a, const void *b)
{
    const uint32_t *one = a, *other = b;

    return *one < *other ? -1 : *one > *other;
}

static void expect(struct world *w, struct weir_matches matches, uint32_t *expected, size_t count,
                   const char *what)
{
    if (matches.cut || matches.count != count)
        check_failed(w, what);
    weir_match_scratch_sort(w->scratch);
    qsort(expected, count, sizeof *expected, compare_numbers);
    if (count > 0 && memcmp(matches.v, expected, count * sizeof *expected) != 0)
        check_failed(w, what);
}

/* By any of the scans that there are for this processor. */
static void choose_scan(struct world *w)
{
    const struct weiri_scan *scans[WEIRI_SCANS_MAX];
    const uint32_t count = weiri_scan_all(scans);

    weiri_match_scratch_use(w->scratch, scans[random_below(&w->r, count)]);
}

static void check(struct world *w)
{
    static uint32_t ids[HELD_MAX];
    uint32_t groups[GROUPS];
    bool found[GROUPS] = {false};
    struct weir_notification n;
    uint8_t *bytes = shape_notification(&n, &w->r, w->shape);
    const uint32_t skip =
        random_chance(&w->r, 50) ? UINT32_MAX : (uint32_t)random_below(&w->r, GROUPS);
    size_t count = 0, group_count = 0;

    choose_scan(w);
    for (size_t i = 0; i < w->count; i++) {
        if (weir_normal_eval(w->held[i].normal, &n, w->eval) != WEIR_TRUE)
            continue;
        ids[count++] = w->held[i].id;
        found[w->held[i].group] = true;
    }
    for (uint32_t g = 0; g < GROUPS; g++) {
        if (found[g] && g != skip)
            groups[group_count++] = g;
    }
    assert_int_equal(weir_match_scratch_reserve(w->scratch, w->m), WEIR_OK);
    expect(w, weir_matcher_match(w->m, &n, WEIR_UNDECIDED_NO, w->scratch), ids, count, "wrong ids");
    expect(w, weir_matcher_match_groups(w->m, &n, skip, WEIR_UNDECIDED_NO, w->scratch), groups,
           group_count, "wrong groups");
    free(bytes);
}

static struct weir_normal *make_normal(struct world *w)
{
    static char text[TEXT_MAX];
    struct weir_filter *filter = NULL;
    struct weir_normal *normal;
    struct weir_diags diags;

    if (w->count > 0 && random_chance(&w->r, 8)) {
        assert_int_equal(
            weir_normal_copy(&normal, w->held[random_below(&w->r, w->count)].normal, NULL),
            WEIR_OK);
        return normal;
    }
    while (filter == NULL) { /* some offend the type check */
        shape_filter(text, sizeof text, &w->r, w->shape);
        if (weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) != WEIR_OK)
            filter = NULL;
    }
    assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL), WEIR_OK);
    weir_filter_destroy(filter);
    return normal;
}

static bool is_held(const struct world *w, uint32_t id)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->held[i].id == id)
            return true;
    }
    return false;
}

static struct held *make_one(struct world *w)
{
    struct held *held = &w->held[w->count];

    held->normal = make_normal(w);
    held->group = (uint32_t)random_below(&w->r, GROUPS);
    do
        held->id = random_chance(&w->r, 80) ? (uint32_t)random_below(&w->r, 5000)
                                            : (uint32_t)random_u64(&w->r);
    while (is_held(w, held->id));
    return held;
}

/* What readers of another thread would be waited for. */
static void reclaim(struct world *w)
{
    if (weir_matcher_seal(w->m))
        weir_matcher_reclaim(w->m);
}

static void empty_bin(struct world *w)
{
    for (int i = 0; i < 10 && weir_matcher_seal(w->m); i++)
        weir_matcher_reclaim(w->m);
    assert_false(weir_matcher_seal(w->m));
}

static void add_one(struct world *w)
{
    const struct held *held = make_one(w);

    assert_int_equal(weir_matcher_add(w->m, held->id, held->group, held->normal), WEIR_OK);
    assert_int_equal(weir_matcher_add(w->m, held->id, held->group, held->normal), WEIR_EEXIST);
    w->count++;
    if (w->shared && random_chance(&w->r, 5))
        reclaim(w);
}

static void remove_one(struct world *w)
{
    const size_t i = random_below(&w->r, w->count), allowed = w->oom.allowed;

    w->oom.allowed = 0;
    assert_true(weir_matcher_remove(w->m, w->held[i].id));
    assert_false(weir_matcher_remove(w->m, w->held[i].id));
    if (w->shared && random_chance(&w->r, 5))
        reclaim(w);
    w->oom.allowed = allowed;
    weir_normal_destroy(w->held[i].normal);
    w->held[i] = w->held[--w->count];
}

static void begin(struct world *w, const struct shape *shape, uint64_t seed)
{
    *w = (struct world){.r = {seed},
                        .seed = seed,
                        .shape = shape,
                        .eval = must_scratch(),
                        .shared = (seed + (size_t)(shape - shapes)) % 2 == 1};
    oom_init(&w->oom, SIZE_MAX);
    assert_int_equal(weir_matcher_create(&w->m, &w->oom.alloc), WEIR_OK);
    assert_int_equal(weir_match_scratch_create(&w->scratch, NULL), WEIR_OK);
    if (w->shared)
        weir_matcher_share(w->m);
}

/* All that was ever obtained for filters comes back. */
static void end(struct world *w, size_t empty)
{
    while (w->count > 0)
        remove_one(w);
    empty_bin(w);
    check(w);
    if (w->oom.live_count != empty)
        check_failed(w, "memory is not back");
    weir_matcher_destroy(w->m);
    assert_int_equal(w->oom.live_count, 0);
    weir_match_scratch_destroy(w->scratch);
    weir_scratch_destroy(w->eval);
}

static void run(struct world *w, const struct shape *shape, uint64_t seed)
{
    const size_t steps[] = {shape->filters, shape->filters / 3, shape->filters, 0};
    size_t empty;

    begin(w, shape, seed);
    empty = w->oom.live_count;
    for (size_t phase = 0; phase < COUNT_OF(steps); phase++) {
        size_t looks = 0;

        while (w->count != steps[phase]) {
            if (random_chance(&w->r, steps[phase] > w->count ? 85 : 15) || w->count == 0)
                add_one(w);
            else
                remove_one(w);
            if (looks++ % 60 == 0)
                check(w);
            if (looks % 40 == 0)
                reached_look(&w->reached, w->m);
        }
        assert_int_equal(weir_matcher_count(w->m), w->count);
        check(w);
        check(w);
    }
    end(w, empty);
}

static void raise_all(struct reached *most, const struct reached *now)
{
    uint32_t *const all = (uint32_t *)(void *)most;
    const uint32_t *const some = (const uint32_t *)(const void *)now;

    for (size_t i = 0; i < sizeof *most / sizeof *all; i++)
        reached_raise(&all[i], some[i]);
}

static void agrees_with_the_normal_forms(void **state)
{
    static struct world w;
    struct reached reached = {0};

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(1); seed++) {
        for (size_t i = 0; i < COUNT_OF(shapes); i++) {
            run(&w, &shapes[i], seed);
            raise_all(&reached, &w.reached);
            if (getenv("WEIR_TEST_VERBOSE") != NULL)
                print_message("%s: %u full blocks, %u mixed, %u in a list; %u pages, %u full, %u "
                              "in a sheet, %u columns; %u slots, %u leaving, %u made; %u marks, %u "
                              "members, %u places\n",
                              shapes[i].name, w.reached.blocks_full, w.reached.blocks_mixed,
                              w.reached.blocks_listed, w.reached.pages, w.reached.pages_full,
                              w.reached.sheet_pages, w.reached.page_columns, w.reached.slots,
                              w.reached.leaving, w.reached.versions, w.reached.marks,
                              w.reached.members, w.reached.places);
        }
    }
    assert_true(reached.blocks_full >= 2);
    assert_true(reached.blocks_mixed >= 2);
    assert_true(reached.blocks_sets >= 2);
    assert_true(reached.blocks_fine >= 2);
    assert_true(reached.blocks_listed >= 2);
    assert_true(reached.complete > 0);
    assert_true(reached.pages >= 3);
    assert_true(reached.pages_full >= 1);
    assert_true(reached.pages_wide >= 1);
    assert_true(reached.sheets_listed >= 2);
    assert_true(reached.sheet_pages >= 3);
    assert_true(reached.page_columns >= 5);
    for (size_t kind = 0; kind < WEIRI_KEY_KINDS; kind++)
        assert_true(reached.kinds[kind] > 0);
    assert_true(reached.slots >= WEIRI_SLOTS - 20);
    assert_true(reached.leaving > 0);
    assert_true(reached.sweeps > 0);
    assert_true(reached.marks > 10);
    assert_int_equal(reached.groups, GROUPS);
    assert_true(reached.members >= 4);
    assert_true(reached.places >= 5);
}

/* Each allocation of an add fails: the answers stay.  What attributes learn from filters that are
 * not added in the end is kept, but not more with each attempt. */
static size_t add_with_failures(struct world *w)
{
    static uint32_t before[HELD_MAX];
    const struct held *held = make_one(w);
    struct weir_notification n;
    uint8_t *bytes = shape_notification(&n, &w->r, w->shape);
    struct weir_matches matches = weir_matcher_match(w->m, &n, WEIR_UNDECIDED_NO, w->scratch);
    const size_t count = matches.count;
    size_t failures = 0, blocks = 0, again = 0;

    if (count > 0)
        memcpy(before, matches.v, count * sizeof *before);
    for (size_t allowed = 0;; failures++) {
        enum weir_err err;

        w->oom.allowed = allowed;
        err = weir_matcher_add(w->m, held->id, held->group, held->normal);
        w->oom.allowed = SIZE_MAX;
        if (err == WEIR_OK)
            break;
        assert_int_equal(err, WEIR_ENOMEM);
        assert_int_equal(weir_matcher_count(w->m), w->count);
        assert_false(weir_matcher_remove(w->m, held->id));
        if (w->shared)
            empty_bin(w);
        expect(w, weir_matcher_match(w->m, &n, WEIR_UNDECIDED_NO, w->scratch), before, count,
               "changed by an add that failed");
        if (again > 0 && w->oom.live_count <= blocks) {
            allowed++;
            again = 0;
        } else if (again++ == 10) {
            check_failed(w, "memory is lost with each failure");
        }
        blocks = w->oom.live_count;
    }
    w->count++;
    assert_int_equal(weir_match_scratch_reserve(w->scratch, w->m), WEIR_OK);
    free(bytes);
    return failures;
}

static void each_allocation_fails_once(void **state)
{
    static struct world w;

    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(1); seed++) {
        for (size_t i = 0; i < COUNT_OF(shapes); i++) {
            size_t empty, failures = 0;

            begin(&w, &shapes[i], seed);
            empty = w.oom.live_count;
            assert_int_equal(weir_match_scratch_reserve(w.scratch, w.m), WEIR_OK);
            while (w.count < 100)
                failures += add_with_failures(&w);
            assert_true(failures > 2 * w.count);
            check(&w);
            end(&w, empty);
        }
    }
}

static void hold_text(struct world *w, const char *text)
{
    struct held *held = &w->held[w->count];

    held->normal = must_normalise(text);
    held->id = (uint32_t)w->count++;
    held->group = held->id % GROUPS;
    assert_int_equal(weir_matcher_add(w->m, held->id, held->group, held->normal), WEIR_OK);
}

/* Rows of an attribute for which no slot is left have no columns, nor have their pages. */
static void pages_without_columns(void **state)
{
    static struct world w;
    const struct shape *shape = &shapes[0];
    uint32_t bare = 0;
    size_t empty;
    char text[40];

    (void)state;
    begin(&w, shape, 2);
    empty = w.oom.live_count;
    for (unsigned i = 0; i < 2 * WEIRI_SLOTS; i++) {
        snprintf(text, sizeof text, "m%u > 1", i);
        hold_text(&w, text);
    }
    for (unsigned i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "c0 > %u", i);
        hold_text(&w, text);
    }
    for (uint32_t i = 0; i < weiri_table_end(&w.m->rows); i++) {
        const struct weiri_rows *rows = weiri_table_find(&w.m->rows, i);

        bare += rows != NULL && rows->kind == WEIRI_PAGE && rows->columns == 0;
    }
    assert_true(bare > 0);
    while (w.count > 0) {
        if (w.count % 10 == 0)
            check(&w);
        remove_one(&w);
    }
    end(&w, empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_normal_forms),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(pages_without_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* explain_test.c - what the matcher tells of itself agrees with what it does. */
#include "oom.h"
#include "structures.h"

#include <weir/explain.h>

#define FILTERS 700u
#define NOTIFICATIONS 12u

static const struct shape shapes[] = {
    {"values", {100, 0, 0, 0, 0, 0},     3, 4, 200, 1, FILTERS},
    {"ranges", {0, 100, 0, 0, 0, 0},     2, 4, 900, 1, FILTERS},
    {"texts",  {0, 0, 100, 0, 0, 0},     1, 2, 50,  1, FILTERS},
    {"all",    {20, 20, 20, 10, 10, 20}, 3, 6, 60,  1, FILTERS},
};

struct held {
    struct weir_normal *normal;
    bool is_first; /* of equal ones */
};

struct sums {
    struct weir_match_cost all;
    bool perhaps;
};

static bool is_single(struct weir_normal *normal, struct held *held, size_t count)
{
    const struct weir_str bytes = weir_normal_bytes(normal);

    held[count] = (struct held){normal, true};
    for (size_t i = 0; i < count; i++)
        held[count].is_first &= !weir_str_equal(weir_normal_bytes(held[i].normal), bytes);
    return weir_normal_count(normal) == 1 && weir_normal_is_exact(normal);
}

static size_t fill(struct weir_matcher *m, struct held *held, struct random_source *r,
                   const struct shape *shape)
{
    static char text[8192];
    size_t count = 0;

    while (count < shape->filters) {
        struct weir_filter *filter;
        struct weir_normal *normal;
        struct weir_diags diags;

        shape_filter(text, sizeof text, r, shape);
        if (weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) != WEIR_OK)
            continue;
        assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL),
                         WEIR_OK);
        weir_filter_destroy(filter);
        if (is_single(normal, held, count)) {
            assert_int_equal(weir_matcher_add(m, (uint32_t)count, 0, normal), WEIR_OK);
            count++;
        } else {
            weir_normal_destroy(normal);
        }
    }
    return count;
}

static void add_up(void *context, const struct weir_visit *visit)
{
    struct sums *sums = context;

    assert_true(visit->rows <= visit->blocks * 64 + visit->pages * 64);
    assert_true(visit->found <= visit->maybe && visit->maybe <= visit->rows);
    assert_true(visit->maybe - visit->records <= visit->found);
    sums->perhaps |= !visit->met;
    sums->all.visits++;
    sums->all.blocks += visit->blocks;
    sums->all.pages += visit->pages;
    sums->all.rows += visit->rows;
    sums->all.columns += visit->columns;
    sums->all.maybe += visit->maybe;
    sums->all.records += visit->records;
    sums->all.found += visit->found;
}

static void check_notification(const struct weir_matcher *m, const struct held *held, size_t count,
                               const struct weir_notification *n, struct weir_scratch *eval)
{
    struct weir_match_cost cost;
    struct sums sums = {.perhaps = false};
    size_t expected = 0;

    assert_int_equal(weir_matcher_explain(m, n, add_up, &sums, &cost, NULL), WEIR_OK);
    for (size_t i = 0; i < count; i++)
        expected += held[i].is_first && weir_normal_eval(held[i].normal, n, eval) == WEIR_TRUE;
    assert_int_equal(cost.found, expected);
    assert_int_equal(cost.found, sums.all.found);
    assert_int_equal(cost.visits, sums.all.visits);
    assert_int_equal(cost.rows, sums.all.rows);
    assert_int_equal(cost.blocks + cost.pages, sums.all.blocks + sums.all.pages);
    assert_true(cost.attributes <= n->attr_count + (uint32_t)WEIR_STAMP_COUNT);
    assert_true(cost.visits <= cost.keys);
    assert_true(cost.steps ==
                (uint64_t)cost.keys + sums.all.columns + sums.all.maybe + sums.all.records);
}

/* Each constraint's attribute is among those that the key, the columns or the record decide; a
 * conjunction that is complete needs no record. */
static void check_holders(struct weir_matcher *m, const struct held *held, size_t count,
                          bool *pages)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct weir_conjunction *conjunction = weir_normal_at(held[i].normal, 0);
        const struct weir_access access = weir_matcher_access(m, i, 0);
        const struct weir_holder holder = weir_matcher_holder(m, i, 0);
        const uint32_t proven = access.proven ? 1 : 0;

        assert_true(holder.places == access.values);
        assert_true(holder.rows > 0 && holder.rows <= 64u);
        assert_true(holder.beside >= holder.places);
        assert_true(holder.column_count + proven <= conjunction->constraint_count);
        if (holder.complete)
            assert_true(holder.column_count + proven == conjunction->constraint_count &&
                        conjunction->residual_count == 0);
        *pages |= holder.page;
    }
}

static void tells_what_it_does(void **state)
{
    static struct held held[FILTERS + 1];
    struct weir_scratch *eval = must_scratch();
    bool pages = false;

    (void)state;
    for (size_t s = 0; s < COUNT_OF(shapes); s++) {
        struct random_source r = {s + 1};
        struct weir_matcher *m;
        size_t count;

        assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
        count = fill(m, held, &r, &shapes[s]);
        check_holders(m, held, count, &pages);
        for (size_t i = 0; i < NOTIFICATIONS; i++) {
            struct weir_notification n;
            uint8_t *bytes = shape_notification(&n, &r, &shapes[s]);

            check_notification(m, held, count, &n, eval);
            free(bytes);
        }
        for (size_t i = 0; i < count; i++)
            weir_normal_destroy(held[i].normal);
        weir_matcher_destroy(m);
    }
    assert_true(pages);
    weir_scratch_destroy(eval);
}

static void fails_only_for_want_of_memory(void **state)
{
    struct weir_normal *normal = must_normalise("x > 1 OR s CONTAINS 'b'");
    struct random_source r = {1};
    struct weir_notification n;
    uint8_t *bytes = support_notification(&n, &r);
    struct weir_match_cost cost;
    struct weir_matcher *m;
    struct oom oom;
    enum weir_err err = WEIR_ENOMEM;

    (void)state;
    assert_int_equal(weir_matcher_create(&m, NULL), WEIR_OK);
    assert_int_equal(weir_matcher_add(m, 1, 0, normal), WEIR_OK);
    for (size_t allowed = 0; err != WEIR_OK; allowed++) {
        assert_true(allowed < 10);
        oom_init(&oom, allowed);
        err = weir_matcher_explain(m, &n, NULL, NULL, &cost, &oom.alloc);
        assert_true(err == (allowed == 0 ? WEIR_ENOMEM : err));
        assert_int_equal(oom.live_count, 0);
    }
    weir_matcher_destroy(m);
    weir_normal_destroy(normal);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_it_does),
        cmocka_unit_test(fails_only_for_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

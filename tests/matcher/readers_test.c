/* readers_test.c - threads that match while another one adds and removes.
 *
 * Filters that stay are found in every match where their normal form says so, once each; those that
 * come and go are found only where they match, if they are; those that never came are not found. */
#include "grace.h"
#include "oom.h"
#include "structures.h"

#include <weir/matcher.h>

#define STAYING 150u
#define MOVING 500u
#define NOTIFICATIONS 24u
#define GROUPS 40u
#define STEPS 250u
#define MATCHES_LEAST 100u /* of a reader, however late its thread comes */

enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

static const struct shape shapes[] = {
    {"one key",         {100, 0, 0, 0, 0, 0},   1, 30, 200, 1, 0},
    {"ranges",          {0, 100, 0, 0, 0, 0},   1, 3,  900, 1, 0},
    {"many attributes", {0, 20, 0, 80, 0, 0},   5, 3,  40,  2, 0},
    {"all kinds",       {25, 25, 25, 0, 25, 0}, 3, 6,  60,  5, 0},
};

/* Filter i has the id i; the first STAYING are held all the time, the next MOVING now and then. */
struct plan {
    const struct shape *shape;
    uint32_t groups_count; /* few: most matches stop before the end */
    struct weir_normal *normals[STAYING + MOVING];
    struct weir_notification n[NOTIFICATIONS];
    uint8_t *bytes[NOTIFICATIONS];
    uint8_t ids[NOTIFICATIONS][STAYING + MOVING]; /* enum answer */
    uint8_t groups[NOTIFICATIONS][GROUPS];
    struct oom oom;
    struct weir_matcher *m;
    struct grace grace;
};

struct reader {
    struct plan *plan;
    size_t number;
    const char *wrong; /* the first mistake */
    size_t matches, found, cut;
};

/* Those that stay and those that move have some groups in common. */
static uint32_t group_of(const struct plan *plan, uint32_t id)
{
    const uint32_t count = plan->groups_count;

    return id < STAYING ? id % (count / 2) : count / 4 + id % (3 * count / 4);
}

static struct weir_normal *random_normal(struct random_source *r, const struct shape *shape)
{
    static char text[4096];
    struct weir_filter *filter = NULL;
    struct weir_normal *normal;
    struct weir_diags diags;

    while (filter == NULL) {
        shape_filter(text, sizeof text, r, shape);
        if (weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) != WEIR_OK)
            filter = NULL;
    }
    assert_int_equal(weir_normal_create(&normal, filter, WEIR_ROLE_SUBSCRIPTION, NULL), WEIR_OK);
    weir_filter_destroy(filter);
    return normal;
}

static void make_plan(struct plan *plan, const struct shape *shape, uint32_t groups, uint64_t seed)
{
    struct weir_scratch *eval = must_scratch();
    struct random_source r = {seed};

    memset(plan, 0, sizeof *plan);
    plan->shape = shape;
    plan->groups_count = groups;
    oom_init(&plan->oom, SIZE_MAX);
    assert_int_equal(weir_matcher_create(&plan->m, &plan->oom.alloc), WEIR_OK);
    for (uint32_t i = 0; i < STAYING + MOVING; i++) {
        if (i >= STAYING && random_chance(&r, 10)) /* members of forms come and go */
            assert_int_equal(
                weir_normal_copy(&plan->normals[i], plan->normals[random_below(&r, i)], NULL),
                WEIR_OK);
        else
            plan->normals[i] = random_normal(&r, shape);
    }
    for (size_t k = 0; k < NOTIFICATIONS; k++) {
        plan->bytes[k] = shape_notification(&plan->n[k], &r, shape);
        for (uint32_t i = 0; i < STAYING + MOVING; i++) {
            const bool matches = weir_normal_eval(plan->normals[i], &plan->n[k], eval) == WEIR_TRUE;
            const enum answer answer = !matches      ? ANSWER_NO
                                       : i < STAYING ? ANSWER_YES
                                                     : ANSWER_MAYBE;

            plan->ids[k][i] = (uint8_t)answer;
            if (answer > plan->groups[k][group_of(plan, i)])
                plan->groups[k][group_of(plan, i)] = (uint8_t)answer;
        }
    }
    weir_scratch_destroy(eval);
}

static void drop_plan(struct plan *plan)
{
    for (uint32_t i = 0; i < STAYING + MOVING; i++)
        weir_normal_destroy(plan->normals[i]);
    for (size_t k = 0; k < NOTIFICATIONS; k++)
        free(plan->bytes[k]);
    assert_int_equal(plan->oom.live_count, 0);
}

/* `answers`: of the numbers below `count`; `skip` is not to be found. */
static const char *judge(struct weir_matches matches, const uint8_t *answers, uint32_t count,
                         uint32_t skip)
{
    bool found[STAYING + MOVING] = {false};

    for (size_t i = 0; i < matches.count; i++) {
        const uint32_t v = matches.v[i];

        if (v >= count || v == skip)
            return "something is found that is not there";
        if (found[v])
            return "something is found twice";
        if (answers[v] == ANSWER_NO)
            return "something is found that does not match";
        found[v] = true;
    }
    for (uint32_t v = 0; v < count && !matches.cut; v++) {
        if (answers[v] == ANSWER_YES && !found[v] && v != skip)
            return "something is not found";
    }
    return NULL;
}

static void look(struct reader *reader, struct weir_match_scratch *scratch, struct random_source *r)
{
    const struct plan *plan = reader->plan;
    const size_t k = random_below(r, NOTIFICATIONS);
    struct weir_matches matches;
    const char *wrong;

    if (random_chance(r, 70)) {
        matches = weir_matcher_match(plan->m, &plan->n[k], WEIR_UNDECIDED_NO, scratch);
        wrong = judge(matches, plan->ids[k], STAYING + MOVING, UINT32_MAX);
    } else {
        const uint32_t skip = random_chance(r, 50) ? UINT32_MAX : (uint32_t)random_below(r, GROUPS);

        matches = weir_matcher_match_groups(plan->m, &plan->n[k], skip, WEIR_UNDECIDED_NO, scratch);
        wrong = judge(matches, plan->groups[k], GROUPS, skip);
    }
    reader->matches++;
    reader->found += matches.count;
    reader->cut += matches.cut;
    if (wrong != NULL && reader->wrong == NULL)
        reader->wrong = wrong;
}

static void *read_on(void *argument)
{
    struct reader *reader = argument;
    struct grace *grace = &reader->plan->grace;
    struct random_source r = {reader->number};
    struct weir_match_scratch *scratch;

    if (weir_match_scratch_create(&scratch, NULL) != WEIR_OK)
        abort();
    do {
        if (weir_match_scratch_reserve(scratch, reader->plan->m) != WEIR_OK)
            abort();
        look(reader, scratch, &r);
        atomic_fetch_add(&grace->passed[reader->number], 1);
    } while (reader->matches < MATCHES_LEAST || !atomic_load(&grace->stop));
    weir_match_scratch_destroy(scratch);
    return NULL;
}

static void add(struct plan *plan, uint32_t id)
{
    assert_int_equal(weir_matcher_add(plan->m, id, group_of(plan, id), plan->normals[id]), WEIR_OK);
}

static void reclaim(struct plan *plan)
{
    if (!weir_matcher_seal(plan->m))
        return;
    grace_wait(&plan->grace);
    weir_matcher_reclaim(plan->m);
}

/* Fills the matcher, empties it but for those that stay, and again.  What was removed is not added
 * again while a match may have found it already. */
static void change(struct plan *plan, struct reached *reached, uint64_t seed)
{
    const size_t steps = random_rounds(STEPS);
    size_t removed[MOVING] = {0}, reclaims = 1;
    bool held[MOVING] = {false};
    struct random_source r = {seed};

    for (uint32_t i = 0; i < MOVING / 3; i++) /* these were added first */
        held[i] = true;
    for (size_t step = 0; step < steps; step++) {
        const uint32_t i = (uint32_t)random_below(&r, MOVING);
        const bool fill = step * 4 / steps % 2 == 0;

        if (!held[i] && removed[i] < reclaims && random_chance(&r, fill ? 100 : 10)) {
            add(plan, STAYING + i);
            held[i] = true;
        } else if (held[i] && random_chance(&r, fill ? 30 : 100)) {
            assert_true(weir_matcher_remove(plan->m, STAYING + i));
            held[i] = false;
            removed[i] = reclaims;
        }
        if (random_chance(&r, 5)) {
            reclaim(plan);
            reclaims++;
        }
        if (step % 200 == 0)
            reached_look(reached, plan->m);
    }
}

static void run(const struct shape *shape, uint64_t seed)
{
    static struct plan plan;
    struct reader readers[GRACE_READERS];
    pthread_t threads[GRACE_READERS];
    struct reached reached = {0};
    size_t found = 0;

    make_plan(&plan, shape, shape->terms == 5 ? 4 : GROUPS, seed);
    for (uint32_t id = STAYING + MOVING / 3; id-- > 0;)
        add(&plan, id);
    weir_matcher_share(plan.m);
    for (size_t i = 0; i < GRACE_READERS; i++) {
        readers[i] = (struct reader){.plan = &plan, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
    }
    change(&plan, &reached, seed);
    atomic_store(&plan.grace.stop, true);
    for (size_t i = 0; i < GRACE_READERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        if (readers[i].wrong != NULL)
            fail_msg("%s, seed %llu: %s", shape->name, (unsigned long long)seed, readers[i].wrong);
        assert_true(readers[i].matches > 0);
        found += readers[i].found;
    }
    assert_true(found > 0);
    assert_true(reached.versions > 2);
    weir_matcher_destroy(plan.m);
    drop_plan(&plan);
}

static void readers_miss_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= random_rounds(1); seed++) {
        for (size_t i = 0; i < COUNT_OF(shapes); i++)
            run(&shapes[i], seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_miss_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

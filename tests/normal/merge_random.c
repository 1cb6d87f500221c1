/* merge_random.c - mergers of random filters against the evaluator. */
#include "merging.h"

#define ROUNDS 1000
#define NOTIFICATIONS 192

struct random_merge {
    uint64_t seed;
    enum weir_filter_role role;
    uint32_t count;
    char texts[INPUTS_MAX][TEXT_MAX];
    struct weir_filter *filters[INPUTS_MAX];
    struct weir_normal *forms[INPUTS_MAX];
    struct built_sample built;
};

/* How often each kind came out, and mergers for which the work just sufficed, or not quite. */
struct outcomes {
    size_t kinds[3], short_of_work;
};

static void fail_random(const struct random_merge *r, const char *what,
                        const struct weir_normal *form, const struct weir_notification *n)
{
    char printed[TEXT_MAX], notification[TEXT_MAX] = "";

    weir_normal_print(printed, sizeof printed, form);
    if (n != NULL)
        support_print_notification(notification, sizeof notification, n);
    fail_msg("seed %llu: %s\n  %s\n  %s\n  %s\n  = %s\n  %s", (unsigned long long)r->seed, what,
             r->texts[0], r->count > 1 ? r->texts[1] : "", r->count > 2 ? r->texts[2] : "", printed,
             notification);
}

static bool is_wanted(const struct random_merge *r, uint32_t i, const struct weir_notification *n)
{
    struct weir_scratch *scratch = r->built.sample.scratch;

    return r->role == WEIR_ROLE_SUBSCRIPTION
               ? weir_filter_eval(r->filters[i], n, scratch) == WEIR_TRUE
               : weir_normal_conforms(r->forms[i], n, scratch);
}

static bool is_matched(const struct random_merge *r, const struct weir_normal *form,
                       const struct weir_notification *n)
{
    struct weir_scratch *scratch = r->built.sample.scratch;

    return r->role == WEIR_ROLE_SUBSCRIPTION ? weir_normal_eval(form, n, scratch) != WEIR_FALSE
                                             : weir_normal_conforms(form, n, scratch);
}

/* Of subscriptions the evaluator is the judge. */
static void check_merger(const struct random_merge *r, const struct weir_merger *merger)
{
    const struct weir_sample *sample = &r->built.sample;
    struct weir_share share = {0, 0};
    bool exact = true;

    for (uint32_t i = 0; i < r->count; i++)
        exact = exact && weir_normal_is_exact(r->forms[i]);
    for (uint32_t j = 0; j < sample->count; j++) {
        const struct weir_notification *n = &sample->v[j];
        const bool matched = is_matched(r, merger->form, n);
        bool wanted = false;

        for (uint32_t i = 0; i < r->count; i++)
            wanted = wanted || is_wanted(r, i, n);
        if (wanted && !matched)
            fail_random(r, "an input matches, the merger does not", merger->form, n);
        if (matched && !wanted && exact && merger->kind == WEIR_MERGE_PERFECT)
            fail_random(r, "not perfect", merger->form, n);
        share.matched += matched;
        share.unwanted += matched && !wanted;
    }
    if (exact &&
        (merger->share.matched != share.matched || merger->share.unwanted != share.unwanted))
        fail_random(r, "measured wrong", merger->form, NULL);
}

static void fill(struct random_merge *r, uint64_t seed, enum weir_filter_role role)
{
    struct random_source source = {seed};
    struct weir_sample *sample = &r->built.sample;

    r->seed = seed;
    r->role = role;
    r->count = 1 + (uint32_t)random_below(&source, 3);
    sample_init(&r->built, NOTIFICATIONS);
    for (; sample->count < NOTIFICATIONS; sample->count++)
        r->built.bytes[sample->count] = support_notification(&r->built.v[sample->count], &source);
    for (uint32_t i = 0; i < r->count; i++) {
        do {
            r->filters[i] = support_compile_random(r->texts[i], sizeof r->texts[i], &source,
                                                   (int)random_below(&source, 3));
        } while (r->filters[i] == NULL);
        assert_int_equal(weir_normal_create(&r->forms[i], r->filters[i], role, NULL), WEIR_OK);
    }
}

static void empty(struct random_merge *r)
{
    for (uint32_t i = 0; i < r->count; i++) {
        weir_normal_destroy(r->forms[i]);
        weir_filter_destroy(r->filters[i]);
    }
    sample_fini(&r->built);
}

static void check(const struct random_merge *r, struct outcomes *outcomes)
{
    const struct weir_sample *sample = &r->built.sample;
    struct weir_normal *reversed[INPUTS_MAX] = {NULL};
    struct weir_merger merger, other;
    uint32_t work = (uint32_t)(r->seed * 7 % 20000);

    for (uint32_t i = 0; i < r->count; i++)
        reversed[r->count - 1 - i] = r->forms[i];
    merger = merge_forms(r->forms, r->count, sample, 0.9);
    other = merge_forms(reversed, r->count, sample, 0.9);
    outcomes->kinds[merger.kind]++;
    assert_int_equal(merger.kind, other.kind);
    if (merger.form != NULL) {
        check_merger(r, &merger);
        if (!weir_str_equal(weir_normal_bytes(merger.form), weir_normal_bytes(other.form)))
            fail_random(r, "depends on the order", merger.form, NULL);
    }
    weir_normal_destroy(merger.form);
    weir_normal_destroy(other.form);

    merger = merge_within(&work, r->forms, r->count, sample, 0.9);
    if (merger.form != NULL && merger.share.matched > 0)
        check_merger(r, &merger);
    outcomes->short_of_work += work == 0 && merger.form != NULL;
    weir_normal_destroy(merger.form);
}

static void check_all(enum weir_filter_role role)
{
    static struct random_merge r;
    struct outcomes outcomes = {.short_of_work = 0};

    for (size_t round = 0; round < random_rounds(ROUNDS); round++) {
        fill(&r, round, role);
        check(&r, &outcomes);
        empty(&r);
    }
    assert_true(outcomes.short_of_work > 0);
    for (int kind = 0; kind < 3; kind++)
        assert_true(outcomes.kinds[kind] > random_rounds(ROUNDS) / 20);
}

static void subscriptions_merge_soundly(void **state)
{
    (void)state;
    check_all(WEIR_ROLE_SUBSCRIPTION);
}

static void advertisements_merge_soundly(void **state)
{
    (void)state;
    check_all(WEIR_ROLE_ADVERTISEMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subscriptions_merge_soundly),
        cmocka_unit_test(advertisements_merge_soundly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

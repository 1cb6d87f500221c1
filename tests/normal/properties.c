/* properties.c - the normal form and its algebra against the tree evaluator, on random filters.
 *
 * The evaluator alone is the judge: equal truth on every notification, covers and intersects sound
 * on every sampled notification, covering reflexive and transitive. */
#include "support.h"

#define FILTERS 24
#define NOTIFICATIONS 48
#define TEXT_MAX 8192

struct sample {
    char text[TEXT_MAX];
    struct weir_filter *filter;
    struct weir_normal *normal, *adv;
    bool matches[NOTIFICATIONS];
    bool conforms[NOTIFICATIONS];
};

struct round {
    uint64_t seed;
    struct sample filters[FILTERS];
    struct weir_notification notifications[NOTIFICATIONS];
    uint8_t *bytes[NOTIFICATIONS];
    struct weir_scratch *scratch;
};

static void fail_pair(const struct round *round, const char *what, const struct sample *a,
                      const struct sample *b, const struct weir_notification *n)
{
    char printed[TEXT_MAX] = "", form[TEXT_MAX], other[TEXT_MAX] = "";

    if (n != NULL)
        support_print_notification(printed, sizeof printed, n);
    weir_normal_print(form, sizeof form, a->normal);
    if (b != NULL)
        weir_normal_print(other, sizeof other, b->normal);
    fail_msg("seed %llu: %s\n  %s\n    = %s\n  %s\n    = %s\n  %s", (unsigned long long)round->seed,
             what, a->text, form, b != NULL ? b->text : "", other, printed);
}

static void round_fill(struct round *round, uint64_t seed)
{
    struct random_source r = {seed};

    round->seed = seed;
    round->scratch = must_scratch();
    for (size_t j = 0; j < NOTIFICATIONS; j++)
        round->bytes[j] = support_notification(&round->notifications[j], &r);
    for (size_t i = 0; i < FILTERS; i++) {
        struct sample *sample = &round->filters[i];

        do {
            sample->filter = support_compile_random(sample->text, sizeof sample->text, &r,
                                                    (int)random_below(&r, 4));
        } while (sample->filter == NULL);
        assert_int_equal(
            weir_normal_create(&sample->normal, sample->filter, WEIR_ROLE_SUBSCRIPTION, NULL),
            WEIR_OK);
        assert_int_equal(
            weir_normal_create(&sample->adv, sample->filter, WEIR_ROLE_ADVERTISEMENT, NULL),
            WEIR_OK);
        for (size_t j = 0; j < NOTIFICATIONS; j++) {
            sample->matches[j] = weir_filter_eval(sample->filter, &round->notifications[j],
                                                  round->scratch) == WEIR_TRUE;
            sample->conforms[j] =
                weir_normal_conforms(sample->adv, &round->notifications[j], round->scratch);
        }
    }
}

static void round_empty(struct round *round)
{
    for (size_t i = 0; i < FILTERS; i++) {
        weir_normal_destroy(round->filters[i].normal);
        weir_normal_destroy(round->filters[i].adv);
        weir_filter_destroy(round->filters[i].filter);
    }
    for (size_t j = 0; j < NOTIFICATIONS; j++)
        free(round->bytes[j]);
    weir_scratch_destroy(round->scratch);
}

static void for_rounds(size_t rounds, void (*check)(struct round *))
{
    struct round *round = malloc(sizeof *round);

    assert_non_null(round);
    for (size_t i = 0; i < random_rounds(rounds); i++) {
        round_fill(round, 1000 + i);
        check(round);
        round_empty(round);
    }
    free(round);
}

static void check_truth(struct round *round)
{
    for (size_t i = 0; i < FILTERS; i++) {
        const struct sample *sample = &round->filters[i];

        for (size_t j = 0; j < NOTIFICATIONS; j++) {
            const struct weir_notification *n = &round->notifications[j];
            bool matches = weir_normal_eval(sample->normal, n, round->scratch) == WEIR_TRUE;

            if (matches != sample->matches[j] &&
                (sample->matches[j] || weir_normal_is_exact(sample->normal)))
                fail_pair(round, "normal form and filter differ", sample, NULL, n);
        }
    }
}

static bool demands(const struct weir_conjunction *conjunction, enum weir_filter_role role,
                    uint64_t demand)
{
    for (uint32_t i = 0; i < weir_conjunction_demands(conjunction); i++) {
        if (weir_conjunction_demand(conjunction, role, i) == demand)
            return true;
    }
    return false;
}

static bool all_demand(const struct weir_normal *normal, uint64_t demand)
{
    for (uint32_t i = 0; i < weir_normal_count(normal); i++) {
        if (!demands(weir_normal_at(normal, i), weir_normal_role(normal), demand))
            return false;
    }
    return true;
}

/* Whether `narrow` demands all that `wide` does. */
static bool demands_as_much(const struct weir_normal *narrow, const struct weir_normal *wide)
{
    const struct weir_conjunction *first = weir_normal_at(wide, 0);

    for (uint32_t i = 0; i < weir_conjunction_demands(first); i++) {
        uint64_t demand = weir_conjunction_demand(first, weir_normal_role(wide), i);

        if (demand != 0 && all_demand(wide, demand) && !all_demand(narrow, demand))
            return false;
    }
    return true;
}

static void check_demands(struct round *round, const struct sample *a, const struct sample *b)
{
    const bool any = !weir_normal_is_never(a->normal) && !weir_normal_is_never(b->normal);
    const bool any_adv = !weir_normal_is_never(a->adv) && !weir_normal_is_never(b->adv);

    if (any && weir_normal_covers(a->normal, b->normal, NULL) &&
        !demands_as_much(b->normal, a->normal))
        fail_pair(round, "demands deny covering", a, b, NULL);
    if (any_adv && weir_normal_covers(a->adv, b->adv, NULL) && !demands_as_much(b->adv, a->adv))
        fail_pair(round, "demands deny covering of advertisements", a, b, NULL);
}

static void check_algebra(struct round *round)
{
    for (size_t i = 0; i < FILTERS; i++) {
        for (size_t k = 0; k < FILTERS; k++) {
            const struct sample *a = &round->filters[i], *b = &round->filters[k];
            const bool covers = weir_normal_covers(a->normal, b->normal, NULL);
            const bool covers_adv = weir_normal_covers(a->adv, b->adv, NULL);
            const bool intersects = weir_normal_intersects(a->adv, b->normal, NULL);
            const uint64_t surplus =
                weir_normal_summary(a->normal) & ~weir_normal_summary(b->normal);

            check_demands(round, a, b);
            if (i == k && !(covers && covers_adv))
                fail_pair(round, "does not cover itself", a, NULL, NULL);
            if (covers_adv && (weir_normal_summary(a->adv) & ~weir_normal_summary(b->adv)) != 0)
                fail_pair(round, "summary denies covering of advertisements", a, b, NULL);
            if (covers && surplus != 0)
                fail_pair(round, "summary denies covering", a, b, NULL);
            for (size_t j = 0; j < NOTIFICATIONS; j++) {
                const struct weir_notification *n = &round->notifications[j];

                if (covers && b->matches[j] && !a->matches[j] && weir_normal_is_exact(a->normal))
                    fail_pair(round, "covers is unsound", a, b, n);
                if (covers_adv && b->conforms[j] && !a->conforms[j])
                    fail_pair(round, "covers_adv is unsound", a, b, n);
                if (!intersects && a->conforms[j] && b->matches[j])
                    fail_pair(round, "intersects is unsound", a, b, n);
            }
        }
    }
}

static void check_transitivity(struct round *round)
{
    static bool covers[FILTERS][FILTERS];

    for (size_t i = 0; i < FILTERS; i++) {
        for (size_t k = 0; k < FILTERS; k++)
            covers[i][k] =
                weir_normal_covers(round->filters[i].normal, round->filters[k].normal, NULL);
    }
    for (size_t i = 0; i < FILTERS; i++) {
        for (size_t k = 0; k < FILTERS; k++) {
            for (size_t m = 0; m < FILTERS && covers[i][k]; m++) {
                if (covers[k][m] && !covers[i][m])
                    fail_pair(round, "covering is not transitive", &round->filters[i],
                              &round->filters[m], NULL);
            }
        }
    }
}

static void check_round_trips(struct round *round)
{
    for (size_t i = 0; i < FILTERS; i++) {
        const struct sample *sample = &round->filters[i];
        struct weir_normal *again;
        struct weir_filter *filter;
        struct weir_diags diags;
        char text[TEXT_MAX];
        size_t len = weir_normal_print(text, sizeof text, sample->normal);

        if (weir_normal_decode(&again, WEIR_ROLE_SUBSCRIPTION, weir_normal_bytes(sample->normal),
                               NULL) != WEIR_OK)
            fail_pair(round, "refused its own bytes", sample, NULL, NULL);
        assert_true(weir_str_equal(weir_normal_bytes(again), weir_normal_bytes(sample->normal)));
        assert_int_equal(weir_normal_summary(again), weir_normal_summary(sample->normal));
        weir_normal_destroy(again);
        if (len > WEIR_FILTER_TEXT_MAX)
            continue;
        if (weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) != WEIR_OK) {
            if (strcmp(diags.v[0].code, "F4") > 0 && diags.v[0].code[1] == '4')
                continue; /* a limit: the normal form may be longer than any filter */
            fail_pair(round, diags.v[0].message, sample, NULL, NULL);
        }
        assert_int_equal(weir_normal_create(&again, filter, WEIR_ROLE_SUBSCRIPTION, NULL), WEIR_OK);
        for (size_t j = 0; j < NOTIFICATIONS; j++) {
            const struct weir_notification *n = &round->notifications[j];

            if ((weir_filter_eval(filter, n, round->scratch) == WEIR_TRUE) !=
                (weir_normal_eval(sample->normal, n, round->scratch) == WEIR_TRUE))
                fail_pair(round, "printed text means something else", sample, NULL, n);
        }
        /* Of several conjunctions, which ones merge depends on the order they come in. */
        if (weir_normal_count(sample->normal) == 1 &&
            !weir_str_equal(weir_normal_bytes(again), weir_normal_bytes(sample->normal)))
            fail_pair(round, "printed text has another normal form", sample, NULL, NULL);
        weir_normal_destroy(again);
        weir_filter_destroy(filter);
    }
}

static void normal_form_equals_filter(void **state)
{
    (void)state;
    for_rounds(100, check_truth);
}

static void algebra_is_sound(void **state)
{
    (void)state;
    for_rounds(40, check_algebra);
}

static void covering_is_transitive(void **state)
{
    (void)state;
    for_rounds(40, check_transitivity);
}

static void round_trips(void **state)
{
    (void)state;
    for_rounds(40, check_round_trips);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_form_equals_filter),
        cmocka_unit_test(algebra_is_sound),
        cmocka_unit_test(covering_is_transitive),
        cmocka_unit_test(round_trips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

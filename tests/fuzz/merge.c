/* merge.c - two filters, one on each line: what their merger matches, or as an advertisement
 * allows, on notifications made of their constants. */
#include "pair.h"

#include <weir/merge.h>

#define SAMPLED 64

static bool is_matched(const struct weir_normal *form, const struct weir_notification *n,
                       struct weir_scratch *scratch)
{
    return weir_normal_role(form) == WEIR_ROLE_SUBSCRIPTION
               ? weir_normal_eval(form, n, scratch) != WEIR_FALSE
               : weir_normal_conforms(form, n, scratch);
}

static void check_merger(const struct weir_merger *merger, struct weir_normal *const forms[2],
                         struct weir_filter *const filters[2], const struct weir_sample *sample)
{
    const bool exact = weir_normal_is_exact(forms[0]) && weir_normal_is_exact(forms[1]);
    const enum weir_filter_role role = weir_normal_role(merger->form);
    struct weir_normal *again;

    require(weir_normal_covers(merger->form, forms[0], NULL));
    require(weir_normal_covers(merger->form, forms[1], NULL));
    require(weir_normal_decode(&again, role, weir_normal_bytes(merger->form), NULL) == WEIR_OK);
    weir_normal_destroy(again);
    require(merger->share.unwanted <= merger->share.matched);
    require(merger->kind != WEIR_MERGE_PERFECT || merger->share.unwanted == 0);
    for (uint32_t i = 0; i < sample->count; i++) {
        const struct weir_notification *n = &sample->v[i];
        const bool matches = is_matched(merger->form, n, sample->scratch);
        bool decided = !weir_scratch_undecided(sample->scratch), wanted = false;

        for (int k = 0; k < 2; k++) {
            wanted = wanted || (role == WEIR_ROLE_SUBSCRIPTION
                                    ? weir_filter_eval(filters[k], n, sample->scratch) == WEIR_TRUE
                                    : is_matched(forms[k], n, sample->scratch));
            decided = decided && !weir_scratch_undecided(sample->scratch);
        }
        require(matches || !wanted);
        if (merger->kind == WEIR_MERGE_PERFECT && exact && decided)
            require(wanted || !matches);
    }
}

/* In both orders: the same bytes. */
static void check_mergers(struct weir_normal *const forms[2], struct weir_filter *const filters[2],
                          const struct weir_sample *sample)
{
    const struct weir_merge_options options = {.sample = sample, .epsilon = 0.9};
    struct weir_merger mergers[2];

    for (int first = 0; first < 2; first++) {
        const struct weir_merge_input inputs[2] = {
            {forms[first],     NULL},
            {forms[1 - first], NULL}
        };

        require(weir_normal_merge(&mergers[first], inputs, 2, &options, NULL) == WEIR_OK);
    }
    require(mergers[0].kind == mergers[1].kind);
    if (mergers[0].form != NULL) {
        require(
            weir_str_equal(weir_normal_bytes(mergers[0].form), weir_normal_bytes(mergers[1].form)));
        check_merger(&mergers[0], forms, filters, sample);
    }
    weir_normal_destroy(mergers[0].form);
    weir_normal_destroy(mergers[1].form);
}

static void check_as(enum weir_filter_role role, struct pair *pair)
{
    struct weir_normal *forms[2];
    struct weir_notification notifications[SAMPLED];
    uint8_t *bytes[SAMPLED];
    const struct weir_sample sample = {notifications, SAMPLED, must_scratch()};

    for (int k = 0; k < 2; k++)
        require(weir_normal_create(&forms[k], pair->filters[k], role, NULL) == WEIR_OK);
    for (size_t i = 0; i < SAMPLED; i++)
        bytes[i] = pair_notification(pair, &notifications[i]);
    check_mergers(forms, pair->filters, &sample);
    for (size_t i = 0; i < SAMPLED; i++)
        free(bytes[i]);
    for (int k = 0; k < 2; k++)
        weir_normal_destroy(forms[k]);
    weir_scratch_destroy(sample.scratch);
}

static void check(struct pair *pair)
{
    check_as(WEIR_ROLE_SUBSCRIPTION, pair);
    check_as(WEIR_ROLE_ADVERTISEMENT, pair);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pair_run(data, size, check);
    return 0;
}

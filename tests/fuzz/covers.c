/* covers.c - two filters, one on each line: their normal forms agree with the evaluator on
 * notifications made of their constants, and so do covers and intersects. */
#include "pair.h"

#define NOTIFICATIONS 32

struct forms {
    struct weir_normal *subs[2], *advs[2];
};

static void check_answers(const struct forms *forms, struct pair *pair)
{
    struct weir_scratch *scratch = must_scratch();
    const bool covers = weir_normal_covers(forms->subs[0], forms->subs[1], NULL);
    const bool covers_adv = weir_normal_covers(forms->advs[0], forms->advs[1], NULL);
    const bool intersects = weir_normal_intersects(forms->advs[0], forms->subs[1], NULL);

    for (int i = 0; i < NOTIFICATIONS; i++) {
        struct weir_notification n;
        uint8_t *bytes = pair_notification(pair, &n);
        bool matches[2], decided[2], conforms[2];

        for (int k = 0; k < 2; k++) {
            matches[k] = weir_filter_eval(pair->filters[k], &n, scratch) == WEIR_TRUE;
            decided[k] = !weir_scratch_undecided(scratch);
            conforms[k] = weir_normal_conforms(forms->advs[k], &n, scratch);
            if (decided[k] && weir_normal_is_exact(forms->subs[k]))
                require((weir_normal_eval(forms->subs[k], &n, scratch) == WEIR_TRUE) == matches[k]);
        }
        if (decided[0] && weir_normal_is_exact(forms->subs[0]))
            require(!covers || !matches[1] || matches[0]);
        require(!covers_adv || !conforms[1] || conforms[0]);
        require(intersects || !(conforms[0] && matches[1]));
        free(bytes);
    }
    weir_scratch_destroy(scratch);
}

static void check_decodes(enum weir_filter_role role, const struct weir_normal *form)
{
    struct weir_normal *again;

    require(weir_normal_decode(&again, role, weir_normal_bytes(form), NULL) == WEIR_OK);
    weir_normal_destroy(again);
}

/* What is said never to match never does, and each place is in the text. */
static void check_warnings(const struct weir_filter *filter, const struct weir_normal *normal,
                           struct weir_diags *diags)
{
    const size_t before = diags->count, size = weir_filter_text(filter).len;

    require(weir_filter_warn(diags, filter, NULL) == WEIR_OK);
    require(!weir_normal_is_never(normal) || diags->count > 0);
    for (size_t i = before; i < diags->count; i++) {
        const struct weir_diag *diag = &diags->v[i];

        require(diag->offset + diag->length <= size);
        require(diag->other_offset + diag->other_length <= size);
        require((strcmp(diag->code, "W602") == 0) == weir_normal_is_never(normal));
    }
}

static void check(struct pair *pair)
{
    struct forms forms;
    struct weir_diags diags = {0};

    for (int k = 0; k < 2; k++) {
        require(weir_normal_create(&forms.subs[k], pair->filters[k], WEIR_ROLE_SUBSCRIPTION,
                                   NULL) == WEIR_OK);
        require(weir_normal_create(&forms.advs[k], pair->filters[k], WEIR_ROLE_ADVERTISEMENT,
                                   NULL) == WEIR_OK);
        check_warnings(pair->filters[k], forms.subs[k], &diags);
        check_decodes(WEIR_ROLE_SUBSCRIPTION, forms.subs[k]);
        check_decodes(WEIR_ROLE_ADVERTISEMENT, forms.advs[k]);
    }
    check_answers(&forms, pair);
    for (int k = 0; k < 2; k++) {
        weir_normal_destroy(forms.subs[k]);
        weir_normal_destroy(forms.advs[k]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pair_run(data, size, check);
    return 0;
}

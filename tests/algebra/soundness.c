/* soundness.c - the algebra of filters, judged by notifications.
 *
 *     algebra_soundness [--seed S] [--count PAIRS | --scale PERCENT]
 *     algebra_soundness --a FILTER --b FILTER [--n NOTIFICATION] [--seed S]
 *
 * Random pairs of filters, mostly related, each against 1,000 notifications from the neighbourhoods
 * of the constants of both (neighbours.h).  Judges are the evaluator of the syntax tree and, for
 * advertisements, conformance.h; none looks at the normal form.  Checked, both ways round:
 *
 *   covers       yes: nothing matches the narrow filter and not the wide one
 *   covers_adv   yes: nothing may be published under the narrow one and not under the wide one
 *   intersects   no: nothing may be published under the one and matches the other
 *   conforms     is what FILTERS.md defines; a hull may allow more
 *   normal form  is TRUE where the tree is; a hull may be for more
 *   answers      counter-examples are ones; yes, no and unknown agree with the plain functions
 *   merge        a perfect merger matches what its inputs match together, an imperfect one more;
 *                it covers both, and measured its share of the sample rightly
 *   itself       a filter covers itself; a filter that is covered has no summary that denies it
 *
 * A failure is shrunk and printed as the command that replays it.  The run fails too when an
 * operation never gave one of its answers. */
#include "conformance.h"
#include "mutate.h"
#include "options.h"
#include "whole_language.h"

#include "normal/support.h"

#include <weir/json.h>
#include <weir/merge.h>

#define NOTIFICATIONS 1000
#define TEXT_MAX 8192
#define DEFAULT_PAIRS 100
#define COMPLETIONS 300

enum check {
    CHECK_NONE,
    CHECK_NORMAL,
    CHECK_COVERS,
    CHECK_COVERS_ADV,
    CHECK_INTERSECTS,
    CHECK_CONFORMS,
    CHECK_ANSWERS,
    CHECK_ITSELF,
    CHECK_MERGE
};
static const char *const check_names[] = {"none",       "normal form", "covers",
                                          "covers_adv", "intersects",  "conforms",
                                          "answers",    "itself",      "merge"};

struct side {
    char text[TEXT_MAX];
    struct weir_filter *filter;
    struct weir_normal *normal, *adv;
    struct conformance *conformance; /* NULL: too large to write out */
};

/* Two filters, what the algebra says of them and the notifications to judge that by.  [i] is: side
 * i as the wide one or the advertisement, the other as the narrow one or the subscription. */
struct trial {
    struct side side[2];
    struct neighbours neighbours;
    struct weir_notification v[NOTIFICATIONS];
    uint8_t *bytes[NOTIFICATIONS];
    size_t count;
    bool covers[2], covers_adv[2], intersects[2];
};

struct tally {
    uint64_t pairs, notifications, unknown, open, incomplete;
    uint64_t yes[CHECK_ITSELF], no[CHECK_ITSELF];
    uint64_t mergers[3]; /* by enum weir_merge */
};

static struct weir_scratch *scratch;

static bool sweep(const struct options *options);
static void make_pair(char text[2][TEXT_MAX], struct random_source *r);
static bool trial_open(struct trial *trial, char text[2][TEXT_MAX], uint64_t seed);
static void trial_close(struct trial *trial);
static enum check check_trial(const struct trial *trial, struct tally *tally);
static enum check check_answers(const struct trial *trial, size_t wide, struct tally *tally);
static bool can_be_completed(const struct trial *trial, const struct side *side,
                             const struct weir_notification *n);
static enum check check_notification(const struct trial *trial, const struct weir_notification *n,
                                     struct tally *tally);
static enum check check_all(const struct trial *trial, struct tally *tally,
                            const struct weir_notification **shown);
static enum check check_mergers(const struct trial *trial, struct tally *tally,
                                const struct weir_notification **shown);
static enum check check_merger(const struct trial *trial, const struct weir_merger *merger,
                               const struct weir_merge_input *inputs, bool sampled,
                               const struct weir_notification **shown);
static void report(char text[2][TEXT_MAX], enum check failed, uint64_t seed);
static bool shrink_step(char text[2][TEXT_MAX], enum check failed, uint64_t seed);
static uint8_t *shrink_notification(const struct trial *trial, enum check failed,
                                    struct weir_notification *n);
static bool fails_alike(char text[2][TEXT_MAX], enum check failed, uint64_t seed);
static int replay(const struct options *options);
static enum check check_given(const struct trial *trial, const char *json, struct tally *tally);
static bool summarise(const struct tally *tally, const struct options *options);

int main(int argc, char **argv)
{
    struct options options = {.seed = 1, .count = random_rounds(DEFAULT_PAIRS)};
    int status;

    options_read(&options, argc, argv);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (weir_scratch_create(&scratch, NULL) != WEIR_OK)
        abort();
    if (options.texts[0] != NULL && options.texts[1] != NULL)
        status = replay(&options);
    else
        status = sweep(&options) ? EXIT_SUCCESS : EXIT_FAILURE;
    weir_scratch_destroy(scratch);
    return status;
}

static bool sweep(const struct options *options)
{
    static struct trial trial;
    struct tally tally = {0};
    uint64_t failures = 0;

    for (uint64_t i = 0; i < options->count; i++) {
        const uint64_t seed = options->seed * UINT64_C(1000003) + i;
        struct random_source r = {seed};
        char text[2][TEXT_MAX];
        const struct weir_notification *shown;
        enum check failed;

        do
            make_pair(text, &r);
        while (!trial_open(&trial, text, seed));
        failed = check_all(&trial, &tally, &shown);
        trial_close(&trial);
        tally.pairs++;
        if (failed != CHECK_NONE && ++failures <= 20)
            report(text, failed, seed);
    }
    printf("%" PRIu64 " failures\n", failures);
    return summarise(&tally, options) && failures == 0;
}

/* ---- pairs */

static void combine(char *out, size_t size, const char *text, struct random_source *r)
{
    char leaf[512];

    support_leaf(leaf, sizeof leaf, r);
    switch (random_below(r, 3)) {
    case 0: snprintf(out, size, "(%s) AND %s", text, leaf); break;
    case 1: snprintf(out, size, "(%s) OR %s", text, leaf); break;
    default: snprintf(out, size, "NOT (%s)", text); break;
    }
}

static struct weir_filter *compiled(const char *text)
{
    struct weir_filter *filter = NULL;
    struct weir_diags diags;

    return weir_filter_compile(&filter, weir_str_of(text), &diags, NULL) == WEIR_OK ? filter : NULL;
}

static void make_pair(char text[2][TEXT_MAX], struct random_source *r)
{
    const size_t changes = 1 + random_below(r, 3);
    const bool related = random_chance(r, 80);
    struct weir_filter *filter = NULL;

    while (filter == NULL) {
        if (random_chance(r, 75)) {
            filter = support_compile_random(text[0], TEXT_MAX, r, (int)random_below(r, 3));
        } else {
            whole_language_filter(text[0], TEXT_MAX, r, (unsigned)random_below(r, 2));
            filter = compiled(text[0]);
        }
    }
    if (!related) {
        weir_filter_destroy(filter);
        support_filter(text[1], TEXT_MAX, r, (int)random_below(r, 3));
        return;
    }
    memcpy(text[1], text[0], TEXT_MAX);
    for (size_t i = 0; i < changes; i++) {
        char changed[TEXT_MAX];
        struct weir_filter *next;

        if (random_chance(r, 30))
            combine(changed, sizeof changed, text[1], r);
        else
            mutate_randomly(changed, sizeof changed, weir_filter_tree(filter), r);
        next = compiled(changed);
        if (next == NULL)
            continue;
        memcpy(text[1], changed, TEXT_MAX);
        weir_filter_destroy(filter);
        filter = next;
    }
    weir_filter_destroy(filter);
}

static struct weir_normal *must_create(const struct weir_filter *filter, enum weir_filter_role role)
{
    struct weir_normal *normal;

    if (weir_normal_create(&normal, filter, role, NULL) != WEIR_OK)
        abort();
    return normal;
}

/* False where a text is no filter.  The notifications are those of the seed. */
static bool trial_open(struct trial *trial, char text[2][TEXT_MAX], uint64_t seed)
{
    struct random_source r = {~seed};
    const struct weir_node *trees[2];

    memset(trial->side, 0, sizeof trial->side);
    trial->count = 0;
    for (size_t i = 0; i < 2; i++) {
        memcpy(trial->side[i].text, text[i], TEXT_MAX);
        trial->side[i].filter = compiled(text[i]);
        if (trial->side[i].filter == NULL) {
            trial_close(trial);
            return false;
        }
        trees[i] = weir_filter_tree(trial->side[i].filter);
        trial->side[i].normal = must_create(trial->side[i].filter, WEIR_ROLE_SUBSCRIPTION);
        trial->side[i].adv = must_create(trial->side[i].filter, WEIR_ROLE_ADVERTISEMENT);
    }
    neighbours_init(&trial->neighbours, trees, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct side *wide = &trial->side[i], *narrow = &trial->side[1 - i];

        trial->side[i].conformance = conformance_create(trees[i], &trial->neighbours, scratch);
        trial->covers[i] = weir_normal_covers(wide->normal, narrow->normal, NULL);
        trial->covers_adv[i] = weir_normal_covers(wide->adv, narrow->adv, NULL);
        trial->intersects[i] = weir_normal_intersects(wide->adv, narrow->normal, NULL);
    }
    for (; trial->count < NOTIFICATIONS; trial->count++)
        trial->bytes[trial->count] =
            neighbours_notification(&trial->v[trial->count], &trial->neighbours, &r);
    return true;
}

static void trial_close(struct trial *trial)
{
    for (size_t i = 0; i < 2; i++) {
        conformance_destroy(trial->side[i].conformance);
        weir_normal_destroy(trial->side[i].normal);
        weir_normal_destroy(trial->side[i].adv);
        weir_filter_destroy(trial->side[i].filter);
    }
    for (size_t i = 0; i < trial->count; i++)
        free(trial->bytes[i]);
}

/* ---- checks */

/* On failure *shown is the notification that shows it; NULL where none is needed. */
static enum check check_all(const struct trial *trial, struct tally *tally,
                            const struct weir_notification **shown)
{
    enum check failed = check_trial(trial, tally);

    *shown = NULL;
    if (failed == CHECK_NONE)
        failed = check_mergers(trial, tally, shown);
    for (size_t i = 0; i < trial->count && failed == CHECK_NONE; i++) {
        *shown = &trial->v[i];
        failed = check_notification(trial, &trial->v[i], tally);
        tally->notifications++;
    }
    return failed;
}

static void count_answer(struct tally *tally, enum check check, bool yes)
{
    if (yes)
        tally->yes[check]++;
    else
        tally->no[check]++;
}

static bool is_denied(const struct weir_normal *wide, const struct weir_normal *narrow)
{
    return (weir_normal_summary(wide) & ~weir_normal_summary(narrow)) != 0;
}

static enum check check_trial(const struct trial *trial, struct tally *tally)
{
    for (size_t wide = 0; wide < 2; wide++) {
        const struct side *own = &trial->side[wide], *other = &trial->side[1 - wide];
        enum check failed;

        count_answer(tally, CHECK_COVERS, trial->covers[wide]);
        count_answer(tally, CHECK_COVERS_ADV, trial->covers_adv[wide]);
        count_answer(tally, CHECK_INTERSECTS, trial->intersects[wide]);
        if (!weir_normal_covers(own->normal, own->normal, NULL) ||
            !weir_normal_covers(own->adv, own->adv, NULL))
            return CHECK_ITSELF;
        if (trial->covers[wide] && is_denied(own->normal, other->normal))
            return CHECK_ITSELF;
        if (trial->covers_adv[wide] && is_denied(own->adv, other->adv))
            return CHECK_ITSELF;
        failed = check_answers(trial, wide, tally);
        if (failed != CHECK_NONE)
            return failed;
    }
    return CHECK_NONE;
}

static bool matches(const struct side *side, const struct weir_notification *n)
{
    return weir_filter_eval(side->filter, n, scratch) == WEIR_TRUE;
}

/* Mergers of the two, in both roles: a perfect one matches what they match together, an imperfect
 * one more, and of the sample as much as it says. */
static enum check check_mergers(const struct trial *trial, struct tally *tally,
                                const struct weir_notification **shown)
{
    static const double epsilons[] = {-1, 0.3, 1};
    enum check failed = CHECK_NONE;

    for (size_t i = 0; i < 2 * COUNT_OF(epsilons) && failed == CHECK_NONE; i++) {
        const struct side *side = trial->side;
        const struct weir_merge_input inputs[] = {
            {i % 2 == 0 ? side[0].normal : side[0].adv, NULL},
            {i % 2 == 0 ? side[1].normal : side[1].adv, NULL}
        };
        const struct weir_sample sample = {trial->v, (uint32_t)trial->count, scratch};
        const struct weir_merge_options options = {.sample = epsilons[i / 2] < 0 ? NULL : &sample,
                                                   .epsilon = epsilons[i / 2]};
        struct weir_merger merger;

        if (weir_normal_merge(&merger, inputs, 2, &options, NULL) != WEIR_OK)
            abort();
        tally->mergers[merger.kind]++;
        if (merger.form != NULL)
            failed = check_merger(trial, &merger, inputs, options.sample != NULL, shown);
        weir_normal_destroy(merger.form);
    }
    return failed;
}

static bool takes(const struct weir_normal *form, const struct weir_notification *n)
{
    return weir_normal_role(form) == WEIR_ROLE_ADVERTISEMENT
               ? weir_normal_conforms(form, n, scratch)
               : weir_normal_eval(form, n, scratch) == WEIR_TRUE;
}

static enum check check_merger(const struct trial *trial, const struct weir_merger *merger,
                               const struct weir_merge_input *inputs, bool sampled,
                               const struct weir_notification **shown)
{
    struct weir_share share = {0, 0};

    for (size_t i = 0; i < 2; i++) {
        if (weir_normal_role(merger->form) != weir_normal_role(inputs[i].form) ||
            !weir_normal_covers(merger->form, inputs[i].form, NULL))
            return CHECK_MERGE;
    }
    for (size_t i = 0; i < trial->count; i++) {
        const struct weir_notification *n = &trial->v[i];
        const bool merged = takes(merger->form, n);
        const bool wanted = takes(inputs[0].form, n) || takes(inputs[1].form, n);

        *shown = n;
        share.matched += merged;
        share.unwanted += merged && !wanted;
        if (wanted ? !merged : merged && merger->kind == WEIR_MERGE_PERFECT)
            return CHECK_MERGE;
    }
    *shown = NULL;
    if (sampled &&
        (share.matched != merger->share.matched || share.unwanted != merger->share.unwanted))
        return CHECK_MERGE;
    return CHECK_NONE;
}

/* The answers for people are about the filters themselves, also where a normal form is a hull. */
static enum check check_answers(const struct trial *trial, size_t wide, struct tally *tally)
{
    const struct side *own = &trial->side[wide], *other = &trial->side[1 - wide];
    const bool exact = weir_normal_is_exact(own->normal) && weir_normal_is_exact(own->adv) &&
                       weir_normal_is_exact(other->normal);
    enum weir_answer answer;
    struct weir_notification n;
    uint8_t *witness = NULL;
    size_t size = 0;
    bool good;

    if (weir_filter_covers(&answer, &witness, &size, own->filter, other->filter, NULL) != WEIR_OK)
        abort();
    good = (answer == WEIR_ANSWER_NO) == (witness != NULL);
    if (exact)
        good = good && (answer == WEIR_ANSWER_YES) == trial->covers[wide];
    if (witness != NULL) {
        good = good && weir_notification_open(&n, witness, size, NULL) == WEIR_OK &&
               matches(other, &n) && !matches(own, &n);
        free(witness);
    }
    tally->unknown += answer == WEIR_ANSWER_UNKNOWN;
    if (!good)
        return CHECK_ANSWERS;
    witness = NULL;
    if (weir_filter_intersects(&answer, &witness, &size, own->filter, other->filter, NULL) !=
        WEIR_OK)
        abort();
    good = witness == NULL || answer == WEIR_ANSWER_YES;
    if (exact)
        good = good && (answer == WEIR_ANSWER_NO) == !trial->intersects[wide];
    if (witness != NULL) {
        good = good && weir_notification_open(&n, witness, size, NULL) == WEIR_OK &&
               matches(other, &n) &&
               (own->conformance == NULL ||
                conformance_of(own->conformance, &n, scratch) != WEIR_FALSE);
        free(witness);
    }
    return good ? CHECK_NONE : CHECK_ANSWERS;
}

/* A residual is ignored while it lacks an attribute.  One that nothing would make TRUE, as
 * a + b < 5 with a string in b, may be refused before. */
static bool can_be_completed(const struct trial *trial, const struct side *side,
                             const struct weir_notification *n)
{
    struct random_source r = {n->size};
    bool found = false;

    for (size_t i = 0; i < COMPLETIONS && !found; i++) {
        struct weir_notification completed;
        uint8_t *bytes = neighbours_extended(&completed, &trial->neighbours, n, &r);

        found = conformance_of(side->conformance, &completed, scratch) == WEIR_TRUE;
        free(bytes);
    }
    return found;
}

static enum check check_notification(const struct trial *trial, const struct weir_notification *n,
                                     struct tally *tally)
{
    bool match[2], form[2];
    enum weir_truth conforms[2];

    for (size_t i = 0; i < 2; i++) {
        const struct side *side = &trial->side[i];
        const bool exact = weir_normal_is_exact(side->adv);
        bool conform;

        match[i] = matches(side, n);
        form[i] = weir_normal_eval(side->normal, n, scratch) == WEIR_TRUE;
        count_answer(tally, CHECK_NORMAL, match[i]);
        if (match[i] ? !form[i] : form[i] && weir_normal_is_exact(side->normal))
            return CHECK_NORMAL;
        conforms[i] = side->conformance == NULL ? WEIR_UNKNOWN
                                                : conformance_of(side->conformance, n, scratch);
        tally->open += conforms[i] == WEIR_UNKNOWN;
        if (conforms[i] == WEIR_UNKNOWN)
            continue;
        conform = weir_normal_conforms(side->adv, n, scratch);
        count_answer(tally, CHECK_CONFORMS, conform);
        if (conforms[i] == WEIR_TRUE && !conform && !can_be_completed(trial, side, n)) {
            conforms[i] = WEIR_UNKNOWN;
            tally->incomplete++;
        }
        if (conforms[i] == WEIR_TRUE ? !conform : conforms[i] == WEIR_FALSE && conform && exact)
            return CHECK_CONFORMS;
    }
    for (size_t wide = 0; wide < 2; wide++) {
        const size_t narrow = 1 - wide;

        /* Where the wide form is a hull, the hull is what covers. */
        if (trial->covers[wide] && match[narrow] && !form[wide])
            return CHECK_COVERS;
        if (trial->covers_adv[wide] && conforms[narrow] == WEIR_TRUE &&
            conforms[wide] == WEIR_FALSE && weir_normal_is_exact(trial->side[wide].adv))
            return CHECK_COVERS_ADV;
        if (!trial->intersects[wide] && conforms[wide] == WEIR_TRUE && match[narrow])
            return CHECK_INTERSECTS;
    }
    return CHECK_NONE;
}

/* ---- failures */

/* Shrinks the filters while the same check fails on the notifications of the seed. */
static void report(char text[2][TEXT_MAX], enum check failed, uint64_t seed)
{
    struct trial *trial = malloc(sizeof *trial);
    struct tally tally = {0};
    const struct weir_notification *shown;
    char json[TEXT_MAX];
    uint8_t *bytes;

    if (trial == NULL)
        abort();
    while (shrink_step(text, failed, seed))
        ;
    if (!trial_open(trial, text, seed))
        abort();
    check_all(trial, &tally, &shown);
    printf("%s: algebra_soundness --seed %" PRIu64, check_names[failed], seed);
    options_print("a", text[0]);
    options_print("b", text[1]);
    if (shown != NULL) {
        struct weir_notification n = *shown;

        bytes = shrink_notification(trial, failed, &n);
        weir_notification_to_json(json, sizeof json, &n);
        options_print("n", json);
        free(bytes);
    }
    putchar('\n');
    trial_close(trial);
    free(trial);
}

static bool shrink_step(char text[2][TEXT_MAX], enum check failed, uint64_t seed)
{
    for (size_t i = 0; i < 2; i++) {
        char kept[TEXT_MAX];
        struct weir_filter *filter = compiled(text[i]);
        bool smaller = false;

        memcpy(kept, text[i], TEXT_MAX);
        for (size_t k = 0;
             !smaller && mutate_simpler(text[i], TEXT_MAX, weir_filter_tree(filter), k); k++)
            smaller = strlen(text[i]) < strlen(kept) && fails_alike(text, failed, seed);
        weir_filter_destroy(filter);
        if (smaller)
            return true;
        memcpy(text[i], kept, TEXT_MAX);
    }
    return false;
}

/* Leaves out the attributes without which it still fails; releases with free what *n then views. */
static uint8_t *shrink_notification(const struct trial *trial, enum check failed,
                                    struct weir_notification *n)
{
    uint8_t *held = NULL;
    size_t i = 0;

    while (i < n->attr_count) {
        struct weir_attr attrs[WEIR_ATTRS_MAX];
        struct weir_notification plain, smaller;
        struct tally tally = {0};
        uint8_t *bytes, *stamped;
        size_t count = 0, size;

        for (size_t k = 0; k < n->attr_count; k++) {
            if (k != i)
                attrs[count++] = weir_notification_attr(n, k);
        }
        if (weir_notification_encode(&bytes, &size, attrs, count, WEIR_STR(""), NULL, NULL) !=
            WEIR_OK)
            abort();
        plain = weir_notification_view(bytes, size);
        stamped = neighbours_stamped(&smaller, &plain);
        free(bytes);
        if (check_notification(trial, &smaller, &tally) != failed) {
            free(stamped);
            i++;
            continue;
        }
        free(held);
        held = stamped;
        *n = smaller;
    }
    return held;
}

static bool fails_alike(char text[2][TEXT_MAX], enum check failed, uint64_t seed)
{
    struct trial *trial = malloc(sizeof *trial);
    struct tally tally = {0};
    const struct weir_notification *shown;
    bool alike;

    if (trial == NULL)
        abort();
    alike = trial_open(trial, text, seed);
    if (alike) {
        alike = check_all(trial, &tally, &shown) == failed;
        trial_close(trial);
    }
    free(trial);
    return alike;
}

static int replay(const struct options *options)
{
    static struct trial trial;
    char text[2][TEXT_MAX];
    struct tally tally = {0};
    const struct weir_notification *shown;
    enum check failed = CHECK_NONE;

    for (size_t i = 0; i < 2; i++)
        snprintf(text[i], TEXT_MAX, "%s", options->texts[i]);
    if (!trial_open(&trial, text, options->seed)) {
        fprintf(stderr, "no filters\n");
        return 2;
    }
    if (options->texts[2] != NULL)
        failed = check_given(&trial, options->texts[2], &tally);
    if (failed == CHECK_NONE)
        failed = check_all(&trial, &tally, &shown);
    for (size_t i = 0; i < 2; i++) {
        weir_normal_print(text[i], TEXT_MAX, trial.side[i].normal);
        printf("%c  %s\n", "ab"[i], text[i]);
        weir_normal_print(text[i], TEXT_MAX, trial.side[i].adv);
        printf("   %s, as advertisement\n   covers %d, covers_adv %d, intersects %d\n", text[i],
               trial.covers[i], trial.covers_adv[i], trial.intersects[i]);
    }
    trial_close(&trial);
    printf("%s\n", failed == CHECK_NONE ? "holds" : check_names[failed]);
    return failed == CHECK_NONE ? EXIT_SUCCESS : EXIT_FAILURE;
}

static enum check check_given(const struct trial *trial, const char *json, struct tally *tally)
{
    struct weir_notification plain, n;
    enum check failed;
    uint8_t *bytes, *stamped;
    size_t size;

    if (weir_notification_from_json(&bytes, &size, weir_str_of(json), NULL, NULL) != WEIR_OK) {
        fprintf(stderr, "no notification\n");
        exit(2);
    }
    plain = weir_notification_view(bytes, size);
    stamped = neighbours_stamped(&n, &plain);
    failed = check_notification(trial, &n, tally);
    free(stamped);
    free(bytes);
    return failed;
}

static bool summarise(const struct tally *tally, const struct options *options)
{
    bool exercised = true;

    printf("%" PRIu64 " pairs (seed %" PRIu64 "), %" PRIu64 " notifications\n", tally->pairs,
           options->seed, tally->notifications);
    for (size_t i = CHECK_NORMAL; i <= CHECK_CONFORMS; i++) {
        printf("%-12s yes %" PRIu64 ", no %" PRIu64 "\n", check_names[i], tally->yes[i],
               tally->no[i]);
        exercised = exercised && tally->yes[i] > 0 && tally->no[i] > 0;
    }
    printf("answers      unknown %" PRIu64 "\nconformance  left open %" PRIu64
           ", refused while incomplete %" PRIu64 "\n",
           tally->unknown, tally->open, tally->incomplete);
    printf("mergers      none %" PRIu64 ", perfect %" PRIu64 ", imperfect %" PRIu64 "\n",
           tally->mergers[WEIR_MERGE_NONE], tally->mergers[WEIR_MERGE_PERFECT],
           tally->mergers[WEIR_MERGE_IMPERFECT]);
    for (size_t i = 0; i < COUNT_OF(tally->mergers); i++)
        exercised = exercised && tally->mergers[i] > 0;
    if (!exercised && options->count >= 20)
        printf("some answer never came\n");
    return exercised || options->count < 20;
}

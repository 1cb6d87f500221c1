/* witness.c - answers for people: covers and intersects with a notification that shows it.
 *
 * The algebra proves "covers" and "does not intersect".  For the opposite a notification is
 * searched among the constants' neighbourhoods: drawn within a conjunction that it must satisfy,
 * then mended where it satisfies one that it must not.  Whatever is found counts only if both
 * evaluators agree on it. */
#include <assert.h>
#include <string.h>
#include <weir/alloc.h>

#include "candidates.h"
#include "conjunctions.h"

/* People can wait longer than tables. */
#define ANSWER_WORK (1u << 20)
#define TRIES_TOTAL 20000u
#define TRIES_EACH 512u

/* One of the two filters, with what is known of it. */
struct side {
    const struct weir_filter *filter;
    struct weir_normal *normal;
};

/* The candidates of one attribute that the conjunctions at hand allow. */
struct choice {
    const struct weir_value **v; /* NULL among them: absent */
    uint32_t count;
};

struct search {
    const struct weir_alloc *alloc;
    struct weiri_pool pool;
    struct weir_scratch *scratch;
    struct side a, b; /* wide and narrow, or adv and sub */
    bool advertised;  /* `a` is an advertisement to conform to, not a filter to miss */
    struct weiri_candidates candidates;
    struct choice *choices;
    const struct weir_value **drawn; /* one of each choice */
    struct weir_attr *attrs;         /* the same as a notification */
    uint64_t random;
    uint8_t *found;
    size_t found_size;
};

static enum weir_err search_init(struct search *s, const struct weir_filter *a,
                                 const struct weir_filter *b, bool advertised,
                                 const struct weir_alloc *alloc);
static void search_fini(struct search *s);
static enum weir_err search_run(struct search *s);
static enum weir_err search_pair(struct search *s, const struct weir_conjunction *adv,
                                 const struct weir_conjunction *inside, uint32_t *tries);
static bool choose(struct search *s, const struct weir_conjunction *adv,
                   const struct weir_conjunction *inside);
static bool allowed(const struct search *s, const struct weir_conjunction *adv,
                    struct weir_str name, const struct weir_value *value);
static bool has(const struct weir_conjunction *conjunction, struct weir_str name,
                const struct weir_value *value);
static void draw(struct search *s);
static void mend(struct search *s, const struct weir_conjunction *outside);
static bool satisfied(const struct search *s, const struct weir_conjunction *conjunction);
static uint32_t index_of(const struct search *s, struct weir_str name);
static enum weir_err try_drawn(struct search *s);
static bool shows(struct search *s, const struct weir_notification *notification);
static bool uses_stamps(const struct weiri_candidates *candidates);
static bool is_stamp(struct weir_str name);
static uint32_t below(struct search *s, uint32_t limit);
static void hand_over(const struct search *s, uint8_t **witness, size_t *size);

enum weir_err weir_filter_covers(enum weir_answer *answer, uint8_t **witness, size_t *witness_size,
                                 const struct weir_filter *wide, const struct weir_filter *narrow,
                                 const struct weir_alloc *alloc)
{
    uint32_t work = ANSWER_WORK;
    struct search s;
    enum weir_err err;
    bool yes;

    assert(answer != NULL);
    assert(witness != NULL);
    err = search_init(&s, wide, narrow, false, alloc);
    if (err == WEIR_OK) {
        /* What a wider hull covers, the filter itself need not cover. */
        yes = weir_normal_is_exact(s.a.normal)
                  ? weir_normal_covers(s.a.normal, s.b.normal, &work)
                  : weir_str_equal(weir_filter_text(wide), weir_filter_text(narrow));
        if (!yes)
            err = search_run(&s);
    }
    if (err == WEIR_OK) {
        *answer = yes ? WEIR_ANSWER_YES : s.found != NULL ? WEIR_ANSWER_NO : WEIR_ANSWER_UNKNOWN;
        hand_over(&s, witness, witness_size);
    }
    search_fini(&s);
    return err;
}

enum weir_err weir_filter_intersects(enum weir_answer *answer, uint8_t **witness,
                                     size_t *witness_size, const struct weir_filter *adv,
                                     const struct weir_filter *sub, const struct weir_alloc *alloc)
{
    uint32_t work = ANSWER_WORK;
    struct search s;
    enum weir_err err;
    bool no;

    assert(answer != NULL);
    assert(witness != NULL);
    err = search_init(&s, adv, sub, true, alloc);
    if (err == WEIR_OK) {
        no = !weir_normal_intersects(s.a.normal, s.b.normal, &work);
        /* What conforms to a wider hull need not conform to the advertisement. */
        if (!no && weir_normal_is_exact(s.a.normal))
            err = search_run(&s);
    }
    if (err == WEIR_OK) {
        *answer = no ? WEIR_ANSWER_NO : s.found != NULL ? WEIR_ANSWER_YES : WEIR_ANSWER_UNKNOWN;
        hand_over(&s, witness, witness_size);
    }
    search_fini(&s);
    return err;
}

static enum weir_err search_init(struct search *s, const struct weir_filter *a,
                                 const struct weir_filter *b, bool advertised,
                                 const struct weir_alloc *alloc)
{
    enum weir_err err;
    uint32_t count;

    *s = (struct search){.alloc = alloc,
                         .a = {.filter = a},
                         .b = {.filter = b},
                         .advertised = advertised,
                         .random = UINT64_C(0x9e3779b97f4a7c15)};
    weiri_pool_init(&s->pool, alloc);
    s->candidates.pool = &s->pool;
    err = weir_normal_create(&s->a.normal, a,
                             advertised ? WEIR_ROLE_ADVERTISEMENT : WEIR_ROLE_SUBSCRIPTION, alloc);
    if (err == WEIR_OK)
        err = weir_normal_create(&s->b.normal, b, WEIR_ROLE_SUBSCRIPTION, alloc);
    if (err == WEIR_OK)
        err = weir_scratch_create(&s->scratch, alloc);
    if (err != WEIR_OK)
        return err;
    if (!weiri_candidates_gather(&s->candidates, weir_filter_tree(a)) ||
        !weiri_candidates_gather(&s->candidates, weir_filter_tree(b)))
        return WEIR_ENOMEM;
    count = s->candidates.count;
    s->choices = weiri_pool_take(&s->pool, count, sizeof *s->choices);
    s->drawn = weiri_pool_take(&s->pool, count, sizeof *s->drawn);
    s->attrs = weiri_pool_take(&s->pool, count, sizeof *s->attrs);
    if (s->choices == NULL || s->drawn == NULL || s->attrs == NULL)
        return WEIR_ENOMEM;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t room = s->candidates.attrs[i].count + 1;

        s->choices[i].v = weiri_pool_take(&s->pool, room, sizeof *s->choices[i].v);
        if (s->choices[i].v == NULL)
            return WEIR_ENOMEM;
    }
    return WEIR_OK;
}

static void search_fini(struct search *s)
{
    weir_normal_destroy(s->a.normal);
    weir_normal_destroy(s->b.normal);
    weir_scratch_destroy(s->scratch);
    weiri_pool_fini(&s->pool);
}

/* Notifications are built here without stamps, which every one in an overlay has: of filters that
 * ask for stamps they would show nothing. */
static enum weir_err search_run(struct search *s)
{
    uint32_t tries = TRIES_TOTAL;
    enum weir_err err = WEIR_OK;

    if (uses_stamps(&s->candidates))
        return WEIR_OK;
    for (uint32_t j = 0; j < weir_normal_count(s->b.normal); j++) {
        const struct weir_conjunction *inside = weir_normal_at(s->b.normal, j);
        const uint32_t pairs = s->advertised ? weir_normal_count(s->a.normal) : 1;

        for (uint32_t i = 0; i < pairs; i++) {
            err = search_pair(s, s->advertised ? weir_normal_at(s->a.normal, i) : NULL, inside,
                              &tries);
            if (err != WEIR_OK || s->found != NULL || tries == 0)
                return err;
        }
    }
    return err;
}

static enum weir_err search_pair(struct search *s, const struct weir_conjunction *adv,
                                 const struct weir_conjunction *inside, uint32_t *tries)
{
    if (!choose(s, adv, inside))
        return WEIR_OK;
    for (uint32_t i = 0; i<TRIES_EACH && * tries> 0 && s->found == NULL; i++, --*tries) {
        enum weir_err err;

        draw(s);
        for (uint32_t w = 0; !s->advertised && w < weir_normal_count(s->a.normal); w++)
            mend(s, weir_normal_at(s->a.normal, w));
        err = try_drawn(s);
        if (err != WEIR_OK)
            return err;
    }
    return WEIR_OK;
}

/* False when some attribute has no value to offer. */
static bool choose(struct search *s, const struct weir_conjunction *adv,
                   const struct weir_conjunction *inside)
{
    for (uint32_t i = 0; i < s->candidates.count; i++) {
        const struct weiri_candidate_list *list = &s->candidates.attrs[i];
        struct choice *choice = &s->choices[i];

        choice->count = 0;
        if (has(inside, list->name, NULL))
            choice->v[choice->count++] = NULL;
        for (uint32_t j = 0; j < list->count; j++) {
            if (has(inside, list->name, &list->v[j]) && allowed(s, adv, list->name, &list->v[j]))
                choice->v[choice->count++] = &list->v[j];
        }
        if (choice->count == 0)
            return false;
    }
    return true;
}

static bool allowed(const struct search *s, const struct weir_conjunction *adv,
                    struct weir_str name, const struct weir_value *value)
{
    if (weir_str_equal(name, WEIR_STR("$type")) && value->type != WEIR_STRING)
        return false;
    if (!s->advertised || weiri_conjunction_find(adv, name) != NULL)
        return !s->advertised || has(adv, name, value);
    return (adv->constraint_count == 0 && adv->residual_count == 0) || name.ptr[0] == '$';
}

static bool has(const struct weir_conjunction *conjunction, struct weir_str name,
                const struct weir_value *value)
{
    const struct weir_domain *domain = weiri_conjunction_find(conjunction, name);

    return domain == NULL || weir_domain_has(domain, value);
}

/* An attribute that may be absent is so half of the time or, where few may be present, mostly. */
static void draw(struct search *s)
{
    const uint32_t rarity = 2u << below(s, 8);

    for (uint32_t i = 0; i < s->candidates.count; i++) {
        const struct choice *choice = &s->choices[i];

        s->drawn[i] = choice->v[0];
        if (s->drawn[i] != NULL || below(s, rarity) == 0)
            s->drawn[i] = choice->v[below(s, choice->count)];
    }
}

static void mend(struct search *s, const struct weir_conjunction *outside)
{
    const struct weir_constraint *constraint;
    const struct choice *choice;
    uint32_t attr, start;

    if (outside->constraint_count == 0 || !satisfied(s, outside))
        return;
    constraint = &outside->constraints[below(s, outside->constraint_count)];
    attr = index_of(s, constraint->name);
    choice = &s->choices[attr];
    start = below(s, choice->count);
    for (uint32_t i = 0; i < choice->count; i++) {
        const struct weir_value *value = choice->v[(start + i) % choice->count];

        if (!weir_domain_has(&constraint->domain, value)) {
            s->drawn[attr] = value;
            return;
        }
    }
}

static bool satisfied(const struct search *s, const struct weir_conjunction *conjunction)
{
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];

        if (!weir_domain_has(&constraint->domain, s->drawn[index_of(s, constraint->name)]))
            return false;
    }
    return true;
}

/* Every name of a normal form is one of its filter's tree. */
static uint32_t index_of(const struct search *s, struct weir_str name)
{
    uint32_t low = 0, high = s->candidates.count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (weir_str_compare(s->candidates.attrs[middle].name, name) <= 0)
            low = middle;
        else
            high = middle;
    }
    assert(weir_str_equal(s->candidates.attrs[low].name, name));
    return low;
}

static enum weir_err try_drawn(struct search *s)
{
    struct weir_notification notification;
    uint32_t count = 0;
    uint8_t *bytes;
    size_t size;
    enum weir_err err;

    for (uint32_t i = 0; i < s->candidates.count; i++) {
        if (s->drawn[i] != NULL)
            s->attrs[count++] = (struct weir_attr){s->candidates.attrs[i].name, *s->drawn[i]};
    }
    err = weir_notification_encode(&bytes, &size, s->attrs, count, WEIR_STR(""), NULL, s->alloc);
    if (err != WEIR_OK)
        return err == WEIR_ENOMEM ? err : WEIR_OK; /* it cannot be published: no witness */
    notification = weir_notification_view(bytes, size);
    if (shows(s, &notification)) {
        s->found = bytes;
        s->found_size = size;
    } else {
        weiri_release(s->alloc, bytes);
    }
    return WEIR_OK;
}

static bool shows(struct search *s, const struct weir_notification *notification)
{
    if (weir_filter_eval(s->b.filter, notification, s->scratch) != WEIR_TRUE ||
        weir_normal_eval(s->b.normal, notification, s->scratch) != WEIR_TRUE)
        return false;
    if (s->advertised)
        return weir_normal_conforms(s->a.normal, notification, s->scratch);
    if (weir_filter_eval(s->a.filter, notification, s->scratch) == WEIR_TRUE ||
        weir_scratch_undecided(s->scratch))
        return false;
    return !weir_normal_is_exact(s->a.normal) ||
           weir_normal_eval(s->a.normal, notification, s->scratch) == WEIR_FALSE;
}

static bool uses_stamps(const struct weiri_candidates *candidates)
{
    for (uint32_t i = 0; i < candidates->count; i++) {
        if (is_stamp(candidates->attrs[i].name))
            return true;
    }
    return false;
}

static bool is_stamp(struct weir_str name)
{
    return name.ptr[0] == '$' && !weir_str_equal(name, WEIR_STR("$type"));
}

/* xorshift64*: the same search every time. */
static uint32_t below(struct search *s, uint32_t limit)
{
    s->random ^= s->random >> 12;
    s->random ^= s->random << 25;
    s->random ^= s->random >> 27;
    return (uint32_t)((s->random * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % limit;
}

static void hand_over(const struct search *s, uint8_t **witness, size_t *size)
{
    *witness = s->found;
    if (size != NULL)
        *size = s->found_size;
}

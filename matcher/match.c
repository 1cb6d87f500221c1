/* match.c - matching a notification.
 *
 * Each attribute of the notification is looked up once; its value is then found by the slot of
 * the attribute.  Marks of earlier matches are told apart by their epoch, so nothing is cleared. */
#include <assert.h>
#include <string.h>

#include "internal.h"

#define RESOLVED_MAX (WEIR_ATTRS_MAX + WEIR_STAMP_COUNT)

struct seen_value {
    uint32_t epoch;
    bool is_real; /* a number that is the double `real` exactly */
    double real;
    struct weir_value value;
};

struct weir_match_scratch {
    const struct weir_alloc *alloc;
    struct weir_scratch *eval;
    uint32_t epoch;
    struct seen_value *values; /* by slot of the attribute */
    uint32_t *form_marks;      /* the epoch in which the form matched */
    uint32_t *group_marks;     /* the epoch in which the group was found */
    uint32_t *out, *spare;
    size_t value_capacity, form_capacity, group_capacity, out_capacity;
    const struct weiri_attr *resolved[RESOLVED_MAX];
    uint32_t resolved_count;
};

/* One call of match. */
struct match {
    const struct weir_matcher *m;
    const struct weir_notification *notification;
    struct weir_match_scratch *s;
    enum weir_undecided undecided_counts_as;
    bool by_group;
    uint32_t skip;
    size_t wanted; /* groups that may still be found */
    size_t count;  /* of s->out */
    uint32_t undecided;
};

static bool grow(void **block, size_t *capacity, size_t needed, size_t item_size,
                 const struct weir_alloc *alloc);
static struct weir_matches run(struct match *match);
static void begin(struct weir_match_scratch *s, const struct weir_matcher *m);
static void resolve(struct match *match);
static void resolve_one(struct match *match, struct weir_str name, struct weir_value value);
static bool look_at(struct match *match, const struct weiri_list *list);
static bool is_settled(const struct match *match, const struct weiri_form *form);
static bool tests_hold(const struct weir_match_scratch *s, const struct weiri_entry *entry);
static inline bool test_holds(const struct weir_match_scratch *s, const struct weiri_test *test);
static bool residuals_hold(struct match *match, const struct weir_conjunction *conjunction);
static void take(struct match *match, const struct weiri_form *form);

enum weir_err weir_match_scratch_create(struct weir_match_scratch **out,
                                        const struct weir_alloc *alloc)
{
    struct weir_match_scratch *s;
    enum weir_err err;

    assert(out != NULL);
    s = weiri_alloc_zeroed(alloc, 1, sizeof *s);
    if (s == NULL)
        return WEIR_ENOMEM;
    s->alloc = alloc;
    err = weir_scratch_create(&s->eval, alloc);
    if (err != WEIR_OK) {
        weiri_release(alloc, s);
        return err;
    }
    *out = s;
    return WEIR_OK;
}

void weir_match_scratch_destroy(struct weir_match_scratch *s)
{
    if (s == NULL)
        return;
    weir_scratch_destroy(s->eval);
    weiri_release(s->alloc, s->values);
    weiri_release(s->alloc, s->form_marks);
    weiri_release(s->alloc, s->group_marks);
    weiri_release(s->alloc, s->out);
    weiri_release(s->alloc, s->spare);
    weiri_release(s->alloc, s);
}

enum weir_err weir_match_scratch_reserve(struct weir_match_scratch *s, const struct weir_matcher *m)
{
    const size_t out_needed = m->members.count; /* no fewer than groups */
    size_t spare_capacity = s->out_capacity;
    void *values = s->values, *forms = s->form_marks, *groups = s->group_marks, *out = s->out,
         *spare = s->spare;
    bool ok = grow(&values, &s->value_capacity, m->attrs.used, sizeof *s->values, s->alloc) &&
              grow(&forms, &s->form_capacity, m->forms.used, sizeof *s->form_marks, s->alloc) &&
              grow(&groups, &s->group_capacity, m->groups.used, sizeof *s->group_marks, s->alloc) &&
              grow(&spare, &spare_capacity, out_needed, sizeof *s->spare, s->alloc) &&
              grow(&out, &s->out_capacity, out_needed, sizeof *s->out, s->alloc);

    s->values = values;
    s->form_marks = forms;
    s->group_marks = groups;
    s->out = out;
    s->spare = spare;
    return ok ? WEIR_OK : WEIR_ENOMEM;
}

struct weir_matches weir_matcher_match(const struct weir_matcher *m,
                                       const struct weir_notification *notification,
                                       enum weir_undecided undecided,
                                       struct weir_match_scratch *scratch)
{
    struct match match = {
        .m = m, .notification = notification, .s = scratch, .undecided_counts_as = undecided};

    return run(&match);
}

struct weir_matches weir_matcher_match_groups(const struct weir_matcher *m,
                                              const struct weir_notification *notification,
                                              uint32_t skip, enum weir_undecided undecided,
                                              struct weir_match_scratch *scratch)
{
    struct match match = {.m = m,
                          .notification = notification,
                          .s = scratch,
                          .undecided_counts_as = undecided,
                          .by_group = true,
                          .skip = skip,
                          .wanted = m->groups.count};

    if (weiri_group_find(m, skip) != NULL)
        match.wanted--;
    return run(&match);
}

/* The old contents are marks of past epochs: they may go. */
static bool grow(void **block, size_t *capacity, size_t needed, size_t item_size,
                 const struct weir_alloc *alloc)
{
    const size_t wanted = needed + needed / 2;
    void *grown;

    if (needed <= *capacity)
        return true;
    grown = weiri_alloc_zeroed(alloc, wanted, item_size);
    if (grown == NULL)
        return false;
    weiri_release(alloc, *block);
    *block = grown;
    *capacity = wanted;
    return true;
}

static struct weir_matches run(struct match *match)
{
    const struct weir_matcher *m = match->m;
    struct weir_match_scratch *s = match->s;
    bool go_on;

    begin(s, m);
    resolve(match);
    go_on = (!match->by_group || match->wanted > 0) && look_at(match, &m->always);
    for (uint32_t i = 0; i < s->resolved_count && go_on; i++) {
        const struct weiri_attr *attr = s->resolved[i];
        const struct weir_value value = weir_domain_value(s->values[attr->slot].value);
        const struct weiri_bucket *bucket = weiri_bucket_find(m, attr, &value);

        go_on =
            (bucket == NULL || look_at(match, &bucket->entries)) && look_at(match, &attr->present);
    }
    weiri_sort_u32(s->out, s->spare, match->count);
    return (struct weir_matches){s->out, match->count, match->undecided};
}

static void begin(struct weir_match_scratch *s, const struct weir_matcher *m)
{
    assert(m->attrs.used <= s->value_capacity);
    assert(m->forms.used <= s->form_capacity);
    assert(m->groups.used <= s->group_capacity);
    assert(m->members.count <= s->out_capacity);
    if (++s->epoch == 0) {
        if (s->value_capacity > 0)
            memset(s->values, 0, s->value_capacity * sizeof *s->values);
        if (s->form_capacity > 0)
            memset(s->form_marks, 0, s->form_capacity * sizeof *s->form_marks);
        if (s->group_capacity > 0)
            memset(s->group_marks, 0, s->group_capacity * sizeof *s->group_marks);
        s->epoch = 1;
    }
    s->resolved_count = 0;
}

static void resolve(struct match *match)
{
    struct weir_value value;

    for (size_t i = 0; i < match->notification->attr_count; i++) {
        const struct weir_attr attr = weir_notification_attr(match->notification, i);

        resolve_one(match, attr.name, attr.value);
    }
    for (int i = 0; i < WEIR_STAMP_COUNT && match->m->stamp_attrs > 0; i++) {
        if (weir_notification_stamp_get(match->notification, (enum weir_stamp)i, &value))
            resolve_one(match, weir_stamp_name((enum weir_stamp)i), value);
    }
}

static void resolve_one(struct match *match, struct weir_str name, struct weir_value value)
{
    struct weir_match_scratch *s = match->s;
    const struct weiri_attr *attr = weiri_attr_find(match->m, name);
    struct seen_value *seen;

    if (attr == NULL)
        return;
    seen = &s->values[attr->slot];
    seen->epoch = s->epoch;
    seen->is_real = weiri_exact_double(&seen->real, &value);
    seen->value = value;
    s->resolved[s->resolved_count++] = attr;
}

/* False when nothing is left to find. */
static bool look_at(struct match *match, const struct weiri_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct weiri_entry *entry = list->v[i].entry;

        if (!test_holds(match->s, &list->v[i].test) || !tests_hold(match->s, entry) ||
            is_settled(match, entry->form) || !residuals_hold(match, entry->conjunction))
            continue;
        match->s->form_marks[entry->form->slot] = match->s->epoch;
        take(match, entry->form);
        if (match->by_group && match->wanted == 0)
            return false;
    }
    return true;
}

/* True when it makes no difference whether the form matches. */
static bool is_settled(const struct match *match, const struct weiri_form *form)
{
    const struct weir_match_scratch *s = match->s;

    if (s->form_marks[form->slot] == s->epoch)
        return true;
    if (!match->by_group)
        return false;
    for (uint32_t i = 0; i < form->pair_count; i++) {
        const struct weiri_group *group = form->pairs[i]->group;

        if (s->group_marks[group->slot] != s->epoch && group->group != match->skip)
            return false;
    }
    return true;
}

static bool tests_hold(const struct weir_match_scratch *s, const struct weiri_entry *entry)
{
    for (uint32_t i = 0; i < entry->test_count; i++) {
        if (!test_holds(s, &entry->tests[i]))
            return false;
    }
    return true;
}

static inline bool test_holds(const struct weir_match_scratch *s, const struct weiri_test *test)
{
    const struct seen_value *seen;

    if (test->kind == WEIRI_TEST_NONE)
        return true;
    seen = &s->values[test->slot];
    if (seen->epoch != s->epoch)
        return weir_domain_has(test->domain, NULL);
    if (test->kind == WEIRI_TEST_RANGE && seen->is_real)
        return seen->real >= test->low && seen->real <= test->high &&
               !(test->low_open && seen->real == test->low) &&
               !(test->high_open && seen->real == test->high);
    return weir_domain_has(test->domain, &seen->value);
}

static bool residuals_hold(struct match *match, const struct weir_conjunction *conjunction)
{
    enum weir_truth truth = WEIR_TRUE;

    if (conjunction->residual_count == 0)
        return true;
    weir_scratch_renew(match->s->eval);
    for (uint32_t i = 0; i < conjunction->residual_count && truth != WEIR_FALSE; i++) {
        const enum weir_truth one =
            weir_residual_eval(&conjunction->residuals[i], match->notification, match->s->eval);

        match->undecided += one == WEIR_UNKNOWN;
        if (one < truth)
            truth = one;
    }
    return truth == WEIR_TRUE ||
           (truth == WEIR_UNKNOWN && match->undecided_counts_as == WEIR_UNDECIDED_YES);
}

static void take(struct match *match, const struct weiri_form *form)
{
    struct weir_match_scratch *s = match->s;

    if (!match->by_group) {
        for (uint32_t i = 0; i < form->member_count; i++)
            s->out[match->count++] = form->members[i]->id;
        return;
    }
    for (uint32_t i = 0; i < form->pair_count; i++) {
        const struct weiri_group *group = form->pairs[i]->group;

        if (s->group_marks[group->slot] == s->epoch || group->group == match->skip)
            continue;
        s->group_marks[group->slot] = s->epoch;
        s->out[match->count++] = group->group;
        match->wanted--;
    }
}

/* strings.c - the string part of domains.
 *
 * Void pieces: under "contains 'x'" the point 'abc' is no member, and under "does not contain
 * 'ab'" nothing that begins with 'ab' is. */
#include "strings.h"

#include <string.h>

#include "domains.h"
#include "text.h"

struct lists {
    const struct weir_domain *a, *b;
};

typedef bool (*relation_fn)(struct weir_str of, struct weir_str with);

static int list_compare(const struct weir_strings *a, const struct weir_strings *b);
static bool any(const struct weir_strings *list, relation_fn relation, struct weir_str with);
static bool any_within(const struct weir_strings *list, relation_fn relation, struct weir_str of);
static bool endings_conflict(struct weir_str a, struct weir_str b);
static bool demands(const struct weir_domain *lists, struct weir_str part);
static bool forbids(const struct weir_domain *lists, struct weir_str part);
static bool denies_ending(const struct weir_domain *lists, struct weir_str ending);
static bool is_void(const struct weir_domain *lists, const struct weir_interval *piece);
static bool void_piece(void *context, const struct weir_interval *piece);
static bool void_for_both(void *context, const struct weir_interval *piece);
static bool implies_contains(const struct weir_domain *narrow, struct weir_str part);
static bool implies_ending(const struct weir_domain *narrow, struct weir_str ending);
static bool contradict(const struct weir_domain *a, const struct weir_domain *b);
static bool all_points(const struct weir_intervals *set);
static bool points_pass(const struct weir_domain *points, const struct weir_domain *lists);
static bool list_unite(struct weir_strings *out, const struct weir_strings *a,
                       const struct weir_strings *b, struct weiri_pool *pool);
static bool list_common(struct weir_strings *out, const struct weir_strings *a,
                        const struct weir_strings *b, struct weiri_pool *pool);
static bool adopt_lists(struct weir_domain *out, const struct weir_domain *from);
static void clear(struct weir_domain *domain);
static bool tidy_lists(struct weir_domain *domain, struct weiri_pool *pool);
static bool tidy_intervals(struct weir_domain *domain, struct weiri_pool *pool);
static bool drop_sure(struct weir_domain *domain, struct weiri_pool *pool);
static bool surely_contains(const struct weir_intervals *set, struct weir_str part);

bool weiri_strings_listed(const struct weir_domain *domain)
{
    return domain->contains.count != 0 || domain->ends.count != 0 ||
           domain->contains_not.count != 0 || domain->ends_not.count != 0;
}

bool weiri_strings_pass(const struct weir_domain *lists, struct weir_str s)
{
    uint64_t any = UINT64_MAX;

    return weiri_strings_decide(lists, s, &any) == WEIR_TRUE;
}

enum weir_truth weiri_strings_decide(const struct weir_domain *lists, struct weir_str s,
                                     uint64_t *steps)
{
    enum weir_truth truth = WEIR_TRUE;

    for (uint32_t i = 0; i < lists->ends.count; i++) {
        if (!weiri_text_ends(s, lists->ends.v[i]))
            return WEIR_FALSE;
    }
    if (any_within(&lists->ends_not, weiri_text_ends, s))
        return WEIR_FALSE;
    for (uint32_t i = 0; i < lists->contains.count && truth == WEIR_TRUE; i++)
        truth = weiri_text_find(s, lists->contains.v[i], steps);
    for (uint32_t i = 0; i < lists->contains_not.count && truth == WEIR_TRUE; i++)
        truth = (enum weir_truth)(WEIR_TRUE - weiri_text_find(s, lists->contains_not.v[i], steps));
    return truth;
}

int weiri_strings_compare(const struct weir_domain *a, const struct weir_domain *b)
{
    int order = list_compare(&a->contains, &b->contains);

    if (order == 0)
        order = list_compare(&a->ends, &b->ends);
    if (order == 0)
        order = list_compare(&a->contains_not, &b->contains_not);
    return order != 0 ? order : list_compare(&a->ends_not, &b->ends_not);
}

bool weiri_strings_include(const struct weir_domain *wide, const struct weir_domain *narrow)
{
    struct lists lists = {narrow, NULL};

    if (!weiri_intervals_minus(&narrow->strings, &wide->strings, void_piece, &lists))
        return false;
    for (uint32_t i = 0; i < wide->contains.count; i++) {
        if (!implies_contains(narrow, wide->contains.v[i]))
            return false;
    }
    for (uint32_t i = 0; i < wide->ends.count; i++) {
        if (!implies_ending(narrow, wide->ends.v[i]))
            return false;
    }
    if ((wide->contains_not.count != 0 || wide->ends_not.count != 0) &&
        all_points(&narrow->strings))
        return points_pass(narrow, wide);
    for (uint32_t i = 0; i < wide->contains_not.count; i++) {
        if (!forbids(narrow, wide->contains_not.v[i]))
            return false;
    }
    for (uint32_t i = 0; i < wide->ends_not.count; i++) {
        if (!denies_ending(narrow, wide->ends_not.v[i]))
            return false;
    }
    return true;
}

bool weiri_strings_meet(const struct weir_domain *a, const struct weir_domain *b)
{
    struct lists lists = {a, b};

    return !contradict(a, b) && !contradict(b, a) &&
           !weiri_intervals_overlap(&a->strings, &b->strings, void_for_both, &lists);
}

bool weiri_strings_intersect(struct weir_domain *out, const struct weir_domain *a,
                             const struct weir_domain *b, struct weiri_pool *pool)
{
    return weiri_intervals_intersect(&out->strings, &a->strings, &b->strings, pool) &&
           list_unite(&out->contains, &a->contains, &b->contains, pool) &&
           list_unite(&out->ends, &a->ends, &b->ends, pool) &&
           list_unite(&out->contains_not, &a->contains_not, &b->contains_not, pool) &&
           list_unite(&out->ends_not, &a->ends_not, &b->ends_not, pool);
}

bool weiri_strings_unite(struct weir_domain *out, bool *exact, const struct weir_domain *a,
                         const struct weir_domain *b, struct weiri_pool *pool)
{
    *exact = true;
    if (weiri_strings_compare(a, b) != 0) {
        if (weiri_strings_include(a, b)) {
            out->strings = a->strings;
            return adopt_lists(out, a);
        }
        if (weiri_strings_include(b, a)) {
            out->strings = b->strings;
            return adopt_lists(out, b);
        }
    }
    if (!weiri_intervals_unite(&out->strings, &a->strings, &b->strings, pool))
        return false;
    if (weiri_strings_compare(a, b) == 0)
        return adopt_lists(out, a);
    if (all_points(&a->strings) && points_pass(a, b))
        return adopt_lists(out, b);
    if (all_points(&b->strings) && points_pass(b, a))
        return adopt_lists(out, a);
    *exact = false;
    return list_common(&out->contains, &a->contains, &b->contains, pool) &&
           list_common(&out->ends, &a->ends, &b->ends, pool) &&
           list_common(&out->contains_not, &a->contains_not, &b->contains_not, pool) &&
           list_common(&out->ends_not, &a->ends_not, &b->ends_not, pool);
}

bool weiri_strings_tidy(struct weir_domain *domain, struct weiri_pool *pool)
{
    if (domain->strings.count != 0 && weiri_strings_listed(domain)) {
        if (contradict(domain, domain)) {
            domain->strings.count = 0;
        } else if (!tidy_lists(domain, pool) || !tidy_intervals(domain, pool) ||
                   !drop_sure(domain, pool)) {
            return false;
        }
    }
    if (domain->strings.count == 0)
        clear(domain);
    return true;
}

static int list_compare(const struct weir_strings *a, const struct weir_strings *b)
{
    for (uint32_t i = 0; i < a->count && i < b->count; i++) {
        int order = weir_str_compare(a->v[i], b->v[i]);

        if (order != 0)
            return order;
    }
    return a->count < b->count ? -1 : a->count > b->count;
}

/* Does some string of the list stand in the relation with the other one? */
static bool any(const struct weir_strings *list, relation_fn relation, struct weir_str with)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (relation(list->v[i], with))
            return true;
    }
    return false;
}

/* The same with the sides exchanged. */
static bool any_within(const struct weir_strings *list, relation_fn relation, struct weir_str of)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (relation(of, list->v[i]))
            return true;
    }
    return false;
}

/* True when no string can end with both. */
static bool endings_conflict(struct weir_str a, struct weir_str b)
{
    return !weiri_text_ends(a, b) && !weiri_text_ends(b, a);
}

/* The lists alone demand that the part be contained. */
static bool demands(const struct weir_domain *lists, struct weir_str part)
{
    return any(&lists->contains, weiri_text_contains, part) ||
           any(&lists->ends, weiri_text_contains, part);
}

/* The lists alone rule out that the part be contained. */
static bool forbids(const struct weir_domain *lists, struct weir_str part)
{
    return any_within(&lists->contains_not, weiri_text_contains, part);
}

/* The lists alone rule out the ending. */
static bool denies_ending(const struct weir_domain *lists, struct weir_str ending)
{
    return any_within(&lists->ends_not, weiri_text_ends, ending) || forbids(lists, ending) ||
           any(&lists->ends, endings_conflict, ending);
}

/* True when surely no string of the piece passes the lists. */
static bool is_void(const struct weir_domain *lists, const struct weir_interval *piece)
{
    if (weiri_interval_is_point(piece))
        return !weiri_strings_pass(lists, piece->low.value.u.string);
    return lists->contains_not.count != 0 && forbids(lists, weiri_text_sure_prefix(piece));
}

static bool void_piece(void *context, const struct weir_interval *piece)
{
    const struct lists *lists = context;

    return is_void(lists->a, piece);
}

static bool void_for_both(void *context, const struct weir_interval *piece)
{
    const struct lists *lists = context;

    return is_void(lists->a, piece) || is_void(lists->b, piece);
}

static bool implies_contains(const struct weir_domain *narrow, struct weir_str part)
{
    return demands(narrow, part) || surely_contains(&narrow->strings, part);
}

static bool implies_ending(const struct weir_domain *narrow, struct weir_str ending)
{
    if (any(&narrow->ends, weiri_text_ends, ending))
        return true;
    for (uint32_t i = 0; i < narrow->strings.count; i++) {
        const struct weir_interval *interval = &narrow->strings.v[i];

        if (!weiri_interval_is_point(interval) ||
            !weiri_text_ends(interval->low.value.u.string, ending))
            return false;
    }
    return true;
}

/* True when no string can be as the lists of both demand, by what `a` demands. */
static bool contradict(const struct weir_domain *a, const struct weir_domain *b)
{
    for (uint32_t i = 0; i < a->ends.count; i++) {
        if (any(&b->ends, endings_conflict, a->ends.v[i]) ||
            any_within(&b->ends_not, weiri_text_ends, a->ends.v[i]) || forbids(b, a->ends.v[i]))
            return true;
    }
    for (uint32_t i = 0; i < a->contains.count; i++) {
        if (forbids(b, a->contains.v[i]))
            return true;
    }
    return false;
}

static bool all_points(const struct weir_intervals *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (!weiri_interval_is_point(&set->v[i]))
            return false;
    }
    return true;
}

static bool points_pass(const struct weir_domain *points, const struct weir_domain *lists)
{
    for (uint32_t i = 0; i < points->strings.count; i++) {
        if (!weiri_strings_pass(lists, points->strings.v[i].low.value.u.string))
            return false;
    }
    return true;
}

static bool list_unite(struct weir_strings *out, const struct weir_strings *a,
                       const struct weir_strings *b, struct weiri_pool *pool)
{
    struct weir_str *v;
    uint32_t i = 0, j = 0, count = 0;

    if (a->count == 0 || b->count == 0) {
        *out = a->count == 0 ? *b : *a;
        return true;
    }
    v = weiri_pool_take(pool, a->count + b->count, sizeof *v);
    if (v == NULL)
        return false;
    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : weir_str_compare(a->v[i], b->v[j]);

        v[count++] = order <= 0 ? a->v[i] : b->v[j];
        i += order <= 0;
        j += order >= 0;
    }
    *out = (struct weir_strings){v, count};
    return true;
}

static bool list_common(struct weir_strings *out, const struct weir_strings *a,
                        const struct weir_strings *b, struct weiri_pool *pool)
{
    struct weir_str *v = weiri_pool_take(pool, a->count, sizeof *v);
    uint32_t count = 0;

    if (v == NULL)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (any(b, weir_str_equal, a->v[i]))
            v[count++] = a->v[i];
    }
    *out = (struct weir_strings){v, count};
    return true;
}

static bool adopt_lists(struct weir_domain *out, const struct weir_domain *from)
{
    out->contains = from->contains;
    out->ends = from->ends;
    out->contains_not = from->contains_not;
    out->ends_not = from->ends_not;
    return true;
}

static void clear(struct weir_domain *domain)
{
    const struct weir_domain nothing = {0};

    domain->kinds &= ~WEIR_KIND_STRING;
    adopt_lists(domain, &nothing);
}

/* Copies what of a list is not said already by another entry or another list. */
static bool tidy_lists(struct weir_domain *domain, struct weiri_pool *pool)
{
    const struct weir_domain old = *domain;
    const uint32_t total = weiri_domain_weight(domain);
    struct weir_str *v = weiri_pool_take(pool, total, sizeof *v);
    struct weir_str *contains = v, *ends, *contains_not, *ends_not;

    if (v == NULL)
        return false;
    for (uint32_t i = 0; i < old.contains.count; i++) {
        struct weir_str part = old.contains.v[i];
        bool said = any(&old.ends, weiri_text_contains, part);

        for (uint32_t j = 0; j < old.contains.count && !said; j++)
            said = j != i && weiri_text_contains(old.contains.v[j], part);
        if (!said)
            *v++ = part;
    }
    ends = v;
    for (uint32_t i = 0; i < old.ends.count; i++) { /* one is the longest; the rest are its ends */
        if (v == ends)
            *v++ = old.ends.v[i];
        else if (old.ends.v[i].len > ends->len)
            *ends = old.ends.v[i];
    }
    contains_not = v;
    for (uint32_t i = 0; i < old.contains_not.count; i++) {
        struct weir_str part = old.contains_not.v[i];
        bool said = false;

        for (uint32_t j = 0; j < old.contains_not.count && !said; j++)
            said = j != i && weiri_text_contains(part, old.contains_not.v[j]);
        if (!said)
            *v++ = part;
    }
    ends_not = v;
    for (uint32_t i = 0; i < old.ends_not.count; i++) {
        struct weir_str ending = old.ends_not.v[i];
        bool said = forbids(&old, ending) || any(&old.ends, endings_conflict, ending);

        for (uint32_t j = 0; j < old.ends_not.count && !said; j++)
            said = j != i && weiri_text_ends(ending, old.ends_not.v[j]);
        if (!said)
            *v++ = ending;
    }
    domain->contains = (struct weir_strings){contains, (uint32_t)(ends - contains)};
    domain->ends = (struct weir_strings){ends, (uint32_t)(contains_not - ends)};
    domain->contains_not = (struct weir_strings){contains_not, (uint32_t)(ends_not - contains_not)};
    domain->ends_not = (struct weir_strings){ends_not, (uint32_t)(v - ends_not)};
    return true;
}

/* Drops void intervals and closes the gaps that miss only a void point. */
static bool tidy_intervals(struct weir_domain *domain, struct weiri_pool *pool)
{
    struct weir_interval *v = weiri_pool_take(pool, domain->strings.count, sizeof *v);
    uint32_t count = 0;

    if (v == NULL)
        return false;
    for (uint32_t i = 0; i < domain->strings.count; i++) {
        const struct weir_interval *interval = &domain->strings.v[i];

        if (is_void(domain, interval))
            continue;
        if (count > 0 && weiri_intervals_miss_point(&v[count - 1], interval) &&
            !weiri_strings_pass(domain, interval->low.value.u.string))
            v[count - 1].high = interval->high;
        else
            v[count++] = *interval;
    }
    domain->strings = (struct weir_intervals){v, count};
    return true;
}

/* Drops what the intervals alone make sure of. */
static bool drop_sure(struct weir_domain *domain, struct weiri_pool *pool)
{
    const struct weir_domain nothing = {0};
    struct weir_str *v;
    uint32_t count = 0;

    if (all_points(&domain->strings))
        return adopt_lists(domain, &nothing);
    v = weiri_pool_take(pool, domain->contains.count, sizeof *v);
    if (v == NULL)
        return false;
    for (uint32_t i = 0; i < domain->contains.count; i++) {
        if (!surely_contains(&domain->strings, domain->contains.v[i]))
            v[count++] = domain->contains.v[i];
    }
    domain->contains = (struct weir_strings){v, count};
    return true;
}

static bool surely_contains(const struct weir_intervals *set, struct weir_str part)
{
    for (uint32_t i = 0; i < set->count; i++) {
        const struct weir_interval *interval = &set->v[i];

        if (!weiri_text_contains(weiri_interval_is_point(interval)
                                     ? interval->low.value.u.string
                                     : weiri_text_sure_prefix(interval),
                                 part))
            return false;
    }
    return true;
}

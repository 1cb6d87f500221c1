/* intervals.c - set algebra by cuts.
 *
 * A cut lies just before a value, just after it, or beyond all values; an interval is what lies
 * between two cuts.  With cuts, open and closed ends need no cases of their own. */
#include "intervals.h"

#include <assert.h>
#include <string.h>

struct cut {
    int beyond; /* -1 below all values, 1 above all, 0 at `value` */
    bool after;
    const struct weir_value *value;
};

struct appender {
    struct weir_interval *v;
    uint32_t count;
};

static const struct weir_interval whole = {.low = {.bounded = false}, .high = {.bounded = false}};
static const struct weir_interval whole_strings = {
    {true,                                true, {WEIR_STRING, {.string = {"", 0}}}},
    {.bounded = false}
};
const struct weir_intervals weiri_all_ordered = {&whole, 1};
const struct weir_intervals weiri_all_strings = {&whole_strings, 1};

static bool is_shared(const struct weir_intervals *a, const struct weir_intervals *b);
static struct cut cut_of_low(const struct weir_end *low);
static struct cut cut_of_high(const struct weir_end *high);
static int cut_compare(struct cut a, struct cut b);
static struct weir_end low_of_cut(struct cut cut);
static struct weir_end high_of_cut(struct cut cut);
static bool visit_between(struct cut low, struct cut high, weiri_piece_fn visit, void *context);
static bool append(void *context, const struct weir_interval *piece);
static bool refuse(void *context, const struct weir_interval *piece);
static bool collect(struct weir_intervals *out, const struct weir_intervals *a,
                    const struct weir_intervals *b, struct weiri_pool *pool,
                    bool (*walk)(const struct weir_intervals *, const struct weir_intervals *,
                                 weiri_piece_fn, void *));

bool weiri_intervals_equal(const struct weir_intervals *a, const struct weir_intervals *b)
{
    return weiri_intervals_compare(a, b) == 0;
}

int weiri_intervals_compare(const struct weir_intervals *a, const struct weir_intervals *b)
{
    if (is_shared(a, b))
        return 0;
    for (uint32_t i = 0; i < a->count && i < b->count; i++) {
        int order = cut_compare(cut_of_low(&a->v[i].low), cut_of_low(&b->v[i].low));

        if (order == 0)
            order = cut_compare(cut_of_high(&a->v[i].high), cut_of_high(&b->v[i].high));
        if (order != 0)
            return order;
    }
    return a->count < b->count ? -1 : a->count > b->count;
}

bool weiri_interval_is_point(const struct weir_interval *interval)
{
    const struct weir_end *low = &interval->low, *high = &interval->high;

    return low->bounded && high->bounded && low->closed && high->closed &&
           weir_value_equal(&low->value, &high->value);
}

bool weiri_intervals_miss_point(const struct weir_interval *low, const struct weir_interval *high)
{
    return low->high.bounded && high->low.bounded && !low->high.closed && !high->low.closed &&
           weir_value_equal(&low->high.value, &high->low.value);
}

bool weiri_interval_follows(const struct weir_interval *interval,
                            const struct weir_interval *previous)
{
    const struct cut low = cut_of_low(&interval->low);

    return cut_compare(low, cut_of_high(&interval->high)) < 0 &&
           (previous == NULL || cut_compare(cut_of_high(&previous->high), low) < 0);
}

bool weiri_intervals_have(const struct weir_intervals *set, const struct weir_value *value)
{
    const struct cut before = {.beyond = 0, .after = false, .value = value};
    const struct cut after = {.beyond = 0, .after = true, .value = value};
    uint32_t low = 0, high = set->count; /* the first interval that ends beyond the value */

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (cut_compare(cut_of_high(&set->v[middle].high), after) >= 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low < set->count && cut_compare(cut_of_low(&set->v[low].low), before) <= 0;
}

bool weiri_intervals_overlap(const struct weir_intervals *a, const struct weir_intervals *b,
                             weiri_piece_fn visit, void *context)
{
    uint32_t i = 0, j = 0;

    while (i < a->count && j < b->count) {
        struct cut low_a = cut_of_low(&a->v[i].low), low_b = cut_of_low(&b->v[j].low);
        struct cut high_a = cut_of_high(&a->v[i].high), high_b = cut_of_high(&b->v[j].high);
        struct cut low = cut_compare(low_a, low_b) > 0 ? low_a : low_b;

        if (cut_compare(high_a, high_b) <= 0) {
            if (!visit_between(low, high_a, visit, context))
                return false;
            i++;
        } else {
            if (!visit_between(low, high_b, visit, context))
                return false;
            j++;
        }
    }
    return true;
}

bool weiri_intervals_minus(const struct weir_intervals *a, const struct weir_intervals *b,
                           weiri_piece_fn visit, void *context)
{
    uint32_t j = 0;

    for (uint32_t i = 0; i < a->count; i++) {
        struct cut at = cut_of_low(&a->v[i].low);
        const struct cut end = cut_of_high(&a->v[i].high);

        while (j < b->count && cut_compare(cut_of_high(&b->v[j].high), at) <= 0)
            j++;
        for (uint32_t k = j; k < b->count; k++) {
            struct cut low = cut_of_low(&b->v[k].low), high = cut_of_high(&b->v[k].high);

            if (cut_compare(low, end) >= 0)
                break;
            if (!visit_between(at, low, visit, context))
                return false;
            at = high;
        }
        if (!visit_between(at, end, visit, context))
            return false;
    }
    return true;
}

bool weiri_intervals_include(const struct weir_intervals *wide, const struct weir_intervals *narrow)
{
    return is_shared(wide, narrow) || weiri_intervals_minus(narrow, wide, refuse, NULL);
}

bool weiri_intervals_meet(const struct weir_intervals *a, const struct weir_intervals *b)
{
    return !weiri_intervals_overlap(a, b, refuse, NULL);
}

bool weiri_intervals_intersect(struct weir_intervals *out, const struct weir_intervals *a,
                               const struct weir_intervals *b, struct weiri_pool *pool)
{
    return collect(out, a, b, pool, weiri_intervals_overlap);
}

bool weiri_intervals_subtract(struct weir_intervals *out, const struct weir_intervals *a,
                              const struct weir_intervals *b, struct weiri_pool *pool)
{
    return collect(out, a, b, pool, weiri_intervals_minus);
}

bool weiri_intervals_unite(struct weir_intervals *out, const struct weir_intervals *a,
                           const struct weir_intervals *b, struct weiri_pool *pool)
{
    struct appender to;
    uint32_t i = 0, j = 0;

    if (is_shared(a, b)) {
        *out = *a;
        return true;
    }
    to = (struct appender){weiri_pool_take(pool, a->count + b->count, sizeof *to.v), 0};
    if (to.v == NULL)
        return false;
    while (i < a->count || j < b->count) {
        bool from_a = j == b->count || (i < a->count && cut_compare(cut_of_low(&a->v[i].low),
                                                                    cut_of_low(&b->v[j].low)) <= 0);
        const struct weir_interval *next = from_a ? &a->v[i++] : &b->v[j++];
        struct weir_interval *last = to.count > 0 ? &to.v[to.count - 1] : NULL;

        if (last == NULL || cut_compare(cut_of_high(&last->high), cut_of_low(&next->low)) < 0)
            to.v[to.count++] = *next;
        else if (cut_compare(cut_of_high(&last->high), cut_of_high(&next->high)) < 0)
            last->high = next->high;
    }
    *out = (struct weir_intervals){to.v, to.count};
    return true;
}

bool weiri_intervals_copy(struct weir_intervals *out, const struct weir_intervals *set,
                          struct weiri_pool *pool)
{
    struct weir_interval *v = weiri_pool_take(pool, set->count, sizeof *v);

    if (v == NULL)
        return false;
    if (set->count > 0)
        memcpy(v, set->v, set->count * sizeof *v);
    *out = (struct weir_intervals){v, set->count};
    return true;
}

/* The conjunctions of a product have most of their sets in common. */
static bool is_shared(const struct weir_intervals *a, const struct weir_intervals *b)
{
    return a->v == b->v && a->count == b->count;
}

static struct cut cut_of_low(const struct weir_end *low)
{
    return low->bounded ? (struct cut){0, !low->closed, &low->value}
                        : (struct cut){-1, false, NULL};
}

static struct cut cut_of_high(const struct weir_end *high)
{
    return high->bounded ? (struct cut){0, high->closed, &high->value}
                         : (struct cut){1, false, NULL};
}

static int cut_compare(struct cut a, struct cut b)
{
    int order;
    bool comparable;

    if (a.beyond != 0 || b.beyond != 0)
        return a.beyond - b.beyond;
    comparable = weir_value_compare(a.value, b.value, &order);
    assert(comparable);
    return order != 0 ? order : (int)a.after - (int)b.after;
}

static struct weir_end low_of_cut(struct cut cut)
{
    if (cut.beyond != 0)
        return (struct weir_end){.bounded = false};
    return (struct weir_end){.bounded = true, .closed = !cut.after, .value = *cut.value};
}

static struct weir_end high_of_cut(struct cut cut)
{
    if (cut.beyond != 0)
        return (struct weir_end){.bounded = false};
    return (struct weir_end){.bounded = true, .closed = cut.after, .value = *cut.value};
}

static bool visit_between(struct cut low, struct cut high, weiri_piece_fn visit, void *context)
{
    struct weir_interval piece;

    if (cut_compare(low, high) >= 0)
        return true;
    piece = (struct weir_interval){low_of_cut(low), high_of_cut(high)};
    return visit(context, &piece);
}

static bool append(void *context, const struct weir_interval *piece)
{
    struct appender *to = context;

    to->v[to->count++] = *piece;
    return true;
}

static bool refuse(void *context, const struct weir_interval *piece)
{
    (void)context;
    (void)piece;
    return false;
}

/* Each end of a piece is an end of `a` or `b`, so there are at most a->count + b->count pieces. */
static bool collect(struct weir_intervals *out, const struct weir_intervals *a,
                    const struct weir_intervals *b, struct weiri_pool *pool,
                    bool (*walk)(const struct weir_intervals *, const struct weir_intervals *,
                                 weiri_piece_fn, void *))
{
    struct appender to = {weiri_pool_take(pool, a->count + b->count, sizeof *to.v), 0};

    if (to.v == NULL)
        return false;
    walk(a, b, append, &to);
    *out = (struct weir_intervals){to.v, to.count};
    return true;
}

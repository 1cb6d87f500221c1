/* widen.c - the conjunctive hull, and what is wider and shorter than it.
 *
 * Only attributes in which the conjunctions differ are widened: the gaps of long sets are filled,
 * or they are freed, all or one: then a subscription does not list them, and an advertisement lists
 * them with any value.  What all conjunctions say of an attribute stays. */
#include "widen.h"

#include <string.h>

#include "advertised.h"
#include "text.h"

#define FILLED_MIN 4u /* intervals: to fill the gaps of fewer saves nothing */

struct widening {
    struct weiri_workshop *shop;
    const struct weir_conjunction *v;
    uint32_t count;
    struct weiri_widened *out;
};

static bool differ(const struct widening *w, const struct weir_constraint *constraint);
static bool add_filled(struct widening *w, const struct weir_conjunction *hull);
static bool add_without(struct widening *w, const struct weir_conjunction *hull, uint32_t one);
static bool add(struct widening *w, const struct weir_conjunction *conjunction);
static bool fill(struct weir_domain *domain, struct weiri_pool *pool);
static bool span(struct weir_intervals *set, struct weiri_pool *pool);
static bool span_strings(struct weir_intervals *set, struct weiri_pool *pool);
static struct weir_constraint *take(struct widening *w, uint32_t count);

bool weiri_widen(struct weiri_widened *out, const struct weir_conjunction *v, uint32_t count,
                 struct weiri_workshop *shop)
{
    struct widening w = {shop, v, count, out};
    struct weir_conjunction hull, bare;

    out->count = 0;
    if (!weiri_conjunction_hull(&hull, v, count, shop))
        return false;
    weiri_spend(shop->meter, 2 * count * hull.constraint_count);
    out->v[out->count++] = hull;
    bare = hull;
    bare.residual_count = 0;
    if (!add(&w, &bare))
        return false;
    if (!add_filled(&w, &hull) || !add_without(&w, &hull, hull.constraint_count))
        return false;
    for (uint32_t i = 0; i < hull.constraint_count && out->count < WEIRI_WIDENED_MAX; i++) {
        if (differ(&w, &hull.constraints[i]) && !add_without(&w, &hull, i))
            return false;
    }
    return true;
}

/* True unless all conjunctions say the same of the attribute. */
static bool differ(const struct widening *w, const struct weir_constraint *constraint)
{
    for (uint32_t i = 0; i < w->count; i++) {
        const struct weir_domain *domain = weiri_conjunction_find(&w->v[i], constraint->name);

        if (domain == NULL || weiri_domain_compare(domain, &constraint->domain) != 0)
            return true;
    }
    return false;
}

static bool add_filled(struct widening *w, const struct weir_conjunction *hull)
{
    struct weir_constraint *filled = take(w, hull->constraint_count);
    struct weir_conjunction conjunction = *hull;

    if (filled == NULL)
        return false;
    conjunction.constraints = filled;
    conjunction.constraint_count = 0;
    for (uint32_t i = 0; i < hull->constraint_count; i++) {
        struct weir_constraint constraint = hull->constraints[i];

        if (differ(w, &constraint) && !fill(&constraint.domain, w->shop->pool)) {
            w->shop->out_of_memory = true;
            return false;
        }
        if (!weiri_domain_is_full(&constraint.domain))
            filled[conjunction.constraint_count++] = constraint;
    }
    return add(w, &conjunction);
}

/* Frees the attribute at place `one`, or if there is none all in which the conjunctions differ. */
static bool add_without(struct widening *w, const struct weir_conjunction *hull, uint32_t one)
{
    const bool all = one == hull->constraint_count;
    const bool advertised = w->shop->role == WEIR_ROLE_ADVERTISEMENT;
    struct weir_constraint *kept = take(w, hull->constraint_count);
    struct weir_conjunction conjunction = *hull;

    if (kept == NULL)
        return false;
    conjunction.constraints = kept;
    conjunction.constraint_count = 0;
    for (uint32_t i = 0; i < hull->constraint_count; i++) {
        struct weir_constraint constraint = hull->constraints[i];
        const bool freed = all ? differ(w, &constraint) : i == one;

        if (freed)
            constraint.domain = weiri_domain_of_kinds(WEIRI_KIND_PRESENT);
        if (advertised || !freed)
            kept[conjunction.constraint_count++] = constraint;
    }
    return add(w, &conjunction);
}

/* False when memory has run out. */
static bool add(struct widening *w, const struct weir_conjunction *conjunction)
{
    struct weir_conjunction added = *conjunction;

    if (w->shop->role == WEIR_ROLE_ADVERTISEMENT &&
        !weiri_advertised_settle(&added, conjunction, w->shop))
        return false;
    if (added.constraint_count == 0 && added.residual_count == 0)
        return true;
    for (uint32_t i = 0; i < w->out->count; i++) {
        if (weiri_conjunction_compare(&w->out->v[i], &added) == 0)
            return true;
    }
    w->out->v[w->out->count++] = added;
    return true;
}

/* Numbers and timestamps become one interval, strings those with the longest common prefix. */
static bool fill(struct weir_domain *domain, struct weiri_pool *pool)
{
    return span(&domain->numbers, pool) && span(&domain->timestamps, pool) &&
           span_strings(&domain->strings, pool) && weiri_domain_tidy(domain, pool);
}

static bool span(struct weir_intervals *set, struct weiri_pool *pool)
{
    struct weir_interval *whole;

    if (set->count < FILLED_MIN)
        return true;
    whole = weiri_pool_take(pool, 1, sizeof *whole);
    if (whole == NULL)
        return false;
    *whole = (struct weir_interval){set->v[0].low, set->v[set->count - 1].high};
    *set = (struct weir_intervals){whole, 1};
    return true;
}

static bool span_strings(struct weir_intervals *set, struct weiri_pool *pool)
{
    struct weir_interval *whole;
    struct weir_str prefix;

    if (set->count < FILLED_MIN)
        return true;
    whole = weiri_pool_take(pool, 1, sizeof *whole);
    if (whole == NULL)
        return false;
    *whole = (struct weir_interval){set->v[0].low, set->v[set->count - 1].high};
    prefix = weiri_text_sure_prefix(whole);
    if (prefix.len > 0 && !weiri_text_prefix(whole, prefix, pool))
        return false;
    *set = (struct weir_intervals){whole, 1};
    return true;
}

static struct weir_constraint *take(struct widening *w, uint32_t count)
{
    struct weir_constraint *taken = weiri_pool_take(w->shop->pool, count, sizeof *taken);

    if (taken == NULL)
        w->shop->out_of_memory = true;
    return taken;
}

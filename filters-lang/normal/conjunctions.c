/* conjunctions.c - covering, merging and multiplying conjunctions. */
#include "conjunctions.h"

#include "advertised.h"

#include <stdlib.h>
#include <string.h>

/* Steps for one interval that is copied: it is what bounds the memory of an expansion. */
#define COPY_STEPS 8u

static bool absorbs(const struct weir_conjunction *wide, const struct weir_conjunction *narrow,
                    const struct weiri_workshop *shop);
static bool share_names(const struct weir_conjunction *a, const struct weir_conjunction *b);
static bool try_merge(struct weir_conjunction *out, bool *merged, const struct weir_conjunction *a,
                      const struct weir_conjunction *b, struct weiri_workshop *shop);
static bool merge_at(struct weir_conjunction *out, bool *merged, const struct weir_conjunction *a,
                     const struct weir_conjunction *b, uint32_t at, struct weiri_workshop *shop);
static bool intersect_constraints(struct weir_conjunction *out, const struct weir_conjunction *a,
                                  const struct weir_conjunction *b, struct weiri_workshop *shop);
static bool unite_residuals(struct weir_conjunction *out, const struct weir_conjunction *a,
                            const struct weir_conjunction *b, struct weiri_workshop *shop);
static bool hull_of_two(struct weir_conjunction *out, const struct weir_conjunction *a,
                        const struct weir_conjunction *b, struct weiri_workshop *shop);
static bool hull_of_one(struct weir_constraint *out, const struct weir_constraint *only,
                        const struct weiri_workshop *shop);
static bool resettle(struct weir_conjunction *conjunction, struct weiri_workshop *shop);
static bool common_residuals(struct weir_conjunction *out, const struct weir_conjunction *a,
                             const struct weir_conjunction *b, struct weiri_workshop *shop);
static void *take(struct weiri_workshop *shop, size_t count, size_t size);
static int compare_for_sort(const void *a, const void *b);

bool weiri_spend(struct weiri_meter *meter, uint32_t steps)
{
    meter->steps += steps;
    if (meter->left < steps) {
        meter->left = 0;
        return false;
    }
    meter->left -= steps;
    return true;
}

bool weiri_conjunction_covers(const struct weir_conjunction *wide,
                              const struct weir_conjunction *narrow, struct weiri_meter *meter)
{
    uint32_t j = 0;

    if (!weiri_spend(meter, 1) || wide->constraint_count > narrow->constraint_count ||
        wide->residual_count > narrow->residual_count)
        return false;
    for (uint32_t i = 0; i < wide->constraint_count; i++) {
        const struct weir_constraint *constraint = &wide->constraints[i];
        int order = 1;

        while (j < narrow->constraint_count &&
               (order = weir_str_compare(narrow->constraints[j].name, constraint->name)) < 0)
            j++;
        if (j == narrow->constraint_count || order != 0)
            return false;
        if (!weiri_spend(meter, weiri_domain_weight(&constraint->domain) +
                                    weiri_domain_weight(&narrow->constraints[j].domain)) ||
            !weiri_domain_includes(&constraint->domain, &narrow->constraints[j].domain,
                                   WEIR_KIND_ALL))
            return false;
    }
    return weiri_residuals_within(wide, narrow);
}

int weiri_conjunction_compare(const struct weir_conjunction *a, const struct weir_conjunction *b)
{
    for (uint32_t i = 0; i < a->constraint_count && i < b->constraint_count; i++) {
        int order = weir_str_compare(a->constraints[i].name, b->constraints[i].name);

        if (order == 0)
            order = weiri_domain_compare(&a->constraints[i].domain, &b->constraints[i].domain);
        if (order != 0)
            return order;
    }
    if (a->constraint_count != b->constraint_count)
        return a->constraint_count < b->constraint_count ? -1 : 1;
    for (uint32_t i = 0; i < a->residual_count && i < b->residual_count; i++) {
        int order = weir_str_compare(a->residuals[i].text, b->residuals[i].text);

        if (order != 0)
            return order;
    }
    return a->residual_count < b->residual_count ? -1 : a->residual_count > b->residual_count;
}

const struct weir_domain *weiri_conjunction_find(const struct weir_conjunction *conjunction,
                                                 struct weir_str name)
{
    uint32_t low = 0, high = conjunction->constraint_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = weir_str_compare(conjunction->constraints[middle].name, name);

        if (order == 0)
            return &conjunction->constraints[middle].domain;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool weiri_conjunction_intersect(struct weir_conjunction *out, const struct weir_conjunction *a,
                                 const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    return intersect_constraints(out, a, b, shop) && unite_residuals(out, a, b, shop);
}

bool weiri_disjunction_add(struct weiri_disjunction *d, const struct weir_conjunction *conjunction,
                           struct weiri_workshop *shop)
{
    struct weir_conjunction added = *conjunction;
    uint32_t i = 0;

    while (i < d->count) {
        struct weir_conjunction union_;
        bool merged = false;

        if (absorbs(&d->v[i], &added, shop))
            return true;
        if (absorbs(&added, &d->v[i], shop)) {
            d->v[i] = d->v[--d->count];
            continue;
        }
        if (!try_merge(&union_, &merged, &d->v[i], &added, shop))
            return false;
        if (shop->meter->left == 0)
            return false;
        if (merged) {
            d->v[i] = d->v[--d->count];
            added = union_;
            i = 0;
        } else {
            i++;
        }
    }
    return weiri_disjunction_push(d, &added, shop);
}

bool weiri_disjunction_push(struct weiri_disjunction *d, const struct weir_conjunction *conjunction,
                            struct weiri_workshop *shop)
{
    if (d->count == d->capacity) {
        uint32_t capacity = d->capacity * 2 + 4;
        struct weir_conjunction *v = take(shop, capacity, sizeof *v);

        if (v == NULL)
            return false;
        if (d->count > 0)
            memcpy(v, d->v, d->count * sizeof *v);
        d->v = v;
        d->capacity = capacity;
    }
    d->v[d->count++] = *conjunction;
    return true;
}

void weiri_disjunction_sort(struct weiri_disjunction *d)
{
    if (d->count > 1)
        qsort(d->v, d->count, sizeof *d->v, compare_for_sort);
}

/* By halves: one after the other would copy a growing hull each time. */
bool weiri_conjunction_hull(struct weir_conjunction *out, const struct weir_conjunction *v,
                            uint32_t count, struct weiri_workshop *shop)
{
    struct weir_conjunction one, other;

    if (count == 1) {
        *out = v[0];
        return true;
    }
    return weiri_conjunction_hull(&one, v, count / 2, shop) &&
           weiri_conjunction_hull(&other, v + count / 2, count - count / 2, shop) &&
           hull_of_two(out, &one, &other, shop);
}

bool weiri_residuals_within(const struct weir_conjunction *wide,
                            const struct weir_conjunction *narrow)
{
    uint32_t j = 0;

    for (uint32_t i = 0; i < wide->residual_count; i++) {
        while (j < narrow->residual_count &&
               weir_str_compare(narrow->residuals[j].text, wide->residuals[i].text) < 0)
            j++;
        if (j == narrow->residual_count ||
            !weir_str_equal(narrow->residuals[j].text, wide->residuals[i].text))
            return false;
    }
    return true;
}

/* In an advertisement a product can make nothing of the wide one and something of the narrow one,
 * if it is with an attribute that only the wide one lists. */
static bool absorbs(const struct weir_conjunction *wide, const struct weir_conjunction *narrow,
                    const struct weiri_workshop *shop)
{
    if (shop->role == WEIR_ROLE_SUBSCRIPTION)
        return weiri_conjunction_covers(wide, narrow, shop->meter);
    if (shop->settled)
        return weiri_advertised_covers(wide, narrow, shop->meter);
    return wide->constraint_count == narrow->constraint_count &&
           weiri_conjunction_covers(wide, narrow, shop->meter);
}

static bool share_names(const struct weir_conjunction *a, const struct weir_conjunction *b)
{
    if (a->constraint_count != b->constraint_count || a->residual_count != b->residual_count)
        return false;
    for (uint32_t i = 0; i < a->constraint_count; i++) {
        if (!weir_str_equal(a->constraints[i].name, b->constraints[i].name))
            return false;
    }
    return weiri_residuals_within(a, b);
}

/* Conjunctions that differ in one attribute only merge where the union of its two domains is a
 * domain.  Returns false when memory has run out. */
static bool try_merge(struct weir_conjunction *out, bool *merged, const struct weir_conjunction *a,
                      const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    uint32_t at = a->constraint_count;

    *merged = false;
    if (!share_names(a, b))
        return true;
    for (uint32_t i = 0; i < a->constraint_count; i++) {
        const struct weir_domain *one = &a->constraints[i].domain;
        const struct weir_domain *other = &b->constraints[i].domain;

        if (!weiri_spend(shop->meter, 1 + weiri_domain_weight(one)))
            return true;
        if (weiri_domain_compare(one, other) == 0)
            continue;
        if (at != a->constraint_count)
            return true;
        at = i;
    }
    return at == a->constraint_count || merge_at(out, merged, a, b, at, shop);
}

static bool merge_at(struct weir_conjunction *out, bool *merged, const struct weir_conjunction *a,
                     const struct weir_conjunction *b, uint32_t at, struct weiri_workshop *shop)
{
    const struct weir_domain *one = &a->constraints[at].domain;
    const struct weir_domain *other = &b->constraints[at].domain;
    struct weir_domain domain;
    struct weir_constraint *constraints;
    uint32_t count = a->constraint_count;

    if (!weiri_spend(shop->meter,
                     COPY_STEPS * (weiri_domain_weight(one) + weiri_domain_weight(other))))
        return true;
    if (!weiri_domain_unite(&domain, merged, one, other, shop->pool)) {
        shop->out_of_memory = true;
        return false;
    }
    if (!*merged)
        return true;
    constraints = take(shop, count, sizeof *constraints);
    if (constraints == NULL)
        return false;
    memcpy(constraints, a->constraints, count * sizeof *constraints);
    constraints[at].domain = domain;
    if (shop->role == WEIR_ROLE_SUBSCRIPTION && weiri_domain_is_full(&domain)) {
        count--;
        memmove(constraints + at, constraints + at + 1, (count - at) * sizeof *constraints);
    }
    *out = *a;
    out->constraints = constraints;
    out->constraint_count = count;
    return resettle(out, shop);
}

static bool intersect_constraints(struct weir_conjunction *out, const struct weir_conjunction *a,
                                  const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    struct weir_constraint *v = take(shop, a->constraint_count + b->constraint_count, sizeof *v);
    uint32_t i = 0, j = 0, count = 0;

    if (v == NULL)
        return false;
    weiri_spend(shop->meter, COPY_STEPS * (a->constraint_count + b->constraint_count));
    while (i < a->constraint_count || j < b->constraint_count) {
        int order = i == a->constraint_count ? 1
                    : j == b->constraint_count
                        ? -1
                        : weir_str_compare(a->constraints[i].name, b->constraints[j].name);

        if (order != 0) {
            v[count++] = order < 0 ? a->constraints[i++] : b->constraints[j++];
            continue;
        }
        v[count].name = a->constraints[i].name;
        weiri_spend(shop->meter, COPY_STEPS * (weiri_domain_weight(&a->constraints[i].domain) +
                                               weiri_domain_weight(&b->constraints[j].domain)));
        if (!weiri_domain_intersect(&v[count].domain, &a->constraints[i].domain,
                                    &b->constraints[j].domain, shop->pool)) {
            shop->out_of_memory = true;
            return false;
        }
        if (weiri_domain_is_empty(&v[count].domain))
            return false;
        i++;
        j++;
        count++;
    }
    out->constraints = v;
    out->constraint_count = count;
    return true;
}

static bool unite_residuals(struct weir_conjunction *out, const struct weir_conjunction *a,
                            const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    struct weir_residual *v;
    uint32_t i = 0, j = 0, count = 0;

    if (a->residual_count == 0 || b->residual_count == 0) {
        const struct weir_conjunction *all = a->residual_count == 0 ? b : a;

        out->residuals = all->residuals;
        out->residual_count = all->residual_count;
        return true;
    }
    v = take(shop, a->residual_count + b->residual_count, sizeof *v);
    if (v == NULL)
        return false;
    while (i < a->residual_count || j < b->residual_count) {
        int order = i == a->residual_count ? 1
                    : j == b->residual_count
                        ? -1
                        : weir_str_compare(a->residuals[i].text, b->residuals[j].text);

        v[count++] = order <= 0 ? a->residuals[i] : b->residuals[j];
        i += order <= 0;
        j += order >= 0;
    }
    out->residuals = v;
    out->residual_count = count;
    return true;
}

static bool hull_of_two(struct weir_conjunction *out, const struct weir_conjunction *a,
                        const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    struct weir_constraint *v = take(shop, a->constraint_count + b->constraint_count, sizeof *v);
    uint32_t i = 0, j = 0, count = 0;

    if (v == NULL)
        return false;
    weiri_spend(shop->meter,
                COPY_STEPS * (1 + a->constraint_count + b->constraint_count + a->residual_count));
    while (i < a->constraint_count || j < b->constraint_count) {
        int order = i == a->constraint_count ? 1
                    : j == b->constraint_count
                        ? -1
                        : weir_str_compare(a->constraints[i].name, b->constraints[j].name);
        const struct weir_constraint *one = &a->constraints[i], *other = &b->constraints[j];
        bool exact;

        i += order <= 0;
        j += order >= 0;
        if (order != 0) {
            count += hull_of_one(&v[count], order < 0 ? one : other, shop);
            continue;
        }
        v[count].name = one->name;
        weiri_spend(shop->meter, COPY_STEPS * (weiri_domain_weight(&one->domain) +
                                               weiri_domain_weight(&other->domain)));
        if (!weiri_domain_unite(&v[count].domain, &exact, &one->domain, &other->domain,
                                shop->pool)) {
            shop->out_of_memory = true;
            return false;
        }
        count += shop->role == WEIR_ROLE_ADVERTISEMENT || !weiri_domain_is_full(&v[count].domain);
    }
    out->constraints = v;
    out->constraint_count = count;
    return common_residuals(out, a, b, shop) && resettle(out, shop);
}

/* An attribute that only one of two conjunctions lists: false if their hull does not.  To a
 * subscription it is free then.  An advertisement allows it; but as long as products may follow,
 * whatever they make of the other conjunction must remain. */
static bool hull_of_one(struct weir_constraint *out, const struct weir_constraint *only,
                        const struct weiri_workshop *shop)
{
    if (shop->role == WEIR_ROLE_SUBSCRIPTION ||
        (shop->settled && !weiri_advertised_restricts(only->name)))
        return false;
    *out = *only;
    if (!shop->settled)
        out->domain = weiri_domain_of_kinds(WEIR_KIND_ALL);
    return true;
}

/* A union may be all that `$type` can be, and is then not listed.  False when memory has run out.
 */
static bool resettle(struct weir_conjunction *conjunction, struct weiri_workshop *shop)
{
    return shop->role == WEIR_ROLE_SUBSCRIPTION || !shop->settled ||
           weiri_advertised_settle(conjunction, conjunction, shop);
}

static bool common_residuals(struct weir_conjunction *out, const struct weir_conjunction *a,
                             const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    struct weir_residual *v = take(shop, a->residual_count, sizeof *v);
    uint32_t j = 0, count = 0;

    if (v == NULL)
        return false;
    for (uint32_t i = 0; i < a->residual_count; i++) {
        while (j < b->residual_count &&
               weir_str_compare(b->residuals[j].text, a->residuals[i].text) < 0)
            j++;
        if (j < b->residual_count && weir_str_equal(b->residuals[j].text, a->residuals[i].text))
            v[count++] = a->residuals[i];
    }
    out->residuals = v;
    out->residual_count = count;
    return true;
}

static void *take(struct weiri_workshop *shop, size_t count, size_t size)
{
    void *taken = weiri_pool_take(shop->pool, count, size);

    if (taken == NULL)
        shop->out_of_memory = true;
    return taken;
}

static int compare_for_sort(const void *a, const void *b)
{
    return weiri_conjunction_compare(a, b);
}

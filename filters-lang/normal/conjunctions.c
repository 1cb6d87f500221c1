/* conjunctions.c - covering, merging and multiplying conjunctions. */
#include "conjunctions.h"

#include "advertised.h"

#include <stdlib.h>
#include <string.h>

static int compare_residuals(const struct weir_conjunction *a, const struct weir_conjunction *b);
static bool intersect_constraints(struct weir_conjunction *out, const struct weir_conjunction *a,
                                  const struct weir_conjunction *b, struct weiri_workshop *shop);
static bool unite_all_residuals(struct weir_conjunction *out, const struct weir_conjunction *v,
                                uint32_t count, struct weiri_workshop *shop);
static const struct weir_domain **domains_of(const struct weir_constraint *const *v, uint32_t count,
                                             struct weiri_workshop *shop);
static const struct weir_constraint **collect_constraints(uint32_t *total,
                                                          const struct weir_conjunction *v,
                                                          uint32_t count,
                                                          struct weiri_workshop *shop);
static uint32_t next_name(const struct weir_constraint *const *v, uint32_t count, uint32_t at);
static struct weir_constraint *take_for_names(const struct weir_constraint *const *v,
                                              uint32_t count, struct weiri_workshop *shop);
static int compare_constraints(const void *a, const void *b);
static int compare_texts(const void *a, const void *b);
static bool unite_residuals(struct weir_conjunction *out, const struct weir_conjunction *a,
                            const struct weir_conjunction *b, struct weiri_workshop *shop);
static bool stays_in_hull(struct weir_constraint *some, const struct weiri_workshop *shop);
static bool common_residuals(struct weir_conjunction *out, const struct weir_conjunction *v,
                             uint32_t count, struct weiri_workshop *shop);
static uint32_t keep_residuals(struct weir_residual *v, uint32_t count,
                               const struct weir_conjunction *other);

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
        if (!weiri_spend(
                meter, weiri_domain_effort(&constraint->domain, &narrow->constraints[j].domain)) ||
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
    return compare_residuals(a, b);
}

int weiri_conjunction_compare_rest(const struct weir_conjunction *a,
                                   const struct weir_conjunction *b, struct weir_str name)
{
    if (a->constraint_count != b->constraint_count)
        return a->constraint_count < b->constraint_count ? -1 : 1;
    for (uint32_t i = 0; i < a->constraint_count; i++) {
        const struct weir_constraint *one = &a->constraints[i], *other = &b->constraints[i];
        int order = weir_str_compare(one->name, other->name);

        if (order == 0 && !weir_str_equal(one->name, name))
            order = weiri_domain_compare(&one->domain, &other->domain);
        if (order != 0)
            return order;
    }
    return compare_residuals(a, b);
}

/* In an advertisement a product can make nothing of the wide one and something of the narrow one,
 * if it is with an attribute that only the wide one lists. */
bool weiri_conjunction_absorbs(const struct weir_conjunction *wide,
                               const struct weir_conjunction *narrow,
                               const struct weiri_workshop *shop)
{
    if (shop->role == WEIR_ROLE_SUBSCRIPTION)
        return weiri_conjunction_covers(wide, narrow, shop->meter);
    if (shop->settled)
        return weiri_advertised_covers(wide, narrow, shop->meter);
    return wide->constraint_count == narrow->constraint_count &&
           weiri_conjunction_covers(wide, narrow, shop->meter);
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

bool weiri_conjunction_intersect_all(struct weir_conjunction *out, const struct weir_conjunction *v,
                                     uint32_t count, struct weiri_workshop *shop)
{
    const struct weir_constraint **constraints;
    const struct weir_domain **domains;
    struct weir_constraint *both;
    uint32_t total, distinct = 0;

    *out = (struct weir_conjunction){0};
    if (count <= 1) {
        if (count == 1)
            *out = v[0];
        return true;
    }
    constraints = collect_constraints(&total, v, count, shop);
    if (constraints == NULL)
        return false;
    domains = domains_of(constraints, total, shop);
    both = take_for_names(constraints, total, shop);
    if (domains == NULL || both == NULL)
        return false;
    for (uint32_t i = 0, next; i < total; i = next) {
        next = next_name(constraints, total, i);
        both[distinct].name = constraints[i]->name;
        if (!weiri_domains_intersect(&both[distinct].domain, domains + i, next - i, shop) ||
            weiri_domain_is_empty(&both[distinct].domain))
            return false;
        distinct++;
    }
    out->constraints = both;
    out->constraint_count = distinct;
    return unite_all_residuals(out, v, count, shop);
}

/* Name by name: one conjunction after the other would copy a growing hull each time. */
bool weiri_conjunction_hull(struct weir_conjunction *out, const struct weir_conjunction *v,
                            uint32_t count, struct weiri_workshop *shop)
{
    const struct weir_constraint **constraints;
    const struct weir_domain **domains;
    struct weir_constraint *hull;
    uint32_t total, distinct = 0;

    if (count == 1) {
        *out = v[0];
        return true;
    }
    constraints = collect_constraints(&total, v, count, shop);
    if (constraints == NULL || !common_residuals(out, v, count, shop))
        return false;
    domains = domains_of(constraints, total, shop);
    hull = take_for_names(constraints, total, shop);
    if (domains == NULL || hull == NULL)
        return false;
    for (uint32_t i = 0, next; i < total; i = next) {
        struct weir_constraint *one = &hull[distinct];

        next = next_name(constraints, total, i);
        one->name = constraints[i]->name;
        if (!weiri_domains_unite(&one->domain, domains + i, next - i, shop))
            return false;
        if (next - i < count)
            distinct += stays_in_hull(one, shop);
        else
            distinct +=
                shop->role == WEIR_ROLE_ADVERTISEMENT || !weiri_domain_is_full(&one->domain);
    }
    out->constraints = hull;
    out->constraint_count = distinct;
    return weiri_conjunction_resettle(out, shop);
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

static int compare_residuals(const struct weir_conjunction *a, const struct weir_conjunction *b)
{
    for (uint32_t i = 0; i < a->residual_count && i < b->residual_count; i++) {
        int order = weir_str_compare(a->residuals[i].text, b->residuals[i].text);

        if (order != 0)
            return order;
    }
    return a->residual_count < b->residual_count ? -1 : a->residual_count > b->residual_count;
}

static bool intersect_constraints(struct weir_conjunction *out, const struct weir_conjunction *a,
                                  const struct weir_conjunction *b, struct weiri_workshop *shop)
{
    struct weir_constraint *v =
        weiri_shop_take(shop, a->constraint_count + b->constraint_count, sizeof *v);
    uint32_t i = 0, j = 0, count = 0;

    if (v == NULL)
        return false;
    weiri_spend(shop->meter, WEIRI_COPY_STEPS * (a->constraint_count + b->constraint_count));
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
        weiri_spend(shop->meter,
                    WEIRI_COPY_STEPS * (weiri_domain_weight(&a->constraints[i].domain) +
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

/* All constraints of all, by name; NULL when memory has run out. */
static const struct weir_constraint **collect_constraints(uint32_t *total,
                                                          const struct weir_conjunction *v,
                                                          uint32_t count,
                                                          struct weiri_workshop *shop)
{
    const struct weir_constraint **constraints;
    uint32_t at = 0;

    *total = 0;
    for (uint32_t i = 0; i < count; i++)
        *total += v[i].constraint_count;
    weiri_spend(shop->meter, WEIRI_COPY_STEPS * *total);
    constraints = weiri_shop_take(shop, *total, sizeof *constraints);
    if (constraints == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < v[i].constraint_count; k++)
            constraints[at++] = &v[i].constraints[k];
    }
    if (at > 1)
        qsort(constraints, at, sizeof *constraints, compare_constraints);
    return constraints;
}

static const struct weir_domain **domains_of(const struct weir_constraint *const *v, uint32_t count,
                                             struct weiri_workshop *shop)
{
    const struct weir_domain **domains = weiri_shop_take(shop, count, sizeof *domains);

    for (uint32_t i = 0; i < count && domains != NULL; i++)
        domains[i] = &v[i]->domain;
    return domains;
}

static uint32_t next_name(const struct weir_constraint *const *v, uint32_t count, uint32_t at)
{
    uint32_t next = at + 1;

    while (next < count && weir_str_equal(v[next]->name, v[at]->name))
        next++;
    return next;
}

/* Room for a constraint on each name. */
static struct weir_constraint *take_for_names(const struct weir_constraint *const *v,
                                              uint32_t count, struct weiri_workshop *shop)
{
    uint32_t names = 0;

    for (uint32_t i = 0; i < count; i = next_name(v, count, i))
        names++;
    return weiri_shop_take(shop, names, sizeof(struct weir_constraint));
}

static bool unite_all_residuals(struct weir_conjunction *out, const struct weir_conjunction *v,
                                uint32_t count, struct weiri_workshop *shop)
{
    struct weir_residual *residuals;
    uint32_t total = 0, distinct = 0;

    for (uint32_t i = 0; i < count; i++)
        total += v[i].residual_count;
    if (total == 0)
        return true;
    weiri_spend(shop->meter, WEIRI_COPY_STEPS * total);
    residuals = weiri_shop_take(shop, total, sizeof *residuals);
    if (residuals == NULL)
        return false;
    total = 0;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < v[i].residual_count; k++)
            residuals[total++] = v[i].residuals[k];
    }
    qsort(residuals, total, sizeof *residuals, compare_texts);
    for (uint32_t i = 0; i < total; i++) {
        if (i == 0 || !weir_str_equal(residuals[distinct - 1].text, residuals[i].text))
            residuals[distinct++] = residuals[i];
    }
    out->residuals = residuals;
    out->residual_count = distinct;
    return true;
}

static int compare_constraints(const void *a, const void *b)
{
    const struct weir_constraint *one = *(const struct weir_constraint *const *)a;
    const struct weir_constraint *other = *(const struct weir_constraint *const *)b;
    const int order = weir_str_compare(one->name, other->name);

    return order != 0 ? order : weiri_domain_compare(&one->domain, &other->domain);
}

static int compare_texts(const void *a, const void *b)
{
    const struct weir_residual *one = a, *other = b;

    return weir_str_compare(one->text, other->text);
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
    v = weiri_shop_take(shop, a->residual_count + b->residual_count, sizeof *v);
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

/* An attribute that not all of several conjunctions list: false if their hull does not.  To a
 * subscription it is free then.  An advertisement allows it; but as long as products may follow,
 * whatever they make of the other conjunctions must remain. */
static bool stays_in_hull(struct weir_constraint *some, const struct weiri_workshop *shop)
{
    if (shop->role == WEIR_ROLE_SUBSCRIPTION ||
        (shop->settled && !weiri_advertised_restricts(some->name)))
        return false;
    if (!shop->settled)
        some->domain = weiri_domain_of_kinds(WEIR_KIND_ALL);
    return true;
}

/* A union may be all that `$type` can be, and is then not listed.  False when memory has run out.
 */
bool weiri_conjunction_resettle(struct weir_conjunction *conjunction, struct weiri_workshop *shop)
{
    return shop->role == WEIR_ROLE_SUBSCRIPTION || !shop->settled ||
           weiri_advertised_settle(conjunction, conjunction, shop);
}

static bool common_residuals(struct weir_conjunction *out, const struct weir_conjunction *v,
                             uint32_t count, struct weiri_workshop *shop)
{
    struct weir_residual *common = weiri_shop_take(shop, v[0].residual_count, sizeof *common);

    if (common == NULL)
        return false;
    if (v[0].residual_count > 0)
        memcpy(common, v[0].residuals, v[0].residual_count * sizeof *common);
    *out = (struct weir_conjunction){.residuals = common, .residual_count = v[0].residual_count};
    for (uint32_t i = 1; i < count && out->residual_count > 0; i++) {
        weiri_spend(shop->meter, WEIRI_COPY_STEPS * out->residual_count);
        out->residual_count = keep_residuals(common, out->residual_count, &v[i]);
    }
    return true;
}

/* Keeps those that the other conjunction has too; returns how many. */
static uint32_t keep_residuals(struct weir_residual *v, uint32_t count,
                               const struct weir_conjunction *other)
{
    uint32_t kept = 0, j = 0;

    for (uint32_t i = 0; i < count; i++) {
        while (j < other->residual_count &&
               weir_str_compare(other->residuals[j].text, v[i].text) < 0)
            j++;
        if (j < other->residual_count && weir_str_equal(other->residuals[j].text, v[i].text))
            v[kept++] = v[i];
    }
    return kept;
}

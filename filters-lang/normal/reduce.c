/* reduce.c - disjunctions without superfluous members.
 *
 * Rounds until nothing changes: for each attribute in turn unite the members that differ in it
 * alone; then drop what others cover, of equals all but the first.  The former make groups that
 * have nothing to do with each other, and within a group the domains are sorted, so the outcome
 * depends on the set of members and not on how they came.  Uniting goes first so that a domain
 * comes back when its parts do, as they do from print: `x = 1 OR x = 'a'`. */
#include <stdlib.h>
#include <string.h>

#include "advertised.h"
#include "strings.h"

struct member {
    struct weir_conjunction *conjunction;
    uint32_t at; /* the constraint on the attribute in question */
};

static void put_in_order(struct weiri_disjunction *d);
static bool absorb(struct weiri_disjunction *d, struct weiri_workshop *shop);
static uint32_t mask_of(const struct weir_conjunction *conjunction,
                        const struct weiri_workshop *shop);
static bool merge(struct weiri_disjunction *d, bool *merged, struct weiri_workshop *shop);
static bool gather_names(struct weir_str **names, uint32_t *count,
                         const struct weiri_disjunction *d, struct weiri_workshop *shop);
static bool merge_on(struct weiri_disjunction *d, struct weir_str name, bool *merged,
                     struct member *members, struct weiri_workshop *shop);
static uint32_t find(const struct weir_conjunction *conjunction, struct weir_str name);
static bool merge_group(struct member *members, uint32_t count, bool *merged,
                        struct weiri_workshop *shop);
static bool gather_parts(struct weir_domain *v, uint32_t *count, const struct member *members,
                         uint32_t member_count, struct weiri_workshop *shop);
static uint32_t add_parts(struct weir_domain *v, uint32_t count, const struct member *members,
                          uint32_t member_count, uint32_t kinds, bool apart);
static const struct weir_domain *domain_of(const struct member *member);
static bool is_domain_of(const struct weir_domain *domain, const struct member *members,
                         uint32_t count);
static uint32_t kinds_apart(const struct weir_domain *domain);
static bool unite_all(struct weir_domain *v, uint32_t count, struct weiri_workshop *shop);
static bool unite_pairs(struct weir_domain *v, uint32_t *count, struct weiri_workshop *shop);
static bool replace_domain(struct member *member, const struct weir_domain *domain,
                           struct weiri_workshop *shop);
static int compare_conjunctions(const void *a, const void *b);
static int compare_names(const void *a, const void *b);
static int compare_domains(const void *a, const void *b);
static int compare_members(const void *a, const void *b);

bool weiri_disjunction_push(struct weiri_disjunction *d, const struct weir_conjunction *conjunction,
                            struct weiri_workshop *shop)
{
    if (d->count == d->capacity) {
        uint32_t capacity = d->capacity * 2 + 1;
        struct weir_conjunction *v = weiri_shop_take(shop, capacity, sizeof *v);

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

bool weiri_disjunction_reduce(struct weiri_disjunction *d, struct weiri_workshop *shop)
{
    bool merged = d->count > 1;

    while (merged) {
        merged = false;
        put_in_order(d);
        if (!merge(d, &merged, shop))
            return false;
        put_in_order(d);
        if (!absorb(d, shop))
            return false;
    }
    return true;
}

static void put_in_order(struct weiri_disjunction *d)
{
    uint32_t distinct = 0;

    if (d->count > 1)
        qsort(d->v, d->count, sizeof *d->v, compare_conjunctions);
    for (uint32_t i = 0; i < d->count; i++) {
        if (i == 0 || weiri_conjunction_compare(&d->v[distinct - 1], &d->v[i]) != 0)
            d->v[distinct++] = d->v[i];
    }
    d->count = distinct;
}

static bool absorb(struct weiri_disjunction *d, struct weiri_workshop *shop)
{
    uint32_t *masks = weiri_shop_take(shop, d->count, sizeof *masks);
    uint32_t count = 0;

    if (masks == NULL)
        return false;
    weiri_spend(shop->meter, d->count * d->count / 32);
    for (uint32_t i = 0; i < d->count; i++)
        masks[i] = mask_of(&d->v[i], shop);
    for (uint32_t i = 0; i < d->count; i++) {
        bool needed = true;

        for (uint32_t k = 0; k < count && needed; k++)
            needed =
                (masks[k] & ~masks[i]) != 0 || !weiri_conjunction_absorbs(&d->v[k], &d->v[i], shop);
        if (!needed)
            continue;
        if (weiri_is_spent(shop))
            return false;
        d->v[count] = d->v[i];
        masks[count++] = masks[i];
    }
    d->count = count;
    for (uint32_t i = count; i-- > 0;) { /* and now those that come before what covers them */
        bool needed = true;

        for (uint32_t k = i + 1; k < d->count && needed; k++)
            needed =
                (masks[k] & ~masks[i]) != 0 || !weiri_conjunction_absorbs(&d->v[k], &d->v[i], shop);
        if (needed)
            continue;
        d->count--;
        memmove(d->v + i, d->v + i + 1, (d->count - i) * sizeof *d->v);
        memmove(masks + i, masks + i + 1, (d->count - i) * sizeof *masks);
    }
    return !weiri_is_spent(shop);
}

/* The bits of what covers are among those of what it covers. */
static uint32_t mask_of(const struct weir_conjunction *conjunction,
                        const struct weiri_workshop *shop)
{
    const bool widens = shop->role == WEIR_ROLE_ADVERTISEMENT && shop->settled;
    uint32_t mask = 0;

    if (widens && weiri_advertised_is_empty(conjunction))
        return 0;
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_str name = conjunction->constraints[i].name;
        const uint32_t first = (unsigned char)name.ptr[0];
        const uint32_t last = (unsigned char)name.ptr[name.len - 1];

        if (!widens || weiri_advertised_restricts(name))
            mask |= 1u << (first * 5 + last * 3 + (uint32_t)name.len) % 32;
    }
    return widens ? ~mask : mask;
}

static bool merge(struct weiri_disjunction *d, bool *merged, struct weiri_workshop *shop)
{
    struct member *members = weiri_shop_take(shop, d->count, sizeof *members);
    struct weir_str *names;
    uint32_t count;

    if (members == NULL || !gather_names(&names, &count, d, shop))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (!merge_on(d, names[i], merged, members, shop))
            return false;
    }
    return true;
}

/* The names that more than one member has, ascending. */
static bool gather_names(struct weir_str **names, uint32_t *count,
                         const struct weiri_disjunction *d, struct weiri_workshop *shop)
{
    uint32_t total = 0, distinct = 0;

    for (uint32_t i = 0; i < d->count; i++)
        total += d->v[i].constraint_count;
    weiri_spend(shop->meter, total);
    *names = weiri_shop_take(shop, total, sizeof **names);
    if (*names == NULL)
        return false;
    total = 0;
    for (uint32_t i = 0; i < d->count; i++) {
        for (uint32_t k = 0; k < d->v[i].constraint_count; k++)
            (*names)[total++] = d->v[i].constraints[k].name;
    }
    if (total > 1)
        qsort(*names, total, sizeof **names, compare_names);
    for (uint32_t i = 1; i < total; i++) {
        if (weir_str_equal((*names)[i], (*names)[i - 1]) &&
            (distinct == 0 || !weir_str_equal((*names)[distinct - 1], (*names)[i])))
            (*names)[distinct++] = (*names)[i];
    }
    *count = distinct;
    return true;
}

static bool merge_on(struct weiri_disjunction *d, struct weir_str name, bool *merged,
                     struct member *members, struct weiri_workshop *shop)
{
    uint32_t count = 0, left = 0;

    for (uint32_t i = 0; i < d->count; i++) {
        const uint32_t at = find(&d->v[i], name);

        if (at < d->v[i].constraint_count)
            members[count++] = (struct member){&d->v[i], at};
    }
    if (count < 2)
        return true;
    weiri_spend(shop->meter, 8 * count);
    qsort(members, count, sizeof *members, compare_members);
    for (uint32_t i = 0, next; i < count; i = next) {
        for (next = i + 1;
             next < count && weiri_conjunction_compare_rest(members[i].conjunction,
                                                            members[next].conjunction, name) == 0;)
            next++;
        if (next - i > 1 && !merge_group(members + i, next - i, merged, shop))
            return false;
        if (weiri_is_spent(shop))
            return false;
    }
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->v[i].constraints != NULL || d->v[i].constraint_count == 0)
            d->v[left++] = d->v[i];
    }
    d->count = left;
    return true;
}

static uint32_t find(const struct weir_conjunction *conjunction, struct weir_str name)
{
    const struct weir_domain *domain = weiri_conjunction_find(conjunction, name);
    uint32_t at = 0;

    if (domain == NULL)
        return conjunction->constraint_count;
    while (&conjunction->constraints[at].domain != domain)
        at++;
    return at;
}

/* Members that are no longer needed lose their constraints. */
static bool merge_group(struct member *members, uint32_t count, bool *merged,
                        struct weiri_workshop *shop)
{
    struct weir_domain *v;
    uint32_t left = count;
    bool changed;

    for (uint32_t i = 0; i < count; i++)
        left += kinds_apart(domain_of(&members[i])) != 0 ? 2 : 0;
    v = weiri_shop_take(shop, left, sizeof *v);
    if (v == NULL || !gather_parts(v, &left, members, count, shop))
        return false;
    qsort(v, left, sizeof *v, compare_domains);
    if (!unite_pairs(v, &left, shop))
        return false;
    changed = left < count;
    for (uint32_t i = 0; i < left && left == count && !changed; i++)
        changed = !is_domain_of(&v[i], members, count);
    if (!changed)
        return true;
    *merged = true;
    for (uint32_t i = 0; i < left; i++) {
        if (!replace_domain(&members[i], &v[i], shop))
            return false;
    }
    for (uint32_t i = left; i < count; i++)
        *members[i].conjunction = (struct weir_conjunction){.constraint_count = 1};
    return true;
}

/* The members' domains in parts, for it should make no difference which parts came together.  Sets
 * of intervals over the same types always unite, and are one part here; numbers of one type, and
 * strings with lists, may not, and stay apart, unless the former come to be of both types. */
static bool gather_parts(struct weir_domain *v, uint32_t *count, const struct member *members,
                         uint32_t member_count, struct weiri_workshop *shop)
{
    struct weir_domain *numbers;
    uint32_t number_count = 0, total;

    for (uint32_t i = 0; i < member_count; i++)
        number_count += (kinds_apart(domain_of(&members[i])) & WEIRI_KIND_NUMBER) != 0;
    numbers = weiri_shop_take(shop, number_count, sizeof *numbers);
    if (numbers == NULL)
        return false;
    number_count = add_parts(numbers, 0, members, member_count, WEIRI_KIND_NUMBER, true);
    if (number_count > 1) {
        qsort(numbers, number_count, sizeof *numbers, compare_domains);
        if (!unite_pairs(numbers, &number_count, shop))
            return false;
    }
    total = add_parts(v, 0, members, member_count, WEIR_KIND_ALL, false);
    for (uint32_t i = 0; i < number_count; i++) {
        if (kinds_apart(&numbers[i]) == 0)
            v[total++] = numbers[i];
    }
    if (total > 1) {
        if (!unite_all(v, total, shop))
            return false;
        total = 1;
    }
    for (uint32_t i = 0; i < number_count; i++) {
        if (kinds_apart(&numbers[i]) != 0)
            v[total++] = numbers[i];
    }
    *count = add_parts(v, total, members, member_count, WEIR_KIND_STRING, true);
    return true;
}

static uint32_t add_parts(struct weir_domain *v, uint32_t count, const struct member *members,
                          uint32_t member_count, uint32_t kinds, bool apart)
{
    for (uint32_t i = 0; i < member_count; i++) {
        const struct weir_domain *domain = domain_of(&members[i]);
        const uint32_t those = kinds & (apart ? kinds_apart(domain) : ~kinds_apart(domain));

        if ((domain->kinds & those) != 0)
            v[count++] = weiri_domain_part(domain, those);
    }
    return count;
}

static const struct weir_domain *domain_of(const struct member *member)
{
    return &member->conjunction->constraints[member->at].domain;
}

static bool is_domain_of(const struct weir_domain *domain, const struct member *members,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (weiri_domain_compare(domain, domain_of(&members[i])) == 0)
            return true;
    }
    return false;
}

static uint32_t kinds_apart(const struct weir_domain *domain)
{
    const uint32_t numbers = domain->kinds & WEIRI_KIND_NUMBER;

    return (numbers != WEIRI_KIND_NUMBER ? numbers : 0) |
           (weiri_strings_listed(domain) ? WEIR_KIND_STRING : 0);
}

/* Into the first. */
static bool unite_all(struct weir_domain *v, uint32_t count, struct weiri_workshop *shop)
{
    const struct weir_domain **domains = weiri_shop_take(shop, count, sizeof *domains);

    for (uint32_t i = 0; i < count && domains != NULL; i++)
        domains[i] = &v[i];
    return domains != NULL && weiri_domains_unite(&v[0], domains, count, shop);
}

/* The first two in order whose union is a domain become that, until there are none. */
static bool unite_pairs(struct weir_domain *v, uint32_t *count, struct weiri_workshop *shop)
{
    uint32_t i = 0;

    while (i < *count) {
        bool exact = false;

        for (uint32_t k = i + 1; k < *count && !exact; k++) {
            struct weir_domain both;

            weiri_spend(shop->meter, WEIRI_COPY_STEPS *
                                         (weiri_domain_weight(&v[i]) + weiri_domain_weight(&v[k])));
            if (weiri_is_spent(shop))
                return false;
            if (!weiri_domain_unite(&both, &exact, &v[i], &v[k], shop->pool)) {
                shop->out_of_memory = true;
                return false;
            }
            if (exact) {
                v[i] = both;
                memmove(v + k, v + k + 1, (*count - k - 1) * sizeof *v);
                --*count;
            }
        }
        if (exact) {
            qsort(v, *count, sizeof *v, compare_domains);
            i = 0;
        } else {
            i++;
        }
    }
    return true;
}

static bool replace_domain(struct member *member, const struct weir_domain *domain,
                           struct weiri_workshop *shop)
{
    struct weir_conjunction *conjunction = member->conjunction;
    uint32_t count = conjunction->constraint_count;
    struct weir_constraint *v = weiri_shop_take(shop, count, sizeof *v);

    if (v == NULL)
        return false;
    weiri_spend(shop->meter, WEIRI_COPY_STEPS * count);
    memcpy(v, conjunction->constraints, count * sizeof *v);
    v[member->at].domain = *domain;
    if (shop->role == WEIR_ROLE_SUBSCRIPTION && weiri_domain_is_full(domain)) {
        count--;
        memmove(v + member->at, v + member->at + 1, (count - member->at) * sizeof *v);
    }
    conjunction->constraints = v;
    conjunction->constraint_count = count;
    return weiri_conjunction_resettle(conjunction, shop);
}

static int compare_conjunctions(const void *a, const void *b)
{
    return weiri_conjunction_compare(a, b);
}

static int compare_names(const void *a, const void *b)
{
    const struct weir_str *one = a, *other = b;

    return weir_str_compare(*one, *other);
}

static int compare_domains(const void *a, const void *b)
{
    return weiri_domain_compare(a, b);
}

static int compare_members(const void *a, const void *b)
{
    const struct member *one = a, *other = b;

    return weiri_conjunction_compare_rest(one->conjunction, other->conjunction,
                                          one->conjunction->constraints[one->at].name);
}

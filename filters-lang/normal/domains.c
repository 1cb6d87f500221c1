/* domains.c - inclusion, meeting, intersection and union of domains, and their canonical form.
 *
 * What an interval cannot say about strings is listed beside it; pieces of intervals that cannot
 * hold a string under the lists are void, and so are taken for nothing where that helps. */
#include "domains.h"

#include <string.h>

#include "strings.h"
#include "text.h"

static const uint32_t kinds_of_types[] = {
    [WEIR_BOOL] = WEIRI_KIND_BOOL,          [WEIR_INT] = WEIR_KIND_INT,
    [WEIR_DOUBLE] = WEIR_KIND_DOUBLE,       [WEIR_STRING] = WEIR_KIND_STRING,
    [WEIR_TIMESTAMP] = WEIR_KIND_TIMESTAMP,
};

static bool has_no_string(const struct weir_domain *domain, const struct weir_value *value);
static uint32_t listed(const struct weir_domain *domain);
static bool copy_list(struct weir_strings *out, const struct weir_strings *list,
                      struct weiri_pool *pool);
static bool unite_numbers(struct weir_domain *out, bool *exact, const struct weir_domain *a,
                          const struct weir_domain *b, struct weiri_pool *pool);

uint32_t weiri_kinds_of_type(enum weir_type type)
{
    return kinds_of_types[type];
}

uint32_t weiri_kinds_of_value(const struct weir_value *value)
{
    if (value->type == WEIR_BOOL)
        return value->u.boolean ? WEIR_KIND_TRUE : WEIR_KIND_FALSE;
    if (value->type == WEIR_INT || value->type == WEIR_DOUBLE)
        return WEIRI_KIND_NUMBER;
    return weiri_kinds_of_type(value->type);
}

struct weir_domain weiri_domain_of_kinds(uint32_t kinds)
{
    struct weir_domain domain = {.kinds = kinds};

    if ((kinds & WEIRI_KIND_NUMBER) != 0)
        domain.numbers = weiri_all_ordered;
    if ((kinds & WEIR_KIND_TIMESTAMP) != 0)
        domain.timestamps = weiri_all_ordered;
    if ((kinds & WEIR_KIND_STRING) != 0)
        domain.strings = weiri_all_strings;
    return domain;
}

struct weir_value weir_domain_value(struct weir_value value)
{
    const double limit = 9223372036854775808.0;

    if (value.type == WEIR_DOUBLE && value.u.real >= -limit && value.u.real < limit &&
        (double)(int64_t)value.u.real == value.u.real)
        return weir_value_int((int64_t)value.u.real);
    return value;
}

bool weir_domain_has(const struct weir_domain *domain, const struct weir_value *value)
{
    uint64_t any = UINT64_MAX;

    return weiri_domain_decide(domain, value, &any) == WEIR_TRUE;
}

enum weir_truth weiri_domain_decide(const struct weir_domain *domain,
                                    const struct weir_value *value, uint64_t *steps)
{
    if (value == NULL || value->type != WEIR_STRING)
        return has_no_string(domain, value) ? WEIR_TRUE : WEIR_FALSE;
    if (!weiri_intervals_have(&domain->strings, value))
        return WEIR_FALSE;
    return weiri_strings_decide(domain, value->u.string, steps);
}

static bool has_no_string(const struct weir_domain *domain, const struct weir_value *value)
{
    const uint32_t kinds = domain->kinds;

    if (value == NULL)
        return (kinds & WEIR_KIND_ABSENT) != 0;
    switch (value->type) {
    case WEIR_BOOL: return (kinds & (value->u.boolean ? WEIR_KIND_TRUE : WEIR_KIND_FALSE)) != 0;
    case WEIR_INT:
        return (kinds & WEIR_KIND_INT) != 0 && weiri_intervals_have(&domain->numbers, value);
    case WEIR_DOUBLE:
        return (kinds & WEIR_KIND_DOUBLE) != 0 && weiri_intervals_have(&domain->numbers, value);
    default: return weiri_intervals_have(&domain->timestamps, value);
    }
}

bool weiri_domain_is_empty(const struct weir_domain *domain)
{
    return domain->kinds == 0;
}

bool weiri_domain_is_full(const struct weir_domain *domain)
{
    return domain->kinds == WEIR_KIND_ALL &&
           weiri_intervals_equal(&domain->numbers, &weiri_all_ordered) &&
           weiri_intervals_equal(&domain->timestamps, &weiri_all_ordered) &&
           weiri_intervals_equal(&domain->strings, &weiri_all_strings) &&
           !weiri_strings_listed(domain);
}

const struct weir_value *weiri_domain_single(const struct weir_domain *domain)
{
    const struct weir_intervals *part = NULL;

    if (domain->kinds == WEIR_KIND_STRING)
        part = &domain->strings;
    else if (domain->kinds == WEIR_KIND_TIMESTAMP)
        part = &domain->timestamps;
    else if ((domain->kinds & ~WEIRI_KIND_NUMBER) == 0)
        part = &domain->numbers;
    if (part == NULL || part->count != 1 || !weiri_interval_is_point(&part->v[0]))
        return NULL;
    return &part->v[0].low.value;
}

struct weir_domain weiri_domain_part(const struct weir_domain *domain, uint32_t kinds)
{
    struct weir_domain part = {.kinds = domain->kinds & kinds};

    if ((part.kinds & WEIRI_KIND_NUMBER) != 0)
        part.numbers = domain->numbers;
    if ((part.kinds & WEIR_KIND_TIMESTAMP) != 0)
        part.timestamps = domain->timestamps;
    if ((part.kinds & WEIR_KIND_STRING) == 0)
        return part;
    part.strings = domain->strings;
    part.contains = domain->contains;
    part.ends = domain->ends;
    part.contains_not = domain->contains_not;
    part.ends_not = domain->ends_not;
    return part;
}

int weiri_domain_compare(const struct weir_domain *a, const struct weir_domain *b)
{
    int order;

    if (a->kinds != b->kinds)
        return a->kinds < b->kinds ? -1 : 1;
    order = weiri_intervals_compare(&a->numbers, &b->numbers);
    if (order == 0)
        order = weiri_intervals_compare(&a->timestamps, &b->timestamps);
    if (order == 0)
        order = weiri_intervals_compare(&a->strings, &b->strings);
    return order != 0 ? order : weiri_strings_compare(a, b);
}

uint32_t weiri_domain_weight(const struct weir_domain *domain)
{
    return 1 + domain->numbers.count + domain->timestamps.count + domain->strings.count +
           listed(domain);
}

static uint32_t listed(const struct weir_domain *domain)
{
    return domain->contains.count + domain->ends.count + domain->contains_not.count +
           domain->ends_not.count;
}

uint32_t weiri_domain_effort(const struct weir_domain *a, const struct weir_domain *b)
{
    const uint32_t listed_a = listed(a), listed_b = listed(b);

    return weiri_domain_weight(a) + weiri_domain_weight(b) +
           listed_a * (listed_b + b->strings.count) + listed_b * a->strings.count;
}

bool weiri_domain_includes(const struct weir_domain *wide, const struct weir_domain *narrow,
                           uint32_t kinds)
{
    return (narrow->kinds & kinds & ~wide->kinds) == 0 &&
           weiri_intervals_include(&wide->numbers, &narrow->numbers) &&
           weiri_intervals_include(&wide->timestamps, &narrow->timestamps) &&
           weiri_strings_include(wide, narrow);
}

bool weiri_domain_meets(const struct weir_domain *a, const struct weir_domain *b, uint32_t kinds)
{
    const uint32_t both = a->kinds & b->kinds & kinds;

    if ((both & (WEIR_KIND_ABSENT | WEIRI_KIND_BOOL)) != 0)
        return true;
    if ((both & WEIRI_KIND_NUMBER) != 0 && weiri_intervals_meet(&a->numbers, &b->numbers))
        return true;
    return weiri_intervals_meet(&a->timestamps, &b->timestamps) || weiri_strings_meet(a, b);
}

bool weiri_domain_tidy(struct weir_domain *domain, struct weiri_pool *pool)
{
    if (domain->numbers.count == 0)
        domain->kinds &= ~WEIRI_KIND_NUMBER;
    if (domain->timestamps.count == 0)
        domain->kinds &= ~WEIR_KIND_TIMESTAMP;
    return weiri_strings_tidy(domain, pool);
}

bool weiri_domain_intersect(struct weir_domain *out, const struct weir_domain *a,
                            const struct weir_domain *b, struct weiri_pool *pool)
{
    struct weir_domain both = {.kinds = a->kinds & b->kinds};

    if ((both.kinds & WEIRI_KIND_NUMBER) != 0 &&
        !weiri_intervals_intersect(&both.numbers, &a->numbers, &b->numbers, pool))
        return false;
    if ((both.kinds & WEIR_KIND_TIMESTAMP) != 0 &&
        !weiri_intervals_intersect(&both.timestamps, &a->timestamps, &b->timestamps, pool))
        return false;
    if ((both.kinds & WEIR_KIND_STRING) != 0 && !weiri_strings_intersect(&both, a, b, pool))
        return false;
    if (!weiri_domain_tidy(&both, pool))
        return false;
    *out = both;
    return true;
}

bool weiri_domain_unite(struct weir_domain *out, bool *exact, const struct weir_domain *a,
                        const struct weir_domain *b, struct weiri_pool *pool)
{
    struct weir_domain either = {.kinds = a->kinds | b->kinds};
    bool exact_numbers, exact_strings;

    if (!unite_numbers(&either, &exact_numbers, a, b, pool) ||
        !weiri_intervals_unite(&either.timestamps, &a->timestamps, &b->timestamps, pool) ||
        !weiri_strings_unite(&either, &exact_strings, a, b, pool) ||
        !weiri_domain_tidy(&either, pool))
        return false;
    *out = either;
    *exact = exact_numbers && exact_strings;
    return true;
}

size_t weiri_domain_size(const struct weir_domain *domain)
{
    const size_t intervals =
        (size_t)domain->numbers.count + domain->timestamps.count + domain->strings.count;

    return intervals * sizeof(struct weir_interval) + listed(domain) * sizeof(struct weir_str);
}

bool weiri_domain_copy(struct weir_domain *out, const struct weir_domain *domain,
                       struct weiri_pool *pool)
{
    struct weir_domain copy = {.kinds = domain->kinds};

    if (!weiri_intervals_copy(&copy.numbers, &domain->numbers, pool) ||
        !weiri_intervals_copy(&copy.timestamps, &domain->timestamps, pool) ||
        !weiri_intervals_copy(&copy.strings, &domain->strings, pool) ||
        !copy_list(&copy.contains, &domain->contains, pool) ||
        !copy_list(&copy.ends, &domain->ends, pool) ||
        !copy_list(&copy.contains_not, &domain->contains_not, pool) ||
        !copy_list(&copy.ends_not, &domain->ends_not, pool))
        return false;
    *out = copy;
    return true;
}

static bool copy_list(struct weir_strings *out, const struct weir_strings *list,
                      struct weiri_pool *pool)
{
    struct weir_str *v = weiri_pool_take(pool, list->count, sizeof *v);

    if (v == NULL)
        return false;
    if (list->count > 0)
        memcpy(v, list->v, list->count * sizeof *v);
    *out = (struct weir_strings){v, list->count};
    return true;
}

/* Ints and doubles share their intervals: { ints > 5 } and { doubles < 3 } have no union here. */
static bool unite_numbers(struct weir_domain *out, bool *exact, const struct weir_domain *a,
                          const struct weir_domain *b, struct weiri_pool *pool)
{
    const uint32_t kinds_a = a->kinds & WEIRI_KIND_NUMBER, kinds_b = b->kinds & WEIRI_KIND_NUMBER;

    *exact = kinds_a == kinds_b ||
             ((kinds_b & ~kinds_a) == 0 && weiri_intervals_include(&a->numbers, &b->numbers)) ||
             ((kinds_a & ~kinds_b) == 0 && weiri_intervals_include(&b->numbers, &a->numbers)) ||
             weiri_intervals_equal(&a->numbers, &b->numbers);
    return weiri_intervals_unite(&out->numbers, &a->numbers, &b->numbers, pool);
}

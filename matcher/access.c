/* access.c - choosing the constraint by which a conjunction is found.
 *
 * The fewer entries share a list, the more rarely it is met for nothing: filters ask for popular
 * values as notifications carry them, so the length of a bucket stands for the frequency of its
 * value.  Equality and small sets come first, then presence of one attribute. */
#include <assert.h>

#include "internal.h"

struct choice {
    uint32_t constraint;
    bool by_value;
    uint64_t cost;
};

typedef bool (*value_fn)(void *context, const struct weir_value *value);

struct listing {
    struct weir_matcher *m;
    struct weiri_entry *entry;
    struct weiri_attr *attr;
    uint64_t cost;
};

static bool is_proven(const struct weir_domain *domain);
static bool find_choice(struct weir_matcher *m, const struct weiri_entry *entry,
                        struct choice *choice);
static uint32_t value_count(const struct weir_domain *domain);
static uint32_t point_count(const struct weir_intervals *set);
static bool each_value(const struct weir_domain *domain, value_fn visit, void *context);
static bool each_point(const struct weir_intervals *set, value_fn visit, void *context);
static bool is_point(const struct weir_interval *interval);
static bool add_cost(void *context, const struct weir_value *value);
static bool list_value(void *context, const struct weir_value *value);

bool weiri_access_choose(uint32_t *proven, struct weir_matcher *m, struct weiri_entry *entry)
{
    const struct weir_domain *domain;
    struct choice choice;
    struct listing listing = {.m = m, .entry = entry};

    *proven = UINT32_MAX;
    if (!find_choice(m, entry, &choice))
        return weiri_list_add(m, &m->always, NULL, entry);
    listing.attr = entry->attrs[choice.constraint];
    if (!choice.by_value)
        return weiri_list_add(m, &listing.attr->present, NULL, entry);
    domain = &entry->conjunction->constraints[choice.constraint].domain;
    if (is_proven(domain))
        *proven = choice.constraint;
    return each_value(domain, list_value, &listing);
}

/* A bucket does not tell an int from a double. */
static bool is_proven(const struct weir_domain *domain)
{
    const uint32_t numbers = WEIR_KIND_INT | WEIR_KIND_DOUBLE;

    return (domain->kinds & numbers) == 0 || (domain->kinds & numbers) == numbers;
}

struct weir_access weiri_access_of(const struct weir_matcher *m, const struct weiri_entry *entry)
{
    const struct weiri_place *place = &entry->places[0];

    assert(entry->place_count > 0);
    for (uint32_t i = 0; i < entry->attr_count; i++) {
        const struct weiri_attr *attr = entry->attrs[i];
        const struct weir_str name = {attr->name, attr->name_len};

        if (place->bucket != NULL && place->bucket->attr == attr)
            return (struct weir_access){WEIR_ACCESS_VALUE, name, entry->place_count,
                                        is_proven(&entry->conjunction->constraints[i].domain)};
        if (place->list == &attr->present)
            return (struct weir_access){WEIR_ACCESS_PRESENCE, name, 0, false};
    }
    assert(place->list == &m->always);
    return (struct weir_access){.kind = WEIR_ACCESS_ALWAYS};
}

uint32_t weiri_access_places(const struct weir_conjunction *conjunction)
{
    uint32_t most = 1;

    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        uint32_t count = value_count(&conjunction->constraints[i].domain);

        if (count > most)
            most = count;
    }
    return most;
}

/* False when each attribute may be absent. */
static bool find_choice(struct weir_matcher *m, const struct weiri_entry *entry,
                        struct choice *choice)
{
    bool found = false;

    for (uint32_t i = 0; i < entry->conjunction->constraint_count; i++) {
        const struct weir_domain *domain = &entry->conjunction->constraints[i].domain;
        struct listing listing = {.m = m, .attr = entry->attrs[i]};
        struct choice other = {.constraint = i, .by_value = value_count(domain) > 0};

        if ((domain->kinds & WEIR_KIND_ABSENT) != 0)
            continue;
        if (other.by_value)
            each_value(domain, add_cost, &listing);
        else
            listing.cost = entry->attrs[i]->present.count;
        other.cost = listing.cost;
        if (!found || other.by_value > choice->by_value ||
            (other.by_value == choice->by_value && other.cost < choice->cost))
            *choice = other;
        found = true;
    }
    return found;
}

/* The values of a small finite set; 0 for any other set. */
static uint32_t value_count(const struct weir_domain *domain)
{
    const uint32_t no = (domain->kinds & WEIR_KIND_FALSE) != 0;
    const uint32_t yes = (domain->kinds & WEIR_KIND_TRUE) != 0;
    const uint32_t numbers = point_count(&domain->numbers);
    const uint32_t timestamps = point_count(&domain->timestamps);
    const uint32_t strings = point_count(&domain->strings);

    if ((domain->kinds & WEIR_KIND_ABSENT) != 0 || numbers > WEIRI_ACCESS_VALUES_MAX ||
        timestamps > WEIRI_ACCESS_VALUES_MAX || strings > WEIRI_ACCESS_VALUES_MAX ||
        no + yes + numbers + timestamps + strings > WEIRI_ACCESS_VALUES_MAX)
        return 0;
    return no + yes + numbers + timestamps + strings;
}

/* UINT32_MAX for a set that is not points alone. */
static uint32_t point_count(const struct weir_intervals *set)
{
    if (set->count > WEIRI_ACCESS_VALUES_MAX)
        return UINT32_MAX;
    for (uint32_t i = 0; i < set->count; i++) {
        if (!is_point(&set->v[i]))
            return UINT32_MAX;
    }
    return set->count;
}

static bool each_value(const struct weir_domain *domain, value_fn visit, void *context)
{
    const struct weir_value no = weir_value_bool(false), yes = weir_value_bool(true);

    return ((domain->kinds & WEIR_KIND_FALSE) == 0 || visit(context, &no)) &&
           ((domain->kinds & WEIR_KIND_TRUE) == 0 || visit(context, &yes)) &&
           each_point(&domain->numbers, visit, context) &&
           each_point(&domain->timestamps, visit, context) &&
           each_point(&domain->strings, visit, context);
}

static bool each_point(const struct weir_intervals *set, value_fn visit, void *context)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (!visit(context, &set->v[i].low.value))
            return false;
    }
    return true;
}

static bool is_point(const struct weir_interval *interval)
{
    return interval->low.bounded && interval->high.bounded &&
           weir_value_equal(&interval->low.value, &interval->high.value);
}

static bool add_cost(void *context, const struct weir_value *value)
{
    struct listing *listing = context;
    const struct weiri_bucket *bucket = weiri_bucket_find(listing->m, listing->attr, value);

    listing->cost += 1 + (bucket != NULL ? bucket->entries.count : 0);
    return true;
}

static bool list_value(void *context, const struct weir_value *value)
{
    struct listing *listing = context;

    return weiri_list_in_bucket(listing->m, listing->attr, value, listing->entry);
}

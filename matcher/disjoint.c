/* disjoint.c - see disjoint.h. */
#include "disjoint.h"

#include "names.h"

static bool domains_meet(const struct weir_domain *a, const struct weir_domain *b);
static bool intervals_meet(const struct weir_intervals *a, const struct weir_intervals *b);
static bool is_below(const struct weir_end *high, const struct weir_end *low);

bool weiri_records_disjoint(const struct weir_matcher *m, const uint8_t *a, const uint8_t *b)
{
    struct weiri_record_walk one, other;
    bool more_one, more_other;

    weiri_record_walk(&one, a);
    weiri_record_walk(&other, b);
    more_one = weiri_record_next(&one, m);
    more_other = weiri_record_next(&other, m);
    while (more_one && more_other) {
        const struct weir_str name = weiri_attr_at(m, one.attr)->name;
        const int order = weir_str_compare(name, weiri_attr_at(m, other.attr)->name);

        if (order == 0 && !domains_meet(&one.domain, &other.domain))
            return true;
        if (order <= 0)
            more_one = weiri_record_next(&one, m);
        if (order >= 0)
            more_other = weiri_record_next(&other, m);
    }
    return false;
}

/* What lists of texts exclude is not looked at. */
static bool domains_meet(const struct weir_domain *a, const struct weir_domain *b)
{
    const uint32_t single = WEIR_KIND_ABSENT | WEIR_KIND_FALSE | WEIR_KIND_TRUE;

    return (a->kinds & b->kinds & single) != 0 || intervals_meet(&a->numbers, &b->numbers) ||
           intervals_meet(&a->timestamps, &b->timestamps) ||
           intervals_meet(&a->strings, &b->strings);
}

static bool intervals_meet(const struct weir_intervals *a, const struct weir_intervals *b)
{
    for (uint32_t i = 0, k = 0; i < a->count && k < b->count;) {
        if (is_below(&a->v[i].high, &b->v[k].low))
            i++;
        else if (is_below(&b->v[k].high, &a->v[i].low))
            k++;
        else
            return true;
    }
    return false;
}

static bool is_below(const struct weir_end *high, const struct weir_end *low)
{
    int order;

    if (!high->bounded || !low->bounded || !weir_value_compare(&high->value, &low->value, &order))
        return false;
    return order < 0 || (order == 0 && !(high->closed && low->closed));
}

/* postings.c - see postings.h. */
#include "postings.h"

#include <stdlib.h>
#include <weir/alloc.h>

static double key_of(const struct weir_value *value);
static int compare_values(double a_key, const struct weir_value *a, double b_key,
                          const struct weir_value *b);
static int compare_closed_first(const void *a, const void *b);
static int compare_open_first(const void *a, const void *b);
static bool comes_before(const struct posting_value *entry, enum postings_kind kind, double key,
                         const struct weir_value *value);

bool postings_add(struct postings *p, const struct weir_end *end, uint32_t conjunction,
                  const struct weir_alloc *alloc)
{
    void *grown = weiri_array_grow(alloc, p->items, &p->capacity, p->count + 1, sizeof *p->items);

    if (grown == NULL)
        return false;
    p->items = grown;
    p->items[p->count++] = (struct posting){key_of(&end->value), end, conjunction};
    return true;
}

/* Of equal values those come first that are satisfied together with what comes before (LOW), or
 * those last that are with what comes behind (HIGH). */
bool postings_seal(struct postings *p, enum postings_kind kind, const struct weir_alloc *alloc)
{
    int (*compare)(const void *, const void *) =
        kind == POSTINGS_HIGH ? compare_open_first : compare_closed_first;
    size_t different = 0;

    if (p->count == 0)
        return true;
    qsort(p->items, p->count, sizeof *p->items, compare);
    for (size_t i = 0; i < p->count; i++)
        different += i == 0 || compare(&p->items[i - 1], &p->items[i]) != 0;
    p->values = weiri_alloc_zeroed(alloc, different + 1, sizeof *p->values);
    p->conjunctions = weiri_alloc_zeroed(alloc, p->count, sizeof *p->conjunctions);
    if (p->values == NULL || p->conjunctions == NULL)
        return false;
    for (size_t i = 0; i < p->count; i++) {
        const struct posting *item = &p->items[i];

        if (i == 0 || compare(item - 1, item) != 0)
            p->values[p->value_count++] = (struct posting_value){item->key, item->end, (uint32_t)i};
        p->conjunctions[i] = item->conjunction;
    }
    p->values[p->value_count].first = (uint32_t)p->count;
    weiri_release(alloc, p->items);
    p->items = NULL;
    return true;
}

void postings_fini(struct postings *p, const struct weir_alloc *alloc)
{
    weiri_release(alloc, p->items);
    weiri_release(alloc, p->values);
    weiri_release(alloc, p->conjunctions);
}

struct posting_run postings_find(const struct postings *p, enum postings_kind kind,
                                 const struct weir_value *value)
{
    const double key = key_of(value);
    size_t low = 0, high = p->value_count;
    uint32_t begin, end;

    if (p->value_count == 0)
        return (struct posting_run){NULL, 0};
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (comes_before(&p->values[middle], kind, key, value))
            low = middle + 1;
        else
            high = middle;
    }
    begin = kind == POSTINGS_LOW ? 0 : p->values[low].first;
    end = kind == POSTINGS_LOW ? p->values[low].first : (uint32_t)p->count;
    if (kind == POSTINGS_EQUAL)
        end = low < p->value_count && compare_values(p->values[low].key, &p->values[low].end->value,
                                                     key, value) == 0
                  ? p->values[low + 1].first
                  : begin;
    return (struct posting_run){p->conjunctions + begin, end - begin};
}

/* A LOW that is satisfied, an EQUAL that is smaller, a HIGH that is not satisfied. */
static bool comes_before(const struct posting_value *entry, enum postings_kind kind, double key,
                         const struct weir_value *value)
{
    const int order = compare_values(entry->key, &entry->end->value, key, value);

    if (order != 0 || kind == POSTINGS_EQUAL)
        return order < 0;
    return (kind == POSTINGS_LOW) == entry->end->closed;
}

static double key_of(const struct weir_value *value)
{
    switch (value->type) {
    case WEIR_BOOL: return value->u.boolean;
    case WEIR_DOUBLE: return value->u.real;
    case WEIR_INT:
    case WEIR_TIMESTAMP: return (double)value->u.integer;
    case WEIR_STRING: break;
    }
    return 0;
}

/* Rounding keeps the order, but for making neighbours equal. */
static int compare_values(double a_key, const struct weir_value *a, double b_key,
                          const struct weir_value *b)
{
    int order = 0;

    if (a_key < b_key || a_key > b_key)
        return a_key < b_key ? -1 : 1;
    (void)weir_value_compare(a, b, &order);
    return order;
}

static int compare_closed_first(const void *a, const void *b)
{
    const struct posting *one = a, *other = b;
    const int order = compare_values(one->key, &one->end->value, other->key, &other->end->value);

    return order != 0 ? order : (int)other->end->closed - (int)one->end->closed;
}

static int compare_open_first(const void *a, const void *b)
{
    const struct posting *one = a, *other = b;
    const int order = compare_values(one->key, &one->end->value, other->key, &other->end->value);

    return order != 0 ? order : (int)one->end->closed - (int)other->end->closed;
}

/* counting.c - see counting.h.
 *
 *   attribute -> EQUAL, LOW, HIGH of each type of values: sorted, with conjunctions  (postings.h)
 *             -> all other predicates, each different one once, evaluated one by one
 *
 *   left[conjunction]: predicates that are yet to be satisfied; copied from `need` for each match
 */
#include <weir/counting.h>

#include "intern.h"
#include "postings.h"

#include <assert.h>
#include <string.h>
#include <weir/alloc.h>

#define NEED_MAX 255u /* predicates of a conjunction that is counted */
#define RANKS 4u      /* bools, numbers, strings, timestamps */
#define PRINTED_MAX 4096u

struct other {
    struct weir_domain domain;
    uint32_t attr;
    uint32_t *conjunctions;
    size_t count, capacity;
};

struct attr {
    struct postings postings[POSTINGS_KINDS][RANKS];
    uint32_t *others; /* numbers */
    size_t other_count, other_capacity;
    uint32_t seen; /* the match in which it was there */
};

struct counter {
    uint32_t value; /* below the base of the match: 0 */
    uint32_t need;
};
#define BASE_BITS 8u /* of a counter's value: the count */

struct conjunction {
    const struct weir_conjunction *what;
    uint32_t filter;
    bool only; /* of its filter */
    bool asks; /* the predicates do not say all: it is evaluated */
};

struct filter {
    uint32_t id;
    uint32_t found; /* the match in which it was */
};

struct weiri_counting {
    const struct weir_alloc *alloc;
    struct weir_scratch *scratch;
    struct intern names, predicates;
    struct attr *attrs;
    struct other *others;
    struct conjunction *conjunctions;
    struct filter *filters;
    struct counter *counters;
    uint32_t *unindexed; /* conjunctions without predicates, or with too many */
    uint32_t *out;
    size_t attr_capacity, other_capacity, conjunction_capacity, filter_capacity, counter_capacity,
        unindexed_capacity;
    size_t conjunction_count, filter_count, unindexed_count;
    const struct weir_notification *notification; /* of the match under way */
    uint32_t match;
    size_t found;
    bool undecided;
};

static bool add_conjunction(struct weiri_counting *c, const struct weir_conjunction *what,
                            bool only);
static bool add_constraint(struct weiri_counting *c, const struct weir_constraint *constraint,
                           uint32_t *predicates);
static uint32_t add_attr(struct weiri_counting *c, struct weir_str name);
static bool is_points(const struct weir_domain *domain);
static bool are_points(const struct weir_intervals *intervals);
static bool add_points(struct weiri_counting *c, struct attr *attr,
                       const struct weir_domain *domain);
static const struct weir_interval *bound_of(const struct weir_domain *domain);
static bool add_bounds(struct weiri_counting *c, struct attr *attr,
                       const struct weir_interval *interval, uint32_t *predicates);
static bool add_other(struct weiri_counting *c, uint32_t attr,
                      const struct weir_constraint *constraint);
static uint32_t rank_of(enum weir_type type);
static void next_match(struct weiri_counting *c);
static void count_attr(struct weiri_counting *c, struct weir_str name,
                       const struct weir_value *value);
static void count_run(struct weiri_counting *c, const uint32_t *conjunctions, size_t count);
static void complete(struct weiri_counting *c, uint32_t number);

/* Room for one more in an array of the struct. */
#define GROW(c, array, capacity, count) \
    grow((c), (void **)(void *)&(c)->array, &(c)->capacity, (count) + 1, sizeof *(c)->array)

static bool grow(struct weiri_counting *c, void **array, size_t *capacity, size_t needed,
                 size_t size)
{
    void *grown = weiri_array_grow(c->alloc, *array, capacity, needed, size);

    if (grown != NULL)
        *array = grown;
    return grown != NULL;
}

enum weir_err weiri_counting_create(struct weiri_counting **out, const struct weir_alloc *alloc)
{
    struct weiri_counting *c = weiri_alloc_zeroed(alloc, 1, sizeof *c);

    if (c == NULL)
        return WEIR_ENOMEM;
    c->alloc = alloc;
    if (weir_scratch_create(&c->scratch, alloc) != WEIR_OK) {
        weiri_release(alloc, c);
        return WEIR_ENOMEM;
    }
    intern_init(&c->names, alloc);
    intern_init(&c->predicates, alloc);
    *out = c;
    return WEIR_OK;
}

void weiri_counting_destroy(struct weiri_counting *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->names.count; i++) {
        for (size_t k = 0; k < POSTINGS_KINDS * RANKS; k++)
            postings_fini(&c->attrs[i].postings[k / RANKS][k % RANKS], c->alloc);
        weiri_release(c->alloc, c->attrs[i].others);
    }
    for (size_t i = 0; i < c->predicates.count; i++)
        weiri_release(c->alloc, c->others[i].conjunctions);
    intern_fini(&c->names);
    intern_fini(&c->predicates);
    weiri_release(c->alloc, c->attrs);
    weiri_release(c->alloc, c->others);
    weiri_release(c->alloc, c->conjunctions);
    weiri_release(c->alloc, c->filters);
    weiri_release(c->alloc, c->counters);
    weiri_release(c->alloc, c->unindexed);
    weiri_release(c->alloc, c->out);
    weir_scratch_destroy(c->scratch);
    weiri_release(c->alloc, c);
}

/* ---- adding */

enum weir_err weiri_counting_add(struct weiri_counting *c, uint32_t id,
                                 const struct weir_normal *normal)
{
    const uint32_t count = weir_normal_count(normal);

    if (!GROW(c, filters, filter_capacity, c->filter_count))
        return WEIR_ENOMEM;
    c->filters[c->filter_count] = (struct filter){.id = id};
    for (uint32_t i = 0; i < count; i++) {
        if (!add_conjunction(c, weir_normal_at(normal, i), count == 1))
            return WEIR_ENOMEM;
    }
    c->filter_count++;
    return WEIR_OK;
}

enum weir_err weiri_counting_seal(struct weiri_counting *c)
{
    for (size_t i = 0; i < c->names.count; i++) {
        for (size_t k = 0; k < POSTINGS_KINDS * RANKS; k++) {
            if (!postings_seal(&c->attrs[i].postings[k / RANKS][k % RANKS],
                               (enum postings_kind)(k / RANKS), c->alloc))
                return WEIR_ENOMEM;
        }
    }
    c->out = weiri_alloc_zeroed(c->alloc, c->filter_count + 1, sizeof *c->out);
    return c->out != NULL ? WEIR_OK : WEIR_ENOMEM;
}

static bool add_conjunction(struct weiri_counting *c, const struct weir_conjunction *what,
                            bool only)
{
    const uint32_t number = (uint32_t)c->conjunction_count;
    uint32_t predicates = 0;

    if (!GROW(c, conjunctions, conjunction_capacity, number) ||
        !GROW(c, counters, counter_capacity, number))
        return false;
    c->conjunctions[number] = (struct conjunction){.what = what,
                                                   .filter = (uint32_t)c->filter_count,
                                                   .only = only,
                                                   .asks = what->residual_count > 0};
    c->counters[number] = (struct counter){.value = 0};
    c->conjunction_count++;
    if (what->constraint_count <= NEED_MAX / 2) {
        for (uint32_t i = 0; i < what->constraint_count; i++) {
            if (!add_constraint(c, &what->constraints[i], &predicates))
                return false;
        }
        c->counters[number].need = predicates;
    }
    if (predicates > 0)
        return true;
    if (!GROW(c, unindexed, unindexed_capacity, c->unindexed_count))
        return false;
    c->conjunctions[number].asks = true;
    c->unindexed[c->unindexed_count++] = number;
    return true;
}

static bool add_constraint(struct weiri_counting *c, const struct weir_constraint *constraint,
                           uint32_t *predicates)
{
    const struct weir_interval *interval = bound_of(&constraint->domain);
    const uint32_t attr = add_attr(c, constraint->name);

    if (attr == INTERN_NONE)
        return false;
    if (interval != NULL && !is_points(&constraint->domain))
        return add_bounds(c, &c->attrs[attr], interval, predicates);
    ++*predicates;
    if (is_points(&constraint->domain))
        return add_points(c, &c->attrs[attr], &constraint->domain);
    return add_other(c, attr, constraint);
}

static uint32_t add_attr(struct weiri_counting *c, struct weir_str name)
{
    const size_t before = c->names.count;

    if (!GROW(c, attrs, attr_capacity, before))
        return INTERN_NONE;
    memset(&c->attrs[before], 0, sizeof c->attrs[before]);
    return intern_add(&c->names, name);
}

/* A finite set of values. */
static bool is_points(const struct weir_domain *d)
{
    if (d->kinds & WEIR_KIND_ABSENT || d->contains.count + d->ends.count > 0 ||
        d->contains_not.count + d->ends_not.count > 0 || !are_points(&d->numbers) ||
        !are_points(&d->strings) || !are_points(&d->timestamps))
        return false;
    if ((d->kinds & WEIR_KIND_STRING && d->strings.count == 0) ||
        (d->kinds & WEIR_KIND_TIMESTAMP && d->timestamps.count == 0))
        return false;
    for (uint32_t i = 0; i < d->numbers.count; i++) {
        const uint32_t kinds = d->numbers.v[i].low.value.type == WEIR_INT
                                   ? WEIR_KIND_INT | WEIR_KIND_DOUBLE
                                   : WEIR_KIND_DOUBLE;

        if ((d->kinds & kinds) != kinds)
            return false;
    }
    return true;
}

static bool are_points(const struct weir_intervals *intervals)
{
    for (uint32_t i = 0; i < intervals->count; i++) {
        const struct weir_interval *v = &intervals->v[i];

        if (!v->low.bounded || !v->high.bounded || !weir_value_equal(&v->low.value, &v->high.value))
            return false;
    }
    return true;
}

static bool add_points(struct weiri_counting *c, struct attr *attr, const struct weir_domain *d)
{
    static const struct weir_end bools[2] = {
        {true, true, {WEIR_BOOL, {.boolean = false}}},
        {true, true, {WEIR_BOOL, {.boolean = true}} }
    };
    const struct weir_intervals *all[] = {&d->numbers, &d->strings, &d->timestamps};
    const uint32_t number = (uint32_t)c->conjunction_count - 1;

    for (uint32_t i = 0; i < 2; i++) {
        if (d->kinds & (WEIR_KIND_FALSE << i) &&
            !postings_add(&attr->postings[POSTINGS_EQUAL][rank_of(WEIR_BOOL)], &bools[i], number,
                          c->alloc))
            return false;
    }
    for (size_t k = 0; k < 3; k++) {
        for (uint32_t i = 0; i < all[k]->count; i++) {
            const struct weir_end *end = &all[k]->v[i].low;

            if (!postings_add(&attr->postings[POSTINGS_EQUAL][rank_of(end->value.type)], end,
                              number, c->alloc))
                return false;
        }
    }
    return true;
}

/* The one interval that is the whole domain; of strings one without an end, as prefixes and the
 * like are few and are evaluated. */
static const struct weir_interval *bound_of(const struct weir_domain *d)
{
    const struct weir_interval *v = NULL;

    if (d->kinds == (WEIR_KIND_INT | WEIR_KIND_DOUBLE) && d->numbers.count == 1)
        v = &d->numbers.v[0];
    else if (d->kinds == WEIR_KIND_TIMESTAMP && d->timestamps.count == 1)
        v = &d->timestamps.v[0];
    else if (d->kinds == WEIR_KIND_STRING && d->strings.count == 1 &&
             d->contains.count + d->ends.count + d->contains_not.count + d->ends_not.count == 0 &&
             !(d->strings.v[0].low.bounded && d->strings.v[0].high.bounded))
        v = &d->strings.v[0];
    return v != NULL && (v->low.bounded || v->high.bounded) ? v : NULL;
}

static bool add_bounds(struct weiri_counting *c, struct attr *attr,
                       const struct weir_interval *interval, uint32_t *predicates)
{
    const struct weir_end *ends[] = {&interval->low, &interval->high};
    const uint32_t number = (uint32_t)c->conjunction_count - 1;

    for (size_t i = 0; i < 2; i++) {
        struct postings *postings;

        if (!ends[i]->bounded)
            continue;
        postings =
            &attr->postings[i == 0 ? POSTINGS_LOW : POSTINGS_HIGH][rank_of(ends[i]->value.type)];
        if (!postings_add(postings, ends[i], number, c->alloc))
            return false;
        ++*predicates;
    }
    return true;
}

static bool add_other(struct weiri_counting *c, uint32_t attr,
                      const struct weir_constraint *constraint)
{
    const size_t before = c->predicates.count;
    const size_t size = weir_constraint_print(NULL, 0, constraint) + 1;
    char stack[PRINTED_MAX], *text = size <= sizeof stack ? stack : weiri_alloc(c->alloc, size);
    struct attr *a = &c->attrs[attr];
    struct other *other;
    uint32_t number;

    if (text == NULL || !GROW(c, others, other_capacity, before))
        return false;
    (void)weir_constraint_print(text, size, constraint);
    number = intern_add(&c->predicates, (struct weir_str){text, size - 1});
    if (text != stack)
        weiri_release(c->alloc, text);
    if (number == INTERN_NONE)
        return false;
    other = &c->others[number];
    if (number == before) {
        *other = (struct other){.domain = constraint->domain, .attr = attr};
        if (!grow(c, (void **)(void *)&a->others, &a->other_capacity, a->other_count + 1,
                  sizeof *a->others))
            return false;
        a->others[a->other_count++] = number;
    }
    if (!grow(c, (void **)(void *)&other->conjunctions, &other->capacity, other->count + 1,
              sizeof *other->conjunctions))
        return false;
    other->conjunctions[other->count++] = (uint32_t)c->conjunction_count - 1;
    return true;
}

static uint32_t rank_of(enum weir_type type)
{
    switch (type) {
    case WEIR_BOOL: return 0;
    case WEIR_INT:
    case WEIR_DOUBLE: return 1;
    case WEIR_STRING: return 2;
    case WEIR_TIMESTAMP: break;
    }
    return 3;
}

/* ---- matching */

struct weiri_counted weiri_counting_match(struct weiri_counting *c,
                                          const struct weir_notification *n)
{
    assert(c->out != NULL);
    c->notification = n;
    next_match(c);
    c->found = 0;
    c->undecided = false;
    for (size_t i = 0; i < n->attr_count; i++) {
        const struct weir_attr attr = weir_notification_attr(n, i);

        count_attr(c, attr.name, &attr.value);
    }
    for (int stamp = 0; stamp < WEIR_STAMP_COUNT; stamp++) {
        struct weir_value value;

        if (weir_notification_stamp_get(n, (enum weir_stamp)stamp, &value))
            count_attr(c, weir_stamp_name((enum weir_stamp)stamp), &value);
    }
    for (size_t i = 0; i < c->predicates.count; i++) { /* what absence satisfies */
        const struct other *other = &c->others[i];

        if (other->domain.kinds & WEIR_KIND_ABSENT && c->attrs[other->attr].seen != c->match)
            count_run(c, other->conjunctions, other->count);
    }
    for (size_t i = 0; i < c->unindexed_count; i++)
        complete(c, c->unindexed[i]);
    return (struct weiri_counted){c->out, c->found, c->undecided};
}

/* Their numbers are used again when the bits above the count are. */
static void next_match(struct weiri_counting *c)
{
    if (++c->match >> (32 - BASE_BITS) == 0)
        return;
    for (size_t i = 0; i < c->conjunction_count; i++)
        c->counters[i].value = 0;
    for (size_t i = 0; i < c->filter_count; i++)
        c->filters[i].found = 0;
    for (size_t i = 0; i < c->names.count; i++)
        c->attrs[i].seen = 0;
    c->match = 1;
}

static void count_attr(struct weiri_counting *c, struct weir_str name,
                       const struct weir_value *value)
{
    const uint32_t number = intern_find(&c->names, name);
    struct attr *attr;

    if (number == INTERN_NONE)
        return;
    attr = &c->attrs[number];
    attr->seen = c->match;
    for (size_t kind = 0; kind < POSTINGS_KINDS; kind++) {
        const struct posting_run run = postings_find(&attr->postings[kind][rank_of(value->type)],
                                                     (enum postings_kind)kind, value);

        count_run(c, run.v, run.count);
    }
    for (size_t i = 0; i < attr->other_count; i++) {
        const struct other *other = &c->others[attr->others[i]];

        if (weir_domain_has(&other->domain, value))
            count_run(c, other->conjunctions, other->count);
    }
}

static void count_run(struct weiri_counting *c, const uint32_t *conjunctions, size_t count)
{
    const uint32_t base = c->match << BASE_BITS;

    for (size_t i = 0; i < count; i++) {
        struct counter *counter = &c->counters[conjunctions[i]];

        counter->value = (counter->value < base ? base : counter->value) + 1;
        if (counter->value == base + counter->need)
            complete(c, conjunctions[i]);
    }
}

static void complete(struct weiri_counting *c, uint32_t number)
{
    const struct conjunction *conjunction = &c->conjunctions[number];
    struct filter *filter = &c->filters[conjunction->filter];

    if (!conjunction->only && filter->found == c->match)
        return;
    if (conjunction->asks) {
        enum weir_truth truth;

        weir_scratch_renew(c->scratch);
        truth = weir_conjunction_eval(conjunction->what, c->notification, c->scratch);
        c->undecided |= weir_scratch_undecided(c->scratch);
        if (truth != WEIR_TRUE)
            return;
    }
    if (!conjunction->only)
        filter->found = c->match;
    c->out[c->found++] = filter->id;
}

/* print.c - a normal form as text of the filter language.
 *
 * A domain is printed as alternatives: absent, bools, and one for each piece of its sets. */
#include <string.h>

#include "domains.h"
#include "strings.h"
#include "text.h"

#include <weir/normal.h>

struct printer {
    char *out;
    size_t size, len;
    uint32_t alternatives; /* of the domain being printed, so far */
};

static void put_conjunction(struct printer *p, const struct weir_conjunction *conjunction);
static void put_constraint(struct printer *p, const struct weir_constraint *constraint);
static void put_alternatives(struct printer *p, const struct weir_constraint *constraint);
static bool put_type_test(struct printer *p, const struct weir_constraint *constraint);
static void put_numbers(struct printer *p, const struct weir_constraint *constraint);
static void put_strings(struct printer *p, const struct weir_constraint *constraint);
static void put_set(struct printer *p, struct weir_str name, const struct weir_intervals *set,
                    const struct weir_intervals *all, enum weir_type type);
static void put_nested_set(struct printer *p, struct weir_str name,
                           const struct weir_intervals *set, const struct weir_intervals *all,
                           enum weir_type type);
static bool put_exclusions(struct printer *p, struct weir_str name,
                           const struct weir_intervals *set);
static void put_points(struct printer *p, struct weir_str name, const struct weir_intervals *set);
static void put_interval(struct printer *p, struct weir_str name,
                         const struct weir_interval *interval);
static bool from_start(const struct weir_end *low);
static void put_list(struct printer *p, struct weir_str name, const struct weir_strings *list,
                     const char *relation, bool *first);
static void put_is(struct printer *p, struct weir_str name, const char *what);
static void put_compare(struct printer *p, struct weir_str name, const char *sign,
                        const struct weir_value *value);
static void alternative(struct printer *p);
static void put_name(struct printer *p, struct weir_str name);
static void put_value(struct printer *p, const struct weir_value *value);
static void put_node(struct printer *p, const struct weir_node *node);
static void put_str(struct printer *p, struct weir_str text);
static void put(struct printer *p, const char *text);

static const struct {
    uint32_t kinds;
    const char *text;
} types[] = {
    {WEIRI_KIND_BOOL,     "BOOL"     },
    {WEIR_KIND_INT,       "INT"      },
    {WEIR_KIND_DOUBLE,    "DOUBLE"   },
    {WEIR_KIND_STRING,    "STRING"   },
    {WEIR_KIND_TIMESTAMP, "TIMESTAMP"},
};
#define TYPE_COUNT (sizeof types / sizeof types[0])

size_t weir_normal_print(char *out, size_t size, const struct weir_normal *normal)
{
    struct printer p = {.out = out, .size = size};
    const uint32_t count = weir_normal_count(normal);

    if (size > 0)
        out[0] = '\0';
    if (count == 0)
        put(&p, "FALSE");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            put(&p, " OR ");
        put_conjunction(&p, weir_normal_at(normal, i));
    }
    return p.len;
}

size_t weir_conjunction_print(char *out, size_t size, const struct weir_conjunction *conjunction)
{
    struct printer p = {.out = out, .size = size};

    if (size > 0)
        out[0] = '\0';
    put_conjunction(&p, conjunction);
    return p.len;
}

size_t weir_constraint_print(char *out, size_t size, const struct weir_constraint *constraint)
{
    struct printer p = {.out = out, .size = size};

    if (size > 0)
        out[0] = '\0';
    put_constraint(&p, constraint);
    return p.len;
}

static void put_conjunction(struct printer *p, const struct weir_conjunction *conjunction)
{
    bool first = true;

    if (conjunction->constraint_count == 0 && conjunction->residual_count == 0)
        put(p, "TRUE");
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        put(p, first ? "" : " AND ");
        put_constraint(p, &conjunction->constraints[i]);
        first = false;
    }
    for (uint32_t i = 0; i < conjunction->residual_count; i++) {
        put(p, first ? "" : " AND ");
        put_str(p, conjunction->residuals[i].text);
        first = false;
    }
}

static void put_constraint(struct printer *p, const struct weir_constraint *constraint)
{
    struct printer trial = {0};

    put_alternatives(&trial, constraint);
    p->alternatives = 0;
    put(p, trial.alternatives > 1 ? "(" : "");
    put_alternatives(p, constraint);
    put(p, trial.alternatives > 1 ? ")" : "");
}

static void put_alternatives(struct printer *p, const struct weir_constraint *constraint)
{
    const struct weir_domain *domain = &constraint->domain;
    const uint32_t bools = domain->kinds & WEIRI_KIND_BOOL;

    if (put_type_test(p, constraint))
        return;
    if ((domain->kinds & WEIR_KIND_ABSENT) != 0) {
        alternative(p);
        put_is(p, constraint->name, " IS NULL");
    }
    if (bools == WEIRI_KIND_BOOL) {
        alternative(p);
        put_is(p, constraint->name, " IS BOOL");
    } else if (bools != 0) {
        alternative(p);
        put_is(p, constraint->name, bools == WEIR_KIND_TRUE ? " = TRUE" : " = FALSE");
    }
    if ((domain->kinds & WEIRI_KIND_NUMBER) != 0)
        put_numbers(p, constraint);
    if ((domain->kinds & WEIR_KIND_STRING) != 0)
        put_strings(p, constraint);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        put_set(p, constraint->name, &domain->timestamps, &weiri_all_ordered, WEIR_TIMESTAMP);
}

/* Whole kinds but for one are said by what is not there, without alternatives. */
static bool put_type_test(struct printer *p, const struct weir_constraint *constraint)
{
    const struct weir_domain whole = weiri_domain_of_kinds(constraint->domain.kinds);

    if (weiri_domain_compare(&whole, &constraint->domain) != 0)
        return false;
    if (whole.kinds == WEIRI_KIND_PRESENT) {
        put(p, "EXISTS(");
        put_name(p, constraint->name);
        put(p, ")");
        return true;
    }
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (whole.kinds == (WEIR_KIND_ALL & ~types[i].kinds)) {
            put_is(p, constraint->name, " IS NOT ");
            put(p, types[i].text);
            return true;
        }
    }
    return false;
}

static void put_numbers(struct printer *p, const struct weir_constraint *constraint)
{
    const struct weir_intervals *set = &constraint->domain.numbers;
    const uint32_t kinds = constraint->domain.kinds & WEIRI_KIND_NUMBER;
    const bool whole = weiri_intervals_equal(set, &weiri_all_ordered);

    if (kinds == WEIRI_KIND_NUMBER && !whole) {
        put_set(p, constraint->name, set, &weiri_all_ordered, WEIR_INT);
        return;
    }
    if (whole && kinds == WEIRI_KIND_NUMBER) {
        alternative(p);
        put_is(p, constraint->name, " IS INT");
    }
    alternative(p);
    put_is(p, constraint->name, kinds == WEIR_KIND_INT ? " IS INT" : " IS DOUBLE");
    if (whole)
        return;
    put(p, " AND ");
    put_nested_set(p, constraint->name, set, &weiri_all_ordered, WEIR_INT);
}

static void put_strings(struct printer *p, const struct weir_constraint *constraint)
{
    const struct weir_domain *domain = &constraint->domain;
    const bool whole = weiri_intervals_equal(&domain->strings, &weiri_all_strings);
    bool first = true;

    if (!weiri_strings_listed(domain)) {
        put_set(p, constraint->name, &domain->strings, &weiri_all_strings, WEIR_STRING);
        return;
    }
    alternative(p);
    if (!whole) {
        put_nested_set(p, constraint->name, &domain->strings, &weiri_all_strings, WEIR_STRING);
        first = false;
    }
    put_list(p, constraint->name, &domain->contains, " CONTAINS ", &first);
    put_list(p, constraint->name, &domain->ends, " ENDS WITH ", &first);
    put_list(p, constraint->name, &domain->contains_not, " NOT CONTAINS ", &first);
    put_list(p, constraint->name, &domain->ends_not, " NOT ENDS WITH ", &first);
}

static void put_set(struct printer *p, struct weir_str name, const struct weir_intervals *set,
                    const struct weir_intervals *all, enum weir_type type)
{
    if (weiri_intervals_equal(set, all)) {
        alternative(p);
        put_is(p, name, type == WEIR_STRING ? " IS STRING" : " IS TIMESTAMP");
        return;
    }
    if (put_exclusions(p, name, set))
        return;
    put_points(p, name, set);
    for (uint32_t i = 0; i < set->count; i++) {
        if (weiri_interval_is_point(&set->v[i]))
            continue;
        alternative(p);
        put_interval(p, name, &set->v[i]);
    }
}

/* Where AND stands before or behind it. */
static void put_nested_set(struct printer *p, struct weir_str name,
                           const struct weir_intervals *set, const struct weir_intervals *all,
                           enum weir_type type)
{
    const uint32_t alternatives = p->alternatives;
    struct printer trial = {0};

    put_set(&trial, name, set, all, type);
    put(p, trial.alternatives > 1 ? "(" : "");
    p->alternatives = 0;
    put_set(p, name, set, all, type);
    p->alternatives = alternatives;
    put(p, trial.alternatives > 1 ? ")" : "");
}

/* All but some points: `x <> 5`, `x NOT IN (5, 6)`. */
static bool put_exclusions(struct printer *p, struct weir_str name,
                           const struct weir_intervals *set)
{
    if (set->count < 2 || !from_start(&set->v[0].low) || set->v[set->count - 1].high.bounded)
        return false;
    for (uint32_t i = 1; i < set->count; i++) {
        if (!weiri_intervals_miss_point(&set->v[i - 1], &set->v[i]))
            return false;
    }
    alternative(p);
    put_name(p, name);
    put(p, set->count == 2 ? " <> " : " NOT IN (");
    for (uint32_t i = 1; i < set->count; i++) {
        put(p, i > 1 ? ", " : "");
        put_value(p, &set->v[i].low.value);
    }
    put(p, set->count == 2 ? "" : ")");
    return true;
}

/* `x = 5`, `x IN (5, 6)`; as many lists as their limit asks for. */
static void put_points(struct printer *p, struct weir_str name, const struct weir_intervals *set)
{
    uint32_t total = 0, done = 0;

    for (uint32_t i = 0; i < set->count; i++)
        total += weiri_interval_is_point(&set->v[i]);
    for (uint32_t i = 0; i < set->count; i++) {
        if (!weiri_interval_is_point(&set->v[i]))
            continue;
        if (done % WEIR_FILTER_LEAVES_MAX == 0) {
            alternative(p);
            put_name(p, name);
            put(p, total == 1 ? " = " : " IN (");
        } else {
            put(p, ", ");
        }
        put_value(p, &set->v[i].low.value);
        done++;
        if (total > 1 && (done == total || done % WEIR_FILTER_LEAVES_MAX == 0))
            put(p, ")");
    }
}

static void put_interval(struct printer *p, struct weir_str name,
                         const struct weir_interval *interval)
{
    const struct weir_end *low = &interval->low, *high = &interval->high;
    const bool all_below = from_start(low);

    if (low->bounded && low->value.type == WEIR_STRING && weiri_text_is_prefix(interval)) {
        put_compare(p, name, " STARTS WITH ", &low->value);
    } else if (!all_below && high->bounded && low->closed && high->closed) {
        put_compare(p, name, " BETWEEN ", &low->value);
        put(p, " AND ");
        put_value(p, &high->value);
    } else {
        if (!all_below)
            put_compare(p, name, low->closed ? " >= " : " > ", &low->value);
        if (!all_below && high->bounded)
            put(p, " AND ");
        if (high->bounded)
            put_compare(p, name, high->closed ? " <= " : " < ", &high->value);
    }
}

/* True of the end from which all values of its kind lie upwards. */
static bool from_start(const struct weir_end *low)
{
    return !low->bounded ||
           (low->closed && low->value.type == WEIR_STRING && low->value.u.string.len == 0);
}

static void put_list(struct printer *p, struct weir_str name, const struct weir_strings *list,
                     const char *relation, bool *first)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const struct weir_value value = weir_value_string(list->v[i]);

        put(p, *first ? "" : " AND ");
        put_compare(p, name, relation, &value);
        *first = false;
    }
}

static void put_is(struct printer *p, struct weir_str name, const char *what)
{
    put_name(p, name);
    put(p, what);
}

static void put_compare(struct printer *p, struct weir_str name, const char *sign,
                        const struct weir_value *value)
{
    put_name(p, name);
    put(p, sign);
    put_value(p, value);
}

static void alternative(struct printer *p)
{
    put(p, p->alternatives++ > 0 ? " OR " : "");
}

static void put_name(struct printer *p, struct weir_str name)
{
    const struct weir_node node = {.kind = WEIR_NODE_ATTR, .text = name};

    put_node(p, &node);
}

static void put_value(struct printer *p, const struct weir_value *value)
{
    const struct weir_node node = {.kind = WEIR_NODE_LITERAL, .literal = *value};

    put_node(p, &node);
}

static void put_node(struct printer *p, const struct weir_node *node)
{
    char probe[1];

    p->len += p->len < p->size ? weir_node_print(p->out + p->len, p->size - p->len, node)
                               : weir_node_print(probe, sizeof probe, node);
}

static void put(struct printer *p, const char *text)
{
    put_str(p, weir_str_of(text));
}

static void put_str(struct printer *p, struct weir_str text)
{
    if (p->len < p->size) {
        size_t room = p->size - 1 - p->len;
        size_t some = text.len < room ? text.len : room;

        memcpy(p->out + p->len, text.ptr, some);
        p->out[p->len + some] = '\0';
    }
    p->len += text.len;
}

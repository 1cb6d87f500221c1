/* summary.c - bits for what every conjunction of a form demands.
 *
 * If W covers N, each conjunction n of N is covered by some w of W, so n constrains each attribute
 * that w does, has each residual of w, and where w allows one value only n allows just that one.
 * So bits(w) is within bits(n); and the bits that all w share are within the bits that all n
 * share.  Of advertisements w lists each attribute that n does, so the bits are of those that are
 * not listed. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "advertised.h"
#include "summary.h"

#define HALF 32u

static uint64_t bits_of(const struct weir_conjunction *conjunction);
static uint64_t bits_of_advertised(const struct weir_conjunction *conjunction);
static uint64_t bits_of_residuals(const struct weir_conjunction *conjunction);
static uint64_t hash_of_value(struct weir_str name, const struct weir_value *value);

uint64_t weiri_summary(enum weir_filter_role role, const struct weir_conjunction *v, uint32_t count)
{
    uint64_t shared = UINT64_MAX;

    for (uint32_t i = 0; i < count; i++)
        shared &= role == WEIR_ROLE_SUBSCRIPTION ? bits_of(&v[i]) : bits_of_advertised(&v[i]);
    return shared;
}

static uint64_t bits_of(const struct weir_conjunction *conjunction)
{
    uint64_t bits = bits_of_residuals(conjunction);

    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_constraint *constraint = &conjunction->constraints[i];
        const struct weir_value *single = weiri_domain_single(&constraint->domain);
        uint64_t hash = XXH3_64bits(constraint->name.ptr, constraint->name.len);

        bits |= UINT64_C(1) << hash % HALF;
        if (single != NULL)
            bits |= UINT64_C(1) << (HALF + hash_of_value(constraint->name, single) % HALF);
    }
    return bits;
}

/* The names that it does not list; one that allows everything forbids none. */
static uint64_t bits_of_advertised(const struct weir_conjunction *conjunction)
{
    uint64_t listed = 0;

    if (weiri_advertised_is_empty(conjunction))
        return 0;
    for (uint32_t i = 0; i < conjunction->constraint_count; i++) {
        const struct weir_str name = conjunction->constraints[i].name;

        if (weiri_advertised_restricts(name))
            listed |= UINT64_C(1) << XXH3_64bits(name.ptr, name.len) % HALF;
    }
    return (~listed & UINT32_MAX) | bits_of_residuals(conjunction);
}

static uint64_t bits_of_residuals(const struct weir_conjunction *conjunction)
{
    uint64_t bits = 0;

    for (uint32_t i = 0; i < conjunction->residual_count; i++) {
        const struct weir_str text = conjunction->residuals[i].text;

        bits |= UINT64_C(1) << (HALF + XXH3_64bits(text.ptr, text.len) % HALF);
    }
    return bits;
}

/* Values are canonical: 5.0 is the int 5. */
static uint64_t hash_of_value(struct weir_str name, const struct weir_value *value)
{
    uint64_t seed = XXH3_64bits(name.ptr, name.len);

    if (value->type == WEIR_STRING)
        return XXH3_64bits_withSeed(value->u.string.ptr, value->u.string.len, seed);
    if (value->type == WEIR_DOUBLE)
        return XXH3_64bits_withSeed(&value->u.real, sizeof value->u.real, seed);
    return XXH3_64bits_withSeed(&value->u.integer, sizeof value->u.integer, seed);
}

/* ---- one by one */

uint32_t weir_conjunction_demands(const struct weir_conjunction *conjunction)
{
    return 2 * conjunction->constraint_count + conjunction->residual_count;
}

uint64_t weir_conjunction_demand(const struct weir_conjunction *conjunction,
                                 enum weir_filter_role role, uint32_t index)
{
    const struct weir_constraint *constraint;
    const struct weir_value *single;
    struct weir_str text;

    if (index >= 2 * conjunction->constraint_count) {
        text = conjunction->residuals[index - 2 * conjunction->constraint_count].text;
        return XXH3_64bits(text.ptr, text.len) | 1;
    }
    if (role == WEIR_ROLE_ADVERTISEMENT)
        return 0;
    constraint = &conjunction->constraints[index / 2];
    if (index % 2 == 0)
        return XXH3_64bits(constraint->name.ptr, constraint->name.len) | 1;
    single = weiri_domain_single(&constraint->domain);
    return single == NULL ? 0 : hash_of_value(constraint->name, single) | 1;
}

/* lower.c - from a tree to its disjunctive normal form, in two steps.
 *
 * First the tree becomes terms: "TRUE" and "FALSE" descend to the predicates, operands of operands
 * of one kind become operands, and these are sorted and distinct.  In Kleene's logic AND is TRUE
 * where both are, OR where one is, and NOT is TRUE where its operand is FALSE, so NOT never becomes
 * a complement of anything but a predicate's own set.  Filters that differ in the order, grouping
 * or repetition of operands, or in how NOT is spread, are the same term from here on.
 *
 * Then terms are multiplied out.  All steps follow the order of the terms, so the place where the
 * budget of steps or memory runs out, and what then becomes a wider hull, depends on the term
 * alone. */
#include "lower.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "advertised.h"
#include "leaf.h"

#define PAIRS_MAX (4u * WEIR_CONJUNCTIONS_MAX)

enum term_kind { TERM_LEAF, TERM_ALL, TERM_ANY };

/* No operands: ALL is TRUE, ANY is FALSE. */
struct term {
    enum term_kind kind;
    struct weir_conjunction leaf;
    struct term *parts; /* ascending, distinct, none of this kind; two or more, or none */
    uint32_t count, capacity;
};

struct lowering {
    struct weiri_workshop *shop;
    const struct weir_alloc *alloc;
    bool exact;
};

static bool make(struct lowering *l, struct term *out, const struct weir_node *node, bool negated);
static bool make_leaf(struct lowering *l, struct term *out, const struct weir_node *node,
                      bool negated);
static bool make_between(struct lowering *l, struct term *out, const struct weir_node *node,
                         bool negated);
static bool make_join(struct lowering *l, struct term *out, const struct weir_node *node,
                      bool negated);
static bool add_part(struct lowering *l, struct term *to, const struct term *part);
static void put_in_order(struct lowering *l, struct term *join);
static int compare_terms(const void *a, const void *b);
static bool expand(struct lowering *l, struct weiri_disjunction *out, const struct term *term);
static bool expand_all(struct lowering *l, struct weiri_disjunction *out, const struct term *term);
static bool expand_parts(struct lowering *l, struct weiri_disjunction *parts,
                         const struct term *term, bool *never);
static bool multiply(struct lowering *l, struct weiri_disjunction *out,
                     struct weiri_disjunction *parts, uint32_t count);
static bool try_product(struct lowering *l, struct weiri_disjunction *out, bool *fits,
                        const struct weiri_disjunction *a, const struct weiri_disjunction *b);
static bool collect(struct lowering *l, struct weiri_disjunction *out, const struct term *term);
static bool finish(struct lowering *l, struct weiri_disjunction *d);
static bool widen(struct lowering *l, struct weiri_disjunction *d);

static const struct weir_conjunction always = {0};

bool weiri_lower(struct weiri_disjunction *out, bool *exact, const struct weir_node *tree,
                 struct weiri_workshop *shop, const struct weir_alloc *alloc)
{
    struct lowering l = {shop, alloc, true};
    struct term root;

    *out = (struct weiri_disjunction){0};
    *exact = true;
    if (shop->role == WEIR_ROLE_ADVERTISEMENT && weiri_advertised_allows_all(tree))
        return weiri_disjunction_push(out, &always, shop);
    if (!make(&l, &root, tree, false) || !collect(&l, out, &root))
        return false;
    if (shop->role == WEIR_ROLE_ADVERTISEMENT) {
        shop->settled = true;
        for (uint32_t i = 0; i < out->count; i++) {
            if (!weiri_advertised_settle(&out->v[i], &out->v[i], shop))
                return false;
        }
    }
    if (!finish(&l, out))
        return false;
    *exact = l.exact || out->count == 0;
    return true;
}

static bool make(struct lowering *l, struct term *out, const struct weir_node *node, bool negated)
{
    *out = (struct term){.kind = TERM_ANY};
    switch (node->kind) {
    case WEIR_NODE_CONSTANT:
        if (node->truth == (negated ? WEIR_FALSE : WEIR_TRUE))
            out->kind = TERM_ALL;
        return true;
    case WEIR_NODE_NOT: return make(l, out, node->child[0], !negated);
    case WEIR_NODE_AND:
    case WEIR_NODE_OR: return make_join(l, out, node, negated);
    case WEIR_NODE_BETWEEN: return make_between(l, out, node, negated);
    default: return make_leaf(l, out, node, negated);
    }
}

static bool make_leaf(struct lowering *l, struct term *out, const struct weir_node *node,
                      bool negated)
{
    switch (weiri_leaf_lower(&out->leaf, node, negated, l->shop, l->alloc)) {
    case WEIRI_LEAF_NEVER: return true;
    case WEIRI_LEAF_OUT_OF_MEMORY: return false;
    case WEIRI_LEAF_WIDER: l->exact = false; break;
    case WEIRI_LEAF_CONJUNCTION: break;
    }
    out->kind = TERM_LEAF;
    return true;
}

/* x BETWEEN a AND b is x >= a AND x <= b. */
static bool make_between(struct lowering *l, struct term *out, const struct weir_node *node,
                         bool negated)
{
    struct weir_node *low_operands[2] = {node->child[0], node->child[1]};
    struct weir_node *high_operands[2] = {node->child[0], node->child[2]};
    struct weir_node low = {
        .kind = WEIR_NODE_COMPARE, .compare = WEIR_GE, .child = low_operands, .child_count = 2};
    struct weir_node high = {
        .kind = WEIR_NODE_COMPARE, .compare = WEIR_LE, .child = high_operands, .child_count = 2};
    struct weir_node *sides[2] = {&low, &high};
    const struct weir_node both = {.kind = WEIR_NODE_AND, .child = sides, .child_count = 2};

    return make_join(l, out, &both, negated != node->negated);
}

/* TRUE in an advertisement's OR stays: beside other factors it is a conjunction of its own. */
static bool make_join(struct lowering *l, struct term *out, const struct weir_node *node,
                      bool negated)
{
    const bool conjoined = (node->kind == WEIR_NODE_AND) != negated;
    const enum term_kind kind = conjoined ? TERM_ALL : TERM_ANY;
    const enum term_kind opposite = conjoined ? TERM_ANY : TERM_ALL;

    *out = (struct term){.kind = kind};
    for (uint32_t i = 0; i < node->child_count; i++) {
        struct term part;

        if (!make(l, &part, node->child[i], negated))
            return false;
        if (part.kind == opposite && part.count == 0 &&
            (conjoined || l->shop->role == WEIR_ROLE_SUBSCRIPTION)) {
            *out = part;
            return true;
        }
        if (part.kind != kind) {
            if (!add_part(l, out, &part))
                return false;
            continue;
        }
        for (uint32_t k = 0; k < part.count; k++) {
            if (!add_part(l, out, &part.parts[k]))
                return false;
        }
    }
    put_in_order(l, out);
    return true;
}

static bool add_part(struct lowering *l, struct term *to, const struct term *part)
{
    if (to->count == to->capacity) {
        const uint32_t capacity = to->capacity * 2 + 4;
        struct term *parts = weiri_pool_take(l->shop->pool, capacity, sizeof *parts);

        if (parts == NULL) {
            l->shop->out_of_memory = true;
            return false;
        }
        if (to->count > 0)
            memcpy(parts, to->parts, to->count * sizeof *parts);
        to->parts = parts;
        to->capacity = capacity;
    }
    to->parts[to->count++] = *part;
    return true;
}

static void put_in_order(struct lowering *l, struct term *join)
{
    uint32_t distinct = 0;

    weiri_spend(l->shop->meter, join->count);
    if (join->count > 1)
        qsort(join->parts, join->count, sizeof *join->parts, compare_terms);
    for (uint32_t i = 0; i < join->count; i++) {
        if (i == 0 || compare_terms(&join->parts[distinct - 1], &join->parts[i]) != 0)
            join->parts[distinct++] = join->parts[i];
    }
    join->count = distinct;
    if (distinct == 1) {
        const struct term only = join->parts[0];

        *join = only;
    }
}

static int compare_terms(const void *a, const void *b)
{
    const struct term *one = a, *other = b;

    if (one->kind != other->kind)
        return one->kind < other->kind ? -1 : 1;
    if (one->kind == TERM_LEAF)
        return weiri_conjunction_compare(&one->leaf, &other->leaf);
    for (uint32_t i = 0; i < one->count && i < other->count; i++) {
        const int order = compare_terms(&one->parts[i], &other->parts[i]);

        if (order != 0)
            return order;
    }
    return one->count < other->count ? -1 : one->count > other->count;
}

static bool expand(struct lowering *l, struct weiri_disjunction *out, const struct term *term)
{
    return collect(l, out, term) && (term->kind != TERM_ANY || finish(l, out));
}

/* The conjunctions of an OR as they come; those of anything else. */
static bool collect(struct lowering *l, struct weiri_disjunction *out, const struct term *term)
{
    switch (term->kind) {
    case TERM_LEAF: return weiri_disjunction_push(out, &term->leaf, l->shop);
    case TERM_ALL: return expand_all(l, out, term);
    case TERM_ANY: break;
    }
    for (uint32_t i = 0; i < term->count; i++) {
        struct weiri_disjunction part = {0};

        if (!expand(l, &part, &term->parts[i]))
            return false;
        for (uint32_t k = 0; k < part.count; k++) {
            if (!weiri_disjunction_push(out, &part.v[k], l->shop))
                return false;
        }
    }
    return true;
}

static bool expand_all(struct lowering *l, struct weiri_disjunction *out, const struct term *term)
{
    struct weiri_disjunction *parts = weiri_pool_take(l->shop->pool, term->count, sizeof *parts);
    bool never = false;

    if (parts == NULL) {
        l->shop->out_of_memory = true;
        return false;
    }
    if (!expand_parts(l, parts, term, &never))
        return false;
    return never || multiply(l, out, parts, term->count);
}

/* The small factors first: they make the large ones smaller. */
static bool expand_parts(struct lowering *l, struct weiri_disjunction *parts,
                         const struct term *term, bool *never)
{
    for (uint32_t i = 0; i < term->count; i++) {
        struct weiri_disjunction part = {0};
        uint32_t at = i;

        if (!expand(l, &part, &term->parts[i]))
            return false;
        if (part.count == 0) {
            *never = true;
            return true;
        }
        for (; at > 0 && parts[at - 1].count > part.count; at--)
            parts[at] = parts[at - 1];
        parts[at] = part;
    }
    return true;
}

/* Factors of one conjunction are intersected at once, and so are the hulls of those with which the
 * product would not fit. */
static bool multiply(struct lowering *l, struct weiri_disjunction *out,
                     struct weiri_disjunction *parts, uint32_t count)
{
    struct weiri_workshop *shop = l->shop;
    struct weir_conjunction *v = weiri_pool_take(shop->pool, count, sizeof *v);
    struct weir_conjunction both;
    uint32_t singles = 0, wide = 0;
    bool fits;

    if (v == NULL) {
        shop->out_of_memory = true;
        return false;
    }
    for (; singles < count && parts[singles].count == 1; singles++)
        v[singles] = parts[singles].v[0];
    if (!weiri_conjunction_intersect_all(&both, v, singles, shop))
        return !shop->out_of_memory;
    if (!weiri_disjunction_push(out, &both, shop))
        return false;
    for (uint32_t i = singles; i < count; i++) {
        if (!try_product(l, out, &fits, out, &parts[i]))
            return false;
        if (fits)
            continue;
        if (!widen(l, &parts[i]))
            return false;
        v[wide++] = parts[i].v[0];
    }
    if (wide == 0 || out->count == 0)
        return true;
    if (!weiri_conjunction_intersect_all(&both, v, wide, shop)) {
        out->count = 0;
        return !shop->out_of_memory;
    }
    parts[0] = (struct weiri_disjunction){&both, 1, 1};
    if (!try_product(l, out, &fits, out, &parts[0]))
        return false;
    return fits || (widen(l, out) && try_product(l, out, &fits, out, &parts[0]));
}

/* Sets *out to the product, or leaves it.  One pair always fits, whatever is left of the budget. */
static bool try_product(struct lowering *l, struct weiri_disjunction *out, bool *fits,
                        const struct weiri_disjunction *a, const struct weiri_disjunction *b)
{
    const bool single = a->count == 1 && b->count == 1;
    const struct weiri_pool before = *l->shop->pool;
    struct weiri_disjunction product = {0};

    *fits = single || (a->count * b->count <= PAIRS_MAX && !weiri_is_spent(l->shop));
    for (uint32_t i = 0; i < a->count && *fits; i++) {
        for (uint32_t j = 0; j < b->count && *fits; j++) {
            struct weir_conjunction both;

            if (weiri_conjunction_intersect(&both, &a->v[i], &b->v[j], l->shop) &&
                !weiri_disjunction_push(&product, &both, l->shop))
                return false;
            *fits = single || !weiri_is_spent(l->shop);
        }
    }
    if (*fits && !single)
        *fits =
            weiri_disjunction_reduce(&product, l->shop) && product.count <= WEIR_CONJUNCTIONS_MAX;
    if (*fits)
        *out = product;
    else if (!l->shop->out_of_memory)
        weiri_pool_rewind(l->shop->pool, &before);
    return !l->shop->out_of_memory;
}

/* Reduces what an OR consists of, or makes it its hull. */
static bool finish(struct lowering *l, struct weiri_disjunction *d)
{
    const struct weiri_pool before = *l->shop->pool;
    struct weiri_disjunction reduced = {0};

    for (uint32_t i = 0; i < d->count; i++) {
        if (!weiri_disjunction_push(&reduced, &d->v[i], l->shop))
            return false;
    }
    if (weiri_disjunction_reduce(&reduced, l->shop) && reduced.count <= WEIR_CONJUNCTIONS_MAX) {
        *d = reduced;
        return true;
    }
    if (l->shop->out_of_memory)
        return false;
    weiri_pool_rewind(l->shop->pool, &before);
    return widen(l, d);
}

static bool widen(struct lowering *l, struct weiri_disjunction *d)
{
    struct weir_conjunction hull;

    assert(d->count > 1); /* one fits */
    if (!weiri_conjunction_hull(&hull, d->v, d->count, l->shop))
        return false;
    d->v[0] = hull;
    d->count = 1;
    l->exact = false;
    return true;
}

/* lower.c - negation normal form and disjunctive normal form in one descent.
 *
 * Required is TRUE.  In Kleene's logic AND is TRUE where both are, OR where one is, and NOT is TRUE
 * where its operand is FALSE, so "TRUE" and "FALSE" descend to the predicates as they are: NOT
 * never becomes a complement of anything but a predicate's own set.
 *
 * A product beyond WEIR_CONJUNCTIONS_MAX, or work beyond the budget, is answered by replacing a
 * factor by its hull: wider, never narrower. */
#include "lower.h"

#include <string.h>

#include "advertised.h"
#include "leaf.h"

#define PAIRS_MAX (16u * WEIR_CONJUNCTIONS_MAX)

static const struct weir_conjunction always = {0};

struct lowering {
    struct weiri_workshop *shop;
    const struct weir_alloc *alloc;
    bool exact;
};

static bool settle(struct lowering *l, struct weiri_disjunction *d);
static bool lower(struct lowering *l, struct weiri_disjunction *out, const struct weir_node *node,
                  bool negated);
static bool lower_leaf(struct lowering *l, struct weiri_disjunction *out,
                       const struct weir_node *node, bool negated);
static bool lower_between(struct lowering *l, struct weiri_disjunction *out,
                          const struct weir_node *node, bool negated);
static bool lower_children(struct lowering *l, struct weiri_disjunction *out,
                           const struct weir_node *node, bool negated, bool conjoined);
static bool conjoin(struct lowering *l, struct weiri_disjunction *out,
                    struct weiri_disjunction *parts, uint32_t count);
static bool multiply(struct lowering *l, struct weiri_disjunction *a, struct weiri_disjunction *b);
static bool try_product(struct lowering *l, struct weiri_disjunction *out, bool *fits,
                        const struct weiri_disjunction *a, const struct weiri_disjunction *b);
static bool disjoin(struct lowering *l, struct weiri_disjunction *out,
                    const struct weiri_disjunction *parts, uint32_t count);
static bool widen(struct lowering *l, struct weiri_disjunction *d);

bool weiri_lower(struct weiri_disjunction *out, bool *exact, const struct weir_node *tree,
                 struct weiri_workshop *shop, const struct weir_alloc *alloc)
{
    struct lowering l = {shop, alloc, true};

    *out = (struct weiri_disjunction){0};
    if (shop->role == WEIR_ROLE_ADVERTISEMENT && weiri_advertised_allows_all(tree)) {
        *exact = true;
        return weiri_disjunction_push(out, &always, shop);
    }
    if (!lower(&l, out, tree, false) || (shop->role == WEIR_ROLE_ADVERTISEMENT && !settle(&l, out)))
        return false;
    *exact = l.exact || out->count == 0;
    return true;
}

static bool settle(struct lowering *l, struct weiri_disjunction *d)
{
    struct weiri_disjunction unsettled = *d;

    l->shop->settled = true;
    for (uint32_t i = 0; i < d->count; i++) {
        if (!weiri_advertised_settle(&d->v[i], &d->v[i], l->shop))
            return false;
    }
    *d = (struct weiri_disjunction){0};
    return disjoin(l, d, &unsettled, 1);
}

static bool lower(struct lowering *l, struct weiri_disjunction *out, const struct weir_node *node,
                  bool negated)
{
    switch (node->kind) {
    case WEIR_NODE_CONSTANT:
        if (node->truth != (negated ? WEIR_FALSE : WEIR_TRUE))
            return true;
        return weiri_disjunction_push(out, &always, l->shop);
    case WEIR_NODE_NOT: return lower(l, out, node->child[0], !negated);
    case WEIR_NODE_AND: return lower_children(l, out, node, negated, !negated);
    case WEIR_NODE_OR: return lower_children(l, out, node, negated, negated);
    case WEIR_NODE_BETWEEN: return lower_between(l, out, node, negated);
    default: return lower_leaf(l, out, node, negated);
    }
}

static bool lower_leaf(struct lowering *l, struct weiri_disjunction *out,
                       const struct weir_node *node, bool negated)
{
    struct weir_conjunction conjunction;

    switch (weiri_leaf_lower(&conjunction, node, negated, l->shop, l->alloc)) {
    case WEIRI_LEAF_NEVER: return true;
    case WEIRI_LEAF_OUT_OF_MEMORY: return false;
    case WEIRI_LEAF_WIDER: l->exact = false; break;
    case WEIRI_LEAF_CONJUNCTION: break;
    }
    return weiri_disjunction_push(out, &conjunction, l->shop);
}

/* x BETWEEN a AND b is x >= a AND x <= b. */
static bool lower_between(struct lowering *l, struct weiri_disjunction *out,
                          const struct weir_node *node, bool negated)
{
    struct weir_node *low_operands[2] = {node->child[0], node->child[1]};
    struct weir_node *high_operands[2] = {node->child[0], node->child[2]};
    struct weir_node low = {
        .kind = WEIR_NODE_COMPARE, .compare = WEIR_GE, .child = low_operands, .child_count = 2};
    struct weir_node high = {
        .kind = WEIR_NODE_COMPARE, .compare = WEIR_LE, .child = high_operands, .child_count = 2};
    struct weir_node *sides[2] = {&low, &high};
    const struct weir_node both = {.kind = WEIR_NODE_AND, .child = sides, .child_count = 2};

    return lower(l, out, &both, negated != node->negated);
}

static bool lower_children(struct lowering *l, struct weiri_disjunction *out,
                           const struct weir_node *node, bool negated, bool conjoined)
{
    struct weiri_disjunction *parts =
        weiri_pool_take(l->shop->pool, node->child_count, sizeof *parts);

    if (parts == NULL) {
        l->shop->out_of_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < node->child_count; i++) {
        parts[i] = (struct weiri_disjunction){0};
        if (!lower(l, &parts[i], node->child[i], negated))
            return false;
        if (conjoined && parts[i].count == 0)
            return true;
    }
    return conjoined ? conjoin(l, out, parts, node->child_count)
                     : disjoin(l, out, parts, node->child_count);
}

/* The small factors first: they make the large ones smaller. */
static bool conjoin(struct lowering *l, struct weiri_disjunction *out,
                    struct weiri_disjunction *parts, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct weiri_disjunction part = parts[i];
        uint32_t at = i;

        for (; at > 0 && parts[at - 1].count > part.count; at--)
            parts[at] = parts[at - 1];
        parts[at] = part;
    }
    *out = parts[0];
    for (uint32_t i = 1; i < count; i++) {
        if (!multiply(l, out, &parts[i]))
            return false;
    }
    return true;
}

static bool multiply(struct lowering *l, struct weiri_disjunction *a, struct weiri_disjunction *b)
{
    for (;;) {
        struct weiri_disjunction product = {0};
        bool fits = false;

        if (a->count * b->count <= PAIRS_MAX && !try_product(l, &product, &fits, a, b))
            return false;
        if (fits) {
            *a = product;
            return true;
        }
        if (!widen(l, b->count > 1 && (a->count == 1 || b->count <= a->count) ? b : a))
            return false;
    }
}

/* One pair always fits, whatever is left of the budget. */
static bool try_product(struct lowering *l, struct weiri_disjunction *out, bool *fits,
                        const struct weiri_disjunction *a, const struct weiri_disjunction *b)
{
    const bool single = a->count <= 1 && b->count <= 1;

    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t j = 0; j < b->count; j++) {
            struct weir_conjunction both;

            if (!weiri_conjunction_intersect(&both, &a->v[i], &b->v[j], l->shop)) {
                if (l->shop->out_of_memory)
                    return false;
                continue;
            }
            if (single) {
                *fits = true;
                return weiri_disjunction_push(out, &both, l->shop);
            }
            if (!weiri_disjunction_add(out, &both, l->shop) || l->shop->meter->left == 0 ||
                out->count > 2 * WEIR_CONJUNCTIONS_MAX)
                return !l->shop->out_of_memory;
        }
    }
    *fits = out->count <= WEIR_CONJUNCTIONS_MAX;
    weiri_disjunction_sort(out);
    return true;
}

static bool disjoin(struct lowering *l, struct weiri_disjunction *out,
                    const struct weiri_disjunction *parts, uint32_t count)
{
    struct weiri_disjunction all = {0};
    bool fits = l->shop->meter->left > 0;

    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < parts[i].count; j++) {
            if (!weiri_disjunction_push(&all, &parts[i].v[j], l->shop))
                return false;
        }
    }
    weiri_disjunction_sort(&all);
    for (uint32_t i = 0; i < all.count && fits; i++)
        fits = weiri_disjunction_add(out, &all.v[i], l->shop);
    if (l->shop->out_of_memory)
        return false;
    if (fits && out->count <= WEIR_CONJUNCTIONS_MAX) {
        weiri_disjunction_sort(out);
        return true;
    }
    *out = all;
    return widen(l, out);
}

static bool widen(struct lowering *l, struct weiri_disjunction *d)
{
    struct weir_conjunction hull;

    if (d->count <= 1)
        return true;
    if (!weiri_conjunction_hull(&hull, d->v, d->count, l->shop))
        return false;
    d->v[0] = hull;
    d->count = 1;
    l->exact = false;
    return true;
}

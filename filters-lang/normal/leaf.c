/* leaf.c - predicates to domains.
 *
 * A predicate that is FALSE is "present, of that type, and in the complementary set", so both a
 * predicate and its negation are sets of values; nothing here is UNKNOWN. */
#include "leaf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <weir/alloc.h>

#include "pattern.h"
#include "text.h"

/* Parts that a LIKE with several wildcards is said to contain. */
#define RUNS_MAX 32u

struct leaf {
    const struct weir_node *node;
    bool negated;
    struct weiri_workshop *shop;
    const struct weir_alloc *alloc;
    struct weir_constraint *implied; /* in any order; names may recur */
    uint32_t implied_count, implied_capacity;
    struct weir_residual *residual; /* NULL: none */
    bool wider;
    bool never;
};

/* An attribute in an operand, and the kinds of values with which that has one. */
struct operand_use {
    struct weir_str name;
    uint32_t kinds;
};

static bool lower_compare(struct leaf *leaf);
static bool compare_constants(struct leaf *leaf, enum weir_compare compare, struct weir_value left,
                              struct weir_value right);
static bool lower_in(struct leaf *leaf);
static bool lower_like(struct leaf *leaf);
static bool lower_text(struct leaf *leaf);
static bool lower_run(struct leaf *leaf, const struct weiri_like *like);
static bool lower_matches(struct leaf *leaf);
static bool lower_kinds(struct leaf *leaf, uint32_t kinds);
static bool constrain(struct leaf *leaf, struct weir_str name, const struct weir_domain *domain);
static bool constrain_text(struct leaf *leaf, const struct weir_domain *domain);
static bool constrain_to(struct leaf *leaf, struct weir_str name, struct weir_value value,
                         enum weir_compare compare);
static bool domain_of_compare(struct leaf *leaf, struct weir_domain *domain,
                              enum weir_compare compare, struct weir_value value);
static bool domain_of_values(struct leaf *leaf, struct weir_domain *domain,
                             const struct weir_value *values, uint32_t count);
static bool complement(struct leaf *leaf, struct weir_domain *domain);
static bool list_of_one(struct leaf *leaf, struct weir_strings *list, struct weir_str s);
static bool imply_operands(struct leaf *leaf, uint32_t kinds);
static void collect_uses(struct operand_use *uses, uint32_t *count, const struct weir_node *node,
                         uint32_t kinds);
static int compare_uses(const void *a, const void *b);
static bool imply_runs(struct leaf *leaf, const struct weiri_like *like);
static bool imply_inner(struct leaf *leaf, const struct weiri_like *like);
static bool residual_compare(struct leaf *leaf, enum weir_compare compare);
static bool residual_same(struct leaf *leaf);
static bool add_residual(struct leaf *leaf, const struct weir_node *node);
static bool print_node(struct leaf *leaf, struct weir_str *text, const struct weir_node *node);
static enum weir_err can_travel(struct leaf *leaf, struct weir_str text,
                                const struct weir_node *node);
static bool finish(struct leaf *leaf, struct weir_conjunction *out);
static int compare_names(const void *a, const void *b);
static int compare_lengths(const void *a, const void *b);
static int compare_texts(const void *a, const void *b);
static void *take(struct leaf *leaf, size_t count, size_t size);

static const enum weir_compare inverse[] = {WEIR_NE, WEIR_EQ, WEIR_GE, WEIR_GT, WEIR_LE, WEIR_LT};
static const enum weir_compare mirrored[] = {WEIR_EQ, WEIR_NE, WEIR_GT, WEIR_GE, WEIR_LT, WEIR_LE};

enum weiri_leaf weiri_leaf_lower(struct weir_conjunction *out, const struct weir_node *node,
                                 bool negated, struct weiri_workshop *shop,
                                 const struct weir_alloc *alloc)
{
    struct leaf leaf = {
        .node = node, .negated = negated != node->negated, .shop = shop, .alloc = alloc};
    bool ok = true;

    weiri_spend(shop->meter, WEIRI_COPY_STEPS * (1 + node->value_count));
    switch (node->kind) {
    case WEIR_NODE_COMPARE: ok = lower_compare(&leaf); break;
    case WEIR_NODE_IN: ok = lower_in(&leaf); break;
    case WEIR_NODE_LIKE: ok = lower_like(&leaf); break;
    case WEIR_NODE_STARTS:
    case WEIR_NODE_ENDS:
    case WEIR_NODE_CONTAINS: ok = lower_text(&leaf); break;
    case WEIR_NODE_MATCHES: ok = lower_matches(&leaf); break;
    case WEIR_NODE_EXISTS: ok = lower_kinds(&leaf, WEIRI_KIND_PRESENT); break;
    case WEIR_NODE_IS_NULL: ok = lower_kinds(&leaf, WEIR_KIND_ABSENT); break;
    case WEIR_NODE_IS_TYPE: ok = lower_kinds(&leaf, weiri_kinds_of_type(node->type)); break;
    default: assert(weiri_leaf_is_predicate(node)); break;
    }
    if (!ok || !finish(&leaf, out)) {
        shop->out_of_memory = true;
        return WEIRI_LEAF_OUT_OF_MEMORY;
    }
    if (leaf.never)
        return WEIRI_LEAF_NEVER;
    return leaf.wider ? WEIRI_LEAF_WIDER : WEIRI_LEAF_CONJUNCTION;
}

bool weiri_leaf_is_predicate(const struct weir_node *node)
{
    return node->kind >= WEIR_NODE_COMPARE && node->kind <= WEIR_NODE_IS_TYPE &&
           node->kind != WEIR_NODE_BETWEEN;
}

static bool lower_compare(struct leaf *leaf)
{
    const struct weir_node *left = leaf->node->child[0], *right = leaf->node->child[1];
    enum weir_compare compare = leaf->node->compare;

    if (leaf->negated)
        compare = inverse[compare];
    if (left->kind == WEIR_NODE_ATTR && right->kind == WEIR_NODE_LITERAL)
        return constrain_to(leaf, left->text, right->literal, compare);
    if (left->kind == WEIR_NODE_LITERAL && right->kind == WEIR_NODE_LITERAL)
        return compare_constants(leaf, compare, left->literal, right->literal);
    if (left->kind == WEIR_NODE_LITERAL && right->kind == WEIR_NODE_ATTR)
        return constrain_to(leaf, right->text, left->literal, mirrored[compare]);
    if (left->kind != WEIR_NODE_ATTR || right->kind != WEIR_NODE_ATTR)
        return imply_operands(leaf, WEIRI_KIND_NUMBER) && residual_compare(leaf, compare);
    return imply_operands(leaf, WEIRI_KIND_PRESENT) && residual_compare(leaf, compare);
}

/* As in `5 BETWEEN 3 AND x`. */
static bool compare_constants(struct leaf *leaf, enum weir_compare compare, struct weir_value left,
                              struct weir_value right)
{
    struct weir_domain domain;

    if (!domain_of_compare(leaf, &domain, compare, right))
        return false;
    leaf->never = !weir_domain_has(&domain, &left);
    return true;
}

/* NOT IN wants a value that compares with every one of the list and equals none: over values of
 * more than one kind there is no such value. */
static bool lower_in(struct leaf *leaf)
{
    const struct weir_node *operand = leaf->node->child[0];
    struct weir_domain domain;

    if (operand->kind != WEIR_NODE_ATTR)
        return imply_operands(leaf, WEIRI_KIND_NUMBER) && residual_same(leaf);
    for (uint32_t i = 1; i < leaf->node->value_count && leaf->negated; i++) {
        int order;

        if (!weir_value_compare(&leaf->node->values[0], &leaf->node->values[i], &order)) {
            leaf->never = true;
            return true;
        }
    }
    if (!domain_of_values(leaf, &domain, leaf->node->values, leaf->node->value_count))
        return false;
    if (leaf->negated && !complement(leaf, &domain))
        return false;
    return constrain(leaf, operand->text, &domain);
}

static bool lower_like(struct leaf *leaf)
{
    struct weir_domain strings = weiri_domain_of_kinds(WEIR_KIND_STRING);
    struct weiri_like like;

    if (!weiri_like_read(&like, leaf->node->text, leaf->node->escape, leaf->shop->pool))
        return false;
    if (!leaf->negated && !imply_runs(leaf, &like))
        return false;
    return constrain_text(leaf, &strings) && residual_same(leaf);
}

static bool lower_text(struct leaf *leaf)
{
    struct weir_str text = leaf->node->text;
    struct weiri_like like = {0};

    if (leaf->node->kind == WEIR_NODE_STARTS)
        like.first = text;
    else if (leaf->node->kind == WEIR_NODE_ENDS)
        like.last = text;
    else if (text.len > 0)
        like = (struct weiri_like){.inner = &text, .inner_count = 1};
    return lower_run(leaf, &like);
}

/* At most one literal run: a prefix, a suffix or a substring. */
static bool lower_run(struct leaf *leaf, const struct weiri_like *like)
{
    struct weir_domain strings = weiri_domain_of_kinds(WEIR_KIND_STRING);

    if (!leaf->negated)
        return imply_runs(leaf, like) && constrain_text(leaf, &strings);
    if (like->first.len > 0) {
        struct weir_interval prefix;

        return weiri_text_prefix(&prefix, like->first, leaf->shop->pool) &&
               weiri_intervals_subtract(&strings.strings, &weiri_all_strings,
                                        &(struct weir_intervals){&prefix, 1}, leaf->shop->pool) &&
               constrain_text(leaf, &strings);
    }
    if (like->last.len > 0)
        return list_of_one(leaf, &strings.ends_not, like->last) && constrain_text(leaf, &strings);
    if (like->inner_count > 0)
        return list_of_one(leaf, &strings.contains_not, like->inner[0]) &&
               constrain_text(leaf, &strings);
    leaf->never = true;
    return true;
}

static bool lower_matches(struct leaf *leaf)
{
    struct weir_domain strings = weiri_domain_of_kinds(WEIR_KIND_STRING);
    struct weir_str pattern = leaf->node->text;

    if (!leaf->negated) {
        struct weiri_like like = {0};
        char *prefix = take(leaf, pattern.len, 1);

        if (prefix == NULL)
            return false;
        like.first = (struct weir_str){prefix, weiri_regex_prefix(prefix, pattern)};
        if (!imply_runs(leaf, &like))
            return false;
    }
    return constrain_text(leaf, &strings) && residual_same(leaf);
}

/* EXISTS, IS NULL and IS type are two-valued: their negation is the complement, absent included. */
static bool lower_kinds(struct leaf *leaf, uint32_t kinds)
{
    struct weir_domain domain;

    if (leaf->negated)
        kinds = WEIR_KIND_ALL & ~kinds;
    domain = weiri_domain_of_kinds(kinds);
    return constrain(leaf, leaf->node->child[0]->text, &domain);
}

static bool constrain(struct leaf *leaf, struct weir_str name, const struct weir_domain *domain)
{
    if (leaf->implied_count == leaf->implied_capacity) {
        uint32_t capacity = leaf->implied_capacity * 2 + 1;
        struct weir_constraint *v = take(leaf, capacity, sizeof *v);

        if (v == NULL)
            return false;
        if (leaf->implied_count > 0)
            memcpy(v, leaf->implied, leaf->implied_count * sizeof *v);
        leaf->implied = v;
        leaf->implied_capacity = capacity;
    }
    leaf->implied[leaf->implied_count++] = (struct weir_constraint){name, *domain};
    return true;
}

static bool constrain_text(struct leaf *leaf, const struct weir_domain *domain)
{
    return constrain(leaf, leaf->node->child[0]->text, domain);
}

static bool constrain_to(struct leaf *leaf, struct weir_str name, struct weir_value value,
                         enum weir_compare compare)
{
    struct weir_domain domain;

    assert(value.type != WEIR_BOOL || compare == WEIR_EQ || compare == WEIR_NE);
    return domain_of_compare(leaf, &domain, compare, value) && constrain(leaf, name, &domain);
}

static bool domain_of_compare(struct leaf *leaf, struct weir_domain *domain,
                              enum weir_compare compare, struct weir_value value)
{
    const struct weir_end end = {.bounded = true,
                                 .closed = compare == WEIR_LE || compare == WEIR_GE,
                                 .value = weir_domain_value(value)};
    struct weir_interval *beyond;
    struct weir_intervals side;

    if (compare == WEIR_EQ)
        return domain_of_values(leaf, domain, &value, 1);
    if (compare == WEIR_NE)
        return domain_of_values(leaf, domain, &value, 1) && complement(leaf, domain);
    beyond = take(leaf, 1, sizeof *beyond);
    if (beyond == NULL)
        return false;
    *beyond = (struct weir_interval){.low = {.bounded = false}, .high = {.bounded = false}};
    if (compare == WEIR_LT || compare == WEIR_LE)
        beyond->high = end;
    else
        beyond->low = end;
    side = (struct weir_intervals){beyond, 1};
    *domain = (struct weir_domain){.kinds = weiri_kinds_of_value(&value)};
    if (value.type == WEIR_STRING)
        return weiri_intervals_intersect(&domain->strings, &side, &weiri_all_strings,
                                         leaf->shop->pool);
    if (value.type == WEIR_TIMESTAMP)
        domain->timestamps = side;
    else
        domain->numbers = side;
    return true;
}

/* The values are distinct, and those of one kind together and ascending. */
static bool domain_of_values(struct leaf *leaf, struct weir_domain *domain,
                             const struct weir_value *values, uint32_t count)
{
    struct weir_interval *points = take(leaf, count, sizeof *points);

    if (points == NULL)
        return false;
    *domain = (struct weir_domain){.kinds = 0};
    for (uint32_t i = 0; i < count; i++) {
        const struct weir_end end = {
            .bounded = true, .closed = true, .value = weir_domain_value(values[i])};
        struct weir_intervals *set = values[i].type == WEIR_STRING      ? &domain->strings
                                     : values[i].type == WEIR_TIMESTAMP ? &domain->timestamps
                                                                        : &domain->numbers;

        domain->kinds |= weiri_kinds_of_value(&values[i]);
        if (values[i].type == WEIR_BOOL)
            continue;
        points[i] = (struct weir_interval){end, end};
        if (set->count == 0)
            set->v = points + i;
        set->count++;
    }
    return true;
}

/* Within the kind of values that compare with those of the domain, which is one kind. */
static bool complement(struct leaf *leaf, struct weir_domain *domain)
{
    struct weiri_pool *pool = leaf->shop->pool;

    if ((domain->kinds & WEIRI_KIND_BOOL) != 0) {
        domain->kinds = WEIRI_KIND_BOOL & ~domain->kinds;
        return true;
    }
    if ((domain->kinds & WEIR_KIND_STRING) != 0)
        return weiri_intervals_subtract(&domain->strings, &weiri_all_strings, &domain->strings,
                                        pool);
    if ((domain->kinds & WEIR_KIND_TIMESTAMP) != 0)
        return weiri_intervals_subtract(&domain->timestamps, &weiri_all_ordered,
                                        &domain->timestamps, pool);
    return weiri_intervals_subtract(&domain->numbers, &weiri_all_ordered, &domain->numbers, pool);
}

static bool list_of_one(struct leaf *leaf, struct weir_strings *list, struct weir_str s)
{
    struct weir_str *v = take(leaf, 1, sizeof *v);

    if (v == NULL)
        return false;
    *v = s;
    *list = (struct weir_strings){v, 1};
    return true;
}

/* Operands that have a value have values of these kinds in their attributes. An operand may name a
 * thousand. */
static bool imply_operands(struct leaf *leaf, uint32_t kinds)
{
    const struct weir_node *node = leaf->node;
    const uint32_t operands = node->kind == WEIR_NODE_IN ? 1 : node->child_count;
    struct operand_use *uses;
    uint32_t count = 0, distinct = 0;

    for (uint32_t i = 0; i < operands; i++)
        collect_uses(NULL, &count, node->child[i], kinds);
    uses = take(leaf, count, sizeof *uses);
    if (uses == NULL)
        return false;
    count = 0;
    for (uint32_t i = 0; i < operands; i++)
        collect_uses(uses, &count, node->child[i], kinds);
    if (count > 1)
        qsort(uses, count, sizeof *uses, compare_uses);
    for (uint32_t i = 0; i < count; i++) {
        if (distinct > 0 && weir_str_equal(uses[distinct - 1].name, uses[i].name))
            uses[distinct - 1].kinds &= uses[i].kinds;
        else
            uses[distinct++] = uses[i];
    }
    leaf->implied = take(leaf, distinct, sizeof *leaf->implied);
    if (leaf->implied == NULL)
        return false;
    leaf->implied_capacity = distinct;
    for (uint32_t i = 0; i < distinct; i++)
        leaf->implied[leaf->implied_count++] =
            (struct weir_constraint){uses[i].name, weiri_domain_of_kinds(uses[i].kinds)};
    return true;
}

/* Counts only, where `uses` is NULL. */
static void collect_uses(struct operand_use *uses, uint32_t *count, const struct weir_node *node,
                         uint32_t kinds)
{
    if (node->kind == WEIR_NODE_ATTR) {
        if (uses != NULL)
            uses[*count] = (struct operand_use){node->text, kinds};
        ++*count;
        return;
    }
    if (node->kind == WEIR_NODE_MODULO)
        kinds = WEIR_KIND_INT;
    for (uint32_t i = 0; i < node->child_count; i++)
        collect_uses(uses, count, node->child[i], kinds);
}

static bool imply_runs(struct leaf *leaf, const struct weiri_like *like)
{
    const struct weir_domain strings = weiri_domain_of_kinds(WEIR_KIND_STRING);

    if (like->first.len > 0) {
        struct weir_domain domain = strings;
        struct weir_interval *prefix = take(leaf, 1, sizeof *prefix);

        if (prefix == NULL || !weiri_text_prefix(prefix, like->first, leaf->shop->pool))
            return false;
        domain.strings = (struct weir_intervals){prefix, 1};
        if (!constrain_text(leaf, &domain))
            return false;
    }
    if (like->last.len > 0) {
        struct weir_domain domain = strings;

        if (!list_of_one(leaf, &domain.ends, like->last) || !constrain_text(leaf, &domain))
            return false;
    }
    return like->inner_count == 0 || imply_inner(leaf, like);
}

/* The longest ones, which say most; the residual says the rest. */
static bool imply_inner(struct leaf *leaf, const struct weiri_like *like)
{
    struct weir_domain domain = weiri_domain_of_kinds(WEIR_KIND_STRING);
    struct weir_str *runs = take(leaf, like->inner_count, sizeof *runs);
    uint32_t count = 0;

    if (runs == NULL)
        return false;
    memcpy(runs, like->inner, like->inner_count * sizeof *runs);
    qsort(runs, like->inner_count, sizeof *runs, compare_lengths);
    for (uint32_t i = 0; i < like->inner_count && count < RUNS_MAX; i++) {
        if (i == 0 || !weir_str_equal(runs[count - 1], runs[i]))
            runs[count++] = runs[i];
    }
    qsort(runs, count, sizeof *runs, compare_texts);
    domain.contains = (struct weir_strings){runs, count};
    return constrain_text(leaf, &domain);
}

/* One of the several ways to write a comparison is its residual: a constant on the right, else the
 * side that sorts first on the left.  NOT is said by the operator. */
static bool residual_compare(struct leaf *leaf, enum weir_compare compare)
{
    struct weir_node *node = take(leaf, 1, sizeof *node);
    struct weir_node **child = take(leaf, 2, sizeof *child);
    struct weir_node *literals = take(leaf, 2, sizeof *literals);
    struct weir_str left, right;
    int order;

    if (node == NULL || child == NULL || literals == NULL)
        return false;
    for (int i = 0; i < 2; i++) {
        child[i] = leaf->node->child[i];
        if (child[i]->kind == WEIR_NODE_LITERAL) {
            literals[i] = *child[i];
            literals[i].literal = weir_domain_value(literals[i].literal);
            child[i] = &literals[i];
        }
    }
    if (!print_node(leaf, &left, child[0]) || !print_node(leaf, &right, child[1]))
        return false;
    order = weir_str_compare(left, right);
    if (order == 0 && (compare == WEIR_GT || compare == WEIR_GE))
        order = 1;
    if (child[0]->kind == WEIR_NODE_LITERAL || (child[1]->kind != WEIR_NODE_LITERAL && order > 0)) {
        struct weir_node *first = child[0];

        child[0] = child[1];
        child[1] = first;
        compare = mirrored[compare];
    }
    *node = (struct weir_node){
        .kind = WEIR_NODE_COMPARE, .compare = compare, .child = child, .child_count = 2};
    return add_residual(leaf, node);
}

/* The predicate as it is, NOT included in it. */
static bool residual_same(struct leaf *leaf)
{
    struct weir_node *node = take(leaf, 1, sizeof *node);
    struct weir_value *values = take(leaf, leaf->node->value_count, sizeof *values);

    if (node == NULL || values == NULL)
        return false;
    *node = *leaf->node;
    node->negated = leaf->negated;
    for (uint32_t i = 0; i < node->value_count; i++)
        values[i] = weir_domain_value(node->values[i]);
    if (node->value_count > 0)
        node->values = values;
    return add_residual(leaf, node);
}

static bool add_residual(struct leaf *leaf, const struct weir_node *node)
{
    struct weir_residual *residual;

    if (leaf->shop->domains_only) {
        leaf->wider = true;
        return true;
    }
    residual = take(leaf, 1, sizeof *residual);
    if (residual == NULL || !print_node(leaf, &residual->text, node))
        return false;
    residual->node = node;
    switch (can_travel(leaf, residual->text, node)) {
    case WEIR_OK: leaf->residual = residual; return true;
    case WEIR_ENOMEM: return false;
    default: leaf->wider = true; return true;
    }
}

static bool print_node(struct leaf *leaf, struct weir_str *text, const struct weir_node *node)
{
    char probe[1], *printed;
    size_t len = weir_node_print(probe, sizeof probe, node);

    printed = take(leaf, len + 1, 1);
    if (printed == NULL)
        return false;
    weir_node_print(printed, len + 1, node);
    *text = (struct weir_str){printed, len};
    return true;
}

/* The canonical text of a predicate may exceed a limit that its first text did not. */
static enum weir_err can_travel(struct leaf *leaf, struct weir_str text,
                                const struct weir_node *node)
{
    struct weir_diags diags;
    struct weir_filter *filter;
    struct weir_str again;
    enum weir_err err = weir_filter_compile_printed(&filter, text, &diags, leaf->alloc);

    if (err != WEIR_OK)
        return err;
    if (weir_filter_tree(filter)->kind != node->kind)
        err = WEIR_EINVAL;
    else if (!print_node(leaf, &again, weir_filter_tree(filter)))
        err = WEIR_ENOMEM;
    else if (!weir_str_equal(text, again))
        err = WEIR_EINVAL;
    weir_filter_destroy(filter);
    return err;
}

/* Gathers what is implied of each attribute. */
static bool finish(struct leaf *leaf, struct weir_conjunction *out)
{
    uint32_t count = 0;

    if (leaf->implied_count > 1)
        qsort(leaf->implied, leaf->implied_count, sizeof *leaf->implied, compare_names);
    for (uint32_t i = 0; i < leaf->implied_count && !leaf->never; i++) {
        struct weir_constraint *next = &leaf->implied[i], *last = &leaf->implied[count];

        if (count > 0 && weir_str_equal((last - 1)->name, next->name)) {
            last--;
            if (!weiri_domain_intersect(&last->domain, &last->domain, &next->domain,
                                        leaf->shop->pool))
                return false;
        } else {
            *last = *next;
            if (!weiri_domain_tidy(&last->domain, leaf->shop->pool))
                return false;
            count++;
        }
        leaf->never = weiri_domain_is_empty(&last->domain);
        if (weiri_domain_is_full(&last->domain))
            count--;
    }
    *out = (struct weir_conjunction){leaf->implied, count, leaf->residual, leaf->residual != NULL};
    return true;
}

static int compare_uses(const void *a, const void *b)
{
    const struct operand_use *one = a, *other = b;

    return weir_str_compare(one->name, other->name);
}

static int compare_names(const void *a, const void *b)
{
    const struct weir_constraint *one = a, *other = b;

    return weir_str_compare(one->name, other->name);
}

/* The longest first. */
static int compare_lengths(const void *a, const void *b)
{
    const struct weir_str *one = a, *other = b;

    if (one->len != other->len)
        return one->len > other->len ? -1 : 1;
    return weir_str_compare(*one, *other);
}

static int compare_texts(const void *a, const void *b)
{
    const struct weir_str *one = a, *other = b;

    return weir_str_compare(*one, *other);
}

static void *take(struct leaf *leaf, size_t count, size_t size)
{
    return weiri_pool_take(leaf->shop->pool, count, size);
}

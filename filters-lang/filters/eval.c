/* eval.c - evaluation over the tree, in Kleene's three-valued logic. */
#include "eval.h"
#include "compiler.h"
#include "glob.h"

#include <assert.h>
#include <string.h>

/* How deep a checked tree can be: AND and OR within each nesting, then an operand. */
#define HEIGHT_MAX (4 * WEIR_FILTER_DEPTH_MAX)

enum weir_truth weiri_truth_not(enum weir_truth truth)
{
    return (enum weir_truth)(WEIR_TRUE - truth);
}

static enum weir_truth truth_of(bool condition)
{
    return condition ? WEIR_TRUE : WEIR_FALSE;
}

static int set_class(const struct weir_value *value)
{
    return (int)(value->type == WEIR_DOUBLE ? WEIR_INT : value->type);
}

int weiri_set_compare(const struct weir_value *a, const struct weir_value *b)
{
    int order;

    if (weir_value_compare(a, b, &order))
        return order;
    return set_class(a) - set_class(b);
}

/* The value of an operand; false where it has none. */
static bool eval_operand(struct weir_value *out, const struct weir_node *node,
                         const struct weir_notification *notification)
{
    struct weir_value a, b;

    switch (node->kind) {
    case WEIR_NODE_LITERAL: *out = node->literal; return true;
    case WEIR_NODE_ATTR:
        return notification != NULL && weir_notification_find(notification, node->text, out);
    case WEIR_NODE_NEGATE:
        return eval_operand(&a, node->child[0], notification) &&
               weiri_negate(out, &a) == WEIRI_COMPUTED;
    default:
        return eval_operand(&a, node->child[0], notification) &&
               eval_operand(&b, node->child[1], notification) &&
               weiri_compute(out, node->kind, &a, &b) == WEIRI_COMPUTED;
    }
}

static enum weir_truth compare_values(enum weir_compare compare, const struct weir_value *a,
                                      const struct weir_value *b)
{
    int order;

    if (!weir_value_compare(a, b, &order))
        return WEIR_UNKNOWN;
    if (compare == WEIR_EQ || compare == WEIR_NE)
        return truth_of((order == 0) == (compare == WEIR_EQ));
    if (a->type == WEIR_BOOL)
        return WEIR_UNKNOWN;
    switch (compare) {
    case WEIR_LT: return truth_of(order < 0);
    case WEIR_LE: return truth_of(order <= 0);
    case WEIR_GT: return truth_of(order > 0);
    default: return truth_of(order >= 0);
    }
}

static enum weir_truth eval_compare(const struct weir_node *node,
                                    const struct weir_notification *notification)
{
    struct weir_value a, b;

    if (!eval_operand(&a, node->child[0], notification) ||
        !eval_operand(&b, node->child[1], notification))
        return WEIR_UNKNOWN;
    return compare_values(node->compare, &a, &b);
}

static enum weir_truth eval_between(const struct weir_node *node,
                                    const struct weir_notification *notification)
{
    struct weir_value value, bound;
    enum weir_truth low = WEIR_UNKNOWN, high = WEIR_UNKNOWN;

    if (!eval_operand(&value, node->child[0], notification))
        return WEIR_UNKNOWN;
    if (eval_operand(&bound, node->child[1], notification))
        low = compare_values(WEIR_GE, &value, &bound);
    if (eval_operand(&bound, node->child[2], notification))
        high = compare_values(WEIR_LE, &value, &bound);
    return low < high ? low : high;
}

/* The OR of equalities: what is in no way comparable with some value leaves it UNKNOWN. */
static enum weir_truth eval_in(const struct weir_node *node,
                               const struct weir_notification *notification)
{
    uint32_t low = 0, high = node->value_count;
    struct weir_value value;
    bool one_class;

    if (!eval_operand(&value, node->child[0], notification))
        return WEIR_UNKNOWN;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = weiri_set_compare(&node->values[middle], &value);

        if (order == 0)
            return WEIR_TRUE;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    one_class = set_class(&node->values[0]) == set_class(&value) &&
                set_class(&node->values[node->value_count - 1]) == set_class(&value);
    return one_class ? WEIR_FALSE : WEIR_UNKNOWN;
}

static bool has_prefix(struct weir_str s, struct weir_str prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static bool has_suffix(struct weir_str s, struct weir_str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + s.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* Constants are folded without a scratch: they are short. */
static enum weir_truth eval_glob(const struct weir_glob *glob, struct weir_str subject,
                                 struct weir_scratch *scratch)
{
    uint64_t any = UINT64_MAX;

    return scratch != NULL ? weiri_scratch_glob(scratch, glob, subject)
                           : weiri_glob_match(glob, subject, &any);
}

static enum weir_truth eval_text(const struct weir_node *node,
                                 const struct weir_notification *notification,
                                 struct weir_scratch *scratch)
{
    struct weir_value value;

    if (!eval_operand(&value, node->child[0], notification) || value.type != WEIR_STRING)
        return WEIR_UNKNOWN;
    switch (node->kind) {
    case WEIR_NODE_STARTS: return truth_of(has_prefix(value.u.string, node->text));
    case WEIR_NODE_ENDS: return truth_of(has_suffix(value.u.string, node->text));
    case WEIR_NODE_MATCHES: return weiri_regex_match(node->regex, value.u.string, scratch);
    default: return eval_glob(node->glob, value.u.string, scratch);
    }
}

static enum weir_truth eval_is(const struct weir_node *node,
                               const struct weir_notification *notification)
{
    struct weir_value value;
    bool present = eval_operand(&value, node->child[0], notification);

    switch (node->kind) {
    case WEIR_NODE_EXISTS: return truth_of(present);
    case WEIR_NODE_IS_NULL: return truth_of(!present);
    default: return truth_of(present && value.type == node->type);
    }
}

static enum weir_truth eval_truth(const struct weir_node *node,
                                  const struct weir_notification *notification,
                                  struct weir_scratch *scratch, unsigned height);

/* AND is the minimum of its parts, OR the maximum; `decided` ends either early. */
static enum weir_truth eval_logic(const struct weir_node *node,
                                  const struct weir_notification *notification,
                                  struct weir_scratch *scratch, unsigned height)
{
    enum weir_truth decided = node->kind == WEIR_NODE_AND ? WEIR_FALSE : WEIR_TRUE;
    enum weir_truth result = weiri_truth_not(decided);

    for (uint32_t i = 0; i < node->child_count; i++) {
        enum weir_truth part = eval_truth(node->child[i], notification, scratch, height + 1);

        if (part == decided)
            return decided;
        if (part == WEIR_UNKNOWN)
            result = WEIR_UNKNOWN;
    }
    return result;
}

static enum weir_truth eval_truth(const struct weir_node *node,
                                  const struct weir_notification *notification,
                                  struct weir_scratch *scratch, unsigned height)
{
    enum weir_truth truth;

    assert(height < HEIGHT_MAX);
    switch (node->kind) {
    case WEIR_NODE_CONSTANT: return node->truth;
    case WEIR_NODE_AND:
    case WEIR_NODE_OR: return eval_logic(node, notification, scratch, height);
    case WEIR_NODE_NOT:
        return weiri_truth_not(eval_truth(node->child[0], notification, scratch, height + 1));
    case WEIR_NODE_COMPARE: return eval_compare(node, notification);
    case WEIR_NODE_IN: truth = eval_in(node, notification); break;
    case WEIR_NODE_BETWEEN: truth = eval_between(node, notification); break;
    case WEIR_NODE_LIKE:
    case WEIR_NODE_STARTS:
    case WEIR_NODE_ENDS:
    case WEIR_NODE_CONTAINS:
    case WEIR_NODE_MATCHES: truth = eval_text(node, notification, scratch); break;
    default: truth = eval_is(node, notification);
    }
    return node->negated ? weiri_truth_not(truth) : truth;
}

enum weir_truth weir_node_eval(const struct weir_node *node,
                               const struct weir_notification *notification,
                               struct weir_scratch *scratch)
{
    return eval_truth(node, notification, scratch, 0);
}

enum weir_truth weir_filter_eval(const struct weir_filter *filter,
                                 const struct weir_notification *notification,
                                 struct weir_scratch *scratch)
{
    weir_scratch_renew(scratch);
    return eval_truth(filter->tree, notification, scratch, 0);
}

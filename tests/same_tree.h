/* same_tree.h - equality of syntax trees: all that a tree says, places in the text aside. */
#ifndef TESTS_SAME_TREE_H
#define TESTS_SAME_TREE_H

#include <weir/tree.h>

static inline bool same_value(const struct weir_value *a, const struct weir_value *b)
{
    return a->type == b->type && weir_value_equal(a, b);
}

static inline bool same_tree(const struct weir_node *a, const struct weir_node *b)
{
    if (a->kind != b->kind || a->negated != b->negated || a->bare != b->bare ||
        a->compare != b->compare || a->truth != b->truth || a->type != b->type ||
        a->child_count != b->child_count || a->value_count != b->value_count ||
        a->escape != b->escape)
        return false;
    if (a->kind == WEIR_NODE_LITERAL)
        return same_value(&a->literal, &b->literal);
    if (a->kind != WEIR_NODE_IN && !weir_str_equal(a->text, b->text))
        return false;
    for (uint32_t i = 0; i < a->value_count; i++) {
        if (!same_value(&a->values[i], &b->values[i]))
            return false;
    }
    for (uint32_t i = 0; i < a->child_count; i++) {
        if (!same_tree(a->child[i], b->child[i]))
            return false;
    }
    return true;
}

#endif /* TESTS_SAME_TREE_H */

/* tree.h - the operations of a filter's tree as JSON names them. */
#ifndef WEIR_JSON_TREE_H
#define WEIR_JSON_TREE_H

#include "internal.h"

#include <weir/tree.h>

/* What an operation has besides its parts. */
enum weiri_extra { EXTRA_NONE, EXTRA_VALUES, EXTRA_PATTERN, EXTRA_TEXT, EXTRA_TYPE };

struct weiri_operation {
    const char *name;
    enum weir_node_kind kind;
    enum weir_compare compare;
    uint32_t parts; /* exactly; 0: one or more */
    enum weiri_extra extra;
    bool negatable; /* may have "not":true */
};

/* NULL for what is none. */
const struct weiri_operation *weiri_operation_named(struct weir_str name);
/* Of a node that is neither CONSTANT, LITERAL nor ATTR. */
const struct weiri_operation *weiri_operation_of(const struct weir_node *node);

/* The types of IS; `null` is WEIR_NODE_IS_NULL. */
const char *weiri_type_name(const struct weir_node *node);
/* False for what is no type. */
bool weiri_type_named(struct weir_node *node, struct weir_str name);

#endif /* WEIR_JSON_TREE_H */

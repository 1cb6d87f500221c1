/* tree.h - the syntax tree of a filter, as the compiler leaves it: typed, aliases resolved,
 * constants folded.  Read by the evaluator, the printer, the normal form and the JSON form.
 *
 * Nodes live in their filter's arena and die with it. */
#ifndef WEIR_TREE_H
#define WEIR_TREE_H

#include <weir/value.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_node_kind {
    /* truth-valued */
    WEIR_NODE_CONSTANT, /* .truth */
    WEIR_NODE_AND,      /* child[0..], two or more, none of them AND */
    WEIR_NODE_OR,       /* child[0..], two or more, none of them OR */
    WEIR_NODE_NOT,      /* child[0] */
    WEIR_NODE_COMPARE,  /* child[0] .compare child[1] */
    WEIR_NODE_IN,       /* child[0] [NOT] IN .values */
    WEIR_NODE_BETWEEN,  /* child[0] [NOT] BETWEEN child[1] AND child[2] */
    WEIR_NODE_LIKE,     /* child[0] [NOT] LIKE .text, .escape */
    WEIR_NODE_STARTS,   /* child[0] [NOT] STARTS WITH .text */
    WEIR_NODE_ENDS,     /* child[0] [NOT] ENDS WITH .text */
    WEIR_NODE_CONTAINS, /* child[0] [NOT] CONTAINS .text */
    WEIR_NODE_MATCHES,  /* child[0] [NOT] MATCHES .text, compiled in .regex */
    WEIR_NODE_EXISTS,   /* EXISTS(child[0]), an attribute; two-valued */
    WEIR_NODE_IS_NULL,  /* child[0] IS [NOT] NULL, an attribute; two-valued */
    WEIR_NODE_IS_TYPE,  /* child[0] IS [NOT] .type, an attribute; two-valued */
    /* operands */
    WEIR_NODE_LITERAL, /* .literal */
    WEIR_NODE_ATTR,    /* .text is its name; as a truth value it stands inside COMPARE = TRUE */
    WEIR_NODE_ADD,
    WEIR_NODE_SUBTRACT,
    WEIR_NODE_MULTIPLY,
    WEIR_NODE_DIVIDE,
    WEIR_NODE_MODULO,
    WEIR_NODE_NEGATE /* child[0] */
};

enum weir_compare { WEIR_EQ, WEIR_NE, WEIR_LT, WEIR_LE, WEIR_GT, WEIR_GE };

/* Kleene's three values; AND is the minimum, OR the maximum, NOT the mirror. */
enum weir_truth { WEIR_FALSE, WEIR_UNKNOWN, WEIR_TRUE };

/* One cache line: a text of 4 KiB may have four thousand of them.  Fields that share their place
 * belong to different kinds of nodes. */
struct weir_node {
    enum weir_node_kind kind : 8;
    enum weir_compare compare : 4;
    enum weir_truth truth : 4;
    enum weir_type type : 4; /* IS_TYPE */
    bool negated : 1;        /* [NOT] of IN to IS_TYPE, but for EXISTS */
    bool bare : 1;           /* COMPARE that was written as a bare attribute (= TRUE) */
    uint32_t escape;         /* LIKE: code point, 0 for none */
    uint32_t offset, length; /* the node's place in the filter's text */
    uint32_t child_count;
    uint32_t value_count; /* IN */
    struct weir_node **child;
    union {
        struct weir_value literal;
        struct weir_value *values; /* IN: sorted, distinct (5 and 5.0 are one) */
        struct weir_str text;      /* all others: name, pattern, prefix, ... */
    };
    union {
        struct weir_regex *regex; /* MATCHES; opaque outside filters */
        struct weir_glob *glob;   /* LIKE and CONTAINS; opaque outside filters */
    };
};

struct weir_filter;

/* The root, borrowed from the filter: a truth-valued node. */
const struct weir_node *weir_filter_tree(const struct weir_filter *filter);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_TREE_H */

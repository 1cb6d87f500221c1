/* leaf.h - one predicate of a filter as a conjunction: domains, and a residual where those do not
 * say it all. */
#ifndef WEIRI_LEAF_H
#define WEIRI_LEAF_H

#include "conjunctions.h"

enum weiri_leaf {
    WEIRI_LEAF_NEVER,
    WEIRI_LEAF_CONJUNCTION, /* just where the predicate is TRUE */
    WEIRI_LEAF_WIDER,       /* a residual had to be left out */
    WEIRI_LEAF_OUT_OF_MEMORY
};

/* True of what weiri_leaf_lower accepts. */
bool weiri_leaf_is_predicate(const struct weir_node *node);

/* Where the predicate, or if `negated` its negation, is TRUE.  `node` is neither a connective nor
 * BETWEEN.  Compiles residuals to make sure that their text can travel: `alloc` is for that. */
enum weiri_leaf weiri_leaf_lower(struct weir_conjunction *out, const struct weir_node *node,
                                 bool negated, struct weiri_workshop *shop,
                                 const struct weir_alloc *alloc);

#endif /* WEIRI_LEAF_H */

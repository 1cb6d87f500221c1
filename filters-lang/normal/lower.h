/* lower.h - from a filter's tree to its disjunction of conjunctions. */
#ifndef WEIRI_LOWER_H
#define WEIRI_LOWER_H

#include "conjunctions.h"

/* What lowering may take before it makes do with hulls. */
#define WEIRI_LOWER_MEMORY (352u * 1024u)

/* Fills `out` with at most WEIR_CONJUNCTIONS_MAX conjunctions in canonical order, pairwise without
 * cover or merger; *exact is false where they are wider than the tree.  What they hold is borrowed
 * from the shop's pool and from the tree.  Trees that differ in the order, grouping or repetition
 * of operands, or in where NOT stands, give equal conjunctions.  False when memory has run out. */
bool weiri_lower(struct weiri_disjunction *out, bool *exact, const struct weir_node *tree,
                 struct weiri_workshop *shop, const struct weir_alloc *alloc);

#endif /* WEIRI_LOWER_H */

/* lower.h - from a filter's tree to its disjunction of conjunctions. */
#ifndef WEIRI_LOWER_H
#define WEIRI_LOWER_H

#include "conjunctions.h"

/* Fills `out` with at most WEIR_CONJUNCTIONS_MAX conjunctions in canonical order, pairwise without
 * cover or merger; *exact is false where they are wider than the tree.  What they hold is borrowed
 * from the shop's pool and from the tree.  False when memory has run out. */
bool weiri_lower(struct weiri_disjunction *out, bool *exact, const struct weir_node *tree,
                 struct weiri_workshop *shop, const struct weir_alloc *alloc);

#endif /* WEIRI_LOWER_H */

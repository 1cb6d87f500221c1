/* conformance.h - what may be published under an advertisement, by the letter of FILTERS.md.
 *
 * The disjunctive normal form is written out as it comes, nothing merged and nothing dropped; each
 * literal is evaluated by the tree's evaluator.  A conjunction allows a notification when it names
 * every attribute of it ($ attributes aside), and each of its literals whose attributes are all
 * there is TRUE; the empty one allows everything, and one that contradicts itself nothing.  Whether
 * it contradicts itself is tried out with the values that the caller gives, and left open where
 * that does not decide it. */
#ifndef TESTS_ALGEBRA_CONFORMANCE_H
#define TESTS_ALGEBRA_CONFORMANCE_H

#include "neighbours.h"

struct conformance;

/* NULL when the form has too many conjunctions to write out.  `tree` outlives it. */
struct conformance *conformance_create(const struct weir_node *tree,
                                       const struct neighbours *neighbours,
                                       struct weir_scratch *scratch);
void conformance_destroy(struct conformance *conformance);

/* WEIR_UNKNOWN where it hangs on whether a conjunction contradicts itself. */
enum weir_truth conformance_of(const struct conformance *conformance,
                               const struct weir_notification *notification,
                               struct weir_scratch *scratch);

#endif /* TESTS_ALGEBRA_CONFORMANCE_H */

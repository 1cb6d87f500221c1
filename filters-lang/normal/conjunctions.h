/* conjunctions.h - conjunctions, and disjunctions of them that stay without superfluous members.
 */
#ifndef WEIRI_CONJUNCTIONS_H
#define WEIRI_CONJUNCTIONS_H

#include "workshop.h"

struct weiri_disjunction {
    struct weir_conjunction *v;
    uint32_t count, capacity;
};

/* Errs only to false, as when the work runs out. */
bool weiri_conjunction_covers(const struct weir_conjunction *wide,
                              const struct weir_conjunction *narrow, struct weiri_meter *meter);
/* Each residual of `wide` is one of `narrow`. */
bool weiri_residuals_within(const struct weir_conjunction *wide,
                            const struct weir_conjunction *narrow);
/* A total order of canonical conjunctions. */
int weiri_conjunction_compare(const struct weir_conjunction *a, const struct weir_conjunction *b);
const struct weir_domain *weiri_conjunction_find(const struct weir_conjunction *conjunction,
                                                 struct weir_str name);

/* Makes *out what is in both; false if nothing is, or memory has run out. */
bool weiri_conjunction_intersect(struct weir_conjunction *out, const struct weir_conjunction *a,
                                 const struct weir_conjunction *b, struct weiri_workshop *shop);

/* The same of `count`, which may be none. */
bool weiri_conjunction_intersect_all(struct weir_conjunction *out, const struct weir_conjunction *v,
                                     uint32_t count, struct weiri_workshop *shop);

/* Adds a member; false when memory has run out. */
bool weiri_disjunction_push(struct weiri_disjunction *d, const struct weir_conjunction *conjunction,
                            struct weiri_workshop *shop);
/* Drops members that others cover, and merges those that differ in one attribute where the union
 * of its domains is a domain.  What is left is in canonical order, pairwise without cover or
 * merger, and depends on the set of members alone; reducing it again changes nothing.  False when
 * the budget or memory has run out; the disjunction is then of no further use. */
bool weiri_disjunction_reduce(struct weiri_disjunction *d, struct weiri_workshop *shop);
/* Makes *out one conjunction that covers all `count`, at least one; false when memory has run
 * out. */
bool weiri_conjunction_hull(struct weir_conjunction *out, const struct weir_conjunction *v,
                            uint32_t count, struct weiri_workshop *shop);

/* ---- for reducing */

/* Makes a settled conjunction of an advertisement canonical after a change to it; leaves any other
 * as it is.  False when memory has run out. */
bool weiri_conjunction_resettle(struct weir_conjunction *conjunction, struct weiri_workshop *shop);

/* True when `wide` makes `narrow` superfluous beside it, and will in every product. */
bool weiri_conjunction_absorbs(const struct weir_conjunction *wide,
                               const struct weir_conjunction *narrow,
                               const struct weiri_workshop *shop);
/* Compares all but the constraint on `name`. */
int weiri_conjunction_compare_rest(const struct weir_conjunction *a,
                                   const struct weir_conjunction *b, struct weir_str name);

#endif /* WEIRI_CONJUNCTIONS_H */

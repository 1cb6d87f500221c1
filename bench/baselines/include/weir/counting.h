/* counting.h - the counting algorithm, to compare the matcher with.
 *
 * As in Siena, Gryphon and the work before them: constraints become predicates, equal ones of an
 * attribute share what they are found by (a value, or a bound in sorted order), and each predicate
 * that a notification satisfies counts for all conjunctions that have it.  A conjunction whose
 * count is complete matches.  Filters are added, then sealed; they are not removed. */
#ifndef WEIR_COUNTING_H
#define WEIR_COUNTING_H

#include <weir/normal.h>

struct weiri_counting;

/* Ids, each once, in no particular order; borrowed until the next match. */
struct weiri_counted {
    const uint32_t *v;
    size_t count;
    bool undecided; /* a residual ran out of its budget and counts as not TRUE */
};

WEIR_MUST_USE enum weir_err weiri_counting_create(struct weiri_counting **out,
                                                  const struct weir_alloc *alloc);
void weiri_counting_destroy(struct weiri_counting *counting);
/* Before it is sealed.  `normal` is referred to and has to outlive it.  After WEIR_ENOMEM only
 * destroying is left. */
WEIR_MUST_USE enum weir_err weiri_counting_add(struct weiri_counting *counting, uint32_t id,
                                               const struct weir_normal *normal);
WEIR_MUST_USE enum weir_err weiri_counting_seal(struct weiri_counting *counting);
/* After it is sealed. */
struct weiri_counted weiri_counting_match(struct weiri_counting *counting,
                                          const struct weir_notification *notification);

#endif /* WEIR_COUNTING_H */

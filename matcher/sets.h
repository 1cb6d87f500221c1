/* sets.h - finite sets of a slot's codes that are no interval, numbered, for columns of blocks.
 *
 * `admits[code]` has bit n set where set n has the code, so that a look at it tells of 64 rows
 * whether their sets have a notification's code.  Set 0 has all codes.  A number is given out again
 * only when no reader can see a row that has it. */
#ifndef WEIRI_SETS_H
#define WEIRI_SETS_H

#include "codes.h"

#include <stdatomic.h>

#define WEIRI_SETS_MAX 64u
#define WEIRI_SET_ALL 0u

struct weiri_sets {
    const struct weir_alloc *alloc;
    uint32_t users; /* the slot, and the columns of blocks that point here */
    uint32_t rows[WEIRI_SETS_MAX];
    struct weiri_code_set sets[WEIRI_SETS_MAX];
    _Atomic uint64_t admits[256];
};

/* With one user; NULL for want of memory. */
WEIR_MUST_USE struct weiri_sets *weiri_sets_create(const struct weir_alloc *alloc);
/* One user less; the last one releases it. */
void weiri_sets_leave(struct weiri_sets *sets);
/* The number of a set, for one more row; WEIRI_SET_ALL where there are too many others.  O(64). */
uint8_t weiri_sets_hold(struct weiri_sets *sets, const struct weiri_code_set *set);
void weiri_sets_let_go(struct weiri_sets *sets, uint8_t number);
/* The least and the greatest code of a set. */
void weiri_sets_hull(const struct weiri_sets *sets, uint8_t number, uint8_t *low, uint8_t *high);

#endif /* WEIRI_SETS_H */

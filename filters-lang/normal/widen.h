/* widen.h - the conjunctions that may stand for several, from narrow to wide. */
#ifndef WEIRI_WIDEN_H
#define WEIRI_WIDEN_H

#include "conjunctions.h"

#define WEIRI_WIDENED_MAX 10

struct weiri_widened {
    struct weir_conjunction v[WEIRI_WIDENED_MAX]; /* the first is within all others */
    uint32_t count;
};

/* Conjunctions that each cover all `count` given ones, at least one; without the one that matches
 * everything, unless it is the first.  False when memory has run out. */
bool weiri_widen(struct weiri_widened *out, const struct weir_conjunction *v, uint32_t count,
                 struct weiri_workshop *shop);

#endif /* WEIRI_WIDEN_H */

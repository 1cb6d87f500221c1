/* disjoint.h - conjunctions that no notification satisfies together. */
#ifndef WEIRI_DISJOINT_H
#define WEIRI_DISJOINT_H

#include "record.h"

/* True only if some attribute may have no value that both records admit.  O(constraints and
 * intervals). */
bool weiri_records_disjoint(const struct weir_matcher *m, const uint8_t *a, const uint8_t *b);

#endif /* WEIRI_DISJOINT_H */

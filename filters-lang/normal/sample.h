/* sample.h - what a conjunction matches of a sample of notifications. */
#ifndef WEIRI_SAMPLE_H
#define WEIRI_SAMPLE_H

#include <weir/merge.h>

#include "conjunctions.h"

/* Adds to *bits what the conjunction matches, or allows; notifications whose bit is set already are
 * passed over.  False when the work runs out. */
bool weiri_sample_add(uint64_t *bits, enum weir_filter_role role,
                      const struct weir_conjunction *conjunction, const struct weir_sample *sample,
                      struct weiri_meter *meter);
/* Of what either matches; `more` may be NULL. */
struct weir_share weiri_sample_share(const uint64_t *bits, const uint64_t *more,
                                     const uint64_t *wanted, size_t words);

#endif /* WEIRI_SAMPLE_H */

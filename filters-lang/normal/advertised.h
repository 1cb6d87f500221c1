/* advertised.h - conjunctions of advertisements.
 *
 * Such a conjunction says which attributes a notification may have, and their values: what it does
 * not list is forbidden, what it lists may be absent.  So its domains say nothing of absence, it
 * keeps attributes that may have any value, and it widens with each attribute it lists.
 *
 * `$`-attributes are stamped on every notification, or unrestricted, and take no part; but `$type`
 * does where it is listed. */
#ifndef WEIRI_ADVERTISED_H
#define WEIRI_ADVERTISED_H

#include "conjunctions.h"

/* Lists nothing, and so allows everything. */
bool weiri_advertised_is_empty(const struct weir_conjunction *conjunction);
/* False of `$`-attributes, which are allowed even where they are not listed. */
bool weiri_advertised_restricts(struct weir_str name);
/* False of those that no advertisement speaks of. */
bool weiri_advertised_speaks_of(struct weir_str name);

/* All that `narrow` allows, `wide` allows.  Errs only to false, as when the work runs out.  For
 * canonical conjunctions. */
bool weiri_advertised_covers(const struct weir_conjunction *wide,
                             const struct weir_conjunction *narrow, struct weiri_meter *meter);

/* Within the budget that is left; a residual that runs out of it does not hold. */
bool weiri_advertised_conforms(const struct weir_conjunction *adv,
                               const struct weir_notification *notification,
                               struct weir_scratch *scratch);

/* From a conjunction of predicates to the canonical one of an advertisement; false when memory has
 * run out. */
bool weiri_advertised_settle(struct weir_conjunction *out, const struct weir_conjunction *in,
                             struct weiri_workshop *shop);

/* True when of the tree's conjunctions one is empty: TRUE with nothing beside it. */
bool weiri_advertised_allows_all(const struct weir_node *tree);

#endif /* WEIRI_ADVERTISED_H */

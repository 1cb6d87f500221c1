/* pick.h - filters that a user of the data at hand might write, drawn from the data themselves. */
#ifndef WEIR_DEMO_PICK_H
#define WEIR_DEMO_PICK_H

#include "demo.h"

/* Writes demo->subscriber_count filters: equality on the most telling string attribute, ranges at
 * quantiles of the numbers that go with it, lists, prefixes, alternatives and negations.  Same rows
 * and seed, same filters. */
void pick_filters(struct demo *demo, uint64_t seed);

#endif /* WEIR_DEMO_PICK_H */

/* slots.h - giving attributes codes, and better ones as their constants become known. */
#ifndef WEIRI_SLOTS_H
#define WEIRI_SLOTS_H

#include "internal.h"

void weiri_slots_init(struct weir_matcher *m);
void weiri_slots_fini(struct weir_matcher *m);

/* A constraint on the attribute is about to be placed: its constants are noted, and it gets a slot
 * if there is one left.  For want of memory it goes without. */
void weiri_slots_observe(struct weir_matcher *m, struct weiri_attr *attr,
                         const struct weir_domain *domain);
/* Gives up the attribute's slots; before it is retired. */
void weiri_slots_let_go(struct weir_matcher *m, struct weiri_attr *attr);
/* A bounded piece of the work of moving rows from outdated slots to better ones, if there is any;
 * called with each change of the matcher. */
void weiri_slots_step(struct weir_matcher *m);

#endif /* WEIRI_SLOTS_H */

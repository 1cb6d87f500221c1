/* members.h - the ids that share a form.
 *
 * The first stands in the form, others in arrays behind it, which readers walk while the writer
 * adds and removes: an entry is written once, and GONE when its id is removed. */
#ifndef WEIRI_MEMBERS_H
#define WEIRI_MEMBERS_H

#include "internal.h"

/* False for want of memory. Amortised O(1). */
WEIR_MUST_USE bool weiri_members_add(struct weir_matcher *m, struct weiri_form *form, uint32_t id,
                                     uint32_t group);
/* The id is there.  Linear in the ids of the form. */
void weiri_members_remove(struct weir_matcher *m, struct weiri_form *form, uint32_t id);
/* The only id of a form that has one. */
uint32_t weiri_members_only(const struct weiri_form *form);

static inline uint64_t weiri_member_of(uint32_t id, uint32_t group)
{
    return (uint64_t)group << 32 | id;
}

#endif /* WEIRI_MEMBERS_H */

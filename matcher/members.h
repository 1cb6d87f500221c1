/* members.h - the ids that share a form.
 *
 * One stands in the form, several in arrays behind it, which readers walk while the writer adds and
 * removes: an entry is written once, and GONE when its id is removed. */
#ifndef WEIRI_MEMBERS_H
#define WEIRI_MEMBERS_H

#include "internal.h"

/* False for want of memory.  Amortised O(1). */
WEIR_MUST_USE bool weiri_members_add(struct weir_matcher *m, struct weiri_form *form, uint32_t id,
                                     uint32_t group);
/* The id is there.  Linear in the ids of the form. */
void weiri_members_remove(struct weir_matcher *m, struct weiri_form *form, uint32_t id);
uint32_t weiri_members_count(const struct weiri_form *form);
/* The only id of a form that has one. */
uint32_t weiri_members_only(const struct weiri_form *form);

/* The list, or NULL where there is none. */
static inline struct weiri_members *weiri_members_list(uint64_t members)
{
    return (members & WEIRI_MEMBER_LIST) != 0
               ? (struct weiri_members *)(uintptr_t)(members & ~WEIRI_MEMBER_LIST)
               : NULL;
}

#endif /* WEIRI_MEMBERS_H */

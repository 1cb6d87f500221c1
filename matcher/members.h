/* members.h - the ids that share a form.
 *
 * One stands in the form, several in arrays of at most 256 behind it, each with a range of ids,
 * which readers walk while the writer adds and removes: an entry is GONE when its id is removed,
 * until another one takes its place.  Full arrays are replaced by larger ones, and those by two. */
#ifndef WEIRI_MEMBERS_H
#define WEIRI_MEMBERS_H

#include "internal.h"

/* False for want of memory.  O(log n). */
WEIR_MUST_USE bool weiri_members_add(struct weir_matcher *m, struct weiri_form *form, uint32_t id,
                                     uint32_t group);
/* The id is there.  O(log n). */
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

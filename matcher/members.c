/* members.c - see members.h. */
#include "members.h"

#include "names.h"

#define CAPACITY_MIN 4u
#define CAPACITY_MAX 1024u

static void release_members(struct weiri_retired *block, void *owner);

bool weiri_members_add(struct weir_matcher *m, struct weiri_form *form, uint32_t id, uint32_t group)
{
    const uint32_t handle = weiri_group_hold(m, group);
    const uint64_t member = weiri_member_of(id, handle);
    struct weiri_members *first = form->others, *added;
    uint32_t capacity;

    if (handle == WEIRI_NONE)
        return false;

    if (form->one == WEIRI_MEMBER_GONE) {
        atomic_store_explicit(&form->one, member, memory_order_release);
    } else if (first != NULL && first->count < first->capacity) {
        atomic_store_explicit(&first->v[first->count], member, memory_order_release);
        atomic_store_explicit(&first->count, first->count + 1, memory_order_release);
        first->live++;
    } else {
        capacity = first == NULL ? CAPACITY_MIN : first->capacity * 2;
        if (capacity > CAPACITY_MAX)
            capacity = CAPACITY_MAX;
        added = weiri_alloc_zeroed(m->alloc, 1, sizeof *added + capacity * sizeof added->v[0]);
        if (added == NULL) {
            weiri_group_let_go(m, handle);
            return false;
        }
        added->capacity = capacity;
        added->v[0] = member;
        added->count = added->live = 1;
        added->next = first;
        atomic_store_explicit(&form->others, added, memory_order_release);
    }
    form->member_count++;
    return true;
}

void weiri_members_remove(struct weir_matcher *m, struct weiri_form *form, uint32_t id)
{
    _Atomic(struct weiri_members *) *at = &form->others;

    form->member_count--;
    if (form->one != WEIRI_MEMBER_GONE && (uint32_t)form->one == id) {
        weiri_group_let_go(m, (uint32_t)(form->one >> 32));
        atomic_store_explicit(&form->one, WEIRI_MEMBER_GONE, memory_order_release);
        return;
    }
    for (struct weiri_members *members = *at; members != NULL; at = &members->next, members = *at) {
        for (uint32_t i = 0; i < members->count; i++) {
            if (members->v[i] == WEIRI_MEMBER_GONE || (uint32_t)members->v[i] != id)
                continue;
            weiri_group_let_go(m, (uint32_t)(members->v[i] >> 32));
            atomic_store_explicit(&members->v[i], WEIRI_MEMBER_GONE, memory_order_release);
            if (--members->live == 0) {
                atomic_store_explicit(at, members->next, memory_order_release);
                weiri_retire(&m->retired, &members->retired, release_members);
            }
            return;
        }
    }
}

uint32_t weiri_members_only(const struct weiri_form *form)
{
    if (form->one != WEIRI_MEMBER_GONE)
        return (uint32_t)form->one;
    for (const struct weiri_members *members = form->others;; members = members->next) {
        for (uint32_t i = 0; i < members->count; i++) {
            if (members->v[i] != WEIRI_MEMBER_GONE)
                return (uint32_t)members->v[i];
        }
    }
}

static void release_members(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}

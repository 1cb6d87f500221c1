/* members.c - see members.h. */
#include "members.h"

#include "names.h"

#define CAPACITY_MIN 4u
#define CAPACITY_MAX 1024u

static struct weiri_members *extend(struct weir_matcher *m, struct weiri_form *form,
                                    struct weiri_members *first);
static void append(struct weiri_members *members, uint64_t member);
static void take_out(struct weir_matcher *m, struct weiri_form *form,
                     struct weiri_members *members);
static void set(struct weiri_form *form, uint64_t members);
static uint64_t tagged(const struct weiri_members *members);
static void release_members(struct weiri_retired *block, void *owner);

bool weiri_members_add(struct weir_matcher *m, struct weiri_form *form, uint32_t id, uint32_t group)
{
    const uint32_t handle = weiri_group_hold(m, group);
    const uint64_t member = (uint64_t)handle << 32 | id;
    struct weiri_members *first = weiri_members_list(form->members);

    if (handle == WEIRI_NONE)
        return false;
    if (form->members == WEIRI_MEMBER_GONE) {
        set(form, member);
        return true;
    }
    if (first == NULL || first->count == first->capacity) {
        first = extend(m, form, first);
        if (first == NULL) {
            weiri_group_let_go(m, handle);
            return false;
        }
    }
    append(first, member);
    first->total++;
    set(form, tagged(first));
    return true;
}

void weiri_members_remove(struct weir_matcher *m, struct weiri_form *form, uint32_t id)
{
    struct weiri_members *const first = weiri_members_list(form->members);

    if (first == NULL) {
        weiri_group_let_go(m, (uint32_t)(form->members >> 32));
        set(form, WEIRI_MEMBER_GONE);
        return;
    }
    first->total--;
    for (struct weiri_members *members = first;; members = members->next) {
        for (uint32_t i = 0; i < members->count; i++) {
            const uint64_t member = members->v[i];

            if (member == WEIRI_MEMBER_GONE || (uint32_t)member != id)
                continue;
            weiri_group_let_go(m, (uint32_t)(member >> 32));
            atomic_store_explicit(&members->v[i], WEIRI_MEMBER_GONE, memory_order_release);
            if (--members->live == 0)
                take_out(m, form, members);
            return;
        }
    }
}

uint32_t weiri_members_count(const struct weiri_form *form)
{
    const struct weiri_members *first = weiri_members_list(form->members);

    return first != NULL ? first->total : form->members != WEIRI_MEMBER_GONE;
}

uint32_t weiri_members_only(const struct weiri_form *form)
{
    const struct weiri_members *members = weiri_members_list(form->members);

    if (members == NULL)
        return (uint32_t)form->members;
    for (;; members = members->next) {
        for (uint32_t i = 0; i < members->count; i++) {
            if (members->v[i] != WEIRI_MEMBER_GONE)
                return (uint32_t)members->v[i];
        }
    }
}

/* A first array with room, not yet the form's; with the only member, where there was no list. */
static struct weiri_members *extend(struct weir_matcher *m, struct weiri_form *form,
                                    struct weiri_members *first)
{
    uint32_t capacity = first == NULL ? CAPACITY_MIN : first->capacity * 2;
    struct weiri_members *added;

    if (capacity > CAPACITY_MAX)
        capacity = CAPACITY_MAX;
    added = weiri_alloc_zeroed(m->alloc, 1, sizeof *added + capacity * sizeof added->v[0]);
    if (added == NULL)
        return NULL;
    added->capacity = capacity;
    added->next = first;
    if (first != NULL) {
        added->total = first->total;
    } else {
        append(added, form->members);
        added->total = 1;
    }
    return added;
}

static void append(struct weiri_members *members, uint64_t member)
{
    atomic_store_explicit(&members->v[members->count], member, memory_order_release);
    atomic_store_explicit(&members->count, members->count + 1, memory_order_release);
    members->live++;
}

static void take_out(struct weir_matcher *m, struct weiri_form *form, struct weiri_members *members)
{
    struct weiri_members *before = weiri_members_list(form->members), *next = members->next;

    if (before != members) {
        while (before->next != members)
            before = before->next;
        atomic_store_explicit(&before->next, next, memory_order_release);
    } else if (next != NULL) {
        next->total = members->total;
        set(form, tagged(next));
    } else {
        set(form, WEIRI_MEMBER_GONE);
    }
    weiri_retire(&m->retired, &members->retired, release_members);
}

static void set(struct weiri_form *form, uint64_t members)
{
    atomic_store_explicit(&form->members, members, memory_order_release);
}

static uint64_t tagged(const struct weiri_members *members)
{
    return (uint64_t)(uintptr_t)members | WEIRI_MEMBER_LIST;
}

static void release_members(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}

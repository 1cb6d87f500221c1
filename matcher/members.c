/* members.c - see members.h. */
#include "members.h"

#include "names.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 4u
#define CAPACITY_MAX 256u

static struct weiri_members *make_room(struct weir_matcher *m, struct weiri_form *form,
                                       uint32_t at);
static struct weiri_members *split(struct weir_matcher *m, struct weiri_form *form, uint32_t at);
static struct weiri_members *create(struct weir_matcher *m, uint32_t capacity, uint32_t low);
static void put(struct weiri_members *members, uint64_t member);
static uint32_t find(const struct weiri_members *members, uint64_t member, uint64_t mask);
static uint32_t position_for(const struct weiri_form *form, uint32_t id);
static struct weiri_members *at_position(const struct weiri_form *form, uint32_t at);
static bool reserve_index(struct weir_matcher *m, struct weiri_form *form);
static void replace(struct weir_matcher *m, struct weiri_form *form, uint32_t at,
                    struct weiri_members *by);
static void take_out(struct weir_matcher *m, struct weiri_form *form, uint32_t at);
static int compare_ids(const void *a, const void *b);
static void set(struct weiri_form *form, uint64_t members);
static uint64_t tagged(const struct weiri_members *members);
static void release_members(struct weiri_retired *block, void *owner);

bool weiri_members_add(struct weir_matcher *m, struct weiri_form *form, uint32_t id, uint32_t group)
{
    const uint32_t handle = weiri_group_hold(m, group);
    const uint64_t member = (uint64_t)handle << 32 | id;
    struct weiri_members *members;

    if (handle == WEIRI_NONE)
        return false;
    if (form->members == WEIRI_MEMBER_GONE) {
        set(form, member);
        return true;
    }
    if (weiri_members_list(form->members) == NULL) {
        members = create(m, CAPACITY_MIN, 0);
        if (members != NULL) {
            put(members, form->members);
            set(form, tagged(members));
        }
    } else {
        const uint32_t at = position_for(form, id);

        members = at_position(form, at);
        if (members->live == members->capacity)
            members = make_room(m, form, at);
        if (members != NULL && members->low > id) /* they were split */
            members = at_position(form, position_for(form, id));
    }
    if (members == NULL) {
        weiri_group_let_go(m, handle);
        return false;
    }
    put(members, member);
    if (weiri_members_list(form->members)->index != NULL)
        weiri_members_list(form->members)->index->total++;
    return true;
}

void weiri_members_remove(struct weir_matcher *m, struct weiri_form *form, uint32_t id)
{
    struct weiri_members *const first = weiri_members_list(form->members);
    struct weiri_members *members;
    uint32_t at, entry;

    if (first == NULL) {
        weiri_group_let_go(m, (uint32_t)(form->members >> 32));
        set(form, WEIRI_MEMBER_GONE);
        return;
    }
    at = position_for(form, id);
    members = at_position(form, at);
    entry = find(members, id, UINT32_MAX);
    weiri_group_let_go(m, (uint32_t)(members->v[entry] >> 32));
    atomic_store_explicit(&members->v[entry], WEIRI_MEMBER_GONE, memory_order_release);
    if (first->index != NULL)
        first->index->total--;
    if (--members->live == 0)
        take_out(m, form, at);
}

uint32_t weiri_members_count(const struct weiri_form *form)
{
    const struct weiri_members *first = weiri_members_list(form->members);

    if (first == NULL)
        return form->members != WEIRI_MEMBER_GONE;
    return first->index != NULL ? first->index->total : first->live;
}

uint32_t weiri_members_only(const struct weiri_form *form)
{
    const struct weiri_members *members = weiri_members_list(form->members);

    if (members == NULL)
        return (uint32_t)form->members;
    for (uint32_t i = 0;; i++) {
        if (members->v[i] != WEIRI_MEMBER_GONE)
            return (uint32_t)members->v[i];
    }
}

/* A larger array in place of a full one, or two; NULL for want of memory. */
static struct weiri_members *make_room(struct weir_matcher *m, struct weiri_form *form, uint32_t at)
{
    struct weiri_members *const full = at_position(form, at);
    struct weiri_members *larger;

    if (full->capacity == CAPACITY_MAX)
        return split(m, form, at);
    larger = create(m, full->capacity * 2, full->low);
    if (larger == NULL)
        return NULL;
    for (uint32_t i = 0; i < full->capacity; i++)
        put(larger, full->v[i]);
    larger->next = full->next;
    replace(m, form, at, larger);
    return larger;
}

/* The upper half of the ids go to an array of their own. */
static struct weiri_members *split(struct weir_matcher *m, struct weiri_form *form, uint32_t at)
{
    struct weiri_members *const full = at_position(form, at);
    struct weiri_members *lower, *upper;
    struct weiri_members_index *index;
    uint64_t all[CAPACITY_MAX];

    for (uint32_t i = 0; i < CAPACITY_MAX; i++)
        all[i] = full->v[i];
    qsort(all, CAPACITY_MAX, sizeof all[0], compare_ids);
    if (!reserve_index(m, form))
        return NULL;
    lower = create(m, CAPACITY_MAX, full->low);
    upper = create(m, CAPACITY_MAX, (uint32_t)all[CAPACITY_MAX / 2]);
    if (lower == NULL || upper == NULL) {
        weiri_release(m->alloc, lower);
        weiri_release(m->alloc, upper);
        return NULL;
    }
    for (uint32_t i = 0; i < CAPACITY_MAX; i++)
        put(i < CAPACITY_MAX / 2 ? lower : upper, all[i]);
    upper->next = full->next;
    lower->next = upper;
    replace(m, form, at, lower);
    index = weiri_members_list(form->members)->index;
    memmove(index->v + at + 2, index->v + at + 1, (index->count - at - 1) * sizeof index->v[0]);
    index->v[at + 1] = upper;
    index->count++;
    return upper;
}

static struct weiri_members *create(struct weir_matcher *m, uint32_t capacity, uint32_t low)
{
    struct weiri_members *made =
        weiri_alloc_zeroed(m->alloc, 1, sizeof *made + capacity * sizeof made->v[0]);

    if (made == NULL)
        return NULL;
    made->capacity = capacity;
    made->low = low;
    return made;
}

/* There is room. */
static void put(struct weiri_members *members, uint64_t member)
{
    const uint32_t at = members->count < members->capacity
                            ? members->count
                            : find(members, WEIRI_MEMBER_GONE, UINT64_MAX);

    atomic_store_explicit(&members->v[at], member, memory_order_release);
    if (at == members->count)
        atomic_store_explicit(&members->count, at + 1, memory_order_release);
    members->live++;
}

/* Where it stands, of those that are there; `mask`: the bits that have to agree. */
static uint32_t find(const struct weiri_members *members, uint64_t member, uint64_t mask)
{
    uint32_t at = 0;

    while (((members->v[at] ^ member) & mask) != 0 ||
           (members->v[at] == WEIRI_MEMBER_GONE) != (member == WEIRI_MEMBER_GONE))
        at++;
    return at;
}

/* Of the array that the id belongs to.  O(log n). */
static uint32_t position_for(const struct weiri_form *form, uint32_t id)
{
    const struct weiri_members_index *index = weiri_members_list(form->members)->index;
    uint32_t low = 0, high = index != NULL ? index->count : 1;

    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;

        if (index->v[middle]->low <= id)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static struct weiri_members *at_position(const struct weiri_form *form, uint32_t at)
{
    struct weiri_members *first = weiri_members_list(form->members);

    return first->index != NULL ? first->index->v[at] : first;
}

/* Room for one more array. */
static bool reserve_index(struct weir_matcher *m, struct weiri_form *form)
{
    struct weiri_members *first = weiri_members_list(form->members);
    struct weiri_members_index *index = first->index, *larger;
    const uint32_t count = index != NULL ? index->count : 1;

    if (index != NULL && index->count < index->capacity)
        return true;
    larger = weiri_resize(m->alloc, index, sizeof *larger + 2 * count * sizeof larger->v[0]);
    if (larger == NULL)
        return false;
    if (index == NULL) {
        larger->total = first->live;
        larger->count = 1;
        larger->v[0] = first;
    }
    larger->capacity = 2 * count;
    first->index = larger;
    return true;
}

/* Another array, or the first of several, in its place; `next` leads on. */
static void replace(struct weir_matcher *m, struct weiri_form *form, uint32_t at,
                    struct weiri_members *by)
{
    struct weiri_members *old = at_position(form, at);
    struct weiri_members_index *index = weiri_members_list(form->members)->index;

    if (at == 0) {
        by->index = index;
        set(form, tagged(by));
    } else {
        atomic_store_explicit(&index->v[at - 1]->next, by, memory_order_release);
    }
    if (index != NULL)
        index->v[at] = by;
    weiri_retire(&m->retired, &old->retired, release_members);
}

/* An array without members. */
static void take_out(struct weir_matcher *m, struct weiri_form *form, uint32_t at)
{
    struct weiri_members *old = at_position(form, at), *next = old->next;
    struct weiri_members_index *index = weiri_members_list(form->members)->index;

    if (at > 0) {
        atomic_store_explicit(&index->v[at - 1]->next, next, memory_order_release);
    } else if (next != NULL) {
        next->low = 0;
        next->index = index;
        set(form, tagged(next));
    } else {
        weiri_release(m->alloc, index);
        index = NULL;
        set(form, WEIRI_MEMBER_GONE);
    }
    if (index != NULL) {
        index->count--;
        memmove(index->v + at, index->v + at + 1, (index->count - at) * sizeof index->v[0]);
    }
    weiri_retire(&m->retired, &old->retired, release_members);
}

static int compare_ids(const void *a, const void *b)
{
    const uint32_t one = (uint32_t) * (const uint64_t *)a, other = (uint32_t) * (const uint64_t *)b;

    return one < other ? -1 : one > other;
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

/* matcher.c - adding and removing filters.
 *
 * Adding obtains all memory first; what a failure leaves behind is larger room, never a change. */
#include <assert.h>

#include "internal.h"

static struct weiri_member *find_member(const struct weir_matcher *m, uint32_t id);
static struct weiri_pair *find_pair(const struct weir_matcher *m, const struct weiri_form *form,
                                    uint32_t group);
static bool reserve(struct weir_matcher *m, struct weiri_form *form);
static bool join(struct weir_matcher *m, struct weiri_form *form, uint32_t id, uint32_t group);
static struct weiri_pair *add_pair(struct weir_matcher *m, struct weiri_form *form,
                                   struct weiri_pair *pair, struct weiri_group *group);
static void remove_pair(struct weir_matcher *m, struct weiri_pair *pair);
static uint32_t hash_number(uint32_t number);
static uint32_t hash_pair(const struct weiri_form *form, uint32_t group);

enum weir_err weir_matcher_create(struct weir_matcher **out, const struct weir_alloc *alloc)
{
    struct weir_matcher *m;

    assert(out != NULL);
    m = weiri_alloc_zeroed(alloc, 1, sizeof *m);
    if (m == NULL)
        return WEIR_ENOMEM;
    m->alloc = alloc;
    *out = m;
    return WEIR_OK;
}

void weir_matcher_destroy(struct weir_matcher *m)
{
    if (m == NULL)
        return;
    while (m->members.count > 0) {
        const struct weiri_member *member = m->members.items[m->members.used - 1];

        if (member != NULL)
            weir_matcher_remove(m, member->id);
        else
            m->members.used--; /* its slot is on the free stack, but nothing is added any more */
    }
    weiri_slots_fini(&m->forms, m->alloc);
    weiri_slots_fini(&m->attrs, m->alloc);
    weiri_slots_fini(&m->buckets, m->alloc);
    weiri_slots_fini(&m->members, m->alloc);
    weiri_slots_fini(&m->pairs, m->alloc);
    weiri_slots_fini(&m->groups, m->alloc);
    weiri_indexmap_fini(&m->form_map, m->alloc);
    weiri_indexmap_fini(&m->attr_map, m->alloc);
    weiri_indexmap_fini(&m->bucket_map, m->alloc);
    weiri_indexmap_fini(&m->member_map, m->alloc);
    weiri_indexmap_fini(&m->pair_map, m->alloc);
    weiri_indexmap_fini(&m->group_map, m->alloc);
    weiri_release(m->alloc, m->always.v);
    weiri_release(m->alloc, m);
}

enum weir_err weir_matcher_add(struct weir_matcher *m, uint32_t id, uint32_t group,
                               const struct weir_normal *normal)
{
    struct weiri_form *form;

    assert(m != NULL);
    assert(normal != NULL);
    if (find_member(m, id) != NULL)
        return WEIR_EEXIST;
    form = weiri_form_find(m, normal);
    if (form == NULL) {
        enum weir_err err = weiri_form_create(&form, m, normal);

        if (err != WEIR_OK)
            return err;
    }
    if (reserve(m, form) && join(m, form, id, group))
        return WEIR_OK;
    if (form->member_count == 0)
        weiri_form_destroy(m, form);
    return WEIR_ENOMEM;
}

bool weir_matcher_remove(struct weir_matcher *m, uint32_t id)
{
    struct weiri_member *member = find_member(m, id);
    struct weiri_form *form;
    struct weiri_member *last;

    if (member == NULL)
        return false;
    form = member->pair->form;
    last = form->members[--form->member_count];
    form->members[member->index] = last;
    last->index = member->index;
    if (--member->pair->count == 0)
        remove_pair(m, member->pair);
    weiri_indexmap_remove(&m->member_map, hash_number(id), member->slot, m->alloc);
    weiri_slots_remove(&m->members, member->slot, m->alloc);
    weiri_release(m->alloc, member);
    if (form->member_count == 0)
        weiri_form_destroy(m, form);
    return true;
}

size_t weir_matcher_count(const struct weir_matcher *m)
{
    return m->members.count;
}

struct weiri_group *weiri_group_find(const struct weir_matcher *m, uint32_t group)
{
    const uint32_t hash = hash_number(group);
    uint32_t cursor = hash, slot;

    while ((slot = weiri_indexmap_next(&m->group_map, hash, &cursor)) != WEIRI_INDEXMAP_NONE) {
        struct weiri_group *found = m->groups.items[slot];

        if (found->group == group)
            return found;
    }
    return NULL;
}

struct weir_access weir_matcher_access(const struct weir_matcher *m, uint32_t id, uint32_t index)
{
    const struct weiri_member *member = find_member(m, id);

    assert(member != NULL);
    assert(index < member->pair->form->entry_count);
    return weiri_access_of(m, &member->pair->form->entries[index]);
}

static struct weiri_member *find_member(const struct weir_matcher *m, uint32_t id)
{
    const uint32_t hash = hash_number(id);
    uint32_t cursor = hash, slot;

    while ((slot = weiri_indexmap_next(&m->member_map, hash, &cursor)) != WEIRI_INDEXMAP_NONE) {
        struct weiri_member *member = m->members.items[slot];

        if (member->id == id)
            return member;
    }
    return NULL;
}

static struct weiri_pair *find_pair(const struct weir_matcher *m, const struct weiri_form *form,
                                    uint32_t group)
{
    const uint32_t hash = hash_pair(form, group);
    uint32_t cursor = hash, slot;

    while ((slot = weiri_indexmap_next(&m->pair_map, hash, &cursor)) != WEIRI_INDEXMAP_NONE) {
        struct weiri_pair *pair = m->pairs.items[slot];

        if (pair->form == form && pair->group->group == group)
            return pair;
    }
    return NULL;
}

/* Room for one more member, pair and group. */
static bool reserve(struct weir_matcher *m, struct weiri_form *form)
{
    struct weiri_member **members;
    struct weiri_pair **pairs;

    if (!weiri_indexmap_reserve(&m->member_map, m->alloc) ||
        !weiri_slots_reserve(&m->members, m->alloc) ||
        !weiri_indexmap_reserve(&m->pair_map, m->alloc) ||
        !weiri_slots_reserve(&m->pairs, m->alloc) ||
        !weiri_indexmap_reserve(&m->group_map, m->alloc) ||
        !weiri_slots_reserve(&m->groups, m->alloc))
        return false;
    members = weiri_array_grow(m->alloc, form->members, &form->member_capacity,
                               (size_t)form->member_count + 1, sizeof(struct weiri_member *));
    if (members == NULL)
        return false;
    form->members = members;
    pairs = weiri_array_grow(m->alloc, form->pairs, &form->pair_capacity,
                             (size_t)form->pair_count + 1, sizeof(struct weiri_pair *));
    if (pairs == NULL)
        return false;
    form->pairs = pairs;
    return true;
}

/* After reserve: what is left to obtain are the objects themselves. */
static bool join(struct weir_matcher *m, struct weiri_form *form, uint32_t id, uint32_t group)
{
    struct weiri_group *in = weiri_group_find(m, group);
    struct weiri_pair *pair = find_pair(m, form, group);
    struct weiri_member *member = weiri_alloc_zeroed(m->alloc, 1, sizeof *member);
    struct weiri_pair *new_pair =
        pair == NULL ? weiri_alloc_zeroed(m->alloc, 1, sizeof *pair) : NULL;
    struct weiri_group *new_group = in == NULL ? weiri_alloc_zeroed(m->alloc, 1, sizeof *in) : NULL;

    if (member == NULL || (pair == NULL && new_pair == NULL) || (in == NULL && new_group == NULL)) {
        weiri_release(m->alloc, member);
        weiri_release(m->alloc, new_pair);
        weiri_release(m->alloc, new_group);
        return false;
    }
    if (in == NULL) {
        in = new_group;
        in->group = group;
        in->slot = weiri_slots_add(&m->groups, in);
        weiri_indexmap_insert(&m->group_map, hash_number(group), in->slot);
    }
    if (pair == NULL)
        pair = add_pair(m, form, new_pair, in);
    pair->count++;
    *member = (struct weiri_member){.id = id, .index = form->member_count, .pair = pair};
    member->slot = weiri_slots_add(&m->members, member);
    weiri_indexmap_insert(&m->member_map, hash_number(id), member->slot);
    form->members[form->member_count++] = member;
    return true;
}

static struct weiri_pair *add_pair(struct weir_matcher *m, struct weiri_form *form,
                                   struct weiri_pair *pair, struct weiri_group *group)
{
    *pair = (struct weiri_pair){.index = form->pair_count, .form = form, .group = group};
    pair->slot = weiri_slots_add(&m->pairs, pair);
    weiri_indexmap_insert(&m->pair_map, hash_pair(form, group->group), pair->slot);
    form->pairs[form->pair_count++] = pair;
    group->count++;
    return pair;
}

static void remove_pair(struct weir_matcher *m, struct weiri_pair *pair)
{
    struct weiri_form *form = pair->form;
    struct weiri_group *group = pair->group;
    struct weiri_pair *last = form->pairs[--form->pair_count];

    form->pairs[pair->index] = last;
    last->index = pair->index;
    weiri_indexmap_remove(&m->pair_map, hash_pair(form, group->group), pair->slot, m->alloc);
    weiri_slots_remove(&m->pairs, pair->slot, m->alloc);
    weiri_release(m->alloc, pair);
    if (--group->count > 0)
        return;
    weiri_indexmap_remove(&m->group_map, hash_number(group->group), group->slot, m->alloc);
    weiri_slots_remove(&m->groups, group->slot, m->alloc);
    weiri_release(m->alloc, group);
}

/* Fibonacci hashing: ids often count up. */
static uint32_t hash_number(uint32_t number)
{
    uint32_t hash = number * UINT32_C(0x9e3779b1);

    return hash ^ hash >> 15;
}

static uint32_t hash_pair(const struct weiri_form *form, uint32_t group)
{
    return hash_number(hash_number(form->slot) + group);
}

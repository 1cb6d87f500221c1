/* names.c - see names.h. */
#include "names.h"

#include "slots.h"

#include <stdlib.h>
#include <string.h>

static bool attr_equal(const void *context, uint32_t handle, const void *key);
static uint32_t attr_hash(const void *context, uint32_t handle);
static bool residual_equal(const void *context, uint32_t handle, const void *key);
static uint32_t residual_hash(const void *context, uint32_t handle);
static uint32_t hash_group(uint32_t group);
static bool group_equal(const void *context, uint32_t handle, const void *key);
static uint32_t group_hash(const void *context, uint32_t handle);
static void release_group(struct weiri_retired *block, void *owner);
static void release_attr(struct weiri_retired *block, void *owner);
static void release_residual(struct weiri_retired *block, void *owner);
static void note_groups(struct weir_matcher *m);
static struct weiri_attr *make_attr(struct weir_matcher *m, struct weir_str name);
static struct weiri_residual *make_residual(struct weir_matcher *m,
                                            const struct weir_residual *residual);

void weiri_names_init(struct weir_matcher *m)
{
    weiri_table_init(&m->attrs, m->alloc);
    weiri_table_init(&m->residuals, m->alloc);
    weiri_map_init(&m->attr_map, attr_equal, attr_hash, m, &m->retired, m->alloc);
    weiri_table_init(&m->groups, m->alloc);
    weiri_map_init(&m->residual_map, residual_equal, residual_hash, m, &m->retired, m->alloc);
    weiri_map_init(&m->group_map, group_equal, group_hash, m, &m->retired, m->alloc);
}

void weiri_names_fini(struct weir_matcher *m)
{
    weiri_map_fini(&m->attr_map);
    weiri_map_fini(&m->residual_map);
    weiri_map_fini(&m->group_map);
    weiri_table_fini(&m->attrs);
    weiri_table_fini(&m->residuals);
    weiri_table_fini(&m->groups);
}

uint32_t weiri_attr_hold(struct weir_matcher *m, struct weir_str name)
{
    const uint32_t hash = weiri_text_hash(name);
    const uint32_t held = weiri_map_find(&m->attr_map, hash, &name);
    struct weiri_attr *attr;

    if (held != WEIRI_MAP_NONE) {
        weiri_attr_at(m, held)->refs++;
        return held;
    }
    if (!weiri_map_reserve(&m->attr_map) || !weiri_table_reserve(&m->attrs))
        return WEIRI_NONE;
    attr = make_attr(m, name);
    if (attr == NULL)
        return WEIRI_NONE;
    attr->hash = hash;
    attr->refs = 1;
    attr->handle = weiri_table_put(&m->attrs, attr);
    weiri_map_insert(&m->attr_map, hash, attr->handle);
    if (m->attrs_near[hash % WEIRI_ATTRS_NEAR] == NULL)
        atomic_store_explicit(&m->attrs_near[hash % WEIRI_ATTRS_NEAR], attr, memory_order_release);
    atomic_store_explicit(&m->version, m->version + 1, memory_order_release);
    return attr->handle;
}

void weiri_attr_let_go(struct weir_matcher *m, uint32_t handle)
{
    struct weiri_attr *attr = weiri_attr_at(m, handle);

    if (--attr->refs > 0)
        return;
    if (m->attrs_near[attr->hash % WEIRI_ATTRS_NEAR] == attr)
        atomic_store_explicit(&m->attrs_near[attr->hash % WEIRI_ATTRS_NEAR], NULL,
                              memory_order_release);
    weiri_map_remove(&m->attr_map, attr->hash, handle);
    weiri_reservoir_fini(&attr->sample, m->alloc);
    weiri_slots_let_go(m, attr);
    weiri_retire(&m->retired, &attr->retired, release_attr);
}

uint32_t weiri_residual_hold(struct weir_matcher *m, const struct weir_residual *residual)
{
    const uint32_t hash = weiri_text_hash(residual->text);
    const uint32_t held = weiri_map_find(&m->residual_map, hash, &residual->text);
    struct weiri_residual *made;

    if (held != WEIRI_MAP_NONE) {
        made = weiri_table_at(&m->residuals, held);
        made->refs++;
        return held;
    }
    if (!weiri_map_reserve(&m->residual_map) || !weiri_table_reserve(&m->residuals))
        return WEIRI_NONE;
    made = make_residual(m, residual);
    if (made == NULL)
        return WEIRI_NONE;
    made->hash = hash;
    made->refs = 1;
    made->handle = weiri_table_put(&m->residuals, made);
    weiri_map_insert(&m->residual_map, hash, made->handle);
    return made->handle;
}

void weiri_residual_let_go(struct weir_matcher *m, uint32_t handle)
{
    struct weiri_residual *residual = weiri_table_at(&m->residuals, handle);

    if (--residual->refs > 0)
        return;
    weiri_map_remove(&m->residual_map, residual->hash, handle);
    weiri_retire(&m->retired, &residual->retired, release_residual);
}

uint32_t weiri_group_hold(struct weir_matcher *m, uint32_t group)
{
    const uint32_t hash = hash_group(group);
    const uint32_t held = weiri_map_find(&m->group_map, hash, &group);
    struct weiri_group *made;

    if (held != WEIRI_MAP_NONE) {
        made = weiri_table_at(&m->groups, held);
        made->refs++;
        return held;
    }
    if (!weiri_map_reserve(&m->group_map) || !weiri_table_reserve(&m->groups))
        return WEIRI_NONE;
    made = weiri_alloc_zeroed(m->alloc, 1, sizeof *made);
    if (made == NULL)
        return WEIRI_NONE;
    made->group = group;
    made->hash = hash;
    made->refs = 1;
    made->handle = weiri_table_put(&m->groups, made);
    weiri_map_insert(&m->group_map, hash, made->handle);
    note_groups(m);
    atomic_store_explicit(&m->groups_made, m->groups_made + 1, memory_order_release);
    return made->handle;
}

void weiri_group_let_go(struct weir_matcher *m, uint32_t handle)
{
    struct weiri_group *group = weiri_table_at(&m->groups, handle);

    if (--group->refs > 0)
        return;
    weiri_map_remove(&m->group_map, group->hash, handle);
    weiri_retire(&m->retired, &group->retired, release_group);
    note_groups(m);
}

uint32_t weiri_group_find(const struct weir_matcher *m, uint32_t group)
{
    return weiri_map_find(&m->group_map, hash_group(group), &group);
}

const struct weiri_group *weiri_group_at(const struct weir_matcher *m, uint32_t handle)
{
    return weiri_table_at(&m->groups, handle);
}

const struct weiri_attr *weiri_attr_find(const struct weir_matcher *m, struct weir_str name)
{
    const uint32_t hash = weiri_text_hash(name);
    const struct weiri_attr *near =
        atomic_load_explicit(&m->attrs_near[hash % WEIRI_ATTRS_NEAR], memory_order_acquire);
    uint32_t handle;

    if (near != NULL && near->hash == hash && weiri_text_equal(near->name, name))
        return near;
    handle = weiri_map_find_by(&m->attr_map, attr_equal, m, hash, &name);
    return handle != WEIRI_MAP_NONE ? weiri_attr_at(m, handle) : NULL;
}

struct weiri_attr *weiri_attr_at(const struct weir_matcher *m, uint32_t handle)
{
    return weiri_table_at(&m->attrs, handle);
}

const struct weiri_residual *weiri_residual_at(const struct weir_matcher *m, uint32_t handle)
{
    return weiri_table_at(&m->residuals, handle);
}

static bool attr_equal(const void *context, uint32_t handle, const void *key)
{
    const struct weir_str *name = key;

    return weiri_text_equal(weiri_attr_at(context, handle)->name, *name);
}

static uint32_t attr_hash(const void *context, uint32_t handle)
{
    return weiri_attr_at(context, handle)->hash;
}

static uint32_t hash_group(uint32_t group)
{
    const uint64_t mixed = (group + UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);

    return (uint32_t)(mixed >> 32 ^ mixed);
}

static bool group_equal(const void *context, uint32_t handle, const void *key)
{
    const uint32_t *group = key;

    return weiri_group_at(context, handle)->group == *group;
}

static uint32_t group_hash(const void *context, uint32_t handle)
{
    return weiri_group_at(context, handle)->hash;
}

static void release_group(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_table_drop(&m->groups, ((struct weiri_group *)block)->handle);
    weiri_release(m->alloc, block);
}

/* What scratches make room for. */
static void note_groups(struct weir_matcher *m)
{
    atomic_store_explicit(&m->group_count, m->group_map.count, memory_order_relaxed);
    atomic_store_explicit(&m->group_size, weiri_table_end(&m->groups), memory_order_relaxed);
}

static bool residual_equal(const void *context, uint32_t handle, const void *key)
{
    const struct weir_str *text = key;

    return weir_str_equal(weiri_residual_at(context, handle)->residual.text, *text);
}

static uint32_t residual_hash(const void *context, uint32_t handle)
{
    return weiri_residual_at(context, handle)->hash;
}

static void release_attr(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;
    struct weiri_attr *attr = (struct weiri_attr *)block;

    weiri_table_drop(&m->attrs, attr->handle);
    weiri_release(m->alloc, attr);
}

static void release_residual(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;
    struct weiri_residual *residual = (struct weiri_residual *)block;

    weiri_table_drop(&m->residuals, residual->handle);
    weir_filter_destroy(residual->filter);
    weiri_release(m->alloc, residual);
}

static struct weiri_attr *make_attr(struct weir_matcher *m, struct weir_str name)
{
    struct weiri_attr *attr = weiri_alloc_zeroed(m->alloc, 1, sizeof *attr + name.len + 1);
    char *copy;

    if (attr == NULL)
        return NULL;
    copy = (char *)(attr + 1);
    memcpy(copy, name.ptr, name.len);
    attr->name = (struct weir_str){copy, name.len};
    return attr;
}

/* A filter of its own, for the normal form that the residual came from may go first. */
static struct weiri_residual *make_residual(struct weir_matcher *m,
                                            const struct weir_residual *residual)
{
    struct weiri_residual *made = weiri_alloc_zeroed(m->alloc, 1, sizeof *made);
    struct weir_diags diags;

    if (made == NULL)
        return NULL;
    /* The text was compiled before: only memory can be lacking. */
    if (weir_filter_compile_printed(&made->filter, residual->text, &diags, m->alloc) != WEIR_OK) {
        weiri_release(m->alloc, made);
        return NULL;
    }
    made->residual.text = weir_filter_text(made->filter);
    made->residual.node = weir_filter_tree(made->filter);
    return made;
}

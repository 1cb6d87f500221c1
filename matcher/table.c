/* table.c - see table.h. */
#include "table.h"

static uint32_t link_of(const void *pointer);
static uint32_t slots_of(uint32_t segment);
static uint32_t first_of(uint32_t segment);
static size_t bytes_of(uint32_t segment);
static void find_room(struct weiri_table *t);
static void drop_empty(struct weiri_table *t);

void weiri_table_init(struct weiri_table *t, const struct weir_alloc *alloc)
{
    *t = (struct weiri_table){.alloc = alloc};
}

void weiri_table_fini(struct weiri_table *t)
{
    for (uint32_t i = 0; i < WEIRI_TABLE_SEGMENTS; i++)
        weiri_release(t->alloc, t->segments[i]);
    weiri_table_init(t, t->alloc);
}

bool weiri_table_reserve(struct weiri_table *t)
{
    struct weiri_table_segment *made;

    find_room(t);
    if (t->room == WEIRI_TABLE_SEGMENTS)
        return false;
    if (t->segments[t->room] != NULL) {
        t->reserved = true;
        return true;
    }
    made = weiri_alloc(t->alloc, bytes_of(t->room));
    if (made == NULL)
        return false;
    made->count = 0;
    made->started = 0;
    made->free = WEIRI_TABLE_NONE;
    t->segments[t->room] = made;
    t->size += bytes_of(t->room);
    t->reserved = true;
    return true;
}

void weiri_table_trim(struct weiri_table *t)
{
    t->reserved = false;
    drop_empty(t);
}

uint32_t weiri_table_put(struct weiri_table *t, void *pointer)
{
    struct weiri_table_segment *s;
    uint32_t slot;

    find_room(t);
    assert(t->room < WEIRI_TABLE_SEGMENTS);
    s = t->segments[t->room];
    assert(s != NULL);
    slot = s->free;
    if (slot == WEIRI_TABLE_NONE)
        slot = s->started++;
    else
        s->free = link_of(atomic_load_explicit(&s->slots[slot], memory_order_relaxed));
    s->count++;
    t->count++;
    t->reserved = false;
    atomic_store_explicit(&s->slots[slot], pointer, memory_order_release);
    return first_of(t->room) + slot;
}

void weiri_table_set(struct weiri_table *t, uint32_t handle, void *pointer)
{
    const struct weiri_table_place at = weiri_table_place(handle);

    atomic_store_explicit(&t->segments[at.segment]->slots[at.slot], pointer, memory_order_release);
}

void weiri_table_drop(struct weiri_table *t, uint32_t handle)
{
    const struct weiri_table_place at = weiri_table_place(handle);
    struct weiri_table_segment *s = t->segments[at.segment];

    assert(s != NULL);
    assert(s->count > 0 && at.slot < s->started);
    /* The list is kept in place of the pointers: nobody looks at those of free handles. */
    atomic_store_explicit(&s->slots[at.slot], (void *)((uintptr_t)s->free << 1 | 1),
                          memory_order_relaxed);
    s->free = at.slot;
    s->count--;
    t->count--;
    if (at.segment < t->room)
        t->room = at.segment;
    if (s->count == 0 && !t->reserved)
        drop_empty(t);
}

uint32_t weiri_table_end(const struct weiri_table *t)
{
    for (uint32_t i = WEIRI_TABLE_SEGMENTS; i-- > 0;) {
        if (t->segments[i] != NULL)
            return first_of(i) + t->segments[i]->started;
    }
    return 0;
}

void *weiri_table_find(const struct weiri_table *t, uint32_t handle)
{
    const struct weiri_table_place at = weiri_table_place(handle);
    const struct weiri_table_segment *s = t->segments[at.segment];
    void *pointer;

    if (s == NULL || at.slot >= s->started)
        return NULL;
    pointer = atomic_load_explicit(&s->slots[at.slot], memory_order_relaxed);
    return ((uintptr_t)pointer & 1) == 0 ? pointer : NULL;
}

size_t weiri_table_bytes(const struct weiri_table *t)
{
    return t->size;
}

static uint32_t link_of(const void *pointer)
{
    return (uint32_t)((uintptr_t)pointer >> 1);
}

static uint32_t slots_of(uint32_t segment)
{
    return UINT32_C(16) << (segment / 4);
}

static uint32_t first_of(uint32_t segment)
{
    return (4 + segment % 4) * slots_of(segment) - 64;
}

static size_t bytes_of(uint32_t segment)
{
    return sizeof(struct weiri_table_segment) + slots_of(segment) * sizeof(_Atomic(void *));
}

static void find_room(struct weiri_table *t)
{
    for (; t->room < WEIRI_TABLE_SEGMENTS; t->room++) {
        const struct weiri_table_segment *s = t->segments[t->room];

        if (s == NULL || s->free != WEIRI_TABLE_NONE || s->started < slots_of(t->room))
            return;
    }
}

/* Segments behind the last one with a handle in use. */
static void drop_empty(struct weiri_table *t)
{
    for (uint32_t i = WEIRI_TABLE_SEGMENTS; i-- > 0;) {
        if (t->segments[i] == NULL)
            continue;
        if (t->segments[i]->count > 0)
            return;
        t->size -= bytes_of(i);
        weiri_release(t->alloc, t->segments[i]);
        t->segments[i] = NULL;
    }
}

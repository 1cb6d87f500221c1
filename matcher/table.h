/* table.h - pointers by small numbers (handles), which are used again.
 *
 * Segments grow with the table and never move: growing copies and clears nothing, and readers on
 * other threads may look up a handle while the writer puts others.  The lowest segment with room is
 * filled first, so that the highest ones run empty and are released. */
#ifndef WEIRI_TABLE_H
#define WEIRI_TABLE_H

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <weir/alloc.h>

/* Handles are 0 to WEIRI_TABLE_LIMIT - 1: a map has 24 bits for them. */
#define WEIRI_TABLE_LIMIT ((UINT32_C(1) << 24) - 64)
#define WEIRI_TABLE_NONE UINT32_MAX
#define WEIRI_TABLE_SEGMENTS 72u /* four of 16 handles, four of 16, four of 32, four of 64, ... */

struct weiri_table_segment {
    uint32_t count;   /* handles in use */
    uint32_t started; /* slots ever used; those behind are not initialised */
    uint32_t
        free; /* the first free slot below `started`; each holds the next one, or NONE, tagged */
    _Atomic(void *) slots[];
};

struct weiri_table {
    const struct weir_alloc *alloc;
    struct weiri_table_segment *segments[WEIRI_TABLE_SEGMENTS]; /* NULL until needed */
    uint32_t count;                                             /* handles in use */
    uint32_t room; /* no segment below this one has room */
    bool reserved;
    size_t size; /* bytes held */
};

void weiri_table_init(struct weiri_table *t, const struct weir_alloc *alloc);
/* Releases the segments, not what the handles point to. */
void weiri_table_fini(struct weiri_table *t);

/* Obtains the memory for one more weiri_table_put, which drops in between do not give back; false
 * as well at WEIRI_TABLE_LIMIT handles. */
WEIR_MUST_USE bool weiri_table_reserve(struct weiri_table *t);
/* Gives up a reservation, if there is one. */
void weiri_table_trim(struct weiri_table *t);
/* Stores a pointer, not to an odd address, under a free handle, which it returns; after a
 * weiri_table_reserve it cannot fail.  Visible to readers that get the handle by a later release
 * store. */
uint32_t weiri_table_put(struct weiri_table *t, void *pointer);
/* Replaces the pointer of a handle in use. */
void weiri_table_set(struct weiri_table *t, uint32_t handle, void *pointer);
/* Frees a handle.  The segment of the highest handles is released once it is empty.  Only when no
 * reader can hold the handle any more. */
void weiri_table_drop(struct weiri_table *t, uint32_t handle);
/* For the writer: one beyond the highest handle ever in use that the table has room for. */
uint32_t weiri_table_end(const struct weiri_table *t);
/* For the writer: NULL for a handle that is not in use. */
void *weiri_table_find(const struct weiri_table *t, uint32_t handle);
/* Bytes held: at most 10 a handle ever in use at once, and 1 KB; nothing when empty. */
size_t weiri_table_bytes(const struct weiri_table *t);

struct weiri_table_place {
    uint32_t segment, slot;
};

/* 64 is added to the handle: the highest bit of the sum and the two below it say which segment. */
static inline struct weiri_table_place weiri_table_place(uint32_t handle)
{
    const uint32_t q = handle + 64, top = 31u - (uint32_t)__builtin_clz(q);

    return (struct weiri_table_place){(top - 6) * 4 + ((q >> (top - 2)) & 3),
                                      q & ((UINT32_C(1) << (top - 2)) - 1)};
}

/* The pointer of a handle in use: O(1), two loads. */
static inline void *weiri_table_at(const struct weiri_table *t, uint32_t handle)
{
    const struct weiri_table_place at = weiri_table_place(handle);

    return atomic_load_explicit(&t->segments[at.segment]->slots[at.slot], memory_order_acquire);
}

/* Has the processor fetch what weiri_table_at will look at. */
static inline void weiri_table_prefetch(const struct weiri_table *t, uint32_t handle)
{
    const struct weiri_table_place at = weiri_table_place(handle);

    __builtin_prefetch(&t->segments[at.segment]->slots[at.slot]);
}

#endif /* WEIRI_TABLE_H */

/* map.h - a hash map of handles, four bytes a slot, that grows and shrinks a little at a time.
 *
 * Linear probing over one array without wrap, in segments.  The upper part of the hash says where
 * an entry is at home, in one of two sizes of the array: hashes below a boundary in the smaller,
 * those above in the larger one.  Growing moves the boundary down, shrinking moves it up, about ten
 * homes with an insertion or removal, so that nothing is ever copied as a whole:
 *
 *     position  0            smaller x boundary       larger x boundary           larger
 *               | dense: hashes below it |   nobody's home   | sparse: the others |
 *
 * A slot is 0 (empty) or handle + 1 under the lowest eight bits of the hash.
 *
 * Readers on other threads may look up while the writer changes the map.  An entry that changes its
 * place is first copied, then `moves` is counted up, then the old place is cleared: who misses, and
 * sees the same `moves` as before it looked, has missed nothing.  Emptied segments are retired.
 *
 * Entries of equal hash are found one after the other; hashes must be good in all their bits. */
#ifndef WEIRI_MAP_H
#define WEIRI_MAP_H

#include "retire.h"

#include <stdatomic.h>
#include <stdint.h>

#define WEIRI_MAP_NONE UINT32_MAX
/* Handles are below this. */
#define WEIRI_MAP_LIMIT ((UINT32_C(1) << 24) - 2)
#define WEIRI_MAP_CHUNKS 21u
#define WEIRI_MAP_DEAD ((UINT32_C(1) << 24) - 1) /* a slot on its way from used to empty */

/* True when the entry `handle` has the key; both are the caller's. */
typedef bool weiri_map_equal_fn(const void *context, uint32_t handle, const void *key);
/* The hash of an entry in the map. */
typedef uint32_t weiri_map_hash_fn(const void *context, uint32_t handle);

struct weiri_map_segment {
    struct weiri_retired retired;
    const struct weir_alloc *alloc;
    uint32_t bytes;
    uint16_t size, used; /* slots */
    _Atomic(uint32_t) slots[];
};

struct weiri_map_chunk {
    struct weiri_retired retired;
    const struct weir_alloc *alloc;
    uint32_t size, used;                            /* segments */
    _Atomic(struct weiri_map_segment *) segments[]; /* NULL: all empty */
};

struct weiri_map {
    const struct weir_alloc *alloc;
    weiri_map_equal_fn *equal;
    weiri_map_hash_fn *hash;
    const void *context;
    struct weiri_retire_list *retired; /* where emptied segments go */
    _Atomic(uint64_t) moves;           /* entries that have changed their place */
    _Atomic(uint64_t) layout;          /* boundary (0 to 2^32) << 8 | level */
    _Atomic(struct weiri_map_chunk *) chunks[WEIRI_MAP_CHUNKS]; /* of 64, 128, 256, ... slots */
    struct weiri_map_segment *spare;                            /* for the next insertion */
    bool reserved;
    uint32_t count;
    size_t size; /* bytes held */
};

void weiri_map_init(struct weiri_map *m, weiri_map_equal_fn *equal, weiri_map_hash_fn *hash,
                    const void *context, struct weiri_retire_list *retired,
                    const struct weir_alloc *alloc);
void weiri_map_fini(struct weiri_map *m);

/* The handle whose entry has the key, or WEIRI_MAP_NONE.  Expected O(1). */
uint32_t weiri_map_find(const struct weiri_map *m, uint32_t hash, const void *key);
/* Obtains the memory for one more insertion, which removals in between do not give back. */
WEIR_MUST_USE bool weiri_map_reserve(struct weiri_map *m);
/* Gives up a reservation, if there is one. */
void weiri_map_trim(struct weiri_map *m);
/* Adds a handle whose key is not in the map; after a weiri_map_reserve it cannot fail. */
void weiri_map_insert(struct weiri_map *m, uint32_t hash, uint32_t handle);
/* Takes a handle out, which is there; never allocates.  Its entry must stay readable until readers
 * are gone. */
void weiri_map_remove(struct weiri_map *m, uint32_t hash, uint32_t handle);
/* The handles one after the other, in no order, WEIRI_MAP_NONE at the end; *cursor begins as 0. */
uint32_t weiri_map_next(const struct weiri_map *m, uint32_t *cursor);
/* Bytes held, retired ones aside: at most 8 a handle and 2 KB; nothing when empty. */
size_t weiri_map_bytes(const struct weiri_map *m);

/* The number of homes at each level; the larger size of a level is the smaller one of the next. */
extern const uint32_t weiri_map_sizes[];

struct weiri_map_place {
    uint32_t chunk, segment, slot;
};

/* Slots in a segment of chunk k, which has the 64 << k positions from (64 << k) - 64 on: so many
 * that headers and pointers are little, so few that a part-filled segment is little. */
static inline uint32_t weiri_map_segment_bits(uint32_t chunk)
{
    return chunk == 0 ? 6 : chunk < 9 ? 7 : chunk < 11 ? chunk - 1 : 10;
}

static inline struct weiri_map_place weiri_map_place(uint32_t position)
{
    const uint32_t q = position + 64, k = 31u - (uint32_t)__builtin_clz(q);
    const uint32_t bits = weiri_map_segment_bits(k - 6), offset = q - (UINT32_C(1) << k);

    return (struct weiri_map_place){k - 6, offset >> bits, offset & ((UINT32_C(1) << bits) - 1)};
}

static inline uint32_t weiri_map_home(uint64_t layout, uint32_t hash)
{
    return (uint32_t)((uint64_t)weiri_map_sizes[(layout & 255) + (hash >= layout >> 8)] * hash >>
                      32);
}

/* Has the processor fetch what a search for the hash begins with. */
static inline void weiri_map_prefetch(const struct weiri_map *m, uint32_t hash)
{
    const uint64_t layout = atomic_load_explicit(&m->layout, memory_order_relaxed);
    const struct weiri_map_place at = weiri_map_place(weiri_map_home(layout, hash));
    const struct weiri_map_chunk *chunk =
        atomic_load_explicit(&m->chunks[at.chunk], memory_order_acquire);
    const struct weiri_map_segment *segment =
        chunk != NULL ? atomic_load_explicit(&chunk->segments[at.segment], memory_order_acquire)
                      : NULL;

    if (segment != NULL)
        __builtin_prefetch(&segment->slots[at.slot]);
}

/* weiri_map_find with an `equal` that the compiler can see into. */
static inline uint32_t weiri_map_find_by(const struct weiri_map *m, weiri_map_equal_fn *equal,
                                         const void *context, uint32_t hash, const void *key)
{
    for (;;) {
        const uint64_t moves = atomic_load_explicit(&m->moves, memory_order_acquire);
        const uint64_t layout = atomic_load_explicit(&m->layout, memory_order_acquire);
        uint32_t position = weiri_map_home(layout, hash), slot = 1;

        while (slot != 0) {
            const struct weiri_map_place at = weiri_map_place(position);
            const struct weiri_map_chunk *chunk =
                atomic_load_explicit(&m->chunks[at.chunk], memory_order_acquire);
            const struct weiri_map_segment *segment =
                chunk != NULL
                    ? atomic_load_explicit(&chunk->segments[at.segment], memory_order_acquire)
                    : NULL;

            if (segment == NULL)
                break;
            for (uint32_t i = at.slot; i < segment->size; i++) {
                slot = atomic_load_explicit(&segment->slots[i], memory_order_acquire);
                if (slot == 0)
                    break;
                if (slot >> 24 == (hash & 255) && slot != WEIRI_MAP_DEAD &&
                    equal(context, (slot & WEIRI_MAP_DEAD) - 1, key))
                    return (slot & WEIRI_MAP_DEAD) - 1;
            }
            position += segment->size - at.slot;
        }
        if (atomic_load_explicit(&m->moves, memory_order_relaxed) == moves)
            return WEIRI_MAP_NONE;
    }
}

#endif /* WEIRI_MAP_H */

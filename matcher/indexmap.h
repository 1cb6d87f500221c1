/* indexmap.h - a hash map from keys that live elsewhere to indexes: open addressing, linear
 * probing, backward shift on removal, so that removing leaves no traces and needs no memory. */
#ifndef WEIRI_INDEXMAP_H
#define WEIRI_INDEXMAP_H

#include <weir/base.h>

#define WEIRI_INDEXMAP_NONE UINT32_MAX

struct weiri_indexmap_cell {
    uint32_t hash;
    uint32_t index; /* WEIRI_INDEXMAP_NONE: free */
};

struct weiri_indexmap {
    struct weiri_indexmap_cell *cells;
    uint32_t mask; /* cells less one, a power of two; meaningless without cells */
    uint32_t count;
};

void weiri_indexmap_fini(struct weiri_indexmap *map, const struct weir_alloc *alloc);
/* Room for one more; false when memory has run out. */
bool weiri_indexmap_reserve(struct weiri_indexmap *map, const struct weir_alloc *alloc);
/* After weiri_indexmap_reserve. */
void weiri_indexmap_insert(struct weiri_indexmap *map, uint32_t hash, uint32_t index);
/* Gives the memory back when the map becomes empty. */
void weiri_indexmap_remove(struct weiri_indexmap *map, uint32_t hash, uint32_t index,
                           const struct weir_alloc *alloc);

/* The indexes under a hash, one after the other, WEIRI_INDEXMAP_NONE at the end; the caller
 * compares the keys.  *cursor is the hash to begin with. */
static inline uint32_t weiri_indexmap_next(const struct weiri_indexmap *map, uint32_t hash,
                                           uint32_t *cursor)
{
    if (map->cells == NULL)
        return WEIRI_INDEXMAP_NONE;
    for (;;) {
        const struct weiri_indexmap_cell *cell = &map->cells[*cursor & map->mask];

        ++*cursor;
        if (cell->index == WEIRI_INDEXMAP_NONE || cell->hash == hash)
            return cell->index;
    }
}

#endif /* WEIRI_INDEXMAP_H */

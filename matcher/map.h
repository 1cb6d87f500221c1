/* map.h - a hash map from keys that live elsewhere to indexes: open addressing, linear probing,
 * backward shift on removal, so that removing leaves no traces and needs no memory. */
#ifndef WEIRI_MAP_H
#define WEIRI_MAP_H

#include <weir/base.h>

#define WEIRI_MAP_NONE UINT32_MAX

struct weiri_map_cell {
    uint32_t hash;
    uint32_t index; /* WEIRI_MAP_NONE: free */
};

struct weiri_map {
    struct weiri_map_cell *cells;
    uint32_t mask; /* cells less one, a power of two; meaningless without cells */
    uint32_t count;
};

void weiri_map_fini(struct weiri_map *map, const struct weir_alloc *alloc);
/* Room for one more; false when memory has run out. */
bool weiri_map_reserve(struct weiri_map *map, const struct weir_alloc *alloc);
/* After weiri_map_reserve. */
void weiri_map_insert(struct weiri_map *map, uint32_t hash, uint32_t index);
/* Gives the memory back when the map becomes empty. */
void weiri_map_remove(struct weiri_map *map, uint32_t hash, uint32_t index,
                      const struct weir_alloc *alloc);

/* The indexes under a hash, one after the other, WEIRI_MAP_NONE at the end; the caller compares
 * the keys.  *cursor is the hash to begin with. */
static inline uint32_t weiri_map_next(const struct weiri_map *map, uint32_t hash, uint32_t *cursor)
{
    if (map->cells == NULL)
        return WEIRI_MAP_NONE;
    for (;;) {
        const struct weiri_map_cell *cell = &map->cells[*cursor & map->mask];

        ++*cursor;
        if (cell->index == WEIRI_MAP_NONE || cell->hash == hash)
            return cell->index;
    }
}

#endif /* WEIRI_MAP_H */

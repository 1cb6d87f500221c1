/* indexmap.c - see indexmap.h; at most three quarters full. */
#include "indexmap.h"

#include <assert.h>
#include <string.h>
#include <weir/alloc.h>

#define CELLS_MIN 16u

static void put(struct weiri_indexmap *map, uint32_t hash, uint32_t index);

void weiri_indexmap_fini(struct weiri_indexmap *map, const struct weir_alloc *alloc)
{
    weiri_release(alloc, map->cells);
    *map = (struct weiri_indexmap){0};
}

bool weiri_indexmap_reserve(struct weiri_indexmap *map, const struct weir_alloc *alloc)
{
    const uint32_t cells = map->cells != NULL ? map->mask + 1 : 0;
    struct weiri_indexmap grown = {0};

    if (map->count < cells / 4 * 3)
        return true;
    if (cells > UINT32_MAX / 2)
        return false;
    grown.mask = (cells != 0 ? cells * 2 : CELLS_MIN) - 1;
    grown.cells = weiri_alloc(alloc, ((size_t)grown.mask + 1) * sizeof *grown.cells);
    if (grown.cells == NULL)
        return false;
    for (uint32_t i = 0; i <= grown.mask; i++)
        grown.cells[i].index = WEIRI_INDEXMAP_NONE;
    for (uint32_t i = 0; i < cells; i++) {
        if (map->cells[i].index != WEIRI_INDEXMAP_NONE)
            put(&grown, map->cells[i].hash, map->cells[i].index);
    }
    weiri_release(alloc, map->cells);
    *map = grown;
    return true;
}

void weiri_indexmap_insert(struct weiri_indexmap *map, uint32_t hash, uint32_t index)
{
    assert(index != WEIRI_INDEXMAP_NONE);
    assert(map->cells != NULL && map->count <= map->mask / 4 * 3 + 3);
    put(map, hash, index);
}

void weiri_indexmap_remove(struct weiri_indexmap *map, uint32_t hash, uint32_t index,
                           const struct weir_alloc *alloc)
{
    uint32_t hole = hash & map->mask, at;

    assert(map->cells != NULL);
    while (map->cells[hole].index != index || map->cells[hole].hash != hash) {
        assert(map->cells[hole].index != WEIRI_INDEXMAP_NONE);
        hole = (hole + 1) & map->mask;
    }
    /* A later cell of the run moves into the hole unless its home lies behind the hole. */
    for (at = (hole + 1) & map->mask; map->cells[at].index != WEIRI_INDEXMAP_NONE;
         at = (at + 1) & map->mask) {
        uint32_t home = map->cells[at].hash & map->mask;

        if (((at - home) & map->mask) >= ((at - hole) & map->mask)) {
            map->cells[hole] = map->cells[at];
            hole = at;
        }
    }
    map->cells[hole].index = WEIRI_INDEXMAP_NONE;
    if (--map->count == 0)
        weiri_indexmap_fini(map, alloc);
}

static void put(struct weiri_indexmap *map, uint32_t hash, uint32_t index)
{
    uint32_t at = hash & map->mask;

    while (map->cells[at].index != WEIRI_INDEXMAP_NONE)
        at = (at + 1) & map->mask;
    map->cells[at] = (struct weiri_indexmap_cell){hash, index};
    map->count++;
}

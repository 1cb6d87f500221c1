/* lookup.c - open addressing with linear probing; removal shifts back, so there are no tombstones.
 */
#include "lookup.h"

#include <assert.h>
#include <string.h>

#include <weir/alloc.h>

#define CAPACITY_MIN 8

static size_t home_of(const struct weiri_lookup *map, uint64_t key)
{
    uint64_t x = key ^ map->seed; /* splitmix64's finalizer */

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (size_t)(x ^ (x >> 31)) & (map->capacity - 1);
}

void weiri_lookup_init(struct weiri_lookup *map, uint64_t seed, const struct weir_alloc *alloc)
{
    memset(map, 0, sizeof *map);
    map->seed = seed * 0x9e3779b97f4a7c15u;
    map->alloc = alloc;
}

void weiri_lookup_fini(struct weiri_lookup *map)
{
    weiri_release(map->alloc, map->slots);
    map->slots = NULL;
    map->capacity = map->count = 0;
}

enum weir_err weiri_lookup_reserve(struct weiri_lookup *map, size_t extra)
{
    struct weiri_lookup_slot *old = map->slots;
    size_t old_capacity = map->capacity;
    size_t capacity = old_capacity == 0 ? CAPACITY_MIN : old_capacity;
    struct weiri_lookup_slot *slots;

    if (extra > SIZE_MAX / 4 - map->count)
        return WEIR_ENOMEM;
    while (capacity / 2 < map->count + extra)
        capacity *= 2;
    if (capacity == old_capacity)
        return WEIR_OK;
    slots = weiri_alloc_zeroed(map->alloc, capacity, sizeof *slots);
    if (slots == NULL)
        return WEIR_ENOMEM;
    map->slots = slots;
    map->capacity = capacity;
    map->count = 0;
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i].value != NULL)
            weiri_lookup_put(map, old[i].key, old[i].value);
    }
    weiri_release(map->alloc, old);
    return WEIR_OK;
}

void weiri_lookup_put(struct weiri_lookup *map, uint64_t key, void *value)
{
    size_t i;

    assert(value != NULL);
    assert(map->count < map->capacity / 2);
    i = home_of(map, key);
    while (map->slots[i].value != NULL) {
        assert(map->slots[i].key != key);
        i = (i + 1) & (map->capacity - 1);
    }
    map->slots[i] = (struct weiri_lookup_slot){key, value};
    map->count++;
}

static struct weiri_lookup_slot *find(const struct weiri_lookup *map, uint64_t key)
{
    if (map->capacity == 0)
        return NULL;
    for (size_t i = home_of(map, key); map->slots[i].value != NULL;
         i = (i + 1) & (map->capacity - 1)) {
        if (map->slots[i].key == key)
            return &map->slots[i];
    }
    return NULL;
}

void *weiri_lookup_get(const struct weiri_lookup *map, uint64_t key)
{
    const struct weiri_lookup_slot *slot = find(map, key);

    return slot == NULL ? NULL : slot->value;
}

void *weiri_lookup_take(struct weiri_lookup *map, uint64_t key)
{
    struct weiri_lookup_slot *slot = find(map, key);
    size_t mask = map->capacity - 1;
    size_t hole, i;
    void *value;

    if (slot == NULL)
        return NULL;
    value = slot->value;
    hole = (size_t)(slot - map->slots);
    for (i = (hole + 1) & mask; map->slots[i].value != NULL; i = (i + 1) & mask) {
        size_t home = home_of(map, map->slots[i].key);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    map->slots[hole].value = NULL;
    map->count--;
    return value;
}

void weiri_lookup_clear(struct weiri_lookup *map)
{
    if (map->slots != NULL)
        memset(map->slots, 0, map->capacity * sizeof *map->slots);
    map->count = 0;
}

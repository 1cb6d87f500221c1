/* lookup.h - a hash map from 64-bit keys to pointers, for lookups only: it is never iterated, so
 * that nothing depends on its order.  The seed is secret, which keeps peers who choose keys
 * from choosing collisions. */
#ifndef WEIRI_LOOKUP_H
#define WEIRI_LOOKUP_H

#include <weir/base.h>

struct weiri_lookup_slot {
    uint64_t key;
    void *value; /* NULL: free */
};

struct weiri_lookup {
    const struct weir_alloc *alloc;
    uint64_t seed;
    struct weiri_lookup_slot *slots;
    size_t capacity; /* 0 or a power of two, never more than half full */
    size_t count;
};

void weiri_lookup_init(struct weiri_lookup *map, uint64_t seed, const struct weir_alloc *alloc);
void weiri_lookup_fini(struct weiri_lookup *map);
/* Makes sure that the next `extra` puts have room. */
WEIR_MUST_USE enum weir_err weiri_lookup_reserve(struct weiri_lookup *map, size_t extra);
/* Room must have been reserved, and the key must be absent. */
void weiri_lookup_put(struct weiri_lookup *map, uint64_t key, void *value);
/* NULL if absent. */
void *weiri_lookup_get(const struct weiri_lookup *map, uint64_t key);
/* Removes the key and returns its value, or NULL. */
void *weiri_lookup_take(struct weiri_lookup *map, uint64_t key);
void weiri_lookup_clear(struct weiri_lookup *map);

#endif /* WEIRI_LOOKUP_H */

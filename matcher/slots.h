/* slots.h - objects named by small numbers that are used again. */
#ifndef WEIRI_SLOTS_H
#define WEIRI_SLOTS_H

#include <weir/base.h>

struct weiri_slots {
    void **items;   /* by slot; NULL where free */
    uint32_t *free; /* a stack, as large as `items` */
    size_t item_capacity, free_capacity;
    uint32_t free_count;
    uint32_t used; /* slots up to here have been taken at some time */
    uint32_t count;
};

void weiri_slots_fini(struct weiri_slots *slots, const struct weir_alloc *alloc);
/* Room for one more; false when memory has run out. */
bool weiri_slots_reserve(struct weiri_slots *slots, const struct weir_alloc *alloc);
/* After weiri_slots_reserve. */
uint32_t weiri_slots_add(struct weiri_slots *slots, void *item);
/* Gives the memory back when none is left. */
void weiri_slots_remove(struct weiri_slots *slots, uint32_t slot, const struct weir_alloc *alloc);

#endif /* WEIRI_SLOTS_H */

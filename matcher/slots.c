/* slots.c - see slots.h. */
#include "slots.h"

#include <assert.h>
#include <weir/alloc.h>

void weiri_slots_fini(struct weiri_slots *slots, const struct weir_alloc *alloc)
{
    weiri_release(alloc, slots->items);
    weiri_release(alloc, slots->free);
    *slots = (struct weiri_slots){0};
}

bool weiri_slots_reserve(struct weiri_slots *slots, const struct weir_alloc *alloc)
{
    void **items;
    uint32_t *free;

    if (slots->free_count > 0)
        return true;
    free = weiri_array_grow(alloc, slots->free, &slots->free_capacity, (size_t)slots->used + 1,
                            sizeof *free);
    if (free == NULL)
        return false;
    slots->free = free;
    items = weiri_array_grow(alloc, slots->items, &slots->item_capacity, (size_t)slots->used + 1,
                             sizeof *items);
    if (items == NULL)
        return false;
    slots->items = items;
    return true;
}

uint32_t weiri_slots_add(struct weiri_slots *slots, void *item)
{
    uint32_t slot = slots->free_count > 0 ? slots->free[--slots->free_count] : slots->used++;

    assert(slot < slots->item_capacity);
    slots->items[slot] = item;
    slots->count++;
    return slot;
}

void weiri_slots_remove(struct weiri_slots *slots, uint32_t slot, const struct weir_alloc *alloc)
{
    assert(slots->items[slot] != NULL);
    slots->items[slot] = NULL;
    slots->free[slots->free_count++] = slot;
    if (--slots->count == 0)
        weiri_slots_fini(slots, alloc);
}

/* lists.c - see lists.h. */
#include "lists.h"

/* Places that are looked at for a hole. */
#define WINDOW 128u

static uint32_t gate_of(uint32_t slot, uint32_t low, uint32_t high);
static void release_list(struct weiri_retired *block, void *owner);

struct weiri_list *weiri_list_of(const struct weiri_bucket *bucket)
{
    return atomic_load_explicit(&bucket->list, memory_order_relaxed);
}

bool weiri_list_reserve(struct weir_matcher *m, struct weiri_bucket *bucket, uint32_t *index)
{
    struct weiri_list *list = weiri_list_of(bucket), *larger;
    const uint32_t count = list != NULL ? list->count : 0;
    const uint32_t capacity = list != NULL ? list->capacity : 0;
    const uint32_t room = capacity * 2 + 1;

    for (uint32_t i = 0; i < count && i < WINDOW; i++) {
        *index = (bucket->hole + i) % count;
        if (list->v[*index] == NULL) {
            bucket->hole = *index;
            return true;
        }
    }
    *index = count;
    if (count < capacity)
        return true;
    larger = weiri_alloc_zeroed(m->alloc, 1,
                                sizeof *larger + room * (sizeof larger->v[0] + sizeof(uint32_t)));
    if (larger == NULL)
        return false;
    larger->capacity = room;
    larger->count = count;
    for (uint32_t i = 0; i < count; i++) {
        larger->v[i] = list->v[i];
        weiri_list_gates(larger)[i] = weiri_list_gates(list)[i];
    }
    atomic_store_explicit(&bucket->list, larger, memory_order_release);
    if (list != NULL)
        weiri_retire(&m->retired, &list->retired, release_list);
    return true;
}

void weiri_list_give_up(struct weir_matcher *m, struct weiri_bucket *bucket)
{
    struct weiri_list *list = weiri_list_of(bucket);

    if (list->count > 0)
        return;
    atomic_store_explicit(&bucket->list, NULL, memory_order_release);
    weiri_retire(&m->retired, &list->retired, release_list);
}

void weiri_list_put(struct weiri_bucket *bucket, uint32_t index, struct weiri_rows *rows,
                    uint32_t gate)
{
    struct weiri_list *list = weiri_list_of(bucket);

    rows->bucket = bucket;
    rows->index = index;
    atomic_store_explicit(&weiri_list_gates(list)[index], gate, memory_order_release);
    atomic_store_explicit(&list->v[index], rows, memory_order_release);
    if (index == list->count)
        atomic_store_explicit(&list->count, index + 1, memory_order_release);
}

void weiri_list_drop(struct weir_matcher *m, struct weiri_rows *rows)
{
    struct weiri_bucket *bucket = rows->bucket;
    struct weiri_list *list = weiri_list_of(bucket);

    bucket->hole = rows->index;
    atomic_store_explicit(&list->v[rows->index], NULL, memory_order_release);
    while (list->count > 0 && list->v[list->count - 1] == NULL)
        list->count--;
    weiri_list_give_up(m, bucket);
}

void weiri_list_swap(const struct weiri_rows *rows, struct weiri_rows *by)
{
    by->bucket = rows->bucket;
    by->index = rows->index;
    atomic_store_explicit(&weiri_list_of(by->bucket)->v[by->index], by, memory_order_release);
}

uint32_t weiri_list_gate(const struct weiri_rows *rows)
{
    return atomic_load_explicit(&weiri_list_gates(weiri_list_of(rows->bucket))[rows->index],
                                memory_order_relaxed);
}

void weiri_list_set_gate(const struct weiri_rows *rows, uint32_t gate)
{
    _Atomic uint32_t *held = &weiri_list_gates(weiri_list_of(rows->bucket))[rows->index];

    if (atomic_load_explicit(held, memory_order_relaxed) != gate)
        atomic_store_explicit(held, gate, memory_order_release);
}

uint32_t weiri_gate_of(const struct weir_matcher *m, const struct weiri_bucket *bucket,
                       const struct weiri_row *row)
{
    if (row->column_count == 0)
        return WEIRI_GATE_OPEN;
    for (uint32_t i = 0; bucket->key.kind == WEIRI_KEY_PRESENT && i < row->column_count; i++) {
        const struct weiri_slot *slot = m->slots[row->columns[i].slot];

        if (slot != NULL && slot->attr->handle == bucket->key.attr)
            return weiri_gate_by(row, slot->number);
    }
    return weiri_gate_by(row, row->columns[0].slot);
}

uint32_t weiri_gate_by(const struct weiri_row *row, uint8_t slot)
{
    for (uint32_t i = 0; i < row->column_count; i++) {
        if (row->columns[i].slot == slot)
            return gate_of(slot, row->columns[i].low, row->columns[i].high);
    }
    return WEIRI_GATE_OPEN;
}

uint32_t weiri_gate_join(uint32_t gate, uint32_t other)
{
    const uint32_t low = gate >> 8 & 255, high = gate >> 16;
    const uint32_t other_low = other >> 8 & 255, other_high = other >> 16;

    if ((gate & 255) != (other & 255))
        return WEIRI_GATE_OPEN;
    return gate_of(gate & 255, low < other_low ? low : other_low,
                   high > other_high ? high : other_high);
}

static uint32_t gate_of(uint32_t slot, uint32_t low, uint32_t high)
{
    return slot | low << 8 | high << 16;
}

static void release_list(struct weiri_retired *block, void *owner)
{
    struct weir_matcher *m = owner;

    weiri_release(m->alloc, block);
}

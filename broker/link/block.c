/* block.c - the blocks that hold queued bytes, and the hub's stock of free ones. */
#include "internal.h"

#include <assert.h>
#include <weir/alloc.h>

static_assert(BLOCK_SIZE > sizeof(struct block), "a block has room for bytes");

void weiri_blocks_append(struct block_list *list, struct block *block)
{
    block->next = NULL;
    if (list->last == NULL)
        list->first = block;
    else
        list->last->next = block;
    list->last = block;
    list->count++;
}

void weiri_blocks_push(struct block_list *list, struct block *block)
{
    block->next = list->first;
    list->first = block;
    if (list->last == NULL)
        list->last = block;
    list->count++;
}

struct block *weiri_blocks_pop(struct block_list *list)
{
    struct block *block = list->first;

    list->first = block->next;
    if (list->first == NULL)
        list->last = NULL;
    list->count--;
    return block;
}

void weiri_blocks_splice(struct block_list *to, struct block_list *from)
{
    if (from->first == NULL)
        return;
    if (to->last == NULL)
        to->first = from->first;
    else
        to->last->next = from->first;
    to->last = from->last;
    to->count += from->count;
    *from = (struct block_list){0};
}

void weiri_blocks_free(struct weir_hub *hub, struct block_list *list)
{
    while (list->first != NULL)
        weiri_release(hub->alloc, weiri_blocks_pop(list));
}

bool weiri_blocks_reserve(struct weir_hub *hub, size_t count)
{
    while (hub->free_blocks.count < count) {
        struct block *block = weiri_alloc(hub->alloc, BLOCK_SIZE);

        if (block == NULL)
            return false;
        weiri_blocks_append(&hub->free_blocks, block);
    }
    return true;
}

void weiri_blocks_trim(struct weir_hub *hub)
{
    while (hub->free_blocks.count > FREE_BLOCKS_MAX)
        weiri_release(hub->alloc, weiri_blocks_pop(&hub->free_blocks));
}
